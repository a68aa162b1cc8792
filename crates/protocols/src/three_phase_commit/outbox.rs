//! What a process is about to send: a broadcast goes out message by message, for a crash may well come in between.

use super::{Config, Msg, Settings, ThreePhaseCommit, Timer, Txn};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, NodeId};
use serde::Serialize;
use std::collections::VecDeque;

/// Messages still to be sent about each transaction, one after the other.
#[derive(Clone, Hash, Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Outbox(Map<Txn, VecDeque<(NodeId, Msg)>>);

impl Outbox {
    /// Puts in a message to every participant but oneself.
    pub fn broadcast(&mut self, txn: Txn, msg: &Msg, settings: &Settings, cx: &mut Cx<ThreePhaseCommit>) {
        let me = cx.me;
        let mail: Vec<_> =
            settings.participants.iter().filter(|other| **other != me).map(|to| (*to, msg.clone())).collect();
        if mail.is_empty() {
            return;
        }
        let queue = self.0.entry(txn).or_default();
        let idle = queue.is_empty();
        queue.extend(mail);
        if idle {
            pace(txn, &settings.config, cx);
        }
    }

    /// It is time for the next message.
    pub fn send_next(&mut self, txn: Txn, config: &Config, cx: &mut Cx<ThreePhaseCommit>) {
        let Some(queue) = self.0.get_mut(&txn) else { return };
        if let Some((to, msg)) = queue.pop_front() {
            cx.send(to, msg);
        }
        if queue.is_empty() {
            self.0.remove(&txn);
        } else {
            pace(txn, config, cx);
        }
    }
}

fn pace(txn: Txn, config: &Config, cx: &mut Cx<ThreePhaseCommit>) {
    cx.set_timer(Timer::Next(txn), config.stagger..config.stagger);
}
