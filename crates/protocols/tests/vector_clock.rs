//! Vector clocks: every rule, and the invariant with its bugs.

mod lab;

use lab::{Lab, Plan, bad_link, constant, n, rules};
use netsplit_protocols::vector_clock::{Bug, Config, Line, Op, Order, Ret, VectorClock};
use netsplit_sim::{Dice, EventId, Span, Topology, causality};

/// Processes that do only what they are asked to.
fn by_hand(nodes: usize) -> Plan<VectorClock> {
    Plan { config: Config { spontaneous: false, ..Config::default() }, link: constant(5), ..Plan::of(&[nodes]) }
}

fn send(to: u16) -> Op {
    Op::Send { to: n(to) }
}

fn compare(a: u16, b: u16) -> Op {
    Op::Compare { a: n(a), b: n(b) }
}

fn some_op(dice: &mut Dice) -> Op {
    let mut node = || 1 + dice.below(4) as u16;
    match node() {
        1 => Op::Local {},
        2 => compare(node(), node()),
        _ => send(node()),
    }
}

/// The entries of a process's vector, by process.
fn vector(lab: &Lab<VectorClock>, node: u16) -> Vec<u64> {
    let clock = lab.view(n(node)).clock();
    lab.world().ids().map(|process| clock.entry(process)).collect()
}

#[test]
fn any_event_raises_ones_own_entry() {
    let mut lab = by_hand(2).start();
    lab.ask(n(1), Op::Local {}).ask(n(1), Op::Local {}).ask(n(1), send(2));
    assert_eq!(vector(&lab, 1), [4, 0]); // starting was the first
    assert_eq!(lab.answers(), [Ret::At(2), Ret::At(3), Ret::At(4)]);
}

#[test]
fn a_receiver_takes_the_greater_of_each_entry_and_counts_the_receipt() {
    let mut lab = by_hand(3).start();
    lab.ask(n(1), send(2)).run(10).ask(n(3), Op::Local {}).ask(n(3), send(2)).run(10);
    assert_eq!(vector(&lab, 2), [2, 3, 3]);
    assert_eq!(lab.figures(), [3], "nobody has heard of any event of n2's");
}

#[test]
fn news_travels_through_others() {
    let mut lab = Plan { topology: Topology::Line, ..by_hand(3) }.start();
    lab.ask(n(1), send(2)).run(10).ask(n(2), send(3)).run(10);
    assert_eq!(vector(&lab, 3), [2, 3, 2]);
    assert_eq!(lab.ask(n(1), send(3)).answers().last(), Some(&Ret::NoLink));
}

#[test]
fn old_news_changes_nothing() {
    let mut lab = by_hand(2).start();
    lab.ask(n(1), send(2)).run(2).ask(n(1), send(2));
    let name = |nth| netsplit_sim::MsgName { from: n(1), to: n(2), nth, copy: 0 };
    lab.apply(netsplit_sim::Intervention::Delay(name(0), Span::millis(50))).run(20);
    assert_eq!(vector(&lab, 2), [3, 2]);
    assert_eq!(vector(lab.run(100), 2), [3, 3]);
}

#[test]
fn two_events_are_before_after_equal_or_concurrent() {
    let mut lab = by_hand(3).start();
    lab.ask(n(3), compare(1, 2))
        .ask(n(1), send(3))
        .ask(n(2), send(3))
        .run(10)
        .ask(n(3), compare(1, 2))
        .ask(n(3), compare(1, 1));
    lab.ask(n(3), compare(1, 3)).ask(n(3), compare(3, 1)).ask(n(2), send(1)).run(10).ask(n(1), send(3)).run(10);
    lab.ask(n(3), compare(1, 2));
    let orders: Vec<_> = lab.answers().into_iter().filter(|ret| !matches!(ret, Ret::At(_))).collect();
    let is = Ret::Is;
    let expected =
        [Ret::Unheard, is(Order::Concurrent), is(Order::Equal), is(Order::Before), is(Order::After), is(Order::After)];
    assert_eq!(orders, expected);
    assert_eq!(lab.face(n(3)).badge, Some("after"));
}

