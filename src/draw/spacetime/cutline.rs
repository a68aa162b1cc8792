//! A cut through the run that people drag: for each node, a moment of its own. It is consistent if no message goes back
//! over it; then the channels hold what was sent before it and received after it.

use super::SpaceTimeView;
use crate::draw::Glance;
use netsplit_sim::causality::Cut;
use netsplit_sim::{MsgId, NodeId, Time, Trace};

/// Where the cut is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CutLine {
    /// By node: its last moment before the cut.
    pub moments: Vec<Time>,
}

impl CutLine {
    /// All nodes at one moment: that is always consistent.
    pub fn straight(nodes: usize, at: Time) -> CutLine {
        CutLine { moments: vec![at; nodes] }
    }
    /// Takes a node to another moment.
    pub fn drag(&mut self, node: NodeId, to: Time) {
        if let Some(moment) = self.moments.get_mut(node.index()) {
            *moment = to;
        }
    }
    /// Takes a node one event further, or back by one.
    pub fn step(&mut self, node: NodeId, on: bool, trace: &Trace) {
        let Some(now) = self.moments.get(node.index()).copied() else { return };
        let (end, own) = (trace.first_after(now), |event: &u32| {
            trace.event(netsplit_sim::EventId(*event)).is_some_and(|row| row.node == node)
        });
        let at = |event: u32| trace.event(netsplit_sim::EventId(event)).map(|row| row.at);
        let to = if on {
            (end..trace.len()).find(own).and_then(at)
        } else {
            // Right before its latest event: at the one before.
            let latest = (0..end).rev().find(own);
            latest.and_then(at).map(|latest| Time(latest.0.saturating_sub(1)))
        };
        self.drag(node, to.unwrap_or(now));
    }
    /// The cut itself.
    pub fn cut(&self, trace: &Trace) -> Cut {
        Cut { events: self.moments.iter().map(|at| trace.first_after(*at)).collect() }
    }
}

/// The messages that go over the cut.
#[derive(Default)]
pub struct Crossing {
    of: Option<(CutLine, u32)>,
    /// Received before it, and sent after it.
    pub backwards: Vec<MsgId>,
    /// Sent before it, and not received.
    pub channels: Vec<MsgId>,
}

impl Crossing {
    /// Brings it up to date.
    pub fn find(&mut self, glance: &Glance) {
        let trace = glance.session.trace();
        let of = glance.cut.map(|line| (line.clone(), trace.len()));
        if self.of != of {
            let cut = glance.cut.map(|line| line.cut(trace));
            self.backwards = cut.as_ref().map(|cut| cut.backwards(trace)).unwrap_or_default();
            self.channels = cut.as_ref().map(|cut| cut.channels(trace)).unwrap_or_default();
            self.of = of;
        }
    }
}

/// How near the pointer must be to a handle, in pixels.
const NEAR: f64 = 9.0;

impl SpaceTimeView {
    /// The node whose handle is at a place.
    pub(super) fn handle_at(&self, x: f64, y: f64) -> Option<NodeId> {
        let line = self.crossing.of.as_ref().map(|(line, _)| line)?;
        let lane = self.lanes.at(y)?;
        let at = self.window.scale.x(*line.moments.get(lane)?);
        ((at - x).abs() <= NEAR && (self.lanes.y(lane) - y).abs() <= NEAR + 3.0).then_some(NodeId(lane as u16))
    }
}
