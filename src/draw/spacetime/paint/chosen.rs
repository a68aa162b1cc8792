//! Paints what stands out: what is selected or pointed at, the veil over the future, marks through all lanes.

use super::Brush;
use crate::draw::geometry::{Point, point};
use crate::draw::palette::Ink;
use crate::draw::ruler::AXIS;
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
            let these = || self.view.rows.flights.iter().filter(|flight| ids.contains(&flight.id));
            self.flight_lines(these(), ink, width);
            self.heads(these().filter(|flight| flight.end != End::Cross), ink);
        }
        for (event, ink) in self.chosen_events() {
            let Some(row) = trace.event(event) else { continue };
            let Some(node) = row.somewhere().filter(|_| self.view.rows.dots.iter().any(|dot| dot.id == event)) else {
                continue;
            };
            self.surface.disc(self.view.window.scale.x(row.at), self.view.lanes.y(node.index()), 6.0);
            self.surface.stroke(ink, 2.0);
        }
    }

    /// The causal past and future of an event, lit before what neither could know of the other.
    pub(super) fn cone(&self) {
        let Some(cone) = self.view.cone.as_ref().filter(|_| self.view.rows.density.is_empty()) else { return };
        self.surface.context().begin_path();
        self.surface.context().rect(self.left(), AXIS, self.right() - self.left(), self.bottom() - AXIS);
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
        }
    }

    /// The way that orders two events, and the one that is compared with.
    pub(super) fn way(&self) {
        let trace = self.glance.session.trace();
        let place = |event: &EventId| {
            let row = trace.event(*event)?;
            Some(point(self.view.window.scale.x(row.at), self.view.lanes.y(row.somewhere()?.index())))
        };
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
        let Some(line) = self.glance.cut else { return };
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
        let places =
            line.moments.iter().enumerate().map(|(lane, at)| point(self.view.window.scale.x(*at), lanes.y(lane)));
        let places: Vec<Point> = places.collect();
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
        for lane in lanes.visible().filter(|lane| *lane < places.len()) {
            self.surface.context().rect(places[lane].x - 5.0, places[lane].y - 5.0, 10.0, 10.0);
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

    /// What happened to the network as a whole, and what was violated: lines through all lanes.
    pub(super) fn marks(&self) {
        let context = self.surface.context();
        let scale = &self.view.window.scale;
        let visible: Vec<f64> = self.view.rows.marks.iter().map(|mark| mark.x).filter(|x| self.in_view(*x)).collect();
        context.begin_path();
        for x in &visible {
            let x = self.surface.crisp(*x);
            self.surface.add_line(x, AXIS, x, self.bottom());
        }
        self.surface.opacity(0.5);
        self.surface.dashes(&[3.0, 3.0]);
        self.surface.stroke(&self.palette.warn, 1.0);
        self.surface.dashes(&[]);
        self.surface.opacity(1.0);
        context.begin_path();
        visible.iter().for_each(|x| signs::flag(self.surface, point(*x, AXIS - 1.0), 5.0));
        self.surface.fill(&self.palette.warn);

        let trace = self.glance.session.trace();
        let violated = self.glance.session.violations().iter().filter_map(|v| trace.event(v.event));
        let violated: Vec<f64> = violated.map(|row| scale.x(row.at)).filter(|x| self.in_view(*x)).collect();
        context.begin_path();
        for x in &violated {
            self.surface.add_line(*x, AXIS, *x, self.bottom());
        }
        self.surface.stroke(&self.palette.danger, 2.0);
        context.begin_path();
        violated.iter().for_each(|x| signs::diamond(self.surface, point(*x, AXIS), 6.0));
        self.surface.fill(&self.palette.danger);
    }
}
