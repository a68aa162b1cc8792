//! Distributed snapshots: every rule, and the invariants with their bugs.

mod lab;

use lab::{Lab, Plan, bad_link, constant, n, rules};
use netsplit_protocols::chandy_lamport::{Bug, ChandyLamport, Config, Line, Op, Ret, Snapshot};
use netsplit_sim::{Dice, Intervention, MsgName, Span, Topology};

/// Branches that do only what they are asked to.
fn by_hand(nodes: usize) -> Plan<ChandyLamport> {
    Plan { config: Config { spontaneous: false, ..Config::default() }, link: constant(10), ..Plan::of(&[nodes]) }
}

fn transfer(to: u16, amount: u64) -> Op {
    Op::Transfer { to: n(to), amount }
}

const SNAPSHOT: Op = Op::Snapshot {};

fn some_op(dice: &mut Dice) -> Op {
    if dice.below(4) == 0 { SNAPSHOT } else { transfer(1 + dice.below(4) as u16, dice.below(50)) }
}

/// What all parts of a snapshot come to, if all are done.
fn total(lab: &Lab<ChandyLamport>, initiator: u16, nth: u32) -> Option<u64> {
    let snapshot = Snapshot { initiator: n(initiator), nth };
    let part = |node| {
        let branch = lab.world().view(node)?;
        branch.recordings().get(&snapshot).filter(|part| part.open.is_empty()).map(|part| part.total())
    };
    lab.world().ids().map(part).sum()
}

#[test]
fn money_moves_and_nobody_sends_more_than_there_is() {
    let mut lab = by_hand(2).start();
    lab.ask(n(1), transfer(2, 30)).ask(n(1), transfer(2, 500)).ask(n(1), transfer(1, 5)).run(50);
    assert_eq!(lab.answers(), [Ret::Sent(30), Ret::Sent(70), Ret::NoLink]);
    assert_eq!((lab.view(n(1)).money(), lab.view(n(2)).money()), (0, 200));
}

#[test]
fn a_quiet_bank_is_counted_with_a_marker_on_every_channel() {
    for nodes in 1..=6 {
        let mut lab = by_hand(nodes).start();
        lab.ask(n(1), SNAPSHOT).run(50);
        assert_eq!(lab.answers(), [Ret::Recorded { money: 100, in_channels: 0 }]);
        assert_eq!(lab.sent("Marker"), nodes * (nodes - 1));
        assert_eq!(total(&lab, 1, 1), Some(100 * nodes as u64));
    }
}

#[test]
fn what_is_on_its_way_is_recorded_with_the_channel() {
    let mut lab = by_hand(2).start();
    lab.ask(n(2), transfer(1, 30)).run(5).ask(n(1), SNAPSHOT);
    assert_eq!(lab.figures(), [170, 1, 30]);
    assert_eq!((lab.face(n(1)).role, lab.face(n(1)).note.as_deref()), ("recording", Some("waits for 1 markers")));
    lab.run(50);
    assert_eq!(lab.answers(), [Ret::Sent(30), Ret::Recorded { money: 100, in_channels: 30 }]);
    assert_eq!(total(&lab, 1, 1), Some(200));
}

#[test]
fn what_is_sent_after_the_marker_is_not_in_the_snapshot() {
    let mut lab = by_hand(2).start();
    lab.ask(n(1), SNAPSHOT).ask(n(1), transfer(2, 40)).run(50);
    let part = lab.view(n(2)).recordings().values().next().cloned().expect("a part");
    assert_eq!((part.money, part.total()), (100, 100));
    assert_eq!(lab.view(n(2)).money(), 140);
}

#[test]
fn several_snapshots_at_once_do_not_mix() {
    let mut lab = by_hand(3).start();
    lab.ask(n(1), SNAPSHOT)
        .ask(n(2), transfer(1, 20))
        .ask(n(2), SNAPSHOT)
        .run(3)
        .ask(n(3), transfer(2, 7))
        .ask(n(3), SNAPSHOT);
    lab.ask(n(1), SNAPSHOT).run(100);
    for (initiator, nth) in [(1, 1), (1, 2), (2, 1), (3, 1)] {
        assert_eq!(total(&lab, initiator, nth), Some(300));
    }
}

#[test]
fn markers_pass_through_those_who_have_no_link_to_the_initiator() {
    let mut lab = Plan { topology: Topology::Line, ..by_hand(4) }.start();
    lab.ask(n(1), SNAPSHOT).run(200);
    assert_eq!((total(&lab, 1, 1), lab.sent("Marker")), (Some(400), 6));
}

#[test]
fn a_snapshot_waits_for_a_branch_that_is_down_and_ends_when_it_returns() {
    let mut lab = by_hand(3).start();
    lab.ask(n(3), transfer(1, 10)).run(2).crash(n(3)).ask(n(1), SNAPSHOT).run(2_000);
    assert_eq!(lab.figures(), [210, 2, 0]);
    lab.restart(n(3)).run(1_000);
    assert_eq!((total(&lab, 1, 1), lab.figures()), (Some(300), vec![300, 0, 0]));
}

