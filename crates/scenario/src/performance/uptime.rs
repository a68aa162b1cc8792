//! How long something is there and how long it is not: a node, a leader, or the system as its clients see it.

use netsplit_sim::{Span, Time};
use serde::Serialize;

/// Stretches of being there and of being away.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Uptime {
    /// How long it was there in all.
    pub up: Span,
    /// How long it was away in all.
    pub down: Span,
    /// The stretches in which it was away, the first first.
    pub outages: Vec<Outage>,
}

/// A stretch of being away.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Outage {
    /// When it began.
    pub from: Time,
    /// When it ended, or when there was nothing more to see.
    pub to: Time,
    /// Whether it was over then.
    pub over: bool,
}

impl Outage {
    /// How long it lasted, as far as known.
    pub fn length(&self) -> Span {
        self.to.since(self.from)
    }
}

impl Uptime {
    /// From a time to another, with what it was from each moment on: whether it was there. It is there until the first.
    pub fn of(from: Time, until: Time, changes: impl IntoIterator<Item = (Time, bool)>) -> Uptime {
        let mut uptime = Uptime::default();
        let mut since = None;
        for (at, there) in changes {
            match (since, there) {
                (None, false) => since = Some(at),
                (Some(begun), true) => {
                    since = None;
                    uptime.lack(Outage { from: begun, to: at, over: true });
                }
                _ => {}
            }
        }
        if let Some(begun) = since {
            uptime.lack(Outage { from: begun, to: until, over: false });
        }
        uptime.up = Span(until.since(from).0.saturating_sub(uptime.down.0));
        uptime
    }

    fn lack(&mut self, outage: Outage) {
        if outage.length() > Span::ZERO {
            self.down = self.down + outage.length();
            self.outages.push(outage);
        }
    }

    /// How long it was looked at.
    pub fn whole(&self) -> Span {
        self.up + self.down
    }
    /// The mean time to failure: how long it was there, over how often it failed. Nothing if it never did.
    pub fn mttf(&self) -> Option<Span> {
        self.up.0.checked_div(self.outages.len() as u64).map(Span)
    }
    /// The mean time to repair: how long the outages took that are over. Nothing if none is.
    pub fn mttr(&self) -> Option<Span> {
        let over = || self.outages.iter().filter(|outage| outage.over);
        let sum: u64 = over().map(|outage| outage.length().0).sum();
        sum.checked_div(over().count() as u64).map(Span)
    }
    /// The longest outage.
    pub fn longest(&self) -> Option<Span> {
        self.outages.iter().map(Outage::length).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: u64) -> Time {
        Time::ZERO + Span::secs(n)
    }

    #[test]
    fn failures_and_repairs_have_their_means() {
        let changes = [(2, false), (3, true), (5, true), (6, false), (7, false), (9, true)];
        let uptime = Uptime::of(second(0), second(10), changes.map(|(at, there)| (second(at), there)));
        assert_eq!((uptime.up, uptime.down), (Span::secs(6), Span::secs(4)));
        assert_eq!(uptime.mttf(), Some(Span::secs(3)));
        assert_eq!(uptime.mttr(), Some(Span::secs(2)));
        assert_eq!(uptime.longest(), Some(Span::secs(3)));
    }

    #[test]
    fn an_outage_that_is_not_over_is_not_repaired() {
        let uptime = Uptime::of(second(0), second(10), [(second(4), false)]);
        assert_eq!((uptime.up, uptime.mttf(), uptime.mttr()), (Span::secs(4), Some(Span::secs(4)), None));
        assert_eq!(uptime.outages, [Outage { from: second(4), to: second(10), over: false }]);
    }

    #[test]
    fn what_never_fails_has_no_time_to_failure() {
        let uptime = Uptime::of(second(1), second(4), []);
        assert_eq!((uptime.up, uptime.down, uptime.mttf()), (Span::secs(3), Span::ZERO, None));
        assert_eq!(Uptime::of(second(1), second(1), [(second(1), false)]).outages, [], "an outage takes time");
    }
}
