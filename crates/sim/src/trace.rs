//! What happened: one row per event and per message, appended while a run plays, never changed but for how a message
//! ends. Rows are plain numbers, so that a hundred thousand events fit in ten megabytes.

use crate::Tag;
use crate::ids::{EventId, MsgId, MsgName, NodeId};
use crate::process::Protocol;
use crate::recorder::{Ending, Kind, Recorder, Sent};
use crate::time::Time;
use crate::world::Aim;
use std::marker::PhantomData;

mod logged;

pub use logged::{LOCAL, Logged, Misplaced};

/// A list that grows in chunks: growing by doubling costs wasm half its speed.
#[derive(Clone, Debug)]
pub struct Column<T> {
    chunks: Vec<Vec<T>>,
    len: usize,
}

const CHUNK: usize = 1 << 12;

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column { chunks: Vec::new(), len: 0 }
    }
}

impl<T> Column<T> {
    /// Adds a row.
    pub fn push(&mut self, row: T) {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.chunks[self.len / CHUNK].push(row);
        self.len += 1;
    }
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// The row at an index.
    pub fn get(&self, at: usize) -> Option<&T> {
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)
    }
    fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.chunks.get_mut(at / CHUNK)?.get_mut(at % CHUNK)
    }
    /// The rows from one index up to another.
    pub fn range(&self, rows: std::ops::Range<usize>) -> impl DoubleEndedIterator<Item = &T> {
        let rows = rows.start.min(self.len)..rows.end.min(self.len);
        rows.map(|at| &self.chunks[at / CHUNK][at % CHUNK])
    }
    /// All rows.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.range(0..self.len)
    }
    /// Keeps the first `len` rows.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        self.chunks.truncate(len.div_ceil(CHUNK));
        if let (Some(last), rest @ 1..) = (self.chunks.last_mut(), len % CHUNK) {
            last.truncate(rest);
        }
        self.len = len;
    }
}

/// One event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventRow {
    /// When it happened.
    pub at: Time,
    /// Where; [`EventRow::NOWHERE`] for an event of the network.
    pub node: NodeId,
    /// What it is.
    pub what: What,
    /// The event that sent the message or armed the timer; [`EventId::NONE`] if it came from outside.
    pub cause: EventId,
    /// The event before it at the same node; [`EventId::NONE`] for the first.
    pub before: EventId,
    /// Its Lamport time: one more than the greater of `cause`'s and `before`'s.
    pub lamport: u32,
    first_sent: u32,
    first_line: u32,
}

/// What an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// A process started for the first time.
    Boot,
    /// This message arrived.
    Deliver(MsgId),
    /// This timer ran out.
    Timer(&'static str),
    /// A write became durable.
    Durable,
    /// Somebody intervened: the index of the trace's [`FaultRow`].
    Fault(u32),
}

impl EventRow {
    /// The node of events that happen to the network as a whole.
    pub const NOWHERE: NodeId = NodeId(u16::MAX);
    /// Where it happened, unless it happened to the network.
    pub fn somewhere(&self) -> Option<NodeId> {
        (self.node != EventRow::NOWHERE).then_some(self.node)
    }
}

/// One message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageRow {
    /// Its name: from, to, how-many-th.
    pub name: MsgName,
    /// How it is drawn and called.
    pub tag: Tag,
    /// The event that sent it.
    pub cause: EventId,
    /// When it was sent.
    pub sent: Time,
    /// When it ended; while it is on its way, when it will, as things stand.
    pub ends: Time,
    /// How it ended, or what is known of that.
    pub fate: Fate,
}

/// How a message ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It is on its way.
    InFlight,
    /// It is on its way and will vanish.
    Doomed,
    /// It caused this event.
    Delivered(EventId),
    /// The network lost it.
    Lost,
    /// Its receiver was down.
    NobodyThere,
}

/// One intervention, as it was carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaultRow {
    /// The event.
    pub event: EventId,
    /// Its name: `crash`, `invoke`.
    pub name: &'static str,
    /// What it hit.
    pub aim: Aim,
}

/// All that happened in a run.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    events: Column<EventRow>,
    messages: Column<MessageRow>,
    lines: Column<u16>,
    faults: Vec<FaultRow>,
    /// The messages that are not what their sender's process said, in order: few, so that rows need not grow for them.
    lies: Vec<MsgId>,
    /// Causes beyond `cause` and `before`, as (event, cause), in order: logs know of events that hear of several at once.
    joins: Vec<(EventId, EventId)>,
    /// The latest event of each node.
    latest: Vec<EventId>,
}

