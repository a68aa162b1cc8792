//! What people, scenarios and sweeps do to a run, as data.

use crate::ids::{MsgName, NodeId};
use crate::liar::Manner;
use crate::network::Link;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// Which node an intervention means.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Target {
    /// This one.
    Node(NodeId),
    /// The one that plays this role at that moment, as its [`Face`](crate::Face) says; of several, the one with the
    /// highest headline, then the lowest id. If none does, the intervention does nothing.
    Role(String),
}

impl From<NodeId> for Target {
    fn from(node: NodeId) -> Target {
        Target::Node(node)
    }
}

/// A change to the world, or a client's request, at one moment of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Intervention<Op> {
    /// The process stops and loses everything but its disk.
    Crash(Target),
    /// The process starts from its disk; nothing happens if it is up.
    Restart(Target),
    /// The process stops for a while without noticing, as in a long garbage collection.
    Pause(Target),
    /// A paused process goes on: what came meanwhile is handled now.
    Resume(Target),
    /// A timer runs out now: the named one, or the one that is due first.
    Fire(Target, Option<String>),
    /// A clock is set forward or back by nanoseconds, and drifts by parts per million from now on.
    Clock(Target, i64, i32),
    /// A disk takes this long from now on to make a write durable; if it lies, it says so at once, and a crash loses
    /// what was written in that time.
    Disk(Target, Span, Lying),
    /// A client invokes an operation at a node.
    Invoke(Target, Op),
    /// The link from one node to another carries nothing, what is on its way included.
    Cut(Target, Target),
    /// The link works again.
    Mend(Target, Target),
    /// The network falls apart: each group on its own, and all nodes that are in none together.
    Partition(Vec<Vec<Target>>),
    /// Partitions and cuts end.
    Heal,
    /// The link from one node to another behaves like this from now on.
    Relink(Target, Target, Link),
    /// All links that have no behaviour of their own behave like this from now on.
    Network(Link),
    /// A message in flight vanishes.
    Drop(MsgName),
    /// A message in flight is doubled: the copy arrives right after it.
    Duplicate(MsgName),
    /// A message in flight arrives now.
    Deliver(MsgName),
    /// A message in flight takes this much longer.
    Delay(MsgName, Span),
    /// A node becomes a liar, or honest again: its process goes on as it should, and what it says is altered.
    Turn(Target, Manner),
}

/// Whether a disk says that a write is durable before it is.
pub type Lying = bool;

/// When in a run an intervention takes effect: a time, and after how many of that instant's events. A click on a
/// paused run must land between two events even if they happen in the same nanosecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Moment {
    /// The instant.
    pub at: Time,
    /// How many events of that instant come first.
    pub after: u32,
}

/// An intervention in its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Planned<Op> {
    /// When.
    pub when: Moment,
    /// What.
    pub what: Intervention<Op>,
}

/// By moment; those of one moment stay in the order they were in.
pub fn in_order<Op>(planned: Vec<Planned<Op>>) -> Vec<Planned<Op>> {
    let order = order(planned.iter().map(|entry| entry.when).collect());
    let mut planned: Vec<_> = planned.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| planned[place].take()).collect()
}

/// The places of moments in their order. Sorting is much code: here it is compiled once, whatever the operations are.
fn order(moments: Vec<Moment>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..moments.len()).collect();
    places.sort_by_key(|place| moments[*place]);
    places
}

/// The targets of an intervention, to be looked at or to be changed.
macro_rules! targets {
    ($of:expr, $iter:ident) => {
        match $of {
            Intervention::Crash(target)
            | Intervention::Restart(target)
            | Intervention::Pause(target)
            | Intervention::Resume(target)
            | Intervention::Fire(target, _)
            | Intervention::Clock(target, ..)
            | Intervention::Disk(target, ..)
            | Intervention::Turn(target, _)
            | Intervention::Invoke(target, _) => vec![target],
            Intervention::Cut(from, to) | Intervention::Mend(from, to) | Intervention::Relink(from, to, _) => {
                vec![from, to]
            }
            Intervention::Partition(groups) => groups.$iter().flatten().collect(),
            Intervention::Heal
            | Intervention::Network(_)
            | Intervention::Drop(_)
            | Intervention::Duplicate(_)
            | Intervention::Deliver(_)
            | Intervention::Delay(..) => Vec::new(),
        }
    };
}

