//! Paints what something came of, and fades the rest.

use super::Brush;
use crate::draw::geometry::{Point, point};
use crate::draw::ruler::AXIS;
use crate::draw::spacetime::rows::{End, Flight};
use std::collections::BTreeMap;

/// How strongly the rest is veiled.
const UNLIT: f64 = 0.7;

impl Brush<'_> {
    /// What stands out: its events, the messages between them, and along each lane the way from one to the next.
    pub(super) fn lit(&self) {
        let Some(lit) = self.glance.lit.filter(|lit| !lit.events().is_empty()) else { return };
        let trace = self.glance.session.trace();
        self.surface.context().begin_path();
        self.surface.context().rect(self.left(), AXIS, self.right() - self.left(), self.bottom() - AXIS);
        self.surface.opacity(UNLIT);
        self.surface.fill(&self.palette.surface);
        self.surface.opacity(1.0);
        let flights = || self.view.rows.flights.iter().filter(|flight: &&Flight| lit.carries(flight.id));
        self.flight_lines(flights(), &self.palette.accent, 2.0);
        self.heads(flights().filter(|flight| flight.end != End::Cross), &self.palette.accent);
        let mut lanes: BTreeMap<usize, Vec<Point>> = BTreeMap::new();
        for event in lit.events() {
            let Some(row) = trace.event(*event) else { continue };
            let Some(lane) = row.somewhere().map(|node| node.index()) else { continue };
            lanes.entry(lane).or_default().push(point(self.view.window.scale.x(row.at), self.view.lanes.y(lane)));
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
