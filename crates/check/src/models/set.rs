//! A set: add, remove, contains, read.

use crate::{Effect, Model};
use std::collections::BTreeSet;

/// What a client asks of a set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Have this in it.
    Add(String),
    /// Do not have this in it.
    Remove(String),
    /// Is this in it?
    Contains(String),
    /// What is in it?
    Read,
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Output {
    /// It is done.
    Done,
    /// Whether it is in it.
    Contained(bool),
    /// All that is in it.
    Read(BTreeSet<String>),
}

/// A set, empty at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Set;

impl Model for Set {
    type State = BTreeSet<String>;
    type Input = Input;
    type Output = Output;

    fn start(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }

    fn apply(&self, state: &BTreeSet<String>, input: &Input, output: Option<&Output>) -> Option<BTreeSet<String>> {
        let right = match (input, output) {
            (_, None) | (Input::Add(_) | Input::Remove(_), Some(Output::Done)) => true,
            (Input::Contains(value), Some(Output::Contained(contained))) => state.contains(value) == *contained,
            (Input::Read, Some(Output::Read(all))) => all == state,
            _ => false,
        };
        if !right {
            return None;
        }
        let mut after = state.clone();
        match input {
            Input::Add(value) => drop(after.insert(value.clone())),
            Input::Remove(value) => drop(after.remove(value)),
            Input::Contains(_) | Input::Read => {}
        }
        Some(after)
    }

    fn effect(&self, input: &Input, output: Option<&Output>) -> Effect {
        match (input, output) {
            (Input::Contains(_) | Input::Read, _) => Effect::Reads,
            (Input::Add(_) | Input::Remove(_), None | Some(Output::Done)) => Effect::Adds,
            _ => Effect::Changes,
        }
    }

    fn weight(&self, state: &BTreeSet<String>) -> usize {
        size_of_val(state) + state.iter().map(|value| 2 * size_of_val(value) + value.capacity()).sum::<usize>()
    }
}
