//! The reliable link: every rule, exactly once under every loss rate, crashes everywhere, and every bug caught by its
//! invariant.

#[path = "lab/rules.rs"]
mod rules;

use netsplit_protocols::reliable_link::{Bug, Config, Invariants, Line, Op, ReliableLink, Ret, View};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Dice, EventId, Intervention, Latency, Link, Network, NodeId, Planned, Ratio, Recording, Seed, Setup, Span, Time,
    Topology, Violation, World,
};

type Run = Recording<ReliableLink, Invariants>;

struct Plan {
    senders: usize,
    receivers: usize,
    config: Config,
    bug: Option<Bug>,
    seed: u64,
    link: Link,
    disk: Span,
    timeline: Vec<Planned<Op>>,
}

impl Plan {
    fn usual() -> Plan {
        let link = Link { latency: Latency::Constant(ms(10)), ..Link::default() };
        Plan {
            senders: 1,
            receivers: 1,
            config: Config::default(),
            bug: None,
            seed: 1,
            link,
            disk: Span::ZERO,
            timeline: vec![],
        }
    }
    fn start(&self) -> Run {
        let bugs = self.bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug as usize));
        let cast = Cast { parts: [vec![0; self.senders], vec![1; self.receivers]].concat() };
        let world = World::new(Setup {
            seed: Seed(self.seed),
            nodes: ReliableLink::processes(&self.config, bugs, &cast).expect("possible"),
            topology: Topology::Mesh,
            network: Network { link: self.link, ..Network::default() },
            disk: (self.disk, false),
            hashing: false,
        });
        let mut run = Recording::measured(world, self.timeline.clone(), ReliableLink::measure);
        run.advance(Time::NEVER, cast.parts.len() as u32);
        run
    }
}

const SENDER: NodeId = NodeId(0);
const RECEIVER: NodeId = NodeId(1);

fn ms(millis: u64) -> Span {
    Span::millis(millis)
}

fn send(run: &mut Run, text: &str) {
    run.intervene(invoke(SENDER, text));
}

fn invoke(sender: NodeId, text: &str) -> Intervention<Op> {
    Intervention::Invoke(sender.into(), Op::Send { text: text.into() })
}

fn play(run: &mut Run, span: Span) -> Option<Violation> {
    let until = run.world().now() + span;
    run.advance(until, u32::MAX);
    rules::note(rules::of(run.trace()));
    run.violations().first().cloned() // what an intervention violates at once included
}

fn delivered(run: &Run, receiver: NodeId) -> u64 {
    match run.world().view(receiver) {
        Some(View::Receiver(receiver)) => receiver.inboxes().values().map(|inbox| inbox.delivered).sum(),
        _ => panic!("no receiver, or down"),
    }
}

fn last(run: &Run) -> Vec<String> {
    match run.world().view(RECEIVER) {
        Some(View::Receiver(receiver)) => {
            receiver.inboxes()[&SENDER].last.iter().map(|parcel| parcel.text.to_string()).collect()
        }
        _ => panic!("no receiver, or down"),
    }
}

fn rets(run: &Run) -> Vec<Option<Ret>> {
    run.history().operations().iter().map(|op| op.answer.as_ref().map(|(_, _, ret)| ret.clone())).collect()
}

fn times(run: &Run, line: Line) -> usize {
    let line = u16::from(line);
    (0..run.trace().len()).flat_map(|event| run.trace().lines_of(EventId(event))).filter(|ran| *ran == line).count()
}

#[test]
fn on_a_good_line_a_parcel_costs_two_messages_and_a_round_trip() {
    let mut run = Plan::usual().start();
    send(&mut run, "a");
    play(&mut run, ms(19));
    assert_eq!((delivered(&run, RECEIVER), rets(&run)), (1, vec![None]));
    play(&mut run, ms(1));
    assert_eq!(rets(&run), [Some(Ret::Delivered)]);
    play(&mut run, Span::secs(10));
    assert_eq!(run.trace().sent(), 2, "no timer is left to run");
}

