//! A store of keys and values on a few nodes each, which answers as long as enough of them can be reached (DeCandia and
//! others: Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007; Gifford: Weighted Voting for Replicated Data,
//! SOSP 1979).
//!
//! A key has N *homes*, the nodes that come after it on the circle. A *client* sends a write to all of them and is done
//! when W have it on their disks; it asks all of them to read, and is done when R have answered. If R + W > N, every read
//! asks somebody who has the latest write. If not, reads can be stale: that is the choice between *One*, *Quorum* and
//! *All*, for reads and for writes.
//!
//! Nobody says in which order writes come. Each carries the set of writes that its writer knew of (version.rs); a
//! version is dropped when somebody has written in its knowledge. Two that were written in ignorance of each other are
//! both kept: the replicas disagree, and whoever reads is told so. With *time stamps* instead, the later one wins, and a
//! writer must ask for the latest stamp first (Gifford's version numbers).
//!
//! Copies become the same in three ways. A read that meets different ones sends each home what it lacks (*read repair*,
//! client.rs). A write that a home cannot be given is left with the next node on the circle, which hands it on (*hinted
//! hand-off*). And nodes compare what they have, two at a time (*anti-entropy*; both in repair.rs).
//!
//! In the strong mode, the first home is the *primary copy*: all reads and writes go through it, and a write is a
//! transaction over all homes (transaction.rs). Then there is compare-and-set, and one crash stops everything.

mod about;
mod client;
mod config;
mod invariants;
mod lines;
mod node;
mod repair;
mod transaction;
mod version;

pub use about::ABOUT;
pub use client::{Client, ClientDisk, Ended, How, Phase, Work};
pub use config::{Bug, Config, Level, Order, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use node::{NodeDisk, StoreNode};
pub use transaction::{Doubt, Record, Vote};
pub use version::{Dot, Known, Siblings, Written};

pub use crate::shared::kv::{Op, Text};

use crate::about::{About, Bugs};
use crate::shared::commit::{Outcome, Txn};
use crate::shared::kv;
use crate::{Cast, Impossible};
use netsplit_check::verdict;
use netsplit_sim::{Node, NodeId, OpId, Protocol, Seat, Shape, Tag, World};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct QuorumKv;

/// What clients and nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A client asks a home what it has.
    Read {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
    },
    /// What it has.
    Have {
        /// The operation.
        id: OpId,
        /// The versions.
        siblings: Siblings,
    },
    /// A client gives a home a write, or what it lacked.
    Write {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
        /// The versions.
        siblings: Siblings,
    },
    /// They are on the disk.
    Wrote {
        /// The operation.
        id: OpId,
    },
    /// A client leaves a write with a node that is no home of the key.
    Hold {
        /// The operation.
        id: OpId,
        /// The home that it is for.
        home: NodeId,
        /// The key.
        key: Text,
        /// The versions.
        siblings: Siblings,
    },
    /// They are on the disk, to be handed on.
    Held {
        /// The operation.
        id: OpId,
        /// The home that it is for.
        home: NodeId,
    },
    /// A node hands on what it holds.
    HandOn {
        /// The key.
        key: Text,
        /// The versions.
        siblings: Siblings,
    },
    /// The home has it.
    Taken {
        /// The key.
        key: Text,
        /// What it was given.
        known: Known,
    },
    /// Is what we share the same?
    Compare {
        /// The root of the sender's tree.
        root: u64,
    },
    /// No.
    Differ {
        /// The leaves of the sender's tree.
        leaves: Vec<u64>,
    },
    /// What is in the leaves that differ.
    Exchange {
        /// Which.
        leaves: Vec<u64>,
        /// The keys there, with what the sender has of them.
        entries: Vec<(Text, Siblings)>,
        /// Whether the sender wants the same in return.
        answer: bool,
    },
    /// A client asks the primary.
    Ask {
        /// The operation.
        id: OpId,
        /// What.
        op: Op,
    },
    /// The primary has done it, or not.
    Told {
        /// The operation.
        id: OpId,
        /// What came of it.
        ret: Ret,
        /// What was read or written.
        how: How,
    },
    /// The primary asks for a vote.
    Prepare {
        /// The transaction.
        txn: Txn,
        /// What it does.
        doubt: Doubt,
    },
    /// A home votes.
    Vote {
        /// The transaction.
        txn: Txn,
        /// Whether it can commit.
        yes: bool,
    },
    /// How a transaction ended.
    Decision {
        /// The transaction.
        txn: Txn,
        /// How.
        outcome: Outcome,
    },
    /// A home in doubt asks how it ended.
    Inquire {
        /// The transaction.
        txn: Txn,
    },
}

/// What clients and nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A client: some homes have not answered.
    Hurry(OpId),
    /// A client: too few have answered.
    GiveUp(OpId),
    /// A node: time to hand on what it holds.
    Tick,
    /// A node: time to compare.
    Compare,
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(untagged)]
pub enum Ret {
    /// As any store does.
    Key(kv::Ret),
    /// What only this one says.
    Trouble(Trouble),
}

/// What only a store says that has no one copy.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The replicas disagree: these were written in ignorance of each other.
    Disagree(Vec<Text>),
    /// Too few homes have answered. What was to be written may yet appear.
    Unavailable,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A node.
    Node(&'a StoreNode),
    /// A client.
    Client(&'a Client),
}

impl Protocol for QuorumKv {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Read { .. } => ("Read", Shape::Client),
            Msg::Have { .. } => ("Have", Shape::Client),
            Msg::Write { .. } => ("Write", Shape::Client),
            Msg::Wrote { .. } => ("Wrote", Shape::Client),
            Msg::Hold { .. } => ("Hold", Shape::Client),
            Msg::Held { .. } => ("Held", Shape::Client),
            Msg::HandOn { .. } => ("HandOn", Shape::Request),
            Msg::Taken { .. } => ("Taken", Shape::Reply),
            Msg::Compare { .. } => ("Compare", Shape::Request),
            Msg::Differ { .. } => ("Differ", Shape::Reply),
            Msg::Exchange { answer: true, .. } => ("Exchange", Shape::Request),
            Msg::Exchange { answer: false, .. } => ("Exchange", Shape::Reply),
            Msg::Ask { .. } => ("Ask", Shape::Client),
            Msg::Told { .. } => ("Told", Shape::Client),
            Msg::Prepare { .. } => ("Prepare", Shape::Request),
            Msg::Vote { .. } => ("Vote", Shape::Reply),
            Msg::Decision { .. } => ("Decision", Shape::Request),
            Msg::Inquire { .. } => ("Inquire", Shape::Request),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Hurry(_) => "hurry",
            Timer::GiveUp(_) => "give up",
            Timer::Tick => "tick",
            Timer::Compare => "compare",
        }
    }
}

/// The place of a part in [`ABOUT`].
const NODE: usize = 0;

impl crate::Entry for QuorumKv {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<QuorumKv>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, StoreNode>::new, Seat::<Self, Client>::new])
    }

    fn promise(config: &Config) -> Option<verdict::Level> {
        Some(if config.order == Order::Primary { verdict::Level::Linearizable } else { verdict::Level::Convergent })
    }

    fn measure(world: &World<QuorumKv>, monitor: &Invariants) -> Vec<u64> {
        vec![monitor.stale_reads(), invariants::disagreeing(world), invariants::hints(world)]
    }
}
