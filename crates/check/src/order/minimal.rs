//! A few operations that already fail alone, by taking out one after the other (Zeller, Hildebrandt 2002).
//!
//! To take a write out of a history would leave reads of a value that nobody wrote, and almost every failure would come
//! down to one such read. So what is taken out is *forgotten*: it may have happened at any time, or not at all. What is
//! left and fails, fails whatever the forgotten operations did; and the more is forgotten, the less fails. Therefore, once
//! no single operation can be forgotten, none can be that is left, whatever else is.

use super::{Found, Order, Search, linear, sequential};
use crate::{KeyedOperation, Model, Operation};

/// A history that fails, being made smaller.
pub struct Minimizing<M: Model> {
    model: M,
    order: Order,
    history: Vec<KeyedOperation<M>>,
    /// Which operations are kept, and which of them cannot be forgotten.
    kept: Vec<bool>,
    /// So many are to be forgotten at a time, the last of them before this one.
    many: usize,
    before: usize,
    /// Those that are being tried, and for how many more steps.
    trying: Option<(Vec<usize>, Search<M>, u64)>,
    /// Whether it was too hard to find out if some operation can be forgotten.
    unsure: bool,
}

/// So many steps it is worth to find out whether something can be forgotten.
const PATIENCE: u64 = 100_000;

impl<M: Model> Minimizing<M> {
    /// Of a history that has no such order. If it must keep real time, all operations are on one key.
    pub fn new(model: M, order: Order, history: Vec<KeyedOperation<M>>) -> Self {
        let many = history.len().div_ceil(2);
        Minimizing {
            model,
            order,
            kept: vec![true; history.len()],
            many,
            before: history.len(),
            trying: None,
            unsure: false,
            history,
        }
    }

    /// Goes on for at most so many steps, which it takes from `steps`. `None` if they do not suffice; nothing is kept if it
    /// is too hard to say what must be.
    pub fn run(&mut self, steps: &mut u64, bytes: usize) -> Option<Vec<usize>> {
        while *steps > 0 {
            let Some((tried, mut search, patience)) = self.trying.take().or_else(|| self.next()) else {
                let kept = |place: &usize| self.kept[*place] && !self.unsure;
                return Some((0..self.history.len()).filter(kept).collect());
            };
            let limit = patience.min(*steps);
            let mut left = limit;
            let found = search.run(&mut left, bytes);
            *steps -= limit - left;
            match found {
                Some(Found::Stuck { .. }) => tried.into_iter().for_each(|place| self.kept[place] = false),
                Some(Found::Order(_)) => {}
                None if limit < patience => self.trying = Some((tried, search, patience - limit)),
                None | Some(Found::TooLarge) => self.unsure |= self.many == 1,
            }
        }
        None
    }

    /// What is to be tried next: to forget some more operations.
    fn next(&mut self) -> Option<(Vec<usize>, Search<M>, u64)> {
        if self.before == 0 {
            (self.many, self.before) = (self.many / 2, self.history.len());
        }
        if self.many == 0 {
            return None;
        }
        let kept = (0..self.before).rev().filter(|place| self.kept[*place]);
        let tried: Vec<usize> = kept.take(self.many).collect();
        self.before = tried.last().copied().unwrap_or(0);
        if tried.is_empty() {
            return self.next();
        }
        let mut kept = self.kept.clone();
        tried.iter().for_each(|place| kept[*place] = false);
        let left = |(operation, kept): (&KeyedOperation<M>, bool)| match kept {
            true => operation.clone(),
            false => forgotten::<M>(operation),
        };
        let history: Vec<KeyedOperation<M>> = self.history.iter().zip(kept).map(left).collect();
        Some((tried, search(&self.model, self.order, &history), PATIENCE))
    }
}

/// An operation of which nothing is known but what was asked.
fn forgotten<M: Model>(operation: &KeyedOperation<M>) -> KeyedOperation<M> {
    Operation { invoked: 0, answer: None, ..operation.clone() }
}

/// A search through a whole history.
fn search<M: Model>(model: &M, order: Order, history: &[KeyedOperation<M>]) -> Search<M> {
    let unkeyed = |operation: &KeyedOperation<M>| {
        let Operation { client, input: (_, input), invoked, answer } = operation.clone();
        Operation { client, input, invoked, answer }
    };
    match order {
        Order::Client => Search::Sequential(sequential::Search::new(model, history)),
        Order::RealTime => {
            let history: Vec<Operation<M::Input, M::Output>> = history.iter().map(unkeyed).collect();
            Search::Linear(linear::Search::new(model, &history))
        }
    }
}
