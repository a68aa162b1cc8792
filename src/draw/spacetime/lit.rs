//! Events that stand out before all others, with the messages by which they hang together: what something came of.

use netsplit_sim::trace::What;
use netsplit_sim::{EventId, MsgId, Trace};

/// What stands out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lit {
    /// In the order of the run.
    events: Vec<EventId>,
    /// In the order of sending.
    messages: Vec<MsgId>,
}

impl Lit {
    /// These events and the messages that they received.
    pub fn of(mut events: Vec<EventId>, trace: &Trace) -> Lit {
        events.sort_unstable();
        events.dedup();
        let received = events.iter().filter_map(|event| match trace.event(*event)?.what {
            What::Deliver(message) => Some(message),
            _ => None,
        });
        let mut messages: Vec<MsgId> = received.collect();
        messages.sort_unstable();
        Lit { events, messages }
    }
    /// These events and these messages.
    pub fn exactly(mut events: Vec<EventId>, mut messages: Vec<MsgId>) -> Lit {
        events.sort_unstable();
        messages.sort_unstable();
        Lit { events, messages }
    }
    /// The events.
    pub fn events(&self) -> &[EventId] {
        &self.events
    }
    /// Whether an event stands out.
    pub fn has(&self, event: EventId) -> bool {
        self.events.binary_search(&event).is_ok()
    }
    /// Whether a message does.
    pub fn carries(&self, message: MsgId) -> bool {
        self.messages.binary_search(&message).is_ok()
    }
}
