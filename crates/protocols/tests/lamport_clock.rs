//! Lamport's clocks: every rule, and every invariant with its bugs.

mod lab;

use lab::{Lab, Plan, bad_link, constant, n, rules};
use netsplit_protocols::lamport_clock::{Bug, Config, LamportClock, LamportProcess, Line, Op, Ret};
use netsplit_protocols::{Bugs, Entry};
use netsplit_sim::{Dice, Span, Topology};

/// Processes that do only what they are asked to.
fn by_hand(nodes: usize) -> Plan<LamportClock> {
    Plan { config: Config { spontaneous: false, ..Config::default() }, link: constant(5), ..Plan::of(&[nodes]) }
}

fn broadcast(text: &str) -> Op {
    Op::Broadcast { text: text.into() }
}

fn some_op(dice: &mut Dice) -> Op {
    match dice.below(3) {
        0 => Op::Local {},
        1 => Op::Send { to: n(1 + dice.below(3) as u16) },
        _ => broadcast("x"),
    }
}

fn texts(process: &LamportProcess) -> Vec<&str> {
    process.delivered().iter().map(|(_, text)| &**text).collect()
}

#[test]
fn the_clock_is_raised_between_any_two_events() {
    let mut lab = by_hand(1).start();
    lab.ask(n(1), Op::Local {}).ask(n(1), Op::Local {});
    assert_eq!(lab.answers(), [Ret::At(2), Ret::At(3)]); // starting was the first event
}

#[test]
fn a_receiver_sets_its_clock_above_the_message_and_above_its_own() {
    let mut lab = by_hand(2).start();
    (0..5).for_each(|_| {
        lab.ask(n(1), Op::Local {});
    });
    lab.ask(n(1), Op::Send { to: n(2) }).run(7);
    assert_eq!((lab.view(n(1)).clock(), lab.view(n(2)).clock()), (7, 8));
    assert_eq!(lab.figures()[0], 1);
    (0..9).for_each(|_| {
        lab.ask(n(2), Op::Local {});
    });
    lab.ask(n(1), Op::Send { to: n(2) }).run(5);
    assert_eq!(lab.view(n(2)).clock(), 18, "its own clock of 17 was the greater one");
}

#[test]
fn nobody_can_be_sent_to_without_a_link() {
    let mut lab = Plan { topology: Topology::Line, ..by_hand(3) }.start();
    lab.ask(n(1), Op::Send { to: n(3) });
    assert_eq!(lab.answers(), [Ret::NoLink]);
}

#[test]
fn a_request_is_delivered_when_something_later_has_come_from_everybody() {
    let mut lab = by_hand(3).start();
    lab.ask(n(1), broadcast("x")).run(9);
    assert_eq!(lab.answers(), []);
    assert_eq!(texts(lab.view(n(2))), [""; 0], "n3 has yet to be heard");
    assert_eq!(lab.figures()[1], 3, "all three have it in the queue");
    assert_eq!(lab.face(n(2)).note.as_deref(), Some("waits to hear from n3"));
    lab.run(1);
    assert_eq!(lab.answers(), [Ret::Delivered(1)]);
    assert!((1..=3).all(|node| texts(lab.view(n(node))) == ["x"]));
}

#[test]
fn equal_clocks_are_told_apart_by_the_process() {
    let mut lab = by_hand(3).start();
    lab.ask(n(3), broadcast("blue")).ask(n(1), broadcast("red")).run(100);
    assert!((1..=3).all(|node| texts(lab.view(n(node))) == ["red", "blue"]));
}

#[test]
fn a_request_takes_two_rounds_and_n_minus_1_times_n_messages() {
    for nodes in 2..=6 {
        let mut lab = by_hand(nodes).start();
        lab.ask(n(1), broadcast("x")).run(10);
        assert_eq!(lab.answers(), [Ret::Delivered(1)]);
        assert_eq!((lab.sent("Request"), lab.sent("Ack")), (nodes - 1, (nodes - 1) * (nodes - 1)));
    }
}

#[test]
fn one_silent_process_stops_all_delivery_until_it_returns() {
    let mut lab = by_hand(3).start();
    lab.crash(n(3)).ask(n(1), broadcast("x")).run(5_000);
    assert_eq!(lab.answers(), []);
    lab.restart(n(3)).run(500);
    assert_eq!(lab.answers(), [Ret::Delivered(1)]);
    assert_eq!(texts(lab.view(n(3))), ["x"]);
}

#[test]
fn a_crash_sets_no_clock_back() {
    let mut lab = by_hand(2).start();
    lab.ask(n(1), Op::Send { to: n(2) }).run(100);
    let before = lab.view(n(1)).clock();
    assert_eq!(lab.crash(n(1)).restart(n(1)).view(n(1)).clock(), before + 1);
    lab.ask(n(1), broadcast("x")).crash(n(1)).restart(n(1)).run(1_000);
    assert_eq!((texts(lab.view(n(1))), texts(lab.view(n(2)))), (vec!["x"], vec!["x"]), "what it asked outlives it");
}

