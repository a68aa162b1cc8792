//! Leadership transfer (thesis, §3.10), rule by rule, and what it is for.

use crate::cluster::{Cluster, Plan, complete};
use crate::lone::{Lone, n, put};
use netsplit_protocols::raft::{
    AppendEntries, AppendEntriesReply, Config, Index, Line, Msg, Op, RequestVote, Ret, Role, Term, TimeoutNow, Timer,
};
use netsplit_sim::digest::Added;
use netsplit_sim::{OpId, Span};

fn transfer(to: u16) -> Op {
    Op::Transfer { to: n(to) }
}

fn stored(term: Term, last_index: Index) -> AppendEntriesReply {
    AppendEntriesReply { term, success: true, last_index, round: Added(0) }
}

fn timeout_now(server: &Lone) -> bool {
    server.sent().contains(&(n(3), Msg::TimeoutNow(TimeoutNow { term: 2 })))
}

#[test]
pub fn a_leader_takes_no_more_commands_and_brings_the_target_up_to_date_first() {
    let mut server = Lone::leader(2, &[1]);
    server.is_asked(0, put("x", "1")).is_asked(1, transfer(3));
    assert!(server.ran(Line::BeginTransfer) && server.armed(Timer::Transfer) && !timeout_now(&server));
    server.is_asked(2, put("x", "2"));
    assert_eq!(server.replied(), [(OpId(2), Ret::NotLeader { hint: Some(n(3)) })]);
    server.hears(n(2), stored(2, 2));
    assert!(!timeout_now(&server), "this is not the target");
    server.hears(n(3), stored(2, 1));
    assert!(!timeout_now(&server), "its log is shorter");
    server.hears(n(3), stored(2, 2));
    assert!(server.ran(Line::SendTimeoutNow) && timeout_now(&server));
    assert!(timeout_now(server.hears(n(3), stored(2, 2))), "it may have been lost");
}

#[test]
pub fn a_server_told_to_stands_for_election_at_once_and_says_that_the_leader_wants_it() {
    let config = Config { check_quorum: true, ..Config { pre_vote: true, ..Config::default() } };
    let mut server = Lone::set(&config, 2, &[1]);
    let heartbeat = AppendEntries {
        term: 2,
        leader_id: n(5),
        prev_log_index: 0,
        prev_log_term: 0,
        entries: vec![],
        leader_commit: 0,
        round: Added(0),
    };
    server.hears(n(5), heartbeat.clone()).hears(n(5), TimeoutNow { term: 2 });
    assert!(server.ran(Line::ObeyTimeoutNow) && !server.ran(Line::AskForPreVotes));
    let ask = RequestVote { term: 3, candidate_id: n(1), last_log_index: 1, last_log_term: 1, disrupt: Added(true) };
    assert_eq!(server.sent()[0], (n(2), ask.clone().into()));
    server.hears(n(5), TimeoutNow { term: 2 });
    assert_eq!((server.sent(), server.server.current_term()), (vec![], 3), "it is repeated, and obeyed once");

    let mut voter = Lone::set(&config, 2, &[1]);
    voter.hears(n(5), heartbeat).hears(n(2), ask);
    assert_eq!(voter.server.disk().voted_for, Some(n(1)), "though it hears the leader");
}

#[test]
pub fn a_transfer_is_over_when_somebody_leads_a_later_term() {
    for (leader, ret) in [(3, Ret::Ok), (4, Ret::refused("another server leads now"))] {
        let mut server = Lone::leader(2, &[]);
        server.is_asked(0, transfer(3)).hears(n(leader), TimeoutNow { term: 2 });
        assert!(server.server.is_leader(), "a leader obeys nobody");
        let heartbeat = AppendEntries {
            term: 3,
            leader_id: n(leader),
            prev_log_index: 0,
            prev_log_term: 0,
            entries: vec![],
            leader_commit: 0,
            round: Added(0),
        };
        server.hears(n(leader), heartbeat);
        assert!(server.ran(Line::EndTransfer) && server.disarmed(Timer::Transfer));
        assert_eq!((server.replied(), server.server.role()), (vec![(OpId(0), ret)], &Role::Follower));
    }
}

#[test]
pub fn a_leader_whose_target_does_not_take_over_takes_commands_again() {
    let mut server = Lone::leader(2, &[]);
    server.is_asked(0, transfer(3)).runs_out(Timer::Transfer);
    assert!(server.ran(Line::AbortTransfer));
    assert_eq!(server.replied(), [(OpId(0), Ret::refused("nobody took over in time"))]);
    server.is_asked(1, put("x", "1"));
    assert_eq!(server.log(), [2]);
}

#[test]
fn only_a_leader_transfers_to_servers_that_there_are_and_once_at_a_time() {
    let mut server = Lone::server(2, &[]);
    assert_eq!(server.is_asked(0, transfer(3)).replied(), [(OpId(0), Ret::NotLeader { hint: None })]);
    let mut leader = Lone::leader(2, &[]);
    assert_eq!(leader.is_asked(0, transfer(1)).replied(), [(OpId(0), Ret::Ok)], "it leads already");
    assert!(matches!(leader.is_asked(1, transfer(9)).replied()[..], [(OpId(1), Ret::Refused { .. })]));
    leader.is_asked(2, transfer(3));
    assert!(matches!(leader.is_asked(3, transfer(4)).replied()[..], [(OpId(3), Ret::Refused { .. })]));
}

/// How long the cluster is without a leader when the leader goes, in milliseconds.
fn interregnum(config: Config, go: impl Fn(&mut Cluster, u16)) -> u64 {
    let mut cluster = Plan { config, ..Plan::usual(5) }.start();
    cluster.run(Span::secs(1));
    let leader = (1..=5).find(|server| cluster.leads(*server).is_some()).expect("somebody leads");
    go(&mut cluster, leader);
    let mut without = 0;
    for _ in 0..1_000 {
        cluster.run(Span::millis(1));
        without += u64::from(cluster.servers().all(|server| !server.is_leader()));
    }
    assert_eq!(cluster.violation, None);
    without
}

#[test]
fn a_planned_handover_costs_an_election_and_not_an_election_timeout() {
    for config in [Config::default(), complete()] {
        let handed_over = interregnum(config.clone(), |cluster, leader| {
            cluster.invoke(leader, transfer(leader % 5 + 1));
        });
        let crashed = interregnum(config, |cluster, leader| {
            cluster.crash(leader);
        });
        assert!(handed_over < 40 && crashed > 100, "{handed_over} ms, {crashed} ms");
    }
}
