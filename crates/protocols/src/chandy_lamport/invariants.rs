//! A snapshot is held against the definition of a consistent cut, and against the money that there is.

use super::{Body, Branch, ChandyLamport, Money, Recording, Snapshot};
use crate::shared::calm::{Healed, usual_latency};
use crate::shared::channel;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Time, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    healed: Healed,
    /// How much stood on the fullest channel when everything began to work, and when that was.
    backlog: (Option<Time>, u64),
    /// What each branch had when it first started.
    starts: Map<NodeId, Money>,
    /// What each branch had when it was last seen.
    money: Map<NodeId, Money>,
    cuts: Map<Snapshot, Map<NodeId, Cut>>,
    /// The channels, by sender and receiver.
    channels: Map<(NodeId, NodeId), Channel>,
}

/// What went through a channel.
#[derive(Clone, Default)]
struct Channel {
    /// How many were sent.
    sent: u64,
    /// Which of them was the marker of which snapshot.
    markers: Map<Snapshot, u64>,
    /// One more than the highest that was received, before the present event.
    received: u64,
}

/// Where a snapshot cuts one branch.
#[derive(Clone)]
struct Cut {
    event: EventId,
    at: Time,
    /// How much it had put on the channel to each neighbour by then...
    sent: Map<NodeId, u64>,
    /// ...and, one more than the highest number that had come from each.
    received: Map<NodeId, u64>,
    /// What it recorded in all, once its part was done.
    total: Option<Money>,
}

impl Monitor<ChandyLamport> for Invariants {
    fn after(&mut self, scene: &Scene<ChandyLamport>) -> Result<(), Violation> {
        let healed = self.healed.after(scene);
        let Some(node) = scene.node else { return Ok(()) };
        let Some(branch) = scene.world.view(node) else { return Ok(()) };
        self.starts.entry(node).or_insert(branch.money());
        self.money.insert(node, branch.money());
        self.forget_lost(node, branch);
        self.follow_sent(node, branch, scene);
        // Snapshots that are done do not change any more; only those are looked at that may have.
        let done = |cuts: &Map<NodeId, Cut>| cuts.get(&node).is_some_and(|cut| cut.total.is_some());
        let new = branch.recordings().iter().filter(|(snapshot, _)| !self.cuts.get(snapshot).is_some_and(done));
        let new: Vec<(Snapshot, Recording)> = new.map(|(snapshot, part)| (*snapshot, part.clone())).collect();
        for (snapshot, part) in new {
            self.recorded(snapshot, node, branch, &part, scene)?;
        }
        for from in scene.world.neighbours(node) {
            self.channels.entry((*from, node)).or_default().received = branch.channels().handed_up_to(*from);
        }
        if healed != self.backlog.0 {
            let on_it = |channel: &Channel| channel.sent.saturating_sub(channel.received);
            self.backlog = (healed, self.channels.values().map(on_it).max().unwrap_or(0));
        }
        healed.map_or(Ok(()), |since| self.ended(node, branch, since, scene))
    }
}

impl Invariants {
    /// How much money is on its way: what there is, and no branch has.
    pub(super) fn on_its_way(&self) -> Money {
        let in_branches: Money = self.money.values().sum();
        self.starts.values().sum::<Money>().saturating_sub(in_branches)
    }

    /// A crash undid what was recorded last.
    fn forget_lost(&mut self, node: NodeId, branch: &Branch) {
        for (snapshot, cuts) in &mut self.cuts {
            match (cuts.get_mut(&node), branch.recordings().get(snapshot)) {
                (Some(cut), Some(part)) if !part.open.is_empty() => cut.total = None,
                (Some(_), None) => {
                    cuts.remove(&node);
                }
                _ => {}
            }
        }
    }

    fn follow_sent(&mut self, node: NodeId, branch: &Branch, scene: &Scene<ChandyLamport>) {
        for to in scene.world.neighbours(node) {
            let channel = self.channels.entry((node, *to)).or_default();
            let sent = branch.channels().sent(*to);
            channel.markers.retain(|_, seq| *seq < sent); // a crash may have undone the last ones
            for (seq, body) in branch.channels().unconfirmed(*to).skip_while(|(seq, _)| *seq < channel.sent) {
                if let Body::Marker { snapshot } = body {
                    channel.markers.insert(*snapshot, seq);
                }
            }
            channel.sent = sent;
        }
    }

    /// How much had come on a channel when its receiver recorded its state, in the present event: up to the marker if
    /// that came with what follows it.
    fn received(&self, from: NodeId, node: NodeId, snapshot: Snapshot, now: u64) -> u64 {
        let channel = self.channels.get(&(from, node));
        let marker = channel.and_then(|channel| Some((channel.received, *channel.markers.get(&snapshot)?)));
        match marker {
            Some((before, marker)) if (before..now).contains(&marker) => marker + 1,
            _ => now,
        }
    }

