//! What is known of a member.

use netsplit_sim::NodeId;
use serde::Serialize;
use std::collections::BTreeMap;

/// How often a node has begun to be a member, or refuted that it was gone.
pub type Incarnation = u64;

/// What a node knows of all others and of itself.
pub type Table = BTreeMap<NodeId, Record>;

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
