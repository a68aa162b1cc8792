//! What the engine's own record says of rumours: who can know what, and who must.

use super::{Gossip, GossipNode, Mode, Text};
use crate::shared::calm::{self, Healed};
use crate::shared::ghost;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Time, Violation, World};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    rumours: Map<Text, Spread>,
    healed: Healed,
    /// How many rounds a rumour may take to reach everybody; not known before the first event, and nothing if the
    /// nodes are not all connected.
    rounds: Option<Option<u64>>,
    /// What is broken already: each invariant is reported once.
    broken: Set<&'static str>,
}

/// Who knows a rumour.
#[derive(Clone, Default)]
struct Spread {
    knowers: Map<NodeId, Knows>,
    /// Since when a node has known it, or once knew it.
    ever: Map<NodeId, EventId>,
    /// The event from which it is known anywhere.
    told: Option<EventId>,
}

/// Since when a node knows a rumour, and whether it knew it by the disk.
#[derive(Clone, Copy)]
struct Knows {
    since: EventId,
    durable: bool,
}

impl Monitor<Gossip> for Invariants {
    fn after(&mut self, scene: &Scene<Gossip>) -> Result<(), Violation> {
        let whole_since = self.healed.after(scene);
        let up = scene.node.and_then(|node| Some((node, scene.world.view(node)?)));
        let verdicts = [
            up.map_or(Ok(()), |(node, view)| self.never_forgets(scene, node, view)),
            up.map_or(Ok(()), |(node, view)| self.informed_by_a_chain(scene, node, view)),
            whole_since.map_or(Ok(()), |since| self.coverage(scene, since)),
        ];
        let news =
            verdicts.into_iter().filter_map(Result::err).find(|violation| !self.broken.contains(violation.invariant));
        news.map_or(Ok(()), |violation| {
            self.broken.insert(violation.invariant);
            Err(violation)
        })
    }
}

impl Invariants {
    /// Whoever knew a rumour knows it still; only a crash takes what the disk did not have yet.
    fn never_forgets(&mut self, scene: &Scene<Gossip>, node: NodeId, view: &GossipNode) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let restarted = ghost::fault(scene) == Some("restart");
        let durable = world.unsynced(node) == 0 && !world.disk(node).1;
        let mut forgotten = None;
        for (rumour, spread) in &mut self.rumours {
            let Some(knows) = spread.knowers.get_mut(&node) else { continue };
            if view.known().contains(rumour) {
                knows.durable |= durable;
                continue;
            }
            if !restarted || knows.durable {
                forgotten = Some((rumour.clone(), knows.since));
            }
            spread.knowers.remove(&node);
            if spread.knowers.is_empty() {
                spread.told = None; // as if it had never been
            }
        }
        let Some((rumour, since)) = forgotten else { return Ok(()) };
        let evidence = vec![
            Evidence { node, event: since, text: format!("knew {rumour:?}") },
            Evidence { node, event, text: "knows it no more".to_owned() },
        ];
        Err(Violation { invariant: "never-forgets", event, evidence })
    }

    /// A node comes to know a rumour from a client, or from somebody who knew it when the message left.
    fn informed_by_a_chain(&mut self, scene: &Scene<Gossip>, node: NodeId, view: &GossipNode) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let durable = world.unsynced(node) == 0 && !world.disk(node).1;
        let sender = sender(scene);
        let told = ghost::fault(scene) == Some("invoke");
        let mut unfounded = None;
        for rumour in view.known() {
            let spread = self.rumours.entry(rumour.clone()).or_default();
            if spread.knowers.contains_key(&node) {
                continue;
            }
            let from_a_knower =
                sender.is_some_and(|(from, sent)| spread.ever.get(&from).is_some_and(|since| *since <= sent));
            if !told && !from_a_knower {
                unfounded = Some(rumour.clone());
            }
            spread.told.get_or_insert(event);
            spread.ever.entry(node).or_insert(event);
            spread.knowers.insert(node, Knows { since: event, durable });
        }
        let Some(rumour) = unfounded else { return Ok(()) };
        let mut evidence = Vec::new();
        if let Some((from, sent)) = sender {
            evidence.push(Evidence { node: from, event: sent, text: format!("sent word without knowing {rumour:?}") });
        }
        evidence.push(Evidence { node, event, text: format!("knows {rumour:?} from it") });
        Err(Violation { invariant: "informed-by-a-chain", event, evidence })
    }

    /// Push-pull without a limit of age reaches everybody that is connected, and soon.
    fn coverage(&mut self, scene: &Scene<Gossip>, whole_since: Time) -> Result<(), Violation> {
        let Scene { world, trace, event, .. } = *scene;
        let Some(config) = world.view(NodeId(0)).map(|node| &node.settings().config) else { return Ok(()) };
        if config.mode != Mode::PushPull || config.max_age > 0 || self.broken.contains("coverage") {
            return Ok(());
        }
        let Some(rounds) = *self.rounds.get_or_insert_with(|| rounds_to_reach_all(world)) else { return Ok(()) };
        for (rumour, spread) in &self.rumours {
            if spread.knowers.len() == world.size() {
                continue;
            }
            let (Some(told), Some((&teller, knows))) = (spread.told, spread.knowers.first_key_value()) else {
                continue;
            };
            let told = trace.event(told).map_or(whole_since, |row| row.at);
            let patience = Span((config.round + calm::usual_latency(world)).0.saturating_mul(rounds));
            if world.now() <= told.max(whole_since) + patience {
                continue;
            }
            let Some(left_out) = world.ids().find(|id| !spread.knowers.contains_key(id)) else { continue };
            let late = format!("has not heard it, {rounds} rounds after all was well");
            let evidence = vec![
                Evidence { node: teller, event: knows.since, text: format!("knows {rumour:?}") },
                Evidence { node: left_out, event, text: late },
            ];
            return Err(Violation { invariant: "coverage", event, evidence });
        }
        Ok(())
    }
}

/// Who sent the message that the event is, and in which event.
fn sender(scene: &Scene<Gossip>) -> Option<(NodeId, EventId)> {
    match scene.trace.event(scene.event)?.what {
        What::Deliver(msg) => scene.trace.message(msg).map(|row| (row.name.from, row.cause)),
        _ => None,
    }
}

/// How many rounds push-pull takes with all but certainty. Among nodes that can all call each other, about twice
/// log2 n + ln n. Otherwise, the nodes on a shortest way from one to another have no more than 3n links in all, and
/// a node with d links calls a given neighbour in one of d rounds: 3n rounds on average, and 10n with room for bad luck.
fn rounds_to_reach_all(world: &World<Gossip>) -> Option<u64> {
    let nodes = world.size();
    let mut reached = Set::from([NodeId(0)]);
    let mut open = vec![NodeId(0)];
    while let Some(node) = open.pop() {
        open.extend(world.neighbours(node).iter().copied().filter(|next| reached.insert(*next)));
    }
    if reached.len() < nodes {
        return None;
    }
    let everybody = |node| world.neighbours(node).len() + 1 == nodes;
    let log2 = u64::from(nodes.max(1).ilog2()) + 1;
    Some(if world.ids().all(everybody) { 3 * log2 + 3 } else { 10 * nodes as u64 })
}
