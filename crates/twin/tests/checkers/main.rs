//! Our search for one order beside two of other people's, on the same histories: stateright's testers of linearizability and
//! of sequential consistency, and Porcupine in its Rust edition. Histories are drawn from seeds, some as one object would
//! have answered and some not quite; whatever is different is a mistake of one of the three.
//!
//! What is shared is how a history is written down. What the objects do is written anew for the twins (specs.rs), and they
//! take all keys together, where ours takes each by itself.

#![cfg(not(target_arch = "wasm32"))]

mod draw;
mod specs;
mod twins;

use draw::{Plan, draw};
use netsplit_check::models::{counter::Counter, kv, lock::Lock, queue::Queue, set::Set};
use netsplit_check::order::{Order, decide};
use netsplit_check::verdict::{Budget, Verdict};
use netsplit_check::{KeyedOperation, Model};
use specs::{Asks, Ours, Spec};
use twins::{porcupine, stateright};

const PLENTY: Budget = Budget { steps: u64::MAX, bytes: usize::MAX };

/// How many histories there were.
#[derive(Default, Debug)]
struct Count {
    held: u32,
    failed: u32,
    /// Of each, those in which something was never answered.
    held_pending: u32,
    failed_pending: u32,
}

impl Count {
    fn add(&mut self, holds: bool, pending: bool) {
        *(if holds { &mut self.held } else { &mut self.failed }) += 1;
        *(if holds { &mut self.held_pending } else { &mut self.failed_pending }) += u32::from(pending);
    }

    /// There must be enough of each kind for the comparison to mean anything.
    fn assert_varied(&self, what: &str) {
        println!("{what}: {self:?}");
        let least = [self.held, self.failed, self.held_pending, self.failed_pending].into_iter().min();
        let all = self.held + self.failed;
        assert!(least.is_some_and(|least| least > all / 100), "{what}: {self:?}");
    }
}

fn ours<M: Model>(model: &M, order: Order, history: &[KeyedOperation<M>]) -> bool {
    match decide(model, order, history, PLENTY) {
        Verdict::Holds { .. } => true,
        Verdict::Fails(_) => false,
        Verdict::Unknown(why) => panic!("{why}"),
    }
}

/// The three say the same of small histories, and of larger ones the two that remember where they have been.
fn agree<M: Ours, S: Spec<M>>(name: &str, model: M, asks: Asks<M>) {
    let [mut in_real_time, mut by_client, mut larger] = [(); 3].map(|()| Count::default());
    for seed in 0..4_000 {
        let history = draw::<M, S>(&Plan::small(seed), &asks);
        let pending = history.iter().any(|operation| operation.answer.is_none());
        for (order, count) in [(Order::RealTime, &mut in_real_time), (Order::Client, &mut by_client)] {
            let ours = ours(&model, order, &history);
            assert_eq!(ours, stateright::<M, S>(order, &history), "{name}, seed {seed}, {order:?}: {history:#?}");
            count.add(ours, pending);
        }
        let ours = ours(&model, Order::RealTime, &history);
        assert_eq!(ours, porcupine::<M, S>(&history), "{name}, seed {seed}: {history:#?}");
    }
    for seed in 0..2_000 {
        let history = draw::<M, S>(&Plan::large(seed), &asks);
        let ours = ours(&model, Order::RealTime, &history);
        assert_eq!(ours, porcupine::<M, S>(&history), "{name}, seed {seed}: {history:#?}");
        larger.add(ours, history.iter().any(|operation| operation.answer.is_none()));
    }
    in_real_time.assert_varied(&format!("{name}, linearizable"));
    by_client.assert_varied(&format!("{name}, sequential"));
    larger.assert_varied(&format!("{name}, linearizable, larger"));
}

#[test]
fn registers_are_judged_as_the_twins_judge_them() {
    agree::<_, specs::Cell>("register", kv::Key::default(), specs::register());
}

#[test]
fn stores_are_judged_as_the_twins_judge_them() {
    agree::<_, specs::Cell>("store", kv::Key::default(), specs::store());
}

#[test]
fn locks_are_judged_as_the_twins_judge_them() {
    agree::<_, specs::Latch>("lock", Lock, specs::lock());
}

#[test]
fn queues_are_judged_as_the_twins_judge_them() {
    agree::<_, specs::Line>("queue", Queue, specs::queue());
}

#[test]
fn sets_are_judged_as_the_twins_judge_them() {
    agree::<_, specs::Bag>("set", Set, specs::set());
}

#[test]
fn counters_are_judged_as_the_twins_judge_them() {
    agree::<_, specs::Tally>("counter", Counter, specs::counter());
}
