//! What the store promises. What a write depends on is taken from what its client was really told and did, followed event
//! by event, and not from the dependencies that travel with it; what can be seen at a site, from its nodes' real states.

use super::client::Client;
use super::node::SiteNode;
use super::{CausalKv, Op, Settings, Text, Version, View};
use crate::shared::calm::Calm;
use crate::shared::ghost::fault;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Span, Time, Violation, World};
use std::rc::Rc;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    calm: Calm,
    /// All writes.
    writes: Map<Version, Rc<Write>>,
    /// What each client has read and written, and what that depends on.
    pasts: Map<NodeId, Rc<Past>>,
    /// Each operation's key, and the past of its client when it asked for it.
    asked: Map<OpId, (Text, Rc<Past>)>,
    last_ended: Map<NodeId, OpId>,
    /// What could be seen at each node after its latest event.
    seen: Map<NodeId, Rc<Past>>,
    /// When somebody was at work last, or something was shown.
    busy: Time,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// Of each key, the highest version.
type Past = Map<Text, Version>;

/// A write.
#[derive(Clone, Debug)]
struct Write {
    id: OpId,
    node: NodeId,
    event: EventId,
    key: Text,
    past: Rc<Past>,
}

/// Messages and disks that take no longer than this are as they should be.
const BOUND: Span = Span::millis(50);

