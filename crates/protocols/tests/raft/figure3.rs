//! Figure 3: each property is seen to fail when a rule it rests on is broken, and to hold on the same schedule when it
//! is not. (A leader that deletes from its log is in the monitor's own tests: no switch makes one.)

use crate::cluster::{Cluster, Plan};
use crate::lone::n;
use netsplit_protocols::raft::{Bug, Config, Line};
use netsplit_protocols::shared::kv::Op;
use netsplit_sim::{Intervention, Manner, Span};

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

fn get() -> Op {
    Op::Get { key: "x".into() }
}

/// A server alone, with a disk that takes its time and a snapshot after every entry: what it is asked for is appended,
/// applied and dropped in one event, and written later.
fn alone(bug: Option<Bug>) -> Cluster {
    let by_hand = Plan::by_hand(1);
    let election_timeout = by_hand.config.election_timeout;
    let config = Config { election_timeout, sessions: true, snapshot_every: 1, ..by_hand.config };
    let mut cluster = Plan { config, disk: Span::millis(10), ..by_hand.clients(2).bug(bug) }.start();
    cluster.times_out(1);
    cluster
}

#[test]
fn what_a_server_alone_has_written_is_promised() {
    let mut cluster = alone(None);
    for value in ["1", "2", "3"] {
        cluster.put(2, value).invoke(2, get()).settle();
    }
    assert_eq!((cluster.notes.replies.len(), cluster.violation.clone()), (6, None));
    // It lies to its client: an answer that is not what was written.
    cluster.apply(Intervention::Turn(n(1).into(), Manner::Deceiving));
    for _ in 0..10 {
        cluster.invoke(2, get()).settle();
    }
    let (invariant, _) = cluster.verdict();
    assert_eq!(invariant, "fresh-reads");
}

#[test]
fn a_server_alone_that_runs_a_retry_again_is_noticed() {
    for (bug, violated) in [(None, None), (Some(Bug::DoubleApply), Some("exactly-once"))] {
        let mut cluster = alone(bug);
        cluster.put(2, "0").put(3, "0").settle();
        cluster.apply(Intervention::Cut(n(1).into(), n(2).into())).put(2, "1").run(Span::millis(100));
        cluster.put(3, "2").run(Span::millis(100)).heal().run(Span::secs(1));
        assert_eq!(cluster.violation.map(|violation| violation.invariant), violated);
    }
}
