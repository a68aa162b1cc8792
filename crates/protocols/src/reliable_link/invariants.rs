//! Exactly once and in order, held against what clients asked and what stands delivered.
//!
//! The monitor keeps the parcels in the order in which clients handed them in (operations have numbers of the engine's
//! own), and for each sender the list of what was delivered. Where a receiver's crash loses what its disk did not have, the
//! list ends there: what is delivered is what a crash leaves.

use super::{Inbox, Receiver, ReliableLink, Sender, View};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    links: Map<NodeId, Link>,
    down: Set<NodeId>,
    /// How many messages have been sent.
    messages: u64,
    broken: Set<&'static str>,
}

/// What came of one sender's parcels.
#[derive(Clone, Default)]
struct Link {
    asked: Map<OpId, EventId>,
    /// The outbox as it was last seen, with how often the timer has run out for each parcel.
    outbox: Map<OpId, u32>,
    /// Of which parcels the client was told that they are delivered.
    told: Map<OpId, EventId>,
    /// What was delivered, in this order.
    delivered: Vec<(OpId, EventId)>,
}

impl Monitor<ReliableLink> for Invariants {
    fn after(&mut self, scene: &Scene<ReliableLink>) -> Result<(), Violation> {
        self.messages += scene.trace.sent_by(scene.event).count() as u64;
        let Some(node) = scene.node else { return Ok(()) };
        let Some(view) = scene.world.view(node) else {
            self.down.insert(node);
            return Ok(());
        };
        let returns = self.down.remove(&node);
        let verdict = match view {
            View::Sender(sender) => self.links.entry(node).or_default().sender(scene, node, sender, returns),
            View::Receiver(receiver) => self.receiver(scene, node, receiver, returns),
        };
        verdict.or_else(|violation| if self.broken.insert(violation.invariant) { Err(violation) } else { Ok(()) })
    }
}

impl Invariants {
    /// How many messages have been sent, acknowledgements included.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    fn receiver(
        &mut self,
        scene: &Scene<ReliableLink>,
        node: NodeId,
        receiver: &Receiver,
        returns: bool,
    ) -> Result<(), Violation> {
        let mut verdict = Ok(());
        if returns {
            for (sender, link) in &mut self.links {
                let kept = receiver.inboxes().get(sender).map_or(0, |inbox| inbox.delivered);
                verdict = verdict.and(link.crashed(scene.event, *sender, node, kept));
            }
        }
        for (sender, inbox) in receiver.inboxes() {
            let link = self.links.entry(*sender).or_default();
            verdict = verdict.and(link.delivers(scene.event, node, inbox));
        }
        verdict
    }
}

impl Link {
    fn sender(
        &mut self,
        scene: &Scene<ReliableLink>,
        node: NodeId,
        sender: &Sender,
        returns: bool,
    ) -> Result<(), Violation> {
        let event = scene.event;
        let parcels = &sender.outbox().parcels;
        if let Some(What::Timer(_)) = scene.trace.event(event).map(|row| row.what) {
            let window = sender.settings().config.window as usize;
            self.outbox.values_mut().take(window).for_each(|tries| *tries += 1); // ids rise along the outbox
        }
        let now: Set<OpId> = parcels.iter().map(|waiting| waiting.parcel.id).collect();
        let gone: Vec<(OpId, u32)> =
            self.outbox.iter().filter(|(id, _)| !now.contains(id)).map(|(id, n)| (*id, *n)).collect();
        self.outbox.retain(|id, _| now.contains(id));
        for id in now {
            self.asked.entry(id).or_insert(event);
            self.outbox.entry(id).or_insert(0);
        }
        if returns {
            self.outbox.values_mut().for_each(|tries| *tries = 0);
            return Ok(()); // what the disk did not have yet was never promised to anybody
        }
        gone.into_iter().try_for_each(|(id, tries)| {
            if sender.given_up().contains(&id) {
                self.given_up(event, node, sender, id, tries)
            } else {
                self.told(event, node, id)
            }
        })
    }

    fn given_up(&self, event: EventId, node: NodeId, sender: &Sender, id: OpId, tries: u32) -> Result<(), Violation> {
        let most = sender.settings().config.give_up;
        if most > 0 && tries >= most {
            return Ok(());
        }
        let text = format!("gives it up after {tries} waits for an answer; set is {most}");
        Err(self.violation("gives-up-as-configured", node, id, event, Evidence { node, event, text }))
    }

    /// The sender takes a parcel for delivered.
    fn told(&mut self, event: EventId, node: NodeId, id: OpId) -> Result<(), Violation> {
        self.told.insert(id, event);
        if self.delivered.iter().rev().any(|(delivered, _)| *delivered == id) {
            return Ok(());
        }
        let text = "says that it is delivered, and it is not".to_owned();
        Err(self.violation("no-loss", node, id, event, Evidence { node, event, text }))
    }

    /// The receiver is back, with so many deliveries on its disk.
    fn crashed(&mut self, event: EventId, sender: NodeId, node: NodeId, kept: u64) -> Result<(), Violation> {
        let lost = self.delivered.split_off(self.delivered.len().min(kept as usize));
        let Some((told, (id, delivered))) = lost.iter().find_map(|lost| Some((*self.told.get(&lost.0)?, *lost))) else {
            return Ok(());
        };
        let evidence = vec![
            Evidence { node, event: delivered, text: format!("delivered the parcel of operation {}", id.0) },
            Evidence { node: sender, event: told, text: "told the client that it is delivered".to_owned() },
            Evidence { node, event, text: "knows nothing of it".to_owned() },
        ];
        Err(Violation { invariant: "no-loss", event, evidence })
    }

    fn delivers(&mut self, event: EventId, node: NodeId, inbox: &Inbox) -> Result<(), Violation> {
        let new = (inbox.delivered as usize).saturating_sub(self.delivered.len()).min(inbox.last.len());
        let mut verdict = Ok(());
        for parcel in inbox.last.iter().skip(inbox.last.len() - new) {
            let id = parcel.id;
            let before = self.delivered.iter().rev().find(|(other, _)| *other == id).copied();
            let later = self.delivered.last().copied().filter(|(other, _)| *other > id);
            self.delivered.push((id, event));
            let text = format!("delivers the parcel of operation {}", id.0);
            let now = Evidence { node, event, text };
            if let Some((_, first)) = before {
                let first = Evidence { node, event: first, text: "delivered it for the first time".to_owned() };
                verdict = verdict.and(Err(Violation { invariant: "at-most-once", event, evidence: vec![first, now] }));
            } else if let Some((other, earlier)) = later {
                let text = format!("delivered that of operation {}, which was handed in later", other.0);
                let first = Evidence { node, event: earlier, text };
                verdict = verdict.and(Err(Violation { invariant: "in-order", event, evidence: vec![first, now] }));
            }
        }
        verdict
    }

    fn violation(&self, invariant: &'static str, node: NodeId, id: OpId, event: EventId, now: Evidence) -> Violation {
        let asked = self.asked.get(&id).copied().unwrap_or(event);
        let text = format!("accepted the parcel of operation {}", id.0);
        Violation { invariant, event, evidence: vec![Evidence { node, event: asked, text }, now] }
    }
}
