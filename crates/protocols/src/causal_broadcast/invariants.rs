//! No post is delivered before one that led to it; and in the end all are delivered. What led to what is followed here
//! from who posted and delivered what in which order: no vector of a process is believed.

use super::{CausalBroadcast, Delivered};
use crate::shared::calm::{Healed, usual_latency};
use crate::shared::channel;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Time, Violation, World};

/// A post: whose, and its sender's how-many-th.
type Key = (NodeId, u64);

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    healed: Healed,
    /// How many posts somebody lacked when everything began to work, and when that was.
    backlog: (Option<Time>, usize),
    posts: Map<Key, Posted>,
    nodes: Vec<Seen>,
}

/// A post when it was made.
#[derive(Clone)]
struct Posted {
    event: EventId,
    at: Time,
    past: Past,
}

/// For each process, the latest of its posts that is in the past; all its earlier ones are, too.
type Past = Map<NodeId, u64>;

/// What was seen of one process.
#[derive(Clone, Default)]
struct Seen {
    order: Vec<Key>,
    delivered: Set<Key>,
    /// For each sender, up to which of its posts all are delivered: what is missing is looked for behind it.
    up_to: Map<NodeId, u64>,
    past: Past,
}

impl Seen {
    fn first_missing(&self, from: NodeId) -> u64 {
        self.up_to.get(&from).copied().unwrap_or(0) + 1
    }
}

impl Monitor<CausalBroadcast> for Invariants {
    fn after(&mut self, scene: &Scene<CausalBroadcast>) -> Result<(), Violation> {
        let healed = self.healed.after(scene);
        let Some(node) = scene.node else { return Ok(()) };
        let Some(process) = scene.world.view(node) else { return Ok(()) };
        self.nodes.resize(scene.world.size(), Seen::default());
        let delivered = process.delivered();
        self.forget_lost(node, delivered);
        for post in &delivered[self.nodes[node.index()].order.len()..] {
            let key = (post.from, post.nth);
            if post.from == node {
                self.posted(node, key, scene);
            } else {
                self.delivered(node, key, scene)?;
            }
        }
        if healed != self.backlog.0 {
            let fewest = self.nodes.iter().map(|seen| seen.delivered.len()).min().unwrap_or(0);
            self.backlog = (healed, self.posts.len().saturating_sub(fewest));
        }
        healed.map_or(Ok(()), |since| self.all_delivered(node, since, scene))
    }
}

impl Invariants {
    /// How many deliveries are yet to come: of each post, at everybody with a link from its sender.
    pub(super) fn missing(&self, world: &World<CausalBroadcast>) -> u64 {
        let made = |node| self.posts.range((node, 0)..=(node, u64::MAX)).next_back().map_or(0, |((_, nth), _)| *nth);
        let due = |node| made(node) * world.neighbours(node).len() as u64;
        let done = |node: NodeId| {
            self.nodes.get(node.index()).map_or(0, |seen| (seen.order.len() as u64).saturating_sub(made(node)))
        };
        world.ids().map(due).sum::<u64>().saturating_sub(world.ids().map(done).sum())
    }

    /// A crash undid the last of what a process did: what is left is gone through again.
    fn forget_lost(&mut self, node: NodeId, delivered: &[Delivered]) {
        if delivered.len() >= self.nodes[node.index()].order.len() {
            return;
        }
        self.nodes[node.index()] = Seen::default();
        let kept: Set<Key> = delivered.iter().map(|post| (post.from, post.nth)).collect();
        self.posts.retain(|key, _| key.0 != node || kept.contains(key));
        delivered.iter().for_each(|post| self.learn(node, (post.from, post.nth)));
    }

    fn posted(&mut self, node: NodeId, key: Key, scene: &Scene<CausalBroadcast>) {
        let past = self.nodes[node.index()].past.clone();
        self.posts.insert(key, Posted { event: scene.event, at: scene.world.now(), past });
        self.learn(node, key);
    }

    fn delivered(&mut self, node: NodeId, key: Key, scene: &Scene<CausalBroadcast>) -> Result<(), Violation> {
        let seen = &self.nodes[node.index()];
        let twice = seen.delivered.contains(&key);
        let early = self.posts.get(&key).and_then(|post| self.skipped(node, post, scene));
        let evidence = |node, event, text| Evidence { node, event, text };
        let post = |(from, nth): Key| format!("post {nth} of n{}", from.0 + 1);
        let mut found = Vec::new();
        if let (Some(missing), Some(late)) = (early, self.posts.get(&key)) {
            let first = self.posts.get(&missing).map_or(late.event, |posted| posted.event);
            found.push(evidence(missing.0, first, format!("made {}", post(missing))));
            found.push(evidence(key.0, late.event, format!("made {}, knowing of it", post(key))));
            found.push(evidence(node, scene.event, format!("delivered {} without the other", post(key))));
        } else if twice {
            found.push(evidence(node, scene.event, format!("delivered {} twice", post(key))));
        }
        self.learn(node, key);
        if found.is_empty() {
            return Ok(());
        }
        Err(Violation { invariant: "causal-delivery", event: scene.event, evidence: found })
    }

    /// A post in the past of another, on its way to a process that has not delivered it.
    fn skipped(&self, node: NodeId, post: &Posted, scene: &Scene<CausalBroadcast>) -> Option<Key> {
        let seen = &self.nodes[node.index()];
        let mut earlier = post.past.iter().filter(|(from, _)| scene.world.neighbours(**from).contains(&node));
        earlier.find_map(|(from, latest)| {
            let behind = seen.first_missing(*from)..=*latest;
            behind.rev().map(|nth| (*from, nth)).find(|key| !seen.delivered.contains(key))
        })
    }

    fn learn(&mut self, node: NodeId, key: Key) {
        let seen = &mut self.nodes[node.index()];
        let past = self.posts.get(&key).into_iter().flat_map(|post| post.past.iter());
        for (from, nth) in past.map(|(from, nth)| (*from, *nth)).chain([key]) {
            let latest = seen.past.entry(from).or_default();
            *latest = nth.max(*latest);
        }
        seen.order.push(key);
        seen.delivered.insert(key);
        let mut next = seen.first_missing(key.0);
        while seen.delivered.contains(&(key.0, next)) {
            seen.up_to.insert(key.0, next);
            next += 1;
        }
    }

    /// Only where everybody has a link to everybody: what a post builds on may otherwise never come.
    fn all_delivered(&self, node: NodeId, since: Time, scene: &Scene<CausalBroadcast>) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let now = world.now();
        let resend = world.view(node).map_or(Span::ZERO, |process| process.settings().config.resend);
        let patience = channel::patience(self.backlog.1, resend, usual_latency(world));
        let apart = |node| world.neighbours(node).len() + 1 < world.size();
        if now <= since + patience || world.ids().any(apart) {
            return Ok(());
        }
        // Of each sender's posts, the first that is missing has been so for longest.
        let missing = |from| {
            let key = (from, self.nodes[node.index()].first_missing(from));
            self.posts.get(&key).map(|post| (key, post))
        };
        let overdue = |(_, post): &(Key, &Posted)| now > since.max(post.at) + patience;
        let Some((key, post)) = world.ids().filter_map(missing).find(overdue) else { return Ok(()) };
        let evidence = vec![
            Evidence { node: key.0, event: post.event, text: format!("made post {}", key.1) },
            Evidence { node, event, text: format!("has not delivered it, {patience} after the last fault") },
        ];
        Err(Violation { invariant: "all-delivered", event, evidence })
    }
}
