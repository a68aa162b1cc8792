//! Paints the measures.

use super::{ABOVE, BELOW, MeasuresView, Row, corners};
use crate::draw::geometry::Point;
use crate::draw::palette::Ink;
use crate::draw::scale::Scale;
use crate::draw::surface::Align;
use crate::draw::{Glance, Palette, Surface, Thing};
use netsplit_scenario::curve::Curve;
use netsplit_sim::Time;

impl MeasuresView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let Some(scale) = self.scale else { return };
        let brush = Brush { view: self, surface, palette, scale };
        let until = glance.session.recorded_until().max(self.cursor);
        for (number, curve) in self.curves.iter().enumerate() {
            let row = self.row(number, curve);
            brush.ground(&row);
            brush.curve(curve, &row, until);
            brush.most(&row);
        }
        brush.cursor();
        if let Some(Thing::Moment(time)) = glance.hover {
            brush.hovered(time.min(until));
        }
    }
}

struct Brush<'a> {
    view: &'a MeasuresView,
    surface: &'a Surface,
    palette: &'a Palette,
    scale: Scale,
}

impl Brush<'_> {
    /// The line of zero.
    fn ground(&self, row: &Row) {
        let (left, right) = (self.scale.left, self.scale.left + self.scale.width);
        self.surface.context().begin_path();
        let base = self.surface.crisp(row.base);
        self.surface.add_line(left, base, right, base);
        self.surface.stroke(&self.palette.line, 1.0);
    }

    /// How much the top is, over a curve that has come so far.
    fn most(&self, row: &Row) {
        let (text, font) = (row.most.to_string(), &self.palette.fonts.small);
        let (right, middle) = (self.scale.left + self.scale.width, row.top + 4.0);
        let width = self.surface.width_of(&text, font) + 6.0;
        self.surface.rounded(right - width, middle - 7.0, width, 14.0, 3.0);
        self.surface.fill(&self.palette.surface);
        self.surface.text(&text, right, middle, font, &self.palette.faint, Align::End);
    }

    /// What was watched is full, what is known beyond it is fainter.
    fn curve(&self, curve: &Curve, row: &Row, until: Time) {
        let (watched, known) = (self.view.cursor.min(until), until);
        let ink = &self.palette.plain;
        self.line(&corners(curve, row, &self.scale, known), row, ink, 0.35);
        self.line(&corners(curve, row, &self.scale, watched), row, ink, 1.0);
    }

    fn line(&self, corners: &[Point], row: &Row, ink: &Ink, strength: f64) {
        let (Some(first), Some(last)) = (corners.first(), corners.last()) else { return };
        let context = self.surface.context();
        context.begin_path();
        context.move_to(first.x, row.base);
        corners.iter().for_each(|at| context.line_to(at.x, at.y));
        context.line_to(last.x, row.base);
        self.surface.opacity(0.14 * strength);
        self.surface.fill(ink);
        context.begin_path();
        context.move_to(first.x, first.y);
        corners.iter().for_each(|at| context.line_to(at.x, at.y));
        self.surface.opacity(strength);
        self.surface.stroke(ink, 1.5);
        self.surface.opacity(1.0);
    }

    /// A line through every row, but not through the words above it.
    fn upright(&self, x: f64, ink: &Ink, width: f64) {
        let line = self.surface.crisp(x);
        self.surface.context().begin_path();
        for (number, curve) in self.view.curves.iter().enumerate() {
            let row = self.view.row(number, curve);
            self.surface.add_line(line, row.top - ABOVE, line, row.base + BELOW);
        }
        self.surface.stroke(ink, width);
    }

    fn cursor(&self) {
        let x = self.scale.x(self.view.cursor).min(self.scale.left + self.scale.width);
        self.upright(x, &self.palette.accent, 1.5);
        for (number, curve) in self.view.curves.iter().enumerate() {
            let y = self.view.row(number, curve).y(curve.at(self.view.cursor));
            self.surface.disc(x, y, 3.0);
            self.surface.fill(&self.palette.accent);
            self.surface.stroke(&self.palette.surface, 1.5);
        }
    }

    /// What each was at the time under the pointer.
    fn hovered(&self, time: Time) {
        let (x, font) = (self.scale.x(time), &self.palette.fonts.figures);
        self.upright(x, &self.palette.line_strong, 1.0);
        for (number, curve) in self.view.curves.iter().enumerate() {
            let row = self.view.row(number, curve);
            let text = curve.at(time).to_string();
            let width = self.surface.width_of(&text, font) + 10.0;
            let fits = x + width + 6.0 < self.scale.left + self.scale.width;
            let left = if fits { x + 4.0 } else { x - width - 4.0 };
            let middle = (row.top + row.base) / 2.0;
            self.surface.rounded(left, middle - 8.5, width, 17.0, 4.0);
            self.surface.fill(&self.palette.hovered);
            self.surface.text(&text, left + 5.0, middle, font, &self.palette.text, Align::Start);
        }
    }
}
