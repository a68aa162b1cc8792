//! A run beside another one: what differs stands out, what is the same in both is faded.

use super::rows::{COLUMN, Flight};
use super::{Point, SpaceTimeView};
use netsplit_scenario::compare::{Comparison, Side};
use netsplit_sim::{EventId, Time, Trace};

/// What a run is compared with.
#[derive(Clone, Copy)]
pub struct Contrast<'a> {
    /// What both have in common.
    pub comparison: &'a Comparison,
    /// Which of the two is drawn.
    pub side: Side,
    /// Their traces.
    pub traces: [&'a Trace; 2],
    /// The event that is pointed at in the other.
    pub echo: Option<EventId>,
}

/// An event that differs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Odd {
    /// Which.
    pub event: EventId,
    /// Where it is drawn.
    pub at: Point,
    /// It is in the other run as well, but otherwise.
    pub otherwise: bool,
}

impl Contrast<'_> {
    /// The events in view that differ.
    pub fn odd(&self, view: &SpaceTimeView) -> Vec<Odd> {
        let dots = view.rows.dots.iter().filter(|dot| self.comparison.differs(self.side, dot.id));
        let odd = |event: EventId, at: Point| {
            let otherwise = self.comparison.counterpart(self.side, event).is_some();
            Odd { event, at, otherwise }
        };
        dots.map(|dot| odd(dot.id, dot.at)).collect()
    }
    /// The messages in view that differ.
    pub fn odd_flights<'v>(&self, view: &'v SpaceTimeView) -> Vec<&'v Flight> {
        let differs = |flight: &&Flight| self.comparison.message_differs(self.side, self.traces, flight.id);
        view.rows.flights.iter().filter(differs).collect()
    }
    /// Where there are too many to show each: for each lane in view, how many in each column differ. At most so many are
    /// counted, evenly picked.
    pub fn density(&self, view: &SpaceTimeView) -> Vec<(usize, Vec<f32>)> {
        const COUNTED: usize = 60_000;
        let (trace, scale) = (self.traces[self.side as usize], view.window.scale);
        let (first, last) = scale.visible();
        let all = self.comparison.differing(self.side);
        let at = |event: &EventId| trace.event(*event).map(|row| row.at);
        let from = all.partition_point(|event| at(event).is_some_and(|at| at < first));
        let to = all.partition_point(|event| at(event).is_some_and(|at| at <= last));
        let seen = all.get(from..to).unwrap_or_default();
        let stride = seen.len().div_ceil(COUNTED).max(1);
        let mut density: Vec<(usize, Vec<f32>)> =
            view.rows.density.iter().map(|(lane, cells)| (*lane, vec![0.0; cells.len()])).collect();
        let first_lane = density.first().map_or(0, |(lane, _)| *lane);
        for row in seen.iter().step_by(stride).filter_map(|event| trace.event(*event)) {
            let column = ((scale.x(row.at) - scale.left) / COLUMN).max(0.0) as usize;
            let lane = view.tracks.lane(row.node).and_then(|lane| lane.checked_sub(first_lane));
            let cells = lane.and_then(|lane| density.get_mut(lane));
            if let Some(cell) = cells.and_then(|(_, cells)| cells.iter_mut().take(column + 1).next_back()) {
                *cell += stride as f32;
            }
        }
        density
    }
}