#[test]
fn whatever_the_network_and_the_crashes_do_every_snapshot_ends_and_adds_up() {
    for seed in 0..100 {
        let disk = Span::millis(seed % 3 * 2);
        let mut lab = Plan { link: bad_link(), seed, disk, ..by_hand(4) }.start();
        lab.storm(seed, 2_000, some_op).run(8_000);
        assert_eq!(lab.violations(), [""; 0], "seed {seed}");
        assert_eq!(lab.figures(), [400, 0, 0], "seed {seed}: nothing on its way, nothing open");
        let known = lab.view(n(1)).recordings().keys().copied().collect::<Vec<_>>();
        assert!(known.iter().all(|snapshot| total(&lab, snapshot.initiator.0 + 1, snapshot.nth) == Some(400)));
    }
}

#[test]
fn a_busy_bank_under_faults_adds_up() {
    let mut snapshots = 0;
    for seed in 0..100 {
        let mut lab = Plan { link: bad_link(), seed, ..Plan::<ChandyLamport>::of(&[4]) }.start();
        lab.storm(seed, 2_000, some_op).run(1_000);
        assert_eq!(lab.violations(), [""; 0], "seed {seed}");
        snapshots += lab.view(n(1)).recordings().len();
    }
    assert!(snapshots > 500, "{snapshots}");
}

#[test]
fn a_crash_at_any_event_is_no_more_than_a_delay() {
    let start = || {
        let mut lab = Plan { disk: Span::millis(2), ..by_hand(3) }.start();
        lab.ask(n(2), transfer(1, 20))
            .run(5)
            .ask(n(1), SNAPSHOT)
            .run(5)
            .ask(n(3), transfer(2, 9))
            .run(4)
            .ask(n(2), SNAPSHOT);
        lab
    };
    let crashes = start().crash_everywhere(70, &[0, 1, 2], 7_000, |lab| {
        assert_eq!(lab.violations(), [""; 0]);
        assert_eq!(lab.figures(), [300, 0, 0]);
    });
    assert!(crashes > 50, "{crashes}");
}

#[test]
fn a_marker_that_is_not_first_is_noticed() {
    let mut lab = Plan { bug: Some(Bug::MarkerNotFirst as usize), ..by_hand(2) }.start();
    lab.ask(n(1), SNAPSHOT).ask(n(1), transfer(2, 40)).run(50);
    let said = [
        "n1 recorded snapshot 1 of n1 before it sent something to n2",
        "n2 recorded snapshot 1 of n1 after it had received that",
    ];
    assert_eq!(lab.verdict(), ("consistent-cut", said.map(str::to_owned).to_vec()));
}

#[test]
fn a_dropped_channel_is_noticed() {
    let mut lab = Plan { bug: Some(Bug::ChannelDropped as usize), ..by_hand(2) }.start();
    lab.ask(n(2), transfer(1, 30)).run(5).ask(n(1), SNAPSHOT).run(50);
    let (invariant, evidence) = lab.verdict();
    assert_eq!(invariant, "total-recorded");
    assert_eq!(
        evidence.last().map(String::as_str),
        Some("n1 finished snapshot 1 of n1: 170 in all, where there is 200")
    );
}

#[test]
fn channels_that_do_not_keep_the_order_are_noticed() {
    let late = |nth| Intervention::Delay(MsgName { from: n(2), to: n(1), nth, copy: 0 }, Span::millis(50));
    let mut lab = Plan { bug: Some(Bug::NotFifo as usize), ..by_hand(2) }.start();
    lab.ask(n(2), transfer(1, 30)).apply(late(0)).ask(n(1), SNAPSHOT).run(200);
    assert_eq!(lab.violations(), ["total-recorded"], "the marker came before what was sent earlier");
    let mut lab = Plan { bug: Some(Bug::NotFifo as usize), ..by_hand(2) }.start();
    lab.ask(n(2), SNAPSHOT).apply(late(0)).ask(n(2), transfer(1, 30)).run(200);
    assert_eq!(lab.verdict().0, "consistent-cut", "what was sent later came before the marker");
}

#[test]
fn every_rule_runs_in_a_run_with_faults() {
    let mut lab = Plan { link: bad_link(), ..Plan::<ChandyLamport>::of(&[4]) }.start();
    assert_eq!(lab.storm(1, 5_000, some_op).run(1_000).unused(), [""; 0]);
}

rules::rules! {
    ChandyLamport:
    Send => money_moves_and_nobody_sends_more_than_there_is,
    Receive => money_moves_and_nobody_sends_more_than_there_is,
    OnItsWay => what_is_on_its_way_is_recorded_with_the_channel,
    Start => a_quiet_bank_is_counted_with_a_marker_on_every_channel,
    Mark => what_is_sent_after_the_marker_is_not_in_the_snapshot,
    First => markers_pass_through_those_who_have_no_link_to_the_initiator,
    Close => what_is_on_its_way_is_recorded_with_the_channel,
    Done => a_quiet_bank_is_counted_with_a_marker_on_every_channel,
    Receipt => money_moves_and_nobody_sends_more_than_there_is,
    Resend => a_snapshot_waits_for_a_branch_that_is_down_and_ends_when_it_returns,
}
