//! The bully algorithm (Garcia-Molina: Elections in a Distributed Computing System, IEEE Transactions on Computers,
//! 1982; told after its usual form in textbooks).
//!
//! Every node has a number, and of those that are up the one with the highest is to lead. A node that misses its
//! leader, or has just come back, holds an *election*: it asks all nodes with higher numbers. If none answers within
//! the answer time-out, it is the highest, and announces itself to all with lower numbers. If one answers, that one
//! takes over (it holds an election of its own), and our node waits for its announcement; not for ever, since that one
//! may fail in turn.
//!
//! All of this rests on time. Silence is taken for death, so a message that is slow, or lost, makes two leaders. That
//! is why the promises in invariants.rs speak only of times when the network keeps its word. A node needs nothing from
//! its earlier life but its number.
//!
//! Nodes look after each other: those that follow ask their leader now and then whether it leads, and a leader asks
//! all higher nodes, so that two leaders that could not see each other become one when they can.

mod about;
mod invariants;
mod lines;
mod node;

pub use about::ABOUT;
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use node::{BullyNode, Disk, State};

pub use crate::shared::election::Op;

use crate::about::{About, Bugs};
use crate::shared::election;
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Bully;

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// To a higher node: I would lead, unless you are there.
    Election,
    /// To a lower one: I am here, leave it to me.
    Answer,
    /// To all lower ones: I lead.
    Coordinator,
    /// Are you there, and who leads?
    Check,
    /// I am here, and it is this one that I take for the leader.
    Normal {
        /// Who leads, if anybody.
        leader: Option<NodeId>,
    },
}

/// What nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Answers of higher nodes.
    Answer,
    /// The announcement of a higher node that answered.
    Coordinator,
    /// It is time to check the leader.
    Check,
    /// The leader's word that it leads.
    Normal,
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// The election is under way.
    Ok,
    /// This one leads, as far as the node knows.
    Leader(NodeId),
    /// The node knows of no leader.
    Nobody,
}

impl Protocol for Bully {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a BullyNode;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Election => ("Election", Shape::Request),
            Msg::Answer => ("Answer", Shape::Reply),
            Msg::Coordinator => ("Coordinator", Shape::Client),
            Msg::Check => ("Check", Shape::Request),
            Msg::Normal { .. } => ("Normal", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Answer => "answer",
            Timer::Coordinator => "coordinator",
            Timer::Check => "check",
            Timer::Normal => "normal",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        if let Msg::Normal { leader } = msg {
            forger.one(&mut [leader]);
        }
    }
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How long a message and its answer may take: whoever has not answered by then is taken for dead.
    pub answer_timeout: Span,
    /// How often a node makes sure of its leader.
    pub check: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { answer_timeout: Span::millis(80), check: Span::millis(120) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// Whoever has an answer waits for ever.
    StopsAtFirstAnswer,
    /// Whoever comes back follows the leader it finds, even a lower one.
    NoContestOnRecovery,
}

/// What every node knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// All nodes, in ascending order.
    pub nodes: Vec<NodeId>,
}

impl Settings {
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    /// The nodes with higher numbers.
    pub fn above(&self, me: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + '_ {
        self.nodes.iter().copied().filter(move |other| *other > me)
    }
    /// The nodes with lower numbers.
    pub fn below(&self, me: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + '_ {
        self.nodes.iter().copied().filter(move |other| *other < me)
    }
}

impl crate::Entry for Bully {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        for (setting, span) in [("answer-timeout", config.answer_timeout), ("check", config.check)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        let settings = Arc::new(Settings { config: config.clone(), bugs, nodes: cast.playing(0) });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, BullyNode>::new])
    }

    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let nodes = world.ids().filter_map(|node| world.view(node));
        let (leaders, agreed) = election::agreement(nodes.map(|node| (node.leads(), node.leader())));
        let of_an_election = |msg: &Msg| matches!(msg, Msg::Election | Msg::Answer | Msg::Coordinator);
        let messages = world.in_flight().filter(|(_, mail)| of_an_election(&mail.body)).count();
        vec![leaders, agreed, messages as u64]
    }
}
