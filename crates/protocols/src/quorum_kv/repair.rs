//! How copies become the same without being asked for: hints are handed on, and nodes compare what they have, two at a
//! time, by a tree of digests (Merkle 1987; Dynamo, section 4.7): when all is the same, one number says so.

use super::node::StoreNode;
use super::{Line, Msg, QuorumKv, Siblings, Text};
use netsplit_sim::digest::digest;
use netsplit_sim::{Cx, NodeId};

/// How many leaves the tree has: each holds the keys whose hashes end alike.
const LEAVES: u64 = 16;

fn leaf(key: &str) -> u64 {
    digest(key) % LEAVES
}

impl StoreNode {
    /// Tries again to give everything to those for whom it is held.
    pub(super) fn hand_on(&self, cx: &mut Cx<QuorumKv>) {
        for (home, held) in &self.disk.hints {
            cx.line(Line::HandOn);
            for (key, siblings) in held {
                cx.send(*home, Msg::HandOn { key: key.clone(), siblings: siblings.clone() });
            }
        }
    }

    pub(super) fn on_hint(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<QuorumKv>) {
        match msg {
            Msg::HandOn { key, siblings } => {
                cx.line(Line::Take);
                self.take(key.clone(), &siblings);
                cx.send(from, Msg::Taken { key, known: siblings.known });
            }
            Msg::Taken { key, known } => {
                let Some(held) = self.disk.hints.get_mut(&from) else { return };
                if held.get(&key).is_some_and(|siblings| known.covers(&siblings.known)) {
                    cx.line(Line::DropHint);
                    held.remove(&key);
                }
                self.disk.hints.retain(|_, held| !held.is_empty());
            }
            _ => {}
        }
    }

    /// What this node and another should both have: each key, with what this one has of it.
    fn shared(&self, other: NodeId) -> impl Iterator<Item = (&Text, &Siblings)> {
        self.disk.store.iter().filter(move |(key, _)| self.settings.homes(key).contains(&other))
    }

    /// The leaves of the tree over what this node and another should both have.
    fn leaves(&self, other: NodeId) -> Vec<u64> {
        let mut leaves = vec![0; LEAVES as usize];
        for (key, siblings) in self.shared(other) {
            leaves[leaf(key) as usize] ^= digest(&(key, siblings));
        }
        leaves
    }

    /// Compares with the node whose turn it is: sends the root of the tree.
    pub(super) fn compare(&mut self, cx: &mut Cx<QuorumKv>) {
        let me = cx.me;
        let others: Vec<NodeId> = self.settings.nodes.iter().copied().filter(|node| *node != me).collect();
        let Some(other) = others.get((self.compared % others.len().max(1) as u64) as usize) else { return };
        cx.line(Line::Compare);
        self.compared = self.compared.wrapping_add(1);
        cx.send(*other, Msg::Compare { root: digest(&self.leaves(*other)) });
    }

    pub(super) fn on_comparison(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<QuorumKv>) {
        match msg {
            Msg::Compare { root } => {
                let leaves = self.leaves(from);
                if digest(&leaves) != root {
                    cx.line(Line::Differ);
                    cx.send(from, Msg::Differ { leaves });
                }
            }
            Msg::Differ { leaves } => {
                let mine = self.leaves(from);
                let differ = (0..).zip(mine.iter().zip(&leaves)).filter(|(_, (mine, theirs))| mine != theirs);
                let differ: Vec<u64> = differ.map(|(leaf, _)| leaf).collect();
                self.send_leaves(from, differ, true, cx);
            }
            Msg::Exchange { leaves, entries, answer } => {
                if answer {
                    self.send_leaves(from, leaves, false, cx);
                }
                for (key, siblings) in entries {
                    self.take(key, &siblings);
                }
            }
            _ => {}
        }
    }

    /// Sends all keys of some leaves.
    fn send_leaves(&self, to: NodeId, leaves: Vec<u64>, answer: bool, cx: &mut Cx<QuorumKv>) {
        if leaves.is_empty() {
            return;
        }
        cx.line(Line::Exchange);
        let of_these = self.shared(to).filter(|(key, _)| leaves.contains(&leaf(key)));
        let entries = of_these.map(|(key, siblings)| (key.clone(), siblings.clone())).collect();
        cx.send(to, Msg::Exchange { leaves, entries, answer });
    }
}
