//! A store of keys and values spread over nodes by consistent hashing (Karger, Lehman, Leighton, Panigrahy, Levine,
//! Lewin: Consistent Hashing and Random Trees, STOC 1997; replicas on the next nodes of the ring as in Chord's and
//! Dynamo's stores).
//!
//! Nodes and keys are hashed onto a circle. A key belongs to the first nodes that come after it, as many as there are to
//! be replicas: its *owners* (ring.rs). Every node can work that out by itself, from the list of *members*. When a node
//! joins, it takes from its neighbours on the circle what is now its own, and no other key moves.
//!
//! Any node can be asked; it finds the owners and asks them on the client's behalf (node.rs). The first owner, the
//! *primary*, gives each write a version, and answers when all owners have it on their disks. So any one owner can
//! answer a read, and if the first does not, the next is asked.
//!
//! When the members change, every node looks at what it has: what other owners lack it hands over, and what is no longer
//! its own it drops, once all owners have it (handover.rs).

mod about;
mod client;
mod config;
mod handover;
mod invariants;
mod lines;
mod node;
mod ring;

pub use about::ABOUT;
pub use client::{Client, Ended};
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use node::{NodeDisk, StoreNode};
pub use ring::{Members, Ring};

pub use crate::shared::kv::Text;

use crate::about::{About, Bugs};
use crate::shared::kv;
use crate::{Cast, Impossible};
use netsplit_check::verdict::Level;
use netsplit_sim::{Forger, Node, NodeId, OpId, Protocol, Seat, Shape, Tag, World};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct ShardedKv;

/// The name of a write: newer ones have higher versions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Version {
    /// How often the members had changed, as far as the primary knew: a new primary's writes are above an old one's.
    pub changes: u64,
    /// One more than that of the value before it.
    pub number: u64,
    /// The primary that wrote it.
    pub primary: NodeId,
}

/// What an owner has of a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Stored {
    /// The write that it comes from.
    pub version: Version,
    /// The value; none after a delete, which stays as a tombstone.
    pub value: Option<Text>,
    /// The operation that asked for it. Operations are numbered in the order of asking, so what was asked before it,
    /// and comes after it, has been overwritten already, or comes for the second time.
    pub op: OpId,
}

/// What nodes and clients send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A client asks some node.
    Request {
        /// The operation.
        id: OpId,
        /// What.
        op: Op,
    },
    /// The node has done it.
    Response {
        /// The operation.
        id: OpId,
        /// What came of it.
        ret: Ret,
        /// The version that was written or read.
        version: Option<Version>,
    },
    /// The node that was asked asks the primary to write.
    Write {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
        /// The value; none to delete.
        value: Option<Text>,
    },
    /// All owners have it.
    Written {
        /// The operation.
        id: OpId,
        /// Its version.
        version: Version,
    },
    /// The node that was asked asks an owner.
    Read {
        /// The operation.
        id: OpId,
        /// The key.
        key: Text,
    },
    /// What the owner has.
    Found {
        /// The operation.
        id: OpId,
        /// Value or tombstone; none if it has never heard of the key.
        stored: Option<Stored>,
    },
    /// The node that was asked asks everybody what they hold.
    List {
        /// The operation.
        id: OpId,
    },
    /// The keys that a node holds.
    Listed {
        /// The operation.
        id: OpId,
        /// Those that have a value.
        keys: Vec<Text>,
    },
    /// Take these, unless you have newer ones.
    Transfer {
        /// Keys with what is stored of them.
        entries: Vec<(Text, Stored)>,
    },
    /// They are on the disk, or newer ones.
    Received {
        /// How many joins and leaves the sender knows of: what it says holds as long as the members are these.
        changes: u64,
        /// Keys with the versions that are.
        entries: Vec<(Text, Version)>,
    },
    /// Who is a member, as far as the sender knows.
    View {
        /// The members.
        members: Members,
    },
    /// The same, in answer.
    ViewSeen {
        /// The members.
        members: Members,
    },
}

