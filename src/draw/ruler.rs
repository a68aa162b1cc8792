//! What pictures with time from left to right have in common: the axis, the grid below it, the cursor, the moment pointed
//! at, and words beside a point.

use super::geometry::{Point, point};
use super::palette::Ink;
use super::scale::{Scale, clock_text, mark_text};
use super::surface::Align;
use super::{Palette, Surface};
use netsplit_sim::Time;

/// The height of the axis with its times, in pixels.
pub const AXIS: f64 = 26.0;
/// How far apart the marks of the axis are at least, in pixels.
const MARKS: f64 = 96.0;

/// The frame of such a picture.
pub struct Ruler<'a> {
    /// What it is painted on.
    pub surface: &'a Surface,
    /// In which colours.
    pub palette: &'a Palette,
    /// Where times are.
    pub scale: &'a Scale,
    /// The picture's right edge.
    pub right: f64,
    /// Its lower edge.
    pub bottom: f64,
}

impl Ruler<'_> {
    fn left(&self) -> f64 {
        self.scale.left
    }
    /// Whether a place is right of the names and within the picture.
    pub fn in_view(&self, x: f64) -> bool {
        x >= self.left() && x <= self.right
    }

    /// Paints what is below the axis and right of the names: nothing of it goes beyond.
    pub fn clip(&self, paint: impl FnOnce()) {
        let context = self.surface.context();
        context.save();
        context.begin_path();
        context.rect(self.left(), AXIS, self.right - self.left(), self.bottom - AXIS);
        context.clip();
        paint();
        context.restore();
    }

    /// A line at each mark of the axis.
    pub fn grid(&self) {
        self.surface.context().begin_path();
        for (_, x) in self.scale.marks(MARKS) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, AXIS, x, self.bottom);
        }
        self.surface.stroke(&self.palette.line_soft, 1.0);
    }

    /// The axis with its times, above the lanes; none of them is where the cursor's is.
    pub fn axis(&self, cursor: Time) {
        let step = self.scale.step(MARKS);
        let font = &self.palette.fonts.small;
        self.surface.context().begin_path();
        let line = self.surface.crisp(AXIS - 1.0);
        self.surface.add_line(0.0, line, self.right, line);
        for (_, x) in self.scale.marks(MARKS).filter(|(_, x)| self.in_view(*x)) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, AXIS - 5.0, x, AXIS - 1.0);
        }
        self.surface.stroke(&self.palette.line, 1.0);
        let (cursor_left, cursor_right) = self.pill_place(self.scale.x(cursor), &clock_text(cursor));
        for (time, x) in self.scale.marks(MARKS) {
            let text = mark_text(time, step);
            let half = self.surface.width_of(&text, font) / 2.0;
            let hidden = x + half + 4.0 > cursor_left && x - half - 4.0 < cursor_right;
            if x - half > self.left() && x + half < self.right && !hidden {
                self.surface.text(&text, x, AXIS / 2.0 - 1.0, font, &self.palette.faint, Align::Middle);
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
            self.surface.opacity(0.68);
            self.surface.context().begin_path();
            self.surface.context().rect(x, AXIS, self.right - x, self.bottom - AXIS);
            self.surface.fill(&self.palette.surface);
            self.surface.opacity(1.0);
        }
    }

    /// The moment that is shown.
    pub fn cursor(&self, cursor: Time) {
        let x = self.scale.x(cursor);
        if self.in_view(x) {
            self.surface.context().begin_path();
            let line = self.surface.crisp(x);
            self.surface.add_line(line, AXIS - 4.0, line, self.bottom);
            self.surface.stroke(&self.palette.accent, 1.5);
            self.pill(x, &clock_text(cursor), &self.palette.accent, &self.palette.on_accent);
        }
    }

    /// The moment under the pointer.
    pub fn moment(&self, time: Time) {
        let x = self.scale.x(time);
        if self.in_view(x) {
            self.surface.context().begin_path();
            let line = self.surface.crisp(x);
            self.surface.add_line(line, AXIS, line, self.bottom);
            self.surface.stroke(&self.palette.line_strong, 1.0);
            self.pill(x, &clock_text(time), &self.palette.hovered, &self.palette.text);
        }
    }

    /// A time on the axis, within the picture.
    fn pill(&self, x: f64, text: &str, ground: &Ink, ink: &Ink) {
        let (left, right) = self.pill_place(x, text);
        self.surface.rounded(left, 3.0, right - left, 18.0, 4.0);
        self.surface.fill(ground);
        self.surface.text(text, left + 6.0, 12.0, &self.palette.fonts.figures, ink, Align::Start);
    }
    /// Where such a time begins and ends.
    fn pill_place(&self, x: f64, text: &str) -> (f64, f64) {
        let width = self.surface.width_of(text, &self.palette.fonts.figures) + 12.0;
        let left = (x - width / 2.0).min(self.right - width - 2.0).max(self.left() + 2.0);
        (left, left + width)
    }

    /// A few words beside a point, on a floating ground.
    pub fn note(&self, at: Point, words: &[&str]) {
        let text = words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join("  ·  ");
        let font = &self.palette.fonts.small;
        let most = (self.right - self.left() - 40.0).max(40.0);
        let text = self.surface.shortened(&text, font, most);
        let width = self.surface.width_of(&text, font) + 16.0;
        let left = (at.x + 12.0).min(self.right - width - 6.0).max(self.left() + 4.0);
        let above = at.y - 34.0;
        let top = if above > AXIS { above } else { at.y + 12.0 };
        self.floating(point(left, top), width);
        self.surface.text(&text, left + 8.0, top + 12.0, font, &self.palette.text, Align::Start);
    }

    /// The ground of a few words.
    pub fn floating(&self, at: Point, width: f64) {
        let (left, top) = (self.surface.crisp(at.x), self.surface.crisp(at.y));
        self.surface.rounded(left, top, width, 24.0, 6.0);
        self.surface.fill(&self.palette.raised);
        self.surface.stroke(&self.palette.line_strong, 1.0);
    }
}
