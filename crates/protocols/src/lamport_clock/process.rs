//! The process.

use super::{Body, Bug, Clock, LamportClock, Line, Msg, Op, Ret, Settings, Stamp, Text, Timer};
use crate::shared::channel::{Channels, Packet};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process};
use serde::Serialize;
use std::sync::Arc;

/// A process with a logical clock.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct LamportProcess {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: Disk,
    #[serde(skip)]
    me: NodeId,
    #[serde(skip)]
    neighbours: Vec<NodeId>,
    /// Who waits for which of this process's broadcasts to be delivered.
    asked: Map<Stamp, OpId>,
}

/// What a crash leaves. A clock that a crash sets back would stamp two events alike.
#[derive(Clone, Hash, Debug, Default, Serialize)]
pub struct Disk {
    clock: Clock,
    /// The latest time at which each other process is known to have said something.
    heard: Map<NodeId, Clock>,
    /// What is yet to be delivered, by its place in the order.
    queue: Map<Place, (Stamp, Text)>,
    /// What was delivered, in order.
    delivered: Vec<(Stamp, Text)>,
    channels: Channels<Body>,
}

/// What the queue is sorted by: the clock, then the process (or, with the bug, the processes backwards).
type Place = (Clock, u16);

impl Process<LamportClock> for LamportProcess {
    type Config = Settings;
    type Disk = Disk;

    fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<LamportClock>) -> LamportProcess {
        let mut process = LamportProcess {
            settings: Fixed::new(settings),
            disk,
            me: cx.me,
            neighbours: cx.neighbours.to_vec(),
            asked: Map::new(),
        };
        process.tick();
        process.act_later(cx);
        process.send_again(cx);
        process
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<LamportClock>) {
        match op {
            Op::Local {} => {
                self.local(cx);
                cx.reply(id, Ret::At(self.disk.clock));
            }
            Op::Send { to } if cx.neighbours.contains(&to) => {
                self.note(to, cx);
                cx.reply(id, Ret::At(self.disk.clock));
            }
            Op::Send { .. } => {
                self.tick();
                cx.reply(id, Ret::NoLink);
            }
            Op::Broadcast { text } => self.broadcast(text, Some(id), cx),
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<LamportClock>) {
        cx.line(Line::Merge);
        if !self.is_broken(Bug::NoMaxOnReceive) {
            self.disk.clock = self.disk.clock.max(msg.clock);
        }
        self.disk.clock += 1;
        match msg.packet {
            Packet::Data { seq, body } => {
                cx.line(Line::Receipt);
                for body in self.disk.channels.arrived(from, seq, body) {
                    self.receive(from, body, cx);
                }
                let packet = self.disk.channels.receipt(from);
                cx.send(from, Msg { clock: self.disk.clock, packet });
            }
            Packet::Receipt { next } => self.disk.channels.confirmed(from, next),
        }
        self.deliver(cx);
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<LamportClock>) {
        match timer {
            Timer::Act => {
                self.act(cx);
                self.act_later(cx);
            }
            Timer::Resend => {
                self.tick();
                self.send_again(cx);
            }
        }
    }

    fn view(&self) -> &LamportProcess {
        self
    }

    fn face(&self) -> Face {
        let cell = |(stamp, text): &(Stamp, Text), solid| Cell {
            tone: u64::from(stamp.process.0),
            solid,
            text: text.chars().take(8).collect(),
        };
        let Disk { delivered, queue, heard, clock, .. } = &self.disk;
        let shown = delivered.len().saturating_sub(12usize.saturating_sub(queue.len()));
        let done = delivered.iter().skip(shown).map(|entry| cell(entry, true));
        let known = |(process, clock): (&NodeId, &Clock)| Level { tone: u64::from(process.0), value: *clock, of: 0 };
        Face {
            role: "process",
            headline: Some(("clock", *clock)),
            strip: done.chain(queue.values().take(12).map(|entry| cell(entry, false))).collect(),
            strip_start: shown as u64,
            levels: heard.iter().map(known).collect(),
            ring: self.settings.config.spontaneous.then_some("act"),
            note: self.awaited().map(|process| format!("waits to hear from n{}", process.0 + 1)),
            ..Face::default()
        }
    }
}

impl LamportProcess {
    fn is_broken(&self, bug: Bug) -> bool {
        self.settings.bugs.on(bug as usize)
    }

    /// IR1.
    fn tick(&mut self) {
        self.disk.clock += 1;
    }

    /// IR1 for an event that sends.
    fn tick_to_send(&mut self) {
        if !self.is_broken(Bug::NoTickOnSend) {
            self.tick();
        }
    }

    fn local(&mut self, cx: &mut Cx<LamportClock>) {
        cx.line(Line::Tick);
        self.tick();
    }

    fn note(&mut self, to: NodeId, cx: &mut Cx<LamportClock>) {
        cx.line(Line::Stamp);
        self.tick_to_send();
        let clock = self.disk.clock;
        self.send(to, Body::Note { clock }, cx);
    }

