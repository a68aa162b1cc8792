//! The settings of a lock, and the rules that can be broken in it.

use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How long a server grants a lease, on its own clock.
    pub lease: Span,
    /// By how many percent any clock may run too fast or too slow: clients make their leases shorter for it.
    pub drift: u64,
    /// The range from which is drawn how long a client prepares what it writes.
    pub work: (Span, Span),
}

impl Default for Config {
    fn default() -> Config {
        Config { lease: Span::millis(300), drift: 20, work: (Span::millis(30), Span::millis(250)) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The resource does not look at tokens.
    NoFencing,
    /// A client counts its lease from when it is granted, in full.
    LeaseOnWrongClock,
    /// A server ends a lease whoever gives it back.
    UnlocksAnothers,
    /// One server is enough.
    NoMajority,
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
    /// The resource, if there is one.
    pub resource: Option<NodeId>,
    /// The clients, in ascending order.
    clients: Vec<NodeId>,
}

impl Settings {
    /// The settings for the processes of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        for (setting, span) in [("lease", config.lease), ("work", config.work.0)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        if config.work.1 < config.work.0 {
            let reason = format!("the range ends at {}, before it begins: the shorter first", config.work.1);
            return Err(Impossible { setting: "work", reason });
        }
        if config.drift >= 100 {
            let reason = format!("{} percent is too much: 99 at most", config.drift);
            return Err(Impossible { setting: "drift", reason });
        }
        Ok(Settings {
            config: config.clone(),
            bugs,
            servers: cast.playing(super::SERVER),
            resource: cast.playing(super::RESOURCE).first().copied(),
            clients: cast.playing(super::CLIENT),
        })
    }

    /// How many servers are enough.
    pub fn majority(&self) -> usize {
        if self.broken(Bug::NoMajority) { 1 } else { self.servers.len() / 2 + 1 }
    }
    /// How long a client counts its lease, on its own clock: over before the servers' is, even if its clock is as slow
    /// and theirs as fast as can be.
    pub fn short_lease(&self) -> Span {
        self.config.lease.scale(100 - self.config.drift, 100 + self.config.drift)
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    fn place(&self, client: NodeId) -> u64 {
        self.clients.iter().position(|other| *other == client).unwrap_or(0) as u64
    }
    /// The next number that belongs to a client: each has its own, so that no two tokens are the same.
    pub fn next_number(&self, client: NodeId, above: u64) -> u64 {
        let clients = self.clients.len().max(1) as u64;
        let wanted = (self.place(client) + 1) % clients;
        let next = above.saturating_add(1);
        next + (wanted + clients - next % clients) % clients
    }
    /// What a client is called.
    pub fn name(&self, client: NodeId) -> String {
        format!("c{}", self.place(client) + 1)
    }
}
