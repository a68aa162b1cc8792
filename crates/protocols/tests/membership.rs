//! Membership: every rule, the e/(e-1) periods of the first detection, crashes everywhere, and every bug caught by its
//! invariant.

#[path = "lab/rules.rs"]
mod rules;

use netsplit_protocols::membership::{
    Bug, Config, Invariants, Line, Member, Membership, Op, Order, Record, Refusal, Ret, Status,
};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Dice, EventId, Intervention, Latency, Link, Network, NodeId, Ratio, Recording, Seed, Setup, Span, Time, Topology,
    Violation, World,
};

type Run = Recording<Membership, Invariants>;

struct Plan {
    nodes: usize,
    config: Config,
    bug: Option<Bug>,
    seed: u64,
    link: Link,
}

impl Plan {
    fn of(nodes: usize) -> Plan {
        Plan { nodes, config: Config::default(), bug: None, seed: 1, link: constant(8) }
    }
    fn world(&self) -> World<Membership> {
        let bugs = self.bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug as usize));
        let cast = Cast { parts: vec![0; self.nodes] };
        World::new(Setup {
            seed: Seed(self.seed),
            nodes: Membership::processes(&self.config, bugs, &cast).expect("possible"),
            topology: Topology::Mesh,
            network: Network { link: self.link, ..Network::default() },
            disk: (Span::ZERO, false),
            hashing: false,
        })
    }
    fn start(&self) -> Run {
        let mut run = Recording::new(self.world(), vec![]);
        run.advance(Time::NEVER, self.nodes as u32);
        run
    }
}

