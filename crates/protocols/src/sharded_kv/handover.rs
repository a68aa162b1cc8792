//! Who is a member, and what that means for the keys that a node holds.

use super::node::StoreNode;
use super::{Bug, Line, Members, Msg, Ret, ShardedKv, Stored, Summary, Text, Version};
use netsplit_sim::{Cx, NodeId, OpId};
use std::collections::BTreeMap;

impl StoreNode {
    /// This node wants to be a member, or to be one no longer.
    pub(super) fn join_or_leave(&mut self, id: OpId, join: bool, cx: &mut Cx<ShardedKv>) {
        let member = self.disk.members.has(cx.me);
        let alone = member && self.disk.members.all().count() == 1;
        if member == join || alone {
            return cx.reply(id, Ret::Whole(Summary::Refused));
        }
        cx.line(if join { Line::Join } else { Line::Leave });
        self.disk.members.turn(cx.me);
        cx.reply(id, Ret::Whole(Summary::Done));
        self.members_changed(cx);
    }

    /// Somebody tells who is a member.
    pub(super) fn learn(&mut self, from: NodeId, members: &Members, cx: &mut Cx<ShardedKv>) {
        if self.disk.members.learn(members) {
            cx.line(Line::LearnMembers);
            self.members_changed(cx);
        }
        if self.disk.members == *members {
            self.told.insert(from);
        }
    }

    /// Everything is to be looked at anew.
    fn members_changed(&mut self, cx: &mut Cx<ShardedKv>) {
        self.told.clear();
        self.confirmed.clear();
        self.hand_over(cx);
        let keys: Vec<Text> = self.waiting.iter().map(|waiting| waiting.key.clone()).collect();
        keys.iter().for_each(|key| self.answer_writes(key, cx));
    }

    /// Tells those who may not know who is a member, sends owners what they may lack, and drops what is no longer its
    /// own once they have it.
    pub(super) fn hand_over(&mut self, cx: &mut Cx<ShardedKv>) {
        let me = cx.me;
        let nodes = self.settings.nodes.iter().copied();
        for node in nodes.filter(|node| *node != me && !self.told.contains(node)) {
            cx.send(node, Msg::View { members: self.disk.members.clone() });
        }
        let ring = self.ring();
        let mut parcels: BTreeMap<NodeId, Vec<(Text, Stored)>> = BTreeMap::new();
        let mut dropped = Vec::new();
        for (key, stored) in &self.disk.store {
            let owners = ring.owners(key);
            let confirmed = self.confirmed.get(key);
            let lacks = |owner: &NodeId| *owner != cx.me && confirmed.is_none_or(|set| !set.contains(owner));
            let lacking: Vec<NodeId> = owners.iter().copied().filter(lacks).collect();
            // Those who leave at the same time may leave nobody: what has no owners stays where it is.
            let not_mine = !owners.is_empty() && !owners.contains(&cx.me);
            if not_mine && (lacking.is_empty() || self.settings.broken(Bug::DropsBeforeHandover)) {
                dropped.push(key.clone());
                continue;
            }
            if self.settings.broken(Bug::NoHandover) && self.waiting.iter().all(|waiting| waiting.key != *key) {
                continue;
            }
            for owner in lacking {
                parcels.entry(owner).or_default().push((key.clone(), stored.clone()));
            }
        }
        for (owner, entries) in parcels {
            cx.line(Line::HandOver);
            cx.send(owner, Msg::Transfer { entries });
        }
        for key in dropped {
            cx.line(Line::Drop);
            self.disk.store.remove(&key);
            self.confirmed.remove(&key);
            self.waiting.retain(|waiting| waiting.key != key);
        }
    }

    /// Takes what is newer than what it has, and says what it has now.
    pub(super) fn on_transfer(&mut self, from: NodeId, entries: Vec<(Text, Stored)>, cx: &mut Cx<ShardedKv>) {
        let mut received = Vec::with_capacity(entries.len());
        for (key, theirs) in entries {
            let mine = self.disk.store.get(&key).map(|stored| stored.version);
            if mine.is_none_or(|mine| mine < theirs.version) {
                cx.line(Line::TakeNewer);
                received.push((key.clone(), theirs.version));
                self.confirmed.remove(&key);
                self.disk.store.insert(key, theirs);
            } else if let Some(mine) = mine {
                received.push((key, mine));
            }
        }
        cx.send(from, Msg::Received { changes: self.disk.members.changes(), entries: received });
    }

    /// An owner has these by now. If it does not know the same members, it may not take itself for one, and drop them.
    pub(super) fn on_received(
        &mut self,
        from: NodeId,
        changes: u64,
        entries: Vec<(Text, Version)>,
        cx: &mut Cx<ShardedKv>,
    ) {
        if changes != self.disk.members.changes() {
            return;
        }
        for (key, theirs) in entries {
            if self.disk.store.get(&key).is_some_and(|stored| stored.version <= theirs) {
                self.confirmed.entry(key.clone()).or_default().insert(from);
                self.answer_writes(&key, cx);
            }
        }
    }
}
