//! PreVote (thesis, §9.6), rule by rule, and what it is for.

use crate::cluster::{Cluster, Plan};
use crate::lone::{Lone, n};
use netsplit_protocols::raft::{
    AppendEntries, Config, Index, Line, Msg, RequestPreVote, RequestPreVoteReply, Role, Term, Timer,
};
use netsplit_sim::Span;
use netsplit_sim::digest::Added;

fn settings() -> Config {
    Config { pre_vote: true, ..Config::default() }
}

fn ask(next_term: Term, last_log_index: Index, last_log_term: Term) -> RequestPreVote {
    RequestPreVote { next_term, last_log_index, last_log_term }
}

fn answer(term: Term, vote_granted: bool) -> Msg {
    RequestPreVoteReply { term, vote_granted }.into()
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

#[test]
pub fn a_server_asks_whether_it_could_win_before_it_raises_its_term() {
    let mut server = Lone::set(&settings(), 3, &[1, 2]);
    server.times_out();
    assert!(server.ran(Line::AskForPreVotes) && server.armed(Timer::Election));
    assert_eq!(server.sent(), [2, 3, 4, 5].map(|other| (n(other), ask(4, 2, 2).into())));
    assert_eq!((server.server.current_term(), server.server.disk().voted_for), (3, None));
    server.times_out(); // nobody answered
    assert!(server.ran(Line::ElectionTimedOut));
    assert_eq!(server.server.current_term(), 3);
}

#[test]
pub fn a_server_that_hears_a_leader_would_vote_for_nobody() {
    let mut server = Lone::set(&settings(), 3, &[]);
    server.hears(n(5), heartbeat(3));
    assert_eq!(server.hears(n(2), ask(4, 9, 3)).answered(), answer(3, false));
    assert!(server.ran(Line::PreVoteLeaderAlive));
    server.runs_out(Timer::Silence); // the shortest election timeout has passed since
    assert_eq!(server.hears(n(2), ask(4, 9, 3)).answered(), answer(3, true));

    let mut leader = Lone::leader(3, &[]);
    assert_eq!(leader.hears(n(2), ask(4, 9, 3)).answered(), answer(3, false));
}

#[test]
pub fn a_server_would_vote_only_in_a_later_term_for_a_log_as_new_as_its_own_and_changes_nothing() {
    let cases = [(4, (2, 2), true), (4, (3, 1), false), (4, (0, 0), false), (3, (2, 2), false), (9, (2, 3), true)];
    for (next_term, (index, term), granted) in cases {
        let mut server = Lone::set(&settings(), 3, &[1, 2]);
        let disk = server.server.disk().clone();
        assert_eq!(server.hears(n(2), ask(next_term, index, term)).answered(), answer(3, granted));
        assert!(server.ran(if granted { Line::PreVoteGranted } else { Line::PreVoteRefused }));
        assert_eq!((server.server.disk(), server.server.role()), (&disk, &Role::Follower));
        assert!(!server.armed(Timer::Election));
    }
}

#[test]
pub fn a_server_that_a_majority_would_vote_for_starts_the_election() {
    let mut server = Lone::set(&settings(), 3, &[]);
    server.times_out().hears(n(2), answer(3, true)).hears(n(2), answer(3, true)).hears(n(3), answer(3, false));
    assert_eq!(server.server.current_term(), 3, "one other, twice over, is no majority");
    server.hears(n(4), answer(2, true));
    assert!(server.ran(Line::WinPreVote));
    assert!(matches!(server.server.role(), Role::Candidate { .. }));
    assert_eq!(server.server.current_term(), 4);
}

#[test]
fn a_server_that_asked_gives_way_to_a_leader_and_to_a_later_term() {
    let mut server = Lone::set(&settings(), 3, &[]);
    server.times_out().hears(n(5), heartbeat(3));
    assert!(server.ran(Line::GiveWay));
    assert_eq!((server.server.role(), server.server.leader_id()), (&Role::Follower, Some(n(5))));
    server.times_out().hears(n(5), answer(7, false));
    assert_eq!((server.server.role(), server.server.current_term()), (&Role::Follower, 7));
}

/// n5 is cut off for a second, and comes back.
fn cut_off_and_back(pre_vote: bool) -> Cluster {
    let config = Config { pre_vote, ..Config::default() };
    let mut cluster = Plan { config, ..Plan::usual(5) }.start();
    cluster.run(Span::secs(1));
    let leader = (1..=5).find(|server| cluster.leads(*server).is_some()).expect("somebody leads");
    let lost = leader % 5 + 1;
    let rest: Vec<u16> = (1..=5).filter(|server| *server != lost).collect();
    cluster.together(&rest).run(Span::secs(1)).heal().run(Span::secs(1));
    cluster
}

#[test]
fn a_server_cut_off_and_back_again_does_not_disturb() {
    let terms = |cluster: &Cluster| cluster.servers().map(|server| server.current_term()).max();
    let undisturbed = cut_off_and_back(true);
    assert_eq!(terms(&undisturbed), Some(1));
    assert_eq!(undisturbed.servers().filter(|server| server.leader_id().is_some()).count(), 5);
    let disturbed = cut_off_and_back(false);
    assert!(terms(&disturbed) > Some(3), "without PreVote its term climbs, and it takes the others along");
}