/// What interventions are called, all of them ([`Intervention::name`]).
pub const DEEDS: [&str; 24] = [
    "crash",
    "restart",
    "pause",
    "resume",
    "fire",
    "clock",
    "disk",
    "invoke",
    "cut",
    "mend",
    "partition",
    "heal",
    "link",
    "network",
    "drop",
    "duplicate",
    "deliver",
    "delay",
    "silence",
    "equivocate",
    "replay",
    "corrupt",
    "deceive",
    "honest",
];

impl<Op> Intervention<Op> {
    /// Its name in scenario files and transcripts.
    pub fn name(&self) -> &'static str {
        match self {
            Intervention::Crash(_) => "crash",
            Intervention::Restart(_) => "restart",
            Intervention::Pause(_) => "pause",
            Intervention::Resume(_) => "resume",
            Intervention::Fire(..) => "fire",
            Intervention::Clock(..) => "clock",
            Intervention::Disk(..) => "disk",
            Intervention::Invoke(..) => "invoke",
            Intervention::Cut(..) => "cut",
            Intervention::Mend(..) => "mend",
            Intervention::Partition(_) => "partition",
            Intervention::Heal => "heal",
            Intervention::Relink(..) => "link",
            Intervention::Network(_) => "network",
            Intervention::Drop(_) => "drop",
            Intervention::Duplicate(_) => "duplicate",
            Intervention::Deliver(_) => "deliver",
            Intervention::Delay(..) => "delay",
            Intervention::Turn(_, manner) => manner.turning(),
        }
    }

    /// The same intervention with its operation in another form.
    pub fn try_map_op<To, E>(self, form: impl FnOnce(Op) -> Result<To, E>) -> Result<Intervention<To>, E> {
        Ok(match self {
            Intervention::Invoke(target, op) => Intervention::Invoke(target, form(op)?),
            Intervention::Crash(target) => Intervention::Crash(target),
            Intervention::Restart(target) => Intervention::Restart(target),
            Intervention::Pause(target) => Intervention::Pause(target),
            Intervention::Resume(target) => Intervention::Resume(target),
            Intervention::Fire(target, timer) => Intervention::Fire(target, timer),
            Intervention::Clock(target, offset, drift) => Intervention::Clock(target, offset, drift),
            Intervention::Disk(target, latency, lying) => Intervention::Disk(target, latency, lying),
            Intervention::Cut(from, to) => Intervention::Cut(from, to),
            Intervention::Mend(from, to) => Intervention::Mend(from, to),
            Intervention::Partition(groups) => Intervention::Partition(groups),
            Intervention::Heal => Intervention::Heal,
            Intervention::Relink(from, to, link) => Intervention::Relink(from, to, link),
            Intervention::Network(link) => Intervention::Network(link),
            Intervention::Drop(name) => Intervention::Drop(name),
            Intervention::Duplicate(name) => Intervention::Duplicate(name),
            Intervention::Deliver(name) => Intervention::Deliver(name),
            Intervention::Delay(name, by) => Intervention::Delay(name, by),
            Intervention::Turn(target, manner) => Intervention::Turn(target, manner),
        })
    }

    /// The same intervention at those nodes that it was aimed at once roles had become nodes.
    pub fn aimed(&self, at: &[NodeId]) -> Intervention<Op>
    where
        Op: Clone,
    {
        let mut aimed = self.clone();
        let targets = aimed.targets_mut();
        // If somebody was not there, nobody knows any more who it was.
        if targets.len() == at.len() {
            for (target, node) in targets.into_iter().zip(at) {
                *target = Target::Node(*node);
            }
        }
        aimed
    }

    fn targets_mut(&mut self) -> Vec<&mut Target> {
        targets!(self, iter_mut)
    }
    /// The nodes it speaks of.
    pub fn targets(&self) -> Vec<&Target> {
        targets!(self, iter)
    }
}