impl SpaceTimeView {
    /// Shows the same stretch of time and the same lanes as another drawing of a run with the same nodes. True if that is
    /// another one than before.
    pub fn align(&mut self, other: &SpaceTimeView) -> bool {
        let place = |view: &SpaceTimeView| {
            let scale = view.window.scale;
            (scale.from, scale.per_pixel, view.lanes.scrolled)
        };
        let before = place(self);
        let (left, width) = (self.window.scale.left, self.window.scale.width);
        self.window = other.window;
        self.window.resize(left, width);
        self.lanes.scrolled = other.lanes.scrolled;
        before != place(self)
    }
    /// Shows what comes from a time on, and a little before it, in as much detail as now.
    pub fn show_from(&mut self, time: Time) {
        let span = self.window.scale.span();
        let from = time.0 as f64 - 0.15 * span;
        self.window.follows = false;
        self.window.scale.from = from.max(-0.05 * span);
    }
    /// Brings a time into view.
    pub fn reveal(&mut self, time: Time) {
        self.window.reveal(time);
    }
    /// Notes how the nodes of a run stand at a moment, for what is drawn along their lanes.
    pub fn watch(&mut self, glance: &crate::draw::Glance) {
        self.history.frame(glance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Glance;
    use crate::draw::fixture::{glance, look, runs};
    use netsplit_scenario::Session;
    use netsplit_sim::{Intervention, NodeId, Time};

    /// A run, and the same in which a node crashed halfway.
    fn pairs(until_ms: u64) -> Vec<[Box<dyn Session>; 2]> {
        let more = "[network]\nlatency = \"10ms\"\nloss = \"10%\"";
        let pair = |(one, mut other): (Box<dyn Session>, Box<dyn Session>)| {
            let until = one.recorded_until();
            other.seek_time(Time(until.0 / 2));
            other.intervene(Intervention::Crash(NodeId(0).into())).expect("there is such a node");
            while other.recorded_until() < until {
                other.advance(until, 100_000);
            }
            [one, other]
        };
        runs(more, until_ms).into_iter().zip(runs(more, until_ms)).map(pair).collect()
    }

    fn view<'a>(
        pair: &'a [Box<dyn Session>; 2],
        comparison: &'a Comparison,
        side: Side,
    ) -> (SpaceTimeView, Contrast<'a>) {
        let session = &*pair[side as usize];
        let traces = [pair[0].trace(), pair[1].trace()];
        let contrast = Contrast { comparison, side, traces, echo: None };
        let mut view = SpaceTimeView::new();
        view.layout(840.0, 300.0, session);
        view.zoom_out(session);
        view.frame(&Glance { contrast: Some(contrast), ..glance(session, &look(session), 1_000.0) });
        (view, contrast)
    }

    #[test]
    fn all_that_differs_stands_out_where_it_is_drawn() {
        for pair in pairs(700) {
            let comparison = Comparison::of(&*pair[0], &*pair[1]);
            for side in Side::BOTH {
                let (view, contrast) = view(&pair, &comparison, side);
                let odd: Vec<EventId> = contrast.odd(&view).iter().map(|odd| odd.event).collect();
                assert_eq!(odd, comparison.differing(side), "{}", pair[0].about().name);
                let differs = |flight: &&Flight| contrast.comparison.message_differs(side, contrast.traces, flight.id);
                assert_eq!(contrast.odd_flights(&view).len(), view.rows.flights.iter().filter(differs).count());
            }
            // What is lost in one and arrives in the other stands out in both, unless it is yet to end.
            let (view, contrast) = view(&pair, &comparison, Side::Here);
            for flight in contrast.odd_flights(&view) {
                assert!(contrast.traces[0].message(flight.id).is_some_and(|row| row.sent < comparison.until()));
            }
        }
    }

    #[test]
    fn a_density_counts_all_that_differs() {
        let mut dense = 0;
        for pair in pairs(20_000) {
            let comparison = Comparison::of(&*pair[0], &*pair[1]);
            for side in Side::BOTH {
                let (view, contrast) = view(&pair, &comparison, side);
                if view.rows.density.is_empty() {
                    continue;
                }
                let counted: f32 = contrast.density(&view).iter().flat_map(|(_, cells)| cells).sum();
                let nodes = (0..pair[0].names().len() as u16).map(NodeId);
                let differing: u32 = nodes.map(|node| comparison.differing_at(side, node)).sum();
                assert!((counted - differing as f32).abs() <= 1.0, "{counted} of {differing}");
                dense += 1;
            }
        }
        assert!(dense > 4, "{dense} runs are long enough");
    }

    #[test]
    fn two_drawings_show_the_same_stretch_of_time() {
        for pair in pairs(700) {
            let comparison = Comparison::of(&*pair[0], &*pair[1]);
            let ((mut one, _), (mut other, _)) =
                (view(&pair, &comparison, Side::Here), view(&pair, &comparison, Side::There));
            one.zoom(3.0, 500.0);
            one.pan(-40.0, 0.0);
            assert!(other.align(&one));
            assert!(!other.align(&one), "nothing has moved since");
            for time in [0, 100_000_000, 650_000_000].map(Time) {
                assert_eq!(one.x_of(time), other.x_of(time));
            }
        }
    }
}
