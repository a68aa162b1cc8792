//! The participant: votes, waits, obeys.

use super::log::{Log, Record};
use super::{Bug, Line, Msg, Op, Outcome, Settings, Text, Timer, TwoPhaseCommit, Txn, View};
use crate::shared::commit::{self, Holdings, log};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span, Time};
use serde::Serialize;
use std::sync::Arc;

/// A participant.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    log: Log,
    #[serde(flatten)]
    holdings: Holdings<Doubt>,
}

/// A transaction between the yes and the decision.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Doubt {
    /// Whom to ask.
    pub coordinator: NodeId,
    /// The key that it writes...
    pub key: Text,
    /// ...and the value.
    pub value: Text,
    /// Since when it is in doubt, by its own clock.
    pub since: Time,
    /// Whether it has waited in vain.
    pub blocked: bool,
}

impl commit::Doubt for Doubt {
    fn write(&self) -> (&Text, &Text) {
        (&self.key, &self.value)
    }
    fn since(&self) -> Time {
        self.since
    }
}

impl Process<TwoPhaseCommit> for Participant {
    type Config = Settings;
    type Disk = Log;

    fn boot(settings: &Arc<Settings>, log: Log, cx: &mut Cx<TwoPhaseCommit>) -> Participant {
        let mut participant = Participant { settings: Fixed::new(settings), log, holdings: Holdings::default() };
        if !participant.log.is_empty() {
            cx.line(Line::ParticipantRecovers);
            participant.recover(cx.clock());
        }
        participant.holdings.in_doubt.keys().for_each(|txn| participant.inquire(*txn, cx));
        participant
    }

    fn disk(&self) -> &Log {
        &self.log
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<TwoPhaseCommit>) {
        cx.reply(id, self.holdings.answer(op));
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<TwoPhaseCommit>) {
        match msg {
            Msg::Prepare { txn, key, value } => self.on_prepare(from, txn, key, value, cx),
            Msg::Decision { txn, outcome } => self.on_decision(from, txn, outcome, cx),
            Msg::Inquire { txn } => self.on_inquire(from, txn, cx),
            Msg::Vote { .. } | Msg::Ack { .. } => {} // for coordinators
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<TwoPhaseCommit>) {
        let txn = timer.txn();
        let Some(doubt) = self.holdings.in_doubt.get_mut(&txn) else { return };
        cx.line(Line::DecisionMissing);
        doubt.blocked = true;
        if self.settings.broken(Bug::TimesOutToCommit) {
            self.settle(txn, Outcome::Committed, cx);
        } else if self.settings.broken(Bug::PresumesAbort) {
            self.settle(txn, Outcome::Aborted, cx);
        } else {
            self.inquire(txn, cx);
        }
    }

    fn view(&self) -> View<'_> {
        View::Participant(self)
    }

    fn face(&self) -> Face {
        let (strip, strip_start) = log::strip(&self.log);
        let latest = self.holdings.in_doubt.iter().next_back();
        let role = match latest {
            None => "participant",
            Some(_) if self.blocked() => "blocked",
            Some(_) => "prepared",
        };
        Face {
            role,
            prominence: if latest.is_some() { Prominence::Striving } else { Prominence::Plain },
            headline: Some(("in doubt", self.holdings.in_doubt.len() as u64)),
            strip,
            strip_start,
            ring: latest.map(|_| "decision"),
            badge: if latest.is_some() { Some("LOCKED") } else { log::badge(&self.log) },
            note: self.holdings.note(),
            ..Face::default()
        }
    }
}

impl Participant {
    /// Phase one: the vote. Once it is yes, it is no longer its own master.
    fn on_prepare(&mut self, from: NodeId, txn: Txn, key: Text, value: Text, cx: &mut Cx<TwoPhaseCommit>) {
        if self.holdings.in_doubt.contains_key(&txn) {
            return cx.send(from, Msg::Vote { txn, yes: true }); // asked twice
        }
        match log::outcome(&self.log, txn) {
            Some(Outcome::Committed) => return,
            Some(Outcome::Aborted) => return cx.send(from, Msg::Vote { txn, yes: false }),
            None => {}
        }
        if self.holdings.objects(&key) {
            cx.line(Line::VoteNo);
            self.log.push(Record::Decided { txn, outcome: Outcome::Aborted });
            return cx.send(from, Msg::Vote { txn, yes: false });
        }
        if !self.settings.broken(Bug::VoteNotForced) {
            cx.line(Line::ForcePrepared);
            let (key, value) = (key.clone(), value.clone());
            self.log.push(Record::Prepared { txn, coordinator: from, key, value });
        }
        cx.line(Line::VoteYes);
        self.holdings.in_doubt.insert(txn, Doubt { coordinator: from, key, value, since: cx.clock(), blocked: false });
        cx.send(from, Msg::Vote { txn, yes: true });
        self.wait(txn, cx);
    }

