//! What a server says to others, as far as both implementations have to say it.

use super::node;
use netsplit_protocols::raft::{Index, Msg, Raft, Term};
use netsplit_sim::{Effect, NodeId};
use raft::eraftpb::{Message, MessageType};

/// What a server said, as far as both have to say it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Said {
    /// It asked for a vote: its term, its last entry.
    Asks(NodeId, Term, (Index, Term)),
    /// It gave its vote, or refused it.
    Votes(NodeId, Term, bool),
    /// It asked whether it would get a vote, in this term: its last entry.
    AsksFirst(NodeId, Term, (Index, Term)),
    /// It said whether it would.
    WouldVote(NodeId, bool),
    /// It answered a leader: up to where the logs are the same, unless it refused.
    Answers(NodeId, Term, Option<Index>),
}

impl Said {
    /// What our server said, that now knows of commits up to an index.
    pub fn of_ours(effects: &[Effect<Raft>], commit: Index) -> Vec<Said> {
        let said = |effect: &Effect<Raft>| {
            let Effect::Send(to, msg) = effect else { return None };
            match msg {
                Msg::RequestVote(ask) => Some(Said::Asks(*to, ask.term, (ask.last_log_index, ask.last_log_term))),
                Msg::RequestVoteReply(reply) => Some(Said::Votes(*to, reply.term, reply.vote_granted)),
                Msg::AppendEntriesReply(reply) => {
                    Some(Said::Answers(*to, reply.term, reply.success.then_some(reply.last_index.max(commit))))
                }
                Msg::InstallSnapshotReply(reply) => {
                    Some(Said::Answers(*to, reply.term, Some(reply.last_index.max(commit))))
                }
                Msg::RequestPreVote(ask) => {
                    Some(Said::AsksFirst(*to, ask.next_term, (ask.last_log_index, ask.last_log_term)))
                }
                Msg::RequestPreVoteReply(reply) => Some(Said::WouldVote(*to, reply.vote_granted)),
                Msg::AppendEntries(_) | Msg::InstallSnapshot(_) | Msg::TimeoutNow(_) => None,
                Msg::Request(_) | Msg::Response(_) | Msg::SessionExpired(_) => None,
                Msg::RegisterClient(_) | Msg::RegisterClientReply(_) | Msg::ClientRequest(_) | Msg::ClientQuery(_) => {
                    None
                }
            }
        };
        sorted(effects.iter().filter_map(said))
    }
    /// What their server said, that now knows of commits up to an index.
    pub fn of_theirs(messages: &[Message], commit: Index) -> Vec<Said> {
        let said = |message: &Message| {
            let (to, term) = (node(message.to)?, message.term);
            match message.get_msg_type() {
                MessageType::MsgRequestVote => Some(Said::Asks(to, term, (message.index, message.log_term))),
                MessageType::MsgRequestVoteResponse => Some(Said::Votes(to, term, !message.reject)),
                MessageType::MsgAppendResponse => {
                    Some(Said::Answers(to, term, (!message.reject).then_some(message.index.max(commit))))
                }
                MessageType::MsgRequestPreVote => Some(Said::AsksFirst(to, term, (message.index, message.log_term))),
                MessageType::MsgRequestPreVoteResponse => Some(Said::WouldVote(to, !message.reject)),
                MessageType::MsgHeartbeatResponse => Some(Said::Answers(to, term, Some(commit))),
                _ => None,
            }
        };
        sorted(messages.iter().filter_map(said))
    }
    /// Whether both have to answer a message alike, given the receiver's term.
    pub fn comparable(msg: &Msg, term: Term, hears_leader: bool) -> bool {
        match msg {
            Msg::RequestVote(ask) => ask.term >= term,
            Msg::AppendEntries(append) => append.term >= term,
            Msg::InstallSnapshot(install) => install.term >= term,
            Msg::RequestPreVote(ask) => ask.next_term < term || (ask.next_term > term && !hears_leader),
            _ => true,
        }
    }
}

fn sorted(said: impl Iterator<Item = Said>) -> Vec<Said> {
    let mut said: Vec<Said> = said.collect();
    said.sort();
    said
}
