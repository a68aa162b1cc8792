//! Space-time: a lane per node, time from left to right, events as dots and messages as arrows between them.

mod history;
mod paint;
mod rows;
mod window;

use super::geometry::{Point, point};
use super::{Glance, Thing};
use history::History;
use netsplit_scenario::{Selection, Session};
use netsplit_sim::{EventId, NodeId, Time};
use rows::{Lanes, Rows};
use window::Window;

/// The drawing of space-time.
#[derive(Default)]
pub struct SpaceTimeView {
    size: Point,
    /// The width of the column of names.
    gutter: f64,
    window: Window,
    lanes: Lanes,
    rows: Rows,
    history: History,
    /// Whether the window was ever laid out for this run.
    opened: bool,
    /// The cursor's place, for zooming round it.
    cursor: Time,
    playing: bool,
    /// The vector time of the selected event, and of which event and cursor it is.
    stamp: Option<Stamp>,
}

/// The vector time of the selected event.
struct Stamp {
    event: EventId,
    at: u32,
    node: NodeId,
    /// Nothing if it cannot be told: the cursor is elsewhere.
    entries: Option<Vec<u32>>,
}

/// The height of the axis with its times, in pixels.
const AXIS: f64 = 26.0;
/// The heights that lanes can have.
const LANE: std::ops::RangeInclusive<f64> = 15.0..=52.0;
/// How near the pointer must be to an event or a message, in pixels.
const NEAR: f64 = 7.0;

impl SpaceTimeView {
    /// An empty drawing.
    pub fn new() -> SpaceTimeView {
        SpaceTimeView::default()
    }
    /// Forgets the run that was drawn.
    pub fn forget(&mut self) {
        *self = SpaceTimeView { size: self.size, ..SpaceTimeView::default() };
    }

    /// Lays the lanes out, for a run or a size that is new.
    pub fn layout(&mut self, width: f64, height: f64, session: &dyn Session) {
        self.size = point(width, height);
        let longest = session.names().iter().map(|name| name.chars().count()).max().unwrap_or(2);
        self.gutter = (38.0 + 8.5 * longest as f64).clamp(52.0, (width * 0.25).max(52.0));
        let count = session.names().len();
        let height = ((height - AXIS - 6.0) / count.max(1) as f64).clamp(*LANE.start(), *LANE.end());
        self.lanes = Lanes { top: AXIS, height, count, bottom: self.size.y, ..self.lanes };
        self.scroll(0.0);
        let (left, width) = (self.gutter, (width - self.gutter).max(1.0));
        if self.opened {
            self.window.resize(left, width);
        } else {
            self.window = Window::opening(session.scenario().pace.0 as f64, left, width);
            self.opened = width > 1.0;
        }
    }

    /// Brings everything to the present moment. True while something still moves by itself.
    pub fn frame(&mut self, glance: &Glance) -> bool {
        let session = glance.session;
        if self.lanes.count != session.names().len() || !self.opened {
            self.layout(self.size.x, self.size.y, session);
        }
        self.history.frame(glance);
        let cursor = glance.now.cursor();
        (self.cursor, self.playing) = (cursor.time, glance.pace > 0.0);
        let gliding = self.window.frame(cursor.time, self.playing, glance.wall_ms, glance.calm);
        for mail in glance.now.mail() {
            self.rows.note_flight(mail.due.since(mail.sent));
        }
        let now = session.recorded_until().max(cursor.time);
        self.rows.gather(session.trace(), self.window.scale, &self.lanes, now);
        self.stamp_selection(glance);
        gliding
    }

    /// The vector time of the selected event, if it is what its node's state shows now.
    fn stamp_selection(&mut self, glance: &Glance) {
        let Some(Selection::Event(event)) = glance.selection else {
            self.stamp = None;
            return;
        };
        let at = glance.now.cursor().events;
        if self.stamp.as_ref().is_some_and(|stamp| stamp.event == event && stamp.at == at) {
            return;
        }
        let node = glance.session.trace().event(event).and_then(|row| row.somewhere());
        self.stamp = node.map(|node| {
            let latest = glance.now.node(node).and_then(|now| now.latest);
            let state = (latest == Some(event)).then(|| glance.session.state(node)).flatten();
            Stamp { event, at, node, entries: state.map(|state| state.vector) }
        });
    }

