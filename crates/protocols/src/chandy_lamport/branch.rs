//! The branch of the bank.

use super::{Body, Bug, ChandyLamport, Line, Money, Op, Ret, Settings, Snapshot, Timer};
use crate::shared::channel::{Channels, Packet};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// A branch.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Branch {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: Disk,
    #[serde(skip)]
    me: NodeId,
    /// Who waits for which snapshot.
    asked: Map<Snapshot, OpId>,
}

/// What a crash leaves: all but who asked.
#[derive(Clone, Hash, Debug, Default, Serialize)]
pub struct Disk {
    /// What it has; nothing yet before it first starts.
    money: Option<Money>,
    /// How many snapshots it has started.
    started: u32,
    /// Its part of every snapshot.
    recordings: Map<Snapshot, Recording>,
    /// Markers that it has yet to send: only with the bug.
    owed: Vec<Snapshot>,
    channels: Channels<Body>,
}

/// One branch's part of a snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Recording {
    /// What the branch had.
    pub money: Money,
    /// What each incoming channel held, as far as is known.
    pub channels: Map<NodeId, Money>,
    /// The channels on which no marker has come yet.
    pub open: Set<NodeId>,
}

impl Process<ChandyLamport> for Branch {
    type Config = Settings;
    type Disk = Disk;

