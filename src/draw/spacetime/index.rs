//! Where everything in a trace is along an axis, kept in order as the trace grows, so that a frame looks up what is in view
//! and touches nothing else.

use super::bridges::Bridges;
use super::history::is_client_operation;
use super::saying::Saying;
use super::showing::{Showing, Tracks};
use super::spans::Spans;
use crate::draw::axis::{Axis, TICK};
use netsplit_scenario::Session;
use netsplit_sim::trace::{EventRow, Fate, MessageRow, What};
use netsplit_sim::{EventId, MsgId, NodeId, Planned, Shape, Time, Trace};

/// What is known of a trace.
#[derive(Default)]
pub struct Index {
    basis: Basis,
    /// How many events and messages have been read.
    events: u32,
    sent: u32,
    /// The last event read: if it is another one, so is the run.
    last: Option<EventRow>,
    /// By node.
    lines: Vec<Line>,
    /// Events of the network, and the furthest place of any event by then.
    network: Vec<(EventId, Time)>,
    /// What people did to nodes.
    faults: Vec<(EventId, Time)>,
    furthest: Time,
    /// Messages whose end is known.
    flights: Spans,
    /// Messages that are on their way.
    waiting: Vec<MsgId>,
    bridges: Bridges,
    bridge_spans: Spans,
    kinds: Vec<Kind>,
}

/// What all of it depends on.
#[derive(Clone, PartialEq, Default)]
struct Basis {
    axis: Axis,
    collapsed: bool,
    silent: Vec<&'static str>,
    saying: Option<Saying>,
    tracks: Tracks,
    /// How many interventions people had made, and the last one's place: another one may have cut off a future.
    done: (usize, Option<Time>),
}

/// The events of a node, in order.
#[derive(Clone, Default)]
pub struct Line {
    /// Where each is.
    places: Vec<u64>,
    /// When each was.
    times: Vec<Time>,
    events: Vec<EventId>,
    /// If local events are collapsed: for how many events each stands.
    counts: Vec<u32>,
    /// Whether the last one is a local event.
    local: bool,
}

/// A type of messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// How it is drawn.
    pub shape: Shape,
    /// How many were sent.
    pub count: u32,
}

impl Index {
    /// Brings it up to date with a run. It starts anew if something else is to be seen, or the run has another past.
    pub fn read(&mut self, session: &dyn Session, showing: &Showing, tracks: &Tracks) {
        let (trace, done) = (session.trace(), session.interventions());
        let done = (done.len(), done.last().map(|planned: &Planned<_>| planned.when.at));
        let saying = Saying::of(&showing.saying);
        let other = self.basis.axis != showing.axis
            || self.basis.collapsed != showing.collapsed
            || self.basis.done != done
            || self.basis.silent != showing.silent
            || self.basis.saying != saying
            || self.basis.tracks != *tracks;
        let last = self.events.checked_sub(1).and_then(|last| trace.event(EventId(last)));
        if other || trace.sent() < self.sent || last != self.last.as_ref() {
            let (axis, collapsed, silent) = (showing.axis, showing.collapsed, showing.silent.clone());
            let basis = Basis { axis, collapsed, silent, saying, tracks: tracks.clone(), done };
            *self = Index { basis, lines: vec![Line::default(); tracks.nodes()], ..Index::default() };
        }
        let unread = self.events..trace.len();
        self.read_events(trace);
        let said = self.basis.saying.as_ref().map(|saying| {
            let mut said = Vec::new();
            session.bodies(unread, &mut |id, body| {
                let name = trace.message(id).map_or("", |row| row.tag.name);
                said.extend(saying.is_in(name, &body).then_some(id));
            });
            said
        });
        self.read_messages(trace, said.as_deref());
    }

