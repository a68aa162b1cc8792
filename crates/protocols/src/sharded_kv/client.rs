//! A client: one operation at a time, asked of some node, and of the next one if no answer comes.

use super::{Line, Msg, Op, Ret, Settings, ShardedKv, Timer, Version, View, Whole};
use crate::shared::kv;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// A client. A crash leaves nothing of it.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Client {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: (),
    /// The node that it asks.
    asks: NodeId,
    /// Its operations that are not answered yet; the first is under way.
    queue: VecDeque<(OpId, Op)>,
    /// The operation that ended last.
    ended: Option<Ended>,
}

/// An operation that has ended, for those who judge the run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Ended {
    /// Which.
    pub id: OpId,
    /// What was asked.
    pub op: Op,
    /// The version that was written or read; none if nothing was there.
    pub version: Option<Version>,
}

impl Process<ShardedKv> for Client {
    type Config = Settings;
    type Disk = ();

    fn boot(settings: &Arc<Settings>, disk: (), cx: &mut Cx<ShardedKv>) -> Client {
        let any = cx.choose(settings.nodes.len() as u64) as usize;
        let asks = settings.nodes[any];
        Client { settings: Fixed::new(settings), disk, asks, queue: VecDeque::new(), ended: None }
    }

    fn disk(&self) -> &() {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<ShardedKv>) {
        match op {
            Op::Key(kv::Op::Cas { .. }) => return cx.reply(id, Ret::Key(kv::Ret::Unsupported)),
            Op::Whole(Whole::Join {} | Whole::Leave {}) => return cx.reply(id, Ret::Key(kv::Ret::NotHere)),
            _ => self.queue.push_back((id, op)),
        }
        if self.queue.len() == 1 {
            self.ask(cx);
        }
    }

    fn on_msg(&mut self, _from: NodeId, msg: Msg, cx: &mut Cx<ShardedKv>) {
        let Msg::Response { id, ret, version } = msg else { return };
        if let Some((id, op)) = self.queue.pop_front_if(|(current, _)| *current == id) {
            cx.line(Line::TakeAnswer);
            cx.reply(id, ret);
            cx.cancel_timer(Timer::Retry);
            self.ended = Some(Ended { id, op, version });
            self.ask(cx);
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<ShardedKv>) {
        if timer == Timer::Retry {
            cx.line(Line::AskAnother);
            let nodes = &self.settings.nodes;
            let place = nodes.iter().position(|node| *node == self.asks).map_or(0, |place| place + 1);
            self.asks = nodes[place % nodes.len()];
            self.ask(cx);
        }
    }

    fn view(&self) -> View<'_> {
        View::Client(self)
    }

    fn face(&self) -> Face {
        let waits = self.queue.front().map(|(_, op)| format!("{op}: waiting for {}", self.settings.name(self.asks)));
        Face {
            role: if waits.is_some() { "asking" } else { "client" },
            prominence: Prominence::Outside,
            ring: Some("retry"),
            note: waits,
            ..Face::default()
        }
    }
}

impl Client {
    fn ask(&mut self, cx: &mut Cx<ShardedKv>) {
        let Some((id, op)) = self.queue.front() else { return };
        cx.line(Line::AskAny);
        cx.send(self.asks, Msg::Request { id: *id, op: op.clone() });
        let patience = self.settings.config.client_timeout;
        cx.set_timer(Timer::Retry, patience..patience);
    }

    /// Its operations that are not answered yet.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = OpId> {
        self.queue.iter().map(|(id, _)| *id)
    }
    /// The operation that ended last.
    pub fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }
}
