//! Our Raft beside TiKV's (the `raft` crate, also known as raft-rs): both are told the same, message by message, and
//! after every step both must be in the same state and have said the same. A mistake in one of the two would have to
//! be made in both to go unnoticed.
//!
//! A [`Twin`] is a cluster of which every server exists twice, once as our core and once as theirs. The messages on
//! their way are those of one of the two, the *host*; the other, the *guest*, gets them translated. What the two do
//! differently on purpose is evened out in differences, each point with its reason, and nowhere else.

mod differences;
mod ours;
mod store;
mod theirs;
mod twin;

pub use ours::Ours;
pub use theirs::Theirs;
pub use twin::{Host, Letter, Plan, Twin};

use netsplit_protocols::raft::{Configuration, Index, Term};
use netsplit_sim::NodeId;

/// What a server is, as far as both implementations have a notion of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// Its term.
    pub term: Term,
    /// Who has its vote in this term.
    pub voted_for: Option<NodeId>,
    /// What it does.
    pub role: Role,
    /// Who leads, as far as it knows.
    pub leader: Option<NodeId>,
    /// Up to where it knows that entries are committed.
    pub commit: Index,
    /// Who decides, by the latest configuration in its log.
    pub configuration: Configuration,
    /// Its log, behind its snapshot if it has one: each entry's term, and its value, if it is no no-op.
    pub log: Vec<(Term, Option<String>)>,
}

/// What a server does in its term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// It follows.
    Follower,
    /// It asks whether it would be voted for.
    PreCandidate,
    /// It asks for votes.
    Candidate,
    /// It leads.
    Leader,
}

/// How many nanoseconds a tick is: raft-rs counts time in ticks.
pub const TICK: u64 = 10_000_000;
