//! Reads that are no entries of the log (thesis, §6.4), and what each way of reading promises.

use crate::cluster::{Cluster, Plan};
use crate::lone::{Lone, n};
use netsplit_protocols::raft::{
    self, AppendEntries, AppendEntriesReply, Bug, ClientQuery, Config, Line, Msg, Raft, Reads, Response, Ret,
};
use netsplit_protocols::shared::kv::Op;
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::digest::Added;
use netsplit_sim::{Dice, Intervention, Latency, Link, OpId, Seed, Span, Target, Time};
use std::sync::Arc;

fn reading(reads: Reads) -> Config {
    Config { noop_on_election: true, sessions: true, check_quorum: reads == Reads::Lease, reads, ..Config::default() }
}

fn get() -> Op {
    Op::Get { key: "x".into() }
}

fn query(id: u32) -> ClientQuery {
    ClientQuery { id: OpId(id), query: Arc::new(get()) }
}

fn answer(id: u32, ret: Ret) -> Msg {
    Response { id: OpId(id), ret }.into()
}

fn confirmed(round: u64, last_index: u64) -> AppendEntriesReply {
    AppendEntriesReply { term: 2, success: true, last_index, round: Added(round) }
}

/// n1 of five, elected in term 2: its no-op is on no other server.
fn elected(reads: Reads) -> Lone {
    let mut server = Lone::set(&reading(reads), 1, &[]);
    server.times_out();
    server.elected(2)
}

/// The same, with the no-op committed: round 1 is answered.
fn leader(reads: Reads) -> Lone {
    let mut server = elected(reads);
    server.hears(n(2), confirmed(1, 1)).hears(n(3), confirmed(1, 1));
    assert_eq!(server.server.commit_index(), 1);
    server
}

fn to_client(server: &Lone) -> Vec<Msg> {
    server.sent().into_iter().filter(|(to, _)| *to == n(9)).map(|(_, msg)| msg).collect()
}

fn rounds(server: &Lone) -> Vec<u64> {
    let round = |(_, msg)| match msg {
        Msg::AppendEntries(AppendEntries { round, .. }) => Some(*round),
        _ => None,
    };
    server.sent().into_iter().filter_map(round).collect()
}

#[test]
pub fn a_leader_answers_a_query_once_a_majority_has_answered_a_round_that_began_after_it_came() {
    let mut server = leader(Reads::ReadIndex);
    server.hears(n(9), query(7));
    assert_eq!((rounds(&server), to_client(&server)), (vec![2; 4], vec![]));
    server.hears(n(2), confirmed(1, 1)).hears(n(3), confirmed(1, 1));
    assert_eq!(to_client(&server), [], "answers to an earlier round say nothing of now");
    server.hears(n(2), confirmed(2, 1)).hears(n(2), confirmed(2, 1));
    assert_eq!(to_client(&server), [], "two of five are no majority");
    server.hears(n(3), confirmed(2, 1));
    assert_eq!(to_client(&server), [answer(7, Ret::Absent)]);
    assert_eq!(server.server.log().last_index(), 1, "the read is no entry");
}

#[test]
fn one_round_serves_all_queries_that_wait_and_those_that_come_later_share_the_next() {
    let mut server = leader(Reads::ReadIndex);
    server.hears(n(9), query(7)).hears(n(9), query(8));
    assert_eq!(rounds(&server).len(), 0, "a round is under way");
    server.hears(n(9), query(9)).hears(n(2), confirmed(2, 1)).hears(n(3), confirmed(2, 1));
    assert_eq!((to_client(&server), rounds(&server)), (vec![answer(7, Ret::Absent)], vec![3; 4]));
    server.hears(n(2), confirmed(3, 1)).hears(n(3), confirmed(3, 1));
    assert_eq!(to_client(&server), [answer(8, Ret::Absent), answer(9, Ret::Absent)]);
}

#[test]
fn an_answer_to_a_message_of_an_earlier_term_acknowledges_no_round() {
    let mut server = Lone::set(&reading(Reads::ReadIndex), 2, &[]);
    let late = AppendEntries {
        term: 1,
        leader_id: n(2),
        prev_log_index: 0,
        prev_log_term: 0,
        entries: vec![],
        leader_commit: 0,
        round: Added(5),
    };
    server.hears(n(2), late);
    let refusal = AppendEntriesReply { term: 2, success: false, last_index: 0, round: Added(0) };
    assert_eq!(server.sent(), [(n(2), refusal.into())], "n2 may lead again, and count its rounds anew");
}

