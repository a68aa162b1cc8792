//! What measures need and the trace does not keep: how large messages are, and who leads. It is taken from the run by
//! going through its events a second time.

use crate::player::{Player, Seen};
use netsplit_sim::process::ErasedSerialize;
use netsplit_sim::{Condition, EventId, Face, MsgId, NodeId, Prominence, Time};
use postcard::ser_flavors::Size;
use std::ops::ControlFlow;

/// What is known of the first events of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    events: u32,
    bytes: Vec<u32>,
    /// Which nodes lead.
    leading: Vec<NodeId>,
    changes: Vec<Change>,
    role: Option<&'static str>,
}

/// From an event on, so many nodes lead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Change {
    event: EventId,
    at: Time,
    leaders: usize,
}

impl Ledger {
    /// How many events it covers.
    pub fn events(&self) -> u32 {
        self.events
    }
    /// The size of a message in bytes.
    pub fn bytes(&self, message: MsgId) -> Option<u32> {
        self.bytes.get(message.index()).copied()
    }
    /// What the first node that led was called by its role then; nothing if none ever did.
    pub fn role(&self) -> Option<&'static str> {
        self.role
    }
    /// Whether anybody leads, from each time on, within the first `events` events.
    pub fn led(&self, events: u32) -> impl Iterator<Item = (Time, bool)> {
        let known = self.changes.iter().take_while(move |change| change.event.0 < events);
        known.map(|change| (change.at, change.leaders > 0))
    }

    /// Goes through at most so many events more.
    pub(crate) fn go_on(&mut self, player: &dyn Player, budget: u32) {
        let end = player.trace().len().min(self.events.saturating_add(budget));
        if end <= self.events {
            return;
        }
        player.review(self.events..end, &mut |seen| {
            match seen {
                Seen::Sent(body) => self.bytes.push(size(body)),
                Seen::Over(event, stage) => {
                    if let Some((row, node)) = player.trace().event(event).and_then(|row| Some((row, row.somewhere()?)))
                    {
                        let up = stage.condition(node) == Condition::Up;
                        self.look(event, row.at, node, up.then(|| stage.face(node)).flatten());
                    }
                }
            }
            ControlFlow::Continue(())
        });
        self.events = end;
    }

    fn look(&mut self, event: EventId, at: Time, node: NodeId, face: Option<Face>) {
        let role = face.filter(|face| face.prominence == Prominence::Leading).map(|face| face.role);
        let place = self.leading.iter().position(|leading| *leading == node);
        match (place, role) {
            (None, Some(role)) => {
                self.leading.push(node);
                self.role = self.role.or(Some(role));
            }
            (Some(place), None) => drop(self.leading.swap_remove(place)),
            _ => return,
        }
        self.changes.push(Change { event, at, leaders: self.leading.len() });
    }
}

/// How many bytes a message takes in the compact encoding that links use too: whole numbers as short as they can be, and
/// no names of fields.
fn size(body: &dyn ErasedSerialize) -> u32 {
    let size = postcard::serialize_with_flavor(body, Size::default());
    size.map_or(0, |size| u32::try_from(size).unwrap_or(u32::MAX))
}
