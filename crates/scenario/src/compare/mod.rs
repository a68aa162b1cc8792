//! Two runs of one scenario side by side, such as two branches: which of their events are the same, and where they part.
//!
//! Randomness is keyed, so what could not know of a change comes out identically in both runs, though not under the same
//! number. Two events are therefore matched by what they are:
//!
//! - They are the *same happening* if they are at the same node (or both are of the network) and of the same kind, and if
//!   their names agree: a delivery is named by the message (from, to, how-many-th, which copy) and its type; a timer that
//!   runs out, a write that becomes durable, a start and an intervention by how many like it (the same timer, the same
//!   intervention) came before it at the node. Interventions must also have hit the same nodes and the same message.
//! - They are *equal* if they are the same happening at the same time, if what caused the one is the same happening as what
//!   caused the other, and if their digests agree: what arrived, and the state that it left at its node.
//!
//! All other events *differ*: they are in one run alone, or otherwise in the other. Only what comes before the end of the
//! shorter recording is compared.

mod fields;
mod half;

use crate::session::Session;
use crate::tree::Tree;
use half::Half;
use netsplit_sim::trace::{Fate, MessageRow};
use netsplit_sim::{EventId, MsgId, NodeId, Planned, Time, Trace};

pub use fields::{Field, fields};

/// One of two runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    /// The one.
    Here,
    /// The one it is compared with.
    There,
}

impl Side {
    /// Both.
    pub const BOTH: [Side; 2] = [Side::Here, Side::There];
    /// The other one.
    pub fn other(self) -> Side {
        match self {
            Side::Here => Side::There,
            Side::There => Side::Here,
        }
    }
}

/// Where two runs part: their earliest event that differs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Parting {
    /// When.
    pub at: Time,
    /// The event...
    pub event: EventId,
    /// ...of which run.
    pub side: Side,
}

/// What two runs have in common, and what not. Runs only grow or are cut short: [`Comparison::follow`] looks at no more than
/// is new.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    halves: [Half; 2],
    /// What people did in each: with something else done, it is another run.
    deeds: [Vec<Planned<Tree>>; 2],
    /// All before it is compared.
    until: Time,
}

impl Comparison {
    /// The comparison of two runs as far as both are recorded.
    pub fn of(here: &dyn Session, there: &dyn Session) -> Comparison {
        let mut comparison = Comparison::default();
        comparison.follow(here, there);
        comparison
    }

    /// Takes in what is new in either run. True if there is anything.
    pub fn follow(&mut self, here: &dyn Session, there: &dyn Session) -> bool {
        let runs = [here, there];
        let until = here.recorded_until().min(there.recorded_until());
        let others =
            Side::BOTH.into_iter().any(|side| self.deeds[side as usize] != runs[side as usize].interventions());
        if others || until < self.until {
            let deeds = runs.map(|run| run.interventions().to_vec());
            *self = Comparison { deeds, ..Comparison::default() };
        }
        let seen = self.halves.each_ref().map(Half::seen);
        for side in Side::BOTH {
            self.take_in(side, runs, until);
        }
        for side in Side::BOTH {
            for event in (seen[side as usize]..self.halves[side as usize].seen()).map(EventId) {
                if !self.is_equal(side, event, runs) {
                    self.halves[side as usize].note(event, runs[side as usize].trace());
                }
            }
        }
        self.until = until;
        others || seen != self.halves.each_ref().map(Half::seen)
    }

    /// Takes in one run's events before a time, and finds what is the same happening in the other.
    fn take_in(&mut self, side: Side, runs: [&dyn Session; 2], until: Time) {
        let [mine, theirs] = match side {
            Side::Here => runs,
            Side::There => [runs[1], runs[0]],
        };
        let (trace, other) = (mine.trace(), theirs.trace());
        let end = until.0.checked_sub(1).map_or(0, |before| trace.first_after(Time(before)));
        let [here, there] = &mut self.halves;
        let (half, across) = if side == Side::Here { (here, there) } else { (there, here) };
        for event in (half.seen()..end).map(EventId) {
            let Some(place) = half.take_in(event, trace) else { continue };
            let found = across.at(place).filter(|twin| half::is_same(trace, event, other, *twin));
            if let Some(twin) = found {
                half.pair(event, twin);
                across.pair(twin, event);
            }
        }
    }

    fn is_equal(&self, side: Side, event: EventId, runs: [&dyn Session; 2]) -> bool {
        let Some(twin) = self.counterpart(side, event) else { return false };
        let (mine, theirs) = (runs[side as usize], runs[side.other() as usize]);
        let (Some(row), Some(other)) = (mine.trace().event(event), theirs.trace().event(twin)) else { return false };
        let caused_alike = match (row.cause.some(), other.cause.some()) {
            (Some(cause), Some(theirs)) => self.counterpart(side, cause) == Some(theirs),
            (cause, theirs) => cause == theirs,
        };
        row.at == other.at && caused_alike && mine.digest(event) == theirs.digest(twin)
    }

