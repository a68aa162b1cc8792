//! What the operations so far have made of it all: the state machine that every coordinator and every device runs.

use super::{Op, Slot};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{NodeId, OpId};
use serde::Serialize;

/// The devices and the policy.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug, Serialize)]
pub struct State {
    /// The registered devices, and the level of each.
    levels: Map<NodeId, u64>,
    /// The policy: the highest level that a device may be told to go to.
    limit: Option<u64>,
    /// The names of the operations so far.
    names: Set<OpId>,
}

/// What came of what stands at a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// There was nothing to do, or it had been done under this name before.
    Nothing,
    /// It was done.
    Done,
    /// The policy forbids it.
    Forbidden,
    /// None of its devices is registered.
    NoDevice,
}

impl State {
    /// Does what stands at the next place; `lawful` if the policy is to be heeded.
    pub fn apply(&mut self, slot: &Slot, lawful: bool) -> Outcome {
        let Some(named) = slot.as_ref().filter(|named| self.names.insert(named.id)) else { return Outcome::Nothing };
        if lawful && self.forbids(&named.op) {
            return Outcome::Forbidden;
        }
        match &named.op {
            Op::Register { device } => {
                self.levels.entry(*device).or_default();
            }
            Op::Limit { level } => self.limit = Some(*level),
            op => {
                let changes = self.changes(op);
                if changes.is_empty() {
                    return Outcome::NoDevice;
                }
                self.levels.extend(changes);
            }
        }
        Outcome::Done
    }

    /// Whether the policy, as it is here, forbids an operation.
    pub fn forbids(&self, op: &Op) -> bool {
        let Some(limit) = self.limit else { return false };
        match op {
            Op::Set { level, .. } => *level > limit,
            op => self.changes(op).iter().any(|(_, level)| *level > limit),
        }
    }

    /// Which devices an operation would bring to which level.
    fn changes(&self, op: &Op) -> Vec<(NodeId, u64)> {
        let (devices, to): (_, &dyn Fn(u64) -> u64) = match op {
            Op::Set { devices, level } => (devices, &|_| *level),
            Op::Raise { devices, by } => (devices, &|level| level.saturating_add(*by)),
            Op::Synchronise { devices, like } => match self.level(*like) {
                Some(level) => (devices, &move |_| level),
                None => return Vec::new(),
            },
            Op::Register { .. } | Op::Limit { .. } => return Vec::new(),
        };
        let registered = self.levels.iter().filter(|(device, _)| devices.contains(device));
        registered.map(|(device, level)| (*device, to(*level))).collect()
    }

    /// The level of a device, if it is registered.
    pub fn level(&self, device: NodeId) -> Option<u64> {
        self.levels.get(&device).copied()
    }
    /// The registered devices.
    pub fn devices(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.levels.keys().copied()
    }
    /// The policy: the highest level that a device may be told to go to.
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }
    /// Whether an operation of that name has had its place.
    pub fn knows(&self, name: OpId) -> bool {
        self.names.contains(&name)
    }
}
