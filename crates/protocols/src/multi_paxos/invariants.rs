//! One command for each slot, one history for all replicas. What is chosen is decided here, from what the acceptors'
//! disks hold: nobody's word is taken for it.
//!
//! An acceptance counts once it is durable: until then nobody hears of it, and a crash undoes it.

use super::{Acceptor, Command, MultiPaxos, Replica, Settings, Slot, View, Vote};
use crate::shared::calm::Calm;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Span, Time, Violation};
use std::collections::VecDeque;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    /// What each acceptor has accepted, but its disk does not hold yet.
    unsure: Map<NodeId, VecDeque<(Slot, Vote, EventId)>>,
    /// What each acceptor was last seen to have accepted.
    last: Map<NodeId, (Slot, Vote)>,
    slots: Map<Slot, Ghost>,
    /// How far each replica has performed the log, and when it last got on or had nothing to do.
    progress: Map<NodeId, Progress>,
    calm: Calm,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// What has happened to a slot.
#[derive(Clone, Default)]
struct Ghost {
    /// Who has accepted what, and when.
    votes: Vec<(Vote, Map<NodeId, EventId>)>,
    /// The commands that a majority accepted in one ballot each, by their votes.
    chosen: Vec<Vote>,
    /// What was performed first.
    performed: Option<(Command, NodeId, EventId)>,
}

#[derive(Clone, Copy)]
struct Progress {
    performed: Slot,
    since: Time,
    event: EventId,
    idle: bool,
}

impl Monitor<MultiPaxos> for Invariants {
    fn after(&mut self, scene: &Scene<MultiPaxos>) -> Result<(), Violation> {
        let Scene { world, event, node, .. } = *scene;
        let known = world.ids().find_map(|id| world.view(id));
        let Some(settings) = known.as_ref().map(View::settings) else {
            node.into_iter().for_each(|node| self.went_down(scene, node));
            return Ok(());
        };
        self.calm.watch(scene, bound(settings));
        let Some(node) = node else { return Ok(()) };
        let verdict = match world.view(node) {
            Some(View::Acceptor(acceptor)) => {
                self.note(acceptor, node, event);
                Ok(())
            }
            Some(View::Replica(replica)) => {
                let performed = self.performed(replica, node, scene);
                performed.and(self.log_goes_on(scene, replica, node))
            }
            Some(View::Leader(_)) => Ok(()),
            None => {
                self.went_down(scene, node);
                Ok(())
            }
        };
        let sure = self.sure(scene, node).into_iter();
        let votes: Vec<_> = sure
            .map(|(slot, vote, since)| self.accepted(slot, vote, node, since, settings.majority(), event))
            .collect();
        for violation in votes.into_iter().chain([verdict]).filter_map(Result::err) {
            if !self.broken.contains(&violation.invariant) {
                self.broken.push(violation.invariant);
                return Err(violation);
            }
        }
        Ok(())
    }
}

impl Invariants {
    fn note(&mut self, acceptor: &Acceptor, node: NodeId, event: EventId) {
        let latest = acceptor.latest().and_then(|slot| Some((slot, acceptor.accepted().get(&slot)?.clone())));
        let Some((slot, vote)) = latest.filter(|latest| self.last.get(&node) != Some(latest)) else { return };
        self.last.insert(node, (slot, vote.clone()));
        self.unsure.entry(node).or_default().push_back((slot, vote, event));
    }

    /// What a disk did not hold is gone.
    fn went_down(&mut self, scene: &Scene<MultiPaxos>, node: NodeId) {
        self.last.remove(&node);
        self.progress.remove(&node);
        let kept = scene.world.kept(node);
        if let Some(unsure) = self.unsure.get_mut(&node) {
            unsure.retain(|(.., event)| kept != EventId::NONE && *event <= kept);
        }
    }

    /// Takes out what has become durable at a node.
    fn sure(&mut self, scene: &Scene<MultiPaxos>, node: NodeId) -> Vec<(Slot, Vote, EventId)> {
        let (Some(unsure), Some(kept)) = (self.unsure.get_mut(&node), scene.world.kept(node).some()) else {
            return Vec::new();
        };
        let sure = unsure.iter().take_while(|(.., event)| *event <= kept).count();
        unsure.drain(..sure).collect()
    }

