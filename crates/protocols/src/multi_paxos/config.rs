//! The settings, and the rules that can be broken.

use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How long a leader waits for word of another one before it sends a scout; drawn anew each time.
    pub patience: (Span, Span),
    /// How often an active leader says that it is there, and everything again that has had no answer since the last time.
    pub beat: Span,
    /// How long a replica waits for a decision before it proposes again.
    pub retry: Span,
    /// For how many slots a replica may have proposed without a decision.
    pub window: u64,
}

impl Default for Config {
    fn default() -> Config {
        let ms = Span::millis;
        Config { patience: (ms(150), ms(300)), beat: ms(50), retry: ms(200), window: 5 }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A leader that comes back goes on in its old ballot, and asks nobody what it has used of it.
    SlotReusedAfterRestart,
    /// A leader that is pre-empted takes a higher ballot, and asks nobody to adopt it.
    PreemptedGoesOn,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The replicas, in ascending order.
    pub replicas: Vec<NodeId>,
    /// The leaders.
    pub leaders: Vec<NodeId>,
    /// The acceptors.
    pub acceptors: Vec<NodeId>,
}

impl Settings {
    /// The settings for a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        let (low, high) = config.patience;
        for (setting, span) in [("patience", low), ("beat", config.beat), ("retry", config.retry)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        if high < low {
            let reason = format!("the range ends at {high}, before it begins at {low}: the shorter first");
            return Err(Impossible { setting: "patience", reason });
        }
        if config.window == 0 {
            let reason = "with 0 slots nothing could be proposed: 1 at least".to_owned();
            return Err(Impossible { setting: "window", reason });
        }
        Ok(Settings {
            config: config.clone(),
            bugs,
            replicas: cast.playing(super::REPLICA),
            leaders: cast.playing(super::LEADER),
            acceptors: cast.playing(super::ACCEPTOR),
        })
    }

    /// How many acceptors are a majority.
    pub fn majority(&self) -> usize {
        self.acceptors.len() / 2 + 1
    }
    /// The number of a leader, from 1.
    pub(super) fn number(&self, leader: NodeId) -> u16 {
        self.leaders.iter().take_while(|other| **other < leader).count() as u16 + 1
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
