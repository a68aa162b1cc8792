//! Ben-Or's randomised agreement (Ben-Or: Another Advantage of Free Choice, 1983; the version for processes that crash).
//!
//! Every process has a bit, and all must decide on one of these, over a network in which a message may take any time. No
//! deterministic protocol can promise that (Fischer, Lynch, Paterson 1985). This one tosses coins, and ends with
//! probability 1.
//!
//! Of `n` processes `f` may be silent, and `n > 2f`. They go through rounds of two phases, and in each wait for `n - f`
//! statements, their own among them; to wait for more might be to wait for ever.
//!
//! First each *reports* its bit. Whoever sees more than `n / 2` reports of one bit *proposes* it, everybody else proposes
//! nothing; since two majorities meet, no round has proposals of both bits. Whoever then sees a bit proposed `f + 1`
//! times *decides* it: everybody who waits for `n - f` proposals sees it at least once. Whoever sees it once takes it
//! over. Whoever sees none has learned nothing, and tosses a coin for its next bit.
//!
//! So if somebody decides, all begin the next round with that bit, and decide it too. If nobody does, the coins may fall
//! alike: sooner or later they do.
//!
//! What a process said is forced to its disk first, so that a crash and a restart are but a long silence. What is lost
//! is said again until enough answers are there.

mod about;
mod config;
mod invariants;
mod lines;
mod process;

pub use about::ABOUT;
pub use config::{Bug, Config, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use process::{Record, Said, Voter};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, Protocol, Seat, Shape, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct BenOr;

/// What is decided on: 0 or 1.
pub type Bit = u8;

/// A round, from 1.
pub type Round = u64;

/// What processes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// Phase 1: my bit in this round.
    Report {
        /// The round.
        round: Round,
        /// The bit.
        bit: Bit,
        /// Said again, by one that lacks yours.
        again: bool,
    },
    /// Phase 2: the bit that more than half reported, if I saw one.
    Propose {
        /// The round.
        round: Round,
        /// The bit.
        bit: Option<Bit>,
        /// Said again, by one that lacks yours.
        again: bool,
    },
}

/// What processes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The time to begin.
    Begin,
    /// The time to say again what has not been answered.
    Again,
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Begin, if you have not.
    Begin {},
    /// Say what you have decided.
    Read {},
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is under way.
    Ok,
    /// This bit is decided.
    Decided(Bit),
    /// Nothing is decided here yet.
    Undecided,
}

impl Protocol for BenOr {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a Voter;

    fn tag(msg: &Msg) -> Tag {
        let name = match msg {
            Msg::Report { bit: 0, .. } => "Report 0",
            Msg::Report { .. } => "Report 1",
            Msg::Propose { bit: Some(0), .. } => "Propose 0",
            Msg::Propose { bit: Some(_), .. } => "Propose 1",
            Msg::Propose { bit: None, .. } => "Propose ?",
        };
        let shape = if matches!(msg, Msg::Report { .. }) { Shape::Request } else { Shape::Reply };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Begin => "begin",
            Timer::Again => "again",
        }
    }
    fn forge(msg: &mut Msg, _forger: &mut Forger) {
        match msg {
            Msg::Report { bit, .. } => *bit ^= 1,
            Msg::Propose { bit, .. } => *bit = Some(bit.map_or(0, |bit| bit ^ 1)),
        }
    }
}

impl crate::Entry for BenOr {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Voter>::new])
    }

    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let voters = || world.ids().filter_map(|node| world.view(node));
        let round = voters().map(Voter::round).max().unwrap_or(0);
        vec![round, voters().filter(|voter| voter.decided().is_some()).count() as u64]
    }
}
