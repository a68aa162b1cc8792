//! A client (§8): one operation at a time, sent to the server that seems to lead, and sent again until it is answered.
//!
//! An operation whose answer was lost is done twice: Raft alone gives *at least once*. (The paper's remedy, sessions
//! in which servers recognise a command they have done, builds on [`Request::id`], which stays the same.)

use super::{Line, Msg, Op, Raft, Request, Response, Ret, Settings, Timer, View};
use crate::kv;
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
}

impl Process<Raft> for Client {
    type Config = Settings;
    type Disk = ();

    /// It begins with any server (§8).
    fn boot(settings: &Arc<Settings>, disk: (), cx: &mut Cx<Raft>) -> Client {
        let any = cx.choose(settings.servers.len() as u64);
        let leader = settings.servers[any as usize];
        Client { settings: Fixed::new(settings), disk, leader, queue: VecDeque::new() }
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
        let Msg::Response(Response { id, ret }) = msg else {
            return;
        };
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
                self.leader = from;
                self.finish(ret, cx);
            }
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
    /// Sends the first operation of the queue.
    fn ask(&mut self, cx: &mut Cx<Raft>) {
        let Some((id, command)) = self.queue.front() else {
            return;
        };
        cx.line(Line::SendRequest);
        cx.send(self.leader, Request { id: *id, command: command.clone() });
        let patience = self.settings.config.client_timeout;
        cx.set_timer(Timer::Retry, patience..patience);
    }

    fn finish(&mut self, ret: Ret, cx: &mut Cx<Raft>) {
        if let Some((id, _)) = self.queue.pop_front() {
            cx.reply(id, ret);
        }
        cx.cancel_timer(Timer::Retry);
        self.ask(cx);
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
