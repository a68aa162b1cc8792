//! Practical Byzantine fault tolerance (Castro, Liskov: Practical Byzantine Fault Tolerance, OSDI 1999).
//!
//! A service runs on n replicas, of which up to f may lie, and clients are to notice nothing of it. Every request gets a
//! number, and all correct replicas execute all requests in that order. Who gives the numbers, the primary, may be a
//! liar too; so nobody takes its word alone:
//!
//! 1. *Pre-prepare.* The primary gives a request the next number and tells all. It may tell different replicas
//!    different things.
//! 2. *Prepare.* Each backup tells all which request it was given. Whoever hears the same of a quorum knows that nobody
//!    can have the same proof for another request with this number in this view, since two quorums have a correct
//!    replica in common, which says one thing only. The request is *prepared*.
//! 3. *Commit.* Each tells all that it has this proof. Whoever hears so of a quorum knows that the number will outlast the
//!    primary, since in every later view somebody will remember. The request is executed, and the client is told.
//!
//! The client believes what f + 1 replicas say alike: one of them is correct.
//!
//! A replica that waits too long for a request wants the next view, and its primary; the replicas take turns. It says what
//! it has prepared, *with the proofs*. The new primary says what follows from what a quorum has sent, and sends along
//! all of it, so that everybody can check. Every few requests the replicas compare their states; what a quorum has is
//! a stable checkpoint, and nobody needs to remember how it came about.
//!
//! With n = 3f + 1, n - f replicas are a quorum: more cannot be waited for, since f may say nothing; and any two quorums
//! have n - 2f = f + 1 replicas in common, of which one is correct. With n = 3f it may be that all of those are liars.
//!
//! What differs from the paper: requests are not batched; a proof holds the request itself, so that nobody has to
//! ask for it; what a replica has said is on its disk, so that a crash is no more than a pause; signatures are modelled
//! ([`Signed`]), and never broken.

mod about;
mod checkpoints;
mod client;
mod config;
mod invariants;
mod lines;
mod messages;
mod normal_case;
mod replica;
mod signed;
mod view_change;

pub use about::ABOUT;
pub use client::Client;
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use messages::{
    Asked, Checkpoint, Digest, Msg, NewView, Phase, Prepared, Reply, Request, Stable, ViewChange, Vote,
};
pub use replica::{Disk, Executed, Replica, Slot};
pub use signed::Signed;

use crate::about::{About, Bugs};
use crate::shared::kv::{Op, Ret, Store};
use crate::{Cast, Impossible};
use netsplit_check::verdict::Level;
use netsplit_sim::ordered::Map;
use netsplit_sim::{Forger, Node, NodeId, OpId, Protocol, Seat, Tag, World};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Pbft;

/// The time of one primary.
pub type ViewNumber = u64;

/// A request's place in the order.
pub type Seq = u64;

/// What replicas replicate: the store, and for each client its latest request and what came of it.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug, Serialize)]
pub struct State {
    /// Keys and values.
    pub store: Store,
    /// What each client was told last.
    pub replies: Map<NodeId, (OpId, Ret)>,
}

impl Default for Stable {
    /// All begin with the same state, and nobody has to prove it.
    fn default() -> Stable {
        Stable { seq: 0, digest: Digest::NULL, proof: Vec::new() }
    }
}

/// What processes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A replica: a request to be executed.
    Request,
    /// A replica that wants a view: its beginning.
    NewView,
    /// A replica: the state at a checkpoint.
    Fetch,
    /// A client: answers.
    Retry,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A replica.
    Replica(&'a Replica),
    /// A client.
    Client(&'a Client),
}

impl View<'_> {
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        match self {
            View::Replica(replica) => replica.settings(),
            View::Client(client) => client.settings(),
        }
    }
}

impl Protocol for Pbft {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        msg.tag()
    }
    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Request => "request",
            Timer::NewView => "new-view",
            Timer::Fetch => "fetch",
            Timer::Retry => "retry",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        msg.forge(forger);
    }
    fn forge_answer(ret: &mut Ret, forger: &mut Forger) {
        forger.one(&mut [ret]);
    }
}

/// The place of replicas among the parts of [`ABOUT`].
const REPLICA: usize = 0;

impl crate::Entry for Pbft {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Replica>::new, Seat::<Self, Client>::new])
    }

    fn promise(_config: &Config) -> Option<Level> {
        Some(Level::Linearizable)
    }

    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let honest = world.ids().filter(|node| !world.has_lied(*node));
        let replicas = honest.filter_map(|node| match world.view(node) {
            Some(View::Replica(replica)) => Some((replica.executed(), replica.current_view())),
            _ => None,
        });
        let most = replicas.fold((0, 0), |most, (executed, view)| (most.0.max(executed), most.1.max(view)));
        vec![most.0, most.1]
    }
}
