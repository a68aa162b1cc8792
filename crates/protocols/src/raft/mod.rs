//! Raft (Ongaro, Ousterhout: In Search of an Understandable Consensus Algorithm, extended version, 2014). Sections and
//! figures cited here are that paper's.
//!
//! Servers keep a log of commands each, and Raft keeps the logs the same. Every server runs the commands of its log
//! through a state machine (here a store of keys and values), so all stores go through the same states, and clients
//! see one store that survives as long as a majority of the servers do.
//!
//! Time is cut into *terms*, counted up from 1. A term has at most one *leader*: a server that hears from none for its
//! election timeout raises the term, becomes a *candidate*, and leads if a majority votes for it; a server votes once
//! per term, and only for a candidate whose log is no older than its own (election.rs).
//!
//! Clients speak to the leader. It appends each command to its log and sends the log to the others with AppendEntries;
//! a message carries the index and term of the entry before its own, and a *follower* that has no such entry refuses,
//! so that the leader goes back until the logs meet, and what conflicts is overwritten. An entry of the leader's own
//! term that a majority has stored is *committed*, and with it all before it: it is applied, and the client is told
//! (replication.rs).
//!
//! Two majorities share a server. That server's vote and its log carry what one leader committed to all later ones.
//!
//! A crash leaves [`Disk`] and nothing else. All that holds after every event is in invariants.rs (Figure 3).

mod about;
mod check_quorum;
mod client;
mod config;
mod election;
mod face;
mod invariants;
mod lines;
mod log;
mod membership;
mod op;
mod pre_vote;
mod promises;
mod quorum;
mod reads;
mod replication;
mod server;
mod sessions;
mod snapshot;
mod transfer;

pub use about::ABOUT;
pub use client::Client;
pub use config::{Bug, Config, Reads, Settings};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use log::{ClientId, Command, Entry, Log, Once};
pub use op::{OPS, Op};
pub use quorum::Configuration;
pub use server::{Disk, Peer, Role, Server};
pub use sessions::{Session, StateMachine};

pub use crate::shared::kv::{Ret, Store, Text};
pub use snapshot::Snapshot;
pub use transfer::Transfer;

use crate::about::{About, Bugs};
use crate::shared::kv;
use crate::{Cast, Impossible};
use netsplit_check::verdict::Level;
use netsplit_sim::digest::Added;
use netsplit_sim::{Forger, Node, NodeId, OpId, Protocol, Seat, Shape, Tag, World};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

/// A period with at most one leader; 0 before the first election.
pub type Term = u64;
/// A place in the log, from 1; 0 is the place before the first.
pub type Index = u64;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct Raft;

/// What servers and clients send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A candidate asks for a vote.
    RequestVote(RequestVote),
    /// The answer to it.
    RequestVoteReply(RequestVoteReply),
    /// A leader replicates entries, or with none, says that it is there.
    AppendEntries(AppendEntries),
    /// The answer to it.
    AppendEntriesReply(AppendEntriesReply),
    /// A client asks for a command.
    Request(Request),
    /// The answer to it.
    Response(Response),
    /// A server asks whether it would get a vote (PreVote).
    RequestPreVote(RequestPreVote),
    /// The answer to it.
    RequestPreVoteReply(RequestPreVoteReply),
    /// The leader tells a server to stand for election.
    TimeoutNow(TimeoutNow),
    /// A leader sends what stands for entries that it has dropped.
    InstallSnapshot(InstallSnapshot),
    /// The answer to it.
    InstallSnapshotReply(InstallSnapshotReply),
    /// A client asks for a session.
    RegisterClient(RegisterClient),
    /// The answer to it, if the server leads; a [`Response`] if it does not.
    RegisterClientReply(RegisterClientReply),
    /// A client asks for a command in its session; the answer is a [`Response`].
    ClientRequest(ClientRequest),
    /// A client asks for a read that is no entry of the log; the answer is a [`Response`].
    ClientQuery(ClientQuery),
    /// What a client is told whose session servers do not keep any more.
    SessionExpired(SessionExpired),
}

/// Sent by candidates to gather votes (Figure 2, RequestVote RPC, arguments).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestVote {
    /// The candidate's term.
    pub term: Term,
    /// Who asks.
    pub candidate_id: NodeId,
    /// The index of the candidate's last entry...
    pub last_log_index: Index,
    /// ...and its term.
    pub last_log_term: Term,
    /// The leader told it to, so that whoever hears that leader may vote all the same (thesis, §4.2.3).
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub disrupt: Added<bool>,
}

/// What a server answers (Figure 2, RequestVote RPC, results).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestVoteReply {
    /// The voter's term.
    pub term: Term,
    /// Whether the candidate has its vote.
    pub vote_granted: bool,
}

/// Sent by a server that is about to become a candidate (thesis, §9.6): RequestVote, but for a term that has not begun.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestPreVote {
    /// The term in which it would stand for election: the one after its own.
    pub next_term: Term,
    /// The index of its last entry...
    pub last_log_index: Index,
    /// ...and its term.
    pub last_log_term: Term,
}

