//! Atomic registers over a network that loses messages, with a minority of the servers down (Attiya, Bar-Noy, Dolev:
//! Sharing Memory Robustly in Message-Passing Systems, JACM 1995; for many writers Lynch, Shvartsman 1997).
//!
//! Every *server* keeps one value per key, with a *tag*: a counter and the client that wrote, so that all tags are
//! different and in one order. It does two things only: tell what it has, and take what is newer than that.
//!
//! All else is the *client's*. An operation has two phases, each a question to all servers that ends when a majority
//! has answered:
//!
//! - the *query* finds the newest tag that a majority knows;
//! - the *update* has a majority take a value. A write takes a tag higher than the one it found. A read takes what it
//!   found: it writes back what it is about to return.
//!
//! Two majorities share a server, so whatever an operation has left with a majority, every later query hears of. The
//! write-back is what makes that true of reads too: without it a read can return a value that only a few servers have,
//! and the next read, of others, an older one.
//!
//! There is no leader, no election and no log, and nobody waits for a time-out. There is no compare-and-set either:
//! registers cannot do it (Herlihy 1991).

mod about;
mod client;
mod config;
mod invariants;
mod lines;
mod server;

pub use about::ABOUT;
pub use client::{Client, ClientDisk, Ended, Kind, Phase, Work};
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use server::{Server, ServerDisk};

pub use crate::shared::kv::{Op, Ret, Text};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_check::verdict::Level;
use netsplit_sim::{Forger, Node, NodeId, OpId, Protocol, Seat, Shape, Tag as Label, World};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Abd;

/// The name of a write: newer ones have higher tags. What no write has touched has the lowest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
pub struct Tag {
    /// One more than the highest that the writer had heard of.
    pub number: u64,
    /// Who wrote: tells writes of the same number apart.
    pub writer: Option<NodeId>,
}

/// What a register holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Register {
    /// The write that it comes from.
    pub tag: Tag,
    /// The value; none before the first write, and after a delete.
    pub value: Option<Text>,
}

/// What clients and servers send each other. Each operation asks each of its two questions once, so its id says which
/// question an answer belongs to.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A client asks what a server has.
    Query {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
    },
    /// What it has.
    Have {
        /// The operation.
        id: OpId,
        /// The value and its tag.
        register: Register,
    },
    /// A client asks a server to take a value, unless it has a newer one.
    Update {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
        /// The value and its tag.
        register: Register,
    },
    /// The server has that or something newer, on its disk.
    Ack {
        /// The operation.
        id: OpId,
    },
}

/// What clients wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Some answers may have been lost: ask again.
    Retry,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A server.
    Server(&'a Server),
    /// A client.
    Client(&'a Client),
}

impl Protocol for Abd {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Label {
        let (name, shape) = match msg {
            Msg::Query { .. } => ("Query", Shape::Request),
            Msg::Have { .. } => ("Have", Shape::Reply),
            Msg::Update { .. } => ("Update", Shape::Request),
            Msg::Ack { .. } => ("Ack", Shape::Reply),
        };
        Label { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Retry => "retry",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Query { .. } | Msg::Ack { .. } => {}
            Msg::Have { register: Register { tag, value }, .. }
            | Msg::Update { register: Register { tag, value }, .. } => {
                forger.one(&mut [&mut tag.number, value]);
            }
        }
    }
    fn forge_answer(ret: &mut Ret, forger: &mut Forger) {
        forger.one(&mut [ret]);
    }
}

/// The parts of [`ABOUT`], by their place there.
const SERVER: usize = 0;
const CLIENT: usize = 1;

impl crate::Entry for Abd {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Abd>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Server>::new, Seat::<Self, Client>::new])
    }

    fn promise(_config: &Config) -> Option<Level> {
        Some(Level::Linearizable)
    }

    fn measure(world: &World<Abd>, monitor: &Invariants) -> Vec<u64> {
        vec![monitor.ended(), invariants::stale_copies(world)]
    }
}
