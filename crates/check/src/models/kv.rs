//! One key of a store: put, get, delete, compare-and-set, append. A register is one such key.

use crate::{Effect, Model, Operation};
use std::rc::Rc;

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
    /// Write this behind what is there.
    Append(String),
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

/// One key of the store. The whole store is linearizable exactly if each of its keys is, for linearizability is a local
/// property (Herlihy, Wing 1990, theorem 1).
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// Its value at first.
    start: Option<String>,
    /// The values that somebody read or expects, sorted; nobody knows which without a history.
    told: Option<Rc<Told>>,
}

/// What of a history tells values of a key apart.
#[derive(Debug)]
struct Told {
    /// What is read or expected, sorted.
    values: Vec<String>,
    /// Whether values are made longer, so that their beginnings tell too.
    grow: bool,
}

/// What a key has.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// No value.
    Absent,
    /// This value.
    Is(String),
    /// A value that nobody reads and nobody expects, and none of those becomes one by growing.
    Untold,
}

impl Key {
    /// A key that is there from the start with the empty text as its value.
    pub fn empty() -> Key {
        Key { start: Some(String::new()), told: None }
    }

    fn value(&self, value: &str) -> Value {
        let is_told = |told: &Rc<Told>| {
            let at = told.values.partition_point(|other| other.as_str() < value);
            let next = told.values.get(at);
            next.is_some_and(|next| if told.grow { next.starts_with(value) } else { next == value })
        };
        if self.told.as_ref().is_none_or(is_told) { Value::Is(value.to_owned()) } else { Value::Untold }
    }
}

impl Model for Key {
    type State = Value;
    type Input = Input;
    type Output = Output;

    fn start(&self) -> Value {
        self.start.as_deref().map_or(Value::Absent, |start| self.value(start))
    }

    fn apply(&self, state: &Value, input: &Input, output: Option<&Output>) -> Option<Value> {
        let done = output.is_none_or(|output| *output == Output::Done);
        match input {
            Input::Put(value) => done.then(|| self.value(value)),
            Input::Delete => done.then_some(Value::Absent),
            Input::Append(more) => done.then(|| match state {
                Value::Absent => self.value(more),
                Value::Is(value) => self.value(&format!("{value}{more}")),
                Value::Untold => Value::Untold,
            }),
            Input::Get => {
                let right = match output {
                    None => true,
                    Some(Output::Read(None)) => *state == Value::Absent,
                    Some(Output::Read(Some(read))) => matches!(state, Value::Is(value) if value == read),
                    Some(_) => false,
                };
                right.then(|| state.clone())
            }
            Input::Cas { expect, value } => {
                let succeeds = matches!(state, Value::Is(value) if value == expect);
                let right = if succeeds { Output::Done } else { Output::CasFailed };
                let after = || if succeeds { self.value(value) } else { state.clone() };
                output.is_none_or(|output| *output == right).then(after)
            }
        }
    }

    fn effect(&self, input: &Input, output: Option<&Output>) -> Effect {
        match (input, output) {
            (Input::Get, _) | (Input::Cas { .. }, Some(Output::CasFailed)) => Effect::Reads,
            (Input::Put(_) | Input::Delete, None | Some(Output::Done)) => Effect::Overwrites,
            (Input::Append(_), None | Some(Output::Done)) | (Input::Cas { .. }, None) => Effect::Adds,
            _ => Effect::Changes,
        }
    }

    fn as_seen_by(&self, operations: &[Operation<Input, Output>]) -> Key {
        let read = operations.iter().filter_map(|operation| match operation.output() {
            Some(Output::Read(Some(read))) => Some(read.clone()),
            _ => None,
        });
        let expected = operations.iter().filter_map(|operation| match &operation.input {
            Input::Cas { expect, .. } => Some(expect.clone()),
            _ => None,
        });
        let mut values: Vec<String> = read.chain(expected).collect();
        values.sort_unstable();
        values.dedup();
        let grow = operations.iter().any(|operation| matches!(operation.input, Input::Append(_)));
        Key { start: self.start.clone(), told: Some(Rc::new(Told { values, grow })) }
    }

    fn weight(&self, state: &Value) -> usize {
        size_of_val(state) + if let Value::Is(value) = state { value.capacity() } else { 0 }
    }
}