/// What a server answers to it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestPreVoteReply {
    /// The term that the server is in.
    pub term: Term,
    /// Whether it would vote for the one who asked.
    pub vote_granted: bool,
}

/// Sent by a leader that transfers its leadership: stand for election as if the election timeout had passed (thesis, §3.10).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct TimeoutNow {
    /// The leader's term.
    pub term: Term,
}

/// Sent by the leader to replicate its log, and as a heartbeat (Figure 2, AppendEntries RPC, arguments).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppendEntries {
    /// The leader's term.
    pub term: Term,
    /// Who leads.
    pub leader_id: NodeId,
    /// The index of the entry right before the new ones...
    pub prev_log_index: Index,
    /// ...and its term.
    pub prev_log_term: Term,
    /// What to store; nothing in a heartbeat.
    pub entries: Vec<Entry>,
    /// How far the leader has committed.
    pub leader_commit: Index,
    /// How many rounds of heartbeats have begun in its term, if reads depend on them (thesis, §6.4).
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub round: Added<u64>,
}

/// What a follower answers (Figure 2, AppendEntries RPC, results).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppendEntriesReply {
    /// The follower's term.
    pub term: Term,
    /// Whether it has the entry before the new ones, and so now has these too.
    pub success: bool,
    /// How far the logs are the same; on refusal, how far they may be. Figure 2 has the leader remember what it asked;
    /// with the answer saying it, answers may come late, twice or not at all. On refusal it spares the leader from
    /// stepping back entry by entry through what the follower lacks (the optimisation at the end of §5.3).
    pub last_index: Index,
    /// The round of what is answered.
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub round: Added<u64>,
}

/// Sent by the leader to a follower that lacks entries which the leader has dropped (thesis, Figure 5.3, arguments).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallSnapshot {
    /// The leader's term.
    pub term: Term,
    /// Who leads.
    pub leader_id: NodeId,
    /// What stands for the entries.
    pub snapshot: Arc<Snapshot>,
}

/// What a follower answers (thesis, Figure 5.3, results).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallSnapshotReply {
    /// The follower's term.
    pub term: Term,
    /// How far the logs are the same now. (The thesis has the leader remember what it sent.)
    pub last_index: Index,
}

/// Sent by a client (§8).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Request {
    /// The client's name for the operation: the same in every attempt.
    pub id: OpId,
    /// What is asked for.
    pub command: Arc<kv::Op>,
}

/// What a server answers to a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Response {
    /// The operation.
    pub id: OpId,
    /// What came of it.
    pub ret: Ret,
}

/// Invoked by new clients to open a session (thesis, Figure 6.1).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct RegisterClient {
    /// The operation that the client wants a session for.
    pub id: OpId,
}

/// A session is open (thesis, Figure 6.1, RegisterClient RPC, results).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterClientReply {
    /// The session's name.
    pub client_id: ClientId,
}

/// Invoked by clients to modify the replicated state (thesis, Figure 6.1).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct ClientRequest {
    /// The client's name for the operation, which the answer repeats.
    pub id: OpId,
    /// What is asked for, with its name in the session: the same in every attempt.
    pub command: Once,
}

/// Invoked by clients to query the replicated state (thesis, Figure 6.1).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct ClientQuery {
    /// The client's name for the operation, which the answer repeats.
    pub id: OpId,
    /// What it wants to know.
    pub query: Arc<kv::Op>,
}

/// The session of a command is over; whether the command took effect before, nobody knows (thesis, §6.3).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct SessionExpired {
    /// The operation.
    pub id: OpId,
}

impl Msg {
    /// The sender's term, in messages between servers. (RequestPreVote speaks of a term in which nobody is yet.)
    fn term(&self) -> Option<Term> {
        match self {
            Msg::RequestVote(msg) => Some(msg.term),
            Msg::RequestVoteReply(msg) => Some(msg.term),
            Msg::AppendEntries(msg) => Some(msg.term),
            Msg::AppendEntriesReply(msg) => Some(msg.term),
            Msg::RequestPreVoteReply(msg) => Some(msg.term),
            Msg::TimeoutNow(msg) => Some(msg.term),
            Msg::InstallSnapshot(msg) => Some(msg.term),
            Msg::InstallSnapshotReply(msg) => Some(msg.term),
            Msg::Request(_) | Msg::Response(_) | Msg::RequestPreVote(_) => None,
            Msg::RegisterClient(_) | Msg::RegisterClientReply(_) | Msg::ClientRequest(_) | Msg::ClientQuery(_) => None,
            Msg::SessionExpired(_) => None,
        }
    }
}

macro_rules! into_msg {
    ($($name:ident)*) => {
        $( impl From<$name> for Msg {
            fn from(msg: $name) -> Msg {
                Msg::$name(msg)
            }
        } )*
    };
}
into_msg!(RequestVote RequestVoteReply AppendEntries AppendEntriesReply Request Response);
into_msg!(RequestPreVote RequestPreVoteReply TimeoutNow InstallSnapshot InstallSnapshotReply);
into_msg!(RegisterClient RegisterClientReply ClientRequest ClientQuery SessionExpired);