#[test]
fn a_new_leader_answers_no_query_before_an_entry_of_its_term_is_committed() {
    let mut server = elected(Reads::ReadIndex);
    server.hears(n(9), query(7));
    server.hears(n(2), confirmed(2, 0)).hears(n(3), confirmed(2, 0));
    assert_eq!(to_client(&server), [], "it leads, but what is committed?");
    server.hears(n(2), confirmed(2, 1)).hears(n(3), confirmed(2, 1));
    assert_eq!(to_client(&server), [answer(7, Ret::Absent)]);
}

#[test]
pub fn a_leader_that_steps_down_refuses_the_queries_that_wait() {
    let mut server = leader(Reads::ReadIndex);
    server.hears(n(9), query(7));
    server.hears(n(2), AppendEntriesReply { term: 3, success: false, last_index: 0, round: Added(0) });
    assert_eq!(to_client(&server), [answer(7, Ret::NotLeader { hint: None })]);
    server.hears(n(9), query(8));
    assert_eq!(to_client(&server), [answer(8, Ret::NotLeader { hint: None })]);
}

#[test]
pub fn with_a_lease_a_round_is_good_for_the_shortest_election_timeout_less_the_bound() {
    let lease = reading(Reads::Lease).lease();
    assert_eq!(lease, Span::millis(125), "150 ms on a clock that may be 20 % slower than others");
    let mut server = leader(Reads::Lease);
    server.now = Time::ZERO + Span(lease.0 - 1);
    server.hears(n(9), query(7));
    assert_eq!((to_client(&server), rounds(&server)), (vec![answer(7, Ret::Absent)], vec![]));
    server.now = Time::ZERO + lease;
    server.hears(n(9), query(8));
    assert_eq!((to_client(&server), rounds(&server)), (vec![], vec![2; 4]));
    server.now = Time::ZERO + lease + Span::millis(20);
    server.hears(n(2), confirmed(2, 1)).hears(n(3), confirmed(2, 1));
    assert_eq!(to_client(&server), [answer(8, Ret::Absent)]);
    server.now = Time::ZERO + lease + Span(lease.0 - 1); // counted from the round's beginning, not from its answers
    server.hears(n(9), query(9));
    assert_eq!(to_client(&server), [answer(9, Ret::Absent)]);
    server.now = Time::ZERO + lease + lease;
    server.hears(n(9), query(10));
    assert_eq!(to_client(&server), []);
}

#[test]
fn a_leader_that_tells_another_to_stand_for_election_gives_up_its_lease() {
    let mut server = leader(Reads::Lease);
    server.is_asked(0, raft::Op::Transfer { to: n(2) });
    assert!(server.ran(Line::SendTimeoutNow));
    server.hears(n(9), query(7));
    assert_eq!((to_client(&server), rounds(&server)), (vec![], vec![2; 4]), "it asks whether it leads");
}

#[test]
pub fn where_stale_reads_are_allowed_any_server_answers_at_once() {
    let mut server = Lone::set(&reading(Reads::Stale), 1, &[1]);
    server.hears(n(9), query(7));
    assert_eq!(server.answered(), answer(7, Ret::Absent));
}

/// Three servers, of which n1 leads, and two clients, c1 and c2: nodes 4 and 5; x is 1.
fn with_clients(config: Config, bug: Option<Bug>) -> Cluster {
    let mut cluster = Plan { config, ..Plan::by_hand(3).clients(2).bug(bug) }.start();
    cluster.times_out(1).put(4, "1").put(5, "1").settle();
    assert_eq!(cluster.leads(1), Some(1));
    cluster
}

#[test]
pub fn a_query_is_answered_after_a_round_of_heartbeats_and_is_no_entry_of_the_log() {
    for reads in [Reads::ReadIndex, Reads::Lease, Reads::Stale] {
        let mut cluster = with_clients(reading(reads), None);
        let entries = cluster.server(1).log().last_index();
        cluster.invoke(4, get()).settle();
        assert_eq!(cluster.notes.replies.last(), Some(&(OpId(2), Ret::Value("1".into()))));
        assert_eq!(cluster.server(1).log().last_index(), entries);
        assert!(cluster.notes.lines.contains(&Line::SendQuery.into()));
    }
}

/// n1 is cut off with c1, n2 is elected, c2 writes, and then c1 reads at n1. What it is told within 200 ms.
fn deposed(config: Config, bug: Option<Bug>) -> (Option<Ret>, Cluster) {
    let mut cluster = with_clients(config, bug);
    cluster.together(&[1, 4]).run(Span::millis(200)).times_out(2).put(5, "2").run(Span::millis(1_000));
    let answered = cluster.notes.replies.len();
    assert_eq!((answered, cluster.value(2).as_deref()), (3, Some("2")));
    cluster.invoke(4, get()).run(Span::millis(200));
    (cluster.notes.replies.get(answered).map(|(_, ret)| ret.clone()), cluster)
}

