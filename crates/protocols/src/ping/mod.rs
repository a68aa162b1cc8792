//! Ping: the smallest process worth reading, with one of everything that a process can have.
//!
//! A node knows its neighbours. Asked to, it sends each of them a *ping* and is content when all have answered with a
//! *pong*. It keeps data on its disk, and hands every new datum on to its neighbours. And it sends *heartbeats*, by
//! which the others know that it is there.
//!
//! What it cannot do is the lesson: a neighbour that is slow and one that is gone look just the same, so a ping may
//! stay without an answer for ever; and two data stored under one key at two nodes cross on the way, so that the nodes
//! end up with different ones.

mod about;
mod invariants;
mod lines;
mod node;

pub use about::ABOUT;
pub use invariants::AnsweredWasAsked;
pub use lines::{LINES, Line};
pub use node::PingNode;

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, OpId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Ping;

/// A key or a value.
pub type Text = Arc<str>;

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// Are you there?
    Ping {
        /// The operation that asks.
        id: OpId,
    },
    /// I am here.
    Pong {
        /// The operation that asked.
        id: OpId,
    },
    /// Keep this.
    Data {
        /// The key.
        key: Text,
        /// Its value.
        value: Text,
    },
    /// I am here, though nobody asked.
    Heartbeat,
}

/// What nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next heartbeat.
    Heartbeat,
}

/// What can be asked of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Ping all neighbours.
    Ping {},
    /// Keep a datum, and have the neighbours keep it.
    Store {
        /// The key.
        key: Text,
        /// The value.
        value: Text,
    },
    /// Read a datum that is kept here.
    Read {
        /// The key.
        key: Text,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is done: all neighbours answered, or the datum is kept.
    Ok,
    /// The datum.
    Value(Text),
    /// There is no such datum here.
    Absent,
}

impl Protocol for Ping {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a PingNode;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Ping { .. } => ("Ping", Shape::Request),
            Msg::Pong { .. } => ("Pong", Shape::Reply),
            Msg::Data { .. } => ("Data", Shape::Client),
            Msg::Heartbeat => ("Heartbeat", Shape::Request),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Heartbeat => "heartbeat",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        if let Msg::Data { value, .. } = msg {
            forger.one(&mut [value]);
        }
    }
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How often a node says that it is there.
    pub heartbeat: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { heartbeat: Span::millis(200) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A pong goes to the neighbour after the one that asked.
    AnswersTheWrongAsker,
}

/// What every node knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl crate::Entry for Ping {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = AnsweredWasAsked;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Ping>>>, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but heartbeats
        if config.heartbeat < shortest {
            let reason = format!("{} is too short: {shortest} at least", config.heartbeat);
            return Err(Impossible { setting: "heartbeat", reason });
        }
        let settings = Arc::new(Settings { config: config.clone(), bugs });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, PingNode>::new])
    }

    fn measure(world: &World<Ping>, _monitor: &AnsweredWasAsked) -> Vec<u64> {
        let waiting = |node| Some(world.view(node)?.asked().values().map(|left| left.len() as u64).sum::<u64>());
        vec![world.ids().filter_map(waiting).sum()]
    }
}