    fn read_events(&mut self, trace: &Trace) {
        let hides = self.basis.tracks.hides_any();
        for (id, row) in trace.events_in(self.events..trace.len()) {
            self.last = Some(*row);
            let at_node = row.somewhere().filter(|_| !is_of_the_network(trace, row.what));
            let Some(node) = at_node else {
                // It has no Lamport time that tells anything: it stands where the run has come to.
                let at = if self.basis.axis == Axis::Physical { row.at } else { Time::ZERO };
                self.furthest = self.furthest.max(at);
                self.network.push((id, self.furthest));
                continue;
            };
            let place = self.basis.axis.place(row);
            self.furthest = self.furthest.max(place);
            if matches!(row.what, What::Fault(_)) && !is_client_operation(trace, row.what) {
                self.faults.push((id, self.furthest));
            }
            if let Some(line) = self.lines.get_mut(node.index()) {
                line.add(place, row.at, id, self.basis.collapsed.then(|| is_local(trace, id, row)));
            }
            if hides {
                let known = self.bridges.edges.len();
                self.bridges.read(trace, id, row, &self.basis.tracks);
                for at in known..self.bridges.edges.len() {
                    let (from, to) = self.bridges.edges[at];
                    self.bridge_spans.add(self.place(trace, from).0, self.place(trace, to).0, at as u32);
                }
            }
        }
        self.bridge_spans.settle();
        self.events = trace.len();
    }

    /// Of those that are new; if only some of these say what is wanted, `said` has them in order.
    fn read_messages(&mut self, trace: &Trace, said: Option<&[MsgId]>) {
        for (id, row) in trace.messages_in(self.sent..trace.sent()) {
            match self.kinds.binary_search_by_key(&row.tag.name, |kind| kind.name) {
                Ok(at) => self.kinds[at].count += 1,
                Err(at) => self.kinds.insert(at, Kind { name: row.tag.name, shape: row.tag.shape, count: 1 }),
            }
            if self.basis.shows(row) && said.is_none_or(|said| said.binary_search(&id).is_ok()) {
                self.waiting.push(id);
            }
        }
        self.sent = trace.sent();
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|id| {
            let Some(row) = trace.message(*id) else { return false };
            let under_way = matches!(row.fate, Fate::InFlight | Fate::Doomed);
            if !under_way {
                let (begin, end) = self.ends(trace, row);
                self.flights.add(begin.0, end.0, id.0);
            }
            under_way
        });
        self.waiting = waiting;
        self.flights.settle();
    }

    /// Where an event is; wherever there is none, at the beginning.
    fn place(&self, trace: &Trace, event: EventId) -> Time {
        trace.event(event).map_or(Time::ZERO, |row| self.basis.axis.place(row))
    }
    /// Where a message begins and ends. Where nobody received it there is no Lamport time of its end: it goes on for one
    /// column.
    pub fn ends(&self, trace: &Trace, row: &MessageRow) -> (Time, Time) {
        match self.basis.axis {
            Axis::Physical => (row.sent, row.ends),
            Axis::Logical => {
                let begin = self.place(trace, row.cause);
                let end = match row.fate {
                    Fate::Delivered(event) => self.place(trace, event),
                    _ => begin + TICK,
                };
                (begin, end)
            }
        }
    }

    /// All nodes' events.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
    /// The events of a node.
    pub fn line(&self, node: NodeId) -> Option<&Line> {
        self.lines.get(node.index())
    }
    /// Events of the network between two places, with where they are; what people did to nodes among them, if that is asked
    /// for.
    pub fn network_in(&self, first: Time, last: Time, faults: bool) -> impl Iterator<Item = (EventId, Time)> + '_ {
        let between = move |list: &'_ [(EventId, Time)]| {
            let from = list.partition_point(|(_, place)| *place < first);
            from..list.partition_point(|(_, place)| *place <= last).max(from)
        };
        let faults = if faults { &self.faults[between(&self.faults)] } else { &[] };
        self.network[between(&self.network)].iter().chain(faults).copied()
    }
    /// Where the furthest event is.
    pub fn furthest(&self) -> Time {
        self.furthest
    }
    /// The messages that reach into a stretch of the axis, or one of every `stride` of them, and those on their way.
    pub fn messages_in(&self, first: Time, last: Time, stride: usize) -> impl Iterator<Item = MsgId> + '_ {
        let under_way = self.waiting.iter().step_by(stride.max(1)).copied();
        self.flights.reaching(first.0, last.0, stride).map(MsgId).chain(under_way)
    }
    /// How many that are at most: those on their way may be elsewhere.
    pub fn count_messages(&self, first: Time, last: Time) -> usize {
        self.flights.count(first.0, last.0) + self.waiting.len()
    }
    /// The edges through hidden nodes that reach into a stretch of the axis, or one of every `stride` of them.
    pub fn bridges_in(&self, first: Time, last: Time, stride: usize) -> impl Iterator<Item = (EventId, EventId)> + '_ {
        self.bridge_spans.reaching(first.0, last.0, stride).map(|at| self.bridges.edges[at as usize])
    }
    /// How many those are.
    pub fn count_bridges(&self, first: Time, last: Time) -> usize {
        self.bridge_spans.count(first.0, last.0)
    }
    /// All types of messages that were sent, by name.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }
}

