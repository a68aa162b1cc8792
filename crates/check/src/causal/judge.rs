//! From a model as a rule to a verdict: a history that fails it is made as small as it fails.

use super::StoreOperation;
use super::accesses::Accesses;
use super::budget::Meter;
use super::sources::{Rule, refute};
use super::views::Failure;
use crate::growing::{shown, without_appends};
use crate::kv::Key;
use crate::verdict::{Budget, Edge, Refutation, Unknown, Verdict};

/// Judges a history by a rule.
pub(crate) fn judge(history: &[StoreOperation], rule: &Rule, budget: Budget) -> Verdict {
    Judge { history, growing_from: None, rule }.judge(budget)
}

/// Judges a history in which values may grow, by a rule that knows only reads and writes: it fails, or nothing follows.
/// `key` is what each key is at first.
pub(crate) fn refute_growing(key: &Key, history: &[StoreOperation], rule: &Rule, budget: Budget) -> Option<Refutation> {
    match (Judge { history, growing_from: Some(key), rule }).judge(budget) {
        Verdict::Fails(refutation) => Some(refutation),
        Verdict::Holds { .. } | Verdict::Unknown(_) => None,
    }
}

fn places(accesses: &Accesses, failure: &Failure) -> Vec<usize> {
    let mut places: Vec<usize> = failure.grounds.iter().map(|access| accesses.all[*access].place).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn cycle(accesses: &Accesses, failure: &Failure) -> Vec<Edge> {
    let place = |access: usize| accesses.all[access].place;
    let edge = |edge: &Edge| Edge { from: place(edge.from), to: place(edge.to), because: edge.because };
    failure.cycle.iter().map(edge).collect()
}

/// A history and a rule.
struct Judge<'a> {
    history: &'a [StoreOperation],
    /// If values may grow: what each key is at first.
    growing_from: Option<&'a Key>,
    rule: &'a Rule<'a>,
}

impl Judge<'_> {
    fn judge(&self, budget: Budget) -> Verdict {
        let all: Vec<usize> = (0..self.history.len()).collect();
        let found = self.look_at(&all, |accesses| {
            let failure = refute(accesses, self.rule, &mut Meter::new(budget))?;
            Ok(failure.map(|failure| (places(accesses, &failure), cycle(accesses, &failure))))
        });
        match found {
            Ok(None) => Verdict::Holds { order: None },
            Ok(Some((grounds, cycle))) => {
                let grounds = self.growing_from.map_or(grounds.clone(), |key| shown(key, self.history, &grounds));
                // It fails, though it may not be known how little of it suffices.
                let whole = |_| Refutation { cycle, ..Refutation::default() };
                Verdict::Fails(self.refutation(grounds, &mut Meter::new(budget)).unwrap_or_else(whole))
            }
            Err(unknown) => Verdict::Unknown(unknown),
        }
    }

    /// Looks at some operations as reads and writes.
    fn look_at<T>(&self, places: &[usize], look: impl FnOnce(&Accesses) -> T) -> T {
        let Some(key) = self.growing_from else {
            return look(&Accesses::new(self.history, places.iter().copied()));
        };
        let part: Vec<StoreOperation> = places.iter().map(|place| self.history[*place].clone()).collect();
        let named = without_appends(key, &part);
        let mut accesses = Accesses::new(&named, 0..part.len());
        accesses.all.iter_mut().for_each(|access| access.place = places[access.place]);
        look(&accesses)
    }

    /// What shows that the history fails; these places probably do, with the writes that their reads can have read.
    fn refutation(&self, grounds: Vec<usize>, meter: &mut Meter) -> Result<Refutation, Unknown> {
        let mut left = match self.fails(&grounds, meter)? {
            Some(_) => grounds,
            None => (0..self.history.len()).collect(),
        };
        let mut size = left.len().div_ceil(2).max(1);
        loop {
            let before = left.len();
            let mut at = 0;
            while at < left.len() {
                let others = left.iter().enumerate().filter(|(nth, _)| *nth < at || *nth >= at + size);
                let others = self.without_orphans(others.map(|(_, place)| *place).collect());
                match self.fails(&others, meter)? {
                    Some(_) => left = others,
                    None => at += size,
                }
            }
            if size == 1 && left.len() == before {
                break;
            }
            size = size.div_ceil(2);
        }
        let cycle = self.look_at(&left, |accesses| -> Result<Vec<Edge>, Unknown> {
            Ok(cycle(accesses, &refute(accesses, self.rule, meter)?.unwrap_or_default()))
        })?;
        Ok(Refutation { cycle, minimal: left, ..Refutation::default() })
    }

    fn fails(&self, places: &[usize], meter: &mut Meter) -> Result<Option<Failure>, Unknown> {
        meter.spend(places.len() as u64)?;
        self.look_at(places, |accesses| refute(accesses, self.rule, meter))
    }

    /// What is left without the reads that nothing explains any more: of these, taking writes out would make failures that
    /// were not there.
    fn without_orphans(&self, mut places: Vec<usize>) -> Vec<usize> {
        loop {
            let orphans: Vec<usize> = self.look_at(&places, |accesses| {
                let orphan = |access: &usize| accesses.is_read(*access) && accesses.sources(*access).is_empty();
                (0..accesses.all.len()).filter(orphan).map(|access| accesses.all[access].place).collect()
            });
            if orphans.is_empty() {
                return places;
            }
            places.retain(|place| !orphans.contains(place));
        }
    }
}