    /// An acceptor has accepted a command for a slot, for good. Does that make two chosen commands?
    fn accepted(
        &mut self,
        slot: Slot,
        vote: Vote,
        node: NodeId,
        since: EventId,
        majority: usize,
        event: EventId,
    ) -> Result<(), Violation> {
        let ghost = self.slots.entry(slot).or_default();
        let at = ghost.votes.iter().position(|(known, _)| *known == vote).unwrap_or_else(|| {
            ghost.votes.push((vote.clone(), Map::new()));
            ghost.votes.len() - 1
        });
        let voters = &mut ghost.votes[at].1;
        voters.entry(node).or_insert(since);
        if voters.len() < majority || ghost.chosen.contains(&vote) {
            return Ok(());
        }
        ghost.chosen.push(vote.clone());
        let Some(other) = ghost.chosen.iter().find(|other| other.command.id != vote.command.id) else { return Ok(()) };
        let mut evidence: Vec<Evidence> =
            [other, &vote].into_iter().flat_map(|vote| ghost.evidence(slot, vote)).collect();
        evidence.sort_by_key(|piece| piece.event);
        Err(Violation { invariant: "slot-agreement", event, evidence })
    }

    /// What a replica has newly performed is what others have, and what is chosen.
    fn performed(&mut self, replica: &Replica, node: NodeId, scene: &Scene<MultiPaxos>) -> Result<(), Violation> {
        let event = scene.event;
        let known = self.progress.get(&node).map_or(0, |progress| progress.performed);
        let mut verdict = Ok(());
        let performed = replica.decisions().range(known + 1..).take_while(|(slot, _)| **slot <= replica.performed());
        for (slot, command) in performed {
            let ghost = self.slots.entry(*slot).or_default();
            let here = Evidence { node, event, text: format!("performs {} in slot {slot}", name(command.id)) };
            let (first, who, when) = ghost.performed.get_or_insert_with(|| (command.clone(), node, event));
            let judged = if first.id != command.id {
                let text = format!("performed {} in slot {slot}", name(first.id));
                let evidence = vec![Evidence { node: *who, event: *when, text }, here];
                Err(Violation { invariant: "one-history", event, evidence })
            } else if !ghost.chosen.iter().any(|vote| vote.command.id == command.id) {
                let votes = ghost.votes.iter().filter(|(vote, _)| vote.command.id == command.id);
                let mut evidence: Vec<Evidence> = votes.flat_map(|(vote, _)| ghost.evidence(*slot, vote)).collect();
                evidence.push(here);
                Err(Violation { invariant: "performed-is-chosen", event, evidence })
            } else {
                Ok(())
            };
            verdict = verdict.and(judged);
        }
        verdict
    }

    /// While something is asked, and nothing fails for long enough, the log goes on.
    fn log_goes_on(&mut self, scene: &Scene<MultiPaxos>, replica: &Replica, node: NodeId) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let settings = replica.settings();
        let now =
            Progress { performed: replica.performed(), since: world.now(), event, idle: replica.open().is_empty() };
        let before = self.progress.get(&node).copied();
        let stuck = before.filter(|before| before.performed == now.performed && !before.idle && !now.idle);
        let progress = *self.progress.entry(node).and_modify(|known| *known = stuck.unwrap_or(now)).or_insert(now);
        let config = &settings.config;
        let patience = (config.patience.1 + config.retry).scale(4, 1) + config.beat.scale(10, 1);
        let up = |nodes: &[NodeId]| nodes.iter().filter(|node| world.view(**node).is_some()).count();
        if world.now().since(progress.since) <= patience
            || up(&settings.acceptors) < settings.majority()
            || up(&settings.leaders) == 0
            || !self.calm.holds(scene, patience, bound(settings))
        {
            return Ok(());
        }
        let text = format!("has clients waiting since then, nothing failed for {patience}, and its log stands still");
        Err(Violation {
            invariant: "log-goes-on",
            event,
            evidence: vec![Evidence { node, event: progress.event, text }],
        })
    }
}

impl Ghost {
    /// Who cast this vote, and when.
    fn evidence(&self, slot: Slot, vote: &Vote) -> Vec<Evidence> {
        let text = format!("accepted {} for slot {slot} in ballot {}", name(vote.command.id), vote.ballot);
        let voters = self.votes.iter().filter(|(known, _)| known == vote).flat_map(|(_, voters)| voters);
        voters.map(|(node, event)| Evidence { node: *node, event: *event, text: text.clone() }).collect()
    }
}

/// Within this time a message counts as timely: two of them fit into a beat.
fn bound(settings: &Settings) -> Span {
    settings.config.beat.scale(1, 2)
}

fn name(id: OpId) -> String {
    format!("op {}", id.0)
}
