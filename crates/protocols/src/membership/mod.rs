//! Membership by SWIM (Das, Gupta, Motivala: SWIM, Scalable Weakly-consistent Infection-style Process Group Membership
//! Protocol, 2002).
//!
//! Who belongs to the group, and who of them is there? If everybody watched everybody, the messages would grow with the
//! square of the group. Here each member asks *one* other in each period (*ping*), and if no answer comes, has a few others
//! ask in its place (*ping-req*), since perhaps only the way between the two is bad. Whoever does not answer even then is
//! *suspected*; a suspicion that nobody answers for some periods becomes *failure*.
//!
//! News has no messages of its own: it rides on pings and their answers, as gossip. Of a member there is a *record*, a
//! status with an *incarnation*, and of two records the greater counts: the higher incarnation; in the same one, failed
//! over suspect over active, and left over all. So it does not matter in which order news comes (record.rs).
//!
//! Only a member itself raises its incarnation, when it hears that it is suspected: that *refutes* the suspicion.
//!
//! Beyond the paper, as in memberlist and Serf: members that failed are asked now and then, since perhaps they were only
//! cut off; a suspect is told so to its face; and now and then two members compare all they know, so that views converge
//! even if news was lost. To join, a node asks any member; that one may refuse.
//!
//! Records are on the disk. After a crash a member is back at once, in its next incarnation.

mod about;
mod invariants;
mod lines;
mod member;
mod record;

pub use about::ABOUT;
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use member::{Member, Phase};
pub use record::{Incarnation, Record, Records, Status, Table};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::digest::StateHasher;
use netsplit_sim::{Forger, Node, NodeId, OpId, Protocol, Seat, Shape, Span, Tag, World};
use serde::{Deserialize, Serialize};
use std::hash::Hash;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Membership;

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// Are you there?
    Ping {
        /// Who wants to know, and its number for the question.
        asker: NodeId,
        /// Which of the asker's questions this is.
        number: u64,
        /// News that rides along.
        news: Records,
    },
    /// Somebody is there.
    Ack {
        /// Who.
        alive: NodeId,
        /// Who wanted to know...
        asker: NodeId,
        /// ...and with which question.
        number: u64,
        /// News that rides along.
        news: Records,
    },
    /// Ask in my place.
    PingReq {
        /// Whom.
        target: NodeId,
        /// Which of the sender's questions this is.
        number: u64,
    },
    /// Let me in.
    Join {
        /// The key, as the sender has it.
        key: u64,
        /// The highest incarnation that the sender has had.
        after: Incarnation,
    },
    /// You are in.
    Welcome {
        /// The incarnation in which the new member begins.
        incarnation: Incarnation,
        /// All that the member knows.
        table: Table,
    },
    /// You are not.
    Refused {
        /// Why.
        why: Refusal,
    },
    /// This is all I know; what do you?
    Sync {
        /// The sender's records.
        table: Table,
    },
    /// This is.
    SyncReply {
        /// The sender's records.
        table: Table,
    },
}

/// Why somebody is not let in, or not out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// There are as many members as there may be.
    ClusterFull,
    /// The one who speaks or is spoken to is no member.
    UnknownNode,
    /// The key is wrong.
    NotAuthenticated,
    /// It is a member, or about to be one.
    AlreadyMember,
}

/// What nodes wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next period.
    Period,
    /// No answer to this period's ping has come.
    Ack,
    /// Nobody has refuted the suspicion of this member.
    Suspicion(NodeId),
}

/// What can be asked of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Become a member.
    Join {
        /// Whom to ask first.
        via: NodeId,
    },
    /// Be a member no more.
    Leave {},
    /// Who is a member?
    Members {},
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is done.
    Ok,
    /// It is not.
    Refused(Refusal),
    /// These are, the suspects among them.
    Members(Vec<NodeId>),
}