#[test]
fn no_more_than_the_window_is_under_way() {
    let mut run = Plan::usual().start();
    (0..10).for_each(|n| send(&mut run, &n.to_string()));
    assert_eq!(run.trace().sent(), 4);
    assert_eq!(run.world().face(SENDER).and_then(|face| face.note).as_deref(), Some("4 under way, 6 behind"));
    play(&mut run, ms(20));
    assert_eq!(run.trace().sent(), 4 + 4 + 4, "four acknowledged, the next four sent");
    play(&mut run, ms(100));
    assert_eq!((delivered(&run, RECEIVER), run.figures().expect("at its end")), (10, vec![10, 0, 0, 200]));
}

#[test]
fn what_is_not_acknowledged_is_sent_again_and_not_delivered_again() {
    let mut run = Plan::usual().start();
    run.intervene(Intervention::Cut(RECEIVER.into(), SENDER.into()));
    send(&mut run, "a");
    play(&mut run, ms(245));
    assert_eq!((times(&run, Line::Retry), times(&run, Line::Again), delivered(&run, RECEIVER)), (3, 2, 1));
    run.intervene(Intervention::Heal);
    play(&mut run, ms(100));
    assert_eq!((rets(&run), delivered(&run, RECEIVER)), (vec![Some(Ret::Delivered)], 1));
}

