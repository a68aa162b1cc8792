//! Paints the time line.

use super::{COLUMN, Mark, ROOMY, Sort, TIMES, TimelineView};
use crate::draw::axis::Axis;
use crate::draw::geometry::point;
use crate::draw::palette::Ink;
use crate::draw::scale::Scale;
use crate::draw::surface::Align;
use crate::draw::{Glance, Palette, Surface, Thing, signs};

/// The height kept free above it for marks, in pixels.
const HEAD: f64 = 11.0;
/// How far apart the times are at least, in pixels.
const APART: f64 = 110.0;

impl TimelineView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let Some(scale) = self.scale else { return };
        let brush = Brush { view: self, surface, palette, glance, scale };
        brush.window();
        brush.times();
        brush.histogram();
        brush.track();
        brush.marks();
        brush.hovered();
        brush.cursor();
    }
}

struct Brush<'a> {
    view: &'a TimelineView,
    surface: &'a Surface,
    palette: &'a Palette,
    glance: &'a Glance<'a>,
    scale: Scale,
}

impl Brush<'_> {
    /// A log's times are Lamport's.
    fn axis(&self) -> Axis {
        if self.glance.session.is_log() { Axis::Logical } else { Axis::Physical }
    }
    /// Where the line itself is: under the histogram, over the times if there is room for them.
    fn base(&self) -> f64 {
        let height = self.view.size.y;
        if height >= ROOMY { height - TIMES } else { height - 4.0 }
    }

    /// What of the run the diagram above shows: a pale ground, and below it what it can be dragged by.
    fn window(&self) {
        let Some((from, to)) = self.view.window_place() else { return };
        let (base, ink) = (self.base(), &self.palette.accent);
        let held = self.glance.hover == Some(Thing::Window);
        self.surface.context().begin_path();
        self.surface.context().rect(from, 0.0, to - from, base);
        self.surface.opacity(0.06);
        self.surface.fill(ink);
        self.surface.rounded(from, base + 2.0, to - from, TIMES - 3.0, 4.0);
        self.surface.opacity(if held { 0.3 } else { 0.14 });
        self.surface.fill(ink);
        self.surface.opacity(if held { 1.0 } else { 0.55 });
        self.surface.stroke(ink, 1.0);
        self.surface.opacity(1.0);
    }

    fn times(&self) {
        let (base, font) = (self.base(), &self.palette.fonts.small);
        if base > self.view.size.y - TIMES {
            return;
        }
        let (axis, step) = (self.axis(), self.scale.step(APART));
        let right = self.scale.left + self.scale.width;
        for (time, x) in self.scale.marks(APART) {
            let text = axis.mark_text(time, step);
            let width = self.surface.width_of(&text, font);
            let left = (x - width / 2.0).max(self.scale.left);
            if left + width <= right + 4.0 {
                self.surface.text(&text, left, base + 9.0, font, &self.palette.faint, Align::Start);
            }
        }
    }

    /// Quiet columns; what lies after the cursor is fainter.
    fn histogram(&self) {
        let most = f64::from(self.view.columns.iter().copied().max().unwrap_or(0).max(1));
        let (base, room) = (self.base() - 1.0, self.base() - HEAD - 1.0);
        let cursor = self.scale.x(self.view.cursor);
        for (after, opacity) in [(false, 0.42), (true, 0.18)] {
            self.surface.context().begin_path();
            for (column, count) in self.view.columns.iter().enumerate().filter(|(_, count)| **count > 0) {
                let x = self.scale.left + COLUMN * column as f64;
                if (x + COLUMN / 2.0 > cursor) == after {
                    let height = (room * (f64::from(*count) / most).sqrt()).max(1.5);
                    self.surface.context().rect(x, base - height, COLUMN - 1.0, height);
                }
            }
            self.surface.opacity(opacity);
            self.surface.fill(&self.palette.plain);
        }
        self.surface.opacity(1.0);
    }

    /// The line: how far the run has been watched, how far it is recorded, how far it could go.
    fn track(&self) {
        let y = self.base();
        let right = self.scale.left + self.scale.width;
        let stretch = |to: f64, ink: &Ink, width: f64| {
            self.surface.context().begin_path();
            self.surface.add_line(self.scale.left, y, to.clamp(self.scale.left, right), y);
            self.surface.stroke(ink, width);
        };
        stretch(right, &self.palette.line, 2.0);
        stretch(self.scale.x(self.view.recorded), &self.palette.line_strong, 2.0);
        stretch(self.scale.x(self.view.cursor), &self.palette.accent, 2.0);
    }

    fn marks(&self) {
        let of = |sort: Sort| self.view.marks.iter().filter(move |mark| mark.sort == sort);
        let context = self.surface.context();
        context.begin_path();
        for Mark { x, .. } in of(Sort::Client) {
            context.rect(x - 0.75, HEAD - 7.0, 1.5, 7.0);
        }
        self.surface.fill(&self.palette.client);
        context.begin_path();
        of(Sort::Fault).for_each(|mark| signs::flag(self.surface, point(mark.x, HEAD), 5.0));
        self.surface.fill(&self.palette.warn);
        context.begin_path();
        for Mark { x, .. } in of(Sort::Violation) {
            let x = self.surface.crisp(*x);
            self.surface.add_line(x, HEAD, x, self.base());
        }
        self.surface.stroke(&self.palette.danger, 1.5);
        context.begin_path();
        of(Sort::Violation).for_each(|mark| signs::diamond(self.surface, point(mark.x, HEAD - 4.0), 5.0));
        self.surface.fill(&self.palette.danger);
    }

    fn hovered(&self) {
        let time = match self.glance.hover {
            Some(Thing::Moment(time)) => time,
            Some(Thing::Event(event)) => match self.glance.session.trace().event(event) {
                Some(row) => row.at,
                None => return,
            },
            _ => return,
        };
        let right = self.scale.left + self.scale.width;
        let x = self.scale.x(time);
        if x > right + 0.5 {
            return;
        }
        self.surface.context().begin_path();
        let line = self.surface.crisp(x);
        self.surface.add_line(line, 2.0, line, self.base());
        self.surface.stroke(&self.palette.line_strong, 1.0);
        let (text, font) = (self.axis().reading(time), &self.palette.fonts.figures);
        let width = self.surface.width_of(&text, font) + 10.0;
        let left = if x + width + 6.0 < right { x + 4.0 } else { x - width - 4.0 };
        self.surface.rounded(left, 1.0, width, 17.0, 4.0);
        self.surface.fill(&self.palette.hovered);
        self.surface.text(&text, left + 5.0, 9.5, font, &self.palette.text, Align::Start);
    }

    fn cursor(&self) {
        let right = self.scale.left + self.scale.width;
        let (x, y) = (self.scale.x(self.view.cursor).min(right), self.base());
        self.surface.context().begin_path();
        let line = self.surface.crisp(x);
        self.surface.add_line(line, 2.0, line, y);
        self.surface.stroke(&self.palette.accent, 1.5);
        self.surface.disc(x, y, 5.5);
        self.surface.fill(&self.palette.accent);
        self.surface.stroke(&self.palette.surface, 2.0);
    }
}
