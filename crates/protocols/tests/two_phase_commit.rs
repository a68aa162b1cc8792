//! Two-phase commit: every rule, every invariant with its bug, and the numbers of the book.

mod lab;

use lab::{Lab, Plan, rules};
use netsplit_protocols::two_phase_commit::{Bug, Config, Line, Op, Phase, Ret, TwoPhaseCommit, View};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{NodeId, OpId, Span};

type Site = Lab<TwoPhaseCommit>;

/// Node 0 coordinates, nodes 1 and up take part.
fn site(participants: usize) -> Site {
    Plan::of(&[1, participants]).start()
}

fn with_bug(bug: Bug) -> Site {
    Plan::of(&[1, 3]).bug(bug as usize).start()
}

fn commit(value: &str) -> Op {
    Op::Commit { key: "x".into(), value: value.into() }
}

fn read() -> Op {
    Op::Read { key: "x".into() }
}

fn value(site: &Site, node: u16) -> Option<String> {
    match site.world().view(NodeId(node)) {
        Some(View::Participant(participant)) => participant.value("x").map(|value| value.to_string()),
        _ => None,
    }
}

fn open(site: &Site) -> usize {
    match site.world().view(NodeId(0)) {
        Some(View::Coordinator(coordinator)) => coordinator.open().len(),
        _ => 0,
    }
}

fn in_doubt(site: &Site) -> u64 {
    site.figures()[0]
}

// --- Coordinator

#[test]
fn yes_from_everybody_commits_at_everybody() {
    let mut site = site(3);
    site.ask(0, commit("1")).run(200);
    assert_eq!(site.replies(), [(OpId(0), Ret::Committed)]);
    assert!((1..=3).all(|node| value(&site, node).as_deref() == Some("1")));
    assert_eq!((open(&site), in_doubt(&site), site.violation()), (0, 0, None));
    assert!(site.ran(Line::AllYes) && site.ran(Line::Finish));
}

#[test]
fn one_no_aborts_at_once() {
    let mut site = site(3);
    site.ask(2, Op::Refuse {}).crash(3).ask(0, commit("1")).run(25);
    assert_eq!(site.last_reply(), Some(Ret::Aborted), "though the third never votes");
    site.run(300);
    assert!(site.ran(Line::OneNo) && value(&site, 1).is_none());
    assert_eq!(site.violation(), None);
}

#[test]
fn missing_votes_abort_when_the_time_is_up() {
    let mut site = site(3);
    site.crash(2).ask(0, commit("1")).run(99);
    assert_eq!(site.last_reply(), None);
    site.run(30);
    assert!(site.ran(Line::VotesMissing));
    assert_eq!((site.last_reply(), value(&site, 1)), (Some(Ret::Aborted), None));
}

#[test]
fn a_decision_is_told_until_everybody_has_acknowledged_it() {
    let mut site = site(2);
    site.ask(0, commit("1")).run(25).crash(1).run(1_000);
    assert!(matches!(site.world().view(NodeId(0)), Some(View::Coordinator(c)) if
        matches!(&c.open()[&OpId(0)], Phase::Committing { unacked } if unacked.len() == 1)));
    site.restart(1).run(300);
    assert_eq!((value(&site, 1).as_deref(), open(&site)), (Some("1"), 0));
}

#[test]
fn a_coordinator_that_crashed_before_it_decided_never_commits() {
    let mut site = site(3);
    site.ask(0, commit("1")).run(15).crash(0).run(500);
    assert_eq!((in_doubt(&site), site.roles("blocked")), (3, 3));
    site.restart(0).run(300);
    assert!(site.ran(Line::CoordinatorAnswers));
    assert_eq!((in_doubt(&site), value(&site, 1), site.violation()), (0, None, None));
}

#[test]
fn a_coordinator_that_crashed_after_it_decided_tells_again() {
    let mut site = site(3);
    site.ask(0, commit("1")).run(20).together(&[0]).crash(0).restart(0).heal().run(50);
    assert!(site.ran(Line::CoordinatorRecovers));
    assert!((1..=3).all(|node| value(&site, node).as_deref() == Some("1")));
}

// --- Participants

