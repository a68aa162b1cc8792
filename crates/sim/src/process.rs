//! The process: a state machine that gets an input and returns effects (delta : S x M -> S x M*).
//!
//! A handler does nothing to the world. It changes its own state and lists effects; the world carries them out once
//! the process's disk is durable.

use crate::digest::StateHasher;
use crate::draw::below;
use crate::face::{Face, Tag};
use crate::ids::{NodeId, OpId};
use crate::liar::Forger;
use crate::time::{Span, Time};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Any value that can be serialised, behind `dyn`.
pub use erased_serde::Serialize as ErasedSerialize;

/// What the processes of one protocol say, wait for, and are asked. Implemented by a unit type.
pub trait Protocol: Copy + Debug + 'static {
    /// What processes send each other.
    type Msg: Clone + Eq + Hash + Debug + Serialize;
    /// What processes wait for.
    type Timer: Copy + Ord + Hash + Debug;
    /// What a client invokes.
    type Op: Clone + Hash + Debug + Serialize + DeserializeOwned;
    /// What the history records in answer.
    type Ret: Clone + Hash + Debug + Serialize;
    /// The numbered lines of the protocol's pseudo-code; converts to the line's index.
    type Line: Copy + Into<u16>;
    /// What invariants see of a process: a reference to it, by role.
    type View<'a>: Copy;

    /// How a message is drawn and called.
    fn tag(msg: &Self::Msg) -> Tag;
    /// What a timer is called.
    fn timer_name(timer: Self::Timer) -> &'static str;
    /// Takes a message into the run's hash, as its [`Hash`] does; for messages that can do it quicker
    /// ([`Shared`](crate::digest::Shared)).
    fn hash_msg(msg: &Self::Msg, hasher: &mut StateHasher) {
        msg.hash(hasher);
    }

    /// Alters what a message says, for a node that lies: only what its sender says there on its own account, and not what
    /// others have signed. Where a message stays as it was, a liar says something earlier again.
    fn forge(_msg: &mut Self::Msg, _forger: &mut Forger) {}
    /// Alters an answer to a client. Where it stays as it was, a liar gives the answer that was another's.
    fn forge_answer(_ret: &mut Self::Ret, _forger: &mut Forger) {}
}

/// One part a process can play: server, client, coordinator, liar.
pub trait Process<P: Protocol>: Clone + Hash + Serialize + 'static {
    /// Fixed for the process's life: shared, never hashed, never forked.
    type Config: Send + Sync + 'static;
    /// What a crash leaves; nothing else survives. A process keeps it in a field that its own `Serialize` skips, so
    /// that an inspector can show the durable and the volatile part apart.
    type Disk: Clone + Hash + Default + Serialize;

    /// First start and every restart.
    fn boot(config: &Arc<Self::Config>, disk: Self::Disk, cx: &mut Cx<P>) -> Self;
    /// The durable part.
    fn disk(&self) -> &Self::Disk;
    /// A message arrived.
    fn on_msg(&mut self, from: NodeId, msg: P::Msg, cx: &mut Cx<P>);
    /// A timer ran out.
    fn on_timer(&mut self, _timer: P::Timer, _cx: &mut Cx<P>) {}
    /// A client invoked an operation here.
    fn on_op(&mut self, _id: OpId, _op: P::Op, _cx: &mut Cx<P>) {}
    /// What invariants see.
    fn view(&self) -> P::View<'_>;
    /// What people see at a glance.
    fn face(&self) -> Face;
    /// Takes the whole state into the run's hash, as [`Hash`] does; for a large state that can do it quicker
    /// ([`Shared`](crate::digest::Shared)).
    fn hash_state(&self, hasher: &mut StateHasher) {
        self.hash(hasher);
    }
}

/// What a handler asks of the world.
#[derive(Clone, Debug)]
pub enum Effect<P: Protocol> {
    /// Send a message.
    Send(NodeId, P::Msg),
    /// (Re)arm a timer, to run out after a time drawn from the range on the process's own clock. The world draws; a
    /// model checker need not.
    SetTimer(P::Timer, Range<Span>),
    /// Disarm a timer.
    CancelTimer(P::Timer),
    /// Answer a client's operation.
    Reply(OpId, P::Ret),
    /// This line of the paper just ran.
    Line(P::Line),
}