    /// Phase two. Of a transaction that it knows nothing of, it knows that it never voted yes: it is aborted here.
    fn on_decision(&mut self, from: NodeId, txn: Txn, outcome: Outcome, cx: &mut Cx<TwoPhaseCommit>) {
        if self.holdings.in_doubt.contains_key(&txn) {
            cx.line(if outcome == Outcome::Committed { Line::ObeyCommit } else { Line::ObeyAbort });
            self.settle(txn, outcome, cx);
        } else {
            if log::outcome(&self.log, txn).is_none() {
                cx.line(Line::NeverVoted);
                self.log.push(Record::Decided { txn, outcome: Outcome::Aborted });
            }
            cx.send(from, Msg::Ack { txn });
        }
    }

    /// The decision is on the disk before it is acknowledged.
    fn settle(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<TwoPhaseCommit>) {
        let Some(doubt) = self.holdings.settle(txn, outcome) else { return };
        self.log.push(Record::Decided { txn, outcome });
        cx.cancel_timer(Timer::Decision(txn));
        cx.send(doubt.coordinator, Msg::Ack { txn });
    }

    /// In doubt: ask the coordinator, and everybody who was asked to vote.
    fn inquire(&self, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        let Some(doubt) = self.holdings.in_doubt.get(&txn) else { return };
        cx.line(Line::Ask);
        cx.send(doubt.coordinator, Msg::Inquire { txn });
        let me = cx.me;
        for &other in self.settings.participants.iter().filter(|other| **other != me) {
            cx.send(other, Msg::Inquire { txn });
        }
        self.wait(txn, cx);
    }

    fn wait(&self, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        let patience = self.settings.config.decision_timeout;
        cx.set_timer(Timer::Decision(txn), patience..patience);
    }

    /// Somebody else is in doubt.
    fn on_inquire(&mut self, from: NodeId, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        if self.holdings.in_doubt.contains_key(&txn) {
            return cx.line(Line::CannotHelp);
        }
        let outcome = log::outcome(&self.log, txn).unwrap_or_else(|| {
            cx.line(Line::RefuseForOther);
            self.log.push(Record::Decided { txn, outcome: Outcome::Aborted });
            Outcome::Aborted
        });
        cx.line(Line::Help);
        cx.send(from, Msg::Decision { txn, outcome });
    }

    /// What the log says: what is committed, and what is in doubt.
    fn recover(&mut self, since: Time) {
        for record in self.log.iter() {
            match record {
                Record::Prepared { txn, coordinator, key, value } => {
                    let (coordinator, key, value) = (*coordinator, key.clone(), value.clone());
                    self.holdings.in_doubt.insert(*txn, Doubt { coordinator, key, value, since, blocked: false });
                }
                Record::Decided { txn, outcome } => {
                    self.holdings.settle(*txn, *outcome);
                }
                Record::End { .. } => {} // a coordinator's
            }
        }
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// The transactions it voted yes for, and whose outcome it does not know.
    pub fn in_doubt(&self) -> &Map<Txn, Doubt> {
        &self.holdings.in_doubt
    }
    /// The longest that it has been in doubt, when its clock says `now`.
    pub fn window(&self, now: Time) -> Span {
        self.holdings.window(now)
    }
    /// Whether it has waited for a decision in vain.
    pub fn blocked(&self) -> bool {
        self.holdings.in_doubt.values().any(|doubt| doubt.blocked)
    }
    /// What was committed under a key.
    pub fn value(&self, key: &str) -> Option<&Text> {
        self.holdings.value(key)
    }
}
