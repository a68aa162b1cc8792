//! Space-time: a lane per node, time from left to right, events as dots and messages as arrows between them. It may be turned,
//! with time from top to bottom: everything here is laid out as if it were not, and turned where it meets the screen.

mod bridges;
mod cone;
mod contrast;
mod cutline;
mod history;
mod index;
mod leaving;
mod lit;
mod paint;
mod rows;
mod saying;
mod showing;
mod spans;

use super::axis::{Axis, TICK};
use super::geometry::{Point, point};
use super::lanes::Lanes;
use super::ruler::AXIS;
use super::window::Window;
use super::{Glance, Thing};
use cone::{Cone, Way};
pub use contrast::Contrast;
use cutline::Crossing;
pub use cutline::CutLine;
use history::History;
use index::Index;
pub use index::Kind;
pub use lit::Lit;
use netsplit_scenario::{Selection, Session};
use netsplit_sim::causality::vector;
use netsplit_sim::{EventId, NodeId, Time, Trace};
use rows::{Field, Rows};
use showing::Tracks;
pub use showing::{Group, Showing};

/// The drawing of space-time.
#[derive(Default)]
pub struct SpaceTimeView {
    /// How large it is on the screen.
    screen: Point,
    /// The same as if it were not turned.
    size: Point,
    showing: Showing,
    tracks: Tracks,
    index: Index,
    /// The width of the column of names.
    gutter: f64,
    window: Window,
    lanes: Lanes,
    rows: Rows,
    history: History,
    /// Whether the window was ever laid out for this run.
    opened: bool,
    /// The cursor's place on the axis.
    cursor: Time,
    /// How many events are over at the cursor.
    done: u32,
    playing: bool,
    stamps: Vec<Stamp>,
    cone: Option<Cone>,
    way: Way,
    crossing: Crossing,
    /// Whose vector times `stamps` are, in a trace of how many events.
    stamped: Vec<EventId>,
    stamped_of: u32,
}

/// The vector time of an event.
struct Stamp {
    event: EventId,
    node: NodeId,
    selected: bool,
    entries: Vec<u32>,
}

/// Of so many events in view, all show their vector times...
const STAMPED: usize = 16;
/// ...if finding them means looking at no more events than this each,
const SWEPT: u32 = 20_000;
/// and if they have no more entries than fit beside an event.
const ENTRIES: usize = 9;
/// The heights that lanes can have...
const LANE: std::ops::RangeInclusive<f64> = 15.0..=52.0;
/// ...and the widths of columns, which have names at their head.
const COLUMNS: std::ops::RangeInclusive<f64> = 44.0..=160.0;
/// The width of the axis if it is at the side.
const SIDE: f64 = 70.0;
/// The height of the names if they are above.
const HEADINGS: f64 = 28.0;
/// How wide the columns of a logical axis are at first, in pixels.
const TICKS: f64 = 22.0;
/// How near the pointer must be to an event or a message, in pixels.
const NEAR: f64 = 7.0;

impl SpaceTimeView {
    /// An empty drawing.
    pub fn new() -> SpaceTimeView {
        SpaceTimeView::default()
    }
    /// Forgets the run that was drawn.
    pub fn forget(&mut self) {
        let showing = Showing { axis: self.showing.axis, vertical: self.showing.vertical, ..Showing::default() };
        *self = SpaceTimeView { screen: self.screen, showing, ..SpaceTimeView::default() };
    }

    /// Forgets how nodes stood, in a run that comes to something else; what is in view stays so.
    pub fn forget_standings(&mut self) {
        (self.history, self.rows, self.index) = (History::default(), Rows::default(), Index::default());
        (self.stamped, self.cone) = (Vec::new(), None);
    }

