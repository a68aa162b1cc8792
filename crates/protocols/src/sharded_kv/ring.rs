//! Which nodes own a key: the circle, and who is on it.

use super::{Bug, Settings};
use crate::shared::circle::Circle;
use netsplit_sim::NodeId;
use netsplit_sim::digest::digest;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Who is a member. Each node counts its own joins and leaves; an odd count is that of a member. Nobody else changes
/// the count, so of two the higher is the newer, and what two nodes know can be put together in any order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Members(BTreeMap<NodeId, u64>);

impl Members {
    /// These, from the start.
    pub fn founded_by(nodes: &[NodeId]) -> Members {
        Members(nodes.iter().map(|node| (*node, 1)).collect())
    }
    /// Whether a node is a member.
    pub fn has(&self, node: NodeId) -> bool {
        self.0.get(&node).is_some_and(|count| count % 2 == 1)
    }
    /// All members, in ascending order.
    pub fn all(&self) -> impl Iterator<Item = NodeId> {
        self.0.iter().filter(|(_, count)| **count % 2 == 1).map(|(node, _)| *node)
    }
    /// A node joins or leaves.
    pub fn turn(&mut self, node: NodeId) {
        let count = self.0.entry(node).or_default();
        *count = count.saturating_add(1);
    }
    /// Takes over what the other knows better. Returns whether there was anything.
    pub fn learn(&mut self, other: &Members) -> bool {
        let before = self.changes();
        for (node, theirs) in &other.0 {
            let mine = self.0.entry(*node).or_default();
            *mine = (*mine).max(*theirs);
        }
        self.changes() != before
    }
    /// How many joins and leaves there have been.
    pub fn changes(&self) -> u64 {
        self.0.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// The circle, with all members on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ring {
    circle: Circle,
    members: Vec<NodeId>,
    replicas: usize,
    modulo: bool,
}

impl Ring {
    /// The circle with these members on it.
    pub fn of(members: &Members, settings: &Settings) -> Ring {
        Ring {
            circle: Circle::of(members.all(), settings.config.points),
            members: members.all().collect(),
            replicas: settings.config.replicas as usize,
            modulo: settings.broken(Bug::ModuloPlacement),
        }
    }

    /// The owners of a key, the primary first: the members whose points come next on the circle, each once.
    pub fn owners(&self, key: &str) -> Vec<NodeId> {
        if self.modulo {
            let wanted = self.replicas.min(self.members.len());
            let first = digest(key) % self.members.len().max(1) as u64;
            return (0..wanted).map(|next| self.members[(first as usize + next) % self.members.len()]).collect();
        }
        self.circle.after(key, self.replicas)
    }

    /// The nodes that own a key on this circle and not on another.
    pub fn gains(&self, before: &Ring, key: &str) -> BTreeSet<NodeId> {
        let old = before.owners(key);
        self.owners(key).into_iter().filter(|node| !old.contains(node)).collect()
    }
}
