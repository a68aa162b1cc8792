//! What the bully algorithm promises. Two of its three promises speak of time, and hold only while the network does what
//! the algorithm takes for granted: that is decided from the trace.

use super::{Bully, BullyNode, State};
use crate::shared::calm::Calm;
use crate::shared::ghost::fault;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Time, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    calm: Calm,
    /// When somebody was last asked for an election.
    asked: Time,
    /// Who has ever led, and since which event, the last time.
    led: Map<NodeId, EventId>,
    /// What each node was, and since which event.
    was: Map<NodeId, (State, EventId)>,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

impl Monitor<Bully> for Invariants {
    fn after(&mut self, scene: &Scene<Bully>) -> Result<(), Violation> {
        let Some(settings) = scene.world.ids().find_map(|node| Some(scene.world.view(node)?.settings())) else {
            return Ok(());
        };
        let answer = settings.config.answer_timeout;
        let patience = (answer + settings.config.check).scale(4, 1);
        let bound = answer.scale(1, 2);
        self.calm.watch(scene, bound);
        let announced = self.note(scene);
        let settled = self.settled(scene, patience, bound);
        match announced.and(settled) {
            Err(violation) if !self.broken.contains(&violation.invariant) => {
                self.broken.push(violation.invariant);
                Err(violation)
            }
            _ => Ok(()),
        }
    }
}

impl Invariants {
    /// Nobody follows a node that never led.
    fn note(&mut self, scene: &Scene<Bully>) -> Result<(), Violation> {
        let event = scene.event;
        let Some(node) = scene.node else { return Ok(()) };
        let Some(view) = scene.world.view(node) else {
            self.was.remove(&node);
            return Ok(());
        };
        if fault(scene).is_some() && (view.leader().is_none() || view.leads()) {
            self.asked = scene.world.now(); // an election may have begun
        }
        if self.was.get(&node).is_some_and(|(state, _)| state == view.state()) {
            return Ok(());
        }
        self.was.insert(node, (view.state().clone(), event));
        match view.state() {
            State::Leading => {
                self.led.insert(node, event);
            }
            State::Following(leader) if !self.led.contains_key(leader) => {
                let text = format!("follows n{}, who never led", leader.0 + 1);
                let evidence = vec![Evidence { node, event, text }];
                return Err(Violation { invariant: "followed-has-led", event, evidence });
            }
            _ => {}
        }
        Ok(())
    }

    /// While the network has kept its word for long enough: one leader, the highest, known to all.
    fn settled(&self, scene: &Scene<Bully>, patience: Span, bound: Span) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let up = || world.ids().filter_map(|node| Some((node, world.view(node)?)));
        let Some((highest, _)) = up().last() else { return Ok(()) };
        let astray = |(_, view): &(NodeId, &BullyNode)| view.leader() != Some(highest);
        if !up().any(|node| astray(&node))
            || world.now().since(self.asked) < patience
            || !self.calm.holds(scene, patience, bound)
        {
            return Ok(());
        }
        let since = |node: NodeId| self.was.get(&node).map_or(event, |(_, since)| *since);
        let leaders: Vec<NodeId> = up().filter(|(_, view)| view.leads()).map(|(node, _)| node).collect();
        if leaders.len() > 1 {
            let leads = |node: NodeId| Evidence { node, event: since(node), text: "leads".to_owned() };
            return Err(Violation {
                invariant: "one-leader",
                event,
                evidence: leaders.into_iter().map(leads).collect(),
            });
        }
        let evidence = up().filter(astray).map(|(node, view)| {
            let text = match view.leader() {
                Some(leader) if leader == node => format!("leads, and n{} above it is up", highest.0 + 1),
                Some(leader) => format!("follows n{}, and n{} is up", leader.0 + 1, highest.0 + 1),
                None => format!("knows no leader, and n{} is up", highest.0 + 1),
            };
            Evidence { node, event: since(node), text }
        });
        let mut evidence: Vec<Evidence> = evidence.collect();
        evidence.sort_by_key(|piece| piece.event);
        Err(Violation { invariant: "highest-leads", event, evidence })
    }
}
