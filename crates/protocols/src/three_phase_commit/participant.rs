//! The participant: votes, and if whoever is in charge falls silent, takes part in ending the matter without it.

use super::log::{Log, Record};
use super::outbox::Outbox;
use super::{Line, Msg, Op, Outcome, Settings, Text, ThreePhaseCommit, Timer, Txn, View};
use crate::shared::commit::{self, Holdings, log};
use netsplit_sim::ordered::{Map, Set};
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
    /// What it is about to send about each transaction: one message after the other.
    outbox: Outbox,
}

/// How far a participant without the outcome is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// It has voted yes.
    Waiting,
    /// It knows that all have.
    PreCommitted,
}

/// A transaction between the yes and the decision.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Doubt {
    /// The key that it writes...
    pub key: Text,
    /// ...and the value.
    pub value: Text,
    /// How far it is.
    pub stage: Stage,
    /// Since when it is in doubt, by its own clock.
    pub since: Time,
    /// Whether it was down since it voted: then it has no say.
    pub recovered: bool,
    /// What the others told: how far they are, and whether they were down.
    pub told: Option<Map<NodeId, (Stage, bool)>>,
    /// It has taken over, and these have acknowledged that all voted yes.
    pub acked: Option<Set<NodeId>>,
}

impl commit::Doubt for Doubt {
    fn write(&self) -> (&Text, &Text) {
        (&self.key, &self.value)
    }
    fn since(&self) -> Time {
        self.since
    }
}

impl Process<ThreePhaseCommit> for Participant {
    type Config = Settings;
    type Disk = Log;

    fn boot(settings: &Arc<Settings>, log: Log, cx: &mut Cx<ThreePhaseCommit>) -> Participant {
        let mut participant = Participant {
            settings: Fixed::new(settings),
            log,
            holdings: Holdings::default(),
            outbox: Outbox::default(),
        };
        if !participant.log.is_empty() {
            cx.line(Line::ParticipantRecovers);
            participant.recover(cx.clock());
        }
        let open: Vec<Txn> = participant.holdings.in_doubt.keys().copied().collect();
        open.into_iter().for_each(|txn| participant.poll(txn, cx));
        participant
    }

    fn disk(&self) -> &Log {
        &self.log
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<ThreePhaseCommit>) {
        cx.reply(id, self.holdings.answer(op));
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<ThreePhaseCommit>) {
        match msg {
            Msg::Prepare { txn, key, value } => self.on_prepare(from, txn, key, value, cx),
            Msg::PreCommit { txn } => self.on_pre_commit(from, txn, cx),
            Msg::Decision { txn, outcome } => self.on_decision(txn, outcome, cx),
            Msg::Ask { txn } => self.on_ask(from, txn, cx),
            Msg::Tell { txn, stage, recovered } => {
                if let Some(told) = self.holdings.in_doubt.get_mut(&txn).and_then(|doubt| doubt.told.as_mut()) {
                    told.insert(from, (stage, recovered));
                }
            }
            Msg::Ack { txn } => {
                if let Some(acked) = self.holdings.in_doubt.get_mut(&txn).and_then(|doubt| doubt.acked.as_mut()) {
                    acked.insert(from);
                    self.count_acks(txn, cx);
                }
            }
            Msg::Vote { .. } => {} // for coordinators
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<ThreePhaseCommit>) {
        match timer {
            Timer::Silence(txn) if self.holdings.in_doubt.contains_key(&txn) => {
                cx.line(Line::Silence);
                self.poll(txn, cx);
            }
            Timer::Poll(txn) => self.judge(txn, cx),
            Timer::Acks(txn) if self.holdings.in_doubt.get(&txn).is_some_and(|doubt| doubt.acked.is_some()) => {
                self.end(txn, Outcome::Committed, cx); // whoever has not acknowledged is down
            }
            Timer::Next(txn) => self.outbox.send_next(txn, &self.settings.config, cx),
            _ => {}
        }
    }

    fn view(&self) -> View<'_> {
        View::Participant(self)
    }

