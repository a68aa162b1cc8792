//! A node: does what it is asked for with the help of the owners, and is an owner itself.

use super::{
    Bug, Line, Members, Msg, Op, Ret, Ring, Settings, ShardedKv, Stored, Summary, Text, Timer, Version, View, Whole,
};
use crate::shared::kv;
use netsplit_sim::digest::digest;
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a node has on its disk before it says so.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct NodeDisk {
    /// Who is a member, as far as it knows.
    pub members: Members,
    /// What it holds, tombstones included.
    pub store: BTreeMap<Text, Stored>,
}

/// A node.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct StoreNode {
    #[serde(skip)]
    me: NodeId,
    #[serde(skip)]
    pub(super) settings: Fixed<Settings>,
    #[serde(skip)]
    pub(super) disk: NodeDisk,
    /// What it does for somebody else.
    tasks: BTreeMap<OpId, Task>,
    /// As a primary: writes that some owner may not have yet.
    pub(super) waiting: Vec<Waiting>,
    /// Who is known to have what it has, of each key.
    pub(super) confirmed: BTreeMap<Text, BTreeSet<NodeId>>,
    /// Who is known to know the members as it does.
    pub(super) told: BTreeSet<NodeId>,
}

/// Something that was asked of this node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
struct Task {
    asker: Asker,
    what: What,
    /// Whether it came up since the last tick: then nobody is late yet.
    fresh: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Asker {
    /// A client process.
    Client(NodeId),
    /// Somebody at this very node.
    Here,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum What {
    /// Have the primary write.
    Write { key: Text, value: Option<Text> },
    /// Ask the owners in turn, until one has the key.
    Read {
        key: Text,
        /// Whose turn it is, in the order of the owners.
        turn: u32,
        /// Whether an owner has said that it has nothing.
        missing: bool,
    },
    /// Ask everybody what they hold.
    List { answered: BTreeMap<NodeId, Vec<Text>>, stats: bool },
}

/// A write that the primary has not answered yet.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub(super) struct Waiting {
    pub key: Text,
    pub version: Version,
    pub id: OpId,
    /// The node that asked for it.
    pub from: NodeId,
}

impl Process<ShardedKv> for StoreNode {
    type Config = Settings;
    type Disk = NodeDisk;

    fn boot(settings: &Arc<Settings>, mut disk: NodeDisk, cx: &mut Cx<ShardedKv>) -> StoreNode {
        if disk == NodeDisk::default() {
            disk.members = Members::founded_by(settings.founders());
        } else {
            cx.line(Line::Recover);
        }
        cx.set_timer(Timer::Tick, Span::ZERO..settings.config.tick); // not in step with others
        StoreNode {
            me: cx.me,
            settings: Fixed::new(settings),
            disk,
            tasks: BTreeMap::new(),
            waiting: Vec::new(),
            confirmed: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    fn disk(&self) -> &NodeDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<ShardedKv>) {
        match op {
            Op::Whole(Whole::Join {}) => self.join_or_leave(id, true, cx),
            Op::Whole(Whole::Leave {}) => self.join_or_leave(id, false, cx),
            op => self.begin(id, Asker::Here, op, cx),
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<ShardedKv>) {
        match msg {
            Msg::Request { id, op } => self.begin(id, Asker::Client(from), op, cx),
            Msg::Response { .. } => {} // for clients
            Msg::Write { id, key, value } => self.on_write(from, id, key, value, cx),
            Msg::Written { id, version } => self.on_written(id, version, cx),
            Msg::Read { id, key } => {
                cx.line(Line::Tell);
                self.post(from, Msg::Found { id, stored: self.disk.store.get(&key).cloned() }, cx);
            }
            Msg::Found { id, stored } => self.on_found(from, id, stored, cx),
            Msg::List { id } => self.post(from, Msg::Listed { id, keys: self.keys() }, cx),
            Msg::Listed { id, keys } => self.on_listed(from, id, keys, cx),
            Msg::Transfer { entries } => self.on_transfer(from, entries, cx),
            Msg::Received { changes, entries } => self.on_received(from, changes, entries, cx),
            Msg::View { members } => {
                self.learn(from, &members, cx);
                cx.send(from, Msg::ViewSeen { members: self.disk.members.clone() });
            }
            Msg::ViewSeen { members } => self.learn(from, &members, cx),
        }
    }

    fn on_timer(&mut self, _timer: Timer, cx: &mut Cx<ShardedKv>) {
        self.hurry(cx);
        self.hand_over(cx);
        let tick = self.settings.config.tick;
        cx.set_timer(Timer::Tick, tick..tick);
    }

    fn view(&self) -> View<'_> {
        View::Node(self)
    }

    fn face(&self) -> Face {
        let ring = self.ring();
        let member = self.disk.members.has(self.me);
        let cell = |(key, stored): (&Text, &Stored)| Cell {
            tone: ring.owners(key).first().map_or(0, |primary| digest(&primary.0)),
            solid: ring.owners(key).contains(&self.me),
            text: format!("{key}={}", stored.value.as_deref().unwrap_or("✕")),
        };
        Face {
            role: if member { "member" } else { "spare" },
            prominence: if member { Prominence::Plain } else { Prominence::Outside },
            headline: Some(("keys", self.keys().len() as u64)),
            strip: self.disk.store.iter().take(16).map(cell).collect(),
            note: (!self.tasks.is_empty()).then(|| format!("busy with {} requests", self.tasks.len())),
            ..Face::default()
        }
    }
}

impl StoreNode {
    /// Takes up what was asked.
    fn begin(&mut self, id: OpId, asker: Asker, op: Op, cx: &mut Cx<ShardedKv>) {
        let what = match op {
            Op::Key(kv::Op::Put { key, value }) => What::Write { key, value: Some(value) },
            Op::Key(kv::Op::Delete { key }) => What::Write { key, value: None },
            Op::Key(kv::Op::Get { key }) => What::Read { key, turn: 0, missing: false },
            Op::Whole(Whole::Keys {}) | Op::Key(kv::Op::Keys {}) => {
                What::List { answered: BTreeMap::new(), stats: false }
            }
            Op::Whole(Whole::Stats {}) => What::List { answered: BTreeMap::new(), stats: true },
            Op::Key(kv::Op::Cas { .. }) => return respond(asker, id, Ret::Key(kv::Ret::Unsupported), None, cx),
            Op::Whole(_) => return respond(asker, id, Ret::Key(kv::Ret::NotHere), None, cx),
        };
        self.tasks.insert(id, Task { asker, what, fresh: true });
        self.ask(id, cx);
    }

