//! One test per rule of Figure 2, named for what the rule says.

use crate::lone::{Lone, entry, n, put};
use netsplit_protocols::Bugs;
use netsplit_protocols::raft::{
    AppendEntries, AppendEntriesReply, Bug, Command, Config, Disk, Entry, Index, Line, Msg, RequestVote,
    RequestVoteReply, Ret, Role, Term, Timer,
};
use netsplit_sim::digest::{Added, digest};
use netsplit_sim::{NodeId, OpId};

fn ask(term: Term, candidate: NodeId, last_log_index: Index, last_log_term: Term) -> RequestVote {
    RequestVote { term, candidate_id: candidate, last_log_index, last_log_term, disrupt: Added(false) }
}

fn append(term: Term, leader: NodeId, prev: (Index, Term), entries: Vec<Entry>, leader_commit: Index) -> AppendEntries {
    AppendEntries {
        term,
        leader_id: leader,
        prev_log_index: prev.0,
        prev_log_term: prev.1,
        entries,
        leader_commit,
        round: Added(0),
    }
}

fn vote(term: Term, vote_granted: bool) -> Msg {
    RequestVoteReply { term, vote_granted }.into()
}

fn stored(term: Term, last_index: Index) -> AppendEntriesReply {
    AppendEntriesReply { term, success: true, last_index, round: Added(0) }
}

fn refused(term: Term, last_index: Index) -> AppendEntriesReply {
    AppendEntriesReply { term, success: false, last_index, round: Added(0) }
}

fn answer(term: Term, success: bool, last_index: Index) -> Msg {
    AppendEntriesReply { term, success, last_index, round: Added(0) }.into()
}

// --- State

#[test]
pub fn state_term_vote_and_log_survive_a_crash_and_nothing_else_does() {
    let mut server = Lone::server(1, &[1]);
    server.hears(n(2), append(2, n(2), (1, 1), vec![entry(2, 2)], 2));
    server.hears(n(3), ask(3, n(3), 2, 2));
    assert_eq!((server.server.commit_index(), server.server.last_applied()), (2, 2));
    assert!(server.server.state_machine().get("x").is_some());
    let disk = server.server.disk().clone();

    server.restarts();
    assert!(server.ran(Line::Restart));
    assert_eq!(server.server.disk(), &disk);
    assert_eq!((disk.current_term, disk.voted_for, server.log()), (3, Some(n(3)), vec![1, 2]));
    assert_eq!((server.server.commit_index(), server.server.last_applied()), (0, 0));
    assert_eq!(server.server.role(), &Role::Follower);
    assert_eq!((server.server.leader_id(), server.server.state_machine().get("x")), (None, None));
    assert!(server.armed(Timer::Election));
}

#[test]
fn state_on_first_start_term_is_0_there_is_no_vote_and_the_log_is_empty() {
    let server = Lone::with(n(1), Disk::default(), &Config::default(), Bugs::NONE);
    assert_eq!((server.server.current_term(), server.server.disk().voted_for, server.log()), (0, None, vec![]));
    assert!(!server.ran(Line::Restart));
}

// --- Rules for servers: all

#[test]
pub fn all_servers_apply_what_is_committed_in_the_order_of_the_log() {
    let mut server = Lone::server(1, &[1, 1, 1]);
    server.hears(n(2), append(1, n(2), (3, 1), vec![], 2));
    assert_eq!((server.server.commit_index(), server.server.last_applied()), (2, 2));
    assert_eq!(server.server.state_machine().get("x").unwrap().as_ref(), "2.1");
    server.hears(n(2), append(1, n(2), (3, 1), vec![], 3));
    assert_eq!(server.server.state_machine().get("x").unwrap().as_ref(), "3.1");
}

