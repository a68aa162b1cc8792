//! How soon a sweep finds a bug: what generated faults are worth.

use super::{Sweep, base};
use crate::check::Unplayable;
use crate::model::Scenario;
use netsplit_protocols::{About, Bug};
use std::ops::Range;

/// Which seeds found a bug.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunt {
    /// The seeds that were run.
    pub seeds: Range<u64>,
    /// Those whose first violation was of the invariant that the bug is known to break, in order.
    pub found: Vec<u64>,
}

/// So many seeds are run before looking whether it is enough.
const STRIDE: u64 = 500;
/// So many finds are enough to know how often there is one.
const ENOUGH: usize = 100;

/// Runs seeds from the first of a range on, with one rule broken: to the end of the range, or until there are finds
/// enough. What comes out does not depend on how many threads there are.
pub fn hunt(about: &About, bug: &Bug, seeds: Range<u64>, threads: usize) -> Result<Hunt, Unplayable> {
    let base = Scenario { bugs: vec![bug.name.to_owned()], ..base(about) };
    let mut hunt = Hunt { seeds: seeds.start..seeds.start, found: Vec::new() };
    while hunt.seeds.end < seeds.end && hunt.found.len() < ENOUGH {
        let next = hunt.seeds.end..seeds.end.min(hunt.seeds.end + STRIDE);
        hunt.seeds.end = next.end;
        let sweep = Sweep { base: base.clone(), seeds: next, as_written: false, threads, stop_at_first: false };
        let failures = sweep.run(|_| true)?.failures;
        hunt.found
            .extend(failures.iter().filter(|failure| failure.invariant == bug.breaks).map(|failure| failure.seed));
    }
    Ok(hunt)
}

impl Hunt {
    /// How many seeds it takes to find the bug: the median of how many it took from each find to the next.
    pub fn median(&self) -> Option<u64> {
        let before = std::iter::once(None).chain(self.found.iter().copied().map(Some));
        let gap = |(seed, before): (&u64, Option<u64>)| seed - before.map_or(self.seeds.start, |seed| seed + 1) + 1;
        let mut gaps: Vec<u64> = self.found.iter().zip(before).map(gap).collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    }

    /// How many of a thousand seeds find it, rounded down.
    pub fn permille(&self) -> u64 {
        1_000 * self.found.len() as u64 / (self.seeds.end - self.seeds.start).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_counts_seeds_from_find_to_find() {
        let hunt = |found: &[u64]| Hunt { seeds: 10..110, found: found.to_vec() };
        assert_eq!(hunt(&[]).median(), None);
        assert_eq!(hunt(&[10]).median(), Some(1), "the first seed found it");
        assert_eq!(hunt(&[14]).median(), Some(5));
        assert_eq!(hunt(&[14, 15, 25]).median(), Some(5), "5, 1 and 10 seeds");
        assert_eq!(hunt(&[14, 15, 25]).permille(), 30);
    }
}
