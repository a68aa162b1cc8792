//! Failure detection: every rule, completeness and accuracy where they can be had, crashes everywhere, and every bug
//! caught by its invariant.

#[path = "lab/rules.rs"]
mod rules;

use netsplit_protocols::failure_detector::{
    Arrivals, Bug, Config, FailureDetection, Invariants, Line, Method, Op, Ret, phi_thousandths,
};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Dice, EventId, Intervention, Latency, Link, MsgName, Network, NodeId, Ratio, Recording, Seed, Setup, Span, Time,
    Timing, Topology, Violation, World,
};

type Run = Recording<FailureDetection, Invariants>;

struct Plan {
    nodes: usize,
    config: Config,
    bug: Option<Bug>,
    seed: u64,
    link: Link,
    topology: Topology,
    timing: Timing,
    disk: Span,
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
            disk: Span::ZERO,
        }
    }
    fn start(&self) -> Run {
        let bugs = self.bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug as usize));
        let cast = Cast { parts: vec![0; self.nodes] };
        let world = World::new(Setup {
            seed: Seed(self.seed),
            nodes: FailureDetection::processes(&self.config, bugs, &cast).expect("possible"),
            topology: self.topology.clone(),
            network: Network { link: self.link, timing: self.timing, ..Network::default() },
            disk: (self.disk, false),
            hashing: false,
        });
        let mut run = Recording::measured(world, vec![], FailureDetection::measure);
        run.advance(Time::ZERO, self.nodes as u32);
        run
    }
}

fn n(node: u16) -> NodeId {
    NodeId(node - 1)
}

fn ms(millis: u64) -> Span {
    Span::millis(millis)
}

fn play(run: &mut Run, span: Span) -> Option<Violation> {
    let until = run.world().now() + span;
    run.advance(until, u32::MAX);
    rules::note(rules::of(run.trace()));
    run.violations().first().cloned() // what an intervention violates at once included
}

fn do_to(run: &mut Run, what: Intervention<Op>) {
    run.intervene(what);
}

fn suspects(run: &Run, node: u16) -> Vec<u16> {
    let view = run.world().view(n(node)).expect("up");
    view.suspects().map(|peer| peer.0 + 1).collect()
}

/// How often a line ran.
fn times(run: &Run, line: Line) -> usize {
    let line = u16::from(line);
    (0..run.trace().len()).flat_map(|event| run.trace().lines_of(EventId(event))).filter(|ran| *ran == line).count()
}

fn constant(millis: u64) -> Link {
    Link { latency: Latency::Constant(ms(millis)), ..Link::default() }
}

#[test]
fn a_crashed_node_is_suspected_by_all_within_the_time_out_and_for_ever() {
    let mut run = Plan { link: constant(10), ..Plan::of(4) }.start();
    play(&mut run, ms(500));
    do_to(&mut run, Intervention::Crash(n(3).into()));
    play(&mut run, ms(240));
    assert!([1, 2, 4].iter().all(|node| suspects(&run, *node).is_empty()));
    play(&mut run, ms(130)); // the last heartbeat left at 500 ms, and came 10 ms later
    assert!([1, 2, 4].iter().all(|node| suspects(&run, *node) == [3]));
    play(&mut run, Span::secs(60));
    assert!([1, 2, 4].iter().all(|node| suspects(&run, *node) == [3]));
    assert_eq!(run.figures().expect("at its end"), [0, 0, 360], "10 ms on the way, and the time-out");
}

#[test]
fn a_suspicion_is_withdrawn_when_the_heartbeat_returns() {
    let mut run = Plan::of(2).start();
    play(&mut run, ms(500));
    do_to(&mut run, Intervention::Crash(n(2).into()));
    play(&mut run, ms(500));
    assert_eq!(run.figures().expect("at its end")[..2], [0, 0]);
    do_to(&mut run, Intervention::Restart(n(2).into()));
    assert_eq!(run.figures().expect("at its end")[..2], [1, 0], "for the moment, wrongly");
    play(&mut run, ms(50));
    assert_eq!(suspects(&run, 1), [0u16; 0]);
    assert_eq!(times(&run, Line::Withdraw), 1);
}

