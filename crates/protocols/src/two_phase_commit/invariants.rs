//! AC1 to AC5 (Bernstein, Hadzilacos, Goodman 1987, section 7.3), held against the logs and the trace.
//!
//! A decision counts when it is on the disk: until then nobody hears of it, and a crash undoes it.

use super::{Log, Outcome, Phase, Record, Settings, TwoPhaseCommit, Txn, View};
use crate::calm::Calm;
use netsplit_sim::ordered::Map;
use netsplit_sim::trace::{EventRow, Fate, Trace, What};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Process, Scene, Span, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    txns: Map<Txn, Seen>,
    /// How much of each node's log has been read.
    read: Map<NodeId, usize>,
    calm: Calm,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// What happened to a transaction.
#[derive(Clone, Default)]
struct Seen {
    /// Who became ready to vote yes, and in which event. (Its disk may not have it yet, nor anybody heard of it.)
    yes: Map<NodeId, EventId>,
    /// Who decided what, a refusal included, and in which event.
    decided: Map<NodeId, (Outcome, EventId)>,
    /// When the coordinator chose to abort, whether or not its disk had it yet.
    chosen: Option<EventId>,
}

/// Within this time a message counts as timely.
const BOUND: Span = Span::millis(50);

impl Monitor<TwoPhaseCommit> for Invariants {
    fn after(&mut self, scene: &Scene<TwoPhaseCommit>) -> Result<(), Violation> {
        self.calm.watch(scene, BOUND);
        let Some(node) = scene.node else { return Ok(()) };
        let mut chosen = Ok(());
        match scene.world.view(node) {
            Some(View::Participant(participant)) => {
                for txn in participant.in_doubt().keys() {
                    self.txns.entry(*txn).or_default().yes.entry(node).or_insert(scene.event);
                }
            }
            Some(View::Coordinator(coordinator)) => {
                let aborting = coordinator.open().iter().filter(|(_, phase)| matches!(phase, Phase::Aborting { .. }));
                for (txn, _) in aborting {
                    chosen = chosen.and(self.all_yes_commits(scene, node, *txn));
                }
            }
            None => {}
        }
        let verdict = match scene.world.view(node).filter(|_| scene.world.unsynced(node) == 0) {
            Some(View::Coordinator(coordinator)) => self.read(scene, node, coordinator.disk()),
            Some(View::Participant(participant)) => {
                let read = self.read(scene, node, participant.disk());
                let settings = participant.settings();
                let overdue = participant.in_doubt().keys().find_map(|txn| self.ends(scene, node, *txn, settings));
                read.and(overdue.map_or(Ok(()), Err))
            }
            None => Ok(()),
        };
        match chosen.and(verdict) {
            Err(violation) if !self.broken.contains(&violation.invariant) => {
                self.broken.push(violation.invariant);
                Err(violation)
            }
            _ => Ok(()),
        }
    }
}

impl Invariants {
    /// Reads what is new in a log.
    fn read(&mut self, scene: &Scene<TwoPhaseCommit>, node: NodeId, log: &Log) -> Result<(), Violation> {
        let known = self.read.insert(node, log.len()).unwrap_or(0);
        let mut verdict = Ok(());
        for record in log.iter().skip(known) {
            match record {
                Record::Decided { txn, outcome } => {
                    verdict = verdict.and(self.decided(scene, node, *txn, *outcome));
                }
                Record::Prepared { .. } | Record::End { .. } => {}
            }
        }
        verdict
    }

    fn decided(
        &mut self,
        scene: &Scene<TwoPhaseCommit>,
        node: NodeId,
        txn: Txn,
        outcome: Outcome,
    ) -> Result<(), Violation> {
        let event = scene.event;
        let here = Evidence { node, event, text: format!("{} t{}", verb(outcome), txn.0) };
        let seen = self.txns.entry(txn).or_default();
        let before = seen.decided.insert(node, (outcome, event));
        if let Some((first, since)) = before.filter(|(first, _)| *first != outcome) {
            let earlier = Evidence { node, event: since, text: format!("{} t{}", verb(first), txn.0) };
            return violation("no-reversal", event, vec![earlier, here]);
        }
        if outcome == Outcome::Committed {
            let seen = &self.txns[&txn];
            if let Some(silent) = participants(scene).into_iter().find(|voter| !seen.yes.contains_key(voter)) {
                let (since, text) = match seen.decided.get(&silent) {
                    Some((_, since)) => (*since, format!("voted no on t{}", txn.0)),
                    None => (latest(scene, silent), format!("has not voted on t{}", txn.0)),
                };
                return violation(
                    "commit-needs-every-yes",
                    event,
                    vec![Evidence { node: silent, event: since, text }, here],
                );
            }
        }
        let seen = &self.txns[&txn];
        if let Some((other, (theirs, since))) = seen.decided.iter().find(|(_, (theirs, _))| *theirs != outcome) {
            let text = format!("{} t{}", verb(*theirs), txn.0);
            return violation("agreement", event, vec![Evidence { node: *other, event: *since, text }, here]);
        }
        Ok(())
    }

