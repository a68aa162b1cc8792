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

impl<I, O> Operation<I, O> {
    /// What was answered.
    pub fn output(&self) -> Option<&O> {
        self.answer.as_ref().map(|(_, output)| output)
    }
}

/// An operation on one of several objects that a model describes: the key of that object, and what is asked of it.
pub type KeyedOperation<M> = Operation<(String, <M as Model>::Input), <M as Model>::Output>;

/// An object as it behaves when its operations come one after the other.
pub trait Model: Clone {
    /// What the object is at a moment.
    type State: Clone + Eq + Hash;
    /// What can be asked.
    type Input: Clone + Eq + Hash;
    /// What can be answered.
    type Output: Clone + Eq + Hash;

    /// The object before all operations.
    fn start(&self) -> Self::State;

    /// The object after `input`, if it can answer `output` in that state. Without an output the operation is pending, and
    /// any answer is right.
    fn apply(&self, state: &Self::State, input: &Self::Input, output: Option<&Self::Output>) -> Option<Self::State>;

    /// What an operation can do to the object, whatever the object is. The searches save themselves work by it.
    fn effect(&self, input: &Self::Input, output: Option<&Self::Output>) -> Effect;

    /// The same object, as far as these operations can tell: states may be made one that none of them tells apart, now or
    /// after whatever else of them has happened.
    fn as_seen_by(&self, operations: &[Operation<Self::Input, Self::Output>]) -> Self {
        let _ = operations;
        self.clone()
    }

    /// How many bytes of memory a state takes, roughly.
    fn weight(&self, state: &Self::State) -> usize {
        size_of_val(state)
    }
}

/// What an operation can do to an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It never changes it.
    Reads,
    /// It is possible in every state, and what the object is afterwards does not depend on what it was.
    Overwrites,
    /// It is possible in every state.
    Adds,
    /// It may be impossible in some states.
    Changes,
}

impl Effect {
    /// Whether it is possible in every state.
    pub fn is_always_possible(self) -> bool {
        matches!(self, Effect::Overwrites | Effect::Adds)
    }
}