#[test]
fn a_crash_sets_no_entry_back() {
    let mut lab = by_hand(2).start();
    lab.ask(n(1), send(2)).run(10).crash(n(1)).restart(n(1));
    assert_eq!(vector(&lab, 1), [3, 0]);
}

/// The engine derives vectors of its own from the trace. Without crashes each entry is the same number.
#[test]
fn vectors_are_those_that_the_engine_derives() {
    for seed in 0..20 {
        let mut lab = Plan { link: bad_link(), seed, ..Plan::<VectorClock>::of(&[4]) }.start();
        lab.run(1_500);
        for node in 1..=4 {
            let latest = lab.world().latest(n(node));
            let derived = causality::vector(lab.run.trace(), latest, 4);
            assert_eq!(vector(&lab, node), derived.iter().map(|count| u64::from(*count)).collect::<Vec<_>>());
        }
        assert_ne!(lab.world().latest(n(1)), EventId::NONE);
    }
}

#[test]
fn the_order_is_exact_whatever_the_network_and_the_crashes_do() {
    for seed in 0..200 {
        let disk = Span::millis(seed % 3 * 4);
        let mut lab = Plan { link: bad_link(), seed, disk, ..Plan::<VectorClock>::of(&[4]) }.start();
        lab.storm(seed, 2_000, some_op).run(500);
        assert_eq!(lab.violations(), [""; 0], "seed {seed}");
    }
}

#[test]
fn a_crash_at_any_event_leaves_the_order_exact() {
    let start = || Plan { seed: 3, disk: Span::millis(3), ..Plan::<VectorClock>::of(&[3]) }.start();
    let crashes = start().crash_everywhere(800, &[0, 1, 2], 600, |lab| {
        assert_eq!(lab.violations(), [""; 0]);
        assert!(vector(lab, 1).iter().all(|entry| *entry > 0), "and news goes on spreading");
    });
    assert!(crashes > 80, "{crashes}");
}

#[test]
fn each_broken_rule_is_noticed() {
    for bug in [Bug::NoMerge, Bug::NoTickOnReceive, Bug::MissingIncomparable] {
        let mut lab = Plan { bug: Some(bug as usize), ..by_hand(2) }.start();
        lab.ask(n(2), send(1)).run(10).ask(n(1), send(2)).run(10);
        assert_eq!(lab.verdict().0, "exact-causality", "{bug:?}");
    }
}

#[test]
fn a_violation_says_what_the_vectors_say_and_what_is_true() {
    let mut lab = Plan { bug: Some(Bug::NoMerge as usize), ..by_hand(2) }.start();
    lab.ask(n(1), send(2)).run(10);
    let said = [
        "n1 did this at [n1:2], which led straight to the other",
        "n2 did this at [n2:2]; by the vectors they are concurrent",
    ];
    // The event before the send led to the receipt as well, but it is the send that is looked at first.
    assert_eq!(lab.verdict().1, said);
}

#[test]
fn every_rule_runs_in_a_run_with_faults() {
    let mut lab = Plan { link: bad_link(), ..Plan::<VectorClock>::of(&[4]) }.start();
    assert_eq!(lab.storm(1, 4_0000, some_op).run(1_000).unused(), [""; 0]);
}

rules::rules! {
    VectorClock:
    Tick => any_event_raises_ones_own_entry,
    Stamp => a_receiver_takes_the_greater_of_each_entry_and_counts_the_receipt,
    Merge => a_receiver_takes_the_greater_of_each_entry_and_counts_the_receipt,
    Ordered => two_events_are_before_after_equal_or_concurrent,
    Concurrent => two_events_are_before_after_equal_or_concurrent,
}
