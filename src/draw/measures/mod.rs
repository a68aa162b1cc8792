//! Measures over the run: a curve each, one under the other, on the axis of the time line.

mod paint;

use super::geometry::{Point, point};
use super::scale::Scale;
use super::{Glance, Thing, timeline};
use netsplit_scenario::Session;
use netsplit_scenario::curve::{Curve, curves};
use netsplit_sim::Time;

/// The drawing of the measures.
#[derive(Default)]
pub struct MeasuresView {
    size: Point,
    scale: Option<Scale>,
    curves: Vec<Curve>,
    /// What the curves were taken from: how many events, up to when, after how many interventions.
    taken: Option<(u32, Time, usize)>,
    cursor: Time,
}

/// A curve's place in the drawing.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Row {
    /// Where zero is...
    base: f64,
    /// ...and where the most is.
    top: f64,
    /// The most it ever is, and at least one.
    most: u64,
}

/// Free room above and below a curve in its row, in pixels...
const ABOVE: f64 = 7.0;
const BELOW: f64 = 4.0;
/// ...and above it where rows are so high that words stand over the curves.
const WORDS: f64 = 26.0;
const HIGH: f64 = 56.0;

impl MeasuresView {
    /// An empty drawing.
    pub fn new() -> MeasuresView {
        MeasuresView::default()
    }
    /// Forgets the run that was drawn.
    pub fn forget(&mut self) {
        *self = MeasuresView { size: self.size, ..MeasuresView::default() };
    }
    /// For a size that is new.
    pub fn layout(&mut self, width: f64, height: f64, session: &dyn Session) {
        self.size = point(width, height);
        self.scale = Some(timeline::axis(session, width));
    }

    /// Brings everything to the present moment. It never moves by itself.
    pub fn frame(&mut self, glance: &Glance) -> bool {
        let session = glance.session;
        self.cursor = glance.now.cursor().time;
        self.scale = Some(timeline::axis(session, self.size.x));
        let from = Some((session.trace().len(), session.recorded_until(), session.interventions().len()));
        if self.taken != from {
            (self.taken, self.curves) = (from, curves(session));
        }
        false
    }

    /// What is at a place: a moment.
    pub fn hit(&self, x: f64, y: f64) -> Option<Thing> {
        let inside = x >= 0.0 && x <= self.size.x && y >= 0.0 && y <= self.size.y;
        inside.then(|| Thing::Moment(self.time_at(x)))
    }
    /// The time at a place, for scrubbing.
    pub fn time_at(&self, x: f64) -> Time {
        let scale = self.scale.unwrap_or(Scale::over(0.0, 1.0, 0.0, 1.0));
        scale.time(x.clamp(scale.left, scale.left + scale.width))
    }

    fn row(&self, number: usize, curve: &Curve) -> Row {
        let height = self.size.y / self.curves.len().max(1) as f64;
        let top = height * number as f64;
        let above = if height < HIGH { ABOVE } else { WORDS };
        Row { base: top + height - BELOW, top: top + above, most: curve.range().1.max(1) }
    }
}

impl Row {
    /// Where a figure is.
    fn y(&self, figure: u64) -> f64 {
        self.base - (self.base - self.top) * figure as f64 / self.most as f64
    }
}

/// A step curve's corners from its first point up to a time.
fn corners(curve: &Curve, row: &Row, scale: &Scale, until: Time) -> Vec<Point> {
    let mut corners: Vec<Point> = Vec::with_capacity(2 * curve.points.len() + 1);
    for (at, figure) in curve.points.iter().take_while(|(at, _)| *at <= until) {
        let (x, y) = (scale.x(*at), row.y(*figure));
        if let Some(before) = corners.last().copied() {
            corners.push(point(x, before.y));
        }
        corners.push(point(x, y));
    }
    if let Some(last) = corners.last().copied() {
        corners.push(point(scale.x(until).max(last.x), last.y));
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::TimelineView;
    use crate::draw::fixture::{glance, look, runs};

    #[test]
    fn every_measure_has_a_row_on_the_axis_of_the_time_line() {
        let mut measured = 0;
        for session in runs("until = \"2s\"", 900) {
            let mut view = MeasuresView::new();
            let mut line = TimelineView::new();
            view.layout(700.0, 96.0, &*session);
            line.layout(700.0, 60.0, &*session);
            let now = look(&*session);
            view.frame(&glance(&*session, &now, 0.0));
            line.frame(&glance(&*session, &now, 0.0));
            assert_eq!(view.curves.len(), session.about().measures.len());
            assert_eq!(view.time_at(333.0), line.time_at(333.0));
            let Some(scale) = view.scale else { panic!("it was laid out") };
            for (number, curve) in view.curves.iter().enumerate() {
                measured += 1;
                let row = view.row(number, curve);
                let corners = corners(curve, &row, &scale, session.recorded_until());
                assert!(corners.windows(2).all(|pair| pair[0].x == pair[1].x || pair[0].y == pair[1].y), "steps");
                assert!(corners.iter().all(|at| at.y >= row.top - 0.01 && at.y <= row.base + 0.01));
                let end = corners.last().expect("a measure is known from the beginning");
                assert_eq!(end.y, row.y(curve.at(session.recorded_until())));
            }
        }
        assert!(measured > 10, "protocols have measures");
    }

    #[test]
    fn a_place_is_a_moment() {
        let session = runs("", 300).remove(0);
        let mut view = MeasuresView::new();
        view.layout(400.0, 60.0, &*session);
        assert_eq!(view.hit(100.0, 20.0), Some(Thing::Moment(view.time_at(100.0))));
        assert_eq!(view.hit(100.0, 70.0), None);
        assert_eq!(view.time_at(-10.0), Time::ZERO);
    }
}
