//! Paints space-time: grid, lanes, messages, events, the veil over what is yet to come, the cursor, and the column of
//! names, which stays in view.

mod chosen;
mod contrast;
mod ground;
mod lit;
mod rows;
mod words;

use super::SpaceTimeView;
use crate::draw::ruler::Ruler;
use crate::draw::{Glance, Palette, Surface};

impl SpaceTimeView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let brush = Brush { view: self, surface, palette, glance };
        let (ruler, now) = (brush.ruler(), self.cursor);
        ruler.clip(|| {
            brush.grid();
            brush.lanes();
            brush.density();
            brush.flights();
            brush.dots();
            brush.contrast();
            brush.chosen();
            // Beside another run, what is yet to come is compared as well.
            if glance.contrast.is_none() {
                ruler.veil(now, glance.session.recorded_until());
            }
            brush.cone();
            brush.lit();
            brush.way();
            brush.cut();
        });
        ruler.axis(now);
        brush.marks();
        brush.parting();
        brush.names();
        ruler.cursor(now);
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

    fn ruler(&self) -> Ruler<'_> {
        let (right, bottom) = (self.right(), self.bottom());
        Ruler { surface: self.surface, palette: self.palette, scale: &self.view.window.scale, right, bottom }
    }
}
