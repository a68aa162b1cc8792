//! Figures of the whole world over a run, sampled while it is recorded.

use crate::time::{Span, Time};

/// Figures at a moment.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Sample {
    /// When.
    pub at: Time,
    /// How many events were over.
    pub events: u32,
    /// The figures, in the order of whoever measures them.
    pub figures: Vec<u64>,
}

/// Step curves: a sample wherever a figure had changed, the earliest first. What happens within a tick is seen as it
/// was at the tick's end; a tick is a millisecond at first (longer in a world so large that measuring it takes a while),
/// and grows with the run so that curves stay small.
#[derive(Clone, Debug)]
pub struct Curves {
    samples: Vec<Sample>,
    tick: Span,
    /// The end of the tick that is being waited for.
    due: Time,
}

/// More samples than this are thinned out: a screen has not many more columns.
const MOST_SAMPLES: usize = 1_024;

/// So many nodes are measured about as quickly as a millisecond of theirs is played.
const NODES_PER_MILLI: u64 = 64;

impl Curves {
    /// Curves of a world of so many nodes, yet without a sample.
    pub fn of(nodes: usize) -> Curves {
        let tick = Span::millis((nodes as u64).div_ceil(NODES_PER_MILLI).max(1));
        Curves { samples: Vec::new(), tick, due: Time::ZERO }
    }
    /// The samples so far.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Whether a tick is over before something that happens at `next`.
    pub(crate) fn due_before(&self, next: Time) -> bool {
        next >= self.due
    }

    /// Takes a sample if it differs from the latest.
    pub(crate) fn take(&mut self, sample: Sample) {
        self.due = self.end_of_tick(sample.at);
        if self.samples.last().is_none_or(|latest| latest.figures != sample.figures) {
            self.samples.push(sample);
        }
        while self.samples.len() > MOST_SAMPLES {
            self.thin_out();
        }
    }

    /// Forgets what was sampled after the first `events` events.
    pub(crate) fn truncate(&mut self, events: u32) {
        self.samples.retain(|sample| sample.events <= events);
        self.due = self.samples.last().map_or(Time::ZERO, |latest| self.end_of_tick(latest.at));
    }

    /// Makes ticks twice as long; of each the last sample stays.
    fn thin_out(&mut self) {
        self.tick = Span(self.tick.0 * 2);
        let tick = self.tick.0;
        let mut following = None;
        self.samples.reverse();
        self.samples.retain(|sample| following.replace(sample.at.0 / tick) != Some(sample.at.0 / tick));
        self.samples.reverse();
    }

    fn end_of_tick(&self, at: Time) -> Time {
        Time((at.0 / self.tick.0).saturating_add(1).saturating_mul(self.tick.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(millis: u64, figure: u64) -> Sample {
        Sample { at: Time::ZERO + Span::millis(millis), events: millis as u32, figures: vec![figure] }
    }

    #[test]
    fn only_changes_are_kept() {
        let mut curves = Curves::of(5);
        for (at, figure) in [(1, 5), (2, 5), (3, 6), (4, 6), (5, 5)] {
            curves.take(sample(at, figure));
        }
        let kept: Vec<_> = curves.samples().iter().map(|sample| (sample.events, sample.figures[0])).collect();
        assert_eq!(kept, [(1, 5), (3, 6), (5, 5)]);
    }

    #[test]
    fn long_curves_are_thinned_out_and_keep_their_end() {
        let mut curves = Curves::of(5);
        for now in (0..10_000).map(|at| sample(at, at)) {
            if curves.due_before(now.at) {
                curves.take(now);
            }
        }
        curves.take(sample(9_999, 9_999));
        assert!(curves.samples().len() <= MOST_SAMPLES && curves.samples().len() >= MOST_SAMPLES / 2);
        assert_eq!(curves.samples().last(), Some(&sample(9_999, 9_999)));
        assert!(curves.samples().is_sorted_by_key(|sample| sample.at));
        assert!(!curves.due_before(Time::ZERO + Span::millis(9_999)));
    }

    #[test]
    fn what_is_forgotten_can_be_sampled_anew() {
        let mut curves = Curves::of(5);
        (0..10).for_each(|at| curves.take(sample(at, at)));
        curves.truncate(4);
        assert_eq!(curves.samples().len(), 5);
        assert!(curves.due_before(Time::ZERO + Span::millis(5)));
        curves.take(sample(6, 1));
        assert_eq!(curves.samples().last(), Some(&sample(6, 1)));
    }
}
