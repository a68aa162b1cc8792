//! What is not one order, against its definitions: all choices and all orders of small histories are tried, every
//! refutation is checked, and the histories of the papers come to what the papers say.

mod definition;

use definition::{ReadFrom, forced, holds, key, reads, sequential, session, some_choice, sources, views, wrote};
use netsplit_check::causal::{self, StoreOperation};
use netsplit_check::kv::{Input, Key, Output};
use netsplit_check::order::{self, Order};
use netsplit_check::session::{self as guarantees, Guarantee};
use netsplit_check::verdict::{Because, Budget, Edge, Level, Refutation, Unknown, Verdict};
use netsplit_check::{Operation, convergence};
use proptest::prelude::*;

const PLENTY: Budget = Budget { steps: 1_000_000_000, bytes: 1 << 30 };

const LEVELS: [Level; 5] =
    [Level::Causal, Level::ReadYourWrites, Level::MonotonicReads, Level::MonotonicWrites, Level::WritesFollowReads];

fn judge(level: Level, history: &[StoreOperation]) -> Verdict {
    match Guarantee::ALL.into_iter().find(|guarantee| guarantee.level() == level) {
        Some(guarantee) => guarantees::judge(guarantee, history, PLENTY),
        None => causal::judge(history, PLENTY),
    }
}

/// The levels, among these five, that a history fails.
fn fails(history: &[StoreOperation]) -> Vec<Level> {
    LEVELS.into_iter().filter(|level| check(*level, history).is_some()).collect()
}

/// The refutation, if there is one, checked.
fn check(level: Level, history: &[StoreOperation]) -> Option<Refutation> {
    match judge(level, history) {
        Verdict::Holds { .. } => None,
        Verdict::Fails(refutation) => {
            check_refutation(level, history, &refutation);
            Some(refutation)
        }
        Verdict::Unknown(unknown) => panic!("{unknown:?} for {history:?}"),
    }
}

/// It fails by itself; without any one of its operations, and the reads that only that one explained, it does not; and its
/// cycle is one, of which every edge follows from the history.
fn check_refutation(level: Level, history: &[StoreOperation], Refutation { minimal, cycle, .. }: &Refutation) {
    let part = |places: &[usize]| -> Vec<StoreOperation> { places.iter().map(|at| history[*at].clone()).collect() };
    assert!(!minimal.is_empty() && minimal.is_sorted(), "{minimal:?} of {history:?}");
    assert!(!holds(level, &part(minimal)), "{level:?} holds for {minimal:?} of {history:?}");
    for out in minimal {
        let mut others: Vec<usize> = minimal.iter().copied().filter(|at| at != out).collect();
        loop {
            let left = part(&others);
            let orphan = |at: &usize| reads(&left, *at) && sources(&left, *at).is_empty();
            let Some(orphan) = (0..others.len()).find(orphan) else { break };
            others.remove(orphan);
        }
        assert!(holds(level, &part(&others)), "{level:?} of {others:?} alone fails: {minimal:?} of {history:?}");
    }
    let meets = |(at, edge): (usize, &Edge)| edge.to == cycle[(at + 1) % cycle.len()].from;
    assert!(cycle.iter().enumerate().all(meets), "{cycle:?}");
    if cycle.is_empty() {
        return;
    }
    let nth = |place: usize| minimal.iter().position(|at| *at == place).expect("in the minimal part");
    let left = part(minimal);
    let inside: Vec<Edge> = cycle.iter().map(|edge| Edge { from: nth(edge.from), to: nth(edge.to), ..*edge }).collect();
    let follows = |from: &ReadFrom| inside.iter().all(|edge| edge_follows(level, &left, from, edge));
    let from_all = !some_choice(&left, &mut Vec::new(), &mut |from| !follows(from));
    assert!(from_all || !certain(&left), "{level:?} {cycle:?} of {history:?}");
}

fn certain(history: &[StoreOperation]) -> bool {
    (0..history.len()).all(|at| !reads(history, at) || sources(history, at).len() == 1)
}

fn edge_follows(level: Level, history: &[StoreOperation], from: &ReadFrom, edge: &Edge) -> bool {
    let Edge { from: first, to: second, because } = *edge;
    let orders: Vec<_> = views(level, history, from)
        .unwrap_or_default()
        .iter()
        .map(|view| (forced(history, from, view), view.judged.clone()))
        .collect();
    let one_key = key(history, first) == key(history, second);
    match because {
        Because::Session => session(history, first, second),
        Because::ReadFrom => from[second] == Some(Some(first)),
        Because::WrittenAfter => {
            let both = wrote(history, first).is_some() && wrote(history, second).is_some();
            one_key && both && orders.iter().any(|(order, _)| order[first][second])
        }
        Because::ReadBefore => {
            let older = |order: &Vec<Vec<bool>>| match from[first] {
                Some(None) => true,
                Some(Some(source)) => order[source][second],
                None => false,
            };
            let judged = orders.iter().any(|(order, judged)| judged.contains(&first) && older(order));
            one_key && wrote(history, second).is_some() && judged
        }
        other => panic!("{other:?} in a history of a store"),
    }
}

