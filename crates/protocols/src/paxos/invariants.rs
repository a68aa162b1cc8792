//! The three requirements of Lamport 2001, section 2.1, the property P2 that they rest on, and the progress of section
//! 2.4. What is chosen is decided here, from what the acceptors' disks hold: nobody's word is taken for it.
//!
//! An acceptance counts once it is durable: until then nobody hears of it, and a crash undoes it.

use super::{Ballot, Paxos, Phase, Proposal, Server, Settings, Value};
use crate::shared::calm::Calm;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Time, Violation};
use std::collections::VecDeque;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    /// Every value that a server or one of its clients has ever wished for.
    proposed: Map<Value, Seen>,
    /// What each acceptor has accepted, but its disk does not hold yet.
    unsure: Map<NodeId, VecDeque<(Proposal, EventId)>>,
    /// What each acceptor was last seen to have accepted.
    last: Map<NodeId, Proposal>,
    /// Who has ever accepted what, and when.
    votes: Map<Proposal, Map<NodeId, EventId>>,
    /// What a majority has accepted in one ballot, and since when.
    chosen: Map<Proposal, Seen>,
    /// What was learned first.
    learned: Option<(Value, Seen)>,
    /// What each node was last seen to take for chosen.
    knows: Map<NodeId, Ballot>,
    calm: Calm,
    /// The only proposer that strives, and since when it has been the only one.
    alone: Option<(NodeId, EventId, Time)>,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// Where something was seen first.
#[derive(Clone, Copy)]
struct Seen {
    node: NodeId,
    event: EventId,
}

impl Seen {
    fn evidence(self, text: String) -> Evidence {
        Evidence { node: self.node, event: self.event, text }
    }
}

impl Monitor<Paxos> for Invariants {
    fn after(&mut self, scene: &Scene<Paxos>) -> Result<(), Violation> {
        let Scene { world, event, node, .. } = *scene;
        let Some(settings) = world.ids().find_map(|id| Some(world.view(id)?.settings())) else {
            node.into_iter().for_each(|node| self.went_down(scene, node));
            return Ok(());
        };
        self.calm.watch(scene, settings.bound());
        let Some(node) = node else { return Ok(()) };
        let seen = Seen { node, event };
        let server = world.view(node);
        match server {
            Some(server) => self.note(server, seen),
            None => self.went_down(scene, node),
        }
        let sure = self.sure(scene, node);
        let verdicts = sure.into_iter().map(|(proposal, since)| {
            let vote = Seen { node, event: since };
            self.accepted(&proposal, vote, settings.majority(), event)
        });
        let verdicts: Vec<_> = verdicts.collect();
        // A majority of one is reached within a handler, before the disk has written. Nobody hears of it until then.
        let heard = server.filter(|_| settings.majority() > 1 || world.unsynced(node) == 0);
        let learned = heard.and_then(Server::learned).map_or(Ok(()), |learned| self.learned(learned, seen));
        let progress = self.lone_proposer(scene, settings);
        self.first_news(verdicts.into_iter().chain([learned, progress]))
    }
}

impl Invariants {
    /// The first property found broken that was not before.
    fn first_news(&mut self, verdicts: impl Iterator<Item = Result<(), Violation>>) -> Result<(), Violation> {
        for violation in verdicts.filter_map(Result::err) {
            if !self.broken.contains(&violation.invariant) {
                self.broken.push(violation.invariant);
                return Err(violation);
            }
        }
        Ok(())
    }

    fn note(&mut self, server: &Server, seen: Seen) {
        for wish in server.wishes() {
            self.proposed.entry(wish).or_insert(seen);
        }
        if let Some(accepted) = server.accepted().filter(|accepted| self.last.get(&seen.node) != Some(accepted)) {
            self.last.insert(seen.node, accepted.clone());
            self.unsure.entry(seen.node).or_default().push_back((accepted.clone(), seen.event));
        }
    }

    /// What a disk did not hold is gone.
    fn went_down(&mut self, scene: &Scene<Paxos>, node: NodeId) {
        self.last.remove(&node);
        self.knows.remove(&node);
        let kept = scene.world.kept(node);
        if let Some(unsure) = self.unsure.get_mut(&node) {
            unsure.retain(|(_, event)| kept != EventId::NONE && *event <= kept);
        }
    }

    /// Takes out what has become durable at a node.
    fn sure(&mut self, scene: &Scene<Paxos>, node: NodeId) -> Vec<(Proposal, EventId)> {
        let (Some(unsure), Some(kept)) = (self.unsure.get_mut(&node), scene.world.kept(node).some()) else {
            return Vec::new();
        };
        let sure = unsure.iter().take_while(|(_, event)| *event <= kept).count();
        unsure.drain(..sure).collect()
    }

