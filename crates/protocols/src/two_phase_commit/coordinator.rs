//! The coordinator: asks, decides, tells.

use super::log::{Log, Record};
use super::{Bug, Line, Msg, Op, Outcome, Ret, Settings, Timer, TwoPhaseCommit, Txn, View};
use crate::shared::commit::log;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// A coordinator.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Coordinator {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    log: Log,
    /// Its transactions that are not over.
    open: Map<Txn, Phase>,
    /// Transactions that everybody has acknowledged, but whose end is not in the log yet: nothing is lost if a crash
    /// forgets it, so that record waits for the next one that must be forced.
    ended: Set<Txn>,
}

/// How far a transaction is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// It waits for votes.
    Preparing {
        /// Who voted yes.
        yes: Set<NodeId>,
    },
    /// It is decided, and waits for acknowledgements.
    Committing {
        /// Who has yet to acknowledge.
        unacked: Set<NodeId>,
    },
    /// The same, the other way.
    Aborting {
        /// Who has yet to acknowledge.
        unacked: Set<NodeId>,
    },
}

impl Process<TwoPhaseCommit> for Coordinator {
    type Config = Settings;
    type Disk = Log;

    /// Decisions that not everybody has acknowledged are told again. Of votes it had asked for, nothing is left: what
    /// was not decided is aborted, as whoever asks will hear.
    fn boot(settings: &Arc<Settings>, log: Log, cx: &mut Cx<TwoPhaseCommit>) -> Coordinator {
        let mut open = Map::new();
        for record in log.iter() {
            match record {
                Record::Decided { txn, outcome } => {
                    open.insert(*txn, telling(*outcome, settings));
                }
                Record::End { txn } => {
                    open.remove(txn);
                }
                Record::Prepared { .. } => {} // a participant's
            }
        }
        let coordinator = Coordinator { settings: Fixed::new(settings), log, open, ended: Set::new() };
        if !coordinator.log.is_empty() {
            cx.line(Line::CoordinatorRecovers);
        }
        coordinator.open.keys().for_each(|txn| coordinator.tell(*txn, cx));
        coordinator
    }

    fn disk(&self) -> &Log {
        &self.log
    }

    /// Phase one.
    fn on_op(&mut self, txn: OpId, op: Op, cx: &mut Cx<TwoPhaseCommit>) {
        let Op::Commit { key, value } = op else {
            return cx.reply(txn, Ret::NotHere);
        };
        cx.line(Line::AskForVotes);
        self.open.insert(txn, Phase::Preparing { yes: Set::new() });
        for &participant in &self.settings.participants {
            cx.send(participant, Msg::Prepare { txn, key: key.clone(), value: value.clone() });
        }
        let patience = self.settings.config.vote_timeout;
        cx.set_timer(Timer::Votes(txn), patience..patience);
        self.count_votes(txn, cx);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<TwoPhaseCommit>) {
        match msg {
            Msg::Vote { txn, yes } => self.on_vote(from, txn, yes, cx),
            Msg::Ack { txn } => self.on_ack(from, txn, cx),
            Msg::Inquire { txn } => self.on_inquire(from, txn, cx),
            Msg::Prepare { .. } | Msg::Decision { .. } => {} // for participants
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<TwoPhaseCommit>) {
        match (timer, self.open.get(&timer.txn())) {
            (Timer::Votes(txn), Some(Phase::Preparing { .. })) => {
                cx.line(Line::VotesMissing);
                self.decide(txn, Outcome::Aborted, cx);
            }
            (Timer::Acks(txn), Some(Phase::Committing { .. } | Phase::Aborting { .. })) => self.tell(txn, cx),
            _ => {}
        }
    }

    fn view(&self) -> View<'_> {
        View::Coordinator(self)
    }

    fn face(&self) -> Face {
        let (strip, strip_start) = log::strip(&self.log);
        let everybody = self.settings.participants.len() as u64;
        let latest = self.open.iter().next_back();
        let (role, ring, note) = match latest {
            None => ("coordinator", None, None),
            Some((txn, Phase::Preparing { yes })) => {
                ("preparing", Some("votes"), Some(format!("t{}: {} of {everybody} say yes", txn.0, yes.len())))
            }
            Some((txn, Phase::Committing { unacked })) => {
                ("committing", Some("acks"), Some(format!("t{}: {} to acknowledge", txn.0, unacked.len())))
            }
            Some((txn, Phase::Aborting { unacked })) => {
                ("aborting", Some("acks"), Some(format!("t{}: {} to acknowledge", txn.0, unacked.len())))
            }
        };
        let level = |(txn, phase): (&Txn, &Phase)| {
            let value = match phase {
                Phase::Preparing { yes } => yes.len() as u64,
                Phase::Committing { unacked } | Phase::Aborting { unacked } => everybody - unacked.len() as u64,
            };
            Level { tone: u64::from(txn.0), value, of: everybody }
        };
        Face {
            role,
            prominence: Prominence::Leading,
            headline: Some(("open", self.open.len() as u64)),
            strip,
            strip_start,
            ring,
            levels: self.open.iter().rev().take(4).map(level).collect(),
            badge: log::badge(&self.log),
            note,
        }
    }
}

