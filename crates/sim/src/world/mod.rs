//! The world: nodes, the network between them, and what is yet to happen.
//!
//! A world is a value. Cloning it is a checkpoint: nodes are shared until one of the two copies changes them.

mod again;
mod configuration;
mod disk;
mod effects;
mod faults;
mod lies;
mod routes;
mod step;

use crate::clock::Clock;
use crate::draw::Seed;
use crate::face::Face;
use crate::ids::{EventId, MsgId, MsgName, NodeId, OpId};
use crate::intervention::Moment;
use crate::liar::Liar;
use crate::network::Network;
use crate::process::{Effect, Node, Protocol};
use crate::queue::Queue;
use crate::time::{Span, Time};
use crate::topology::Topology;
use disk::Writes;
use routes::Routes;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

pub use faults::Aim;
pub use step::Step;

/// Nodes on a network, at one moment of a run.
#[derive(Clone)]
pub struct World<P: Protocol> {
    seed: Seed,
    now: Time,
    slots: Vec<Slot<P>>,
    neighbours: Arc<Vec<Vec<NodeId>>>,
    network: Arc<Network>,
    queue: Queue<Due<P>>,
    events: u32,
    messages: u32,
    ops: u32,
    /// How many things have happened in the present instant, messages that came to nothing included.
    of_instant: u32,
    hashing: bool,
    chain: u64,
    /// What arrived in the latest event and the state that it left, whatever happened before it elsewhere.
    sealed: u64,
    /// Kept between handlers so that none has to allocate; empty between events.
    effects: Vec<Effect<P>>,
}

/// What a world is made of.
pub struct Setup<P: Protocol> {
    /// Decides every draw of the run.
    pub seed: Seed,
    /// The processes, down; all start at time zero, in this order.
    pub nodes: Vec<Rc<dyn Node<P>>>,
    /// Who has a link to whom.
    pub topology: Topology,
    /// How links behave.
    pub network: Network,
    /// How long every disk takes to make a write durable, and whether it lies about it.
    pub disk: (Span, bool),
    /// Whether to keep the run's hash, at the price of hashing one node an event.
    pub hashing: bool,
}

/// A node in its place in the world.
#[derive(Clone)]
struct Slot<P: Protocol> {
    /// Shared with checkpoints until it changes. An `Arc` would cost a fifth of the engine's speed in atomic
    /// operations, and no run is ever shared between threads.
    node: Rc<dyn Node<P>>,
    condition: Condition,
    clock: Clock,
    timers: Vec<Armed<P::Timer>>,
    routes: Routes,
    choices: u64,
    /// Its latest event.
    latest: EventId,
    disk: Writes<P>,
    /// What came while it was paused, and when.
    held: VecDeque<(Time, Due<P>)>,
    /// If it lies, or has lied.
    liar: Option<Box<Liar<P>>>,
}

/// Whether a node runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// It runs.
    Up,
    /// It stands still and does not notice.
    Paused,
    /// It is not there.
    Down,
}

#[derive(Clone, Copy)]
struct Armed<T> {
    timer: T,
    /// How many times it has been armed: keys the draw, and tells the latest arming from stale ones in the queue.
    count: u32,
    due: Option<Time>,
    cause: EventId,
}

#[derive(Clone)]
enum Due<P: Protocol> {
    Mail(Mail<P>),
    Timer { node: NodeId, timer: P::Timer, count: u32 },
    Durable { node: NodeId, write: u32 },
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Mail<P: Protocol> {
    /// Its number in this run.
    pub id: MsgId,
    /// Its name, the same in runs that differ elsewhere.
    pub name: MsgName,
    /// What it says.
    pub body: P::Msg,
    /// When it was sent.
    pub sent: Time,
    /// The event that sent it.
    pub cause: EventId,
    /// It vanishes where others would arrive.
    pub doomed: bool,
    /// It is not what the sender's process said.
    pub lie: bool,
}

impl<P: Protocol> World<P> {
    /// A world before its first event: every node is yet to start, in order, at time zero.
    pub fn new(setup: Setup<P>) -> World<P> {
        let count = setup.nodes.len() as u16;
        let slot = |node| Slot {
            node,
            condition: Condition::Down,
            clock: Clock::default(),
            timers: Vec::new(),
            routes: Routes::default(),
            choices: 0,
            latest: EventId::NONE,
            disk: Writes::new(setup.disk.0, setup.disk.1),
            held: VecDeque::new(),
            liar: None,
        };
        World {
            seed: setup.seed,
            now: Time::ZERO,
            slots: setup.nodes.into_iter().map(slot).collect(),
            neighbours: Arc::new(setup.topology.neighbours(count, setup.seed)),
            network: Arc::new(setup.network),
            queue: Queue::default(),
            events: 0,
            messages: 0,
            ops: 0,
            of_instant: 0,
            hashing: setup.hashing,
            chain: 0,
            sealed: 0,
            effects: Vec::new(),
        }
    }

