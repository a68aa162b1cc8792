//! A lock with leases and fencing tokens (Gray, Cheriton: Leases, SOSP 1989; Kleppmann: How to do distributed locking,
//! 2016; majorities as in Gifford 1979).
//!
//! Clients want to write to a *resource*, one at a time. *Servers* grant leases: each to one client at a time, for a
//! certain time. A client holds the lock if a majority of the servers have granted it a lease; two majorities share a
//! server, so two clients never hold it at once. A lease ends by itself, so the lock of a client that crashes comes free.
//!
//! The lease is what makes clocks matter. A server counts it from when it grants it, on its own clock. The client counts
//! from before it asked, on its own, and makes it shorter by as much as the two clocks may run apart: so it gives up
//! before the servers do.
//!
//! And still a client may write too late: it looks at its lease, then it is paused, or its message is held up in the
//! network, and when it goes on, the lock is somebody else's. No lease helps against that; the resource must look for
//! itself. Every time the lock is taken it comes with a *token*, higher than all before; the resource remembers the
//! highest that it has seen and refuses what comes with a lower one. That is the fence.

mod about;
mod client;
mod config;
mod invariants;
mod lines;
mod resource;
mod server;

pub use about::ABOUT;
pub use client::{Client, State};
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use resource::{Resource, Write};
pub use server::{Server, ServerDisk};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, OpId, Protocol, Seat, Shape, Tag, World};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Lock;

/// A value.
pub type Text = Arc<str>;

/// The name of one attempt to take the lock; later holders have higher ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Token {
    /// Counted up; each client has numbers of its own.
    pub number: u64,
    /// Whose attempt it is.
    pub client: NodeId,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)
    }
}

/// What servers, clients and the resource send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A client asks for a lease.
    Acquire {
        /// Its token for this attempt.
        token: Token,
    },
    /// A server grants it.
    Granted {
        /// The attempt.
        token: Token,
    },
    /// A server does not grant it, or not any more.
    Refused {
        /// The attempt.
        token: Token,
        /// The highest number that the server has granted.
        highest: u64,
        /// Whether somebody has a lease here.
        leased: bool,
    },
    /// A holder asks for more time.
    Renew {
        /// Its token.
        token: Token,
        /// Which asking this is.
        round: u32,
    },
    /// It has it.
    Renewed {
        /// Its token.
        token: Token,
        /// Which asking it was.
        round: u32,
    },
    /// A client needs its lease no longer.
    Release {
        /// Its token.
        token: Token,
    },
    /// A holder writes to the resource.
    Write {
        /// The operation.
        id: OpId,
        /// The holder's token.
        token: Token,
        /// What it writes.
        value: Text,
    },
    /// The resource has written it.
    Written {
        /// The operation.
        id: OpId,
    },
    /// The resource has seen a higher token.
    Rejected {
        /// The operation.
        id: OpId,
    },
}

/// What servers and clients wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A server: the end of the lease.
    Expire,
    /// A client: the end of its lease. There are two, in turn: while the one runs down, a renewal starts the other.
    Lease(bool),
    /// A client: it has prepared what it wants to write.
    Work,
}

/// What can be asked of a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Try to take the lock.
    TryLock {},
    /// Ask for more time.
    Renew {},
    /// Give the lock back.
    Unlock {},
    /// Write to the resource, under the lock; take it first, if need be.
    Write {
        /// What.
        value: Text,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// The lock is held, with this number.
    Held(u64),
    /// The lock is somebody else's, or not enough servers answered in time.
    Busy,
    /// It is done.
    Ok,
    /// The client does not hold the lock, or no longer.
    NotHeld,
    /// The resource has seen a later holder.
    Rejected,
    /// This is not a thing to ask of this node.
    NotHere,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A server.
    Server(&'a Server),
    /// A client.
    Client(&'a Client),
    /// The resource.
    Resource(&'a Resource),
}

impl Protocol for Lock {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Acquire { .. } => ("Acquire", Shape::Request),
            Msg::Granted { .. } => ("Granted", Shape::Reply),
            Msg::Refused { .. } => ("Refused", Shape::Reply),
            Msg::Renew { .. } => ("Renew", Shape::Request),
            Msg::Renewed { .. } => ("Renewed", Shape::Reply),
            Msg::Release { .. } => ("Release", Shape::Request),
            Msg::Write { .. } => ("Write", Shape::Client),
            Msg::Written { .. } => ("Written", Shape::Reply),
            Msg::Rejected { .. } => ("Rejected", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Expire => "expire",
            Timer::Lease(_) => "lease",
            Timer::Work => "work",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Refused { highest, leased, .. } => forger.one(&mut [highest, leased]),
            Msg::Write { token, value, .. } => forger.one(&mut [&mut token.number, value]),
            Msg::Acquire { token }
            | Msg::Granted { token }
            | Msg::Renew { token, .. }
            | Msg::Renewed { token, .. }
            | Msg::Release { token } => forger.one(&mut [&mut token.number]),
            Msg::Written { id } => *msg = Msg::Rejected { id: *id },
            Msg::Rejected { id } => *msg = Msg::Written { id: *id },
        }
    }
}

/// The parts of [`ABOUT`], by their place there.
const SERVER: usize = 0;
const CLIENT: usize = 1;
const RESOURCE: usize = 2;

impl crate::Entry for Lock {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(
            Self::ABOUT,
            &settings,
            &[Seat::<Self, Server>::new, Seat::<Self, Client>::new, Seat::<Self, Resource>::new],
        )
    }

    fn measure(world: &World<Self>, monitor: &Invariants) -> Vec<u64> {
        let (mut holders, mut leases, mut rejected) = (0, 0, 0);
        for view in world.ids().filter_map(|node| world.view(node)) {
            match view {
                View::Client(client) => holders += u64::from(client.holds().is_some()),
                View::Server(server) => leases += u64::from(server.leased().is_some()),
                View::Resource(resource) => rejected += resource.rejected(),
            }
        }
        vec![holders, leases, rejected, monitor.price()]
    }
}
