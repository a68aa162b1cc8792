//! What Raft costs, in message delays and messages: one round trip and 2 (n - 1) messages for a command while a leader is
//! stable (§5.3), and as much for an election without rivals (§5.2). Paxos without a leader pays both for every value.

use crate::cluster::{Cluster, Plan};
use netsplit_protocols::raft::Config;
use netsplit_sim::{Latency, Link, Span};

/// Servers and one client, every message so many milliseconds on its way, and no heartbeats in between.
fn cluster(servers: usize, one_way: u64, disk: u64) -> Cluster {
    let plan = Plan::by_hand(servers).clients(1);
    let link = Link { latency: Latency::Constant(Span::millis(one_way)), ..Link::default() };
    let config = Config { heartbeat: Span::secs(500), client_timeout: Span::secs(100), ..plan.config };
    Plan { config, link, disk: Span::millis(disk), ..plan }.start()
}

fn with_leader(servers: usize, one_way: u64, disk: u64) -> Cluster {
    let mut cluster = cluster(servers, one_way, disk);
    cluster.times_out(1).run(Span::secs(1));
    assert_eq!(cluster.leads(1), Some(1));
    cluster.notes.sent.clear();
    cluster
}

const SIZES: [(usize, u64); 6] = [(1, 10), (2, 10), (3, 10), (4, 3), (5, 7), (9, 25)];

/// Nothing is answered until so long after the command, and then it is.
#[track_caller]
fn answered_after(cluster: &mut Cluster, millis: u64) {
    if millis > 0 {
        cluster.run(Span(Span::millis(millis).0 - 1));
        assert_eq!(cluster.notes.replies, []);
    }
    cluster.run(Span(1));
    assert_eq!(cluster.notes.replies.len(), 1);
}

#[test]
fn a_command_takes_one_round_trip_with_a_stable_leader() {
    for (servers, one_way) in SIZES {
        let mut cluster = with_leader(servers, one_way, 0);
        cluster.put(1, "1");
        answered_after(&mut cluster, if servers == 1 { 0 } else { 2 * one_way });
    }
}

#[test]
fn and_the_writes_of_the_leader_and_of_a_majority() {
    for (servers, one_way) in SIZES {
        let mut cluster = with_leader(servers, one_way, 4);
        cluster.put(1, "1");
        answered_after(&mut cluster, if servers == 1 { 4 } else { 2 * one_way + 2 * 4 });
    }
}

#[test]
fn a_client_waits_for_two_round_trips_one_of_them_its_own() {
    for (servers, one_way) in SIZES {
        let mut cluster = with_leader(servers, one_way, 0);
        cluster.put(servers as u16 + 1, "the first: from it the client learns who leads").settle();
        assert_eq!(std::mem::take(&mut cluster.notes.replies).len(), 1);
        cluster.put(servers as u16 + 1, "1");
        answered_after(&mut cluster, if servers == 1 { 2 } else { 4 } * one_way);
    }
}

#[test]
fn a_command_takes_2_n_minus_1_messages() {
    for (servers, one_way) in SIZES {
        let mut cluster = with_leader(servers, one_way, 0);
        for commands in 1..=10 {
            cluster.put(1, "1").settle();
            let sent = |name| cluster.notes.sent.get(name).copied().unwrap_or(0);
            assert_eq!(sent("AppendEntries"), commands * (servers - 1), "{servers} servers");
            assert_eq!(sent("AppendEntriesReply"), commands * (servers - 1));
            assert_eq!(cluster.notes.sent.values().sum::<usize>(), commands * 2 * (servers - 1));
        }
    }
}

#[test]
fn commands_that_come_while_one_is_on_its_way_travel_together() {
    for (servers, one_way) in SIZES {
        let mut cluster = with_leader(servers, one_way, 0);
        for _ in 0..64 {
            cluster.put(1, "1");
        }
        cluster.run(Span::millis(4 * one_way));
        assert_eq!(cluster.notes.replies.len(), 64);
        assert_eq!(
            cluster.notes.sent.values().sum::<usize>(),
            4 * (servers - 1),
            "one goes ahead, and then all others"
        );
    }
}

#[test]
fn an_election_without_rivals_takes_one_round_trip_and_2_n_minus_1_messages() {
    for (servers, one_way) in SIZES {
        let mut cluster = cluster(servers, one_way, 0);
        cluster.apply(netsplit_sim::Intervention::Fire(crate::lone::n(1).into(), Some("election".to_owned())));
        cluster.run(Span::ZERO);
        if servers > 1 {
            cluster.run(Span(Span::millis(2 * one_way).0 - 1));
            assert_eq!(cluster.leads(1), None);
            cluster.run(Span(1));
        }
        assert_eq!(cluster.leads(1), Some(1));
        for name in ["RequestVote", "RequestVoteReply"] {
            assert_eq!(cluster.notes.sent.get(name).copied().unwrap_or(0), servers - 1);
        }
    }
}
