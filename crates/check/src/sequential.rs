//! Sequential consistency of stores (Lamport 1979): the search for one order, and beside it what every such order must keep.
//!
//! In any one order a read comes after the write that it read. Other writes of that key which come before the read come
//! before that write, and others which come after that write come after the read (Gibbons, Korach 1997). If it follows that
//! something comes before itself, there is no order, which the search might find out only after trying all. If it does not,
//! there may be one or not.

use crate::causal::{
    Accesses, Failure, Graph, Meter, Source, Sources, StoreOperation, cause, decided, members, refute_growing, without,
    writes_as_sets,
};
use crate::kv::Key;
use crate::order::{Judging, Order};
use crate::verdict::{Because, Budget, Refutation, Unknown, Verdict};

/// So many steps the search has before anything else is tried: most histories it decides at once.
const FIRST: u64 = 10_000;

/// Whether all that the clients of a store saw is explained by one order that keeps each client's own. `key` is what each
/// key is at first. Unless it is to explain itself, the search does not look for a few operations that already fail.
pub fn judge(key: &Key, history: &[StoreOperation], budget: Budget, explain: bool) -> Verdict {
    let mut search = Judging::new(key.clone(), Order::Client, history.to_vec(), budget);
    if !explain {
        search = search.without_minimizing();
    }
    if let Some(verdict) = search.run(&mut FIRST.min(budget.steps).clone()) {
        return verdict;
    }
    if !search.progress().minimizing
        && let Some(refutation) = refute(key, history, Budget { steps: budget.steps / 2, ..budget })
    {
        return Verdict::Fails(refutation);
    }
    search.finish()
}

/// Why no order can explain all that the clients saw, if something must come before itself in every one. Nothing follows
/// where nothing is found.
pub fn refute(key: &Key, history: &[StoreOperation], budget: Budget) -> Option<Refutation> {
    refute_growing(key, history, &goes_round, budget)
}

/// What must come before itself in any one order; `None` if nothing must.
fn goes_round(accesses: &Accesses, sources: &Sources, meter: &mut Meter) -> Result<Option<Failure>, Unknown> {
    let mut order = cause(accesses, sources);
    let writes = writes_as_sets(accesses);
    let all: Vec<usize> = (0..accesses.all.len()).collect();
    let reads = decided(&all, sources);
    for (read, _) in reads.iter().filter(|(_, source)| *source == Source::Initial) {
        let overwrote = accesses.writes[accesses.all[*read].key].iter().filter(|write| *write != read);
        overwrote.for_each(|write| order.add(*read, *write, Because::ReadBefore));
    }
    loop {
        if let Some(cycle) = order.close(meter)? {
            let grounds = order.grounds(&cycle, meter)?;
            return Ok(Some(Failure { cycle, grounds }));
        }
        let mut new = false;
        for (read, source) in &reads {
            let Source::Write(source) = *source else { continue };
            let key = accesses.all[*read].key;
            meter.spend(1 + accesses.all.len() as u64 / 64 + accesses.writes[key].len() as u64 / 16)?;
            new |= infer(&mut order, &writes[key], &accesses.writes[key], (*read, source));
        }
        if !new {
            return Ok(None);
        }
    }
}

/// Adds what follows from what a read read, of the writes of its key. Whether anything new does.
fn infer(order: &mut Graph, as_set: &[u64], writes: &[usize], (read, source): (usize, usize)) -> bool {
    let seen: Vec<u64> = order.before(read).iter().zip(as_set).map(|(before, writes)| before & writes).collect();
    let mut older = without(&seen, order.before(source));
    older[source / 64] &= !(1 << (source % 64));
    order.infer(&older, source, read);
    let mut new = members(&older).next().is_some();
    for write in writes.iter().copied().filter(|write| *write != read) {
        if order.is_before(source, write) && !order.is_before(read, write) {
            order.infer_overwritten(read, source, write);
            new = true;
        }
    }
    new
}
