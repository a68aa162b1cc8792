//! Leadership transfer (thesis, §3.10): a leader that is to be shut down, or that is far from its clients, hands over to a
//! server of somebody's choice. The cluster is without a leader for one election and not for an election timeout before it.
//!
//! The leader brings the target's log up to its own and tells it to stand for election at once: TimeoutNow has the effect
//! of an election timeout there. Nobody else is likely to stand, and the target's log is as new as any. If it does not lead
//! within an election timeout all the same, the old leader, if it leads still, takes commands again.

use super::server::{Asker, Role, Server, answer};
use super::{Line, Raft, Ret, TimeoutNow, Timer};
use netsplit_sim::{Cx, NodeId, OpId};
use serde::Serialize;

/// A transfer that is under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Transfer {
    /// Who shall lead.
    pub to: NodeId,
    /// The operation that asked for it.
    pub(super) id: OpId,
}

impl Server {
    /// Somebody at this server asks for it.
    pub(super) fn on_transfer(&mut self, id: OpId, to: NodeId, cx: &mut Cx<Raft>) {
        if let Err(ret) = self.can_transfer(to, cx.me) {
            cx.line(Line::RefuseClient);
            return answer(Asker::Here, id, ret, cx);
        }
        cx.line(Line::BeginTransfer);
        *self.transfer = Some(Transfer { to, id });
        let (shortest, _) = self.settings.config.election_timeout;
        cx.set_timer(Timer::Transfer, shortest..shortest);
        if to == cx.me {
            return self.end_transfer(to, cx);
        }
        self.hand_over(cx);
    }

    fn can_transfer(&self, to: NodeId, me: NodeId) -> Result<(), Ret> {
        match &self.role {
            _ if self.catch_up.is_some() => Err(Ret::refused("the set of servers is being changed")),
            _ if self.transfer.is_some() => Err(Ret::refused("another transfer is under way")),
            Role::Leader { .. } if to == me => Ok(()),
            Role::Leader { .. } if self.configuration().has(to) => Ok(()),
            Role::Leader { .. } => Err(Ret::refused("that is no server of this cluster")),
            _ => Err(Ret::NotLeader { hint: self.leader_id }),
        }
    }

    /// With the same log as the leader, the target can win; TimeoutNow is repeated with every answer of the target, for it
    /// may be lost, and whoever has obeyed it is in a later term.
    pub(super) fn hand_over(&self, cx: &mut Cx<Raft>) {
        let (Some(Transfer { to, .. }), Role::Leader { peers }) = (*self.transfer, &self.role) else {
            return;
        };
        let ready = |peer: &&super::Peer| peer.server == to && peer.match_index == self.disk.log.last_index();
        if peers.iter().any(|peer| ready(&peer)) {
            cx.line(Line::SendTimeoutNow);
            cx.send(to, TimeoutNow { term: self.disk.current_term });
        }
    }

    /// TimeoutNow RPC, receiver.
    pub(super) fn on_timeout_now(&mut self, msg: TimeoutNow, cx: &mut Cx<Raft>) {
        if msg.term == self.disk.current_term && !self.is_leader() {
            cx.line(Line::ObeyTimeoutNow);
            *self.hears_leader = false;
            self.start_election(true, cx);
        }
    }

    /// Whoever wanted the transfer hears who leads now.
    pub(super) fn end_transfer(&mut self, leader: NodeId, cx: &mut Cx<Raft>) {
        let Some(Transfer { to, id }) = self.transfer.take() else {
            return;
        };
        cx.line(Line::EndTransfer);
        cx.cancel_timer(Timer::Transfer);
        let ret = if leader == to { Ret::Ok } else { Ret::refused("another server leads now") };
        answer(Asker::Here, id, ret, cx);
    }

    /// It took too long.
    pub(super) fn abort_transfer(&mut self, cx: &mut Cx<Raft>) {
        if let Some(Transfer { id, .. }) = self.transfer.take() {
            cx.line(Line::AbortTransfer);
            answer(Asker::Here, id, Ret::refused("nobody took over in time"), cx);
        }
    }
}
