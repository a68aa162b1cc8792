//! Who voted and who decided what, as the logs tell, and the properties that hold whatever fails: AC2 and AC3 (Bernstein,
//! Hadzilacos, Goodman 1987, section 7.3). Whether all must agree at any time is each protocol's own matter.
//!
//! A decision counts when it is on the disk: until then nobody hears of it, and a crash undoes it.

use super::log::Record;
use super::{Outcome, Txn};
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, NodeId, Protocol, Scene, Violation};

/// What happened to each transaction.
#[derive(Clone, Default)]
pub struct Decisions {
    txns: Map<Txn, Seen>,
    /// How much of each node's log has been read.
    read: Map<NodeId, usize>,
}

#[derive(Clone, Default)]
struct Seen {
    /// Who became ready to vote yes, and in which event. (Its disk may not have it yet, nor anybody heard of it.)
    yes: Map<NodeId, EventId>,
    /// Who decided what, a refusal included, and in which event.
    decided: Map<NodeId, (Outcome, EventId)>,
}

impl Decisions {
    /// Somebody is ready to vote yes.
    pub fn ready(&mut self, node: NodeId, txn: Txn, event: EventId) {
        self.txns.entry(txn).or_default().yes.entry(node).or_insert(event);
    }

    /// In which event somebody became ready to vote yes.
    pub fn yes(&self, node: NodeId, txn: Txn) -> Option<EventId> {
        self.txns.get(&txn)?.yes.get(&node).copied()
    }

    /// What is new in a log: the transactions that it says the end of.
    pub fn read<R: Record>(&mut self, node: NodeId, log: &[R]) -> Vec<(Txn, Outcome)> {
        let known = self.read.insert(node, log.len()).unwrap_or(0);
        log.iter().skip(known).filter_map(|record| Some((record.txn(), record.decided()?))).collect()
    }

    /// A decision has come to a disk: nobody takes one back (AC2), and to commit takes a yes from every participant (AC3).
    pub fn decided<P: Protocol>(
        &mut self,
        scene: &Scene<P>,
        decision: Decision,
        participants: &[NodeId],
    ) -> Result<(), Violation> {
        let Decision { node, txn, outcome, event } = decision;
        let seen = self.txns.entry(txn).or_default();
        let before = seen.decided.insert(node, (outcome, event));
        if let Some((first, since)) = before.filter(|(first, _)| *first != outcome) {
            let earlier = Decision { outcome: first, event: since, ..decision };
            let evidence = vec![earlier.evidence(), decision.evidence()];
            return Err(Violation { invariant: "no-reversal", event, evidence });
        }
        let silent = participants.iter().find(|voter| !seen.yes.contains_key(voter));
        if let Some(&silent) = silent.filter(|_| outcome == Outcome::Committed) {
            let (since, text) = match seen.decided.get(&silent) {
                Some((_, since)) => (*since, format!("voted no on t{}", txn.0)),
                None => (scene.world.latest(silent).some().unwrap_or(event), format!("has not voted on t{}", txn.0)),
            };
            let evidence = vec![Evidence { node: silent, event: since, text }, decision.evidence()];
            return Err(Violation { invariant: "commit-needs-every-yes", event, evidence });
        }
        Ok(())
    }

    /// All that decide on a transaction decide the same (AC1).
    pub fn agreed(&self, decision: Decision) -> Result<(), Violation> {
        let others = self.txns.get(&decision.txn).into_iter().flat_map(|seen| &seen.decided);
        let other = others.map(|(&node, &(outcome, event))| Decision { node, outcome, event, ..decision });
        let Some(other) = other.into_iter().find(|other| other.outcome != decision.outcome) else { return Ok(()) };
        let evidence = vec![other.evidence(), decision.evidence()];
        Err(Violation { invariant: "agreement", event: decision.event, evidence })
    }
}

/// Somebody decided on a transaction.
#[derive(Clone, Copy)]
pub struct Decision {
    /// Who.
    pub node: NodeId,
    /// Which transaction.
    pub txn: Txn,
    /// What.
    pub outcome: Outcome,
    /// In which event.
    pub event: EventId,
}

impl Decision {
    fn evidence(self) -> Evidence {
        Evidence { node: self.node, event: self.event, text: format!("{} t{}", self.outcome.verb(), self.txn.0) }
    }
}
