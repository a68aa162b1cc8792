//! Happens-before, from the trace: the ground truth for every protocol, whatever clocks of its own it keeps.
//!
//! An event's direct causes are the event before it at the same node and, for a delivery, the event that sent the
//! message (Lamport 1978).

use crate::ids::{EventId, MsgId, NodeId};
use crate::trace::{Fate, MessageRow, Trace};

/// A set of events.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Events {
    /// A bit per event number.
    bits: Vec<u64>,
}

impl Events {
    /// Whether an event is in it.
    pub fn contains(&self, event: EventId) -> bool {
        self.bits.get(event.index() / 64).is_some_and(|word| word >> (event.0 % 64) & 1 == 1)
    }
    /// All events in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = EventId> {
        let words = self.bits.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(|(at, word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| EventId(at as u32 * 64 + bit))
        })
    }
    fn up_to(events: u32) -> Events {
        Events { bits: vec![0; events as usize / 64 + 1] }
    }
    fn add(&mut self, event: EventId) {
        self.bits[event.index() / 64] |= 1 << (event.0 % 64);
    }
}

/// The direct causes of an event.
fn causes(trace: &Trace, event: EventId) -> impl Iterator<Item = EventId> {
    let row = trace.event(event);
    row.into_iter().flat_map(|row| [row.before, row.cause]).filter_map(EventId::some)
}

/// The causal past of an event: what happened before it, and itself.
pub fn past(trace: &Trace, event: EventId) -> Events {
    let mut past = Events::up_to(event.0);
    past.add(event);
    // Causes come before their effects, so one sweep backwards meets every event after all that it led to.
    for id in (0..=event.0).rev().map(EventId) {
        if past.contains(id) {
            causes(trace, id).for_each(|cause| past.add(cause));
        }
    }
    past
}

/// The causal future of an event: all that it led to, and itself.
pub fn future(trace: &Trace, event: EventId) -> Events {
    let mut future = Events::up_to(trace.len());
    future.add(event);
    for id in (event.0 + 1..trace.len()).map(EventId) {
        if causes(trace, id).any(|cause| future.contains(cause)) {
            future.add(id);
        }
    }
    future
}

/// How two events are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// They are one.
    Same,
    /// The first happened before the second.
    Before,
    /// The second happened before the first.
    After,
    /// Neither could know of the other.
    Concurrent,
}

/// How two events are ordered.
pub fn relation(trace: &Trace, one: EventId, other: EventId) -> Relation {
    match one.cmp(&other) {
        std::cmp::Ordering::Equal => Relation::Same,
        std::cmp::Ordering::Less if past(trace, other).contains(one) => Relation::Before,
        std::cmp::Ordering::Greater if past(trace, one).contains(other) => Relation::After,
        _ => Relation::Concurrent,
    }
}

/// A way from one event to a later one over direct causes, both included, by as few messages as there can be; `None` if the
/// first did not happen before the second.
pub fn path(trace: &Trace, from: EventId, to: EventId) -> Option<Vec<EventId>> {
    if from > to || trace.event(to).is_none() {
        return None;
    }
    // By event from the first on: how many messages lead there, and by which direct cause.
    let mut ways: Vec<Option<(u32, EventId)>> = vec![None; (to.0 - from.0 + 1) as usize];
    ways[0] = Some((0, from));
    for id in (from.0 + 1..=to.0).map(EventId) {
        let row = trace.event(id)?;
        let over = |cause: EventId, messages: u32| {
            let cause = cause.some().filter(|cause| *cause >= from)?;
            Some((ways[(cause.0 - from.0) as usize]?.0 + messages, cause))
        };
        // What the node itself had done, or a timer that it had armed, is no message.
        let elsewhere =
            row.cause.some().and_then(|cause| trace.event(cause)).is_some_and(|cause| cause.node != row.node);
        ways[(id.0 - from.0) as usize] = over(row.before, 0).into_iter().chain(over(row.cause, elsewhere.into())).min();
    }
    let mut way = vec![to];
    ways[(to.0 - from.0) as usize]?;
    while let Some(at) = way.last().filter(|at| **at != from) {
        way.push(ways[(at.0 - from.0) as usize]?.1);
    }
    way.reverse();
    Some(way)
}

/// The vector clock of an event: for each of `nodes` nodes, how many of its events are in the causal past (Fidge
/// 1988, Mattern 1989).
pub fn vector(trace: &Trace, event: EventId, nodes: usize) -> Vec<u32> {
    let mut clock = vec![0; nodes];
    if trace.event(event).is_none() {
        return clock;
    }
    for id in past(trace, event).iter() {
        let place = trace.event(id).map_or(usize::MAX, |row| row.node.index());
        if let Some(entry) = clock.get_mut(place) {
            *entry += 1;
        }
    }
    clock
}

/// The latest event at a node among the first `events`.
pub fn latest_at(trace: &Trace, node: NodeId, events: u32) -> Option<EventId> {
    trace.events_in(0..events).rev().find(|(_, row)| row.node == node).map(|(id, _)| id)
}

/// A cut through a run: for each node, how far it has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// By node: the first of its events that the cut leaves out is at this number or after it.
    pub events: Vec<u32>,
}

impl Cut {
    /// The cut right after the first `events` events of the run. It is consistent: a run is in causal order.
    pub fn straight(nodes: usize, events: u32) -> Cut {
        Cut { events: vec![events; nodes] }
    }
    /// Whether an event at a node is before the cut.
    pub fn keeps(&self, node: NodeId, event: EventId) -> bool {
        self.events.get(node.index()).is_some_and(|end| event.0 < *end)
    }
    /// The messages that were received before the cut and sent after it: none if and only if the cut is consistent
    /// (Chandy, Lamport 1985; Mattern 1989).
    pub fn backwards(&self, trace: &Trace) -> Vec<MsgId> {
        self.crossing(trace, false)
    }
    /// The messages that were sent before the cut, and not received before it: what a consistent cut finds in the channels.
    /// Those that were lost before the node that they were for had come that far are not among them.
    pub fn channels(&self, trace: &Trace) -> Vec<MsgId> {
        self.crossing(trace, true)
    }

    fn crossing(&self, trace: &Trace, forwards: bool) -> Vec<MsgId> {
        let end = |node: NodeId| self.events.get(node.index()).copied().unwrap_or(0);
        let crosses = |row: &MessageRow| {
            let sent = self.keeps(row.name.from, row.cause);
            let received = match row.fate {
                Fate::Delivered(event) => self.keeps(row.name.to, event),
                _ => false,
            };
            let gone =
                matches!(row.fate, Fate::Lost | Fate::NobodyThere) && trace.first_after(row.ends) <= end(row.name.to);
            sent == forwards && received != forwards && !(forwards && gone)
        };
        let last = self.events.iter().copied().max().unwrap_or(0);
        trace.messages_in(0..trace.sent_before(last)).filter(|(_, row)| crosses(row)).map(|(id, _)| id).collect()
    }
}
