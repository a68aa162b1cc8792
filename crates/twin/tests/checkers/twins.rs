//! The twins, asked.

use super::specs::{Keyed, Ours, Spec};
use netsplit_check::KeyedOperation;
use netsplit_check::order::Order;
use porcupine_rs::{Operation, check_operations};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialConsistencyTester, SequentialSpec};
use std::marker::PhantomData;

/// What stateright's testers say, which go through all orders.
pub fn stateright<M: Ours, S: Spec<M>>(order: Order, history: &[KeyedOperation<M>]) -> bool {
    match order {
        Order::RealTime => told(LinearizabilityTester::new(Keyed::<S>::default()), history),
        Order::Client => told(SequentialConsistencyTester::new(Keyed::<S>::default()), history),
    }
}

/// A tester is told what happened, in the order in which it did.
fn told<M: Ours, S: Spec<M>>(mut tester: impl ConsistencyTester<u32, Keyed<S>>, history: &[KeyedOperation<M>]) -> bool {
    let mut events: Vec<(u64, usize, bool)> = Vec::new();
    for (place, operation) in history.iter().enumerate() {
        events.push((operation.invoked, place, false));
        events.extend(operation.answer.iter().map(|(when, _)| (*when, place, true)));
    }
    events.sort_unstable();
    for (_, place, answered) in events {
        let operation = &history[place];
        let heard = match operation.output().filter(|_| answered) {
            Some(output) => tester.on_return(operation.client, output.clone()).map(drop),
            None => tester.on_invoke(operation.client, operation.input.clone()).map(drop),
        };
        heard.expect("clients ask for one thing after another");
    }
    tester.is_consistent()
}

/// What Porcupine says.
pub fn porcupine<M: Ours, S: Spec<M>>(history: &[KeyedOperation<M>]) -> bool {
    let operation = |operation: &KeyedOperation<M>| Operation {
        client_id: Some(operation.client),
        call_time: operation.invoked as i64,
        // What was never answered may have happened at any time, or when all is over.
        return_time: operation.answer.as_ref().map_or(i64::MAX, |(when, _)| *when as i64),
        op: (operation.input.clone(), operation.output().cloned()),
        metadata: None,
    };
    let operations: Vec<Operation<Objects<M, S>>> = history.iter().map(operation).collect();
    check_operations(&operations)
}

/// The objects as Porcupine has them.
#[derive(Clone)]
struct Objects<M, S>(PhantomData<fn() -> (M, S)>);

impl<M: Ours, S: Spec<M>> porcupine_rs::Model for Objects<M, S> {
    type State = Keyed<S>;
    type Op = ((String, M::Input), Option<M::Output>);
    type Metadata = ();

    fn init() -> Keyed<S> {
        Keyed::default()
    }

    fn step(state: &Keyed<S>, (asked, answered): &Self::Op) -> (bool, Keyed<S>) {
        let mut after = state.clone();
        let answer = after.invoke(asked);
        (answered.as_ref().is_none_or(|answered| *answered == answer), after)
    }
}
