//! One server of raft-rs, driven by hand as its documentation says: after every step, what it wants stored is stored,
//! and then what it wants sent is collected.

use crate::differences::{entry_of_theirs, id, members, node, value_of_theirs};
use crate::store::Store;
use crate::{Role, State};
use netsplit_protocols::raft::{Disk, Index, Settings, Term};
use netsplit_sim::NodeId;
use raft::eraftpb::Message;
use raft::{RawNode, StateRole, Storage};

/// A server of raft-rs.
pub struct Theirs {
    config: raft::Config,
    store: Store,
    node: RawNode<Store>,
}

impl Theirs {
    /// Starts a server with the term, vote and log of one of ours.
    pub(crate) fn boot(me: NodeId, settings: &Settings, disk: &Disk) -> Theirs {
        let entries = (1..).zip(disk.log.from(1, u32::MAX));
        let entries: Vec<_> = entries.map(|(at, entry)| entry_of_theirs(at, entry)).collect();
        let store = Store::default();
        store.change(|stored| {
            stored.members = members(&settings.servers);
            (stored.hard.term, stored.hard.vote) = (disk.current_term, disk.voted_for.map_or(0, id));
            stored.append(&entries);
        });
        let config = config(me, settings);
        Theirs { node: start(&config, &store), config, store }
    }
    /// It crashes, and starts again from what it has stored.
    pub(crate) fn restarts(&mut self) {
        // differences.rs, "What a crash leaves"
        let snapshot = self.store.change(|stored| {
            stored.hard.commit = stored.base.0;
            stored.base.0
        });
        self.node = start(&raft::Config { applied: snapshot, ..self.config.clone() }, &self.store);
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

    pub(crate) fn hands_over(&mut self, to: NodeId) -> Vec<Message> {
        self.node.transfer_leader(id(to));
        self.does()
    }
    /// It drops the entries up to an index, which it has applied.
    pub(crate) fn compacts(&mut self, index: Index) {
        self.store.change(|stored| stored.drop_up_to(index));
    }

    /// Stores and sends what there is to store and to send, until there is no more.
    fn does(&mut self) -> Vec<Message> {
        let mut sent = Vec::new();
        while self.node.has_ready() {
            let mut ready = self.node.ready();
            sent.extend(ready.take_messages());
            self.store.change(|stored| {
                if !ready.snapshot().is_empty() {
                    stored.install(ready.snapshot().get_metadata());
                }
                stored.append(ready.entries());
                if let Some(hard) = ready.hs() {
                    stored.hard = hard.clone();
                }
            });
            sent.extend(ready.take_persisted_messages());
            let mut light = self.node.advance(ready);
            if let Some(commit) = light.commit_index() {
                self.store.change(|stored| stored.hard.commit = commit);
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
            StateRole::PreCandidate => Role::PreCandidate,
            StateRole::Candidate => Role::Candidate,
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
    /// The term of the entry at an index, unless it is dropped.
    pub(crate) fn term_at(&self, index: Index) -> Option<Term> {
        self.store.term(index).ok()
    }
    /// For how many ticks its election timer has run.
    pub(crate) fn elapsed(&self) -> u64 {
        self.node.raft.election_elapsed as u64
    }
    /// Whether it listens to no candidate, since it hears a leader.
    pub(crate) fn in_lease(&self) -> bool {
        let raft = &self.node.raft;
        raft.check_quorum && raft.leader_id != 0 && raft.election_elapsed < raft.election_timeout()
    }
    /// Makes it look for its quorum in so many ticks, as a leader.
    pub(crate) fn set_check_in(&mut self, ticks: u64) {
        let raft = &mut self.node.raft;
        raft.election_elapsed = raft.election_timeout().saturating_sub(ticks as usize);
    }
    /// Makes its election timer one of so many ticks, of which so many have passed. It drew one from a source of its
    /// own whenever it was reset.
    pub(crate) fn set_timer(&mut self, ticks: u64, elapsed: u64) {
        self.node.raft.set_randomized_election_timeout(ticks as usize);
        self.node.raft.election_elapsed = elapsed as usize;
    }
}

fn start(config: &raft::Config, store: &Store) -> RawNode<Store> {
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
        pre_vote: ours.pre_vote,
        check_quorum: ours.check_quorum,
        max_size_per_msg: if ours.max_entries == 1 { 0 } else { u64::MAX }, // 0 means one entry at a time
        ..raft::Config::default()
    }
}
