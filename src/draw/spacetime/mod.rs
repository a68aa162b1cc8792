//! Space-time: a lane per node, time from left to right, events as dots and messages as arrows between them.

mod cone;
mod contrast;
mod cutline;
mod history;
mod lit;
mod paint;
mod rows;

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
pub use lit::Lit;
use netsplit_scenario::{Selection, Session};
use netsplit_sim::causality::vector;
use netsplit_sim::{EventId, NodeId, Time};
use rows::Rows;

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

    /// Forgets how nodes stood, in a run that comes to something else; what is in view stays so.
    pub fn forget_standings(&mut self) {
        (self.history, self.rows) = (History::default(), Rows::default());
        (self.stamped, self.cone) = (Vec::new(), None);
    }

    /// Lays the lanes out, for a run or a size that is new.
    pub fn layout(&mut self, width: f64, height: f64, session: &dyn Session) {
        self.size = point(width, height);
        let longest = session.names().iter().map(|name| name.chars().count()).max().unwrap_or(2);
        self.gutter = (38.0 + 8.5 * longest as f64).clamp(52.0, (width * 0.25).max(52.0));
        let count = session.names().len();
        self.lanes = self.lanes.between(AXIS, height, count, LANE);
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
        self.stamp(glance);
        let trace = session.trace();
        self.cone = Cone::wanted(glance, self.playing).map(|event| Cone::of(event, trace, self.cone.take()));
        self.way.find(glance);
        self.crossing.find(glance);
        gliding
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
        if x < self.gutter {
            return self.lanes.at(y).map(|lane| Thing::Node(NodeId(lane as u16)));
        }
        if let Some(node) = self.handle_at(x, y) {
            return Some(Thing::Handle(node));
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
        let near = self
            .rows
            .flights
            .iter()
            .map(|flight| ((flight.id, flight.name), pointer.distance_to_stretch(flight.from, flight.to) * 1.4));
        nearest(near).map(|(id, name)| Thing::Message(id, name))
    }

    /// Drags the picture by so many pixels; to the side, it no longer follows the cursor.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.window.pan(dx);
        self.lanes.scroll(-dy);
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
            self.lanes.reveal(node.index());
        }
    }
    /// Brings what stands out into view: by moving there, if it has room, and else by zooming out.
    pub fn bring(&mut self, lit: &Lit, session: &dyn Session) {
        let times = || lit.events().iter().filter_map(|event| Some(session.trace().event(*event)?.at));
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return };
        let (span, room) = (last.since(first).0 as f64, self.window.scale.span());
        if span > room * 0.8 {
            let margin = span * 0.15;
            self.window.show((first.0 as f64 - margin).max(0.0), last.0 as f64 + margin);
        } else {
            self.window.reveal(Time(first.0 + last.since(first).0 / 2));
        }
        self.window.follows = false;
        let nodes = lit.events().iter().filter_map(|event| session.trace().event(*event)?.somewhere());
        nodes.for_each(|node| self.lanes.reveal(node.index()));
    }
    /// The first and the last time in view.
    pub fn visible(&self) -> (Time, Time) {
        self.window.scale.visible()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Standing;
    use crate::draw::fixture::{glance, look, runs};
    use netsplit_sim::trace::Fate;
    use netsplit_sim::{Condition, Intervention, Target};
    use rows::End;

    fn view(session: &dyn Session) -> SpaceTimeView {
        let mut view = SpaceTimeView::new();
        view.layout(840.0, 300.0, session);
        view.zoom_out(session);
        view.frame(&glance(session, &look(session), 1_000.0));
        view
    }

    #[test]
    fn every_event_and_message_in_view_is_found_where_it_is_drawn() {
        for session in runs("[network]\nlatency = \"10ms\"\nloss = \"20%\"", 900) {
            let view = view(&*session);
            assert_eq!(view.rows.dots.len(), session.trace().len() as usize);
            assert_eq!(view.rows.flights.len(), session.trace().sent() as usize);
            for dot in &view.rows.dots {
                assert!(matches!(view.hit(dot.at.x, dot.at.y), Some(Thing::Event(_))));
            }
            for flight in &view.rows.flights {
                let row = session.trace().message(flight.id).expect("it is in the trace");
                let lost = matches!(row.fate, Fate::Lost | Fate::NobodyThere);
                assert_eq!(flight.end == End::Cross, lost, "lost messages are never left out");
                let middle = flight.from.toward(flight.to, 0.5);
                assert!(matches!(view.hit(middle.x, middle.y), Some(Thing::Message(..) | Thing::Event(_))));
            }
            assert_eq!(view.hit(10.0, view.lanes.y(1)), Some(Thing::Node(NodeId(1))));
        }
    }

    #[test]
    fn messages_that_began_before_the_window_are_in_it() {
        for session in runs("[network]\nlatency = \"40ms\"", 900) {
            let mut view = view(&*session);
            let all = view.rows.flights.clone();
            view.window.show(300e6, 310e6);
            view.frame(&glance(&*session, &look(&*session), 1_000.0));
            let (first, last) = view.window.scale.visible();
            let crossing = all.iter().filter(|flight| {
                session.trace().message(flight.id).is_some_and(|row| row.sent <= last && row.ends >= first)
            });
            assert_eq!(view.rows.flights.len(), crossing.count());
        }
    }

    #[test]
    fn too_many_events_become_a_density_that_counts_them_all() {
        let runs: Vec<_> = runs("[network]\nlatency = \"1ms\"", 40_000)
            .into_iter()
            .filter(|session| session.trace().len() > rows::DOTS)
            .collect();
        assert!(!runs.is_empty());
        for session in runs {
            let view = view(&*session);
            assert!(view.rows.dots.is_empty());
            let counted: f32 = view.rows.density.iter().flat_map(|(_, cells)| cells).sum();
            assert!((counted - session.trace().len() as f32).abs() <= 1.0, "{counted}");
        }
    }

    #[test]
    fn lanes_show_when_a_node_was_down_and_what_was_seen_of_its_standing() {
        for mut session in runs("", 500) {
            let mut view = view(&*session);
            let node = NodeId(1);
            session.intervene(Intervention::Crash(Target::Node(node))).expect("there is such a node");
            let crashed = session.cursor().time;
            session.advance(Time(800_000_000), 10_000);
            session.intervene(Intervention::Restart(Target::Node(node))).expect("there is such a node");
            view.frame(&glance(&*session, &look(&*session), 2_000.0));
            let window = (Time::ZERO, Time::NEVER);
            let stretches: Vec<_> = view.history.stretches(session.trace(), node, window).collect();
            let down: Vec<_> = stretches.iter().filter(|s| s.condition == Condition::Down).collect();
            assert_eq!(down.len(), 1);
            assert_eq!((down[0].from, down[0].to), (crashed, Some(session.cursor().time)));
            assert!(stretches.iter().all(|s| s.standing != Some(Standing::Down)));
            // Undone, it never happened.
            session.undo();
            session.undo();
            view.frame(&glance(&*session, &look(&*session), 2_016.0));
            let mut stretches = view.history.stretches(session.trace(), node, window);
            assert!(stretches.all(|s| s.condition == Condition::Up));
        }
    }

    #[test]
    fn an_event_is_brought_into_view() {
        for session in runs("[nodes]\n", 3_000) {
            let mut view = SpaceTimeView::new();
            view.layout(840.0, 60.0, &*session);
            view.window.show(0.0, 10e6);
            let event = session.cursor().latest().expect("something has happened");
            view.center_on(event, &*session);
            let mut calm = look(&*session);
            calm.look(&*session);
            let mut glance = glance(&*session, &calm, 1_000.0);
            glance.calm = true;
            view.frame(&glance);
            let row = session.trace().event(event).expect("it is in the trace");
            assert!((view.x_of(row.at) - (view.gutter + 840.0) / 2.0).abs() < 2.0);
            let y = view.lanes.y(row.node.index());
            assert!(y > AXIS && y < 60.0);
        }
    }
}
