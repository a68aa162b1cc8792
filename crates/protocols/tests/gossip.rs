//! Gossip: every rule, the known numbers of push and pull, crashes everywhere, and every bug caught by its invariant.

#[path = "lab/rules.rs"]
mod rules;

use netsplit_protocols::gossip::{Bug, Config, Gossip, Invariants, Line, Mode, Op, Ret};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Dice, Intervention, Latency, Link, Network, NodeId, Planned, Ratio, Recording, Seed, Setup, Span, Time, Timing,
    Topology, Violation, World,
};

type Run = Recording<Gossip, Invariants>;

#[derive(Clone)]
struct Plan {
    nodes: usize,
    config: Config,
    bug: Option<Bug>,
    seed: u64,
    link: Link,
    topology: Topology,
    timing: Timing,
}

impl Plan {
    fn of(nodes: usize) -> Plan {
        Plan {
            nodes,
            config: Config::default(),
            bug: None,
            seed: 1,
            link: Link::default(),
            topology: Topology::Mesh,
            timing: Timing::Asynchronous,
        }
    }
    fn mode(mut self, mode: Mode) -> Plan {
        self.config.mode = mode;
        self
    }
    fn world(&self) -> World<Gossip> {
        let bugs = self.bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug as usize));
        World::new(Setup {
            seed: Seed(self.seed),
            nodes: Gossip::processes(&self.config, bugs, &Cast { parts: vec![0; self.nodes] }).expect("possible"),
            topology: self.topology.clone(),
            network: Network { link: self.link, timing: self.timing, ..Network::default() },
            disk: (Span::ZERO, false),
            hashing: false,
        })
    }
    fn start(&self, timeline: Vec<Planned<Op>>) -> Run {
        Recording::measured(self.world(), timeline, Gossip::measure)
    }
}

fn n(node: u16) -> NodeId {
    NodeId(node - 1)
}

fn tell(rumour: &str) -> Op {
    Op::Tell { rumour: rumour.into() }
}

fn invoke(run: &mut Run, node: u16, op: Op) {
    run.intervene(Intervention::Invoke(n(node).into(), op));
}

fn play(run: &mut Run, span: Span) -> Option<Violation> {
    let until = run.world().now() + span;
    play_until(run, until)
}

fn play_until(run: &mut Run, until: Time) -> Option<Violation> {
    run.advance(until, u32::MAX);
    rules::note(rules::of(run.trace()));
    run.violations().first().cloned() // what an intervention violates at once included
}

fn informed(run: &Run) -> u64 {
    run.figures().expect("at its end")[0]
}

fn ran(run: &Run, line: Line) -> bool {
    (0..run.trace().len())
        .any(|event| run.trace().lines_of(netsplit_sim::EventId(event)).any(|ran| ran == u16::from(line)))
}

fn ms(millis: u64) -> Span {
    Span::millis(millis)
}

fn rets(run: &Run) -> Vec<Option<Ret>> {
    run.history().operations().iter().map(|op| op.answer.as_ref().map(|(_, _, ret)| ret.clone())).collect()
}

#[test]
fn what_is_told_is_known_and_passed_on_from_the_next_round() {
    let mut run = Plan::of(2).start(vec![]);
    invoke(&mut run, 1, tell("fire"));
    assert_eq!(informed(&run), 1);
    assert_eq!(play(&mut run, ms(200)), None);
    assert_eq!(informed(&run), 2);
    assert!(ran(&run, Line::Tell) && ran(&run, Line::Learn));
}

#[test]
fn a_node_says_what_it_has_heard() {
    let mut run = Plan::of(2).start(vec![]);
    let ask = || Op::Ask { rumour: "fire".into() };
    invoke(&mut run, 2, ask());
    invoke(&mut run, 1, tell("fire"));
    play(&mut run, ms(200));
    invoke(&mut run, 2, ask());
    assert_eq!(rets(&run), [Some(Ret::Unknown), Some(Ret::Ok), Some(Ret::Known)]);
}

