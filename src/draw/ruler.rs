//! What pictures with time from left to right have in common: the axis, the grid below it, the cursor, the moment pointed
//! at, and words beside a point.

use super::axis::Axis;
use super::geometry::{Point, point};
use super::palette::Ink;
use super::scale::Scale;
use super::surface::Align;
use super::{Palette, Surface};
use netsplit_sim::Time;

/// The height of the axis with its times, in pixels.
pub const AXIS: f64 = 26.0;
/// How far apart the marks of the axis are at least, in pixels.
const MARKS: f64 = 96.0;

/// The frame of such a picture. It may be turned, with time from top to bottom: then all places but those of words are as
/// if it were not.
pub struct Ruler<'a> {
    /// What it is painted on.
    pub surface: &'a Surface,
    /// In which colours.
    pub palette: &'a Palette,
    /// Where times are.
    pub scale: &'a Scale,
    /// What they stand for.
    pub axis: Axis,
    /// How high the axis is.
    pub top: f64,
    /// The picture's right edge.
    pub right: f64,
    /// Its lower edge.
    pub bottom: f64,
    /// Whether it is turned.
    pub turned: bool,
}

impl Ruler<'_> {
    fn left(&self) -> f64 {
        self.scale.left
    }
    /// Whether a place is right of the names and within the picture.
    pub fn in_view(&self, x: f64) -> bool {
        x >= self.left() && x <= self.right
    }

    /// Where a place is on the screen.
    pub fn screen(&self, at: Point) -> Point {
        if self.turned { point(at.y, at.x) } else { at }
    }
    /// The corners of the field with the lanes, on the screen.
    pub fn field(&self) -> (Point, Point) {
        (self.screen(point(self.left(), self.top)), self.screen(point(self.right, self.bottom)))
    }

    /// Paints what is below the axis and right of the names: nothing of it goes beyond.
    pub fn clip(&self, paint: impl FnOnce()) {
        let context = self.surface.context();
        context.save();
        context.begin_path();
        context.rect(self.left(), self.top, self.right - self.left(), self.bottom - self.top);
        context.clip();
        paint();
        context.restore();
    }

    /// A line at each mark of the axis.
    pub fn grid(&self) {
        self.surface.context().begin_path();
        for (_, x) in self.axis.marks(self.scale, MARKS) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, self.top, x, self.bottom);
        }
        self.surface.stroke(&self.palette.line_soft, 1.0);
    }

    /// The axis with its times, above the lanes; none of them is where the cursor's is.
    pub fn axis(&self, cursor: Time) {
        self.surface.context().begin_path();
        let line = self.surface.crisp(self.top - 1.0);
        self.surface.add_line(0.0, line, self.right, line);
        for (_, x) in self.axis.marks(self.scale, MARKS).filter(|(_, x)| self.in_view(*x)) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, self.top - 5.0, x, self.top - 1.0);
        }
        self.surface.stroke(&self.palette.line, 1.0);
        self.surface.upright(|| self.times(cursor));
    }

    fn times(&self, cursor: Time) {
        let step = self.axis.step(self.scale, MARKS);
        let font = &self.palette.fonts.small;
        let (from, to) = self.pill_place(self.scale.x(cursor), &self.axis.reading(cursor));
        let cursor = if self.turned { (from.y, to.y) } else { (from.x, to.x) };
        for (time, x) in self.axis.marks(self.scale, MARKS) {
            let text = self.axis.mark_text(time, step);
            let half = if self.turned { 8.0 } else { self.surface.width_of(&text, font) / 2.0 };
            let hidden = x + half + 4.0 > cursor.0 && x - half - 4.0 < cursor.1;
            if x - half > self.left() && x + half < self.right && !hidden {
                let (at, align) = match self.turned {
                    true => (point(self.top - 8.0, x), Align::End),
                    false => (point(x, self.top / 2.0 - 1.0), Align::Middle),
                };
                self.surface.text(&text, at.x, at.y, font, &self.palette.faint, align);
            }
        }
    }

    /// The line between names and lanes.
    pub fn edge(&self) {
        let line = self.surface.crisp(self.left());
        self.surface.context().begin_path();
        self.surface.add_line(line, 0.0, line, self.bottom);
        self.surface.stroke(&self.palette.line, 1.0);
    }

    /// What is recorded but lies after the cursor is seen through a veil.
    pub fn veil(&self, cursor: Time, recorded_until: Time) {
        let x = self.scale.x(cursor).max(self.left());
        if x < self.right && recorded_until > cursor {
            self.surface.context().begin_path();
            self.surface.context().rect(x, self.top, self.right - x, self.bottom - self.top);
            self.draw_veil();
        }
    }
    /// Veils what is in the path.
    pub fn draw_veil(&self) {
        self.surface.opacity(0.68);
        self.surface.fill(&self.palette.surface);
        self.surface.opacity(1.0);
    }

    /// The moment that is shown.
    pub fn cursor(&self, cursor: Time) {
        let x = self.scale.x(cursor);
        if self.in_view(x) {
            self.surface.context().begin_path();
            let line = self.surface.crisp(x);
            self.surface.add_line(line, self.top - 4.0, line, self.bottom);
            self.surface.stroke(&self.palette.accent, 1.5);
            self.told_cursor(cursor);
        }
    }
    /// The moment that is shown, on the axis.
    pub fn told_cursor(&self, cursor: Time) {
        let x = self.scale.x(cursor);
        if self.in_view(x) {
            self.pill(x, &self.axis.reading(cursor), &self.palette.accent, &self.palette.on_accent);
        }
    }

    /// The moment under the pointer.
    pub fn moment(&self, time: Time) {
        let x = self.scale.x(time);
        if self.in_view(x) {
            self.surface.context().begin_path();
            let line = self.surface.crisp(x);
            self.surface.add_line(line, self.top, line, self.bottom);
            self.surface.stroke(&self.palette.line_strong, 1.0);
            self.told_moment(time);
        }
    }
    /// The moment under the pointer, on the axis.
    pub fn told_moment(&self, time: Time) {
        let x = self.scale.x(time);
        if self.in_view(x) {
            self.pill(x, &self.axis.reading(time), &self.palette.hovered, &self.palette.text);
        }
    }

    /// A time on the axis, within the picture.
    fn pill(&self, x: f64, text: &str, ground: &Ink, ink: &Ink) {
        let (from, to) = self.pill_place(x, text);
        self.surface.upright(|| {
            self.surface.rounded(from.x, from.y, to.x - from.x, to.y - from.y, 4.0);
            self.surface.fill(ground);
            let font = &self.palette.fonts.figures;
            self.surface.text(text, from.x + 6.0, from.y + 9.0, font, ink, Align::Start);
        });
    }
    /// The corners of such a time, on the screen.
    fn pill_place(&self, x: f64, text: &str) -> (Point, Point) {
        let width = self.surface.width_of(text, &self.palette.fonts.figures) + 12.0;
        let from = match self.turned {
            true => point((self.top - width - 2.0).max(1.0), (x - 9.0).min(self.right - 20.0).max(self.left() + 1.0)),
            false => point((x - width / 2.0).min(self.right - width - 2.0).max(self.left() + 2.0), 3.0),
        };
        (from, point(from.x + width, from.y + 18.0))
    }

    /// A few words beside a point, on a floating ground.
    pub fn note(&self, at: Point, words: &[&str]) {
        let (at, (least, most)) = (self.screen(at), self.field());
        let text = words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join("  ·  ");
        let font = &self.palette.fonts.small;
        let text = self.surface.shortened(&text, font, (most.x - least.x - 40.0).max(40.0));
        let width = self.surface.width_of(&text, font) + 16.0;
        let left = (at.x + 12.0).min(most.x - width - 6.0).max(least.x + 4.0);
        let above = at.y - 34.0;
        let top = if above > least.y { above } else { at.y + 12.0 };
        self.surface.upright(|| {
            self.floating(point(left, top), width);
            self.surface.text(&text, left + 8.0, top + 12.0, font, &self.palette.text, Align::Start);
        });
    }

    /// The ground of a few words, upright.
    pub fn floating(&self, at: Point, width: f64) {
        let (left, top) = (self.surface.crisp(at.x), self.surface.crisp(at.y));
        self.surface.rounded(left, top, width, 24.0, 6.0);
        self.surface.fill(&self.palette.raised);
        self.surface.stroke(&self.palette.line_strong, 1.0);
    }
}