    /// Asks whom a task needs.
    fn ask(&mut self, id: OpId, cx: &mut Cx<ShardedKv>) {
        let Some(task) = self.tasks.get(&id) else { return };
        match task.what.clone() {
            What::Write { key, value } => {
                cx.line(Line::AskPrimary);
                if let Some(primary) = self.ring().owners(&key).first() {
                    self.post(*primary, Msg::Write { id, key, value }, cx);
                }
            }
            What::Read { key, turn, .. } => {
                cx.line(if turn == 0 { Line::AskOwner } else { Line::AskNextOwner });
                if let Some(owner) = self.ring().owners(&key).get(turn as usize) {
                    self.post(*owner, Msg::Read { id, key }, cx);
                }
            }
            What::List { .. } => {
                cx.line(Line::AskAll);
                for node in self.settings.nodes.clone() {
                    self.post(node, Msg::List { id }, cx);
                }
            }
        }
    }

    /// Whoever has not answered since the tick before last is late: ask again, or ask somebody else.
    fn hurry(&mut self, cx: &mut Cx<ShardedKv>) {
        let late: Vec<OpId> = self.tasks.iter().filter(|(_, task)| !task.fresh).map(|(id, _)| *id).collect();
        self.tasks.values_mut().for_each(|task| task.fresh = false);
        for id in late {
            match self.tasks.get(&id).map(|task| &task.what) {
                Some(What::Read { .. }) => self.next_owner(id, cx),
                Some(What::List { .. }) => self.end_list(id, cx),
                _ => self.ask(id, cx),
            }
        }
    }

    /// Sends a message; one to itself it takes at once.
    fn post(&mut self, to: NodeId, msg: Msg, cx: &mut Cx<ShardedKv>) {
        if to == cx.me {
            self.on_msg(to, msg, cx);
        } else {
            cx.send(to, msg);
        }
    }

    // --- A write

    /// As the primary: give the write a version, and have all owners take it.
    fn on_write(&mut self, from: NodeId, id: OpId, key: Text, value: Option<Text>, cx: &mut Cx<ShardedKv>) {
        if self.ring().owners(&key).first() != Some(&cx.me) {
            return; // the sender or this node does not know all members; who asked will ask again
        }
        let before = self.disk.store.get(&key);
        if let Some(stored) = before.filter(|stored| stored.op >= id) {
            cx.line(Line::WrittenAlready);
            let version = stored.version;
            return self.wait_for_owners(Waiting { key, version, id, from }, cx);
        }
        cx.line(Line::GiveVersion);
        let (changes, number) = before.map_or((0, 0), |stored| (stored.version.changes, stored.version.number));
        let version = Version {
            changes: self.disk.members.changes().max(changes),
            number: number.saturating_add(1),
            primary: cx.me,
        };
        if value.is_none() && self.settings.broken(Bug::FallbackReadsDeleted) {
            self.disk.store.remove(&key);
            return self.post(from, Msg::Written { id, version }, cx);
        }
        let stored = Stored { version, value, op: id };
        self.disk.store.insert(key.clone(), stored.clone());
        self.confirmed.remove(&key);
        let me = cx.me;
        for owner in self.ring().owners(&key).into_iter().filter(|owner| *owner != me) {
            cx.send(owner, Msg::Transfer { entries: vec![(key.clone(), stored.clone())] });
        }
        self.wait_for_owners(Waiting { key, version, id, from }, cx);
    }

