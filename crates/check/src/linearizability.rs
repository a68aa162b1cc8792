//! Linearizability (Herlihy, Wing 1990): is there an order of the operations, one at a time, in which every answer is
//! right and which keeps what was over before something else began?
//!
//! The search is Wing's and Gong's (1993): take an operation that could be the next, undo it when nothing follows; with
//! Lowe's memory (2017): the same operations done with the same state need not be tried twice. Pending operations may
//! have happened or not: they are tried only where nothing else can come next, and only before something that would be
//! different without them (or else they could as well be left out). It stops and goes on at will, so that one history's
//! parts can be searched in turns, and it can be given up.

use crate::{Model, Operation};
use std::collections::HashSet;

/// What searching the parts of a history has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Each part can be ordered, as this says.
    Linearizable(Vec<Vec<usize>>),
    /// One part cannot.
    Refuted {
        /// Which part.
        part: usize,
        /// As many of its operations as could be ordered, by their places in it.
        longest: Vec<usize>,
        /// The one that was answered next, and cannot come after them with that answer.
        stuck: usize,
    },
    /// The steps did not suffice.
    GaveUp,
}

/// Judges the parts of a history in turns, so that a part that is easily refuted does not wait for a hard one, for at
/// most `budget` steps altogether.
pub fn judge<M: Model + Clone>(model: &M, parts: &[&[Operation<M::Input, M::Output>]], budget: u64) -> Outcome {
    let mut searches: Vec<_> = parts.iter().map(|part| Search::new(model.clone(), part)).collect();
    let mut orders: Vec<Option<Vec<usize>>> = vec![None; parts.len()];
    let (mut left, mut turn) = (budget, FIRST_TURN);
    while orders.contains(&None) {
        if left == 0 {
            return Outcome::GaveUp;
        }
        for (part, search) in searches.iter_mut().enumerate() {
            if orders[part].is_some() {
                continue;
            }
            let mut steps = turn.min(left);
            left -= steps;
            match search.run(&mut steps) {
                Some(Verdict::Linearizable(order)) => orders[part] = Some(order),
                Some(Verdict::Refuted { longest, stuck }) => return Outcome::Refuted { part, longest, stuck },
                None => {}
            }
            left += steps;
        }
        turn = turn.saturating_mul(2);
    }
    Outcome::Linearizable(orders.into_iter().flatten().collect())
}

/// So many steps a part has before it is the next one's turn; twice as many in the round after.
const FIRST_TURN: u64 = 1_000;

/// What a search has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The operations can be ordered: by their places in the history. Pending ones that need not have happened are left
    /// out.
    Linearizable(Vec<usize>),
    /// They cannot.
    Refuted {
        /// As many operations as could be ordered, by their places.
        longest: Vec<usize>,
        /// The operation that was answered next, and cannot come after them with that answer.
        stuck: usize,
    },
}

/// A search under way.
pub struct Search<'a, M: Model> {
    model: M,
    operations: &'a [Operation<M::Input, M::Output>],
    /// The invocations and answers of answered operations that are not ordered yet, in order of time: a list in a ring
    /// around its last place, where nothing is.
    events: Vec<Event>,
    /// Where among them each operation is answered.
    answers: Vec<Option<usize>>,
    /// The pending operations, in the order of their invocations.
    pending: Vec<usize>,
    at: Candidate,
    state: M::State,
    done: Done,
    stack: Vec<Step<M::State>>,
    tried: HashSet<(Done, M::State)>,
    /// How many answered operations are not ordered yet.
    left: usize,
    longest: Vec<usize>,
    stuck: usize,
}

/// An invocation or an answer in the list of those that are not ordered.
#[derive(Clone, Copy, Debug)]
struct Event {
    operation: usize,
    answers: bool,
    before: usize,
    after: usize,
}

/// What is looked at.
#[derive(Clone, Copy, Debug)]
enum Candidate {
    /// An event of the list.
    Listed(usize),
    /// A pending operation, by its place among them, before this answer of the list.
    Pending(usize, usize),
}

/// An operation that was ordered.
struct Step<S> {
    operation: usize,
    candidate: Candidate,
    /// The state before it.
    before: S,
}

impl<'a, M: Model> Search<'a, M> {
    /// A search that has not begun.
    pub fn new(model: M, operations: &'a [Operation<M::Input, M::Output>]) -> Self {
        let mut times: Vec<(u64, usize, bool)> = Vec::with_capacity(2 * operations.len());
        for (place, operation) in operations.iter().enumerate() {
            let answered = operation.answer.iter().flat_map(|(when, _)| [(operation.invoked, false), (*when, true)]);
            times.extend(answered.map(|(when, answers)| (when, place, answers)));
        }
        times.sort_unstable();
        let ends = times.len();
        let mut answers = vec![None; operations.len()];
        for (at, (_, operation, _)) in times.iter().enumerate().filter(|(_, (.., answers))| *answers) {
            answers[*operation] = Some(at);
        }
        let listed = |(at, (_, operation, answers)): (usize, &(u64, usize, bool))| {
            let before = at.checked_sub(1).unwrap_or(ends);
            Event { operation: *operation, answers: *answers, before, after: at + 1 }
        };
        let mut events: Vec<Event> = times.iter().enumerate().map(listed).collect();
        events.push(Event { operation: usize::MAX, answers: true, before: ends.saturating_sub(1), after: 0 });
        let mut pending: Vec<usize> = (0..operations.len()).filter(|at| operations[*at].answer.is_none()).collect();
        pending.sort_by_key(|at| operations[*at].invoked);
        Search {
            state: model.start(),
            left: ends / 2,
            model,
            operations,
            events,
            answers,
            pending,
            at: Candidate::Listed(0),
            done: Done::default(),
            stack: Vec::new(),
            tried: HashSet::new(),
            longest: Vec::new(),
            stuck: 0,
        }
    }