/// What servers and clients wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Followers and candidates: there is no leader. Leaders: it is time to see whether a majority answers (CheckQuorum).
    Election,
    /// Leaders: it is time for the next heartbeat.
    Heartbeat,
    /// Clients: no answer has come.
    Retry,
    /// Followers: the leader has been silent for the shortest election timeout.
    Silence,
    /// Leaders: whoever was to take over has not.
    Transfer,
    /// Leaders: new servers have had an election timeout to catch up.
    CatchUp,
}

/// What invariants see of a process.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A server.
    Server(&'a Server),
    /// A client.
    Client(&'a Client),
}

impl Protocol for Raft {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::RequestVote(_) => ("RequestVote", Shape::Request),
            Msg::RequestVoteReply(_) => ("RequestVoteReply", Shape::Reply),
            Msg::AppendEntries(_) => ("AppendEntries", Shape::Request),
            Msg::AppendEntriesReply(_) => ("AppendEntriesReply", Shape::Reply),
            Msg::Request(_) => ("Request", Shape::Client),
            Msg::Response(_) => ("Response", Shape::Client),
            Msg::RequestPreVote(_) => ("RequestPreVote", Shape::Request),
            Msg::RequestPreVoteReply(_) => ("RequestPreVoteReply", Shape::Reply),
            Msg::TimeoutNow(_) => ("TimeoutNow", Shape::Request),
            Msg::InstallSnapshot(_) => ("InstallSnapshot", Shape::Request),
            Msg::InstallSnapshotReply(_) => ("InstallSnapshotReply", Shape::Reply),
            Msg::RegisterClient(_) => ("RegisterClient", Shape::Client),
            Msg::RegisterClientReply(_) => ("RegisterClientReply", Shape::Client),
            Msg::ClientRequest(_) => ("ClientRequest", Shape::Client),
            Msg::ClientQuery(_) => ("ClientQuery", Shape::Client),
            Msg::SessionExpired(_) => ("SessionExpired", Shape::Client),
        };
        Tag { name, shape }
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
            Timer::Retry => "retry",
            Timer::Silence => "silence",
            Timer::Transfer => "transfer",
            Timer::CatchUp => "catch-up",
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::RequestVote(it) => forger.one(&mut [&mut it.term, &mut it.last_log_index, &mut it.last_log_term]),
            Msg::RequestPreVote(it) => forger.one(&mut [&mut it.last_log_index, &mut it.last_log_term]),
            Msg::RequestVoteReply(RequestVoteReply { vote_granted, .. })
            | Msg::RequestPreVoteReply(RequestPreVoteReply { vote_granted, .. }) => forger.one(&mut [vote_granted]),
            Msg::AppendEntries(it) => match it.entries.first_mut() {
                Some(Entry { command: Command::Run(op) | Command::Once(Once { op, .. }), .. }) => forger.one(&mut [op]),
                Some(Entry { term, .. }) => forger.one(&mut [term]),
                None => forger.one(&mut [&mut it.term, &mut it.leader_commit]),
            },
            Msg::AppendEntriesReply(it) => forger.one(&mut [&mut it.success]),
            Msg::InstallSnapshot(InstallSnapshot { term, .. }) | Msg::TimeoutNow(TimeoutNow { term }) => {
                forger.one(&mut [term]);
            }
            Msg::InstallSnapshotReply(it) => forger.one(&mut [&mut it.last_index]),
            Msg::Request(it) => forger.one(&mut [&mut it.command]),
            Msg::Response(it) => forger.one(&mut [&mut it.ret]),
            Msg::RegisterClient(_) | Msg::SessionExpired(_) => {} // there is nothing in it to lie about
            Msg::RegisterClientReply(it) => forger.one(&mut [&mut it.client_id]),
            Msg::ClientRequest(it) => forger.one(&mut [&mut it.command.op]),
            Msg::ClientQuery(it) => forger.one(&mut [&mut it.query]),
        }
    }
    fn forge_answer(ret: &mut Ret, forger: &mut Forger) {
        forger.one(&mut [ret]);
    }
}

/// A part of [`ABOUT`], by its place there.
const SERVER: usize = 0;

impl crate::Entry for Raft {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Raft>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Server>::new, Seat::<Self, Client>::new])
    }

    fn promise(config: &Config) -> Option<Level> {
        // Without sessions, what a client asks for again may take effect twice (thesis, §6.3).
        let once = config.sessions && config.reads != Reads::Stale;
        Some(if once { Level::Linearizable } else { Level::Convergent })
    }

    fn measure(world: &World<Raft>, _monitor: &Invariants) -> Vec<u64> {
        let (mut term, mut committed, mut longest) = (0, 0, 0);
        for view in world.ids().filter_map(|node| world.view(node)) {
            let View::Server(server) = view else { continue };
            term = term.max(server.current_term());
            committed = committed.max(server.commit_index());
            longest = longest.max(server.log().last_index());
        }
        vec![term, committed, longest.saturating_sub(committed)]
    }
}
