//! A node of a site: answers at once, tells the other sites, and shows what comes from them when its causes are there.

use super::{Bug, CausalKv, Deps, Line, Msg, Op, Ret, Settings, Stored, Text, Timer, Version, View, Write};
use crate::shared::channel::{Channels, Packet};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// What a node has on its disk before anybody hears of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct NodeDisk {
    /// The highest number that it has used or heard of (Lamport 1978).
    pub clock: u64,
    /// What can be seen here.
    pub store: Map<Text, Stored>,
    /// Writes of other sites that wait for what they depend on, by the node that they come from, in its order.
    pub waiting: Map<NodeId, VecDeque<Write>>,
    /// Of each of those nodes, the number of the last write that waits no longer.
    pub shown: Map<NodeId, u64>,
    /// The channels to and from other sites.
    pub channels: Channels<Write>,
    /// The last write of each client, which may be asked again.
    pub answered: Map<NodeId, (OpId, Version)>,
}

/// A node.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct SiteNode {
    #[serde(skip)]
    me: NodeId,
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: NodeDisk,
    /// Of each write that waits, what it depends on and is known to be there.
    met: Map<Version, Deps>,
    /// Who waits for something that is not here yet.
    blocked: Set<Blocked>,
}

/// Somebody has a write that waits for one that this node does not have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
struct Blocked {
    asker: NodeId,
    waits: Version,
    key: Text,
    version: Version,
}

/// Of how many writes it asks again for what they depend on.
const FEW: usize = 16;

impl Process<CausalKv> for SiteNode {
    type Config = Settings;
    type Disk = NodeDisk;

    fn boot(settings: &Arc<Settings>, disk: NodeDisk, cx: &mut Cx<CausalKv>) -> SiteNode {
        if disk != NodeDisk::default() {
            cx.line(Line::Recover);
        }
        cx.set_timer(Timer::Tick, Span::ZERO..settings.config.tick); // not in step with others
        SiteNode { me: cx.me, settings: Fixed::new(settings), disk, met: Map::new(), blocked: Set::new() }
    }

    fn disk(&self) -> &NodeDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<CausalKv>) {
        cx.reply(id, Ret::NotHere);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<CausalKv>) {
        match msg {
            Msg::Get { id, key } => {
                cx.line(Line::Tell);
                cx.send(from, Msg::Got { id, stored: self.disk.store.get(&key).cloned() });
            }
            Msg::PutAfter { id, key, value, deps, clock } => {
                self.hear_of(clock);
                self.on_put(from, id, (key, value), deps, cx);
            }
            Msg::Replicate { packet: Packet::Data { seq, body } } => {
                for write in self.disk.channels.arrived(from, seq, body) {
                    self.on_write(from, write, cx);
                }
                cx.send(from, Msg::Replicate { packet: self.disk.channels.receipt(from) });
                self.show_what_can_be(cx);
            }
            Msg::Replicate { packet: Packet::Receipt { next } } => self.disk.channels.confirmed(from, next),
            Msg::DepCheck { waits, key, version } => self.on_check(Blocked { asker: from, waits, key, version }, cx),
            Msg::DepMet { waits, key, version } => {
                self.met.entry(waits).or_default().insert((key, version));
                self.show_what_can_be(cx);
            }
            Msg::Got { .. } | Msg::Done { .. } => {} // for clients
        }
    }

    fn on_timer(&mut self, _timer: Timer, cx: &mut Cx<CausalKv>) {
        for (to, packet) in self.disk.channels.again() {
            cx.line(Line::SendAgain);
            cx.send(to, Msg::Replicate { packet });
        }
        let late: Vec<Write> = self.disk.waiting.values().flat_map(|writes| writes.iter().take(FEW)).cloned().collect();
        late.iter().for_each(|write| self.check(write, cx));
        self.show_what_can_be(cx);
        let tick = self.settings.config.tick;
        cx.set_timer(Timer::Tick, tick..tick);
    }

    fn view(&self) -> View<'_> {
        View::Node(self)
    }

    fn face(&self) -> Face {
        const SITES: [&str; 6] = ["SITE A", "SITE B", "SITE C", "SITE D", "SITE E", "SITE F"];
        let cell = |(key, stored): (&Text, &Stored)| Cell {
            tone: stored.version.number,
            solid: true,
            text: format!("{key}={}", stored.value.as_deref().unwrap_or("✕")),
        };
        let first = self.disk.waiting.values().filter_map(VecDeque::front).next();
        let note = first.map(|write| {
            let met = self.met.get(&write.stored.version);
            let missing = write.deps.iter().find(|dep| met.is_none_or(|met| !met.contains(*dep)));
            format!("{} waits for {}", write.key, missing.map_or("its turn", |(key, _)| key))
        });
        Face {
            role: if first.is_some() { "waiting" } else { "node" },
            prominence: if first.is_some() { Prominence::Striving } else { Prominence::Plain },
            headline: Some(("clock", self.disk.clock)),
            strip: self.disk.store.iter().take(16).map(cell).collect(),
            badge: SITES.get(self.settings.site(self.me)).copied(),
            note,
            ..Face::default()
        }
    }
}

impl SiteNode {
    // --- From a client

