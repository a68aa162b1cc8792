//! Ben-Or's protocol: every rule, every invariant with its bug, and how many rounds it takes.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::ben_or::{BenOr, Bug, Config, Line, Op, Ret};
use netsplit_sim::{Latency, Link, NodeId, Span};

type Processes = Lab<BenOr>;

fn with(inputs: &[u8], faults: impl Into<Option<u16>>) -> Config {
    Config { inputs: inputs.to_vec(), faults: faults.into(), ..Config::default() }
}

fn decided(processes: &Processes, node: u16) -> Option<u8> {
    processes.world().view(NodeId(node))?.decided()
}

/// What all have decided, if all have.
fn decision(processes: &Processes) -> Option<u8> {
    let first = decided(processes, 0)?;
    processes.world().ids().all(|node| decided(processes, node.0) == Some(first)).then_some(first)
}

/// The rounds in which they decided.
fn rounds(processes: &Processes) -> Vec<u64> {
    let round = |node| Some(processes.world().view(node)?.record().decided?.1);
    processes.world().ids().filter_map(round).collect()
}

/// Messages take times of their own, so that who is heard first is a matter of chance.
fn uneven(plan: Plan<BenOr>) -> Plan<BenOr> {
    let link = Link { latency: Latency::Uniform(Span::millis(1), Span::millis(20)), ..Link::default() };
    Plan { link, ..plan }
}

// --- The rules

#[test]
fn if_all_begin_with_the_same_bit_it_is_decided_in_the_first_round() {
    for bit in [0, 1] {
        for n in 1..=9 {
            let mut processes = Plan::<BenOr>::of(&[n]).config(with(&[bit], None)).start();
            processes.run(300);
            assert_eq!((decision(&processes), rounds(&processes)), (Some(bit), vec![1; n]));
            assert!(!processes.ran(Line::Toss));
        }
    }
}

#[test]
fn all_decide_at_most_one_round_apart() {
    for seed in 0..200 {
        let mut processes = uneven(Plan::of(&[5])).seed(seed).start();
        processes.run(5_000);
        let rounds = rounds(&processes);
        let (first, last) = (rounds.iter().min(), rounds.iter().max());
        assert!(decision(&processes).is_some() && last.copied() <= first.map(|first| first + 1), "{rounds:?}");
    }
}

#[test]
fn f_silent_processes_are_not_even_missed() {
    for seed in 0..50 {
        let mut processes = Plan::<BenOr>::of(&[5]).seed(seed).start();
        processes.crash(1).crash(3).run(5_000);
        assert!([0, 2, 4].iter().all(|node| decided(&processes, *node).is_some()), "seed {seed}");
        processes.restart(1).restart(3).run(1_000);
        assert!(decision(&processes).is_some() && processes.violation().is_none());
    }
}

#[test]
fn with_more_than_f_silent_nobody_decides_until_they_return() {
    let mut processes = Plan::<BenOr>::of(&[5]).config(with(&[1], None)).start();
    processes.crash(1).crash(2).crash(3).run(5_000);
    assert_eq!((rounds(&processes).len(), processes.figures()[0]), (0, 1));
    processes.restart(2).run(300);
    assert_eq!(rounds(&processes).len(), 3);
}

#[test]
fn a_process_stands_by_what_it_said_before_a_crash() {
    let mut processes = Plan::<BenOr>::of(&[4]).start();
    processes.run(75).together(&[0]).crash(0);
    processes.restart(0).run(300);
    assert!(processes.ran(Line::Restart));
    let said = |processes: &Processes| processes.world().view(NodeId(0)).map(|voter| voter.record().said.clone());
    let before = said(&processes).expect("it is up");
    processes.crash(0).restart(0).heal().run(5_000);
    assert!(said(&processes).expect("it is up").starts_with(&before[..before.len() - 1]));
    assert!(decision(&processes).is_some());
}

#[test]
fn what_is_lost_is_said_again() {
    let mut processes = Plan::<BenOr>::of(&[4]).start();
    processes.run(55).together(&[0, 1]).run(1_000);
    assert_eq!(rounds(&processes).len(), 0);
    processes.heal().run(3_000);
    assert!(processes.ran(Line::SayAgain) && decision(&processes).is_some());
}

#[test]
fn a_client_is_told_what_is_decided() {
    let mut processes = Plan::<BenOr>::of(&[3]).config(with(&[1], None)).start();
    processes.ask(0, Op::Read {}).ask(0, Op::Begin {}).run(300).ask(2, Op::Read {});
    let rets: Vec<_> = processes.replies().into_iter().map(|(_, ret)| ret).collect();
    assert_eq!(rets, [Ret::Undecided, Ret::Ok, Ret::Decided(1)]);
}

// --- Numbers

