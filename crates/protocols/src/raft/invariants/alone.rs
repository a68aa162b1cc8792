//! A server that is a majority by itself decides within a handler, before its disk has written. Nobody hears of it until
//! then, and a crash undoes it: what it decides is believed once it is written. (Larger majorities are reached by messages,
//! which wait for the disk.)

use super::{Seen, Settled};
use crate::raft::{Index, Server};
use netsplit_sim::{EventId, NodeId};
use std::collections::VecDeque;

/// What servers have decided alone and may not have written yet, in the order of events.
#[derive(Clone, Default)]
pub(super) struct DecidedAlone(VecDeque<Decision>);

/// An entry that a server has decided on alone.
#[derive(Clone)]
pub(super) struct Decision {
    pub index: Index,
    pub what: Settled,
}

impl DecidedAlone {
    /// A server has perhaps applied more in this event. So many entries are settled already.
    pub fn note(&mut self, server: &Server, settled: usize, seen: Seen) {
        let noted = self.0.iter().rev().find(|decision| decision.what.seen.node == seen.node);
        let last = noted.map_or(settled as Index, |decision| decision.index);
        for index in last + 1..=server.last_applied() {
            let Some((entry, _, digest)) = server.entry_at(index) else { return };
            let what = Settled { entry: entry.clone(), digest, term: server.current_term(), seen };
            self.0.push_back(Decision { index, what });
        }
    }

    /// What a server decided up to an event is on its disk.
    pub fn written(&mut self, node: NodeId, kept: EventId) -> Vec<Decision> {
        let is = |decision: &Decision| decision.what.seen.node == node && decision.what.seen.event <= kept;
        let written = self.0.iter().filter(|decision| is(decision)).cloned().collect();
        self.0.retain(|decision| !is(decision));
        written
    }

    /// A server has crashed: what it has not written it has never decided.
    pub fn undo(&mut self, node: NodeId) {
        self.0.retain(|decision| decision.what.seen.node != node);
    }
}
