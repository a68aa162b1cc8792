//! Paints what something came of, and fades the rest.

use super::Brush;
use crate::draw::geometry::Point;
use crate::draw::spacetime::rows::{End, Flight};
use netsplit_sim::NodeId;
use std::collections::BTreeMap;

/// How strongly the rest is veiled.
const UNLIT: f64 = 0.7;

impl Brush<'_> {
    /// What stands out: its events, the messages between them, and along each lane the way from one to the next.
    pub(super) fn lit(&self) {
        let Some(lit) = self.glance.lit.filter(|lit| !lit.events().is_empty()) else { return };
        let trace = self.glance.session.trace();
        self.surface.context().begin_path();
        self.surface.context().rect(self.left(), self.top(), self.right() - self.left(), self.bottom() - self.top());
        self.surface.opacity(UNLIT);
        self.surface.fill(&self.palette.surface);
        self.surface.opacity(1.0);
        let flights = || self.view.rows.flights.iter().filter(|flight: &&Flight| lit.carries(flight.id));
        self.flight_lines(flights(), &self.palette.accent, 2.0);
        self.heads(flights().filter(|flight| flight.end != End::Cross), &self.palette.accent);
        let mut lanes: BTreeMap<NodeId, Vec<Point>> = BTreeMap::new();
        for event in lit.events() {
            let node = trace.event(*event).and_then(|row| row.somewhere());
            if let (Some(node), Some(at)) = (node, self.field.place(*event)) {
                lanes.entry(node).or_default().push(at);
            }
        }
        self.surface.context().begin_path();
        for pair in lanes.values().flat_map(|places| places.windows(2)) {
            self.surface.add_line(pair[0].x, pair[0].y, pair[1].x, pair[1].y);
        }
        self.surface.stroke(&self.palette.accent, 2.0);
        self.surface.context().begin_path();
        lanes.values().flatten().for_each(|at| self.surface.add_disc(at.x, at.y, 4.5));
        self.surface.fill(&self.palette.accent);
        self.surface.stroke(&self.palette.surface, 1.25);
    }
}