    fn boot(settings: &Arc<Settings>, mut disk: Disk, cx: &mut Cx<ChandyLamport>) -> Branch {
        disk.money.get_or_insert(settings.config.money);
        let branch = Branch { settings: Fixed::new(settings), disk, me: cx.me, asked: Map::new() };
        branch.act_later(cx);
        branch.send_again(cx);
        branch
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<ChandyLamport>) {
        match op {
            Op::Transfer { to, amount } if cx.neighbours.contains(&to) => {
                let amount = amount.min(self.money());
                self.transfer(to, amount, cx);
                self.send_owed(cx);
                cx.reply(id, Ret::Sent(amount));
            }
            Op::Transfer { .. } => cx.reply(id, Ret::NoLink),
            Op::Snapshot {} => self.start(Some(id), cx),
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Packet<Body>, cx: &mut Cx<ChandyLamport>) {
        match msg {
            Packet::Data { seq, body } => {
                cx.line(Line::Receipt);
                let bodies = if self.is_broken(Bug::NotFifo) {
                    self.disk.channels.arrived_in_any_order(from, seq, body).into_iter().collect()
                } else {
                    self.disk.channels.arrived(from, seq, body)
                };
                bodies.into_iter().for_each(|body| self.receive(from, body, cx));
                cx.send(from, self.disk.channels.receipt(from));
            }
            Packet::Receipt { next } => self.disk.channels.confirmed(from, next),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<ChandyLamport>) {
        match timer {
            Timer::Act => {
                self.act(cx);
                self.send_owed(cx);
                self.act_later(cx);
            }
            Timer::Resend => self.send_again(cx),
        }
    }

    fn view(&self) -> &Branch {
        self
    }

    fn face(&self) -> Face {
        let latest = self.disk.recordings.iter().next_back();
        let mark = |(snapshot, recording): (&Snapshot, &Recording)| Cell {
            tone: u64::from(snapshot.initiator.0),
            solid: recording.open.is_empty(),
            text: recording.total().to_string(),
        };
        let level = |(from, amount): (&NodeId, &Money)| Level { tone: u64::from(from.0), value: *amount, of: 0 };
        let recording = self.open().count() > 0;
        let shown = self.disk.recordings.len().saturating_sub(12);
        Face {
            role: if recording { "recording" } else { "branch" },
            prominence: if recording { Prominence::Striving } else { Prominence::Plain },
            headline: Some(("money", self.money())),
            strip: self.disk.recordings.iter().skip(shown).map(mark).collect(),
            strip_start: shown as u64,
            levels: latest.into_iter().flat_map(|(_, recording)| recording.channels.iter().map(level)).collect(),
            ring: self.settings.config.spontaneous.then_some("act"),
            note: self.open().next().map(|(_, recording)| format!("waits for {} markers", recording.open.len())),
            ..Face::default()
        }
    }
}

impl Branch {
    fn is_broken(&self, bug: Bug) -> bool {
        self.settings.bugs.on(bug as usize)
    }

    fn transfer(&mut self, to: NodeId, amount: Money, cx: &mut Cx<ChandyLamport>) {
        cx.line(Line::Send);
        self.disk.money = Some(self.money() - amount);
        self.send(to, Body::Transfer { amount }, cx);
    }

    fn start(&mut self, id: Option<OpId>, cx: &mut Cx<ChandyLamport>) {
        self.disk.started += 1;
        let snapshot = Snapshot { initiator: self.me, nth: self.disk.started };
        self.asked.extend(id.map(|id| (snapshot, id)));
        cx.line(Line::Start);
        self.record(snapshot, cx);
        self.finish_if_done(snapshot, cx);
    }

    /// The marker-sending rule: one's own state, and a marker on every channel before anything else.
    fn record(&mut self, snapshot: Snapshot, cx: &mut Cx<ChandyLamport>) {
        let open: Set<NodeId> = cx.neighbours.iter().copied().collect();
        let channels = open.iter().map(|from| (*from, 0)).collect();
        self.disk.recordings.insert(snapshot, Recording { money: self.money(), channels, open });
        if self.is_broken(Bug::MarkerNotFirst) {
            self.disk.owed.push(snapshot);
        } else {
            self.send_markers(snapshot, cx);
        }
    }

    fn send_owed(&mut self, cx: &mut Cx<ChandyLamport>) {
        for snapshot in std::mem::take(&mut self.disk.owed) {
            self.send_markers(snapshot, cx);
        }
    }

    fn send_markers(&mut self, snapshot: Snapshot, cx: &mut Cx<ChandyLamport>) {
        cx.line(Line::Mark);
        for &to in cx.neighbours {
            self.send(to, Body::Marker { snapshot }, cx);
        }
    }

    /// The channel hands up what a neighbour sent.
    fn receive(&mut self, from: NodeId, body: Body, cx: &mut Cx<ChandyLamport>) {
        match body {
            Body::Transfer { amount } => {
                cx.line(Line::Receive);
                self.disk.money = Some(self.money() + amount);
                if !self.is_broken(Bug::ChannelDropped) {
                    self.note_on_its_way(from, amount, cx);
                }
            }
            Body::Marker { snapshot } => self.marker(from, snapshot, cx),
        }
    }

    fn note_on_its_way(&mut self, from: NodeId, amount: Money, cx: &mut Cx<ChandyLamport>) {
        for recording in self.disk.recordings.values_mut().filter(|recording| recording.open.contains(&from)) {
            cx.line(Line::OnItsWay);
            *recording.channels.entry(from).or_default() += amount;
        }
    }

    /// The marker-receiving rule.
    fn marker(&mut self, from: NodeId, snapshot: Snapshot, cx: &mut Cx<ChandyLamport>) {
        if self.disk.recordings.contains_key(&snapshot) {
            cx.line(Line::Close);
        } else {
            cx.line(Line::First);
            self.record(snapshot, cx);
        }
        if let Some(recording) = self.disk.recordings.get_mut(&snapshot) {
            recording.open.remove(&from);
        }
        self.finish_if_done(snapshot, cx);
    }

    fn finish_if_done(&mut self, snapshot: Snapshot, cx: &mut Cx<ChandyLamport>) {
        let Some(recording) = self.disk.recordings.get(&snapshot).filter(|recording| recording.open.is_empty()) else {
            return;
        };
        cx.line(Line::Done);
        if let Some(id) = self.asked.remove(&snapshot) {
            let in_channels = recording.channels.values().sum();
            cx.reply(id, Ret::Recorded { money: recording.money, in_channels });
        }
    }

    /// Something of one's own accord: mostly some money for somebody, now and then a snapshot.
    fn act(&mut self, cx: &mut Cx<ChandyLamport>) {
        if cx.choose(16) == 0 && self.open().count() == 0 {
            self.start(None, cx);
            return;
        }
        let others = cx.neighbours;
        let some = others.get(cx.choose(others.len() as u64) as usize);
        if let (Some(to), money @ 1..) = (some, self.money()) {
            let amount = 1 + cx.choose(money.min(20));
            self.transfer(*to, amount, cx);
        }
    }

    fn act_later(&self, cx: &mut Cx<ChandyLamport>) {
        let (least, most) = self.settings.config.act;
        if self.settings.config.spontaneous {
            cx.set_timer(Timer::Act, least..most);
        }
    }

    fn send(&mut self, to: NodeId, body: Body, cx: &mut Cx<ChandyLamport>) {
        if self.disk.channels.is_idle() {
            self.resend_later(cx);
        }
        cx.send(to, self.disk.channels.send(to, body));
    }

    fn send_again(&self, cx: &mut Cx<ChandyLamport>) {
        if self.disk.channels.is_idle() {
            return;
        }
        cx.line(Line::Resend);
        for (to, packet) in self.disk.channels.again() {
            cx.send(to, packet);
        }
        self.resend_later(cx);
    }

    fn resend_later(&self, cx: &mut Cx<ChandyLamport>) {
        let after = self.settings.config.resend;
        cx.set_timer(Timer::Resend, after..after);
    }

    /// What it has.
    pub fn money(&self) -> Money {
        self.disk.money.unwrap_or(0)
    }
    /// Its part of every snapshot that it knows of.
    pub fn recordings(&self) -> &Map<Snapshot, Recording> {
        &self.disk.recordings
    }
    /// The snapshots of which its part is not done.
    pub fn open(&self) -> impl Iterator<Item = (&Snapshot, &Recording)> {
        self.disk.recordings.iter().filter(|(_, recording)| !recording.open.is_empty())
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Its ends of the channels.
    pub fn channels(&self) -> &Channels<Body> {
        &self.disk.channels
    }
}

impl Recording {
    /// What the branch had, with what was on its way to it.
    pub fn total(&self) -> Money {
        self.money + self.channels.values().sum::<Money>()
    }
}
