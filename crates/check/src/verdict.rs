//! What judging comes to: consistency models, and for each a verdict with what shows it. Operations are named by their
//! places in the history that was judged.

use crate::order::Order;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A consistency model: what clients may count on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// As if each operation had taken place at one instant between its question and its answer (Herlihy, Wing 1990).
    Linearizable,
    /// As if all operations had taken place one after the other, those of each client in its order (Lamport 1979).
    Sequential,
    /// As if each client saw what had caused what it sees (Ahamad et al. 1995).
    Causal,
    /// A client sees its own writes (Terry et al. 1994).
    ReadYourWrites,
    /// What a client has seen it does not see undone.
    MonotonicReads,
    /// The writes of a client are seen in its order.
    MonotonicWrites,
    /// Who sees a write sees what its client had seen before it.
    WritesFollowReads,
    /// Once nobody writes and all is delivered, all read the same (Terry et al. 1995).
    Convergent,
}

impl Level {
    /// All, the strongest first.
    pub const ALL: [Level; 8] = [
        Level::Linearizable,
        Level::Sequential,
        Level::Causal,
        Level::ReadYourWrites,
        Level::MonotonicReads,
        Level::MonotonicWrites,
        Level::WritesFollowReads,
        Level::Convergent,
    ];

    /// Its name, as the command takes it and the page's links have it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Linearizable => "linearizable",
            Level::Sequential => "sequential",
            Level::Causal => "causal",
            Level::ReadYourWrites => "read-your-writes",
            Level::MonotonicReads => "monotonic-reads",
            Level::MonotonicWrites => "monotonic-writes",
            Level::WritesFollowReads => "writes-follow-reads",
            Level::Convergent => "convergent",
        }
    }

    /// The one order of all operations that it asks for, if it asks for one.
    pub fn order(self) -> Option<Order> {
        match self {
            Level::Linearizable => Some(Order::RealTime),
            Level::Sequential => Some(Order::Client),
            _ => None,
        }
    }

    /// The next weaker ones: whoever has this has those.
    pub fn implies(self) -> &'static [Level] {
        match self {
            Level::Linearizable => &[Level::Sequential],
            Level::Sequential => &[Level::Causal],
            Level::Causal => {
                &[Level::ReadYourWrites, Level::MonotonicReads, Level::MonotonicWrites, Level::WritesFollowReads]
            }
            _ => &[],
        }
    }
}

/// What a history comes to at a level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It satisfies the model.
    Holds {
        /// An order of the operations that shows it, where the model asks for one order; pending operations that need not
        /// have happened are left out.
        order: Option<Vec<usize>>,
    },
    /// It does not.
    Fails(Refutation),
    /// Nobody knows: the search was given up.
    Unknown(Unknown),
}

/// Why a history does not satisfy a model.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Refutation {
    /// A few operations, in the order of the history, that already fail alone: without any one of them, and the reads that
    /// only it explains, the others hold. Empty where none were found within the budget.
    ///
    /// Where a search for one order failed, to be without an operation is to know nothing of it but what was asked: it may
    /// have happened at any time, or not at all.
    pub minimal: Vec<usize>,
    /// Where a search for one order failed: as many operations as could be put in order.
    pub longest: Vec<usize>,
    /// Where a search for one order failed: the operation answered next, which fits nowhere after them.
    pub stuck: Option<usize>,
    /// Where the failure is that something must come before itself: the steps of that cycle, each from where the one
    /// before it leads, the last back to the first.
    pub cycle: Vec<Edge>,
}

/// One thing must come before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Edge {
    /// What comes first.
    pub from: usize,
    /// What comes after it.
    pub to: usize,
    /// Why.
    pub because: Because,
}

/// Why one operation must come before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// The same client asked for it first.
    Session,
    /// It was over before the other began.
    RealTime,
    /// The other read what it wrote.
    ReadFrom,
    /// The other overwrote what it wrote.
    WrittenAfter,
    /// It read what the other overwrote.
    ReadBefore,
}

/// Why nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// So many steps did not suffice.
    Steps(u64),
    /// So many bytes of memory did not suffice.
    Bytes(usize),
    /// The same value was written twice to one place, and it would matter which of the two was read.
    Ambiguous,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Steps(steps) => write!(f, "gave up after {steps} steps"),
            Unknown::Bytes(bytes) => write!(f, "gave up at {bytes} bytes of memory"),
            Unknown::Ambiguous => f.write_str("a value was written twice to one place"),
        }
    }
}

/// How much a search may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// So many steps, each some tens of nanoseconds to microseconds.
    pub steps: u64,
    /// So many bytes of memory.
    pub bytes: usize,
}
