//! A crash at every event of a run, one at a time; and every run twice.

use crate::cluster::{Cluster, Plan, complete};
use crate::lone::{end, put};
use netsplit_protocols::raft::Config;
use netsplit_sim::{Intervention, NodeId, Span};

/// Five servers and a client, from the first election through some work.
fn run(config: Config) -> Cluster {
    let mut cluster = Plan { config, ..Plan::usual(5).clients(1) }.start();
    for value in ["1", "2", "3", "4", "5", "6"] {
        cluster.put(6, value);
    }
    cluster
}

#[test]
fn a_crash_at_any_event_and_a_restart_leave_the_cluster_safe_and_working() {
    crash_everywhere(Config::default());
}

#[test]
fn the_same_with_every_option_on() {
    crash_everywhere(complete());
}

fn crash_everywhere(config: Config) {
    let (mut base, mut crashes) = (run(config), 0);
    while base.world.now().0 < 800_000_000 {
        base.step().expect("heartbeats never end");
        for server in 0..5 {
            let mut cluster = base.clone();
            crash_and_return(&mut cluster, NodeId(server));
            crashes += 1;
        }
    }
    assert!(base.notes.replies.len() == 6 && crashes > 900, "{crashes} crashes");
}

fn crash_and_return(cluster: &mut Cluster, server: NodeId) {
    cluster.apply(Intervention::Crash(server.into())).run(Span::millis(30));
    cluster.apply(Intervention::Restart(server.into())).run(Span::secs(2));
    cluster.invoke(6, put("x", "the last")).run(Span::secs(2));
    assert_eq!(cluster.violation, None);
    assert_eq!(cluster.notes.replies.len(), 7, "everything is answered");
    let first = cluster.server(1);
    for other in cluster.servers() {
        assert_eq!(end(other.log()), end(first.log()));
        assert_eq!(other.state_machine(), first.state_machine());
    }
}

#[test]
fn a_run_is_the_same_twice_and_another_with_another_seed() {
    let hashes = |seed| {
        let mut cluster = Plan { hashing: true, ..Plan::usual(5).clients(2).seed(seed) }.start();
        let mut hashes = Vec::new();
        for step in 0..3_000u16 {
            if step % 40 == 0 {
                cluster.put(6 + step % 80 / 40, &step.to_string());
            }
            if step % 700 == 350 {
                cluster.crash(1 + step % 5).run(Span::millis(400)).restart(1 + step % 5);
            }
            cluster.step();
            hashes.push(cluster.world.hash());
        }
        assert!(cluster.notes.replies.len() > 10);
        hashes
    };
    let (first, second) = (hashes(1), hashes(1));
    assert_eq!(first.iter().zip(&second).position(|(a, b)| a != b), None);
    assert_ne!(first.last(), hashes(2).last());
}
