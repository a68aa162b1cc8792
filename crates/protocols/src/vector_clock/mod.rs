//! Vector clocks (Fidge 1988; Mattern: Virtual Time and Global States of Distributed Systems, 1989): happened-before,
//! exactly.
//!
//! Each process counts its own events, and keeps beside that what it knows of everybody else's counts: a vector `V` with
//! an entry for each process. Every message carries its sender's vector; the receiver takes the greater of each entry
//! and counts its own event. So `V(e)[p]` is how many events of p are in the past of e, and
//!
//! > `e -> f` exactly when `V(e) < V(f)`: no entry is greater, and one is less.
//!
//! If neither vector is less, neither event could know of the other: they are concurrent. A Lamport clock cannot say
//! that; the price for it is an entry per process.

mod about;
mod clock;
mod invariants;
mod lines;
mod process;

pub use about::ABOUT;
pub use clock::{Missing, Order, Vector};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use process::VectorProcess;

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct VectorClock;

/// A message: nothing but the vector of the event that sent it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Note {
    /// The sender's vector.
    pub stamp: Vector,
}

/// What processes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next thing to do of one's own accord.
    Act,
}

/// What can be asked of a process.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// An event that concerns nobody else.
    Local {},
    /// Send somebody a message.
    Send {
        /// To whom.
        to: NodeId,
    },
    /// Compare the latest event of one process that is known here with that of another.
    Compare {
        /// The one.
        a: NodeId,
        /// The other.
        b: NodeId,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It happened, with this entry of its own.
    At(u64),
    /// How the first event stands to the second.
    Is(Order),
    /// Nothing was heard from one of them.
    Unheard,
    /// There is no link to that node.
    NoLink,
}

impl Protocol for VectorClock {
    type Msg = Note;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a VectorProcess;

    fn tag(_msg: &Note) -> Tag {
        Tag { name: "Note", shape: Shape::Request }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Act => "act",
        }
    }
    fn forge(msg: &mut Note, forger: &mut Forger) {
        forger.one(&mut [&mut msg.stamp]);
    }
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Whether processes do something now and then without being asked.
    pub spontaneous: bool,
    /// How long from one such thing to the next: drawn from this range.
    pub act: (Span, Span),
}

impl Default for Config {
    fn default() -> Config {
        Config { spontaneous: true, act: (Span::millis(50), Span::millis(250)) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A received vector is ignored.
    NoMerge,
    /// A received vector is taken over, but receiving is not counted.
    NoTickOnReceive,
    /// Vectors that have entries for different processes are taken for incomparable.
    MissingIncomparable,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl crate::Entry for VectorClock {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<VectorClock>>>, Impossible> {
        crate::shared::channel::check_spans(config.act, Span::MAX)?;
        let settings = Arc::new(Settings { config: config.clone(), bugs });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, VectorProcess>::new])
    }

    fn measure(world: &World<VectorClock>, _monitor: &Invariants) -> Vec<u64> {
        let up = || world.ids().filter_map(|node| Some((node, world.view(node)?.clock())));
        let behind = |(node, own): (NodeId, &Vector)| {
            up().map(|(_, other)| own.entry(node).saturating_sub(other.entry(node))).max()
        };
        vec![up().filter_map(behind).max().unwrap_or(0)]
    }
}
