//! Figure 3: each property is seen to fail when a rule it rests on is broken, and to hold on the same schedule when it
//! is not. (A leader that deletes from its log is in invariants.rs itself: no switch makes one.)

use crate::cluster::{Cluster, Plan};
use crate::lone::n;
use netsplit_protocols::raft::{Bug, Line};
use netsplit_sim::{Intervention, Span};

/// n1 votes for n2, crashes, returns, and is asked by n3 in the same term.
fn two_candidates(bug: Option<Bug>) -> Cluster {
    let mut cluster = Plan::by_hand(3).bug(bug).start();
    cluster.together(&[1, 2]).times_out(2);
    cluster.crash(1).restart(1).together(&[1, 3]).times_out(3);
    cluster
}

#[test]
fn election_safety_fails_when_votes_are_forgotten() {
    let cluster = two_candidates(Some(Bug::VoteNotDurable));
    assert_eq!((cluster.leads(2), cluster.leads(3)), (Some(1), Some(1)));
    let (invariant, evidence) = cluster.verdict();
    assert_eq!(invariant, "election-safety");
    assert_eq!(evidence, ["n2 became leader of term 1", "n3 became leader of term 1"]);
}

#[test]
fn election_safety_holds_when_votes_are_remembered() {
    let cluster = two_candidates(None);
    assert_eq!((cluster.leads(2), cluster.leads(3)), (Some(1), None));
    assert!(cluster.notes.lines.contains(&Line::VoteTaken.into()));
    assert_eq!(cluster.violation, None);
}

#[test]
fn log_matching_fails_when_a_term_has_two_leaders() {
    let mut cluster = two_candidates(Some(Bug::VoteNotDurable));
    cluster.violation = None;
    cluster.put(2, "from n2").put(3, "from n3");
    let (invariant, evidence) = cluster.verdict();
    assert_eq!(invariant, "log-matching");
    assert_eq!(
        evidence,
        [
            "n2 had an entry of term 1 at index 1: put x=from n2 (term 1)",
            "n3 has an entry of term 1 at index 1: put x=from n3 (term 1)",
        ]
    );
}

/// n1 and n2 commit an entry; n3, which lacks it, asks n2 for its vote.
fn a_late_candidate(bug: Option<Bug>) -> Cluster {
    let mut cluster = Plan::by_hand(3).bug(bug).start();
    cluster.times_out(1).together(&[1, 2]).put(1, "kept").settle();
    assert_eq!(cluster.value(2).unwrap(), "kept");
    cluster.together(&[2, 3]).times_out(3);
    cluster
}

#[test]
fn leader_completeness_fails_when_logs_are_not_compared() {
    let cluster = a_late_candidate(Some(Bug::NoUpToDateCheck));
    let (invariant, evidence) = cluster.verdict();
    assert_eq!(invariant, "leader-completeness");
    assert_eq!(
        evidence,
        [
            "n1 committed put x=kept (term 1) at index 1 in term 1",
            "n3 became leader of term 2 without it: its log is empty",
        ]
    );
}

#[test]
fn leader_completeness_holds_when_they_are() {
    let mut cluster = a_late_candidate(None);
    assert_eq!(cluster.leads(3), None);
    cluster.times_out(2); // n2 has it, and may lead
    assert_eq!(cluster.leads(2), Some(3));
    assert_eq!(cluster.violation, None);
}

/// n1 has an entry of term 1 that nobody else has; n2 and n3 commit another one in its place.
fn a_conflict(bug: Option<Bug>) -> Cluster {
    let mut cluster = Plan::by_hand(3).bug(bug).start();
    cluster.times_out(1).together(&[1]).put(1, "lost").settle();
    cluster.times_out(2).put(2, "kept").settle();
    cluster.heal().settle();
    cluster
}

#[test]
fn state_machine_safety_fails_when_conflicts_are_kept() {
    let cluster = a_conflict(Some(Bug::NoConflictTruncation));
    let (invariant, evidence) = cluster.verdict();
    assert_eq!(invariant, "state-machine-safety");
    assert_eq!(evidence, ["n2 applied put x=kept (term 2) at index 1", "n1 applied put x=lost (term 1) at index 1"]);
}

#[test]
fn state_machine_safety_holds_when_they_are_deleted() {
    let cluster = a_conflict(None);
    assert_eq!(cluster.value(1).unwrap(), "kept");
    assert_eq!(cluster.violation, None);
}

#[test]
fn what_a_server_alone_decided_but_did_not_write_down_was_not_decided() {
    let mut cluster = Plan { disk: Span::millis(10), ..Plan::by_hand(1) }.start();
    for value in ["1", "2"] {
        // It leads, and has committed; but it crashes with the disk still writing.
        cluster.apply(Intervention::Fire(n(1).into(), None)).run(Span::ZERO).put(1, value);
        assert_eq!((cluster.leads(1), cluster.server(1).commit_index()), (Some(1), 1));
        cluster.crash(1).restart(1);
        assert_eq!(cluster.server(1).current_term(), 0);
    }
    assert_eq!((cluster.violation, cluster.notes.replies), (None, vec![]));
}

#[test]
fn restarts_do_not_look_like_violations() {
    let mut cluster = Plan::by_hand(3).start();
    cluster.times_out(1);
    for value in ["1", "2", "3"] {
        cluster.put(1, value).settle();
    }
    // All that was applied is applied again, under another leader and with a commit index that begins at 0.
    cluster.crash(1).crash(2).crash(3).restart(3).restart(2).times_out(3).put(3, "4").settle();
    cluster.restart(1).settle();
    assert_eq!((cluster.value(1), cluster.server(1).last_applied()), (Some("4".to_owned()), 4));
    assert_eq!(cluster.violation, None);
}
