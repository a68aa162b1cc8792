//! A moment of a run, as conditions see it.

use crate::player::{Player, Stage};
use crate::state::tree;
use netsplit_query::Sight;
use netsplit_sim::{Condition, EventId, Face, Manner, NodeId, Time, Trace, Violation};
use serde_json::Value;

/// A moment of a run.
pub(crate) struct Glimpse<'a> {
    pub stage: &'a dyn Stage,
    pub player: &'a dyn Player,
    pub names: &'a [String],
}

impl Sight for Glimpse<'_> {
    fn events(&self) -> u32 {
        self.stage.events()
    }
    fn time(&self) -> Time {
        self.stage.moment().at
    }
    fn trace(&self) -> &Trace {
        self.player.trace()
    }
    fn violations(&self) -> &[Violation] {
        self.player.violations()
    }
    fn name(&self, node: NodeId) -> &str {
        self.names.get(node.index()).map_or("?", String::as_str)
    }
    fn condition(&self, node: NodeId) -> Condition {
        self.stage.condition(node)
    }
    fn manner(&self, node: NodeId) -> Manner {
        self.stage.manner(node)
    }
    fn unsynced(&self, node: NodeId) -> usize {
        self.stage.unsynced(node)
    }
    fn latest(&self, node: NodeId) -> EventId {
        self.stage.latest(node)
    }
    fn face(&self, node: NodeId) -> Option<Face> {
        self.stage.face(node)
    }
    fn durable(&self, node: NodeId) -> Value {
        tree(self.stage.durable(node), self.names)
    }
    fn volatile(&self, node: NodeId) -> Option<Value> {
        self.stage.volatile(node).map(|state| tree(state, self.names))
    }
}
