//! What the diagram shows of a run's trace: the events and messages of the visible window, and nothing else.

use super::index::Index;
use super::leaving::Leaving;
use super::showing::Tracks;
use crate::draw::axis::Axis;
use crate::draw::geometry::{Point, point};
use crate::draw::lanes::Lanes;
use crate::draw::scale::Scale;
use netsplit_sim::trace::{Fate, MessageRow, What};
use netsplit_sim::{EventId, MsgId, MsgName, Shape, Time, Trace};

/// More events than this in view become a density.
pub const DOTS: u32 = 2_000;
/// More messages than this in view lose their heads.
pub const HEADS: usize = 500;
/// Of more messages than this in view, only one of every so many is drawn...
const FLIGHTS: usize = 2_500;
/// ...or than this, if events are a density.
const FLIGHTS_OVER_DENSITY: usize = 700;
/// Of more messages than this, it is not marked which leave the picture.
const MARKED: usize = 300;
/// The width of a density's columns, in pixels.
pub const COLUMN: f64 = 4.0;

/// What sort of dot an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// A message arrived, or a write became durable.
    Usual,
    /// A timer ran out.
    Timer,
    /// A client asked for something.
    Client,
    /// Somebody intervened: the index of the trace's intervention.
    Fault(u32),
}

/// An event in view.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dot {
    /// Which, or the first of those it stands for.
    pub id: EventId,
    /// Where.
    pub at: Point,
    /// What sort.
    pub sort: Sort,
    /// For how many events of its node it stands.
    pub count: u32,
}

/// How a message's line ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// It arrived.
    Arrow,
    /// It was lost.
    Cross,
    /// It is on its way.
    Open,
}

/// A message in view.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Flight {
    /// Which.
    pub id: MsgId,
    /// Its name.
    pub name: MsgName,
    /// The part it plays.
    pub shape: Shape,
    /// Where its line begins.
    pub from: Point,
    /// Where its line ends.
    pub to: Point,
    /// How.
    pub end: End,
}

/// What went through hidden nodes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bridge {
    /// From which event to which.
    pub events: (EventId, EventId),
    /// Where it begins.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
}

/// An event that concerns the network as a whole.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mark {
    /// Which.
    pub id: EventId,
    /// Where.
    pub x: f64,
}

/// All that is in view.
#[derive(Default)]
pub struct Rows {
    /// Events at nodes, if they are not too many.
    pub dots: Vec<Dot>,
    /// Messages, or some of them.
    pub flights: Vec<Flight>,
    /// Those of them that leave the picture, unless they are too many.
    pub leaving: Vec<Leaving>,
    /// What went through hidden nodes, likewise.
    pub bridges: Vec<Bridge>,
    /// Events of the network.
    pub marks: Vec<Mark>,
    /// If there are too many: for each lane in view, how many events each column stands for.
    pub density: Vec<(usize, Vec<u32>)>,
    /// How many events the lanes in view have between its edges.
    pub events: u32,
    /// One of every so many messages is drawn.
    pub stride: usize,
}

/// What is looked at, and where everything is in the picture.
pub struct Field<'a> {
    /// What happened.
    pub trace: &'a Trace,
    /// Where it is along the axis.
    pub index: &'a Index,
    /// Which nodes are in which lane.
    pub tracks: &'a Tracks,
    /// What the axis stands for.
    pub axis: Axis,
    /// Where places of the axis are.
    pub scale: Scale,
    /// Where lanes are.
    pub lanes: &'a Lanes,
    /// How far the run is recorded, or the cursor if it is later.
    pub now: Time,
}

impl Field<'_> {
    /// Where an event is in the picture, unless its node is left out; one that a dot stands for is where the dot is.
    pub fn place(&self, event: EventId) -> Option<Point> {
        let node = self.trace.event(event)?.somewhere()?;
        let (lane, line) = (self.tracks.lane(node)?, self.index.line(node)?);
        let (_, place, _) = line.dot(line.latest(event.0.saturating_add(1))?)?;
        Some(point(self.scale.x(place), self.lanes.y(lane)))
    }

    /// Where a message is in the picture, unless one of its ends is left out.
    pub fn flight(&self, id: MsgId, row: &MessageRow) -> Option<Flight> {
        let y = |node| Some(self.lanes.y(self.tracks.lane(node)?));
        let (begin, ends) = self.index.ends(self.trace, row);
        let from = point(self.scale.x(begin), y(row.name.from)?);
        let whole = point(self.scale.x(ends), y(row.name.to)?);
        let lost = from.toward(whole, LOST_AT);
        let lost = if self.axis == Axis::Physical { point(whole.x, lost.y) } else { lost };
        let (ends, end) = match row.fate {
            Fate::Delivered(_) => (whole, End::Arrow),
            Fate::NobodyThere => (whole, End::Cross),
            Fate::Lost => (lost, End::Cross),
            Fate::Doomed => (lost, End::Open),
            Fate::InFlight => (whole, End::Open),
        };
        let flight = Flight { id, name: row.name, shape: row.tag.shape, from, to: ends, end };
        Some(match end {
            End::Open => Flight { to: from.toward(ends, self.gone(row)), ..flight },
            _ => flight,
        })
    }

    /// Which share of its way a message has gone.
    fn gone(&self, row: &MessageRow) -> f64 {
        match self.axis {
            Axis::Physical if row.ends <= row.sent => 1.0,
            Axis::Physical => (self.now.since(row.sent).0 as f64 / row.ends.since(row.sent).0 as f64).clamp(0.0, 1.0),
            Axis::Logical => UNDER_WAY,
        }
    }

    /// Whether something between two heights is in view.
    fn in_view(&self, one: f64, other: f64) -> bool {
        one.max(other) >= self.lanes.top - self.lanes.height && one.min(other) <= self.lanes.bottom + self.lanes.height
    }
}