impl Protocol for Membership {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = &'a Member;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Ping { .. } => ("Ping", Shape::Request),
            Msg::Ack { .. } => ("Ack", Shape::Reply),
            Msg::PingReq { .. } => ("PingReq", Shape::Request),
            Msg::Join { .. } => ("Join", Shape::Client),
            Msg::Welcome { .. } => ("Welcome", Shape::Client),
            Msg::Refused { .. } => ("Refused", Shape::Client),
            Msg::Sync { .. } => ("Sync", Shape::Request),
            Msg::SyncReply { .. } => ("SyncReply", Shape::Reply),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Period => "period",
            Timer::Ack => "ack",
            Timer::Suspicion(_) => "suspicion",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Ping { number, .. } | Msg::PingReq { number, .. } => forger.one(&mut [number]),
            Msg::Ack { alive, number, .. } => forger.one(&mut [alive, number]),
            Msg::Join { key, .. } => forger.one(&mut [key]),
            Msg::Welcome { incarnation, .. } => forger.one(&mut [incarnation]),
            Msg::Refused { .. } | Msg::Sync { .. } | Msg::SyncReply { .. } => {}
        }
    }

    fn hash_msg(msg: &Msg, hasher: &mut StateHasher) {
        let (Msg::Sync { table } | Msg::SyncReply { table }) = msg else {
            return msg.hash(hasher);
        };
        std::mem::discriminant(msg).hash(hasher);
        table.hash_into(hasher);
    }
}

/// In which order members are asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Any member in any period.
    Random,
    /// All of them in turn, in an order drawn anew for every round: nobody is left out for long (section 4.3).
    RoundRobin,
}

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The time from one ping of a member to its next.
    pub period: Span,
    /// How long it waits for the answer before others ask in its place.
    pub ack: Span,
    /// How many others that are.
    pub proxies: u32,
    /// For how many periods a suspicion can be refuted.
    pub suspicion: u32,
    /// In which order members are asked.
    pub order: Order,
    /// How many pieces of news ride on a message at most, besides those about sender and receiver.
    pub piggyback: u32,
    /// After how many periods a member compares all it knows with another; 0 for never.
    pub sync_every: u32,
    /// How many members there may be.
    pub capacity: u32,
    /// How many nodes are members from the start: the first so many.
    pub founders: u16,
    /// How many nodes have a wrong key: the last so many.
    pub intruders: u16,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            period: Span::millis(80),
            ack: Span::millis(35),
            proxies: 2,
            suspicion: 4,
            order: Order::RoundRobin,
            piggyback: 6,
            sync_every: 3,
            capacity: 2_000,
            founders: 5,
            intruders: 0,
        }
    }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A member that hears it is suspected says nothing.
    NoRefutation,
    /// It answers in the same incarnation.
    IncarnationNotRaised,
    /// Older news of somebody who left counts.
    LeftCanReturn,
    /// The key is not looked at.
    NoAuthentication,
}

/// What every node knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    nodes: u16,
}

/// What opens the door.
const KEY: u64 = 2002;

impl Settings {
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    /// Whether a node has a wrong key.
    pub fn intruder(&self, node: NodeId) -> bool {
        node.0 >= self.nodes.saturating_sub(self.config.intruders)
    }
    /// The members from the start.
    pub fn founders(&self) -> impl Iterator<Item = NodeId> {
        (0..self.config.founders.min(self.nodes)).map(NodeId)
    }
}

impl crate::Entry for Membership {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Membership>>>, Impossible> {
        let shortest = Span::millis(1); // below it a run would be nothing but pings
        for (setting, span) in [("period", config.period), ("ack", config.ack)] {
            if span < shortest {
                return Err(Impossible { setting, reason: format!("{span} is too short: {shortest} at least") });
            }
        }
        if config.ack >= config.period {
            let reason =
                format!("{} is no part of a period of {}: others must have time to ask", config.ack, config.period);
            return Err(Impossible { setting: "ack", reason });
        }
        let nodes = cast.parts.len() as u16;
        let settings = Arc::new(Settings { config: config.clone(), bugs, nodes });
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Member>::new])
    }

    fn measure(world: &World<Membership>, _monitor: &Invariants) -> Vec<u64> {
        let active = |node: NodeId| world.view(node).is_some_and(Member::is_active);
        let (mut members, mut suspicions, mut false_failures) = (0, 0, 0);
        for member in world.ids().filter_map(|id| world.view(id)).filter(|member| member.is_active()) {
            members += 1;
            suspicions += member.table().suspects() as u64;
            false_failures += member.table().failed().iter().filter(|node| active(**node)).count() as u64;
        }
        vec![members, suspicions, false_failures]
    }
}

/// An operation that waits for its end.
type Asked = Option<OpId>;