    fn recorded(
        &mut self,
        snapshot: Snapshot,
        node: NodeId,
        branch: &Branch,
        part: &Recording,
        scene: &Scene<ChandyLamport>,
    ) -> Result<(), Violation> {
        let (neighbours, ends) = (scene.world.neighbours(node), branch.channels());
        let come = |from: &NodeId| (*from, self.received(*from, node, snapshot, ends.handed_up_to(*from)));
        let received = neighbours.iter().map(come).collect();
        let cuts = self.cuts.entry(snapshot).or_default();
        let new = !cuts.contains_key(&node);
        let cut = cuts.entry(node).or_insert_with(|| Cut {
            event: scene.event,
            at: scene.world.now(),
            sent: neighbours.iter().map(|to| (*to, ends.sent(*to))).collect(),
            received,
            total: None,
        });
        cut.total = part.open.is_empty().then(|| part.total());
        if new {
            self.consistent(snapshot, node, scene)?;
        }
        self.complete(snapshot, node, scene)
    }

    /// Whatever was received before the cut was sent before it.
    fn consistent(&self, snapshot: Snapshot, node: NodeId, scene: &Scene<ChandyLamport>) -> Result<(), Violation> {
        let cuts = &self.cuts[&snapshot];
        let orphan = |from: NodeId, to: NodeId| {
            let (sender, receiver) = (cuts.get(&from)?, cuts.get(&to)?);
            (receiver.received.get(&from)? > sender.sent.get(&to)?).then_some((from, sender, to, receiver))
        };
        let mut pairs = cuts.keys().flat_map(|other| [(*other, node), (node, *other)]);
        let Some((from, sender, to, receiver)) = pairs.find_map(|(from, to)| orphan(from, to)) else { return Ok(()) };
        let name = name(snapshot);
        let sent = format!("recorded {name} before it sent something to n{}", to.0 + 1);
        let received = format!("recorded {name} after it had received that");
        let mut evidence = vec![
            Evidence { node: from, event: sender.event, text: sent },
            Evidence { node: to, event: receiver.event, text: received },
        ];
        evidence.sort_by_key(|piece| piece.event);
        Err(Violation { invariant: "consistent-cut", event: scene.event, evidence })
    }

    /// Once everybody's part is done, what was recorded is all the money there is.
    fn complete(&self, snapshot: Snapshot, node: NodeId, scene: &Scene<ChandyLamport>) -> Result<(), Violation> {
        let cuts = &self.cuts[&snapshot];
        let totals: Vec<Money> = cuts.values().filter_map(|cut| cut.total).collect();
        let (recorded, there_is): (Money, Money) = (totals.iter().sum(), self.starts.values().sum());
        if totals.len() < scene.world.size() || recorded == there_is {
            return Ok(());
        }
        let part = |(node, cut): (&NodeId, &Cut)| {
            let text = format!("recorded {} of {}", cut.total.unwrap_or(0), name(snapshot));
            Evidence { node: *node, event: cut.event, text }
        };
        let mut evidence: Vec<Evidence> = cuts.iter().map(part).collect();
        evidence.sort_by_key(|piece| piece.event);
        let text = format!("finished {}: {recorded} in all, where there is {there_is}", name(snapshot));
        evidence.push(Evidence { node, event: scene.event, text });
        Err(Violation { invariant: "total-recorded", event: scene.event, evidence })
    }

    /// Neighbours answer a marker with theirs, as soon as it has reached them.
    fn ended(&self, node: NodeId, branch: &Branch, since: Time, scene: &Scene<ChandyLamport>) -> Result<(), Violation> {
        if branch.open().next().is_none() {
            return Ok(());
        }
        let resend = branch.settings().config.resend;
        let patience = channel::patience(self.backlog.1 as usize, resend, usual_latency(scene.world)).scale(2, 1);
        let overdue = |(_, cuts): &(&Snapshot, &Map<NodeId, Cut>)| {
            let open = |cut: &Cut| cut.total.is_none() && scene.world.now() > since.max(cut.at) + patience;
            cuts.get(&node).is_some_and(open)
        };
        let Some((snapshot, cuts)) = self.cuts.iter().find(overdue) else { return Ok(()) };
        let evidence = vec![
            Evidence { node, event: cuts[&node].event, text: format!("recorded its state for {}", name(*snapshot)) },
            Evidence { node, event: scene.event, text: format!("still waits for markers, {patience} later") },
        ];
        Err(Violation { invariant: "snapshot-ends", event: scene.event, evidence })
    }
}

fn name(snapshot: Snapshot) -> String {
    format!("snapshot {} of n{}", snapshot.nth, snapshot.initiator.0 + 1)
}