#[test]
fn all_servers_take_over_a_later_term_and_become_followers() {
    for msg in
        [ask(5, n(2), 9, 4).into(), vote(5, false), append(5, n(2), (0, 0), vec![], 0).into(), answer(5, false, 0)]
    {
        for mut server in [Lone::server(3, &[1]), Lone::candidate(3, &[1]), Lone::leader(3, &[1])] {
            let led = server.server.is_leader();
            server.hears(n(2), msg.clone());
            assert!(server.ran(Line::SeeTerm));
            assert_eq!((server.server.current_term(), server.server.role()), (5, &Role::Follower), "{msg:?}");
            // A leader has no election timer: it needs one now.
            assert!(!led || (server.armed(Timer::Election) && server.disarmed(Timer::Heartbeat)));
        }
    }
}

#[test]
pub fn all_servers_forget_their_vote_in_a_new_term() {
    let mut server = Lone::candidate(3, &[]);
    assert_eq!(server.server.disk().voted_for, Some(n(1)));
    server.hears(n(2), vote(4, false));
    assert_eq!(server.server.disk().voted_for, None);
}

// --- Rules for servers: followers

#[test]
pub fn followers_answer_candidates_and_leaders() {
    let mut server = Lone::server(1, &[]);
    server.hears(n(2), ask(1, n(2), 0, 0));
    assert!(server.ran(Line::AnswerRpcs));
    assert_eq!(server.sent(), [(n(2), vote(1, true))]);
    server.hears(n(3), append(1, n(3), (0, 0), vec![], 0));
    assert!(server.ran(Line::AnswerRpcs));
    assert_eq!(server.sent(), [(n(3), answer(1, true, 0))]);
}

#[test]
pub fn followers_become_candidates_when_the_election_timeout_passes() {
    let mut server = Lone::server(1, &[]);
    server.times_out();
    assert!(server.ran(Line::NoLeaderHeard));
    assert!(matches!(server.server.role(), Role::Candidate { .. }));
}

#[test]
fn followers_wait_on_when_the_current_leader_speaks_or_they_give_their_vote_and_only_then() {
    let mut server = Lone::server(2, &[1, 2]);
    assert!(server.hears(n(2), append(2, n(2), (2, 2), vec![], 0)).armed(Timer::Election));
    assert!(server.hears(n(2), append(2, n(2), (9, 2), vec![], 0)).armed(Timer::Election)); // refused, but it leads
    assert!(!server.hears(n(3), append(1, n(3), (2, 2), vec![], 0)).armed(Timer::Election)); // of an earlier term
    assert!(server.hears(n(3), ask(3, n(3), 2, 2)).armed(Timer::Election));
    assert!(!server.hears(n(4), ask(3, n(4), 2, 2)).armed(Timer::Election)); // the vote is gone
    assert!(!server.hears(n(4), ask(4, n(4), 1, 1)).armed(Timer::Election)); // an older log
}

// --- Rules for servers: candidates

#[test]
pub fn candidates_raise_the_term_vote_for_themselves_draw_a_timeout_and_ask_everybody() {
    let mut server = Lone::server(3, &[1, 3]);
    server.times_out();
    for line in [Line::RaiseTerm, Line::VoteForSelf, Line::ResetTimer, Line::AskForVotes] {
        assert!(server.ran(line));
    }
    assert_eq!((server.server.current_term(), server.server.disk().voted_for), (4, Some(n(1))));
    assert!(server.armed(Timer::Election));
    let asked: Vec<_> = [2, 3, 4, 5].into_iter().map(|to| (n(to), Msg::from(ask(4, n(1), 2, 3)))).collect();
    assert_eq!(server.sent(), asked);
}

#[test]
pub fn candidates_lead_with_the_votes_of_a_majority_each_counted_once() {
    let mut server = Lone::candidate(1, &[]);
    server.hears(n(2), vote(1, true)).hears(n(2), vote(1, true)).hears(n(3), vote(1, false)).hears(n(4), vote(0, true));
    assert!(!server.server.is_leader());
    server.hears(n(5), vote(1, true));
    assert!(server.ran(Line::WinElection) && server.server.is_leader());
}

#[test]
fn candidates_ignore_votes_of_an_earlier_election() {
    let mut server = Lone::candidate(1, &[]);
    server.times_out();
    server.hears(n(2), vote(1, true)).hears(n(3), vote(1, true)).hears(n(4), vote(1, true));
    assert!(!server.server.is_leader());
}

