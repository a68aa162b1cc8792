//! PreVote (thesis, §9.6): a server that was cut off, and whose election timeout passed again and again, must not depose
//! the leader when it returns. So before it raises its term it asks whether it could win at all. Nobody would vote for it
//! who has a newer log, or who hears a leader; and without a majority it stays in its term.

use super::server::{Role, Server};
use super::{Line, Raft, RequestPreVote, RequestPreVoteReply};
use netsplit_sim::ordered::Set;
use netsplit_sim::{Cx, NodeId};

impl Server {
    /// What precedes an election.
    pub(super) fn ask_for_pre_votes(&mut self, cx: &mut Cx<Raft>) {
        cx.line(Line::AskForPreVotes);
        self.leader_id = None;
        self.role = Role::PreCandidate { votes: Set::from([cx.me]) };
        self.reset_election_timer(cx);
        let ask = RequestPreVote {
            next_term: self.disk.current_term + 1,
            last_log_index: self.disk.log.last_index(),
            last_log_term: self.disk.log.last_term(),
        };
        for server in self.configuration().others(cx.me) {
            cx.send(server, ask.clone());
        }
        self.count_pre_votes(cx); // in a cluster of one, its own is enough
    }

    /// RequestPreVote RPC, receiver. Nothing changes here, neither the term nor the vote nor the timer: whoever asks may
    /// be told yes by any number of servers, and any number may be told yes by one.
    pub(super) fn on_request_pre_vote(&mut self, from: NodeId, ask: RequestPreVote, cx: &mut Cx<Raft>) {
        let vote_granted = self.would_vote(&ask, cx);
        cx.send(from, RequestPreVoteReply { term: self.disk.current_term, vote_granted });
    }

    fn would_vote(&self, ask: &RequestPreVote, cx: &mut Cx<Raft>) -> bool {
        if self.hears_leader() {
            cx.line(Line::PreVoteLeaderAlive);
            return false;
        }
        let log = (ask.last_log_term, ask.last_log_index);
        let would = ask.next_term > self.disk.current_term && self.is_up_to_date(log);
        cx.line(if would { Line::PreVoteGranted } else { Line::PreVoteRefused });
        would
    }

    /// Somebody would vote for it, or would not. (A term beyond its own has made it a follower by now.)
    pub(super) fn on_request_pre_vote_reply(&mut self, from: NodeId, reply: RequestPreVoteReply, cx: &mut Cx<Raft>) {
        if let Role::PreCandidate { votes } = &mut self.role
            && reply.vote_granted
        {
            votes.insert(from);
            self.count_pre_votes(cx);
        }
    }

    fn count_pre_votes(&mut self, cx: &mut Cx<Raft>) {
        if let Role::PreCandidate { votes } = &self.role
            && self.configuration().decided(|server| votes.contains(&server))
        {
            cx.line(Line::WinPreVote);
            self.start_election(false, cx);
        }
    }
}
