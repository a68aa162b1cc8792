//! The settings of the store, and the rules that can be broken in it.

use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How many owners a key has.
    pub replicas: u32,
    /// At how many places of the circle each node stands.
    pub points: u32,
    /// How many nodes, the last ones, are no members at the start.
    pub spares: u32,
    /// How often a node looks whether there is something to ask again or to hand over.
    pub tick: Span,
    /// How long a client waits before it asks another node.
    pub client_timeout: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { replicas: 3, points: 16, spares: 0, tick: Span::millis(40), client_timeout: Span::millis(400) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A key's place is its hash modulo the number of members.
    ModuloPlacement,
    /// A delete removes the key at the primary, and leaves it at the others.
    FallbackReadsDeleted,
    /// A node drops what is no longer its own at once.
    DropsBeforeHandover,
    /// When members change, nobody hands anything over.
    NoHandover,
    /// The primary answers before the other owners have it.
    AnswersTooSoon,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// All nodes, members or not, in ascending order.
    pub nodes: Vec<NodeId>,
}

impl Settings {
    /// The settings for the processes of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let impossible = |setting, reason| Err(Impossible { setting, reason });
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        for (setting, span) in [("tick", config.tick), ("client-timeout", config.client_timeout)] {
            if span < shortest {
                return impossible(setting, format!("{span} is too short: {shortest} at least"));
            }
        }
        for (setting, number, most) in [("replicas", config.replicas, 100), ("points", config.points, 1_000)] {
            if !(1..=most).contains(&number) {
                return impossible(setting, format!("{number} is not possible: from 1 to {most}"));
            }
        }
        let nodes = cast.playing(super::NODE);
        if nodes.is_empty() {
            return impossible("node", "there must be 1 node at least".to_owned());
        }
        if config.spares as usize >= nodes.len() {
            return impossible(
                "spares",
                format!("{} of {} nodes: at least one must be a member", config.spares, nodes.len()),
            );
        }
        Ok(Settings { config: config.clone(), bugs, nodes })
    }

    /// The members at the start.
    pub fn founders(&self) -> &[NodeId] {
        &self.nodes[..self.nodes.len() - self.config.spares as usize]
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    /// What a node is called.
    pub fn name(&self, node: NodeId) -> String {
        let place = self.nodes.iter().position(|other| *other == node);
        place.map_or_else(|| format!("node {}", node.0), |place| format!("n{}", place + 1))
    }
}
