//! The replicated log.

use super::{Index, Term};
use crate::kv::Op;
use netsplit_sim::Chained;
use serde::Serialize;
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
    /// An operation for the state machine.
    Run(Arc<Op>),
}

impl fmt::Display for Entry {
    /// `put x=1 (term 2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.command {
            Command::Noop => write!(f, "no-op (term {})", self.term),
            Command::Run(op) => write!(f, "{op} (term {})", self.term),
        }
    }
}

/// The log of one server. Its first entry has index 1; before it lies index 0, of term 0, on which all servers agree.
///
/// Everybody else speaks to it in indexes, so that a log that starts later, behind a snapshot, changes this file alone.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Log {
    entries: Chained<Entry>,
}

impl Log {
    /// The index of the last entry.
    pub fn last_index(&self) -> Index {
        self.entries.len() as Index
    }
    /// The term of the last entry.
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(0, |entry| entry.term)
    }
    /// The entry at an index.
    pub fn get(&self, index: Index) -> Option<&Entry> {
        self.entries.get(position(index)?)
    }
    /// The term of the entry at an index, if the log reaches that far.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == 0 { Some(0) } else { self.get(index).map(|entry| entry.term) }
    }
    /// The entries from an index on, but at most `limit` of them.
    pub fn from(&self, index: Index, limit: u32) -> &[Entry] {
        let rest = position(index).and_then(|start| self.entries.get(start..)).unwrap_or(&[]);
        &rest[..rest.len().min(limit as usize)]
    }
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }
    /// Deletes the entry at an index and all that follow it.
    pub fn truncate_from(&mut self, index: Index) {
        self.entries.truncate(position(index).unwrap_or(0));
    }
    /// The digest of the log up to and including an index: two logs agree that far exactly if their digests do.
    pub fn digest_up_to(&self, index: Index) -> u64 {
        self.entries.digest_of_first(usize::try_from(index).unwrap_or(usize::MAX))
    }
}

impl FromIterator<Entry> for Log {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Log {
        Log { entries: entries.into_iter().collect() }
    }
}

fn position(index: Index) -> Option<usize> {
    usize::try_from(index.checked_sub(1)?).ok()
}
