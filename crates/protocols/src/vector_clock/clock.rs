//! The vector and its partial order.

use netsplit_sim::ordered::Map;
use netsplit_sim::{Alter, Forger, NodeId};
use serde::{Deserialize, Serialize};

/// For each process, how many of its events are known. Processes of which none is known have no entry.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Vector(Map<NodeId, u64>);

/// How one event stands to another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// It happened before the other.
    Before,
    /// The other happened before it.
    After,
    /// It is the same.
    Equal,
    /// Neither could know of the other.
    Concurrent,
}

/// What an entry counts for that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// Nothing: no event of that process is known.
    Zero,
    /// It cannot be compared with one that is there.
    Incomparable,
}

/// A liar counts its first process wrong.
impl Alter for Vector {
    fn alter(&mut self, forger: &mut Forger) {
        self.0.values_mut().take(1).for_each(|entry| entry.alter(forger));
    }
}

impl Vector {
    /// The entry of a process.
    pub fn entry(&self, process: NodeId) -> u64 {
        self.0.get(&process).copied().unwrap_or(0)
    }
    /// Counts an event of a process.
    pub fn tick(&mut self, process: NodeId) {
        *self.0.entry(process).or_default() += 1;
    }
    /// Takes the greater of each entry.
    pub fn merge(&mut self, other: &Vector) {
        for (&process, &count) in &other.0 {
            let entry = self.0.entry(process).or_default();
            *entry = count.max(*entry);
        }
    }
    /// How the event with this vector stands to that with another.
    pub fn compare(&self, other: &Vector, missing: Missing) -> Order {
        if missing == Missing::Incomparable && !self.0.keys().eq(other.0.keys()) {
            return Order::Concurrent;
        }
        match (self.is_within(other), other.is_within(self)) {
            (true, true) => Order::Equal,
            (true, false) => Order::Before,
            (false, true) => Order::After,
            (false, false) => Order::Concurrent,
        }
    }
    /// The entries there are, by process.
    pub fn entries(&self) -> impl Iterator<Item = (NodeId, u64)> {
        self.0.iter().map(|(process, count)| (*process, *count))
    }
    fn is_within(&self, other: &Vector) -> bool {
        self.entries().all(|(process, count)| count <= other.entry(process))
    }
}

impl Order {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Order::Before => "before",
            Order::After => "after",
            Order::Equal => "equal",
            Order::Concurrent => "concurrent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(entries: &[(u16, u64)]) -> Vector {
        Vector(entries.iter().map(|(process, count)| (NodeId(*process), *count)).collect())
    }

    #[test]
    fn the_order_is_partial_and_a_missing_entry_is_zero() {
        let compare = |a: &[(u16, u64)], b: &[(u16, u64)]| vector(a).compare(&vector(b), Missing::Zero);
        assert_eq!(compare(&[(0, 1), (1, 2)], &[(0, 1), (1, 2)]), Order::Equal);
        assert_eq!(compare(&[(0, 1)], &[(0, 1), (1, 2)]), Order::Before);
        assert_eq!(compare(&[(0, 2), (1, 2)], &[(0, 1), (1, 2)]), Order::After);
        assert_eq!(compare(&[(0, 2)], &[(1, 1)]), Order::Concurrent);
        assert_eq!(vector(&[(0, 1)]).compare(&vector(&[(0, 1), (1, 2)]), Missing::Incomparable), Order::Concurrent);
    }

    #[test]
    fn merging_takes_the_greater_of_each_entry() {
        let mut merged = vector(&[(0, 3), (1, 1)]);
        merged.merge(&vector(&[(1, 2), (2, 4)]));
        assert_eq!(merged, vector(&[(0, 3), (1, 2), (2, 4)]));
    }
}
