//! The process.

use super::{Bug, CausalBroadcast, Line, Op, Post, Ret, Settings, Text, Timer, Vector};
use crate::shared::channel::{Channels, Packet};
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process};
use serde::Serialize;
use std::sync::Arc;

/// A member of the group.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct CausalProcess {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: Disk,
    #[serde(skip)]
    me: NodeId,
}

/// What a crash leaves. A process that forgot what it has delivered would deliver it again.
#[derive(Clone, Hash, Debug, Default, Serialize)]
pub struct Disk {
    /// How many posts of each process it has delivered, its own included.
    vt: Vector,
    /// What arrived before its time.
    held: Vec<(NodeId, Post)>,
    /// What it has delivered, in order.
    delivered: Vec<Delivered>,
    channels: Channels<Post>,
}

/// A post that was delivered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Delivered {
    /// Whose.
    pub from: NodeId,
    /// Its sender's how-many-th.
    pub nth: u64,
    /// What it says.
    pub text: Text,
}

impl Process<CausalBroadcast> for CausalProcess {
    type Config = Settings;
    type Disk = Disk;

    fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<CausalBroadcast>) -> CausalProcess {
        let process = CausalProcess { settings: Fixed::new(settings), disk, me: cx.me };
        process.act_later(cx);
        process.send_again(cx);
        process
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, Op::Broadcast { text }: Op, cx: &mut Cx<CausalBroadcast>) {
        self.broadcast(text, cx);
        cx.reply(id, Ret::Posted(self.count(self.me)));
    }

    fn on_msg(&mut self, from: NodeId, msg: Packet<Post>, cx: &mut Cx<CausalBroadcast>) {
        match msg {
            Packet::Data { seq, body } => {
                cx.line(Line::Receipt);
                if let Some(post) = self.disk.channels.arrived_in_any_order(from, seq, body) {
                    self.receive(from, post, cx);
                }
                cx.send(from, self.disk.channels.receipt(from));
            }
            Packet::Receipt { next } => self.disk.channels.confirmed(from, next),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<CausalBroadcast>) {
        match timer {
            Timer::Act => {
                let nth = self.count(self.me) + 1;
                self.broadcast(format!("post {nth}").into(), cx);
                self.act_later(cx);
            }
            Timer::Resend => self.send_again(cx),
        }
    }

    fn view(&self) -> &CausalProcess {
        self
    }

    fn face(&self) -> Face {
        let cell = |from: NodeId, text: &Text, solid| Cell {
            tone: u64::from(from.0),
            solid,
            text: text.chars().take(8).collect(),
        };
        let Disk { delivered, held, vt, .. } = &self.disk;
        let shown = delivered.len().saturating_sub(12usize.saturating_sub(held.len()));
        let done = delivered.iter().skip(shown).map(|post| cell(post.from, &post.text, true));
        let level = |(process, count): (&NodeId, &u64)| Level { tone: u64::from(process.0), value: *count, of: 0 };
        Face {
            role: if held.is_empty() { "process" } else { "holding" },
            headline: Some(("delivered", delivered.len() as u64)),
            strip: done.chain(held.iter().take(12).map(|(from, post)| cell(*from, &post.text, false))).collect(),
            strip_start: shown as u64,
            levels: vt.iter().map(level).collect(),
            ring: self.settings.config.spontaneous.then_some("act"),
            note: self.missing().map(|(from, nth)| format!("waits for post {nth} of n{}", from.0 + 1)),
            ..Face::default()
        }
    }
}

impl CausalProcess {
    fn is_broken(&self, bug: Bug) -> bool {
        self.settings.bugs.on(bug as usize)
    }

