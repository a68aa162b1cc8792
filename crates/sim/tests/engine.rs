//! What the engine promises, one sentence a test.

mod bounce;

use bounce::{Bounce, Rules, Throw, Timer};
use netsplit_sim::causality::{past, vector};
use netsplit_sim::trace::{Fate, What};
use netsplit_sim::{
    Condition, EventId, Intervention, Latency, Moment, MsgName, NodeId, Planned, Ratio, Recording, Setup, Span, Step,
    Time, Timing, Trace, World,
};

const N1: NodeId = NodeId(0);
const N2: NodeId = NodeId(1);
const N3: NodeId = NodeId(2);

fn ms(n: u64) -> Time {
    Time(n * 1_000_000)
}

fn play(setup: Setup<Bounce>, plan: &[(u64, Intervention<Throw>)], until: Time) -> Recording<Bounce, ()> {
    let planned = plan.iter().map(|(at, what)| Planned { when: Moment { at: ms(*at), after: 0 }, what: what.clone() });
    let mut recording = Recording::new(World::new(setup), planned.collect());
    recording.advance(until, u32::MAX);
    recording
}

fn usual(seed: u64) -> Setup<Bounce> {
    bounce::setup(5, seed, Rules { balls: 1, durable: false })
}

/// What happened, in a form that does not depend on how events and messages are numbered.
fn story(trace: &Trace) -> Vec<(Time, NodeId, String)> {
    let told = trace.events().map(|(_, row)| {
        let what = match row.what {
            What::Deliver(id) => format!("{:?}", trace.message(id).map(|message| message.name)),
            What::Fault(_) => "fault".to_owned(),
            other => format!("{other:?}"),
        };
        (row.at, row.node, what)
    });
    let mut story: Vec<_> = told.collect();
    story.sort();
    story
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let (a, b) = (play(usual(1), &[], ms(500)), play(usual(1), &[], ms(500)));
    assert!(a.trace().len() > 300);
    assert_eq!(a.world().hash(), b.world().hash());
    assert_eq!(story(a.trace()), story(b.trace()));
    assert_ne!(a.world().hash(), play(usual(2), &[], ms(500)).world().hash());
}

#[test]
fn tracing_and_hashing_change_nothing() {
    let recorded = play(usual(1), &[], ms(500));
    let mut bare = World::new(Setup { hashing: false, ..usual(1) });
    bare.boot_all(&mut ());
    while bare.events() < recorded.world().events() {
        assert_ne!(bare.step(&mut ()), Step::Idle);
    }
    for node in bare.ids() {
        assert_eq!(bare.node(node).digest(), recorded.world().node(node).digest());
    }
}

#[test]
fn dropping_a_message_changes_only_its_causal_future() {
    let whole = play(usual(3), &[], ms(300));
    let dropped = whole.trace().messages_in(0..40).last().map(|(_, row)| row.name).unwrap();
    let mut changed = play(usual(3), &[], Time::ZERO);
    while !changed.world().in_flight().any(|(_, mail)| mail.name == dropped) {
        changed.step();
    }
    changed.intervene(Intervention::Drop(dropped));
    changed.advance(ms(300), u32::MAX);

    let delivery = whole.trace().messages_in(0..u32::MAX).find(|(_, row)| row.name == dropped).unwrap().1.fate;
    let Fate::Delivered(delivery) = delivery else { panic!("delivered in the whole run") };
    let after = story(changed.trace());
    for (id, row) in whole.trace().events() {
        let What::Deliver(msg) = row.what else {
            continue;
        };
        if past(whole.trace(), id).contains(delivery) {
            continue;
        }
        let name = whole.trace().message(msg).unwrap().name;
        assert!(after.contains(&(row.at, row.node, format!("{:?}", Some(name)))), "{id} is elsewhere in causality");
    }
}