    /// Shows it in another way; what is in view stays in view.
    pub fn show(&mut self, showing: &Showing, session: &dyn Session) {
        if self.showing == *showing {
            return;
        }
        let (first, last) = self.window.scale.visible();
        let times = (self.time_on_axis(first), self.time_on_axis(last));
        let other_axis = self.showing.axis != showing.axis;
        let turned = (self.showing.vertical != showing.vertical).then_some(self.window.scale);
        self.showing = showing.clone();
        // A run that has just begun is shown as it will be.
        let begun = session.trace().len() > 4 * session.names().len() as u32;
        self.opened &= !other_axis || begun;
        self.layout(self.screen.x, self.screen.y, session);
        self.index.read(session, &self.showing, &self.tracks);
        if let Some(before) = turned.filter(|_| self.opened) {
            self.window.fit(before.from, before.from + before.span());
        }
        if other_axis && begun {
            let place = |time| self.place_of_moment(session.trace().first_after(time), time).0 as f64;
            let (from, to) = (place(times.0), place(times.1));
            let least = match self.showing.axis {
                Axis::Physical => session.scenario().pace.0 as f64 / 10.0,
                Axis::Logical => 8.0 * TICK.0 as f64,
            };
            self.window.show(from, to.max(from + least));
        }
    }
    /// How it is shown.
    pub fn showing(&self) -> &Showing {
        &self.showing
    }
    /// The types of the messages that were sent.
    pub fn kinds(&self) -> &[Kind] {
        self.index.kinds()
    }
    /// Lays the lanes out, for a run or a size that is new.
    pub fn layout(&mut self, width: f64, height: f64, session: &dyn Session) {
        self.screen = point(width, height);
        self.size = self.turned(self.screen);
        self.tracks = Tracks::of(session.names().len(), &self.showing);
        let count = self.tracks.len();
        if self.showing.vertical {
            self.gutter = HEADINGS;
            self.lanes = self.lanes.between(SIDE, self.size.y, count, COLUMNS);
        } else {
            let names = session.names().iter().map(String::as_str);
            let names = names.chain(self.showing.groups.iter().map(|group| group.name.as_str()));
            let longest = names.map(|name| name.chars().count()).max().unwrap_or(2);
            self.gutter = (38.0 + 8.5 * longest as f64).clamp(52.0, (width * 0.25).max(52.0));
            self.lanes = self.lanes.between(AXIS, self.size.y, count, LANE);
        }
        let (left, width) = (self.gutter, (self.size.x - self.gutter).max(1.0));
        if self.opened {
            self.window.resize(left, width);
        } else {
            let seen = match self.showing.axis {
                Axis::Physical => session.scenario().pace.0 as f64,
                Axis::Logical => width / TICKS * TICK.0 as f64 / Window::AT_FIRST,
            };
            self.window = Window::opening(seen, left, width);
            self.opened = width > 1.0;
        }
        self.window.nearest = self.showing.axis.nearest();
    }

    /// A place on the screen as if nothing were turned, and back.
    fn turned(&self, at: Point) -> Point {
        if self.showing.vertical { point(at.y, at.x) } else { at }
    }

    /// Brings everything to the present moment. True while something still moves by itself.
    pub fn frame(&mut self, glance: &Glance) -> bool {
        let session = glance.session;
        if self.tracks.nodes() != session.names().len() || !self.opened {
            self.layout(self.screen.x, self.screen.y, session);
        }
        self.index.read(session, &self.showing, &self.tracks);
        self.history.frame(glance);
        let cursor = glance.now.cursor();
        (self.done, self.playing) = (cursor.events, glance.pace > 0.0);
        self.cursor = self.place_of_moment(cursor.events, cursor.time);
        let gliding = self.window.frame(self.cursor, self.playing, glance.wall_ms, glance.calm);
        let now = session.recorded_until().max(cursor.time);
        let mut rows = std::mem::take(&mut self.rows);
        rows.gather(&self.field(session.trace(), now));
        self.rows = rows;
        self.stamp(glance);
        let trace = session.trace();
        self.cone = Cone::wanted(glance, self.playing).map(|event| Cone::of(event, trace, self.cone.take()));
        self.way.find(glance);
        self.crossing.find(glance);
        gliding
    }

    /// Where everything of a trace is in the picture.
    fn field<'a>(&'a self, trace: &'a Trace, now: Time) -> Field<'a> {
        let (index, tracks, axis, scale) = (&self.index, &self.tracks, self.showing.axis, self.window.scale);
        Field { trace, index, tracks, axis, scale, lanes: &self.lanes, now }
    }

