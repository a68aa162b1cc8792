//! The settings of the store, and the rules that can be broken in it.

use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::digest::digest;
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How many nodes a site has, over which its keys are spread: the first nodes are the first site, and so on.
    pub shards: u32,
    /// How often a node sends again what may not have arrived.
    pub tick: Span,
    /// How long a client waits before it asks again.
    pub retry: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { shards: 2, tick: Span::millis(40), retry: Span::millis(150) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A write from another site is shown as it comes.
    NoDependencyCheck,
    /// A client's context holds its writes only.
    ForgetsReads,
    /// A node counts its own writes only.
    ClockNotRaised,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The nodes, in ascending order.
    nodes: Vec<NodeId>,
    /// The clients, in ascending order.
    clients: Vec<NodeId>,
}

impl Settings {
    /// The settings for the processes of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let impossible = |setting, reason| Err(Impossible { setting, reason });
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        for (setting, span) in [("tick", config.tick), ("retry", config.retry)] {
            if span < shortest {
                return impossible(setting, format!("{span} is too short: {shortest} at least"));
            }
        }
        if !(1..=1_000).contains(&config.shards) {
            return impossible("shards", format!("{} is not possible: from 1 to 1000", config.shards));
        }
        let nodes = cast.playing(super::NODE);
        if nodes.is_empty() {
            return impossible("node", "there must be 1 node at least".to_owned());
        }
        Ok(Settings { config: config.clone(), bugs, nodes, clients: cast.playing(super::CLIENT) })
    }

    /// The sites: each with its nodes. If nodes cannot be divided evenly, the last site has fewer.
    fn sites(&self) -> impl ExactSizeIterator<Item = &[NodeId]> {
        self.nodes.chunks(self.config.shards as usize)
    }
    /// The number of the site where somebody is; clients are dealt out in turn.
    pub fn site(&self, who: NodeId) -> usize {
        match self.nodes.iter().position(|node| *node == who) {
            Some(at) => at / self.config.shards as usize,
            None => self.clients.iter().position(|client| *client == who).unwrap_or(0) % self.sites().len(),
        }
    }
    /// The node that has a key at a site.
    pub fn keeper(&self, key: &str, site: usize) -> NodeId {
        let nodes = self.sites().nth(site).unwrap_or(&self.nodes);
        nodes[(digest(key) % nodes.len() as u64) as usize]
    }
    /// The nodes that have a key, one at each site.
    pub fn keepers(&self, key: &str) -> Vec<NodeId> {
        (0..self.sites().len()).map(|site| self.keeper(key, site)).collect()
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