    /// All before it is compared.
    pub fn until(&self) -> Time {
        self.until
    }
    /// The same happening in the other run, if it is there.
    pub fn counterpart(&self, side: Side, event: EventId) -> Option<EventId> {
        self.halves[side as usize].counterpart(event)
    }
    /// Whether an event is not equal to any in the other run.
    pub fn differs(&self, side: Side, event: EventId) -> bool {
        self.differing(side).binary_search(&event).is_ok()
    }
    /// A run's events that differ, in order.
    pub fn differing(&self, side: Side) -> &[EventId] {
        self.halves[side as usize].differing()
    }
    /// How many of a run's events were compared.
    pub fn compared(&self, side: Side) -> u32 {
        self.halves[side as usize].seen()
    }
    /// How many of a node's events differ.
    pub fn differing_at(&self, side: Side, node: NodeId) -> u32 {
        self.halves[side as usize].differing_at(node)
    }

    /// Where the runs part; nowhere if nothing differs.
    pub fn parting(&self) -> Option<Parting> {
        self.earliest(|half| half.first())
    }
    /// Where they part at a node.
    pub fn parting_at(&self, node: NodeId) -> Option<Parting> {
        self.earliest(|half| half.first_at(node))
    }
    fn earliest(&self, first: impl Fn(&Half) -> Option<(Time, EventId)>) -> Option<Parting> {
        let of = |side: Side| first(&self.halves[side as usize]).map(|(at, event)| Parting { at, event, side });
        Side::BOTH.into_iter().filter_map(of).min()
    }

    /// The earliest event that differs after a time, or, going back, the latest one before it.
    pub fn next_after(&self, traces: [&Trace; 2], time: Time, on: bool) -> Option<Parting> {
        let near = |side: Side| {
            let (trace, list) = (traces[side as usize], self.differing(side));
            let at = |event: &EventId| trace.event(*event).map_or(Time::NEVER, |row| row.at);
            let place = if on {
                list.partition_point(|event| at(event) <= time)
            } else {
                list.partition_point(|event| at(event) < time).checked_sub(1)?
            };
            let event = *list.get(place)?;
            Some(Parting { at: at(&event), event, side })
        };
        let both = Side::BOTH.into_iter().filter_map(near);
        if on { both.min() } else { both.max() }
    }

    /// Whether a message is not the same in the other run: sent by an equal event at the same time, and with the same end.
    /// What ends after all that is compared has the same end if it is due at the same time.
    pub fn message_differs(&self, side: Side, traces: [&Trace; 2], message: MsgId) -> bool {
        let (mine, theirs) = (traces[side as usize], traces[side.other() as usize]);
        let Some(row) = mine.message(message) else { return false };
        if row.cause.0 >= self.compared(side) {
            return false;
        }
        if self.differs(side, row.cause) {
            return true;
        }
        let twin = self.counterpart(side, row.cause).and_then(|cause| {
            let mut sent = theirs.sent_by(cause);
            sent.find(|(_, other)| other.name == row.name).map(|(_, other)| *other)
        });
        twin.is_none_or(|other| self.ends_otherwise(side, row, &other))
    }

    fn ends_otherwise(&self, side: Side, one: &MessageRow, other: &MessageRow) -> bool {
        if one.sent != other.sent || one.ends != other.ends {
            return true;
        }
        match (one.fate, other.fate) {
            _ if one.ends >= self.until => false,
            (Fate::Delivered(event), Fate::Delivered(_)) => self.differs(side, event),
            (Fate::Lost | Fate::Doomed, Fate::Lost | Fate::Doomed) => false,
            // Still on its way though it is due: it is held for a node that is paused.
            (Fate::NobodyThere, Fate::NobodyThere) | (Fate::InFlight, Fate::InFlight) => false,
            _ => true,
        }
    }

    /// Brings the other run to the moment at which this one stands, and plays it that far if it is not recorded, but no more
    /// than so many events. False if it is not there yet.
    pub fn align(&self, here: &dyn Session, there: &mut dyn Session, mut budget: u32) -> bool {
        let cursor = here.cursor();
        while there.recorded_until() < cursor.time && budget > 0 {
            let before = there.recorded_until();
            there.seek_time(before);
            let events = there.cursor().events;
            there.advance(cursor.time, budget);
            let played = there.cursor().events - events;
            budget = budget.saturating_sub(played);
            if played == 0 && there.recorded_until() == before {
                break; // It is as long as a run can be.
            }
        }
        // In the middle of an instant, what is the same happening there tells how far the instant has come.
        let latest = cursor.latest().and_then(|event| Some((event, here.trace().event(event)?)));
        let twin = latest.filter(|(_, row)| row.at == cursor.time).and_then(|(event, row)| {
            let twin = self.counterpart(Side::Here, event)?;
            there.trace().event(twin).filter(|other| other.at == row.at).map(|_| twin)
        });
        match twin {
            _ if cursor.events == 0 => there.seek(0),
            Some(twin) => there.seek(twin.0 + 1),
            None => there.seek_time(cursor.time),
        }
        there.recorded_until() >= cursor.time
    }
}
