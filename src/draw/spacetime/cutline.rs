//! A cut through the run that people drag: for each node, a moment of its own. It is consistent if no message goes back
//! over it; then the channels hold what was sent before it and received after it.

use super::SpaceTimeView;
use crate::draw::Glance;
use crate::draw::axis::Axis;
use crate::draw::geometry::{Point, point};
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
    /// By node: the first of its events that the cut leaves out is at this number or after it.
    ends: Vec<u32>,
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
            self.ends = cut.map(|cut| cut.events).unwrap_or_default();
            self.of = of;
        }
    }
}

/// How near the pointer must be to a handle, in pixels.
const NEAR: f64 = 9.0;

impl SpaceTimeView {
    /// Where the cut goes through the lane of a node, unless it is left out or shares its lane.
    pub(super) fn handle_of(&self, node: NodeId) -> Option<Point> {
        let (line, _) = self.crossing.of.as_ref()?;
        let lane = self.tracks.lane(node).filter(|lane| self.tracks.alone(*lane) == Some(node))?;
        let at = *line.moments.get(node.index())?;
        let x = match self.showing.axis {
            Axis::Physical => self.window.scale.x(at),
            Axis::Logical => self.step_of(&[node], *self.crossing.ends.get(node.index())?),
        };
        Some(point(x, self.lanes.y(lane)))
    }
    /// The node whose handle is at a place.
    pub(super) fn handle_at(&self, pointer: Point) -> Option<NodeId> {
        let node = self.tracks.alone(self.lanes.at(pointer.y)?)?;
        let at = self.handle_of(node)?;
        ((at.x - pointer.x).abs() <= NEAR && (at.y - pointer.y).abs() <= NEAR + 3.0).then_some(node)
    }
}
