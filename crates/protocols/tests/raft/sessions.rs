//! Sessions: a command takes effect exactly once, however often it is sent (thesis, §6.3).

use crate::cluster::{Cluster, Plan};
use crate::lone::{Lone, n, put};
use netsplit_protocols::raft::{
    AppendEntriesReply, Bug, ClientRequest, Command, Config, Line, Msg, Once, RegisterClient, RegisterClientReply,
    Response, Ret, SessionExpired, View,
};
use netsplit_protocols::shared::kv::Op;
use netsplit_sim::digest::Added;
use netsplit_sim::{Intervention, OpId, Span};
use std::sync::Arc;

fn in_sessions() -> Config {
    Config { noop_on_election: true, sessions: true, ..Config::default() }
}

fn cas(expect: &str, value: &str) -> Op {
    Op::Cas { key: "x".into(), expect: expect.into(), value: value.into() }
}

/// Three servers, of which n1 leads, and two clients: nodes 4 and 5.
fn with_clients(config: Config) -> Cluster {
    let by_hand = Plan::by_hand(3);
    let config = Config { election_timeout: by_hand.config.election_timeout, ..config };
    let mut cluster = Plan { config, ..by_hand.clients(2) }.start();
    cluster.times_out(1);
    cluster
}

/// n1 of five leads term 2, and has just committed what it was asked for.
fn leader() -> Lone {
    let mut server = Lone::set(&in_sessions(), 1, &[]);
    server.times_out();
    server.elected(2)
}

fn numbered(sequence_num: u64, op: Op) -> ClientRequest {
    ClientRequest { id: OpId(7), command: Once { client_id: 2, sequence_num, op: Arc::new(op) } }
}

/// The client c1 (node 9) asks for something, which a majority stores. What c1 is told.
fn asks(server: &mut Lone, msg: impl Into<Msg>) -> Vec<Msg> {
    server.hears(n(9), msg);
    let (term, last_index) = (2, server.server.log().last_index());
    let mut told = Vec::new();
    for follower in [2, 3] {
        server.hears(n(follower), AppendEntriesReply { term, success: true, last_index, round: Added(0) });
        told.extend(server.sent().into_iter().filter(|(to, _)| *to == n(9)).map(|(_, msg)| msg));
    }
    told
}

fn response(ret: Ret) -> Vec<Msg> {
    vec![Response { id: OpId(7), ret }.into()]
}

#[test]
pub fn a_client_asks_for_a_session_and_numbers_its_commands_in_it() {
    let mut cluster = with_clients(in_sessions());
    cluster.put(4, "1").invoke(4, cas("1", "2")).invoke(5, cas("2", "3")).settle();
    assert_eq!(cluster.notes.replies.len(), 3);
    let log = cluster.server(1).log();
    let named = |index| match &log.get(index).expect("an entry").command {
        Command::Once(Once { client_id, sequence_num, .. }) => Some((*client_id, *sequence_num)),
        _ => None,
    };
    let names: Vec<_> = (1..=log.last_index()).filter_map(named).collect();
    let [c1, c2] = [0, 1].map(|nth| {
        let registered = |index: &u64| log.get(*index).is_some_and(|entry| entry.command == Command::Register);
        (1..=log.last_index()).filter(registered).nth(nth).expect("two sessions")
    });
    let (mine, others) = if names[0].0 == c1 { (c1, c2) } else { (c2, c1) };
    assert_eq!(names.iter().filter(|name| name.0 == mine).map(|name| name.1).collect::<Vec<_>>(), [1, 2]);
    assert!(names.contains(&(others, 1)));
    assert_eq!(cluster.violation, None);
}

#[test]
fn a_session_is_called_by_the_index_of_its_entry() {
    let mut server = leader();
    assert_eq!(asks(&mut server, RegisterClient { id: OpId(6) }), [RegisterClientReply { client_id: 2 }.into()]);
    assert!(server.server.state_machine().session(2).is_some(), "the no-op is at index 1");
}

#[test]
fn a_server_that_does_not_lead_refuses_sessions_and_numbered_commands() {
    let mut server = Lone::set(&in_sessions(), 1, &[]);
    server.hears(n(9), numbered(1, put("x", "1")));
    assert_eq!(server.answered(), response(Ret::NotLeader { hint: None })[0]);
    server.hears(n(9), RegisterClient { id: OpId(7) });
    assert_eq!(server.answered(), response(Ret::NotLeader { hint: None })[0]);
}