    /// A coordinator that chooses abort has not heard yes from everybody.
    fn all_yes_commits(&mut self, scene: &Scene<TwoPhaseCommit>, node: NodeId, txn: Txn) -> Result<(), Violation> {
        let event = scene.event;
        let seen = self.txns.entry(txn).or_default();
        if seen.chosen.is_some() {
            return Ok(());
        }
        seen.chosen = Some(event);
        let heard = |voter: &NodeId| {
            let vote = *seen.yes.get(voter)?;
            let evidence =
                || Evidence { node: *voter, event: vote, text: format!("voted yes on t{}, and was heard", txn.0) };
            heard_by(scene.trace, vote, *voter, node, event).then(evidence)
        };
        let votes: Option<Vec<Evidence>> = participants(scene).iter().map(heard).collect();
        let Some(mut evidence) = votes.filter(|votes| !votes.is_empty()) else { return Ok(()) };
        evidence.push(Evidence { node, event, text: format!("chose to abort t{}", txn.0) });
        violation("all-yes-commits", event, evidence)
    }

    /// Nobody is in doubt for long while nothing fails.
    fn ends(&self, scene: &Scene<TwoPhaseCommit>, node: NodeId, txn: Txn, settings: &Settings) -> Option<Violation> {
        let since = *self.txns.get(&txn)?.yes.get(&node)?;
        let began = scene.trace.event(since)?.at;
        let (votes, decision) = (settings.config.vote_timeout, settings.config.decision_timeout);
        let patience = votes + decision + decision + BOUND.scale(8, 1);
        let overdue = scene.world.now().since(began) > patience
            && scene.world.ids().all(|id| scene.world.view(id).is_some())
            && self.calm.holds(scene, patience, BOUND);
        let text = format!("is in doubt about t{} since then, and nothing has failed for {patience}", txn.0);
        overdue.then(|| Violation {
            invariant: "ends",
            event: scene.event,
            evidence: vec![Evidence { node, event: since, text }],
        })
    }
}

/// Who votes. A node that is down shows nothing, but every process knows.
fn participants(scene: &Scene<TwoPhaseCommit>) -> Vec<NodeId> {
    let settings = scene.world.ids().find_map(|id| match scene.world.view(id)? {
        View::Coordinator(coordinator) => Some(coordinator.settings().participants.clone()),
        View::Participant(participant) => Some(participant.settings().participants.clone()),
    });
    settings.unwrap_or_default()
}

/// Whether the vote that a participant sent in an event, or when that event's write was durable, has reached the
/// coordinator.
fn heard_by(trace: &Trace, vote: EventId, voter: NodeId, coordinator: NodeId, event: EventId) -> bool {
    let released =
        |(id, row): (EventId, &EventRow)| (id == vote || row.what == What::Durable && row.cause == vote).then_some(id);
    let sent = trace.events_in(vote.0..event.0).filter_map(released).flat_map(|id| trace.sent_by(id));
    let mut votes = sent
        .filter(|(_, mail)| mail.tag.name == "Yes" && mail.name.from == voter && mail.name.to == coordinator)
        .map(|(_, mail)| matches!(mail.fate, Fate::Delivered(at) if at <= event))
        .peekable();
    votes.peek().is_some() && votes.all(|heard| heard)
}

fn latest(scene: &Scene<TwoPhaseCommit>, node: NodeId) -> EventId {
    scene.world.latest(node).some().unwrap_or(scene.event)
}

fn verb(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Committed => "committed",
        Outcome::Aborted => "aborted",
    }
}

fn violation(invariant: &'static str, event: EventId, evidence: Vec<Evidence>) -> Result<(), Violation> {
    Err(Violation { invariant, event, evidence })
}
