//! The receiver.

use super::{Bug, Line, Msg, Op, Parcel, ReliableLink, Ret, Seq, Settings, View};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// The end that delivers.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Receiver {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: Map<NodeId, Inbox>,
    /// What is delivered, by sender: the same as on the disk as soon as that is written.
    inboxes: Map<NodeId, Inbox>,
    /// What came too early, by sender and number.
    early: Map<NodeId, Map<Seq, Parcel>>,
}

/// What is delivered of one sender's parcels.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Inbox {
    /// The number that is due.
    pub due: Seq,
    /// How many have been delivered.
    pub delivered: u64,
    /// The last of them, as many as can be delivered at once.
    pub last: VecDeque<Parcel>,
}

impl Process<ReliableLink> for Receiver {
    type Config = Settings;
    type Disk = Map<NodeId, Inbox>;

    fn boot(settings: &Arc<Settings>, disk: Map<NodeId, Inbox>, _cx: &mut Cx<ReliableLink>) -> Receiver {
        Receiver { settings: Fixed::new(settings), inboxes: disk.clone(), disk, early: Map::new() }
    }

    fn disk(&self) -> &Map<NodeId, Inbox> {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<ReliableLink>) {
        cx.reply(id, Ret::NotASender);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<ReliableLink>) {
        let Msg::Data { seq, floor, parcel } = msg else { return };
        let before = self.inboxes.get(&from).cloned().unwrap_or_default();
        self.take(from, seq, floor, parcel, cx);
        let inbox = self.inboxes.entry(from).or_default();
        cx.line(Line::Ack);
        cx.send(from, Msg::Ack { due: inbox.due });
        let written = if self.settings.broken(Bug::AckBeforeDurable) { before } else { inbox.clone() };
        self.disk.insert(from, written);
    }

    fn view(&self) -> View<'_> {
        View::Receiver(self)
    }

    fn face(&self) -> Face {
        let cell = |solid: bool, parcel: &Parcel| Cell {
            tone: u64::from(parcel.id.0),
            solid,
            text: parcel.text.chars().take(6).collect(),
        };
        let last = self.inboxes.values().flat_map(|inbox| inbox.last.iter()).map(|parcel| cell(true, parcel));
        let early: Vec<Cell> =
            self.early.values().flat_map(|early| early.values()).map(|parcel| cell(false, parcel)).collect();
        let level = Level { tone: 1, value: early.len() as u64, of: u64::from(self.settings.config.window) };
        let delivered = self.inboxes.values().map(|inbox| inbox.delivered).sum();
        let note = (!early.is_empty()).then(|| format!("{} came too early", early.len()));
        Face {
            role: "receiving",
            headline: Some(("delivered", delivered)),
            strip: last.chain(early).collect(),
            levels: vec![level],
            note,
            ..Face::default()
        }
    }
}

impl Receiver {
    fn take(&mut self, from: NodeId, seq: Seq, floor: Seq, parcel: Parcel, cx: &mut Cx<ReliableLink>) {
        let inbox = self.inboxes.entry(from).or_default();
        let early = self.early.entry(from).or_default();
        let kept = self.settings.config.window.max(6) as usize;
        if floor > inbox.due {
            cx.line(Line::Skip);
            inbox.due = floor;
            early.retain(|seq, _| *seq >= floor);
        }
        if seq < inbox.due {
            cx.line(Line::Again);
            if self.settings.broken(Bug::NoDeduplication) {
                inbox.deliver(parcel, kept);
            }
            return;
        }
        if seq > inbox.due {
            cx.line(Line::Early);
        }
        early.insert(seq, parcel);
        while let Some(parcel) = early.remove(&inbox.due) {
            cx.line(Line::Deliver);
            inbox.due += 1;
            inbox.deliver(parcel, kept);
        }
    }

    /// What is delivered, by sender.
    pub fn inboxes(&self) -> &Map<NodeId, Inbox> {
        &self.inboxes
    }
}

impl Inbox {
    fn deliver(&mut self, parcel: Parcel, kept: usize) {
        self.delivered += 1;
        self.last.push_back(parcel);
        if self.last.len() > kept {
            self.last.pop_front();
        }
    }
}
