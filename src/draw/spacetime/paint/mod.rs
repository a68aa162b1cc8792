//! Paints space-time: grid, lanes, messages, events, the veil over what is yet to come, the cursor, and the column of
//! names, which stays in view.

mod chosen;
mod ground;
mod rows;
mod words;

use super::{AXIS, SpaceTimeView};
use crate::draw::{Glance, Palette, Surface};

impl SpaceTimeView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let brush = Brush { view: self, surface, palette, glance };
        brush.clip_to_lanes(|brush| {
            brush.grid();
            brush.lanes();
            brush.density();
            brush.flights();
            brush.dots();
            brush.chosen();
            brush.veil();
        });
        brush.axis();
        brush.marks();
        brush.names();
        brush.cursor();
        brush.stamps();
        brush.pointer();
    }
}

struct Brush<'a> {
    view: &'a SpaceTimeView,
    surface: &'a Surface,
    palette: &'a Palette,
    glance: &'a Glance<'a>,
}

impl Brush<'_> {
    fn left(&self) -> f64 {
        self.view.gutter
    }
    fn right(&self) -> f64 {
        self.view.size.x
    }
    fn bottom(&self) -> f64 {
        self.view.size.y
    }
    fn in_view(&self, x: f64) -> bool {
        x >= self.left() && x <= self.right()
    }

    fn clip_to_lanes(&self, paint: impl Fn(&Self)) {
        let context = self.surface.context();
        context.save();
        context.begin_path();
        context.rect(self.left(), AXIS, self.right() - self.left(), self.bottom() - AXIS);
        context.clip();
        paint(self);
        context.restore();
    }
}