impl Trace {
    /// How many events there are.
    pub fn len(&self) -> u32 {
        self.events.len() as u32
    }
    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
    /// How many messages have been sent.
    pub fn sent(&self) -> u32 {
        self.messages.len() as u32
    }
    /// An event.
    pub fn event(&self, id: EventId) -> Option<&EventRow> {
        self.events.get(id.index())
    }
    /// All events in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (EventId, &EventRow)> {
        self.events_in(0..self.len())
    }
    /// The events from one number up to another.
    pub fn events_in(&self, range: std::ops::Range<u32>) -> impl DoubleEndedIterator<Item = (EventId, &EventRow)> {
        let end = range.end.min(self.len());
        (range.start.min(end)..end).filter_map(|id| Some((EventId(id), self.event(EventId(id))?)))
    }
    /// The direct causes of an event: the one before it at its node, and those that it heard of.
    pub fn causes(&self, event: EventId) -> impl Iterator<Item = EventId> {
        let first = self.joins.partition_point(|(joined, _)| *joined < event);
        let joins = self.joins[first..].iter().take_while(move |(joined, _)| *joined == event).map(|(_, cause)| *cause);
        let row = self.event(event);
        row.into_iter().flat_map(|row| [row.before, row.cause]).filter_map(EventId::some).chain(joins)
    }
    /// A message.
    pub fn message(&self, id: MsgId) -> Option<&MessageRow> {
        self.messages.get(id.index())
    }
    /// Whether a liar sent it in place of, or besides, what its process said.
    pub fn is_lie(&self, id: MsgId) -> bool {
        self.lies.binary_search(&id).is_ok()
    }
    /// The messages from one number up to another.
    pub fn messages_in(&self, range: std::ops::Range<u32>) -> impl DoubleEndedIterator<Item = (MsgId, &MessageRow)> {
        let end = range.end.min(self.sent());
        (range.start.min(end)..end).filter_map(|id| Some((MsgId(id), self.message(MsgId(id))?)))
    }
    /// The messages that an event sent.
    pub fn sent_by(&self, event: EventId) -> impl DoubleEndedIterator<Item = (MsgId, &MessageRow)> {
        let first = self.event(event).map_or(0, |row| row.first_sent);
        let end = self.event(EventId(event.0.saturating_add(1))).map_or(self.sent(), |row| row.first_sent);
        self.messages_in(first..end)
    }
    /// The lines of the pseudo-code that ran in an event.
    pub fn lines_of(&self, event: EventId) -> impl DoubleEndedIterator<Item = u16> {
        let first = self.event(event).map_or(0, |row| row.first_line);
        let end = self.event(EventId(event.0.saturating_add(1))).map_or(self.lines.len() as u32, |row| row.first_line);
        self.lines.range(first as usize..end as usize).copied()
    }
    /// The interventions in order.
    pub fn faults(&self) -> &[FaultRow] {
        &self.faults
    }
    /// The number of the first event after a time.
    pub fn first_after(&self, time: Time) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.event(EventId(middle)) {
                Some(row) if row.at <= time => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }
    /// How many messages had been sent when the first `events` events were over.
    pub fn sent_before(&self, events: u32) -> u32 {
        self.event(EventId(events)).map_or(self.sent(), |row| row.first_sent)
    }

    /// Forgets all but the first `events` events, and of the messages' endings all that came after `now`. How those
    /// in flight will end is for the world to say anew.
    pub(crate) fn truncate(&mut self, events: u32, now: Time) {
        if let Some(row) = self.event(EventId(events)).copied() {
            self.events.truncate(events as usize);
            self.messages.truncate(row.first_sent as usize);
            self.lines.truncate(row.first_line as usize);
        }
        self.faults.retain(|fault| fault.event.0 < events);
        self.lies.retain(|lie| lie.0 < self.messages.len() as u32);
        self.joins.retain(|(event, _)| event.0 < events);
        self.forget_ends(events, now);
        for node in 0..self.latest.len() {
            let last = self.events().rev().find(|(_, row)| row.node.index() == node);
            self.latest[node] = last.map_or(EventId::NONE, |(id, _)| id);
        }
    }

    fn forget_ends(&mut self, events: u32, now: Time) {
        for at in 0..self.messages.len() {
            let Some(message) = self.messages.get_mut(at) else {
                continue;
            };
            let undone = match message.fate {
                Fate::Delivered(event) => event.0 >= events,
                Fate::Lost | Fate::NobodyThere => message.ends > now,
                Fate::InFlight | Fate::Doomed => false,
            };
            if undone {
                message.fate = Fate::InFlight;
            }
        }
    }

    /// Says anew how a message in flight will end.
    pub(crate) fn expect(&mut self, id: MsgId, due: Time, doomed: bool) {
        if let Some(message) = self.messages.get_mut(id.index()) {
            message.ends = due;
            message.fate = if doomed { Fate::Doomed } else { Fate::InFlight };
        }
    }

    fn begin(&mut self, id: EventId, at: Time, node: NodeId, cause: EventId, what: What) {
        let before = self.latest_at(node);
        let lamport = 1 + self.lamport_of(cause).max(self.lamport_of(before));
        let (first_sent, first_line) = (self.messages.len() as u32, self.lines.len() as u32);
        self.events.push(EventRow { at, node, what, cause, before, lamport, first_sent, first_line });
        self.set_latest(node, id);
    }
    fn sent_off(&mut self, sent: Sent, tag: Tag) {
        if sent.lie {
            self.lies.push(sent.id);
        }
        let fate = if sent.doomed { Fate::Doomed } else { Fate::InFlight };
        self.messages.push(MessageRow { name: sent.name, tag, cause: sent.cause, sent: sent.at, ends: sent.due, fate });
    }
    fn settle(&mut self, id: MsgId, at: Time, ending: Ending) {
        if let Some(message) = self.messages.get_mut(id.index()) {
            message.ends = at;
            message.fate = match ending {
                Ending::Delivered(event) => Fate::Delivered(event),
                Ending::Lost => Fate::Lost,
                Ending::NobodyThere => Fate::NobodyThere,
            };
        }
    }
    fn note(&mut self, event: EventId, name: &'static str, aim: &Aim) -> u32 {
        self.faults.push(FaultRow { event, name, aim: aim.clone() });
        (self.faults.len() - 1) as u32
    }

    fn latest_at(&self, node: NodeId) -> EventId {
        self.latest.get(node.index()).copied().unwrap_or(EventId::NONE)
    }
    fn lamport_of(&self, event: EventId) -> u32 {
        event.some().and_then(|id| self.event(id)).map_or(0, |row| row.lamport)
    }
    fn set_latest(&mut self, node: NodeId, event: EventId) {
        if node == EventRow::NOWHERE {
            return;
        }
        if self.latest.len() <= node.index() {
            self.latest.resize(node.index() + 1, EventId::NONE);
        }
        self.latest[node.index()] = event;
    }
}

