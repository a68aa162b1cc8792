//! One server of our core, driven by hand.

use crate::differences::name_of;
use crate::{Role, State};
use netsplit_protocols::raft::{
    self, Command, Disk, Entry, Index, Line, Msg, Op, Raft, Ret, Server, Settings, Snapshot, Timer,
};
use netsplit_protocols::shared::kv;
use netsplit_sim::{Choose, Cx, Effect, NodeId, OpId, Process, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A server of our core.
pub struct Ours {
    me: NodeId,
    settings: Arc<Settings>,
    server: Server,
    /// Its own clock.
    now: Time,
    /// How many commands it has been asked for.
    asked: u32,
    /// The reads that it has been asked for, by their operations.
    reads: BTreeMap<OpId, u64>,
    /// Those that it has answered.
    answered: BTreeSet<u64>,
}

/// Raft makes no choices: all that is random in it are its timers, which the twin draws.
struct NoChoice;
impl Choose for NoChoice {
    fn choose(&mut self, _n: u64) -> u64 {
        0
    }
}

/// What a handler listed.
pub(crate) type Effects = Vec<Effect<Raft>>;

impl Ours {
    /// Starts a server from its disk.
    pub(crate) fn boot(me: NodeId, settings: &Arc<Settings>, disk: Disk) -> (Ours, Effects) {
        let mut did = Vec::new();
        let server = Server::boot(settings, disk, &mut Cx::new(me, &[], Time::ZERO, &mut NoChoice, &mut did));
        let (reads, answered) = (BTreeMap::new(), BTreeSet::new());
        (Ours { me, settings: settings.clone(), server, now: Time::ZERO, asked: 0, reads, answered }, did)
    }
    /// It crashes, and starts again from its disk.
    pub(crate) fn restarts(&mut self) -> Effects {
        let (settings, disk) = (self.settings.clone(), self.server.disk().clone());
        self.run(|server, cx| *server = Server::boot(&settings, disk, cx))
    }
    pub(crate) fn hears(&mut self, from: NodeId, msg: Msg) -> Effects {
        self.run(|server, cx| server.on_msg(from, msg, cx))
    }
    pub(crate) fn runs_out(&mut self, timer: Timer) -> Effects {
        self.run(|server, cx| server.on_timer(timer, cx))
    }
    pub(crate) fn is_asked(&mut self, value: &str) -> Effects {
        self.is_asked_for(command(value).into())
    }
    pub(crate) fn hands_over(&mut self, to: NodeId) -> Effects {
        self.is_asked_for(Op::Transfer { to })
    }
    pub(crate) fn is_to_change(&mut self, servers: Vec<NodeId>) -> Effects {
        self.is_asked_for(Op::Configure { servers })
    }
    /// It is asked for a read, called by a number.
    pub(crate) fn is_read(&mut self, read: u64) -> Effects {
        self.reads.insert(OpId(self.asked + 1), read);
        self.is_asked_for(kv::Op::Get { key: "x".into() }.into())
    }
    fn is_asked_for(&mut self, op: Op) -> Effects {
        self.asked += 1;
        let id = OpId(self.asked);
        self.run(|server, cx| server.on_op(id, op, cx))
    }
    pub(crate) fn clock_advances(&mut self, nanos: u64) {
        self.now += netsplit_sim::Span(nanos);
    }
    fn run(&mut self, handler: impl FnOnce(&mut Server, &mut Cx<Raft>)) -> Effects {
        let mut did = Vec::new();
        handler(&mut self.server, &mut Cx::new(self.me, &[], self.now, &mut NoChoice, &mut did));
        for effect in &did {
            if let Effect::Reply(id, Ret::Value(_) | Ret::Absent) = effect {
                self.answered.extend(self.reads.get(id));
            }
        }
        did
    }

    /// Its state in terms that both have.
    pub fn state(&self) -> State {
        let server = &self.server;
        let role = match server.role() {
            raft::Role::Follower => Role::Follower,
            raft::Role::PreCandidate { .. } => Role::PreCandidate,
            raft::Role::Candidate { .. } => Role::Candidate,
            raft::Role::Leader { .. } => Role::Leader,
        };
        State {
            term: server.current_term(),
            voted_for: server.disk().voted_for,
            role,
            leader: server.leader_id(),
            commit: server.commit_index(),
            configuration: server.configuration().clone(),
            log: server.log().from(self.base() + 1, u32::MAX).iter().map(|entry| (entry.term, value(entry))).collect(),
        }
    }
    /// To whom it sends its log, if it leads.
    pub(crate) fn peers(&self) -> BTreeSet<NodeId> {
        match self.server.role() {
            raft::Role::Leader { peers } => peers.iter().map(|peer| peer.server).collect(),
            _ => BTreeSet::new(),
        }
    }
    /// The joint configuration that it has just appended as a leader, or what it has in its place.
    pub(crate) fn begins_change(&self, did: &Effects) -> bool {
        did.iter().any(|effect| matches!(effect, Effect::Line(Line::AppendJoint)))
    }
    /// The reads that it has answered.
    pub(crate) fn answered(&self) -> &BTreeSet<u64> {
        &self.answered
    }
    /// What stands for the beginning of its log.
    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        (*self.server.disk().snapshot).clone()
    }
    /// Up to where its log is dropped, behind a snapshot.
    pub(crate) fn base(&self) -> Index {
        self.server.log().base_index()
    }
}

/// The command that stands for a value.
pub(crate) fn command(value: &str) -> kv::Op {
    kv::Op::Put { key: "x".into(), value: value.into() }
}

/// The value for which an entry's command stands.
pub(crate) fn value(entry: &Entry) -> Option<String> {
    match &entry.command {
        Command::Configure(configuration) => Some(name_of(configuration)),
        Command::Run(command) => match &**command {
            kv::Op::Put { value, .. } => Some(value.to_string()),
            other => unreachable!("nobody asked for {other}"),
        },
        _ => None,
    }
}
