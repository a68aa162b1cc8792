//! Transactions: which of Adya's phenomena (1999) a history of transactions shows, and so which isolation it can have had.
//!
//! As Elle does it (Kingsbury, Alvaro 2020): the values are chosen so that reads tell which versions there were and in what
//! order; from that follows which transaction depends on which; and what a level of isolation forbids are certain cycles of
//! such dependencies. `docs/consistency.md` has the definitions precisely.

mod cycles;
mod graph;
pub mod list;
pub mod register;
mod report;

pub use cycles::{Phenomenon, Scope};
pub use report::{Anomaly, Dependency, Isolation, Kind, Report};

use crate::verdict::{Because, Budget};
use std::collections::HashMap;
use std::hash::Hash;

/// A transaction of a client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transaction<M> {
    /// Whose it is.
    pub client: u32,
    /// What it did, in its order: [`list::Micro`] or [`register::Micro`].
    pub operations: Vec<M>,
    /// When it was asked for.
    pub invoked: u64,
    /// When it was answered; `None` while it is pending.
    pub answered: Option<u64>,
    /// What became of it.
    pub status: Status,
}

/// What became of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It took place.
    Committed,
    /// It did not.
    Aborted,
    /// Its client was not told. It took place if somebody saw what it wrote.
    Unknown,
}

/// Operations of transactions from which follows what depends on what.
pub trait Micro: Sized {
    /// What names a value that they read and write.
    type Key: Clone;

    /// What follows from a history.
    fn infer(history: &[&Transaction<Self>]) -> Inferred<Self::Key>;
}

/// What follows from what transactions read and wrote. Transactions are named by their places.
#[derive(Clone, Debug)]
pub struct Inferred<K> {
    /// The keys; what follows names them by their places.
    keys: Vec<K>,
    /// Which transactions took place.
    present: Vec<bool>,
    /// Which depends on which.
    dependencies: Vec<Step>,
    /// By key, the transaction whose read shows in what order it was written, if one does.
    shown_by: Vec<Option<usize>>,
    /// What is wrong without any cycle.
    found: Vec<Found>,
    /// Whether something was written twice, and so the same value can have come from either.
    ambiguous: bool,
}

/// A dependency.
#[derive(Clone, Copy, Debug)]
struct Step {
    from: usize,
    to: usize,
    because: Because,
    key: Option<usize>,
}

/// Something wrong, and the transactions that show it.
#[derive(Clone, Debug)]
struct Found {
    kind: Kind,
    key: Option<usize>,
    transactions: Vec<usize>,
    cycle: Vec<Step>,
}

/// Judges a history of transactions.
pub fn judge<M: Micro>(history: &[Transaction<M>], budget: Budget) -> Report<M::Key> {
    report::report(history, budget)
}

/// Numbers for keys, in the order in which they come up.
struct Keys<'a, K> {
    numbers: HashMap<&'a K, usize>,
    all: Vec<K>,
}

impl<'a, K: Clone + Eq + Hash> Keys<'a, K> {
    fn new() -> Self {
        Keys { numbers: HashMap::new(), all: Vec::new() }
    }

    fn number(&mut self, key: &'a K) -> usize {
        let next = self.all.len();
        *self.numbers.entry(key).or_insert_with(|| {
            self.all.push(key.clone());
            next
        })
    }
}

/// Who wrote a value of a key.
#[derive(Clone, Copy, Debug)]
struct Written {
    by: usize,
    /// How often that transaction had written the key before.
    nth: usize,
    /// Whether it wrote the key once more afterwards.
    intermediate: bool,
}

/// Which transaction wrote which value.
struct Writes<'a, V> {
    /// Nobody knows who if it was written more than once.
    writers: HashMap<(usize, &'a V), Option<Written>>,
    /// Whether a value was written more than once to a key.
    ambiguous: bool,
}

impl<'a, V: Eq + Hash> Writes<'a, V> {
    fn new() -> Self {
        Writes { writers: HashMap::new(), ambiguous: false }
    }

    /// The values that a transaction wrote, in its order.
    fn add(&mut self, by: usize, written: &[(usize, &'a V)]) {
        for (at, (key, value)) in written.iter().enumerate() {
            let nth = written[..at].iter().filter(|(earlier, _)| earlier == key).count();
            let intermediate = written[at + 1..].iter().any(|(later, _)| later == key);
            let other = self.writers.insert((*key, *value), Some(Written { by, nth, intermediate }));
            if other.is_some() {
                self.writers.insert((*key, *value), None);
                self.ambiguous = true;
            }
        }
    }

    /// Whether somebody wrote it.
    fn has(&self, key: usize, value: &V) -> bool {
        self.writers.contains_key(&(key, value))
    }

    /// Who wrote it, if that is known.
    fn of(&self, key: usize, value: &V) -> Option<Written> {
        self.writers.get(&(key, value)).copied().flatten()
    }
}

/// A dependency for a key, unless it is one of a transaction on itself.
fn step(from: usize, to: usize, because: Because, key: usize) -> Option<Step> {
    (from != to).then_some(Step { from, to, because, key: Some(key) })
}