impl Monitor<CausalKv> for Invariants {
    fn after(&mut self, scene: &Scene<CausalKv>) -> Result<(), Violation> {
        self.calm.watch(scene, BOUND);
        let Some(at) = scene.node else { return Ok(()) };
        let verdict = match scene.world.view(at) {
            Some(View::Node(node)) => self.node(scene, at, node),
            Some(View::Client(client)) => self.client(scene, at, client),
            None => {
                self.pasts.remove(&at); // whoever starts again has seen nothing
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
    fn client(&mut self, scene: &Scene<CausalKv>, at: NodeId, client: &Client) -> Result<(), Violation> {
        let verdict = match client.ended() {
            Some(ended) if self.last_ended.get(&at) != Some(&ended.id) => {
                self.last_ended.insert(at, ended.id);
                self.note_end(scene.event, at, &ended.op, ended.version)
            }
            _ => Ok(()),
        };
        if let Some((id, op)) = client.open().next() {
            self.busy = scene.world.now();
            let past = self.pasts.entry(at).or_default().clone();
            self.asked.entry(*id).or_insert((op.key().clone(), past));
        }
        verdict
    }

    /// A client sees nothing older than what it has seen, and from now on depends on it.
    fn note_end(&mut self, event: EventId, at: NodeId, op: &Op, version: Option<Version>) -> Result<(), Violation> {
        let key = op.key();
        let past = Rc::make_mut(self.pasts.entry(at).or_default());
        if let Some(before) = past.get(key).filter(|before| op.is_read() && Some(**before) > version) {
            let write = self.writes.get(before);
            let mut evidence: Vec<Evidence> = write.map(|write| write.evidence("wrote", *before)).into_iter().collect();
            let text = format!("has seen that, and was given {} of {key}", version.map_or("nothing".to_owned(), told));
            evidence.push(Evidence { node: at, event, text });
            return Err(Violation { invariant: "causal", event, evidence });
        }
        let Some(version) = version else { return Ok(()) };
        if let Some(write) = self.writes.get(&version) {
            for (key, version) in write.past.iter() {
                raise(past, key, *version);
            }
        }
        raise(past, key, version);
        Ok(())
    }

    fn node(&mut self, scene: &Scene<CausalKv>, at: NodeId, node: &SiteNode) -> Result<(), Violation> {
        let store = &node.disk().store;
        let before = self.seen.get(&at).cloned().unwrap_or_default();
        let new = |(key, version): &(&Text, Version)| before.get(*key) != Some(version);
        let new: Vec<(&Text, Version)> = store.iter().map(|(key, stored)| (key, stored.version)).filter(new).collect();
        let restarted = fault(scene) == Some("restart");
        if restarted || !new.is_empty() {
            self.busy = scene.world.now();
            self.seen.insert(at, Rc::new(store.iter().map(|(key, stored)| (key.clone(), stored.version)).collect()));
        }
        let mut verdict = self.note_writes(scene.event, at, node);
        for (_, version) in new.into_iter().filter(|(_, version)| !restarted && version.node != at) {
            verdict = verdict.and(self.causes_are_there(scene.event, at, node.settings(), version));
        }
        verdict.and(self.converges(scene, at, node))
    }

    /// A write happens here: its time stamp is above those of all that it depends on.
    fn note_writes(&mut self, event: EventId, at: NodeId, node: &SiteNode) -> Result<(), Violation> {
        let mut verdict = Ok(());
        for (id, version) in node.disk().answered.values() {
            if self.writes.get(version).is_some_and(|write| write.id == *id) {
                continue;
            }
            let Some((key, past)) = self.asked.get(id).cloned() else { continue };
            let write = Rc::new(Write { id: *id, node: at, event, key, past });
            if let Some((_, high)) = write.past.iter().find(|(_, earlier)| *earlier >= version) {
                let cause = self.writes.get(high).map(|cause| cause.evidence("wrote", *high));
                let evidence = cause.into_iter().chain([write.evidence("after that wrote", *version)]).collect();
                verdict = Err(Violation { invariant: "stamps-follow-causes", event, evidence });
            }
            self.writes.insert(*version, write);
        }
        verdict
    }

    /// A write of another site can be seen here: so can everything that it depends on, or what overwrote that.
    fn causes_are_there(
        &self,
        event: EventId,
        at: NodeId,
        settings: &Settings,
        version: Version,
    ) -> Result<(), Violation> {
        let Some(write) = self.writes.get(&version) else { return Ok(()) };
        let site = settings.site(at);
        let missing = |(key, cause): &(&Text, &Version)| {
            let seen = self.seen.get(&settings.keeper(key, site)).and_then(|seen| seen.get(*key));
            seen.is_none_or(|seen| seen < *cause)
        };
        let Some((key, cause)) = write.past.iter().find(missing) else { return Ok(()) };
        let mut evidence: Vec<Evidence> =
            self.writes.get(cause).map(|cause_of| cause_of.evidence("wrote", *cause)).into_iter().collect();
        evidence.push(write.evidence("after that wrote", version));
        let text = format!("shows {} of {}, and its site has no {key} as new as that", told(version), write.key);
        evidence.push(Evidence { node: at, event, text });
        Err(Violation { invariant: "causal", event, evidence })
    }

    /// When all is quiet, every site has the same, and nothing waits.
    fn converges(&self, scene: &Scene<CausalKv>, at: NodeId, node: &SiteNode) -> Result<(), Violation> {
        let Scene { world, trace, event, .. } = *scene;
        let timer = trace.event(event).is_some_and(|row| matches!(row.what, What::Timer(_)));
        let patience = node.settings().config.tick.scale(3, 1) + BOUND.scale(8, 1);
        if !timer || world.now().since(self.busy) < patience {
            return Ok(());
        }
        let latest = world.latest(at);
        let evidence = match self.differs(world, node) {
            Some((other, key)) => {
                let text =
                    |node| format!("has {} of {key}", self.seen_at(node, &key).map_or("nothing".to_owned(), told));
                vec![
                    Evidence { node: other, event: world.latest(other), text: text(other) },
                    Evidence { node: at, event: latest, text: text(at) },
                ]
            }
            None if node.waiting() > 0 => {
                let text = format!("still keeps {} writes back", node.waiting());
                vec![Evidence { node: at, event: latest, text }]
            }
            None => return Ok(()),
        };
        let idle = |node| world.view(node).is_some() && world.unsynced(node) == 0;
        let reachable = world.ids().all(|node| world.neighbours(node).len() + 1 == world.size());
        if !reachable || !world.ids().all(idle) || !self.calm.holds(scene, patience, BOUND) {
            return Ok(());
        }
        Err(Violation { invariant: "convergence", event, evidence })
    }

    /// A node of another site that has another version of one of this node's keys.
    fn differs(&self, world: &World<CausalKv>, node: &SiteNode) -> Option<(NodeId, Text)> {
        node.disk().store.iter().find_map(|(key, stored)| {
            let other = |keeper: &NodeId| match world.view(*keeper) {
                Some(View::Node(other)) => {
                    other.disk().store.get(key).map(|there| there.version) != Some(stored.version)
                }
                _ => false,
            };
            Some((node.settings().keepers(key).into_iter().find(other)?, key.clone()))
        })
    }

    fn seen_at(&self, node: NodeId, key: &Text) -> Option<Version> {
        self.seen.get(&node)?.get(key).copied()
    }
}

impl Write {
    fn evidence(&self, did: &str, version: Version) -> Evidence {
        Evidence { node: self.node, event: self.event, text: format!("{did} {} as {}", self.key, told(version)) }
    }
}

fn told(version: Version) -> String {
    format!("{} of n{}", version.number, version.node.0 + 1) // nodes come before clients
}

fn raise(past: &mut Past, key: &Text, version: Version) {
    let known = past.entry(key.clone()).or_insert(version);
    *known = version.max(*known);
}

fn nodes(world: &World<CausalKv>) -> impl Iterator<Item = (NodeId, &SiteNode)> {
    world.ids().filter_map(|at| match world.view(at) {
        Some(View::Node(node)) => Some((at, node)),
        _ => None,
    })
}

/// How many writes wait at running nodes for what they depend on.
pub(super) fn waiting(world: &World<CausalKv>) -> u64 {
    nodes(world).map(|(_, node)| node.waiting()).sum()
}

/// Of how many keys two running nodes have different versions.
pub(super) fn differing(world: &World<CausalKv>) -> u64 {
    let keys: Set<&Text> = nodes(world).flat_map(|(_, node)| node.disk().store.keys()).collect();
    let differ = |key: &&Text| {
        let keeps = |(at, node): &(NodeId, &SiteNode)| node.settings().keepers(key).contains(at);
        let mut versions = nodes(world).filter(keeps).map(|(_, node)| node.disk().store.get(*key));
        let first = versions.next().flatten();
        versions.any(|version| version != first)
    };
    keys.iter().filter(|key| differ(key)).count() as u64
}
