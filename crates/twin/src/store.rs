//! What a server of raft-rs has stored. (The crate brings a store for tests, but that one forgets the term of the last
//! entry that it drops.)

use crate::differences::{after, change_in, members, of_theirs};
use netsplit_protocols::raft::{Configuration, Index, Term};
use netsplit_sim::NodeId;
use raft::eraftpb::{ConfState, Entry, HardState, Snapshot, SnapshotMetadata};
use raft::{Error, GetEntriesContext, RaftState, Result, Storage, StorageError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A store: shared by the server that writes to it and the raft-rs that reads from it.
#[derive(Clone, Default)]
pub(crate) struct Store(Rc<RefCell<Stored>>);

#[derive(Clone, Default)]
pub(crate) struct Stored {
    pub hard: HardState,
    /// All servers that there are.
    pub servers: Vec<NodeId>,
    /// The configurations that stand in the log, by index; the first stands for what came before, and is never dropped.
    pub configurations: BTreeMap<Index, Configuration>,
    /// The last entry that is dropped.
    pub base: (Index, Term),
    pub entries: Vec<Entry>,
}

impl Store {
    pub fn change<R>(&self, change: impl FnOnce(&mut Stored) -> R) -> R {
        change(&mut self.0.borrow_mut())
    }
}

impl Stored {
    /// Entries are added, in place of those that they conflict with.
    pub fn append(&mut self, entries: &[Entry]) {
        let Some(first) = entries.first() else { return };
        self.entries.truncate((first.index - self.base.0 - 1) as usize);
        self.configurations.split_off(&first.index);
        for entry in entries {
            if let Some(change) = change_in(entry) {
                let configuration = after(self.configuration_at(entry.index).1, &change);
                self.configurations.insert(entry.index, configuration);
            }
            self.entries.push(entry.clone());
        }
    }
    /// The latest configuration up to an index, and where it stands.
    pub fn configuration_at(&self, index: Index) -> (Index, &Configuration) {
        let latest = self.configurations.range(..=index).next_back();
        latest.map(|(index, configuration)| (*index, configuration)).expect("there is a first one")
    }
    /// What theirs is to know of the latest configuration up to an index.
    pub fn members_at(&self, index: Index) -> ConfState {
        members(self.configuration_at(index).1, &self.servers)
    }
    /// What theirs is to know of the latest configuration.
    pub fn members(&self) -> ConfState {
        self.members_at(Index::MAX)
    }
    /// A snapshot takes the place of the whole log.
    pub fn install(&mut self, snapshot: &SnapshotMetadata) {
        self.base = (snapshot.index, snapshot.term);
        self.entries.clear();
        self.configurations = BTreeMap::from([(snapshot.index, of_theirs(snapshot.get_conf_state()))]);
        self.hard.commit = snapshot.index;
    }
    /// Entries up to an index are dropped, if it reaches that far.
    pub fn drop_up_to(&mut self, index: Index) {
        if index > self.base.0 && index <= self.base.0 + self.entries.len() as Index {
            let dropped: Vec<Entry> = self.entries.drain(..(index - self.base.0) as usize).collect();
            self.base = (index, dropped.last().map_or(0, |entry| entry.term));
        }
    }
}

impl Storage for Store {
    fn initial_state(&self) -> Result<RaftState> {
        let stored = self.0.borrow();
        Ok(RaftState::new(stored.hard.clone(), stored.members()))
    }
    fn entries(
        &self,
        low: u64,
        high: u64,
        max_size: impl Into<Option<u64>>,
        _context: GetEntriesContext,
    ) -> Result<Vec<Entry>> {
        let stored = self.0.borrow();
        if low <= stored.base.0 {
            return Err(Error::Store(StorageError::Compacted));
        }
        let at = |index: u64| (index - stored.base.0 - 1) as usize;
        let mut entries = stored.entries[at(low)..at(high)].to_vec();
        raft::util::limit_size(&mut entries, max_size.into());
        Ok(entries)
    }
    fn term(&self, index: u64) -> Result<u64> {
        let stored = self.0.borrow();
        match index.checked_sub(stored.base.0) {
            Some(0) => Ok(stored.base.1),
            Some(above) => {
                let entry = stored.entries.get(above as usize - 1);
                entry.map(|entry| entry.term).ok_or(Error::Store(StorageError::Unavailable))
            }
            None => Err(Error::Store(StorageError::Compacted)),
        }
    }
    fn first_index(&self) -> Result<u64> {
        Ok(self.0.borrow().base.0 + 1)
    }
    fn last_index(&self) -> Result<u64> {
        let stored = self.0.borrow();
        Ok(stored.base.0 + stored.entries.len() as u64)
    }
    fn snapshot(&self, _request_index: u64, _to: u64) -> Result<Snapshot> {
        let stored = self.0.borrow();
        let mut snapshot = Snapshot::default();
        let metadata = snapshot.mut_metadata();
        (metadata.index, metadata.term) = stored.base;
        metadata.set_conf_state(stored.members_at(stored.base.0));
        Ok(snapshot)
    }
}
