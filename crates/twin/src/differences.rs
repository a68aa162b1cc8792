//! What raft-rs does differently on purpose, evened out one by one, so that whatever difference is left is a mistake.
//! Between the two stands this file alone.
//!
//! - **Names.** Their servers count from 1, and 0 is nobody. An entry of theirs is bytes; a no-op has none.
//! - **A no-op opens every term** (§8). Theirs always has it, ours if so set (`noop_on_election`): the twin sets it.
//! - **Heartbeats are messages of their own**, and say only what is committed and known to be stored ([`ours`]): for us
//!   an AppendEntries without entries that follows on the last of these. Its answer says nothing of the log.
//! - **What a crash leaves.** They store the commit index, Figure 2 does not: theirs forgets it at a restart too.
//! - **Votes carry the commit index**, so that candidates and voters learn of commits from each other. Figure 2 has no
//!   such thing: the fields are emptied ([`theirs`], [`plain`]).
//! - **A message that starts below the receiver's commit index** is dropped unread there, and answered by that index; a
//!   receiver of ours takes what is new in it. That part alone is given to both, which is the same message after what
//!   they have in common is left out ([`above`]). Where answers say how far the logs agree, at least the commit index is
//!   meant ([`Said::of_ours`], [`Said::of_theirs`]).
//! - **A message of an earlier term** is answered here, as Figure 2 has it, so that its sender learns of the new term;
//!   there only some are ([`Said::comparable`]). A vote refused for that reason is no vote in the new term ([`theirs`]).
//! - **A refusal says where to go on**: theirs by terms (their leader goes back a term at a time), ours where the log
//!   ends or else one entry earlier. Both only have to lead to where the logs meet; that it was refused must agree.
//! - **Which entries a leader sends when.** Theirs sends on without waiting for answers once a follower has matched, and
//!   every commit at once; ours waits for the answer, and tells of commits with the next message. So what is sent by
//!   leaders is not compared, but both are host in turn, and each must cope with the messages of the other.
//! - **An election that cannot be won any more** is given up there: the candidate is a follower again, in its term and
//!   with its vote. Ours counts votes, not refusals, and waits for its timer ([`Excuses::lost`]).
//! - **Who knows the leader of a term** has no vote to give there. Ours may give it as long as it has not; whoever asks
//!   comes too late anyhow, since the leader has a majority ([`Excuses::late`]).
//!   Should a majority change its mind about a PreVote, ours could still win: second answers are not delivered.
//! - **Who hears a leader** and is asked for a PreVote refuses here and is silent there ([`Said::comparable`]). There this
//!   needs CheckQuorum, here PreVote or CheckQuorum: the twin never has PreVote alone.
//! - **A PreVote for the term that one is in** is refused here, for nobody is to be elected in it any more; there it is
//!   answered as a vote would be ([`Said::comparable`]).
//! - **An answer to a PreVote** names the voter's term here, and the term asked about there if it is a yes. With that term
//!   gone by, theirs ignores it; ours counts it, which costs an election that cannot be won: it is not delivered.
//! - **A snapshot** is taken there when somebody says so: when ours takes one. That of a leader of theirs has no contents;
//!   our server is given the one that our server in its place has taken.
//! - **Timers.** Theirs draws from a random source of its own, and starts anew whenever the term rises; ours goes on
//!   then. What ours draws is set there, and how far it has run ([`Excuses::timer`]). When ours is started, so must be
//!   theirs, but for a late vote. A leader looks for its quorum when ours does, which draws that time too.

use crate::ours;
use crate::{Role, State};
use netsplit_protocols::raft::{
    AppendEntries, AppendEntriesReply, Command, Entry, Index, InstallSnapshot, Msg, Raft, RequestPreVote,
    RequestPreVoteReply, RequestVote, RequestVoteReply, Snapshot, Term, TimeoutNow,
};
use netsplit_sim::digest::Added;
use netsplit_sim::{Effect, NodeId};
use raft::CAMPAIGN_TRANSFER;
use raft::eraftpb::{self, ConfState, Message, MessageType};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Their name for a server.
pub(crate) fn id(node: NodeId) -> u64 {
    u64::from(node.0) + 1
}

/// Our name for a server of theirs.
pub(crate) fn node(id: u64) -> Option<NodeId> {
    Some(NodeId(u16::try_from(id.checked_sub(1)?).expect("one of a few servers")))
}

/// The servers as their set of members.
pub(crate) fn members(servers: &[NodeId]) -> ConfState {
    let voters: Vec<u64> = servers.iter().map(|server| id(*server)).collect();
    ConfState::from((voters, vec![]))
}

