//! One event happened before another exactly when its vector is less: held against what really led to what.

use super::{Order, Vector, VectorClock};
use crate::shared::ghost::{Causes, Flow, fault};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Violation};
use std::collections::VecDeque;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    flow: Flow,
    /// The latest events of each node that it has not lost in a crash, with their vectors.
    recent: Vec<VecDeque<(EventId, Vector)>>,
}

/// How many events of each node a new event is compared with. All would be quadratic, and what a wrong vector gets wrong
/// it gets wrong about recent events first.
const RECENT: usize = 6;

impl Monitor<VectorClock> for Invariants {
    fn after(&mut self, scene: &Scene<VectorClock>) -> Result<(), Violation> {
        let causes = self.flow.after(scene);
        let Some(node) = scene.node else { return Ok(()) };
        self.recent.resize(scene.world.size().max(self.recent.len()), VecDeque::new());
        match (causes, scene.world.view(node)) {
            (Some(causes), Some(process)) => {
                let judged = self.judge(scene.event, node, causes, process.clock(), |a, b| process.order(a, b));
                let recent = &mut self.recent[node.index()];
                recent.truncate(RECENT - 1);
                recent.push_front((scene.event, process.clock().clone()));
                judged
            }
            _ => {
                self.forget_lost(scene, node);
                Ok(())
            }
        }
    }
}

impl Invariants {
    /// Events that a crash undid have happened to nobody.
    fn forget_lost(&mut self, scene: &Scene<VectorClock>, node: NodeId) {
        if fault(scene).is_some() {
            let (flow, latest) = (&self.flow, self.flow.latest(node));
            let kept = |event| latest.is_some_and(|latest| flow.leads(node, event, latest));
            self.recent[node.index()].retain(|(event, _)| kept(*event));
        }
    }

    fn judge(
        &self,
        event: EventId,
        node: NodeId,
        causes: Causes,
        vector: &Vector,
        order: impl Fn(&Vector, &Vector) -> Order,
    ) -> Result<(), Violation> {
        for (other, recent) in self.recent.iter().enumerate() {
            let other = NodeId(other as u16);
            for (earlier, theirs) in recent {
                let led = self.flow.leads(other, *earlier, event);
                let said = order(theirs, vector);
                if led == (said == Order::Before) && said != Order::After && said != Order::Equal {
                    continue;
                }
                return Err(violation((other, *earlier, theirs), (node, event, vector), led, said, causes));
            }
        }
        Ok(())
    }
}

fn violation(
    (other, earlier, theirs): (NodeId, EventId, &Vector),
    (node, event, vector): (NodeId, EventId, &Vector),
    led: bool,
    said: Order,
    causes: Causes,
) -> Violation {
    let directly = [causes.before, causes.sent].contains(&Some(earlier));
    let truth = match (led, directly) {
        (true, true) => "which led straight to",
        (true, false) => "which led to",
        (false, _) => "which had no part in",
    };
    let evidence = vec![
        Evidence { node: other, event: earlier, text: format!("did this at {}, {truth} the other", words(theirs)) },
        Evidence {
            node,
            event,
            text: format!("did this at {}; by the vectors they are {}", words(vector), said.word()),
        },
    ];
    Violation { invariant: "exact-causality", event, evidence }
}

fn words(vector: &Vector) -> String {
    let entries: Vec<String> = vector.entries().map(|(process, count)| format!("n{}:{count}", process.0 + 1)).collect();
    format!("[{}]", entries.join(" "))
}
