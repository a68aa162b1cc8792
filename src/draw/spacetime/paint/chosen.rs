//! Paints what stands out: what is selected or pointed at, the veil over the future, marks through all lanes.

use super::Brush;
use crate::draw::axis::Axis;
use crate::draw::geometry::{Point, point};
use crate::draw::palette::Ink;
use crate::draw::spacetime::cone::Side;
use crate::draw::spacetime::rows::{End, Flight};
use crate::draw::{Thing, signs};
use netsplit_scenario::Selection;
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, MsgId};

/// How strongly what is not lit is veiled.
const UNLIT: f64 = 0.62;

impl Brush<'_> {
    /// The selected event with the messages it received and sent, the selected and the hovered message.
    pub(super) fn chosen(&self) {
        let trace = self.glance.session.trace();
        let hovered = match self.glance.hover {
            Some(Thing::Message(id, _)) => vec![id],
            Some(Thing::Event(event)) => self.messages_of(event),
            _ => Vec::new(),
        };
        let selected: Vec<MsgId> = match self.glance.selection {
            Some(Selection::Event(event)) => self.messages_of(event),
            Some(Selection::Message(name)) => {
                self.view.rows.flights.iter().filter(|flight| flight.name == name).map(|flight| flight.id).collect()
            }
            _ => Vec::new(),
        };
        for (ids, ink, width) in [(hovered, &self.palette.text, 1.5), (selected, &self.palette.accent, 2.0)] {
            let these: Vec<Flight> = ids.iter().filter_map(|id| self.field.flight(*id, trace.message(*id)?)).collect();
            self.flight_lines(these.iter(), ink, width);
            self.heads(these.iter().filter(|flight| flight.end != End::Cross), ink);
        }
        for (event, ink) in self.chosen_events() {
            if let Some(at) = self.field.place(event) {
                self.surface.disc(at.x, at.y, 6.0);
                self.surface.stroke(ink, 2.0);
            }
        }
    }

    /// The causal past and future of an event, lit before what neither could know of the other.
    pub(super) fn cone(&self) {
        let Some(cone) = self.view.cone.as_ref() else { return };
        self.surface.context().begin_path();
        self.surface.context().rect(self.left(), self.top(), self.right() - self.left(), self.bottom() - self.top());
        self.surface.opacity(UNLIT);
        self.surface.fill(&self.palette.surface);
        self.surface.opacity(1.0);
        let trace = self.glance.session.trace();
        for (side, ink) in [(Side::Past, &self.palette.past), (Side::Future, &self.palette.future)] {
            let lit = |flight: &&Flight| trace.message(flight.id).and_then(|row| cone.side_of(row)) == Some(side);
            let flights = || self.view.rows.flights.iter().filter(lit);
            self.flight_lines(flights(), ink, 1.5);
            self.heads(flights().filter(|flight| flight.end != End::Cross), ink);
            self.surface.context().begin_path();
            for dot in self.view.rows.dots.iter().filter(|dot| cone.side(dot.id) == Some(side)) {
                self.surface.add_disc(dot.at.x, dot.at.y, 4.0);
            }
            self.surface.fill(ink);
            self.lit_columns(side, ink);
        }
    }

    /// The way that orders two events, and the one that is compared with.
    pub(super) fn way(&self) {
        let place = |event: &EventId| self.field.place(*event);
        let points: Vec<Point> = self.view.way.events.iter().filter_map(place).collect();
        self.surface.context().begin_path();
        points.windows(2).for_each(|step| self.surface.add_line(step[0].x, step[0].y, step[1].x, step[1].y));
        self.surface.stroke(&self.palette.accent, 3.0);
        if let Some(at) = self.glance.pinned.as_ref().and_then(place) {
            self.surface.context().begin_path();
            self.surface.context().rect(at.x - 7.0, at.y - 7.0, 14.0, 14.0);
            self.surface.stroke(&self.palette.accent, 2.0);
        }
    }

    /// The cut, with its handles, what it finds in the channels, and what goes back over it.
    pub(super) fn cut(&self) {
        if self.glance.cut.is_none() {
            return;
        }
        let crossing = &self.view.crossing;
        let ink = if crossing.backwards.is_empty() { &self.palette.leading } else { &self.palette.danger };
        let these = |ids: &[MsgId]| {
            let ids = ids.to_vec();
            self.view.rows.flights.iter().filter(move |flight| ids.binary_search(&flight.id).is_ok())
        };
        self.flight_lines(these(&crossing.channels), &self.palette.leading, 2.0);
        self.flight_lines(these(&crossing.backwards), &self.palette.danger, 3.0);
        self.heads(these(&crossing.backwards), &self.palette.danger);
        let lanes = self.view.lanes;
        let nodes = (0..lanes.count).filter_map(|lane| self.view.tracks.alone(lane));
        let places: Vec<Point> = nodes.filter_map(|node| self.view.handle_of(node)).collect();
        self.surface.context().begin_path();
        for (at, place) in places.iter().enumerate() {
            let half = lanes.height / 2.0;
            self.surface.add_line(place.x, place.y - half, place.x, place.y + half);
            if let Some(next) = places.get(at + 1) {
                self.surface.add_line(place.x, place.y + half, next.x, next.y - half);
            }
        }
        self.surface.dashes(&[6.0, 3.0]);
        self.surface.stroke(ink, 2.0);
        self.surface.dashes(&[]);
        self.surface.context().begin_path();
        for place in places.iter().filter(|place| place.y > self.top() - 10.0 && place.y < self.bottom() + 10.0) {
            self.surface.context().rect(place.x - 5.0, place.y - 5.0, 10.0, 10.0);
        }
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(ink, 2.0);
    }

    fn chosen_events(&self) -> Vec<(EventId, &Ink)> {
        let hovered = match self.glance.hover {
            Some(Thing::Event(event)) => Some((event, &self.palette.line_strong)),
            _ => None,
        };
        let selected = match self.glance.selection {
            Some(Selection::Event(event)) => Some((event, &self.palette.accent)),
            _ => None,
        };
        hovered.into_iter().chain(selected).collect()
    }

    fn messages_of(&self, event: EventId) -> Vec<MsgId> {
        let trace = self.glance.session.trace();
        let received = match trace.event(event).map(|row| row.what) {
            Some(What::Deliver(id)) => Some(id),
            _ => None,
        };
        received.into_iter().chain(trace.sent_by(event).map(|(id, _)| id)).collect()
    }

    /// What happened to the network as a whole, and what was violated: lines through all lanes where one place is one moment
    /// for all of them.
    pub(super) fn marks(&self) {
        let context = self.surface.context();
        let top = self.top();
        let visible: Vec<f64> = self.view.rows.marks.iter().map(|mark| mark.x).filter(|x| self.in_view(*x)).collect();
        let at_once = self.view.showing.axis == Axis::Physical;
        context.begin_path();
        for x in visible.iter().filter(|_| at_once) {
            let x = self.surface.crisp(*x);
            self.surface.add_line(x, top, x, self.bottom());
        }
        self.surface.opacity(0.5);
        self.surface.dashes(&[3.0, 3.0]);
        self.surface.stroke(&self.palette.warn, 1.0);
        self.surface.dashes(&[]);
        self.surface.opacity(1.0);
        context.begin_path();
        visible.iter().for_each(|x| signs::flag(self.surface, point(*x, top - 1.0), 5.0));
        self.surface.fill(&self.palette.warn);
        self.violations(at_once);
    }

    fn violations(&self, at_once: bool) {
        let trace = self.glance.session.trace();
        let (scale, axis) = (&self.view.window.scale, self.view.showing.axis);
        let place = |event: EventId| {
            let x = scale.x(axis.place(trace.event(event)?));
            let end = self.field.place(event).filter(|_| !at_once).map_or(self.bottom(), |at| at.y);
            self.in_view(x).then_some(point(x, end))
        };
        let violated: Vec<Point> =
            self.glance.session.violations().iter().filter_map(|violation| place(violation.event)).collect();
        let (context, top) = (self.surface.context(), self.top());
        context.begin_path();
        violated.iter().for_each(|at| self.surface.add_line(at.x, top, at.x, at.y.max(top)));
        self.surface.stroke(&self.palette.danger, 2.0);
        context.begin_path();
        violated.iter().for_each(|at| signs::diamond(self.surface, point(at.x, top), 6.0));
        self.surface.fill(&self.palette.danger);
    }
}