/// A history, an operation after the other: who, on which key, what.
fn history(said: &[(u32, &str, Input, Output)]) -> Vec<StoreOperation> {
    let operation = |(at, (client, key, input, output)): (usize, &(u32, &str, Input, Output))| {
        let at = at as u64 * 2;
        let input = ((*key).to_owned(), input.clone());
        Operation { client: *client, input, invoked: at, answer: Some((at + 1, output.clone())) }
    };
    said.iter().enumerate().map(operation).collect()
}

fn put<'a>(client: u32, key: &'a str, value: &str) -> (u32, &'a str, Input, Output) {
    (client, key, Input::Put(value.to_owned()), Output::Done)
}

fn get<'a>(client: u32, key: &'a str, value: &str) -> (u32, &'a str, Input, Output) {
    (client, key, Input::Get, Output::Read(Some(value.to_owned())))
}

fn absent(client: u32, key: &str) -> (u32, &str, Input, Output) {
    (client, key, Input::Get, Output::Read(None))
}

fn delete(client: u32, key: &str) -> (u32, &str, Input, Output) {
    (client, key, Input::Delete, Output::Done)
}

fn cas<'a>(client: u32, key: &'a str, expect: &str, value: &str, output: Output) -> (u32, &'a str, Input, Output) {
    (client, key, Input::Cas { expect: expect.to_owned(), value: value.to_owned() }, output)
}

/// Bouajjani, Enea, Guerraoui, Hamza 2017, figure 3.
mod bouajjani {
    use super::*;

    #[test]
    fn a_each_client_may_see_its_own_write_overwritten_by_the_other() {
        assert_eq!(fails(&history(&[put(1, "x", "1"), put(2, "x", "2"), get(1, "x", "2"), get(2, "x", "1")])), []);
    }

    #[test]
    fn b_what_one_order_of_a_client_must_explain_no_order_does() {
        let said = [
            put(1, "z", "1"),
            put(1, "x", "1"),
            put(1, "y", "1"),
            put(2, "x", "2"),
            absent(2, "z"),
            get(2, "y", "1"),
            get(2, "x", "2"),
        ];
        assert_eq!(fails(&history(&said)), [Level::Causal]);
    }

    #[test]
    fn c_a_client_does_not_read_back_and_forth() {
        let said = [put(1, "x", "1"), put(2, "x", "2"), get(2, "x", "1"), get(2, "x", "2")];
        assert_eq!(fails(&history(&said)), [Level::Causal]);
    }

    #[test]
    fn d_causal_and_yet_in_no_one_order() {
        let said = [
            put(1, "x", "1"),
            absent(1, "y"),
            put(1, "y", "1"),
            get(1, "x", "1"),
            put(2, "x", "2"),
            absent(2, "y"),
            put(2, "y", "2"),
            get(2, "x", "2"),
        ];
        assert_eq!(fails(&history(&said)), []);
        assert!(!sequential(&history(&said)));
    }

    #[test]
    fn e_what_a_write_was_caused_by_is_not_read_after_it() {
        let said = [
            put(1, "x", "1"),
            put(1, "y", "1"),
            get(2, "y", "1"),
            put(2, "x", "2"),
            get(3, "x", "2"),
            get(3, "x", "1"),
        ];
        let failed = fails(&history(&said));
        assert_eq!(failed, [Level::Causal, Level::MonotonicReads]);
    }
}

/// Terry et al. 1994, the examples of section 3.
mod terry {
    use super::*;

    #[test]
    fn the_password_that_was_just_changed_is_not_known() {
        let said = [put(1, "password", "old"), put(1, "password", "new"), get(1, "password", "old")];
        let failed = fails(&history(&said));
        assert_eq!(failed, [Level::Causal, Level::ReadYourWrites]);
    }

    #[test]
    fn the_meeting_vanishes_from_the_calendar() {
        let said = [put(1, "calendar", "meeting"), get(2, "calendar", "meeting"), absent(2, "calendar")];
        assert_eq!(fails(&history(&said)), [Level::Causal, Level::MonotonicReads]);
    }

