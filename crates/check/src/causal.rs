//! Causal consistency (Ahamad, Neiger, Burns, Kohli, Hutto 1995): each client sees the writes of all in an order that keeps
//! to causes, though not all need to see the same order. What caused what follows from the order of each client's operations
//! and from who read whose writes. `docs/consistency.md` has the definitions precisely.

mod accesses;
mod budget;
mod graph;
mod judge;
mod sources;
mod views;

pub(crate) use accesses::{Accesses, Source, Wanted};
pub(crate) use budget::Meter;
pub(crate) use graph::{Graph, members};
pub(crate) use judge::{judge as judge_by, refute_growing};
pub(crate) use sources::{Sources, cause, read_from};
pub(crate) use views::{Failure, Views, without, writes_as_sets};

use crate::Operation;
use crate::kv::{Input, Output};
use crate::verdict::{Budget, Unknown, Verdict};

/// What a client asks of a key of a store.
pub type StoreOperation = Operation<(String, Input), Output>;

/// Whether each client can have seen the writes of all in an order that keeps to causes.
pub fn judge(history: &[StoreOperation], budget: Budget) -> Verdict {
    judge_by(history, &refute, budget)
}

fn refute(accesses: &Accesses, sources: &Sources, meter: &mut Meter) -> Result<Option<Failure>, Unknown> {
    let mut cause = cause(accesses, sources);
    if let Some(cycle) = cause.close(meter)? {
        let grounds = cause.grounds(&cycle, meter)?;
        return Ok(Some(Failure { cycle, grounds }));
    }
    let views = Views::new(accesses);
    for asked in &accesses.clients {
        let reads: Vec<(usize, Source)> = decided(asked, sources);
        let failure = if reads.is_empty() { None } else { views.refute(cause.clone(), &reads, meter)? };
        if failure.is_some() {
            return Ok(failure);
        }
    }
    Ok(None)
}

/// Those of some accesses of which it is decided what they read.
pub(crate) fn decided(accesses: &[usize], sources: &Sources) -> Vec<(usize, Source)> {
    accesses.iter().filter_map(|access| Some((*access, sources[*access]?))).collect()
}
