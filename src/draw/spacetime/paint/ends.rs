//! Paints where arrows go that leave the picture, and what goes through hidden nodes.

use super::Brush;
use crate::draw::geometry::Point;
use crate::draw::signs;
use crate::draw::spacetime::rows::{End, Flight};
use netsplit_sim::NodeId;

/// Of more arrows than this that leave the picture, none says where it goes...
const TOLD: usize = 40;
/// ...and of more than this it is not even marked that they do.
const MARKED: usize = 300;
/// How far marks stay from the edge, and names from marks, in pixels.
const INSIDE: f64 = 5.0;
/// Names are at least so far from each other, in pixels.
const APART: f64 = 13.0;

/// An arrow that leaves the picture, and who is out there.
struct Leaving {
    /// Where it crosses the edge.
    at: Point,
    /// Its direction there, outward.
    along: Point,
    /// Whose end is outside.
    who: NodeId,
}

impl Brush<'_> {
    /// A mark at the edge for each end that is outside, with the name of who is there while there is room.
    pub(super) fn ends(&self) {
        let flights = &self.view.rows.flights;
        if flights.len() > MARKED {
            return;
        }
        let leaving: Vec<Leaving> = flights.iter().flat_map(|flight| self.leaving(flight)).collect();
        self.surface.context().begin_path();
        for Leaving { at, along, .. } in &leaving {
            signs::arrow_head(self.surface, *at, *along, 5.5);
        }
        self.surface.fill(&self.palette.muted);
        if leaving.len() <= TOLD {
            self.surface.upright(|| self.ends_told(&leaving));
        }
    }

    /// The ends of an arrow that are outside, if the other one is inside.
    fn leaving(&self, flight: &Flight) -> Option<Leaving> {
        let (from, to) = (self.inside(flight.from), self.inside(flight.to));
        let (inner, outer, who) = match (from, to) {
            (true, false) => (flight.from, flight.to, flight.name.to),
            (false, true) => (flight.to, flight.from, flight.name.from),
            _ => return None,
        };
        // What was lost or is on its way ends where it is: nobody is out there.
        let nowhere = from && flight.end != End::Arrow;
        (!nowhere).then(|| Leaving { at: self.edge_between(inner, outer), along: outer.minus(inner).unit(), who })
    }
    fn inside(&self, at: Point) -> bool {
        self.in_view(at.x) && at.y >= self.top() && at.y <= self.bottom()
    }
    /// Where the way from a point inside to one outside crosses the edge.
    fn edge_between(&self, inner: Point, outer: Point) -> Point {
        let (left, right) = (self.left() + INSIDE, self.right() - INSIDE);
        let (top, bottom) = (self.top() + INSIDE, self.bottom() - INSIDE);
        let way = outer.minus(inner);
        let share = |least: f64, most: f64, at: f64, by: f64| match by {
            by if by > 0.0 => (most - at) / by,
            by if by < 0.0 => (least - at) / by,
            _ => 1.0,
        };
        let t = share(left, right, inner.x, way.x).min(share(top, bottom, inner.y, way.y)).clamp(0.0, 1.0);
        inner.toward(outer, t)
    }

    fn ends_told(&self, leaving: &[Leaving]) {
        let font = &self.palette.fonts.small;
        let mut taken: Vec<Point> = Vec::new();
        for Leaving { at, along, who } in leaving {
            let name = self.glance.session.names().get(who.index()).map_or("", String::as_str);
            let beside = self.ruler().screen(at.minus(along.times(9.0)));
            if taken.iter().any(|other| other.distance(beside) < APART + 6.0) {
                continue;
            }
            taken.push(beside);
            let width = self.surface.width_of(name, font);
            let (least, most) = self.ruler().field();
            let left = if beside.x + width + 6.0 > most.x { most.x - width - 10.0 } else { beside.x + 4.0 };
            let left = left.max(least.x + 4.0);
            let y = (beside.y - 8.0).max(least.y + 8.0).min(most.y - 8.0);
            self.surface.haloed(name, left, y, font, &self.palette.muted, &self.palette.surface);
        }
    }

    /// What goes through hidden nodes: dashed, from the last event in view before it to the first one after it.
    pub(super) fn bridges(&self) {
        let bridges = &self.view.rows.bridges;
        self.surface.context().begin_path();
        for bridge in bridges {
            self.surface.add_line(bridge.from.x, bridge.from.y, bridge.to.x, bridge.to.y);
        }
        let strength = (150.0 / bridges.len().max(1) as f64).sqrt().clamp(0.15, 0.75);
        self.surface.opacity(strength);
        self.surface.dashes(&[2.0, 4.0]);
        self.surface.stroke(&self.palette.muted, 1.25);
        self.surface.dashes(&[]);
        if bridges.len() <= MARKED {
            self.surface.context().begin_path();
            for bridge in bridges.iter().filter(|bridge| bridge.from.distance(bridge.to) > 12.0) {
                let along = bridge.to.minus(bridge.from).unit();
                signs::arrow_head(self.surface, bridge.to.minus(along.times(3.5)), along, 6.0);
            }
            self.surface.fill(&self.palette.muted);
        }
        self.surface.opacity(1.0);
    }
}
