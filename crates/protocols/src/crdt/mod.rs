//! Conflict-free replicated data types (Shapiro, Preguiça, Baquero, Zawirski: Conflict-Free Replicated Data Types, SSS
//! 2011; A Comprehensive Study of Convergent and Commutative Replicated Data Types, INRIA 2011).
//!
//! Every *replica* takes updates by itself, without asking anybody: it works when it is alone, and nobody ever waits.
//! From time to time it sends its whole state to a neighbour, who *joins* it with its own.
//!
//! That replicas agree in the end is not the network's merit but that of the states. They are ordered, every update
//! moves a state upward, and the join of two states is the least state above both. So it makes no difference in what
//! order states arrive, how often, or by which way: whoever has seen the same updates has the same state. (In algebra:
//! join is commutative, associative and idempotent, a semilattice.)
//!
//! Four types are here, each with its own answer to what concurrent updates should mean (types.rs): a counter that
//! grows, one that goes both ways, a set in which an add wins over a concurrent remove, and a register in which the
//! later write wins.

mod about;
mod config;
mod invariants;
mod lines;
mod replica;
mod truth;
mod types;

pub use about::ABOUT;
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use replica::{Did, Replica, ReplicaDisk};
pub use types::{Dot, GCounter, Lattice, LwwRegister, OrSet, PnCounter, State, Type};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Node, Protocol, Seat, Shape, Tag, World};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Crdt;

/// An element or a value.
pub type Text = Arc<str>;

/// What replicas send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// All that a replica has.
    State {
        /// Its state.
        state: State,
        /// The highest number that it has used or heard of.
        clock: u64,
    },
}

/// What replicas wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// It is time to send the state to the next neighbour.
    Exchange,
}

/// What can be asked of a replica.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Count something, on the counter that only grows.
    Count {
        /// How many.
        by: u32,
    },
    /// Raise the counter that goes both ways.
    Increment {
        /// By how much.
        by: u32,
    },
    /// Lower it.
    Decrement {
        /// By how much.
        by: u32,
    },
    /// Put an element into the set.
    Add {
        /// Which.
        element: Text,
    },
    /// Take an element out of the set: all that is known here of it.
    Remove {
        /// Which.
        element: Text,
    },
    /// Give the register a value.
    Assign {
        /// Which.
        value: Text,
    },
    /// Tell everything.
    Read {},
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Count { by } => write!(f, "count {by}"),
            Op::Increment { by } => write!(f, "raise the counter by {by}"),
            Op::Decrement { by } => write!(f, "lower the counter by {by}"),
            Op::Add { element } => write!(f, "add {element}"),
            Op::Remove { element } => write!(f, "remove {element}"),
            Op::Assign { value } => write!(f, "write {value}"),
            Op::Read {} => write!(f, "read"),
        }
    }
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is done here; the others will see.
    Ok,
    /// What this replica has; nothing for types that it does not keep.
    Values(Values),
    /// This replica keeps no such type.
    Unsupported,
}

/// What a state means.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Values {
    /// The counter that only grows.
    pub count: Option<u64>,
    /// The counter that goes both ways.
    pub balance: Option<i64>,
    /// The set.
    pub set: Option<Vec<Text>>,
    /// The register; empty before the first write.
    pub register: Option<Text>,
}

impl Protocol for Crdt {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a Replica;

    fn tag(_msg: &Msg) -> Tag {
        Tag { name: "State", shape: Shape::Request }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Exchange => "exchange",
        }
    }
}

impl crate::Entry for Crdt {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Crdt>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Replica>::new])
    }

    fn measure(world: &World<Crdt>, monitor: &Invariants) -> Vec<u64> {
        vec![monitor.unseen(world), invariants::different_states(world)]
    }
}
