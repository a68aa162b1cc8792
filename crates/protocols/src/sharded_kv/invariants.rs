//! What the store promises: where keys are when all is quiet, which keys move, and that nothing is forgotten meanwhile.
//! Who holds what is read from the nodes' real states; what a client could know, from the order of the engine's events.

use super::node::StoreNode;
use super::{Client, Ended, Members, Op, Ring, ShardedKv, Text, Version, View};
use crate::shared::calm::Calm;
use crate::shared::ghost::fault;
use crate::shared::kv;
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Span, Time, Violation, World};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    calm: Calm,
    /// Each node, as it last was.
    nodes: BTreeMap<NodeId, Rc<Known>>,
    /// When somebody's idea of the members changed last.
    members_changed: Time,
    /// The operations that are under way, and since when; those that began while nodes disagreed about the members are
    /// not judged.
    began: BTreeMap<OpId, EventId>,
    last_ended: BTreeMap<NodeId, OpId>,
    /// Writes that have been answered, by key, each higher than all before it; since the members changed.
    answered: BTreeMap<Text, Vec<Mark>>,
    /// The newest version of each key that is on a disk somewhere, and since when.
    newest: BTreeMap<Text, (Version, Time)>,
    /// The most that a node knew of joins and leaves, and how many keys found new owners by them.
    changes: u64,
    moved: u64,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// What a node knew and held.
#[derive(Clone, Debug)]
struct Known {
    members: Members,
    held: BTreeMap<Text, Version>,
}

/// A write that was answered.
#[derive(Clone, Debug)]
struct Mark {
    node: NodeId,
    event: EventId,
    version: Version,
    deleted: bool,
}

/// Messages and disks that take no longer than this are as they should be.
const BOUND: Span = Span::millis(50);

