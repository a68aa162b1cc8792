//! What the replicas promise: strong eventual convergence. Who has seen which updates is taken from the engine's own
//! happens-before, through crashes and lost writes, and not from any replica's word.

use super::truth::{Truth, Update, Updates};
use super::{Crdt, Lattice, Replica, State};
use crate::shared::calm::Calm;
use crate::shared::ghost::Flow;
use netsplit_sim::trace::What;
use netsplit_sim::{Evidence, Monitor, NodeId, Scene, Span, Violation, World};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    flow: Flow,
    calm: Calm,
    updates: Updates,
    /// What each running replica must have.
    truths: BTreeMap<NodeId, Truth>,
    /// What each running replica had after its latest event.
    before: BTreeMap<NodeId, Rc<State>>,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// Messages and disks that take no longer than this are as they should be.
const BOUND: Span = Span::millis(50);

impl Monitor<Crdt> for Invariants {
    fn after(&mut self, scene: &Scene<Crdt>) -> Result<(), Violation> {
        self.calm.watch(scene, BOUND);
        let ran = self.flow.after(scene).is_some();
        let Some(node) = scene.node else { return Ok(()) };
        let verdict = match scene.world.view(node) {
            Some(replica) if ran => self.replica(scene, node, replica),
            Some(_) => Ok(()),
            None => {
                self.crashed(scene.world, node);
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
    /// What was not on the disk has not happened.
    fn crashed(&mut self, world: &World<Crdt>, node: NodeId) {
        self.truths.remove(&node);
        self.before.remove(&node);
        if let Some(list) = self.updates.0.get_mut(node.index()) {
            let kept = world.kept(node).some();
            list.retain(|update| kept.is_some_and(|kept| update.event <= kept));
        }
    }

    fn replica(&mut self, scene: &Scene<Crdt>, node: NodeId, replica: &Replica) -> Result<(), Violation> {
        self.note_update(scene, node, replica);
        if let Some(past) = self.flow.past(scene.event) {
            self.truths.entry(node).or_default().see(&self.updates, past);
        }
        let grows = self.only_grows(scene, node, replica);
        let right = self.values_of_updates(scene, node, replica);
        let same = self.same_updates_same_state(scene, node, replica);
        grows.and(right).and(same).and(self.updates_spread(scene, node))
    }

    fn note_update(&mut self, scene: &Scene<Crdt>, node: NodeId, replica: &Replica) {
        self.updates.0.resize(scene.world.size(), Vec::new());
        let Some(did) = replica.did() else { return };
        let list = &mut self.updates.0[node.index()];
        let Some(past) = self.flow.past(scene.event).filter(|_| list.last().is_none_or(|last| last.id < did.id)) else {
            return;
        };
        let (event, at, past) = (scene.event, scene.world.now(), past.clone());
        list.push(Rc::new(Update { id: did.id, node, event, at, op: did.op.clone(), past }));
    }

    /// A state only ever moves upward.
    fn only_grows(&mut self, scene: &Scene<Crdt>, node: NodeId, replica: &Replica) -> Result<(), Violation> {
        let event = scene.event;
        match self.before.get(&node) {
            Some(before) if **before == *replica.state() => return Ok(()),
            before => {
                let fell = before.is_some_and(|before| !before.within(replica.state()));
                self.before.insert(node, Rc::new(replica.state().clone()));
                if !fell {
                    return Ok(());
                }
            }
        }
        let evidence = vec![Evidence { node, event, text: "no longer has all that it had".to_owned() }];
        Err(Violation { invariant: "only-grows", event, evidence })
    }

    /// What a replica has is what the updates that it has seen come to.
    fn values_of_updates(&self, scene: &Scene<Crdt>, node: NodeId, replica: &Replica) -> Result<(), Violation> {
        let event = scene.event;
        let Some((text, updates)) = self.truths.get(&node).and_then(|truth| truth.judge(&replica.values())) else {
            return Ok(());
        };
        let made = |update: &Rc<Update>| Evidence {
            node: update.node,
            event: update.event,
            text: format!("was asked to {}", update.op),
        };
        let mut evidence: Vec<Evidence> = updates.iter().map(made).collect();
        evidence.sort_by_key(|piece| piece.event);
        evidence.push(Evidence { node, event, text });
        Err(Violation { invariant: "values-of-updates", event, evidence })
    }

    /// Two replicas that have seen the same updates have the same state.
    fn same_updates_same_state(&self, scene: &Scene<Crdt>, node: NodeId, replica: &Replica) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let Some(mine) = self.truths.get(&node) else { return Ok(()) };
        let others = self.truths.iter().filter(|(other, truth)| **other != node && truth.seen == mine.seen);
        let differs = |other: &NodeId| world.view(*other).is_some_and(|view| view.state() != replica.state());
        let Some((other, _)) = others.into_iter().find(|(other, _)| differs(other)) else { return Ok(()) };
        let seen: u32 = mine.seen.iter().sum();
        let evidence = vec![
            Evidence { node: *other, event: world.latest(*other), text: format!("has seen {seen} updates") },
            Evidence { node, event, text: "has seen the same ones, and is in another state".to_owned() },
        ];
        Err(Violation { invariant: "same-updates-same-state", event, evidence })
    }

    /// While all are there and nothing goes wrong, an update reaches everybody before long.
    fn updates_spread(&self, scene: &Scene<Crdt>, node: NodeId) -> Result<(), Violation> {
        let Scene { world, trace, event, .. } = *scene;
        let timer = trace.event(event).is_some_and(|row| matches!(row.what, What::Timer(_)));
        let (Some(truth), Some(view), true) = (self.truths.get(&node), world.view(node), timer) else { return Ok(()) };
        let lists = self.updates.0.iter().zip(&truth.seen);
        let Some(missed) = lists.filter_map(|(list, seen)| list.get(*seen as usize)).min_by_key(|update| update.at)
        else {
            return Ok(());
        };
        let waited = world.now().since(missed.at);
        let hop = view.settings().config.exchange.scale(2 * most_neighbours(world), 1) + BOUND.scale(3, 1);
        if waited < hop {
            return Ok(());
        }
        let Some(hops) = farthest(world, node) else { return Ok(()) };
        let patience = hop.scale(hops, 1);
        let idle = |node| world.view(node).is_some() && world.unsynced(node) == 0;
        if waited < patience || !world.ids().all(idle) || !self.calm.holds(scene, patience, BOUND) {
            return Ok(());
        }
        let evidence = vec![
            Evidence { node: missed.node, event: missed.event, text: format!("was asked to {}", missed.op) },
            Evidence { node, event, text: format!("has not heard of it {waited} later") },
        ];
        Err(Violation { invariant: "updates-spread", event, evidence })
    }

    /// How many updates running replicas have not seen, summed over them.
    pub(super) fn unseen(&self, world: &World<Crdt>) -> u64 {
        let all = self.updates.0.iter().map(Vec::len).sum::<usize>() as u64;
        let running = self.truths.iter().filter(|(node, _)| world.view(**node).is_some());
        running.map(|(_, truth)| all.saturating_sub(truth.seen.iter().copied().map(u64::from).sum())).sum()
    }
}

fn most_neighbours(world: &World<Crdt>) -> u64 {
    world.ids().map(|node| world.neighbours(node).len() as u64).max().unwrap_or(0)
}

/// How many links it takes to reach a node from the farthest one, if all can reach it.
fn farthest(world: &World<Crdt>, node: NodeId) -> Option<u64> {
    let mut reached = BTreeSet::from([node]);
    let mut edge = vec![node];
    for hops in 0.. {
        if edge.is_empty() {
            return (reached.len() == world.size()).then_some(u64::max(hops, 2) - 1);
        }
        let next = edge.iter().flat_map(|node| world.neighbours(*node)).copied().filter(|next| reached.insert(*next));
        edge = next.collect();
    }
    None
}

/// How many different states running replicas are in.
pub(super) fn different_states(world: &World<Crdt>) -> u64 {
    let states =
        world.ids().filter_map(|node| world.view(node)).map(|replica| netsplit_sim::digest::digest(replica.state()));
    states.collect::<BTreeSet<u64>>().len() as u64
}
