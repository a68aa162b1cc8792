//! A node: keeps what it is given, and tells what it has.

use super::transaction::{Doubt, Record, Vote};
use super::{Bug, Line, Msg, Op, QuorumKv, Ret, Settings, Siblings, Text, Timer, View};
use crate::shared::commit::Txn;
use crate::shared::kv;
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Chained, Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span};
use serde::Serialize;
use std::sync::Arc;

/// What a node has on its disk before anybody hears of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct NodeDisk {
    /// What it has of each key as one of its homes, tombstones included.
    pub store: Map<Text, Siblings>,
    /// What it holds for others until they can be reached.
    pub hints: Map<NodeId, Map<Text, Siblings>>,
    /// Of transactions: what it is ready for, and how they ended.
    pub log: Chained<Record>,
}

/// A node.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreNode {
    #[serde(skip)]
    pub(super) settings: Fixed<Settings>,
    #[serde(skip)]
    pub(super) disk: NodeDisk,
    /// How many times it has compared: whose turn it is.
    pub(super) compared: u64,
    /// As a primary: transactions that are not decided.
    pub(super) open: Map<Txn, Vote>,
    /// Transactions that it is ready for, and whose outcome it does not know. Each holds the lock on its key.
    pub(super) in_doubt: Map<Txn, Doubt>,
}

impl Process<QuorumKv> for StoreNode {
    type Config = Settings;
    type Disk = NodeDisk;

    fn boot(settings: &Arc<Settings>, disk: NodeDisk, cx: &mut Cx<QuorumKv>) -> StoreNode {
        if disk != NodeDisk::default() {
            cx.line(Line::NodeRecovers);
        }
        let (tick, compare) = (settings.config.tick, settings.config.compare);
        cx.set_timer(Timer::Tick, Span::ZERO..tick); // not in step with others
        if compare > Span::ZERO {
            cx.set_timer(Timer::Compare, Span::ZERO..compare);
        }
        let settings = Fixed::new(settings);
        let mut node = StoreNode { settings, disk, compared: 0, open: Map::new(), in_doubt: Map::new() };
        node.recover(cx);
        node
    }

    fn disk(&self) -> &NodeDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<QuorumKv>) {
        cx.reply(id, Ret::Key(kv::Ret::NotHere));
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<QuorumKv>) {
        match msg {
            Msg::Read { id, key } => {
                cx.line(Line::Tell);
                cx.send(from, Msg::Have { id, siblings: self.siblings(&key) });
            }
            Msg::Write { id, key, siblings } => {
                cx.line(Line::Take);
                self.take(key, &siblings);
                cx.send(from, Msg::Wrote { id });
            }
            Msg::Hold { id, home, key, siblings } => {
                cx.line(Line::Hold);
                let held = self.disk.hints.entry(home).or_default().entry(key).or_default();
                self.settings.put_together(held, &siblings);
                cx.send(from, Msg::Held { id, home });
            }
            Msg::HandOn { .. } | Msg::Taken { .. } => self.on_hint(from, msg, cx),
            Msg::Compare { .. } | Msg::Differ { .. } | Msg::Exchange { .. } => self.on_comparison(from, msg, cx),
            Msg::Ask { .. } | Msg::Prepare { .. } | Msg::Vote { .. } | Msg::Decision { .. } | Msg::Inquire { .. } => {
                self.on_transaction(from, msg, cx);
            }
            Msg::Have { .. } | Msg::Wrote { .. } | Msg::Held { .. } | Msg::Told { .. } => {} // for clients
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<QuorumKv>) {
        let config = &self.settings.config;
        let (tick, compare) = (config.tick, config.compare);
        if timer == Timer::Compare {
            cx.set_timer(Timer::Compare, compare..compare);
            return self.compare(cx);
        }
        cx.set_timer(Timer::Tick, tick..tick);
        self.hand_on(cx);
        self.press(cx);
    }

    fn view(&self) -> View<'_> {
        View::Node(self)
    }

    fn face(&self) -> Face {
        let cell = |(key, siblings): (&Text, &Siblings)| {
            let values = siblings.values();
            let text = if values.is_empty() { "✕".to_owned() } else { values.join("|") };
            Cell { tone: digest(&text), solid: values.len() <= 1, text: format!("{key}={text}") }
        };
        let hints = self.hints();
        let role = match () {
            () if !self.in_doubt.is_empty() => "prepared",
            () if hints > 0 => "stand-in",
            () => "replica",
        };
        let holds =
            self.disk.hints.iter().next().map(|(home, _)| format!("holds {hints} for {}", self.settings.name(*home)));
        Face {
            role,
            prominence: if role == "replica" { Prominence::Plain } else { Prominence::Striving },
            headline: Some(("keys", self.disk.store.len() as u64)),
            strip: self.disk.store.iter().take(16).map(cell).collect(),
            badge: if self.in_doubt.is_empty() { (hints > 0).then_some("HINTS") } else { Some("LOCKED") },
            note: holds,
            ..Face::default()
        }
    }
}

impl StoreNode {
    /// Puts what it is given to what it has.
    pub(super) fn take(&mut self, key: Text, siblings: &Siblings) {
        if self.settings.broken(Bug::NoTombstones) && siblings.is_deleted() {
            self.disk.store.remove(&key);
            return;
        }
        let here = self.disk.store.entry(key).or_default();
        self.settings.put_together(here, siblings);
    }

    /// What it has of a key.
    pub fn siblings(&self, key: &Text) -> Siblings {
        self.disk.store.get(key).cloned().unwrap_or_default()
    }
    /// How many writes it holds for others.
    pub fn hints(&self) -> u64 {
        self.disk.hints.values().map(|held| held.len() as u64).sum()
    }
    /// What is on its disk.
    pub fn disk(&self) -> &NodeDisk {
        &self.disk
    }
    /// The transactions whose outcome it does not know.
    pub fn in_doubt(&self) -> &Map<Txn, Doubt> {
        &self.in_doubt
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
