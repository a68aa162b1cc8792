//! Happens-before, from the trace: the ground truth for every protocol, whatever clocks of its own it keeps.
//!
//! An event's direct causes are the event before it at the same node and, for a delivery, the event that sent the
//! message (Lamport 1978).

use crate::ids::{EventId, NodeId};
use crate::trace::Trace;

/// The events that happened before an event, and itself, as a bit per event number.
#[derive(Clone, Debug)]
pub struct Past {
    bits: Vec<u64>,
}

impl Past {
    /// The causal past of `event`.
    pub fn of(trace: &Trace, event: EventId) -> Past {
        let mut past = Past { bits: vec![0; event.index() / 64 + 1] };
        past.add(event);
        // Causes come before their effects, so one sweep backwards meets every event after all that it led to.
        for id in (0..=event.0).rev().map(EventId) {
            if past.contains(id)
                && let Some(row) = trace.event(id)
            {
                [row.before, row.cause].into_iter().filter_map(EventId::some).for_each(|cause| past.add(cause));
            }
        }
        past
    }
    /// Whether an event is in it.
    pub fn contains(&self, event: EventId) -> bool {
        self.bits.get(event.index() / 64).is_some_and(|word| word >> (event.0 % 64) & 1 == 1)
    }
    /// All events in it, in order.
    pub fn events(&self) -> impl Iterator<Item = EventId> {
        (0..self.bits.len() as u32 * 64).map(EventId).filter(|id| self.contains(*id))
    }
    fn add(&mut self, event: EventId) {
        self.bits[event.index() / 64] |= 1 << (event.0 % 64);
    }
}

/// The vector clock of an event: for each of `nodes` nodes, how many of its events are in the causal past (Fidge
/// 1988, Mattern 1989).
pub fn vector(trace: &Trace, event: EventId, nodes: usize) -> Vec<u32> {
    let mut clock = vec![0; nodes];
    if trace.event(event).is_none() {
        return clock;
    }
    for id in Past::of(trace, event).events() {
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
