//! A run that can be played, rewound and changed: a world at a cursor, the trace of everything seen so far, and
//! checkpoints to recompute any earlier moment from.

use crate::closed_loop::ClosedLoop;
use crate::curves::{Curves, Sample};
use crate::history::History;
use crate::ids::{EventId, MsgId};
use crate::intervention::{Intervention, Planned, in_order};
use crate::invariant::{Monitor, Scene, Violation};
use crate::plan::{Done, Next, Plan};
use crate::process::Protocol;
use crate::recorder::Recorder;
use crate::time::Time;
use crate::trace::{Column, Trace, Tracer};
use crate::world::World;
use std::ops::{ControlFlow, Range};

/// A run of one protocol, watched by a monitor.
#[derive(Clone)]
pub struct Recording<P: Protocol, M> {
    /// At the cursor.
    world: World<P>,
    /// How much of the plan has been carried out at the cursor.
    done: Done,
    plan: Plan<P>,
    trace: Trace,
    history: History<P>,
    /// The run's hash after each event.
    hashes: Column<u64>,
    /// By event: what arrived, and the state that it left.
    digests: Column<u64>,
    /// As of the end of the trace.
    monitor: M,
    violations: Vec<Violation>,
    gauge: Gauge<P, M>,
    curves: Curves,
    /// Nothing is left to be recorded up to this time.
    recorded_until: Time,
    checkpoints: Vec<Checkpoint<P, M>>,
    spacing: u32,
    diverged: Option<EventId>,
}

/// Measures a world, with the help of what its monitor remembers.
pub type Gauge<P, M> = fn(&World<P>, &M) -> Vec<u64>;

#[derive(Clone)]
struct Checkpoint<P: Protocol, M> {
    world: World<P>,
    done: Done,
    monitor: M,
}

/// Events between checkpoints at first, or so many a node if that is more: recomputing them takes some milliseconds, and
/// most of what two checkpoints of a large world hold they then share.
const SPACING: u32 = 2_048;
const SPACING_PER_NODE: u32 = 8;
/// When there are more checkpoints than this, every other one goes and the spacing doubles.
const MOST_CHECKPOINTS: usize = 64;

/// What came of playing on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Played {
    /// The time asked for is reached.
    Reached,
    /// The budget is used up before.
    OutOfBudget,
    /// The latest event violates an invariant that held until then.
    Violated,
}

impl<P: Protocol, M: Monitor<P>> Recording<P, M> {
    /// A run at its beginning: not even started.
    pub fn new(world: World<P>, timeline: Vec<Planned<P::Op>>) -> Self {
        Recording::measured(world, timeline, |_, _| Vec::new())
    }

    /// A run at its beginning, with figures to be sampled as it goes on.
    pub fn measured(world: World<P>, timeline: Vec<Planned<P::Op>>, gauge: Gauge<P, M>) -> Self {
        Recording::planned(world, timeline, Vec::new(), gauge)
    }

    /// The same with clients that wait for answers.
    pub fn planned(
        world: World<P>,
        timeline: Vec<Planned<P::Op>>,
        loops: Vec<ClosedLoop<P::Op>>,
        gauge: Gauge<P, M>,
    ) -> Self {
        let plan = Plan::new(timeline, loops);
        let curves = Curves::of(world.size());
        let spacing = SPACING.max(SPACING_PER_NODE * world.size() as u32);
        let done = plan.start();
        let start = Checkpoint { world: world.clone(), done: done.clone(), monitor: M::default() };
        Recording {
            world,
            done,
            plan,
            trace: Trace::default(),
            history: History::default(),
            hashes: Column::default(),
            digests: Column::default(),
            monitor: M::default(),
            violations: Vec::new(),
            gauge,
            curves,
            recorded_until: Time::ZERO,
            checkpoints: vec![start],
            spacing,
            diverged: None,
        }
    }