impl Basis {
    /// Whether a message is drawn: from one lane to another, or from a node to itself.
    fn shows(&self, row: &MessageRow) -> bool {
        let (from, to) = (self.tracks.lane(row.name.from), self.tracks.lane(row.name.to));
        let apart = from != to || row.name.from == row.name.to;
        from.is_some() && to.is_some() && apart && self.silent.binary_search(&row.tag.name).is_err()
    }
}

impl Line {
    fn add(&mut self, place: Time, at: Time, event: EventId, local: Option<bool>) {
        if let (Some(true), true, Some(count)) = (local, self.local, self.counts.last_mut()) {
            *count += 1;
            return;
        }
        self.places.push(place.0);
        self.times.push(at);
        self.events.push(event);
        self.local = local == Some(true);
        if local.is_some() {
            self.counts.push(1);
        }
    }
    /// Which of its dots are between two places.
    pub fn between(&self, first: Time, last: Time) -> std::ops::Range<usize> {
        let from = self.places.partition_point(|place| *place < first.0);
        from..self.places.partition_point(|place| *place <= last.0).max(from)
    }
    /// A dot: its event, or the first of those it stands for; where it is; for how many events it stands.
    pub fn dot(&self, at: usize) -> Option<(EventId, Time, u32)> {
        let count = self.counts.get(at).copied().unwrap_or(1);
        Some((*self.events.get(at)?, Time(*self.places.get(at)?), count))
    }
    /// How many events some of its dots stand for.
    pub fn events_in(&self, dots: std::ops::Range<usize>) -> u32 {
        match self.counts.get(dots.clone()) {
            Some(counts) if !self.counts.is_empty() => counts.iter().sum(),
            _ => dots.len() as u32,
        }
    }
    /// The number of its first dot beyond a border, which is at `from` or after it.
    pub fn beyond(&self, border: f64, from: usize) -> usize {
        // Borders are near each other: look twice as far each time, and then between.
        let before = |at: usize| self.places.get(at).is_some_and(|place| (*place as f64) < border);
        let (mut low, mut stride) = (from, 1);
        while before(low + stride - 1) {
            low += stride;
            stride *= 2;
        }
        let high = (low + stride - 1).min(self.places.len());
        low + self.places.get(low..high).map_or(0, |rest| rest.partition_point(|place| (*place as f64) < border))
    }
    /// When the last event at a place or before it was.
    pub fn time_at(&self, place: Time) -> Option<Time> {
        self.times.get(self.places.partition_point(|it| *it <= place.0).checked_sub(1)?).copied()
    }
    /// Where the last event at a time or before it is.
    pub fn place_at(&self, time: Time) -> Option<Time> {
        let at = self.times.partition_point(|it| *it <= time).checked_sub(1)?;
        self.places.get(at).map(|place| Time(*place))
    }
    /// How many of its dots, the first ones, are as they should be.
    pub fn first_dots(&self, are: impl Fn(EventId) -> bool) -> usize {
        self.events.partition_point(|event| are(*event))
    }
    /// Where its last dot among the first `events` events of the run is.
    pub fn place_of_latest(&self, events: u32) -> Option<Time> {
        self.dot(self.latest(events)?).map(|(_, place, _)| place)
    }
    /// The last dot among the first `events` events of the run.
    pub fn latest(&self, events: u32) -> Option<usize> {
        self.events.partition_point(|event| event.0 < events).checked_sub(1)
    }
}

/// Whether an event concerns its node only: nobody was told, and nobody asked for it.
fn is_local(trace: &Trace, id: EventId, row: &EventRow) -> bool {
    matches!(row.what, What::Boot | What::Timer(_) | What::Durable) && trace.sent_by(id).next().is_none()
}

/// Whether an event is about links rather than a node, though it may name nodes.
fn is_of_the_network(trace: &Trace, what: What) -> bool {
    const NAMES: [&str; 6] = ["cut", "mend", "partition", "heal", "link", "network"];
    let name = |index: u32| trace.faults().get(index as usize).map(|fault| fault.name);
    matches!(what, What::Fault(index) if name(index).is_some_and(|name| NAMES.contains(&name)))
}
