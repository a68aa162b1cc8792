//! The clock that a process shows: its machine's clock, corrected, and never going backwards once it is set.

use netsplit_sim::{Span, Time};
use serde::Serialize;

/// A time that a clock shows, in nanoseconds.
pub type Nanos = u64;

/// A clock in software.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct SoftClock {
    /// What it showed when it was last looked at...
    shown: Nanos,
    /// ...and what the machine's clock showed then.
    machine: Time,
    /// How much it is ahead: it runs at half speed until that is worked off.
    ahead: Nanos,
    /// Whether it has ever been set.
    set: bool,
}

impl SoftClock {
    /// A clock that was never set: it shows what the machine's clock shows.
    pub fn new(machine: Time) -> SoftClock {
        SoftClock { shown: machine.0, machine, ahead: 0, set: false }
    }

    /// What it shows when the machine's clock shows this. If somebody sets that one back, this one stands still for the
    /// moment and goes on from there.
    pub fn at(&self, machine: Time) -> Nanos {
        self.advanced(machine).shown
    }

    /// Looks at it.
    pub fn look(&mut self, machine: Time) -> Nanos {
        *self = self.advanced(machine);
        self.shown
    }

    fn advanced(self, machine: Time) -> SoftClock {
        let passed = machine.since(self.machine).0;
        let held_back = self.ahead.min(passed / 2);
        let shown = self.shown.saturating_add(passed - held_back);
        SoftClock { shown, machine, ahead: self.ahead - held_back, ..self }
    }

    /// It should show this now. Returns whether it jumped there; otherwise it is ahead, and slows down.
    pub fn correct(&mut self, time: Nanos, backwards: bool) -> bool {
        let jumps = time >= self.shown || !self.set || backwards;
        if jumps {
            (self.shown, self.ahead) = (time, 0);
        } else {
            self.ahead = self.shown - time;
        }
        self.set = true;
        jumps
    }

    /// What it showed when it was last looked at.
    pub fn shown(&self) -> Nanos {
        self.shown
    }
    /// How much it is ahead of what it should show.
    pub fn ahead(&self) -> Span {
        Span(self.ahead)
    }
    /// Whether it has ever been set.
    pub fn is_set(&self) -> bool {
        self.set
    }
}

/// The second minus the first.
pub fn difference(from: Nanos, to: Nanos) -> i64 {
    let distance = i64::try_from(from.abs_diff(to)).unwrap_or(i64::MAX);
    if to >= from { distance } else { -distance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_ahead_runs_at_half_speed_until_it_is_not() {
        let mut clock = SoftClock::new(Time(1_000));
        assert!(clock.correct(500, false), "a clock that was never set takes any time");
        assert_eq!(clock.look(Time(1_100)), 600);
        assert!(!clock.correct(580, false));
        assert_eq!((clock.at(Time(1_120)), clock.at(Time(1_140)), clock.at(Time(1_200))), (610, 620, 680));
        assert!(clock.correct(700, false), "forward it jumps");
        assert_eq!((clock.shown(), clock.ahead()), (700, Span::ZERO));
    }

    #[test]
    fn a_clock_stands_still_when_its_machine_is_set_back() {
        let mut clock = SoftClock::new(Time(1_000));
        assert_eq!((clock.look(Time(400)), clock.look(Time(450))), (1_000, 1_050));
    }

    #[test]
    fn differences_have_a_sign() {
        assert_eq!((difference(3, 5), difference(5, 3), difference(0, u64::MAX)), (2, -2, i64::MAX));
    }
}
