//! Every pong answers a ping that was asked.

use super::Ping;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct AnsweredWasAsked {
    /// All pings ever sent: which operation, by whom, to whom, and in which event.
    asked: Map<(OpId, NodeId, NodeId), EventId>,
    /// For each node, how many pongs it had received.
    pongs: Vec<u64>,
}

impl Monitor<Ping> for AnsweredWasAsked {
    fn after(&mut self, scene: &Scene<Ping>) -> Result<(), Violation> {
        let Scene { world, event, node, .. } = *scene;
        let Some(node) = node else { return Ok(()) };
        if self.pongs.len() <= node.index() {
            self.pongs.resize(node.index() + 1, 0);
        }
        let Some(view) = world.view(node) else {
            return Ok(());
        };
        if let Some((&id, neighbours)) = view.asked().last_key_value()
            && neighbours.first().is_some_and(|first| !self.asked.contains_key(&(id, node, *first)))
        {
            self.asked.extend(neighbours.iter().map(|neighbour| ((id, node, *neighbour), event)));
        }
        let known = std::mem::replace(&mut self.pongs[node.index()], view.pongs());
        match view.latest_pong().filter(|_| view.pongs() > known) {
            Some((from, id)) if !self.asked.contains_key(&(id, node, from)) => {
                Err(self.violation(node, from, id, event))
            }
            _ => Ok(()),
        }
    }
}

impl AnsweredWasAsked {
    fn violation(&self, node: NodeId, from: NodeId, id: OpId, event: EventId) -> Violation {
        let who_asked =
            self.asked.range((id, NodeId(0), NodeId(0))..).find(|((asked, _, to), _)| (*asked, *to) == (id, from));
        let mut evidence: Vec<Evidence> = Vec::new();
        if let Some(((_, asker, _), asked)) = who_asked {
            evidence.push(Evidence { node: *asker, event: *asked, text: "sent the ping".to_owned() });
        }
        evidence.push(Evidence { node, event, text: "received a pong for it, and had not asked".to_owned() });
        Violation { invariant: "answered-was-asked", event, evidence }
    }
}
