//! What the store promises, held against what happened. Which write was asked, answered and overwritten when is taken
//! from the engine's events: a write overwrites those that its client had been told of, or that were over before it was
//! asked, whatever sets of versions the nodes keep.

use super::client::{Client, Ended, How, Phase};
use super::node::StoreNode;
use super::{Dot, Known, Order, QuorumKv, Settings, Siblings, Text, View};
use crate::shared::calm::Calm;
use crate::shared::commit::{Decision, Decisions, Txn};
use crate::shared::ghost::fault;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Span, Time, Violation, World};
use std::rc::Rc;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    calm: Calm,
    decisions: Decisions,
    /// When operations were asked that have not ended.
    began: Map<OpId, EventId>,
    last_ended: Map<NodeId, OpId>,
    /// All writes of each key that anybody can have heard of.
    writes: Map<Text, Vec<Rc<Write>>>,
    /// Which writes of a key a client has been told of or has made, and which these overwrite.
    told: Map<(NodeId, Text), Known>,
    stale_reads: u64,
    /// When a client was at work last.
    busy: Time,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// A write.
#[derive(Clone, Debug)]
struct Write {
    dot: Dot,
    /// Where it got its name, and in which event.
    node: NodeId,
    event: EventId,
    /// When it was asked, and when it was answered, if it was.
    began: EventId,
    ended: Option<(NodeId, EventId)>,
    value: Option<Text>,
    /// Those that it overwrites by what its client knew.
    over: Known,
}

/// Messages and disks that take no longer than this are as they should be.
const BOUND: Span = Span::millis(50);

impl Monitor<QuorumKv> for Invariants {
    fn after(&mut self, scene: &Scene<QuorumKv>) -> Result<(), Violation> {
        self.calm.watch(scene, BOUND);
        let Some(at) = scene.node else { return Ok(()) };
        let verdict = match scene.world.view(at) {
            Some(View::Node(node)) => self.node(scene, at, node),
            Some(View::Client(client)) => self.client(scene, at, client),
            None => {
                self.crashed(scene.world, at);
                Ok(())
            }
        };
        match verdict {
            Err(violation) if !self.broken.contains(&violation.invariant) => {
                self.broken.push(violation.invariant);
                Err(violation)
            }
            _ => Ok(()),
        }
    }
}

impl Invariants {
    /// How many reads returned something older than a write that was answered before they were asked.
    pub(super) fn stale_reads(&self) -> u64 {
        self.stale_reads
    }

    /// A name that was not on the disk has been heard by nobody; what a client was told, it has forgotten.
    fn crashed(&mut self, world: &World<QuorumKv>, at: NodeId) {
        let kept = world.kept(at).some();
        for writes in self.writes.values_mut() {
            writes.retain(|write| write.node != at || kept.is_some_and(|kept| write.event <= kept));
        }
        self.told.retain(|(client, _), _| *client != at);
    }

    // --- Clients

    fn client(&mut self, scene: &Scene<QuorumKv>, at: NodeId, client: &Client) -> Result<(), Violation> {
        if !client.work().is_empty() {
            self.busy = scene.world.now();
        }
        let newest = client.waiting().next_back().or(client.current().map(|(id, _)| *id));
        if let Some(id) = newest.filter(|_| fault(scene) == Some("invoke")) {
            self.began.entry(id).or_insert(scene.event);
        }
        let verdict = match client.ended() {
            Some(ended) if self.last_ended.get(&at) != Some(&ended.id) => {
                self.last_ended.insert(at, ended.id);
                self.note_end(scene.event, at, ended, client.settings())
            }
            _ => Ok(()),
        };
        for (id, work) in client.work().iter().filter(|(_, work)| work.phase == Phase::Put) {
            if let Some((dot, written)) = work.siblings.versions.iter().next() {
                let told = self.told.entry((at, work.op.key().clone())).or_default();
                let over = told.clone();
                told.add(*dot);
                let began = self.began.get(id).copied().unwrap_or(scene.event);
                let (dot, node, event, value) = (*dot, at, scene.event, written.value.clone());
                self.note_write(work.op.key(), Write { dot, node, event, began, ended: None, value, over });
            }
        }
        verdict
    }

    fn note_write(&mut self, key: &Text, write: Write) {
        let writes = self.writes.entry(key.clone()).or_default();
        if writes.iter().rev().all(|other| other.dot != write.dot) {
            writes.push(Rc::new(write));
        }
    }