    /// The world's time: that of the last event, or later if nothing happened since.
    pub fn now(&self) -> Time {
        self.now
    }
    /// How many events have happened.
    pub fn events(&self) -> u32 {
        self.events
    }
    /// The run's hash: it covers every event so far and the state that each left at its node. Zero with hashing off.
    pub fn hash(&self) -> u64 {
        self.chain
    }
    /// The digest of the latest event alone: what arrived, and the state that it left at its node. Neither its number nor its
    /// time is in it, so that events of two runs can be compared. Zero with hashing off.
    pub fn sealed(&self) -> u64 {
        self.sealed
    }
    /// How many nodes there are.
    pub fn size(&self) -> usize {
        self.slots.len()
    }
    /// All nodes.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<P> {
        (0..self.slots.len() as u16).map(NodeId)
    }
    /// Whether there is such a node.
    pub fn has(&self, node: NodeId) -> bool {
        node.index() < self.slots.len()
    }
    /// The latest event at a node; [`EventId::NONE`] before its first.
    pub fn latest(&self, node: NodeId) -> EventId {
        self.slots[node.index()].latest
    }
    /// The process at a node.
    pub fn node(&self, node: NodeId) -> &dyn Node<P> {
        &*self.slots[node.index()].node
    }
    /// What invariants see of a node; nothing while it is down.
    pub fn view(&self, node: NodeId) -> Option<P::View<'_>> {
        self.slots[node.index()].node.view()
    }
    /// What people see of a node at a glance; nothing while it is down.
    pub fn face(&self, node: NodeId) -> Option<Face> {
        self.slots[node.index()].node.face()
    }
    /// Whether a node runs.
    pub fn condition(&self, node: NodeId) -> Condition {
        self.slots[node.index()].condition
    }
    /// A node's own clock.
    pub fn clock(&self, node: NodeId) -> &Clock {
        &self.slots[node.index()].clock
    }
    /// How long a node's disk takes to make a write durable, and whether it lies about it.
    pub fn disk(&self, node: NodeId) -> (Span, bool) {
        self.slots[node.index()].disk.manner()
    }
    /// How many writes of a node are not durable yet.
    pub fn unsynced(&self, node: NodeId) -> usize {
        self.slots[node.index()].disk.pending()
    }
    /// The latest event of a node whose durable state is on its disk by now; [`EventId::NONE`] before its first. What a
    /// node did after it, a crash would undo.
    pub fn kept(&self, node: NodeId) -> EventId {
        self.slots[node.index()].disk.kept()
    }
    /// The timers that a node has armed: name, when armed, when due.
    pub fn timers(&self, node: NodeId) -> impl Iterator<Item = (P::Timer, EventId, Time)> {
        self.slots[node.index()].timers.iter().filter_map(|armed| Some((armed.timer, armed.cause, armed.due?)))
    }
    /// The nodes that a node has links to.
    pub fn neighbours(&self, node: NodeId) -> &[NodeId] {
        &self.neighbours[node.index()]
    }
    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }
    /// The messages on their way, each with when it arrives or vanishes, in no particular order; those held at a
    /// paused node with when they arrived there.
    pub fn in_flight(&self) -> impl Iterator<Item = (Time, &Mail<P>)> {
        let held = self.slots.iter().flat_map(|slot| slot.held.iter().map(|(at, due)| (*at, due)));
        self.queue.iter().chain(held).filter_map(|(at, due)| match due {
            Due::Mail(mail) => Some((at, mail)),
            _ => None,
        })
    }
    /// The moment right after everything that has happened.
    pub fn moment(&self) -> Moment {
        Moment { at: self.now, after: self.of_instant }
    }
    /// Lets time pass without an event, but not beyond the next one.
    pub fn wait_until(&mut self, time: Time) {
        let limit = self.queue.peek().map_or(Time::NEVER, |(at, _)| at);
        let time = time.min(limit);
        if time > self.now {
            self.now = time;
            self.of_instant = 0;
        }
    }

    fn next_event(&mut self, node: Option<NodeId>) -> EventId {
        let id = EventId(self.events);
        self.events += 1;
        if let Some(node) = node {
            self.slots[node.index()].latest = id;
        }
        id
    }
    fn next_op(&mut self) -> OpId {
        let id = OpId(self.ops);
        self.ops += 1;
        id
    }
}
