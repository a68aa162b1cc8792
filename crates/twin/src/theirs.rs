//! One server of raft-rs, driven by hand as its documentation says: after every step, what it wants stored is stored,
//! and then what it wants sent is collected.

use crate::differences::{change_in, change_to, entry_of_theirs, id, node, of_theirs, tracker, value_of_theirs};
use crate::store::Store;
use crate::{Role, State};
use netsplit_protocols::raft::{Configuration, Disk, Index, Settings, Term};
use netsplit_sim::NodeId;
use raft::eraftpb::{ConfChangeSingle, ConfChangeType, ConfChangeV2, Entry, Message};
use raft::{RawNode, StateRole, Storage};
use std::collections::{BTreeMap, BTreeSet};

/// A server of raft-rs.
pub struct Theirs {
    config: raft::Config,
    store: Store,
    node: RawNode<Store>,
    /// Where the configuration that it goes by stands in its log.
    in_force: Index,
    /// The reads that it has answered.
    answered: BTreeSet<u64>,
}

impl Theirs {
    /// Starts a server with the term, vote and log of one of ours.
    pub(crate) fn boot(me: NodeId, settings: &Settings, disk: &Disk) -> Theirs {
        let entries = (1..).zip(disk.log.from(1, u32::MAX));
        let entries: Vec<_> = entries.map(|(at, entry)| entry_of_theirs(at, entry)).collect();
        let store = Store::default();
        store.change(|stored| {
            stored.servers.clone_from(&settings.servers);
            stored.configurations = BTreeMap::from([(0, (*settings.members).clone())]);
            (stored.hard.term, stored.hard.vote) = (disk.current_term, disk.voted_for.map_or(0, id));
            stored.append(&entries);
        });
        let config = config(me, settings);
        Theirs { node: start(&config, &store), config, store, in_force: 0, answered: BTreeSet::new() }
    }
    /// It crashes, and starts again from what it has stored.
    pub(crate) fn restarts(&mut self) {
        // differences, "What a crash leaves"
        let snapshot = self.store.change(|stored| {
            stored.hard.commit = stored.base.0;
            stored.base.0
        });
        self.node = start(&raft::Config { applied: snapshot, ..self.config.clone() }, &self.store);
        self.in_force = self.store.change(|stored| stored.configuration_at(Index::MAX).0);
    }
    pub(crate) fn hears(&mut self, message: Message) -> Vec<Message> {
        self.node.raft.step(message).expect("a message between servers");
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

    /// It is asked for a read, called by a number.
    pub(crate) fn is_read(&mut self, read: u64) -> Vec<Message> {
        self.node.read_index(read.to_be_bytes().to_vec());
        self.does()
    }
    /// It is asked to go over to a joint configuration.
    pub(crate) fn is_to_change(&mut self, to: &Configuration) -> Vec<Message> {
        let _ = self.node.propose_conf_change(Vec::new(), change_to(to)); // if it does not, it has no such entry
        self.does()
    }
    /// Its election timer has run out, although it has no vote: it stands for election all the same.
    pub(crate) fn stands(&mut self) -> Vec<Message> {
        self.node.raft.election_elapsed = 0;
        self.node.campaign().expect("a message to itself");
        self.does()
    }
    /// It takes nobody for the leader of its term any more.
    pub(crate) fn follows_nobody(&mut self) {
        let term = self.node.raft.term;
        self.node.raft.become_follower(term, 0);
    }
    /// As a leader it sends its log to these servers, whether they have a vote or not, and to no others.
    pub(crate) fn knows(&mut self, peers: &BTreeSet<NodeId>) -> Vec<Message> {
        let members = self.node.raft.prs().conf().to_conf_state();
        if self.node.raft.state != StateRole::Leader || !members.get_voters_outgoing().is_empty() {
            return Vec::new();
        }
        let me = node(self.config.id);
        let known: BTreeSet<NodeId> = self.node.raft.prs().iter().filter_map(|(id, _)| node(*id)).collect();
        let wanted: BTreeSet<NodeId> = peers.iter().copied().chain(me).collect();
        let gone = known.difference(&wanted).map(|node| (id(*node), ConfChangeType::RemoveNode));
        let new = wanted.difference(&known).map(|node| (id(*node), ConfChangeType::AddLearnerNode));
        for (node_id, kind) in gone.chain(new) {
            let mut single = ConfChangeSingle { node_id, ..ConfChangeSingle::default() };
            single.set_change_type(kind);
            self.goes_by(&ConfChangeV2 { changes: vec![single].into(), ..ConfChangeV2::default() });
        }
        self.does()
    }

    /// It goes over to the configuration that a change leads to. Whoever is new in it has not answered yet.
    fn goes_by(&mut self, change: &ConfChangeV2) {
        let known: Vec<u64> = self.node.raft.prs().iter().map(|(id, _)| *id).collect();
        self.node.raft.apply_conf_change(change).expect("a change that fits");
        let progress = self.node.raft.mut_prs().iter_mut();
        progress.filter(|(id, _)| !known.contains(id)).for_each(|(_, progress)| progress.recent_active = false);
    }
    /// Configurations are in force as soon as they stand in the log.
    fn goes_by_the_latest_of(&mut self, entries: &[Entry]) {
        if entries.first().is_some_and(|first| first.index <= self.in_force) {
            let (index, members) = self.store.change(|stored| {
                let before = entries[0].index - 1;
                (stored.configuration_at(before).0, stored.members_at(before))
            });
            *self.node.raft.mut_prs() = tracker(&members);
            self.node.raft.post_conf_change();
            self.in_force = index;
        }
        for (entry, change) in entries.iter().filter_map(|entry| Some((entry, change_in(entry)?))) {
            self.goes_by(&change);
            self.in_force = entry.index;
        }
    }
    /// A leader that finds a joint configuration committed need not wait to go on from there.
    fn may_leave_joint(&mut self) {
        let raft = &self.node.raft;
        let found = raft.state == StateRole::Leader && self.in_force <= raft.raft_log.applied;
        let goes_on = raft.raft_log.unstable_entries().iter().any(|entry| change_in(entry).is_some());
        if found && !goes_on && self.joint() {
            let raft = &mut self.node.raft;
            raft.pending_conf_index = raft.pending_conf_index.min(raft.raft_log.applied);
        }
    }
    /// A leader without a vote steps down once that is committed.
    fn leaves_office(&mut self) {
        let raft = &self.node.raft;
        let outside = !raft.promotable() && self.in_force <= raft.raft_log.committed;
        if outside && raft.state == StateRole::Leader {
            self.follows_nobody();
        }
    }
    fn joint(&self) -> bool {
        !self.node.raft.prs().conf().to_conf_state().get_voters_outgoing().is_empty()
    }

    /// Stores and sends what there is to store and to send, until there is no more.
    fn does(&mut self) -> Vec<Message> {
        let mut sent = Vec::new();
        while self.node.has_ready() {
            let mut ready = self.node.ready();
            sent.extend(ready.take_messages());
            self.answered.extend(ready.take_read_states().into_iter().map(|read| read_named(&read.request_ctx)));
            self.store.change(|stored| {
                if !ready.snapshot().is_empty() {
                    stored.install(ready.snapshot().get_metadata());
                    self.in_force = stored.base.0;
                }
                stored.append(ready.entries());
                if let Some(hard) = ready.hs() {
                    stored.hard = hard.clone();
                }
            });
            self.goes_by_the_latest_of(&ready.entries().clone());
            sent.extend(ready.take_persisted_messages());
            let mut light = self.node.advance(ready);
            if let Some(commit) = light.commit_index() {
                self.store.change(|stored| stored.hard.commit = commit);
            }
            sent.extend(light.take_messages());
            self.may_leave_joint();
            self.node.advance_apply();
        }
        self.leaves_office();
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
            configuration: of_theirs(&raft.prs().conf().to_conf_state()),
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
    /// The configuration that stands in its log at an index.
    pub(crate) fn configuration_at(&self, index: Index) -> Option<Configuration> {
        self.store.change(|stored| stored.configurations.get(&index).cloned())
    }
    /// Whether it takes a change of the set of servers, as a leader.
    pub(crate) fn takes_changes(&self) -> bool {
        !self.node.raft.has_pending_conf()
    }
    /// Whether it takes a read, as a leader.
    pub(crate) fn takes_reads(&self) -> bool {
        self.node.raft.commit_to_current_term()
    }
    /// The reads that it has answered.
    pub(crate) fn answered(&self) -> &BTreeSet<u64> {
        &self.answered
    }
    /// Whether it has a vote.
    pub(crate) fn has_vote(&self) -> bool {
        self.node.raft.promotable()
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

/// The read that was given such a name.
pub(crate) fn read_named(context: &[u8]) -> u64 {
    u64::from_be_bytes(context.try_into().expect("a number"))
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