    /// The world at the cursor.
    pub fn world(&self) -> &World<P> {
        &self.world
    }
    /// Everything that happened so far, before and after the cursor.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
    /// What clients asked and were told so far.
    pub fn history(&self) -> &History<P> {
        &self.history
    }
    /// The violations so far, the first of each invariant.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
    /// The figures at the end of what is recorded; nothing while the cursor is elsewhere, or nodes are yet to start.
    pub fn figures(&self) -> Option<Vec<u64>> {
        let started = self.world.events() as usize >= self.world.size();
        (started && self.at_end()).then(|| (self.gauge)(&self.world, &self.monitor))
    }
    /// How the figures went, as far as recorded.
    pub fn curves(&self) -> Vec<Sample> {
        let mut curves = self.curves.clone();
        self.figures_now().into_iter().for_each(|now| curves.take(now));
        curves.samples().to_vec()
    }
    /// What people did, in order.
    pub fn deeds(&self) -> impl ExactSizeIterator<Item = &Planned<P::Op>> + DoubleEndedIterator {
        self.plan.deeds.iter().map(|(planned, _)| planned)
    }
    /// Up to when everything is recorded.
    pub fn recorded_until(&self) -> Time {
        self.recorded_until
    }
    /// The run's hash after the first `events` events.
    pub fn hash_after(&self, events: u32) -> u64 {
        events.checked_sub(1).and_then(|at| self.hashes.get(at as usize)).copied().unwrap_or(0)
    }
    /// The digest of an event alone: what arrived, and the state that it left at its node.
    pub fn digest(&self, event: EventId) -> Option<u64> {
        self.digests.get(event.index()).copied()
    }
    /// The first event that came out differently when it was recomputed. There is none unless a process breaks the
    /// rules of determinism.
    pub fn diverged(&self) -> Option<EventId> {
        self.diverged
    }

    /// Plans what people did in an earlier life of this run; only before it is played.
    pub fn replay_deeds(&mut self, deeds: Vec<Planned<P::Op>>) {
        self.plan.deeds = in_order(deeds).into_iter().map(|planned| (planned, EventId::NONE)).collect();
    }

    /// Plays up to a time, at most `budget` events.
    pub fn advance(&mut self, until: Time, budget: u32) -> Played {
        let known = self.violations.len();
        for _ in 0..budget {
            if self.event_within(until).is_none() {
                self.world.wait_until(until);
                self.recorded_until = self.recorded_until.max(self.world.now());
                return Played::Reached;
            }
            if self.violations.len() > known {
                return Played::Violated;
            }
        }
        Played::OutOfBudget
    }

    /// Plays to a moment that this run is known to reach: so many events, and a time not before the last of them.
    /// Stops at the end of the run, or after `most` events.
    pub fn fast_forward(&mut self, events: u32, time: Time, most: u32) {
        while self.world.events() < events.min(most) && self.step().is_some() {}
        // A moment in the middle of an instant has the time of its last event, and there is nothing to wait for.
        if self.world.events() == events && time > self.world.now() {
            self.advance(time, 1);
        }
    }

    /// One event forward; `None` if nothing is left to happen.
    pub fn step(&mut self) -> Option<EventId> {
        self.event_within(Time::NEVER)
    }

    /// Goes to the moment right after the first `events` events, or to the end of what is recorded.
    pub fn seek(&mut self, events: u32) {
        let events = events.min(self.trace.len());
        self.rewind(events);
        while self.world.events() < events && self.event_within(Time::NEVER).is_some() {}
    }

    /// Goes to a time, or to the end of what is recorded.
    pub fn seek_time(&mut self, time: Time) {
        let time = time.min(self.recorded_until);
        self.seek(self.trace.first_after(time));
        self.advance(time, 1);
    }

    /// Intervenes at the cursor, but not before every node has started, nor in the middle of what the scenario does at one
    /// moment: replayed, all of that comes first. What was recorded after it, and what people did after it, is forgotten.
    pub fn intervene(&mut self, what: Intervention<P::Op>) -> EventId {
        while (self.world.events() as usize) < self.world.size() || self.plan.is_behind(&self.done, self.world.moment())
        {
            self.step();
        }
        self.forget_future();
        self.plan.deeds.truncate(self.done.deeds);
        self.plan.deeds.push((Planned { when: self.world.moment(), what }, EventId::NONE));
        self.perform(Next::Deed)
    }