/// Our entry as one of theirs.
pub(crate) fn entry_of_theirs(index: Index, entry: &Entry) -> eraftpb::Entry {
    let data = ours::value(entry).map_or_else(Vec::new, String::into_bytes);
    eraftpb::Entry { term: entry.term, index, data: data.into(), ..eraftpb::Entry::default() }
}

/// The value of an entry of theirs.
pub(crate) fn value_of_theirs(entry: &eraftpb::Entry) -> Option<String> {
    (!entry.data.is_empty()).then(|| String::from_utf8_lossy(&entry.data).into_owned())
}

fn entry_of_ours(entry: &eraftpb::Entry) -> Entry {
    let command = value_of_theirs(entry).map_or(Command::Noop, |value| Command::Run(Arc::new(ours::command(&value))));
    Entry { term: entry.term, command }
}

/// What a message of ours is in their words; nothing if it is not for servers. The answer to a candidate
/// needs the term that was asked about, and a snapshot the members.
pub(crate) fn theirs(from: NodeId, to: NodeId, msg: &Msg, asked: Term, members: &ConfState) -> Option<Message> {
    let mut out = Message { from: id(from), to: id(to), ..Message::default() };
    match msg {
        Msg::RequestVote(ask) => {
            out.set_msg_type(MessageType::MsgRequestVote);
            (out.term, out.index, out.log_term) = (ask.term, ask.last_log_index, ask.last_log_term);
            if *ask.disrupt {
                out.context = CAMPAIGN_TRANSFER.into();
            }
        }
        Msg::RequestPreVote(ask) => {
            out.set_msg_type(MessageType::MsgRequestPreVote);
            (out.term, out.index, out.log_term) = (ask.next_term, ask.last_log_index, ask.last_log_term);
        }
        Msg::RequestPreVoteReply(reply) => {
            out.set_msg_type(MessageType::MsgRequestPreVoteResponse);
            out.term = if reply.vote_granted { asked } else { reply.term };
            out.reject = !reply.vote_granted;
        }
        Msg::TimeoutNow(msg) => {
            out.set_msg_type(MessageType::MsgTimeoutNow);
            out.term = msg.term;
        }
        Msg::InstallSnapshot(msg) => {
            out.set_msg_type(MessageType::MsgSnapshot);
            out.term = msg.term;
            let metadata = out.mut_snapshot().mut_metadata();
            (metadata.index, metadata.term) = (msg.snapshot.last_index, msg.snapshot.last_term);
            metadata.set_conf_state(members.clone());
        }
        Msg::InstallSnapshotReply(reply) => {
            out.set_msg_type(MessageType::MsgAppendResponse);
            (out.term, out.index) = (reply.term, reply.last_index);
        }
        Msg::RequestVoteReply(reply) => {
            out.set_msg_type(MessageType::MsgRequestVoteResponse);
            (out.term, out.reject) = (reply.term, !reply.vote_granted);
            if reply.term > asked {
                out.set_msg_type(MessageType::MsgHeartbeatResponse); // which tells a candidate the term, and no more
                out.reject = false;
            }
        }
        Msg::AppendEntries(msg) => {
            out.set_msg_type(MessageType::MsgAppend);
            (out.term, out.index, out.log_term) = (msg.term, msg.prev_log_index, msg.prev_log_term);
            out.commit = msg.leader_commit;
            let entries = (msg.prev_log_index + 1..).zip(&msg.entries);
            out.set_entries(entries.map(|(index, entry)| entry_of_theirs(index, entry)).collect());
        }
        Msg::AppendEntriesReply(reply) => {
            out.set_msg_type(MessageType::MsgAppendResponse);
            (out.term, out.reject) = (reply.term, !reply.success);
            out.index = reply.last_index;
            if out.reject {
                // Which message was refused, only their leader's probing wants to know.
                (out.index, out.reject_hint) = (reply.last_index + 1, reply.last_index);
            }
        }
        Msg::Request(_) | Msg::Response(_) => return None,
        Msg::RegisterClient(_) | Msg::RegisterClientReply(_) | Msg::ClientRequest(_) | Msg::ClientQuery(_) => {
            return None;
        }
    }
    Some(out)
}

