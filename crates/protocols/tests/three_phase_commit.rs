//! Three-phase commit: every rule, every invariant with its bug, its numbers, and what it cannot do.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::Entry;
use netsplit_protocols::three_phase_commit::{Bug, Config, Line, Op, Ret, ThreePhaseCommit, View};
use netsplit_sim::{Dice, NodeId, OpId, Process, Span};

type Site = Lab<ThreePhaseCommit>;

/// Node 0 coordinates, nodes 1 to 3 take part. Every message takes 10 ms, and a broadcast 2 ms from one to the next: what
/// is sent first arrives 12, 14 and 16 ms later, the votes are in after 26 ms.
fn site() -> Site {
    Plan::of(&[1, 3]).start()
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

fn in_doubt(site: &Site) -> u64 {
    site.figures()[0]
}

fn roles(site: &Site) -> [&'static str; 3] {
    [1, 2, 3].map(|node| site.role(node))
}

// --- Coordinator and participants

#[test]
fn yes_from_everybody_commits_at_everybody() {
    let mut site = site();
    site.ask(0, commit("1")).run(200);
    assert_eq!(site.replies(), [(OpId(0), Ret::Committed)]);
    assert!((1..=3).all(|node| value(&site, node).as_deref() == Some("1")));
    assert!(site.ran(Line::PreCommit) && site.ran(Line::AllKnow));
    assert_eq!(site.violation(), None);
}

#[test]
fn one_no_aborts() {
    let mut site = site();
    site.ask(2, Op::Refuse {}).ask(0, commit("1")).run(200);
    assert_eq!((site.last_reply(), roles(&site)), (Some(Ret::Aborted), ["aborted"; 3]));
    assert!(!site.ran(Line::PreCommit));
}

#[test]
fn missing_votes_abort_when_the_time_is_up() {
    let mut site = site();
    site.crash(2).ask(0, commit("1")).run(200);
    assert!(site.ran(Line::VotesMissing));
    assert_eq!((site.last_reply(), site.role(1)), (Some(Ret::Aborted), "aborted"));
}

#[test]
fn missing_acknowledgements_commit_when_the_time_is_up() {
    let mut site = site();
    site.ask(0, commit("1")).run(27).crash(3).run(250);
    assert!(site.ran(Line::AcksMissing));
    assert_eq!((value(&site, 1).as_deref(), value(&site, 2).as_deref()), (Some("1"), Some("1")));
    site.restart(3).run(300);
    assert_eq!((value(&site, 3).as_deref(), site.violation()), (Some("1"), None));
}

#[test]
fn a_locked_key_is_a_reason_to_vote_no_and_cannot_be_read() {
    let mut site = Plan::<ThreePhaseCommit>::of(&[2, 2]).start();
    site.ask(0, commit("1")).run(8).ask(1, commit("2")).run(12).ask(2, read()).run(300).ask(2, read());
    let rets: Vec<_> = site.replies().into_iter().map(|(_, ret)| ret).collect();
    assert_eq!(rets, [Ret::Committed, Ret::Aborted, Ret::Locked, Ret::Value("1".into())]);
}

#[test]
fn a_request_to_the_wrong_part_is_refused() {
    let mut site = site();
    site.ask(0, read()).ask(0, Op::Refuse {}).ask(1, commit("1"));
    assert!(site.replies().iter().all(|(_, ret)| *ret == Ret::NotHere));
}

// --- Termination

#[test]
fn if_nobody_is_pre_committed_the_participants_abort_without_the_coordinator() {
    let mut site = site();
    site.ask(0, commit("1")).run(18).crash(0).run(600);
    assert!(site.ran(Line::NobodyKnows));
    assert_eq!((roles(&site), site.violation()), (["aborted"; 3], None));
}

#[test]
fn if_somebody_is_pre_committed_the_participants_commit_without_the_coordinator() {
    for sent in 1..=3 {
        let mut site = site();
        site.ask(0, commit("1")).run(27 + 2 * sent).crash(0).run(25);
        assert_eq!(site.roles("pre-committed") as u64, sent);
        site.run(700);
        assert!(site.ran(Line::SomebodyKnows));
        assert_eq!((roles(&site), site.violation()), (["committed"; 3], None));
    }
}

#[test]
fn the_first_that_was_up_all_the_time_takes_over() {
    let mut site = site();
    site.ask(0, commit("1")).run(18).crash(0).crash(1).run(10).restart(1).run(700);
    assert!(site.ran(Line::LeaveIt) && site.ran(Line::TakeOver));
    assert_eq!((roles(&site), site.violation()), (["aborted"; 3], None));
}

#[test]
fn whoever_takes_over_may_crash_as_well() {
    for moment in (250..520).step_by(10) {
        let mut site = site();
        site.ask(0, commit("1")).run(31).crash(0).run_until(moment).crash(1).run(2_000);
        assert_eq!(site.role(2), site.role(3), "p1 crashed at {moment} ms");
        assert!(["committed", "aborted"].contains(&site.role(2)), "p1 crashed at {moment} ms");
        site.restart(1).run(1_000);
        assert_eq!((site.role(1), site.violation()), (site.role(2), None), "p1 crashed at {moment} ms");
    }
}

#[test]
fn if_all_were_down_they_wait_until_all_are_back() {
    let mut site = site();
    site.ask(0, commit("1")).run(31).crash(0).run(15).crash(1).crash(2).crash(3);
    site.restart(1).restart(2).run(2_000);
    assert_eq!(in_doubt(&site), 2, "p3 might know more");
    site.restart(3).run(1_000);
    assert_eq!((roles(&site), site.violation()), (["committed"; 3], None));
}

#[test]
fn who_has_not_voted_aborts_when_asked() {
    let mut site = site();
    site.ask(0, commit("1")).run(3).crash(0).run(600); // only p1 was asked
    assert!(site.ran(Line::RefuseForOther) && site.ran(Line::Help));
    assert_eq!((in_doubt(&site), site.role(1), site.violation()), (0, "aborted", None));
}

#[test]
fn a_participant_that_is_up_decides_within_two_silences_whoever_crashes() {
    for crash in 0..120 {
        let mut site = site();
        site.ask(0, commit("1")).run(crash).crash(0).crash(3).run(700);
        assert_eq!((in_doubt(&site), site.violation()), (0, None), "crash at {crash} ms");
        assert_eq!(value(&site, 1), value(&site, 2));
    }
}

// --- What it cannot do

#[test]
fn a_split_network_breaks_agreement_and_no_rule() {
    let mut site = site();
    site.ask(0, commit("1")).run(29).crash(0).run(21).together(&[1]).run(850).heal().run(500);
    assert_eq!(roles(&site), ["committed", "aborted", "aborted"]);
    assert_eq!(site.figures()[2], 1, "one against two");
    assert_eq!(site.violation(), None, "the promise does not hold for such a network");
}

// --- Numbers

#[test]
fn a_commit_takes_5p_messages_and_3p_plus_1_forced_writes() {
    for participants in 1..=6 {
        let mut site = Plan::<ThreePhaseCommit>::of(&[1, participants]).disk(Span::millis(1)).start();
        site.ask(0, commit("1")).run(220);
        assert_eq!(site.last_reply(), Some(Ret::Committed));
        assert_eq!(site.messages(), 5 * participants);
        let records = |node| match site.world().view(node) {
            Some(View::Coordinator(coordinator)) => coordinator.disk().len(),
            Some(View::Participant(participant)) => participant.disk().len(),
            None => 0,
        };
        assert_eq!(site.world().ids().map(records).sum::<usize>(), 3 * participants + 1);
    }
}

// --- Faults

fn busy() -> Plan<ThreePhaseCommit> {
    Plan::of(&[2, 3])
}

fn ops() -> Vec<(u16, Op)> {
    let key = |key: &str| Op::Commit { key: key.into(), value: "1".into() };
    vec![(0, key("x")), (0, key("y")), (1, key("x")), (0, key("z")), (3, Op::Refuse {}), (2, read())]
}

const ROLES: [&str; 6] = ["preparing", "pre-committing", "waiting", "pre-committed", "coordinator", "committed"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_everybody_agreed_and_nobody_in_doubt() {
    let mut base = busy().start();
    base.ask(0, commit("1")).ask(1, Op::Commit { key: "y".into(), value: "2".into() });
    let crashes = base.crash_everywhere(300, &[0, 1, 2, 3, 4], 1_500, |site| {
        assert_eq!((site.violation(), in_doubt(site)), (None, 0));
        assert!((3..=4).all(|node| value(site, node) == value(site, 2)));
        site.ask(0, commit("after")).run(200);
        assert_eq!(value(site, 4).as_deref(), Some("after"));
    });
    assert!(crashes >= 150, "{crashes}");
}

/// Faults of the kind that it promises to survive: crashes alone, in a network that keeps its word.
fn crashes(seed: u64, bug: Option<Bug>) -> Site {
    let mut dice = Dice::new(netsplit_sim::Seed(seed));
    let mut site = busy().bug(bug.map(|bug| bug as usize)).seed(seed).start();
    for _ in 0..12 {
        site.ask(dice.below(2) as u16, commit("x")).run(dice.below(80));
        for _ in 0..dice.below(3) {
            let node = dice.below(5) as u16;
            site.crash(node).run(dice.below(30));
        }
        site.run(dice.below(600));
        (0..5).for_each(|node| {
            site.restart(node);
        });
        site.run(dice.below(300));
    }
    site.repair().run(2_000);
    site
}

#[test]
fn under_crashes_alone_everybody_agrees_and_nobody_stays_in_doubt() {
    for seed in 0..300 {
        let site = crashes(seed, None);
        assert_eq!((site.violation(), in_doubt(&site)), (None, 0), "seed {seed}");
        assert!((3..=4).all(|node| value(&site, node) == value(&site, 2)), "seed {seed}");
    }
}

#[test]
fn under_faults_of_every_kind_what_it_promises_holds() {
    for seed in 0..300 {
        let site = Site::faulty(busy(), seed, &ops(), &ROLES);
        assert_eq!((site.violation(), in_doubt(&site)), (None, 0), "seed {seed}");
    }
}

#[test]
fn the_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    let about = &ThreePhaseCommit::ABOUT.bugs[Bug::NoPreCommitAck as usize];
    let found = (0..300).any(|seed| crashes(seed, Some(Bug::NoPreCommitAck)).violated() == Some(about.breaks));
    assert!(found);
    let mut site: Site = Plan::of(&[1, 3]).bug(Bug::NoPreCommitAck as usize).start();
    site.ask(0, commit("1")).run(27).crash(0).run(800);
    assert_eq!(site.violated(), Some("agreement"));
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let zero = Config { answer_timeout: Span::ZERO, ..Config::default() };
    assert_eq!(refused::<ThreePhaseCommit>(&zero, &[0, 1]), Some("answer-timeout"));
    assert!(refused::<ThreePhaseCommit>(&Config::default(), &[2]).is_some());
}

rules::rules! {
    ThreePhaseCommit:
    AskForVotes => missing_votes_abort_when_the_time_is_up,
    OneNo => one_no_aborts,
    VotesMissing => missing_votes_abort_when_the_time_is_up,
    PreCommit => yes_from_everybody_commits_at_everybody,
    AllKnow => yes_from_everybody_commits_at_everybody,
    AcksMissing => missing_acknowledgements_commit_when_the_time_is_up,
    CoordinatorAnswers => missing_acknowledgements_commit_when_the_time_is_up,
    Overtaken => under_faults_of_every_kind_what_it_promises_holds,
    CoordinatorRecovers => under_crashes_alone_everybody_agrees_and_nobody_stays_in_doubt,
    VoteNo => one_no_aborts,
    VoteYes => missing_votes_abort_when_the_time_is_up,
    Acknowledge => yes_from_everybody_commits_at_everybody,
    ObeyCommit => yes_from_everybody_commits_at_everybody,
    ObeyAbort => missing_votes_abort_when_the_time_is_up,
    ParticipantRecovers => the_first_that_was_up_all_the_time_takes_over,
    Silence => who_has_not_voted_aborts_when_asked,
    Ask => who_has_not_voted_aborts_when_asked,
    RefuseForOther => who_has_not_voted_aborts_when_asked,
    Help => who_has_not_voted_aborts_when_asked,
    LeaveIt => if_nobody_is_pre_committed_the_participants_abort_without_the_coordinator,
    TakeOver => if_nobody_is_pre_committed_the_participants_abort_without_the_coordinator,
    NobodyKnows => if_nobody_is_pre_committed_the_participants_abort_without_the_coordinator,
    SomebodyKnows => if_somebody_is_pre_committed_the_participants_commit_without_the_coordinator,
}