    fn note_end(&mut self, event: EventId, at: NodeId, ended: &Ended, settings: &Settings) -> Result<(), Violation> {
        let began = self.began.remove(&ended.id).unwrap_or(event);
        match &ended.how {
            How::Read(dots) => {
                let told = self.told.entry((at, ended.key.clone())).or_default();
                for dot in dots {
                    told.add(*dot);
                    if let Some(write) = find(self.writes.get(&ended.key), *dot) {
                        told.join(&write.over);
                    }
                }
                self.judge_read(event, at, (&ended.key, dots), began, settings)
            }
            How::Wrote(dot) => {
                let writes = self.writes.get_mut(&ended.key).into_iter().flatten();
                for write in writes.filter(|write| write.dot == *dot) {
                    Rc::make_mut(write).ended = Some((at, event));
                }
                Ok(())
            }
            How::GaveUp => Ok(()),
        }
    }

    /// A read returns the latest write that was answered before it was asked, or one that is not older. Where quorums
    /// need not meet, that is only counted.
    fn judge_read(
        &mut self,
        event: EventId,
        at: NodeId,
        (key, dots): (&Text, &[Dot]),
        began: EventId,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let Some(missed) = self.missed(key, dots, began, settings) else { return Ok(()) };
        if !settings.quorums_meet() {
            self.stale_reads += 1;
            return Ok(());
        }
        let mut evidence = told_of(&missed, key);
        evidence.push(Evidence { node: at, event: began, text: format!("asked for {key}") });
        let text = match dots {
            [] => "was given nothing".to_owned(),
            dots => format!("was given {}", self.values(key, dots)),
        };
        evidence.push(Evidence { node: at, event, text });
        Err(Violation { invariant: "regular", event, evidence })
    }

    fn values(&self, key: &Text, dots: &[Dot]) -> String {
        let value = |dot: &Dot| match find(self.writes.get(key), *dot) {
            Some(write) => write.value.as_deref().unwrap_or("a delete").to_owned(),
            None => "what nobody wrote".to_owned(),
        };
        dots.iter().map(value).collect::<Vec<_>>().join(" and ")
    }

    /// A write that was answered before an event, and that these versions neither are nor overwrite.
    fn missed(&self, key: &Text, dots: &[Dot], before: EventId, settings: &Settings) -> Option<Rc<Write>> {
        let writes = self.writes.get(key)?;
        let returned = |write: &&Rc<Write>| match dots {
            [] => write.value.is_none(), // nothing is what a delete leaves
            dots => dots.contains(&write.dot),
        };
        let in_time_order = settings.config.order != Order::Versions;
        let overwrites = |new: &Rc<Write>, old: &Write| match in_time_order {
            true => new.ended.is_none_or(|(_, ended)| ended > old.began), // not over before it began
            false => new.over.has(old.dot),
        };
        let had =
            |old: &Rc<Write>| writes.iter().filter(returned).any(|new| new.dot == old.dot || overwrites(new, old));
        let answered = writes.iter().filter(|write| write.ended.is_some_and(|(_, ended)| ended < before));
        answered.into_iter().find(|write| !had(write)).cloned()
    }

    // --- Nodes

    fn node(&mut self, scene: &Scene<QuorumKv>, at: NodeId, node: &StoreNode) -> Result<(), Violation> {
        for (txn, doubt) in node.in_doubt() {
            self.decisions.ready(at, *txn, scene.event);
            if doubt.primary == at {
                let began = self.began.get(txn).copied().unwrap_or(scene.event);
                let value = doubt.siblings.values().first().cloned();
                let (dot, node, event, over) = (doubt.dot, at, scene.event, Known::default());
                self.note_write(&doubt.key, Write { dot, node, event, began, ended: None, value, over });
            }
        }
        let decided = if scene.world.unsynced(at) == 0 { self.decided(scene, at, node) } else { Ok(()) };
        decided.and(self.when_quiet(scene, at, node))
    }

    /// What is new in the log.
    fn decided(&mut self, scene: &Scene<QuorumKv>, at: NodeId, node: &StoreNode) -> Result<(), Violation> {
        let log = &node.disk().log;
        let mut verdict = Ok(());
        for (txn, outcome) in self.decisions.read(at, log) {
            let key = log.iter().find_map(|record| prepared(record, txn));
            let homes = key.map(|key| node.settings().homes(key)).unwrap_or_default();
            let decision = Decision { node: at, txn, outcome, event: scene.event };
            let alone = self.decisions.decided(scene, decision, &homes);
            verdict = verdict.and(alone).and(self.decisions.agreed(decision));
        }
        verdict
    }