    #[test]
    fn the_reply_is_there_and_what_it_replies_to_is_not() {
        let said = [
            put(1, "article", "news"),
            get(2, "article", "news"),
            put(2, "reply", "well"),
            get(3, "reply", "well"),
            absent(3, "article"),
        ];
        assert_eq!(fails(&history(&said)), [Level::Causal, Level::WritesFollowReads]);
    }

    #[test]
    fn the_application_is_there_and_the_library_that_was_installed_before_is_not() {
        let said = [
            put(1, "library", "new"),
            put(1, "application", "new"),
            get(2, "application", "new"),
            absent(2, "library"),
        ];
        assert_eq!(fails(&history(&said)), [Level::Causal, Level::MonotonicWrites]);
    }
}

#[test]
fn two_writes_of_one_client_read_in_the_wrong_order_break_monotonic_reads_or_writes() {
    let said = [put(1, "x", "1"), put(1, "x", "2"), get(2, "x", "2"), get(2, "x", "1")];
    assert_eq!(fails(&history(&said)), [Level::Causal, Level::MonotonicReads, Level::MonotonicWrites]);
}

#[test]
fn what_is_read_back_and_forth_says_nothing_of_the_order_of_writes() {
    let said = [put(1, "x", "1"), put(2, "x", "2"), get(3, "x", "1"), get(3, "x", "2"), get(3, "x", "1")];
    assert_eq!(fails(&history(&said)), [Level::Causal, Level::MonotonicReads]);
}

#[test]
fn a_cycle_says_why() {
    let said = [put(1, "x", "1"), get(3, "y", "0"), put(3, "y", "0"), get(2, "x", "1"), absent(2, "x")];
    let said: Vec<_> = said.into_iter().filter(|said| said.1 == "x").collect();
    let refutation = check(Level::MonotonicReads, &history(&said)).expect("fails");
    assert_eq!(refutation.minimal, [0, 1, 2]);
    let steps: Vec<_> = refutation.cycle.iter().map(|edge| (edge.from, edge.to, edge.because)).collect();
    assert_eq!(steps, [(0, 1, Because::ReadFrom), (1, 2, Because::Session), (2, 0, Because::ReadBefore)]);
}

#[test]
fn a_value_that_nobody_wrote_is_explained_by_nothing() {
    for level in LEVELS {
        let refutation = check(level, &history(&[put(1, "x", "1"), get(2, "x", "2")])).expect("fails");
        assert_eq!(refutation.minimal, [1]);
    }
}

#[test]
fn a_pending_write_can_be_read_or_not() {
    let mut seen = history(&[put(1, "x", "1"), absent(2, "x"), get(2, "x", "1"), absent(1, "x")]);
    seen[0].answer = None;
    assert_eq!(fails(&seen), []);
}

#[test]
fn a_failed_compare_and_set_has_read_another_value() {
    let lost = [put(1, "x", "1"), cas(1, "x", "1", "2", Output::CasFailed)];
    assert_eq!(fails(&history(&lost)), [Level::Causal, Level::ReadYourWrites]);
    let deleted = [put(1, "x", "1"), delete(2, "x"), cas(1, "x", "1", "2", Output::CasFailed)];
    assert_eq!(fails(&history(&deleted)), []);
}

#[test]
fn a_deleted_key_can_be_read_by_whoever_saw_it_written() {
    let said = [put(1, "x", "1"), get(2, "x", "1"), delete(1, "x"), absent(2, "x"), get(2, "x", "1")];
    assert_eq!(fails(&history(&said[..4])), []);
    assert!(fails(&history(&said)).contains(&Level::MonotonicReads));
}

#[test]
fn a_search_gives_up() {
    let little = Budget { steps: 10, ..PLENTY };
    let said = history(&[put(1, "x", "1"), put(2, "x", "2"), get(1, "x", "2"), get(2, "x", "1")]);
    assert_eq!(causal::judge(&said, little), Verdict::Unknown(Unknown::Steps(10)));
    let small = Budget { bytes: 10, ..PLENTY };
    assert_eq!(causal::judge(&said, small), Verdict::Unknown(Unknown::Bytes(10)));
}

#[test]
fn what_a_thousand_operations_rest_on_is_found_in_them() {
    let mut said = Vec::new();
    for round in 0..200 {
        for client in 0..5 {
            let value = format!("{client}.{round}");
            said.push(match round % 2 {
                0 => put(client, ["a", "b", "c"][round as usize % 3], &value),
                _ => continue,
            });
        }
    }
    let mut known = history(&said);
    let quiet: Vec<StoreOperation> = known.clone();
    assert_eq!(causal::judge(&quiet, PLENTY), Verdict::Holds { order: None });
    let end = 2 * known.len() as u64;
    let late = |client, nth: u64, value: &str| Operation {
        client,
        input: ("a".to_owned(), Input::Get),
        invoked: end + 2 * nth,
        answer: Some((end + 2 * nth + 1, Output::Read(Some(value.to_owned())))),
    };
    known.extend([late(9, 0, "3.60"), late(9, 1, "3.0")]);
    let Verdict::Fails(refutation) = causal::judge(&known, PLENTY) else { panic!("it fails") };
    assert_eq!(refutation.minimal.len(), 4);
}

