//! The process.

use super::{Bug, Line, Missing, Note, Op, Order, Ret, Settings, Timer, Vector, VectorClock};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process};
use serde::Serialize;
use std::sync::Arc;

/// A process with a vector clock.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct VectorProcess {
    #[serde(skip)]
    settings: Fixed<Settings>,
    /// On disk: with an entry that a crash sets back, two events would share it.
    #[serde(skip)]
    clock: Vector,
    #[serde(skip)]
    me: NodeId,
    /// The vector of the latest message from each.
    heard: Map<NodeId, Vector>,
    /// What the latest comparison came to.
    verdict: Option<Order>,
}

impl Process<VectorClock> for VectorProcess {
    type Config = Settings;
    type Disk = Vector;

    fn boot(settings: &Arc<Settings>, clock: Vector, cx: &mut Cx<VectorClock>) -> VectorProcess {
        let settings = Fixed::new(settings);
        let mut process = VectorProcess { settings, clock, me: cx.me, heard: Map::new(), verdict: None };
        process.tick(cx);
        process.act_later(cx);
        process
    }

    fn disk(&self) -> &Vector {
        &self.clock
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<VectorClock>) {
        self.tick(cx);
        let ret = match op {
            Op::Local {} => Ret::At(self.clock.entry(self.me)),
            Op::Send { to } if cx.neighbours.contains(&to) => {
                self.send(to, cx);
                Ret::At(self.clock.entry(self.me))
            }
            Op::Send { .. } => Ret::NoLink,
            Op::Compare { a, b } => self.compare(a, b, cx),
        };
        cx.reply(id, ret);
    }

    fn on_msg(&mut self, from: NodeId, Note { stamp }: Note, cx: &mut Cx<VectorClock>) {
        cx.line(Line::Merge);
        if !self.is_broken(Bug::NoMerge) {
            self.clock.merge(&stamp);
        }
        if !self.is_broken(Bug::NoTickOnReceive) {
            self.tick(cx);
        }
        self.heard.insert(from, stamp);
    }

    fn on_timer(&mut self, Timer::Act: Timer, cx: &mut Cx<VectorClock>) {
        self.tick(cx);
        let others = cx.neighbours;
        let some = others.get(cx.choose(others.len() as u64) as usize);
        if let (Some(other), 1..) = (some, cx.choose(4)) {
            self.send(*other, cx);
        }
        self.act_later(cx);
    }

    fn view(&self) -> &VectorProcess {
        self
    }

    fn face(&self) -> Face {
        let level = |(process, value): (NodeId, u64)| Level { tone: u64::from(process.0), value, of: 0 };
        let entry = |(process, count): (NodeId, u64)| format!("n{}:{count}", process.0 + 1);
        let known: Vec<String> = self.clock.entries().take(8).map(entry).collect();
        Face {
            role: "process",
            headline: Some(("event", self.clock.entry(self.me))),
            levels: self.clock.entries().map(level).collect(),
            ring: self.settings.config.spontaneous.then_some("act"),
            badge: self.verdict.map(Order::word),
            note: Some(format!("knows {}", known.join(" "))),
            ..Face::default()
        }
    }
}

impl VectorProcess {
    fn is_broken(&self, bug: Bug) -> bool {
        self.settings.bugs.on(bug as usize)
    }

    fn tick(&mut self, cx: &mut Cx<VectorClock>) {
        cx.line(Line::Tick);
        self.clock.tick(self.me);
    }

    fn send(&self, to: NodeId, cx: &mut Cx<VectorClock>) {
        cx.line(Line::Stamp);
        cx.send(to, Note { stamp: self.clock.clone() });
    }

    fn compare(&mut self, a: NodeId, b: NodeId, cx: &mut Cx<VectorClock>) -> Ret {
        let (Some(first), Some(second)) = (self.known(a), self.known(b)) else {
            return Ret::Unheard;
        };
        let order = self.order(first, second);
        cx.line(if order == Order::Concurrent { Line::Concurrent } else { Line::Ordered });
        self.verdict = Some(order);
        Ret::Is(order)
    }

    /// The vector of the latest event of a process that is known here.
    fn known(&self, process: NodeId) -> Option<&Vector> {
        if process == self.me { Some(&self.clock) } else { self.heard.get(&process) }
    }

    fn act_later(&self, cx: &mut Cx<VectorClock>) {
        let (least, most) = self.settings.config.act;
        if self.settings.config.spontaneous {
            cx.set_timer(Timer::Act, least..most);
        }
    }

    /// How this process thinks that an event with one vector stands to an event with another.
    pub fn order(&self, first: &Vector, second: &Vector) -> Order {
        let broken = self.is_broken(Bug::MissingIncomparable);
        first.compare(second, if broken { Missing::Incomparable } else { Missing::Zero })
    }
    /// Its vector.
    pub fn clock(&self) -> &Vector {
        &self.clock
    }
}
