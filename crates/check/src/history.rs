//! Histories, and the sequential objects that they are held against (Herlihy, Wing 1990, section 2).

use std::hash::Hash;

/// An operation of a client on an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation<I, O> {
    /// Whose it is: a client asks for one thing after another.
    pub client: u32,
    /// What was asked.
    pub input: I,
    /// When it was asked: a place in the order of all events of the history, of which no two have the same.
    pub invoked: u64,
    /// When it was answered, and what the answer was; `None` while it is pending.
    pub answer: Option<(u64, O)>,
}

/// An object as it behaves when its operations come one after the other.
pub trait Model {
    /// What the object is at a moment.
    type State: Clone + Eq + Hash;
    /// What can be asked.
    type Input;
    /// What can be answered.
    type Output;

    /// The object before all operations.
    fn start(&self) -> Self::State;

    /// The object after `input`, if it can answer `output` in that state. Without an output the operation is pending, and
    /// any answer is right.
    fn apply(&self, state: &Self::State, input: &Self::Input, output: Option<&Self::Output>) -> Option<Self::State>;
}
