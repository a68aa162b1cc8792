//! The data types: what their states are, how updates move them upward, and how two of them are joined.

use super::Text;
use netsplit_sim::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// States that are ordered, and of which any two have a least one above both.
pub trait Lattice {
    /// Becomes the least state that is above this one and the other.
    fn join(&mut self, other: &Self);
    /// Whether this state is the other or below it: all that it says, the other says too.
    fn within(&self, other: &Self) -> bool;
}

/// The types, as a scenario names them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Type {
    /// A counter that only grows.
    GCounter,
    /// A counter that goes both ways.
    PnCounter,
    /// A set in which adding wins over removing at the same time.
    OrSet,
    /// A register in which the later write wins.
    LwwRegister,
}

/// Names one update: the replica that made it, and a number that it has used for no other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
pub struct Dot {
    /// Higher than all that the replica had heard of.
    pub number: u64,
    /// Who; nobody before the first update.
    pub replica: Option<NodeId>,
}

/// A counter that only grows (G-counter): how much each replica has counted. Nobody but a replica itself raises its
/// entry, so of two entries the higher is the newer, and the join takes that.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct GCounter(BTreeMap<NodeId, u64>);

impl GCounter {
    /// Counts. Returns whether there was anything to count.
    pub fn add(&mut self, replica: NodeId, by: u32) -> bool {
        if by > 0 {
            let entry = self.0.entry(replica).or_default();
            *entry = entry.saturating_add(u64::from(by));
        }
        by > 0
    }
    /// The sum of all entries.
    pub fn value(&self) -> u64 {
        self.0.values().fold(0, |sum, entry| sum.saturating_add(*entry))
    }
    /// How much each replica has counted.
    pub fn entries(&self) -> impl Iterator<Item = (NodeId, u64)> {
        self.0.iter().map(|(replica, entry)| (*replica, *entry))
    }
    /// Brings the entries of two counters together.
    pub(super) fn join_by(&mut self, other: &GCounter, newer: fn(u64, u64) -> u64) {
        for (replica, theirs) in &other.0 {
            let mine = self.0.entry(*replica).or_default();
            *mine = newer(*mine, *theirs);
        }
    }
}

impl Lattice for GCounter {
    fn join(&mut self, other: &GCounter) {
        self.join_by(other, u64::max);
    }
    fn within(&self, other: &GCounter) -> bool {
        self.0.iter().all(|(replica, mine)| other.0.get(replica).is_some_and(|theirs| mine <= theirs))
    }
}

/// A counter that goes both ways (PN-counter): two that only grow, one for up, one for down.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct PnCounter {
    /// What was added.
    pub up: GCounter,
    /// What was taken away.
    pub down: GCounter,
}

impl PnCounter {
    /// What is left.
    pub fn value(&self) -> i64 {
        let value = i128::from(self.up.value()) - i128::from(self.down.value());
        value.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }
}

impl Lattice for PnCounter {
    fn join(&mut self, other: &PnCounter) {
        self.up.join(&other.up);
        self.down.join(&other.down);
    }
    fn within(&self, other: &PnCounter) -> bool {
        self.up.within(&other.up) && self.down.within(&other.down)
    }
}

/// A set in which adding wins over removing at the same time (observed-remove set). Every add is told from all others
/// by its dot. A remove buries the dots that it sees, as tombstones; an add that it does not see stays.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct OrSet {
    /// All adds there ever were.
    pub added: BTreeSet<(Text, Dot)>,
    /// Those that have been removed.
    pub removed: BTreeSet<(Text, Dot)>,
}

impl OrSet {
    /// The adds of an element that have not been removed.
    pub fn seen(&self, element: &str) -> Vec<(Text, Dot)> {
        self.added.difference(&self.removed).filter(|(other, _)| &**other == element).cloned().collect()
    }
    /// The elements, in their order.
    pub fn elements(&self) -> Vec<Text> {
        let mut elements: Vec<Text> =
            self.added.difference(&self.removed).map(|(element, _)| element.clone()).collect();
        elements.dedup();
        elements
    }
}

impl Lattice for OrSet {
    fn join(&mut self, other: &OrSet) {
        self.added.extend(other.added.iter().cloned());
        self.removed.extend(other.removed.iter().cloned());
    }
    fn within(&self, other: &OrSet) -> bool {
        self.added.is_subset(&other.added) && self.removed.is_subset(&other.removed)
    }
}

/// A register in which the later write wins: its value with the dot of the write. Dots are in one order, so of two
/// writes one is later, for everybody the same.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct LwwRegister {
    /// The write.
    pub dot: Dot,
    /// What it wrote.
    pub value: Option<Text>,
}

impl Lattice for LwwRegister {
    fn join(&mut self, other: &LwwRegister) {
        if self.dot < other.dot {
            *self = other.clone();
        }
    }
    fn within(&self, other: &LwwRegister) -> bool {
        self.dot < other.dot || self == other
    }
}

/// All four side by side. A product of lattices is a lattice, joined part by part.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The counter that only grows.
    pub count: GCounter,
    /// The counter that goes both ways.
    pub balance: PnCounter,
    /// The set.
    pub set: OrSet,
    /// The register.
    pub register: LwwRegister,
}

impl Lattice for State {
    fn join(&mut self, other: &State) {
        self.count.join(&other.count);
        self.balance.join(&other.balance);
        self.set.join(&other.set);
        self.register.join(&other.register);
    }
    fn within(&self, other: &State) -> bool {
        self.count.within(&other.count)
            && self.balance.within(&other.balance)
            && self.set.within(&other.set)
            && self.register.within(&other.register)
    }
}
