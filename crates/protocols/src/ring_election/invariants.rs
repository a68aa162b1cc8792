//! What an election on a ring promises: one thing always, the rest while the network keeps its word.

use super::{Id, RingElection, RingNode};
use crate::shared::calm::Calm;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    calm: Calm,
    /// Whom each node took for the leader, and since which event.
    leaders: Map<NodeId, (Option<Id>, EventId)>,
    /// Who leads.
    leading: Set<NodeId>,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

impl Monitor<RingElection> for Invariants {
    fn after(&mut self, scene: &Scene<RingElection>) -> Result<(), Violation> {
        let Some(first) = scene.world.ids().find_map(|node| scene.world.view(node)) else { return Ok(()) };
        let settings = first.settings();
        let bound = settings.bound();
        self.calm.watch(scene, bound);
        let won = self.note(scene);
        // An election and an announcement go round once each, past every node that is down; before that, everybody
        // may have to lose patience, and a token that is on its way come to its end.
        let around = (bound + bound + bound + settings.config.ack_timeout).scale(u64::from(settings.nodes()), 1);
        let patience = settings.patience().end + settings.config.round + around;
        match won.and(self.settled(scene, patience, bound)) {
            Err(violation) if !self.broken.contains(&violation.invariant) => {
                self.broken.push(violation.invariant);
                Err(violation)
            }
            _ => Ok(()),
        }
    }
}

impl Invariants {
    fn note(&mut self, scene: &Scene<RingElection>) -> Result<(), Violation> {
        let event = scene.event;
        let Some(node) = scene.node else { return Ok(()) };
        let Some(view) = scene.world.view(node) else {
            self.leaders.remove(&node);
            self.leading.remove(&node);
            return Ok(());
        };
        if self.leaders.get(&node).is_none_or(|(leader, _)| *leader != view.leader()) {
            self.leaders.insert(node, (view.leader(), event));
        }
        if !view.leads() {
            self.leading.remove(&node);
        } else if self.leading.insert(node) {
            return winner_is_highest(scene, node, view);
        }
        Ok(())
    }

    /// While the network has kept its word for long enough: one leader, the highest that is up, known to all.
    fn settled(&self, scene: &Scene<RingElection>, patience: Span, bound: Span) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let up = || world.ids().filter_map(|node| Some((node, world.view(node)?)));
        let highest = up().map(|(_, view)| view.id()).max();
        let astray = |(_, view): &(NodeId, &RingNode)| view.leader() != highest;
        if !up().any(|node| astray(&node)) || !self.calm.holds(scene, patience, bound) {
            return Ok(());
        }
        let since = |node: NodeId| self.leaders.get(&node).map_or(event, |(_, since)| *since);
        if self.leading.len() > 1 {
            let leads = |node: &NodeId| Evidence { node: *node, event: since(*node), text: "leads".to_owned() };
            let evidence = self.leading.iter().map(leads).collect();
            return Err(Violation { invariant: "one-leader", event, evidence });
        }
        let highest = highest.unwrap_or(0);
        let evidence = up().filter(astray).map(|(node, view)| {
            let text = match view.leader() {
                Some(leader) => format!("takes {leader} for the leader, and {highest} is up"),
                None => format!("knows no leader, and {highest} is up"),
            };
            Evidence { node, event: since(node), text }
        });
        Err(Violation { invariant: "highest-leads", event, evidence: evidence.collect() })
    }
}

/// Whoever wins has a higher id than all nodes that its token passed: the way back along the causes of its coming,
/// from sending to sending, until it is at home.
fn winner_is_highest(scene: &Scene<RingElection>, winner: NodeId, view: &RingNode) -> Result<(), Violation> {
    let Scene { trace, event, .. } = *scene;
    let here = Evidence { node: winner, event, text: format!("leads with {}", view.id()) };
    let mut at = event;
    while let Some(cause) = trace.event(at).and_then(|row| row.cause.some()) {
        let Some(row) = trace.event(cause).filter(|row| row.node != winner) else { break };
        let id = view.settings().id(row.node);
        if id > view.id() {
            let text = format!("is {id}, and passed the token of {} on", view.id());
            let evidence = vec![Evidence { node: row.node, event: cause, text }, here];
            return Err(Violation { invariant: "winner-is-highest", event, evidence });
        }
        at = cause;
    }
    Ok(())
}
