//! The settings, and the rules that can be broken.

use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How the coordinators agree.
    pub core: Consensus,
    /// How often a device asks for what comes next.
    pub poll: Span,
    /// How many places are told at a time.
    pub batch: u32,
}

/// The consensus protocols that there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consensus {
    /// A majority has to be up.
    MultiPaxos,
    /// A majority has to be up.
    #[default]
    Raft,
    /// Of 3f + 1 coordinators f may lie.
    Pbft,
}

impl Default for Config {
    fn default() -> Config {
        Config { core: Consensus::Raft, poll: Span::millis(100), batch: 8 }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The policy is looked at by the coordinator that is asked, when it is asked, and by nobody later.
    PolicyFromStaleReplica,
    /// A device that restarts begins with the first place.
    PositionNotDurable,
    /// A device does what it hears of, whatever it lacks before that.
    GapNotNoticed,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The coordinators, in ascending order.
    pub coordinators: Vec<NodeId>,
    /// The devices.
    pub devices: Vec<NodeId>,
}

impl Settings {
    /// The settings for a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        if config.poll < shortest {
            let reason = format!("{} is too short: {shortest} at least", config.poll);
            return Err(Impossible { setting: "poll", reason });
        }
        if config.batch == 0 {
            let reason = "with 0 places nothing would ever be told: 1 at least".to_owned();
            return Err(Impossible { setting: "batch", reason });
        }
        let coordinators = cast.playing(super::COORDINATOR);
        if coordinators.is_empty() {
            let reason = "somebody has to agree: 1 coordinator at least".to_owned();
            return Err(Impossible { setting: "coordinator", reason });
        }
        Ok(Settings { config: config.clone(), bugs, coordinators, devices: cast.playing(super::DEVICE) })
    }

    /// How many coordinators have to say the same to be believed: one of them does not lie.
    pub fn voices(&self) -> usize {
        match self.config.core {
            Consensus::MultiPaxos | Consensus::Raft => 1,
            Consensus::Pbft => (self.coordinators.len() - 1) / 3 + 1,
        }
    }
    /// Whom a device asks in its so many-th turn: one after another, or all if one is not enough.
    pub fn asked(&self, turn: u64) -> &[NodeId] {
        let all = &self.coordinators[..];
        let at = (turn % all.len() as u64) as usize;
        if self.voices() > 1 { all } else { &all[at..=at] }
    }
    /// The number of a coordinator, from 0.
    pub fn number(&self, coordinator: NodeId) -> Option<u16> {
        self.coordinators.iter().position(|other| *other == coordinator).map(|at| at as u16)
    }
    /// What a node is called.
    pub fn name(&self, node: NodeId) -> String {
        let device = self.devices.iter().position(|device| *device == node);
        match (self.number(node), device) {
            (Some(number), _) => format!("n{}", number + 1),
            (None, Some(at)) => format!("d{}", at + 1),
            (None, None) => format!("node {}", node.0),
        }
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