#[test]
pub fn candidates_give_way_to_a_leader_of_their_term() {
    let mut server = Lone::candidate(2, &[]);
    server.hears(n(2), append(2, n(2), (0, 0), vec![], 0));
    assert!(server.ran(Line::GiveWay) && server.armed(Timer::Election));
    assert_eq!((server.server.role(), server.server.leader_id()), (&Role::Follower, Some(n(2))));
}

#[test]
fn candidates_refuse_a_leader_of_an_earlier_term_and_go_on() {
    let mut server = Lone::candidate(2, &[]);
    server.hears(n(2), append(1, n(2), (0, 0), vec![], 0));
    assert!(matches!(server.server.role(), Role::Candidate { .. }));
}

#[test]
pub fn candidates_start_the_next_election_when_the_timeout_passes() {
    let mut server = Lone::candidate(2, &[]);
    server.times_out();
    assert!(server.ran(Line::ElectionTimedOut));
    assert_eq!((server.server.current_term(), server.sent().len()), (3, 4));
}

// --- Rules for servers: leaders

#[test]
pub fn leaders_send_empty_append_entries_at_once_and_again_and_again() {
    let mut server = Lone::leader(2, &[1]);
    let heartbeats: Vec<_> =
        [2, 3, 4, 5].into_iter().map(|to| (n(to), Msg::from(append(2, n(1), (1, 1), vec![], 0)))).collect();
    assert_eq!(server.sent(), heartbeats);
    assert!(server.armed(Timer::Heartbeat) && server.disarmed(Timer::Election));
    server.beats();
    assert_eq!(server.sent(), heartbeats);
    assert!(server.armed(Timer::Heartbeat));
}

#[test]
pub fn leaders_append_a_command_and_answer_once_it_is_applied() {
    let mut server = Lone::leader(2, &[]);
    server.is_asked(7, put("y", "1"));
    assert!(server.ran(Line::AppendCommand));
    assert_eq!((server.log(), server.replied()), (vec![2], vec![]));
    server.hears(n(2), stored(2, 1));
    assert_eq!(server.replied(), []);
    server.hears(n(3), stored(2, 1));
    assert!(server.ran(Line::Respond));
    assert_eq!(server.replied(), [(OpId(7), Ret::Ok)]);
    assert_eq!(server.server.state_machine().get("y").unwrap().as_ref(), "1");
}

#[test]
pub fn leaders_send_what_a_follower_lacks_from_its_next_index_on() {
    let mut server = Lone::leader(2, &[1]);
    server.is_asked(0, put("y", "1"));
    assert!(server.ran(Line::SendEntries));
    let new = server.server.log().get(2).unwrap().clone();
    assert_eq!(server.sent()[0], (n(2), append(2, n(1), (1, 1), vec![new], 0).into()));
    assert_eq!(server.sent().len(), 4);
}

#[test]
fn leaders_send_nothing_further_before_an_answer_but_repeat_what_may_be_lost() {
    let mut server = Lone::leader(1, &[]);
    server.is_asked(0, put("y", "1"));
    server.is_asked(1, put("y", "2"));
    assert_eq!(server.sent(), []);
    server.beats();
    let both = server.server.log().from(1, 9).to_vec();
    assert_eq!(server.sent()[3], (n(5), append(1, n(1), (0, 0), both, 0).into()));
    server.hears(n(5), stored(1, 1));
    assert_eq!(server.sent(), []); // the second is still on its way
}

#[test]
fn leaders_send_no_more_entries_at_once_than_is_set() {
    let config = Config { max_entries: 2, ..Config::default() };
    let disk = Disk { current_term: 1, log: crate::lone::log(&[1, 1, 1, 1, 1]), ..Disk::default() };
    let mut server = Lone::with(n(1), disk, &config, Bugs::NONE);
    server.times_out();
    let mut server = server.elected(2);
    server.hears(n(2), refused(2, 1));
    assert_eq!(server.answered(), append(2, n(1), (1, 1), vec![entry(2, 1), entry(3, 1)], 0).into());
    server.hears(n(2), stored(2, 3));
    assert_eq!(server.answered(), append(2, n(1), (3, 1), vec![entry(4, 1), entry(5, 1)], 0).into());
}

