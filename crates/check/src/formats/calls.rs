//! From events to operations: what was asked, and what was answered to it.

use super::source::{Mistake, Position};
use super::{MOST_OPERATIONS, Value};
use std::collections::BTreeMap;

/// Something that happened at a client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Where it is told.
    pub at: Position,
    /// Whose it is.
    pub process: i64,
    /// What happened.
    pub kind: EventKind,
    /// What it was about: `read`, `write`.
    pub function: String,
    /// On which key, if it is said apart.
    pub key: Option<Value>,
    /// With which value.
    pub value: Value,
}

/// What can happen at a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// It asked for something.
    Invoke,
    /// It was done.
    Ok,
    /// It did not happen.
    Fail,
    /// Nobody knows whether it happens.
    Info,
}

impl EventKind {
    /// The kind of a name.
    pub fn of(at: Position, value: &Value) -> Result<EventKind, Mistake> {
        match value {
            Value::Name(name) | Value::Text(name) => match name.as_str() {
                "invoke" => Some(EventKind::Invoke),
                "ok" => Some(EventKind::Ok),
                "fail" => Some(EventKind::Fail),
                "info" => Some(EventKind::Info),
                _ => None,
            },
            _ => None,
        }
        .ok_or_else(|| Mistake::new(at, value.to_string(), "one of invoke, ok, fail, info"))
    }
}

impl Event {
    /// The event that a map tells of.
    pub fn of_map(at: Position, map: &Value) -> Result<Event, Mistake> {
        let field = |name: &str| {
            let missing = || Mistake::new(at, "a map without it", format!("`{name}`"));
            map.get(name).ok_or_else(missing)
        };
        let kind = EventKind::of(at, field("type")?)?;
        let process = field("process")?;
        let function = match field("f")? {
            Value::Name(function) | Value::Text(function) => function.clone(),
            other => return Err(Mistake::new(at, other.to_string(), "a function such as read")),
        };
        let process = match process {
            Value::Int(process) => *process,
            // Who is no client, but interferes.
            Value::Name(_) | Value::Text(_) => Event::NOBODY,
            other => return Err(Mistake::new(at, other.to_string(), "a process: a whole number")),
        };
        let value = map.get("value").cloned().unwrap_or(Value::Nil);
        let key = map.get("key").filter(|key| **key != Value::Nil).cloned();
        Ok(Event { at, process, kind, function, key, value })
    }

    /// The process of events that are none of a client.
    pub const NOBODY: i64 = i64::MIN;
}

/// An operation: what was asked, and what was answered to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Where it is told.
    pub at: Position,
    /// Whose it is.
    pub process: i64,
    /// What was asked for: `read`, `write`.
    pub function: String,
    /// On which key.
    pub key: Option<Value>,
    /// With which value.
    pub value: Value,
    /// When it was asked for.
    pub invoked: u64,
    /// When it was answered, and with which value; `None` while it is pending.
    pub answer: Option<(u64, Value)>,
}

/// Operations that are being put together.
#[derive(Default)]
pub struct Pairing {
    calls: Vec<Option<Call>>,
    /// The operation that each process waits for.
    open: BTreeMap<i64, usize>,
    events: u64,
}

impl Pairing {
    /// The next event of the history, if it is a client's.
    pub fn push(&mut self, event: Event) -> Result<(), Mistake> {
        if event.process == Event::NOBODY {
            return Ok(());
        }
        let Event { at, process, kind, function, key, value } = event;
        let now = self.events;
        self.events += 1;
        if kind == EventKind::Invoke {
            if let Some(open) = self.open.insert(process, self.calls.len()) {
                let line = self.calls[open].as_ref().map_or(0, |call| call.at.line);
                let found = format!("process {process} asking for {function}");
                return Err(Mistake::new(at, found, format!("first an answer to what it asked for in line {line}")));
            }
            return self.add(Call { at, process, function, key, value, invoked: now, answer: None });
        }
        let Some(place) = self.open.remove(&process) else {
            let found = format!("an answer to {function} for process {process}, which waits for nothing");
            return Err(Mistake::new(at, found, "an invoke before it"));
        };
        let Some(call) = &mut self.calls[place] else { return Ok(()) };
        if call.function != function {
            let found = format!("an answer to {function} for process {process}");
            return Err(Mistake::new(
                at,
                found,
                format!("one to {}, asked for in line {}", call.function, call.at.line),
            ));
        }
        match kind {
            EventKind::Ok => call.answer = Some((now, value)),
            EventKind::Fail => self.calls[place] = None,
            EventKind::Invoke | EventKind::Info => {}
        }
        Ok(())
    }

    /// Several events.
    pub fn extend(&mut self, events: impl IntoIterator<Item = Event>) -> Result<(), Mistake> {
        events.into_iter().try_for_each(|event| self.push(event))
    }

    /// A whole operation.
    pub fn add(&mut self, call: Call) -> Result<(), Mistake> {
        if self.calls.len() >= MOST_OPERATIONS {
            return Err(Mistake::new(call.at, "one more operation", format!("at most {MOST_OPERATIONS}")));
        }
        self.calls.push(Some(call));
        Ok(())
    }

    /// All operations that may have happened, in the order in which they were asked for.
    pub fn finish(self) -> Result<Vec<Call>, Mistake> {
        if self.calls.is_empty() {
            let expected = "a Jepsen log, a Jepsen history in EDN, or JSON Lines";
            return Err(Mistake::new(Position::START, "no operation in the whole file", expected));
        }
        Ok(split_tuples(self.calls.into_iter().flatten().collect()))
    }
}

/// Where every value is a pair of a key and a value, as Jepsen's independent tests have it, takes them apart.
fn split_tuples(mut calls: Vec<Call>) -> Vec<Call> {
    let pair = |value: &Value| matches!(value.list(), Some([key, _]) if key.list().is_none());
    let is_tuple = |call: &Call| {
        let inner = call.value.list().and_then(|pair| pair.get(1));
        let whole = call.function != "cas" || inner.and_then(Value::list).is_some_and(|values| values.len() == 2);
        call.key.is_none() && pair(&call.value) && whole && call.answer.as_ref().is_none_or(|(_, value)| pair(value))
    };
    if calls.iter().all(is_tuple) {
        for call in &mut calls {
            if let Value::List(pair) = std::mem::replace(&mut call.value, Value::Nil) {
                let mut pair = pair.into_iter();
                (call.key, call.value) = (pair.next(), pair.next().unwrap_or(Value::Nil));
            }
            if let Some((_, Value::List(pair))) = &mut call.answer {
                let value = pair.pop().unwrap_or(Value::Nil);
                call.answer = call.answer.take().map(|(when, _)| (when, value));
            }
        }
    }
    calls
}