    /// Goes on for at most so many steps, which it takes from `steps`. `None` if they do not suffice.
    pub fn run(&mut self, steps: &mut u64) -> Option<Verdict> {
        while self.left > 0 {
            *steps = steps.checked_sub(1)?;
            if !self.step() {
                return Some(Verdict::Refuted { longest: self.longest.clone(), stuck: self.stuck });
            }
        }
        Some(Verdict::Linearizable(self.ordered()))
    }

    /// Looks at one candidate. False if all has been tried.
    fn step(&mut self) -> bool {
        let (operation, otherwise) = match self.at {
            Candidate::Listed(at) => match self.events[at] {
                Event { answers: true, .. } => (None, Candidate::Pending(0, at)),
                Event { operation, after, .. } => (Some(operation), Candidate::Listed(after)),
            },
            Candidate::Pending(next, answer) => {
                let stuck = self.events[answer].operation;
                let Some(operation) = self.could_have_happened(next, stuck) else {
                    return self.undo(stuck);
                };
                (Some(operation), Candidate::Pending(next + 1, answer))
            }
        };
        let ordered = operation.is_some_and(|operation| self.order(operation));
        self.at = if ordered { Candidate::Listed(self.events[self.events.len() - 1].after) } else { otherwise };
        true
    }

    /// A pending operation, if it was invoked before another was answered.
    fn could_have_happened(&self, next: usize, answered: usize) -> Option<usize> {
        let operation = *self.pending.get(next)?;
        let before = self.operations[answered]
            .answer
            .as_ref()
            .is_some_and(|(when, _)| self.operations[operation].invoked < *when);
        before.then_some(operation)
    }

    fn ordered(&self) -> Vec<usize> {
        self.stack.iter().map(|step| step.operation).collect()
    }

    /// Takes an operation for the next, unless it is one already, its answer would be wrong, or that was tried before.
    fn order(&mut self, place: usize) -> bool {
        let Some(state) = self.after(place, &self.state) else {
            return false;
        };
        if self.done.has(place) || self.is_as_well_without_the_latest(place, &state) {
            return false;
        }
        self.done.flip(place);
        if !self.tried.insert((self.done.clone(), state.clone())) {
            self.done.flip(place);
            return false;
        }
        if let (Candidate::Listed(at), Some(answer)) = (self.at, self.answers[place]) {
            self.left -= 1;
            self.take_out(at);
            self.take_out(answer);
        }
        let before = std::mem::replace(&mut self.state, state);
        self.stack.push(Step { operation: place, candidate: self.at, before });
        true
    }

    fn after(&self, place: usize, state: &M::State) -> Option<M::State> {
        let Operation { input, answer, .. } = &self.operations[place];
        self.model.apply(state, input, answer.as_ref().map(|(_, output)| output))
    }

    /// Whether the latest operation is a pending one, and this one could as well come in its stead.
    fn is_as_well_without_the_latest(&self, place: usize, state: &M::State) -> bool {
        let latest = self.stack.last().filter(|step| matches!(step.candidate, Candidate::Pending(..)));
        latest.is_some_and(|latest| self.after(place, &latest.before).as_ref() == Some(state))
    }

    /// Somebody was answered whom no order of what is left suits: the latest choice was wrong. False if there is none.
    fn undo(&mut self, stuck: usize) -> bool {
        if self.longest.is_empty() || self.stack.len() > self.longest.len() {
            self.longest = self.ordered();
            self.stuck = stuck;
        }
        let Some(Step { operation, candidate, before }) = self.stack.pop() else {
            return false;
        };
        if let (Candidate::Listed(at), Some(answer)) = (candidate, self.answers[operation]) {
            self.left += 1;
            self.put_back(answer);
            self.put_back(at);
        }
        self.at = match candidate {
            Candidate::Listed(at) => Candidate::Listed(self.events[at].after),
            Candidate::Pending(next, answer) => Candidate::Pending(next + 1, answer),
        };
        self.done.flip(operation);
        self.state = before;
        true
    }

    fn take_out(&mut self, at: usize) {
        let Event { before, after, .. } = self.events[at];
        self.events[before].after = after;
        self.events[after].before = before;
    }

    fn put_back(&mut self, at: usize) {
        let Event { before, after, .. } = self.events[at];
        self.events[before].after = at;
        self.events[after].before = at;
    }
}

/// Which operations are ordered: a set of small numbers, nearly all of the lowest of which are in it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Done {
    /// So many words full of ones come before the others.
    full: usize,
    /// The words after them: the first is not full, the last not empty.
    words: Vec<u64>,
}

impl Done {
    fn has(&self, place: usize) -> bool {
        let word = place / 64;
        word < self.full || self.words.get(word - self.full).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    fn flip(&mut self, place: usize) {
        let (word, bit) = (place / 64, place % 64);
        if word < self.full {
            self.words.splice(0..0, std::iter::repeat_n(u64::MAX, self.full - word));
            self.full = word;
        }
        let word = word - self.full;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] ^= 1 << bit;
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
        let full = self.words.iter().take_while(|word| **word == u64::MAX).count();
        self.words.drain(..full);
        self.full += full;
    }
}
