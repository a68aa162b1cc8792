//! CheckQuorum (thesis, §6.2 and §4.2.3), rule by rule, and what it is for.

use crate::cluster::{Cluster, Plan};
use crate::lone::{Lone, n};
use netsplit_protocols::raft::{AppendEntries, AppendEntriesReply, Config, Line, RequestVote, Role, Term, Timer};
use netsplit_sim::digest::Added;
use netsplit_sim::{Intervention, Span};

fn settings() -> Config {
    Config { check_quorum: true, ..Config::default() }
}

fn ask(term: Term) -> RequestVote {
    RequestVote { term, candidate_id: n(2), last_log_index: 9, last_log_term: term - 1, disrupt: Added(false) }
}

fn heartbeat(term: Term) -> AppendEntries {
    AppendEntries {
        term,
        leader_id: n(5),
        prev_log_index: 0,
        prev_log_term: 0,
        entries: vec![],
        leader_commit: 0,
        round: Added(0),
    }
}

fn leader() -> Lone {
    let mut server = Lone::set(&settings(), 1, &[]);
    server.times_out();
    let server = server.elected(2);
    assert!(server.armed(Timer::Election) && !server.disarmed(Timer::Election));
    server
}

#[test]
pub fn a_leader_that_a_majority_has_answered_leads_on() {
    let mut server = leader();
    let refused = AppendEntriesReply { term: 2, success: false, last_index: 0, round: Added(0) };
    server.hears(n(2), AppendEntriesReply { success: true, ..refused.clone() }).hears(n(3), refused).times_out();
    assert!(server.ran(Line::QuorumHeard) && server.armed(Timer::Election));
    assert!(server.server.is_leader());
}

#[test]
pub fn a_leader_that_no_majority_has_answered_since_it_looked_last_steps_down() {
    let mut server = leader();
    let stored = AppendEntriesReply { term: 2, success: true, last_index: 0, round: Added(0) };
    server.hears(n(2), stored.clone()).hears(n(3), stored.clone()).times_out();
    server.hears(n(3), stored.clone()).hears(n(3), AppendEntriesReply { term: 1, ..stored }).times_out();
    assert!(server.ran(Line::QuorumLost) && server.armed(Timer::Election) && server.disarmed(Timer::Heartbeat));
    assert_eq!((server.server.role(), server.server.leader_id()), (&Role::Follower, None));
    assert_eq!(server.server.current_term(), 2);
}

#[test]
pub fn a_server_that_hears_a_leader_ignores_candidates() {
    let mut server = Lone::set(&settings(), 3, &[]);
    server.hears(n(5), heartbeat(3)).hears(n(2), ask(4));
    assert!(server.ran(Line::IgnoreVote));
    assert_eq!((server.sent(), server.server.current_term()), (vec![], 3));
    server.runs_out(Timer::Silence).hears(n(2), ask(4)); // the shortest election timeout has passed
    assert_eq!(server.server.disk().voted_for, Some(n(2)));

    let mut leader = leader();
    assert!(leader.hears(n(2), ask(3)).ran(Line::IgnoreVote));
    assert!(leader.server.is_leader());

    let mut plain = Lone::server(3, &[]);
    plain.hears(n(5), heartbeat(3)).hears(n(2), ask(4));
    assert_eq!(plain.server.current_term(), 4, "Figure 2 knows no such rule");
}

#[test]
fn a_server_whose_own_timeout_passed_hears_no_leader() {
    let mut server = Lone::set(&settings(), 3, &[]);
    server.hears(n(5), heartbeat(3)).times_out().hears(n(2), ask(9));
    assert_eq!(server.server.disk().voted_for, Some(n(2)));
}

fn highest_term(cluster: &Cluster) -> Option<Term> {
    cluster.servers().map(|server| server.current_term()).max()
}

/// Every link from the others to one server that does not lead fails: it hears nobody, and everybody hears it.
fn deaf(check_quorum: bool) -> Cluster {
    let config = Config { check_quorum, ..Config::default() };
    let mut cluster = Plan { config, ..Plan::usual(5) }.start();
    cluster.run(Span::secs(1));
    let deaf = (1..=5).find(|server| cluster.leads(*server).is_none()).expect("not all lead");
    for other in (1..=5).filter(|other| *other != deaf) {
        cluster.apply(Intervention::Cut(n(other).into(), n(deaf).into()));
    }
    cluster.run(Span::secs(2));
    cluster
}

#[test]
fn a_server_that_hears_nobody_disturbs_nobody() {
    let leaders = |cluster: &Cluster| cluster.servers().filter(|server| server.is_leader()).count();
    let undisturbed = deaf(true);
    let others = undisturbed.servers().filter(|server| server.current_term() == 1).count();
    assert_eq!((others, leaders(&undisturbed)), (4, 1));
    assert!(highest_term(&deaf(false)) > Some(5));
}

#[test]
fn a_leader_that_hears_nobody_makes_way() {
    for (check_quorum, leads_on) in [(true, false), (false, true)] {
        let config = Config { check_quorum, ..Config::default() };
        let mut cluster = Plan { config, ..Plan::usual(5) }.start();
        cluster.run(Span::secs(1));
        let leader = (1..=5).find(|server| cluster.leads(*server).is_some()).expect("somebody leads");
        for other in (1..=5).filter(|other| *other != leader) {
            cluster.apply(Intervention::Cut(n(other).into(), n(leader).into()));
        }
        cluster.run(Span::secs(2));
        assert_eq!(cluster.leads(leader), leads_on.then_some(1));
        assert_eq!(highest_term(&cluster) > Some(1), check_quorum, "the others cling to it if it does not give up");
    }
}
