//! Names of the things in a run.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A node of the world, counted from 0; people see the world's name for it (`n1`, `c1`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct NodeId(pub u16);

/// The n-th client operation of a run, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct OpId(pub u32);

/// The n-th event of a run, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EventId(pub u32);

/// The n-th message of a run, counted from 0 in the order of sending.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct MsgId(pub u32);

/// A message by where it went: the `nth` one (from 0) that `from` sent to `to`, and which copy of it. Unlike a
/// [`MsgId`] it stays the same when something unrelated in the run is changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct MsgName {
    /// The sender.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// How many messages went this way before it.
    pub nth: u32,
    /// 0 for the message itself, 1 and up for its duplicates.
    pub copy: u8,
}

impl NodeId {
    /// Its place in a list of all nodes.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}
impl EventId {
    /// No event: the cause of what comes from outside the run.
    pub const NONE: EventId = EventId(u32::MAX);
    /// This event, unless it is [`EventId::NONE`].
    pub fn some(self) -> Option<EventId> {
        (self != EventId::NONE).then_some(self)
    }
    /// Its place in a list of all events.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
impl MsgId {
    /// Its place in a list of all messages.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
