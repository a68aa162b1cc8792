//! Small random histories: about half of them answered as one object would have answered, or nearly.

use netsplit_check::{KeyedOperation, Model, Operation};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What can be asked, and what might be answered to it.
pub type Asks<M> = Vec<(<M as Model>::Input, Vec<<M as Model>::Output>)>;

/// An operation as it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    ask: usize,
    answer: usize,
    key: usize,
    client: u32,
    from: u64,
    takes: u64,
    /// When between its question and its answer it would take effect.
    point: u64,
    pending: bool,
    lie: bool,
}

/// So many operations at most, by so many clients on so many keys.
pub fn drawn(most: usize, clients: u32, keys: usize) -> impl Strategy<Value = Vec<Drawn>> {
    let operation = (any::<usize>(), any::<usize>(), 0..keys, 0..clients, 0u64..12, 1u64..6, 0u64..6, 0u32..6, 0u32..8);
    let operation = operation.prop_map(|(ask, answer, key, client, from, takes, point, pending, lie)| {
        let (pending, lie) = (pending == 0, lie == 0);
        Drawn { ask, answer, key, client, from, takes, point: point.min(takes), pending, lie }
    });
    proptest::collection::vec(operation, 0..=most)
}

/// The history that was drawn. With `honest`, answers are those of one object, but for a few lies.
pub fn history<M: Model>(model: &M, asks: &Asks<M>, drawn: &[Drawn], honest: bool) -> Vec<KeyedOperation<M>> {
    let mut history: Vec<KeyedOperation<M>> = Vec::new();
    for (place, drawn) in drawn.iter().enumerate() {
        // Two events never have the same time: an even place for the invocation, an odd one for the answer.
        let (input, answers) = &asks[drawn.ask % asks.len()];
        let invoked = (drawn.from * 16 + place as u64) * 2;
        let answered = ((drawn.from + drawn.takes) * 16 + place as u64) * 2 + 1;
        let answer = (!drawn.pending).then(|| (answered, answers[drawn.answer % answers.len()].clone()));
        let input = (drawn.key.to_string(), input.clone());
        history.push(Operation { client: drawn.client, input, invoked, answer });
    }
    if honest {
        answer_honestly(model, asks, drawn, &mut history);
    }
    history
}

fn answer_honestly<M: Model>(model: &M, asks: &Asks<M>, drawn: &[Drawn], history: &mut [KeyedOperation<M>]) {
    let mut order: Vec<usize> = (0..drawn.len()).collect();
    order.sort_by_key(|place| (drawn[*place].from + drawn[*place].point, *place));
    let mut states: BTreeMap<String, M::State> = BTreeMap::new();
    for place in order {
        let state = states.entry(history[place].input.0.clone()).or_insert_with(|| model.start());
        let (input, answers) = &asks[drawn[place].ask % asks.len()];
        let right = answers.iter().find(|answer| model.apply(state, input, Some(answer)).is_some());
        let (Some(right), false) = (right, drawn[place].lie) else { continue };
        *state = model.apply(state, input, Some(right)).expect("it is right");
        if let Some((_, answer)) = &mut history[place].answer {
            *answer = right.clone();
        }
    }
}

/// Everything that one might ask of one key, of few values.
pub fn kv() -> Asks<netsplit_check::models::kv::Key> {
    use netsplit_check::models::kv::{Input, Output};
    let values = || ["1", "2"].map(str::to_owned);
    let read = ["", "1", "2", "11", "12", "21", "22", "3"].map(|value| Output::Read(Some(value.to_owned())));
    let read = [Output::Read(None)].into_iter().chain(read).collect::<Vec<_>>();
    let cas = [("1", "2"), ("2", "1"), ("1", "1"), ("2", "3")].map(|(expect, value)| {
        let input = Input::Cas { expect: expect.to_owned(), value: value.to_owned() };
        (input, vec![Output::Done, Output::CasFailed])
    });
    let done = |input| (input, vec![Output::Done]);
    let mut asks: Asks<netsplit_check::models::kv::Key> = vec![done(Input::Delete)];
    asks.extend(values().map(|value| done(Input::Put(value))));
    asks.extend(values().map(|value| done(Input::Append(value))));
    asks.extend([1, 2, 3].map(|_| (Input::Get, read.clone())));
    asks.extend(cas);
    asks
}

/// Of a register, which is a key that is not appended to.
pub fn register() -> Asks<netsplit_check::models::kv::Key> {
    use netsplit_check::models::kv::Input;
    kv().into_iter().filter(|(input, _)| !matches!(input, Input::Append(_) | Input::Delete)).collect()
}

/// Of a lock.
pub fn lock() -> Asks<netsplit_check::models::lock::Lock> {
    use netsplit_check::models::lock::{Input, Output};
    [Input::Acquire, Input::Release].map(|input| (input, vec![Output::Done, Output::Refused])).to_vec()
}

/// Of a queue.
pub fn queue() -> Asks<netsplit_check::models::queue::Queue> {
    use netsplit_check::models::queue::{Input, Output};
    let values = || ["1", "2"].map(str::to_owned);
    let taken = [None].into_iter().chain(values().map(Some)).map(Output::Dequeued).collect::<Vec<_>>();
    let mut asks: Asks<netsplit_check::models::queue::Queue> =
        values().map(|value| (Input::Enqueue(value), vec![Output::Done])).to_vec();
    asks.extend([1, 2].map(|_| (Input::Dequeue, taken.clone())));
    asks
}

/// Of a set.
pub fn set() -> Asks<netsplit_check::models::set::Set> {
    use netsplit_check::models::set::{Input, Output};
    let all = [vec![], vec!["1"], vec!["2"], vec!["1", "2"]];
    let all = all.map(|set| Output::Read(set.into_iter().map(str::to_owned).collect()));
    let mut asks: Asks<netsplit_check::models::set::Set> = vec![(Input::Read, all.to_vec())];
    for value in ["1", "2"].map(str::to_owned) {
        asks.push((Input::Add(value.clone()), vec![Output::Done]));
        asks.push((Input::Remove(value.clone()), vec![Output::Done]));
        asks.push((Input::Contains(value), vec![Output::Contained(true), Output::Contained(false)]));
    }
    asks
}

/// Of a counter.
pub fn counter() -> Asks<netsplit_check::models::counter::Counter> {
    use netsplit_check::models::counter::{Input, Output};
    let read = (-2..=4).map(Output::Read).collect::<Vec<_>>();
    let mut asks: Asks<netsplit_check::models::counter::Counter> =
        [1, 2, -1].map(|more| (Input::Add(more), vec![Output::Done])).to_vec();
    asks.extend([1, 2].map(|_| (Input::Read, read.clone())));
    asks
}
