//! Paints what events happen on: the grid, the axis, the lanes with their names, the cursor.

use super::Brush;
use crate::draw::Standing;
use crate::draw::geometry::point;
use crate::draw::palette::Ink;
use crate::draw::scale::{clock_text, mark_text};
use crate::draw::spacetime::AXIS;
use crate::draw::spacetime::history::Stretch;
use crate::draw::spacetime::rows::COLUMN;
use crate::draw::surface::Align;
use netsplit_scenario::Selection;
use netsplit_sim::{Condition, NodeId};

/// How far apart the marks of the axis are at least, in pixels.
const MARKS: f64 = 96.0;

impl Brush<'_> {
    pub(super) fn grid(&self) {
        self.surface.context().begin_path();
        for (_, x) in self.view.window.scale.marks(MARKS) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, AXIS, x, self.bottom());
        }
        self.surface.stroke(&self.palette.line_soft, 1.0);
        let selected = match self.glance.selection {
            Some(Selection::Node(node)) => Some(node),
            _ => None,
        };
        if let Some(node) = selected {
            let lanes = &self.view.lanes;
            self.surface.context().begin_path();
            self.surface.context().rect(self.left(), lanes.y(node) - lanes.height / 2.0, self.right(), lanes.height);
            self.surface.opacity(0.07);
            self.surface.fill(&self.palette.accent);
            self.surface.opacity(1.0);
        }
    }

    /// The axis with its times, above the lanes.
    pub(super) fn axis(&self) {
        let scale = &self.view.window.scale;
        let step = scale.step(MARKS);
        let context = self.surface.context();
        let font = &self.palette.fonts.small;
        context.begin_path();
        let line = self.surface.crisp(AXIS - 1.0);
        self.surface.add_line(0.0, line, self.right(), line);
        for (_, x) in scale.marks(MARKS).filter(|(_, x)| self.in_view(*x)) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, AXIS - 5.0, x, AXIS - 1.0);
        }
        self.surface.stroke(&self.palette.line, 1.0);
        let (cursor_left, cursor_right) = self.pill_place(scale.x(self.view.cursor), &clock_text(self.view.cursor));
        for (time, x) in scale.marks(MARKS) {
            let text = mark_text(time, step);
            let half = self.surface.width_of(&text, font) / 2.0;
            let hidden = x + half + 4.0 > cursor_left && x - half - 4.0 < cursor_right;
            if x - half > self.left() && x + half < self.right() && !hidden {
                self.surface.text(&text, x, AXIS / 2.0 - 1.0, font, &self.palette.faint, Align::Middle);
            }
        }
    }

    pub(super) fn lanes(&self) {
        let trace = self.glance.session.trace();
        let window = self.view.window.scale.visible();
        let mut stretches: Vec<(NodeId, Stretch)> = Vec::new();
        for node in self.view.lanes.visible() {
            stretches.extend(self.view.history.stretches(trace, node, window).map(|stretch| (node, stretch)));
        }
        let up = |standing: Standing| {
            let known = stretches.iter().filter(|(_, s)| s.condition == Condition::Up);
            known.filter(move |(_, s)| s.standing.unwrap_or_default() == standing)
        };
        // The more a standing matters, the heavier its line: it is told by weight as well as by colour.
        let weights = [
            (Standing::Plain, 1.5, 0.55),
            (Standing::Outside, 1.5, 0.75),
            (Standing::Striving, 3.5, 0.8),
            (Standing::Leading, 6.0, 0.85),
        ];
        for (standing, weight, opacity) in weights {
            self.surface.opacity(opacity);
            self.bars(up(standing), self.palette.standing(standing), weight);
        }
        self.surface.opacity(0.9);
        self.surface.dashes(&[6.0, 3.0]);
        self.bars(stretches.iter().filter(|(_, s)| s.condition == Condition::Paused), &self.palette.plain, 1.5);
        self.surface.opacity(0.6);
        self.surface.dashes(&[1.0, 5.0]);
        self.bars(stretches.iter().filter(|(_, s)| s.condition == Condition::Down), &self.palette.down, 1.0);
        self.surface.dashes(&[]);
        self.surface.opacity(1.0);
    }

    fn bars<'s>(&self, stretches: impl Iterator<Item = &'s (NodeId, Stretch)>, ink: &Ink, weight: f64) {
        let scale = &self.view.window.scale;
        let recorded = self.glance.session.recorded_until().max(self.view.cursor);
        self.surface.context().begin_path();
        for (node, stretch) in stretches {
            let from = scale.x(stretch.from).max(self.left() - 8.0);
            let to = scale.x(stretch.to.unwrap_or(recorded).min(recorded)).min(self.right() + 8.0);
            let y = self.view.lanes.y(*node);
            let y = if weight <= 2.0 { self.surface.crisp(y) } else { y };
            if to > from {
                self.surface.add_line(from, y, to, y);
            }
        }
        self.surface.stroke(ink, weight);
    }

    /// How much happened where, when there is too much to show each event.
    pub(super) fn density(&self) {
        let most = self.view.rows.density.iter().flat_map(|(_, cells)| cells).copied().fold(0.0, f32::max);
        if most <= 0.0 {
            return;
        }
        let tallest = self.view.lanes.height * 0.72;
        let context = self.surface.context();
        context.begin_path();
        for (node, cells) in &self.view.rows.density {
            let y = self.view.lanes.y(*node);
            for (column, count) in cells.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let height = (tallest * f64::from((count / most).sqrt())).max(2.0);
                context.rect(self.left() + COLUMN * column as f64, y - height / 2.0, COLUMN - 1.0, height);
            }
        }
        self.surface.opacity(0.55);
        self.surface.fill(&self.palette.request);
        self.surface.opacity(1.0);
    }

    pub(super) fn names(&self) {
        let lanes = self.view.lanes;
        let context = self.surface.context();
        let line = self.surface.crisp(self.left());
        context.begin_path();
        self.surface.add_line(line, 0.0, line, self.bottom());
        self.surface.stroke(&self.palette.line, 1.0);
        context.save();
        context.begin_path();
        context.rect(0.0, AXIS, self.left(), self.bottom() - AXIS);
        context.clip();
        for node in lanes.visible() {
            self.name(node, lanes.y(node));
        }
        context.restore();
    }

    fn name(&self, node: NodeId, y: f64) {
        let Some(now) = self.glance.now.node(node) else { return };
        let standing = Standing::of(now);
        let ink = self.palette.standing(standing);
        let chosen = self.glance.selection == Some(Selection::Node(node));
        let at = point(16.0, y);
        match standing {
            Standing::Outside => {
                self.surface.context().begin_path();
                self.surface.context().rect(at.x - 3.5, at.y - 3.5, 7.0, 7.0);
            }
            _ => self.surface.disc(at.x, at.y, if standing == Standing::Leading { 5.0 } else { 4.0 }),
        }
        match standing {
            Standing::Leading | Standing::Striving => self.surface.fill(ink),
            _ => self.surface.stroke(ink, 1.5),
        }
        let words = match (chosen, standing) {
            (true, _) => &self.palette.accent,
            (_, Standing::Down) => &self.palette.faint,
            _ => &self.palette.text,
        };
        let name = self.glance.session.names().get(node.index()).map_or("", String::as_str);
        let font = &self.palette.fonts.small_strong;
        let name = self.surface.shortened(name, font, self.left() - 32.0);
        self.surface.text(&name, 27.0, y, font, words, Align::Start);
    }

    pub(super) fn cursor(&self) {
        let x = self.view.window.scale.x(self.view.cursor);
        if !self.in_view(x) {
            return;
        }
        self.surface.context().begin_path();
        let line = self.surface.crisp(x);
        self.surface.add_line(line, AXIS - 4.0, line, self.bottom());
        self.surface.stroke(&self.palette.accent, 1.5);
        self.pill(x, &clock_text(self.view.cursor), &self.palette.accent, &self.palette.on_accent);
    }

    /// A time on the axis, within the picture.
    pub(super) fn pill(&self, x: f64, text: &str, ground: &Ink, ink: &Ink) {
        let (left, right) = self.pill_place(x, text);
        self.surface.rounded(left, 3.0, right - left, 18.0, 4.0);
        self.surface.fill(ground);
        self.surface.text(text, left + 6.0, 12.0, &self.palette.fonts.figures, ink, Align::Start);
    }

    /// Where such a time begins and ends.
    fn pill_place(&self, x: f64, text: &str) -> (f64, f64) {
        let width = self.surface.width_of(text, &self.palette.fonts.figures) + 12.0;
        let left = (x - width / 2.0).min(self.right() - width - 2.0).max(self.left() + 2.0);
        (left, left + width)
    }
}
