//! What monitors remember of a run to judge it by: who could know of what, and how long nothing has gone wrong. All of
//! it comes from the engine's record; no protocol's own clock is believed.

use netsplit_sim::trace::What;
use netsplit_sim::{Condition, EventId, NodeId, Protocol, Ratio, Scene, Span, Time};
use std::rc::Rc;

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
        let Scene { world, trace, event, node } = *scene;
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
            What::Fault(number) => match trace.faults().get(number as usize).map(|fault| fault.name) {
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

/// For how long nothing has gone wrong: everybody runs, no disk lags, nothing is cut, nothing is lost, and nobody
/// intervenes but to ask for something. What a protocol promises only in the end, it promises after enough of this.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet {
    since: Time,
}

impl Quiet {
    /// Takes note of an event. Returns for how long it has been quiet.
    pub fn after<P: Protocol>(&mut self, scene: &Scene<P>) -> Span {
        let Scene { world, trace, event, .. } = *scene;
        let fault = trace.event(event).and_then(|row| match row.what {
            What::Fault(number) => trace.faults().get(number as usize),
            _ => None,
        });
        if fault.is_some_and(|fault| fault.name != "invoke") || self.troubled(world) {
            self.since = world.now();
        }
        world.now().since(self.since)
    }

    fn troubled<P: Protocol>(&self, world: &netsplit_sim::World<P>) -> bool {
        let network = world.network();
        let lossy = |link: &netsplit_sim::Link| link.loss != Ratio::ZERO;
        world.ids().any(|node| world.condition(node) != Condition::Up || world.unsynced(node) > 0)
            || !network.cut.is_empty()
            || network.sides.iter().any(|side| *side != network.sides[0])
            || lossy(&network.link)
            || network.special.values().any(lossy)
    }
}
