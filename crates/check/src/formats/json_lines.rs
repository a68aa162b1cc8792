//! JSON Lines: an object for each event, as Jepsen's, or for each operation with the times of its question and its answer.

use super::calls::{Call, Event, Pairing};
use super::source::{Mistake, Position, Source};
use super::value::Value;
use std::io::BufRead;

/// Reads a history.
pub fn read<R: BufRead>(mut source: Source<R>, pairing: &mut Pairing) -> Result<(), Mistake> {
    let mut operations: Vec<(i64, Option<i64>, Call)> = Vec::new();
    let mut events = false;
    while let Some((at, line)) = source.line()? {
        let line = if at == Position::START { line.trim_start_matches('\u{feff}') } else { &line };
        if line.trim().is_empty() {
            continue;
        }
        let object = parse(at, line)?;
        let is_event = object.get("type").is_some();
        if is_event && !operations.is_empty() || !is_event && events {
            return Err(Mistake::new(at, "an event among operations", "either events with `type`, or operations"));
        }
        events |= is_event;
        match is_event {
            true => pairing.push(Event::of_map(at, &object)?)?,
            false => {
                operations.push(operation(at, &object)?);
                if operations.len() > super::MOST_OPERATIONS {
                    let expected = format!("at most {}", super::MOST_OPERATIONS);
                    return Err(Mistake::new(at, "one more operation", expected));
                }
            }
        }
    }
    in_order(operations).into_iter().try_for_each(|call| pairing.add(call))
}

fn parse(at: Position, line: &str) -> Result<Value, Mistake> {
    let parsed: serde_json::Value = serde_json::from_str(line).map_err(|error| {
        let place = Position { column: at.column + (error.column() as u64).saturating_sub(1), ..at };
        Mistake::new(place, error.to_string(), "one JSON object a line")
    })?;
    if !parsed.is_object() {
        return Err(Mistake::new(at, line, "a JSON object"));
    }
    Ok(value(parsed))
}

fn value(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(value) => value.as_i64().map_or_else(|| Value::Number(value.to_string()), Value::Int),
        serde_json::Value::String(value) => Value::Text(value),
        serde_json::Value::Array(values) => Value::List(values.into_iter().map(value).collect()),
        serde_json::Value::Object(entries) => {
            Value::Map(entries.into_iter().map(|(key, entry)| (Value::Text(key), value(entry))).collect())
        }
    }
}

/// An operation with its times.
fn operation(at: Position, object: &Value) -> Result<(i64, Option<i64>, Call), Mistake> {
    let number = |name: &str| match object.get(name) {
        None | Some(Value::Nil) => Ok(None),
        Some(Value::Int(value)) => Ok(Some(*value)),
        Some(other) => Err(Mistake::new(at, format!("`{name}` of {other}"), "a whole number")),
    };
    let missing = |name: &str| Mistake::new(at, format!("an object with neither `type` nor `{name}`"), "one of them");
    let invoked = number("invoked")?.ok_or_else(|| missing("invoked"))?;
    let answered = number("answered")?;
    if answered.is_some_and(|answered| answered < invoked) {
        return Err(Mistake::new(at, "an answer before its question", "`answered` not less than `invoked`"));
    }
    let process = number("process")?.ok_or_else(|| missing("process"))?;
    let Some(Value::Text(function)) = object.get("f") else {
        return Err(Mistake::new(at, "an object without it", "`f`, such as \"read\""));
    };
    let field = |name: &str| object.get(name).cloned();
    let call = Call {
        at,
        process,
        function: function.clone(),
        key: field("key").filter(|key| *key != Value::Nil),
        value: field("value").unwrap_or(Value::Nil),
        invoked: 0,
        answer: answered.map(|_| (0, field("answer").or_else(|| field("value")).unwrap_or(Value::Nil))),
    };
    Ok((invoked, answered, call))
}

/// The operations with their places among all events for times. What happens at the same time overlaps: questions come
/// before answers.
fn in_order(operations: Vec<(i64, Option<i64>, Call)>) -> Vec<Call> {
    let times = operations.iter().enumerate().flat_map(|(place, (invoked, answered, _))| {
        [Some((*invoked, false, place)), answered.map(|answered| (answered, true, place))]
    });
    let mut times: Vec<(i64, bool, usize)> = times.flatten().collect();
    times.sort_unstable();
    let mut calls: Vec<Call> = operations.into_iter().map(|(.., call)| call).collect();
    for (now, (_, answers, place)) in times.into_iter().enumerate() {
        match (&mut calls[place].answer, answers) {
            (Some((answered, _)), true) => *answered = now as u64,
            _ => calls[place].invoked = now as u64,
        }
    }
    calls
}
