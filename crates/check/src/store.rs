//! Stores of keys and values, judged by any consistency model.

use crate::causal::{self, StoreOperation};
use crate::convergence;
use crate::kv::Key;
use crate::order::{self, Order};
use crate::sequential;
use crate::session::{self, Guarantee};
use crate::verdict::{Budget, Level, Verdict};

/// Judges what the clients of a store saw. `key` is what each key is at first. Where no one order is asked for, nothing may
/// be appended, and no key has a value at first.
pub fn judge(key: &Key, level: Level, history: &[StoreOperation], budget: Budget) -> Verdict {
    match level {
        Level::Linearizable => order::judge(key, Order::RealTime, history, budget),
        Level::Sequential => sequential::judge(key, history, budget, true),
        Level::Causal => causal::judge(history, budget),
        Level::ReadYourWrites => session::judge(Guarantee::ReadYourWrites, history, budget),
        Level::MonotonicReads => session::judge(Guarantee::MonotonicReads, history, budget),
        Level::MonotonicWrites => session::judge(Guarantee::MonotonicWrites, history, budget),
        Level::WritesFollowReads => session::judge(Guarantee::WritesFollowReads, history, budget),
        Level::Convergent => convergence::judge(history),
    }
}
