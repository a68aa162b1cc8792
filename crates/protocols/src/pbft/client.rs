//! A client: it asks for one thing at a time, and believes what f + 1 replicas say alike.

use super::messages::{Asked, Msg, Reply, Request};
use super::{Line, Pbft, Settings, Signed, Timer, View, ViewNumber};
use crate::shared::kv::{Op, Ret};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// What a client was asked to do, in order: the first is with the replicas.
#[derive(Clone, Hash, Default, Debug, Serialize)]
#[serde(transparent)]
pub struct Queue(VecDeque<(OpId, Arc<Op>)>);

/// A client.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Client {
    #[serde(skip)]
    queue: Queue,
    /// The latest view that it has heard of.
    view: ViewNumber,
    /// Who says that what came of the request.
    replies: Map<NodeId, Ret>,
    /// Of which operation it believed last what came of it.
    believed: Option<(OpId, Ret)>,
    #[serde(skip)]
    settings: Fixed<Settings>,
}

impl Client {
    /// What it has asked for and not been told.
    pub fn waiting(&self) -> Option<&(OpId, Arc<Op>)> {
        self.queue.0.front()
    }
    /// What it was asked to do last, if that is not done.
    pub fn latest(&self) -> Option<&(OpId, Arc<Op>)> {
        self.queue.0.back()
    }
    /// The operation whose outcome it believed last, and the outcome.
    pub fn believed(&self) -> Option<&(OpId, Ret)> {
        self.believed.as_ref()
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn request(&self, cx: &Cx<Pbft>) -> Option<Asked> {
        let (timestamp, op) = self.queue.0.front()?;
        Some(Arc::new(Signed::new(cx, Request { op: op.clone(), timestamp: *timestamp })))
    }

    fn ask_primary(&mut self, cx: &mut Cx<Pbft>) {
        self.replies.clear();
        if let Some(asked) = self.request(cx) {
            cx.line(Line::Ask);
            cx.send(self.settings.primary(self.view), Msg::Request(asked));
            self.wait(cx);
        }
    }

    fn ask_all(&mut self, cx: &mut Cx<Pbft>) {
        if let Some(asked) = self.request(cx) {
            cx.line(Line::AskAll);
            for replica in &self.settings.replicas {
                cx.send(*replica, Msg::Request(asked.clone()));
            }
            self.wait(cx);
        }
    }

    fn wait(&self, cx: &mut Cx<Pbft>) {
        let retry = self.settings.config.retry;
        cx.set_timer(Timer::Retry, retry..retry + Span(1));
    }

    fn on_reply(&mut self, reply: &Signed<Reply>, cx: &mut Cx<Pbft>) {
        let waiting = self.queue.0.front().map(|(timestamp, _)| *timestamp);
        if waiting != Some(reply.timestamp) || !self.settings.replicas.contains(&reply.by()) {
            return;
        }
        self.replies.insert(reply.by(), reply.ret.clone());
        let alike = self.replies.values().filter(|ret| **ret == reply.ret).count();
        if alike >= self.settings.one_is_honest() {
            cx.line(Line::Believe);
            cx.reply(reply.timestamp, reply.ret.clone());
            self.believed = Some((reply.timestamp, reply.ret.clone()));
            self.view = self.view.max(reply.view);
            self.queue.0.pop_front();
            cx.cancel_timer(Timer::Retry);
            self.ask_primary(cx);
        }
    }
}

impl Process<Pbft> for Client {
    type Config = Settings;
    type Disk = Queue;

    fn boot(config: &Arc<Settings>, disk: Queue, cx: &mut Cx<Pbft>) -> Client {
        let settings = Fixed::new(config);
        let mut client = Client { queue: disk, view: 0, replies: Map::new(), believed: None, settings };
        client.ask_all(cx);
        client
    }
    fn disk(&self) -> &Queue {
        &self.queue
    }
    fn on_msg(&mut self, _from: NodeId, msg: Msg, cx: &mut Cx<Pbft>) {
        if let Msg::Reply(reply) = msg {
            self.on_reply(&reply, cx);
        }
    }
    fn on_timer(&mut self, _timer: Timer, cx: &mut Cx<Pbft>) {
        self.ask_all(cx);
    }
    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Pbft>) {
        self.queue.0.push_back((id, Arc::new(op)));
        if self.queue.0.len() == 1 {
            self.ask_primary(cx);
        }
    }
    fn view(&self) -> View<'_> {
        View::Client(self)
    }
    fn face(&self) -> Face {
        let note = self.waiting().map(|(_, op)| format!("{op}: {} of {}", self.most(), self.settings.one_is_honest()));
        Face {
            role: "client",
            prominence: Prominence::Outside,
            ring: self.waiting().is_some().then_some("retry"),
            note,
            ..Face::default()
        }
    }
}

impl Client {
    /// How many replicas have told it the same.
    fn most(&self) -> usize {
        let alike = |ret: &Ret| self.replies.values().filter(|other| *other == ret).count();
        self.replies.values().map(alike).max().unwrap_or(0)
    }
}
