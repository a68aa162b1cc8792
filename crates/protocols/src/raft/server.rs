//! A server: its state (Figure 2, State), and the rules that hold for servers in every role (Rules for Servers, All).

use super::membership::{CatchUp, InForce};
use super::reads::Queries;
use super::sessions::{Output, StateMachine};
use super::snapshot::Dropped;
use super::{
    AppendEntriesReply, Bug, Command, Index, InstallSnapshotReply, Line, Log, Msg, Op, Raft, RegisterClientReply,
    Response, Ret, SessionExpired, Settings, Snapshot, Term, Timer, Transfer, View,
};
use netsplit_sim::digest::{Added, Derived};
use netsplit_sim::ordered::Set;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// What a server has on stable storage before it answers anybody, and after every crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Disk {
    /// The latest term the server has seen.
    pub current_term: Term,
    /// The candidate that has its vote in this term.
    pub voted_for: Option<NodeId>,
    /// Its log.
    pub log: Log,
    /// What stands for the entries before the log's first.
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub snapshot: Added<Option<Arc<Snapshot>>>,
}

/// A server.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    #[serde(skip)]
    pub(super) settings: Fixed<Settings>,
    #[serde(skip)]
    pub(super) me: Derived<NodeId>,
    #[serde(skip)]
    pub(super) disk: Disk,
    pub(super) role: Role,
    /// Who leads this term, as far as it knows: where clients are sent.
    pub(super) leader_id: Option<NodeId>,
    /// Whether it has heard from that leader within the shortest election timeout; kept only if it matters.
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub(super) hears_leader: Added<bool>,
    /// The highest entry known to be committed.
    pub(super) commit_index: Index,
    /// The highest entry applied to the state machine.
    pub(super) last_applied: Index,
    pub(super) state_machine: StateMachine,
    /// Commands it took as a leader and has not answered yet, by index.
    pub(super) waiting: VecDeque<Waiting>,
    /// To whom it hands the leadership over.
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub(super) transfer: Added<Option<Transfer>>,
    /// What precedes a change of the set of servers.
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub(super) catch_up: Added<Option<CatchUp>>,
    /// The latest configuration in its log.
    #[serde(skip)]
    pub(super) in_force: Derived<InForce>,
    /// What its last snapshots took the place of, for whoever watches.
    #[serde(skip)]
    pub(super) dropped: Derived<[Vec<Dropped>; 2]>,
    /// What it knows as a leader of reads that are not in the log.
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub(super) queries: Added<Queries>,
}

/// What a server is in its term, with the state that goes with it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// It only answers.
    Follower,
    /// It wants to lead.
    Candidate {
        /// Who voted for it.
        votes: Set<NodeId>,
    },
    /// It leads.
    Leader {
        /// The other servers, as the leader knows them.
        peers: Vec<Peer>,
    },
    /// It would like to know whether it would win (PreVote).
    PreCandidate {
        /// Who would vote for it.
        votes: Set<NodeId>,
    },
}

/// What a leader knows of another server (Figure 2, Volatile state on leaders).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// Who.
    pub server: NodeId,
    /// The next entry to send.
    pub next_index: Index,
    /// The highest entry known to be the same there.
    pub match_index: Index,
    /// The highest entry sent. From `next_index` up to here an answer is outstanding, and nothing further is sent but
    /// the heartbeats, which repeat what was perhaps lost (§5.5).
    pub sent_index: Index,
    /// Whether it has answered since the leader looked last (CheckQuorum).
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub active: Added<bool>,
}

/// A client's command on its way through the log.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub(super) struct Waiting {
    pub index: Index,
    pub id: OpId,
    pub asker: Asker,
}

/// Who invoked an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Asker {
    /// A client process.
    Client(NodeId),
    /// Somebody at this very server.
    Here,
}

impl Process<Raft> for Server {
    type Config = Settings;
    type Disk = Disk;

