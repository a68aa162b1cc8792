//! What three-phase commit promises. Two of its promises rest on a network that keeps its word, and are judged only for
//! transactions during which it did; that is decided from the trace.

use super::{Log, Outcome, Record, Settings, ThreePhaseCommit, Txn, View};
use crate::calm::Calm;
use netsplit_sim::ordered::Map;
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Process, Scene, Time, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    txns: Map<Txn, Seen>,
    /// How much of each node's log has been read.
    read: Map<NodeId, usize>,
    /// Whether the network has kept its word; nodes may crash and return.
    calm: Calm,
    /// When the last of them did.
    crash: Time,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// What happened to a transaction.
#[derive(Clone, Default)]
struct Seen {
    /// When it began.
    began: Time,
    /// Who became ready to vote yes, and in which event.
    yes: Map<NodeId, EventId>,
    /// Who decided what, and in which event.
    decided: Map<NodeId, (Outcome, EventId)>,
}

impl Monitor<ThreePhaseCommit> for Invariants {
    fn after(&mut self, scene: &Scene<ThreePhaseCommit>) -> Result<(), Violation> {
        let Some(settings) = settings(scene) else { return Ok(()) };
        self.calm.watch_for(scene, settings.bound(), &["invoke", "crash", "restart"]);
        if let Some(row) = scene.trace.event(scene.event)
            && let What::Fault(at) = row.what
            && scene.trace.faults().get(at as usize).is_some_and(|fault| fault.name != "invoke")
        {
            self.crash = row.at;
        }
        let Some(node) = scene.node else { return Ok(()) };
        self.note(scene, node);
        let verdict = match scene.world.view(node).filter(|_| scene.world.unsynced(node) == 0) {
            Some(View::Coordinator(coordinator)) => self.read(scene, node, coordinator.disk(), settings),
            Some(View::Participant(participant)) => {
                let stuck = participant.in_doubt().iter().filter(|(_, doubt)| !doubt.recovered);
                let stuck = stuck.filter_map(|(txn, _)| self.non_blocking(scene, node, *txn, settings)).next();
                self.read(scene, node, participant.disk(), settings).and(stuck.map_or(Ok(()), Err))
            }
            None => Ok(()),
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
    /// Notes which transactions there are, and who is ready to vote yes, whether or not its disk has it yet.
    fn note(&mut self, scene: &Scene<ThreePhaseCommit>, node: NodeId) {
        let now = scene.world.now();
        let new = || Seen { began: now, ..Seen::default() };
        match scene.world.view(node) {
            Some(View::Coordinator(coordinator)) => coordinator.open().keys().for_each(|txn| {
                self.txns.entry(*txn).or_insert_with(new);
            }),
            Some(View::Participant(participant)) => participant.in_doubt().keys().for_each(|txn| {
                self.txns.entry(*txn).or_insert_with(new).yes.entry(node).or_insert(scene.event);
            }),
            None => {}
        }
    }

    /// Reads what is new in a log.
    fn read(
        &mut self,
        scene: &Scene<ThreePhaseCommit>,
        node: NodeId,
        log: &Log,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let known = self.read.insert(node, log.len()).unwrap_or(0);
        let mut verdict = Ok(());
        for record in log.iter().skip(known) {
            if let Record::Decided { txn, outcome } = record {
                verdict = verdict.and(self.decided(scene, node, *txn, *outcome, settings));
            }
        }
        verdict
    }

    fn decided(
        &mut self,
        scene: &Scene<ThreePhaseCommit>,
        node: NodeId,
        txn: Txn,
        outcome: Outcome,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let event = scene.event;
        let decision = |node, event, outcome| Evidence { node, event, text: format!("{} t{}", verb(outcome), txn.0) };
        let seen = self.txns.entry(txn).or_insert_with(|| Seen { began: scene.world.now(), ..Seen::default() });
        let before = seen.decided.insert(node, (outcome, event));
        if let Some((first, since)) = before.filter(|(first, _)| *first != outcome) {
            let evidence = vec![decision(node, since, first), decision(node, event, outcome)];
            return Err(Violation { invariant: "no-reversal", event, evidence });
        }
        let silent = settings.participants.iter().find(|voter| !seen.yes.contains_key(voter));
        if let Some(silent) = silent.filter(|_| outcome == Outcome::Committed) {
            let since = seen.decided.get(silent).map_or(event, |(_, since)| *since);
            let text = format!("has not voted yes on t{}", txn.0);
            let evidence = vec![Evidence { node: *silent, event: since, text }, decision(node, event, outcome)];
            return Err(Violation { invariant: "commit-needs-every-yes", event, evidence });
        }
        let other = seen.decided.iter().find(|(_, (theirs, _))| *theirs != outcome);
        if let Some((other, (theirs, since))) = other
            && self.calm.holds(scene, scene.world.now().since(seen.began), settings.bound())
        {
            let evidence = vec![decision(*other, *since, *theirs), decision(node, event, outcome)];
            return Err(Violation { invariant: "agreement", event, evidence });
        }
        Ok(())
    }

    /// Whoever was up all the time is not in doubt for long, whoever else is down.
    fn non_blocking(
        &self,
        scene: &Scene<ThreePhaseCommit>,
        node: NodeId,
        txn: Txn,
        settings: &Settings,
    ) -> Option<Violation> {
        let seen = self.txns.get(&txn)?;
        let since = *seen.yes.get(&node)?;
        let (now, answer) = (scene.world.now(), settings.config.answer_timeout);
        // Silence, a poll, and pre-commitment by whoever takes over; twice, for it may have looked to the other first.
        let broadcast = settings.config.stagger.scale(2 * settings.participants.len() as u64, 1);
        let patience = (settings.silence() + answer + answer + answer + broadcast).scale(2, 1);
        let overdue = now.since(seen.began.max(self.crash)) > patience
            && self.calm.holds(scene, now.since(seen.began), settings.bound());
        let text = format!("is in doubt about t{} since then, and was up all the time", txn.0);
        overdue.then(|| Violation {
            invariant: "non-blocking",
            event: scene.event,
            evidence: vec![Evidence { node, event: since, text }],
        })
    }
}

fn settings<'a>(scene: &Scene<'a, ThreePhaseCommit>) -> Option<&'a Settings> {
    let world = scene.world;
    world.ids().find_map(|id| match world.view(id)? {
        View::Coordinator(coordinator) => Some(coordinator.settings()),
        View::Participant(participant) => Some(participant.settings()),
    })
}

fn verb(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Committed => "committed",
        Outcome::Aborted => "aborted",
    }
}