#[test]
pub fn leaders_raise_next_index_and_match_index_on_success() {
    let mut server = Lone::leader(2, &[1, 1]);
    server.hears(n(2), stored(2, 2));
    let Role::Leader { peers } = server.server.role() else { panic!() };
    assert_eq!((peers[0].server, peers[0].next_index, peers[0].match_index), (n(2), 3, 2));
    server.hears(n(2), stored(2, 1)); // an answer that was overtaken
    let Role::Leader { peers } = server.server.role() else { panic!() };
    assert_eq!((peers[0].next_index, peers[0].match_index), (3, 2));
}

#[test]
pub fn leaders_lower_next_index_on_a_refusal_and_try_again() {
    let mut server = Lone::leader(3, &[1, 1, 2]);
    server.hears(n(2), refused(3, 2));
    assert!(server.ran(Line::FollowerRefused));
    assert_eq!(server.answered(), append(3, n(1), (2, 1), vec![entry(3, 2)], 0).into());
    server.hears(n(2), refused(3, 0)); // it has nothing at all
    assert_eq!(server.answered(), append(3, n(1), (0, 0), vec![entry(1, 1), entry(2, 1), entry(3, 2)], 0).into());
}

#[test]
fn leaders_ignore_answers_meant_for_an_earlier_term() {
    let mut server = Lone::leader(3, &[3]);
    server.hears(n(2), stored(2, 1)).hears(n(3), stored(2, 1));
    assert_eq!(server.server.commit_index(), 0);
}

#[test]
fn leaders_commit_what_a_majority_has_stored() {
    let mut server = Lone::leader(1, &[]);
    for id in 0..3 {
        server.is_asked(id, put("y", "1"));
    }
    server.hears(n(2), stored(1, 3));
    assert_eq!(server.server.commit_index(), 0);
    server.hears(n(3), stored(1, 1));
    assert!(server.ran(Line::Commit));
    assert_eq!(server.server.commit_index(), 1);
    server.hears(n(4), stored(1, 2));
    assert_eq!(server.server.commit_index(), 2);
}

#[test]
pub fn leaders_commit_entries_of_earlier_terms_only_below_one_of_their_own() {
    let mut server = Lone::leader(4, &[1, 2]);
    server.hears(n(2), stored(4, 2)).hears(n(3), stored(4, 2));
    assert_eq!(server.server.commit_index(), 0);
    server.is_asked(0, put("y", "1"));
    server.hears(n(2), stored(4, 3)).hears(n(3), stored(4, 3));
    assert_eq!(server.server.commit_index(), 3);

    let mut broken = Lone::leader_with_bug(4, &[1, 2], Bug::CommitOlderTerms);
    broken.hears(n(2), stored(4, 2)).hears(n(3), stored(4, 2));
    assert_eq!(broken.server.commit_index(), 2);
}

#[test]
fn leaders_alone_in_their_cluster_need_nobody() {
    let mut server = Lone::one_of(1, n(1), Disk::default(), &Config::default(), Bugs::NONE);
    server.times_out();
    assert!(server.server.is_leader());
    server.is_asked(0, put("y", "1"));
    assert_eq!((server.sent(), server.replied()), (vec![], vec![(OpId(0), Ret::Ok)]));
}

#[test]
pub fn leaders_open_their_term_with_a_no_op_if_so_set() {
    let config = Config { noop_on_election: true, ..Config::default() };
    let disk = Disk { current_term: 1, log: crate::lone::log(&[1]), ..Disk::default() };
    let mut server = Lone::with(n(1), disk, &config, Bugs::NONE);
    server.times_out();
    let mut server = server.elected(2);
    assert!(server.ran(Line::AppendNoop));
    let noop = Entry { term: 2, command: Command::Noop };
    assert_eq!(server.sent()[0].1, append(2, n(1), (1, 1), vec![noop], 0).into());
    server.hears(n(2), stored(2, 2)).hears(n(3), stored(2, 2));
    assert_eq!((server.server.commit_index(), server.server.last_applied()), (2, 2));
}

