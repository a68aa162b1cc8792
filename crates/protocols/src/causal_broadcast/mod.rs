//! Causal broadcast (Birman, Schiper, Stephenson: Lightweight Causal and Atomic Group Multicast, 1991; their CBCAST).
//!
//! Everybody tells everybody, and an answer must never arrive before its question. Each process counts, for every other,
//! how many of its posts it has delivered: the vector `VT`. A post carries the vector of its sender, and that says
//! exactly what the sender had delivered when it wrote. A receiver holds the post back until it has delivered as much:
//!
//! - all earlier posts of the same sender: `VT(m)[j] = VT[j] + 1`, and
//! - all that the sender had delivered from others: `VT(m)[k] <= VT[k]` for every other `k`.
//!
//! Nobody waits for anything else: posts that have nothing to do with each other come in any order, and may come in
//! different orders at different processes. Nobody is asked, and no acknowledgement is waited for.

mod about;
mod invariants;
mod lines;
mod process;

pub use about::ABOUT;
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use process::{CausalProcess, Delivered};

use crate::about::{About, Bugs};
use crate::shared::channel::{Packet, Timer};
use crate::{Cast, Impossible};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct CausalBroadcast;

/// For each process, how many of its posts were delivered.
pub type Vector = Map<NodeId, u64>;

/// What is posted.
pub type Text = Arc<str>;

/// What one process tells all others.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Post {
    /// The sender's vector, this post counted.
    pub stamp: Vector,
    /// What it says.
    pub text: Text,
}

/// What can be asked of a process.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Tell everybody.
    Broadcast {
        /// What.
        text: Text,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is this process's how-many-th post.
    Posted(u64),
}

impl Protocol for CausalBroadcast {
    type Msg = Packet<Post>;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a CausalProcess;

    fn tag(msg: &Packet<Post>) -> Tag {
        match msg {
            Packet::Data { .. } => Tag { name: "Post", shape: Shape::Request },
            Packet::Receipt { .. } => Tag { name: "Receipt", shape: Shape::Reply },
        }
    }

    fn timer_name(timer: Timer) -> &'static str {
        timer.name()
    }
    fn forge(msg: &mut Packet<Post>, forger: &mut Forger) {
        if let Packet::Data { body, .. } = msg {
            forger.one(&mut [&mut body.text]);
        }
    }
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Whether processes post, and answer every other post, without being asked.
    pub spontaneous: bool,
    /// How long from one such post to the next: drawn from this range.
    pub act: (Span, Span),
    /// How long until what has no receipt is sent again.
    pub resend: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { spontaneous: true, act: (Span::millis(100), Span::millis(500)), resend: Span::millis(150) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// What arrives is delivered at once.
    DeliverOnReceipt,
    /// What a post depends on is counted as delivered when the post arrives.
    MergedTooEarly,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl crate::Entry for CausalBroadcast {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<CausalBroadcast>>>, Impossible> {
        crate::shared::channel::check_spans(config.act, config.resend)?;
        let settings = Arc::new(Settings { config: config.clone(), bugs });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, CausalProcess>::new])
    }

    fn measure(world: &World<CausalBroadcast>, monitor: &Invariants) -> Vec<u64> {
        let processes = || world.ids().filter_map(|node| world.view(node));
        let delivered = processes().map(|process| process.delivered().len() as u64).sum();
        let held = processes().map(|process| u64::from(process.holds())).sum();
        vec![delivered, held, monitor.missing(world)]
    }
}
