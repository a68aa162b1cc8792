//! The log: what a process forces to its disk, and all that a crash leaves of it.

use super::{Outcome, Text, Txn};
use crate::shared::commit;
use netsplit_sim::{Chained, NodeId};
use serde::Serialize;

/// One record.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Record {
    /// A participant can go either way, and is about to vote yes.
    Prepared {
        /// The transaction.
        txn: Txn,
        /// Whom to ask how it ended.
        coordinator: NodeId,
        /// The key that it writes...
        key: Text,
        /// ...and the value.
        value: Text,
    },
    /// The transaction ended like this.
    Decided {
        /// The transaction.
        txn: Txn,
        /// How.
        outcome: Outcome,
    },
    /// All participants have acknowledged: nobody has to be told again.
    End {
        /// The transaction.
        txn: Txn,
    },
}

/// All records, in the order of writing.
pub type Log = Chained<Record>;

impl commit::log::Record for Record {
    fn txn(&self) -> Txn {
        match *self {
            Record::Prepared { txn, .. } | Record::Decided { txn, .. } | Record::End { txn } => txn,
        }
    }
    fn decided(&self) -> Option<Outcome> {
        match *self {
            Record::Decided { outcome, .. } => Some(outcome),
            Record::Prepared { .. } | Record::End { .. } => None,
        }
    }
    fn letter(&self) -> char {
        match self {
            Record::Prepared { .. } => 'P',
            Record::Decided { outcome: Outcome::Committed, .. } => 'C',
            Record::Decided { outcome: Outcome::Aborted, .. } => 'A',
            Record::End { .. } => 'E',
        }
    }
    fn closes(&self) -> bool {
        !matches!(self, Record::Prepared { .. })
    }
}
