//! A counter: add, read.

use crate::{Effect, Model};

/// What a client asks of a counter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Count on by so much, which may be less than nothing.
    Add(i64),
    /// Say how far it has counted.
    Read,
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Output {
    /// It is done.
    Done,
    /// It has counted so far.
    Read(i64),
}

/// A counter, 0 at first. It counts beyond what 64 bits hold, but nobody can read that.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter;

impl Model for Counter {
    type State = i128;
    type Input = Input;
    type Output = Output;

    fn start(&self) -> i128 {
        0
    }

    fn apply(&self, state: &i128, input: &Input, output: Option<&Output>) -> Option<i128> {
        let right = match (input, output) {
            (_, None) | (Input::Add(_), Some(Output::Done)) => true,
            (Input::Read, Some(Output::Read(count))) => i128::from(*count) == *state,
            _ => false,
        };
        let more = if let Input::Add(more) = input { i128::from(*more) } else { 0 };
        right.then(|| state.wrapping_add(more))
    }

    fn effect(&self, input: &Input, output: Option<&Output>) -> Effect {
        match (input, output) {
            (Input::Read, _) => Effect::Reads,
            (Input::Add(_), None | Some(Output::Done)) => Effect::Adds,
            (Input::Add(_), Some(Output::Read(_))) => Effect::Changes,
        }
    }
}
