//! One of two runs that are compared: its events by what they are, and those of them that differ.

use netsplit_sim::trace::{EventRow, What};
use netsplit_sim::{EventId, NodeId, Time, Trace};
use std::collections::BTreeMap;

/// What is known of one run.
#[derive(Clone, Debug, Default)]
pub(super) struct Half {
    /// The events of each sort, by how many like it came before.
    sorts: BTreeMap<Sort, Vec<EventId>>,
    /// By event: the same happening in the other run.
    counterparts: Vec<EventId>,
    differing: Vec<EventId>,
    /// The earliest of them.
    first: Option<(Time, EventId)>,
    /// By node: how many differ, and the earliest.
    nodes: BTreeMap<NodeId, (u32, (Time, EventId))>,
}

/// The events that are numbered together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Sort {
    node: NodeId,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Boot,
    Durable,
    Timer(&'static str),
    Fault(&'static str),
    /// From whom, and which copy.
    Deliver(NodeId, u8),
}

/// An event by its sort and its number in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(Sort, u32);

impl Half {
    /// How many events were taken in.
    pub fn seen(&self) -> u32 {
        self.counterparts.len() as u32
    }

    /// Takes the next event in, and says which place it has.
    pub fn take_in(&mut self, event: EventId, trace: &Trace) -> Option<Place> {
        self.counterparts.push(EventId::NONE);
        let row = trace.event(event)?;
        let (kind, number) = kind(row, trace)?;
        let sort = Sort { node: row.node, kind };
        let events = self.sorts.entry(sort).or_default();
        let number = number.unwrap_or(events.len() as u32);
        if events.len() <= number as usize {
            events.resize(number as usize + 1, EventId::NONE);
        }
        events[number as usize] = event;
        Some(Place(sort, number))
    }
    /// The event that has a place.
    pub fn at(&self, Place(sort, number): Place) -> Option<EventId> {
        self.sorts.get(&sort)?.get(number as usize)?.some()
    }

    /// Notes the same happening in the other run.
    pub fn pair(&mut self, event: EventId, twin: EventId) {
        if let Some(place) = self.counterparts.get_mut(event.index()) {
            *place = twin;
        }
    }
    /// The same happening in the other run.
    pub fn counterpart(&self, event: EventId) -> Option<EventId> {
        self.counterparts.get(event.index())?.some()
    }

    /// Notes that an event differs; the events come in order.
    pub fn note(&mut self, event: EventId, trace: &Trace) {
        let Some(row) = trace.event(event) else { return };
        self.differing.push(event);
        self.first = self.first.or(Some((row.at, event)));
        self.nodes.entry(row.node).or_insert((0, (row.at, event))).0 += 1;
    }
    /// The events that differ, in order.
    pub fn differing(&self) -> &[EventId] {
        &self.differing
    }
    /// The earliest of them.
    pub fn first(&self) -> Option<(Time, EventId)> {
        self.first
    }
    /// How many there are at a node.
    pub fn differing_at(&self, node: NodeId) -> u32 {
        self.nodes.get(&node).map_or(0, |(count, _)| *count)
    }
    /// The earliest of them at a node.
    pub fn first_at(&self, node: NodeId) -> Option<(Time, EventId)> {
        self.nodes.get(&node).map(|(_, first)| *first)
    }
}

/// An event's kind and, if it has a number by itself, that.
fn kind(row: &EventRow, trace: &Trace) -> Option<(Kind, Option<u32>)> {
    Some(match row.what {
        What::Boot => (Kind::Boot, None),
        What::Durable => (Kind::Durable, None),
        What::Timer(name) => (Kind::Timer(name), None),
        What::Fault(index) => (Kind::Fault(trace.faults().get(index as usize)?.name), None),
        What::Deliver(message) => {
            let name = trace.message(message)?.name;
            (Kind::Deliver(name.from, name.copy), Some(name.nth))
        }
    })
}

/// Whether events that have the same place in their runs are the same happening.
pub(super) fn is_same(trace: &Trace, event: EventId, other: &Trace, twin: EventId) -> bool {
    let what = |trace: &Trace, event: EventId| trace.event(event).map(|row| row.what);
    match (what(trace, event), what(other, twin)) {
        (Some(What::Deliver(one)), Some(What::Deliver(two))) => {
            trace.message(one).map(|row| row.tag.name) == other.message(two).map(|row| row.tag.name)
        }
        (Some(What::Fault(one)), Some(What::Fault(two))) => {
            let aim = |trace: &Trace, index: u32| trace.faults().get(index as usize).map(|fault| fault.aim.clone());
            aim(trace, one) == aim(other, two)
        }
        (one, two) => one.is_some() && two.is_some(),
    }
}