#[test]
fn what_comes_early_waits_for_what_is_due() {
    let mut run = Plan::usual().start();
    ["a", "b", "c"].iter().for_each(|text| send(&mut run, text));
    let first = netsplit_sim::MsgName { from: SENDER, to: RECEIVER, nth: 0, copy: 0 };
    run.intervene(Intervention::Delay(first, ms(20)));
    play(&mut run, ms(15));
    assert_eq!((delivered(&run, RECEIVER), times(&run, Line::Early)), (0, 2));
    assert_eq!(run.world().face(RECEIVER).and_then(|face| face.note).as_deref(), Some("2 came too early"));
    play(&mut run, ms(20));
    assert_eq!((delivered(&run, RECEIVER), last(&run)), (3, vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
}

#[test]
fn a_parcel_is_given_up_after_as_many_tries_as_set_and_the_client_is_told() {
    let config = Config { give_up: 3, ..Config::default() };
    let mut run = Plan { config, ..Plan::usual() }.start();
    run.intervene(Intervention::Partition(vec![vec![SENDER.into()]]));
    send(&mut run, "a");
    play(&mut run, ms(239));
    assert_eq!((rets(&run), run.trace().sent()), (vec![None], 3));
    assert_eq!(play(&mut run, ms(1)), None);
    assert_eq!((rets(&run), run.trace().sent()), (vec![Some(Ret::GaveUp)], 3));
    run.intervene(Intervention::Heal);
    send(&mut run, "b");
    assert_eq!(play(&mut run, ms(100)), None);
    assert_eq!((last(&run), times(&run, Line::Skip)), (vec!["b".to_owned()], 1), "nobody waits for what was given up");
}

#[test]
fn a_parcel_given_up_may_have_arrived() {
    let config = Config { give_up: 2, ..Config::default() };
    let mut run = Plan { config, ..Plan::usual() }.start();
    run.intervene(Intervention::Cut(RECEIVER.into(), SENDER.into()));
    send(&mut run, "a");
    assert_eq!(play(&mut run, ms(500)), None);
    assert_eq!((rets(&run), delivered(&run, RECEIVER)), (vec![Some(Ret::GaveUp)], 1));
}

#[test]
fn nothing_is_acknowledged_before_it_is_on_the_disk() {
    let mut run = Plan { disk: ms(30), ..Plan::usual() }.start();
    send(&mut run, "a");
    play(&mut run, ms(69)); // 30 for the sender's disk, 10 for the way, 30 for the receiver's
    assert_eq!(run.trace().sent(), 1);
    play(&mut run, ms(1));
    assert_eq!(run.trace().sent(), 2);
}

#[test]
fn the_outbox_and_the_next_number_outlive_a_crash() {
    let mut run = Plan::usual().start();
    send(&mut run, "a");
    play(&mut run, ms(100));
    run.intervene(Intervention::Partition(vec![vec![SENDER.into()]]));
    send(&mut run, "b");
    run.intervene(Intervention::Crash(SENDER.into()));
    run.intervene(Intervention::Heal);
    run.intervene(Intervention::Restart(SENDER.into()));
    send(&mut run, "c");
    assert_eq!(play(&mut run, ms(100)), None);
    assert_eq!((last(&run).concat(), times(&run, Line::Resume)), ("abc".to_owned(), 1));
    assert_eq!(rets(&run), [Some(Ret::Delivered), Some(Ret::Delivered), Some(Ret::Delivered)]);
}

#[test]
fn each_sender_has_its_numbers_at_its_receiver() {
    let mut run = Plan { senders: 3, receivers: 2, ..Plan::usual() }.start();
    for sender in 0..3 {
        (0..5).for_each(|n| {
            run.intervene(invoke(NodeId(sender), &n.to_string()));
        });
    }
    assert_eq!(play(&mut run, ms(500)), None);
    assert_eq!((delivered(&run, NodeId(3)), delivered(&run, NodeId(4))), (10, 5), "s1 and s3 to r1, s2 to r2");
}

#[test]
fn a_receiver_does_not_send() {
    let mut run = Plan::usual().start();
    run.intervene(invoke(RECEIVER, "a"));
    assert_eq!(rets(&run), [Some(Ret::NotASender)]);
}

#[test]
fn everything_is_delivered_exactly_once_under_every_loss_rate_below_one() {
    for (loss, secs) in [(0, 2), (10, 10), (30, 10), (50, 20), (70, 40), (90, 300), (97, 3_000)] {
        for seed in 0..4 {
            let rough = Link {
                latency: Latency::Uniform(ms(1), ms(60)),
                loss: Ratio::new(loss, 100),
                duplicate: Ratio::new(20, 100),
                reorder: Ratio::new(30, 100),
                fifo: false,
            };
            let mut run = Plan { link: rough, seed, ..Plan::usual() }.start();
            (0..40).for_each(|n| send(&mut run, &n.to_string()));
            assert_eq!(play(&mut run, Span::secs(secs)), None, "loss {loss}, seed {seed}");
            assert_eq!(delivered(&run, RECEIVER), 40, "loss {loss}, seed {seed}");
            assert!(rets(&run).iter().all(|ret| *ret == Some(Ret::Delivered)), "loss {loss}, seed {seed}");
            assert_eq!(last(&run), ["34", "35", "36", "37", "38", "39"]);
        }
    }
}

#[test]
fn a_parcel_is_sent_about_one_over_the_share_of_good_round_trips() {
    let link = Link { loss: Ratio::new(1, 2), ..Plan::usual().link };
    let mut sent = 0;
    for seed in 0..200 {
        let mut run = Plan { link, seed, ..Plan::usual() }.start();
        for _ in 0..10 {
            send(&mut run, "a");
            play(&mut run, Span::secs(10));
        }
        sent += 10 + run.figures().expect("at its end")[2];
    }
    // Each try ends with an acknowledgement with probability 1/4. Tries are geometric: the mean is 4, and that of 2,000
    // parcels is within 0.3 of it with all but certainty.
    let mean = sent as f64 / 2_000.0;
    assert!((mean - 4.0).abs() < 0.3, "{mean}");
}

#[test]
fn a_crash_at_any_event_and_a_restart_lose_and_double_nothing() {
    for disk in [0, 15] {
        let at = |n: u64| netsplit_sim::Moment { at: Time::ZERO + ms(20 * n), after: 0 };
        let timeline = (0..8).map(|n| Planned { when: at(n), what: invoke(SENDER, &n.to_string()) }).collect();
        let plan = Plan { disk: ms(disk), timeline, ..Plan::usual() };
        let mut base = plan.start();
        play(&mut base, ms(400));
        for event in 2..base.trace().len() {
            for node in [SENDER, RECEIVER] {
                let mut run = plan.start();
                run.advance(Time::NEVER, event - 2);
                run.intervene(Intervention::Crash(node.into()));
                assert_eq!(play(&mut run, ms(30)), None);
                run.intervene(Intervention::Restart(node.into()));
                assert_eq!(play(&mut run, ms(400)), None);
                send(&mut run, "the last");
                assert_eq!(play(&mut run, Span::secs(1)), None);
                assert_eq!(last(&run).last().map(String::as_str), Some("the last"));
                let answered = rets(&run).iter().flatten().count();
                assert!(answered as u64 <= delivered(&run, RECEIVER));
                assert!(node == SENDER || answered == 9, "what a sender's crash did not take is answered");
            }
        }
    }
}

/// A few seconds of faults drawn from a seed, and then some calm.
fn faulty(seed: u64, bug: Option<Bug>) -> (Run, Option<Violation>) {
    let mut dice = Dice::new(Seed(seed));
    let link = Link {
        latency: Latency::Uniform(ms(1), ms(5 + dice.below(60))),
        loss: Ratio::new(dice.below(40) as u32, 100),
        duplicate: Ratio::new(dice.below(30) as u32, 100),
        reorder: Ratio::new(dice.below(30) as u32, 100),
        fifo: false,
    };
    let config = Config {
        window: 1 + dice.below(6) as u32,
        give_up: dice.below(2) as u32 * (2 + dice.below(4) as u32),
        ..Config::default()
    };
    let disk = ms(dice.below(2) * dice.below(25));
    let mut run = Plan { seed, bug, link, config, disk, ..Plan::usual() }.start();
    for turn in 0..60 {
        let pause = ms(dice.below(60));
        if let Some(violation) = play(&mut run, pause) {
            return (run, Some(violation));
        }
        let node = [SENDER, RECEIVER][dice.below(2) as usize];
        let what = match dice.below(10) {
            0..4 => invoke(SENDER, &turn.to_string()),
            4 => Intervention::Crash(node.into()),
            5 | 6 => Intervention::Restart(node.into()),
            7 => Intervention::Cut(node.into(), NodeId(1 - node.0).into()),
            8 => Intervention::Heal,
            _ => Intervention::Fire(SENDER.into(), None),
        };
        run.intervene(what);
    }
    run.intervene(Intervention::Heal);
    run.intervene(Intervention::Network(Plan::usual().link));
    run.intervene(Intervention::Restart(SENDER.into()));
    run.intervene(Intervention::Restart(RECEIVER.into()));
    send(&mut run, "the last");
    let violation = play(&mut run, Span::secs(4));
    (run, violation)
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_all_arrives_in_the_end() {
    for seed in 0..400 {
        let (run, violation) = faulty(seed, None);
        assert_eq!(violation, None, "seed {seed}");
        assert_eq!(run.figures().expect("at its end")[1], 0, "seed {seed}: the outbox is empty");
        assert_eq!(last(&run).last().map(String::as_str), Some("the last"), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    for bug in [Bug::NoDeduplication, Bug::AckBeforeDurable, Bug::SequenceReused] {
        let about = &ReliableLink::ABOUT.bugs[bug as usize];
        let found = (0..400).find_map(|seed| faulty(seed, Some(bug)).1.map(|violation| (seed, violation)));
        let (seed, violation) = found.unwrap_or_else(|| panic!("{} is not found", about.name));
        assert_eq!(violation.invariant, about.breaks, "{} at seed {seed}: {violation:?}", about.name);
    }
}

#[test]
fn impossible_settings_are_refused_by_name() {
    let refused = |config: Config| {
        ReliableLink::processes(&config, Bugs::NONE, &Cast { parts: vec![0, 1] }).err().map(|why| why.setting)
    };
    assert_eq!(refused(Config { window: 0, ..Config::default() }), Some("window"));
    assert_eq!(refused(Config { retry: Span::ZERO, ..Config::default() }), Some("retry"));
    let strange = ReliableLink::processes(&Config::default(), Bugs::NONE, &Cast { parts: vec![0, 7] });
    assert_eq!(strange.err().map(|why| why.setting), Some("parts"));
}

rules::rules! {
    ReliableLink:
    Accept => on_a_good_line_a_parcel_costs_two_messages_and_a_round_trip,
    Window => no_more_than_the_window_is_under_way,
    Retry => what_is_not_acknowledged_is_sent_again_and_not_delivered_again,
    GiveUp => a_parcel_is_given_up_after_as_many_tries_as_set_and_the_client_is_told,
    Acknowledged => no_more_than_the_window_is_under_way,
    Resume => the_outbox_and_the_next_number_outlive_a_crash,
    Skip => a_parcel_is_given_up_after_as_many_tries_as_set_and_the_client_is_told,
    Again => what_is_not_acknowledged_is_sent_again_and_not_delivered_again,
    Early => what_comes_early_waits_for_what_is_due,
    Deliver => each_sender_has_its_numbers_at_its_receiver,
    Ack => nothing_is_acknowledged_before_it_is_on_the_disk,
}