    fn face(&self) -> Face {
        let (strip, strip_start) = log::strip(&self.log);
        let latest = self.holdings.in_doubt.iter().next_back();
        let role = match (latest, log::last(&self.log)) {
            (Some((_, Doubt { stage: Stage::Waiting, .. })), _) => "waiting",
            (Some((_, Doubt { stage: Stage::PreCommitted, .. })), _) => "pre-committed",
            (None, Some((_, Outcome::Committed))) => "committed",
            (None, Some((_, Outcome::Aborted))) => "aborted",
            (None, None) => "initial",
        };
        let charge = latest.is_some_and(|(_, doubt)| doubt.acked.is_some());
        let note = match latest {
            Some((txn, _)) if charge => Some(format!("t{}: has taken over", txn.0)),
            Some((txn, doubt)) if doubt.told.is_some() => Some(format!("t{}: asks how far the others are", txn.0)),
            _ => self.holdings.note(),
        };
        Face {
            role,
            prominence: match latest {
                Some(_) if charge => Prominence::Leading,
                Some(_) => Prominence::Striving,
                None => Prominence::Plain,
            },
            headline: Some(("in doubt", self.holdings.in_doubt.len() as u64)),
            strip,
            strip_start,
            ring: latest.map(|(_, doubt)| if doubt.told.is_some() { "poll" } else { "silence" }),
            badge: if latest.is_some() { Some("LOCKED") } else { log::badge(&self.log) },
            note,
            ..Face::default()
        }
    }
}

impl Participant {
    /// Phase one.
    fn on_prepare(&mut self, from: NodeId, txn: Txn, key: Text, value: Text, cx: &mut Cx<ThreePhaseCommit>) {
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
        cx.line(Line::VoteYes);
        self.log.push(Record::Ready { txn, key: key.clone(), value: value.clone() });
        self.holdings.in_doubt.insert(txn, doubt(key, value, cx.clock(), false));
        cx.send(from, Msg::Vote { txn, yes: true });
        self.wait(txn, cx);
    }

    /// Phase two: all have voted yes.
    fn on_pre_commit(&mut self, from: NodeId, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        if self.holdings.in_doubt.contains_key(&txn) {
            cx.line(Line::Acknowledge);
            self.pre_commit(txn);
            self.wait(txn, cx);
        }
        cx.send(from, Msg::Ack { txn });
    }

    fn pre_commit(&mut self, txn: Txn) {
        if let Some(doubt) = self.holdings.in_doubt.get_mut(&txn)
            && doubt.stage == Stage::Waiting
        {
            doubt.stage = Stage::PreCommitted;
            self.log.push(Record::PreCommitted { txn });
        }
    }

    /// Phase three.
    fn on_decision(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<ThreePhaseCommit>) {
        if self.holdings.in_doubt.contains_key(&txn) {
            cx.line(if outcome == Outcome::Committed { Line::ObeyCommit } else { Line::ObeyAbort });
            self.settle(txn, outcome, cx);
        } else if log::outcome(&self.log, txn).is_none() {
            self.log.push(Record::Decided { txn, outcome: Outcome::Aborted }); // it never voted yes
        }
    }

    fn settle(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<ThreePhaseCommit>) {
        if self.holdings.settle(txn, outcome).is_none() {
            return;
        }
        self.log.push(Record::Decided { txn, outcome });
        for timer in [Timer::Silence(txn), Timer::Poll(txn), Timer::Acks(txn)] {
            cx.cancel_timer(timer);
        }
    }

    /// Nobody is in charge, as it seems: ask how far everybody is.
    fn poll(&mut self, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        let Some(doubt) = self.holdings.in_doubt.get_mut(&txn) else { return };
        cx.line(Line::Ask);
        doubt.told = Some(Map::new());
        let me = cx.me;
        for &other in self.settings.coordinators.iter().chain(&self.settings.participants).filter(|other| **other != me)
        {
            cx.send(other, Msg::Ask { txn });
        }
        let patience = self.settings.config.answer_timeout;
        cx.set_timer(Timer::Poll(txn), patience..patience);
    }

    /// Somebody asks. Whoever has not voted refuses to, now.
    fn on_ask(&mut self, from: NodeId, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        if let Some(doubt) = self.holdings.in_doubt.get(&txn) {
            return cx.send(from, Msg::Tell { txn, stage: doubt.stage, recovered: doubt.recovered });
        }
        let outcome = log::outcome(&self.log, txn).unwrap_or_else(|| {
            cx.line(Line::RefuseForOther);
            self.log.push(Record::Decided { txn, outcome: Outcome::Aborted });
            Outcome::Aborted
        });
        cx.line(Line::Help);
        cx.send(from, Msg::Decision { txn, outcome });
    }

