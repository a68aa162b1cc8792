//! The coordinator: asks, warns, decides, tells.

use super::log::{Log, Record};
use super::outbox::Outbox;
use super::{Bug, Line, Msg, Op, Outcome, Ret, Settings, ThreePhaseCommit, Timer, Txn, View};
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
    /// Its transactions that are not decided.
    open: Map<Txn, Phase>,
    /// What it is about to send about each transaction: one message after the other.
    outbox: Outbox,
}

/// How far a transaction is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// It waits for votes.
    Preparing {
        /// Who voted yes.
        yes: Set<NodeId>,
    },
    /// All have voted yes: it waits for acknowledgements.
    PreCommitting {
        /// Who has acknowledged.
        acked: Set<NodeId>,
    },
}

impl Process<ThreePhaseCommit> for Coordinator {
    type Config = Settings;
    type Disk = Log;

    /// What it had not decided is no longer its business: the participants end it among themselves.
    fn boot(settings: &Arc<Settings>, log: Log, cx: &mut Cx<ThreePhaseCommit>) -> Coordinator {
        if !log.is_empty() {
            cx.line(Line::CoordinatorRecovers);
        }
        Coordinator { settings: Fixed::new(settings), log, open: Map::new(), outbox: Outbox::default() }
    }

    fn disk(&self) -> &Log {
        &self.log
    }

    /// Phase one.
    fn on_op(&mut self, txn: OpId, op: Op, cx: &mut Cx<ThreePhaseCommit>) {
        let Op::Commit { key, value } = op else {
            return cx.reply(txn, Ret::NotHere);
        };
        cx.line(Line::AskForVotes);
        self.open.insert(txn, Phase::Preparing { yes: Set::new() });
        self.broadcast(txn, &Msg::Prepare { txn, key, value }, cx);
        let patience = self.settings.config.answer_timeout;
        cx.set_timer(Timer::Votes(txn), patience..patience);
        self.count_votes(txn, cx);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<ThreePhaseCommit>) {
        match msg {
            Msg::Vote { txn, yes } => self.on_vote(from, txn, yes, cx),
            Msg::Ack { txn } => self.on_ack(from, txn, cx),
            Msg::Ask { txn } => {
                if let Some(outcome) = log::outcome(&self.log, txn) {
                    cx.line(Line::CoordinatorAnswers);
                    cx.send(from, Msg::Decision { txn, outcome });
                }
            }
            Msg::Decision { txn, outcome } if self.open.contains_key(&txn) => {
                cx.line(Line::Overtaken);
                self.decide(txn, outcome, cx);
            }
            _ => {} // for participants
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<ThreePhaseCommit>) {
        match timer {
            Timer::Next(txn) => self.outbox.send_next(txn, &self.settings.config, cx),
            Timer::Votes(txn) if matches!(self.open.get(&txn), Some(Phase::Preparing { .. })) => {
                cx.line(Line::VotesMissing);
                self.decide(txn, Outcome::Aborted, cx);
            }
            Timer::Acks(txn) if matches!(self.open.get(&txn), Some(Phase::PreCommitting { .. })) => {
                cx.line(Line::AcksMissing);
                self.decide(txn, Outcome::Committed, cx);
            }
            _ => {}
        }
    }

    fn view(&self) -> View<'_> {
        View::Coordinator(self)
    }

    fn face(&self) -> Face {
        let (strip, strip_start) = log::strip(&self.log);
        let everybody = self.settings.participants.len() as u64;
        let count = |phase: &Phase| match phase {
            Phase::Preparing { yes } => yes.len() as u64,
            Phase::PreCommitting { acked } => acked.len() as u64,
        };
        let level = |(txn, phase): (&Txn, &Phase)| Level { tone: u64::from(txn.0), value: count(phase), of: everybody };
        let (role, ring, note) = match self.open.iter().next_back() {
            None => ("coordinator", None, None),
            Some((txn, phase @ Phase::Preparing { .. })) => {
                ("preparing", Some("votes"), Some(format!("t{}: {} of {everybody} say yes", txn.0, count(phase))))
            }
            Some((txn, phase @ Phase::PreCommitting { .. })) => {
                ("pre-committing", Some("acks"), Some(format!("t{}: {} of {everybody} know", txn.0, count(phase))))
            }
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
    fn on_vote(&mut self, from: NodeId, txn: Txn, yes: bool, cx: &mut Cx<ThreePhaseCommit>) {
        let Some(Phase::Preparing { yes: votes }) = self.open.get_mut(&txn) else {
            return; // too late
        };
        if yes {
            votes.insert(from);
            self.count_votes(txn, cx);
        } else {
            cx.line(Line::OneNo);
            self.decide(txn, Outcome::Aborted, cx);
        }
    }

    /// Phase two: all said yes, and everybody shall know it before anybody acts on it.
    fn count_votes(&mut self, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        match self.open.get(&txn) {
            Some(Phase::Preparing { yes }) if yes.len() == self.settings.participants.len() => {}
            _ => return,
        }
        cx.line(Line::PreCommit);
        cx.cancel_timer(Timer::Votes(txn));
        self.open.insert(txn, Phase::PreCommitting { acked: Set::new() });
        self.broadcast(txn, &Msg::PreCommit { txn }, cx);
        let patience = self.settings.config.answer_timeout;
        cx.set_timer(Timer::Acks(txn), patience..patience);
        self.count_acks(txn, cx);
    }

    fn on_ack(&mut self, from: NodeId, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        if let Some(Phase::PreCommitting { acked }) = self.open.get_mut(&txn) {
            acked.insert(from);
            self.count_acks(txn, cx);
        }
    }

    /// Phase three.
    fn count_acks(&mut self, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        let Some(Phase::PreCommitting { acked }) = self.open.get(&txn) else { return };
        if acked.len() == self.settings.participants.len() || self.settings.broken(Bug::NoPreCommitAck) {
            cx.line(Line::AllKnow);
            self.decide(txn, Outcome::Committed, cx);
        }
    }

    /// The decision is on the disk before anybody hears of it.
    fn decide(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<ThreePhaseCommit>) {
        self.log.push(Record::Decided { txn, outcome });
        self.open.remove(&txn);
        cx.cancel_timer(Timer::Votes(txn));
        cx.cancel_timer(Timer::Acks(txn));
        cx.reply(txn, outcome.into());
        self.broadcast(txn, &Msg::Decision { txn, outcome }, cx);
    }

    fn broadcast(&mut self, txn: Txn, msg: &Msg, cx: &mut Cx<ThreePhaseCommit>) {
        self.outbox.broadcast(txn, msg, &self.settings, cx);
    }

    /// Its transactions that are not decided.
    pub fn open(&self) -> &Map<Txn, Phase> {
        &self.open
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
