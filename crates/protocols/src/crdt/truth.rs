//! What a replica must have, from the updates it has seen: the types' meaning, said without their states. Which updates
//! a replica has seen is decided by the engine's happens-before.

use super::{Op, Text, Values};
use crate::shared::ghost::Past;
use netsplit_sim::{EventId, NodeId, OpId, Time};
use std::collections::{BTreeMap, BTreeSet};

/// An update, where and when it was made.
#[derive(Clone, Debug)]
pub struct Update {
    pub id: OpId,
    pub node: NodeId,
    pub event: EventId,
    pub at: Time,
    pub op: Op,
    /// Its past, itself included.
    pub past: Past,
}

impl Update {
    /// Whether an event with this past has seen the update.
    pub fn seen_in(&self, past: &Past) -> bool {
        past[self.node.index()] >= self.past[self.node.index()]
    }
}

/// All updates there have been: of each replica, in the order of making.
#[derive(Clone, Debug, Default)]
pub struct Updates(pub Vec<Vec<std::rc::Rc<Update>>>);

impl Updates {
    /// How many of a replica's updates somebody with this past has seen.
    pub fn seen(&self, replica: usize, past: &Past) -> u32 {
        self.0.get(replica).map_or(0, |list| list.partition_point(|update| update.seen_in(past)) as u32)
    }
}

/// What the updates that a replica has seen come to.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// How many updates of each replica it has seen.
    pub seen: Vec<u32>,
    count: u64,
    balance: i64,
    /// Adds that no remove which was seen had seen.
    adds: BTreeMap<Text, Vec<std::rc::Rc<Update>>>,
    removes: BTreeMap<Text, Vec<std::rc::Rc<Update>>>,
    /// Writes of which no other that was seen knew.
    writes: Vec<std::rc::Rc<Update>>,
}

impl Truth {
    /// Sees all updates that somebody with this past has seen.
    pub fn see(&mut self, updates: &Updates, past: &Past) {
        self.seen.resize(updates.0.len(), 0);
        for (replica, list) in updates.0.iter().enumerate() {
            let seen = updates.seen(replica, past);
            for update in list.get(self.seen[replica] as usize..seen as usize).unwrap_or_default() {
                self.absorb(update.clone());
            }
            self.seen[replica] = seen;
        }
    }

    fn absorb(&mut self, update: std::rc::Rc<Update>) {
        match &update.op {
            Op::Count { by } => self.count += u64::from(*by),
            Op::Increment { by } => self.balance += i64::from(*by),
            Op::Decrement { by } => self.balance -= i64::from(*by),
            Op::Add { element } => {
                let removed =
                    self.removes.get(element).is_some_and(|list| list.iter().any(|it| update.seen_in(&it.past)));
                if !removed {
                    self.adds.entry(element.clone()).or_default().push(update.clone());
                }
            }
            Op::Remove { element } => {
                if let Some(adds) = self.adds.get_mut(element) {
                    adds.retain(|add| !add.seen_in(&update.past));
                }
                self.removes.entry(element.clone()).or_default().push(update.clone());
            }
            Op::Assign { .. } => {
                if !self.writes.iter().any(|write| update.seen_in(&write.past)) {
                    self.writes.retain(|write| !write.seen_in(&update.past));
                    self.writes.push(update.clone());
                }
            }
            Op::Read {} => {}
        }
    }

    /// What is wrong with what a replica has, and the updates that show it.
    pub fn judge(&self, values: &Values) -> Option<(String, Vec<std::rc::Rc<Update>>)> {
        if values.count.is_some_and(|count| count != self.count) {
            return Some((
                format!("has counted {}, and it has seen {}", values.count.unwrap_or(0), self.count),
                Vec::new(),
            ));
        }
        if values.balance.is_some_and(|balance| balance != self.balance) {
            let text = format!("has {} left, and it has seen {}", values.balance.unwrap_or(0), self.balance);
            return Some((text, Vec::new()));
        }
        let set: BTreeSet<&Text> = values.set.iter().flatten().collect();
        let lost =
            self.adds.iter().find(|(element, adds)| values.set.is_some() && !adds.is_empty() && !set.contains(element));
        if let Some((element, adds)) = lost {
            return Some((format!("lacks {element}, which nobody removed who had seen it added"), adds.clone()));
        }
        if let Some(element) = set.into_iter().find(|element| self.adds.get(*element).is_none_or(Vec::is_empty)) {
            let removes = self.removes.get(element).cloned().unwrap_or_default();
            return Some((format!("has {element}, and has seen that all adds of it were removed"), removes));
        }
        self.judge_register(values.register.as_ref())
    }

    fn judge_register(&self, value: Option<&Text>) -> Option<(String, Vec<std::rc::Rc<Update>>)> {
        let wrote = |write: &Update| matches!(&write.op, Op::Assign { value: written } if Some(written) == value);
        if self.writes.iter().any(|write| wrote(write)) || (self.writes.is_empty() && value.is_none()) {
            return None;
        }
        let value = value.map_or("nothing", |value| value);
        Some((format!("holds {value}, and has seen later writes"), self.writes.clone()))
    }
}
