//! What operations do to one object, computed once: states and operations are numbers, for the searches go through the
//! same ones over and over.

use crate::{Effect, Model};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// A state of the object, by its number in the table.
pub type State = u32;

/// A kind of operation: what is asked, and what is answered if anything is. By its number in the table.
pub type Kind = u32;

/// The state that an operation leads to where it is impossible.
const IMPOSSIBLE: State = State::MAX;

/// The states of one object that were met, and where operations lead from there.
pub struct Table<M: Model> {
    model: M,
    kinds: IndexSet<(M::Input, Option<M::Output>), FxBuildHasher>,
    effects: Vec<Effect>,
    states: IndexSet<M::State, FxBuildHasher>,
    steps: FxHashMap<(State, Kind), State>,
    /// How many bytes the states take.
    weight: usize,
}

impl<M: Model> Table<M> {
    /// A table of a model's object, of which nothing is known but its start, which is state 0.
    pub fn new(model: M) -> Self {
        let start = model.start();
        let weight = model.weight(&start);
        let states = IndexSet::from_iter([start]);
        Table { model, kinds: IndexSet::default(), effects: Vec::new(), states, steps: FxHashMap::default(), weight }
    }

    /// The number of a kind of operation.
    pub fn kind(&mut self, input: &M::Input, output: Option<&M::Output>) -> Kind {
        let (kind, new) = self.kinds.insert_full((input.clone(), output.cloned()));
        if new {
            self.effects.push(self.model.effect(input, output));
        }
        number(kind)
    }

    /// How many kinds of operations there are.
    pub fn kinds(&self) -> usize {
        self.kinds.len()
    }

    /// What operations of a kind can do.
    pub fn effect(&self, kind: Kind) -> Effect {
        self.effects[kind as usize]
    }

    /// Where an operation leads, if it is possible.
    pub fn step(&mut self, state: State, kind: Kind) -> Option<State> {
        let after = match self.steps.get(&(state, kind)) {
            Some(after) => *after,
            None => self.compute(state, kind),
        };
        (after != IMPOSSIBLE).then_some(after)
    }

    fn compute(&mut self, state: State, kind: Kind) -> State {
        let (input, output) = &self.kinds[kind as usize];
        let after = match self.model.apply(&self.states[state as usize], input, output.as_ref()) {
            None => IMPOSSIBLE,
            Some(after) => {
                let weight = self.model.weight(&after);
                let (after, new) = self.states.insert_full(after);
                self.weight += if new { weight } else { 0 };
                number(after)
            }
        };
        self.steps.insert((state, kind), after);
        after
    }

    /// How many bytes it takes, roughly.
    pub fn bytes(&self) -> usize {
        const STEP: usize = size_of::<((State, Kind), State)>() + 1;
        self.weight + self.states.capacity() * 3 * size_of::<usize>() + self.steps.capacity() * STEP
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("memory ends before four thousand million states do")
}
