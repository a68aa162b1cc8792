//! The searches for one order against the definitions: all orders of small histories are tried, and every witness is
//! checked by playing it.

mod definition;

use definition::draw::{self, Asks, Drawn};
use definition::{Before, has_order, in_real_time, is_in_order, of_one_client};
use netsplit_check::models::{counter, kv, lock, queue, set};
use netsplit_check::order::{Order, judge};
use netsplit_check::verdict::{Budget, Verdict};
use netsplit_check::{KeyedOperation, Model};
use proptest::prelude::*;
use std::fmt::Debug;

/// A history as if nothing were known of some of its operations but what was asked.
fn forgetting<M: Model>(history: &[KeyedOperation<M>], forgotten: impl Fn(usize) -> bool) -> Vec<KeyedOperation<M>> {
    let mut history = history.to_vec();
    for (_, operation) in history.iter_mut().enumerate().filter(|(place, _)| forgotten(*place)) {
        (operation.invoked, operation.answer) = (0, None);
    }
    history
}

/// The search must say what the definition says, and show it.
fn agree<M: Model<Input: Debug, Output: Debug>>(
    model: M,
    asks: Asks<M>,
    drawn: &[Drawn],
    honest: bool,
) -> Result<(), TestCaseError> {
    let history = draw::history(&model, &asks, drawn, honest);
    for (order, before) in [(Order::RealTime, in_real_time as Before<M>), (Order::Client, of_one_client)] {
        let expected = has_order(&model, &history, before);
        match judge(&model, order, &history, Budget { steps: u64::MAX, bytes: usize::MAX }) {
            Verdict::Holds { order: Some(found) } => {
                prop_assert!(expected, "{order:?}: {found:?} of {history:#?}");
                prop_assert!(
                    is_in_order(&model, &history, before, &found, true),
                    "{order:?}: {found:?} of {history:#?}"
                );
            }
            Verdict::Fails(why) => {
                prop_assert!(!expected, "{order:?}: {history:#?}");
                let in_order = is_in_order(&model, &history, before, &why.longest, false);
                prop_assert!(in_order, "{order:?}: {why:?} of {history:#?}");
                let stuck = why.stuck.expect("there is one");
                prop_assert!(!why.longest.contains(&stuck) && history[stuck].answer.is_some());
                prop_assert!(!why.minimal.is_empty());
                let minimal = forgetting::<M>(&history, |place| !why.minimal.contains(&place));
                prop_assert!(!has_order(&model, &minimal, before), "{order:?}: {why:?} of {history:#?}");
                for one in &why.minimal {
                    let less = forgetting::<M>(&minimal, |place| place == *one);
                    prop_assert!(has_order(&model, &less, before), "{order:?}: {why:?} without {one} of {history:#?}");
                }
            }
            other => prop_assert!(false, "{other:?} for {history:#?}"),
        }
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(20_000))]

    #[test]
    fn a_register_is_judged_as_defined(drawn in draw::drawn(7, 3, 1), honest: bool) {
        agree(kv::Key::default(), draw::register(), &drawn, honest)?;
    }

    #[test]
    fn registers_are_judged_as_defined(drawn in draw::drawn(7, 3, 3), honest: bool) {
        agree(kv::Key::default(), draw::register(), &drawn, honest)?;
    }

    #[test]
    fn a_store_is_judged_as_defined(drawn in draw::drawn(7, 3, 2), honest: bool) {
        agree(kv::Key::default(), draw::kv(), &drawn, honest)?;
    }

    #[test]
    fn a_store_of_texts_is_judged_as_defined(drawn in draw::drawn(7, 2, 1), honest: bool) {
        agree(kv::Key::empty(), draw::kv(), &drawn, honest)?;
    }

    #[test]
    fn a_lock_is_judged_as_defined(drawn in draw::drawn(7, 3, 1), honest: bool) {
        agree(lock::Lock, draw::lock(), &drawn, honest)?;
    }

    #[test]
    fn a_queue_is_judged_as_defined(drawn in draw::drawn(7, 3, 1), honest: bool) {
        agree(queue::Queue, draw::queue(), &drawn, honest)?;
    }

    #[test]
    fn a_set_is_judged_as_defined(drawn in draw::drawn(7, 3, 1), honest: bool) {
        agree(set::Set, draw::set(), &drawn, honest)?;
    }

    #[test]
    fn a_counter_is_judged_as_defined(drawn in draw::drawn(7, 3, 2), honest: bool) {
        agree(counter::Counter, draw::counter(), &drawn, honest)?;
    }
}
