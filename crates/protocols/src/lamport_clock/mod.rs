//! Lamport's logical clocks (Lamport: Time, Clocks, and the Ordering of Events in a Distributed System, 1978), and the
//! total order of broadcasts that he builds on them.
//!
//! *Happened before*: `e -> f` if e comes before f in one process, if e sends the message that f receives, or by a chain
//! of these. A clock is a counter in each process that respects it: `e -> f` implies `C(e) < C(f)`. Two rules do it.
//!
//! - IR1: raise the clock between any two events.
//! - IR2: put the clock on every message; whoever receives one sets its own clock above it.
//!
//! Equal clocks are told apart by the process's number, and all events are in one order that everybody agrees on. So
//! everybody can deliver broadcasts in that order: a broadcast is due when it is the first in the queue and something
//! later has come from every other process, since channels keep the order and nothing earlier can come any more.
//!
//! The converse does not hold: `C(e) < C(f)` says nothing about who could know of whom. For that see vector clocks.

mod about;
mod invariants;
mod lines;
mod process;

pub use about::ABOUT;
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use process::LamportProcess;

use crate::about::{About, Bugs};
use crate::shared::channel::{Packet, Timer};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct LamportClock;

/// A logical time.
pub type Clock = u64;

/// What is broadcast.
pub type Text = Arc<str>;

/// A place in the total order: the clock, and between equal clocks the process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Stamp {
    /// The clock of the event that broadcast.
    pub clock: Clock,
    /// Where it was.
    pub process: NodeId,
}

/// A message: whatever the channel carries, with the sender's clock on it (IR2a).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Msg {
    /// The clock of the event that sent it.
    pub clock: Clock,
    /// What the channel carries.
    pub packet: Packet<Body>,
}

/// What processes tell each other, each with the clock of the event that said it first.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Body {
    /// Nothing in particular.
    Note {
        /// Its time.
        clock: Clock,
    },
    /// Deliver this in its turn.
    Request {
        /// Its time.
        clock: Clock,
        /// What to deliver.
        text: Text,
    },
    /// I have your request, and shall say nothing earlier than this any more.
    Ack {
        /// Its time.
        clock: Clock,
    },
}

impl Body {
    /// The time at which it was said.
    pub fn clock(&self) -> Clock {
        match self {
            Body::Note { clock } | Body::Request { clock, .. } | Body::Ack { clock } => *clock,
        }
    }
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
    /// Have everybody deliver a text, in one order.
    Broadcast {
        /// The text.
        text: Text,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It happened at this time.
    At(Clock),
    /// It was delivered here, as the how-many-th (from 1).
    Delivered(u64),
    /// There is no link to that node.
    NoLink,
}

impl Protocol for LamportClock {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a LamportProcess;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match &msg.packet {
            Packet::Data { body: Body::Note { .. }, .. } => ("Note", Shape::Client),
            Packet::Data { body: Body::Request { .. }, .. } => ("Request", Shape::Request),
            Packet::Data { body: Body::Ack { .. }, .. } => ("Ack", Shape::Reply),
            Packet::Receipt { .. } => ("Receipt", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        timer.name()
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        let Msg { clock, packet } = msg;
        match packet {
            Packet::Data { body: Body::Note { clock: stamp } | Body::Ack { clock: stamp }, .. } => {
                forger.one(&mut [clock, stamp]);
            }
            Packet::Data { body: Body::Request { clock: stamp, text }, .. } => forger.one(&mut [clock, stamp, text]),
            Packet::Receipt { .. } => forger.one(&mut [clock]),
        }
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
    /// How long until what has no receipt is sent again.
    pub resend: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { spontaneous: true, act: (Span::millis(100), Span::millis(400)), resend: Span::millis(150) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A received clock is ignored.
    NoMaxOnReceive,
    /// Sending is not counted as an event.
    NoTickOnSend,
    /// The first process breaks ties the other way round.
    TieBrokenDifferently,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl crate::Entry for LamportClock {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<LamportClock>>>, Impossible> {
        crate::shared::channel::check_spans(config.act, config.resend)?;
        let settings = Arc::new(Settings { config: config.clone(), bugs });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, LamportProcess>::new])
    }

    fn measure(world: &World<LamportClock>, _monitor: &Invariants) -> Vec<u64> {
        let processes = || world.ids().filter_map(|node| world.view(node));
        let clocks = || processes().map(LamportProcess::clock);
        let spread = clocks().max().unwrap_or(0) - clocks().min().unwrap_or(0);
        vec![spread, processes().map(|process| process.queued() as u64).sum()]
    }
}
