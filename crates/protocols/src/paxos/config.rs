//! The settings, and the rules that can be broken.

use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How long a server that nobody asked waits to be told what is chosen, before it proposes something itself.
    pub patience: (Span, Span),
    /// How long a proposer tries to get a ballot through its two phases.
    pub timeout: Span,
    /// How long a proposer that failed waits before it tries again.
    pub back_off: (Span, Span),
}

impl Default for Config {
    fn default() -> Config {
        let ms = Span::millis;
        Config { patience: (ms(500), ms(3_000)), timeout: ms(60), back_off: (Span::ZERO, ms(60)) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A restart forgets what was promised.
    PromiseNotDurable,
    /// A proposer proposes its own value, whatever has been accepted.
    OwnValue,
    /// Half of the servers, rounded down, pass for a majority.
    QuorumOfHalf,
    /// An acceptor accepts in ballots below its promise.
    AcceptsBelowPromise,
}

/// What every server knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The servers, in ascending order.
    pub servers: Vec<NodeId>,
}

impl Settings {
    /// The settings for a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        let (patience, back_off) = (config.patience, config.back_off);
        for (setting, span) in [("timeout", config.timeout), ("patience", patience.0)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        for (setting, (low, high)) in [("patience", patience), ("back-off", back_off)] {
            if high < low {
                let reason = format!("the range ends at {high}, before it begins at {low}: the shorter first");
                return Err(Impossible { setting, reason });
            }
        }
        let servers = cast.playing(super::SERVER);
        if servers.is_empty() {
            return Err(Impossible { setting: "server", reason: "1 server at least has to vote".to_owned() });
        }
        Ok(Settings { config: config.clone(), bugs, servers })
    }

    /// Within this time a message counts as timely: four of them, and the three writes between, fit into a ballot's time.
    pub fn bound(&self) -> Span {
        self.config.timeout.scale(1, 8)
    }
    /// How many servers are a majority.
    pub fn majority(&self) -> usize {
        self.servers.len() / 2 + 1
    }
    /// How many servers are enough, in their own opinion.
    pub(super) fn quorum(&self) -> usize {
        if self.broken(Bug::QuorumOfHalf) { (self.servers.len() / 2).max(1) } else { self.majority() }
    }
    /// The servers other than this one.
    pub(super) fn others(&self, me: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.servers.iter().copied().filter(move |server| *server != me)
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
