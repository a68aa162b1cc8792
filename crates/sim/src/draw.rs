//! Keyed randomness: every draw is a pure function of the run's seed and of *what* it is drawn for.
//!
//! A stream of random numbers would tie everything together: one message fewer, and every later draw of the run is
//! another one. Here the latency of the third message from n1 to n2 depends on (seed, n1, n2, 3) alone, so a change
//! to a run changes only what causally depends on it.

use crate::digest::avalanche;
use crate::ids::NodeId;

/// What a number is drawn for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// How long a message takes.
    Latency,
    /// Whether a message is lost.
    Loss,
    /// Where along its way a lost message vanishes.
    LossPoint,
    /// Whether a message is duplicated.
    Duplicate,
    /// Whether, and how long, a message is held back.
    Reorder,
    /// When a timer fires within its range.
    Timer,
    /// What a process chooses.
    Choice,
    /// How a generated workload goes.
    Workload,
    /// How a generated scenario goes.
    Scenario,
    /// How a liar lies.
    Lie,
}

/// The seed of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Seed(pub u64);

impl Seed {
    /// The `nth` number drawn for `purpose` between `a` and `b` (node and node, or node and timer).
    pub fn draw(self, purpose: Purpose, a: u32, b: u32, nth: u64) -> u64 {
        let place = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        let turn = nth.wrapping_mul(16).wrapping_add(purpose as u64).wrapping_mul(0xa076_1d64_78bd_642f);
        avalanche(avalanche(self.0 ^ place).wrapping_add(turn))
    }

    /// The draw for the `nth` message from one node to another.
    pub(crate) fn draw_link(self, purpose: Purpose, from: NodeId, to: NodeId, nth: u32, copy: u8) -> u64 {
        self.draw(purpose, u32::from(from.0), u32::from(to.0), u64::from(nth) << 8 | u64::from(copy))
    }
}

/// Maps a uniform 64-bit draw to `0..n`; 0 if `n` is 0. The bias is below n / 2^64.
pub fn below(draw: u64, n: u64) -> u64 {
    ((u128::from(draw) * u128::from(n)) >> 64) as u64
}

/// Numbers for generating a scenario: the same keyed draws, taken in order.
#[derive(Clone, Debug)]
pub struct Dice {
    seed: Seed,
    rolled: u64,
}

impl Dice {
    /// Dice that depend on this seed only.
    pub fn new(seed: Seed) -> Dice {
        Dice { seed, rolled: 0 }
    }
    /// The next number of `0..n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.rolled += 1;
        below(self.seed.draw(Purpose::Scenario, 0, 0, self.rolled), n)
    }
    /// One of the items, none if there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(items.len() as u64);
        items.get(at as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_for_different_things_differ() {
        let seed = Seed(1);
        let mut seen = std::collections::BTreeSet::new();
        for a in 0..8 {
            for b in 0..8 {
                for nth in 0..64 {
                    assert!(seen.insert(seed.draw(Purpose::Latency, a, b, nth)));
                    assert!(seen.insert(seed.draw(Purpose::Loss, a, b, nth)));
                }
            }
        }
    }

    #[test]
    fn draws_are_spread_evenly() {
        let mut counts = [0u32; 10];
        for nth in 0..100_000 {
            counts[below(Seed(7).draw(Purpose::Choice, 3, 4, nth), 10) as usize] += 1;
        }
        // Chi-squared with 9 degrees of freedom: 99.9 % of fair draws stay below 27.9.
        let chi: u64 = counts.iter().map(|&c| u64::from(c.abs_diff(10_000)).pow(2)).sum::<u64>() / 10_000;
        assert!(chi < 28, "{counts:?}");
    }
}
