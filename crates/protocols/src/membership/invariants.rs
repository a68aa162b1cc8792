//! Views against the truth: who is up and a member by its own account, who left, and who has the key.
//!
//! Promises about time hold once the network is whole (calm.rs). A view may be wrong for a while, so the monitor keeps
//! since when each one has been.

use super::{Incarnation, Member, Membership, Phase, Status, Table};
use crate::shared::calm::{self, Healed};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Time, Violation, World};
use std::rc::Rc;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    healed: Healed,
    /// The truth about each node, by number.
    truth: Vec<Truth>,
    /// How many times any of it has changed.
    changes: u32,
    /// When somebody last came or went, by its own account.
    moved: Time,
    /// What each node that is up held the last time, by number; shared with earlier moments of the run.
    held: Vec<Option<Rc<Held>>>,
    /// Who left, in which event and incarnation, and has not asked to be let in since.
    left: Map<NodeId, (EventId, Incarnation)>,
    broken: Set<&'static str>,
}

/// Whether a node is a member by its own account, or else down or outside.
#[derive(Clone, Copy, Default)]
struct Truth {
    active: bool,
    /// Since when it has been that, or outside, by its own account; nothing before its first event.
    phase: Option<(bool, Time)>,
}

/// A node's view of the others when it was last looked at.
#[derive(Clone)]
struct Held {
    table: Table,
    /// The changes of the truth that `wrong` takes into account; nothing if it is of no account.
    judged: Option<u32>,
    /// The others of which the view contradicts the truth, and since when, in order.
    wrong: Vec<(NodeId, EventId, Time)>,
}

impl Monitor<Membership> for Invariants {
    fn after(&mut self, scene: &Scene<Membership>) -> Result<(), Violation> {
        let whole_since = self.healed.after(scene);
        let Some(node) = scene.node else { return Ok(()) };
        self.truth.resize(scene.world.size(), Truth::default());
        self.held.resize(scene.world.size(), None);
        let view = scene.world.view(node);
        let active = view.is_some_and(Member::is_active);
        if std::mem::replace(&mut self.truth[node.index()].active, active) != active {
            self.changes += 1;
        }
        let Some(view) = view else {
            self.held[node.index()] = None;
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
        let phase = self.truth[node.index()].phase.get_or_insert((active, now));
        if phase.0 != active {
            *phase = (active, now);
            self.moved = now;
        }
        match view.phase() {
            Phase::Leaving(_) => {
                let incarnation = view.table().get(node).map_or(0, |mine| mine.incarnation);
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
        let held = &mut self.held[node.index()];
        let seen = held.as_ref().map(|held| held.table.clone()).unwrap_or_default();
        if seen.is(view.table()) {
            return verdict;
        }
        let table = view.table().clone();
        let (judged, wrong) = (None, held.as_ref().map(|held| held.wrong.clone()).unwrap_or_default());
        *held = Some(Rc::new(Held { table, judged, wrong }));
        for (other, record) in view.table().iter() {
            let before = seen.get(other);
            if before == Some(record) || !record.is_member() {
                continue;
            }
            if view.settings().intruder(other) {
                let text = format!("takes n{}, who has not the key, for a member", other.0 + 1);
                let evidence = vec![Evidence { node, event, text }];
                verdict = verdict.and(Err(Violation { invariant: "authenticated", event, evidence }));
            }
            if let (Some(before), Some((left, incarnation))) = (before, self.left.get(&other))
                && before.status == Status::Left
                && before.incarnation >= *incarnation
            {
                let text = format!("knew that n{} had left, and takes it for a member again", other.0 + 1);
                let text_of_other = "left, and never asked to be let in again".to_owned();
                let gone = Evidence { node: other, event: *left, text: text_of_other };
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
        self.judge(scene, node, view);
        let (Some(whole_since), Some(held)) = (whole_since, &self.held[node.index()]) else { return Ok(()) };
        let world = scene.world;
        let now = world.now();
        let mut verdict = Ok(());
        for &(other, wrong, at) in &held.wrong {
            let since = |who: NodeId| self.truth[who.index()].phase.map_or(now, |(_, since)| since);
            let mut start = whole_since.max(at).max(since(node)).max(since(other));
            let record = view.table().get(other).map(|record| record.status);
            let invariant = if record == Some(Status::Failed) { "refutation" } else { "views-converge" };
            if invariant == "views-converge" {
                start = start.max(self.moved); // until then they may have had nobody in common
            }
            if world.unsynced(node) > 0 || now <= start + patience(world, view, invariant) {
                continue;
            }
            let (event, truth) = (scene.event, self.truth[other.index()].active);
            if truth && !in_one_group(world, node, other) {
                continue;
            }
            let (is, holds) = match (truth, record) {
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

    /// Of whom this node's records contradict the truth. Looks at all of them if the records or the truth have changed
    /// since it last did.
    fn judge(&mut self, scene: &Scene<Membership>, node: NodeId, view: &Member) {
        let (truth, changes) = (&self.truth, self.changes);
        let Some(held) = self.held[node.index()].as_mut().filter(|held| held.judged != Some(changes)) else { return };
        let held = Rc::make_mut(held);
        held.judged = Some(changes);
        let mut before = std::mem::take(&mut held.wrong).into_iter().peekable();
        if !view.is_active() {
            return;
        }
        for other in scene.world.ids().filter(|other| *other != node) {
            let known = before.next_if(|(who, ..)| *who == other);
            if view.table().has_member(other) != truth[other.index()].active {
                held.wrong.push(known.unwrap_or((other, scene.event, scene.world.now())));
            }
        }
    }
}

/// Whether news can come from one member to another, through any number of them: each asks those that it takes for
/// members or for failed. Where every member that two had in common has left before it could tell them of each other,
/// they are two groups that do not know of each other, and stay so until somebody joins both.
fn in_one_group(world: &World<Membership>, one: NodeId, other: NodeId) -> bool {
    let members = || world.ids().filter(|node| world.view(*node).is_some_and(Member::is_active));
    let asks = |from: NodeId, to: NodeId| {
        let record = world.view(from).and_then(|view| view.table().get(to));
        record.is_some_and(|record| record.is_member() || record.status == Status::Failed)
    };
    let mut group = vec![one];
    let mut next = 0;
    while let Some(&node) = group.get(next) {
        let met: Vec<NodeId> =
            members().filter(|it| !group.contains(it) && (asks(node, *it) || asks(*it, node))).collect();
        group.extend(met);
        next += 1;
    }
    group.contains(&other)
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
