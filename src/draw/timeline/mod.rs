//! The time line: the whole run at a glance, with marks for what people did and what went wrong.

mod paint;

use super::geometry::{Point, point};
use super::scale::Scale;
use super::{Glance, Thing};
use netsplit_scenario::Session;
use netsplit_sim::{EventId, Time, Trace};

/// The drawing of the time line.
#[derive(Default)]
pub struct TimelineView {
    size: Point,
    scale: Option<Scale>,
    /// How many events each column of the histogram stands for.
    columns: Vec<u32>,
    counted: Option<(u32, Scale)>,
    marks: Vec<Mark>,
    cursor: Time,
    recorded: Time,
    /// What the diagram above shows: from when to when.
    window: Option<(Time, Time)>,
}

/// Something that stands out in the run.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Mark {
    event: EventId,
    x: f64,
    sort: Sort,
}

/// What sort of mark.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Sort {
    /// A client asked for something.
    Client,
    /// Somebody broke something, or mended it.
    Fault,
    /// An invariant was violated.
    Violation,
}

/// Free room at both ends, in pixels: half a handle.
const MARGIN: f64 = 8.0;
/// The width of a column of the histogram, in pixels.
const COLUMN: f64 = 3.0;
/// How near the pointer must be to a mark, in pixels.
const NEAR: f64 = 5.0;
/// The height of the strip of times under the histogram, in pixels; what the diagram above shows can be dragged there.
const TIMES: f64 = 17.0;
/// The least height that has room for it.
const ROOMY: f64 = 38.0;
/// So wide is what the diagram shows at least, in pixels, to be found by a pointer.
const WINDOW: f64 = 14.0;
/// Closer than this, marks of one sort are one.
const APART: f64 = 1.5;

impl TimelineView {
    /// An empty drawing.
    pub fn new() -> TimelineView {
        TimelineView::default()
    }
    /// Forgets the run that was drawn.
    pub fn forget(&mut self) {
        *self = TimelineView { size: self.size, ..TimelineView::default() };
    }
    /// For a size that is new.
    pub fn layout(&mut self, width: f64, height: f64, session: &dyn Session) {
        self.size = point(width, height);
        self.scale = Some(axis(session, width));
    }

    /// Brings everything to the present moment. It never moves by itself.
    pub fn frame(&mut self, glance: &Glance) -> bool {
        let session = glance.session;
        self.cursor = glance.now.cursor().time;
        self.recorded = session.recorded_until().max(self.cursor);
        self.layout(self.size.x, self.size.y, session);
        let Some(scale) = self.scale else { return false };
        let counted = Some((session.trace().len(), scale));
        if self.counted != counted {
            self.counted = counted;
            self.columns = histogram(session.trace(), scale);
        }
        self.marks = marks(session, scale);
        false
    }

    /// What is at a place: the event of a mark, or a moment.
    pub fn hit(&self, x: f64, y: f64) -> Option<Thing> {
        if x < 0.0 || x > self.size.x || y < 0.0 || y > self.size.y {
            return None;
        }
        let near = self.marks.iter().map(|mark| (mark, (mark.x - x).abs())).filter(|(_, away)| *away <= NEAR);
        let window = self.window_place().filter(|_| y >= self.size.y - TIMES);
        if window.is_some_and(|(from, to)| (from - 2.0..=to + 2.0).contains(&x)) {
            return Some(Thing::Window);
        }
        // Of marks at one place, the one that matters most.
        let mark = near.min_by(|a, b| b.0.sort.cmp(&a.0.sort).then(a.1.total_cmp(&b.1)));
        mark.map(|(mark, _)| Thing::Event(mark.event)).or(Some(Thing::Moment(self.time_at(x))))
    }
    /// What the diagram above shows, if there is one.
    pub fn show_window(&mut self, window: Option<(Time, Time)>) {
        self.window = window;
    }
    /// The left and the right edge of that, if there is room to show it.
    fn window_place(&self) -> Option<(f64, f64)> {
        let (scale, (from, to)) = (self.scale?, self.window.filter(|_| self.size.y >= ROOMY)?);
        let (least, most) = (scale.left, scale.left + scale.width);
        let (from, to) = (scale.x(from).clamp(least, most), scale.x(to).clamp(least, most));
        let room = (WINDOW - (to - from)).max(0.0) / 2.0;
        Some((from - room, to + room))
    }
    /// When the diagram above begins if its window here is dragged by so many pixels.
    pub fn dragged(&self, by: f64) -> Time {
        let (scale, from) = (self.scale.unwrap_or(Scale::over(0.0, 1.0, 0.0, 1.0)), self.window.map(|(from, _)| from));
        scale.time(scale.x(from.unwrap_or(Time::ZERO)) + by)
    }
    /// The time at a place, for scrubbing.
    pub fn time_at(&self, x: f64) -> Time {
        let scale = self.scale.unwrap_or(Scale::over(0.0, 1.0, 0.0, 1.0));
        scale.time(x.clamp(scale.left, scale.left + scale.width))
    }
    /// Where a time is.
    pub fn x_of(&self, time: Time) -> f64 {
        self.scale.map_or(0.0, |scale| scale.x(time))
    }
}