/// What a message of theirs is in our words, if Figure 2 has such a message. `term_at` knows the sender's log,
/// or the receiver's, who is known to have the same there; `snapshot` is what stands for its beginning.
pub(crate) fn ours(
    message: &Message,
    term_at: impl Fn(Index) -> Option<Term>,
    snapshot: impl Fn() -> Option<Arc<Snapshot>>,
) -> Option<Msg> {
    let term = message.term;
    Some(match message.get_msg_type() {
        MessageType::MsgRequestVote => Msg::RequestVote(RequestVote {
            term,
            candidate_id: node(message.from)?,
            last_log_index: message.index,
            last_log_term: message.log_term,
            disrupt: Added(message.context == CAMPAIGN_TRANSFER),
        }),
        MessageType::MsgRequestPreVote => Msg::RequestPreVote(RequestPreVote {
            next_term: term,
            last_log_index: message.index,
            last_log_term: message.log_term,
        }),
        MessageType::MsgRequestPreVoteResponse => {
            let vote_granted = !message.reject;
            let term = term - Term::from(vote_granted);
            Msg::RequestPreVoteReply(RequestPreVoteReply { term, vote_granted })
        }
        MessageType::MsgTimeoutNow => Msg::TimeoutNow(TimeoutNow { term }),
        MessageType::MsgSnapshot => {
            Msg::InstallSnapshot(InstallSnapshot { term, leader_id: node(message.from)?, snapshot: snapshot()? })
        }
        MessageType::MsgRequestVoteResponse => {
            Msg::RequestVoteReply(RequestVoteReply { term, vote_granted: !message.reject })
        }
        MessageType::MsgAppend => Msg::AppendEntries(AppendEntries {
            term,
            leader_id: node(message.from)?,
            prev_log_index: message.index,
            prev_log_term: message.log_term,
            entries: message.entries.iter().map(entry_of_ours).collect(),
            leader_commit: message.commit,
            round: Added(0),
        }),
        MessageType::MsgHeartbeat => Msg::AppendEntries(AppendEntries {
            term,
            leader_id: node(message.from)?,
            prev_log_index: message.commit,
            prev_log_term: term_at(message.commit).unwrap_or(0),
            entries: Vec::new(),
            leader_commit: message.commit,
            round: Added(0),
        }),
        MessageType::MsgAppendResponse => Msg::AppendEntriesReply(AppendEntriesReply {
            term,
            success: !message.reject,
            last_index: if message.reject { message.reject_hint } else { message.index },
            round: Added(0),
        }),
        MessageType::MsgHeartbeatResponse => {
            Msg::AppendEntriesReply(AppendEntriesReply { term, success: true, last_index: 0, round: Added(0) })
        }
        _ => return None, // a proposal on its way to the leader
    })
}

/// Their message without what Figure 2 has no room for.
pub(crate) fn plain(mut message: Message) -> Message {
    use MessageType::{MsgRequestPreVote, MsgRequestPreVoteResponse, MsgRequestVote, MsgRequestVoteResponse};
    if matches!(
        message.get_msg_type(),
        MsgRequestVote | MsgRequestVoteResponse | MsgRequestPreVote | MsgRequestPreVoteResponse
    ) {
        (message.commit, message.commit_term) = (0, 0);
    }
    message
}

/// Their message without the entries that its receiver knows to be committed, if there are others in it.
pub(crate) fn above(commit: Index, mut message: Message) -> Message {
    let below = commit.saturating_sub(message.index) as usize;
    if message.get_msg_type() == MessageType::MsgAppend && (1..=message.entries.len()).contains(&below) {
        let mut entries = message.take_entries().into_vec();
        message.log_term = entries[below - 1].term;
        message.index = commit;
        message.set_entries(entries.split_off(below).into());
    }
    message
}

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
                Msg::Request(_) | Msg::Response(_) => None,
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
    /// Whether so many refused that a candidate cannot win, among so many servers.
    fn lost(&self, node: NodeId, servers: usize) -> bool {
        let refusals = self.ballots.get(&node).map_or(0, |answers| answers.values().filter(|yes| !**yes).count());
        servers - refusals < servers / 2 + 1
    }
    /// What is different in the states of a server, if anything that may not be.
    pub fn compare(&self, node: NodeId, servers: usize, ours: &State, theirs: &State) -> Result<(), String> {
        let mut even = theirs.clone();
        if self.late(node, ours.term) {
            even.voted_for = ours.voted_for;
        }
        let campaigns = matches!(ours.role, Role::Candidate | Role::PreCandidate);
        if campaigns && theirs.role == Role::Follower && theirs.leader.is_none() && self.lost(node, servers) {
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
    pub fn timer(&self, node: NodeId, servers: usize, term_before: Term, now: &State) -> bool {
        now.term > term_before || self.lost(node, servers)
    }
}

/// Whether only ours gave its vote: a late one, if it was excused.
pub(crate) fn late_vote(ours: &[Said], theirs: &[Said]) -> bool {
    let voted = |said: &[Said]| said.iter().any(|said| matches!(said, Said::Votes(_, _, true)));
    voted(ours) && !voted(theirs)
}
