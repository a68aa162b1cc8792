//! Space-time: a lane per node, time from left to right, events as dots and messages as arrows between them.

use super::{Glance, Palette, Surface, Thing};
use netsplit_scenario::Session;
use netsplit_sim::{EventId, Time};

/// The drawing of space-time.
#[derive(Default)]
pub struct SpaceTimeView {}

impl SpaceTimeView {
    /// An empty drawing.
    pub fn new() -> SpaceTimeView {
        SpaceTimeView::default()
    }
    /// Forgets the run that was drawn.
    pub fn forget(&mut self) {
        *self = SpaceTimeView::default();
    }
    /// Lays the lanes out, for a run or a size that is new.
    pub fn layout(&mut self, _width: f64, _height: f64, _session: &dyn Session) {}
    /// Brings everything to the present moment. True while something still moves by itself.
    pub fn frame(&mut self, _glance: &Glance) -> bool {
        false
    }
    /// Paints it.
    pub fn paint(&self, _surface: &Surface, _palette: &Palette, _glance: &Glance) {}
    /// What is at a place: an event, a message, a node (its name), or a moment.
    pub fn hit(&self, _x: f64, _y: f64) -> Option<Thing> {
        None
    }
    /// Drags the picture by so many pixels; to the side, it no longer follows the cursor.
    pub fn pan(&mut self, _dx: f64, _dy: f64) {}
    /// Shows `factor` times as much detail (2: half as much time), with the time at `x` staying there.
    pub fn zoom(&mut self, _factor: f64, _x: f64) {}
    /// Shows all that is recorded.
    pub fn zoom_out(&mut self, _session: &dyn Session) {}
    /// Whether the cursor is kept in view while the run plays.
    pub fn follows(&self) -> bool {
        true
    }
    /// Keeps the cursor in view, or no longer.
    pub fn follow(&mut self, _on: bool) {}
    /// Brings an event into view.
    pub fn center_on(&mut self, _event: EventId, _session: &dyn Session) {}
    /// The time at a place.
    pub fn time_at(&self, _x: f64) -> Time {
        Time::ZERO
    }
}
