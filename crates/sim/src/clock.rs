//! A node's own clock: it may be set wrong and run too fast or too slow.

use crate::time::{Span, Time};

/// How a node's clock differs from the world's time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Clock {
    /// What it showed when it last changed its pace or was set...
    shown: u64,
    /// ...and when that was.
    since: Time,
    /// By how much it was set forward in all; negative for back.
    set: i64,
    /// How much too fast it runs, in parts per million; negative for too slow.
    drift: i32,
}

const MILLION: i64 = 1_000_000;

impl Clock {
    /// The most a clock can drift either way: half as fast again, or half as slow.
    pub const MAX_DRIFT: i32 = 500_000;

    /// What it shows now.
    pub fn read(&self, now: Time) -> Time {
        if self.drift == 0 && self.since == Time::ZERO {
            return Time(self.shown.saturating_add(now.0));
        }
        Time(self.shown).add_scaled(now.since(self.since), self.pace())
    }

    /// How much time it has counted: what it would show had nobody ever set it. Such a clock is called monotonic.
    pub fn counted(&self, now: Time) -> Span {
        Span(self.read(now).0.saturating_add_signed(-self.set))
    }

    /// How long the world takes while this clock counts `local`.
    pub fn world_span(&self, local: Span) -> Span {
        if self.drift == 0 { local } else { local.scale(MILLION as u64, self.pace()) }
    }

    /// Sets it forward or back by an offset in nanoseconds, and to a new drift. It never shows less than zero.
    pub fn adjust(&mut self, now: Time, offset: i64, drift: i32) {
        let before = self.read(now).0;
        self.shown = before.saturating_add_signed(offset);
        self.set += self.shown as i64 - before as i64;
        self.since = now;
        self.drift = drift.clamp(-Self::MAX_DRIFT, Self::MAX_DRIFT);
    }

    /// How much too fast it runs, in parts per million.
    pub fn drift(&self) -> i32 {
        self.drift
    }

    fn pace(&self) -> u64 {
        (MILLION + i64::from(self.drift)) as u64
    }
}

impl Time {
    fn add_scaled(self, span: Span, per_million: u64) -> Time {
        self + span.scale(per_million, MILLION as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_drifts_from_where_it_was_set() {
        let mut clock = Clock::default();
        let second = |n: u64| Time(n * 1_000_000_000);
        assert_eq!(clock.read(second(3)), second(3));
        clock.adjust(second(10), 2_000_000_000, 100_000);
        assert_eq!(clock.read(second(10)), second(12));
        assert_eq!(clock.read(second(20)), second(23));
        assert_eq!(clock.world_span(Span::millis(110)), Span::millis(100));
        assert_eq!(clock.counted(second(20)), Span::secs(21));
        clock.adjust(second(20), -60_000_000_000, 0);
        assert_eq!(clock.read(second(21)), second(1));
        assert_eq!(clock.counted(second(21)), Span::secs(22), "whatever it was set to");
    }
}