#[test]
fn a_deposed_leader_answers_no_read_but_stale_ones() {
    for reads in [Reads::Log, Reads::ReadIndex, Reads::Lease] {
        let (told, mut cluster) = deposed(reading(reads), None);
        assert_eq!(told, None, "{reads:?}");
        cluster.heal().run(Span::secs(3));
        assert_eq!(cluster.notes.replies.last().map(|(_, ret)| ret), Some(&Ret::Value("2".into())), "{reads:?}");
        assert_eq!(cluster.violation, None);
    }
    let (told, cluster) = (0..20).map(|_| deposed(reading(Reads::Stale), None)).next().expect("one of them");
    assert!(told.is_none_or(|ret| ret == Ret::Value("1".into())));
    assert_eq!(cluster.violation, None, "that is no promise broken");
}

#[test]
fn a_deposed_leader_that_asks_nobody_is_noticed() {
    let (told, cluster) = deposed(reading(Reads::ReadIndex), Some(Bug::StaleRead));
    assert_eq!(told, Some(Ret::Value("1".into())));
    let (invariant, evidence) = cluster.verdict();
    assert_eq!(invariant, "fresh-reads");
    assert_eq!(evidence[1..], ["n4 asked for get x after that", "n4 was told 1, which is older"]);
    assert!(
        evidence[0].starts_with("n5 has heard of what stands at index ") && evidence[0].ends_with("after which x=2")
    );
}

/// How much faster one clock can run than another if each drifts by up to so much either way, in parts per million.
fn bound(drift: u64) -> u32 {
    const MILLION: u64 = 1_000_000;
    ((MILLION + drift) * MILLION / (MILLION - drift) - MILLION + 1) as u32
}

/// Five servers whose clocks drift by up to so much either way, with leases for some bound. Again and again the leader is cut
/// off with the client that reads, and the others elect another, who serves the client that writes; servers crash and
/// pause, and clocks are set.
fn drifting(seed: u64, drift: u64, clock_drift_bound: u32) -> Cluster {
    let mut dice = Dice::new(Seed(seed));
    let config = Config {
        clock_drift_bound,
        pre_vote: dice.below(2) == 0,
        election_timeout: (Span::millis(150), Span::millis(180)),
        client_timeout: Span::millis(20),
        ..reading(Reads::Lease)
    };
    let link = Link { latency: Latency::Uniform(Span::millis(1), Span::millis(4)), ..Link::default() };
    let mut cluster = Plan { config, link, ..Plan::usual(5).clients(2).seed(seed) }.start();
    for server in 1..=5 {
        let pace = dice.below(2 * drift + 1) as i32 - drift as i32;
        cluster.apply(Intervention::Clock(n(server).into(), 0, pace));
    }
    for turn in 0..160u32 {
        let leader = || Target::Role("leader".to_owned());
        let server = n(1 + dice.below(5) as u16);
        match dice.below(40) {
            0..4 => cluster.apply(Intervention::Partition(vec![vec![leader(), n(7).into()]])),
            4 => cluster.heal(),
            5 => cluster.apply(Intervention::Crash(server.into())),
            6 | 7 => cluster.apply(Intervention::Restart(Target::Role("down".to_owned()))),
            8 => cluster.apply(Intervention::Pause(server.into())),
            9..12 => cluster.apply(Intervention::Resume(server.into())),
            12 => {
                let pace = cluster.world.clock(server).drift();
                cluster.apply(Intervention::Clock(server.into(), dice.below(400_000_000) as i64 - 200_000_000, pace))
            }
            _ => &mut cluster,
        };
        cluster.put(6, &turn.to_string()).invoke(7, get()).run(Span::millis(5 + dice.below(15)));
    }
    cluster
}

#[test]
fn leases_are_safe_while_clocks_keep_within_the_bound_whatever_else_happens() {
    for seed in 0..300 {
        for drift in [0, 200_000, 400_000] {
            let cluster = drifting(seed, drift, bound(drift));
            assert_eq!(cluster.violation, None, "seed {seed}, clocks drift by {drift} ppm");
        }
    }
}

#[test]
fn leases_are_not_safe_when_clocks_drift_beyond_the_bound() {
    let stale = |seed| drifting(seed, 400_000, 0).violation;
    let violation = (0..500).find_map(stale).expect("one of these reads is stale");
    assert_eq!(violation.invariant, "fresh-reads");
}

#[test]
fn a_lease_needs_servers_that_keep_to_the_leader_they_hear() {
    let alone = Config { check_quorum: false, ..reading(Reads::Lease) };
    let cast = Cast { parts: vec![0; 3] };
    let refused = Raft::processes(&alone, Bugs::NONE, &cast).err().map(|why| why.setting);
    assert_eq!(refused, Some("reads"));
}
