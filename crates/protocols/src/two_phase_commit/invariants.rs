//! AC1 to AC5 (Bernstein, Hadzilacos, Goodman 1987, section 7.3), held against the logs and the trace.

use super::{Log, Phase, Settings, TwoPhaseCommit, Txn, View};
use crate::shared::calm::Calm;
use crate::shared::commit::{Decision, Decisions};
use netsplit_sim::ordered::Set;
use netsplit_sim::trace::{EventRow, Fate, Trace, What};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Process, Scene, Span, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    decisions: Decisions,
    /// The transactions that a coordinator chose to abort, whether or not its disk had it yet.
    given_up: Set<Txn>,
    calm: Calm,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// Within this time a message counts as timely.
const BOUND: Span = Span::millis(50);

impl Monitor<TwoPhaseCommit> for Invariants {
    fn after(&mut self, scene: &Scene<TwoPhaseCommit>) -> Result<(), Violation> {
        self.calm.watch(scene, BOUND);
        let Some(settings) = settings(scene) else { return Ok(()) };
        let decided = scene.node.map_or(Ok(()), |node| self.look(scene, node, settings));
        match decided.and(self.ends(scene, settings)) {
            Err(violation) if !self.broken.contains(&violation.invariant) => {
                self.broken.push(violation.invariant);
                Err(violation)
            }
            _ => Ok(()),
        }
    }
}

impl Invariants {
    /// Looks at the node where something happened: what is under way there, and what is new in its log.
    fn look(&mut self, scene: &Scene<TwoPhaseCommit>, node: NodeId, settings: &Settings) -> Result<(), Violation> {
        let durable = scene.world.unsynced(node) == 0;
        match scene.world.view(node) {
            Some(View::Coordinator(coordinator)) => {
                let aborting = coordinator.open().iter().filter(|(_, phase)| matches!(phase, Phase::Aborting { .. }));
                let chosen = aborting.map(|(txn, _)| self.all_yes_commits(scene, node, *txn, settings));
                let chosen = chosen.fold(Ok(()), Result::and);
                let decided = if durable { self.read(scene, node, coordinator.disk(), settings) } else { Ok(()) };
                chosen.and(decided)
            }
            Some(View::Participant(participant)) => {
                participant.in_doubt().keys().for_each(|txn| self.decisions.ready(node, *txn, scene.event));
                if durable { self.read(scene, node, participant.disk(), settings) } else { Ok(()) }
            }
            None => Ok(()),
        }
    }

    /// Reads what is new in a log: AC1, AC2 and AC3.
    fn read(
        &mut self,
        scene: &Scene<TwoPhaseCommit>,
        node: NodeId,
        log: &Log,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let mut verdict = Ok(());
        for (txn, outcome) in self.decisions.read(node, log) {
            let decision = Decision { node, txn, outcome, event: scene.event };
            let alone = self.decisions.decided(scene, decision, &settings.participants);
            verdict = verdict.and(alone).and(self.decisions.agreed(decision));
        }
        verdict
    }

    /// AC4: a coordinator that chooses abort has not heard yes from everybody.
    fn all_yes_commits(
        &mut self,
        scene: &Scene<TwoPhaseCommit>,
        node: NodeId,
        txn: Txn,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let event = scene.event;
        if !self.given_up.insert(txn) {
            return Ok(());
        }
        let heard = |voter: &NodeId| {
            let vote = self.decisions.yes(*voter, txn)?;
            let text = format!("voted yes on t{}, and was heard", txn.0);
            let evidence = || Evidence { node: *voter, event: vote, text };
            heard_by(scene.trace, vote, *voter, node, event).then(evidence)
        };
        let votes: Option<Vec<Evidence>> = settings.participants.iter().map(heard).collect();
        let Some(mut evidence) = votes.filter(|votes| !votes.is_empty()) else { return Ok(()) };
        evidence.push(Evidence { node, event, text: format!("chose to abort t{}", txn.0) });
        Err(Violation { invariant: "all-yes-commits", event, evidence })
    }

    /// AC5: nobody is in doubt for long while nothing fails. All are looked at, since nothing happens any more at one that
    /// is stuck.
    fn ends(&self, scene: &Scene<TwoPhaseCommit>, settings: &Settings) -> Result<(), Violation> {
        let world = scene.world;
        let (votes, decision) = (settings.config.vote_timeout, settings.config.decision_timeout);
        let patience = votes + decision + decision + BOUND.scale(8, 1);
        let overdue = |node: NodeId, txn: Txn| {
            let since = self.decisions.yes(node, txn)?;
            let began = scene.trace.event(since)?.at;
            let late = world.now().since(began) > patience && world.unsynced(node) == 0;
            late.then_some((node, txn, since))
        };
        let stuck = settings.participants.iter().find_map(|&node| match world.view(node)? {
            View::Participant(participant) => participant.in_doubt().keys().find_map(|txn| overdue(node, *txn)),
            View::Coordinator(_) => None,
        });
        let Some((node, txn, event)) = stuck else { return Ok(()) };
        let all_up = world.ids().all(|id| world.view(id).is_some());
        if !all_up || !self.calm.holds(scene, patience, BOUND) {
            return Ok(());
        }
        let text = format!("is in doubt about t{} since then, and nothing has failed for {patience}", txn.0);
        Err(Violation { invariant: "ends", event: scene.event, evidence: vec![Evidence { node, event, text }] })
    }
}

/// What every process knows: a node that is down shows nothing.
fn settings<'a>(scene: &Scene<'a, TwoPhaseCommit>) -> Option<&'a Settings> {
    let world = scene.world;
    world.ids().find_map(|id| match world.view(id)? {
        View::Coordinator(coordinator) => Some(coordinator.settings()),
        View::Participant(participant) => Some(participant.settings()),
    })
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