    /// The write is answered once all owners have it.
    fn wait_for_owners(&mut self, waiting: Waiting, cx: &mut Cx<ShardedKv>) {
        let key = waiting.key.clone();
        if !self.waiting.contains(&waiting) {
            self.waiting.push(waiting);
        }
        self.answer_writes(&key, cx);
    }

    /// Answers the writes of a key that all its owners have.
    pub(super) fn answer_writes(&mut self, key: &Text, cx: &mut Cx<ShardedKv>) {
        let owners = self.ring().owners(key);
        let has = |owner: &NodeId| *owner == cx.me || self.confirmed.get(key).is_some_and(|set| set.contains(owner));
        if !self.settings.broken(Bug::AnswersTooSoon) && !owners.iter().all(has) {
            return;
        }
        let (done, rest) = std::mem::take(&mut self.waiting).into_iter().partition(|waiting| waiting.key == *key);
        self.waiting = rest;
        let done: Vec<Waiting> = done;
        for Waiting { id, from, version, .. } in done {
            cx.line(Line::AllHaveIt);
            self.post(from, Msg::Written { id, version }, cx);
        }
    }

    fn on_written(&mut self, id: OpId, version: Version, cx: &mut Cx<ShardedKv>) {
        if let Some(What::Write { .. }) = self.tasks.get(&id).map(|task| &task.what) {
            self.end(id, Ret::Key(kv::Ret::Ok), Some(version), cx);
        }
    }

    // --- A read

    fn on_found(&mut self, from: NodeId, id: OpId, stored: Option<Stored>, cx: &mut Cx<ShardedKv>) {
        let ring = self.ring();
        let Some(What::Read { key, turn, missing }) = self.tasks.get_mut(&id).map(|task| &mut task.what) else {
            return;
        };
        if let Some(stored) = stored {
            let ret = stored.value.map_or(kv::Ret::Absent, kv::Ret::Value);
            return self.end(id, Ret::Key(ret), Some(stored.version), cx);
        }
        *missing = true;
        if ring.owners(key).get(*turn as usize) == Some(&from) {
            self.next_owner(id, cx);
        }
    }

    /// An owner has nothing, or does not answer: ask the next. If none has it, and some said so, it is not there.
    fn next_owner(&mut self, id: OpId, cx: &mut Cx<ShardedKv>) {
        let ring = self.ring();
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let What::Read { key, turn, missing } = &mut task.what else { return };
        *turn += 1;
        task.fresh = true;
        if (*turn as usize) < ring.owners(key).len() {
            return self.ask(id, cx);
        }
        if *missing {
            return self.end(id, Ret::Key(kv::Ret::Absent), None, cx);
        }
        *turn = 0;
        self.ask(id, cx);
    }

    // --- All keys

    fn on_listed(&mut self, from: NodeId, id: OpId, keys: Vec<Text>, cx: &mut Cx<ShardedKv>) {
        let all = self.settings.nodes.len();
        let Some(What::List { answered, .. }) = self.tasks.get_mut(&id).map(|task| &mut task.what) else { return };
        answered.insert(from, keys);
        if answered.len() == all {
            self.end_list(id, cx);
        }
    }

    /// Tells what those said who answered.
    fn end_list(&mut self, id: OpId, cx: &mut Cx<ShardedKv>) {
        let Some(What::List { answered, stats }) = self.tasks.get(&id).map(|task| &task.what) else { return };
        let summary = if *stats {
            Summary::Stats(answered.iter().map(|(node, keys)| (*node, keys.len() as u64)).collect())
        } else {
            let keys: BTreeSet<&Text> = answered.values().flatten().collect();
            Summary::Keys(keys.into_iter().cloned().collect())
        };
        self.end(id, Ret::Whole(summary), None, cx);
    }

    fn end(&mut self, id: OpId, ret: Ret, version: Option<Version>, cx: &mut Cx<ShardedKv>) {
        if let Some(task) = self.tasks.remove(&id) {
            cx.line(Line::Answer);
            respond(task.asker, id, ret, version, cx);
        }
    }

    // --- What it knows

    /// The circle, as far as it knows the members.
    pub fn ring(&self) -> Ring {
        Ring::of(&self.disk.members, &self.settings)
    }
    /// The keys that it holds and that have a value.
    pub fn keys(&self) -> Vec<Text> {
        let live = self.disk.store.iter().filter(|(_, stored)| stored.value.is_some());
        live.map(|(key, _)| key.clone()).collect()
    }
    /// What is on its disk.
    pub fn disk(&self) -> &NodeDisk {
        &self.disk
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// Tells whoever asked what came of it.
fn respond(asker: Asker, id: OpId, ret: Ret, version: Option<Version>, cx: &mut Cx<ShardedKv>) {
    match asker {
        Asker::Client(client) => cx.send(client, Msg::Response { id, ret, version }),
        Asker::Here => cx.reply(id, ret),
    }
}
