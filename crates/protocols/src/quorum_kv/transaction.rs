//! The strong mode: the key's first home is its primary copy, does everything in turn, and writes in transactions over
//! all homes, by two-phase commit (Gray 1978). What is common to atomic commitment is in `commit`.

use super::node::StoreNode;
use super::{Dot, How, Line, Msg, Op, QuorumKv, Ret, Siblings, Text, Trouble, Written};
use crate::shared::commit::{Outcome, Txn, log};
use crate::shared::kv;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cx, NodeId};
use serde::Serialize;

/// A record of a node's log.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Record {
    /// It can go either way, and is about to vote yes.
    Prepared {
        /// The transaction.
        txn: Txn,
        /// What it does.
        doubt: Doubt,
    },
    /// The transaction ended like this.
    Decided {
        /// The transaction.
        txn: Txn,
        /// How.
        outcome: Outcome,
    },
}

impl log::Record for Record {
    fn txn(&self) -> Txn {
        let (Record::Prepared { txn, .. } | Record::Decided { txn, .. }) = self;
        *txn
    }
    fn decided(&self) -> Option<Outcome> {
        match self {
            Record::Decided { outcome, .. } => Some(*outcome),
            Record::Prepared { .. } => None,
        }
    }
    fn letter(&self) -> char {
        match self {
            Record::Prepared { .. } => 'P',
            Record::Decided { outcome: Outcome::Committed, .. } => 'C',
            Record::Decided { outcome: Outcome::Aborted, .. } => 'A',
        }
    }
}

/// A transaction between the yes and the decision.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Doubt {
    /// Who decides.
    pub primary: NodeId,
    /// The key that it writes...
    pub key: Text,
    /// ...the name of the write...
    pub dot: Dot,
    /// ...and what is there then.
    pub siblings: Siblings,
}

/// What a primary waits for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Vote {
    client: NodeId,
    yes: Set<NodeId>,
    /// For how many ticks it has waited.
    ticks: u32,
}

/// A primary waits for votes for so many ticks.
const PATIENCE: u32 = 5;

impl StoreNode {
    pub(super) fn on_transaction(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<QuorumKv>) {
        match msg {
            Msg::Ask { id, op } => self.on_ask(from, id, op, cx),
            Msg::Prepare { txn, doubt } => self.on_prepare(from, txn, doubt, cx),
            Msg::Vote { txn, yes } => self.on_vote(from, txn, yes, cx),
            Msg::Decision { txn, outcome } => self.settle(txn, outcome, cx),
            Msg::Inquire { txn } => self.on_inquire(from, txn, cx),
            _ => {}
        }
    }

    // --- The primary

    /// A client asks. While the key is locked it has to ask again.
    fn on_ask(&mut self, client: NodeId, txn: Txn, op: Op, cx: &mut Cx<QuorumKv>) {
        match log::outcome(&self.disk.log, txn) {
            Some(outcome) => return self.tell(client, txn, outcome, cx),
            None if self.in_doubt.values().any(|doubt| doubt.key == *op.key()) => return cx.line(Line::Locked),
            None => {}
        }
        let here = self.siblings(op.key());
        let value = here.values().first().cloned();
        let refused = matches!(&op, Op::Cas { expect, .. } if value.as_ref() != Some(expect));
        if op.is_read() || refused {
            cx.line(Line::PrimaryReads);
            let found = value.map_or(kv::Ret::Absent, kv::Ret::Value);
            let ret = Ret::Key(if refused { kv::Ret::CasFailed } else { found });
            return cx.send(client, Msg::Told { id: txn, ret, how: How::Read(here.dots()) });
        }
        cx.line(Line::Prepare);
        let dot = Dot { writer: cx.me, number: self.disk.log.len() as u64 + 1 }; // the log only grows: no name comes twice
        let written = Written { stamp: cx.clock().0, value: op.value().cloned() };
        let key = op.key().clone();
        let doubt = Doubt { primary: cx.me, key, dot, siblings: Siblings::written(dot, written, here.known) };
        let me = cx.me;
        for home in self.settings.homes(&doubt.key).into_iter().filter(|home| *home != me) {
            cx.send(home, Msg::Prepare { txn, doubt: doubt.clone() });
        }
        self.prepare(txn, doubt);
        self.open.insert(txn, Vote { client, yes: Set::new(), ticks: 0 });
        self.on_vote(me, txn, true, cx);
    }

    /// One no is enough; a yes is one of many.
    fn on_vote(&mut self, from: NodeId, txn: Txn, yes: bool, cx: &mut Cx<QuorumKv>) {
        let Some(vote) = self.open.get_mut(&txn) else { return };
        vote.yes.insert(from);
        if !yes {
            cx.line(Line::OneNo);
            self.decide(txn, Outcome::Aborted, cx);
        } else if vote.yes.len() == self.settings.home_count() {
            cx.line(Line::AllYes);
            self.decide(txn, Outcome::Committed, cx);
        }
    }

