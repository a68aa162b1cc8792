//! What the diagram shows of a run's trace: the events and messages of the visible window, and nothing else.

use crate::draw::geometry::{Point, point};
use crate::draw::lanes::Lanes;
use crate::draw::scale::Scale;
use netsplit_sim::trace::{Fate, MessageRow, What};
use netsplit_sim::{EventId, MsgId, MsgName, NodeId, Shape, Span, Time, Trace};

/// More events than this in view become a density.
pub const DOTS: u32 = 3_000;
/// More messages than this in view lose their heads.
pub const HEADS: usize = 700;
/// At most so many messages that began before the window are looked at.
const LOOK_BACK: u32 = 20_000;
/// A density is counted from at most so many events, evenly picked.
const COUNTED: u32 = 60_000;
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
    /// Which.
    pub id: EventId,
    /// Where.
    pub at: Point,
    /// What sort.
    pub sort: Sort,
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
    /// Messages, likewise.
    pub flights: Vec<Flight>,
    /// Events of the network.
    pub marks: Vec<Mark>,
    /// If there are too many: for each lane in view, how many events each column stands for.
    pub density: Vec<(NodeId, Vec<f32>)>,
    /// The longest flight seen so far.
    longest: Span,
    /// How many messages have been looked at for it.
    looked_at: u32,
}

impl Rows {
    /// Gathers what is in view. `now` is how far the run is recorded, or the cursor if it is later.
    pub fn gather(&mut self, trace: &Trace, scale: Scale, lanes: &Lanes, now: Time) {
        self.dots.clear();
        self.flights.clear();
        self.marks.clear();
        self.density.clear();
        self.measure_flights(trace);
        let (first, last) = scale.visible();
        let begin = first_at(trace, first);
        let end = trace.first_after(last);
        if first == Time::ZERO && scale.x(Time::ZERO) > scale.left + scale.width {
            return;
        }
        if end - begin > DOTS {
            self.count(trace, scale, lanes, begin..end);
            return;
        }
        for (id, row) in trace.events_in(begin..end) {
            match row.somewhere() {
                _ if is_of_the_network(trace, row.what) => self.marks.push(Mark { id, x: scale.x(row.at) }),
                None => self.marks.push(Mark { id, x: scale.x(row.at) }),
                Some(node) if lanes.shows(node.index()) => {
                    let at = point(scale.x(row.at), lanes.y(node.index()));
                    self.dots.push(Dot { id, at, sort: sort(trace, row.what) });
                }
                Some(_) => {}
            }
        }
        self.gather_flights(trace, scale, lanes, end, now);
    }

    /// Remembers the longest flight, so that messages which began before the window are found.
    fn measure_flights(&mut self, trace: &Trace) {
        if trace.sent() < self.looked_at {
            (self.looked_at, self.longest) = (0, Span::ZERO);
        }
        for (_, row) in trace.messages_in(self.looked_at..trace.sent()) {
            self.longest = self.longest.max(row.ends.since(row.sent));
        }
        self.looked_at = trace.sent();
    }

    /// A flight that somebody delayed takes longer than it looked like at first.
    pub fn note_flight(&mut self, takes: Span) {
        self.longest = self.longest.max(takes);
    }

    fn gather_flights(&mut self, trace: &Trace, scale: Scale, lanes: &Lanes, end: u32, now: Time) {
        let (first, _) = scale.visible();
        let early = first_at(trace, Time(first.0.saturating_sub(self.longest.0)));
        let (begin, in_window, end) =
            (trace.sent_before(early), trace.sent_before(trace.first_after(first)), trace.sent_before(end));
        let begin = begin.max(in_window.saturating_sub(LOOK_BACK));
        for (id, row) in trace.messages_in(begin..end) {
            let flight = flight(id, row, scale, lanes, now);
            let seen = lanes.shows(row.name.from.index()) || lanes.shows(row.name.to.index());
            if seen && flight.to.x >= scale.left && row.sent <= now {
                self.flights.push(flight);
            }
        }
    }

    fn count(&mut self, trace: &Trace, scale: Scale, lanes: &Lanes, events: std::ops::Range<u32>) {
        let columns = (scale.width / COLUMN).ceil() as usize + 1;
        let first = lanes.visible().start;
        self.density = lanes.visible().map(|lane| (NodeId(lane as u16), vec![0.0; columns])).collect();
        let stride = (events.len() as u32).div_ceil(COUNTED).max(1);
        for id in events.clone().step_by(stride as usize) {
            let Some(row) = trace.event(EventId(id)) else { continue };
            let column = ((scale.x(row.at) - scale.left) / COLUMN).max(0.0) as usize;
            let lane = row.node.index().checked_sub(first).and_then(|lane| self.density.get_mut(lane));
            if let Some(cell) = lane.and_then(|(_, cells)| cells.get_mut(column)) {
                *cell += stride as f32;
            }
        }
        let marks = trace.faults().iter().filter(|fault| events.contains(&fault.event.0) && fault.name != "invoke");
        let mark = |id: EventId| Some(Mark { id, x: scale.x(trace.event(id)?.at) });
        self.marks.extend(marks.filter_map(|fault| mark(fault.event)));
    }
}

/// The number of the first event at a time or after it.
pub fn first_at(trace: &Trace, time: Time) -> u32 {
    time.0.checked_sub(1).map_or(0, |before| trace.first_after(Time(before)))
}

/// Whether an event is about links rather than a node, though it may name nodes.
fn is_of_the_network(trace: &Trace, what: What) -> bool {
    const NAMES: [&str; 6] = ["cut", "mend", "partition", "heal", "link", "network"];
    let name = |index: u32| trace.faults().get(index as usize).map(|fault| fault.name);
    matches!(what, What::Fault(index) if name(index).is_some_and(|name| NAMES.contains(&name)))
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

fn flight(id: MsgId, row: &MessageRow, scale: Scale, lanes: &Lanes, now: Time) -> Flight {
    let from = point(scale.x(row.sent), lanes.y(row.name.from.index()));
    let whole = point(scale.x(row.ends), lanes.y(row.name.to.index()));
    let lost = point(whole.x, from.y + (whole.y - from.y) * LOST_AT);
    let (ends, end) = match row.fate {
        Fate::Delivered(_) => (whole, End::Arrow),
        Fate::NobodyThere => (whole, End::Cross),
        Fate::Lost => (lost, End::Cross),
        Fate::Doomed => (lost, End::Open),
        Fate::InFlight => (whole, End::Open),
    };
    let flight = Flight { id, name: row.name, shape: row.tag.shape, from, to: ends, end };
    if end != End::Open || row.ends <= row.sent {
        return flight;
    }
    let gone = now.since(row.sent).0 as f64 / row.ends.since(row.sent).0 as f64;
    Flight { to: from.toward(ends, gone.clamp(0.0, 1.0)), ..flight }
}
