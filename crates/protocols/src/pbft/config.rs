//! The settings, and the rules that can be broken.

use super::ViewNumber;
use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How many liars it is to put up with; if nothing is said, as many as there can be: (n - 1) / 3.
    pub f: Option<u16>,
    /// How long a client waits for answers before it asks all replicas.
    pub retry: Span,
    /// How long a replica waits for a request to be executed, or for a view to begin, before it wants another primary;
    /// twice as long each time that it was not long enough.
    pub timeout: Span,
    /// After so many requests there is a checkpoint; a primary is at most twice as far ahead of the last stable one.
    pub checkpoint: u64,
}

impl Default for Config {
    fn default() -> Config {
        Config { f: None, retry: Span::millis(250), timeout: Span::millis(250), checkpoint: 4 }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A quorum is one replica smaller: 2f.
    QuorumTwoF,
    /// What is prepared is executed; nobody waits for commits.
    NoCommitPhase,
    /// What a replica says it has prepared, and what a primary says follows from it, is believed.
    ViewChangeWithoutProofs,
    /// A replica does not look whether the request is the one that the digest stands for.
    DigestNotCompared,
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
    /// How many liars there may be among them.
    pub f: usize,
}

impl Settings {
    /// The settings for a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        for (setting, span) in [("retry", config.retry), ("timeout", config.timeout)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        if config.checkpoint == 0 {
            let reason = "with a checkpoint after 0 requests there would be nothing else: 1 at least".to_owned();
            return Err(Impossible { setting: "checkpoint", reason });
        }
        let replicas = cast.playing(super::REPLICA);
        let f = config.f.map_or(replicas.len().saturating_sub(1) / 3, usize::from);
        if f > 0 && f >= replicas.len() {
            let reason = format!("{f} liars among {} replicas leave nobody: fewer than there are", replicas.len());
            return Err(Impossible { setting: "f", reason });
        }
        Ok(Settings { config: config.clone(), bugs, replicas, f })
    }

    /// As many as can be waited for if f say nothing: n - f, which is 2f + 1 of 3f + 1. Any two have a correct replica
    /// in common if n > 3f.
    pub fn quorum(&self) -> usize {
        self.replicas.len() - self.f - usize::from(self.broken(Bug::QuorumTwoF) && self.f > 0)
    }
    /// So many include one who does not lie.
    pub fn one_is_honest(&self) -> usize {
        self.f + 1
    }
    /// The primary of a view: the replicas take turns.
    pub fn primary(&self, view: ViewNumber) -> NodeId {
        let turn = view % (self.replicas.len() as u64).max(1);
        self.replicas.get(turn as usize).copied().unwrap_or(NodeId(0))
    }
    /// How far a primary may be ahead of the last stable checkpoint.
    pub fn window(&self) -> u64 {
        self.config.checkpoint.saturating_mul(2)
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