#[test]
fn a_locked_key_is_a_reason_to_vote_no() {
    let mut site = Plan::<TwoPhaseCommit>::of(&[2, 2]).start();
    site.ask(0, commit("1")).run(5).ask(1, commit("2")).run(300);
    assert_eq!(site.replies(), [(OpId(0), Ret::Committed), (OpId(1), Ret::Aborted)]);
    assert_eq!((value(&site, 2).as_deref(), value(&site, 3).as_deref()), (Some("1"), Some("1")));
}

#[test]
fn a_value_in_doubt_cannot_be_read() {
    let mut site = site(2);
    site.ask(1, read()).ask(0, commit("1")).run(15).ask(1, read()).run(100).ask(1, read());
    let rets: Vec<_> = site.replies().into_iter().map(|(_, ret)| ret).collect();
    assert_eq!(rets, [Ret::Absent, Ret::Committed, Ret::Locked, Ret::Value("1".into())]);
}

#[test]
fn doubt_and_lock_outlive_a_crash() {
    let mut site = site(2);
    site.ask(0, commit("1")).run(15).crash(0).crash(1).run(50).restart(1).run(50).ask(1, read());
    assert!(site.ran(Line::ParticipantRecovers));
    assert_eq!(site.last_reply(), Some(Ret::Locked));
    assert_eq!(in_doubt(&site), 2);
}

#[test]
fn who_knows_the_decision_passes_it_on() {
    let mut site = site(3);
    site.ask(0, commit("1")).run(19).cut(0, 2).cut(0, 3).run(15).crash(0).run(400);
    assert!(site.ran(Line::Help));
    assert!((1..=3).all(|node| value(&site, node).as_deref() == Some("1")));
}

#[test]
fn who_has_not_voted_refuses_to_free_the_others() {
    let mut site = site(3);
    site.cut(0, 3).ask(0, commit("1")).run(15).crash(0).run(400);
    assert!(site.ran(Line::RefuseForOther));
    assert_eq!((in_doubt(&site), value(&site, 1)), (0, None));
    site.heal().restart(0).run(300);
    assert_eq!(site.violation(), None);
}

#[test]
fn all_in_doubt_stay_blocked_and_the_window_is_as_long_as_the_coordinator_is_gone() {
    for gone in [500, 1_000, 4_000] {
        let mut site = site(3);
        site.ask(0, commit("1")).run(15).crash(0).run(gone);
        assert!(site.ran(Line::CannotHelp));
        let measured = site.figures();
        assert_eq!(measured[..2], [3, 3]);
        assert!((gone..gone + 10).contains(&measured[2]), "{measured:?}");
        site.restart(0).run(200);
        assert_eq!(site.figures(), [0, 0, 0]);
    }
}

#[test]
fn a_request_to_the_wrong_part_is_refused() {
    let mut site = site(1);
    site.ask(0, read()).ask(0, Op::Refuse {}).ask(1, commit("1"));
    assert!(site.replies().iter().all(|(_, ret)| *ret == Ret::NotHere));
}

// --- Numbers

#[test]
fn a_commit_takes_3p_messages_4p_with_acknowledgements_and_2p_plus_1_forced_writes() {
    for participants in 1..=9 {
        let mut site = Plan::<TwoPhaseCommit>::of(&[1, participants]).disk(Span::millis(1)).start();
        site.ask(0, commit("1")).run(90);
        assert_eq!(site.last_reply(), Some(Ret::Committed));
        assert_eq!(site.sent("Prepare") + site.sent("Yes") + site.sent("Commit"), 3 * participants);
        assert_eq!(site.messages(), 4 * participants);
        assert_eq!(site.durable_writes(), 2 * participants + 1);
    }
}

// --- Faults

/// Two coordinators and three participants with something to do.
fn busy() -> Plan<TwoPhaseCommit> {
    Plan::of(&[2, 3])
}

fn ops() -> Vec<(u16, Op)> {
    let key = |key: &str| Op::Commit { key: key.into(), value: "1".into() };
    vec![(0, key("x")), (0, key("y")), (1, key("x")), (0, key("z")), (3, Op::Refuse {}), (2, read())]
}