    /// What is at a place: an event, a message, a node (its name), or a moment.
    pub fn hit(&self, x: f64, y: f64) -> Option<Thing> {
        if x < self.gutter {
            return self.lanes.node_at(y).map(Thing::Node);
        }
        let pointer = point(x, y);
        let moment = (x <= self.size.x).then(|| Thing::Moment(self.time_at(x)));
        self.event_at(pointer).or_else(|| self.message_at(pointer)).or(moment)
    }
    fn event_at(&self, pointer: Point) -> Option<Thing> {
        if pointer.y < AXIS {
            let near = self.rows.marks.iter().map(|mark| (mark.id, (mark.x - pointer.x).abs()));
            return nearest(near).map(Thing::Event);
        }
        // Of events at the same place, the last.
        let near = self.rows.dots.iter().rev().map(|dot| (dot.id, dot.at.distance(pointer)));
        nearest(near).map(Thing::Event)
    }
    fn message_at(&self, pointer: Point) -> Option<Thing> {
        let near = self.rows.flights.iter().map(|flight| {
            ((flight.id, flight.name), pointer.distance_to_stretch(flight.from, flight.to) * 1.4)
        });
        nearest(near).map(|(id, name)| Thing::Message(id, name))
    }

    /// Drags the picture by so many pixels; to the side, it no longer follows the cursor.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.window.pan(dx);
        self.scroll(-dy);
    }
    /// Scrolls the lanes down by so many pixels, as far as there are any.
    fn scroll(&mut self, dy: f64) {
        let lanes = &mut self.lanes;
        let all = lanes.height * lanes.count as f64 + 6.0;
        let most = (all - (lanes.bottom - lanes.top)).max(0.0);
        lanes.scrolled = (lanes.scrolled + dy).clamp(0.0, most);
    }
    /// Shows `factor` times as much detail (2: half as much time), with the time at `x` staying there; while the run
    /// plays and is followed, with the cursor staying where it is.
    pub fn zoom(&mut self, factor: f64, x: f64) {
        let x = if self.window.follows && self.playing { self.window.scale.x(self.cursor) } else { x };
        let longest = self.cursor.0.max(1_000_000_000) as f64;
        self.window.zoom(factor, x, longest);
    }
    /// Shows all that is recorded.
    pub fn zoom_out(&mut self, session: &dyn Session) {
        self.window.follows = false;
        self.window.show(0.0, session.recorded_until().0 as f64);
    }
    /// Whether the cursor is kept in view while the run plays.
    pub fn follows(&self) -> bool {
        self.window.follows
    }
    /// Keeps the cursor in view, or no longer.
    pub fn follow(&mut self, on: bool) {
        self.window.follows = on;
    }
    /// Brings an event into view.
    pub fn center_on(&mut self, event: EventId, session: &dyn Session) {
        let Some(row) = session.trace().event(event) else { return };
        self.window.reveal(row.at);
        if let Some(node) = row.somewhere() {
            let (y, lanes) = (self.lanes.y(node), self.lanes);
            let (above, below) = (lanes.top + lanes.height / 2.0, lanes.bottom - lanes.height / 2.0);
            self.scroll(if y < above { y - above } else { (y - below).max(0.0) });
        }
    }
    /// The time at a place.
    pub fn time_at(&self, x: f64) -> Time {
        self.window.scale.time(x.max(self.gutter))
    }
    /// Where a time is.
    pub fn x_of(&self, time: Time) -> f64 {
        self.window.scale.x(time)
    }
}

/// What is near enough, and nearest.
fn nearest<T>(candidates: impl Iterator<Item = (T, f64)>) -> Option<T> {
    candidates.filter(|(_, away)| *away <= NEAR).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(what, _)| what)
}
