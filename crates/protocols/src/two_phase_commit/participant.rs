//! The participant: votes, waits, obeys.

use super::log::{self, Log, Record};
use super::{Bug, Line, Msg, Op, Outcome, Ret, Settings, Text, Timer, TwoPhaseCommit, Txn, View};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Time};
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
    /// What was committed, as the log tells.
    store: Map<Text, Text>,
    /// The transactions it voted yes for, and whose outcome it does not know. Each holds the lock on its key.
    in_doubt: Map<Txn, Doubt>,
    /// Whether it votes no next time.
    refuses: bool,
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

impl Process<TwoPhaseCommit> for Participant {
    type Config = Settings;
    type Disk = Log;

    fn boot(settings: &Arc<Settings>, log: Log, cx: &mut Cx<TwoPhaseCommit>) -> Participant {
        let mut participant = Participant {
            settings: Fixed::new(settings),
            log,
            store: Map::new(),
            in_doubt: Map::new(),
            refuses: false,
        };
        if !participant.log.is_empty() {
            cx.line(Line::ParticipantRecovers);
            participant.recover(cx.clock());
        }
        participant.in_doubt.keys().for_each(|txn| participant.inquire(*txn, cx));
        participant
    }

    fn disk(&self) -> &Log {
        &self.log
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<TwoPhaseCommit>) {
        let ret = match op {
            Op::Refuse {} => {
                self.refuses = true;
                Ret::Ok
            }
            Op::Read { key } if self.locked(&key) => Ret::Locked,
            Op::Read { key } => self.store.get(&key).map_or(Ret::Absent, |value| Ret::Value(value.clone())),
            Op::Commit { .. } => Ret::NotHere,
        };
        cx.reply(id, ret);
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
        let Some(doubt) = self.in_doubt.get_mut(&txn) else { return };
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
        let latest = self.in_doubt.iter().next_back();
        let role = match latest {
            None => "participant",
            Some(_) if self.blocked() => "blocked",
            Some(_) => "prepared",
        };
        let note = match latest {
            Some((txn, doubt)) => Some(format!("t{}: {} is locked", txn.0, doubt.key)),
            None if self.refuses => Some("will vote no".to_owned()),
            None => self.store.iter().next_back().map(|(key, value)| format!("{key}={value}")),
        };
        Face {
            role,
            prominence: if latest.is_some() { Prominence::Striving } else { Prominence::Plain },
            headline: Some(("in doubt", self.in_doubt.len() as u64)),
            strip,
            strip_start,
            ring: latest.map(|_| "decision"),
            badge: if latest.is_some() { Some("LOCKED") } else { last_outcome(&self.log) },
            note,
            ..Face::default()
        }
    }
}

impl Participant {
    /// Phase one: the vote. Once it is yes, it is no longer its own master.
    fn on_prepare(&mut self, from: NodeId, txn: Txn, key: Text, value: Text, cx: &mut Cx<TwoPhaseCommit>) {
        if self.in_doubt.contains_key(&txn) {
            return cx.send(from, Msg::Vote { txn, yes: true }); // asked twice
        }
        match log::outcome(&self.log, txn) {
            Some(Outcome::Committed) => return,
            Some(Outcome::Aborted) => return cx.send(from, Msg::Vote { txn, yes: false }),
            None => {}
        }
        if std::mem::take(&mut self.refuses) || self.locked(&key) {
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
        self.in_doubt.insert(txn, Doubt { coordinator: from, key, value, since: cx.clock(), blocked: false });
        cx.send(from, Msg::Vote { txn, yes: true });
        self.wait(txn, cx);
    }

    /// Phase two. Of a transaction that it knows nothing of, it knows that it never voted yes: it is aborted here.
    fn on_decision(&mut self, from: NodeId, txn: Txn, outcome: Outcome, cx: &mut Cx<TwoPhaseCommit>) {
        if self.in_doubt.contains_key(&txn) {
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
        let Some(doubt) = self.in_doubt.remove(&txn) else { return };
        self.log.push(Record::Decided { txn, outcome });
        if outcome == Outcome::Committed {
            self.store.insert(doubt.key, doubt.value);
        }
        cx.cancel_timer(Timer::Decision(txn));
        cx.send(doubt.coordinator, Msg::Ack { txn });
    }

    /// In doubt: ask the coordinator, and everybody who was asked to vote.
    fn inquire(&self, txn: Txn, cx: &mut Cx<TwoPhaseCommit>) {
        let Some(doubt) = self.in_doubt.get(&txn) else { return };
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
        if self.in_doubt.contains_key(&txn) {
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
                    self.in_doubt.insert(*txn, Doubt { coordinator, key, value, since, blocked: false });
                }
                Record::Decided { txn, outcome } => {
                    let doubt = self.in_doubt.remove(txn).filter(|_| *outcome == Outcome::Committed);
                    self.store.extend(doubt.map(|doubt| (doubt.key, doubt.value)));
                }
                Record::End { .. } => {} // a coordinator's
            }
        }
    }

    fn locked(&self, key: &Text) -> bool {
        self.in_doubt.values().any(|doubt| doubt.key == *key)
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// The transactions it voted yes for, and whose outcome it does not know.
    pub fn in_doubt(&self) -> &Map<Txn, Doubt> {
        &self.in_doubt
    }
    /// Whether it has waited for a decision in vain.
    pub fn blocked(&self) -> bool {
        self.in_doubt.values().any(|doubt| doubt.blocked)
    }
    /// What was committed under a key.
    pub fn value(&self, key: &str) -> Option<&Text> {
        self.store.get(key)
    }
}

/// How the last transaction ended that a log tells of.
pub(super) fn last_outcome(log: &Log) -> Option<&'static str> {
    log.iter().rev().find_map(|record| match record {
        Record::Decided { outcome: Outcome::Committed, .. } => Some("COMMITTED"),
        Record::Decided { outcome: Outcome::Aborted, .. } => Some("ABORTED"),
        _ => None,
    })
}
