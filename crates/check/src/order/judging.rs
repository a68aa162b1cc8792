//! Judging a history under a budget, as far as one likes at a time: the searches that are needed, in turns.

use super::minimal::Minimizing;
use super::{Found, Order, Part, Search, by_key, linear, sequential};
use crate::verdict::{Budget, Refutation, Unknown, Verdict};
use crate::{KeyedOperation, Model, Operation};

/// Judges a history: is there an order of all its operations in which every answer is right?
pub fn judge<M: Model>(model: &M, order: Order, history: &[KeyedOperation<M>], budget: Budget) -> Verdict {
    Judging::new(model.clone(), order, history.to_vec(), budget).finish()
}

/// The same without looking for a few operations that already fail, which takes longer than to find out that all do.
pub fn decide<M: Model>(model: &M, order: Order, history: &[KeyedOperation<M>], budget: Budget) -> Verdict {
    Judging::new(model.clone(), order, history.to_vec(), budget).without_minimizing().finish()
}

/// A history that is being judged. Who no longer wants to know drops it.
pub struct Judging<M: Model> {
    model: M,
    order: Order,
    history: Vec<KeyedOperation<M>>,
    budget: Budget,
    /// How many steps were taken.
    spent: u64,
    attempts: Vec<Attempt<M>>,
    /// Whose turn it is, for how many steps, of which so many are left.
    next: usize,
    turn: u64,
    left: u64,
    /// Whether, if it fails, a few operations are looked for that already do.
    minimizes: bool,
    /// What is known of why it fails, and what is being done to say so in fewer operations.
    refuted: Option<Refuted<M>>,
}

/// A history that fails.
struct Refuted<M: Model> {
    why: Refutation,
    /// The operations that are to become fewer, and their places in the history.
    minimizing: Minimizing<M>,
    places: Vec<usize>,
    /// So many more steps may be spent on that.
    left: u64,
}

/// How far judging is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// So many steps were taken, of how many at most.
    pub steps: (u64, u64),
    /// So many of the history's events can be explained so far, of how many.
    pub events: (usize, usize),
    /// It fails, and a few operations are looked for that show it.
    pub minimizing: bool,
}

/// A search for a part of the answer.
struct Attempt<M: Model> {
    search: Option<Search<M>>,
    /// The places of its operations in the history, for a search that has only some of them.
    places: Vec<usize>,
    aim: Aim,
    found: Option<Vec<usize>>,
}

/// What follows from what a search finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Aim {
    /// One of several parts that can be judged apart: if all are in order, the whole is, and if one is not, it is not.
    Part,
    /// As before, but for a stronger order: if one part is not in order, nothing follows.
    Sufficient,
    /// If it is not in order, the whole is not; if it is, nothing follows.
    Necessary,
    /// All of it.
    Whole,
}

/// What share of all steps may be spent on saying in fewer operations why a history fails: one of so many.
const MINIMIZING_SHARE: u64 = 4;

/// So many steps a search has before it is the next one's turn; twice as many in the round after. Then what is easily
/// decided does not wait for what is hard.
const FIRST_TURN: u64 = 500;

impl<M: Model> Judging<M> {
    /// Nothing has been done yet.
    pub fn new(model: M, order: Order, history: Vec<KeyedOperation<M>>, budget: Budget) -> Self {
        let attempts = match order {
            Order::RealTime => in_parts(&model, &history, Aim::Part),
            Order::Client => sequentially(&model, &history),
        };
        Judging {
            model,
            order,
            history,
            budget,
            spent: 0,
            attempts,
            next: 0,
            turn: FIRST_TURN,
            left: FIRST_TURN,
            minimizes: true,
            refuted: None,
        }
    }

    /// The same, but it does not look for a few operations that already fail.
    pub fn without_minimizing(self) -> Self {
        Judging { minimizes: false, ..self }
    }

    /// Goes on to the end.
    pub fn finish(mut self) -> Verdict {
        self.run(&mut u64::MAX.clone()).unwrap_or(Verdict::Unknown(Unknown::Steps(self.budget.steps)))
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let explained = |attempt: &Attempt<M>| attempt.search.as_ref().map_or(0, Search::progress);
        let whole = self.attempts.iter().filter(|attempt| attempt.aim == Aim::Whole).map(explained).max();
        let parts = self
            .attempts
            .iter()
            .filter(|attempt| attempt.aim == Aim::Part)
            .map(|attempt| attempt.found.as_ref().map_or_else(|| explained(attempt), |_| 2 * attempt.places.len()));
        let events = 2 * self.history.len();
        let explained = whole.unwrap_or_else(|| parts.sum()).min(events);
        let steps = (self.spent, self.budget.steps);
        Progress { steps, events: (explained, events), minimizing: self.refuted.is_some() }
    }

