//! The settings of the registers, and the rules that can be broken in them.

use super::Tag;
use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How long a client waits before it asks the servers again that have not answered.
    pub retry: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { retry: Span::millis(200) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A read returns what it found at once.
    NoWriteBack,
    /// A writer counts its own writes only.
    NoQueryBeforeWrite,
    /// Half of the servers are enough.
    MinorityQuorum,
    /// A writer does not remember in a crash which tags it has used.
    TagNotDurable,
    /// A phase ends when every server has answered.
    WaitsForAll,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The servers, in ascending order.
    pub servers: Vec<NodeId>,
    /// The clients, in ascending order.
    clients: Vec<NodeId>,
}

impl Settings {
    /// The settings for the processes of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        if config.retry < shortest {
            let reason = format!("{} is too short: {shortest} at least", config.retry);
            return Err(Impossible { setting: "retry", reason });
        }
        let servers = cast.playing(super::SERVER);
        if servers.is_empty() {
            return Err(Impossible { setting: "server", reason: "there must be 1 server at least".to_owned() });
        }
        Ok(Settings { config: config.clone(), bugs, servers, clients: cast.playing(super::CLIENT) })
    }

    /// How many servers are a majority: any two share one.
    pub fn majority(&self) -> usize {
        self.servers.len() / 2 + 1
    }
    /// How many answers end a phase.
    pub fn enough(&self) -> usize {
        let all = self.servers.len();
        match () {
            () if self.broken(Bug::WaitsForAll) => all,
            () if self.broken(Bug::MinorityQuorum) => (all / 2).max(1),
            () => self.majority(),
        }
    }
    /// A tag in words: `3 of c1`.
    pub fn told(&self, tag: Tag) -> String {
        let writer = self.clients.iter().position(|client| Some(*client) == tag.writer);
        writer.map_or_else(|| tag.number.to_string(), |place| format!("{} of c{}", tag.number, place + 1))
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
