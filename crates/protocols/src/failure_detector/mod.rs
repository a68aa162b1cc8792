//! Failure detectors (Chandra, Toueg: Unreliable Failure Detectors for Reliable Distributed Systems, 1996; Hayashibara,
//! Défago, Yared, Katayama: The φ Accrual Failure Detector, 2004).
//!
//! Every node tells its neighbours in every period that it is there: a *heartbeat*. A neighbour that falls silent for too
//! long is *suspected*; when it is heard again, the suspicion is withdrawn.
//!
//! How long is too long? With a *time-out*, a fixed time. An *accrual* detector learns instead how regularly a neighbour's
//! heartbeats come, and asks how improbable its present silence is: φ = 1 means that one silence in ten lasts so long
//! though all is well, φ = 3 one in a thousand (patience.rs).
//!
//! Whoever crashes is suspected in the end, and for ever (*completeness*). That nobody else is (*accuracy*) no detector can
//! promise while messages may take any time: slow and dead look the same. It can where delays have a bound, once
//! the time-out is longer than a period and the bound.
//!
//! Heartbeats are numbered, since the network may double and delay them: an old one proves nothing. After a crash the
//! numbers would begin anew, so every life of a node has a number too, its *epoch*, which is on its disk.

mod about;
mod invariants;
mod lines;
mod node;
mod patience;

pub use about::ABOUT;
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use node::{Disk, FailureDetector, Peer};
pub use patience::{Arrivals, phi_thousandths};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Condition, Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, Time, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct FailureDetection;

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// I am here.
    Heartbeat {
        /// Which life of the sender this is.
        epoch: u64,
        /// How many heartbeats it has sent in this life.
        number: u64,
        /// What the sender's clock showed, for people to look at. No two clocks are the same, so nothing may hang on it.
        sent: Time,
    },
}

/// What nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next period.
    Period,
    /// A neighbour has been silent for too long.
    Silence(NodeId),
}

/// What can be asked of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Whom do you suspect?
    Suspects {},
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// These neighbours.
    Suspects(Vec<NodeId>),
}

impl Protocol for FailureDetection {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a FailureDetector;

    fn tag(Msg::Heartbeat { .. }: &Msg) -> Tag {
        Tag { name: "Heartbeat", shape: Shape::Request }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Period => "period",
            Timer::Silence(_) => "silence",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        let Msg::Heartbeat { number, .. } = msg;
        forger.one(&mut [number]);
    }
}

/// How silence is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// By a fixed time.
    Timeout,
    /// By how improbable it is.
    Phi,
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How silence is judged.
    pub method: Method,
    /// The time from one heartbeat of a node to its next.
    pub period: Span,
    /// With time-outs: the silence that is too long.
    pub timeout: Span,
    /// With φ: the value from which on a neighbour is suspected.
    pub threshold: u32,
    /// With φ: how many times between heartbeats are remembered.
    pub window: u32,
    /// With φ: the least standard deviation that is believed, or a few heartbeats like clockwork would make the first
    /// that is a little late a suspicion.
    pub least_deviation: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            method: Method::Timeout,
            period: Span::millis(100),
            timeout: Span::millis(350),
            threshold: 8,
            window: 100,
            least_deviation: Span::millis(10),
        }
    }
}

impl Config {
    /// Which setting is impossible, if any.
    fn check(&self) -> Result<(), Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but heartbeats
        for (setting, span) in [("period", self.period), ("timeout", self.timeout)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        if !(1..=100).contains(&self.threshold) {
            let reason = format!("{} is no value of φ to wait for: from 1 to 100", self.threshold);
            return Err(Impossible { setting: "threshold", reason });
        }
        if !(2..=10_000).contains(&self.window) {
            let reason = format!("a window of {} heartbeats: from 2 to 10000", self.window);
            return Err(Impossible { setting: "window", reason });
        }
        Ok(())
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// Heartbeats count whatever their number.
    NumberIgnored,
    /// Silence counts from when a heartbeat was sent by its sender's clock.
    SendersClock,
    /// Who was suspected once is suspected for ever.
    NeverForgives,
}

/// What every node knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl Settings {
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}

impl crate::Entry for FailureDetection {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<FailureDetection>>>, Impossible> {
        config.check()?;
        let settings = Arc::new(Settings { config: config.clone(), bugs });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, FailureDetector>::new])
    }

    fn measure(world: &World<FailureDetection>, monitor: &Invariants) -> Vec<u64> {
        let (mut wrong, mut missed) = (0, 0);
        for node in world.ids().filter_map(|id| world.view(id)) {
            for (peer, state) in node.peers() {
                let down = world.condition(*peer) == Condition::Down;
                wrong += u64::from(state.suspected && !down);
                missed += u64::from(!state.suspected && down);
            }
        }
        vec![wrong, missed, monitor.detection().0 / 1_000_000]
    }
}
