//! Versions: which writes of a key a replica has, and which it knows to be overwritten.

use netsplit_sim::NodeId;
use netsplit_sim::ordered::{Map, Set};
use serde::Serialize;

use super::Text;

/// The name of a write of a key: no other has the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Dot {
    /// Who sent it out.
    pub writer: NodeId,
    /// How many of its writes of this key it was, counted from one.
    pub number: u64,
}

/// A set of writes of one key: a vector clock, and dots beyond it (dotted version vectors: Preguiça, Baquero, Almeida,
/// Fonte, Gonçalves 2010). A vector alone would take all that a writer did before for known.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Known {
    /// Of each writer, all writes up to this number.
    upto: Map<NodeId, u64>,
    /// Those of which some before are not known.
    beyond: Set<Dot>,
}

impl Known {
    /// Whether it holds a write.
    pub fn has(&self, dot: Dot) -> bool {
        self.upto.get(&dot.writer).is_some_and(|upto| dot.number <= *upto) || self.beyond.contains(&dot)
    }
    /// Puts a write in.
    pub fn add(&mut self, dot: Dot) {
        if !self.has(dot) {
            self.beyond.insert(dot);
            self.close_up();
        }
    }
    /// Puts all of another set in.
    pub fn join(&mut self, other: &Known) {
        for (writer, upto) in &other.upto {
            let mine = self.upto.entry(*writer).or_default();
            *mine = (*mine).max(*upto);
        }
        for dot in &other.beyond {
            self.beyond.insert(*dot);
        }
        self.close_up();
    }
    /// Whether it holds all of another set.
    pub fn covers(&self, other: &Known) -> bool {
        let all = |(writer, last): (&NodeId, &u64)| (1..=*last).all(|number| self.has(Dot { writer: *writer, number }));
        other.upto.iter().all(all) && other.beyond.iter().all(|dot| self.has(*dot))
    }
    /// What has become adjacent to the vector belongs to it.
    fn close_up(&mut self) {
        let upto = &mut self.upto;
        self.beyond.retain(|dot| {
            let last = upto.get(&dot.writer).copied().unwrap_or(0);
            if dot.number == last.saturating_add(1) {
                upto.insert(dot.writer, dot.number);
            }
            dot.number > last.saturating_add(1)
        });
    }
}

/// What a write wrote.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Written {
    /// Its time stamp: by this the latest is known where versions do not count.
    pub stamp: u64,
    /// The value; none in a delete, which stays as a tombstone.
    pub value: Option<Text>,
}

/// What somebody has of a key: versions none of which was written in the knowledge of another, and the set of all
/// writes that led to them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Siblings {
    /// The writes that it knows of; those that are not among the versions are overwritten.
    pub known: Known,
    /// The versions. Several are siblings: the replicas disagree, and only a later write can settle it.
    pub versions: Map<Dot, Written>,
}

impl Siblings {
    /// A write, with the ones that its writer knew of.
    pub fn written(dot: Dot, written: Written, mut known: Known) -> Siblings {
        known.add(dot);
        Siblings { known, versions: Map::from_iter([(dot, written)]) }
    }

    /// Puts two copies together: of each, what the other has too or has never heard of.
    pub fn merge(&mut self, other: &Siblings) {
        self.versions.retain(|dot, _| other.versions.contains_key(dot) || !other.known.has(*dot));
        for (dot, written) in other.versions.iter().filter(|(dot, _)| !self.known.has(**dot)) {
            self.versions.insert(*dot, written.clone());
        }
        self.known.join(&other.known);
    }

    /// Keeps only the version with the latest stamp.
    pub fn keep_latest(&mut self) {
        let latest = self.versions.iter().map(|(dot, written)| (written.stamp, *dot)).max();
        self.versions.retain(|dot, _| latest.is_some_and(|(_, last)| last == *dot));
    }

    /// The latest stamp.
    pub fn stamp(&self) -> u64 {
        self.versions.values().map(|written| written.stamp).max().unwrap_or(0)
    }
    /// The values that are left, each once; deletes left out.
    pub fn values(&self) -> Vec<Text> {
        let mut values: Vec<Text> = Vec::new();
        for value in self.versions.values().filter_map(|written| written.value.as_ref()) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        values
    }
    /// The names of the versions.
    pub fn dots(&self) -> Vec<Dot> {
        self.versions.keys().copied().collect()
    }
    /// Whether it is a delete and nothing else.
    pub fn is_deleted(&self) -> bool {
        self.versions.values().all(|written| written.value.is_none())
    }
}