#[test]
fn effects_wait_for_the_disk_and_a_crash_loses_what_was_not_written() {
    let slow = Setup { disk: (Span::millis(20), false), ..bounce::setup(2, 1, Rules { balls: 0, durable: true }) };
    let throw = [(100, Intervention::Invoke(N1.into(), Throw))];
    let run = play(slow, &throw, ms(119));
    assert_eq!(run.trace().sent(), 0, "the ball waits for the write");
    assert!(run.history().operations()[0].answer.is_none(), "so does the answer");
    assert_eq!(run.world().unsynced(N1), 1);

    let slow = Setup { disk: (Span::millis(20), false), ..bounce::setup(2, 1, Rules { balls: 0, durable: true }) };
    let run = play(slow.clone_for_test(), &throw, ms(121));
    assert_eq!(run.trace().sent(), 1);
    assert_eq!(run.history().operations()[0].answer.as_ref().unwrap().1, ms(120));
    assert_eq!(run.world().view(N1).unwrap().disk.written, 100);

    let mut plan = throw.to_vec();
    plan.push((110, Intervention::Crash(N1.into())));
    plan.push((115, Intervention::Restart(N1.into())));
    let run = play(slow, &plan, ms(200));
    assert_eq!(run.trace().sent(), 0);
    assert_eq!(run.world().view(N1).unwrap().disk.written, 0, "the write was lost");
}

trait CloneForTest {
    fn clone_for_test(&self) -> Self;
}
impl CloneForTest for Setup<Bounce> {
    fn clone_for_test(&self) -> Self {
        Setup {
            seed: self.seed,
            nodes: self.nodes.clone(),
            topology: self.topology.clone(),
            network: self.network.clone(),
            disk: self.disk,
            hashing: self.hashing,
        }
    }
}

#[test]
fn a_disk_that_lies_lets_effects_out_at_once_and_loses_them_in_a_crash() {
    let lying = Setup { disk: (Span::millis(20), true), ..bounce::setup(2, 1, Rules { balls: 0, durable: true }) };
    let plan = [
        (100, Intervention::Invoke(N1.into(), Throw)),
        (110, Intervention::Crash(N1.into())),
        (115, Intervention::Restart(N1.into())),
    ];
    let run = play(lying, &plan, ms(200));
    assert_eq!(run.history().operations()[0].answer.as_ref().unwrap().1, ms(100));
    assert!(run.trace().sent() >= 1);
    assert_eq!(run.world().view(N1).unwrap().disk.written % 100, run.world().view(N1).unwrap().caught);
}

#[test]
fn a_crash_leaves_the_disk_and_nothing_else() {
    let setup = bounce::setup(3, 5, Rules { balls: 1, durable: true });
    let plan = [(100, Intervention::Crash(N2.into())), (150, Intervention::Restart(N2.into()))];
    let run = play(setup, &plan, ms(150));
    let before = run.world_after(run.trace().first_after(ms(99)));
    let written = before.view(N2).unwrap().disk.written;
    assert!(written > 0 && before.view(N2).unwrap().caught > 0);
    let down = run.world_after(run.trace().first_after(ms(149)));
    assert_eq!(down.condition(N2), Condition::Down);
    assert!(down.view(N2).is_none() && down.timers(N2).count() == 0);
    let up = run.world().view(N2).unwrap();
    assert_eq!((up.disk.written, up.caught), (written, 0));
}

#[test]
fn a_paused_node_handles_everything_when_it_goes_on() {
    let plan = [(20, Intervention::Pause(N2.into())), (90, Intervention::Resume(N2.into()))];
    let run = play(usual(1), &plan, ms(200));
    let at_n2: Vec<Time> = run.trace().events().filter(|(_, row)| row.node == N2).map(|(_, row)| row.at).collect();
    assert!(at_n2.iter().all(|at| *at <= ms(20) || *at >= ms(90)));
    assert!(at_n2.iter().filter(|at| **at == ms(90)).count() > 3, "what was held comes at once: {at_n2:?}");
}

#[test]
fn what_a_paused_node_had_to_write_is_written_when_it_goes_on() {
    let slow = Setup { disk: (Span::millis(20), false), ..bounce::setup(2, 1, Rules { balls: 0, durable: true }) };
    let plan = [
        (5, Intervention::Invoke(N1.into(), Throw)),
        (10, Intervention::Pause(N1.into())), // in the middle of the write
        (30, Intervention::Resume(N1.into())),
        (30, Intervention::Disk(N1.into(), Span::ZERO, false)),
        (30, Intervention::Invoke(N1.into(), Throw)), // done at once, but not before the first
    ];
    let run = play(slow, &plan, ms(31));
    assert_eq!((run.world().unsynced(N1), run.history().operations().len()), (0, 2));
    assert!(run.history().operations().iter().all(|operation| operation.answer.is_some()));
}

