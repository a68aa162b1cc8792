//! The acceptor: promises, votes, and goes back on neither.

use super::{Ballot, Bug, Line, Msg, Paxos, Proposal, Server};
use netsplit_sim::{Cx, NodeId};

impl Server {
    /// Phase 1b. The same request may come twice: whoever has promised can promise it again.
    pub(super) fn on_prepare(&mut self, from: NodeId, ballot: Ballot, cx: &mut Cx<Paxos>) {
        self.heard = self.heard.max(ballot.round);
        if let Some(promised) = self.promised.filter(|promised| *promised > ballot) {
            cx.line(Line::RefusePrepare);
            return cx.send(from, Msg::Nack { ballot, promised });
        }
        cx.line(Line::Promise);
        self.promise(ballot);
        cx.send(from, Msg::Promise { ballot, accepted: self.disk.accepted.clone() });
    }

    /// To have no part any more in lower ballots. A disk takes it down before anybody hears of it.
    pub(super) fn promise(&mut self, ballot: Ballot) {
        self.promised = self.promised.max(Some(ballot));
        if !self.settings.broken(Bug::PromiseNotDurable) {
            self.disk.promised = self.promised;
        }
    }

    /// Phase 2b.
    pub(super) fn on_accept(&mut self, from: NodeId, proposal: Proposal, cx: &mut Cx<Paxos>) {
        match self.accept(&proposal) {
            Ok(()) => {
                cx.line(Line::Accept);
                cx.send(from, Msg::Accepted(proposal));
            }
            Err(promised) => {
                cx.line(Line::RefuseAccept);
                cx.send(from, Msg::Nack { ballot: proposal.ballot, promised });
            }
        }
    }

    /// Votes, unless a higher ballot is promised: then it says which.
    pub(super) fn accept(&mut self, proposal: &Proposal) -> Result<(), Ballot> {
        let above = self.promised.filter(|promised| *promised > proposal.ballot);
        if let Some(promised) = above.filter(|_| !self.settings.broken(Bug::AcceptsBelowPromise)) {
            return Err(promised);
        }
        self.promise(proposal.ballot);
        self.disk.accepted = Some(proposal.clone());
        Ok(())
    }
}