#[test]
fn where_delays_have_a_bound_nobody_that_is_up_is_ever_suspected() {
    for seed in 0..20 {
        let latency = Latency::Uniform(Span::ZERO, ms(240)); // the period and the bound are below the time-out
        let link = Link { latency, duplicate: Ratio::new(1, 5), ..Link::default() };
        let mut run = Plan { link, seed, ..Plan::of(5) }.start();
        assert_eq!(play(&mut run, Span::secs(20)), None);
        assert_eq!(times(&run, Line::Suspect), 0, "seed {seed}");
    }
    let mut run = Plan { timing: Timing::Synchronous { round: ms(50) }, ..Plan::of(5) }.start();
    assert_eq!(play(&mut run, Span::secs(20)), None);
    assert_eq!(times(&run, Line::Suspect), 0, "in lock step");
}

#[test]
fn where_they_have_none_somebody_is_suspected_wrongly() {
    let link = Link { latency: Latency::Exponential(ms(1), ms(150)), ..Link::default() };
    let mut run = Plan { link, ..Plan::of(4) }.start();
    assert_eq!(play(&mut run, Span::secs(20)), None);
    let (wrong, withdrawn) = (times(&run, Line::Suspect), times(&run, Line::Withdraw));
    assert!(wrong > 10 && wrong - withdrawn < 5, "{wrong} suspicions, {withdrawn} withdrawn");
}

#[test]
fn an_old_heartbeat_proves_nothing() {
    let mut run = Plan { link: constant(10), ..Plan::of(2) }.start();
    play(&mut run, ms(305)); // the fourth heartbeat is on its way
    let name = MsgName { from: n(2), to: n(1), nth: 3, copy: 0 };
    do_to(&mut run, Intervention::Delay(name, ms(700)));
    play(&mut run, ms(200));
    do_to(&mut run, Intervention::Crash(n(2).into()));
    play(&mut run, ms(450));
    assert_eq!((suspects(&run, 1), times(&run, Line::Stale)), (vec![2], 0));
    play(&mut run, ms(200));
    assert_eq!((suspects(&run, 1), times(&run, Line::Stale)), (vec![2], 1));
}

#[test]
fn heartbeats_of_a_new_life_are_newer_than_all_of_the_old() {
    let mut run = Plan { link: constant(10), ..Plan::of(2) }.start();
    play(&mut run, Span::secs(5));
    do_to(&mut run, Intervention::Crash(n(2).into()));
    do_to(&mut run, Intervention::Restart(n(2).into()));
    play(&mut run, Span::secs(5));
    assert_eq!((times(&run, Line::Stale), times(&run, Line::Suspect)), (0, 0));
    let newest = run.world().view(n(1)).and_then(|view| view.peers()[&n(2)].newest);
    assert!(newest.is_some_and(|(epoch, number)| epoch == 2 && number >= 48), "{newest:?}");
}

#[test]
fn a_wrong_clock_makes_no_difference() {
    let mut run = Plan::of(3).start();
    for (millis, offset) in [(500, 3_000), (1_000, -5_000), (1_500, 700)] {
        play(&mut run, ms(500));
        do_to(&mut run, Intervention::Clock(n(2).into(), offset * 1_000_000, 0));
        assert_eq!((millis, play(&mut run, ms(50))), (millis, None));
    }
    play(&mut run, Span::secs(2));
    assert_eq!(times(&run, Line::Suspect), 0);
}

#[test]
fn only_neighbours_are_watched() {
    let mut run = Plan { topology: Topology::Ring, ..Plan::of(5) }.start();
    play(&mut run, ms(500));
    do_to(&mut run, Intervention::Crash(n(1).into()));
    play(&mut run, ms(500));
    let all: Vec<Vec<u16>> = (2..=5).map(|node| suspects(&run, node)).collect();
    assert_eq!(all, [vec![1], vec![], vec![], vec![1]]);
}

