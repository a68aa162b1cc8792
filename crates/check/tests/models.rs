//! What models say about themselves must be so, for the searches rely on it; and what searching takes.

mod definition;

use definition::draw::{self, Asks};
use netsplit_check::models::{counter, kv, lock, queue, set};
use netsplit_check::order::{Judging, Order, decide, judge};
use netsplit_check::verdict::{Budget, Unknown, Verdict};
use netsplit_check::{Effect, KeyedOperation, Model, Operation};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// The states that some operations lead to.
fn states<M: Model<State: Debug>>(model: &M, asks: &Asks<M>, deep: usize) -> Vec<M::State> {
    let mut all = vec![model.start()];
    for _ in 0..deep {
        let further = all.iter().flat_map(|state| asks.iter().filter_map(|(input, _)| model.apply(state, input, None)));
        let further: Vec<M::State> = further.collect();
        further.into_iter().for_each(|state| {
            if !all.contains(&state) {
                all.push(state);
            }
        });
    }
    all
}

/// In every state that a few operations lead to, every operation does what its effect allows.
fn keeps_its_word<M: Model<State: Debug, Input: Debug, Output: Debug>>(model: M, asks: Asks<M>) {
    let states = states(&model, &asks, 3);
    let mut effects = BTreeSet::new();
    for (input, outputs) in &asks {
        for output in outputs.iter().map(Some).chain([None]) {
            let after: Vec<_> = states.iter().map(|state| model.apply(state, input, output)).collect();
            let effect = model.effect(input, output);
            effects.insert(format!("{effect:?}"));
            let possible = after.iter().all(Option::is_some);
            let same =
                after.iter().zip(&states).all(|(after, state)| after.as_ref().is_none_or(|after| after == state));
            let one = after.iter().all(|other| *other == after[0]);
            let kept = match effect {
                Effect::Reads => same,
                Effect::Overwrites => possible && one,
                Effect::Adds => possible,
                Effect::Changes => true,
            };
            assert!(kept, "{input:?} {output:?}: {effect:?}");
            assert!(output.is_some() || possible, "{input:?} can always be pending");
        }
    }
    assert!(effects.len() >= 2, "{effects:?}");
}

#[test]
fn effects_are_as_models_say() {
    keeps_its_word(kv::Key::default(), draw::kv());
    keeps_its_word(kv::Key::empty(), draw::kv());
    keeps_its_word(lock::Lock, draw::lock());
    keeps_its_word(queue::Queue, draw::queue());
    keeps_its_word(set::Set, draw::set());
    keeps_its_word(counter::Counter, draw::counter());
}

type Stored = KeyedOperation<kv::Key>;

fn op(client: u32, input: kv::Input, invoked: u64, answer: impl Into<Option<(u64, kv::Output)>>) -> Stored {
    Operation { client, input: ("x".to_owned(), input), invoked, answer: answer.into() }
}

fn put(value: impl ToString) -> kv::Input {
    kv::Input::Put(value.to_string())
}

fn read(value: &str) -> kv::Output {
    kv::Output::Read(Some(value.to_owned()))
}

/// Compare-and-sets at once, none of which can come first.
fn at_once(writes: u64) -> Vec<Stored> {
    let cas = |at: u64| kv::Input::Cas { expect: (at % 7).to_string(), value: ((at * 3 + 1) % 7).to_string() };
    let asked = (0..writes).map(|at| op(at as u32, cas(at), at, (1_000 + at, kv::Output::Done)));
    asked.chain([op(99, kv::Input::Get, 2_000, (2_001, read("9")))]).collect()
}

const PLENTY: Budget = Budget { steps: u64::MAX, bytes: usize::MAX };

#[test]
fn a_search_gives_up_when_its_steps_or_its_memory_end() {
    let writes = (0..24).map(|at| op(at, put(at), u64::from(at), (1_000 + u64::from(at), kv::Output::Done)));
    let reads =
        (0..24).map(|at| op(100, kv::Input::Get, 2_000 + 2 * at, (2_001 + 2 * at, read(&(at % 2).to_string()))));
    let history: Vec<Stored> = writes.chain(reads).collect();
    let steps = Budget { steps: 3, ..PLENTY };
    assert_eq!(judge(&kv::Key::default(), Order::RealTime, &history, steps), Verdict::Unknown(Unknown::Steps(3)));
    let bytes = Budget { bytes: 100, ..PLENTY };
    assert_eq!(judge(&kv::Key::default(), Order::RealTime, &history, bytes), Verdict::Unknown(Unknown::Bytes(100)));
}