#[test]
fn the_latest_reads_of_all_agree_in_the_end() {
    let agree = [put(1, "x", "1"), put(2, "x", "2"), get(1, "x", "1"), get(2, "x", "2"), get(1, "x", "2")];
    assert_eq!(convergence::judge(&history(&agree)), Verdict::Holds { order: None });
    let Verdict::Fails(refutation) = convergence::judge(&history(&agree[..4])) else { panic!("they differ") };
    assert_eq!(refutation.minimal, [2, 3]);
    let mut pending = history(&agree[..4]);
    pending[1].answer = None;
    assert_eq!(convergence::judge(&pending), Verdict::Holds { order: None });
}

/// What is drawn of an operation: whose it is, of which of two keys, of which kind, which value it reads or expects, when
/// it is asked and how long it takes; 0 is for ever.
type Drawn = (u32, bool, u8, u8, u64, u64);

/// Small histories. The operations of a client come one after another, or at once where `at_once`; every value is written
/// once, or where `twice`, two values are written any number of times.
fn histories(at_once: bool, twice: bool) -> impl Strategy<Value = Vec<StoreOperation>> {
    let drawn = (0_u32..3, any::<bool>(), 0_u8..12, any::<u8>(), 0_u64..8, 0_u64..6);
    proptest::collection::vec(drawn, 0..8).prop_map(move |drawn: Vec<Drawn>| {
        let written = |place: usize| if twice { (1 + drawn[place].3 % 2).to_string() } else { place.to_string() };
        let operation = |(place, (client, first, kind, choice, from, takes)): (usize, &Drawn)| {
            // Of what is written to the key at any time, or that nothing is there.
            let writes = |other: &usize| drawn[*other].1 == *first && matches!(drawn[*other].2, 0..=3 | 10);
            let values: Vec<String> = (0..drawn.len()).filter(writes).map(written).collect();
            let told = values.get(usize::from(*choice) % (values.len() + 1)).cloned();
            let expect = told.clone().unwrap_or_default();
            let (input, output) = match kind {
                0..=3 => (Input::Put(written(place)), Output::Done),
                4 => (Input::Delete, Output::Done),
                5..=9 => (Input::Get, Output::Read(told)),
                10 => (Input::Cas { expect, value: written(place) }, Output::Done),
                _ => (Input::Cas { expect, value: "failed".to_owned() }, Output::CasFailed),
            };
            let place = place as u64;
            let invoked = if at_once { (from * 16 + place) * 2 } else { place * 2 };
            let answered = if at_once { ((from + takes) * 16 + place) * 2 + 1 } else { invoked + 1 };
            let key = if *first { "x" } else { "y" };
            let answer = (*takes > 0).then_some((answered, output));
            Operation { client: *client, input: (key.to_owned(), input), invoked, answer }
        };
        drawn.iter().enumerate().map(operation).collect()
    })
}

fn linearizable(history: &[StoreOperation]) -> bool {
    matches!(order::judge(&Key::default(), Order::RealTime, history, PLENTY), Verdict::Holds { .. })
}

fn as_defined(history: &[StoreOperation]) -> Result<(), TestCaseError> {
    let failed = fails(history);
    for level in LEVELS {
        prop_assert_eq!(!failed.contains(&level), holds(level, history), "{:?} of {:?}", level, history);
    }
    prop_assert!(failed.is_empty() || failed.contains(&Level::Causal), "{:?} and yet causal: {:?}", failed, history);
    if failed.contains(&Level::Causal) {
        prop_assert!(!sequential(history), "sequential and yet not causal: {:?}", history);
    }
    if matches!(convergence::judge(history), Verdict::Fails(_)) {
        prop_assert!(!linearizable(history), "linearizable and yet not convergent: {:?}", history);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn values_written_once(history in histories(false, false)) {
        as_defined(&history)?;
    }

    #[test]
    fn values_written_any_number_of_times(history in histories(false, true)) {
        as_defined(&history)?;
    }

    #[test]
    fn clients_that_ask_for_several_things_at_once(history in histories(true, false)) {
        as_defined(&history)?;
    }

    #[test]
    fn both(history in histories(true, true)) {
        as_defined(&history)?;
    }
}