#[test]
fn push_says_nothing_while_there_is_nothing_to_tell() {
    let mut run = Plan::of(4).mode(Mode::Push).start(vec![]);
    play(&mut run, ms(500));
    assert_eq!(run.trace().sent(), 0);
    invoke(&mut run, 1, tell("fire"));
    play(&mut run, ms(1_000));
    assert_eq!(informed(&run), 4);
    assert!(ran(&run, Line::Push) && !ran(&run, Line::Answer));
}

#[test]
fn pull_asks_and_is_answered_by_those_who_know() {
    let mut run = Plan::of(4).mode(Mode::Pull).start(vec![]);
    invoke(&mut run, 1, tell("fire"));
    play(&mut run, ms(1_000));
    assert_eq!(informed(&run), 4);
    assert!(ran(&run, Line::Pull) && ran(&run, Line::Answer) && !ran(&run, Line::Push));
}

#[test]
fn an_old_rumour_is_passed_on_no_more() {
    let plan = Plan { config: Config { max_age: 2, mode: Mode::Push, ..Config::default() }, ..Plan::of(64) };
    let mut run = plan.start(vec![]);
    invoke(&mut run, 1, tell("fire"));
    play(&mut run, ms(2_000));
    assert!(ran(&run, Line::Tire));
    assert_eq!(run.figures().expect("at its end")[1], 0, "nobody speaks of it any more");
    assert!((2..64).contains(&informed(&run)));
    let sent = run.trace().sent();
    play(&mut run, ms(2_000));
    assert_eq!(run.trace().sent(), sent);
}

#[test]
fn each_round_calls_as_many_different_neighbours_as_set_anew() {
    let plan = Plan { config: Config { fanout: 3, ..Config::default() }, ..Plan::of(9) };
    let mut run = plan.start(vec![]);
    play(&mut run, ms(1_000));
    let mut choices = std::collections::BTreeSet::new();
    for (event, row) in run.trace().events().filter(|(_, row)| row.node == n(1)) {
        let mut called: Vec<_> = run.trace().sent_by(event).map(|(_, message)| message.name.to).collect();
        if matches!(row.what, netsplit_sim::trace::What::Timer(_)) {
            assert_eq!(called.len(), 3);
            called.sort_unstable();
            called.dedup();
            assert_eq!(called.len(), 3, "three different ones");
            choices.insert(called);
        }
    }
    assert!(choices.len() > 10, "{}", choices.len());
}

#[test]
fn only_neighbours_are_called() {
    for topology in [Topology::Ring, Topology::Line, Topology::Star, Topology::Tree, Topology::Grid] {
        let plan = Plan { topology, ..Plan::of(12) };
        let mut run = plan.start(vec![]);
        invoke(&mut run, 7, tell("fire"));
        assert_eq!(play(&mut run, ms(6_000)), None);
        assert_eq!(informed(&run), 12, "{:?}", plan.topology);
        let all_along_links = run
            .trace()
            .messages_in(0..u32::MAX)
            .all(|(_, message)| run.world().neighbours(message.name.from).contains(&message.name.to));
        assert!(all_along_links);
    }
}