    /// An acceptor has accepted a proposal, for good. Is it a value that somebody wanted, and does it go with what is
    /// chosen?
    fn accepted(&mut self, new: &Proposal, vote: Seen, majority: usize, event: EventId) -> Result<(), Violation> {
        if !self.proposed.contains_key(&new.value) {
            let text = format!("accepted {}, which nobody proposed", new.value);
            return violation("validity", event, vec![vote.evidence(text)]);
        }
        let voters = self.votes.entry(new.clone()).or_default();
        voters.entry(vote.node).or_insert(vote.event);
        let newly_chosen = voters.len() >= majority && !self.chosen.contains_key(new);
        if newly_chosen {
            self.chosen.insert(new.clone(), vote);
        }
        let below = self.chosen.keys().find(|chosen| chosen.ballot <= new.ballot && chosen.value != new.value);
        if let Some(chosen) = below {
            return self.changed(chosen, new, event);
        }
        let above = self.votes.keys().filter(|_| newly_chosen);
        match above.into_iter().find(|vote| vote.ballot >= new.ballot && vote.value != new.value) {
            Some(above) => self.changed(new, above, event),
            None => Ok(()),
        }
    }

    /// A value was accepted in a ballot above that in which another was chosen.
    fn changed(&self, chosen: &Proposal, other: &Proposal, event: EventId) -> Result<(), Violation> {
        let votes = |proposal: &Proposal| {
            let text = format!("accepted {} in ballot {}", proposal.value, proposal.ballot);
            let voters = self.votes.get(proposal).into_iter().flatten();
            voters.map(|(node, event)| Seen { node: *node, event: *event }.evidence(text.clone())).collect::<Vec<_>>()
        };
        let mut evidence = votes(chosen);
        evidence.extend(votes(other));
        evidence.sort_by_key(|piece| piece.event);
        violation("chosen-stays-chosen", event, evidence)
    }

    /// Somebody takes a value for chosen. Is it, and is it what others learned?
    fn learned(&mut self, learned: &Proposal, seen: Seen) -> Result<(), Violation> {
        let Proposal { ballot, value } = learned;
        if self.knows.insert(seen.node, *ballot) == Some(*ballot) {
            return Ok(());
        }
        let here = seen.evidence(format!("learned that {value} is chosen"));
        let (first, since) = self.learned.get_or_insert_with(|| (value.clone(), seen));
        if first != value {
            let earlier = since.evidence(format!("learned that {first} is chosen"));
            return violation("agreement", seen.event, vec![earlier, here]);
        }
        if !self.chosen.contains_key(learned) {
            let voters = self.votes.get(learned).into_iter().flatten();
            let text = format!("accepted {value} in ballot {ballot}, and no majority did");
            let votes = voters.map(|(node, event)| Seen { node: *node, event: *event }.evidence(text.clone()));
            return violation("integrity", seen.event, votes.chain([here]).collect());
        }
        Ok(())
    }

    /// One proposer strives alone, with a majority of the servers up and nothing that fails: before long it succeeds,
    /// whether its first round is lost, its second outbid by what an acceptor had promised, or not.
    fn lone_proposer(&mut self, scene: &Scene<Paxos>, settings: &Settings) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let strives = |node: &NodeId| world.view(*node).is_some_and(|server| *server.phase() != Phase::Idle);
        let mut striving = settings.servers.iter().copied().filter(strives);
        let lone = striving.next().filter(|_| striving.next().is_none());
        self.alone =
            lone.map(|lone| self.alone.filter(|(node, ..)| *node == lone).unwrap_or((lone, event, world.now())));
        let Some((node, since, began)) = self.alone else { return Ok(()) };
        let patience = (settings.config.timeout + settings.config.back_off.1).scale(3, 1);
        if world.now().since(began) <= patience || !self.calm.holds(scene, patience, settings.bound()) {
            return Ok(());
        }
        let up = settings.servers.iter().filter(|server| world.view(**server).is_some()).count();
        if up < settings.majority() || self.broken.contains(&"lone-proposer-succeeds") {
            return Ok(());
        }
        let text = format!("has been the only one to strive since then, nothing failed for {patience}, and in vain");
        violation("lone-proposer-succeeds", event, vec![Evidence { node, event: since, text }])
    }
}

fn violation(invariant: &'static str, event: EventId, evidence: Vec<Evidence>) -> Result<(), Violation> {
    Err(Violation { invariant, event, evidence })
}