    /// Once all has been quiet for a while, all homes of a key have the same, nothing waits to be handed on, and of
    /// every write that was answered they have what it wrote, or what overwrote it.
    fn when_quiet(&self, scene: &Scene<QuorumKv>, at: NodeId, node: &StoreNode) -> Result<(), Violation> {
        let Scene { world, trace, event, .. } = *scene;
        let settings = node.settings();
        let compares = trace.event(event).is_some_and(|row| matches!(row.what, What::Timer("compare")));
        let rounds = settings.config.compare.scale(settings.nodes.len() as u64 + 1, 1);
        let patience = rounds + settings.config.tick.scale(2, 1) + BOUND.scale(8, 1);
        if !compares || world.now().since(self.busy) < patience {
            return Ok(());
        }
        let Some((invariant, evidence)) = self.diverges(world, at, node).or_else(|| self.lost(scene, at, node)) else {
            return Ok(());
        };
        let idle = |node| world.view(node).is_some() && world.unsynced(node) == 0;
        let reachable = world.ids().all(|node| world.neighbours(node).len() + 1 == world.size());
        if !reachable || !world.ids().all(idle) || !self.calm.holds(scene, patience, BOUND) {
            return Ok(());
        }
        Err(Violation { invariant, event, evidence })
    }

    fn diverges(&self, world: &World<QuorumKv>, at: NodeId, node: &StoreNode) -> Option<(&'static str, Vec<Evidence>)> {
        let latest = |node| world.latest(node);
        if node.hints() > 0 {
            let text = format!("still holds {} writes for others", node.hints());
            return Some(("convergence", vec![Evidence { node: at, event: latest(at), text }]));
        }
        for (key, mine) in &node.disk().store {
            for home in node.settings().homes(key).into_iter().filter(|home| *home != at) {
                let Some(View::Node(other)) = world.view(home) else { return None };
                if other.siblings(key) != *mine {
                    let told = |node, siblings: &Siblings| {
                        let text = format!("has {key}={}", self.values(key, &siblings.dots()));
                        Evidence { node, event: latest(node), text }
                    };
                    return Some(("convergence", vec![told(home, &other.siblings(key)), told(at, mine)]));
                }
            }
        }
        None
    }

    fn lost(&self, scene: &Scene<QuorumKv>, at: NodeId, node: &StoreNode) -> Option<(&'static str, Vec<Evidence>)> {
        let keys = self.writes.keys().filter(|key| node.settings().homes(key).contains(&at));
        for key in keys {
            let dots = node.siblings(key).dots();
            if let Some(missed) = self.missed(key, &dots, scene.event, node.settings()) {
                let mut evidence = told_of(&missed, key);
                let text = match dots.as_slice() {
                    [] => format!("has nothing at {key}"),
                    dots => format!("has {key}={} instead", self.values(key, dots)),
                };
                evidence.push(Evidence { node: at, event: scene.event, text });
                return Some(("no-lost-write", evidence));
            }
        }
        None
    }
}

fn prepared(record: &super::Record, of: Txn) -> Option<&Text> {
    match record {
        super::Record::Prepared { txn, doubt } if *txn == of => Some(&doubt.key),
        _ => None,
    }
}

fn find(writes: Option<&Vec<Rc<Write>>>, dot: Dot) -> Option<&Rc<Write>> {
    writes?.iter().find(|write| write.dot == dot)
}

/// What a client was told of a write.
fn told_of(write: &Write, key: &Text) -> Vec<Evidence> {
    let what = write.value.as_ref().map_or(format!("{key} is deleted"), |value| format!("{key}={value} is written"));
    let told = |(node, event): (NodeId, EventId)| Evidence { node, event, text: format!("was told that {what}") };
    write.ended.map(told).into_iter().collect()
}

fn nodes(world: &World<QuorumKv>) -> impl Iterator<Item = (NodeId, &StoreNode)> {
    world.ids().filter_map(|at| match world.view(at) {
        Some(View::Node(node)) => Some((at, node)),
        _ => None,
    })
}

/// Of how many keys two running homes have different copies.
pub(super) fn disagreeing(world: &World<QuorumKv>) -> u64 {
    let keys: Set<&Text> = nodes(world).flat_map(|(_, node)| node.disk().store.keys()).collect();
    let differ = |key: &&Text| {
        let mut copies = nodes(world)
            .filter(|(at, node)| node.settings().homes(key).contains(at))
            .map(|(_, node)| node.disk().store.get(*key));
        let first = copies.next().flatten();
        copies.any(|copy| copy != first)
    };
    keys.iter().filter(|key| differ(key)).count() as u64
}

/// How many writes wait at running nodes to be handed on.
pub(super) fn hints(world: &World<QuorumKv>) -> u64 {
    nodes(world).map(|(_, node)| node.hints()).sum()
}
