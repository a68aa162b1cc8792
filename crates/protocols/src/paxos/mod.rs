//! Paxos (Lamport: Paxos Made Simple, 2001): agreeing on one value, for ever, among processes that crash and come back,
//! over a network that may lose, double, delay and reorder what they say. The paper's *proposers*, *acceptors* and
//! *learners* are three parts that every server plays here.
//!
//! Proposers have values. Acceptors vote. A value is *chosen* when a majority of the acceptors have accepted it in one
//! ballot. Nobody need know of it at that moment; the proposer finds out by counting, and tells the learners.
//!
//! Ballots are numbered, and no two proposers use the same number. In one, a proposer goes through two phases. First it
//! has a majority *promise* to have no part any more in any lower ballot, and to say what they have accepted in one.
//! Then it asks all to *accept* a value. It may be the proposer's own only if none of that majority has accepted
//! anything; otherwise it must be the one accepted in the highest ballot. That is the whole trick: any two majorities
//! share an acceptor, so whoever could have missed a chosen value hears of it in phase 1, and a chosen value stays
//! chosen for every higher ballot.
//!
//! Acceptors force what they promised and accepted to their disks before they say so, and proposers the last round that
//! they began: after a crash nobody goes back on a word.
//!
//! None of this needs time. Only progress does: two proposers can outbid each other for ever. So a proposer that is
//! refused, or waits in vain, waits again for a random while before it tries with a higher number. And a server that is
//! told nothing for long proposes something itself: if anything is chosen, it finds it in phase 1.

mod about;
mod acceptor;
mod config;
mod invariants;
mod learner;
mod lines;
mod proposer;
mod server;

pub use about::ABOUT;
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use learner::Tally;
pub use lines::{LINES, Line};
pub use proposer::Phase;
pub use server::{Disk, Server};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Forger, Node, NodeId, Protocol, Seat, Shape, Tag, World};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Paxos;

/// A value to be agreed on.
pub type Value = Arc<str>;

/// The number of a ballot. No two servers share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Ballot {
    /// The round: this counts first.
    pub round: u64,
    /// Whose ballot it is.
    pub server: NodeId,
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.round, self.server.0 + 1)
    }
}

/// A value, put to the vote in a ballot. Proposals are ordered by their ballots.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Proposal {
    /// The ballot.
    pub ballot: Ballot,
    /// The value.
    pub value: Value,
}

/// What servers send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// Phase 1a, to acceptors: have no part in lower ballots, and say what you accepted.
    Prepare {
        /// The ballot.
        ballot: Ballot,
    },
    /// Phase 1b, to the proposer: so be it.
    Promise {
        /// The ballot.
        ballot: Ballot,
        /// What was accepted in the highest ballot voted in, if any.
        accepted: Option<Proposal>,
    },
    /// Phase 2a, to acceptors: accept this.
    Accept(Proposal),
    /// Phase 2b, to the proposer: it is accepted.
    Accepted(Proposal),
    /// An acceptor to a proposer: I have promised otherwise.
    Nack {
        /// The ballot that it will have no part in.
        ballot: Ballot,
        /// The ballot of its promise.
        promised: Ballot,
    },
    /// A proposer to learners: this is chosen.
    Learn(Proposal),
}

/// What servers wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The end of its ballot.
    Ballot,
    /// The time to begin one.
    Begin,
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// See to it that a value is chosen, this one if there is none yet; say which.
    Propose {
        /// The value.
        value: Value,
    },
    /// Say what is chosen, if you know.
    Read {},
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// This value is chosen.
    Chosen(Value),
    /// This server does not know of any.
    Unknown,
}

impl Protocol for Paxos {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a Server;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Prepare { .. } => ("Prepare", Shape::Request),
            Msg::Promise { .. } => ("Promise", Shape::Reply),
            Msg::Accept(_) => ("Accept", Shape::Request),
            Msg::Accepted(_) => ("Accepted", Shape::Reply),
            Msg::Nack { .. } => ("Nack", Shape::Reply),
            Msg::Learn(_) => ("Learn", Shape::Request),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Ballot => "ballot",
            Timer::Begin => "begin",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Prepare { ballot } => forger.one(&mut [&mut ballot.round]),
            Msg::Promise { accepted, .. } => *accepted = None,
            Msg::Accept(proposal) | Msg::Accepted(proposal) | Msg::Learn(proposal) => {
                forger.one(&mut [&mut proposal.value]);
            }
            Msg::Nack { promised, .. } => forger.one(&mut [&mut promised.round]),
        }
    }
}

/// The part of [`ABOUT`], by its place there.
const SERVER: usize = 0;

impl crate::Entry for Paxos {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Server>::new])
    }

    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let (mut round, mut votes) = (0, Map::new());
        for server in world.ids().filter_map(|node| world.view(node)) {
            round = round.max(server.round());
            if let Some(accepted) = server.accepted() {
                *votes.entry(&accepted.value).or_insert(0) += 1;
            }
        }
        vec![round, votes.into_values().max().unwrap_or(0)]
    }
}

/// A value as a cell, of a colour that is the same wherever the value is.
fn cell(value: &Value, solid: bool) -> Cell {
    Cell { tone: digest(value) % 64, solid, text: value.chars().take(8).collect() }
}
