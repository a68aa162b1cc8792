//! The settings of the store, and the rules that can be broken in it.

use super::{Siblings, Text};
use crate::about::Bugs;
use crate::shared::circle::Circle;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// How many homes of a key must have answered before an operation ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The first one will do.
    One,
    /// More than half of them.
    Quorum,
    /// All of them.
    All,
}

impl Level {
    /// How many that is.
    pub fn of(self, homes: usize) -> usize {
        match self {
            Level::One => 1,
            Level::Quorum => homes / 2 + 1,
            Level::All => homes,
        }
    }
}

/// How it is decided which of two writes is the newer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The one whose writer knew of the other; if neither did, both are kept.
    Versions,
    /// The one with the higher time stamp. A writer asks for the highest there is first.
    Timestamps,
    /// The one that the key's primary wrote later, in transactions over all homes.
    Primary,
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How many homes a key has (N).
    pub replicas: u32,
    /// How many of them a read waits for (R).
    pub read: Level,
    /// How many of them a write waits for (W).
    pub write: Level,
    /// Which of two writes is the newer.
    pub order: Order,
    /// Whether a read sends the newest to those homes that turned out to lack it.
    pub read_repair: bool,
    /// Whether a write that a home cannot be given is left with another node, to be handed on.
    pub hints: bool,
    /// How often a node compares what it has with another; never if zero.
    pub compare: Span,
    /// How often a node hands on what it holds for others, and asks how transactions ended.
    pub tick: Span,
    /// How long a client waits for a home before it asks again, or leaves a hint.
    pub hurry: Span,
    /// How long a client waits before it says that too few answered.
    pub patience: Span,
    /// At how many places of the circle each node stands.
    pub points: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            replicas: 3,
            read: Level::Quorum,
            write: Level::Quorum,
            order: Order::Versions,
            read_repair: true,
            hints: true,
            compare: Span::millis(100),
            tick: Span::millis(40),
            hurry: Span::millis(80),
            patience: Span::millis(400),
            points: 16,
        }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The version with the later stamp of its writer's clock replaces the others.
    LastWriteWins,
    /// A delete leaves nothing behind.
    NoTombstones,
    /// A write that is left with another node counts as if a home had it.
    QuorumCountsHints,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The nodes, in ascending order.
    pub nodes: Vec<NodeId>,
    circle: Circle,
}

impl Settings {
    /// The settings for the processes of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let impossible = |setting, reason| Err(Impossible { setting, reason });
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        let spans = [("tick", config.tick), ("hurry", config.hurry), ("compare", config.compare)];
        for (setting, span) in spans {
            if span < shortest && (setting, span) != ("compare", Span::ZERO) {
                return impossible(setting, format!("{span} is too short: {shortest} at least"));
            }
        }
        if config.patience < config.hurry {
            return impossible("patience", format!("{} is shorter than hurry, {}", config.patience, config.hurry));
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
        let circle = Circle::of(nodes.iter().copied(), config.points);
        Ok(Settings { config: config.clone(), bugs, nodes, circle })
    }

    /// The homes of a key, the primary first.
    pub fn homes(&self, key: &Text) -> Vec<NodeId> {
        self.circle.after(key, self.config.replicas as usize)
    }
    /// The nodes that come after the homes: they stand in for them.
    pub fn stand_ins(&self, key: &Text) -> Vec<NodeId> {
        self.circle.after(key, self.nodes.len()).split_off(self.home_count())
    }
    /// How many homes each key has.
    pub fn home_count(&self) -> usize {
        self.nodes.len().min(self.config.replicas as usize)
    }
    /// How many homes a read waits for.
    pub fn read_quorum(&self) -> usize {
        self.config.read.of(self.home_count())
    }
    /// How many homes a write waits for.
    pub fn write_quorum(&self) -> usize {
        self.config.write.of(self.home_count())
    }
    /// Whether every read asks somebody who has the latest write that was answered.
    pub fn quorums_meet(&self) -> bool {
        self.primary_decides() || self.read_quorum() + self.write_quorum() > self.home_count()
    }
    /// Whether all goes through the primary.
    pub fn primary_decides(&self) -> bool {
        self.config.order == Order::Primary
    }
    /// Whether the later stamp wins.
    pub fn stamps_decide(&self) -> bool {
        self.config.order == Order::Timestamps || self.broken(Bug::LastWriteWins)
    }
    /// Puts what somebody else has of a key to what is here.
    pub fn put_together(&self, here: &mut Siblings, other: &Siblings) {
        here.merge(other);
        if self.stamps_decide() {
            here.keep_latest();
        }
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
