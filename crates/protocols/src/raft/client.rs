//! A client (§8): one operation at a time, sent to the server that seems to lead, and sent again until it is answered.
//!
//! An operation whose answer was lost is done twice: Raft alone gives *at least once*. With sessions (thesis, §6.3) the
//! client first asks for one, and then numbers its commands in it, so that servers recognise what they have done.

use super::{
    ClientId, ClientQuery, ClientRequest, Line, Msg, Once, Op, Raft, Reads, RegisterClient, Request, Response, Ret,
    SessionExpired, Settings, Timer, View,
};
use crate::shared::kv;
use netsplit_sim::digest::Added;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// A client. A crash leaves nothing of it.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    #[serde(skip)]
    pub(super) settings: Fixed<Settings>,
    #[serde(skip)]
    disk: (),
    /// The server that it believes to lead.
    pub(super) leader: NodeId,
    /// Its operations that are not answered yet; the first is under way.
    pub(super) queue: VecDeque<(OpId, Arc<kv::Op>)>,
    /// Its session, if it needs one and has it.
    #[serde(skip_serializing_if = "Added::is_idle")]
    client_id: Added<Option<ClientId>>,
    /// How many of its operations in that session are over.
    #[serde(skip_serializing_if = "Added::is_idle")]
    sequence_num: Added<u64>,
}

impl Process<Raft> for Client {
    type Config = Settings;
    type Disk = ();

    /// It begins with any server (§8).
    fn boot(settings: &Arc<Settings>, disk: (), cx: &mut Cx<Raft>) -> Client {
        let any = cx.choose(settings.servers.len() as u64);
        let leader = settings.servers[any as usize];
        Client {
            settings: Fixed::new(settings),
            disk,
            leader,
            queue: VecDeque::new(),
            client_id: Added::default(),
            sequence_num: Added::default(),
        }
    }

    fn disk(&self) -> &() {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Raft>) {
        let Op::Run(command) = op else {
            return cx.reply(id, Ret::refused("this is for a server to do"));
        };
        self.queue.push_back((id, command));
        if self.queue.len() == 1 {
            self.ask(cx);
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Raft>) {
        match msg {
            Msg::Response(msg) => self.on_response(from, msg, cx),
            Msg::RegisterClientReply(msg) => self.on_session(from, msg.client_id, cx),
            Msg::SessionExpired(msg) => self.on_session_expired(msg, cx),
            _ => {} // for servers
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Raft>) {
        if timer == Timer::Retry {
            cx.line(Line::Retry);
            self.leader = self.next_server();
            self.ask(cx);
        }
    }

    fn view(&self) -> View<'_> {
        View::Client(self)
    }

    fn face(&self) -> Face {
        super::face::client(self)
    }
}

impl Client {
    fn on_response(&mut self, from: NodeId, Response { id, ret }: Response, cx: &mut Cx<Raft>) {
        if self.queue.front().is_none_or(|(current, _)| *current != id) {
            return; // a second answer
        }
        match ret {
            Ret::NotLeader { hint: Some(leader) } => {
                cx.line(Line::Redirect);
                self.leader = leader;
                self.ask(cx);
            }
            Ret::NotLeader { hint: None } => {} // nobody leads, perhaps: no use to hurry on to the next
            ret => {
                cx.line(Line::TakeAnswer);
                if self.queue.front().is_some_and(|(_, op)| !self.takes_stale(op)) {
                    self.leader = from;
                }
                self.finish(ret, cx);
            }
        }
    }

    /// A session; a second one, from a request that was repeated, is left alone.
    fn on_session(&mut self, from: NodeId, client_id: ClientId, cx: &mut Cx<Raft>) {
        if self.client_id.is_none() && !self.queue.is_empty() {
            cx.line(Line::TakeSession);
            self.leader = from;
            *self.client_id = Some(client_id);
            self.ask(cx);
        }
    }

    /// Its session is over. It cannot know whether the operation took effect in an earlier attempt, so it says neither yes
    /// nor no to it, and opens another session for the next.
    fn on_session_expired(&mut self, SessionExpired { id }: SessionExpired, cx: &mut Cx<Raft>) {
        if self.queue.pop_front_if(|(current, _)| *current == id).is_none() {
            return; // a second answer
        }
        cx.line(Line::LoseSession);
        *self.client_id = None;
        *self.sequence_num = 0;
        cx.cancel_timer(Timer::Retry);
        self.ask(cx);
    }

    /// Sends the first operation of the queue.
    fn ask(&mut self, cx: &mut Cx<Raft>) {
        let Some((id, op)) = self.queue.front() else {
            return;
        };
        let (id, op) = (*id, op.clone());
        match *self.client_id {
            _ if self.settings.config.is_query(&op) => {
                cx.line(Line::SendQuery);
                let to = if self.takes_stale(&op) { self.any_server(cx) } else { self.leader };
                cx.send(to, ClientQuery { id, query: op });
            }
            _ if !self.settings.config.sessions => {
                cx.line(Line::SendRequest);
                cx.send(self.leader, Request { id, command: op });
            }
            None => {
                cx.line(Line::AskForSession);
                cx.send(self.leader, RegisterClient { id });
            }
            Some(client_id) => {
                cx.line(Line::SendNumbered);
                let command = Once { client_id, sequence_num: *self.sequence_num + 1, op };
                cx.send(self.leader, ClientRequest { id, command });
            }
        }
        let patience = self.settings.config.client_timeout;
        cx.set_timer(Timer::Retry, patience..patience);
    }

    fn finish(&mut self, ret: Ret, cx: &mut Cx<Raft>) {
        if let Some((id, _)) = self.queue.pop_front() {
            cx.reply(id, ret);
        }
        if self.client_id.is_some() {
            *self.sequence_num += 1;
        }
        cx.cancel_timer(Timer::Retry);
        self.ask(cx);
    }

    /// Whether it would be content with what any server has.
    fn takes_stale(&self, op: &kv::Op) -> bool {
        self.settings.config.reads == Reads::Stale && self.settings.config.is_query(op)
    }

    fn any_server(&self, cx: &mut Cx<Raft>) -> NodeId {
        let any = cx.choose(self.settings.servers.len() as u64);
        self.settings.servers[any as usize]
    }

    fn next_server(&self) -> NodeId {
        let servers = &self.settings.servers;
        let place = servers.iter().position(|server| *server == self.leader).map_or(0, |place| place + 1);
        servers[place % servers.len()]
    }

    /// The server that it believes to lead.
    pub fn leader(&self) -> NodeId {
        self.leader
    }
    /// How many of its operations are not answered yet.
    pub fn open(&self) -> usize {
        self.queue.len()
    }
}