#[test]
fn a_partition_carries_nothing_across_not_even_what_was_on_its_way() {
    let plan = [(50, Intervention::Partition(vec![vec![N1.into(), N2.into()]])), (150, Intervention::Heal)];
    let run = play(usual(1), &plan, ms(200));
    let side = |node: NodeId| node == N1 || node == N2;
    for (_, message) in run.trace().messages_in(0..u32::MAX) {
        let crosses = side(message.name.from) != side(message.name.to);
        if crosses && message.ends > ms(50) && message.sent < ms(150) && message.ends < ms(150) {
            assert_eq!(message.fate, Fate::Lost, "{message:?}");
        }
    }
}

#[test]
fn a_one_way_cut_stops_one_direction_only() {
    let run = play(usual(1), &[(0, Intervention::Cut(N1.into(), N2.into()))], ms(400));
    let arrived = |from, to| {
        let on_way = run.trace().messages_in(0..u32::MAX).filter(move |(_, m)| (m.name.from, m.name.to) == (from, to));
        on_way.filter(|(_, m)| matches!(m.fate, Fate::Delivered(_))).count()
    };
    assert_eq!(arrived(N1, N2), 0);
    assert!(arrived(N2, N1) > 0);
}

#[test]
fn links_lose_double_and_reorder_their_share() {
    let mut setup = bounce::setup(2, 9, Rules { balls: 1, durable: false });
    setup.network.link.duplicate = Ratio::new(1, 10);
    setup.network.link.loss = Ratio::new(1, 10);
    let mut recording: Recording<Bounce, ()> = Recording::new(World::new(setup), Vec::new());
    recording.advance(ms(10_000), 20_000);
    let all: Vec<_> = recording.trace().messages_in(0..u32::MAX).map(|(_, m)| *m).collect();
    let copies = all.iter().filter(|m| m.name.copy == 1).count() as f64 / all.len() as f64;
    let lost = all.iter().filter(|m| matches!(m.fate, Fate::Lost | Fate::Doomed)).count() as f64 / all.len() as f64;
    assert!((copies - 1.0 / 11.0).abs() < 0.03, "{copies} of {} are copies", all.len());
    assert!((lost - 0.1).abs() < 0.03, "{lost} of {} are lost", all.len());
}

#[test]
fn no_message_overtakes_another_on_a_fifo_link() {
    let overtakings = |fifo| {
        let mut setup = bounce::setup(2, 4, Rules { balls: 0, durable: false });
        setup.network.link.fifo = fifo;
        setup.network.link.reorder = Ratio::new(1, 4);
        let plan: Vec<_> = (0..200).map(|n| (n, Intervention::Invoke(N1.into(), Throw))).collect();
        let run = play(setup, &plan, ms(150));
        let arrivals: Vec<u32> = run
            .trace()
            .events()
            .filter_map(|(_, row)| match row.what {
                What::Deliver(id) => run.trace().message(id),
                _ => None,
            })
            .filter(|message| message.name.from == N1)
            .map(|message| message.name.nth)
            .collect();
        arrivals.windows(2).filter(|pair| pair[1] < pair[0]).count()
    };
    assert_eq!(overtakings(true), 0);
    assert!(overtakings(false) > 10);
}

#[test]
fn after_the_global_stabilisation_time_every_message_arrives_within_the_bound() {
    let mut setup = usual(6);
    setup.network.link.latency = Latency::HeavyTail(Span::millis(2), Span::secs(5));
    setup.network.link.loss = Ratio::new(1, 50);
    setup.network.timing = Timing::PartiallySynchronous { gst: ms(400), bound: Span::millis(20) };
    let plan: Vec<_> = (0..900).step_by(10).map(|n| (n, Intervention::Invoke(N1.into(), Throw))).collect();
    let run = play(setup, &plan, ms(1000));
    let late = |m: &netsplit_sim::trace::MessageRow| m.ends.since(m.sent.max(ms(400))) > Span::millis(20);
    assert!(run.trace().messages_in(0..u32::MAX).all(|(_, m)| !late(m)));
    assert!(run.trace().messages_in(0..u32::MAX).any(|(_, m)| m.ends.since(m.sent) > Span::millis(50)));
    assert!(run.trace().messages_in(0..u32::MAX).filter(|(_, m)| m.sent > ms(400)).all(|(_, m)| m.fate != Fate::Lost));
}