const ROLES: [&str; 6] = ["preparing", "committing", "prepared", "blocked", "coordinator", "participant"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_everybody_agreed_and_nobody_in_doubt() {
    let mut base = busy().start();
    base.ask(0, commit("1")).ask(1, commit("2"));
    let crashes = base.crash_everywhere(300, &[0, 1, 2, 3, 4], 1_500, |site| {
        assert_eq!(site.violation(), None);
        assert_eq!(in_doubt(site), 0);
        assert_eq!(open(site), 0);
        assert!((3..=4).all(|node| value(site, node) == value(site, 2)));
        site.ask(0, commit("after")).run(200);
        assert_eq!(value(site, 4).as_deref(), Some("after"));
    });
    assert!(crashes >= 100, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_nobody_stays_in_doubt() {
    for seed in 0..300 {
        let mut site = Site::faulty(busy(), seed, &ops(), &ROLES);
        assert_eq!(site.violation(), None, "seed {seed}");
        assert_eq!((in_doubt(&site), open(&site)), (0, 0), "seed {seed}");
        // Somebody may still have been told to refuse once.
        site.ask(0, commit("first")).run(400).ask(0, commit("after")).run(400);
        assert!((2..=4).all(|node| value(&site, node).as_deref() == Some("after")), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Site::finds_every_bug(busy, 2_000, &ops(), &ROLES);
}

#[test]
fn a_yes_that_is_forgotten_breaks_agreement() {
    let mut site = with_bug(Bug::VoteNotForced);
    site.ask(0, commit("1")).run(15).crash(2).restart(2).run(100);
    let violation = site.violation().expect("a violation");
    assert_eq!(violation.invariant, "agreement");
    let texts: Vec<_> = violation.evidence.iter().map(|piece| piece.text.as_str()).collect();
    assert!(texts.contains(&"committed t0") && texts.contains(&"aborted t0"), "{texts:?}");
}

#[test]
fn a_decision_that_is_forgotten_breaks_agreement() {
    let mut site = with_bug(Bug::DecisionNotForced);
    site.ask(0, commit("1")).run(19).cut(0, 2).cut(0, 3).run(15).crash(1).crash(0).heal().restart(0).run(400);
    assert_eq!(site.violated(), Some("agreement"));
}

#[test]
fn whoever_tires_of_waiting_breaks_what_the_others_rely_on() {
    let mut site = with_bug(Bug::TimesOutToCommit);
    site.ask(3, Op::Refuse {}).ask(0, commit("1")).run(15).together(&[1]).run(300);
    assert_eq!(site.violated(), Some("commit-needs-every-yes"));
    let mut site = with_bug(Bug::PresumesAbort);
    site.ask(0, commit("1")).run(21).together(&[1]).run(300);
    assert_eq!(site.violated(), Some("agreement"));
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let zero = Config { vote_timeout: Span::ZERO, ..Config::default() };
    let refused = TwoPhaseCommit::processes(&zero, Bugs::NONE, &Cast { parts: vec![0, 1] });
    assert_eq!(refused.err().map(|why| why.setting), Some("vote-timeout"));
    assert!(TwoPhaseCommit::processes(&Config::default(), Bugs::NONE, &Cast { parts: vec![2] }).is_err());
}

rules::rules! {
    TwoPhaseCommit:
    AskForVotes => yes_from_everybody_commits_at_everybody,
    CountYes => missing_votes_abort_when_the_time_is_up,
    AllYes => yes_from_everybody_commits_at_everybody,
    OneNo => one_no_aborts_at_once,
    VotesMissing => missing_votes_abort_when_the_time_is_up,
    ForceDecision => a_coordinator_that_crashed_after_it_decided_tells_again,
    Tell => a_decision_is_told_until_everybody_has_acknowledged_it,
    Finish => yes_from_everybody_commits_at_everybody,
    CoordinatorAnswers => a_coordinator_that_crashed_before_it_decided_never_commits,
    CoordinatorRecovers => a_coordinator_that_crashed_after_it_decided_tells_again,
    VoteNo => one_no_aborts_at_once,
    ForcePrepared => doubt_and_lock_outlive_a_crash,
    VoteYes => a_value_in_doubt_cannot_be_read,
    ObeyCommit => yes_from_everybody_commits_at_everybody,
    ObeyAbort => one_no_aborts_at_once,
    NeverVoted => a_yes_that_is_forgotten_breaks_agreement,
    DecisionMissing => a_coordinator_that_crashed_before_it_decided_never_commits,
    Ask => doubt_and_lock_outlive_a_crash,
    CannotHelp => doubt_and_lock_outlive_a_crash,
    RefuseForOther => who_has_not_voted_refuses_to_free_the_others,
    Help => who_knows_the_decision_passes_it_on,
    ParticipantRecovers => doubt_and_lock_outlive_a_crash,
}
