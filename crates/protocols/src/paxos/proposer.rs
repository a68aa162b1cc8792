//! The proposer: leads a ballot through its two phases, and tries again with a higher number.

use super::{Ballot, Bug, Line, Msg, Paxos, Proposal, Server, Timer};
use netsplit_sim::ordered::Set;
use netsplit_sim::{Cx, NodeId};
use serde::Serialize;

/// What a server is doing as a proposer.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Nothing.
    Idle,
    /// Phase 1: it collects promises.
    Preparing {
        /// Its ballot.
        ballot: Ballot,
        /// Who promised.
        promises: Set<NodeId>,
        /// Of what they have accepted, that of the highest ballot.
        highest: Option<Proposal>,
    },
    /// Phase 2: it has put a value to the vote.
    Proposing(Proposal),
    /// It has failed, and waits before it tries again.
    BackingOff,
}

impl Server {
    /// Phase 1a: a ballot above all it has begun or heard of. Its number is on the disk before anybody hears of it.
    pub(super) fn prepare(&mut self, cx: &mut Cx<Paxos>) {
        cx.line(Line::Prepare);
        cx.cancel_timer(Timer::Begin);
        self.disk.round = self.disk.round.max(self.heard) + 1;
        let ballot = Ballot { round: self.disk.round, server: cx.me };
        self.phase = Phase::Preparing { ballot, promises: Set::new(), highest: None };
        for other in self.settings.others(cx.me) {
            cx.send(other, Msg::Prepare { ballot });
        }
        let patience = self.settings.config.timeout;
        cx.set_timer(Timer::Ballot, patience..patience);
        self.promise(ballot); // no promise of its own is higher: it has heard of those
        self.on_promise(cx.me, ballot, self.disk.accepted.clone(), cx);
    }

    /// With the promises of a majority, phase 2a: the value of the highest ballot that any of them has voted in; its own
    /// value if none has.
    pub(super) fn on_promise(&mut self, from: NodeId, of: Ballot, accepted: Option<Proposal>, cx: &mut Cx<Paxos>) {
        let Phase::Preparing { ballot, promises, highest } = &mut self.phase else { return };
        let ballot = *ballot;
        if of != ballot {
            return; // the answer to an earlier one
        }
        promises.insert(from);
        *highest = highest.take().max(accepted);
        if promises.len() < self.settings.quorum() {
            return cx.line(Line::CountPromise);
        }
        let found = highest.take().map(|highest| highest.value).filter(|_| !self.settings.broken(Bug::OwnValue));
        cx.line(if found.is_some() { Line::TakeOver } else { Line::OwnValue });
        let value = found.unwrap_or_else(|| self.wish());
        self.propose(Proposal { ballot, value }, cx);
    }

    /// Phase 2a. It has a vote itself, unless it has promised it away meanwhile.
    fn propose(&mut self, proposal: Proposal, cx: &mut Cx<Paxos>) {
        for other in self.settings.others(cx.me) {
            cx.send(other, Msg::Accept(proposal.clone()));
        }
        self.phase = Phase::Proposing(proposal.clone());
        match self.accept(&proposal) {
            Ok(()) => self.on_accepted(cx.me, proposal, cx),
            Err(promised) => self.on_nack(proposal.ballot, promised, cx),
        }
    }

    /// Somebody has begun a higher ballot.
    pub(super) fn on_nack(&mut self, of: Ballot, promised: Ballot, cx: &mut Cx<Paxos>) {
        self.heard = self.heard.max(promised.round);
        if self.ballot() == Some(of) {
            cx.line(Line::Outbid);
            self.back_off(cx);
        }
    }

    pub(super) fn back_off(&mut self, cx: &mut Cx<Paxos>) {
        self.phase = Phase::BackingOff;
        cx.cancel_timer(Timer::Ballot);
        let (least, most) = self.settings.config.back_off;
        cx.set_timer(Timer::Begin, least..most);
    }

    /// The ballot it leads, if it leads one.
    pub fn ballot(&self) -> Option<Ballot> {
        match &self.phase {
            Phase::Preparing { ballot, .. } => Some(*ballot),
            Phase::Proposing(proposal) => Some(proposal.ballot),
            Phase::Idle | Phase::BackingOff => None,
        }
    }

    /// How many servers have answered in this phase.
    pub(super) fn answers(&self) -> u64 {
        match &self.phase {
            Phase::Preparing { promises, .. } => promises.len() as u64,
            Phase::Proposing(put) => self.tally.votes(put.ballot) as u64,
            Phase::Idle | Phase::BackingOff => 0,
        }
    }
}