    /// Takes back the last thing people did; the cursor keeps its time. False if there is nothing to take back.
    pub fn undo(&mut self) -> bool {
        let now = self.world.now();
        let Some((_, event)) = self.plan.deeds.last() else {
            return false;
        };
        if event.some().is_some() {
            self.seek(event.0);
            self.forget_future();
        }
        self.plan.deeds.pop();
        if now < self.world.now() {
            self.seek_time(now);
        } else {
            self.advance(now, u32::MAX);
        }
        true
    }

    /// The world as it was right after the first `events` events; the cursor stays.
    pub fn world_after(&self, events: u32) -> World<P> {
        let from = self.checkpoint_before(events);
        let (mut world, mut done) = (from.world.clone(), from.done.clone());
        while world.events() < events {
            let Some((_, next)) = self.plan.next(&mut world, &done, Time::NEVER) else { break };
            self.plan.carry_out(&mut world, &mut done, next, &mut ());
        }
        world
    }

    /// Goes through recorded events once more, from one number up to another: `record` listens, and `see` is shown each
    /// event and the world that it left, until it has seen enough. The cursor stays.
    pub fn review(
        &self,
        events: Range<u32>,
        record: &mut dyn Recorder<P>,
        see: &mut dyn FnMut(EventId, &World<P>) -> ControlFlow<()>,
    ) {
        let from = self.checkpoint_before(events.start);
        let (mut world, mut done) = (from.world.clone(), from.done.clone());
        while world.events() < events.end.min(self.trace.len()) {
            let Some((_, next)) = self.plan.next(&mut world, &done, Time::NEVER) else { break };
            let event = EventId(world.events());
            if event.0 < events.start {
                self.plan.carry_out(&mut world, &mut done, next, &mut ());
            } else {
                self.plan.carry_out(&mut world, &mut done, next, &mut *record);
                if world.events() > event.0 && see(event, &world).is_break() {
                    return;
                }
            }
        }
    }

    /// Goes from the beginning through the first `events` events once more, in a world before its first: `see` is shown each,
    /// the timer that ran out if it is that, who listens, and the world that it left.
    pub(crate) fn repeat<R: Recorder<P>>(
        &self,
        world: &mut World<P>,
        events: u32,
        record: &mut R,
        mut see: impl FnMut(EventId, Option<P::Timer>, &mut R, &World<P>),
    ) {
        let mut done = self.plan.start();
        while world.events() < events {
            let Some((_, next)) = self.plan.next(world, &done, Time::NEVER) else { break };
            let event = EventId(world.events());
            let timer = world.next_timer();
            self.plan.carry_out(world, &mut done, next, &mut *record);
            if world.events() > event.0 {
                see(event, timer, record, world);
            }
        }
    }

    /// From which number on recorded events can be gone through, up to the first `events`, without going through others.
    pub fn stretch(&self, events: u32) -> Range<u32> {
        let before = self.checkpoint_before(events.saturating_sub(1));
        before.world.events()..events
    }

    /// What a message says.
    pub fn message(&self, id: MsgId) -> Option<P::Msg> {
        let row = self.trace.message(id)?;
        let world = self.world_after(row.cause.0 + 1);
        world.in_flight().find(|(_, mail)| mail.name == row.name).map(|(_, mail)| mail.body.clone())
    }

    /// The next event that comes by `until`, if one does.
    fn event_within(&mut self, until: Time) -> Option<EventId> {
        loop {
            let (at, next) = self.plan.next(&mut self.world, &self.done, until)?;
            if self.curves.due_before(at) {
                self.sample();
            }
            let before = self.world.events();
            let event = self.perform(next);
            if self.world.events() > before {
                return Some(event);
            }
        }
    }

    /// Carries out what comes next, and records it if it is new. Returns the latest event.
    fn perform(&mut self, next: Next) -> EventId {
        let before = self.world.events();
        let new = self.at_end();
        let mut tracer = Tracer::new(&mut self.trace);
        let both = &mut (&mut tracer, &mut self.history);
        let listeners: &mut dyn Recorder<P> = if new { both } else { &mut () };
        self.plan.carry_out(&mut self.world, &mut self.done, next, listeners);
        self.recorded_until = self.recorded_until.max(self.world.now());
        if self.world.events() == before {
            return EventId(before); // a message came to nothing
        }
        if let Next::Deed = next {
            self.plan.deeds[self.done.deeds - 1].1 = EventId(before);
        }
        if new {
            self.witness(EventId(before));
        } else if self.hash_after(before + 1) != self.world.hash() {
            self.diverged = self.diverged.or(Some(EventId(before)));
        }
        EventId(before)
    }

