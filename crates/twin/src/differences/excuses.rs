//! Where the states of the two may differ, which depends on what has happened in the run.

use super::Said;
use crate::{Role, State};
use netsplit_protocols::raft::{Configuration, Msg, Term};
use netsplit_sim::NodeId;
use raft::eraftpb::Message;
use std::collections::{BTreeMap, BTreeSet};

/// What must be remembered of a run to know where the two may differ.
#[derive(Default)]
pub(crate) struct Excuses {
    /// What each candidate was answered, at first, in its latest election.
    ballots: BTreeMap<NodeId, BTreeMap<NodeId, bool>>,
    /// Who was asked for a vote when it knew the leader of the term, and had not voted.
    late: BTreeSet<(NodeId, Term)>,
}

impl Excuses {
    /// A message is about to be delivered to a server in this state. Whether it may be.
    pub fn delivered(&mut self, from: NodeId, to: NodeId, msg: &Msg, message: &Message, state: &State) -> bool {
        match msg {
            Msg::RequestVote(ask) if ask.term == state.term && state.leader.is_some() && state.voted_for.is_none() => {
                self.late.insert((to, ask.term));
            }
            Msg::RequestVoteReply(reply) if reply.term == state.term && state.role == Role::Candidate => {
                self.ballots.entry(to).or_default().entry(from).or_insert(reply.vote_granted);
            }
            Msg::RequestPreVoteReply(reply) if reply.term <= state.term => {
                if message.term < state.term || self.ballots.get(&to).is_some_and(|answers| answers.contains_key(&from))
                {
                    return false;
                }
                if state.role == Role::PreCandidate {
                    self.ballots.entry(to).or_default().insert(from, reply.vote_granted);
                }
            }
            _ => {}
        }
        true
    }
    /// A server said this: with the question begins an election.
    pub fn said(&mut self, node: NodeId, said: &[Said]) {
        if said.iter().any(|said| matches!(said, Said::Asks(..) | Said::AsksFirst(..))) {
            self.ballots.remove(&node);
        }
    }
    /// Whether a server's vote in a term may differ.
    fn late(&self, node: NodeId, term: Term) -> bool {
        self.late.contains(&(node, term))
    }
    /// Whether so many refused that a candidate cannot win.
    fn lost(&self, node: NodeId, configuration: &Configuration) -> bool {
        let refused = |server| self.ballots.get(&node).is_some_and(|answers| answers.get(&server) == Some(&false));
        !configuration.decided(|server| !refused(server))
    }
    /// What is different in the states of a server, if anything that may not be.
    pub fn compare(&self, node: NodeId, ours: &State, theirs: &State) -> Result<(), String> {
        let mut even = theirs.clone();
        if self.late(node, ours.term) {
            even.voted_for = ours.voted_for;
        }
        let campaigns = matches!(ours.role, Role::Candidate | Role::PreCandidate);
        if campaigns && theirs.role == Role::Follower && theirs.leader.is_none() && self.lost(node, &ours.configuration)
        {
            even.role = ours.role;
        }
        if *ours == even { Ok(()) } else { Err(format!("ours: {ours:?}\n  theirs: {theirs:?}")) }
    }
    /// What is different in what a server said, if anything that may not be.
    pub fn compare_said(&self, node: NodeId, ours: &[Said], theirs: &[Said]) -> Result<(), String> {
        let counts = |said: &&Said| !matches!(said, Said::Votes(_, term, _) if self.late(node, *term));
        if ours.iter().filter(counts).eq(theirs.iter().filter(counts)) {
            Ok(())
        } else {
            Err(format!("ours says: {ours:?}\n  theirs says: {theirs:?}"))
        }
    }
    /// Whether only theirs may have started a server's election timer anew.
    pub fn timer(&self, node: NodeId, term_before: Term, now: &State) -> bool {
        now.term > term_before || self.lost(node, &now.configuration)
    }
}

/// Whether only ours gave its vote: a late one, if it was excused.
pub(crate) fn late_vote(ours: &[Said], theirs: &[Said]) -> bool {
    let voted = |said: &[Said]| said.iter().any(|said| matches!(said, Said::Votes(_, _, true)));
    voted(ours) && !voted(theirs)
}
