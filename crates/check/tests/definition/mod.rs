//! The definitions, by trying all orders: slow, obvious, and of nothing else in this crate than its models.

#![allow(dead_code)] // not every test uses all of it

pub mod draw;

use netsplit_check::{KeyedOperation, Model, Operation};
use std::collections::BTreeMap;

/// Which of two operations must come first.
pub type Before<M> = fn(&KeyedOperation<M>, &KeyedOperation<M>) -> bool;

/// Whether one was over before the other began.
pub fn in_real_time<I, O>(first: &Operation<I, O>, then: &Operation<I, O>) -> bool {
    first.answer.as_ref().is_some_and(|(when, _)| *when < then.invoked)
}

/// Whether the same client had an answer to one before it asked for the other.
pub fn of_one_client<I, O>(first: &Operation<I, O>, then: &Operation<I, O>) -> bool {
    first.client == then.client && in_real_time(first, then)
}

/// Whether these operations, in this order, are what the definition wants: right answers, what must come first does, and
/// only pending operations are left out. As far as `all` says, that is: part of them may be in order too.
pub fn is_in_order<M: Model>(
    model: &M,
    history: &[KeyedOperation<M>],
    before: Before<M>,
    order: &[usize],
    all: bool,
) -> bool {
    let mut seen = vec![false; history.len()];
    let mut states: BTreeMap<&str, M::State> = BTreeMap::new();
    for (at, place) in order.iter().enumerate() {
        let Operation { input, answer, .. } = &history[*place];
        let too_late = |later: &usize| before(&history[*later], &history[*place]);
        if std::mem::replace(&mut seen[*place], true) || order[at + 1..].iter().any(too_late) {
            return false;
        }
        let state = states.entry(&input.0).or_insert_with(|| model.start());
        match model.apply(state, &input.1, answer.as_ref().map(|(_, output)| output)) {
            Some(after) => *state = after,
            None => return false,
        }
    }
    !all || history.iter().zip(seen).all(|(operation, seen)| seen || operation.answer.is_none())
}

/// Whether there is an order as the definition wants it.
pub fn has_order<M: Model>(model: &M, history: &[KeyedOperation<M>], before: Before<M>) -> bool {
    go_on(model, history, before, &mut BTreeMap::new(), &mut vec![false; history.len()])
}

fn go_on<'a, M: Model>(
    model: &M,
    history: &'a [KeyedOperation<M>],
    before: Before<M>,
    states: &mut BTreeMap<&'a str, M::State>,
    done: &mut Vec<bool>,
) -> bool {
    if history.iter().zip(&*done).all(|(operation, done)| *done || operation.answer.is_none()) {
        return true;
    }
    for next in 0..history.len() {
        let operation = &history[next];
        if done[next] || (0..history.len()).any(|other| !done[other] && before(&history[other], operation)) {
            continue;
        }
        let state = states.get(operation.input.0.as_str()).cloned().unwrap_or_else(|| model.start());
        if let Some(after) = model.apply(&state, &operation.input.1, operation.output()) {
            states.insert(&operation.input.0, after);
            done[next] = true;
            if go_on(model, history, before, states, done) {
                return true;
            }
            done[next] = false;
            states.insert(&operation.input.0, state);
        }
    }
    false
}