#[test]
fn judging_goes_on_where_it_stopped() {
    let history: Vec<Stored> = at_once(6);
    let at_once = judge(&kv::Key::default(), Order::RealTime, &history, PLENTY);
    let mut judging = Judging::new(kv::Key::default(), Order::RealTime, history, PLENTY);
    let mut pauses = 0;
    let bit_by_bit = loop {
        match judging.run(&mut 1) {
            Some(verdict) => break verdict,
            None => pauses += 1,
        }
        assert_eq!(judging.progress().steps.0, pauses);
    };
    assert_eq!(bit_by_bit, at_once);
    assert!(pauses > 3);
}

#[test]
fn a_long_history_of_one_client_takes_no_more_steps_than_it_has_operations() {
    let history: Vec<Stored> = (0..100_000).map(|at| op(0, put(at), 2 * at, (2 * at + 1, kv::Output::Done))).collect();
    let just = Budget { steps: 2 * history.len() as u64, ..PLENTY };
    let verdict = judge(&kv::Key::default(), Order::RealTime, &history, just);
    assert!(matches!(verdict, Verdict::Holds { order: Some(order) } if order.len() == history.len()));
}

#[test]
fn many_pending_writes_do_not_double_the_work_each() {
    let lost = (0..40).map(|at| op(at, put(at), 2 * u64::from(at), None));
    let seen = (0..40).map(|at| op(100, kv::Input::Get, 100 + 2 * at, (101 + 2 * at, read(&(39 - at).to_string()))));
    let history: Vec<Stored> = lost.chain(seen).collect();
    let few = Budget { steps: 100_000, ..PLENTY };
    assert!(matches!(decide(&kv::Key::default(), Order::RealTime, &history, few), Verdict::Holds { .. }));
    let twice: Vec<Stored> = history.into_iter().chain([op(100, kv::Input::Get, 200, (201, read("39")))]).collect();
    assert!(matches!(decide(&kv::Key::default(), Order::RealTime, &twice, few), Verdict::Fails(_)));
}

/// Compare-and-sets that were asked for at once, all of which succeeded: there are many ways to go on from one to the next,
/// and none through the last.
fn knot(key: &str, writes: u64) -> Vec<Stored> {
    let cas = |at: u64| {
        let expect = if at + 1 == writes { "nowhere".to_owned() } else { (at % 11).to_string() };
        kv::Input::Cas { expect, value: ((at + at / 11 * 2 + 1) % 11).to_string() }
    };
    let asked = (0..writes).map(|at| op(at as u32, cas(at), 10 + at, (1_000 + at, kv::Output::Done)));
    let mut all = vec![op(90, put(0), 4, (5, kv::Output::Done))];
    all.extend(asked);
    all.iter_mut().for_each(|operation| operation.input.0 = key.to_owned());
    all
}

/// A read of what nobody ever wrote.
fn odd(key: &str, invoked: u64) -> Stored {
    let input = (key.to_owned(), kv::Input::Get);
    Operation { client: 91, input, invoked, answer: Some((invoked + 1, read("odd"))) }
}

#[test]
fn what_is_easily_refuted_does_not_wait_for_what_is_hard() {
    let some = Budget { steps: 50_000, ..PLENTY };
    let key = kv::Key::default();
    assert_eq!(judge(&key, Order::RealTime, &knot("a", 60), some), Verdict::Unknown(Unknown::Steps(50_000)));
    // Keys are judged in their order; the last one's turn comes long before the first one is done.
    let history = [knot("a", 60), knot("b", 60), vec![odd("z", 5_000)]].concat();
    match judge(&key, Order::RealTime, &history, some) {
        Verdict::Fails(why) => assert_eq!(why.minimal, [history.len() - 1]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn that_it_fails_is_known_before_it_is_said_briefly_which_takes_a_share_of_the_steps_at_most() {
    // Without the read, which stands last though it came first, this is too hard.
    let history = [knot("a", 120), vec![odd("a", 0)]].concat();
    let budget = Budget { steps: 200_000, ..PLENTY };
    let mut judging = Judging::new(kv::Key::default(), Order::RealTime, history.clone(), budget);
    assert_eq!(judging.run(&mut 1_000), None);
    let known = judging.refutation().cloned().expect("it fails");
    assert_eq!((known.stuck, known.minimal.as_slice()), (Some(history.len() - 1), [].as_slice()));
    let mut left = 1_000_000;
    assert_eq!(judging.run(&mut left), Some(Verdict::Fails(known)));
    assert!(1_000_000 - left <= budget.steps / 4, "{left} left");
}
