//! Numbers by size: how many, the mean, the least and the most, percentiles, and a histogram.

use serde::Serialize;

/// Numbers in ascending order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Distribution {
    sorted: Vec<u64>,
}

/// How many numbers fall between two bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Bucket {
    /// The least that falls in.
    pub from: u64,
    /// The least that is too much.
    pub to: u64,
    /// How many there are.
    pub count: u64,
}

/// So many buckets share each doubling, so that none is wider than an eighth of what it holds. The idea is that of Gil
/// Tene's HdrHistogram; with all numbers at hand, its counters are not needed.
const BUCKETS_PER_DOUBLING: u64 = 8;

impl Distribution {
    /// Of these numbers.
    pub fn of(numbers: impl IntoIterator<Item = u64>) -> Distribution {
        let mut sorted: Vec<u64> = numbers.into_iter().collect();
        sorted.sort_unstable();
        Distribution { sorted }
    }
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.sorted.len() as u64
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
    /// The numbers in ascending order.
    pub fn numbers(&self) -> &[u64] {
        &self.sorted
    }
    /// Their sum over their count, rounded down.
    pub fn mean(&self) -> Option<u64> {
        let sum: u128 = self.sorted.iter().map(|number| u128::from(*number)).sum();
        u64::try_from(sum.checked_div(self.sorted.len() as u128)?).ok()
    }
    /// The least.
    pub fn min(&self) -> Option<u64> {
        self.sorted.first().copied()
    }
    /// The most.
    pub fn max(&self) -> Option<u64> {
        self.sorted.last().copied()
    }
    /// A percentile by nearest rank, given in thousandths: the least number that so many thousandths of all do not exceed.
    pub fn percentile(&self, thousandths: u16) -> Option<u64> {
        let rank = (self.sorted.len() as u64 * u64::from(thousandths)).div_ceil(1_000).max(1);
        self.sorted.get(rank as usize - 1).copied()
    }

    /// From the bucket of the least to that of the most, with the empty ones between.
    pub fn histogram(&self) -> Vec<Bucket> {
        let mut buckets: Vec<Bucket> = Vec::new();
        for number in &self.sorted {
            while buckets.last().is_none_or(|last| last.to <= *number) {
                let from = buckets.last().map_or(*number, |last| last.to);
                let (from, to) = bounds(from);
                buckets.push(Bucket { from, to, count: 0 });
            }
            buckets.last_mut().into_iter().for_each(|last| last.count += 1);
        }
        buckets
    }
}

/// The bounds of the bucket that a number falls in.
fn bounds(number: u64) -> (u64, u64) {
    let doubling = number / BUCKETS_PER_DOUBLING;
    let width = doubling.checked_ilog2().map_or(1, |exponent| 1 << exponent);
    let from = number / width * width;
    (from, from.saturating_add(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        // The example of every textbook: 15, 20, 35, 40, 50.
        let five = Distribution::of([35, 15, 50, 20, 40]);
        for (thousandths, number) in [(0, 15), (50, 15), (300, 20), (400, 20), (500, 35), (950, 50), (1_000, 50)] {
            assert_eq!(five.percentile(thousandths), Some(number), "{thousandths}");
        }
        let hundred = Distribution::of((1..=100).rev());
        assert_eq!([500, 950, 990, 999].map(|at| hundred.percentile(at)), [50, 95, 99, 100].map(Some));
        assert_eq!((hundred.mean(), hundred.min(), hundred.max()), (Some(50), Some(1), Some(100)));
    }

    #[test]
    fn nothing_has_no_percentile() {
        let none = Distribution::of([]);
        assert_eq!((none.count(), none.mean(), none.percentile(500), none.max()), (0, None, None, None));
        assert_eq!(none.histogram(), []);
    }

    #[test]
    fn means_of_huge_numbers_do_not_overflow() {
        assert_eq!(Distribution::of([u64::MAX, u64::MAX, u64::MAX - 3]).mean(), Some(u64::MAX - 1));
    }

    #[test]
    fn buckets_grow_with_what_they_hold() {
        let bounds_of = |number| bounds(number);
        assert_eq!([0, 7, 8, 15].map(bounds_of), [(0, 1), (7, 8), (8, 9), (15, 16)]);
        assert_eq!([16, 17, 31, 1_000].map(bounds_of), [(16, 18), (16, 18), (30, 32), (960, 1_024)]);
        let histogram = Distribution::of([16, 17, 17, 21, 40]).histogram();
        let counts: Vec<_> = histogram.iter().map(|bucket| (bucket.from, bucket.count)).collect();
        let empty = [22, 24, 26, 28, 30, 32, 36].map(|from| (from, 0));
        assert_eq!(counts[..3], [(16, 3), (18, 0), (20, 1)]);
        assert_eq!((&counts[3..10], counts[10]), (&empty[..], (40, 1)));
        assert!(histogram.windows(2).all(|pair| pair[0].to == pair[1].from), "no number falls between two");
    }

    #[test]
    fn every_number_falls_in_its_bucket() {
        for number in (0..64).flat_map(|bit| [1u64 << bit, (1 << bit) - 1, (1 << bit) + 1]) {
            let (from, to) = bounds(number);
            assert!(from <= number && number < to && (to - from) * 8 <= from.max(8), "{number}: {from} to {to}");
        }
    }
}
