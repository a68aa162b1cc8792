//! Goes from one moment of a run to the next at which a condition matches, or back to the one before, in portions: a page
//! must stay alive meanwhile.

use crate::session::{Progress, Session};
use netsplit_query::{Query, Sight, Watch};
use netsplit_sim::{EventId, Time};
use std::ops::ControlFlow;

/// Which way to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// To the next match after the cursor; what is not recorded yet is played, up to this time.
    Forward(Time),
    /// To the latest match before the event that has just happened: what one would find last, going on from the start.
    Back,
}

/// A condition on its way through a run.
pub struct Pursuit {
    watch: Watch,
    way: Way,
    /// Forward: so many events have been looked at. Back: what comes after so many has.
    at: u32,
    began: bool,
}

/// How far a pursuit has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pursued {
    /// The condition matches this event, and the cursor stands right after it.
    Found(EventId),
    /// There is no match on this way. Going forward, the cursor is where the way ends; going back, where it was.
    Nowhere,
    /// It can go on.
    Underway,
}

/// Looking back goes by stretches of so many events, each of which is played from a checkpoint.
const STRETCH: u32 = 2_048;

impl Pursuit {
    /// Sets out from the cursor.
    pub fn new(query: Query, way: Way, session: &dyn Session) -> Pursuit {
        let at = session.cursor().events;
        let at = if way == Way::Back { at.saturating_sub(1) } else { at };
        Pursuit { watch: Watch::new(query), way, at, began: false }
    }

    /// The condition.
    pub fn query(&self) -> &Query {
        self.watch.query()
    }
    /// How many events it has come to: for showing how far it is.
    pub fn at(&self) -> u32 {
        self.at
    }

    /// Goes on, over so many events at most where nothing is recorded, and else over a stretch.
    pub fn go_on(&mut self, session: &mut dyn Session, budget: u32) -> Pursued {
        match self.way {
            Way::Back => self.back(session),
            Way::Forward(_) if self.at < session.trace().len() => self.over_what_is_recorded(session, budget),
            Way::Forward(until) => self.beyond_what_is_recorded(session, until, budget),
        }
    }

    fn back(&mut self, session: &mut dyn Session) -> Pursued {
        if self.at == 0 {
            return Pursued::Nowhere;
        }
        let from = self.at.saturating_sub(STRETCH);
        let mut latest = None;
        self.watch.forget();
        session.sights(from..self.at + 1, &mut |sight| {
            if self.watch.after(sight) {
                latest = Some(sight.events());
            }
            ControlFlow::Continue(())
        });
        self.at = from;
        latest.map_or(Pursued::Underway, |events| arrive(session, events))
    }

    fn over_what_is_recorded(&mut self, session: &mut dyn Session, budget: u32) -> Pursued {
        // Every look begins at a checkpoint: to look at little each time would be to play most of the run again and again.
        let end = session.trace().len().min(self.at.saturating_add(budget.max(STRETCH / 2)));
        // The watch begins with the moment at the cursor, and has looked at all up to here since.
        let from = if self.began { self.at + 1 } else { self.at };
        self.began = true;
        let mut found = None;
        session.sights(from..end + 1, &mut |sight| {
            if !self.watch.after(sight) {
                return ControlFlow::Continue(());
            }
            found = Some(sight.events());
            ControlFlow::Break(())
        });
        self.at = found.unwrap_or(end);
        found.map_or(Pursued::Underway, |events| arrive(session, events))
    }

    fn beyond_what_is_recorded(&mut self, session: &mut dyn Session, until: Time, budget: u32) -> Pursued {
        if session.cursor().events != self.at {
            session.seek(self.at);
        }
        if !self.began {
            self.began = true;
            self.watch.begin(&*session.sight());
        }
        for _ in 0..budget {
            let progress = session.advance(until, 1);
            if session.cursor().events == self.at {
                return Pursued::Nowhere;
            }
            self.at = session.cursor().events;
            if self.watch.after(&*session.sight()) {
                return Pursued::Found(EventId(self.at - 1));
            }
            if progress == Progress::Full {
                return Pursued::Nowhere;
            }
        }
        Pursued::Underway
    }
}

/// Puts the cursor right after the first `events` events.
fn arrive(session: &mut dyn Session, events: u32) -> Pursued {
    session.seek(events);
    events.checked_sub(1).map_or(Pursued::Nowhere, |event| Pursued::Found(EventId(event)))
}

/// Every event of the recorded run that a condition matches. The cursor stays.
pub fn matches(query: &Query, session: &dyn Session) -> Vec<EventId> {
    let mut watch = Watch::new(query.clone());
    let mut found = Vec::new();
    session.sights(0..session.trace().len() + 1, &mut |sight: &dyn Sight| {
        if watch.after(sight) {
            found.extend(sight.events().checked_sub(1).map(EventId));
        }
        ControlFlow::Continue(())
    });
    found
}
