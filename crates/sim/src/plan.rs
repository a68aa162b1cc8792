//! What is planned for a run, and what comes next of it: what the scenario has at fixed moments, what clients ask for in
//! closed loops, and what people did. A plan is fixed; how much of it is done belongs to each moment of a run.

use crate::closed_loop::{ClosedLoop, Ears, Turn};
use crate::ids::EventId;
use crate::intervention::{Intervention, Moment, Planned, in_order};
use crate::process::Protocol;
use crate::recorder::Recorder;
use crate::time::Time;
use crate::world::{Step, World};

/// All that is planned.
#[derive(Clone)]
pub(crate) struct Plan<P: Protocol> {
    /// What the scenario has at fixed moments, by moment.
    timeline: Vec<Planned<P::Op>>,
    /// Its clients that wait for answers.
    loops: Vec<ClosedLoop<P::Op>>,
    /// What people did, by moment, and the event it became.
    pub deeds: Vec<(Planned<P::Op>, EventId)>,
}

/// How much of a plan has been carried out.
#[derive(Clone, Default)]
pub(crate) struct Done {
    timeline: usize,
    turns: Vec<Turn>,
    pub deeds: usize,
}

/// What comes next.
#[derive(Clone, Copy)]
pub(crate) enum Next {
    Boot,
    Timeline,
    Loop(usize),
    Deed,
    Queue,
}

impl<P: Protocol> Plan<P> {
    pub fn new(timeline: Vec<Planned<P::Op>>, loops: Vec<ClosedLoop<P::Op>>) -> Plan<P> {
        let timeline = in_order(timeline); // the file's order decides within a moment
        Plan { timeline, loops, deeds: Vec::new() }
    }

    /// Nothing of it.
    pub fn start(&self) -> Done {
        Done { turns: self.loops.iter().map(ClosedLoop::start).collect(), ..Done::default() }
    }

    /// What the scenario has next, and when: of one moment, what stands on the timeline comes first, then the loops in
    /// their order.
    fn of_the_scenario(&self, done: &Done) -> Option<(Moment, Next)> {
        let timeline = self.timeline.get(done.timeline).map(|planned| (planned.when, Next::Timeline));
        let turns = self.loops.iter().zip(&done.turns).enumerate();
        turns.fold(timeline, |first, (at, (it, turn))| match (first, it.next(turn)) {
            (Some((when, _)), Some(asks)) if when <= asks => first,
            (_, Some(asks)) => Some((asks, Next::Loop(at))),
            (_, None) => first,
        })
    }

    /// Whether the scenario has something before a moment, or at it, that is yet to be done.
    pub fn is_behind(&self, done: &Done, now: Moment) -> bool {
        self.of_the_scenario(done).is_some_and(|(when, _)| when <= now)
    }

    /// What comes next by `until`, and when, in this order: nodes that were never started, then the earlier of what is
    /// planned and what is due.
    pub fn next(&self, world: &mut World<P>, done: &Done, until: Time) -> Option<(Time, Next)> {
        if (world.events() as usize) < world.size() {
            return Some((world.now(), Next::Boot));
        }
        let due = world.next_due();
        let scenario = self.of_the_scenario(done);
        let deed = self.deeds.get(done.deeds).map(|(planned, _)| (planned.when, Next::Deed));
        let planned = match (scenario, deed) {
            (Some(a), Some(b)) => Some(if b.0 < a.0 { b } else { a }),
            (a, b) => a.or(b),
        };
        let next = match (planned, due) {
            (Some((when, next)), due) if due.is_none_or(|due| !queue_first(world.moment(), due, when)) => {
                (when.at, next)
            }
            (_, due) => (due?, Next::Queue),
        };
        (next.0 <= until).then_some(next)
    }

    /// Does what comes next. Whoever listens does so behind `dyn`: the page carries all that worlds do once for every
    /// protocol, not twice.
    pub fn carry_out(&self, world: &mut World<P>, done: &mut Done, next: Next, mut record: &mut dyn Recorder<P>) {
        let planned = self.take(done, next);
        if self.loops.is_empty() {
            return perform(world, next, planned, record);
        }
        let asking = if let Next::Loop(at) = next { Some(at) } else { None };
        let mut ears = Ears { loops: &self.loops, turns: &mut done.turns, asking };
        perform(world, next, planned, &mut (&mut ears, &mut record));
    }

    /// What is planned next, and when, if that is what comes next; it counts as done from now on.
    fn take(&self, done: &mut Done, next: Next) -> Option<(Time, &Intervention<P::Op>)> {
        let planned = match next {
            Next::Boot | Next::Queue => return None,
            Next::Loop(at) => return Some(self.loops[at].ask(&mut done.turns[at])),
            Next::Timeline => {
                done.timeline += 1;
                &self.timeline[done.timeline - 1]
            }
            Next::Deed => {
                done.deeds += 1;
                &self.deeds[done.deeds - 1].0
            }
        };
        Some((planned.when.at, &planned.what))
    }
}

fn perform<P: Protocol>(
    world: &mut World<P>,
    next: Next,
    planned: Option<(Time, &Intervention<P::Op>)>,
    mut record: &mut dyn Recorder<P>,
) {
    match (planned, next) {
        (Some((when, what)), _) => {
            world.wait_until(when);
            world.apply(what, &mut record);
        }
        (None, Next::Boot) => {
            world.boot_next(&mut record);
        }
        (None, _) => {
            let step = world.step(&mut record);
            debug_assert_ne!(step, Step::Idle);
        }
    }
}

/// Whether something due comes before something planned, as of a moment.
fn queue_first(now: Moment, due: Time, planned: Moment) -> bool {
    let so_far = if now.at == due { now.after } else { 0 };
    due < planned.at || (due == planned.at && so_far < planned.after)
}
