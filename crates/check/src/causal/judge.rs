//! From a model as a rule to a verdict: a history that fails it is made as small as it fails.

use super::StoreOperation;
use super::accesses::Accesses;
use super::budget::Meter;
use super::sources::{Rule, refute};
use super::views::Failure;
use crate::verdict::{Budget, Edge, Refutation, Unknown, Verdict};

/// Judges a history by a rule.
pub(crate) fn judge(history: &[StoreOperation], rule: &Rule, budget: Budget) -> Verdict {
    let accesses = Accesses::new(history, 0..history.len());
    match refute(&accesses, rule, &mut Meter::new(budget)) {
        Ok(None) => Verdict::Holds { order: None },
        Ok(Some(failure)) => {
            let shrinking = Shrinking { history, rule };
            let found = shrinking.refutation(places(&accesses, &failure), &mut Meter::new(budget));
            // It fails, though it is not known how little of it suffices.
            let whole = |_| Refutation { cycle: cycle(&accesses, &failure), ..Refutation::default() };
            Verdict::Fails(found.unwrap_or_else(whole))
        }
        Err(unknown) => Verdict::Unknown(unknown),
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

/// The search for a small part of a history that fails.
struct Shrinking<'a> {
    history: &'a [StoreOperation],
    rule: &'a Rule<'a>,
}

impl Shrinking<'_> {
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
        let accesses = Accesses::new(self.history, left.iter().copied());
        let failure = refute(&accesses, self.rule, meter)?.unwrap_or_default();
        Ok(Refutation { cycle: cycle(&accesses, &failure), minimal: left, ..Refutation::default() })
    }

    fn fails(&self, places: &[usize], meter: &mut Meter) -> Result<Option<Failure>, Unknown> {
        meter.spend(places.len() as u64)?;
        refute(&Accesses::new(self.history, places.iter().copied()), self.rule, meter)
    }

    /// What is left without the reads that nothing explains any more: of these, taking writes out would make failures that
    /// were not there.
    fn without_orphans(&self, mut places: Vec<usize>) -> Vec<usize> {
        loop {
            let accesses = Accesses::new(self.history, places.iter().copied());
            let orphan = |access: &usize| accesses.is_read(*access) && accesses.sources(*access).is_empty();
            let orphans: Vec<usize> =
                (0..accesses.all.len()).filter(orphan).map(|access| accesses.all[access].place).collect();
            if orphans.is_empty() {
                return places;
            }
            places.retain(|place| !orphans.contains(place));
        }
    }
}
