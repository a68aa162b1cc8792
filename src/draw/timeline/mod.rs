//! The time line: the whole run at a glance, with marks for what people did and what went wrong.

use super::{Glance, Palette, Surface, Thing};
use netsplit_scenario::Session;
use netsplit_sim::Time;

/// The drawing of the time line.
#[derive(Default)]
pub struct TimelineView {}

impl TimelineView {
    /// An empty drawing.
    pub fn new() -> TimelineView {
        TimelineView::default()
    }
    /// Forgets the run that was drawn.
    pub fn forget(&mut self) {
        *self = TimelineView::default();
    }
    /// For a size that is new.
    pub fn layout(&mut self, _width: f64, _height: f64, _session: &dyn Session) {}
    /// Brings everything to the present moment. True while something still moves by itself.
    pub fn frame(&mut self, _glance: &Glance) -> bool {
        false
    }
    /// Paints it.
    pub fn paint(&self, _surface: &Surface, _palette: &Palette, _glance: &Glance) {}
    /// What is at a place: the event of a mark, or a moment.
    pub fn hit(&self, _x: f64, _y: f64) -> Option<Thing> {
        None
    }
    /// The time at a place, for scrubbing.
    pub fn time_at(&self, _x: f64) -> Time {
        Time::ZERO
    }
    /// Where a time is.
    pub fn x_of(&self, _time: Time) -> f64 {
        0.0
    }
}
