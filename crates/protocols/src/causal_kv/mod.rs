//! A store at several sites, each of which answers by itself, and in which nobody sees an effect before its cause (Lloyd,
//! Freedman, Kaminsky, Andersen: Don't Settle for Eventual: Scalable Causal Consistency for Wide-Area Storage with
//! COPS, SOSP 2011).
//!
//! Every *site* has all keys, spread over its nodes. A *client* speaks to its own site only, and never waits for another:
//! its writes are there at once, and travel to the other sites afterwards.
//!
//! The client remembers what it has read and written: its *context* (client.rs). A write takes the context with it as its
//! *dependencies*. When it reaches another site, the node there asks the nodes that have those keys whether they have
//! them, and keeps the write back until all of them do (node.rs). So whoever sees it can also see what it depends on.
//!
//! Two sites can write the same key at the same time. Each write has a Lamport time stamp, so it is above everything
//! that it depends on, and of two the higher wins, at every site alike.

mod about;
mod client;
mod config;
mod invariants;
mod lines;
mod node;

pub use about::ABOUT;
pub use client::{Client, Ended};
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use node::{NodeDisk, SiteNode};

pub use crate::shared::kv::{Op, Ret, Text};

use crate::about::{About, Bugs};
use crate::shared::channel::Packet;
use crate::{Cast, Impossible};
use netsplit_check::verdict::Level;
use netsplit_sim::ordered::Set;
use netsplit_sim::{Node, NodeId, OpId, Protocol, Seat, Shape, Tag, World};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct CausalKv;

/// The name of a write, a Lamport time stamp: it is above those of all writes that it depends on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Version {
    /// One more than the highest that the node had heard of.
    pub number: u64,
    /// The node that was asked to write: tells writes of the same number apart.
    pub node: NodeId,
}

/// What a node has of a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Stored {
    /// The write that it comes from.
    pub version: Version,
    /// The value; none after a delete.
    pub value: Option<Text>,
}

/// What a write depends on: writes, by key and version. Two of the same key are two: the one with the higher stamp need
/// not depend on the other.
pub type Deps = Set<(Text, Version)>;

/// A write on its way to other sites.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Write {
    /// The key.
    pub key: Text,
    /// Version and value.
    pub stored: Stored,
    /// What must be there before it.
    pub deps: Deps,
}

/// What clients and nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A client reads.
    Get {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
    },
    /// What the node has.
    Got {
        /// The operation.
        id: OpId,
        /// Version and value; none if the key was never written.
        stored: Option<Stored>,
    },
    /// A client writes after what it depends on.
    PutAfter {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
        /// The value; none to delete.
        value: Option<Text>,
        /// What the client has read and written.
        deps: Deps,
        /// The highest time stamp that the client has been told of.
        clock: u64,
    },
    /// It is written at this site.
    Done {
        /// The operation.
        id: OpId,
        /// Its version.
        version: Version,
    },
    /// A write for another site, or the receipt for some.
    Replicate {
        /// On a channel that keeps the order.
        packet: Packet<Write>,
    },
    /// Have you this, so that I can show what depends on it?
    DepCheck {
        /// The write that waits.
        waits: Version,
        /// The key that it depends on...
        key: Text,
        /// ...and the version.
        version: Version,
    },
    /// I have.
    DepMet {
        /// The write that waits.
        waits: Version,
        /// The key that it depends on...
        key: Text,
        /// ...and the version.
        version: Version,
    },
}

/// What clients and nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A client: no answer has come.
    Retry,
    /// A node: time to send again what may not have arrived, and to ask again.
    Tick,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A node.
    Node(&'a SiteNode),
    /// A client.
    Client(&'a Client),
}

impl Protocol for CausalKv {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Get { .. } => ("Get", Shape::Client),
            Msg::Got { .. } => ("Got", Shape::Client),
            Msg::PutAfter { .. } => ("PutAfter", Shape::Client),
            Msg::Done { .. } => ("Done", Shape::Client),
            Msg::Replicate { packet: Packet::Data { .. } } => ("Replicate", Shape::Request),
            Msg::Replicate { packet: Packet::Receipt { .. } } => ("Receipt", Shape::Reply),
            Msg::DepCheck { .. } => ("DepCheck", Shape::Request),
            Msg::DepMet { .. } => ("DepMet", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Retry => "retry",
            Timer::Tick => "tick",
        }
    }
}

/// The parts of [`ABOUT`], by their place there.
const NODE: usize = 0;
const CLIENT: usize = 1;

impl crate::Entry for CausalKv {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<CausalKv>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, SiteNode>::new, Seat::<Self, Client>::new])
    }

    fn promise(_config: &Config) -> Option<Level> {
        Some(Level::Causal)
    }

    fn measure(world: &World<CausalKv>, _monitor: &Invariants) -> Vec<u64> {
        vec![invariants::waiting(world), invariants::differing(world)]
    }
}
