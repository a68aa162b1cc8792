//! Sessions, by which a command takes effect exactly once (thesis, §6.3).
//!
//! A client that gets no answer sends its command again. The first may have been committed all the same: then it stands in
//! the log twice. So clients number their commands, and the state machine keeps, for each client, the number and the answer
//! of the last one: a number that it has seen is answered as before, and not run again. All servers keep the same sessions,
//! since they come of the same log: a new leader knows them, and so does a server that restarts.
//!
//! A client has one command under way at a time; with that, one answer per client is enough to keep. Sessions do not end
//! here: the thesis has servers expire the oldest ones, to bound their memory.

use super::server::Server;
use super::{Bug, ClientId, Command, Line, Once, Raft, Ret, Store, Text};
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
}

/// What comes of a command.
pub(super) enum Output {
    /// Nobody waits for it.
    Nothing,
    /// What the store answers.
    Ret(Ret),
    /// A session begins.
    Session(ClientId),
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
                Output::Session(self.last_applied)
            }
            Command::Once(once) => self.run_once(once, cx),
        }
    }

    /// ClientRequest RPC, steps 3 to 6.
    fn run_once(&mut self, Once { client_id, sequence_num, op }: Once, cx: &mut Cx<Raft>) -> Output {
        let StateMachine { store, sessions } = &mut self.state_machine;
        let Some(session) = sessions.get_mut(&client_id) else {
            return Output::Nothing; // the client has not heard of a session of that name from anybody
        };
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
        *session = Session { sequence_num, output: Some(output.clone()) };
        Output::Ret(output)
    }
}
