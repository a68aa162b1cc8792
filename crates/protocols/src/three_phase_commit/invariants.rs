//! What three-phase commit promises. Two of its promises rest on a network that keeps its word, and are judged only for
//! transactions during which it did; that is decided from the trace.

use super::{Log, Settings, ThreePhaseCommit, Txn, View};
use crate::shared::calm::Calm;
use crate::shared::commit::{Decision, Decisions};
use netsplit_sim::ordered::Map;
use netsplit_sim::trace::What;
use netsplit_sim::{Evidence, Monitor, NodeId, Process, Scene, Time, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    decisions: Decisions,
    /// When each transaction began.
    began: Map<Txn, Time>,
    /// Whether the network has kept its word; nodes may crash and return.
    calm: Calm,
    /// When the last of them did.
    crash: Time,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
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
        let decided = scene.node.map_or(Ok(()), |node| self.look(scene, node, settings));
        let verdict = decided.and(self.non_blocking(scene, settings));
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
    /// Looks at the node where something happened: what is under way there, and what is new in its log.
    fn look(&mut self, scene: &Scene<ThreePhaseCommit>, node: NodeId, settings: &Settings) -> Result<(), Violation> {
        let durable = scene.world.unsynced(node) == 0;
        match scene.world.view(node) {
            Some(View::Coordinator(coordinator)) => {
                coordinator.open().keys().for_each(|txn| self.note(scene, *txn));
                if durable { self.read(scene, node, coordinator.disk(), settings) } else { Ok(()) }
            }
            Some(View::Participant(participant)) => {
                for txn in participant.in_doubt().keys() {
                    self.note(scene, *txn);
                    self.decisions.ready(node, *txn, scene.event);
                }
                if durable { self.read(scene, node, participant.disk(), settings) } else { Ok(()) }
            }
            None => Ok(()),
        }
    }

    /// Notes when a transaction began.
    fn note(&mut self, scene: &Scene<ThreePhaseCommit>, txn: Txn) {
        self.began.entry(txn).or_insert(scene.world.now());
    }

    /// Reads what is new in a log.
    fn read(
        &mut self,
        scene: &Scene<ThreePhaseCommit>,
        node: NodeId,
        log: &Log,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let mut verdict = Ok(());
        for (txn, outcome) in self.decisions.read(node, log) {
            self.note(scene, txn);
            let decision = Decision { node, txn, outcome, event: scene.event };
            verdict = verdict.and(self.decisions.decided(scene, decision, &settings.participants));
            let agreed = self.decisions.agreed(decision);
            if agreed.is_err() && self.kept_its_word(scene, txn, settings) {
                verdict = verdict.and(agreed);
            }
        }
        verdict
    }

    /// Whether the network has, ever since a transaction began.
    fn kept_its_word(&self, scene: &Scene<ThreePhaseCommit>, txn: Txn, settings: &Settings) -> bool {
        let began = self.began.get(&txn);
        began.is_some_and(|began| self.calm.holds(scene, scene.world.now().since(*began), settings.bound()))
    }

    /// Whoever was up all the time is not in doubt for long, whoever else is down. All are looked at, since nothing happens
    /// any more at one that is stuck.
    fn non_blocking(&self, scene: &Scene<ThreePhaseCommit>, settings: &Settings) -> Result<(), Violation> {
        let (now, answer) = (scene.world.now(), settings.config.answer_timeout);
        // Silence, a poll, and pre-commitment by whoever takes over; twice, for it may have looked to the other first.
        let broadcast = settings.config.stagger.scale(2 * settings.participants.len() as u64, 1);
        let patience = (settings.silence() + answer + answer + answer + broadcast).scale(2, 1);
        let overdue = |node: NodeId, txn: Txn| {
            let began = *self.began.get(&txn)?;
            let since = self.decisions.yes(node, txn)?;
            let late = now.since(began.max(self.crash)) > patience && scene.world.unsynced(node) == 0;
            (late && self.kept_its_word(scene, txn, settings)).then_some((node, txn, since))
        };
        let stuck = settings.participants.iter().find_map(|&node| match scene.world.view(node)? {
            View::Participant(participant) => {
                let mut up_all_the_time = participant.in_doubt().iter().filter(|(_, doubt)| !doubt.recovered);
                up_all_the_time.find_map(|(txn, _)| overdue(node, *txn))
            }
            View::Coordinator(_) => None,
        });
        let Some((node, txn, event)) = stuck else { return Ok(()) };
        let text = format!("is in doubt about t{} since then, and was up all the time", txn.0);
        Err(Violation { invariant: "non-blocking", event: scene.event, evidence: vec![Evidence { node, event, text }] })
    }
}

fn settings<'a>(scene: &Scene<'a, ThreePhaseCommit>) -> Option<&'a Settings> {
    let world = scene.world;
    world.ids().find_map(|id| match world.view(id)? {
        View::Coordinator(coordinator) => Some(coordinator.settings()),
        View::Participant(participant) => Some(participant.settings()),
    })
}
