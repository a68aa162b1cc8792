//! Paints operations: bars, the order through them or what speaks against one, and the column of clients.

use super::{Asked, Bar, OperationsView, THICKNESS};
use crate::draw::axis::Axis;
use crate::draw::geometry::point;
use crate::draw::palette::Ink;
use crate::draw::ruler::{AXIS, Ruler};
use crate::draw::surface::Align;
use crate::draw::{Glance, Palette, Surface, Thing};
use netsplit_scenario::Selection;

/// A bar tells what it is about if it is at least so wide, in pixels.
const TELLING: f64 = 26.0;
/// What does not matter now is painted so strongly.
const FADED: f64 = 0.3;

impl OperationsView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let (right, bottom, scale) = (self.size.x, self.size.y, &self.window.scale);
        let (axis, top, turned) = (Axis::Physical, AXIS, false);
        let ruler = Ruler { surface, palette, scale, axis, top, right, bottom, turned };
        let brush = Brush { view: self, surface, palette, glance, asked: glance.asked };
        ruler.clip(|| {
            ruler.grid();
            brush.lanes();
            self.bars.iter().for_each(|bar| brush.bar(bar));
            brush.path();
            brush.arrows();
        });
        ruler.axis(self.cursor);
        ruler.edge();
        brush.names();
        ruler.cursor(self.cursor);
        match glance.hover {
            Some(Thing::Moment(time)) => ruler.moment(time),
            Some(Thing::Event(event)) => {
                let hovered = self.bars.iter().find(|bar| bar.event == event);
                hovered.into_iter().for_each(|bar| ruler.note(point(bar.left.max(scale.left), bar.y), &[&bar.text]));
            }
            _ => {}
        }
    }
}

struct Brush<'a> {
    view: &'a OperationsView,
    surface: &'a Surface,
    palette: &'a Palette,
    glance: &'a Glance<'a>,
    asked: &'a Asked,
}

impl Brush<'_> {
    /// A hairline for each client.
    fn lanes(&self) {
        self.surface.context().begin_path();
        for lane in self.view.lanes.visible() {
            let y = self.surface.crisp(self.view.lanes.y(lane));
            self.surface.add_line(self.view.window.scale.left, y, self.view.size.x, y);
        }
        self.surface.stroke(&self.palette.line, 1.0);
    }

    fn bar(&self, bar: &Bar) {
        let height = self.view.lanes.height * THICKNESS;
        let (left, top) = (bar.left.max(-40.0), bar.y - height / 2.0);
        let width = bar.right.min(self.view.size.x + 40.0) - left;
        let shown = &self.asked.shown;
        let culprit = shown.culprits.contains(&bar.operation);
        let stuck = shown.stuck == Some(bar.operation);
        let faded = !(shown.culprits.is_empty() || culprit || stuck);
        let ink = if culprit || stuck { &self.palette.danger } else { self.ink(bar) };
        let frame = || self.surface.rounded(left, top, width, height, 4.0);
        self.surface.opacity(if faded { FADED } else { 1.0 });
        frame();
        self.surface.fill(&self.palette.surface.mix(ink, if stuck { 0.32 } else { 0.14 }));
        self.surface.dashes(if bar.open { &[4.0, 3.0] } else { &[] });
        self.surface.stroke(ink, if culprit || stuck { 2.0 } else { 1.0 });
        self.surface.dashes(&[]);
        if width > TELLING {
            let font = &self.palette.fonts.small;
            let from = left.max(self.view.window.scale.left) + 6.0;
            let text = self.surface.shortened(&bar.text, font, left + width - from - 4.0);
            self.surface.text(&text, from, bar.y, font, &self.palette.text, Align::Start);
        }
        self.surface.opacity(1.0);
        if self.is_pointed_at(bar) {
            frame();
            self.surface.stroke(&self.palette.accent, 2.0);
        }
    }

    /// Operations that are unanswered stand back.
    fn ink(&self, bar: &Bar) -> &Ink {
        if bar.open { &self.palette.down } else { &self.palette.request }
    }

    fn is_pointed_at(&self, bar: &Bar) -> bool {
        let answered = self.asked.history[bar.operation].answer.as_ref().map(|(event, ..)| *event);
        let own = |event| event == bar.event || Some(event) == answered;
        matches!(self.glance.hover, Some(Thing::Event(event)) if event == bar.event)
            || matches!(self.glance.selection, Some(Selection::Event(event)) if own(event))
    }

    /// The order, as a line through the instants at which operations take place.
    fn path(&self) {
        let path = &self.view.path;
        let (left, right) = (self.view.window.scale.left - 400.0, self.view.size.x + 400.0);
        let near = |x: f64| x >= left && x <= right;
        let ink = &self.palette.leading;
        self.surface.context().begin_path();
        for pair in path.windows(2).filter(|pair| near(pair[0].1.x) || near(pair[1].1.x)) {
            self.surface.add_line(pair[0].1.x, pair[0].1.y, pair[1].1.x, pair[1].1.y);
        }
        self.surface.opacity(0.75);
        self.surface.stroke(ink, 1.5);
        self.surface.opacity(1.0);
        self.surface.context().begin_path();
        path.iter().filter(|(_, at)| near(at.x)).for_each(|(_, at)| self.surface.add_disc(at.x, at.y, 3.0));
        self.surface.fill(ink);
    }

    /// What must come before what, as arrows from bar to bar.
    fn arrows(&self) {
        let bar = |operation: usize| self.view.bars.iter().find(|bar| bar.operation == operation);
        let ink = &self.palette.danger;
        for (from, to) in &self.asked.shown.arrows {
            let (Some(from), Some(to)) = (bar(*from), bar(*to)) else { continue };
            let (start, end) = (point((from.left + from.right) / 2.0, from.y), point((to.left + to.right) / 2.0, to.y));
            let way = end.minus(start);
            let bend = start.toward(end, 0.5).plus(way.unit().right().times((way.length() * 0.18).min(40.0)));
            let tip = end.plus(bend.minus(end).unit().times(4.0));
            let context = self.surface.context();
            context.begin_path();
            context.move_to(start.x, start.y);
            context.quadratic_curve_to(bend.x, bend.y, tip.x, tip.y);
            self.surface.stroke(ink, 1.5);
            let back = bend.minus(tip).unit();
            context.begin_path();
            for side in [-0.5, 0.5] {
                let wing = tip.plus(back.plus(back.right().times(side)).unit().times(9.0));
                self.surface.add_line(tip.x, tip.y, wing.x, wing.y);
            }
            self.surface.stroke(ink, 1.5);
        }
    }

    fn names(&self) {
        let left = self.view.window.scale.left;
        let context = self.surface.context();
        context.save();
        context.begin_path();
        context.rect(0.0, AXIS, left, self.view.size.y - AXIS);
        context.clip();
        let font = &self.palette.fonts.small_strong;
        for lane in self.view.lanes.visible() {
            let name = self.surface.shortened(&self.view.names[lane], font, left - 20.0);
            self.surface.text(&name, 12.0, self.view.lanes.y(lane), font, &self.palette.text, Align::Start);
        }
        context.restore();
    }
}
