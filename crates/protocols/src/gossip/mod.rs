//! Gossip (Demers et al.: Epidemic Algorithms for Replicated Database Maintenance, 1987; Karp, Schindelhauer, Shenker,
//! Vöcking: Randomized Rumor Spreading, 2000).
//!
//! A rumour spreads as a disease does. Every node that knows it tells a few neighbours, chosen at random, in every
//! round; those tell others; and nobody is in charge, keeps a list of who knows, or waits for an answer.
//!
//! There are three ways to do it. *Push*: who knows tells. While few know, their number doubles in every round; but when
//! nearly all know, most of what is told is told in vain, and each round leaves 1/e of the uninformed as they were.
//! *Pull*: who does not know asks. That is slow to begin (somebody has to ask the right one), but ends with a rush: the
//! share of the uninformed is squared in each round. *Push-pull* does both with one call, and is quick all the way.
//!
//! Rumours grow old: after so many rounds a node no longer passes them on, or every rumour would be told for ever. The
//! price is that, with bad luck, somebody never hears. Without such a limit (the usual setting here) push-pull reaches
//! everybody that is connected: anti-entropy, in the words of Demers.
//!
//! What a node knows is on its disk; how old a rumour is, it forgets in a crash, and begins to pass it on anew.

mod about;
mod invariants;
mod lines;
mod node;

pub use about::ABOUT;
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use node::GossipNode;

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Forger, Node, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Gossip;

/// A rumour.
pub type Text = Arc<str>;
/// For how many rounds a rumour has been passed on.
pub type Age = u32;

/// What nodes send each other. Rumours go with their ages.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// Have you heard?
    Push {
        /// What the sender passes on.
        rumours: Map<Text, Age>,
    },
    /// What have you heard?
    Pull,
    /// Have you heard, and what have you?
    PushPull {
        /// What the sender passes on.
        rumours: Map<Text, Age>,
    },
    /// What the sender passes on to somebody that asked.
    Answer {
        /// The rumours that the asker did not mention.
        rumours: Map<Text, Age>,
    },
}

/// What nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next round.
    Round,
}

/// What can be asked of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Start a rumour.
    Tell {
        /// What it says.
        rumour: Text,
    },
    /// Have you heard?
    Ask {
        /// What it says.
        rumour: Text,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// The rumour is on its way.
    Ok,
    /// This node has heard it.
    Known,
    /// This node has not.
    Unknown,
}

impl Protocol for Gossip {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a GossipNode;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Push { .. } => ("Push", Shape::Request),
            Msg::Pull => ("Pull", Shape::Request),
            Msg::PushPull { .. } => ("PushPull", Shape::Request),
            Msg::Answer { .. } => ("Answer", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Round => "round",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Pull => {}
            Msg::Push { rumours } | Msg::PushPull { rumours } | Msg::Answer { rumours } => {
                let rumour = rumours.first_key_value().map(|(text, age)| (text.clone(), *age));
                if let Some((mut text, age)) = rumour {
                    forger.one(&mut [&mut text]);
                    rumours.insert(text, age);
                }
            }
        }
    }
}

/// Who tells whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Who knows tells.
    Push,
    /// Who does not know asks.
    Pull,
    /// Both, with one call.
    PushPull,
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Who tells whom.
    pub mode: Mode,
    /// The time from one round of a node to its next.
    pub round: Span,
    /// How many neighbours it calls in a round.
    pub fanout: u32,
    /// For how many rounds a rumour is passed on; 0 for ever.
    pub max_age: Age,
}

impl Default for Config {
    fn default() -> Config {
        Config { mode: Mode::PushPull, round: Span::millis(50), fanout: 1, max_age: 0 }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The neighbours are chosen once and for all.
    SameNeighbours,
    /// A rumour that is heard again is forgotten.
    ForgetsOnDuplicate,
    /// A rumour loses its last letter on the way.
    Garbles,
}

/// What every node knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
}

impl Settings {
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}

impl crate::Entry for Gossip {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Gossip>>>, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but rounds
        if config.round < shortest {
            let reason = format!("{} is too short: {shortest} at least", config.round);
            return Err(Impossible { setting: "round", reason });
        }
        if config.fanout == 0 {
            let reason = "with 0 neighbours a round nothing is ever told: 1 at least".to_owned();
            return Err(Impossible { setting: "fanout", reason });
        }
        let settings = Arc::new(Settings { config: config.clone(), bugs });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, GossipNode>::new])
    }

    fn measure(world: &World<Gossip>, _monitor: &Invariants) -> Vec<u64> {
        let mut knowers: Map<&Text, u64> = Map::new();
        let mut spreading = 0;
        for node in world.ids().filter_map(|id| world.view(id)) {
            node.known().iter().for_each(|rumour| *knowers.entry(rumour).or_default() += 1);
            spreading += u64::from(!node.spreads().is_empty());
        }
        vec![knowers.into_values().max().unwrap_or(0), spreading]
    }
}