#[test]
fn in_lock_step_everything_happens_on_the_beat() {
    let mut setup = usual(6);
    setup.network.timing = Timing::Synchronous { round: Span::millis(10) };
    let run = play(setup, &[], ms(500));
    assert!(run.trace().len() > 100);
    assert!(run.trace().events().all(|(_, row)| row.at.0 % 10_000_000 == 0));
    let on_time = |m: &netsplit_sim::trace::MessageRow| m.ends.since(m.sent) == Span::millis(10);
    assert!(run.trace().messages_in(0..u32::MAX).all(|(_, m)| on_time(m)));
}

#[test]
fn timers_run_on_the_node_s_own_clock() {
    let rest = |drift| {
        let plan = [(0, Intervention::Clock(N1.into(), 0, drift))];
        let run = play(usual(1), &plan, ms(200));
        let timer = |name| {
            let fired = run.trace().events().find(|(_, row)| row.node == N1 && row.what == What::Timer(name));
            fired.unwrap().1.at
        };
        timer("rest").since(timer("serve")).0
    };
    let (exact, fast) = (rest(0), rest(250_000));
    assert!((50_000_000..60_000_000).contains(&exact));
    assert_eq!(fast, exact * 4 / 5);
}

#[test]
fn a_timer_fires_when_told_to() {
    let plan = [(30, Intervention::Fire(N3.into(), Some("rest".to_owned())))];
    let run = play(usual(1), &plan, ms(31));
    let fired: Vec<_> = run.trace().events().filter(|(_, row)| row.what == What::Timer("rest")).collect();
    assert_eq!(fired.len(), 1);
    assert_eq!((fired[0].1.node, fired[0].1.at), (N3, ms(30)));
    assert!(run.world().timers(N3).all(|(timer, ..)| timer != Timer::Rest));
}

#[test]
fn a_message_can_be_dropped_doubled_delivered_and_delayed_in_flight() {
    let name = |nth| MsgName { from: N1, to: N2, nth, copy: 0 };
    let ends = |what: Intervention<Throw>| {
        let mut setup = bounce::setup(2, 1, Rules { balls: 0, durable: false });
        setup.network.link.latency = Latency::Constant(Span::millis(10));
        let plan = [(5, Intervention::Invoke(N1.into(), Throw)), (7, what)];
        let run = play(setup, &plan, ms(50));
        run.trace()
            .messages_in(0..u32::MAX)
            .filter(|(_, m)| m.name.from == N1 && m.name.nth == 0)
            .map(|(_, m)| (m.ends, matches!(m.fate, Fate::Delivered(_))))
            .collect::<Vec<_>>()
    };
    assert_eq!(ends(Intervention::Heal), [(ms(15), true)]);
    assert_eq!(ends(Intervention::Drop(name(0))), [(ms(7), false)]);
    assert_eq!(ends(Intervention::Deliver(name(0))), [(ms(7), true)]);
    assert_eq!(ends(Intervention::Delay(name(0), Span::millis(4))), [(ms(19), true)]);
    assert_eq!(ends(Intervention::Duplicate(name(0))), [(ms(15), true), (ms(15), true)]);
    assert_eq!(ends(Intervention::Drop(name(7))), [(ms(15), true)], "a message that is not there");
}

#[test]
fn vector_clocks_tell_happens_before() {
    let run = play(usual(2), &[(40, Intervention::Crash(N3.into()))], ms(60));
    let trace = run.trace();
    let clocks: Vec<_> = trace.events().map(|(id, _)| vector(trace, id, 5)).collect();
    for (a, row_a) in trace.events() {
        for (b, row_b) in trace.events() {
            let before = a != b && reaches(trace, a, b);
            let (va, vb) = (&clocks[a.index()], &clocks[b.index()]);
            let less = va != vb && va.iter().zip(vb).all(|(x, y)| x <= y);
            assert_eq!(before, less, "{a} {b}");
            assert!(!before || row_a.lamport < row_b.lamport);
        }
    }
}

/// The slow, obvious definition.
fn reaches(trace: &Trace, from: EventId, to: EventId) -> bool {
    let mut todo = vec![to];
    while let Some(event) = todo.pop() {
        let Some(row) = trace.event(event) else {
            continue;
        };
        for cause in [row.before, row.cause].into_iter().filter_map(EventId::some) {
            if cause == from {
                return true;
            }
            todo.push(cause);
        }
    }
    false
}
