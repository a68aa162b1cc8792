//! The log: what a process forces to its disk, and all that a crash leaves of it.

use super::{Outcome, Text, Txn};
use netsplit_sim::{Cell, Chained};
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

/// How a transaction ended, if the log says so.
pub(super) fn outcome(log: &Log, wanted: Txn) -> Option<Outcome> {
    log.iter().rev().find_map(|record| match record {
        Record::Decided { txn, outcome } if *txn == wanted => Some(*outcome),
        _ => None,
    })
}

/// The last transaction whose end a log tells of, and how it ended.
pub(super) fn last(log: &Log) -> Option<(Txn, Outcome)> {
    log.iter().rev().find_map(|record| match record {
        Record::Decided { txn, outcome } => Some((*txn, *outcome)),
        _ => None,
    })
}

/// The same as a word on a flag.
pub(super) fn badge(log: &Log) -> Option<&'static str> {
    last(log).map(|(_, outcome)| match outcome {
        Outcome::Committed => "COMMITTED",
        Outcome::Aborted => "ABORTED",
    })
}

/// How many records are shown: the last ones.
const SHOWN: usize = 12;

/// The end of a log as cells, and how many records precede it.
pub(super) fn strip(log: &Log) -> (Vec<Cell>, u64) {
    let start = log.len().saturating_sub(SHOWN);
    let cell = |record: &Record| {
        let (txn, letter) = match record {
            Record::Ready { txn, .. } => (txn, 'R'),
            Record::PreCommitted { txn } => (txn, 'P'),
            Record::Decided { txn, outcome: Outcome::Committed } => (txn, 'C'),
            Record::Decided { txn, outcome: Outcome::Aborted } => (txn, 'A'),
        };
        Cell { tone: u64::from(txn.0), solid: matches!(letter, 'C' | 'A'), text: format!("{letter}{}", txn.0) }
    };
    (log[start..].iter().map(cell).collect(), start as u64)
}
