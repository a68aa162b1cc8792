//! Ping: every rule, and the invariant with its bug.

mod lab;

use lab::{Lab, Plan, n, rules};
use netsplit_protocols::ping::{Bug, Line, Op, Ping, Ret};
use netsplit_sim::{Latency, Link, OpId, Ratio, Span, Topology};

type Nodes = Lab<Ping>;

fn mesh(count: usize) -> Nodes {
    Plan::of(&[count]).start()
}

fn ring(count: usize) -> Plan<Ping> {
    Plan { topology: Topology::Ring, ..Plan::of(&[count]) }
}

fn note(nodes: &Nodes, node: u16) -> String {
    nodes.world().face(n(node)).and_then(|face| face.note).unwrap_or_default()
}

fn store(key: &str, value: &str) -> Op {
    Op::Store { key: key.into(), value: value.into() }
}

fn read(key: &str) -> Op {
    Op::Read { key: key.into() }
}

#[test]
fn a_ping_is_over_when_every_neighbour_has_answered() {
    let mut nodes = mesh(4);
    nodes.ask(n(1), Op::Ping {});
    assert_eq!((nodes.replies().len(), note(&nodes, 1)), (0, "waiting for 3 pongs".to_owned()));
    assert_eq!(nodes.figures(), [3]);
    nodes.run(100);
    assert_eq!(nodes.replies(), [(OpId(0), Ret::Ok)]);
    assert_eq!(nodes.view(n(1)).pongs(), 3);
    assert_eq!(nodes.violation(), None);
}

#[test]
fn a_ping_stays_open_while_a_neighbour_is_gone() {
    let mut nodes = mesh(3);
    nodes.crash(n(3)).ask(n(1), Op::Ping {}).run(10_000);
    assert_eq!(nodes.replies(), []);
}

#[test]
fn somebody_without_neighbours_has_heard_from_all_of_them() {
    let mut nodes = mesh(1);
    nodes.ask(n(1), Op::Ping {});
    assert_eq!(nodes.replies(), [(OpId(0), Ret::Ok)]);
}

#[test]
fn data_are_handed_to_the_neighbours_and_outlive_a_crash() {
    let mut nodes = ring(4).start();
    nodes.ask(n(1), store("x", "1")).run(100);
    nodes.crash(n(2)).restart(n(2));
    (0..4).for_each(|node| {
        nodes.ask(node, read("x"));
    });
    let one = || Ret::Value("1".into());
    assert_eq!(nodes.answers(), [Ret::Ok, one(), one(), Ret::Absent, one()]); // n3 is across the ring
}

#[test]
fn two_data_under_one_key_cross_on_the_way() {
    let mut nodes = mesh(2);
    nodes.ask(n(1), store("x", "1")).ask(n(2), store("x", "2")).run(100).ask(n(1), read("x")).ask(n(2), read("x"));
    assert_eq!(nodes.replies()[2..], [(OpId(2), Ret::Value("2".into())), (OpId(3), Ret::Value("1".into()))]);
}

#[test]
fn heartbeats_tell_who_is_there() {
    let mut nodes = mesh(3);
    assert_eq!(note(nodes.run(1_000), 1), "hears 2 of 2");
    assert_eq!(note(nodes.crash(n(3)).run(1_000), 1), "hears 1 of 2");
    nodes.crash(n(2)).run(1_000);
    assert_eq!(nodes.role(n(1)), "alone");
}

#[test]
fn every_pong_answers_a_ping_whatever_the_network_does() {
    let link = Link {
        latency: Latency::Uniform(Span::millis(1), Span::millis(300)),
        loss: Ratio::new(1, 10),
        duplicate: Ratio::new(3, 10),
        reorder: Ratio::new(3, 10),
        fifo: false,
    };
    let mut nodes = Plan { link, ..ring(5) }.start();
    for turn in 0..200u16 {
        nodes.ask(turn % 5, Op::Ping {}).run(40);
        if turn % 7 == 0 {
            nodes.crash(turn % 5).run(60).restart(turn % 5);
        }
    }
    assert_eq!(nodes.violation(), None);
    assert!(nodes.replies().len() > 50);
}

#[test]
fn a_crash_at_any_event_and_a_restart_leave_nodes_that_answer_and_keep_their_data() {
    let mut base = mesh(3);
    base.ask(n(1), store("x", "1")).ask(n(2), Op::Ping {});
    let crashes = base.crash_everywhere(700, &[0, 1, 2], 300, |nodes| {
        let before = nodes.answers().len();
        nodes.ask(n(1), Op::Ping {}).ask(n(1), read("x")).run(50);
        assert_eq!((nodes.violation(), nodes.answers().len()), (None, before + 2));
        assert_eq!(nodes.last_reply(), Some(Ret::Value("1".into())));
    });
    assert!(crashes > 60, "{crashes}");
}

#[test]
fn a_pong_to_the_wrong_asker_is_noticed() {
    let mut nodes = ring(4).bug(Bug::AnswersTheWrongAsker as usize).start();
    nodes.ask(n(1), Op::Ping {}).run(100);
    let said = ["n1 sent the ping", "n3 received a pong for it, and had not asked"];
    assert_eq!(nodes.verdict(), ("answered-was-asked", said.map(str::to_owned).to_vec()));
}

rules::rules! {
    Ping:
    Ask => a_ping_stays_open_while_a_neighbour_is_gone,
    Store => data_are_handed_to_the_neighbours_and_outlive_a_crash,
    Read => data_are_handed_to_the_neighbours_and_outlive_a_crash,
    Answer => a_ping_is_over_when_every_neighbour_has_answered,
    Count => a_ping_stays_open_while_a_neighbour_is_gone,
    Content => a_ping_is_over_when_every_neighbour_has_answered,
    Keep => data_are_handed_to_the_neighbours_and_outlive_a_crash,
    Hear => heartbeats_tell_who_is_there,
    Beat => heartbeats_tell_who_is_there,
}