#[test]
pub fn a_command_that_was_sent_twice_is_run_once_and_answered_alike() {
    let mut server = leader();
    asks(&mut server, RegisterClient { id: OpId(6) });
    asks(&mut server, numbered(1, put("x", "1")));
    assert_eq!(asks(&mut server, numbered(2, cas("1", "2"))), response(Ret::Ok));
    assert_eq!(asks(&mut server, numbered(2, cas("1", "2"))), response(Ret::Ok), "not \"the value is another\"");
    assert_eq!(asks(&mut server, numbered(3, cas("1", "2"))), response(Ret::CasFailed));
    assert_eq!(asks(&mut server, numbered(3, cas("1", "2"))), response(Ret::CasFailed));
}

#[test]
pub fn a_command_whose_number_is_passed_does_nothing() {
    let mut server = leader();
    asks(&mut server, RegisterClient { id: OpId(6) });
    asks(&mut server, numbered(1, put("x", "1")));
    asks(&mut server, numbered(2, put("x", "2")));
    assert_eq!(asks(&mut server, numbered(1, put("x", "1"))), []);
    let x = server.server.state_machine().get("x").cloned();
    assert_eq!(x.as_deref(), Some("2"));
}

#[test]
fn a_command_of_an_unknown_session_does_nothing() {
    let mut server = leader();
    assert_eq!(asks(&mut server, numbered(1, put("x", "1"))), []);
    assert_eq!(server.server.state_machine().get("x"), None);
}

/// c1's put is committed, but the answer is lost; c2 writes something else; then c1 asks again.
fn lost_answer(config: Config, meanwhile: impl FnOnce(&mut Cluster)) -> Cluster {
    let mut cluster = with_clients(config);
    cluster.put(4, "0").put(5, "0").settle();
    cluster.apply(Intervention::Cut(n(1).into(), n(4).into())).put(4, "1").run(Span::millis(50));
    assert_eq!((cluster.value(1).as_deref(), cluster.notes.replies.len()), (Some("1"), 2));
    cluster.put(5, "2").run(Span::millis(50));
    meanwhile(&mut cluster);
    cluster.heal().run(Span::secs(3));
    assert_eq!(cluster.notes.replies.len(), 4);
    cluster
}

#[test]
fn a_retry_is_recognised_by_the_leader_by_a_new_leader_and_after_all_have_restarted() {
    let new_leader = |cluster: &mut Cluster| {
        cluster.crash(1).times_out(2);
    };
    let restart = |cluster: &mut Cluster| {
        for server in 1..=3 {
            cluster.crash(server);
        }
        for server in 1..=3 {
            cluster.restart(server);
        }
        cluster.times_out(3);
    };
    let cases: [fn(&mut Cluster); 3] = [|_| {}, new_leader, restart];
    for meanwhile in cases {
        let cluster = lost_answer(in_sessions(), meanwhile);
        assert!(cluster.notes.lines.contains(&Line::RecogniseRetry.into()));
        assert_eq!((cluster.value(3).as_deref(), cluster.violation), (Some("2"), None));
    }
}

#[test]
fn without_sessions_a_retry_takes_effect_again() {
    let cluster = lost_answer(Config::default(), |_| {});
    assert_eq!((cluster.value(3).as_deref(), cluster.violation), (Some("1"), None), "at least once is all there is");
}

#[test]
fn a_retry_that_takes_effect_again_is_noticed() {
    let mut cluster = {
        let by_hand = Plan::by_hand(3);
        let config = Config { election_timeout: by_hand.config.election_timeout, ..in_sessions() };
        Plan { config, ..by_hand.clients(2).bug(Bug::DoubleApply) }.start()
    };
    cluster.times_out(1).put(4, "0").put(5, "0").settle();
    cluster.apply(Intervention::Cut(n(1).into(), n(4).into())).put(4, "1").run(Span::millis(50));
    cluster.put(5, "2").run(Span::millis(50)).heal().run(Span::secs(1));
    let (invariant, evidence) = cluster.verdict();
    assert_eq!(invariant, "exactly-once");
    assert_eq!(evidence.len(), 1);
    assert!(evidence[0].contains("put x=1, number 2 of session") && evidence[0].contains("although that is"));
}

// --- Expiry

fn two_sessions_at_most() -> Config {
    Config { session_limit: 2, ..in_sessions() }
}

/// n1 of five leads term 2, and clients have opened sessions 2, 3, ... one after the other.
fn with_sessions(config: &Config, sessions: u64) -> Lone {
    let mut server = Lone::set(config, 1, &[]);
    server.times_out();
    let mut server = server.elected(2);
    for client_id in 2..2 + sessions {
        assert_eq!(asks(&mut server, RegisterClient { id: OpId(6) }), [RegisterClientReply { client_id }.into()]);
    }
    server
}