impl Monitor<ShardedKv> for Invariants {
    fn after(&mut self, scene: &Scene<ShardedKv>) -> Result<(), Violation> {
        self.calm.watch(scene, BOUND);
        let Some(at) = scene.node else { return Ok(()) };
        let verdict = match scene.world.view(at) {
            Some(View::Node(node)) => self.node(scene, at, node),
            Some(View::Client(client)) => self.client(scene, at, client),
            None => Ok(()),
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
    /// How many keys have found new owners, each counted once for every owner that it gained.
    pub(super) fn moved(&self) -> u64 {
        self.moved
    }

    fn node(&mut self, scene: &Scene<ShardedKv>, at: NodeId, node: &StoreNode) -> Result<(), Violation> {
        let store = &node.disk().store;
        let before = self.nodes.get(&at).cloned();
        let restarted = fault(scene) == Some("restart");
        let same = |before: &Known| {
            before.members == node.disk().members
                && before.held.len() == store.len()
                && before.held.iter().zip(store).all(|((a, version), (b, stored))| a == b && *version == stored.version)
        };
        let mut verdict = Ok(());
        if !before.as_deref().is_some_and(same) {
            let held = store.iter().map(|(key, stored)| (key.clone(), stored.version)).collect();
            self.nodes.insert(at, Rc::new(Known { members: node.disk().members.clone(), held }));
            if let Some(before) = before.as_deref().filter(|_| !restarted) {
                verdict = self.no_copy_lost(scene, at, node, before);
            }
            if before.as_deref().is_none_or(|before| before.members != node.disk().members) {
                let monotone = before.as_deref().map_or(Ok(()), |before| self.monotone(scene, at, node, before));
                self.members_changed(scene, node, before.as_deref());
                verdict = verdict.and(monotone);
            }
        }
        if scene.world.unsynced(at) == 0 {
            self.note_newest(scene, node);
        }
        verdict.and(self.keys_on_owners(scene, at, node))
    }

    fn members_changed(&mut self, scene: &Scene<ShardedKv>, node: &StoreNode, before: Option<&Known>) {
        self.members_changed = scene.world.now();
        self.answered.clear();
        self.began.clear();
        let members = &node.disk().members;
        if members.changes() <= self.changes {
            return;
        }
        self.changes = members.changes();
        if let Some(before) = before {
            let (old, new) = (Ring::of(&before.members, node.settings()), node.ring());
            self.moved += self.newest.keys().map(|key| new.gains(&old, key).len() as u64).sum::<u64>();
        }
    }

    /// Whether all nodes, those that are down included, have the same idea of the members.
    fn agreed(&self) -> bool {
        let mut ideas = self.nodes.values().map(|known| &known.members);
        ideas.next().is_none_or(|first| ideas.all(|other| other == first))
    }

    fn note_newest(&mut self, scene: &Scene<ShardedKv>, node: &StoreNode) {
        for (key, stored) in &node.disk().store {
            let newest = self.newest.entry(key.clone()).or_insert((stored.version, scene.world.now()));
            if newest.0 < stored.version {
                *newest = (stored.version, scene.world.now());
            }
        }
    }

    /// Consistent hashing: keys move to nodes that join, and from nodes that leave, and otherwise not at all.
    fn monotone(
        &self,
        scene: &Scene<ShardedKv>,
        at: NodeId,
        node: &StoreNode,
        before: &Known,
    ) -> Result<(), Violation> {
        let (old, new) = (Ring::of(&before.members, node.settings()), node.ring());
        let members = |members: &Members| members.all().collect::<BTreeSet<_>>();
        let (was, is) = (members(&before.members), members(&node.disk().members));
        let name = |node: &NodeId| node_name(*node);
        for key in self.newest.keys() {
            let gains = new.gains(&old, key).into_iter().find(|node| was.contains(node) && was.is_subset(&is));
            let loses = old.gains(&new, key).into_iter().find(|node| is.contains(node) && is.is_subset(&was));
            let text = match (gains, loses) {
                (Some(gains), _) => format!("moved {key} to {}, which was a member before", name(&gains)),
                (_, Some(loses)) => format!("took {key} away from {}, which is a member still", name(&loses)),
                _ => continue,
            };
            let evidence = vec![Evidence { node: at, event: scene.event, text }];
            return Err(Violation { invariant: "monotone", event: scene.event, evidence });
        }
        Ok(())
    }

    /// A node drops a key only when as many others have it as it should have owners, whoever of them they are: who that
    /// is may have changed again meanwhile.
    fn no_copy_lost(
        &self,
        scene: &Scene<ShardedKv>,
        at: NodeId,
        node: &StoreNode,
        before: &Known,
    ) -> Result<(), Violation> {
        let event = scene.event;
        let members = self.nodes.values().map(|known| known.members.all().count()).min().unwrap_or(0);
        let enough = members.clamp(1, node.settings().config.replicas as usize); // with nobody a member, somebody has it still
        let ring = node.ring();
        let dropped = |key: &Text| !node.disk().store.contains_key(key) && !ring.owners(key).contains(&at);
        for (key, version) in before.held.iter().filter(|(key, _)| dropped(key)) {
            let has = |known: &&Rc<Known>| known.held.get(key).is_some_and(|held| held >= version);
            let copies = self.nodes.values().filter(has).count();
            if copies < enough {
                let text = format!("dropped {key}, and only {copies} others have it");
                return Err(Violation {
                    invariant: "no-copy-lost",
                    event,
                    evidence: vec![Evidence { node: at, event, text }],
                });
            }
        }
        Ok(())
    }

    /// Once all has been quiet, every key is on its owners and nowhere else.
    fn keys_on_owners(&self, scene: &Scene<ShardedKv>, at: NodeId, node: &StoreNode) -> Result<(), Violation> {
        let Scene { world, trace, event, .. } = *scene;
        if !trace.event(event).is_some_and(|row| matches!(row.what, What::Timer(_))) {
            return Ok(());
        }
        let patience = node.settings().config.tick.scale(8, 1) + BOUND.scale(8, 1);
        let now = world.now();
        if now.since(self.members_changed) < patience || !self.agreed() {
            return Ok(());
        }
        let ring = node.ring();
        let settled = self.newest.iter().filter(|(_, (_, since))| now.since(*since) >= patience);
        let wrong = settled.filter_map(|(key, (version, _))| {
            let held = node.disk().store.get(key).map(|stored| stored.version);
            let owners = ring.owners(key);
            match (owners.contains(&at), held) {
                (true, None) => Some(format!("owns {key} and does not have it")),
                (true, Some(held)) if held < *version => Some(format!("owns {key} and has an old version of it")),
                (false, Some(_)) if !owners.is_empty() => Some(format!("has {key} and does not own it")),
                _ => None,
            }
        });
        let Some(text) = wrong.into_iter().next() else { return Ok(()) };
        let idle = |node| world.view(node).is_some() && world.unsynced(node) == 0;
        if !world.ids().all(idle) || !self.calm.holds(scene, patience, BOUND) {
            return Ok(());
        }
        Err(Violation { invariant: "keys-on-owners", event, evidence: vec![Evidence { node: at, event, text }] })
    }

    fn client(&mut self, scene: &Scene<ShardedKv>, at: NodeId, client: &Client) -> Result<(), Violation> {
        if let Some(id) = client.open().next_back()
            && self.last_ended.get(&at).is_none_or(|last| *last < id)
            && fault(scene) == Some("invoke")
            && self.agreed()
        {
            self.began.entry(id).or_insert(scene.event);
        }
        match client.ended() {
            Some(ended) if self.last_ended.get(&at) != Some(&ended.id) => self.note_end(scene.event, at, ended),
            _ => Ok(()),
        }
    }

    /// While the members stay, a read returns nothing older than a write that was answered before it was asked.
    fn note_end(&mut self, event: EventId, at: NodeId, ended: &Ended) -> Result<(), Violation> {
        self.last_ended.insert(at, ended.id);
        let Some(began) = self.began.remove(&ended.id) else { return Ok(()) };
        let Op::Key(op) = &ended.op else { return Ok(()) };
        let (key, deleted) = match op {
            kv::Op::Put { key, .. } => (key, false),
            kv::Op::Delete { key } => (key, true),
            kv::Op::Get { key } => return self.fresh_read(event, at, (key, ended.version), began),
            kv::Op::Cas { .. } | kv::Op::Keys {} => return Ok(()),
        };
        let marks = self.answered.entry(key.clone()).or_default();
        if let Some(version) = ended.version
            && marks.last().is_none_or(|last| last.version < version)
        {
            marks.push(Mark { node: at, event, version, deleted });
        }
        Ok(())
    }

    fn fresh_read(
        &self,
        event: EventId,
        at: NodeId,
        (key, version): (&Text, Option<Version>),
        began: EventId,
    ) -> Result<(), Violation> {
        let marks = self.answered.get(key).map_or(&[][..], Vec::as_slice);
        let before = marks.partition_point(|mark| mark.event < began);
        let Some(mark) = before.checked_sub(1).map(|last| &marks[last]).filter(|mark| Some(mark.version) > version)
        else {
            return Ok(());
        };
        let did = if mark.deleted { "deleted" } else { "wrote" };
        let found = if version.is_some() { "an older value of it" } else { "nothing" };
        let evidence = vec![
            Evidence { node: mark.node, event: mark.event, text: format!("was told that it {did} {key}") },
            Evidence { node: at, event: began, text: format!("asked for {key}") },
            Evidence { node: at, event, text: format!("was given {found}") },
        ];
        Err(Violation { invariant: "fresh-reads", event, evidence })
    }
}

/// Nodes come before clients, so that their numbers are those of their names.
fn node_name(node: NodeId) -> String {
    format!("n{}", node.0 + 1)
}

/// How many copies are missing at owners or held by others, as the node sees it that knows of most joins and leaves.
pub(super) fn misplaced(world: &World<ShardedKv>) -> u64 {
    let nodes = || {
        world.ids().filter_map(|at| match world.view(at) {
            Some(View::Node(node)) => Some((at, node)),
            _ => None,
        })
    };
    let Some((_, best)) = nodes().max_by_key(|(_, node)| node.disk().members.changes()) else { return 0 };
    let ring = best.ring();
    let keys: BTreeSet<&Text> = nodes().flat_map(|(_, node)| node.disk().store.keys()).collect();
    let wrong = |key: &&Text| {
        let owners = ring.owners(key);
        nodes().filter(|(at, node)| owners.contains(at) != node.disk().store.contains_key(*key)).count() as u64
    };
    keys.iter().map(wrong).sum()
}