#[test]
fn a_round_takes_2n_times_n_minus_1_messages() {
    for n in 1..=9 {
        let mut processes = Plan::<BenOr>::of(&[n]).config(with(&[1], None)).start();
        processes.run(300);
        // One round to decide, and one more for those that have not.
        assert_eq!(processes.messages(), 2 * 2 * n * (n - 1));
    }
}

/// How many rounds it takes on average.
fn mean_rounds(plan: impl Fn() -> Plan<BenOr>, seeds: u64) -> f64 {
    let first = |seed| {
        let mut processes = plan().seed(seed).start();
        processes.run(10_000);
        assert_eq!(processes.violation(), None, "seed {seed}");
        *rounds(&processes).iter().min().expect("somebody has decided")
    };
    (0..seeds).map(first).sum::<u64>() as f64 / seeds as f64
}

#[test]
fn with_nobody_silent_the_mean_number_of_rounds_is_what_the_coins_make_it() {
    // The bits are divided evenly; from then on a round succeeds if more than half of n coins fall alike.
    for (n, expected) in [(2, 1.0 + 2.0), (4, 1.0 + 16.0 / 10.0), (6, 1.0 + 64.0 / 44.0)] {
        let mean = mean_rounds(|| Plan::of(&[n]).config(with(&[0, 1], 0)), 2_000);
        println!("n = {n}: {mean} rounds, expected {expected}");
        assert!((mean / expected - 1.0).abs() < 0.05, "n = {n}: {mean}, expected {expected}");
    }
    assert_eq!(
        mean_rounds(|| Plan::of(&[5]).config(with(&[0, 1], 0)), 100),
        1.0,
        "an odd number is never divided evenly"
    );
}

#[test]
fn with_as_many_silent_as_may_be_it_takes_a_few_rounds_more() {
    for (n, most) in [(3, 6.0), (4, 6.0), (5, 10.0), (7, 20.0)] {
        let mean = mean_rounds(|| uneven(Plan::of(&[n])), 500);
        println!("n = {n}, f = {}: {mean} rounds", (n - 1) / 2);
        assert!((1.0..most).contains(&mean), "n = {n}: {mean}");
    }
}

#[test]
fn a_known_coin_keeps_an_even_number_divided_for_ever_and_a_real_one_does_not() {
    let config = || Config { most_rounds: 300, ..with(&[0, 1], None) };
    let mut processes = Plan::<BenOr>::of(&[4]).config(config()).bug(Bug::CoinKnown as usize).start();
    processes.run(10_000);
    assert_eq!((processes.violated(), rounds(&processes).len()), (Some("ends"), 0));
    let mut processes = Plan::<BenOr>::of(&[4]).config(config()).start();
    processes.run(10_000);
    assert!(decision(&processes).is_some() && processes.violation().is_none());
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    vec![(0, Op::Begin {}), (3, Op::Begin {}), (1, Op::Read {})]
}

const ROLES: [&str; 3] = ["reporting", "proposing", "decided"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_everybody_with_one_decision() {
    let base = uneven(Plan::of(&[4])).start();
    let crashes = base.crash_everywhere(250, &[0, 1, 2, 3], 4_000, |processes| {
        assert_eq!(processes.violation(), None);
        assert!(decision(processes).is_some());
    });
    assert!(crashes >= 150, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_all_decide() {
    for seed in 0..400 {
        let n = 3 + seed as usize % 4;
        let mut processes = Processes::faulty(Plan::of(&[n]), seed, &ops(), &ROLES);
        processes.run(3_000);
        assert_eq!(processes.violation(), None, "seed {seed}");
        assert!(decision(&processes).is_some(), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Processes::finds_every_bug(|| Plan::of(&[4]), 1_000, &ops(), &ROLES);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let setting = |config: Config, count| refused::<BenOr>(&config, &vec![0; count]);
    assert_eq!(setting(with(&[0, 1], 2), 4), Some("faults"), "n > 2f");
    assert_eq!(setting(with(&[0, 1], 2), 5), None);
    assert_eq!(setting(with(&[], None), 4), Some("inputs"));
    assert_eq!(setting(with(&[2], None), 4), Some("inputs"));
    assert_eq!(setting(Config { again: Span::ZERO, ..Config::default() }, 4), Some("again"));
    assert_eq!(setting(Config::default(), 0), Some("process"));
}

rules::rules! {
    BenOr:
    Begin => if_all_begin_with_the_same_bit_it_is_decided_in_the_first_round,
    Report => if_all_begin_with_the_same_bit_it_is_decided_in_the_first_round,
    ProposeBit => if_all_begin_with_the_same_bit_it_is_decided_in_the_first_round,
    ProposeNothing => all_decide_at_most_one_round_apart,
    Decide => if_all_begin_with_the_same_bit_it_is_decided_in_the_first_round,
    TakeOver => all_decide_at_most_one_round_apart,
    Toss => all_decide_at_most_one_round_apart,
    SayAgain => what_is_lost_is_said_again,
    Restart => a_process_stands_by_what_it_said_before_a_crash,
}
