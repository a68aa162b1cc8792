//! Paints messages, what is left of lost ones, and their names.

use super::Brush;
use crate::draw::cluster::mail::{Ghost, SHAPES, Spot};
use crate::draw::cluster::seats;
use crate::draw::geometry::{Point, point};
use crate::draw::palette::Ink;
use crate::draw::{Thing, signs};
use netsplit_scenario::Selection;
use netsplit_sim::Shape;

/// So many messages still have their names beside them; in a narrow picture, fewer.
const NAMED: (usize, usize) = (12, 5);
/// More messages than this are drawn as plain dots.
const DETAILED: usize = 2_500;

impl Brush<'_> {
    pub(super) fn messages(&self) {
        let spots = &self.view.mail.spots;
        let many = spots.len() > DETAILED;
        let size = if many { 1.5 } else { (self.view.radius * 0.2).clamp(2.5, 5.5) };
        for shape in SHAPES {
            let ink = self.palette.shape(shape);
            self.surface.context().begin_path();
            for spot in spots.iter().filter(|spot| spot.tag.shape == shape) {
                match shape {
                    _ if many => {
                        self.surface.context().rect(spot.at.x - size, spot.at.y - size, 2.0 * size, 2.0 * size)
                    }
                    Shape::Request => signs::dart(self.surface, spot.at, spot.along, size * 1.1),
                    Shape::Reply => self.surface.add_disc(spot.at.x, spot.at.y, size * 0.85),
                    Shape::Client => signs::diamond(self.surface, spot.at, size * 1.15),
                }
            }
            match shape {
                Shape::Reply if !many => {
                    self.surface.fill(&self.palette.surface);
                    self.surface.stroke(ink, (size * 0.42).max(1.25));
                }
                _ => self.surface.fill(ink),
            }
        }
        self.lies(size);
        for spot in spots {
            self.chosen_message(spot, size);
        }
    }

    /// A lie wears its teller's mask, a little above it.
    fn lies(&self, size: f64) {
        let above = |spot: &Spot| point(spot.at.x, spot.at.y - 2.4 * size);
        let lies = || self.view.mail.spots.iter().filter(|spot| spot.lie);
        self.surface.context().begin_path();
        lies().for_each(|spot| signs::mask(self.surface, above(spot), size * 1.2));
        self.surface.fill(&self.palette.danger);
        self.surface.context().begin_path();
        lies().for_each(|spot| signs::eyes(self.surface, above(spot), size * 1.2));
        self.surface.fill(&self.palette.surface);
    }

    fn chosen_message(&self, spot: &Spot, size: f64) {
        let selected = self.glance.selection == Some(Selection::Message(spot.name));
        let hovered = matches!(self.glance.hover, Some(Thing::Message(id, _)) if id == spot.id);
        if selected || hovered {
            self.surface.disc(spot.at.x, spot.at.y, size + 5.0);
            let ink = if selected { &self.palette.accent } else { &self.palette.line_strong };
            self.surface.stroke(ink, if selected { 2.0 } else { 1.5 });
        }
    }

    pub(super) fn ghosts(&self) {
        let wall = self.glance.wall_ms;
        for ghost @ Ghost { spot, .. } in &self.view.mail.ghosts {
            let size = (self.view.radius * 0.2).clamp(2.5, 5.5);
            self.surface.opacity(0.5 * ghost.strength(wall) * (1.0 - ghost.crossed(wall)));
            self.surface.disc(spot.at.x, spot.at.y, size);
            self.surface.fill(self.palette.shape(spot.tag.shape));
            self.surface.opacity(ghost.strength(wall));
            self.surface.context().begin_path();
            let open = if self.glance.calm { 1.0 } else { ghost.crossed(wall) };
            signs::cross(self.surface, spot.at, size * (0.4 + 0.6 * open));
            self.surface.stroke(&self.palette.lost, 2.0);
        }
        self.surface.opacity(1.0);
    }

    /// The names of messages: of all if they are few, else of the one pointed at or selected. A name that would lie
    /// on another, or on a node, is left out.
    pub(super) fn labels(&self) {
        let (spots, ghosts) = (&self.view.mail.spots, &self.view.mail.ghosts);
        let most = if self.view.size.x < 600.0 { NAMED.1 } else { NAMED.0 };
        let few = spots.len() + ghosts.len() <= most && self.view.radius >= seats::FULL;
        let chosen = |spot: &&Spot| {
            self.glance.selection == Some(Selection::Message(spot.name))
                || matches!(self.glance.hover, Some(Thing::Message(id, _)) if id == spot.id)
        };
        let mut taken: Vec<Label> = Vec::new();
        for spot in spots.iter().filter(chosen) {
            taken.push(self.label(spot, true, &self.palette.text));
        }
        if few {
            let wall = self.glance.wall_ms;
            let lost = ghosts.iter().map(|ghost| (&ghost.spot, &self.palette.lost, ghost.strength(wall)));
            for (spot, ink, strength) in lost.chain(spots.iter().map(|spot| (spot, &self.palette.muted, 1.0))) {
                let sides = [true, false].map(|outer| Label { strength, ..self.label(spot, outer, ink) });
                taken.extend(sides.into_iter().find(|label| self.is_free(label, &taken)));
            }
        }
        for label in &taken {
            let Label { text, left, middle, ink, strength, .. } = label;
            self.surface.opacity(*strength);
            self.surface.haloed(text, *left, *middle, &self.palette.fonts.small, ink, &self.palette.surface);
        }
        self.surface.opacity(1.0);
    }

    fn is_free(&self, label: &Label, taken: &[Label]) -> bool {
        let in_picture = label.left > 2.0 && label.left + label.width < self.view.size.x - 2.0;
        let radius = self.view.radius;
        let on_node = self.view.nodes.iter().any(|node| {
            let written = node.at.plus(point(0.0, radius + 10.0));
            label.touches_disc(node.at, radius + 8.0) || label.touches_box(written, 48.0, seats::WRITING - 6.0)
        });
        in_picture && !on_node && !taken.iter().any(|other| label.touches(other))
    }

    /// A name that clears its message, on the outer side of the lane or on the inner one.
    fn label<'a>(&'a self, spot: &Spot, outer: bool, ink: &'a Ink) -> Label<'a> {
        const CLEAR: f64 = 10.0;
        let width = self.surface.width_of(spot.tag.name, &self.palette.fonts.small);
        let side = spot.along.right().times(if outer { 1.0 } else { -1.0 });
        let (left, middle) = if side.x.abs() > 0.35 {
            let left = if side.x > 0.0 { spot.at.x + CLEAR } else { spot.at.x - CLEAR - width };
            (left, spot.at.y + side.y * Label::HALF)
        } else {
            (spot.at.x - width / 2.0, spot.at.y + side.y.signum() * (CLEAR + Label::HALF - 2.0))
        };
        Label { text: spot.tag.name, left, middle, width, ink, strength: 1.0 }
    }
}

/// A name beside a message.
struct Label<'a> {
    text: &'static str,
    left: f64,
    middle: f64,
    width: f64,
    ink: &'a Ink,
    strength: f64,
}

impl Label<'_> {
    const HALF: f64 = 7.0;
    fn touches(&self, other: &Label) -> bool {
        self.left < other.left + other.width
            && other.left < self.left + self.width
            && (self.middle - other.middle).abs() < 2.0 * Self::HALF
    }
    /// A box that hangs from the middle of its upper edge.
    fn touches_box(&self, from: Point, half: f64, height: f64) -> bool {
        let (top, bottom) = (self.middle - Self::HALF, self.middle + Self::HALF);
        self.left < from.x + half && from.x - half < self.left + self.width && top < from.y + height && from.y < bottom
    }
    fn touches_disc(&self, at: Point, radius: f64) -> bool {
        let x = at.x.clamp(self.left, self.left + self.width);
        let y = at.y.clamp(self.middle - Self::HALF, self.middle + Self::HALF);
        at.distance(point(x, y)) < radius
    }
}