#[test]
fn a_node_says_whom_it_suspects() {
    let mut run = Plan::of(3).start();
    do_to(&mut run, Intervention::Invoke(n(1).into(), Op::Suspects {}));
    do_to(&mut run, Intervention::Crash(n(2).into()));
    play(&mut run, ms(500));
    do_to(&mut run, Intervention::Invoke(n(1).into(), Op::Suspects {}));
    let answers: Vec<_> =
        run.history().operations().iter().filter_map(|op| op.answer.clone()).map(|(.., ret)| ret).collect();
    assert_eq!(answers, [Ret::Suspects(vec![]), Ret::Suspects(vec![n(2)])]);
    let face = run.world().face(n(1)).expect("up");
    assert_eq!((face.role, face.note.as_deref(), face.levels[0].value), ("suspecting", Some("suspects n2"), 1_000));
}

#[test]
fn phi_is_the_decimal_logarithm_of_how_improbable_a_silence_is() {
    // Deviations above the mean, and -log10 of the chance of a longer silence, from tables of the normal distribution.
    let phi = |deviations: f64| phi_thousandths((deviations * 1_000.0) as u64) as f64 / 1_000.0;
    for (deviations, expected) in [(1.281_6, 1.0), (2.326_3, 2.0), (3.090_2, 3.0)] {
        assert!((phi(deviations) - expected).abs() < 0.05 * expected, "{deviations}: {}", phi(deviations));
    }
    assert!((7.9..8.2).contains(&phi(5.2)), "{}: the approximation's 8 is the normal distribution's 7", phi(5.2));
    assert_eq!(phi_thousandths(0), 0);
    assert!(phi_thousandths(u64::MAX) > 1_000_000);
}

#[test]
fn patience_with_phi_follows_how_regular_the_heartbeats_are() {
    let config = Config { method: Method::Phi, ..Config::default() };
    let patience = |gaps: &[u64]| {
        let mut arrivals = Arrivals::since(Time::ZERO);
        let mut now = Time::ZERO;
        for gap in gaps.iter().cycle().take(40) {
            now += ms(*gap);
            arrivals.heard(now, true, &config);
        }
        arrivals.patience(&config)
    };
    let (regular, restless) = (patience(&[100]), patience(&[20, 180]));
    assert!((ms(150)..ms(165)).contains(&regular), "{regular}: the mean and 5.2 times the least deviation");
    assert!((ms(500)..ms(580)).contains(&restless), "{restless}");
}

#[test]
fn phi_learns_what_a_fixed_time_out_cannot() {
    let wrong = |method| {
        let mut late = 0;
        for seed in 0..10 {
            let link =
                Link { latency: Latency::Exponential(ms(1), ms(80)), loss: Ratio::new(15, 100), ..Link::default() };
            let config = Config { method, ..Config::default() };
            let mut run = Plan { config, link, seed, ..Plan::of(4) }.start();
            play(&mut run, Span::secs(5));
            let before = times(&run, Line::Suspect);
            assert_eq!(play(&mut run, Span::secs(20)), None);
            late += times(&run, Line::Suspect) - before;
        }
        late
    };
    let (timeout, phi) = (wrong(Method::Timeout), wrong(Method::Phi));
    assert!(timeout > 20 * phi.max(1), "time-out {timeout}, phi {phi}");
}

#[test]
fn a_crash_at_any_event_and_a_restart_end_in_trust() {
    for disk in [0, 7] {
        let plan = Plan { disk: ms(disk), ..Plan::of(3) };
        let mut base = plan.start();
        play(&mut base, ms(450));
        let events = base.trace().len();
        for event in 3..events {
            for node in 1..=3 {
                let mut run = plan.start();
                run.advance(Time::NEVER, event - 3);
                do_to(&mut run, Intervention::Crash(n(node).into()));
                assert_eq!(play(&mut run, ms(500)), None);
                for other in (1..=3).filter(|other| *other != node) {
                    assert_eq!(suspects(&run, other), [node]);
                }
                do_to(&mut run, Intervention::Restart(n(node).into()));
                assert_eq!(play(&mut run, ms(300)), None);
                assert!((1..=3).all(|node| suspects(&run, node).is_empty()));
            }
        }
        assert!(events > 40, "{events}");
    }
}

