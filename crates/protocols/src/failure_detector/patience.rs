//! How long to wait for a neighbour: from the times at which its heartbeats came.

use super::{Config, Method};
use netsplit_sim::{Span, Time};
use serde::Serialize;
use std::collections::VecDeque;

/// When a neighbour's heartbeats came, by the clock of the one who waits for them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Arrivals {
    latest: Time,
    /// The times between heartbeats of one life, the newest last. Silences that became suspicions, wrongly, are among
    /// them: nothing is more instructive than a mistake.
    gaps: VecDeque<Span>,
}

impl Arrivals {
    /// Nothing has come yet; waiting begins now.
    pub fn since(now: Time) -> Arrivals {
        Arrivals { latest: now, gaps: VecDeque::new() }
    }

    /// A heartbeat came, of the same life of its sender as the one before or of another.
    pub fn heard(&mut self, now: Time, same_life: bool, config: &Config) {
        if same_life {
            self.gaps.push_back(now.since(self.latest));
            if self.gaps.len() > config.window as usize {
                self.gaps.pop_front();
            }
        }
        self.latest = now;
    }

    /// The silence that is too long.
    pub fn patience(&self, config: &Config) -> Span {
        if config.method == Method::Timeout {
            return config.timeout;
        }
        let (mean, deviation) = self.mean_and_deviation(config);
        let threshold = u64::from(config.threshold) * 1_000;
        // φ grows with the silence: find the least one, in thousandths of the deviation above the mean, that is enough.
        let (mut low, mut high) = (0, 100_000);
        while low < high {
            let middle = (low + high) / 2;
            if phi_thousandths(middle) >= threshold { high = middle } else { low = middle + 1 }
        }
        mean + deviation.scale(low, 1_000)
    }

    /// How near a silence up to now comes to being too long: in thousandths, up to a thousand.
    pub fn suspicion(&self, now: Time, config: &Config) -> u64 {
        let silence = now.since(self.latest);
        let (part, whole) = match config.method {
            Method::Timeout => (silence.0, config.timeout.0),
            Method::Phi => {
                let (mean, deviation) = self.mean_and_deviation(config);
                let above = Span(silence.0.saturating_sub(mean.0)).scale(1_000, deviation.0);
                (phi_thousandths(above.0), u64::from(config.threshold) * 1_000)
            }
        };
        Span(part).scale(1_000, whole).0.min(1_000)
    }

    /// Of the times between heartbeats. Until two have come, the period and a quarter of it stand in.
    fn mean_and_deviation(&self, config: &Config) -> (Span, Span) {
        let count = self.gaps.len() as u128;
        if count < 2 {
            return (config.period, config.period.scale(1, 4).max(config.least_deviation).max(Span(1)));
        }
        let sum: u128 = self.gaps.iter().map(|gap| u128::from(gap.0)).sum();
        let mean = sum / count;
        let squares: u128 = self.gaps.iter().map(|gap| u128::from(gap.0).abs_diff(mean).pow(2)).sum();
        let deviation = Span((squares / count).isqrt() as u64);
        (Span(mean as u64), deviation.max(config.least_deviation).max(Span(1)))
    }
}

/// φ of a silence that is so many thousandths of the standard deviation above the mean, in thousandths: minus the decimal
/// logarithm of the chance of a longer one, if the times between heartbeats are normally distributed.
///
/// The normal distribution's tail is taken for 1 / (1 + e^x) with x = y (1.5976 + 0.070566 y²) (Bowling et al. 2009), and
/// its logarithm for -x. Up to φ = 3 that is right to a twentieth; further out it errs towards suspicion: its 8 is the
/// normal distribution's 7.
pub fn phi_thousandths(deviations: u64) -> u64 {
    let y = u128::from(deviations.min(1_000_000));
    let x = y * 15_976 / 10_000 + y * y * y / 1_000_000 * 70_566 / 1_000_000;
    (x * 434_294 / 1_000_000) as u64 // log10 e
}
