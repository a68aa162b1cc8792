//! Election on a ring (Chang, Roberts: An Improved Algorithm for Decentralized Extrema-Finding in Circular
//! Configurations of Processes, CACM, 1979).
//!
//! Nodes stand in a ring, and each speaks only to the one after it. Every node has an id, different from all others and
//! in no particular order round the ring. To find the highest, a node sends a token with its own id on its way. Who
//! gets a token compares: a higher id than one's own is passed on, a lower one is *swallowed* (and the node's own sent
//! instead, if it has not been yet). So a token passes only lower nodes, and one that comes back to where it started
//! has passed all of them: its owner has the highest id, and leads. It says so with a second token, which goes round
//! once more.
//!
//! The paper stops there, and so does its guarantee: nothing fails in it. Here nodes crash and messages are lost. So
//! every token is acknowledged by the one that gets it. If no acknowledgement comes, it is sent to the node after that
//! one, skipping it: the ring closes up. A token that has been round without meeting its owner is dropped. And the leader
//! sends its token round again and again; a node that has not seen it for a while starts an election.

mod about;
mod config;
mod invariants;
mod lines;
mod node;

pub use about::ABOUT;
pub use config::{Bug, Config, Order, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use node::{Disk, RingNode, Token};

pub use crate::shared::election::Op;

use crate::about::{About, Bugs};
use crate::shared::election;
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct RingElection;

/// A node's id: what elections compare.
pub type Id = u32;

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// This id would lead.
    Election {
        /// Whose token it is.
        id: Id,
        /// How many places it has gone on: one that has gone further than round has lost its owner.
        hops: u16,
        /// Which sending of it this is: so that an acknowledgement says what it acknowledges.
        serial: u64,
    },
    /// This id leads.
    Elected {
        /// Who leads.
        id: Id,
        /// How many places it has gone on.
        hops: u16,
        /// Which sending of it this is.
        serial: u64,
    },
    /// The token has come.
    Ack {
        /// Which sending of it.
        serial: u64,
    },
}

/// What nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The acknowledgement of the token with this id.
    Ack(Token),
    /// A leader: it is time to send its token round.
    Round,
    /// All others: the leader's token.
    Patience,
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// The token is on its way.
    Ok,
    /// The node with this id leads, as far as the node knows.
    Leader(Id),
    /// The node knows of no leader.
    Nobody,
}

impl Protocol for RingElection {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a RingNode;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Election { .. } => ("Election", Shape::Request),
            Msg::Elected { .. } => ("Elected", Shape::Client),
            Msg::Ack { .. } => ("Ack", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Ack(_) => "ack",
            Timer::Round => "round",
            Timer::Patience => "patience",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Election { id, .. } | Msg::Elected { id, .. } => forger.one(&mut [id]),
            Msg::Ack { .. } => {}
        }
    }
}

impl crate::Entry for RingElection {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, RingNode>::new])
    }

    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let nodes = world.ids().filter_map(|node| world.view(node));
        let (leaders, agreed) = election::agreement(nodes.map(|node| (node.leads(), node.leader())));
        let tokens = world.in_flight().filter(|(_, mail)| matches!(mail.body, Msg::Election { .. })).count();
        vec![leaders, agreed, tokens as u64]
    }
}

/// The node after another one on the ring, by its place.
fn after(place: NodeId, nodes: u16) -> NodeId {
    NodeId((place.0 + 1) % nodes.max(1))
}