/// Writes what a world does into a trace.
pub struct Tracer<'a, P> {
    trace: &'a mut Trace,
    protocol: PhantomData<P>,
}

impl<'a, P> Tracer<'a, P> {
    /// A tracer that appends to `trace`.
    pub fn new(trace: &'a mut Trace) -> Self {
        Tracer { trace, protocol: PhantomData }
    }
}

impl<P: Protocol> Recorder<P> for Tracer<'_, P> {
    fn event(&mut self, id: EventId, at: Time, node: Option<NodeId>, cause: EventId, kind: Kind<'_, P>) {
        let what = match kind {
            Kind::Boot => What::Boot,
            Kind::Deliver(msg) => What::Deliver(msg),
            Kind::Timer(name) => What::Timer(name),
            Kind::Durable => What::Durable,
            Kind::Fault(fault, aim) => What::Fault(self.trace.note(id, fault.name(), aim)),
        };
        self.trace.begin(id, at, node.unwrap_or(EventRow::NOWHERE), cause, what);
    }
    fn sent(&mut self, sent: Sent, body: &P::Msg) {
        self.trace.sent_off(sent, P::tag(body));
    }
    fn rescheduled(&mut self, id: MsgId, due: Time) {
        if let Some(message) = self.trace.messages.get_mut(id.index()) {
            message.ends = due;
        }
    }
    fn settled(&mut self, id: MsgId, at: Time, ending: Ending) {
        self.trace.settle(id, at, ending);
    }
    fn line(&mut self, _event: EventId, line: u16) {
        self.trace.lines.push(line);
    }
}
