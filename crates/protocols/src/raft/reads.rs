//! Reads that are not entries of the log (thesis, §6.4).
//!
//! A read changes nothing, so it need not stand in the log; but a leader that answers from its own store must know two
//! things. Does it know all that is committed? Not before an entry of its own term is: until then its commitIndex may lag
//! behind what earlier leaders have told clients. And does it still lead? Another may have been elected without its
//! knowledge, and have committed more. So it begins a round of heartbeats: if a majority answers in its term, nobody else
//! led when the round began. One round serves all reads that came before it.
//!
//! With a *lease* (§6.4.1) a round is good for some time: servers that hear a leader elect no other for the shortest
//! election timeout (check_quorum.rs). But they measure that by their clocks, and the leader by its own: the lease is
//! shorter by the bound on how much faster one clock runs than another. If a clock breaks that bound, a read can be stale.

use super::server::{Asker, Server, answer};
use super::{Bug, Index, Line, Raft, Reads, Ret};
use crate::shared::kv::Op;
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, NodeId, OpId, Span};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// What a leader knows of reads, and of who has followed it lately.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Queries {
    /// How many rounds of heartbeats have begun in its term.
    pub round: u64,
    /// The latest round that each server has answered.
    answered: Map<NodeId, u64>,
    /// The latest round that a majority has.
    confirmed: u64,
    /// When each later round began, by what its clock had counted; for leases.
    began: VecDeque<Span>,
    /// Until when it leads for sure, by the same...
    lease: Span,
    /// ...unless it has told another server to stand for election: voters do not cling to it then.
    surrendered: bool,
    /// Reads that wait for an answer.
    waiting: VecDeque<Query>,
}

/// A read on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    id: OpId,
    asker: Asker,
    query: Arc<Op>,
    /// What must have been applied; not known before an entry of this term is committed.
    read_index: Option<Index>,
    /// The round that must have been answered: one that begins after the read came.
    round: u64,
}

impl Server {
    /// ClientQuery RPC: a read that is not to go through the log.
    pub(super) fn on_query(&mut self, asker: Asker, id: OpId, query: Arc<Op>, cx: &mut Cx<Raft>) {
        if self.settings.config.reads == Reads::Stale {
            cx.line(Line::AnswerStale);
            return answer(asker, id, self.state_machine.query(&query), cx);
        }
        if !self.is_leader() {
            cx.line(Line::RefuseClient);
            return answer(asker, id, Ret::NotLeader { hint: self.leader_id }, cx);
        }
        let round = self.queries.round + 1;
        self.queries.waiting.push_back(Query { id, asker, query, read_index: None, round });
        self.answer_queries(cx);
    }

    /// Answers what can be answered, and begins a round for the rest if none is under way.
    pub(super) fn answer_queries(&mut self, cx: &mut Cx<Raft>) {
        if self.queries.waiting.is_empty() {
            return;
        }
        self.save_read_index(cx);
        let leads = self.queries.confirmed;
        let surely = self.holds_lease(cx) || self.settings.broken(Bug::StaleRead);
        while let Some(Query { id, asker, query, .. }) = self.queries.waiting.pop_front_if(|query| {
            let applied = query.read_index.is_some_and(|index| index <= self.last_applied);
            applied && (surely || query.round <= leads)
        }) {
            cx.line(Line::AnswerQuery);
            answer(asker, id, self.state_machine.query(&query), cx);
        }
        let Queries { round, confirmed, waiting, .. } = &*self.queries;
        if round == confirmed && waiting.back().is_some_and(|query| query.round > *round) {
            cx.line(Line::RoundForQueries);
            self.on_heartbeat(cx);
        }
    }

    /// ClientQuery RPC, steps 2 and 3.
    fn save_read_index(&mut self, cx: &mut Cx<Raft>) {
        if self.disk.log.term_at(self.commit_index) != Some(self.disk.current_term) {
            return;
        }
        for query in self.queries.waiting.iter_mut().rev().take_while(|query| query.read_index.is_none()) {
            cx.line(Line::SaveReadIndex);
            query.read_index = Some(self.commit_index);
        }
    }

    /// Heartbeats are about to be sent: answers to them tell that nobody led a later term when they were.
    pub(super) fn begin_round(&mut self, cx: &mut Cx<Raft>) {
        let reads = self.settings.config.reads;
        if matches!(reads, Reads::ReadIndex | Reads::Lease) {
            self.queries.round += 1;
            if reads == Reads::Lease {
                self.queries.began.push_back(cx.counted());
            }
            self.count_answers(cx); // in a cluster of one, its own is enough
        }
    }

    /// A server has answered what was sent in a round, or after it.
    pub(super) fn round_answered(&mut self, from: NodeId, round: u64, cx: &mut Cx<Raft>) {
        if round > self.queries.confirmed {
            let latest = self.queries.answered.entry(from).or_default();
            *latest = round.max(*latest);
            self.count_answers(cx);
        }
    }

    fn count_answers(&mut self, cx: &mut Cx<Raft>) {
        if !self.is_leader() {
            return;
        }
        let queries = &mut *self.queries;
        let confirmed = self.in_force.0.configuration.agreed(|server| match server == cx.me {
            true => queries.round,
            false => queries.answered.get(&server).copied().unwrap_or(0),
        });
        if confirmed <= queries.confirmed {
            return;
        }
        let news = usize::try_from(confirmed - queries.confirmed).unwrap_or(usize::MAX);
        queries.confirmed = confirmed;
        if let Some(began) = queries.began.drain(..news.min(queries.began.len())).next_back() {
            cx.line(Line::ExtendLease);
            queries.lease = began + self.settings.config.lease();
        }
        self.answer_queries(cx);
    }

    /// Whether nobody else can lead yet.
    fn holds_lease(&self, cx: &Cx<Raft>) -> bool {
        cx.counted() < self.queries.lease && !self.queries.surrendered
    }

    /// It tells another server to stand for election, now or whenever the message arrives.
    pub(super) fn surrender_lease(&mut self) {
        if self.settings.config.reads == Reads::Lease {
            self.queries.surrendered = true;
        }
    }

    /// It leads no longer: let clients ask another.
    pub(super) fn refuse_queries(&mut self, cx: &mut Cx<Raft>) {
        for Query { id, asker, .. } in std::mem::take(&mut *self.queries).waiting {
            cx.line(Line::RefuseQueries);
            answer(asker, id, Ret::NotLeader { hint: None }, cx);
        }
    }

    /// After a restart it cannot know whether it has just answered a leader that counts on it: leases forbid to vote then.
    pub(super) fn respect_leases(&mut self, cx: &mut Cx<Raft>) {
        if self.settings.config.reads == Reads::Lease && self.disk.current_term > 0 {
            self.hear_leader(cx);
        }
    }
}
