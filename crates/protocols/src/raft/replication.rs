//! What the leader's log says becomes everyone's: replication (§5.3) and commitment (§5.3, §5.4.2).

use super::server::{Asker, Disk, Peer, Role, Server, Waiting, answer};
use super::snapshot::send_snapshot;
use super::{AppendEntries, AppendEntriesReply, Bug, Command, Entry, Index, Line, Raft, Ret, Settings};
use netsplit_sim::digest::Added;
use netsplit_sim::{Cx, NodeId, OpId};

impl Server {
    /// Leaders, second rule; the client is answered once its command is applied. Others know at best who leads (§8).
    pub(super) fn on_command(&mut self, asker: Asker, id: OpId, command: Command, cx: &mut Cx<Raft>) {
        let successor = self.transfer.map(|transfer| transfer.to);
        if !self.is_leader() || successor.is_some() {
            cx.line(Line::RefuseClient);
            return answer(asker, id, Ret::NotLeader { hint: successor.or(self.leader_id) }, cx);
        }
        cx.line(Line::AppendCommand);
        self.disk.log.push(Entry { term: self.disk.current_term, command });
        self.waiting.push_back(Waiting { index: self.disk.log.last_index(), id, asker });
        self.send_what_is_new(cx);
        self.advance_commit(cx); // in a cluster of one, storing it is enough
    }

    /// Leaders, third rule: followers get what they lack, unless an answer is outstanding.
    pub(super) fn send_what_is_new(&mut self, cx: &mut Cx<Raft>) {
        let Role::Leader { peers } = &mut self.role else {
            return;
        };
        for peer in peers {
            if peer.sent_index < peer.next_index && self.disk.log.last_index() >= peer.next_index {
                cx.line(Line::SendEntries);
                send_entries(&self.disk, &self.settings, (self.commit_index, self.queries.round), peer, cx);
            }
        }
    }

    /// A message to every follower, empty where there is nothing to send or to repeat.
    pub(super) fn send_to_all(&mut self, cx: &mut Cx<Raft>) {
        let Role::Leader { peers } = &mut self.role else {
            return;
        };
        for peer in peers {
            send_entries(&self.disk, &self.settings, (self.commit_index, self.queries.round), peer, cx);
        }
    }

    /// AppendEntries RPC, receiver.
    pub(super) fn on_append_entries(&mut self, from: NodeId, msg: AppendEntries, cx: &mut Cx<Raft>) {
        let stale = msg.term < self.disk.current_term;
        // Rounds are counted anew in every term: one of an earlier term must not pass for one of this.
        let round = if stale { Added(0) } else { msg.round };
        let (success, last_index) = if stale {
            cx.line(Line::AppendStaleTerm);
            (false, 0)
        } else {
            self.follow(msg.leader_id, cx);
            self.append(msg, cx)
        };
        cx.send(from, AppendEntriesReply { term: self.disk.current_term, success, last_index, round });
    }

    /// The leader of this term spoke. Candidates, third rule: one that still asked for votes gives way.
    pub(super) fn follow(&mut self, leader: NodeId, cx: &mut Cx<Raft>) {
        if matches!(self.role, Role::Candidate { .. } | Role::PreCandidate { .. }) {
            cx.line(Line::GiveWay);
        }
        self.become_follower(cx);
        self.leader_id = Some(leader);
        self.reset_election_timer(cx);
        self.hear_leader(cx);
        self.end_transfer(leader, cx);
    }

    /// AppendEntries RPC, receiver, steps 2 to 5. Returns whether the logs are the same, and up to where they are or
    /// may be.
    fn append(&mut self, msg: AppendEntries, cx: &mut Cx<Raft>) -> (bool, Index) {
        let prev = msg.prev_log_index;
        let dropped = self.disk.log.base_index(); // what is committed, and so the same everywhere
        if prev >= dropped && self.disk.log.term_at(prev) != Some(msg.prev_log_term) {
            cx.line(Line::AppendNoMatch);
            return (false, self.disk.log.last_index().min(prev.saturating_sub(1)));
        }
        let last_new = prev + msg.entries.len() as Index;
        for (index, entry) in (prev + 1..).zip(msg.entries).skip_while(|(index, _)| *index <= dropped) {
            match self.disk.log.term_at(index) {
                Some(term) if term == entry.term => continue, // it has this one already
                Some(_) if self.settings.broken(Bug::NoConflictTruncation) => break,
                Some(_) => {
                    cx.line(Line::DeleteConflict);
                    self.truncate_from(index);
                }
                None => {}
            }
            cx.line(Line::AppendNew);
            let configures = matches!(entry.command, Command::Configure(_));
            self.disk.log.push(entry);
            if configures {
                cx.line(Line::AdoptConfiguration);
                self.adopt_latest_configuration();
            }
        }
        // A message that was overtaken may end before what is known to be committed: never back.
        let committed = msg.leader_commit.min(last_new);
        if committed > self.commit_index {
            cx.line(Line::FollowCommit);
            self.commit_index = committed;
            self.apply_committed(cx);
        }
        (true, last_new)
    }

