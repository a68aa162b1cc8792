//! The log: what a process forces to its disk, and all that a crash leaves of it.

use super::{Outcome, Text, Txn};
use crate::shared::commit;
use netsplit_sim::Chained;
use serde::Serialize;

/// One record.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Record {
    /// A participant can go either way, and is about to vote yes.
    Ready {
        /// The transaction.
        txn: Txn,
        /// The key that it writes...
        key: Text,
        /// ...and the value.
        value: Text,
    },
    /// A participant knows that all voted yes.
    PreCommitted {
        /// The transaction.
        txn: Txn,
    },
    /// The transaction ended like this.
    Decided {
        /// The transaction.
        txn: Txn,
        /// How.
        outcome: Outcome,
    },
}

/// All records, in the order of writing.
pub type Log = Chained<Record>;

impl commit::log::Record for Record {
    fn txn(&self) -> Txn {
        match *self {
            Record::Ready { txn, .. } | Record::PreCommitted { txn } | Record::Decided { txn, .. } => txn,
        }
    }
    fn decided(&self) -> Option<Outcome> {
        match *self {
            Record::Decided { outcome, .. } => Some(outcome),
            Record::Ready { .. } | Record::PreCommitted { .. } => None,
        }
    }
    fn letter(&self) -> char {
        match self {
            Record::Ready { .. } => 'R',
            Record::PreCommitted { .. } => 'P',
            Record::Decided { outcome: Outcome::Committed, .. } => 'C',
            Record::Decided { outcome: Outcome::Aborted, .. } => 'A',
        }
    }
}