    /// All that are up have told. The first of those that were up all the time takes over; if there are none, because
    /// all were down, the first of all, once all are back.
    fn judge(&mut self, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        let everybody = self.settings.participants.len();
        let Some(doubt) = self.holdings.in_doubt.get_mut(&txn) else { return };
        let mut told = doubt.told.take().unwrap_or_default();
        told.insert(cx.me, (doubt.stage, doubt.recovered));
        let all_were_down = told.values().all(|(_, recovered)| *recovered) && told.len() == everybody;
        told.retain(|_, (_, recovered)| all_were_down || !*recovered);
        if told.keys().next() != Some(&cx.me) {
            cx.line(Line::LeaveIt);
            return self.wait(txn, cx);
        }
        cx.line(Line::TakeOver);
        if told.values().all(|(stage, _)| *stage == Stage::Waiting) {
            cx.line(Line::NobodyKnows);
            return self.end(txn, Outcome::Aborted, cx);
        }
        cx.line(Line::SomebodyKnows);
        doubt.acked = Some(Set::from([cx.me]));
        self.pre_commit(txn);
        self.broadcast(txn, &Msg::PreCommit { txn }, cx);
        cx.cancel_timer(Timer::Silence(txn));
        let patience = self.settings.config.answer_timeout;
        cx.set_timer(Timer::Acks(txn), patience..patience);
        self.count_acks(txn, cx);
    }

    fn count_acks(&mut self, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        let acked = self.holdings.in_doubt.get(&txn).and_then(|doubt| doubt.acked.as_ref());
        if acked.is_some_and(|acked| acked.len() == self.settings.participants.len()) {
            self.end(txn, Outcome::Committed, cx);
        }
    }

    /// In charge, and sure: decide, and tell everybody.
    fn end(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<ThreePhaseCommit>) {
        self.settle(txn, outcome, cx);
        self.broadcast(txn, &Msg::Decision { txn, outcome }, cx);
        for &coordinator in &self.settings.coordinators {
            cx.send(coordinator, Msg::Decision { txn, outcome });
        }
    }

    fn wait(&self, txn: Txn, cx: &mut Cx<ThreePhaseCommit>) {
        let patience = self.settings.silence();
        cx.set_timer(Timer::Silence(txn), patience..patience);
    }

    fn broadcast(&mut self, txn: Txn, msg: &Msg, cx: &mut Cx<ThreePhaseCommit>) {
        self.outbox.broadcast(txn, msg, &self.settings, cx);
    }

    /// What the log says: what is committed, and what is in doubt.
    fn recover(&mut self, since: Time) {
        for record in self.log.iter() {
            match record {
                Record::Ready { txn, key, value } => {
                    self.holdings.in_doubt.insert(*txn, doubt(key.clone(), value.clone(), since, true));
                }
                Record::PreCommitted { txn } => {
                    if let Some(doubt) = self.holdings.in_doubt.get_mut(txn) {
                        doubt.stage = Stage::PreCommitted;
                    }
                }
                Record::Decided { txn, outcome } => {
                    self.holdings.settle(*txn, *outcome);
                }
            }
        }
    }

    /// The transactions it voted yes for, and whose outcome it does not know.
    pub fn in_doubt(&self) -> &Map<Txn, Doubt> {
        &self.holdings.in_doubt
    }
    /// What was committed under a key.
    pub fn value(&self, key: &str) -> Option<&Text> {
        self.holdings.value(key)
    }
    /// The longest that it has been in doubt, when its clock says `now`.
    pub fn window(&self, now: Time) -> Span {
        self.holdings.window(now)
    }
    /// The last transaction whose end it knows, and how it ended.
    pub fn last(&self) -> Option<(Txn, Outcome)> {
        log::last(&self.log)
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn doubt(key: Text, value: Text, since: Time, recovered: bool) -> Doubt {
    Doubt { key, value, stage: Stage::Waiting, since, recovered, told: None, acked: None }
}