// --- RequestVote RPC: receiver

#[test]
pub fn request_vote_1_an_earlier_term_is_refused() {
    let mut server = Lone::server(3, &[]);
    server.hears(n(2), ask(2, n(2), 9, 2));
    assert!(server.ran(Line::VoteStaleTerm));
    assert_eq!(server.answered(), vote(3, false));
}

#[test]
pub fn request_vote_2_the_vote_is_given_once_a_term_and_again_to_the_same_candidate() {
    let mut server = Lone::server(1, &[]);
    assert_eq!(server.hears(n(2), ask(2, n(2), 0, 0)).answered(), vote(2, true));
    assert_eq!(server.server.disk().voted_for, Some(n(2)));
    assert_eq!(server.hears(n(3), ask(2, n(3), 0, 0)).answered(), vote(2, false));
    assert!(server.ran(Line::VoteTaken));
    assert_eq!(server.hears(n(2), ask(2, n(2), 0, 0)).answered(), vote(2, true)); // the answer may have been lost
    assert_eq!(server.hears(n(3), ask(3, n(3), 0, 0)).answered(), vote(3, true));
}

#[test]
fn request_vote_2_the_vote_outlives_a_crash() {
    let mut server = Lone::server(1, &[]);
    server.hears(n(2), ask(2, n(2), 0, 0)).restarts();
    assert_eq!(server.hears(n(3), ask(2, n(3), 0, 0)).answered(), vote(2, false));

    let mut broken = Lone::with_bug(1, &[], Bug::VoteNotDurable);
    broken.hears(n(2), ask(2, n(2), 0, 0)).restarts();
    assert_eq!(broken.hears(n(3), ask(2, n(3), 0, 0)).answered(), vote(2, true));
}

#[test]
pub fn request_vote_2_the_candidates_log_must_be_as_new_as_the_voters() {
    let own = [1, 1, 2];
    let cases = [((3, 2), true), ((4, 2), true), ((2, 2), false), ((9, 1), false), ((1, 3), true), ((0, 0), false)];
    for ((index, term), granted) in cases {
        let mut server = Lone::server(3, &own);
        server.hears(n(2), ask(4, n(2), index, term));
        assert_eq!(server.answered(), vote(4, granted), "last entry {index} of term {term}");
        assert_eq!(server.ran(Line::VoteOlderLog), !granted);
        let mut broken = Lone::with_bug(3, &own, Bug::NoUpToDateCheck);
        assert_eq!(broken.hears(n(2), ask(4, n(2), index, term)).answered(), vote(4, true));
    }
}

// --- AppendEntries RPC: receiver

#[test]
pub fn append_entries_1_an_earlier_term_is_refused() {
    let mut server = Lone::server(3, &[1]);
    server.hears(n(2), append(2, n(2), (1, 1), vec![entry(2, 2)], 1));
    assert!(server.ran(Line::AppendStaleTerm));
    assert_eq!((server.answered(), server.log()), (answer(3, false, 0), vec![1]));
    assert_eq!(server.server.leader_id(), None);
}

#[test]
pub fn append_entries_2_refused_without_the_entry_before() {
    let mut server = Lone::server(3, &[1, 1, 2]);
    server.hears(n(2), append(3, n(2), (5, 3), vec![entry(6, 3)], 0)); // too short
    assert!(server.ran(Line::AppendNoMatch));
    assert_eq!((server.answered(), server.log()), (answer(3, false, 3), vec![1, 1, 2]));
    server.hears(n(2), append(3, n(2), (3, 3), vec![entry(4, 3)], 0)); // another entry
    assert_eq!((server.answered(), server.log()), (answer(3, false, 2), vec![1, 1, 2]));
}