    /// Why it fails, as soon as that is known: what could be put in order, and what then fits nowhere. Which few operations
    /// already fail is found out later, or not at all.
    pub fn refutation(&self) -> Option<&Refutation> {
        self.refuted.as_ref().map(|refuted| &refuted.why)
    }

    /// Goes on for at most so many steps, which it takes from `steps`. `None` if there is more to do.
    pub fn run(&mut self, steps: &mut u64) -> Option<Verdict> {
        loop {
            if let Some(verdict) = self.concluded() {
                return Some(verdict);
            }
            let patience = self.refuted.as_ref().map_or(u64::MAX, |refuted| refuted.left);
            let affordable = patience.min(self.budget.steps - self.spent);
            if affordable == 0 {
                return Some(self.give_up(Unknown::Steps(self.budget.steps)));
            }
            if *steps == 0 {
                return None;
            }
            let limit = (*steps).min(affordable);
            let mut left = limit;
            let verdict = if self.refuted.is_some() { self.minimize(&mut left) } else { self.search(&mut left) };
            *steps -= limit - left;
            self.spent += limit - left;
            if verdict.is_some() {
                return verdict;
            }
        }
    }

    /// What follows from what was found so far.
    fn concluded(&mut self) -> Option<Verdict> {
        if self.refuted.is_some() {
            return None;
        }
        for aim in [Aim::Whole, Aim::Part, Aim::Sufficient] {
            let mut attempts = self.attempts.iter().filter(|attempt| attempt.aim == aim).peekable();
            if attempts.peek().is_some() && attempts.all(|attempt| attempt.found.is_some()) {
                let attempts = self.attempts.iter().filter(|attempt| attempt.aim == aim);
                let orders = attempts.filter_map(|attempt| attempt.found.as_deref());
                let order = if aim == Aim::Whole { orders.flatten().copied().collect() } else { self.merge(orders) };
                return Some(Verdict::Holds { order: Some(order) });
            }
        }
        let decisive = |aim| matches!(aim, Aim::Whole | Aim::Part);
        let hopeless = |attempt: &Attempt<M>| attempt.search.is_none() && attempt.found.is_none();
        let given_up = self.attempts.iter().any(|attempt| decisive(attempt.aim) && hopeless(attempt));
        // What was given up for want of memory cannot be made up for but by a refutation of something else.
        let others = self.attempts.iter().any(|attempt| attempt.search.is_some());
        (given_up && !others).then_some(Verdict::Unknown(Unknown::Bytes(self.budget.bytes)))
    }

    /// The search whose turn it is goes on.
    fn search(&mut self, steps: &mut u64) -> Option<Verdict> {
        let bytes: usize = self.attempts.iter().filter_map(|attempt| attempt.search.as_ref()).map(Search::bytes).sum();
        let attempt = &mut self.attempts[self.next];
        let limit = self.left.min(*steps);
        let mut left = limit;
        let outcome = attempt.search.as_mut().and_then(|search| {
            let others = bytes - search.bytes();
            search.run(&mut left, self.budget.bytes.saturating_sub(others))
        });
        *steps -= limit - left;
        self.left -= limit - left;
        match outcome {
            Some(Found::TooLarge) => self.drop_the_largest(),
            Some(Found::Order(order)) => {
                attempt.found = Some(order.into_iter().map(|place| attempt.places[place]).collect());
                attempt.search = None;
            }
            Some(Found::Stuck { longest, stuck }) => {
                self.refute(longest, stuck);
                return if self.minimizes {
                    None
                } else {
                    self.refuted.take().map(|refuted| Verdict::Fails(refuted.why))
                };
            }
            None => {}
        }
        if self.attempts.get(self.next).is_none_or(|attempt| attempt.search.is_none()) || self.left == 0 {
            self.pass_on();
        }
        None
    }

    /// It is the next one's turn.
    fn pass_on(&mut self) {
        self.next += 1;
        if self.next >= self.attempts.len() {
            (self.next, self.turn) = (0, self.turn.saturating_mul(2));
        }
        self.left = self.turn;
    }

