//! A lock: acquire, release. Whoever holds it: clients that died and came back under another name may release it too.

use crate::{Effect, Model};

/// What a client asks of a lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Take it.
    Acquire,
    /// Give it back.
    Release,
}

/// What a client is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Output {
    /// It is done.
    Done,
    /// It cannot be done: it is held already, or was not held. Nothing was changed.
    Refused,
}

/// A lock, free at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lock;

impl Model for Lock {
    /// Whether it is held.
    type State = bool;
    type Input = Input;
    type Output = Output;

    fn start(&self) -> bool {
        false
    }

    fn apply(&self, held: &bool, input: &Input, output: Option<&Output>) -> Option<bool> {
        let wanted = *input == Input::Acquire;
        match output {
            // Refused or not, it is afterwards what it was meant to be.
            None => Some(wanted),
            Some(Output::Done) => (*held != wanted).then_some(wanted),
            Some(Output::Refused) => (*held == wanted).then_some(wanted),
        }
    }

    fn effect(&self, _: &Input, output: Option<&Output>) -> Effect {
        match output {
            None => Effect::Overwrites,
            Some(Output::Done) => Effect::Changes,
            Some(Output::Refused) => Effect::Reads,
        }
    }
}
