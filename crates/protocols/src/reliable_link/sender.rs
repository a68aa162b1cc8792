//! The sender.

use super::{Bug, Line, Msg, Op, Parcel, ReliableLink, Ret, Seq, Settings, Timer, View};
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// The end that sends.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Sender {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    outbox: Outbox,
    /// How often each parcel of the outbox has been sent, in its order; parcels beyond the window are not there yet.
    tries: VecDeque<u32>,
    /// How many parcels were sent again.
    repeated: u64,
    /// The latest parcel given up.
    given_up: Vec<OpId>,
}

/// What a crash leaves.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Outbox {
    /// The number that no parcel has had yet.
    pub next: Seq,
    /// The parcels that are not acknowledged, in order.
    pub parcels: VecDeque<Waiting>,
}

/// A parcel that is not acknowledged.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Waiting {
    /// Its number.
    pub seq: Seq,
    /// What is to be delivered.
    pub parcel: Parcel,
}

impl Process<ReliableLink> for Sender {
    type Config = Settings;
    type Disk = Outbox;

    fn boot(settings: &Arc<Settings>, mut outbox: Outbox, cx: &mut Cx<ReliableLink>) -> Sender {
        if settings.broken(Bug::SequenceReused) {
            outbox.next = outbox.parcels.back().map_or(0, |last| last.seq + 1);
        }
        let (tries, given_up) = (VecDeque::new(), Vec::new());
        let mut sender = Sender { settings: Fixed::new(settings), outbox, tries, repeated: 0, given_up };
        if !sender.outbox.parcels.is_empty() {
            cx.line(Line::Resume);
            sender.fill_window(cx);
            sender.wait(cx);
        }
        sender
    }

    fn disk(&self) -> &Outbox {
        &self.outbox
    }

    fn on_op(&mut self, id: OpId, Op::Send { text }: Op, cx: &mut Cx<ReliableLink>) {
        cx.line(Line::Accept);
        let seq = self.outbox.next;
        self.outbox.next += 1;
        self.outbox.parcels.push_back(Waiting { seq, parcel: Parcel { id, text } });
        self.fill_window(cx);
        if self.outbox.parcels.len() == 1 {
            self.wait(cx);
        }
    }

    fn on_msg(&mut self, _from: NodeId, msg: Msg, cx: &mut Cx<ReliableLink>) {
        let Msg::Ack { due } = msg else { return };
        let before = self.outbox.parcels.len();
        while self.outbox.parcels.front().is_some_and(|first| first.seq < due) {
            self.leaves(Ret::Delivered, cx);
        }
        if self.outbox.parcels.len() < before {
            cx.line(Line::Acknowledged);
            self.fill_window(cx);
            self.wait(cx);
        }
    }

    fn on_timer(&mut self, Timer::Retry: Timer, cx: &mut Cx<ReliableLink>) {
        let most = self.settings.config.give_up;
        self.given_up.clear();
        while most > 0 && self.tries.front().is_some_and(|tries| *tries >= most) {
            cx.line(Line::GiveUp);
            self.given_up.extend(self.outbox.parcels.front().map(|first| first.parcel.id));
            self.leaves(Ret::GaveUp, cx);
        }
        if !self.tries.is_empty() {
            cx.line(Line::Retry);
        }
        self.repeated += self.tries.len() as u64;
        for place in 0..self.tries.len() {
            self.tries[place] = self.tries[place].saturating_add(1);
            self.send(place, cx);
        }
        self.fill_window(cx);
        self.wait(cx);
    }

    fn view(&self) -> View<'_> {
        View::Sender(self)
    }

    fn face(&self) -> Face {
        let waiting = self.outbox.parcels.len();
        let cell = |waiting: &Waiting| Cell {
            tone: waiting.seq,
            solid: false,
            text: waiting.parcel.text.chars().take(6).collect(),
        };
        let level =
            |tries: &u32| Level { tone: 0, value: u64::from(*tries), of: u64::from(self.settings.config.give_up) };
        let note = match waiting - self.tries.len() {
            0 if waiting == 0 => None,
            0 => Some(format!("{waiting} under way")),
            behind => Some(format!("{} under way, {behind} behind", self.tries.len())),
        };
        Face {
            role: if waiting == 0 { "idle" } else { "sending" },
            prominence: if waiting == 0 { Prominence::Plain } else { Prominence::Striving },
            headline: Some(("next", self.outbox.next)),
            strip: self.outbox.parcels.iter().take(12).map(cell).collect(),
            strip_start: self.floor(),
            ring: Some("retry"),
            levels: self.tries.iter().take(8).map(level).collect(),
            note,
            ..Face::default()
        }
    }
}

impl Sender {
    /// Sends what has come into the window since it last moved.
    fn fill_window(&mut self, cx: &mut Cx<ReliableLink>) {
        let window = self.settings.config.window as usize;
        while self.tries.len() < window.min(self.outbox.parcels.len()) {
            cx.line(Line::Window);
            self.tries.push_back(1);
            self.send(self.tries.len() - 1, cx);
        }
    }

    fn send(&self, place: usize, cx: &mut Cx<ReliableLink>) {
        if let Some(Waiting { seq, parcel }) = self.outbox.parcels.get(place).cloned() {
            cx.send(self.settings.receiver_of(cx.me), Msg::Data { seq, floor: self.floor(), parcel });
        }
    }

    /// The first parcel leaves the outbox.
    fn leaves(&mut self, ret: Ret, cx: &mut Cx<ReliableLink>) {
        self.tries.pop_front();
        if let Some(first) = self.outbox.parcels.pop_front() {
            cx.reply(first.parcel.id, ret);
        }
    }

    fn wait(&self, cx: &mut Cx<ReliableLink>) {
        if self.outbox.parcels.is_empty() {
            return cx.cancel_timer(Timer::Retry);
        }
        let retry = self.settings.config.retry;
        cx.set_timer(Timer::Retry, retry..retry);
    }

    /// The lowest number that it still offers.
    fn floor(&self) -> Seq {
        self.outbox.parcels.front().map_or(self.outbox.next, |first| first.seq)
    }

    /// What is not acknowledged yet.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }
    /// What it gave up when its timer last ran out.
    pub fn given_up(&self) -> &[OpId] {
        &self.given_up
    }
    /// How many parcels it has sent again.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
