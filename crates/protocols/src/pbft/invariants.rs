//! One order, one history, and nothing that nobody asked for. Judged are correct replicas: whoever has ever lied is not,
//! and what it has computed counts for nothing.
//!
//! What a replica has executed counts once it is durable: until then nobody hears of it, and a crash undoes it.

use super::messages::Asked;
use super::replica::Executed;
use super::{Client, Digest, Pbft, Replica, Seq, Settings, View};
use crate::shared::calm::{Healed, usual_latency};
use crate::shared::kv::{Op, Ret};
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Span, Time, Violation, World};
use std::collections::VecDeque;
use std::sync::Arc;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    /// What replicas have executed, but their disks do not hold yet.
    unsure: Map<NodeId, VecDeque<Step>>,
    /// What was executed first with each number.
    orders: Map<Seq, Seen<Option<Asked>>>,
    /// The state of whoever first had executed as much.
    states: Map<Seq, Seen<Digest>>,
    /// What clients were asked to do.
    asked: Map<OpId, (NodeId, Arc<Op>)>,
    /// What correct replicas have computed.
    results: Map<OpId, Vec<Ret>>,
    /// Since when clients have waited for what they wait for.
    waiting: Map<NodeId, (OpId, Time, EventId)>,
    healed: Healed,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// What a replica did in an event.
#[derive(Clone)]
struct Step {
    event: EventId,
    executed: Vec<Executed>,
    /// How far it has got, and its state there.
    state: (Seq, Digest),
}

/// Something that was seen first here.
#[derive(Clone)]
struct Seen<T> {
    what: T,
    node: NodeId,
    event: EventId,
}

type Verdict = Result<(), Violation>;

impl Monitor<Pbft> for Invariants {
    fn after(&mut self, scene: &Scene<Pbft>) -> Verdict {
        let healed = self.healed.after(scene);
        let Some(node) = scene.node else { return Ok(()) };
        if scene.world.has_lied(node) {
            self.unsure.remove(&node);
            return Ok(());
        }
        let verdicts = match scene.world.view(node) {
            Some(View::Replica(replica)) => {
                self.note(scene, replica, node);
                self.sure(scene, node)
            }
            Some(View::Client(client)) => {
                let verdict = self.believed(scene, client, node);
                vec![verdict, self.progress(scene, client, node, healed)]
            }
            None => {
                self.went_down(scene, node);
                Vec::new()
            }
        };
        for violation in verdicts.into_iter().filter_map(Result::err) {
            if !self.broken.contains(&violation.invariant) {
                self.broken.push(violation.invariant);
                return Err(violation);
            }
        }
        Ok(())
    }
}

impl Invariants {
    fn note(&mut self, scene: &Scene<Pbft>, replica: &Replica, node: NodeId) {
        // A replica that is paused, or whose disk is done, has executed nothing in this event.
        let ran = scene.trace.event(scene.event).is_some_and(|row| {
            use netsplit_sim::trace::What;
            matches!(row.what, What::Deliver(_) | What::Timer(_))
        });
        if ran && !replica.just_executed().is_empty() {
            let state = (replica.executed(), replica.state_digest());
            let executed = replica.just_executed().to_vec();
            self.unsure.entry(node).or_default().push_back(Step { event: scene.event, executed, state });
        }
    }

    /// What a disk did not hold is gone.
    fn went_down(&mut self, scene: &Scene<Pbft>, node: NodeId) {
        self.waiting.remove(&node);
        let kept = scene.world.kept(node).some();
        if let Some(unsure) = self.unsure.get_mut(&node) {
            unsure.retain(|step| kept.is_some_and(|kept| step.event <= kept));
        }
    }

