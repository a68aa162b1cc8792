//! Paints links, cuts, and the sides of a partition.

use super::Brush;
use crate::draw::cluster::links::State;
use crate::draw::cluster::seats;
use crate::draw::geometry::{Point, outline, point};
use crate::draw::palette::Ink;
use crate::draw::{Thing, signs};
use netsplit_scenario::Selection;
use netsplit_sim::NodeId;

impl Brush<'_> {
    pub(super) fn hulls(&self) {
        let strength = self.view.hulls.strength;
        for (side, nodes) in &self.view.hulls.groups {
            let ink = &self.palette.sides[usize::from(*side) % 4];
            self.hull(nodes, ink, strength, &[]);
        }
        if !self.glance.group.is_empty() {
            self.hull(self.glance.group, &self.palette.accent, 1.0, &[5.0, 4.0]);
        }
    }

    /// A soft shape round nodes and what is written under them.
    fn hull(&self, nodes: &[NodeId], ink: &Ink, strength: f64, dashes: &[f64]) {
        let full = self.view.radius >= seats::FULL;
        let pad = self.view.radius + if full { 18.0 } else { 8.0 };
        let mut points: Vec<Point> = nodes.iter().map(|node| self.at(*node)).collect();
        if full {
            let written = nodes.iter().filter(|node| !self.is_outside(**node)).map(|node| self.at(*node));
            points.extend(written.flat_map(|at| [-12.0, 12.0].map(|x| at.plus(point(x, 40.0)))));
        }
        self.surface.context().begin_path();
        for corner in outline(&points) {
            self.surface.add_arc(corner.at.x, corner.at.y, pad, corner.from, corner.to);
        }
        self.surface.context().close_path();
        self.surface.opacity(0.07 * strength);
        self.surface.fill(ink);
        self.surface.opacity(0.55 * strength);
        self.surface.dashes(dashes);
        self.surface.stroke(ink, 1.25);
        self.surface.dashes(&[]);
        self.surface.opacity(1.0);
    }

    pub(super) fn links(&self) {
        let links = &self.view.links;
        // The more there are, the fainter each.
        let strength = (60.0 / links.count().max(1) as f64).sqrt().clamp(0.35, 1.0);
        self.surface.opacity(strength);
        let ink = if self.glance.editing { &self.palette.line_strong } else { &self.palette.line };
        let aside = |(a, b): &(NodeId, NodeId)| self.is_outside(*a) || self.is_outside(*b);
        self.lines(links.which_are(State::Whole).filter(|pair| !aside(pair)), ink, 1.0, &[]);
        self.surface.opacity(if self.glance.editing { strength } else { strength * 0.5 });
        self.lines(links.which_are(State::Whole).filter(aside), ink, 1.0, &[]);
        self.surface.opacity(strength.max(0.6));
        self.lines(links.which_are(State::Special), &self.palette.line_strong, 1.0, &[1.0, 4.0]);
        self.lines(links.which_are(State::NotThere), &self.palette.line, 1.0, &[]);
        self.lines(links.which_are(State::NotBack), &self.palette.line, 1.0, &[]);
        self.surface.opacity(0.45 * strength);
        self.lines(links.which_are(State::Parted), &self.palette.line_strong, 1.0, &[2.0, 6.0]);
        self.surface.opacity(1.0);
        self.cuts();
    }

    fn lines(&self, pairs: impl Iterator<Item = (NodeId, NodeId)>, ink: &Ink, width: f64, dashes: &[f64]) {
        self.surface.context().begin_path();
        for (a, b) in pairs {
            let (a, b) = (self.at(a), self.at(b));
            self.surface.add_line(a.x, a.y, b.x, b.y);
        }
        self.surface.dashes(dashes);
        self.surface.stroke(ink, width);
        self.surface.dashes(&[]);
    }

    /// Links that somebody cut: both ways, broken with a gap; one way, a barrier on that lane.
    fn cuts(&self) {
        let links = &self.view.links;
        self.surface.context().begin_path();
        for (a, b) in links.which_are(State::Cut) {
            self.broken_line(self.at(a), self.at(b));
        }
        let there = links.which_are(State::NotThere);
        let back = links.which_are(State::NotBack).map(|(a, b)| (b, a));
        for (from, to) in there.chain(back) {
            self.barrier(from, to);
        }
        self.surface.stroke(&self.palette.danger, 1.75);
    }

    fn broken_line(&self, a: Point, b: Point) {
        let along = b.minus(a).unit();
        let (middle, gap, bar) = (a.toward(b, 0.5), along.times(7.0), along.right().times(6.0));
        for (end, gap) in [(a, gap.times(-1.0)), (b, gap)] {
            let stop = middle.plus(gap);
            self.surface.add_line(end.x, end.y, stop.x, stop.y);
            self.surface.add_line(stop.x - bar.x, stop.y - bar.y, stop.x + bar.x, stop.y + bar.y);
        }
    }

    /// An arrow that runs into a bar.
    fn barrier(&self, from: NodeId, to: NodeId) {
        let Some(lane) = self.view.lane(from, to) else { return };
        let (stop, along, side) = (lane.at(0.5), lane.along, lane.along.right());
        let bar = side.times(6.0);
        self.surface.add_line(stop.x - bar.x, stop.y - bar.y, stop.x + bar.x, stop.y + bar.y);
        let tip = stop.minus(along.times(4.0));
        let tail = tip.minus(along.times(14.0));
        self.surface.add_line(tail.x, tail.y, tip.x, tip.y);
        for wing in [side.times(3.5), side.times(-3.5)] {
            let back = tip.minus(along.times(4.5)).plus(wing);
            self.surface.add_line(back.x, back.y, tip.x, tip.y);
        }
    }

    /// What flows where, when time runs too fast for single messages: dashes that move along.
    pub(super) fn streams(&self) {
        let strongest = self.view.mail.streams.values().copied().fold(0.0, f64::max);
        if strongest <= 0.0 {
            return;
        }
        let shift = if self.glance.calm { 0.0 } else { -(self.glance.wall_ms * 0.09) % 12.0 };
        self.surface.context().set_line_dash_offset(shift);
        self.surface.dashes(&[5.0, 7.0]);
        for (least, most, width) in [(0.0, 0.25, 1.0), (0.25, 0.6, 1.75), (0.6, 2.0, 2.5)] {
            self.surface.context().begin_path();
            for ((from, to), strength) in &self.view.mail.streams {
                let share = strength / strongest;
                if let (true, Some(lane)) = (share >= least && share < most, self.view.lane(*from, *to)) {
                    self.surface.add_line(lane.start.x, lane.start.y, lane.end.x, lane.end.y);
                }
            }
            self.surface.opacity(0.45 + 0.2 * width);
            self.surface.stroke(&self.palette.request, width);
        }
        self.surface.opacity(1.0);
        self.surface.dashes(&[]);
        self.surface.context().set_line_dash_offset(0.0);
    }

    pub(super) fn chosen_link(&self) {
        let hovered = match self.glance.hover {
            Some(Thing::Link(a, b)) => Some((a, b, &self.palette.line_strong)),
            _ => None,
        };
        let selected = match self.glance.selection {
            Some(Selection::Link(a, b)) => Some((a, b, &self.palette.accent)),
            _ => None,
        };
        for (a, b, ink) in hovered.into_iter().chain(selected) {
            let Some(lane) = self.view.lane(a, b) else { continue };
            self.surface.opacity(0.35);
            self.lines(std::iter::once((a, b)), ink, 1.0, &[]);
            self.surface.opacity(1.0);
            self.surface.context().begin_path();
            self.surface.add_line(lane.start.x, lane.start.y, lane.end.x, lane.end.y);
            self.surface.stroke(ink, 2.0);
            self.surface.context().begin_path();
            signs::dart(self.surface, lane.at(0.985), lane.along, 5.0);
            self.surface.fill(ink);
        }
    }
}
