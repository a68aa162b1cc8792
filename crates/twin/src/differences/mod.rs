//! What raft-rs does differently on purpose, evened out one by one, so that whatever difference is left is a mistake.
//! Between the two stands this folder alone.
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
//! - **Configurations** are in force there once they are committed and applied, here as soon as they stand in the log
//!   (thesis, §4.1). Who applies them there is its user, which is the twin: it does so when they are stored, and takes them
//!   back when they are deleted ([`crate::Theirs`]).
//! - **Who has no vote** is a learner there, and part of the configuration. Here a leader alone knows whom it sends its log
//!   to besides: new servers that catch up. So a leader of theirs is told whom ours sends to, and the change itself is
//!   proposed there when ours appends it. Servers that leave become learners there: a leader that is no part of its
//!   configuration at all is not foreseen, neither by theirs when it counts nor by the thesis, which has it lead on.
//! - **Answers of who is no member** are dropped by theirs' outer layer (`RawNode`), which does not even look at their term.
//!   Figure 2 looks at every term: what comes is given to the inner layer (`Raft`), which does so too.
//! - **A new leader that finds a change** goes on with it there once it has applied all that it had when it was elected.
//!   Ours goes on at once if it knows that the change is committed: theirs is let do so too. For the same reason theirs takes
//!   no new change before; neither is asked for one.
//! - **A leader that is not in the new configuration** steps down here once that is committed (§4.2.2), and leads on there:
//!   the twin makes it step down.
//! - **Who has no vote and hears no leader** does not stand for election in either. Here it forgets its leader, there it does
//!   not: the twin makes it. But as long as the configuration without it may not be committed, it may be needed (§4.2.2),
//!   and ours stands; theirs, which in its own manner would not know of the configuration yet, is told to.
//! - **Reads** (ReadIndex) are acknowledged one by one there, by heartbeats that carry their names, and by rounds here, which
//!   serve all that came before. An acknowledgement of a later one counts for the earlier ones in both then ([`Reads`]).
//!   Ours has one round under way at a time, so it may answer later than theirs, but never before it. Once others decide
//!   than when a read was asked for, ours counts anew when somebody answers, theirs at once, but only for the latest read,
//!   and none without a vote: there either may be first ([`crate::Twin`]).
//!   A leader that has committed nothing in its term keeps a read here and drops it there: it is not asked.
//! - **Leases.** Theirs answers by lease for as long as it leads, and relies on CheckQuorum; ours counts the time since a
//!   round began. There is nothing to compare step by step.
//! - **Sessions.** There are none there: what is applied is its user's business.
//! - **Timers.** Theirs draws from a random source of its own, and starts anew whenever the term rises; ours goes on
//!   then. What ours draws is set there, and how far it has run ([`Excuses::timer`]). When ours is started, so must be
//!   theirs, but for a late vote. A leader looks for its quorum when ours does, which draws that time too.

mod configurations;
mod excuses;
mod reads;
mod said;

pub(crate) use configurations::{after, change_in, change_to, members, of_theirs, tracker};
pub(crate) use excuses::{Excuses, late_vote};
pub(crate) use reads::Reads;
pub(crate) use said::Said;

use crate::ours;
use netsplit_protocols::raft::{
    AppendEntries, AppendEntriesReply, Command, Configuration, Entry, Index, InstallSnapshot, Msg, RequestPreVote,
    RequestPreVoteReply, RequestVote, RequestVoteReply, Snapshot, Term, TimeoutNow,
};
use netsplit_sim::NodeId;
use netsplit_sim::digest::Added;
use raft::CAMPAIGN_TRANSFER;
use raft::eraftpb::{self, Message, MessageType};
use std::sync::Arc;

/// Their name for a server.
pub(crate) fn id(node: NodeId) -> u64 {
    u64::from(node.0) + 1
}

/// Our name for a server of theirs.
pub(crate) fn node(id: u64) -> Option<NodeId> {
    Some(NodeId(u16::try_from(id.checked_sub(1)?).expect("one of a few servers")))
}