    /// Where on the axis a moment of the run is, with so many events over: on a logical one, where the furthest of all nodes
    /// has come to.
    fn place_of_moment(&self, events: u32, time: Time) -> Time {
        match self.showing.axis {
            Axis::Physical => time,
            Axis::Logical => {
                let latest = self.index.lines().iter().filter_map(|line| line.place_of_latest(events));
                latest.max().unwrap_or(Time::ZERO)
            }
        }
    }
    /// The time at a place of the axis: on a logical one, of the latest event in the column there or before.
    fn time_on_axis(&self, place: Time) -> Time {
        match self.showing.axis {
            Axis::Physical => place,
            Axis::Logical => {
                let place = Time(place.0 + TICK.0 / 2);
                self.index.lines().iter().filter_map(|line| line.time_at(place)).max().unwrap_or(Time::ZERO)
            }
        }
    }
    /// On a logical axis: the border behind what some nodes had done when so many events were over.
    fn step_of(&self, nodes: &[NodeId], events: u32) -> f64 {
        let lines = nodes.iter().filter_map(|node| self.index.line(*node));
        let place = lines.filter_map(|line| line.place_of_latest(events)).max().unwrap_or(Time::ZERO);
        self.window.scale.x(Time(place.0 + TICK.0 / 2))
    }
    /// The moment that somebody means who points into a lane: on a logical axis, that of the lane's latest event there.
    fn moment_at(&self, pointer: Point) -> Time {
        let place = self.window.scale.time(pointer.x.max(self.gutter));
        let column = Time(place.0 + TICK.0 / 2);
        let nodes = self.lanes.at(pointer.y).filter(|_| self.showing.axis == Axis::Logical);
        let nodes = nodes.map_or(&[][..], |lane| self.tracks.nodes_in(lane));
        let times = nodes.iter().filter_map(|node| self.index.line(*node)?.time_at(column));
        times.max().unwrap_or_else(|| self.time_on_axis(place))
    }
    /// The moment of a node at a place on the screen, for dragging a cut.
    pub fn moment_of(&self, node: NodeId, x: f64, y: f64) -> Time {
        let place = self.window.scale.time(self.turned(point(x, y)).x.max(self.gutter));
        match self.showing.axis {
            Axis::Physical => place,
            Axis::Logical => self.index.line(node).and_then(|line| line.time_at(place)).unwrap_or(Time::ZERO),
        }
    }

    /// The vector times to be shown: that of the selected event and, when few are in view, all of them.
    fn stamp(&mut self, glance: &Glance) {
        let selected = match glance.selection {
            Some(Selection::Event(event)) => Some(event),
            _ => None,
        };
        let trace = glance.session.trace();
        let few = self.rows.dots.len() <= STAMPED && trace.len() <= SWEPT && !self.playing;
        let in_view = self.rows.dots.iter().map(|dot| dot.id).filter(|id| few && Some(*id) != selected);
        let wanted: Vec<EventId> = in_view.chain(selected).collect();
        if wanted == self.stamped && trace.len() == self.stamped_of {
            return;
        }
        let nodes = glance.session.names().len();
        let stamp = |event: EventId| {
            let node = trace.event(event)?.somewhere()?;
            Some(Stamp { event, node, selected: Some(event) == selected, entries: vector(trace, event, nodes) })
        };
        self.stamps = if nodes > ENTRIES { Vec::new() } else { wanted.iter().filter_map(|id| stamp(*id)).collect() };
        (self.stamped, self.stamped_of) = (wanted, trace.len());
    }

    /// What is at a place: an event, a message, a node (its name), or a moment.
    pub fn hit(&self, x: f64, y: f64) -> Option<Thing> {
        let pointer = self.turned(point(x, y));
        if pointer.x < self.gutter {
            return self.lanes.at(pointer.y).and_then(|lane| self.tracks.alone(lane)).map(Thing::Node);
        }
        if let Some(node) = self.handle_at(pointer) {
            return Some(Thing::Handle(node));
        }
        let moment = (pointer.x <= self.size.x).then(|| Thing::Moment(self.moment_at(pointer)));
        self.event_at(pointer).or_else(|| self.message_at(pointer)).or(moment)
    }
    fn event_at(&self, pointer: Point) -> Option<Thing> {
        if pointer.y < self.lanes.top {
            let near = self.rows.marks.iter().map(|mark| (mark.id, (mark.x - pointer.x).abs()));
            return nearest(near).map(Thing::Event);
        }
        // Of events at the same place, the last.
        let near = self.rows.dots.iter().rev().map(|dot| (dot.id, dot.at.distance(pointer)));
        nearest(near).map(Thing::Event)
    }
    fn message_at(&self, pointer: Point) -> Option<Thing> {
        let near = self
            .rows
            .flights
            .iter()
            .map(|flight| ((flight.id, flight.name), pointer.distance_to_stretch(flight.from, flight.to) * 1.4));
        nearest(near).map(|(id, name)| Thing::Message(id, name))
    }

