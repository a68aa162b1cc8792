//! How a log is read: what a process forces to its disk, and all that a crash leaves of it.

use super::{Outcome, Txn};
use netsplit_sim::Cell;

/// A record of a log.
pub trait Record {
    /// The transaction it is about.
    fn txn(&self) -> Txn;
    /// How that ended, if this record says so.
    fn decided(&self) -> Option<Outcome>;
    /// A letter for it.
    fn letter(&self) -> char;
    /// Whether nothing about the transaction is open any more once this is written.
    fn closes(&self) -> bool {
        self.decided().is_some()
    }
}

/// How a transaction ended, if the log says so.
pub fn outcome<R: Record>(log: &[R], txn: Txn) -> Option<Outcome> {
    log.iter().rev().filter(|record| record.txn() == txn).find_map(R::decided)
}

/// The last transaction whose end a log tells of, and how it ended.
pub fn last<R: Record>(log: &[R]) -> Option<(Txn, Outcome)> {
    log.iter().rev().find_map(|record| Some((record.txn(), record.decided()?)))
}

/// The same as a word on a flag.
pub fn badge<R: Record>(log: &[R]) -> Option<&'static str> {
    last(log).map(|(_, outcome)| match outcome {
        Outcome::Committed => "COMMITTED",
        Outcome::Aborted => "ABORTED",
    })
}

/// How many records are shown: the last ones.
const SHOWN: usize = 12;

/// The end of a log as cells, and how many records precede it. What closes a transaction is solid.
pub fn strip<R: Record>(log: &[R]) -> (Vec<Cell>, u64) {
    let start = log.len().saturating_sub(SHOWN);
    let cell = |record: &R| {
        let (number, letter) = (record.txn().0, record.letter());
        Cell { tone: u64::from(number), solid: record.closes(), text: format!("{letter}{number}") }
    };
    (log[start..].iter().map(cell).collect(), start as u64)
}
