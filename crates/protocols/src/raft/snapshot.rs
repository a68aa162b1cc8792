//! Snapshots (thesis, §5): the log may not grow for ever. A server that has applied enough entries writes its state machine
//! down and drops the entries that made it what it is; each server does so by itself, for what is committed is the same
//! everywhere. A follower that needs entries which its leader has dropped is sent the leader's snapshot instead
//! (InstallSnapshot). Here a snapshot travels in one message; the thesis cuts it into chunks.

use super::membership::InForce;
use super::server::{Disk, Peer, Server};
use super::{Configuration, Entry, Index, InstallSnapshot, InstallSnapshotReply, Line, Raft, StateMachine, Term};
use netsplit_sim::{Cx, NodeId};
use serde::Serialize;
use std::sync::Arc;

/// What stands for the log up to an index.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The last entry that it stands for: its index...
    pub last_index: Index,
    /// ...and its term.
    pub last_term: Term,
    /// The latest configuration among them.
    pub configuration: Arc<Configuration>,
    /// What applying them all has made of the state machine.
    pub state_machine: StateMachine,
    /// The digest of the log up to there. No rule uses it, but logs that start behind it can still be compared.
    #[serde(skip)]
    pub(super) digest: u64,
}

/// An entry that a snapshot has just taken the place of. No rule uses it; but a server that is a majority by itself appends,
/// applies and drops an entry in one event, and whoever watches wants to know what it was.
#[derive(Clone, Debug)]
pub(super) struct Dropped {
    index: Index,
    entry: Entry,
    /// The digest of the log up to it, without it...
    before: u64,
    /// ...and with it.
    digest: u64,
}

impl Server {
    /// The state machine of a server that starts: that of its snapshot.
    pub(super) fn restore_snapshot(&mut self, cx: &mut Cx<Raft>) {
        if let Some(snapshot) = self.disk.snapshot.as_deref() {
            cx.line(Line::RestoreSnapshot);
            self.state_machine = snapshot.state_machine.clone();
            (self.commit_index, self.last_applied) = (snapshot.last_index, snapshot.last_index);
        }
    }

    /// Compacts the log if it is time. Snapshot and log are written down together, so that a crash finds both or neither.
    pub(super) fn take_snapshot(&mut self, cx: &mut Cx<Raft>) {
        let every = Index::from(self.settings.config.snapshot_every);
        let (log, last_index) = (&self.disk.log, self.last_applied);
        if every == 0 || last_index < log.base_index() + every {
            return;
        }
        let (Some(last_term), Some(digest)) = (log.term_at(last_index), log.digest_up_to(last_index)) else {
            return;
        };
        cx.line(Line::TakeSnapshot);
        let InForce { configuration, .. } = self.configuration_at(last_index);
        let state_machine = self.state_machine.clone();
        *self.disk.snapshot = Some(Arc::new(Snapshot { last_index, last_term, configuration, state_machine, digest }));
        self.remember_what_is_dropped(last_index);
        self.disk.log.drop_up_to(last_index);
    }

    /// Of what two snapshots in a row took the place of: one event can write two, if a change of the set of servers leaves
    /// this one alone.
    fn remember_what_is_dropped(&mut self, last_index: Index) {
        let log = &self.disk.log;
        let dropped = |index| {
            let (before, digest) = log.digest_up_to(index - 1).zip(log.digest_up_to(index))?;
            Some(Dropped { index, entry: log.get(index)?.clone(), before, digest })
        };
        let now = match self.is_majority() {
            true => (log.base_index() + 1..=last_index).filter_map(dropped).collect(),
            false => Vec::new(),
        };
        let [older, newer] = &mut self.dropped.0;
        *older = std::mem::replace(newer, now);
    }

    /// The entry at an index, with the digests of the log without it and with it, if it is there or has just been dropped.
    pub(super) fn entry_at(&self, index: Index) -> Option<(&Entry, u64, u64)> {
        let log = &self.disk.log;
        if let Some(entry) = log.get(index) {
            return Some((entry, log.digest_up_to(index - 1)?, log.digest_up_to(index)?));
        }
        let dropped = self.dropped.0.iter().flatten().find(|dropped| dropped.index == index)?;
        Some((&dropped.entry, dropped.before, dropped.digest))
    }

    /// From where on it is known what the log holds, or held.
    pub(super) fn first_known(&self) -> Index {
        let dropped = self.dropped.0.iter().flatten().next();
        dropped.map_or(self.disk.log.base_index(), |dropped| dropped.index)
    }

    /// InstallSnapshot RPC, receiver.
    pub(super) fn on_install_snapshot(&mut self, from: NodeId, msg: InstallSnapshot, cx: &mut Cx<Raft>) {
        let last_index = if msg.term < self.disk.current_term {
            cx.line(Line::SnapshotStaleTerm);
            0
        } else {
            self.follow(msg.leader_id, cx);
            self.install(&msg.snapshot, cx);
            msg.snapshot.last_index
        };
        cx.send(from, InstallSnapshotReply { term: self.disk.current_term, last_index });
    }

    /// InstallSnapshot RPC, receiver, steps 5 to 8.
    fn install(&mut self, snapshot: &Arc<Snapshot>, cx: &mut Cx<Raft>) {
        let Snapshot { last_index, last_term, digest, .. } = **snapshot;
        if last_index <= self.commit_index {
            cx.line(Line::SnapshotKnown);
            return;
        }
        if self.disk.log.term_at(last_index) == Some(last_term) {
            cx.line(Line::RetainLog);
            self.disk.log.drop_up_to(last_index);
            self.waiting.retain(|waiting| waiting.index > last_index);
        } else {
            cx.line(Line::DiscardLog);
            self.disk.log = super::Log::after(last_index, last_term, digest);
            self.waiting.clear();
        }
        cx.line(Line::ResetStateMachine);
        *self.disk.snapshot = Some(snapshot.clone());
        self.state_machine = snapshot.state_machine.clone();
        (self.commit_index, self.last_applied) = (last_index, last_index);
        self.adopt_latest_configuration();
    }
}

/// Sends a follower what stands for the entries that it needs and the leader has dropped.
pub(super) fn send_snapshot(disk: &Disk, peer: &mut Peer, cx: &mut Cx<Raft>) {
    let Some(snapshot) = (*disk.snapshot).clone() else {
        return;
    };
    cx.line(Line::SendSnapshot);
    peer.sent_index = snapshot.last_index;
    cx.send(peer.server, InstallSnapshot { term: disk.current_term, leader_id: cx.me, snapshot });
}
