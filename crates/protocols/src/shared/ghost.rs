//! What monitors judge a run by: who intervened, and who could know of what. All of it comes from the engine's record;
//! no protocol's own clock is believed.

use netsplit_sim::trace::What;
use netsplit_sim::{Condition, EventId, NodeId, Protocol, Scene};
use std::rc::Rc;

/// What the intervention is called that the event is, if it is one: `crash`.
pub fn fault<P: Protocol>(scene: &Scene<P>) -> Option<&'static str> {
    name_of(scene, scene.trace.event(scene.event)?.what)
}

/// Whether the event is a timer that ran out because somebody wanted it to. It is then caused, like any other, by what
/// armed it; the intervention is among the events before it at the same node and the same moment. At a node that was
/// paused, what was fired in its sleep runs out when it wakes.
pub fn fired_by_hand<P: Protocol>(scene: &Scene<P>) -> bool {
    let Some(timer) = scene.trace.event(scene.event).filter(|row| matches!(row.what, What::Timer(_))) else {
        return false;
    };
    let mut asleep = false;
    let mut before = timer.before;
    while let Some(row) = scene.trace.event(before).filter(|row| asleep || row.at == timer.at) {
        match name_of(scene, row.what) {
            Some("fire") => return true,
            Some("resume") => asleep = true,
            Some("pause") => asleep = false,
            None if row.at < timer.at && row.what != What::Durable => return false, // it ran: it was not asleep
            _ => {}
        }
        before = row.before;
    }
    false
}

fn name_of<P: Protocol>(scene: &Scene<P>, what: What) -> Option<&'static str> {
    let What::Fault(number) = what else { return None };
    scene.trace.faults().get(number as usize).map(|fault| fault.name)
}

/// A list that only grows, and of which copies share all but the end: monitors are copied at every checkpoint.
#[derive(Clone, Debug)]
pub struct Log<T> {
    full: Vec<Rc<Vec<T>>>,
    last: Vec<T>,
}

const CHUNK: usize = 256;

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log { full: Vec::new(), last: Vec::new() }
    }
}

impl<T> Log<T> {
    /// Adds an item.
    pub fn push(&mut self, item: T) {
        self.last.push(item);
        if self.last.len() == CHUNK {
            self.full.push(Rc::new(std::mem::take(&mut self.last)));
        }
    }
    /// The item at a place.
    pub fn get(&self, at: usize) -> Option<&T> {
        match self.full.get(at / CHUNK) {
            Some(chunk) => chunk.get(at % CHUNK),
            None => self.last.get(at.checked_sub(self.full.len() * CHUNK)?),
        }
    }
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.full.len() * CHUNK + self.last.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// For each node, the number of its latest event that is in the past; 0 for none.
pub type Past = Rc<[u32]>;

/// Happens-before (Lamport 1978) among the events in which a process ran, followed event by event. What a process did
/// and then lost in a crash, with the write that held it, has not happened to the one that restarts: no later event
/// knows of it.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// For each event in which a process ran, its past with itself; for one in which a disk released what a handler
    /// sent, that of the handler.
    pasts: Log<Option<Past>>,
    lives: Vec<Life>,
}

#[derive(Clone, Copy, Debug)]
struct Life {
    /// The latest event that the process knows of as its own.
    latest: EventId,
    /// How many events it had, lost ones included.
    events: u32,
    up: bool,
}

/// What directly led to an event in which a process ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Causes {
    /// The event before it in the same process.
    pub before: Option<EventId>,
    /// The event in which the message was sent that arrived, if one did.
    pub sent: Option<EventId>,
}

impl Flow {
    /// Takes note of an event. Returns what led to it if a process ran in it.
    pub fn after<P: Protocol>(&mut self, scene: &Scene<P>) -> Option<Causes> {
        let causes = self.judge(scene);
        if self.pasts.len() == scene.event.index() {
            self.pasts.push(None); // nothing that a process did
        }
        causes
    }

    /// The past of an event, itself included, if a process ran in it.
    pub fn past(&self, event: EventId) -> Option<&Past> {
        self.pasts.get(event.index())?.as_ref()
    }

    /// Whether one event happened before another or is the same; `node` is where the first one happened.
    pub fn leads(&self, node: NodeId, first: EventId, second: EventId) -> bool {
        let at = node.index();
        match (self.past(first), self.past(second)) {
            (Some(first), Some(second)) => second[at] >= first[at],
            _ => false,
        }
    }

    /// The latest event that a node's process knows of as its own.
    pub fn latest(&self, node: NodeId) -> Option<EventId> {
        self.lives.get(node.index())?.latest.some()
    }

    fn judge<P: Protocol>(&mut self, scene: &Scene<P>) -> Option<Causes> {
        let Scene { world, trace, event, node, .. } = *scene;
        let node = node?;
        let row = trace.event(event)?;
        self.lives.resize(world.size(), Life { latest: EventId::NONE, events: 0, up: false });
        let was_up = std::mem::replace(&mut self.lives[node.index()].up, world.condition(node) != Condition::Down);
        let ran = match row.what {
            What::Boot | What::Deliver(_) | What::Timer(_) => true,
            What::Durable => {
                let released = self.past(row.cause).cloned();
                self.pasts.push(released);
                false
            }
            What::Fault(_) => match fault(scene) {
                Some("crash") => {
                    self.lives[node.index()].latest = world.kept(node);
                    false
                }
                Some("restart") => !was_up,
                Some("invoke") => world.condition(node) == Condition::Up,
                _ => false,
            },
        };
        let arrived = matches!(row.what, What::Deliver(_));
        ran.then(|| self.happened(node, event, arrived.then_some(row.cause), world.size()))
    }

    fn happened(&mut self, node: NodeId, event: EventId, sent: Option<EventId>, size: usize) -> Causes {
        let causes = Causes { before: self.lives[node.index()].latest.some(), sent };
        let mut past = vec![0; size];
        for cause in [causes.before, causes.sent].into_iter().flatten() {
            let known = self.past(cause).into_iter().flat_map(|past| past.iter());
            past.iter_mut().zip(known).for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
        }
        let life = &mut self.lives[node.index()];
        life.events += 1;
        life.latest = event;
        past[node.index()] = life.events;
        self.pasts.push(Some(past.into()));
        causes
    }
}