impl Coordinator {
    /// One no is enough; a yes is one of many.
    fn on_vote(&mut self, from: NodeId, txn: Txn, yes: bool, cx: &mut Cx<TwoPhaseCommit>) {
        let Some(Phase::Preparing { yes: votes }) = self.open.get_mut(&txn) else {
            return; // too late
        };
        if yes {
            cx.line(Line::CountYes);
            votes.insert(from);
            self.count_votes(txn, cx);
        } else {
            cx.line(Line::OneNo);
            self.decide(txn, Outcome::Aborted, cx);
        }
    }

    fn count_votes(&mut self, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        if let Some(Phase::Preparing { yes }) = self.open.get(&txn)
            && yes.len() == self.settings.participants.len()
        {
            cx.line(Line::AllYes);
            self.decide(txn, Outcome::Committed, cx);
        }
    }

    /// The decision is on the disk before anybody hears of it.
    fn decide(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<TwoPhaseCommit>) {
        if !self.settings.broken(Bug::DecisionNotForced) {
            cx.line(Line::ForceDecision);
            for txn in std::mem::take(&mut self.ended) {
                self.log.push(Record::End { txn });
            }
            self.log.push(Record::Decided { txn, outcome });
        }
        cx.reply(txn, outcome.into());
        cx.cancel_timer(Timer::Votes(txn));
        self.open.insert(txn, telling(outcome, &self.settings));
        self.tell(txn, cx);
        self.finish(txn, cx);
    }

    /// Phase two, again and again until everybody has it.
    fn tell(&self, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        let (outcome, unacked) = match self.open.get(&txn) {
            Some(Phase::Committing { unacked }) => (Outcome::Committed, unacked),
            Some(Phase::Aborting { unacked }) => (Outcome::Aborted, unacked),
            Some(Phase::Preparing { .. }) | None => return,
        };
        cx.line(Line::Tell);
        for participant in unacked {
            cx.send(*participant, Msg::Decision { txn, outcome });
        }
        let patience = self.settings.config.decision_timeout;
        cx.set_timer(Timer::Acks(txn), patience..patience);
    }

    fn on_ack(&mut self, from: NodeId, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        if let Some(Phase::Committing { unacked } | Phase::Aborting { unacked }) = self.open.get_mut(&txn) {
            unacked.remove(&from);
            self.finish(txn, cx);
        }
    }

    fn finish(&mut self, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        if let Some(Phase::Committing { unacked } | Phase::Aborting { unacked }) = self.open.get(&txn)
            && unacked.is_empty()
        {
            cx.line(Line::Finish);
            cx.cancel_timer(Timer::Acks(txn));
            self.open.remove(&txn);
            self.ended.insert(txn);
        }
    }

    /// What it never decided, and is not about to, it never will commit.
    fn on_inquire(&mut self, from: NodeId, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        let outcome = match self.open.get(&txn) {
            Some(Phase::Preparing { .. }) => return, // it will know soon
            Some(Phase::Committing { .. }) => Outcome::Committed,
            Some(Phase::Aborting { .. }) => Outcome::Aborted,
            None => log::outcome(&self.log, txn).unwrap_or(Outcome::Aborted),
        };
        cx.line(Line::CoordinatorAnswers);
        cx.send(from, Msg::Decision { txn, outcome });
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Its transactions that are not over, and how far they are.
    pub fn open(&self) -> &Map<Txn, Phase> {
        &self.open
    }
}

fn telling(outcome: Outcome, settings: &Settings) -> Phase {
    let unacked = settings.participants.iter().copied().collect();
    match outcome {
        Outcome::Committed => Phase::Committing { unacked },
        Outcome::Aborted => Phase::Aborting { unacked },
    }
}

impl Timer {
    /// The transaction it is about.
    pub fn txn(self) -> Txn {
        match self {
            Timer::Votes(txn) | Timer::Acks(txn) | Timer::Decision(txn) => txn,
        }
    }
}
