//! Who leads: elections (§5.2), and what makes a candidate fit to lead (§5.4.1).

use super::server::{Peer, Role, Server};
use super::{Bug, Command, Entry, Index, Line, Raft, RequestVote, RequestVoteReply, Term, Timer};
use netsplit_sim::digest::Added;
use netsplit_sim::ordered::Set;
use netsplit_sim::{Cx, NodeId};

impl Server {
    /// Followers, second rule, and candidates, fourth: nobody leads, as it seems.
    pub(super) fn on_election_timeout(&mut self, cx: &mut Cx<Raft>) {
        if self.is_leader() {
            return self.check_quorum(cx);
        }
        if self.is_outside() {
            cx.line(Line::StayOutside);
            self.leader_id = None;
            *self.hears_leader = false;
            return self.reset_election_timer(cx);
        }
        cx.line(match self.role {
            Role::Candidate { .. } | Role::PreCandidate { .. } => Line::ElectionTimedOut,
            Role::Follower | Role::Leader { .. } => Line::NoLeaderHeard,
        });
        *self.hears_leader = false;
        if self.settings.config.pre_vote {
            return self.ask_for_pre_votes(cx);
        }
        self.start_election(false, cx);
    }

    /// Candidates, first rule. It disrupts a leader if that leader told it to.
    pub(super) fn start_election(&mut self, disrupt: bool, cx: &mut Cx<Raft>) {
        cx.line(Line::RaiseTerm);
        self.disk.current_term += 1;
        self.leader_id = None;
        cx.line(Line::VoteForSelf);
        self.disk.voted_for = Some(cx.me);
        self.role = Role::Candidate { votes: Set::from([cx.me]) };
        cx.line(Line::ResetTimer);
        self.reset_election_timer(cx);
        cx.line(Line::AskForVotes);
        let ask = RequestVote {
            term: self.disk.current_term,
            candidate_id: cx.me,
            last_log_index: self.disk.log.last_index(),
            last_log_term: self.disk.log.last_term(),
            disrupt: Added(disrupt),
        };
        for server in self.configuration().others(cx.me) {
            cx.send(server, ask.clone());
        }
        self.count_votes(cx); // in a cluster of one, its own is enough
    }

    /// RequestVote RPC, receiver.
    pub(super) fn on_request_vote(&mut self, from: NodeId, ask: RequestVote, cx: &mut Cx<Raft>) {
        let vote_granted = self.may_vote(&ask, cx);
        if vote_granted {
            self.disk.voted_for = Some(ask.candidate_id);
            self.reset_election_timer(cx);
        }
        cx.send(from, RequestVoteReply { term: self.disk.current_term, vote_granted });
    }

    fn may_vote(&self, ask: &RequestVote, cx: &mut Cx<Raft>) -> bool {
        if ask.term < self.disk.current_term {
            cx.line(Line::VoteStaleTerm);
            return false;
        }
        if self.disk.voted_for.is_some_and(|candidate| candidate != ask.candidate_id) {
            cx.line(Line::VoteTaken);
            return false;
        }
        if !self.is_up_to_date((ask.last_log_term, ask.last_log_index)) {
            cx.line(Line::VoteOlderLog);
            return false;
        }
        cx.line(Line::VoteGranted);
        true
    }

    /// §5.4.1: of two logs, the one whose last entry has the later term is newer; if these are equal, the longer. Whether
    /// a candidate's, given by its last entry, is as new as one's own.
    pub(super) fn is_up_to_date(&self, theirs: (Term, Index)) -> bool {
        let own = (self.disk.log.last_term(), self.disk.log.last_index());
        theirs >= own || self.settings.broken(Bug::NoUpToDateCheck)
    }

    /// A vote came in, or a refusal, or something that was meant for an election long over.
    pub(super) fn on_request_vote_reply(&mut self, from: NodeId, reply: RequestVoteReply, cx: &mut Cx<Raft>) {
        if reply.term < self.disk.current_term || !reply.vote_granted {
            return;
        }
        if let Role::Candidate { votes } = &mut self.role {
            votes.insert(from);
            self.count_votes(cx);
        }
    }

    /// Candidates, second rule.
    fn count_votes(&mut self, cx: &mut Cx<Raft>) {
        if let Role::Candidate { votes } = &self.role
            && self.configuration().decided(|server| votes.contains(&server))
        {
            cx.line(Line::WinElection);
            self.lead(cx);
        }
    }

    /// Leaders, first rule: heartbeats at once, so that nobody else starts an election. (Leadership begins with nothing
    /// known of the others' logs: `next_index` is a guess, `match_index` is certain.)
    fn lead(&mut self, cx: &mut Cx<Raft>) {
        let next_index = self.disk.log.last_index() + 1;
        let peer = |server| Peer { server, next_index, match_index: 0, sent_index: 0, active: Added(false) };
        self.role = Role::Leader { peers: self.configuration().others(cx.me).map(peer).collect() };
        self.leader_id = Some(cx.me);
        self.end_transfer(cx.me, cx);
        match self.settings.config.check_quorum {
            true => self.reset_election_timer(cx),
            false => cx.cancel_timer(Timer::Election),
        }
        if self.settings.config.noop_on_election || self.in_force.0.index > self.commit_index {
            cx.line(Line::AppendNoop);
            self.disk.log.push(Entry { term: self.disk.current_term, command: Command::Noop });
        }
        self.on_heartbeat(cx);
        self.resume_change(cx);
        self.advance_commit(cx); // in a cluster of one, what it has is committed
    }

    /// Leaders, first rule, from then on.
    pub(super) fn on_heartbeat(&mut self, cx: &mut Cx<Raft>) {
        cx.line(Line::Heartbeat);
        let every = self.settings.config.heartbeat;
        cx.set_timer(Timer::Heartbeat, every..every);
        self.send_to_all(cx);
    }
}