/// Where a process's choices come from: keyed randomness when simulating, every possibility when model checking.
pub trait Choose {
    /// A number of `0..n`.
    fn choose(&mut self, n: u64) -> u64;
}

/// What a process can know and do during one handler.
pub struct Cx<'a, P: Protocol> {
    /// This node.
    pub me: NodeId,
    /// The nodes it has links to, in ascending order, itself left out.
    pub neighbours: &'a [NodeId],
    pub(crate) clock: Time,
    pub(crate) choices: &'a mut dyn Choose,
    pub(crate) out: &'a mut Vec<Effect<P>>,
}

impl<'a, P: Protocol> Cx<'a, P> {
    /// A context outside a world: for driving a process by hand in a test, a model checker or another engine.
    pub fn new(
        me: NodeId,
        neighbours: &'a [NodeId],
        clock: Time,
        choices: &'a mut dyn Choose,
        out: &'a mut Vec<Effect<P>>,
    ) -> Self {
        Cx { me, neighbours, clock, choices, out }
    }
    /// Sends a message.
    pub fn send(&mut self, to: NodeId, msg: impl Into<P::Msg>) {
        self.out.push(Effect::Send(to, msg.into()));
    }
    /// Arms a timer, or arms it anew, to run out after a time drawn from the range.
    pub fn set_timer(&mut self, timer: P::Timer, after: Range<Span>) {
        self.out.push(Effect::SetTimer(timer, after));
    }
    /// Disarms a timer.
    pub fn cancel_timer(&mut self, timer: P::Timer) {
        self.out.push(Effect::CancelTimer(timer));
    }
    /// Answers an operation.
    pub fn reply(&mut self, id: OpId, ret: P::Ret) {
        self.out.push(Effect::Reply(id, ret));
    }
    /// Marks the line of the paper that runs.
    pub fn line(&mut self, line: P::Line) {
        self.out.push(Effect::Line(line));
    }
    /// The node's own clock, with its offset and drift; never the world's time.
    pub fn clock(&self) -> Time {
        self.clock
    }
    /// A number of `0..n`.
    pub fn choose(&mut self, n: u64) -> u64 {
        self.choices.choose(n)
    }
}

/// The settings that a process keeps: shared by all its copies, and neither hashed nor shown as state.
#[derive(Debug)]
pub struct Fixed<T>(Arc<T>);

impl<T> Fixed<T> {
    /// Keeps what [`Process::boot`] was given.
    pub fn new(config: &Arc<T>) -> Self {
        Fixed(config.clone())
    }
}
impl<T> Clone for Fixed<T> {
    fn clone(&self) -> Self {
        Fixed(self.0.clone())
    }
}
impl<T> std::ops::Deref for Fixed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
impl<T> Hash for Fixed<T> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// What happens to a process.
#[derive(Clone, Debug)]
pub enum Input<P: Protocol> {
    /// A message arrives.
    Msg(NodeId, P::Msg),
    /// A timer runs out.
    Timer(P::Timer),
    /// A client invokes an operation.
    Op(OpId, P::Op),
}

/// What the world holds: any process of one protocol, up or down. Implemented once, for every [`Process`].
pub trait Node<P: Protocol> {
    /// Starts the process from its disk; returns the disk's digest.
    fn boot(&mut self, cx: &mut Cx<P>);
    /// Runs a handler.
    fn on(&mut self, input: Input<P>, cx: &mut Cx<P>);
    /// The digest of the durable part: it changes exactly when there is something to write.
    fn disk_digest(&self) -> u64;
    /// A copy of this node, down, with the disk as it is now: what a crash would leave if all of it were durable.
    fn durable(&self) -> Rc<dyn Node<P>>;
    /// A copy to change while others keep the original.
    fn fork(&self) -> Rc<dyn Node<P>>;
    /// The digest of the whole state.
    fn digest(&self) -> u64;
    /// What invariants see; nothing while the process is down.
    fn view(&self) -> Option<P::View<'_>>;
    /// What people see at a glance; nothing while the process is down.
    fn face(&self) -> Option<Face>;
    /// The volatile state; nothing while the process is down.
    fn volatile(&self) -> Option<&dyn ErasedSerialize>;
    /// The durable state.
    fn disk(&self) -> &dyn ErasedSerialize;
}

