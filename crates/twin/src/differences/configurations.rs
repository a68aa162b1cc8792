//! Sets of servers, and changes of them, in their words.

use super::{id, node};
use netsplit_protocols::raft::Configuration;
use netsplit_sim::NodeId;
use protobuf::Message as _;
use raft::eraftpb::{
    ConfChangeSingle, ConfChangeTransition, ConfChangeType, ConfChangeV2, ConfState, Entry, EntryType,
};
use raft::{Changer, ProgressTracker};

/// A configuration of ours: whoever has no vote in it is a learner.
pub(crate) fn members(configuration: &Configuration, servers: &[NodeId]) -> ConfState {
    let Configuration { servers: old, next } = configuration;
    let ids = |nodes: &[NodeId]| nodes.iter().map(|node| id(*node)).collect::<Vec<u64>>();
    let without_vote: Vec<NodeId> = servers.iter().copied().filter(|node| !configuration.has(*node)).collect();
    let mut members = ConfState::from((ids(next.as_ref().unwrap_or(old)), ids(&without_vote)));
    if let Some(new) = next {
        let leave: Vec<NodeId> = old.iter().copied().filter(|node| !new.contains(node)).collect();
        members.set_voters_outgoing(ids(old));
        members.set_learners_next(ids(&leave));
        members.set_auto_leave(true);
    }
    members
}

/// A configuration of theirs, but for its learners.
pub(crate) fn of_theirs(members: &ConfState) -> Configuration {
    let nodes = |ids: &[u64]| {
        let mut nodes: Vec<NodeId> = ids.iter().filter_map(|id| node(*id)).collect();
        nodes.sort_unstable();
        nodes
    };
    let voters = nodes(members.get_voters());
    match members.get_voters_outgoing() {
        [] => Configuration::of(voters),
        outgoing => Configuration { servers: nodes(outgoing), next: Some(voters) },
    }
}

fn single(node_id: u64, kind: ConfChangeType) -> ConfChangeSingle {
    let mut change = ConfChangeSingle { node_id, ..ConfChangeSingle::default() };
    change.set_change_type(kind);
    change
}

/// What takes theirs to a configuration: into a joint one, out of which it goes by itself; or out of that.
pub(crate) fn change_to(configuration: &Configuration) -> ConfChangeV2 {
    let mut change = ConfChangeV2::default();
    if let Configuration { servers: old, next: Some(new) } = configuration {
        let come = new.iter().filter(|node| !old.contains(node)).map(|node| single(id(*node), ConfChangeType::AddNode));
        let leave = old.iter().filter(|node| !new.contains(node));
        let leave = leave.map(|node| single(id(*node), ConfChangeType::AddLearnerNode));
        change.set_transition(ConfChangeTransition::Implicit);
        change.set_changes(come.chain(leave).collect());
    }
    change
}

/// The change that an entry holds, if it holds one.
pub(crate) fn change_in(entry: &Entry) -> Option<ConfChangeV2> {
    let holds = entry.get_entry_type() == EntryType::EntryConfChangeV2;
    holds.then(|| ConfChangeV2::parse_from_bytes(&entry.data).expect("what was written as a change"))
}

/// The entry that holds a change.
pub(crate) fn entry_with(change: &ConfChangeV2) -> Entry {
    let mut entry = Entry { data: change.write_to_bytes().expect("bytes").into(), ..Entry::default() };
    entry.set_entry_type(EntryType::EntryConfChangeV2);
    entry
}

/// The configuration that comes of a change.
pub(crate) fn after(configuration: &Configuration, change: &ConfChangeV2) -> Configuration {
    let Configuration { servers, next } = configuration.clone();
    if change.get_changes().is_empty() {
        return Configuration::of(next.unwrap_or(servers));
    }
    let mut new = servers.clone();
    for change in change.get_changes() {
        let server = node(change.node_id).expect("a server");
        new.retain(|other| *other != server);
        if change.get_change_type() == ConfChangeType::AddNode {
            new.push(server);
        }
    }
    new.sort_unstable();
    Configuration { servers, next: Some(new) }
}

/// What a change is called in the logs that are compared.
pub(crate) fn name_of(change: &ConfChangeV2) -> String {
    let mut changes: Vec<String> = change
        .get_changes()
        .iter()
        .map(|change| match change.get_change_type() {
            ConfChangeType::AddNode => format!("with n{}", change.node_id),
            ConfChangeType::AddLearnerNode | ConfChangeType::RemoveNode => format!("without n{}", change.node_id),
        })
        .collect();
    changes.sort();
    if changes.is_empty() { "the new servers alone".to_owned() } else { changes.join(" ") }
}

/// What theirs counts by in a configuration.
pub(crate) fn tracker(members: &ConfState) -> ProgressTracker {
    let joint = !members.get_voters_outgoing().is_empty();
    let first = if joint { members.get_voters_outgoing() } else { members.get_voters() };
    let voters = first.iter().map(|id| single(*id, ConfChangeType::AddNode));
    let learners = members.get_learners().iter().map(|id| single(*id, ConfChangeType::AddLearnerNode));
    let mut tracker = ProgressTracker::new(raft::Config::default().max_inflight_msgs);
    for change in voters.chain(learners) {
        let (configuration, changes) = Changer::new(&tracker).simple(&[change]).expect("a server more");
        tracker.apply_conf(configuration, changes, 1);
    }
    if joint {
        let change = change_to(&of_theirs(members));
        let (configuration, changes) = Changer::new(&tracker).enter_joint(true, &change.changes).expect("it was joint");
        tracker.apply_conf(configuration, changes, 1);
    }
    tracker
}
