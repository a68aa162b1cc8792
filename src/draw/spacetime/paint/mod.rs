//! Paints space-time: grid, lanes, messages, events, the veil over what is yet to come, the cursor, and the column of
//! names, which stays in view.

mod chosen;
mod contrast;
mod ends;
mod ground;
mod lit;
mod rows;
mod words;

use super::SpaceTimeView;
use super::rows::Field;
use crate::draw::ruler::Ruler;
use crate::draw::{Glance, Palette, Surface};

impl SpaceTimeView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        surface.turn(self.showing.vertical);
        let (session, now) = (glance.session, glance.now.cursor().time);
        let field = self.field(session.trace(), session.recorded_until().max(now));
        let brush = Brush { view: self, surface, palette, glance, field };
        let ruler = brush.ruler();
        ruler.clip(|| {
            brush.grid();
            brush.lanes();
            brush.density();
            brush.bridges();
            brush.flights();
            brush.dots();
            brush.contrast();
            brush.chosen();
            // Beside another run, what is yet to come is compared as well.
            if glance.contrast.is_none() {
                brush.veil();
            }
            brush.cone();
            brush.lit();
            brush.way();
            brush.cut();
            brush.ends();
        });
        ruler.axis(self.cursor);
        brush.marks();
        brush.parting();
        brush.names();
        brush.cursor();
        surface.upright(|| brush.stamps());
        brush.told();
        brush.pointer();
    }
}

struct Brush<'a> {
    view: &'a SpaceTimeView,
    surface: &'a Surface,
    palette: &'a Palette,
    glance: &'a Glance<'a>,
    field: Field<'a>,
}

impl Brush<'_> {
    fn left(&self) -> f64 {
        self.view.gutter
    }
    fn top(&self) -> f64 {
        self.view.lanes.top
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
        let (right, bottom, showing) = (self.right(), self.bottom(), &self.view.showing);
        let (axis, top, turned) = (showing.axis, self.top(), showing.vertical);
        let (surface, palette, scale) = (self.surface, self.palette, &self.view.window.scale);
        Ruler { surface, palette, scale, axis, top, right, bottom, turned }
    }
}
