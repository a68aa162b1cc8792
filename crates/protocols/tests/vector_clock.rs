//! Vector clocks: every rule, and the invariant with its bugs.

mod trial;

use netsplit_protocols::Bugs;
use netsplit_protocols::vector_clock::{Bug, Config, Op, Order, Ret, VectorClock};
use netsplit_sim::{Dice, EventId, Latency, Link, Span, Time, Topology, causality};
use trial::{Plan, Trial, bad_link, crash_everywhere, n};

/// Processes that do only what they are asked to.
fn by_hand(nodes: usize) -> Plan<VectorClock> {
    let link = Link { latency: Latency::Constant(Span::millis(5)), ..Link::default() };
    Plan { config: Config { spontaneous: false, ..Config::default() }, link, ..Plan::of(nodes) }
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
fn vector(trial: &Trial<VectorClock>, node: u16) -> Vec<u64> {
    let clock = trial.view(node).clock();
    trial.world().ids().map(|process| clock.entry(process)).collect()
}

#[test]
fn any_event_raises_ones_own_entry() {
    let mut trial = by_hand(2).start();
    trial.ask(1, Op::Local {}).ask(1, Op::Local {}).ask(1, send(2));
    assert_eq!(vector(&trial, 1), [4, 0]); // starting was the first
    assert_eq!(trial.answers(), [Ret::At(2), Ret::At(3), Ret::At(4)]);
}

#[test]
fn a_receiver_takes_the_greater_of_each_entry_and_counts_the_receipt() {
    let mut trial = by_hand(3).start();
    trial.ask(1, send(2)).run(10).ask(3, Op::Local {}).ask(3, send(2)).run(10);
    assert_eq!(vector(&trial, 2), [2, 3, 3]);
}

#[test]
fn news_travels_through_others() {
    let mut trial = Plan { topology: Topology::Line, ..by_hand(3) }.start();
    trial.ask(1, send(2)).run(10).ask(2, send(3)).run(10);
    assert_eq!(vector(&trial, 3), [2, 3, 2]);
    assert_eq!(trial.ask(1, send(3)).answers().last(), Some(&Ret::NoLink));
}

#[test]
fn old_news_changes_nothing() {
    let mut trial = by_hand(2).start();
    trial.ask(1, send(2)).run(2).ask(1, send(2));
    let name = |nth| netsplit_sim::MsgName { from: n(1), to: n(2), nth, copy: 0 };
    trial.apply(netsplit_sim::Intervention::Delay(name(0), Span::millis(50))).run(20);
    assert_eq!(vector(&trial, 2), [3, 2]);
    assert_eq!(vector(trial.run(100), 2), [3, 3]);
}

#[test]
fn two_events_are_before_after_equal_or_concurrent() {
    let mut trial = by_hand(3).start();
    trial.ask(3, compare(1, 2)).ask(1, send(3)).ask(2, send(3)).run(10).ask(3, compare(1, 2)).ask(3, compare(1, 1));
    trial.ask(3, compare(1, 3)).ask(3, compare(3, 1)).ask(2, send(1)).run(10).ask(1, send(3)).run(10);
    trial.ask(3, compare(1, 2));
    let orders: Vec<_> = trial.answers().into_iter().filter(|ret| !matches!(ret, Ret::At(_))).collect();
    let is = Ret::Is;
    let expected =
        [Ret::Unheard, is(Order::Concurrent), is(Order::Equal), is(Order::Before), is(Order::After), is(Order::After)];
    assert_eq!(orders, expected);
    assert_eq!(trial.face(3).badge, Some("after"));
}

#[test]
fn a_crash_sets_no_entry_back() {
    let mut trial = by_hand(2).start();
    trial.ask(1, send(2)).run(10).crash(1).restart(1);
    assert_eq!(vector(&trial, 1), [3, 0]);
}

/// The engine derives vectors of its own from the trace. Without crashes each entry is the same number.
#[test]
fn vectors_are_those_that_the_engine_derives() {
    for seed in 0..20 {
        let mut trial = Plan { link: bad_link(), seed, ..Plan::<VectorClock>::of(4) }.start();
        trial.run(1_500);
        for node in 1..=4 {
            let latest = trial.world().latest(n(node));
            let derived = causality::vector(trial.run.trace(), latest, 4);
            assert_eq!(vector(&trial, node), derived.iter().map(|count| u64::from(*count)).collect::<Vec<_>>());
        }
        assert_ne!(trial.world().latest(n(1)), EventId::NONE);
    }
}

#[test]
fn the_order_is_exact_whatever_the_network_and_the_crashes_do() {
    for seed in 0..200 {
        let disk = Span::millis(seed % 3 * 4);
        let mut trial = Plan { link: bad_link(), seed, disk, ..Plan::<VectorClock>::of(4) }.start();
        trial.storm(seed, Span::secs(2), some_op).run(500);
        assert_eq!(trial.violated(), [""; 0], "seed {seed}");
    }
}

#[test]
fn a_crash_at_any_event_leaves_the_order_exact() {
    let start = || Plan { seed: 3, disk: Span::millis(3), ..Plan::<VectorClock>::of(3) }.start();
    let crashes = crash_everywhere(start, Time(800_000_000), |trial| {
        trial.run(600);
        assert_eq!(trial.violated(), [""; 0]);
        assert!(vector(trial, 1).iter().all(|entry| *entry > 0), "and news goes on spreading");
    });
    assert!(crashes > 80, "{crashes}");
}

#[test]
fn each_broken_rule_is_noticed() {
    for bug in [Bug::NoMerge, Bug::NoTickOnReceive, Bug::MissingIncomparable] {
        let mut trial = Plan { bugs: Bugs::NONE.with(bug as usize), ..by_hand(2) }.start();
        trial.ask(2, send(1)).run(10).ask(1, send(2)).run(10);
        assert_eq!(trial.verdict().0, "exact-causality", "{bug:?}");
    }
}

#[test]
fn a_violation_says_what_the_vectors_say_and_what_is_true() {
    let mut trial = Plan { bugs: Bugs::NONE.with(Bug::NoMerge as usize), ..by_hand(2) }.start();
    trial.ask(1, send(2)).run(10);
    let said = [
        "n1 did this at [n1:2], which led straight to the other",
        "n2 did this at [n2:2]; by the vectors they are concurrent",
    ];
    // The event before the send led to the receipt as well, but it is the send that is looked at first.
    assert_eq!(trial.verdict().1, said);
}

#[test]
fn every_rule_runs_in_a_run_with_faults() {
    let mut trial = Plan { link: bad_link(), ..Plan::<VectorClock>::of(4) }.start();
    assert_eq!(trial.storm(1, Span::secs(40), some_op).run(1_000).unused(), [""; 0]);
}
