//! Reads by ReadIndex. Theirs has a heartbeat for each read, which carries the read's name; ours has rounds of heartbeats,
//! and a round serves all reads that came before it.

use crate::theirs::read_named;
use netsplit_protocols::raft::{Msg, Raft, Term};
use netsplit_sim::{Effect, NodeId};
use raft::eraftpb::{Message, MessageType};
use std::collections::BTreeMap;

/// The reads so far, and the rounds.
#[derive(Default)]
pub(crate) struct Reads {
    asked: u64,
    /// For each leader, in its latest term: the reads that it was asked for, and the round that will serve each.
    open: BTreeMap<NodeId, (Term, BTreeMap<u64, u64>)>,
    /// The latest round that each has begun.
    rounds: BTreeMap<NodeId, u64>,
}

impl Reads {
    /// A leader is about to be asked for a read: its name.
    pub fn ask(&mut self, leader: NodeId, term: Term) -> u64 {
        self.asked += 1;
        let open = self.open.entry(leader).or_default();
        if open.0 != term {
            *open = (term, BTreeMap::new());
        }
        open.1.insert(self.asked, self.rounds.get(&leader).copied().unwrap_or(0) + 1);
        self.asked
    }
    /// The reads that a server was asked for when it led last.
    pub fn asked_of(&self, leader: NodeId) -> impl Iterator<Item = u64> {
        self.open.get(&leader).into_iter().flat_map(|(_, reads)| reads.keys().copied())
    }
    /// What a server of ours did: as long as it leads, its messages name its round.
    pub fn note(&mut self, node: NodeId, leads: bool, did: &[Effect<Raft>]) {
        if !leads {
            self.rounds.remove(&node);
        }
        for effect in did {
            if let Effect::Send(_, Msg::AppendEntries(append)) = effect {
                self.rounds.insert(node, *append.round);
            }
        }
    }
    /// The round in which a server sends.
    pub fn round(&self, node: NodeId) -> u64 {
        self.rounds.get(&node).copied().unwrap_or(0)
    }
    /// What an answer of ours says to theirs of reads, beyond what it says of the log.
    pub fn served_by_round(&self, to: NodeId, msg: &Msg, message: &Message) -> Vec<Message> {
        let Msg::AppendEntriesReply(reply) = msg else { return Vec::new() };
        self.acknowledge(to, message, |_, round| round <= *reply.round)
    }
    /// What an answer of theirs that names a read says of the reads before it.
    pub fn served_by_name(&self, to: NodeId, message: &Message) -> Vec<Message> {
        if message.get_msg_type() != MessageType::MsgHeartbeatResponse || message.context.is_empty() {
            return Vec::new();
        }
        let latest = read_named(&message.context);
        self.acknowledge(to, message, |read, _| read < latest)
    }
    fn acknowledge(&self, leader: NodeId, message: &Message, which: impl Fn(u64, u64) -> bool) -> Vec<Message> {
        let open = self.open.get(&leader).filter(|(term, _)| *term == message.term);
        let served = open.into_iter().flat_map(|(_, reads)| reads).filter(|(read, round)| which(**read, **round));
        let answer = |read: &u64| {
            let context = read.to_be_bytes().to_vec().into();
            let mut answer =
                Message { from: message.from, to: message.to, term: message.term, context, ..Message::default() };
            answer.set_msg_type(MessageType::MsgHeartbeatResponse);
            answer
        };
        served.map(|(read, _)| answer(read)).collect()
    }
}
