//! A reliable link over one that is not: acknowledgement, retry, deduplication, and a sliding window (after Stenning: A
//! Data Transfer Protocol, 1976; Cerf, Kahn: A Protocol for Packet Network Intercommunication, 1974).
//!
//! The network loses messages, doubles them and lets them overtake each other; both ends may crash. Every parcel that a
//! sender accepts is to arrive exactly once, and in order.
//!
//! Four rules do it. The sender *numbers* its parcels, and keeps each in its outbox until it is acknowledged. It sends
//! what is in its *window*, the first few of the outbox, and *repeats* them while no acknowledgement comes (sender.rs). The
//! receiver delivers only the number that is due: lower ones it had before, higher ones wait for those between. And it
//! *acknowledges* how far it has come, but not before that is on its disk (receiver.rs).
//!
//! Each rule has its crash. The outbox and the next number must be on the sender's disk, or a restart would lose parcels
//! and use numbers twice; what is delivered must be on the receiver's, or it would be acknowledged and gone.
//!
//! What nobody can have is certainty: after the last try without an answer the sender may give up and say so, but not know
//! whether the parcel arrived.

mod about;
mod invariants;
mod lines;
mod receiver;
mod sender;

pub use about::ABOUT;
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use receiver::{Inbox, Receiver};
pub use sender::{Outbox, Sender, Waiting};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, OpId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct ReliableLink;

/// The number of a parcel among those of its sender, from 0.
pub type Seq = u64;

/// What a client wants brought to the other side.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Parcel {
    /// The client's name for it.
    pub id: OpId,
    /// What is in it.
    pub text: Arc<str>,
}

/// What the two ends send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A parcel.
    Data {
        /// Its number.
        seq: Seq,
        /// The lowest number that the sender still offers: what lies below was acknowledged or given up.
        floor: Seq,
        /// What is to be delivered.
        parcel: Parcel,
    },
    /// How far the receiver has come.
    Ack {
        /// The number that is due next: all below are delivered, or were given up by the sender.
        due: Seq,
    },
}

/// What the ends wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// No acknowledgement has come.
    Retry,
}

/// What can be asked of a sender.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Bring this to the other side.
    Send {
        /// What to bring.
        text: Arc<str>,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is on the other side.
    Delivered,
    /// It was sent as often as set, and never acknowledged: it may have arrived or not.
    GaveUp,
    /// This end of the link does not send.
    NotASender,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A sender.
    Sender(&'a Sender),
    /// A receiver.
    Receiver(&'a Receiver),
}

impl Protocol for ReliableLink {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Data { .. } => ("Data", Shape::Request),
            Msg::Ack { .. } => ("Ack", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Retry => "retry",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Data { seq, parcel, .. } => forger.one(&mut [seq, &mut parcel.text]),
            Msg::Ack { due } => forger.one(&mut [due]),
        }
    }
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How many parcels may be under way at once.
    pub window: u32,
    /// How long a sender waits for an acknowledgement before it sends again.
    pub retry: Span,
    /// After how many tries it gives a parcel up; 0 for never.
    pub give_up: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { window: 4, retry: Span::millis(80), give_up: 0 }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A parcel that comes again is delivered again.
    NoDeduplication,
    /// The acknowledgement does not wait for the disk.
    AckBeforeDurable,
    /// The next number is not on the disk.
    SequenceReused,
}

/// What both ends know from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    senders: Vec<NodeId>,
    receivers: Vec<NodeId>,
}

impl Settings {
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    /// Who is at the other end from a sender: the first sender speaks to the first receiver, the second to the second, and
    /// so on, and round again if there are more senders.
    pub fn receiver_of(&self, sender: NodeId) -> NodeId {
        let place = self.senders.iter().position(|other| *other == sender).unwrap_or(0);
        self.receivers.get(place % self.receivers.len().max(1)).copied().unwrap_or(sender)
    }
}

/// The parts of [`ABOUT`], by their place there.
const SENDER: usize = 0;
const RECEIVER: usize = 1;

impl crate::Entry for ReliableLink {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<ReliableLink>>>, Impossible> {
        let impossible = |setting, reason: &str| Impossible { setting, reason: reason.to_owned() };
        if !(1..=1_000).contains(&config.window) {
            return Err(impossible("window", "from 1 to 1000 parcels can be under way"));
        }
        if config.retry < Span::millis(1) {
            return Err(impossible("retry", "below 1ms a run would be nothing but retries"));
        }
        let (senders, receivers) = (cast.playing(SENDER), cast.playing(RECEIVER));
        let settings = Arc::new(Settings { config: config.clone(), bugs, senders, receivers });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Sender>::new, Seat::<Self, Receiver>::new])
    }

    fn measure(world: &World<ReliableLink>, monitor: &Invariants) -> Vec<u64> {
        let (mut delivered, mut waiting, mut repeated) = (0, 0, 0);
        for view in world.ids().filter_map(|id| world.view(id)) {
            match view {
                View::Sender(sender) => {
                    waiting += sender.outbox().parcels.len() as u64;
                    repeated += sender.repeated();
                }
                View::Receiver(receiver) => {
                    delivered += receiver.inboxes().values().map(|inbox| inbox.delivered).sum::<u64>();
                }
            }
        }
        let price = (100 * monitor.messages()).checked_div(delivered).unwrap_or(0);
        vec![delivered, waiting, repeated, price]
    }
}
