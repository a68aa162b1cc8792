//! What could have known of an event, and what it could have known of: its causal future and past, which are lit while one
//! points at it or has it selected.

use super::index::Line;
use crate::draw::{Glance, Thing};
use netsplit_scenario::Selection;
use netsplit_sim::causality::{Events, future, past, path};
use netsplit_sim::trace::{Fate, MessageRow};
use netsplit_sim::{EventId, Time, Trace};

/// An event with its causal past and future.
pub struct Cone {
    event: EventId,
    /// How long the run was when they were looked for.
    of: u32,
    past: Events,
    future: Events,
}

/// Where something is as seen from an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// It happened before.
    Past,
    /// It came of it.
    Future,
}

impl Cone {
    /// That of the event that one points at, or else of the selected one as long as it is the moment that is shown; not
    /// while the run plays, when both move, nor beside another run, where what differs is lit.
    pub fn wanted(glance: &Glance, playing: bool) -> Option<EventId> {
        let shown = glance.now.cursor().latest();
        match (glance.hover, glance.selection) {
            _ if playing || glance.contrast.is_some() => None,
            (Some(Thing::Event(event)), _) => Some(event),
            // What something came of is lit in place of all that it could have come of.
            _ if glance.lit.is_some() => None,
            (_, Some(Selection::Event(event))) if Some(event) == shown => Some(event),
            _ => None,
        }
    }
    /// An event's, unless `known` is it already.
    pub fn of(event: EventId, trace: &Trace, known: Option<Cone>) -> Cone {
        let same = |cone: &Cone| cone.event == event && cone.of == trace.len();
        let look = || Cone { event, of: trace.len(), past: past(trace, event), future: future(trace, event) };
        known.filter(same).unwrap_or_else(look)
    }
    /// Where another event is; nothing if neither could know of the other.
    pub fn side(&self, event: EventId) -> Option<Side> {
        if event <= self.event {
            self.past.contains(event).then_some(Side::Past)
        } else {
            self.future.contains(event).then_some(Side::Future)
        }
    }
    /// Where a message is: it was received in the past, or sent in the future.
    pub fn side_of(&self, message: &MessageRow) -> Option<Side> {
        let received = match message.fate {
            Fate::Delivered(event) => self.side(event) == Some(Side::Past),
            _ => false,
        };
        let sent = message.cause == self.event || self.side(message.cause) == Some(Side::Future);
        if received { Some(Side::Past) } else { sent.then_some(Side::Future) }
    }
}

impl Cone {
    /// Where the last of a node's events is that happened before.
    pub fn last_of(&self, line: &Line) -> Option<Time> {
        let known = line.first_dots(|event| self.past.contains(event));
        line.dot(known.checked_sub(1)?).map(|(_, place, _)| place)
    }
    /// Where the first of a node's events is that came of it.
    pub fn first_of(&self, line: &Line) -> Option<Time> {
        let before = line.first_dots(|event| !self.future.contains(event));
        line.dot(before).map(|(_, place, _)| place)
    }
}

/// The way from one event to another that orders them.
#[derive(Default)]
pub struct Way {
    /// Between which events, in a run of how many.
    ends: Option<(EventId, EventId, u32)>,
    /// The events on it; none if there is no way, or nothing to compare.
    pub events: Vec<EventId>,
}

impl Way {
    /// The way between the selected event and the one it is compared with.
    pub fn find(&mut self, glance: &Glance) {
        let trace = glance.session.trace();
        let ends = match (glance.pinned, glance.selection) {
            (Some(one), Some(Selection::Event(other))) => Some((one.min(other), one.max(other), trace.len())),
            _ => None,
        };
        if self.ends != ends {
            self.ends = ends;
            self.events = ends.and_then(|(from, to, _)| path(trace, from, to)).unwrap_or_default();
        }
    }
}
