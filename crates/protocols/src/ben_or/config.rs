//! The settings, and the rules that can be broken.

use super::{Bit, Round};
use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The bits that the processes begin with, in their order, and over again.
    pub inputs: Vec<Bit>,
    /// How many processes may be silent; if left out, as many as can be: just under half.
    pub faults: Option<u16>,
    /// When a process begins that has not heard of anybody.
    pub begin: (Span, Span),
    /// How long a process waits before it says again what has not been answered.
    pub again: Span,
    /// The round in which somebody has decided, or else the coins are not what they should be. With random coins, and a
    /// network that does not know them, four processes need more than 64 rounds less than once in a billion runs.
    pub most_rounds: Round,
}

impl Default for Config {
    fn default() -> Config {
        let ms = Span::millis;
        Config { inputs: vec![0, 1], faults: None, begin: (ms(50), ms(60)), again: ms(60), most_rounds: 64 }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The coin is computed, and so known beforehand.
    CoinKnown,
    /// A bit that is proposed f times is decided.
    DecidesAtF,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The processes, in ascending order.
    pub processes: Vec<NodeId>,
    /// How many of them may be silent.
    pub faults: usize,
}

impl Settings {
    /// The settings for a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        let processes = cast.playing(0);
        if processes.is_empty() {
            return Err(Impossible { setting: "process", reason: "1 process at least has to decide".to_owned() });
        }
        let most = (processes.len() - 1) / 2;
        let faults = config.faults.map_or(most, usize::from);
        if faults > most {
            let reason = format!("of {} processes {most} may be silent at most, not {faults}", processes.len());
            return Err(Impossible { setting: "faults", reason });
        }
        if config.inputs.is_empty() || config.inputs.iter().any(|bit| *bit > 1) {
            let reason = "one bit at least, and nothing but 0 and 1".to_owned();
            return Err(Impossible { setting: "inputs", reason });
        }
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        if config.again < shortest {
            let reason = format!("{} is too short: {shortest} at least", config.again);
            return Err(Impossible { setting: "again", reason });
        }
        let (low, high) = config.begin;
        if high < low {
            let reason = format!("the range ends at {high}, before it begins at {low}: the shorter first");
            return Err(Impossible { setting: "begin", reason });
        }
        Ok(Settings { config: config.clone(), bugs, processes, faults })
    }

    /// How many statements a process waits for in either phase: more may never come.
    pub fn enough(&self) -> usize {
        self.processes.len() - self.faults
    }
    /// The processes other than this one.
    pub(super) fn others(&self, me: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.processes.iter().copied().filter(move |process| *process != me)
    }
    /// How often a bit must be proposed to be decided.
    pub(super) fn decides(&self) -> usize {
        if self.broken(Bug::DecidesAtF) { self.faults.max(1) } else { self.faults + 1 }
    }
    /// The bit that a process begins with.
    pub fn input(&self, process: NodeId) -> Bit {
        let before = self.processes.iter().take_while(|other| **other < process).count();
        self.config.inputs.get(before % self.config.inputs.len()).copied().unwrap_or(0)
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}