    /// The decision is on the disk before anybody hears of it.
    fn decide(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<QuorumKv>) {
        let (Some(vote), Some(doubt)) = (self.open.remove(&txn), self.in_doubt.get(&txn)) else { return };
        let homes = self.settings.homes(&doubt.key);
        self.settle(txn, outcome, cx);
        let me = cx.me;
        for home in homes.into_iter().filter(|home| *home != me) {
            cx.send(home, Msg::Decision { txn, outcome });
        }
        self.tell(vote.client, txn, outcome, cx);
    }

    fn tell(&self, client: NodeId, txn: Txn, outcome: Outcome, cx: &mut Cx<QuorumKv>) {
        let prepared = self.disk.log.iter().find_map(|record| match record {
            Record::Prepared { txn: other, doubt } if *other == txn => Some(doubt.dot),
            _ => None,
        });
        let (ret, how) = match (outcome, prepared) {
            (Outcome::Committed, Some(dot)) => (Ret::Key(kv::Ret::Ok), How::Wrote(dot)),
            _ => (Ret::Trouble(Trouble::Unavailable), How::GaveUp),
        };
        cx.send(client, Msg::Told { id: txn, ret, how });
    }

    /// Somebody is in doubt. What this node has not decided, and is not about to, it never will commit.
    fn on_inquire(&mut self, from: NodeId, txn: Txn, cx: &mut Cx<QuorumKv>) {
        if self.open.contains_key(&txn) {
            return; // it will know soon
        }
        cx.line(Line::Inform);
        let outcome = log::outcome(&self.disk.log, txn).unwrap_or(Outcome::Aborted);
        cx.send(from, Msg::Decision { txn, outcome });
    }

    // --- Every home

    fn on_prepare(&mut self, primary: NodeId, txn: Txn, doubt: Doubt, cx: &mut Cx<QuorumKv>) {
        let again = self.in_doubt.contains_key(&txn);
        let locked = self.in_doubt.values().any(|other| other.key == doubt.key);
        if !again && (locked || log::outcome(&self.disk.log, txn).is_some()) {
            cx.line(Line::VoteNo);
            return cx.send(primary, Msg::Vote { txn, yes: false });
        }
        cx.line(Line::VoteYes);
        if !again {
            self.prepare(txn, doubt);
        }
        cx.send(primary, Msg::Vote { txn, yes: true });
    }

    /// From here on it goes either way, and others decide.
    fn prepare(&mut self, txn: Txn, doubt: Doubt) {
        self.disk.log.push(Record::Prepared { txn, doubt: doubt.clone() });
        self.in_doubt.insert(txn, doubt);
    }

    /// It is decided.
    fn settle(&mut self, txn: Txn, outcome: Outcome, cx: &mut Cx<QuorumKv>) {
        let Some(doubt) = self.in_doubt.remove(&txn) else { return };
        cx.line(Line::Obey);
        self.disk.log.push(Record::Decided { txn, outcome });
        if outcome == Outcome::Committed {
            self.take(doubt.key, &doubt.siblings);
        }
    }

    /// Time passes: as a primary, wait for votes no longer; as another home, ask how it ended.
    pub(super) fn press(&mut self, cx: &mut Cx<QuorumKv>) {
        self.open.values_mut().for_each(|vote| vote.ticks += 1);
        let late = self.open.iter().filter(|(_, vote)| vote.ticks > PATIENCE).map(|(txn, _)| *txn);
        for txn in late.collect::<Vec<_>>() {
            cx.line(Line::VotesMissing);
            self.decide(txn, Outcome::Aborted, cx);
        }
        for (txn, doubt) in self.in_doubt.iter().filter(|(txn, _)| !self.open.contains_key(*txn)) {
            cx.line(Line::Inquire);
            cx.send(doubt.primary, Msg::Inquire { txn: *txn });
        }
    }

    /// What the log says is in doubt. As a primary, of votes it had asked for nothing is left: it gives up.
    pub(super) fn recover(&mut self, cx: &mut Cx<QuorumKv>) {
        let mut in_doubt = Map::new();
        for record in self.disk.log.iter() {
            match record {
                Record::Prepared { txn, doubt } => in_doubt.insert(*txn, doubt.clone()),
                Record::Decided { txn, .. } => in_doubt.remove(txn),
            };
        }
        self.in_doubt = in_doubt;
        let mine = self.in_doubt.iter().filter(|(_, doubt)| doubt.primary == cx.me).map(|(txn, _)| *txn);
        for txn in mine.collect::<Vec<_>>() {
            self.settle(txn, Outcome::Aborted, cx);
        }
    }
}