    /// Writes at once, with a time stamp above all that it and the client have heard of, and tells the other sites.
    fn on_put(
        &mut self,
        client: NodeId,
        id: OpId,
        (key, value): (Text, Option<Text>),
        deps: Deps,
        cx: &mut Cx<CausalKv>,
    ) {
        match self.disk.answered.get(&client) {
            Some((last, version)) if *last == id => return cx.send(client, Msg::Done { id, version: *version }),
            Some((last, _)) if *last > id => return, // it has long had its answer
            _ => {}
        }
        cx.line(Line::WriteHere);
        self.disk.clock = self.disk.clock.saturating_add(1);
        let version = Version { number: self.disk.clock, node: cx.me };
        let write = Write { key, stored: Stored { version, value }, deps };
        self.store(&write);
        self.disk.answered.insert(client, (id, version));
        let me = cx.me;
        for keeper in self.settings.keepers(&write.key).into_iter().filter(|keeper| *keeper != me) {
            let packet = self.disk.channels.send(keeper, write.clone());
            cx.send(keeper, Msg::Replicate { packet });
        }
        cx.send(client, Msg::Done { id, version });
        self.release(cx);
    }

    // --- From another site

    /// Keeps a write until what it depends on is there.
    fn on_write(&mut self, from: NodeId, write: Write, cx: &mut Cx<CausalKv>) {
        cx.line(Line::KeepBack);
        self.hear_of(write.stored.version.number);
        self.check(&write, cx);
        self.disk.waiting.entry(from).or_default().push_back(write);
    }

    /// Asks the nodes of this site that have what a write depends on.
    fn check(&mut self, write: &Write, cx: &mut Cx<CausalKv>) {
        let site = self.settings.site(cx.me);
        let waits = write.stored.version;
        for dep in &write.deps {
            if self.met.get(&waits).is_some_and(|met| met.contains(dep)) {
                continue;
            }
            let (key, version) = dep.clone();
            let keeper = self.settings.keeper(&key, site);
            if keeper != cx.me {
                cx.line(Line::DepCheck);
                cx.send(keeper, Msg::DepCheck { waits, key, version });
            } else if self.has(version) {
                self.met.entry(waits).or_default().insert((key, version));
            }
        }
    }

    /// Another node of this site asks: answer as soon as it is here.
    fn on_check(&mut self, asked: Blocked, cx: &mut Cx<CausalKv>) {
        if self.has(asked.version) {
            cx.line(Line::DepMet);
            let Blocked { asker, waits, key, version } = asked;
            cx.send(asker, Msg::DepMet { waits, key, version });
        } else {
            cx.line(Line::NotYet);
            self.blocked.insert(asked);
        }
    }

    /// Answers those who have waited.
    fn release(&mut self, cx: &mut Cx<CausalKv>) {
        let (here, blocked): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.blocked).into_iter().partition(|blocked| self.has(blocked.version));
        self.blocked = blocked.into_iter().collect();
        here.into_iter().for_each(|asked| self.on_check(asked, cx));
    }

    /// Shows what waits no longer: of each node's writes the first, then the next.
    fn show_what_can_be(&mut self, cx: &mut Cx<CausalKv>) {
        while let Some((from, write)) = self.ready() {
            cx.line(Line::Show);
            self.met.remove(&write.stored.version);
            if let Some(writes) = self.disk.waiting.get_mut(&from) {
                writes.pop_front();
            }
            self.disk.waiting.retain(|_, writes| !writes.is_empty());
            self.disk.shown.insert(from, write.stored.version.number);
            self.store(&write);
            self.release(cx);
        }
    }

    fn ready(&mut self) -> Option<(NodeId, Write)> {
        let site = self.settings.site(self.me);
        let mine = |key: &Text| self.settings.keeper(key, site) == self.me;
        let met = |write: &&Write, dep: &(Text, Version)| {
            let told = self.met.get(&write.stored.version).is_some_and(|met| met.contains(dep));
            told || mine(&dep.0) && self.has(dep.1) || self.settings.broken(Bug::NoDependencyCheck)
        };
        let ready = |write: &&Write| write.deps.iter().all(|dep| met(write, dep));
        let first = |(from, writes): (&NodeId, &VecDeque<Write>)| Some((*from, writes.front().filter(ready)?.clone()));
        self.disk.waiting.iter().find_map(first)
    }

    // --- What it has

    /// Of two writes of a key the one with the higher time stamp stays, at every site alike.
    fn store(&mut self, write: &Write) {
        let stored = self.disk.store.entry(write.key.clone()).or_insert(write.stored.clone());
        if stored.version < write.stored.version {
            *stored = write.stored.clone();
        }
    }

    /// Whether a write of one of its keys has been here: its own are at once, and each node's come in its order.
    fn has(&self, version: Version) -> bool {
        version.node == self.me || self.disk.shown.get(&version.node).is_some_and(|last| *last >= version.number)
    }

    fn hear_of(&mut self, number: u64) {
        if !self.settings.broken(Bug::ClockNotRaised) {
            self.disk.clock = self.disk.clock.max(number);
        }
    }

    /// What is on its disk.
    pub fn disk(&self) -> &NodeDisk {
        &self.disk
    }
    /// How many writes of other sites wait here.
    pub fn waiting(&self) -> u64 {
        self.disk.waiting.values().map(|writes| writes.len() as u64).sum()
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