    /// There is not enough memory for all searches: the one that takes most of it ends.
    fn drop_the_largest(&mut self) {
        let bytes = |attempt: &&mut Attempt<M>| attempt.search.as_ref().map_or(0, Search::bytes);
        if let Some(attempt) = self.attempts.iter_mut().max_by_key(bytes) {
            attempt.search = None;
        }
    }

    /// The search whose turn it is found that there is no order.
    fn refute(&mut self, longest: Vec<usize>, stuck: usize) {
        if self.attempts[self.next].aim == Aim::Sufficient {
            self.attempts.retain(|attempt| attempt.aim != Aim::Sufficient);
            (self.next, self.left) = (0, self.turn);
            return;
        }
        let attempt = self.attempts.swap_remove(self.next);
        self.attempts.clear();
        let places = attempt.places;
        let operations = places.iter().map(|place| self.history[*place].clone()).collect();
        let longest = longest.into_iter().map(|place| places[place]).collect();
        let why = Refutation { longest, stuck: Some(places[stuck]), ..Refutation::default() };
        let minimizing = Minimizing::new(self.model.clone(), self.order, operations);
        self.refuted = Some(Refuted { why, minimizing, places, left: self.budget.steps / MINIMIZING_SHARE });
    }

    fn minimize(&mut self, steps: &mut u64) -> Option<Verdict> {
        let refuted = self.refuted.as_mut()?;
        let before = *steps;
        let minimal = refuted.minimizing.run(steps, self.budget.bytes);
        refuted.left -= before - *steps;
        let minimal = minimal?;
        let Refuted { mut why, places, .. } = self.refuted.take()?;
        why.minimal = minimal.into_iter().map(|place| places[place]).collect();
        why.minimal.sort_unstable();
        Some(Verdict::Fails(why))
    }

    /// What is known when it must end.
    fn give_up(&mut self, why: Unknown) -> Verdict {
        match self.refuted.take() {
            Some(refuted) => Verdict::Fails(refuted.why),
            None => Verdict::Unknown(why),
        }
    }

    /// One order of all from those of the parts: each operation at the first instant at which it can have taken effect.
    fn merge<'a>(&'a self, orders: impl Iterator<Item = &'a [usize]>) -> Vec<usize> {
        let mut instants: Vec<(u64, usize, usize)> = Vec::new();
        for order in orders {
            let mut instant = 0;
            for (at, place) in order.iter().enumerate() {
                instant = self.history[*place].invoked.max(instant);
                instants.push((instant, at, *place));
            }
        }
        instants.sort_unstable();
        instants.into_iter().map(|(.., place)| place).collect()
    }
}

/// Linearizability is local: each key by itself (Herlihy, Wing 1990, theorem 1).
fn in_parts<M: Model>(model: &M, history: &[KeyedOperation<M>], aim: Aim) -> Vec<Attempt<M>> {
    let parts = by_key::<M>(history).into_values();
    let search = |Part { operations, places }: Part<M>| {
        let search = Some(Search::Linear(linear::Search::new(model, &operations)));
        Attempt { search, places, aim, found: None }
    };
    let mut attempts: Vec<Attempt<M>> = parts.map(search).collect();
    if attempts.is_empty() {
        // Nothing was asked: nothing is in order.
        attempts.push(Attempt { search: None, places: Vec::new(), aim, found: Some(Vec::new()) });
    }
    attempts
}

/// Sequential consistency is not local: all keys together must be in order. But what is linearizable is sequentially
/// consistent, and if one key alone is not, the whole is not, which is often easier to find.
fn sequentially<M: Model>(model: &M, history: &[KeyedOperation<M>]) -> Vec<Attempt<M>> {
    let mut attempts = in_parts(model, history, Aim::Sufficient);
    if attempts.len() > 1 {
        for Part { operations, places } in by_key::<M>(history).into_values() {
            let keyed = |operation: Operation<M::Input, M::Output>| {
                let Operation { client, input, invoked, answer } = operation;
                Operation { client, input: (String::new(), input), invoked, answer }
            };
            let operations: Vec<KeyedOperation<M>> = operations.into_iter().map(keyed).collect();
            let search = Some(Search::Sequential(sequential::Search::new(model, &operations)));
            attempts.push(Attempt { search, places, aim: Aim::Necessary, found: None });
        }
    }
    let search = Some(Search::Sequential(sequential::Search::new(model, history)));
    attempts.push(Attempt { search, places: (0..history.len()).collect(), aim: Aim::Whole, found: None });
    attempts
}
