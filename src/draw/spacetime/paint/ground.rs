//! Paints what events happen on: the grid, the axis, the lanes with their names, the cursor.

use super::Brush;
use crate::draw::Standing;
use crate::draw::geometry::point;
use crate::draw::palette::Ink;
use crate::draw::ruler::AXIS;
use crate::draw::spacetime::history::Stretch;
use crate::draw::spacetime::rows::COLUMN;
use crate::draw::surface::Align;
use netsplit_scenario::Selection;
use netsplit_sim::{Condition, NodeId};

impl Brush<'_> {
    pub(super) fn grid(&self) {
        self.ruler().grid();
        let selected = match self.glance.selection {
            Some(Selection::Node(node)) => Some(node),
            _ => None,
        };
        if let Some(node) = selected {
            let lanes = &self.view.lanes;
            self.surface.context().begin_path();
            self.surface.context().rect(
                self.left(),
                lanes.y(node.index()) - lanes.height / 2.0,
                self.right(),
                lanes.height,
            );
            self.surface.opacity(0.07);
            self.surface.fill(&self.palette.accent);
            self.surface.opacity(1.0);
        }
    }

    pub(super) fn lanes(&self) {
        let trace = self.glance.session.trace();
        let window = self.view.window.scale.visible();
        let mut stretches: Vec<(NodeId, Stretch)> = Vec::new();
        for node in self.view.lanes.visible().map(|lane| NodeId(lane as u16)) {
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
            let y = self.view.lanes.y(node.index());
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
            let y = self.view.lanes.y(node.index());
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
        self.ruler().edge();
        context.save();
        context.begin_path();
        context.rect(0.0, AXIS, self.left(), self.bottom() - AXIS);
        context.clip();
        for lane in lanes.visible() {
            self.name(NodeId(lane as u16), lanes.y(lane));
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
}