/// A few seconds of faults drawn from a seed, and then one of calm.
fn faulty(seed: u64, bug: Option<Bug>) -> (Run, Option<Violation>) {
    let mut dice = Dice::new(Seed(seed));
    let link = Link {
        latency: Latency::Uniform(ms(1), ms(5 + dice.below(120))),
        loss: Ratio::new(dice.below(30) as u32, 100),
        duplicate: Ratio::new(dice.below(30) as u32, 100),
        reorder: Ratio::new(dice.below(30) as u32, 100),
        fifo: false,
    };
    let method = if dice.below(3) == 0 && bug.is_none() { Method::Phi } else { Method::Timeout };
    let nodes = 2 + dice.below(4) as u16;
    let config = Config { method, ..Config::default() };
    let disk = ms(dice.below(2) * dice.below(40));
    let mut run = Plan { seed, bug, link, config, disk, ..Plan::of(usize::from(nodes)) }.start();
    for _ in 0..40 {
        let pause = ms(1 + dice.below(200));
        if let Some(violation) = play(&mut run, pause) {
            return (run, Some(violation));
        }
        let node = n(1 + dice.below(u64::from(nodes)) as u16);
        let what = match dice.below(10) {
            0 | 1 => Intervention::Crash(node.into()),
            2 | 3 => Intervention::Restart(node.into()),
            4 => Intervention::Partition(vec![vec![node.into()]]),
            5 => Intervention::Heal,
            6 => Intervention::Pause(node.into()),
            7 => Intervention::Resume(node.into()),
            8 => Intervention::Fire(node.into(), None),
            _ => Intervention::Clock(
                node.into(),
                dice.below(2_000_000_000) as i64 - 1_000_000_000,
                dice.below(200_000) as i32,
            ),
        };
        do_to(&mut run, what);
    }
    do_to(&mut run, Intervention::Heal);
    do_to(&mut run, Intervention::Network(constant(10)));
    for node in 1..=nodes {
        do_to(&mut run, Intervention::Restart(n(node).into()));
        do_to(&mut run, Intervention::Resume(n(node).into()));
        do_to(&mut run, Intervention::Clock(n(node).into(), 0, 0));
    }
    let violation = play(&mut run, Span::secs(1));
    (run, violation)
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_all_trust_each_other_in_the_end() {
    for seed in 0..400 {
        let (run, violation) = faulty(seed, None);
        assert_eq!(violation, None, "seed {seed}");
        assert_eq!(run.figures().expect("at its end")[..2], [0, 0], "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    for bug in [Bug::NumberIgnored, Bug::SendersClock, Bug::NeverForgives] {
        let about = &FailureDetection::ABOUT.bugs[bug as usize];
        let found = (0..400).find_map(|seed| faulty(seed, Some(bug)).1.map(|violation| (seed, violation)));
        let (seed, violation) = found.unwrap_or_else(|| panic!("{} is not found", about.name));
        assert_eq!(violation.invariant, about.breaks, "{} at seed {seed}: {violation:?}", about.name);
    }
}

#[test]
fn impossible_settings_are_refused_by_name() {
    let refused = |config: Config| {
        FailureDetection::processes(&config, Bugs::NONE, &Cast { parts: vec![0; 2] }).err().map(|why| why.setting)
    };
    assert_eq!(refused(Config { period: Span::ZERO, ..Config::default() }), Some("period"));
    assert_eq!(refused(Config { timeout: Span::ZERO, ..Config::default() }), Some("timeout"));
    assert_eq!(refused(Config { threshold: 0, ..Config::default() }), Some("threshold"));
    assert_eq!(refused(Config { window: 1, ..Config::default() }), Some("window"));
}

rules::rules! {
    FailureDetection:
    Epoch => heartbeats_of_a_new_life_are_newer_than_all_of_the_old,
    Trust => a_crashed_node_is_suspected_by_all_within_the_time_out_and_for_ever,
    Beat => only_neighbours_are_watched,
    Stale => an_old_heartbeat_proves_nothing,
    Hear => a_crashed_node_is_suspected_by_all_within_the_time_out_and_for_ever,
    Withdraw => a_suspicion_is_withdrawn_when_the_heartbeat_returns,
    Suspect => a_crashed_node_is_suspected_by_all_within_the_time_out_and_for_ever,
    Tell => a_node_says_whom_it_suspects,
}
