//! The search against the definition: all orders of small histories are tried, and every witness is checked by playing
//! it.

use netsplit_check::kv::{Input, Key, Output};
use netsplit_check::linearizability::{Outcome, Search, Verdict, judge};
use netsplit_check::{Model, Operation};
use proptest::prelude::*;

type Op = Operation<Input, Output>;

fn put(value: &str) -> Input {
    Input::Put(value.to_owned())
}

fn read(value: &str) -> Output {
    Output::Read(Some(value.to_owned()))
}

fn op(input: Input, invoked: u64, answer: impl Into<Option<(u64, Output)>>) -> Op {
    Operation { client: 0, input, invoked, answer: answer.into() }
}

fn verdict(history: &[Op]) -> Verdict {
    Search::new(Key, history).run(&mut u64::MAX.clone()).expect("no end of steps")
}

/// Whether an order obeys the definition: right answers, what was over before something began comes first, and only
/// pending operations are left out.
fn is_linearization(history: &[Op], order: &[usize]) -> bool {
    let mut seen = vec![false; history.len()];
    let mut state = Key.start();
    for (at, place) in order.iter().enumerate() {
        let Operation { input, answer, invoked, .. } = &history[*place];
        let over = |later: &usize| history[*later].answer.as_ref().is_some_and(|(when, _)| when < invoked);
        if std::mem::replace(&mut seen[*place], true) || order[at + 1..].iter().any(over) {
            return false;
        }
        match Key.apply(&state, input, answer.as_ref().map(|(_, output)| output)) {
            Some(after) => state = after,
            None => return false,
        }
    }
    history.iter().zip(seen).all(|(operation, seen)| seen || operation.answer.is_none())
}

/// The definition, by trying everything.
fn some_order_exists(history: &[Op], order: &mut Vec<usize>) -> bool {
    is_linearization(history, order)
        || (0..history.len()).any(|next| {
            if order.contains(&next) {
                return false;
            }
            order.push(next);
            let found = some_order_exists(history, order);
            order.pop();
            found
        })
}

fn check(history: &[Op]) -> bool {
    match verdict(history) {
        Verdict::Linearizable(order) => {
            assert!(is_linearization(history, &order), "{order:?} of {history:?}");
            true
        }
        Verdict::Refuted { longest, stuck } => {
            let upto: Vec<Op> = longest.iter().map(|place| history[*place].clone()).collect();
            let all: Vec<usize> = (0..upto.len()).collect();
            assert!(is_linearization(&upto, &all), "the longest part is in order: {longest:?} of {history:?}");
            assert!(!longest.contains(&stuck) && history[stuck].answer.is_some());
            false
        }
    }
}

#[test]
fn a_read_sees_what_was_written_before_it() {
    assert!(check(&[op(put("1"), 0, (1, Output::Done)), op(Input::Get, 2, (3, read("1")))]));
    assert!(!check(&[op(put("1"), 0, (1, Output::Done)), op(Input::Get, 2, (3, Output::Read(None)))]));
}

#[test]
fn operations_at_the_same_time_may_come_in_any_order() {
    let write = op(put("1"), 0, (5, Output::Done));
    assert!(check(&[write.clone(), op(Input::Get, 1, (2, Output::Read(None))), op(Input::Get, 3, (4, read("1")))]));
    assert!(!check(&[write, op(Input::Get, 1, (2, read("1"))), op(Input::Get, 3, (4, Output::Read(None)))]));
}

#[test]
fn a_pending_write_has_happened_or_not() {
    let write = op(put("1"), 0, None);
    assert!(check(&[write.clone(), op(Input::Get, 1, (2, Output::Read(None))), op(Input::Get, 3, (4, read("1")))]));
    assert!(!check(&[write, op(Input::Get, 1, (2, read("1"))), op(Input::Get, 3, (4, Output::Read(None)))]));
}

#[test]
fn compare_and_set_fails_exactly_when_the_value_differs() {
    let cas = |expect: &str| Input::Cas { expect: expect.to_owned(), value: "2".to_owned() };
    let one = op(put("1"), 0, (1, Output::Done));
    assert!(check(&[one.clone(), op(cas("1"), 2, (3, Output::Done)), op(Input::Get, 4, (5, read("2")))]));
    assert!(check(&[one.clone(), op(cas("3"), 2, (3, Output::CasFailed)), op(Input::Get, 4, (5, read("1")))]));
    assert!(!check(&[one, op(cas("1"), 2, (3, Output::CasFailed))]));
}

