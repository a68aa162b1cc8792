//! Multi-Paxos (van Renesse, Altinbuken: Paxos Made Moderately Complex, 2015): one Paxos for each slot of a log, with the
//! first phase paid for only once.
//!
//! *Replicas* take commands from clients, propose each for the next free *slot* of the log, learn which command was
//! decided for each, and perform them in the order of slots: so all go through the same states.
//!
//! *Leaders* see to it that a slot gets one command. A leader first has its ballot adopted by a majority of the
//! *acceptors*: its *scout* asks them all, for all slots at once, to have no part in lower ballots, and hears what they
//! have accepted. What may have been decided under earlier ballots the leader must propose again. From then on it is
//! active: each further command takes one round trip, led by a *commander*, from a request to accept it to a majority
//! that has.
//!
//! A leader that hears of a higher ballot is *pre-empted*: it has no say any more until its own next ballot is adopted.
//! An active leader tells the others that it is there, and as long as they hear it, they leave it in office.
//!
//! Acceptors force to their disks what they adopt and accept, leaders the last round they began. Leaders and replicas
//! forget everything else in a crash, and learn it again.

mod about;
mod acceptor;
mod config;
mod invariants;
mod leader;
mod lines;
mod replica;
mod slots;

pub use about::ABOUT;
pub use acceptor::{Acceptor, Vows};
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use leader::{LastRound, Leader, Mode};
pub use lines::{LINES, Line};
pub use replica::Replica;
pub use slots::Slots;

use crate::about::{About, Bugs};
pub use crate::shared::kv::{Op, Ret, Store};
use crate::{Cast, Impossible};
use netsplit_check::verdict::Level;
use netsplit_sim::{Forger, Node, OpId, Protocol, Seat, Shape, Tag, World};
use serde::Serialize;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct MultiPaxos;

/// A place in the log, from 1.
pub type Slot = u64;

/// What a client asked for. No two have the same name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Command {
    /// Its name: that of the client's operation.
    pub id: OpId,
    /// What to do.
    pub op: Arc<Op>,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op {}: {}", self.id.0, self.op)
    }
}

/// The number of a ballot. No two leaders share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Ballot {
    /// The round: this counts first.
    pub round: u64,
    /// Whose ballot it is: 1 for the first leader.
    pub leader: u16,
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.round, self.leader)
    }
}

/// What an acceptor accepted for a slot; with the slot, the paper's pvalue.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Vote {
    /// In which ballot.
    pub ballot: Ballot,
    /// What.
    pub command: Command,
}

/// What replicas, leaders and acceptors send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A replica to all leaders: this command for this slot.
    Propose {
        /// The slot.
        slot: Slot,
        /// The command.
        command: Command,
    },
    /// A scout to acceptors: adopt my ballot.
    P1a {
        /// The ballot.
        ballot: Ballot,
    },
    /// An acceptor to a scout.
    P1b {
        /// The ballot that was asked for.
        ballot: Ballot,
        /// The ballot that it has adopted: the same, or a higher one.
        adopted: Ballot,
        /// What it has accepted.
        accepted: Slots<Vote>,
    },
    /// A commander to acceptors: accept this command for this slot.
    P2a {
        /// The ballot.
        ballot: Ballot,
        /// The slot.
        slot: Slot,
        /// The command.
        command: Command,
    },
    /// An acceptor to a commander.
    P2b {
        /// The ballot in which it was asked.
        ballot: Ballot,
        /// The slot.
        slot: Slot,
        /// The ballot that it has adopted: the same if it has accepted, or a higher one.
        adopted: Ballot,
    },
    /// A leader to replicas: this command it is.
    Decision {
        /// The slot.
        slot: Slot,
        /// The command.
        command: Command,
    },
    /// An active leader to leaders and replicas: I am here, and all slots up to this one are decided.
    Alive {
        /// Its ballot.
        ballot: Ballot,
        /// The slot.
        decided: Slot,
    },
    /// A replica to a leader: I lack decisions from this slot on.
    Missing {
        /// The slot.
        from: Slot,
    },
}

/// What processes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A leader: word of another one that leads.
    Patience,
    /// A leader that scouts or is active: the time to say everything again that has had no answer.
    Beat,
    /// A replica: decisions on what it proposed.
    Retry,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A replica.
    Replica(&'a Replica),
    /// A leader.
    Leader(&'a Leader),
    /// An acceptor.
    Acceptor(&'a Acceptor),
}

impl View<'_> {
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        match self {
            View::Replica(replica) => replica.settings(),
            View::Leader(leader) => leader.settings(),
            View::Acceptor(acceptor) => acceptor.settings(),
        }
    }
}

impl Protocol for MultiPaxos {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Propose { .. } => ("propose", Shape::Client),
            Msg::P1a { .. } => ("p1a", Shape::Request),
            Msg::P1b { .. } => ("p1b", Shape::Reply),
            Msg::P2a { .. } => ("p2a", Shape::Request),
            Msg::P2b { .. } => ("p2b", Shape::Reply),
            Msg::Decision { .. } => ("decision", Shape::Client),
            Msg::Alive { .. } => ("alive", Shape::Request),
            Msg::Missing { .. } => ("missing", Shape::Request),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Patience => "patience",
            Timer::Beat => "beat",
            Timer::Retry => "retry",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Propose { slot, command } | Msg::Decision { slot, command } => {
                forger.one(&mut [slot, &mut command.op]);
            }
            Msg::P1a { ballot } => forger.one(&mut [&mut ballot.round]),
            Msg::P1b { adopted, accepted, .. } => {
                *accepted = Slots::default();
                forger.one(&mut [&mut adopted.round]);
            }
            Msg::P2a { slot, command, .. } => forger.one(&mut [slot, &mut command.op]),
            Msg::P2b { slot, adopted, .. } => forger.one(&mut [slot, &mut adopted.round]),
            Msg::Alive { decided, .. } => forger.one(&mut [decided]),
            Msg::Missing { from } => forger.one(&mut [from]),
        }
    }
    fn forge_answer(ret: &mut Ret, forger: &mut Forger) {
        forger.one(&mut [ret]);
    }
}

/// The parts of [`ABOUT`], by their place there.
const REPLICA: usize = 0;
const LEADER: usize = 1;
const ACCEPTOR: usize = 2;

impl crate::Entry for MultiPaxos {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(
            Self::ABOUT,
            &settings,
            &[Seat::<Self, Replica>::new, Seat::<Self, Leader>::new, Seat::<Self, Acceptor>::new],
        )
    }

    fn promise(_config: &Config) -> Option<Level> {
        Some(Level::Linearizable)
    }

    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let views = world.ids().filter_map(|node| world.view(node));
        let performed = views.filter_map(|view| match view {
            View::Replica(replica) => Some(replica.performed()),
            _ => None,
        });
        let performed: Vec<Slot> = performed.collect();
        let (most, least) = (performed.iter().copied().max(), performed.iter().copied().min());
        let most = most.unwrap_or(0);
        vec![most, most - least.unwrap_or(most)]
    }
}
