//! The settings of a ring, and the rule that can be broken in it.

use super::Id;
use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{Dice, NodeId, Seed, Span};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How ids stand round the ring.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Each higher than the one before: the cheapest order.
    Ascending,
    /// Each lower than the one before: the dearest.
    Descending,
    /// As drawn with these dice.
    Shuffled(u64),
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How ids stand round the ring.
    pub order: Order,
    /// How long a node waits for an acknowledgement before it takes its neighbour for dead and skips it.
    pub ack_timeout: Span,
    /// How often a leader sends its token round.
    pub round: Span,
    /// How long a node goes without seeing that token before it starts an election, on top of the time that the token
    /// may take to come round.
    pub patience: (Span, Span),
}

impl Default for Config {
    fn default() -> Config {
        Config {
            order: Order::Shuffled(1),
            ack_timeout: Span::millis(40),
            round: Span::millis(100),
            patience: (Span::millis(250), Span::millis(350)),
        }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// Tokens with lower ids are passed on like the others.
    NotSwallowed,
}

/// What every node knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The id of each node, in the order of the ring.
    pub ids: Vec<Id>,
}

impl Settings {
    /// The settings for the nodes of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        let (low, high) = config.patience;
        for (setting, span) in [("ack-timeout", config.ack_timeout), ("round", config.round), ("patience", low)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        if high < low {
            let reason = format!("the range ends at {high}, before it begins at {low}: the shorter first");
            return Err(Impossible { setting: "patience", reason });
        }
        Ok(Settings { config: config.clone(), bugs, ids: ids(config.order, cast.parts.len() as Id) })
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> u16 {
        self.ids.len() as u16
    }
    /// How long a message may take: its acknowledgement has to come in time.
    pub fn bound(&self) -> Span {
        self.config.ack_timeout.scale(1, 2)
    }
    /// How long a node goes without the leader's token.
    pub fn patience(&self) -> Range<Span> {
        let round = self.bound().scale(u64::from(self.nodes()), 1);
        let (low, high) = self.config.patience;
        low + round..high + round
    }
    /// The id of a node.
    pub fn id(&self, node: NodeId) -> Id {
        self.ids.get(node.index()).copied().unwrap_or(0)
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}

fn ids(order: Order, nodes: Id) -> Vec<Id> {
    let mut ids: Vec<Id> = (1..=nodes).collect();
    match order {
        Order::Ascending => {}
        Order::Descending => ids.reverse(),
        Order::Shuffled(number) => {
            let mut dice = Dice::new(Seed(number));
            for last in (1..ids.len()).rev() {
                ids.swap(last, dice.below(last as u64 + 1) as usize);
            }
        }
    }
    ids
}
