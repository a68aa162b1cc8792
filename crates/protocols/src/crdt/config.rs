//! The settings of the replicas, and the rules that can be broken in them.

use super::Type;
use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::Span;
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Which types every replica keeps.
    pub types: Vec<Type>,
    /// How often a replica sends its state to a neighbour, the next one each time.
    pub exchange: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            types: vec![Type::GCounter, Type::PnCounter, Type::OrSet, Type::LwwRegister],
            exchange: Span::millis(60),
        }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The entries of two counters are added up.
    NonIdempotentMerge,
    /// A restart begins to number updates anew.
    ClockReset,
    /// A remove leaves no tombstone.
    NoTombstone,
    /// Of two writes with the same number each replica keeps its own.
    TiesKept,
    /// A replica tells the same neighbour each time.
    SameNeighbour,
}

/// What every replica knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl Settings {
    /// The settings for the processes of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        if config.exchange < shortest {
            let reason = format!("{} is too short: {shortest} at least", config.exchange);
            return Err(Impossible { setting: "exchange", reason });
        }
        if config.types.is_empty() {
            let reason = "there must be one of g-counter, pn-counter, or-set, lww-register at least".to_owned();
            return Err(Impossible { setting: "types", reason });
        }
        if cast.parts.is_empty() {
            return Err(Impossible { setting: "replica", reason: "there must be 1 replica at least".to_owned() });
        }
        Ok(Settings { config: config.clone(), bugs })
    }

    /// Whether a type is kept.
    pub fn keeps(&self, kind: Type) -> bool {
        self.config.types.contains(&kind)
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