fn constant(millis: u64) -> Link {
    Link { latency: Latency::Constant(ms(millis)), ..Link::default() }
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

fn ask(run: &mut Run, node: u16, op: Op) {
    run.intervene(Intervention::Invoke(n(node).into(), op));
}

fn join(via: u16) -> Op {
    Op::Join { via: n(via) }
}

fn view(run: &Run, node: u16) -> &Member {
    run.world().view(n(node)).expect("up")
}

fn members(run: &Run, node: u16) -> Vec<u16> {
    view(run, node).members().map(|member| member.0 + 1).collect()
}

fn record(run: &Run, holder: u16, of: u16) -> Option<Record> {
    view(run, holder).table().get(n(of))
}

fn rets(run: &Run) -> Vec<Option<Ret>> {
    run.history().operations().iter().map(|op| op.answer.as_ref().map(|(_, _, ret)| ret.clone())).collect()
}

fn times(run: &Run, line: Line) -> usize {
    let line = u16::from(line);
    (0..run.trace().len()).flat_map(|event| run.trace().lines_of(EventId(event))).filter(|ran| *ran == line).count()
}

fn refused(why: Refusal) -> Option<Ret> {
    Some(Ret::Refused(why))
}

#[test]
fn in_a_calm_network_nobody_is_suspected() {
    let mut run = Plan::of(5).start();
    assert_eq!(play(&mut run, Span::secs(10)), None);
    assert_eq!((times(&run, Line::Indirect), times(&run, Line::Suspect)), (0, 0));
    assert_eq!(members(&run, 3), [1, 2, 3, 4, 5]);
}

#[test]
fn who_joins_is_soon_in_every_view() {
    let mut run = Plan::of(6).start();
    ask(&mut run, 6, join(2));
    assert_eq!(play(&mut run, ms(500)), None);
    assert_eq!(rets(&run), [Some(Ret::Ok)]);
    (1..=6).for_each(|node| assert_eq!(members(&run, node), [1, 2, 3, 4, 5, 6]));
}

#[test]
fn who_asks_in_vain_asks_the_next() {
    let mut run = Plan::of(6).start();
    run.intervene(Intervention::Crash(n(2).into()));
    ask(&mut run, 6, join(2));
    play(&mut run, ms(300));
    assert_eq!(rets(&run), [Some(Ret::Ok)]);
    assert!(times(&run, Line::AskIn) >= 2);
}

#[test]
fn a_wrong_key_a_full_group_and_a_second_request_are_refused() {
    let config = Config { intruders: 1, capacity: 6, ..Config::default() };
    let mut run = Plan { config, ..Plan::of(8) }.start();
    ask(&mut run, 8, join(1));
    play(&mut run, ms(100));
    ask(&mut run, 6, join(1));
    play(&mut run, ms(500));
    ask(&mut run, 7, join(1));
    ask(&mut run, 6, join(2));
    play(&mut run, ms(100));
    ask(&mut run, 7, Op::Leave {});
    ask(&mut run, 7, join(7));
    assert_eq!(
        rets(&run),
        [
            refused(Refusal::NotAuthenticated),
            Some(Ret::Ok),
            refused(Refusal::ClusterFull),
            refused(Refusal::AlreadyMember),
            refused(Refusal::UnknownNode),
            refused(Refusal::UnknownNode),
        ]
    );
}

#[test]
fn who_leaves_is_in_no_view_and_does_not_return_by_itself() {
    let mut run = Plan::of(5).start();
    play(&mut run, ms(300));
    ask(&mut run, 2, Op::Leave {});
    assert_eq!(play(&mut run, Span::secs(5)), None);
    assert_eq!((rets(&run), times(&run, Line::Suspect)), (vec![Some(Ret::Ok)], 0));
    run.intervene(Intervention::Crash(n(2).into()));
    run.intervene(Intervention::Restart(n(2).into()));
    assert_eq!(play(&mut run, Span::secs(2)), None);
    [1, 3, 4, 5].iter().for_each(|node| assert_eq!(members(&run, *node), [1, 3, 4, 5]));
    ask(&mut run, 2, join(1));
    assert_eq!(play(&mut run, ms(600)), None);
    (1..=5).for_each(|node| assert_eq!(members(&run, node), [1, 2, 3, 4, 5]));
    assert_eq!(record(&run, 4, 2), Some(Record { incarnation: 2, status: Status::Active }));
}

#[test]
fn who_crashes_is_suspected_then_failed_then_back_in_its_next_incarnation() {
    let mut run = Plan::of(5).start();
    play(&mut run, ms(300));
    run.intervene(Intervention::Crash(n(3).into()));
    assert_eq!(play(&mut run, Span::secs(2)), None);
    assert!(times(&run, Line::Indirect) > 0 && times(&run, Line::Suspect) > 0 && times(&run, Line::Fail) > 0);
    for holder in [1, 2, 4, 5] {
        assert_eq!(record(&run, holder, 3), Some(Record { incarnation: 1, status: Status::Failed }));
    }
    run.intervene(Intervention::Restart(n(3).into()));
    assert_eq!(play(&mut run, ms(500)), None);
    assert_eq!(times(&run, Line::Return), 1);
    for holder in 1..=5 {
        let record = record(&run, holder, 3).expect("a record");
        assert!(record.incarnation >= 2 && record.status == Status::Active, "{record:?}");
    }
}

#[test]
fn a_live_member_refutes_a_suspicion() {
    let mut run = Plan::of(5).start();
    play(&mut run, ms(400));
    run.intervene(Intervention::Pause(n(4).into()));
    play(&mut run, ms(300));
    assert!(times(&run, Line::Suspect) > 0);
    run.intervene(Intervention::Resume(n(4).into()));
    assert_eq!(play(&mut run, Span::secs(1)), None);
    assert!(times(&run, Line::Refute) > 0);
    assert_eq!(record(&run, 1, 4).map(|record| record.status), Some(Status::Active));
}

#[test]
fn where_only_the_way_is_bad_others_ask_and_nobody_is_suspected() {
    let mut run = Plan::of(5).start();
    run.intervene(Intervention::Cut(n(1).into(), n(2).into()));
    run.intervene(Intervention::Cut(n(2).into(), n(1).into()));
    assert_eq!(play(&mut run, Span::secs(5)), None);
    assert!(times(&run, Line::Proxy) > 10);
    assert_eq!(times(&run, Line::Suspect), 0);
}

#[test]
fn two_halves_find_each_other_again() {
    let mut run = Plan::of(5).start();
    play(&mut run, ms(400));
    run.intervene(Intervention::Partition(vec![vec![n(1).into(), n(2).into()]]));
    play(&mut run, Span::secs(2));
    assert_eq!((members(&run, 1), members(&run, 5)), (vec![1, 2], vec![3, 4, 5]));
    run.intervene(Intervention::Heal);
    assert_eq!(play(&mut run, Span::secs(1)), None);
    (1..=5).for_each(|node| assert_eq!(members(&run, node), [1, 2, 3, 4, 5]));
}

#[test]
fn of_two_records_the_greater_counts() {
    let record = |incarnation, status| Record { incarnation, status };
    use Status::{Active, Failed, Left, Suspect};
    let ascending = [
        record(1, Active),
        record(1, Suspect),
        record(1, Failed),
        record(1, Left),
        record(2, Active),
        record(2, Suspect),
    ];
    assert!(ascending.is_sorted());
}

/// How many periods pass, the last one counted whole, until somebody asks a member that crashed.
fn periods_until_asked(order: Order, nodes: u16, seed: u64) -> f64 {
    let config = Config { order, founders: nodes, sync_every: 0, ..Config::default() };
    let period = config.period;
    let mut run = Plan { config, seed, ..Plan::of(usize::from(nodes)) }.start();
    play(&mut run, ms(400 + seed % 80));
    run.intervene(Intervention::Crash(n(1).into()));
    let crashed = run.world().now();
    play(&mut run, Span::secs(6));
    let asked = run
        .trace()
        .messages_in(0..run.trace().sent())
        .find(|(_, message)| message.sent > crashed && message.name.to == n(1) && message.tag.name == "Ping")
        .map(|(_, message)| message.sent.since(crashed))
        .expect("somebody asks");
    asked.0.div_ceil(period.0) as f64
}

#[test]
fn the_first_to_notice_a_crash_needs_e_over_e_minus_1_periods_on_average() {
    let seeds = 400;
    let mean = (0..seeds).map(|seed| periods_until_asked(Order::Random, 20, seed)).sum::<f64>() / seeds as f64;
    let expected = 1.0 / (1.0 - (-1.0f64).exp());
    assert!((mean - expected).abs() < 0.15, "{mean} periods, expected {expected}");
}

#[test]
fn asking_in_turn_leaves_nobody_out_for_long() {
    let longest = (0..60).map(|seed| periods_until_asked(Order::RoundRobin, 8, seed)).fold(0.0, f64::max);
    assert!(longest <= 2.0 * 8.0 - 1.0, "{longest}");
}

#[test]
fn messages_per_member_and_period_do_not_grow_with_the_group() {
    let load = |nodes: u16| {
        let config = Config { founders: nodes, sync_every: 0, ..Config::default() };
        let mut run = Plan { config, ..Plan::of(usize::from(nodes)) }.start();
        play(&mut run, ms(8_000));
        f64::from(run.trace().sent()) / (100.0 * f64::from(nodes))
    };
    for nodes in [5, 20, 60] {
        assert!((load(nodes) - 2.0).abs() < 0.1, "{nodes} nodes: {}", load(nodes));
    }
}

#[test]
fn a_crash_at_any_event_and_a_restart_end_in_one_view() {
    let plan = Plan::of(4);
    let start = || {
        let mut run = plan.start();
        ask(&mut run, 1, Op::Members {});
        run
    };
    let mut base = start();
    play(&mut base, ms(350));
    for event in 4..base.trace().len() {
        for node in 1..=4 {
            let mut run = start();
            run.advance(Time::NEVER, event - 4);
            run.intervene(Intervention::Crash(n(node).into()));
            play(&mut run, ms(50 + u64::from(event % 5) * 150));
            run.intervene(Intervention::Restart(n(node).into()));
            assert_eq!(play(&mut run, ms(1_500)), None);
            (1..=4).for_each(|holder| assert_eq!(members(&run, holder), [1, 2, 3, 4], "n{node} at #{event}"));
        }
    }
}

/// A few seconds of faults drawn from a seed, and then some calm.
fn faulty(seed: u64, bug: Option<Bug>) -> (Run, Option<Violation>) {
    let mut dice = Dice::new(Seed(seed));
    let link = Link {
        latency: Latency::Uniform(ms(1), ms(5 + dice.below(20))),
        loss: Ratio::new(dice.below(20) as u32, 100),
        duplicate: Ratio::new(dice.below(20) as u32, 100),
        reorder: Ratio::new(dice.below(20) as u32, 100),
        fifo: false,
    };
    let config = Config { intruders: 1, ..Config::default() };
    let mut run = Plan { seed, bug, link, config, ..Plan::of(7) }.start();
    for _ in 0..30 {
        let pause = ms(1 + dice.below(150));
        if let Some(violation) = play(&mut run, pause) {
            return (run, Some(violation));
        }
        let node = n(1 + dice.below(7) as u16);
        let what = match dice.below(10) {
            0 | 1 => Intervention::Invoke(node.into(), join(1 + dice.below(7) as u16)),
            2 => Intervention::Invoke(node.into(), Op::Leave {}),
            3 => Intervention::Crash(node.into()),
            4 | 5 => Intervention::Restart(node.into()),
            6 => Intervention::Partition(vec![vec![node.into(), n(1).into()]]),
            7 => Intervention::Heal,
            8 => Intervention::Pause(node.into()),
            _ => Intervention::Resume(node.into()),
        };
        run.intervene(what);
    }
    run.intervene(Intervention::Heal);
    run.intervene(Intervention::Network(constant(8)));
    for node in 1..=7 {
        run.intervene(Intervention::Restart(n(node).into()));
        run.intervene(Intervention::Resume(n(node).into()));
    }
    let violation = play(&mut run, Span::secs(4));
    (run, violation)
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_views_converge() {
    for seed in 0..300 {
        let (run, violation) = faulty(seed, None);
        assert_eq!(violation, None, "seed {seed}");
        let active: Vec<u16> = (1..=7).filter(|node| view(&run, *node).is_active()).collect();
        active.iter().for_each(|node| assert_eq!(members(&run, *node), active, "seed {seed}, n{node}"));
        assert!(!view(&run, 7).is_active(), "nobody let the intruder in");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    for bug in [Bug::NoRefutation, Bug::IncarnationNotRaised, Bug::LeftCanReturn, Bug::NoAuthentication] {
        let about = &Membership::ABOUT.bugs[bug as usize];
        let found = (0..300).find_map(|seed| faulty(seed, Some(bug)).1.map(|violation| (seed, violation)));
        let (seed, violation) = found.unwrap_or_else(|| panic!("{} is not found", about.name));
        assert_eq!(violation.invariant, about.breaks, "{} at seed {seed}: {violation:?}", about.name);
    }
}

#[test]
fn impossible_settings_are_refused_by_name() {
    let refused = |config: Config| {
        Membership::processes(&config, Bugs::NONE, &Cast { parts: vec![0; 2] }).err().map(|why| why.setting)
    };
    assert_eq!(refused(Config { period: Span::ZERO, ..Config::default() }), Some("period"));
    assert_eq!(refused(Config { ack: Span::ZERO, ..Config::default() }), Some("ack"));
    assert_eq!(refused(Config { ack: ms(80), ..Config::default() }), Some("ack"));
}

rules::rules! {
    Membership:
    Probe => in_a_calm_network_nobody_is_suspected,
    Reprobe => two_halves_find_each_other_again,
    Compare => in_a_calm_network_nobody_is_suspected,
    Indirect => where_only_the_way_is_bad_others_ask_and_nobody_is_suspected,
    Suspect => a_live_member_refutes_a_suspicion,
    Fail => asking_in_turn_leaves_nobody_out_for_long,
    Stranger => with_every_rule_in_place_nothing_is_found_and_views_converge,
    Answer => in_a_calm_network_nobody_is_suspected,
    Proxy => where_only_the_way_is_bad_others_ask_and_nobody_is_suspected,
    News => who_joins_is_soon_in_every_view,
    Refute => a_live_member_refutes_a_suspicion,
    AskIn => who_joins_is_soon_in_every_view,
    Admit => who_joins_is_soon_in_every_view,
    Refuse => a_wrong_key_a_full_group_and_a_second_request_are_refused,
    Enter => who_joins_is_soon_in_every_view,
    Leave => who_leaves_is_in_no_view_and_does_not_return_by_itself,
    Return => who_crashes_is_suspected_then_failed_then_back_in_its_next_incarnation,
}
