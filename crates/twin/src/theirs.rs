//! One server of raft-rs, driven by hand as its documentation says: after every step, what it wants stored is stored,
//! and then what it wants sent is collected.

use crate::differences::{entry_of_theirs, id, node, value_of_theirs};
use crate::{Role, State};
use netsplit_protocols::raft::{Disk, Index, Settings, Term};
use netsplit_sim::NodeId;
use raft::eraftpb::{ConfState, HardState, Message};
use raft::storage::MemStorage;
use raft::{RawNode, StateRole};

/// A server of raft-rs.
pub struct Theirs {
    config: raft::Config,
    store: MemStorage,
    node: RawNode<MemStorage>,
}

impl Theirs {
    /// Starts a server with the term, vote and log of one of ours.
    pub(crate) fn boot(me: NodeId, settings: &Settings, disk: &Disk) -> Theirs {
        let voters: Vec<u64> = settings.servers.iter().map(|server| id(*server)).collect();
        let store = MemStorage::new_with_conf_state(ConfState::from((voters, vec![])));
        let entries: Vec<_> =
            (1..).zip(disk.log.from(1, u32::MAX)).map(|(at, entry)| entry_of_theirs(at, entry)).collect();
        let mut hard = HardState { term: disk.current_term, ..HardState::default() };
        hard.vote = disk.voted_for.map_or(0, id);
        store.wl().append(&entries).expect("entries from index 1 on");
        store.wl().set_hardstate(hard);
        let config = config(me, settings);
        Theirs { node: start(&config, &store), config, store }
    }
    /// It crashes, and starts again from what it has stored.
    pub(crate) fn restarts(&mut self) {
        self.store.wl().mut_hard_state().commit = 0; // differences.rs, "What a crash leaves"
        self.node = start(&self.config, &self.store);
    }
    pub(crate) fn hears(&mut self, message: Message) -> Vec<Message> {
        self.node.step(message).expect("a message from a member");
        self.does()
    }
    pub(crate) fn ticks(&mut self) -> Vec<Message> {
        self.node.tick();
        self.does()
    }
    pub(crate) fn is_asked(&mut self, value: &str) -> Vec<Message> {
        // Those that do not lead refuse, or pass the proposal on: both leave nothing behind.
        let _ = self.node.propose(Vec::new(), value.as_bytes().to_vec());
        self.does()
    }

    /// Stores and sends what there is to store and to send, until there is no more.
    fn does(&mut self) -> Vec<Message> {
        let mut sent = Vec::new();
        while self.node.has_ready() {
            let mut ready = self.node.ready();
            sent.extend(ready.take_messages());
            self.store.wl().append(ready.entries()).expect("entries that follow on those stored");
            if let Some(hard) = ready.hs() {
                self.store.wl().set_hardstate(hard.clone());
            }
            sent.extend(ready.take_persisted_messages());
            let mut light = self.node.advance(ready);
            if let Some(commit) = light.commit_index() {
                self.store.wl().mut_hard_state().commit = commit;
            }
            sent.extend(light.take_messages());
            self.node.advance_apply();
        }
        sent
    }

    /// Its state in terms that both have.
    pub fn state(&self) -> State {
        let raft = &self.node.raft;
        let role = match raft.state {
            StateRole::Follower => Role::Follower,
            StateRole::Candidate | StateRole::PreCandidate => Role::Candidate,
            StateRole::Leader => Role::Leader,
        };
        State {
            term: raft.term,
            voted_for: node(raft.vote),
            role,
            leader: node(raft.leader_id),
            commit: self.commit(),
            log: raft.raft_log.all_entries().iter().map(|entry| (entry.term, value_of_theirs(entry))).collect(),
        }
    }
    /// Up to where it knows that entries are committed.
    pub(crate) fn commit(&self) -> Index {
        self.node.raft.raft_log.committed
    }
    /// The term of the entry at an index that its log reaches.
    pub(crate) fn term_at(&self, index: Index) -> Term {
        self.node.raft.raft_log.term(index).expect("within the log")
    }
    /// For how many ticks its election timer has run.
    pub(crate) fn elapsed(&self) -> u64 {
        self.node.raft.election_elapsed as u64
    }
    /// Makes its election timer one of so many ticks, of which so many have passed. It drew one from a source of its
    /// own whenever it was reset.
    pub(crate) fn set_timer(&mut self, ticks: u64, elapsed: u64) {
        self.node.raft.set_randomized_election_timeout(ticks as usize);
        self.node.raft.election_elapsed = elapsed as usize;
    }
}

fn start(config: &raft::Config, store: &MemStorage) -> RawNode<MemStorage> {
    let silent = slog::Logger::root(slog::Discard, slog::o!());
    RawNode::new(config, store.clone(), &silent).expect("settings that raft-rs accepts")
}

/// Their settings that mean what ours mean.
fn config(me: NodeId, settings: &Settings) -> raft::Config {
    let ours = &settings.config;
    let ticks = |span: netsplit_sim::Span| (span.0 / crate::TICK) as usize;
    let (shortest, longest) = ours.election_timeout;
    raft::Config {
        id: id(me),
        election_tick: ticks(shortest),
        max_election_tick: ticks(longest),
        heartbeat_tick: ticks(ours.heartbeat),
        max_size_per_msg: if ours.max_entries == 1 { 0 } else { u64::MAX }, // 0 means one entry at a time
        ..raft::Config::default()
    }
}