#[test]
pub fn append_entries_3_what_conflicts_is_deleted_with_all_that_follows() {
    let mut server = Lone::server(3, &[1, 2, 2, 2]);
    server.hears(n(2), append(3, n(2), (1, 1), vec![entry(2, 3)], 0));
    assert!(server.ran(Line::DeleteConflict));
    assert_eq!((server.answered(), server.log()), (answer(3, true, 2), vec![1, 3]));

    let mut broken = Lone::with_bug(3, &[1, 2, 2, 2], Bug::NoConflictTruncation);
    broken.hears(n(2), append(3, n(2), (1, 1), vec![entry(2, 3)], 0));
    assert_eq!((broken.answered(), broken.log()), (answer(3, true, 2), vec![1, 2, 2, 2]));
}

#[test]
pub fn append_entries_4_only_what_is_not_there_yet_is_appended() {
    let mut server = Lone::server(2, &[1, 2]);
    let all = vec![entry(1, 1), entry(2, 2), entry(3, 2)];
    server.hears(n(2), append(2, n(2), (0, 0), all.clone(), 0));
    assert_eq!((server.answered(), server.log()), (answer(2, true, 3), vec![1, 2, 2]));
    // An earlier message that arrives late must not cut off what came since.
    server.hears(n(2), append(2, n(2), (0, 0), all[..1].to_vec(), 0));
    assert!(!server.ran(Line::DeleteConflict));
    assert_eq!((server.answered(), server.log()), (answer(2, true, 1), vec![1, 2, 2]));
}

/// §5.5: RPCs are idempotent.
#[test]
fn a_message_that_comes_twice_does_no_more_than_once() {
    let messages: [Msg; 4] = [
        ask(3, n(2), 2, 2).into(),
        append(2, n(2), (1, 1), vec![entry(2, 2), entry(3, 2)], 2).into(),
        append(3, n(2), (0, 0), vec![entry(1, 3)], 0).into(),
        append(2, n(2), (7, 2), vec![entry(8, 2)], 0).into(),
    ];
    for msg in messages {
        let mut server = Lone::server(2, &[1, 1]);
        let mut hears = || {
            server.hears(n(2), msg.clone());
            (server.answered(), digest(&server.server), server.server.disk().clone())
        };
        assert_eq!(hears(), hears(), "{msg:?}");
    }
}

#[test]
pub fn append_entries_5_commit_index_follows_the_leader_up_to_the_last_new_entry() {
    let mut server = Lone::server(1, &[1, 1, 1]);
    server.hears(n(2), append(2, n(2), (1, 1), vec![], 3)); // 2 and 3 may conflict with the leader's
    assert!(server.ran(Line::FollowCommit));
    assert_eq!(server.server.commit_index(), 1);
    server.hears(n(2), append(2, n(2), (1, 1), vec![entry(2, 1)], 9));
    assert_eq!(server.server.commit_index(), 2);
    server.hears(n(2), append(2, n(2), (1, 1), vec![], 9)); // late: never back
    assert_eq!(server.server.commit_index(), 2);
    server.hears(n(2), append(2, n(2), (3, 1), vec![], 3));
    assert_eq!(server.server.commit_index(), 3);
}

// --- Clients (§8)

#[test]
pub fn servers_that_do_not_lead_say_who_does() {
    let mut server = Lone::server(1, &[]);
    assert_eq!(server.is_asked(0, put("y", "1")).replied(), [(OpId(0), Ret::NotLeader { hint: None })]);
    server.hears(n(4), append(1, n(4), (0, 0), vec![], 0));
    assert_eq!(server.is_asked(1, put("y", "1")).replied(), [(OpId(1), Ret::NotLeader { hint: Some(n(4)) })]);
    assert!(server.log().is_empty());
}

#[test]
fn a_deposed_leader_answers_what_is_committed_after_all_and_nothing_else() {
    let mut server = Lone::leader(1, &[]);
    server.is_asked(0, put("y", "1"));
    server.is_asked(1, put("y", "2"));
    let kept = server.server.log().get(1).unwrap().clone();
    server.hears(n(2), append(2, n(2), (0, 0), vec![kept, entry(2, 2)], 2));
    assert_eq!(server.replied(), [(OpId(0), Ret::Ok)]);
}
