//! Distributed snapshots (Chandy, Lamport: Distributed Snapshots: Determining Global States of Distributed Systems,
//! 1985), of a bank.
//!
//! Branches send each other money. How much is there in all? Nobody can stop the bank to count, and branches that count
//! at different moments miss what is on its way, or count it twice. The snapshot finds a state that the whole system
//! *could* have been in: a cut through the run such that whatever was received before it was also sent before it.
//!
//! - Whoever starts records its own state, and sends a *marker* on every channel before anything else.
//! - A marker arrives for the first time: record your own state, the channel it came on as empty, and send markers.
//! - A marker arrives again: the channel it came on held what came on it since you recorded your own state.
//!
//! Channels keep the order, so a marker divides what was sent before the cut from what was sent after it. Anybody may
//! start, several at once; a snapshot is named by who started it and how many it started before.

mod about;
mod branch;
mod invariants;
mod lines;

pub use about::ABOUT;
pub use branch::{Branch, Recording};
pub use invariants::Invariants;
pub use lines::{LINES, Line};

use crate::about::{About, Bugs};
use crate::shared::channel::{Packet, Timer};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct ChandyLamport;

/// Money.
pub type Money = u64;

/// A snapshot, by who started it and how many it had started before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Snapshot {
    /// Who started it.
    pub initiator: NodeId,
    /// Its how-many-th, from 1.
    pub nth: u32,
}

/// What branches send each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Body {
    /// Money.
    Transfer {
        /// How much.
        amount: Money,
    },
    /// Here the snapshot cuts the channel.
    Marker {
        /// Which snapshot.
        snapshot: Snapshot,
    },
}

/// What can be asked of a branch.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Send money to another branch.
    Transfer {
        /// To whom.
        to: NodeId,
        /// How much; if there is less, all there is.
        amount: Money,
    },
    /// Take a snapshot of the whole bank.
    Snapshot {},
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// So much was sent.
    Sent(Money),
    /// There is no link to that branch.
    NoLink,
    /// This branch's part of the snapshot: its own money, and what was on its way to it.
    Recorded {
        /// What it had.
        money: Money,
        /// What its channels held.
        in_channels: Money,
    },
}

impl Protocol for ChandyLamport {
    type Msg = Packet<Body>;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a Branch;

    fn tag(msg: &Packet<Body>) -> Tag {
        let (name, shape) = match msg {
            Packet::Data { body: Body::Transfer { .. }, .. } => ("Transfer", Shape::Client),
            Packet::Data { body: Body::Marker { .. }, .. } => ("Marker", Shape::Request),
            Packet::Receipt { .. } => ("Receipt", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        timer.name()
    }
    fn forge(msg: &mut Packet<Body>, forger: &mut Forger) {
        if let Packet::Data { body: Body::Transfer { amount }, .. } = msg {
            forger.one(&mut [amount]);
        }
    }
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// What every branch has at first.
    pub money: Money,
    /// Whether branches send money, and now and then take a snapshot, without being asked.
    pub spontaneous: bool,
    /// How long from one such thing to the next: drawn from this range.
    pub act: (Span, Span),
    /// How long until what has no receipt is sent again.
    pub resend: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { money: 100, spontaneous: true, act: (Span::millis(20), Span::millis(120)), resend: Span::millis(150) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// Markers are sent with the next thing one does, not before it.
    MarkerNotFirst,
    /// What was on its way is not recorded.
    ChannelDropped,
    /// Channels do not keep the order.
    NotFifo,
}

/// What every branch knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl crate::Entry for ChandyLamport {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<ChandyLamport>>>, Impossible> {
        crate::shared::channel::check_spans(config.act, config.resend)?;
        let most = 1_000_000_000; // so that no sum over all branches overflows
        if config.money > most {
            let reason = format!("{} is too much for one branch: {most} at most", config.money);
            return Err(Impossible { setting: "money", reason });
        }
        let settings = Arc::new(Settings { config: config.clone(), bugs });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Branch>::new])
    }

    fn measure(world: &World<ChandyLamport>, monitor: &Invariants) -> Vec<u64> {
        let branches = || world.ids().filter_map(|node| world.view(node));
        let open = branches().map(|branch| branch.open().count() as u64).sum();
        vec![branches().map(Branch::money).sum(), open, monitor.on_its_way()]
    }
}