    fn boot(settings: &Arc<Settings>, mut disk: Disk, cx: &mut Cx<Raft>) -> Server {
        if disk.current_term > 0 {
            cx.line(Line::Restart);
        }
        if settings.broken(Bug::VoteNotDurable) {
            disk.voted_for = None;
        }
        cx.set_timer(Timer::Election, settings.election_timeout());
        let mut server = Server {
            settings: Fixed::new(settings),
            me: Derived(cx.me),
            disk,
            role: Role::Follower,
            leader_id: None,
            hears_leader: Added(false),
            commit_index: 0,
            last_applied: 0,
            state_machine: StateMachine::default(),
            waiting: VecDeque::new(),
            transfer: Added(None),
            catch_up: Added(None),
            in_force: Derived(InForce { index: 0, configuration: settings.members.clone() }),
            dropped: Derived::default(),
            queries: Added::default(),
        };
        server.restore_snapshot(cx);
        server.adopt_latest_configuration();
        server.respect_leases(cx);
        server
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Raft>) {
        if self.ignores(&msg, cx) {
            return;
        }
        if let Some(term) = msg.term() {
            self.see_term(term, cx);
        }
        if let (Role::Follower, Msg::RequestVote(_) | Msg::AppendEntries(_)) = (&self.role, &msg) {
            cx.line(Line::AnswerRpcs);
        }
        match msg {
            Msg::RequestVote(msg) => self.on_request_vote(from, msg, cx),
            Msg::RequestVoteReply(msg) => self.on_request_vote_reply(from, msg, cx),
            Msg::AppendEntries(msg) => self.on_append_entries(from, msg, cx),
            Msg::AppendEntriesReply(msg) => self.on_append_entries_reply(from, msg, cx),
            Msg::RequestPreVote(msg) => self.on_request_pre_vote(from, msg, cx),
            Msg::RequestPreVoteReply(msg) => self.on_request_pre_vote_reply(from, msg, cx),
            Msg::TimeoutNow(msg) => self.on_timeout_now(msg, cx),
            Msg::InstallSnapshot(msg) => self.on_install_snapshot(from, msg, cx),
            Msg::InstallSnapshotReply(InstallSnapshotReply { term, last_index }) => {
                let round = Added(0);
                self.on_append_entries_reply(from, AppendEntriesReply { term, success: true, last_index, round }, cx);
            }
            Msg::Request(msg) => self.on_command(Asker::Client(from), msg.id, Command::Run(msg.command), cx),
            Msg::RegisterClient(msg) => self.on_command(Asker::Client(from), msg.id, Command::Register, cx),
            Msg::ClientRequest(msg) => self.on_command(Asker::Client(from), msg.id, Command::Once(msg.command), cx),
            Msg::ClientQuery(msg) => self.on_query(Asker::Client(from), msg.id, msg.query, cx),
            Msg::Response(_) | Msg::RegisterClientReply(_) | Msg::SessionExpired(_) => {} // for clients
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Raft>) {
        match timer {
            Timer::Election => self.on_election_timeout(cx),
            Timer::Heartbeat => self.on_heartbeat(cx),
            Timer::Silence => *self.hears_leader = false,
            Timer::Transfer => self.abort_transfer(cx),
            Timer::CatchUp => self.on_late_round(cx),
            Timer::Retry => {} // for clients
        }
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Raft>) {
        match op {
            Op::Run(query) if self.settings.config.is_query(&query) => self.on_query(Asker::Here, id, query, cx),
            Op::Run(command) => self.on_command(Asker::Here, id, Command::Run(command), cx),
            Op::Transfer { to } => self.on_transfer(id, to, cx),
            Op::Configure { servers } => self.on_configure(id, servers, cx),
        }
    }

    fn view(&self) -> View<'_> {
        View::Server(self)
    }

    fn face(&self) -> Face {
        super::face::server(self)
    }
}

impl Server {
    /// All servers, second rule: a term beyond its own makes it a follower in that term.
    fn see_term(&mut self, term: Term, cx: &mut Cx<Raft>) {
        if term > self.disk.current_term {
            cx.line(Line::SeeTerm);
            self.disk.current_term = term;
            self.disk.voted_for = None;
            self.leader_id = None;
            *self.hears_leader = false;
            self.become_follower(cx);
        }
    }

    /// A follower's election timer goes on as it was; a leader had none.
    pub(super) fn become_follower(&mut self, cx: &mut Cx<Raft>) {
        if self.is_leader() {
            self.refuse_queries(cx);
            cx.cancel_timer(Timer::Heartbeat);
            self.reset_election_timer(cx);
            self.abort_catch_up("this server leads no longer", cx);
        }
        self.role = Role::Follower;
    }

    /// All servers, first rule: what is committed is applied, in order. A leader answers whoever waits for it.
    pub(super) fn apply_committed(&mut self, cx: &mut Cx<Raft>) {
        while self.last_applied < self.commit_index {
            let Some(entry) = self.disk.log.get(self.last_applied + 1) else {
                break;
            };
            cx.line(Line::Apply);
            let command = entry.command.clone();
            self.last_applied += 1;
            let output = self.run(command, cx);
            if let Some(waiting) = self.waiting.pop_front_if(|waiting| waiting.index == self.last_applied) {
                self.respond(waiting, output, cx);
            }
        }
        self.take_snapshot(cx);
    }

    fn respond(&self, Waiting { id, asker, .. }: Waiting, output: Output, cx: &mut Cx<Raft>) {
        match (output, asker) {
            (Output::Ret(ret), _) => {
                cx.line(Line::Respond);
                answer(asker, id, ret, cx);
            }
            (Output::Session(client_id), Asker::Client(client)) => {
                cx.line(Line::Respond);
                cx.send(client, RegisterClientReply { client_id });
            }
            (Output::Expired, Asker::Client(client)) => {
                cx.line(Line::Respond);
                cx.send(client, SessionExpired { id });
            }
            (Output::Session(_) | Output::Expired | Output::Nothing, _) => {}
        }
    }

    pub(super) fn reset_election_timer(&self, cx: &mut Cx<Raft>) {
        cx.set_timer(Timer::Election, self.settings.election_timeout());
    }

    /// What is on its disk.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }
    /// The latest term it has seen.
    pub fn current_term(&self) -> Term {
        self.disk.current_term
    }
    /// Its log.
    pub fn log(&self) -> &Log {
        &self.disk.log
    }
    /// What it is in its term.
    pub fn role(&self) -> &Role {
        &self.role
    }
    /// Whether it leads.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader { .. })
    }
    /// Whether it can decide alone.
    pub(super) fn is_majority(&self) -> bool {
        self.in_force.0.configuration.decided(|server| server == self.me.0)
    }
    /// Who leads its term, as far as it knows.
    pub fn leader_id(&self) -> Option<NodeId> {
        self.leader_id
    }
    /// The highest entry it knows to be committed.
    pub fn commit_index(&self) -> Index {
        self.commit_index
    }
    /// The highest entry it has applied.
    pub fn last_applied(&self) -> Index {
        self.last_applied
    }
    /// Its state machine.
    pub fn state_machine(&self) -> &StateMachine {
        &self.state_machine
    }
}

/// Tells whoever invoked an operation what came of it.
pub(super) fn answer(asker: Asker, id: OpId, ret: Ret, cx: &mut Cx<Raft>) {
    match asker {
        Asker::Client(client) => cx.send(client, Response { id, ret }),
        Asker::Here => cx.reply(id, ret),
    }
}