/// Our entry as one of theirs.
pub(crate) fn entry_of_theirs(index: Index, entry: &Entry) -> eraftpb::Entry {
    let bytes = |text: String| eraftpb::Entry { data: text.into_bytes().into(), ..eraftpb::Entry::default() };
    let entry_of = match &entry.command {
        Command::Configure(configuration) => configurations::entry_with(&change_to(configuration)),
        _ => ours::value(entry).map_or_else(eraftpb::Entry::default, bytes),
    };
    eraftpb::Entry { term: entry.term, index, ..entry_of }
}

/// The value of an entry of theirs.
pub(crate) fn value_of_theirs(entry: &eraftpb::Entry) -> Option<String> {
    let text = || (!entry.data.is_empty()).then(|| String::from_utf8_lossy(&entry.data).into_owned());
    change_in(entry).map(|change| configurations::name_of(&change)).or_else(text)
}

/// What a configuration is called in the logs that are compared.
pub(crate) fn name_of(configuration: &Configuration) -> String {
    configurations::name_of(&change_to(configuration))
}

fn entry_of_ours(entry: &eraftpb::Entry, configuration_at: impl Fn(Index) -> Option<Configuration>) -> Entry {
    let value = || value_of_theirs(entry).map(|value| Command::Run(Arc::new(ours::command(&value))));
    let configure = |configuration| Command::Configure(Arc::new(configuration));
    let command = match change_in(entry) {
        Some(_) => configuration_at(entry.index).map(configure),
        None => value(),
    };
    Entry { term: entry.term, command: command.unwrap_or(Command::Noop) }
}

/// What a message of ours is in their words; nothing if it is not for servers. The answer to a candidate
/// needs the term that was asked about, and a snapshot all the servers that there are.
pub(crate) fn theirs(from: NodeId, to: NodeId, msg: &Msg, asked: Term, servers: &[NodeId]) -> Option<Message> {
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
            metadata.set_conf_state(members(&msg.snapshot.configuration, servers));
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
        Msg::SessionExpired(_) => return None,
    }
    Some(out)
}

/// What there is to know besides a message of theirs to put it in our words.
pub(crate) struct Context<'a> {
    /// The sender's log, or the receiver's, who is known to have the same there.
    pub term_at: &'a dyn Fn(Index) -> Option<Term>,
    /// The configurations in the sender's log.
    pub configuration_at: &'a dyn Fn(Index) -> Option<Configuration>,
    /// What stands for the beginning of the sender's log, or did before it sent this.
    pub snapshots: [Option<Arc<Snapshot>>; 2],
    /// The round in which the sender leads.
    pub round: u64,
    /// The round of what is answered.
    pub asked_in: u64,
}

/// What a message of theirs is in our words, if ours has such a message.
pub(crate) fn ours(message: &Message, context: Context) -> Option<Msg> {
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
            let index = message.get_snapshot().get_metadata().index;
            let snapshot = context.snapshots.into_iter().flatten().find(|snapshot| snapshot.last_index == index)?;
            Msg::InstallSnapshot(InstallSnapshot { term, leader_id: node(message.from)?, snapshot })
        }
        MessageType::MsgRequestVoteResponse => {
            Msg::RequestVoteReply(RequestVoteReply { term, vote_granted: !message.reject })
        }
        MessageType::MsgAppend => Msg::AppendEntries(AppendEntries {
            term,
            leader_id: node(message.from)?,
            prev_log_index: message.index,
            prev_log_term: message.log_term,
            entries: message.entries.iter().map(|entry| entry_of_ours(entry, context.configuration_at)).collect(),
            leader_commit: message.commit,
            round: Added(0),
        }),
        MessageType::MsgHeartbeat => Msg::AppendEntries(AppendEntries {
            term,
            leader_id: node(message.from)?,
            prev_log_index: message.commit,
            prev_log_term: (context.term_at)(message.commit).unwrap_or(0),
            entries: Vec::new(),
            leader_commit: message.commit,
            round: Added(context.round),
        }),
        MessageType::MsgAppendResponse => Msg::AppendEntriesReply(AppendEntriesReply {
            term,
            success: !message.reject,
            last_index: if message.reject { message.reject_hint } else { message.index },
            round: Added(0),
        }),
        MessageType::MsgHeartbeatResponse => {
            let round = Added(context.asked_in);
            Msg::AppendEntriesReply(AppendEntriesReply { term, success: true, last_index: 0, round })
        }
        _ => return None, // a proposal or a read on its way to the leader
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