    /// Whoever waits for a deleted entry waits on: some other server may have it still, and it may yet be committed.
    /// Only this server will not hear of it.
    fn truncate_from(&mut self, index: Index) {
        self.disk.log.truncate_from(index);
        self.waiting.retain(|waiting| waiting.index < index);
        if self.in_force.0.index >= index {
            self.adopt_latest_configuration();
        }
    }

    /// Leaders, third rule, what follows from the answers.
    pub(super) fn on_append_entries_reply(&mut self, from: NodeId, reply: AppendEntriesReply, cx: &mut Cx<Raft>) {
        if reply.term < self.disk.current_term {
            return; // meant for the leader of an earlier term
        }
        let Role::Leader { peers } = &mut self.role else {
            return;
        };
        let Some(peer) = peers.iter_mut().find(|peer| peer.server == from) else {
            return;
        };
        *peer.active = self.settings.config.check_quorum;
        let reached = reply.last_index.min(self.disk.log.last_index());
        if reply.success {
            cx.line(Line::FollowerHasThem);
            peer.match_index = peer.match_index.max(reached);
            peer.next_index = peer.next_index.max(reached + 1); // answers may overtake each other: never back
        } else {
            cx.line(Line::FollowerRefused);
            peer.next_index = peer.next_index.min(reached + 1);
            peer.sent_index = peer.next_index - 1;
        }
        if reply.success && reached > self.commit_index {
            self.advance_commit(cx);
        }
        self.send_what_is_new(cx);
        if self.catch_up.is_some() {
            self.end_round(cx);
        }
        if self.transfer.is_some_and(|transfer| transfer.to == from) {
            self.hand_over(cx);
        }
        self.round_answered(from, *reply.round, cx);
    }

    /// Leaders, fourth rule: what a majority has stored is committed, but only entries of the leader's own term are
    /// counted (§5.4.2, Figure 8); older ones come along below them. Terms never fall along a log, so if the highest
    /// index that a majority has is of an older term, so are all below it.
    pub(super) fn advance_commit(&mut self, cx: &mut Cx<Raft>) {
        let Role::Leader { peers } = &self.role else {
            return;
        };
        let stored = |server| match peers.iter().find(|peer| peer.server == server) {
            Some(peer) => peer.match_index,
            None => self.disk.log.last_index(), // its own
        };
        let n = self.configuration().agreed(stored);
        let own_term = self.disk.log.term_at(n) == Some(self.disk.current_term);
        if n > self.commit_index && (own_term || self.settings.broken(Bug::CommitOlderTerms)) {
            cx.line(Line::Commit);
            self.commit_index = n;
            self.apply_committed(cx);
            self.answer_queries(cx);
            if self.in_force.0.index > n {
                self.advance_commit(cx); // the second step of a change: fewer may have to store it
            }
        }
    }
}

/// Sends a follower the entries from its `next_index` on; none if it has them all.
fn send_entries(
    disk: &Disk,
    settings: &Settings,
    (commit_index, round): (Index, u64),
    peer: &mut Peer,
    cx: &mut Cx<Raft>,
) {
    if peer.next_index <= disk.log.base_index() {
        return send_snapshot(disk, peer, cx);
    }
    let prev_log_index = (peer.next_index - 1).min(disk.log.last_index());
    let entries = disk.log.from(prev_log_index + 1, settings.config.max_entries).to_vec();
    peer.sent_index = peer.sent_index.max(prev_log_index + entries.len() as Index);
    let msg = AppendEntries {
        term: disk.current_term,
        leader_id: cx.me,
        prev_log_index,
        prev_log_term: disk.log.term_at(prev_log_index).unwrap_or(0),
        entries,
        leader_commit: commit_index,
        round: Added(round),
    };
    cx.send(peer.server, msg);
}
