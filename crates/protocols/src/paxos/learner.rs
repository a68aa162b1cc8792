//! The learner: counts who accepted what, or is told by one that counted.

use super::{Ballot, Line, Msg, Paxos, Phase, Proposal, Ret, Server, Timer};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cx, NodeId};
use serde::Serialize;

/// Who accepted in which ballot, as a proposer heard it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Tally(Map<Ballot, Set<NodeId>>);

impl Tally {
    /// One more has accepted. How many have now, in this ballot?
    pub(super) fn count(&mut self, from: NodeId, ballot: Ballot) -> usize {
        let voters = self.0.entry(ballot).or_default();
        voters.insert(from);
        voters.len()
    }
    /// How many are known to have accepted in a ballot.
    pub fn votes(&self, ballot: Ballot) -> usize {
        self.0.get(&ballot).map_or(0, Set::len)
    }
}

impl Server {
    /// One more has accepted. If that makes a majority, the value is chosen: all are told. It may be an earlier ballot
    /// that turns out to have succeeded after all.
    pub(super) fn on_accepted(&mut self, from: NodeId, proposal: Proposal, cx: &mut Cx<Paxos>) {
        if self.learned.is_some() {
            return;
        }
        cx.line(Line::CountAccepted);
        if self.tally.count(from, proposal.ballot) < self.settings.quorum() {
            return;
        }
        cx.line(Line::Chosen);
        for other in self.settings.others(cx.me) {
            cx.send(other, Msg::Learn(proposal.clone()));
        }
        self.learn(proposal, cx);
    }

    /// Somebody has counted.
    pub(super) fn on_learn(&mut self, proposal: Proposal, cx: &mut Cx<Paxos>) {
        if self.learned.is_none() {
            cx.line(Line::Learn);
            self.learn(proposal, cx);
        }
    }

    fn learn(&mut self, proposal: Proposal, cx: &mut Cx<Paxos>) {
        for (id, _) in std::mem::take(&mut self.open) {
            cx.reply(id, Ret::Chosen(proposal.value.clone()));
        }
        self.learned = Some(proposal);
        self.phase = Phase::Idle;
        self.tally = Tally::default();
        cx.cancel_timer(Timer::Ballot);
        cx.cancel_timer(Timer::Begin);
    }
}