#[test]
fn whatever_the_network_and_the_crashes_do_all_deliver_the_same_in_the_end() {
    for seed in 0..150 {
        let mut lab = Plan { link: bad_link(), seed, ..Plan::<LamportClock>::of(&[3]) }.start();
        lab.storm(seed, 2_000, some_op);
        let asked: Vec<_> = (1..=3).map(|node| texts(lab.view(n(node))).len()).collect();
        lab.run(4_000);
        assert_eq!(lab.violations(), [""; 0], "seed {seed}");
        let shortest = (1..=3).map(|node| lab.view(n(node)).delivered().len()).min().expect("three");
        assert!(shortest > *asked.iter().max().expect("three"), "seed {seed}: all deliver what one had, and more");
        assert!(
            (2..=3).all(|node| lab.view(n(node)).delivered()[..shortest] == lab.view(n(1)).delivered()[..shortest])
        );
    }
}

#[test]
fn a_crash_at_any_event_is_no_more_than_a_delay() {
    let start = || {
        let mut lab = by_hand(3).start();
        lab.ask(n(1), broadcast("red")).ask(n(2), broadcast("blue")).ask(n(3), Op::Send { to: n(1) });
        lab
    };
    let crashes = start().crash_everywhere(60, &[0, 1, 2], 1_000, |lab| {
        assert_eq!(lab.violations(), [""; 0]);
        assert!((1..=3).all(|node| texts(lab.view(n(node))) == ["red", "blue"]));
    });
    assert!(crashes > 70, "{crashes}");
}

#[test]
fn a_receiver_that_ignores_the_clock_is_noticed() {
    let mut lab = by_hand(2).bug(Bug::NoMaxOnReceive as usize).start();
    lab.ask(n(1), Op::Local {}).ask(n(1), Op::Send { to: n(2) }).run(100);
    let (invariant, evidence) = lab.verdict();
    assert_eq!(invariant, "clock-condition");
    assert_eq!(evidence, ["n1 did this at time 3", "n2 did this at time 2, though it came after"]);
}

#[test]
fn a_send_that_does_not_count_is_noticed() {
    let mut lab = by_hand(2).bug(Bug::NoTickOnSend as usize).start();
    lab.ask(n(1), Op::Send { to: n(2) });
    assert_eq!(lab.verdict().0, "clock-condition");
}

#[test]
fn a_tie_broken_the_other_way_round_is_noticed() {
    let mut lab = by_hand(3).bug(Bug::TieBrokenDifferently as usize).start();
    lab.ask(n(2), broadcast("red")).ask(n(3), broadcast("blue")).run(100);
    let (invariant, evidence) = lab.verdict();
    assert_eq!((invariant, evidence.len()), ("total-order", 3), "{evidence:?}");
    assert_eq!(texts(lab.view(n(1))), ["blue", "red"]);
}

#[test]
fn impossible_settings_are_refused() {
    let config = Config { act: (Span::millis(5), Span::millis(2)), ..Config::default() };
    let refused = LamportClock::processes(&config, Bugs::NONE, &netsplit_protocols::Cast { parts: vec![0] });
    assert_eq!(refused.err().map(|refusal| refusal.setting), Some("act"));
}

#[test]
fn the_face_shows_what_is_delivered_solid_and_what_waits_hatched() {
    let mut lab: Lab<LamportClock> = by_hand(3).start();
    lab.ask(n(1), broadcast("x")).run(100);
    lab.crash(n(3)).ask(n(1), broadcast("y"));
    let face = lab.face(n(1));
    let strip: Vec<_> = face.strip.iter().map(|cell| (cell.text.as_str(), cell.solid)).collect();
    assert_eq!(strip, [("x", true), ("y", false)]);
    assert_eq!((face.role, face.levels.len()), ("process", 2));
}

#[test]
fn every_rule_runs_in_a_run_with_faults() {
    let mut lab = Plan { link: bad_link(), ..Plan::<LamportClock>::of(&[3]) }.start();
    assert_eq!(lab.storm(1, 5_000, some_op).run(1_000).unused(), [""; 0]);
}

rules::rules! {
    LamportClock:
    Tick => the_clock_is_raised_between_any_two_events,
    Stamp => a_receiver_sets_its_clock_above_the_message_and_above_its_own,
    Merge => a_receiver_sets_its_clock_above_the_message_and_above_its_own,
    Ask => a_request_is_delivered_when_something_later_has_come_from_everybody,
    Queue => equal_clocks_are_told_apart_by_the_process,
    Deliver => a_request_is_delivered_when_something_later_has_come_from_everybody,
    Receipt => a_receiver_sets_its_clock_above_the_message_and_above_its_own,
    Resend => one_silent_process_stops_all_delivery_until_it_returns,
}
