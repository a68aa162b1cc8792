//! Clocks against the engine's own time: what a measurement may be wrong by, what a clock may be off by since, and that
//! no clock goes back. The true round trip is taken from the trace, not from the client.

use super::soft::difference;
use super::{Client, ClockSync, Nanos, SoftClock, View};
use crate::shared::ghost::fault;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Time, Violation};
use std::collections::VecDeque;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    nodes: Map<NodeId, Seen>,
}

/// What was seen of one node since it last started.
#[derive(Clone, Default)]
struct Seen {
    /// When somebody last meddled with its clock; that is no life's own affair.
    meddled: Time,
    /// Its clock after its latest event, once set.
    clock: Option<(EventId, SoftClock)>,
    /// Its latest measurements.
    truths: VecDeque<Truth>,
}

/// What is true of a measurement.
#[derive(Clone, Copy)]
struct Truth {
    nth: u64,
    server: NodeId,
    /// When the question was sent...
    asked: Time,
    /// ...and when the answer came.
    told: Time,
    event: EventId,
}

impl Monitor<ClockSync> for Invariants {
    fn after(&mut self, scene: &Scene<ClockSync>) -> Result<(), Violation> {
        let Some(node) = scene.node else { return Ok(()) };
        self.note_faults(node, scene);
        let Some(view) = scene.world.view(node) else { return Ok(()) };
        self.never_backwards(node, view, scene)?;
        let View::Client(client) = view else { return Ok(()) };
        self.half_the_round_trip(node, client, scene)?;
        self.converged(node, client, scene)
    }
}

impl Invariants {
    fn note_faults(&mut self, node: NodeId, scene: &Scene<ClockSync>) {
        let seen = self.nodes.entry(node).or_default();
        match fault(scene) {
            Some("clock") => seen.meddled = scene.world.now(),
            Some("crash") => *seen = Seen { meddled: scene.world.now(), ..Seen::default() },
            _ => {}
        }
    }

    /// At any moment, not only when somebody looks: what the clock shows after the event is held against what it would
    /// show without it.
    fn never_backwards(&mut self, node: NodeId, view: View<'_>, scene: &Scene<ClockSync>) -> Result<(), Violation> {
        let (clock, event) = (*view.clock(), scene.event);
        let machine = scene.world.clock(node).read(scene.world.now());
        let seen = self.nodes.entry(node).or_default();
        let known = std::mem::replace(&mut seen.clock, clock.is_set().then_some((event, clock)));
        let Some((before, old)) = known.filter(|(_, old)| clock.at(machine) < old.at(machine)) else { return Ok(()) };
        let evidence = vec![
            Evidence { node, event: before, text: format!("showed {}", Span(old.shown())) },
            Evidence { node, event, text: format!("had come to {}", Span(old.at(machine))) },
            Evidence { node, event, text: format!("went back to {}", Span(clock.at(machine))) },
        ];
        Err(Violation { invariant: "never-backwards", event, evidence })
    }

    /// A new measurement: its estimate is wrong by no more than half of the round trip.
    fn half_the_round_trip(
        &mut self,
        node: NodeId,
        client: &Client,
        scene: &Scene<ClockSync>,
    ) -> Result<(), Violation> {
        let Scene { world, trace, event, .. } = *scene;
        let newest = self.nodes.get(&node).and_then(|seen| seen.truths.front()).map(|truth| truth.nth);
        let Some(sample) = client.sample().filter(|sample| Some(sample.nth) != newest) else { return Ok(()) };
        // The answer was caused by the arrival of the question at the server, and that by the question.
        let arrival = trace.event(event).and_then(|row| trace.event(row.cause));
        let question = arrival.and_then(|row| Some((row.somewhere()?, trace.event(row.cause)?.at)));
        let Some((server, asked)) = question else { return Ok(()) };
        let truth = Truth { nth: sample.nth, server, asked, told: world.now(), event };
        let truths = &mut self.nodes.entry(node).or_default().truths;
        truths.truncate(7);
        truths.push_front(truth);
        let (Some(shows), Some(bound)) = (shown(server, scene), self.bound(node, truth, scene)) else { return Ok(()) };
        let error = difference(shows, sample.estimate);
        if error.unsigned_abs() <= bound.0 {
            return Ok(());
        }
        let trip = truth.told.since(truth.asked);
        let evidence = vec![
            Evidence { node: server, event, text: format!("shows {}", Span(shows)) },
            Evidence {
                node,
                event,
                text: format!("takes it for {}: wrong by {}", Span(sample.estimate), words(error)),
            },
            Evidence { node, event, text: format!("was answered after {trip}, of which half is {}", trip.scale(1, 2)) },
        ];
        Err(Violation { invariant: "half-the-round-trip", event, evidence })
    }

    /// A clock that is set and not being slowed is as good as the measurement that it goes by, but for drift.
    fn converged(&self, node: NodeId, client: &Client, scene: &Scene<ClockSync>) -> Result<(), Violation> {
        let clock = client.clock();
        let truths = self.nodes.get(&node).map(|seen| &seen.truths);
        let goes_by = |truth: &&Truth| Some(truth.nth) == client.goes_by();
        let Some(truth) = truths.and_then(|truths| truths.iter().find(goes_by)) else { return Ok(()) };
        let (Some(shows), Some(bound)) = (shown(truth.server, scene), self.bound(node, *truth, scene)) else {
            return Ok(());
        };
        let error = difference(shows, shown(node, scene).unwrap_or(shows));
        if clock.ahead() > Span::ZERO || error.unsigned_abs() <= bound.0 {
            return Ok(());
        }
        let evidence = vec![
            Evidence { node, event: truth.event, text: "made the measurement that its clock goes by".to_owned() },
            Evidence { node, event: scene.event, text: format!("is off by {}, {bound} at most", words(error)) },
        ];
        Err(Violation { invariant: "clocks-converge", event: scene.event, evidence })
    }

    /// How far a clock that goes by a measurement can be off by now; nobody knows if a clock was meddled with since.
    fn bound(&self, client: NodeId, truth: Truth, scene: &Scene<ClockSync>) -> Option<Span> {
        let meddled = |node: NodeId| self.nodes.get(&node).is_some_and(|seen| seen.meddled >= truth.asked);
        if meddled(client) || meddled(truth.server) {
            return None;
        }
        let drift = |node| u64::from(scene.world.clock(node).drift().unsigned_abs());
        let drifted = scene.world.now().since(truth.asked).scale(drift(client) + drift(truth.server), 1_000_000);
        const ROUNDING: Span = Span::nanos(100); // a nanosecond at every reading of a clock that drifts
        Some(truth.told.since(truth.asked).scale(1, 2) + drifted + ROUNDING)
    }
}

/// What a node's clock shows at this moment, whether or not it looks.
fn shown(node: NodeId, scene: &Scene<ClockSync>) -> Option<Nanos> {
    let machine = scene.world.clock(node).read(scene.world.now());
    Some(scene.world.view(node)?.clock().at(machine))
}

fn words(error: i64) -> String {
    format!("{}{}", if error < 0 { "-" } else { "+" }, Span(error.unsigned_abs()))
}
