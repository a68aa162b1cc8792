//! One order for all: linearizability and sequential consistency.

mod judging;
mod linear;
mod memory;
mod minimal;
mod sequential;
mod stamps;
mod table;
mod walk;

pub use judging::{Judging, Progress, decide, judge};

use crate::{KeyedOperation, Model, Operation};
use std::collections::BTreeMap;

/// What the one order must keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// What was over before something else began comes first: linearizability.
    RealTime,
    /// What a client had answered before it asked for something else comes first: sequential consistency.
    Client,
}

/// What a search has found.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Found {
    /// An order of the operations, by their places. Pending ones that need not have happened are left out.
    Order(Vec<usize>),
    /// There is none.
    Stuck {
        /// As many operations as could be put in order, by their places.
        longest: Vec<usize>,
        /// The one that was answered next, and cannot come after them with that answer.
        stuck: usize,
    },
    /// It took too many bytes.
    TooLarge,
}

/// A search under way, of one kind or the other.
enum Search<M: Model> {
    Linear(linear::Search<M>),
    Sequential(sequential::Search<M>),
}

impl<M: Model> Search<M> {
    /// Goes on for at most so many steps, which it takes from `steps`, or until it takes more bytes than that. `None` if it
    /// is not finished.
    fn run(&mut self, steps: &mut u64, bytes: usize) -> Option<Found> {
        match self {
            Search::Linear(search) => search.run(steps, bytes),
            Search::Sequential(search) => search.run(steps, bytes),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Search::Linear(search) => search.bytes(),
            Search::Sequential(search) => search.bytes(),
        }
    }

    /// How many events of the history it can explain so far.
    fn progress(&self) -> usize {
        match self {
            Search::Linear(search) => search.progress(),
            Search::Sequential(search) => 2 * search.progress(),
        }
    }
}

/// The operations on one key.
struct Part<M: Model> {
    operations: Vec<Operation<M::Input, M::Output>>,
    /// The place of each in the whole history.
    places: Vec<usize>,
}

/// A history, key by key.
fn by_key<M: Model>(history: &[KeyedOperation<M>]) -> BTreeMap<&str, Part<M>> {
    let mut parts: BTreeMap<&str, Part<M>> = BTreeMap::new();
    for (place, Operation { client, input: (key, input), invoked, answer }) in history.iter().enumerate() {
        let part = parts.entry(key).or_insert_with(|| Part { operations: Vec::new(), places: Vec::new() });
        part.operations.push(Operation {
            client: *client,
            input: input.clone(),
            invoked: *invoked,
            answer: answer.clone(),
        });
        part.places.push(place);
    }
    parts
}