/// A run's whole time over a width; what stands above the line has the same axis.
pub(super) fn axis(session: &dyn Session, width: f64) -> Scale {
    let until = shown_until(session.scenario().until, session.recorded_until());
    Scale::over(0.0, until.0 as f64, MARGIN, (width - 2.0 * MARGIN).max(1.0))
}

/// Up to when the line goes: the scenario's end or, once the run is played beyond it, a little further, in steps, so
/// that the line does not shrink with every frame.
pub fn shown_until(until: Time, recorded: Time) -> Time {
    let mut shown = until.0.max(1_000_000);
    while shown < recorded.0 {
        shown = shown.saturating_add(shown / 4);
    }
    Time(shown)
}

/// How many events fall into each column: the trace is in order of time, so borders are found, not counted.
fn histogram(trace: &Trace, scale: Scale) -> Vec<u32> {
    let columns = (scale.width / COLUMN).ceil() as u32;
    let border = |column: u32| scale.time(scale.left + f64::from(column) * COLUMN);
    let mut before = 0;
    let mut counts = Vec::with_capacity(columns as usize);
    for column in 1..=columns {
        let after = trace.first_after(border(column));
        counts.push(after.saturating_sub(before));
        before = after;
    }
    counts
}

fn marks(session: &dyn Session, scale: Scale) -> Vec<Mark> {
    let trace = session.trace();
    let mark = |event: EventId, sort: Sort| Some(Mark { event, x: scale.x(trace.event(event)?.at), sort });
    let mut marks: Vec<Mark> = Vec::new();
    let done = trace
        .faults()
        .iter()
        .map(|fault| (fault.event, if fault.name == "invoke" { Sort::Client } else { Sort::Fault }));
    let violated = session.violations().iter().map(|violation| (violation.event, Sort::Violation));
    let mut last = [f64::MIN; 3];
    for (event, sort) in done.chain(violated) {
        let Some(mark) = mark(event, sort) else { continue };
        let last = &mut last[sort as usize];
        if (mark.x - *last).abs() >= APART {
            *last = mark.x;
            marks.push(mark);
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::fixture::{glance, look, runs};
    use netsplit_sim::Intervention;

    #[test]
    fn the_histogram_counts_every_event_once_and_marks_are_found() {
        for mut session in runs("until = \"1s\"", 700) {
            session.intervene(Intervention::Heal).expect("healing always works");
            let mut view = TimelineView::new();
            view.layout(600.0, 40.0, &*session);
            view.frame(&glance(&*session, &look(&*session), 0.0));
            assert_eq!(view.columns.iter().sum::<u32>(), session.trace().len());
            let event = session.cursor().latest().expect("something has happened");
            let x = view.x_of(session.cursor().time);
            assert_eq!(view.hit(x + 2.0, 20.0), Some(Thing::Event(event)));
            assert_eq!(view.hit(x + 80.0, 20.0), Some(Thing::Moment(view.time_at(x + 80.0))));
            assert_eq!(view.time_at(-50.0), Time::ZERO);
            assert_eq!(view.time_at(5_000.0), Time(1_000_000_000));
        }
    }

    #[test]
    fn the_window_of_the_diagram_is_found_and_dragged() {
        for session in runs("until = \"1s\"", 700).into_iter().take(2) {
            let mut view = TimelineView::new();
            view.layout(616.0, 60.0, &*session);
            view.show_window(Some((Time(200_000_000), Time(300_000_000))));
            view.frame(&glance(&*session, &look(&*session), 0.0));
            assert_eq!(view.hit(view.x_of(Time(250_000_000)), 55.0), Some(Thing::Window));
            assert_ne!(view.hit(view.x_of(Time(250_000_000)), 30.0), Some(Thing::Window));
            assert_ne!(view.hit(view.x_of(Time(400_000_000)), 55.0), Some(Thing::Window));
            assert_eq!(view.dragged(60.0), Time(300_000_000));
            assert_eq!(view.dragged(-600.0), Time::ZERO);
            view.layout(616.0, 30.0, &*session);
            assert_ne!(view.hit(view.x_of(Time(250_000_000)), 28.0), Some(Thing::Window), "there is no room");
        }
    }

    #[test]
    fn the_line_grows_in_steps() {
        let until = Time(1_000_000_000);
        assert_eq!(shown_until(until, Time(5)), until);
        assert_eq!(shown_until(until, until), until);
        assert_eq!(shown_until(until, Time(1_000_000_001)), Time(1_250_000_000));
        assert_eq!(shown_until(until, Time(1_240_000_000)), Time(1_250_000_000));
        assert!(shown_until(Time::ZERO, Time::NEVER) == Time::NEVER);
    }
}
