//! A queue, first in, first out: enqueue, dequeue.

use crate::{Effect, Model};
use std::collections::VecDeque;

/// What a client asks of a queue.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Put this at its end.
    Enqueue(String),
    /// Take what is at its front.
    Dequeue,
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Output {
    /// It is done.
    Done,
    /// This was at the front, or nothing.
    Dequeued(Option<String>),
}

/// A queue, empty at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Queue;

impl Model for Queue {
    type State = VecDeque<String>;
    type Input = Input;
    type Output = Output;

    fn start(&self) -> VecDeque<String> {
        VecDeque::new()
    }

    fn apply(&self, state: &VecDeque<String>, input: &Input, output: Option<&Output>) -> Option<VecDeque<String>> {
        let right = match (input, output) {
            (_, None) | (Input::Enqueue(_), Some(Output::Done)) => true,
            (Input::Dequeue, Some(Output::Dequeued(taken))) => state.front() == taken.as_ref(),
            _ => false,
        };
        if !right {
            return None;
        }
        let mut after = state.clone();
        match input {
            Input::Enqueue(value) => after.push_back(value.clone()),
            Input::Dequeue => drop(after.pop_front()),
        }
        Some(after)
    }

    fn effect(&self, input: &Input, output: Option<&Output>) -> Effect {
        match (input, output) {
            (_, None) | (Input::Enqueue(_), Some(Output::Done)) => Effect::Adds,
            (Input::Dequeue, Some(Output::Dequeued(None))) => Effect::Reads,
            _ => Effect::Changes,
        }
    }

    fn weight(&self, state: &VecDeque<String>) -> usize {
        size_of_val(state) + state.iter().map(|value| size_of_val(value) + value.capacity()).sum::<usize>()
    }
}