    /// Judges what has become durable.
    fn sure(&mut self, scene: &Scene<Pbft>, node: NodeId) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let kept = scene.world.kept(node).some();
        while let Some(step) = self.unsure.get_mut(&node).and_then(|unsure| {
            let due = unsure.front().is_some_and(|step| kept.is_some_and(|kept| step.event <= kept));
            if due { unsure.pop_front() } else { None }
        }) {
            for executed in &step.executed {
                verdicts.push(self.agreement(scene, node, step.event, executed));
                verdicts.push(self.validity(scene, node, step.event, executed));
            }
            verdicts.push(self.total_order(scene, node, &step));
        }
        verdicts
    }

    fn agreement(&mut self, scene: &Scene<Pbft>, node: NodeId, event: EventId, executed: &Executed) -> Verdict {
        let Executed { seq, request, ret } = executed;
        if let (Some(asked), Some(ret)) = (request, ret) {
            let results = self.results.entry(asked.timestamp).or_default();
            if !results.contains(ret) {
                results.push(ret.clone());
            }
        }
        let seen = Seen { what: request.clone(), node, event };
        let first = self.orders.entry(*seq).or_insert(seen.clone());
        if first.what == seen.what {
            return Ok(());
        }
        let text = |seen: &Seen<Option<Asked>>| format!("executed {} as number {seq}", name(seen.what.as_ref()));
        violation(scene, "agreement", [first.evidence(text(first)), seen.evidence(text(&seen))])
    }

    fn total_order(&mut self, scene: &Scene<Pbft>, node: NodeId, step: &Step) -> Verdict {
        let (seq, digest) = step.state;
        let seen = Seen { what: digest, node, event: step.event };
        let first = self.states.entry(seq).or_insert(seen.clone());
        if first.what == seen.what {
            return Ok(());
        }
        let text = |seen: &Seen<Digest>| format!("was in state {:016x} after number {seq}", seen.what.0);
        violation(scene, "total-order", [first.evidence(text(first)), seen.evidence(text(&seen))])
    }

    fn validity(&self, scene: &Scene<Pbft>, node: NodeId, event: EventId, executed: &Executed) -> Verdict {
        let Some(asked) = &executed.request else { return Ok(()) };
        let by_liar = scene.world.has_lied(asked.by());
        let known = self.asked.get(&asked.timestamp);
        if by_liar || known.is_some_and(|(client, op)| *client == asked.by() && *op == asked.op) {
            return Ok(());
        }
        let text = format!("executed {}, which no client has asked for", name(Some(asked)));
        violation(scene, "validity", [Evidence { node, event, text }])
    }

    /// What a client was asked to do, and what it believes came of it.
    fn believed(&mut self, scene: &Scene<Pbft>, client: &Client, node: NodeId) -> Verdict {
        if let Some((id, op)) = client.latest() {
            self.asked.entry(*id).or_insert((node, op.clone()));
        }
        let Some((id, ret)) = client.believed() else { return Ok(()) };
        if self.results.get(id).is_some_and(|results| results.contains(ret)) {
            return Ok(());
        }
        let text = format!("believes that op {} came to {ret:?}, which no correct replica has computed", id.0);
        violation(scene, "client-accepts", [Evidence { node, event: scene.event, text }])
    }

    /// While everything works and there are not too many liars, whoever waits is answered.
    fn progress(&mut self, scene: &Scene<Pbft>, client: &Client, node: NodeId, healed: Option<Time>) -> Verdict {
        let Scene { world, event, .. } = *scene;
        let Some((id, _)) = client.waiting() else {
            self.waiting.remove(&node);
            return Ok(());
        };
        let known = self.waiting.get(&node).filter(|(known, ..)| known == id).copied();
        let (id, since, first) = known.unwrap_or((*id, world.now(), event));
        self.waiting.insert(node, (id, since, first));
        let settings = client.settings();
        let liars = settings.replicas.iter().filter(|replica| world.has_lied(**replica)).count();
        let patience = patience(settings, world);
        let late = healed.is_some_and(|healed| world.now().since(healed.max(since)) > patience);
        if !late || liars > settings.f {
            return Ok(());
        }
        let text = format!("waits for op {} since then, and everything has worked for {patience}", id.0);
        violation(scene, "progress", [Evidence { node, event: first, text }])
    }
}

impl<T> Seen<T> {
    fn evidence(&self, text: String) -> Evidence {
        Evidence { node: self.node, event: self.event, text }
    }
}

/// Long enough for every liar to have been primary, for those who wait longest, and for those who have been left behind
/// to catch up.
fn patience(settings: &Settings, world: &World<Pbft>) -> Span {
    let views = settings.config.timeout.scale(4, 1).scale(2 * settings.f as u64 + 4, 1);
    views + settings.config.retry.scale(2, 1) + usual_latency(world).scale(40, 1)
}

fn violation<const N: usize>(scene: &Scene<Pbft>, invariant: &'static str, evidence: [Evidence; N]) -> Verdict {
    let mut evidence = Vec::from(evidence);
    evidence.sort_by_key(|piece| piece.event);
    Err(Violation { invariant, event: scene.event, evidence })
}

fn name(request: Option<&Asked>) -> String {
    request.map_or_else(|| "nothing".to_owned(), |asked| format!("op {} ({})", asked.timestamp.0, asked.op))
}
