//! What is known of a member, and of all.

use netsplit_sim::{NodeId, Shared};
use serde::{Serialize, Serializer};
use std::hash::{Hash, Hasher};

/// How often a node has begun to be a member, or refuted that it was gone.
pub type Incarnation = u32;

/// What a node knows of all others and of itself. Many hold the same one: the node, its disk, messages on their way.
pub type Table = Shared<Records>;

/// What is known of a member. Of two records the greater counts: the derived order compares the incarnation first, so
/// merging is taking the maximum, and views agree once all news is everywhere, in whatever order it came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Record {
    /// Since which incarnation...
    pub incarnation: Incarnation,
    /// ...it is this.
    pub status: Status,
}

/// How a member is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is there.
    Active,
    /// It did not answer.
    Suspect,
    /// It did not refute that.
    Failed,
    /// It said goodbye.
    Left,
}

impl Record {
    /// Whether it belongs to the group, as far as anybody knows.
    pub fn is_member(self) -> bool {
        matches!(self.status, Status::Active | Status::Suspect)
    }
    /// The same incarnation in another state.
    pub fn but(self, status: Status) -> Record {
        Record { status, ..self }
    }
}

/// Records by node. In a row, not in a tree: with a thousand members, comparing, copying and going through them is most
/// of what there is to do, and where all nodes are known each stands at the place of its number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Records {
    /// In the order of the nodes; node and record in one number, since numbers are compared as fast as memory can be read.
    rows: Vec<u64>,
    /// Those who failed, in order.
    failed: Vec<NodeId>,
    /// How many are suspected.
    suspects: usize,
}

fn row(node: NodeId, record: Record) -> u64 {
    u64::from(node.0) << 48 | u64::from(record.incarnation) << 8 | record.status as u64
}
fn node_of(row: u64) -> NodeId {
    NodeId((row >> 48) as u16)
}
fn record_of(row: u64) -> Record {
    let status = match row as u8 {
        0 => Status::Active,
        1 => Status::Suspect,
        2 => Status::Failed,
        _ => Status::Left,
    };
    Record { incarnation: (row >> 8) as Incarnation, status }
}

impl Records {
    fn place(&self, node: NodeId) -> Result<usize, usize> {
        match self.rows.get(node.index()) {
            Some(row) if node_of(*row) == node => Ok(node.index()),
            _ => self.rows.binary_search_by_key(&node, |row| node_of(*row)),
        }
    }
    /// The record of a node.
    pub fn get(&self, node: NodeId) -> Option<Record> {
        self.place(node).ok().map(|at| record_of(self.rows[at]))
    }
    /// Whether there is one.
    pub fn knows(&self, node: NodeId) -> bool {
        self.place(node).is_ok()
    }
    /// Whether a node belongs to the group.
    pub fn has_member(&self, node: NodeId) -> bool {
        self.get(node).is_some_and(Record::is_member)
    }
    /// Those who failed, in order.
    pub fn failed(&self) -> &[NodeId] {
        &self.failed
    }
    /// How many are suspected.
    pub fn suspects(&self) -> usize {
        self.suspects
    }
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// All records, in the order of the nodes.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, Record)> {
        self.rows.iter().map(|row| (node_of(*row), record_of(*row)))
    }
    /// Sets the record of a node.
    pub fn insert(&mut self, node: NodeId, record: Record) {
        self.suspects += usize::from(record.status == Status::Suspect);
        match self.place(node) {
            Ok(at) => {
                let before = record_of(std::mem::replace(&mut self.rows[at], row(node, record)));
                self.suspects -= usize::from(before.status == Status::Suspect);
            }
            Err(at) => self.rows.insert(at, row(node, record)),
        }
        match (self.failed.binary_search(&node), record.status == Status::Failed) {
            (Err(at), true) => self.failed.insert(at, node),
            (Ok(at), false) => {
                self.failed.remove(at);
            }
            _ => {}
        }
    }
}

impl FromIterator<(NodeId, Record)> for Records {
    fn from_iter<I: IntoIterator<Item = (NodeId, Record)>>(records: I) -> Records {
        let mut all = Records::default();
        records.into_iter().for_each(|(node, record)| all.insert(node, record));
        all
    }
}

impl Hash for Records {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|row| row.hash(state)); // the rest follows from them
    }
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn records_are_what_a_tree_of_them_would_be() {
        use Status::{Active, Failed, Left, Suspect};
        let (mut records, mut tree) = (Records::default(), BTreeMap::new());
        let mut number = 1u32;
        for turn in 0..2_000 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let node = NodeId((number >> 20) as u16 % 50 * if turn < 1_000 { 7 } else { 1 });
            let status = [Active, Suspect, Failed, Left][(number >> 8) as usize % 4];
            let record = Record { incarnation: Incarnation::MAX - number % 5, status };
            records.insert(node, record);
            tree.insert(node, record);
            assert!(records.iter().eq(tree.iter().map(|(node, record)| (*node, *record))));
            assert_eq!(netsplit_sim::digest::digest(&records), netsplit_sim::digest::digest(&tree));
            let failed = tree.iter().filter(|(_, record)| record.status == Failed).map(|(node, _)| node);
            assert!(records.failed().iter().eq(failed));
            assert_eq!(records.suspects(), tree.values().filter(|record| record.status == Suspect).count());
        }
        let nodes = (0..400).map(NodeId);
        nodes.for_each(|node| assert_eq!(records.get(node), tree.get(&node).copied()));
    }
}
