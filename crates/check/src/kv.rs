//! A store of keys and values: put, get, delete, compare-and-set.

use crate::{Model, Operation};
use std::collections::BTreeMap;

/// What a client asks of one key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Give it a value.
    Put(String),
    /// Read it.
    Get,
    /// Forget it.
    Delete,
    /// Give it a value if it has the expected one.
    Cas {
        /// The value that it must have.
        expect: String,
        /// Its value from then on.
        value: String,
    },
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Output {
    /// It is done.
    Done,
    /// The key has this value, or none.
    Read(Option<String>),
    /// The key does not have the expected value; nothing was changed.
    CasFailed,
}

/// One key of the store, absent at first. The whole store is linearizable exactly if each of its keys is, for
/// linearizability is a local property (Herlihy, Wing 1990, theorem 1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Key;

impl Model for Key {
    type State = Option<String>;
    type Input = Input;
    type Output = Output;

    fn start(&self) -> Option<String> {
        None
    }

    fn apply(&self, state: &Option<String>, input: &Input, output: Option<&Output>) -> Option<Option<String>> {
        let (after, right) = match input {
            Input::Put(value) => (Some(value.clone()), Output::Done),
            Input::Delete => (None, Output::Done),
            Input::Get => (state.clone(), Output::Read(state.clone())),
            Input::Cas { expect, value } if state.as_ref() == Some(expect) => (Some(value.clone()), Output::Done),
            Input::Cas { .. } => (state.clone(), Output::CasFailed),
        };
        output.is_none_or(|output| *output == right).then_some(after)
    }
}

/// The operations on one key of a history, and where each of them is in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OfKey {
    /// The operations.
    pub operations: Vec<Operation<Input, Output>>,
    /// The place of each in the whole history.
    pub places: Vec<usize>,
}

/// Sorts a history by key.
pub fn by_key<'a>(history: impl IntoIterator<Item = (&'a str, Operation<Input, Output>)>) -> BTreeMap<&'a str, OfKey> {
    let mut keys: BTreeMap<&str, OfKey> = BTreeMap::new();
    for (place, (key, operation)) in history.into_iter().enumerate() {
        let of_key = keys.entry(key).or_default();
        of_key.operations.push(operation);
        of_key.places.push(place);
    }
    keys
}