fn of_session(client_id: u64, sequence_num: u64, op: Op) -> ClientRequest {
    ClientRequest { id: OpId(7), command: Once { client_id, sequence_num, op: Arc::new(op) } }
}

fn kept(server: &Lone) -> Vec<u64> {
    (2..20).filter(|client_id| server.server.state_machine().session(*client_id).is_some()).collect()
}

#[test]
pub fn of_one_session_too_many_the_one_used_longest_ago_expires() {
    let mut server = with_sessions(&two_sessions_at_most(), 2);
    asks(&mut server, of_session(2, 1, put("x", "1")));
    assert_eq!(kept(&server), [2, 3]);
    asks(&mut server, RegisterClient { id: OpId(6) });
    assert_eq!(kept(&server), [2, 5], "session 3 is younger than 2, but has not been used");
    asks(&mut server, of_session(2, 1, put("x", "1"))); // a retry is a use too
    asks(&mut server, RegisterClient { id: OpId(6) });
    assert_eq!(kept(&server), [2, 7]);
}

#[test]
fn without_a_limit_no_session_expires() {
    assert_eq!(kept(&with_sessions(&in_sessions(), 12)), (2..14).collect::<Vec<_>>());
}

#[test]
pub fn a_command_of_an_expired_session_is_not_run_and_its_client_is_told() {
    let mut server = with_sessions(&two_sessions_at_most(), 3);
    let expired = [SessionExpired { id: OpId(7) }.into()];
    assert_eq!(asks(&mut server, of_session(2, 1, put("x", "1"))), expired);
    assert_eq!(server.server.state_machine().get("x"), None);
    assert_eq!(asks(&mut server, of_session(3, 1, put("x", "2"))), response(Ret::Ok));
    assert_eq!(asks(&mut server, of_session(2, 1, put("x", "1"))), expired, "and it does not come back");
}

/// Both clients have used their sessions, one after the other, with room for one.
fn one_session_expired(bug: Option<Bug>) -> Cluster {
    let by_hand = Plan::by_hand(3);
    let election_timeout = by_hand.config.election_timeout;
    let config = Config { election_timeout, session_limit: 1, snapshot_every: 4, ..in_sessions() };
    let mut cluster = Plan { config, ..by_hand.clients(2).bug(bug) }.start();
    cluster.times_out(1).put(4, "0").settle();
    cluster.apply(Intervention::Cut(n(1).into(), n(4).into())).put(4, "1").run(Span::millis(50));
    assert_eq!(cluster.value(1).as_deref(), Some("1"), "it has run, but the answer is lost");
    cluster.put(5, "2").run(Span::millis(100));
    cluster
}

#[test]
pub fn a_client_whose_session_has_expired_gives_the_operation_up_and_opens_another() {
    let mut cluster = one_session_expired(None);
    cluster.heal().run(Span::secs(2));
    assert!(cluster.notes.lines.contains(&Line::LoseSession.into()));
    assert_eq!(cluster.value(1).as_deref(), Some("2"), "the retry has not run again");
    assert_eq!(cluster.notes.replies.len(), 2, "nobody knows whether the other has run");
    cluster.put(4, "3").run(Span::secs(1));
    assert_eq!((cluster.notes.replies.len(), cluster.value(3).as_deref()), (3, Some("3")));
    let Some(View::Client(client)) = cluster.world.view(n(4)) else { panic!() };
    assert_eq!((client.open(), cluster.violation), (0, None));
}

#[test]
fn all_servers_let_the_same_session_expire_a_new_leader_and_those_that_restart_too() {
    let mut cluster = one_session_expired(None);
    cluster.crash(1).crash(2).crash(3).restart(2).restart(3).times_out(2).heal().run(Span::secs(2));
    cluster.restart(1).settle();
    let sessions = |server| {
        let machine = cluster.server(server).state_machine();
        (1..20).filter(|client_id| machine.session(*client_id).is_some()).collect::<Vec<u64>>()
    };
    assert_eq!(sessions(1).len(), 1);
    assert!([2, 3].iter().all(|server| sessions(*server) == sessions(1)));
    assert_eq!((cluster.value(2).as_deref(), cluster.violation), (Some("2"), None));
}

#[test]
fn a_retry_in_an_expired_session_that_takes_effect_again_is_noticed() {
    let mut cluster = one_session_expired(Some(Bug::ExpiredRunsAgain));
    cluster.heal().run(Span::secs(2));
    let (invariant, evidence) = cluster.verdict();
    assert_eq!((invariant, cluster.value(1).as_deref()), ("exactly-once", Some("1")));
    assert!(evidence[0].contains("although that is the command of index"), "{evidence:?}");
}