/// Rounds in step: every node begins its round at the same time, and what it sends arrives, and is answered, before the
/// next. Gives the number of nodes that know after each round.
fn in_step(mode: Mode, nodes: usize, seed: u64, rounds: u64) -> Vec<u64> {
    let timing = Timing::Synchronous { round: ms(10) };
    let config = Config { mode, round: ms(50), ..Config::default() };
    let plan = Plan { config, timing, seed, ..Plan::of(nodes) };
    let mut world = plan.world();
    world.boot_all(&mut ());
    for node in 0..nodes as u16 {
        // the first round of all: the next are a round's time later, all at once
        world.apply(&Intervention::Fire(NodeId(node).into(), None), &mut ());
    }
    let run_until = |world: &mut World<Gossip>, until: Time| {
        while world.next_due().is_some_and(|due| due <= until) {
            world.step(&mut ());
        }
    };
    run_until(&mut world, Time(40_000_000)); // every round from now on begins at a multiple of 50 ms
    world.apply(&Intervention::Invoke(n(1).into(), tell("fire")), &mut ());
    let after = |round: u64| Time(40_000_000 + round * 50_000_000);
    (1..=rounds)
        .map(|round| {
            run_until(&mut world, after(round));
            Gossip::measure(&world, &Invariants::default())[0]
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

const MANY: usize = 1_000;

#[test]
fn push_reaches_all_in_about_log2_n_plus_ln_n_rounds() {
    let rounds: Vec<f64> = (0..12)
        .map(|seed| {
            let known = in_step(Mode::Push, MANY, seed, 40);
            1.0 + known.iter().position(|known| *known == MANY as u64).expect("all know in the end") as f64
        })
        .collect();
    let expected = (MANY as f64).log2() + (MANY as f64).ln();
    assert!((mean(&rounds) - expected).abs() < 2.0, "{} rounds, expected {expected}", mean(&rounds));
}

#[test]
fn each_late_round_of_push_leaves_one_in_e_of_the_uninformed() {
    let mut shares = Vec::new();
    for seed in 0..12 {
        for pair in in_step(Mode::Push, MANY, seed, 40).windows(2) {
            let (before, after) = (MANY as f64 - pair[0] as f64, MANY as f64 - pair[1] as f64);
            if (20.0..100.0).contains(&before) {
                shares.push(after / before);
            }
        }
    }
    let (share, expected) = (mean(&shares), (-1.0f64).exp());
    assert!((share - expected).abs() < 0.06, "{share}, expected {expected}");
}

#[test]
fn each_round_of_pull_squares_the_share_of_the_uninformed() {
    let mut ratios = Vec::new();
    for seed in 0..12 {
        for pair in in_step(Mode::Pull, MANY, seed, 40).windows(2) {
            let share = |known: u64| 1.0 - known as f64 / MANY as f64;
            let (before, after) = (share(pair[0]), share(pair[1]));
            if (0.2..0.8).contains(&before) {
                ratios.push(after / (before * before));
            }
        }
    }
    assert!((mean(&ratios) - 1.0).abs() < 0.1, "{}", mean(&ratios));
}

#[test]
fn push_pull_is_faster_than_either() {
    let rounds = |mode| {
        let all =
            |seed| in_step(mode, MANY, seed, 40).iter().position(|known| *known == MANY as u64).unwrap_or(40) as f64;
        mean(&(0..6).map(all).collect::<Vec<_>>())
    };
    let (push, pull, both) = (rounds(Mode::Push), rounds(Mode::Pull), rounds(Mode::PushPull));
    assert!(both + 2.0 < push && both + 2.0 < pull, "push {push}, pull {pull}, both {both}");
}

#[test]
fn a_crash_at_any_event_and_a_restart_leave_everybody_informed() {
    let plan = Plan::of(5);
    let told = || vec![Planned { when: Default::default(), what: Intervention::Invoke(n(1).into(), tell("fire")) }];
    let mut base = plan.start(told());
    play(&mut base, ms(300));
    let events = base.trace().len();
    let mut crashes = 0;
    for event in 5..events {
        for node in 1..=5 {
            let mut run = plan.start(told());
            run.advance(Time::NEVER, event);
            run.intervene(Intervention::Crash(n(node).into()));
            assert_eq!(play(&mut run, ms(60)), None);
            run.intervene(Intervention::Restart(n(node).into()));
            assert_eq!(play(&mut run, ms(1_500)), None);
            assert!([0, 5].contains(&informed(&run)), "nobody knows (n1 was down when it was to be told), or all do");
            crashes += 1;
        }
    }
    assert!(crashes > 300, "{crashes}");
}

/// A few seconds of faults drawn from a seed, and then two of calm.
fn faulty(seed: u64, bug: Option<Bug>) -> (Run, Option<Violation>) {
    let mut dice = Dice::new(Seed(seed));
    let link = Link {
        latency: Latency::Uniform(ms(1), ms(5 + dice.below(40))),
        loss: Ratio::new(dice.below(30) as u32, 100),
        duplicate: Ratio::new(dice.below(20) as u32, 100),
        reorder: Ratio::new(dice.below(20) as u32, 100),
        fifo: false,
    };
    let nodes = 4 + dice.below(12) as u16;
    let mut run = Plan { seed, bug, link, ..Plan::of(usize::from(nodes)) }.start(vec![]);
    for turn in 0..30 {
        let pause = ms(1 + dice.below(80));
        if let Some(violation) = play(&mut run, pause) {
            return (run, Some(violation));
        }
        let node = 1 + dice.below(u64::from(nodes)) as u16;
        let side = (1..=nodes).filter(|_| dice.below(2) == 0).map(|node| n(node).into()).collect();
        let what = match dice.below(8) {
            0 | 1 => Intervention::Invoke(n(node).into(), tell(&format!("r{turn}"))),
            2 => Intervention::Crash(n(node).into()),
            3 | 4 => Intervention::Restart(n(node).into()),
            5 => Intervention::Partition(vec![side]),
            6 => Intervention::Pause(n(node).into()),
            _ => Intervention::Resume(n(node).into()),
        };
        run.intervene(what);
    }
    run.intervene(Intervention::Heal);
    run.intervene(Intervention::Network(Link { latency: link.latency, ..Link::default() }));
    for node in 1..=nodes {
        run.intervene(Intervention::Restart(n(node).into()));
        run.intervene(Intervention::Resume(n(node).into()));
    }
    invoke(&mut run, 1, tell("the last"));
    let violation = play(&mut run, ms(2_500));
    (run, violation)
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_all_hear_everything() {
    for seed in 0..300 {
        let (run, violation) = faulty(seed, None);
        assert_eq!(violation, None, "seed {seed}");
        let known: Vec<_> = run.world().ids().filter_map(|id| run.world().view(id)).map(|node| node.known()).collect();
        assert!(known.iter().all(|each| *each == known[0] && each.contains("the last")), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    for bug in [Bug::SameNeighbours, Bug::ForgetsOnDuplicate, Bug::Garbles] {
        let about = &Gossip::ABOUT.bugs[bug as usize];
        let found = (0..200).find_map(|seed| faulty(seed, Some(bug)).1.map(|violation| (seed, violation)));
        let (seed, violation) = found.unwrap_or_else(|| panic!("{} is not found", about.name));
        assert_eq!(violation.invariant, about.breaks, "{} at seed {seed}: {violation:?}", about.name);
    }
}

#[test]
fn impossible_settings_are_refused_by_name() {
    let cast = Cast { parts: vec![0; 2] };
    let refused = |config: Config| Gossip::processes(&config, Bugs::NONE, &cast).err().map(|why| why.setting);
    assert_eq!(refused(Config { round: Span::ZERO, ..Config::default() }), Some("round"));
    assert_eq!(refused(Config { fanout: 0, ..Config::default() }), Some("fanout"));
}

rules::rules! {
    Gossip:
    Tell => what_is_told_is_known_and_passed_on_from_the_next_round,
    Ask => a_node_says_what_it_has_heard,
    Age => an_old_rumour_is_passed_on_no_more,
    Tire => an_old_rumour_is_passed_on_no_more,
    Choose => each_round_calls_as_many_different_neighbours_as_set_anew,
    Push => push_says_nothing_while_there_is_nothing_to_tell,
    Pull => pull_asks_and_is_answered_by_those_who_know,
    PushPull => each_round_calls_as_many_different_neighbours_as_set_anew,
    Learn => what_is_told_is_known_and_passed_on_from_the_next_round,
    Again => what_is_told_is_known_and_passed_on_from_the_next_round,
    Answer => pull_asks_and_is_answered_by_those_who_know,
}