    fn broadcast(&mut self, text: Text, cx: &mut Cx<CausalBroadcast>) {
        cx.line(Line::Post);
        let me = self.me;
        *self.disk.vt.entry(me).or_default() += 1;
        let post = Post { stamp: self.disk.vt.clone(), text: text.clone() };
        self.disk.delivered.push(Delivered { from: me, nth: self.count(me), text });
        if self.disk.channels.is_idle() {
            self.resend_later(cx);
        }
        for &to in cx.neighbours {
            cx.send(to, self.disk.channels.send(to, post.clone()));
        }
    }

    fn receive(&mut self, from: NodeId, post: Post, cx: &mut Cx<CausalBroadcast>) {
        if self.is_broken(Bug::MergedTooEarly) {
            let others = post.stamp.iter().filter(|(process, _)| **process != from);
            others.for_each(|(process, count)| raise(&mut self.disk.vt, *process, *count));
        }
        self.disk.held.push((from, post));
        let before = self.disk.held.len();
        self.deliver(cx);
        if self.disk.held.len() == before {
            cx.line(Line::Hold);
        }
    }

    /// Delivers what is due, until nothing is.
    fn deliver(&mut self, cx: &mut Cx<CausalBroadcast>) {
        while let Some(at) = self.disk.held.iter().position(|(from, post)| self.is_due(*from, &post.stamp)) {
            let (from, post) = self.disk.held.remove(at);
            let nth = count(&post.stamp, from);
            cx.line(Line::Due);
            cx.line(Line::Count);
            raise(&mut self.disk.vt, from, nth);
            self.disk.delivered.push(Delivered { from, nth, text: post.text });
            // Every other post is answered by somebody; if each were, the talk would never end.
            let chance = 2 * cx.neighbours.len() as u64;
            if self.settings.config.spontaneous && cx.choose(chance) == 0 {
                cx.line(Line::Answer);
                self.broadcast(format!("re {}.{nth}", from.0 + 1).into(), cx);
            }
        }
    }

    fn is_due(&self, from: NodeId, stamp: &Vector) -> bool {
        let next = count(stamp, from) == self.count(from) + 1;
        let known = |(process, count): (&NodeId, &u64)| *process == from || *count <= self.count(*process);
        self.is_broken(Bug::DeliverOnReceipt) || (next && stamp.iter().all(known))
    }

    /// What the first held post waits for.
    fn missing(&self) -> Option<(NodeId, u64)> {
        let (from, post) = self.disk.held.first()?;
        let needed = |(process, count): (&NodeId, &u64)| (*process, count - u64::from(process == from));
        let mut needs = post.stamp.iter().map(needed);
        needs
            .find(|(process, needed)| self.count(*process) < *needed)
            .map(|(process, _)| (process, self.count(process) + 1))
    }

    fn count(&self, process: NodeId) -> u64 {
        count(&self.disk.vt, process)
    }

    fn act_later(&self, cx: &mut Cx<CausalBroadcast>) {
        let (least, most) = self.settings.config.act;
        if self.settings.config.spontaneous {
            cx.set_timer(Timer::Act, least..most);
        }
    }

    fn send_again(&self, cx: &mut Cx<CausalBroadcast>) {
        if self.disk.channels.is_idle() {
            return;
        }
        cx.line(Line::Resend);
        for (to, packet) in self.disk.channels.again() {
            cx.send(to, packet);
        }
        self.resend_later(cx);
    }

    fn resend_later(&self, cx: &mut Cx<CausalBroadcast>) {
        let after = self.settings.config.resend;
        cx.set_timer(Timer::Resend, after..after);
    }

    /// What it has delivered, in order; its own posts when it posted them.
    pub fn delivered(&self) -> &[Delivered] {
        &self.disk.delivered
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// How many posts it holds back.
    pub fn holds(&self) -> u32 {
        self.disk.held.len() as u32
    }
}

fn count(vector: &Vector, process: NodeId) -> u64 {
    vector.get(&process).copied().unwrap_or(0)
}

fn raise(vector: &mut Vector, process: NodeId, to: u64) {
    let entry = vector.entry(process).or_default();
    *entry = to.max(*entry);
}
