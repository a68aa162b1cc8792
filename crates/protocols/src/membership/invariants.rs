//! Views against the truth: who is up and a member by its own account, who left, and who has the key.
//!
//! Promises about time hold once the network is whole (calm.rs). A view may be wrong for a while, so the monitor keeps
//! since when each one has been.

use super::{Incarnation, Member, Membership, Phase, Record, Status};
use crate::calm::{self, Healed};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Time, Violation, World};
use std::collections::{BTreeMap, BTreeSet};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    healed: Healed,
    /// The records of each node that is up, as they were last seen.
    seen: BTreeMap<NodeId, BTreeMap<NodeId, Record>>,
    /// Since when each node has been in its phase, and in which.
    phases: BTreeMap<NodeId, (bool, Time)>,
    /// Since when a node's record of another has contradicted the truth.
    wrong: BTreeMap<(NodeId, NodeId), (EventId, Time)>,
    /// Who left, in which event and incarnation, and has not asked to be let in since.
    left: BTreeMap<NodeId, (EventId, Incarnation)>,
    broken: BTreeSet<&'static str>,
}

impl Monitor<Membership> for Invariants {
    fn after(&mut self, scene: &Scene<Membership>) -> Result<(), Violation> {
        let whole_since = self.healed.after(scene);
        let Some(node) = scene.node else { return Ok(()) };
        let Some(view) = scene.world.view(node) else {
            self.seen.remove(&node);
            self.wrong.retain(|(holder, _), _| *holder != node);
            return Ok(());
        };
        self.note_phase(scene, node, view);
        let verdicts = [self.records(scene, node, view), self.in_time(scene, node, view, whole_since)];
        let news = verdicts.into_iter().filter_map(Result::err).find(|broken| !self.broken.contains(broken.invariant));
        news.map_or(Ok(()), |violation| {
            self.broken.insert(violation.invariant);
            Err(violation)
        })
    }
}

impl Invariants {
    fn note_phase(&mut self, scene: &Scene<Membership>, node: NodeId, view: &Member) {
        let (active, now) = (view.is_active(), scene.world.now());
        let phase = self.phases.entry(node).or_insert((active, now));
        if phase.0 != active {
            *phase = (active, now);
        }
        match view.phase() {
            Phase::Leaving(_) => {
                let incarnation = view.table().get(&node).map_or(0, |mine| mine.incarnation);
                self.left.entry(node).or_insert((scene.event, incarnation));
            }
            Phase::Joining { .. } | Phase::Active => {
                self.left.remove(&node);
            }
            Phase::Outside => {}
        }
    }

    /// What changed in a node's records, and whether it may.
    fn records(&mut self, scene: &Scene<Membership>, node: NodeId, view: &Member) -> Result<(), Violation> {
        let event = scene.event;
        let mut verdict = Ok(());
        if self.seen.get(&node) == Some(view.table()) {
            return verdict;
        }
        let seen = self.seen.entry(node).or_default();
        for (other, record) in view.table() {
            let before = seen.insert(*other, *record);
            if before == Some(*record) || !record.is_member() {
                continue;
            }
            if view.settings().intruder(*other) {
                let text = format!("takes n{}, who has not the key, for a member", other.0 + 1);
                let evidence = vec![Evidence { node, event, text }];
                verdict = verdict.and(Err(Violation { invariant: "authenticated", event, evidence }));
            }
            if let (Some(before), Some((left, incarnation))) = (before, self.left.get(other))
                && before.status == Status::Left
                && before.incarnation >= *incarnation
            {
                let text = format!("knew that n{} had left, and takes it for a member again", other.0 + 1);
                let gone = Evidence {
                    node: *other,
                    event: *left,
                    text: "left, and never asked to be let in again".to_owned(),
                };
                let evidence = vec![gone, Evidence { node, event, text }];
                verdict = verdict.and(Err(Violation { invariant: "left-stays-left", event, evidence }));
            }
        }
        verdict
    }

    /// Whether this node's records have been wrong for too long.
    fn in_time(
        &mut self,
        scene: &Scene<Membership>,
        node: NodeId,
        view: &Member,
        whole_since: Option<Time>,
    ) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let now = world.now();
        let mut verdict = Ok(());
        for other in world.ids().filter(|other| *other != node) {
            let truth = world.view(other).is_some_and(Member::is_active);
            let held = view.table().get(&other).map(|record| record.status);
            let member = matches!(held, Some(Status::Active | Status::Suspect));
            if !view.is_active() || member == truth {
                self.wrong.remove(&(node, other));
                continue;
            }
            let (wrong, at) = *self.wrong.entry((node, other)).or_insert((event, now));
            let Some(whole_since) = whole_since else { continue };
            let since = |who: NodeId| self.phases.get(&who).map_or(now, |(_, since)| *since);
            let start = whole_since.max(at).max(since(node)).max(since(other));
            let invariant = if held == Some(Status::Failed) { "refutation" } else { "views-converge" };
            if world.unsynced(node) > 0 || now <= start + patience(world, view, invariant) {
                continue;
            }
            let (is, holds) = match (truth, held) {
                (true, Some(_)) => ("is a member, up and in reach", "holds it for gone"),
                (true, None) => ("is a member, up and in reach", "does not know it"),
                (false, _) => ("is no member", "holds it for one"),
            };
            let evidence = vec![
                Evidence { node: other, event: world.latest(other), text: is.to_owned() },
                Evidence { node, event: wrong, text: format!("{holds}, and does so still") },
            ];
            verdict = verdict.and(Err(Violation { invariant, event, evidence }));
        }
        verdict
    }
}

/// How long a record may be wrong in a network that is whole. Somebody who failed is asked again within as many periods as
/// there are such, and answers; anything else is found by asking everybody in turn, by suspicion, or by comparing.
fn patience(world: &World<Membership>, view: &Member, invariant: &str) -> Span {
    let config = &view.settings().config;
    let nodes = world.size() as u64;
    let periods = match invariant {
        "refutation" => nodes + 6,
        _ => 2 * nodes + u64::from(config.suspicion) + u64::from(config.sync_every.max(1)) * 4,
    };
    Span((config.period + calm::usual_latency(world)).0.saturating_mul(periods))
}
