//! Eventual convergence (Terry et al. 1995): once nobody writes, all come to read the same. A history is finite, and what
//! has not come yet may still come; so it is judged by how things stand at its end, and another read can change that.

use crate::causal::{Accesses, StoreOperation, Wanted};
use crate::verdict::{Refutation, Verdict};

/// Whether, of each key of which all writes are answered, the latest reads of all clients agree: of those reads that began
/// after the last write was answered.
pub fn judge(history: &[StoreOperation]) -> Verdict {
    let accesses = Accesses::new(history, 0..history.len());
    let clash = (0..accesses.writes.len()).find_map(|key| {
        let latest = latest_reads(&accesses, key)?;
        let pairs = latest.iter().flat_map(|one| latest.iter().map(move |other| (*one, *other)));
        pairs.into_iter().find(|(one, other)| contradict(accesses.all[*one].read, accesses.all[*other].read))
    });
    let Some((one, other)) = clash else { return Verdict::Holds { order: None } };
    let mut minimal = vec![accesses.all[one].place, accesses.all[other].place];
    minimal.sort_unstable();
    Verdict::Fails(Refutation { minimal, ..Refutation::default() })
}

/// The latest read of each client that began when all writes of a key were over. `None` if one is pending.
fn latest_reads(accesses: &Accesses, key: usize) -> Option<Vec<usize>> {
    let answers: Option<Vec<u64>> = accesses.writes[key].iter().map(|write| accesses.all[*write].answered()).collect();
    let last = answers?.into_iter().max();
    let after = |access: &&usize| {
        let access = &accesses.all[**access];
        access.key == key && last.is_none_or(|last| access.invoked() > last)
    };
    Some(accesses.clients.iter().filter_map(|asked| asked.iter().rev().find(after).copied()).collect())
}

/// Whether no one version explains both.
fn contradict(one: Option<Wanted>, other: Option<Wanted>) -> bool {
    match (one, other) {
        (Some(Wanted::Is(one)), Some(Wanted::Is(other))) => one != other,
        (Some(Wanted::Is(value)), Some(Wanted::IsNot(other))) => value == other,
        _ => false,
    }
}
