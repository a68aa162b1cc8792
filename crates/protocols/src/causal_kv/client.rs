//! A client: speaks to its own site, and remembers what its writes depend on.

use super::{Bug, CausalKv, Deps, Line, Msg, Op, Ret, Settings, Timer, Version, View};
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// A client. A crash leaves nothing of it: whoever starts again has seen nothing.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Client {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: (),
    /// Its operations that are not answered yet; the first is under way.
    queue: VecDeque<(OpId, Op)>,
    /// What its next write depends on: what it has read since its last write, and that write. All before is among the
    /// dependencies of these.
    context: Deps,
    /// The highest time stamp that it has been told of.
    clock: u64,
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

impl Process<CausalKv> for Client {
    type Config = Settings;
    type Disk = ();

    fn boot(settings: &Arc<Settings>, disk: (), _cx: &mut Cx<CausalKv>) -> Client {
        let (queue, context) = Default::default();
        Client { settings: Fixed::new(settings), disk, queue, context, clock: 0, ended: None }
    }

    fn disk(&self) -> &() {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<CausalKv>) {
        if matches!(op, Op::Cas { .. } | Op::Keys {}) {
            return cx.reply(id, Ret::Unsupported);
        }
        self.queue.push_back((id, op));
        if self.queue.len() == 1 {
            self.ask(cx);
        }
    }

    fn on_msg(&mut self, _from: NodeId, msg: Msg, cx: &mut Cx<CausalKv>) {
        match msg {
            Msg::Got { id, stored } => {
                let Some((id, op)) = self.queue.pop_front_if(|(current, _)| *current == id) else { return };
                cx.line(Line::Remember);
                let version = stored.as_ref().map(|stored| stored.version);
                if let Some(version) = version.filter(|_| !self.settings.broken(Bug::ForgetsReads)) {
                    self.context.insert((op.key().clone(), version));
                }
                let value = stored.and_then(|stored| stored.value);
                cx.reply(id, value.map_or(Ret::Absent, Ret::Value));
                self.end(id, op, version, cx);
            }
            Msg::Done { id, version } => {
                let Some((id, op)) = self.queue.pop_front_if(|(current, _)| *current == id) else { return };
                cx.line(Line::StartAnew);
                self.context = Deps::from_iter([(op.key().clone(), version)]);
                cx.reply(id, Ret::Ok);
                self.end(id, op, Some(version), cx);
            }
            _ => {} // for nodes
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<CausalKv>) {
        if timer == Timer::Retry {
            cx.line(Line::AskAgain);
            self.ask(cx);
        }
    }

    fn view(&self) -> View<'_> {
        View::Client(self)
    }

    fn face(&self) -> Face {
        let more = self.context.len();
        Face {
            role: if self.queue.is_empty() { "client" } else { "asking" },
            prominence: Prominence::Outside,
            ring: Some("retry"),
            headline: Some(("context", more as u64)),
            note: self.queue.front().map(|(_, op)| op.to_string()),
            ..Face::default()
        }
    }
}

impl Client {
    fn ask(&self, cx: &mut Cx<CausalKv>) {
        let Some((id, op)) = self.queue.front() else { return };
        let (id, key) = (*id, op.key().clone());
        let keeper = self.settings.keeper(&key, self.settings.site(cx.me));
        if op.is_read() {
            cx.line(Line::Get);
            cx.send(keeper, Msg::Get { id, key });
        } else {
            cx.line(Line::PutAfter);
            let (value, deps) = (op.value().cloned(), self.context.clone());
            cx.send(keeper, Msg::PutAfter { id, key, value, deps, clock: self.clock });
        }
        let retry = self.settings.config.retry;
        cx.set_timer(Timer::Retry, retry..retry);
    }

    fn end(&mut self, id: OpId, op: Op, version: Option<Version>, cx: &mut Cx<CausalKv>) {
        cx.cancel_timer(Timer::Retry);
        self.clock = self.clock.max(version.map_or(0, |version| version.number));
        self.ended = Some(Ended { id, op, version });
        self.ask(cx);
    }

    /// Its operations that are not answered yet; the first is under way.
    pub fn open(&self) -> impl DoubleEndedIterator<Item = &(OpId, Op)> {
        self.queue.iter()
    }
    /// The operation that ended last.
    pub fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }
    /// What its next write depends on.
    pub fn context(&self) -> &Deps {
        &self.context
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