/// What nodes and clients wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A node: time to see whether there is something to ask again or to hand over.
    Tick,
    /// A client: no answer has come.
    Retry,
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(untagged, from = "Form")]
pub enum Op {
    /// Something about a key, of any node or client.
    Key(kv::Op),
    /// Something about the whole.
    Whole(Whole),
}

/// An operation as it is written. To list the keys, which every store may be asked, is about the whole here: it goes to all
/// nodes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Key(kv::Op),
    Whole(Whole),
}

impl From<Form> for Op {
    fn from(form: Form) -> Op {
        match form {
            Form::Key(kv::Op::Keys {}) => Op::Whole(Whole::Keys {}),
            Form::Key(op) => Op::Key(op),
            Form::Whole(op) => Op::Whole(op),
        }
    }
}

/// What can be asked about the whole store.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Whole {
    /// All keys that have a value.
    Keys {},
    /// How many keys each node holds.
    Stats {},
    /// This node wants to be a member.
    Join {},
    /// This node wants to be one no longer.
    Leave {},
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Key(op) => op.fmt(f),
            Op::Whole(Whole::Keys {}) => write!(f, "keys"),
            Op::Whole(Whole::Stats {}) => write!(f, "stats"),
            Op::Whole(Whole::Join {}) => write!(f, "join"),
            Op::Whole(Whole::Leave {}) => write!(f, "leave"),
        }
    }
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(untagged)]
pub enum Ret {
    /// About a key.
    Key(kv::Ret),
    /// About the whole.
    Whole(Summary),
}

/// What is answered about the whole store.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Summary {
    /// All keys that have a value.
    Keys(Vec<Text>),
    /// How many keys each node holds, of those that answered.
    Stats(Vec<(NodeId, u64)>),
    /// It is done here; the others will hear of it.
    Done,
    /// It is so already, or nobody else would be left.
    Refused,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A node.
    Node(&'a StoreNode),
    /// A client.
    Client(&'a Client),
}

impl Protocol for ShardedKv {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Request { .. } => ("Request", Shape::Client),
            Msg::Response { .. } => ("Response", Shape::Client),
            Msg::Write { .. } => ("Write", Shape::Request),
            Msg::Written { .. } => ("Written", Shape::Reply),
            Msg::Read { .. } => ("Read", Shape::Request),
            Msg::Found { .. } => ("Found", Shape::Reply),
            Msg::List { .. } => ("List", Shape::Request),
            Msg::Listed { .. } => ("Listed", Shape::Reply),
            Msg::Transfer { .. } => ("Transfer", Shape::Request),
            Msg::Received { .. } => ("Received", Shape::Reply),
            Msg::View { .. } => ("View", Shape::Request),
            Msg::ViewSeen { .. } => ("ViewSeen", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Tick => "tick",
            Timer::Retry => "retry",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Request { op: Op::Key(op), .. } => forger.one(&mut [op]),
            Msg::Response { ret: Ret::Key(ret), .. } => forger.one(&mut [ret]),
            Msg::Write { value, .. } => forger.one(&mut [value]),
            Msg::Found { stored, .. } => *stored = None,
            Msg::Listed { keys, .. } => forger.one(&mut [keys]),
            _ => {}
        }
    }
    fn forge_answer(ret: &mut Ret, forger: &mut Forger) {
        if let Ret::Key(ret) = ret {
            forger.one(&mut [ret]);
        }
    }
}

/// A part of [`ABOUT`], by its place there.
const NODE: usize = 0;

impl crate::Entry for ShardedKv {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<ShardedKv>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, StoreNode>::new, Seat::<Self, Client>::new])
    }

    fn promise(_config: &Config) -> Option<Level> {
        Some(Level::Convergent)
    }

    fn measure(world: &World<ShardedKv>, monitor: &Invariants) -> Vec<u64> {
        vec![invariants::misplaced(world), monitor.moved()]
    }
}