    /// Whether nothing is recorded after the cursor.
    fn at_end(&self) -> bool {
        self.world.events() >= self.trace.len()
    }

    fn sample(&mut self) {
        if let Some(now) = self.figures_now() {
            self.curves.take(now);
        }
    }

    fn figures_now(&self) -> Option<Sample> {
        Some(Sample { figures: self.figures()?, at: self.world.now(), events: self.world.events() })
    }

    /// Takes note of a new event.
    fn witness(&mut self, event: EventId) {
        self.hashes.push(self.world.hash());
        self.digests.push(self.world.sealed());
        let node = self.trace.event(event).and_then(|row| row.somewhere());
        let scene = Scene { world: &self.world, trace: &self.trace, history: &self.history, event, node };
        if let Err(violation) = self.monitor.after(&scene) {
            self.accuse(violation);
        }
        if self.world.events().is_multiple_of(self.spacing) {
            self.checkpoint();
        }
    }

    fn accuse(&mut self, violation: Violation) {
        if self.violations.iter().all(|known| known.invariant != violation.invariant) {
            self.violations.push(violation);
        }
    }

    fn checkpoint(&mut self) {
        self.checkpoints.push(Checkpoint {
            world: self.world.clone(),
            done: self.done.clone(),
            monitor: self.monitor.clone(),
        });
        if self.checkpoints.len() > MOST_CHECKPOINTS {
            self.spacing *= 2;
            let spacing = self.spacing;
            self.checkpoints.retain(|point| point.world.events().is_multiple_of(spacing));
        }
    }

    fn checkpoint_before(&self, events: u32) -> &Checkpoint<P, M> {
        let after = self.checkpoints.partition_point(|point| point.world.events() <= events);
        &self.checkpoints[after - 1] // the first one, at zero events, always stays
    }

    /// Puts the cursor at or before `events`, as near as it can be had.
    fn rewind(&mut self, events: u32) {
        let point = self.checkpoint_before(events);
        // The present moment serves if it lies between; but not if time has passed since its latest event.
        let near = self.world.events() <= events && self.world.events() >= point.world.events();
        let idle = self.trace.event(EventId(self.world.events().wrapping_sub(1))).map(|row| row.at);
        let exact = self.world.events() < events || idle.is_none_or(|at| at == self.world.now());
        if !(near && exact) {
            self.sample(); // the end can only be measured while the world is there
            let point = self.checkpoint_before(events);
            let (world, done) = (point.world.clone(), point.done.clone());
            (self.world, self.done) = (world, done);
        }
    }

    /// Forgets what was recorded after the cursor.
    fn forget_future(&mut self) {
        let (events, now) = (self.world.events(), self.world.now());
        if events < self.trace.len() {
            self.monitor = self.monitor_after(events);
        }
        self.trace.truncate(events, now);
        self.hashes.truncate(events as usize);
        self.digests.truncate(events as usize);
        self.history.truncate(events);
        self.curves.truncate(events);
        self.violations.retain(|violation| violation.event.0 < events);
        self.checkpoints.retain(|point| point.world.events() <= events);
        self.recorded_until = now;
        for (due, mail) in self.world.in_flight() {
            self.trace.expect(mail.id, due, mail.doomed);
        }
    }

    /// The monitor as it was after the first `events` events.
    fn monitor_after(&self, events: u32) -> M {
        let from = self.checkpoint_before(events);
        let (mut world, mut done, mut monitor) = (from.world.clone(), from.done.clone(), from.monitor.clone());
        while world.events() < events {
            let Some((_, next)) = self.plan.next(&mut world, &done, Time::NEVER) else { break };
            let event = EventId(world.events());
            self.plan.carry_out(&mut world, &mut done, next, &mut ());
            if world.events() > event.0 {
                let node = self.trace.event(event).and_then(|row| row.somewhere());
                let scene = Scene { world: &world, trace: &self.trace, history: &self.history, event, node };
                let _known = monitor.after(&scene); // a violation here has been reported when it was new
            }
        }
        monitor
    }
}
