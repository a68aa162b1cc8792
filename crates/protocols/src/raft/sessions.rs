//! Sessions, by which a command takes effect exactly once (thesis, §6.3).
//!
//! A client that gets no answer sends its command again. The first may have been committed all the same: then it stands in
//! the log twice. So clients number their commands, and the state machine keeps, for each client, the number and the answer
//! of the last one: a number that it has seen is answered as before, and not run again. All servers keep the same sessions,
//! since they come of the same log: a new leader knows them, and so does a server that restarts.
//!
//! A client has one command under way at a time; with that, one answer per client is enough to keep.
//!
//! To bound their memory, servers let sessions expire (if so set), and all must agree on which: the log says when each was
//! used last, and of one too many the one that was used longest ago goes. A command in it may be a retry of one that has run
//! before, and nobody can know any more. So it is not run, and the client is told that its session is over: whether its
//! command took effect remains open, and for the next it opens another session.

use super::server::Server;
use super::{Bug, ClientId, Command, Index, Line, Once, Raft, Ret, Store, Text};
use crate::shared::kv::Op;
use netsplit_sim::Cx;
use netsplit_sim::digest::Added;
use netsplit_sim::ordered::Map;
use serde::Serialize;

/// What the log is run through: the store, and who has asked for what last.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct StateMachine {
    store: Store,
    #[serde(skip_serializing_if = "Added::is_idle")]
    sessions: Added<Map<ClientId, Session>>,
}

/// What is kept of a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The number of its last command; 0 if it has sent none.
    pub sequence_num: u64,
    /// What came of that.
    pub output: Option<Ret>,
    /// The last entry that was part of it; kept only if sessions expire.
    #[serde(skip_serializing_if = "Added::is_idle")]
    pub last_used: Added<Index>,
}

/// What comes of a command.
pub(super) enum Output {
    /// Nobody waits for it.
    Nothing,
    /// What the store answers.
    Ret(Ret),
    /// A session begins.
    Session(ClientId),
    /// The session is over.
    Expired,
}

impl StateMachine {
    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Text> {
        self.store.get(key)
    }
    /// What the store answers to a read.
    pub fn query(&self, op: &Op) -> Ret {
        match op {
            Op::Get { key } => self.get(key).map_or(Ret::Absent, |value| Ret::Value(value.clone())),
            // The others would change something; but for the list of keys, which is always an entry of the log.
            Op::Put { .. } | Op::Delete { .. } | Op::Cas { .. } | Op::Keys {} => Ret::Unsupported,
        }
    }
    /// What is kept of a client.
    pub fn session(&self, client_id: ClientId) -> Option<&Session> {
        self.sessions.get(&client_id)
    }
}

impl Server {
    /// Applies the command at `last_applied`.
    pub(super) fn run(&mut self, command: Command, cx: &mut Cx<Raft>) -> Output {
        match command {
            Command::Noop => Output::Nothing,
            Command::Run(op) => Output::Ret(self.state_machine.store.apply(&op)),
            Command::Configure(configuration) => {
                self.apply_configuration(&configuration, cx);
                Output::Ret(Ret::Ok)
            }
            Command::Register => {
                cx.line(Line::AllocateSession);
                self.state_machine.sessions.insert(self.last_applied, Session::default());
                self.expire_sessions(cx);
                Output::Session(self.last_applied)
            }
            Command::Once(once) => self.run_once(once, cx),
        }
    }

    /// ClientRequest RPC, steps 3 to 6.
    fn run_once(&mut self, Once { client_id, sequence_num, op }: Once, cx: &mut Cx<Raft>) -> Output {
        let StateMachine { store, sessions } = &mut self.state_machine;
        let expire = self.settings.config.session_limit > 0;
        if expire && self.settings.broken(Bug::ExpiredRunsAgain) {
            sessions.entry(client_id).or_default();
        }
        let Some(session) = sessions.get_mut(&client_id) else {
            if expire {
                cx.line(Line::RefuseExpired);
                return Output::Expired;
            }
            return Output::Nothing; // the client has not heard of a session of that name from anybody
        };
        *session.last_used = if expire { self.last_applied } else { 0 };
        if sequence_num < session.sequence_num {
            cx.line(Line::DiscardLate);
            return Output::Nothing;
        }
        if sequence_num == session.sequence_num && !self.settings.broken(Bug::DoubleApply) {
            cx.line(Line::RecogniseRetry);
            return session.output.clone().map_or(Output::Nothing, Output::Ret);
        }
        cx.line(Line::KeepAnswer);
        let output = store.apply(&op);
        (session.sequence_num, session.output) = (sequence_num, Some(output.clone()));
        Output::Ret(output)
    }

    /// A session has begun: if it is one too many, the one expires that was used longest ago.
    fn expire_sessions(&mut self, cx: &mut Cx<Raft>) {
        let limit = usize::from(self.settings.config.session_limit);
        let sessions = &mut *self.state_machine.sessions;
        if limit == 0 {
            return;
        }
        if let Some(session) = sessions.get_mut(&self.last_applied) {
            *session.last_used = self.last_applied;
        }
        while sessions.len() > limit {
            let oldest = sessions.iter().min_by_key(|(_, session)| *session.last_used).map(|(client_id, _)| *client_id);
            let Some(oldest) = oldest else { return };
            cx.line(Line::ExpireSession);
            sessions.remove(&oldest);
        }
    }
}