#[test]
fn an_easy_refutation_does_not_wait_for_a_hard_part() {
    let hard: Vec<Op> = (0..30)
        .map(|i| op(put(&i.to_string()), i, (100 + i, Output::Done)))
        .chain((0..30).map(|i| op(Input::Get, 200 + i, (300 + i, read(if i % 2 == 0 { "3" } else { "4" })))))
        .collect();
    let easy = [op(Input::Get, 0, (1, read("1")))];
    assert_eq!(judge(&Key, &[&hard], 50_000), Outcome::GaveUp);
    let refuted = Outcome::Refuted { part: 1, longest: vec![], stuck: 0 };
    assert_eq!(judge(&Key, &[&hard, &easy], 50_000), refuted);
}

#[test]
fn many_pending_writes_do_not_double_the_work_each() {
    let lost = (0..40).map(|i| op(put(&format!("lost {i}")), 2 * i, None));
    let seen = (0..40).map(|i| op(Input::Get, 100 + 2 * i, (101 + 2 * i, read(&format!("lost {}", 39 - i)))));
    let history: Vec<Op> = lost.chain(seen).collect();
    assert!(matches!(Search::new(Key, &history).run(&mut 100_000), Some(Verdict::Linearizable(_))));
    let twice: Vec<Op> = history.into_iter().chain([op(Input::Get, 200, (201, read("lost 39")))]).collect();
    assert!(matches!(Search::new(Key, &twice).run(&mut 1_000_000), Some(Verdict::Refuted { .. })));
}

#[test]
fn a_search_goes_on_where_it_stopped() {
    let history: Vec<Op> = (0..8).map(|i| op(put(&i.to_string()), i, (20 + i, Output::Done))).collect();
    let (mut whole, mut bits) = (Search::new(Key, &history), Search::new(Key, &history));
    let at_once = whole.run(&mut 1_000);
    assert!(at_once.is_some());
    let bit_by_bit = (0..1_000).find_map(|_| bits.run(&mut 1));
    assert_eq!(bit_by_bit, at_once);
}

#[test]
fn a_long_history_of_one_client_takes_as_many_steps_as_it_has_operations() {
    let history: Vec<Op> = (0..100_000).map(|i| op(put("1"), 2 * i, (2 * i + 1, Output::Done))).collect();
    let mut steps = 100_000;
    assert!(matches!(Search::new(Key, &history).run(&mut steps), Some(Verdict::Linearizable(_))));
    assert_eq!(steps, 0);
}

/// A history of some operations of few values, with times of their own; some are pending.
fn histories() -> impl Strategy<Value = Vec<Op>> {
    let value = || prop_oneof![Just("1".to_owned()), Just("2".to_owned())];
    let asked = prop_oneof![
        value().prop_map(|value| (Input::Put(value), Output::Done)),
        Just((Input::Delete, Output::Done)),
        proptest::option::of(value()).prop_map(|value| (Input::Get, Output::Read(value))),
        (value(), value(), any::<bool>()).prop_map(|(expect, value, done)| {
            (Input::Cas { expect, value }, if done { Output::Done } else { Output::CasFailed })
        }),
    ];
    let operation = (asked, 0u64..12, 1u64..6, 0u32..3);
    proptest::collection::vec(operation, 0..6).prop_map(|drawn| {
        let times = |(place, ((input, output), from, takes, pending)): (usize, ((Input, Output), u64, u64, u32))| {
            // Two events never have the same time: an even place for the invocation, an odd one for the answer.
            let invoked = (from * 16 + place as u64) * 2;
            let answer = (pending > 0).then(|| (((from + takes) * 16 + place as u64) * 2 + 1, output));
            Operation { client: 0, input, invoked, answer }
        };
        drawn.into_iter().enumerate().map(times).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_search_says_what_trying_all_orders_says(history in histories()) {
        prop_assert_eq!(check(&history), some_order_exists(&history, &mut Vec::new()));
    }
}
