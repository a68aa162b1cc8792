//! Who wrote a field: the latest event at its node after which it is not what it was before. And back from there: what
//! triggered that event, and what wrote the field before it.

use super::{Field, Shape, Step};
use crate::session::Session;
use netsplit_sim::trace::{Trace, What};
use netsplit_sim::{EventId, NodeId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An event changed a field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Write {
    /// The event.
    pub event: EventId,
    /// What the field was before it...
    pub was: Shape,
    /// ...and what it was after it.
    pub is: Shape,
}

/// The search for the latest write of a field among the first events of a run: backwards, a stretch at a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    /// Whose field.
    pub node: NodeId,
    /// Which.
    pub field: Field,
    /// Nothing from here on is looked at any more.
    events: u32,
    found: Option<Write>,
}

impl Search {
    /// For the latest write among the first `events` events.
    pub fn new(node: NodeId, field: Field, events: u32) -> Search {
        Search { node, field, events, found: None }
    }
    /// Looks through one stretch more. True if that was all: it is found, or never was written.
    pub fn go_on(&mut self, session: &dyn Session) -> bool {
        if self.found.is_none() && self.events > 0 {
            let stretch = session.stretch(self.events);
            self.events = stretch.start;
            self.found = session.writes(self.node, &self.field, stretch).pop();
        }
        self.found.is_some() || self.events == 0
    }
    /// What was found.
    pub fn found(&self) -> Option<&Write> {
        self.found.as_ref()
    }
    /// Searches to the end.
    pub fn run(mut self, session: &dyn Session) -> Option<Write> {
        while !self.go_on(session) {}
        self.found
    }
}

/// A field that an event changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The field.
    pub field: Field,
    /// What it was...
    pub was: Shape,
    /// ...and is.
    pub is: Shape,
}

/// A node's state, as far as it can be asked about.
pub(crate) struct Both {
    /// What a crash leaves.
    pub durable: Value,
    /// The rest; nothing while the node is down.
    pub volatile: Option<Value>,
}

/// What is different between two states of a node, field by field.
pub(crate) fn changes(before: &Both, after: &Both) -> Vec<Change> {
    let mut found = Vec::new();
    let root = |durable| Field { durable, path: Vec::new() };
    differ(&root(true), &before.durable, &after.durable, &mut found);
    match (&before.volatile, &after.volatile) {
        (Some(was), Some(is)) => differ(&root(false), was, is, &mut found),
        (None, None) => {}
        (was, is) => found.push(Change { field: root(false), was: shape(was.as_ref()), is: shape(is.as_ref()) }),
    }
    found
}

fn differ(field: &Field, was: &Value, is: &Value, found: &mut Vec<Change>) {
    if was == is {
        return;
    }
    match (was, is) {
        // Tables that have nothing in common are two things, and one of them came in place of the other.
        (Value::Object(was), Value::Object(is)) if is.keys().any(|name| was.contains_key(name)) => {
            let gone = was.keys().filter(|name| !is.contains_key(*name));
            for name in gone.chain(is.keys()) {
                let part = field.part(Step::Key(name.clone()));
                match (was.get(name), is.get(name)) {
                    (Some(was), Some(is)) => differ(&part, was, is, found),
                    (was, is) => found.push(Change { field: part, was: shape(was), is: shape(is) }),
                }
            }
        }
        (Value::Array(was), Value::Array(is)) if was.len() == is.len() && is.iter().any(|it| it.is_object()) => {
            let both = was.iter().zip(is).enumerate();
            both.for_each(|(at, (was, is))| differ(&field.part(Step::Item(at)), was, is, found));
        }
        _ => found.push(Change { field: field.clone(), was: Shape::of(was), is: Shape::of(is) }),
    }
}

fn shape(value: Option<&Value>) -> Shape {
    value.map_or(Shape::Absent, Shape::of)
}

/// Why an event belongs to a chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Reason {
    /// It wrote the field.
    Wrote {
        /// What it was before...
        was: Shape,
        /// ...and after.
        is: Shape,
    },
    /// It sent the message that another received.
    Sent(EventId),
    /// It armed the timer that ran out in another.
    Armed(EventId),
    /// It wrote what was durable in another.
    Stored(EventId),
    /// It shows what the chain is about.
    Shows,
}

/// An event of a chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    /// The event.
    pub event: EventId,
    /// Why it is there.
    pub reason: Reason,
}

/// The writes of a field and what triggered them, from the latest write back, one step at a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// Whose field.
    pub node: NodeId,
    /// Which; nothing if the chain is about events.
    pub field: Option<Field>,
    /// What is known so far, in the order of the run.
    pub links: Vec<Link>,
    /// Those of the links from which nobody has gone further back.
    edge: Vec<EventId>,
    /// The write before the earliest one that is known is not sought yet.
    earlier: Option<u32>,
}

impl Chain {
    /// From the latest write of a field.
    pub fn of(node: NodeId, field: Field, write: Write) -> Chain {
        let Write { event, was, is } = write;
        let earlier = (!was.is_empty()).then_some(event.0);
        Chain {
            node,
            field: Some(field),
            links: vec![Link { event, reason: Reason::Wrote { was, is } }],
            edge: vec![event],
            earlier,
        }
    }
    /// From events that show something.
    pub fn of_events(events: impl Iterator<Item = EventId>) -> Chain {
        let mut chain = Chain { node: NodeId(0), field: None, links: Vec::new(), edge: Vec::new(), earlier: None };
        events.for_each(|event| chain.add(Link { event, reason: Reason::Shows }));
        chain
    }
    /// Whether it goes further back.
    pub fn goes_on(&self, trace: &Trace) -> bool {
        self.earlier.is_some() || self.edge.iter().any(|event| trigger(trace, *event).is_some())
    }
    /// One step further back: what triggered the events that came with the step before, and the write before the earliest
    /// known one, unless that one made the field from nothing.
    pub fn further(&mut self, session: &dyn Session) {
        let triggers: Vec<Link> = self.edge.drain(..).filter_map(|event| trigger(session.trace(), event)).collect();
        triggers.into_iter().for_each(|link| self.add(link));
        let Some((before, field)) = self.earlier.take().zip(self.field.clone()) else { return };
        if let Some(Write { event, was, is }) = Search::new(self.node, field, before).run(session) {
            self.earlier = (!was.is_empty()).then_some(event.0);
            self.add(Link { event, reason: Reason::Wrote { was, is } });
        }
    }

    fn add(&mut self, link: Link) {
        let place = self.links.partition_point(|known| known.event < link.event);
        match self.links.get_mut(place).filter(|known| known.event == link.event) {
            // That it wrote the field matters more than what else it did.
            Some(known) => {
                if let Reason::Wrote { .. } = link.reason {
                    known.reason = link.reason;
                }
            }
            None => {
                self.edge.push(link.event);
                self.links.insert(place, link);
            }
        }
    }
}

/// What triggered an event, if it was not from outside.
fn trigger(trace: &Trace, event: EventId) -> Option<Link> {
    let row = trace.event(event)?;
    let reason = match row.what {
        What::Deliver(_) => Reason::Sent(event),
        What::Timer(_) => Reason::Armed(event),
        What::Durable => Reason::Stored(event),
        What::Boot | What::Fault(_) => return None,
    };
    Some(Link { event: row.cause.some()?, reason })
}