impl Rows {
    /// Gathers what is in view.
    pub fn gather(&mut self, field: &Field) {
        self.dots.clear();
        self.flights.clear();
        self.leaving.clear();
        self.bridges.clear();
        self.marks.clear();
        self.density.clear();
        (self.events, self.stride) = (0, 1);
        let scale = field.scale;
        let (first, last) = scale.visible();
        if first == Time::ZERO && scale.x(Time::ZERO) > scale.left + scale.width {
            return;
        }
        let in_view =
            || field.lanes.visible().flat_map(|lane| field.tracks.nodes_in(lane).iter().map(move |n| (lane, *n)));
        let lines = || in_view().filter_map(|(lane, node)| Some((lane, field.index.line(node)?)));
        let dots: usize = lines().map(|(_, line)| line.between(first, last).len()).sum();
        self.events = lines().map(|(_, line)| line.events_in(line.between(first, last))).sum();
        let dense = dots > DOTS as usize;
        if dense {
            self.count(field);
        } else {
            for (lane, line) in lines() {
                self.gather_dots(field, lane, line.between(first, last).filter_map(|at| line.dot(at)));
            }
            self.dots.sort_unstable_by_key(|dot| dot.id);
        }
        let network = field.index.network_in(first, last, dense);
        self.marks.extend(network.map(|(id, place)| Mark { id, x: scale.x(place) }));
        self.gather_flights(field, if dense { FLIGHTS_OVER_DENSITY } else { FLIGHTS });
    }

    fn gather_dots(&mut self, field: &Field, lane: usize, dots: impl Iterator<Item = (EventId, Time, u32)>) {
        let y = field.lanes.y(lane);
        self.dots.extend(dots.filter_map(|(id, place, count)| {
            let sort = sort(field.trace, field.trace.event(id)?.what);
            Some(Dot { id, at: point(field.scale.x(place), y), sort, count })
        }));
    }

    fn gather_flights(&mut self, field: &Field, most: usize) {
        let (first, last) = field.scale.visible();
        let reaching = field.index.count_messages(first, last) + field.index.count_bridges(first, last);
        // Powers of two: then those that are drawn are the same ones while one zooms a little.
        self.stride = reaching.div_ceil(most).next_power_of_two();
        for id in field.index.messages_in(first, last, self.stride) {
            let Some(row) = field.trace.message(id).filter(|row| row.sent <= field.now) else { continue };
            let Some(flight) = field.flight(id, row) else { continue };
            let reaches = flight.to.x >= field.scale.left && flight.from.x <= field.scale.left + field.scale.width;
            if reaches && field.in_view(flight.from.y, flight.to.y) {
                self.flights.push(flight);
            }
        }
        self.flights.sort_unstable_by_key(|flight| flight.id);
        if self.flights.len() <= MARKED {
            let leaving = self.flights.iter().filter_map(|flight| Leaving::of(flight, &field.scale, field.lanes));
            self.leaving.extend(leaving);
        }
        for events in field.index.bridges_in(first, last, self.stride) {
            let (Some(from), Some(to)) = (field.place(events.0), field.place(events.1)) else { continue };
            if from.y != to.y && field.in_view(from.y, to.y) {
                self.bridges.push(Bridge { events, from, to });
            }
        }
    }

    fn count(&mut self, field: &Field) {
        let scale = field.scale;
        let columns = (scale.width / COLUMN).ceil() as usize;
        let borders: Vec<f64> =
            (1..=columns).map(|column| scale.from + column as f64 * COLUMN * scale.per_pixel).collect();
        let (first, last) = scale.visible();
        for lane in field.lanes.visible() {
            let mut cells = vec![0; columns];
            for line in field.tracks.nodes_in(lane).iter().filter_map(|node| field.index.line(*node)) {
                let in_view = line.between(first, last);
                let mut from = in_view.start;
                for (cell, border) in cells.iter_mut().zip(&borders) {
                    let to = line.beyond(*border, from).min(in_view.end);
                    *cell += line.events_in(from..to);
                    from = to;
                }
                // What is at the very edge belongs to the last column.
                cells.iter_mut().last().into_iter().for_each(|cell| *cell += line.events_in(from..in_view.end));
            }
            self.density.push((lane, cells));
        }
    }
}

/// The number of the first event at a time or after it.
pub fn first_at(trace: &Trace, time: Time) -> u32 {
    time.0.checked_sub(1).map_or(0, |before| trace.first_after(Time(before)))
}

fn sort(trace: &Trace, what: What) -> Sort {
    match what {
        What::Boot | What::Deliver(_) | What::Durable => Sort::Usual,
        What::Timer(_) => Sort::Timer,
        What::Fault(_) if super::history::is_client_operation(trace, what) => Sort::Client,
        What::Fault(index) => Sort::Fault(index),
    }
}

/// How far a lost message's line gets on its way to the receiver's lane.
const LOST_AT: f64 = 0.55;
/// How far the line of a message on its way gets where there is no telling how far it is.
const UNDER_WAY: f64 = 0.7;