/// A process in its place, with the settings it starts from.
pub struct Seat<P: Protocol, R: Process<P>> {
    config: Arc<R::Config>,
    power: Power<R, R::Disk>,
}

#[derive(Clone)]
enum Power<R, D> {
    Up(R),
    Down(D),
}

impl<P: Protocol, R: Process<P>> Seat<P, R> {
    /// A process that has never run, with an empty disk.
    #[expect(clippy::new_ret_no_self, reason = "a seat is only ever seen as a node of the world")]
    pub fn new(config: Arc<R::Config>) -> Rc<dyn Node<P>> {
        Seat::<P, R>::with_disk(config, R::Disk::default())
    }
    /// A process that has not yet run here, with a disk from an earlier life.
    pub fn with_disk(config: Arc<R::Config>, disk: R::Disk) -> Rc<dyn Node<P>> {
        Rc::new(Seat::<P, R> { config, power: Power::Down(disk) })
    }
    fn current_disk(&self) -> &R::Disk {
        match &self.power {
            Power::Up(process) => process.disk(),
            Power::Down(disk) => disk,
        }
    }
}

impl<P: Protocol, R: Process<P>> Node<P> for Seat<P, R> {
    fn boot(&mut self, cx: &mut Cx<P>) {
        let disk = self.current_disk().clone();
        self.power = Power::Up(R::boot(&self.config, disk, cx));
    }
    fn on(&mut self, input: Input<P>, cx: &mut Cx<P>) {
        let Power::Up(process) = &mut self.power else {
            return;
        };
        match input {
            Input::Msg(from, msg) => process.on_msg(from, msg, cx),
            Input::Timer(timer) => process.on_timer(timer, cx),
            Input::Op(id, op) => process.on_op(id, op, cx),
        }
    }
    fn disk_digest(&self) -> u64 {
        crate::digest::digest(self.current_disk())
    }
    fn durable(&self) -> Rc<dyn Node<P>> {
        Seat::<P, R>::with_disk(self.config.clone(), self.current_disk().clone())
    }
    fn fork(&self) -> Rc<dyn Node<P>> {
        Rc::new(Seat::<P, R> { config: self.config.clone(), power: self.power.clone() })
    }
    fn digest(&self) -> u64 {
        let mut hasher = StateHasher::default();
        std::mem::discriminant(&self.power).hash(&mut hasher);
        match &self.power {
            Power::Up(process) => process.hash_state(&mut hasher),
            Power::Down(disk) => disk.hash(&mut hasher),
        }
        hasher.finish()
    }
    fn view(&self) -> Option<P::View<'_>> {
        self.up().map(R::view)
    }
    fn face(&self) -> Option<Face> {
        self.up().map(R::face)
    }
    fn volatile(&self) -> Option<&dyn ErasedSerialize> {
        self.up().map(|process| process as &dyn ErasedSerialize)
    }
    fn disk(&self) -> &dyn ErasedSerialize {
        self.current_disk()
    }
}

impl<P: Protocol, R: Process<P>> Seat<P, R> {
    fn up(&self) -> Option<&R> {
        match &self.power {
            Power::Up(process) => Some(process),
            Power::Down(_) => None,
        }
    }
}

/// Choices drawn from the run's seed, keyed by node and by how many it has made.
pub(crate) struct KeyedChoices {
    pub seed: crate::draw::Seed,
    pub node: NodeId,
    pub made: u64,
}

impl Choose for KeyedChoices {
    fn choose(&mut self, n: u64) -> u64 {
        self.made += 1;
        let draw = self.seed.draw(crate::draw::Purpose::Choice, u32::from(self.node.0), 0, self.made);
        below(draw, n)
    }
}
