//! The replicated log.

use super::{Configuration, Index, Term};
use crate::shared::kv::Op;
use netsplit_sim::Chained;
use netsplit_sim::digest::Added;
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// One entry: a command for the state machine, and the term in which a leader received it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Entry {
    /// The term of the leader that made it.
    pub term: Term,
    /// The command.
    pub command: Command,
}

/// What an entry is there for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(untagged)]
pub enum Command {
    /// Nothing: a new leader can open its term with it (§8).
    Noop,
    /// An operation, run as often as it stands in the log.
    Run(Arc<Op>),
    /// From here on the cluster is made up of these servers (thesis, §4).
    Configure(Arc<Configuration>),
    /// A client begins a session, called by the index of this entry (thesis, §6.3).
    #[serde(serialize_with = "register")]
    Register,
    /// An operation in a session, run once however often it stands in the log.
    Once(Once),
}

/// An operation with its name: which of which session it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Once {
    /// The session.
    pub client_id: ClientId,
    /// Its number there, from 1.
    pub sequence_num: u64,
    /// The operation.
    pub op: Arc<Op>,
}

/// A session's name: the index of the entry that began it.
pub type ClientId = Index;

/// How a registration is shown.
fn register<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("register")
}

impl Command {
    /// The operation on the store, if it is one.
    pub fn op(&self) -> Option<&Arc<Op>> {
        match self {
            Command::Run(op) | Command::Once(Once { op, .. }) => Some(op),
            Command::Noop | Command::Configure(_) | Command::Register => None,
        }
    }
}

impl fmt::Display for Entry {
    /// `put x=1 (term 2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.command {
            Command::Noop => write!(f, "no-op (term {})", self.term),
            Command::Run(op) => write!(f, "{op} (term {})", self.term),
            Command::Configure(configuration) => {
                let joint = if configuration.is_joint() { "joint " } else { "" };
                write!(f, "{joint}configuration of {} (term {})", configuration.all().count(), self.term)
            }
            Command::Register => write!(f, "a new session (term {})", self.term),
            Command::Once(Once { client_id, sequence_num, op }) => {
                write!(f, "{op}, number {sequence_num} of session {client_id} (term {})", self.term)
            }
        }
    }
}

/// The log of one server. Its first entry has index 1; before it lies index 0, of term 0, on which all servers agree. A log
/// that was compacted starts later: its *base* is the last entry that is gone, of which index and term are known still.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Log {
    #[serde(skip)]
    base: Added<Base>,
    entries: Chained<Entry>,
}

/// The entry before the first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Base {
    index: Index,
    term: Term,
}

impl Log {
    /// An empty log that starts behind an entry, given by index, term, and the digest of the log up to there.
    pub fn after(index: Index, term: Term, digest: u64) -> Log {
        Log { base: Added(Base { index, term }), entries: Chained::after(digest) }
    }
    /// The index of the entry before the first.
    pub fn base_index(&self) -> Index {
        self.base.index
    }
    /// The index of the last entry.
    pub fn last_index(&self) -> Index {
        self.base.index + self.entries.len() as Index
    }
    /// The term of the last entry.
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(self.base.term, |entry| entry.term)
    }
    /// The entry at an index.
    pub fn get(&self, index: Index) -> Option<&Entry> {
        self.entries.get(self.position(index)?)
    }
    /// The term of the entry at an index, if the log reaches that far, and that far back.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.base.index { Some(self.base.term) } else { self.get(index).map(|entry| entry.term) }
    }
    /// The entries from an index on, but at most `limit` of them.
    pub fn from(&self, index: Index, limit: u32) -> &[Entry] {
        let rest = self.position(index).and_then(|start| self.entries.get(start..)).unwrap_or(&[]);
        &rest[..rest.len().min(limit as usize)]
    }
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }
    /// Deletes the entry at an index and all that follow it.
    pub fn truncate_from(&mut self, index: Index) {
        self.entries.truncate(self.position(index).unwrap_or(0));
    }
    /// Deletes the entry at an index and all that come before it.
    pub fn drop_up_to(&mut self, index: Index) {
        if let (Some(term), Some(position)) = (self.term_at(index), self.position(index)) {
            self.entries.forget_first(position + 1);
            self.base = Added(Base { index, term });
        }
    }
    /// The digest of the log up to and including an index: two logs agree that far exactly if their digests do. Of what is
    /// dropped it is not known.
    pub fn digest_up_to(&self, index: Index) -> Option<u64> {
        let len = index.checked_sub(self.base.index)?;
        Some(self.entries.digest_of_first(usize::try_from(len).unwrap_or(usize::MAX)))
    }
    fn position(&self, index: Index) -> Option<usize> {
        usize::try_from(index.checked_sub(self.base.index + 1)?).ok()
    }
}

impl FromIterator<Entry> for Log {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Log {
        Log { base: Added::default(), entries: entries.into_iter().collect() }
    }
}
