//! Sequential consistency refuted without search: against the definition by trying all orders, and where the search alone
//! does not come to an end.

mod definition;

use definition::draw::{self, Asks, Drawn};
use definition::{has_order, of_one_client};
use netsplit_check::Operation;
use netsplit_check::causal::StoreOperation;
use netsplit_check::kv::{Input, Key, Output};
use netsplit_check::order::{Order, decide};
use netsplit_check::sequential::{judge, refute};
use netsplit_check::verdict::{Because, Budget, Edge, Refutation, Unknown, Verdict};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;

const PLENTY: Budget = Budget { steps: 10_000_000, bytes: 1 << 30 };

fn is_sequential(key: &Key, history: &[StoreOperation]) -> bool {
    has_order(key, history, of_one_client)
}

/// A step of a cycle says what is so.
fn is_true(history: &[StoreOperation], edge: &Edge) -> bool {
    let (from, to) = (&history[edge.from], &history[edge.to]);
    let one_key = from.input.0 == to.input.0;
    let wrote = |operation: &StoreOperation| operation.input.1 != Input::Get;
    match edge.because {
        Because::Session => of_one_client(from, to),
        Because::ReadFrom => one_key && wrote(from),
        Because::WrittenAfter => one_key && wrote(from) && wrote(to),
        Because::ReadBefore => one_key && wrote(to),
        Because::RealTime => false,
    }
}

/// What is refuted fails by the definition; the few operations that it is brought down to fail alone; and each of them is
/// needed.
fn is_right(key: &Key, history: &[StoreOperation], why: &Refutation) -> Result<(), TestCaseError> {
    prop_assert!(!is_sequential(key, history), "{why:?} of {history:#?}");
    prop_assert!(!why.minimal.is_empty());
    let only = |places: &[usize]| -> Vec<StoreOperation> { places.iter().map(|at| history[*at].clone()).collect() };
    prop_assert!(!is_sequential(key, &only(&why.minimal)), "{why:?} of {history:#?}");
    for (at, edge) in why.cycle.iter().enumerate() {
        prop_assert!(is_true(history, edge), "{edge:?} of {history:#?}");
        prop_assert_eq!(edge.to, why.cycle[(at + 1) % why.cycle.len()].from);
        prop_assert!(why.minimal.contains(&edge.from));
    }
    for one in &why.minimal {
        let others: Vec<usize> = why.minimal.iter().copied().filter(|other| other != one).collect();
        // Reads that nothing explains any more are no cycle.
        let less = refute(key, &only(&others), PLENTY).filter(|why| !why.cycle.is_empty());
        prop_assert!(less.is_none(), "{why:?} without {one} of {history:#?}");
    }
    Ok(())
}

/// Goes through drawn histories. Of those that fail, how many were refuted.
fn refuted(key: &Key, asks: &Asks<Key>) -> (u32, u32) {
    let (failed, refuted) = (Cell::new(0), Cell::new(0));
    let config = ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() };
    let of_drawn = |drawn: Vec<Drawn>, honest| -> Result<(), TestCaseError> {
        let history = draw::history(key, asks, &drawn, honest);
        failed.set(failed.get() + u32::from(!is_sequential(key, &history)));
        if let Some(why) = refute(key, &history, PLENTY) {
            refuted.set(refuted.get() + 1);
            is_right(key, &history, &why)?;
        }
        Ok(())
    };
    let drawn = (draw::drawn(7, 3, 2), any::<bool>());
    let result = TestRunner::new(config).run(&drawn, |(drawn, honest)| of_drawn(drawn, honest));
    result.unwrap_or_else(|error| panic!("{error}"));
    (refuted.get(), failed.get())
}

fn refutes_most(key: &Key, asks: &Asks<Key>) {
    let (refuted, failed) = refuted(key, asks);
    println!("{refuted} of {failed}");
    assert!(failed > 1_000 && refuted > failed / 2, "{refuted} of {failed}");
}

#[test]
fn only_what_fails_is_refuted_of_registers() {
    refutes_most(&Key::default(), &draw::register());
}

#[test]
fn only_what_fails_is_refuted_of_stores() {
    refutes_most(&Key::default(), &draw::kv());
}

#[test]
fn only_what_fails_is_refuted_of_texts() {
    refutes_most(&Key::empty(), &draw::kv());
}

/// Numbers that look drawn.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Many clients at a time append to some keys, overwrite them and read them: all wait while each is served in turn.
fn crowd(clients: u32, rounds: u64) -> Vec<StoreOperation> {
    let (mut numbers, mut texts) = (Numbers(7), vec![String::new(); 8]);
    let mut one = |at: u64| {
        let key = numbers.below(8) as usize;
        let piece = format!("<{at}>");
        let (input, output) = match numbers.below(10) {
            0 => (Input::Put(piece.clone()), Output::Done),
            1..=5 => (Input::Append(piece.clone()), Output::Done),
            _ => (Input::Get, Output::Read(Some(texts[key].clone()))),
        };
        match input {
            Input::Put(_) => texts[key] = piece,
            Input::Append(_) => texts[key].push_str(&piece),
            _ => {}
        }
        let answer = Some((10 * (at + u64::from(clients)) - 5, output));
        Operation {
            client: (at % u64::from(clients)) as u32,
            input: (key.to_string(), input),
            invoked: 10 * at,
            answer,
        }
    };
    (0..u64::from(clients) * rounds).map(&mut one).collect()
}

#[test]
fn a_cycle_is_found_where_the_search_gives_up() {
    let budget = Budget { steps: 300_000, bytes: 256 << 20 };
    let right = crowd(40, 12);
    assert!(matches!(judge(&Key::empty(), &right, PLENTY, true), Verdict::Holds { .. }));
    // The last who appended something reads the key as it was at first.
    let appended = |operation: &StoreOperation| matches!(operation.input.1, Input::Append(_));
    let last = right.iter().rposition(appended).expect("there is one");
    let Operation { client, input: (key, _), .. } = right[last].clone();
    let answer = Some((1_000_001, Output::Read(Some(String::new()))));
    let wrong = [right, vec![Operation { client, input: (key, Input::Get), invoked: 1_000_000, answer }]].concat();
    assert_eq!(decide(&Key::empty(), Order::Client, &wrong, budget), Verdict::Unknown(Unknown::Steps(300_000)));
    match judge(&Key::empty(), &wrong, budget, true) {
        Verdict::Fails(why) => {
            assert_eq!(why.minimal, [last, wrong.len() - 1]);
            let because: Vec<Because> = why.cycle.iter().map(|edge| edge.because).collect();
            assert_eq!(because, [Because::Session, Because::ReadBefore]);
        }
        other => panic!("{other:?}"),
    }
}