    /// Drags the picture by so many pixels; along the axis, it no longer follows the cursor.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        let by = self.turned(point(dx, dy));
        self.window.pan(by.x);
        self.lanes.scroll(-by.y);
    }
    /// Drags it so many pixels along the axis, however it is turned.
    pub fn pan_along(&mut self, by: f64) {
        self.window.pan(by);
    }
    /// How far along the axis a place on the screen is.
    pub fn along(&self, x: f64, y: f64) -> f64 {
        self.turned(point(x, y)).x
    }
    /// Shows `factor` times as much detail (2: half as much time), with what is at `x` along the axis staying there; while
    /// the run plays and is followed, with the cursor staying where it is.
    pub fn zoom(&mut self, factor: f64, x: f64) {
        let x = if self.window.follows && self.playing { self.window.scale.x(self.cursor) } else { x };
        let longest = self.index.furthest().max(self.cursor).0.max(1_000_000_000) as f64;
        self.window.zoom(factor, x, longest);
    }
    /// Shows all that is recorded.
    pub fn zoom_out(&mut self, session: &dyn Session) {
        self.window.follows = false;
        self.index.read(session, &self.showing, &self.tracks);
        let end = match self.showing.axis {
            Axis::Physical => session.recorded_until(),
            Axis::Logical => self.index.furthest() + TICK,
        };
        self.window.show(0.0, end.0 as f64);
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
        self.window.reveal(self.showing.axis.place(row));
        if let Some(lane) = row.somewhere().and_then(|node| self.tracks.lane(node)) {
            self.lanes.reveal(lane);
        }
    }
    /// Brings a time to the left edge, with as much in view as there is.
    pub fn begin_at(&mut self, time: Time, session: &dyn Session) {
        let place = self.place_of_moment(session.trace().first_after(time), time);
        self.window.pan(self.window.scale.left - self.window.scale.x(place));
    }
    /// Brings what stands out into view: by moving there, if it has room, and else by zooming out.
    pub fn bring(&mut self, lit: &Lit, session: &dyn Session) {
        let row = |event: &EventId| session.trace().event(*event);
        let places = || lit.events().iter().filter_map(|event| Some(self.showing.axis.place(row(event)?)));
        let (Some(first), Some(last)) = (places().min(), places().max()) else { return };
        let (span, room) = (last.since(first).0 as f64, self.window.scale.span());
        if span > room * 0.8 {
            let margin = span * 0.15;
            self.window.show((first.0 as f64 - margin).max(0.0), last.0 as f64 + margin);
        } else {
            self.window.reveal(Time(first.0 + last.since(first).0 / 2));
        }
        self.window.follows = false;
        for lane in lit.events().iter().filter_map(|event| self.tracks.lane(row(event)?.somewhere()?)) {
            self.lanes.reveal(lane);
        }
    }
    /// The first and the last time in view.
    pub fn visible(&self) -> (Time, Time) {
        let (first, last) = self.window.scale.visible();
        (self.time_on_axis(first), self.time_on_axis(last))
    }
    /// The time at a place along the axis.
    pub fn time_at(&self, x: f64) -> Time {
        self.time_on_axis(self.window.scale.time(x.max(self.gutter)))
    }
    /// Where a time is along the axis.
    pub fn x_of(&self, time: Time) -> f64 {
        let logical = || self.index.lines().iter().filter_map(|line| line.place_at(time)).max();
        self.window.scale.x(match self.showing.axis {
            Axis::Physical => time,
            Axis::Logical => logical().unwrap_or(Time::ZERO),
        })
    }
}

/// What is near enough, and nearest.
fn nearest<T>(candidates: impl Iterator<Item = (T, f64)>) -> Option<T> {
    candidates.filter(|(_, away)| *away <= NEAR).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(what, _)| what)
}

#[cfg(test)]
mod tests;
