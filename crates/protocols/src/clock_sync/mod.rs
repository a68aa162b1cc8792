//! Clock synchronisation, three ways.
//!
//! - Cristian (Probabilistic Clock Synchronization, 1989): a client asks a time server, and takes it that the answer has
//!   been on its way for half of the round trip. The true share is anything from nothing to all of it, so the error is
//!   at most half the round trip; no protocol can promise less without knowing more of the network.
//! - NTP's rule (Mills 1991): the same measurement again and again; of the last eight the one with the shortest round
//!   trip counts.
//! - Berkeley (Gusella, Zatti 1989): nobody's clock is right. The server asks all clocks, averages those that agree, and
//!   tells everybody, itself included, by how much to change.
//!
//! A clock that is behind is set forward. One that is ahead is never set back, for then a later event would have an
//! earlier time: it runs at half speed until the true time has caught up. Only a clock that was never set takes any time.

mod about;
mod client;
mod invariants;
mod lines;
mod server;
mod soft;

pub use about::ABOUT;
pub use client::{Client, Sample};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use server::Server;
pub use soft::{Nanos, SoftClock};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct ClockSync;

/// What servers and clients send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// What time is it? (Client to server.)
    Ask {
        /// The client's how-many-th question.
        nth: u64,
    },
    /// It is this time.
    Tell {
        /// The question that this answers.
        nth: u64,
        /// The server's clock.
        time: Nanos,
    },
    /// What does your clock show? (Server to client.)
    Poll {
        /// The server's how-many-th round.
        round: u64,
    },
    /// It shows this.
    Reading {
        /// The round.
        round: u64,
        /// The client's clock.
        time: Nanos,
    },
    /// Change your clock.
    Adjust {
        /// By so many nanoseconds, forward or back.
        by: i64,
    },
}

/// What servers and clients wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next measurement.
    Sync,
    /// The time by which readings must be there.
    Settle,
}

/// What can be asked of a server or client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Measure now.
    Sync {},
    /// What time is it?
    Read {},
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is done: the measurement is under way.
    Ok,
    /// The clock shows this, in nanoseconds.
    Time(Nanos),
}

/// What invariants see.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A server.
    Server(&'a Server),
    /// A client.
    Client(&'a Client),
}

impl View<'_> {
    /// The clock that it shows.
    pub fn clock(&self) -> &SoftClock {
        match self {
            View::Server(server) => server.clock(),
            View::Client(client) => client.clock(),
        }
    }
}

impl Protocol for ClockSync {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Ask { .. } => ("Ask", Shape::Request),
            Msg::Tell { .. } => ("Tell", Shape::Reply),
            Msg::Poll { .. } => ("Poll", Shape::Request),
            Msg::Reading { .. } => ("Reading", Shape::Reply),
            Msg::Adjust { .. } => ("Adjust", Shape::Client),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Sync => "sync",
            Timer::Settle => "settle",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Ask { .. } | Msg::Poll { .. } => {}
            Msg::Tell { time, .. } | Msg::Reading { time, .. } => *time += forger.below(1_000_000_000),
            Msg::Adjust { by } => *by = -*by,
        }
    }
}

/// How clocks are synchronised.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// By the latest answer of the server.
    Cristian,
    /// By the best of the last eight answers.
    Ntp,
    /// By the average of all clocks that agree.
    Berkeley,
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How clocks are synchronised.
    pub algorithm: Algorithm,
    /// How long from one measurement to the next, on one's own clock.
    pub period: Span,
    /// By how much clocks may differ to be averaged (Berkeley).
    pub tolerance: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { algorithm: Algorithm::Cristian, period: Span::millis(250), tolerance: Span::millis(500) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The whole round trip is added to the server's time.
    RoundTripNotHalved,
    /// A clock that is ahead is set back.
    AdjustsBackwards,
}

/// What everybody knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// Who has the time.
    pub servers: Vec<NodeId>,
}

impl Settings {
    fn is_broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    /// How long ago an answer left, given the round trip.
    fn half(&self, round_trip: Span) -> Nanos {
        if self.is_broken(Bug::RoundTripNotHalved) { round_trip.0 } else { round_trip.0 / 2 }
    }
}

impl crate::Entry for ClockSync {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<ClockSync>>>, Impossible> {
        let (shortest, longest) = (Span::millis(2), Span::secs(3_600));
        if !(shortest..=longest).contains(&config.period) {
            let reason = format!("{} is impossible: {shortest} to {longest}", config.period);
            return Err(Impossible { setting: "period", reason });
        }
        let servers = cast.playing(0);
        let settings = Arc::new(Settings { config: config.clone(), bugs, servers });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Server>::new, Seat::<Self, Client>::new])
    }

    fn measure(world: &World<ClockSync>, _monitor: &Invariants) -> Vec<u64> {
        let shown = |node| Some(world.view(node)?.clock().at(world.clock(node).read(world.now())));
        let clocks: Vec<Nanos> = world.ids().filter_map(shown).collect();
        let spread = clocks.iter().max().zip(clocks.iter().min()).map_or(0, |(most, least)| most - least);
        vec![spread / 1_000]
    }
}
