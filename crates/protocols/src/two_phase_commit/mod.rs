//! Two-phase commit (Gray: Notes on Data Base Operating Systems, 1978; told after Bernstein, Hadzilacos, Goodman:
//! Concurrency Control and Recovery in Database Systems, 1987, chapter 7).
//!
//! A transaction writes at several sites, and must happen at all of them or at none. Each *participant* has a vote and
//! the right to say no. The *coordinator* asks all for their votes (phase one), and decides: commit if every single
//! one says yes, abort otherwise; then it tells them (phase two).
//!
//! What makes it hold through crashes is the log. A participant forces a *prepared* record to its disk before it votes
//! yes: from then on it can go either way, whatever happens to it, and no longer decides for itself. The coordinator
//! forces its *decision* before anybody hears of it.
//!
//! Between its yes and the decision a participant is *in doubt*. It holds its lock and can only ask. It asks the
//! coordinator and all other participants: one that knows the decision passes it on, and one that has not voted yet
//! refuses to, and so decides on abort (*cooperative termination*). But if all that can be reached are in doubt
//! themselves, they are *blocked* until somebody who knows comes back: the price of this protocol.
//!
//! Several transactions can be under way, and several coordinators can be at work. A transaction writes one key at all
//! participants; a participant that holds the key for another transaction votes no.

mod about;
mod coordinator;
mod invariants;
mod lines;
mod log;
mod participant;

pub use crate::shared::commit::{Op, Outcome, Ret, Text, Txn};
pub use about::ABOUT;
pub use coordinator::{Coordinator, Phase};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use log::{Log, Record};
pub use participant::{Doubt, Participant};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, NodeId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct TwoPhaseCommit;

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
    /// Whoever knows how a transaction ended says so.
    Decision {
        /// The transaction.
        txn: Txn,
        /// How it ended.
        outcome: Outcome,
    },
    /// A participant has the decision on its disk.
    Ack {
        /// The transaction.
        txn: Txn,
    },
    /// A participant in doubt asks how a transaction ended.
    Inquire {
        /// The transaction.
        txn: Txn,
    },
}

/// What coordinators and participants wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A coordinator: the votes.
    Votes(Txn),
    /// A coordinator: the acknowledgements.
    Acks(Txn),
    /// A participant in doubt: the decision.
    Decision(Txn),
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A coordinator.
    Coordinator(&'a Coordinator),
    /// A participant.
    Participant(&'a Participant),
}

impl Protocol for TwoPhaseCommit {
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
            Msg::Decision { outcome: Outcome::Committed, .. } => ("Commit", Shape::Request),
            Msg::Decision { outcome: Outcome::Aborted, .. } => ("Abort", Shape::Request),
            Msg::Ack { .. } => ("Ack", Shape::Reply),
            Msg::Inquire { .. } => ("Inquire", Shape::Request),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Votes(_) => "votes",
            Timer::Acks(_) => "acks",
            Timer::Decision(_) => "decision",
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
    /// How long a coordinator waits for votes.
    pub vote_timeout: Span,
    /// How long a participant waits for the decision before it asks, and before it asks again; and how long a
    /// coordinator waits for acknowledgements before it repeats its decision.
    pub decision_timeout: Span,
}

impl Default for Config {
    fn default() -> Config {
        Config { vote_timeout: Span::millis(100), decision_timeout: Span::millis(150) }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A participant votes yes with nothing on its disk.
    VoteNotForced,
    /// A coordinator tells its decision with nothing on its disk.
    DecisionNotForced,
    /// A participant in doubt that hears nothing commits.
    TimesOutToCommit,
    /// A participant in doubt that hears nothing aborts.
    PresumesAbort,
}

/// What every process knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// The participants of every transaction, in ascending order.
    pub participants: Vec<NodeId>,
}

impl Settings {
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
}

/// A part of [`ABOUT`], by its place there.
const PARTICIPANT: usize = 1;

impl crate::Entry for TwoPhaseCommit {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but timers
        for (setting, span) in [("vote-timeout", config.vote_timeout), ("decision-timeout", config.decision_timeout)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        let settings = Arc::new(Settings { config: config.clone(), bugs, participants: cast.playing(PARTICIPANT) });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Coordinator>::new, Seat::<Self, Participant>::new])
    }

    fn measure(world: &World<Self>, _monitor: &Invariants) -> Vec<u64> {
        let (mut in_doubt, mut blocked, mut longest) = (0, 0, Span::ZERO);
        for node in world.ids() {
            let Some(View::Participant(participant)) = world.view(node) else { continue };
            let now = world.clock(node).read(world.now());
            in_doubt += u64::from(!participant.in_doubt().is_empty());
            blocked += u64::from(participant.blocked());
            longest = longest.max(participant.window(now));
        }
        vec![in_doubt, blocked, longest.0 / 1_000_000]
    }
}
