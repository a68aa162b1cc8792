//! Three-phase commit (Skeen: Nonblocking Commit Protocols, SIGMOD 1981; told after Bernstein, Hadzilacos, Goodman:
//! Concurrency Control and Recovery in Database Systems, 1987, section 7.5).
//!
//! In two-phase commit a participant in doubt cannot tell whether somebody has committed already. Three-phase commit puts
//! a step between: when all have voted yes, the coordinator first tells everybody so (*pre-commit*), waits until all
//! that are up have acknowledged it, and only then commits. So nobody has committed while anybody that is up is still
//! in doubt about the votes: whoever is up can go on without the coordinator.
//!
//! A participant that hears nothing for too long asks the others how far they are. The first of those that answer takes
//! over. If somebody is pre-committed, all said yes: it brings everybody to that point, and commits. If nobody is, nobody
//! can have committed: it aborts. A participant that was down in the meantime has no say; it asks for the outcome.
//!
//! "Nobody answers, so nobody is there": that conclusion needs a network that keeps its word. If it splits, each side takes
//! the other for dead, and one may commit while the other aborts. This is no bug of the code, but the price of not
//! waiting: with messages that can be lost, no protocol has both (Skeen 1981).
//!
//! A broadcast is sent message by message, some time apart, for a coordinator may well crash in the middle of it.

mod about;
mod coordinator;
mod invariants;
mod lines;
mod log;
mod outbox;
mod participant;

pub use crate::shared::commit::{Op, Outcome, Ret, Text, Txn};
pub use about::ABOUT;
pub use coordinator::{Coordinator, Phase};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use log::{Log, Record};
pub use participant::{Doubt, Participant, Stage};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct ThreePhaseCommit;

/// What coordinators and participants send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A coordinator asks for a vote.
    Prepare {
        /// The transaction.
        txn: Txn,
        /// The key that it writes...
        key: Text,
        /// ...and the value.
        value: Text,
    },
    /// A participant votes.
    Vote {
        /// The transaction.
        txn: Txn,
        /// Whether it can commit.
        yes: bool,
    },
    /// All have voted yes.
    PreCommit {
        /// The transaction.
        txn: Txn,
    },
    /// A participant knows that all have voted yes.
    Ack {
        /// The transaction.
        txn: Txn,
    },
    /// How the transaction ended.
    Decision {
        /// The transaction.
        txn: Txn,
        /// How.
        outcome: Outcome,
    },
    /// A participant hears nothing: how far is everybody?
    Ask {
        /// The transaction.
        txn: Txn,
    },
    /// A participant that does not know the outcome either says how far it is.
    Tell {
        /// The transaction.
        txn: Txn,
        /// How far.
        stage: Stage,
        /// Whether it was down since it voted.
        recovered: bool,
    },
}

/// What coordinators and participants wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A coordinator: the votes.
    Votes(Txn),
    /// Whoever pre-commits: the acknowledgements.
    Acks(Txn),
    /// A participant: word from whoever is in charge.
    Silence(Txn),
    /// A participant: what the others tell.
    Poll(Txn),
    /// The next message of a broadcast.
    Next(Txn),
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A coordinator.
    Coordinator(&'a Coordinator),
    /// A participant.
    Participant(&'a Participant),
}

impl Protocol for ThreePhaseCommit {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Prepare { .. } => ("Prepare", Shape::Request),
            Msg::Vote { yes: true, .. } => ("Yes", Shape::Reply),
            Msg::Vote { yes: false, .. } => ("No", Shape::Reply),
            Msg::PreCommit { .. } => ("PreCommit", Shape::Request),
            Msg::Ack { .. } => ("Ack", Shape::Reply),
            Msg::Decision { outcome: Outcome::Committed, .. } => ("Commit", Shape::Request),
            Msg::Decision { outcome: Outcome::Aborted, .. } => ("Abort", Shape::Request),
            Msg::Ask { .. } => ("Ask", Shape::Client),
            Msg::Tell { .. } => ("Tell", Shape::Client),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Votes(_) => "votes",
            Timer::Acks(_) => "acks",
            Timer::Silence(_) => "silence",
            Timer::Poll(_) => "poll",
            Timer::Next(_) => "next",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Prepare { value, .. } => forger.one(&mut [value]),
            Msg::Vote { yes, .. } => forger.one(&mut [yes]),
            Msg::Decision { outcome, .. } => forger.one(&mut [outcome]),
            _ => {}
        }
    }
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How long whoever asked waits for answers: longer than a message and its answer can take. A participant waits two
    /// and a half times as long for word from whoever is in charge.
    pub answer_timeout: Span,
    /// How long a broadcast takes from one message to the next.
    pub stagger: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { answer_timeout: Span::millis(100), stagger: Span::millis(2) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// The coordinator commits without waiting for anybody to acknowledge that it is pre-committed.
    NoPreCommitAck,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The coordinators, in ascending order.
    pub coordinators: Vec<NodeId>,
    /// The participants of every transaction, in ascending order.
    pub participants: Vec<NodeId>,
}

impl Settings {
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    /// How long a participant waits for word.
    pub fn silence(&self) -> Span {
        self.config.answer_timeout.scale(5, 2)
    }
    /// Within this time a message counts as timely.
    pub fn bound(&self) -> Span {
        self.config.answer_timeout.scale(1, 4)
    }
}

/// The parts of [`ABOUT`], by their place there.
const COORDINATOR: usize = 0;
const PARTICIPANT: usize = 1;

impl crate::Entry for ThreePhaseCommit {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        if config.answer_timeout < shortest {
            let reason = format!("{} is too short: {shortest} at least", config.answer_timeout);
            return Err(Impossible { setting: "answer-timeout", reason });
        }
        let settings = Arc::new(Settings {
            config: config.clone(),
            bugs,
            coordinators: cast.playing(COORDINATOR),
            participants: cast.playing(PARTICIPANT),
        });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Coordinator>::new, Seat::<Self, Participant>::new])
    }

    /// How many participants are in doubt, the longest time that one has been, and how many disagree with another
    /// about how the last transaction that they know of ended.
    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let (mut in_doubt, mut longest) = (0, Span::ZERO);
        let mut last = Vec::new();
        for node in world.ids() {
            let Some(View::Participant(participant)) = world.view(node) else { continue };
            let now = world.clock(node).read(world.now());
            in_doubt += u64::from(!participant.in_doubt().is_empty());
            longest = longest.max(participant.window(now));
            last.extend(participant.last());
        }
        let newest = last.iter().map(|(txn, _)| *txn).max();
        let of_newest =
            |wanted| last.iter().filter(|(txn, outcome)| Some(*txn) == newest && *outcome == wanted).count();
        let minority = of_newest(Outcome::Committed).min(of_newest(Outcome::Aborted));
        vec![in_doubt, longest.0 / 1_000_000, minority as u64]
    }
}