    fn broadcast(&mut self, text: Text, id: Option<OpId>, cx: &mut Cx<LamportClock>) {
        cx.line(Line::Ask);
        self.tick_to_send();
        let clock = self.disk.clock;
        let stamp = Stamp { clock, process: self.me };
        self.disk.queue.insert(self.place(stamp), (stamp, text.clone()));
        self.asked.extend(id.map(|id| (stamp, id)));
        self.send_to_all(&Body::Request { clock, text }, cx);
        self.deliver(cx);
    }

    /// The channel hands up what a neighbour said.
    fn receive(&mut self, from: NodeId, body: Body, cx: &mut Cx<LamportClock>) {
        self.disk.heard.insert(from, body.clock());
        if let Body::Request { clock, text } = body {
            cx.line(Line::Queue);
            let stamp = Stamp { clock, process: from };
            self.disk.queue.insert(self.place(stamp), (stamp, text));
            let clock = self.disk.clock;
            self.send_to_all(&Body::Ack { clock }, cx);
        }
    }

    /// Delivers from the front of the queue while nothing earlier can come.
    fn deliver(&mut self, cx: &mut Cx<LamportClock>) {
        while let Some((&place, _)) = self.disk.queue.first_key_value() {
            if cx.neighbours.iter().any(|other| !self.has_passed(*other, place)) {
                break;
            }
            let Some((_, (stamp, text))) = self.disk.queue.pop_first() else { break };
            cx.line(Line::Deliver);
            self.disk.delivered.push((stamp, text));
            if let Some(id) = self.asked.remove(&stamp) {
                cx.reply(id, Ret::Delivered(self.disk.delivered.len() as u64));
            }
        }
    }

    /// Whether whatever a process says from now on comes after a place in the order.
    fn has_passed(&self, process: NodeId, place: Place) -> bool {
        let heard = self.disk.heard.get(&process);
        heard.is_some_and(|&clock| self.place(Stamp { clock, process }) >= place)
    }

    fn place(&self, stamp: Stamp) -> Place {
        let number = stamp.process.0;
        let backwards = self.is_broken(Bug::TieBrokenDifferently) && self.me == NodeId(0);
        (stamp.clock, if backwards { u16::MAX - number } else { number })
    }

    /// Who has to be heard from before the first in the queue can be delivered.
    fn awaited(&self) -> Option<NodeId> {
        let (&place, _) = self.disk.queue.first_key_value()?;
        self.neighbours.iter().copied().find(|other| !self.has_passed(*other, place))
    }

    /// Something of one's own accord.
    fn act(&mut self, cx: &mut Cx<LamportClock>) {
        let others = cx.neighbours;
        match (cx.choose(3), others.get(cx.choose(others.len() as u64) as usize)) {
            (0, Some(other)) => self.note(*other, cx),
            (1, _) => {
                let mine = |(stamp, _): &&(Stamp, Text)| stamp.process == self.me;
                let (delivered, queued) = (self.disk.delivered.iter(), self.disk.queue.values());
                let nth = delivered.filter(mine).count() + queued.filter(mine).count() + 1;
                self.broadcast(nth.to_string().into(), None, cx);
            }
            _ => self.local(cx),
        }
    }

    fn act_later(&self, cx: &mut Cx<LamportClock>) {
        let (least, most) = self.settings.config.act;
        if self.settings.config.spontaneous {
            cx.set_timer(Timer::Act, least..most);
        }
    }

    fn send(&mut self, to: NodeId, body: Body, cx: &mut Cx<LamportClock>) {
        if self.disk.channels.is_idle() {
            self.resend_later(cx);
        }
        let packet = self.disk.channels.send(to, body);
        cx.send(to, Msg { clock: self.disk.clock, packet });
    }

    fn send_to_all(&mut self, body: &Body, cx: &mut Cx<LamportClock>) {
        for &to in cx.neighbours {
            self.send(to, body.clone(), cx);
        }
    }

    fn send_again(&mut self, cx: &mut Cx<LamportClock>) {
        if self.disk.channels.is_idle() {
            return;
        }
        cx.line(Line::Resend);
        for (to, packet) in self.disk.channels.again() {
            cx.send(to, Msg { clock: self.disk.clock, packet });
        }
        self.resend_later(cx);
    }

    fn resend_later(&self, cx: &mut Cx<LamportClock>) {
        let after = self.settings.config.resend;
        cx.set_timer(Timer::Resend, after..after);
    }

    /// Its clock.
    pub fn clock(&self) -> Clock {
        self.disk.clock
    }
    /// What it has delivered, in order.
    pub fn delivered(&self) -> &[(Stamp, Text)] {
        &self.disk.delivered
    }
    /// How many requests wait for their turn.
    pub fn queued(&self) -> usize {
        self.disk.queue.len()
    }
}
