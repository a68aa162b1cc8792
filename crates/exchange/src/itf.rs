//! A run in the Informal Trace Format (Apalache ADR 015): a sequence of states, one after each event, for the viewers and
//! tools of TLA+ and Quint.

use crate::export::{Export, title};
use netsplit_scenario::Session;
use netsplit_scenario::transcript::Transcript;
use netsplit_sim::{EventId, NodeId};
use serde_json::{Map, Value, json};
use std::ops::Range;

/// Every state holds every node.
pub const MOST_EVENTS: u32 = 10_000;
/// States are added until the file is so long, in bytes.
const LONGEST: usize = 64 << 20;

/// The integers that every reader of JSON keeps exactly: those below 2^53.
const SAFE: u64 = (1 << 53) - 1;

const VARIABLES: [&str; 6] = ["event", "time", "node", "what", "nodes", "in_flight"];

/// The states after the events of a range; leaves the cursor anywhere.
pub fn write(session: &mut dyn Session, events: Range<u32>) -> Export {
    let transcript = Transcript::of(session);
    let head = json!({
        "format": "ITF", "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
        "source": title(session), "description": "a state after every event; times are in nanoseconds",
    });
    let mut text = format!("{{\"#meta\":{head},\n\"vars\":{},\n\"states\":[", json!(VARIABLES));
    let mut nodes: Vec<String> = Vec::new();
    let mut shown = events.start..events.start;
    for event in events.map(EventId) {
        session.seek(event.0 + 1);
        look(session, event, &mut nodes);
        let index = event.0 - shown.start;
        let state = state(session, &transcript, event, index, &nodes);
        if text.len() + state.len() > LONGEST {
            break;
        }
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&state);
        shown.end = event.0 + 1;
    }
    text.push_str("\n]}\n");
    Export { text, events: shown }
}

/// Brings the nodes' texts up to date: only those that an event can have changed are written anew.
fn look(session: &dyn Session, event: EventId, nodes: &mut Vec<String>) {
    let trace = session.trace();
    let row = trace.event(event);
    let one = match row.map(|row| row.what) {
        // An intervention may be about nodes besides the one where it happens.
        Some(netsplit_sim::trace::What::Fault(_)) | None => None,
        Some(_) => row.and_then(|row| row.somewhere()),
    };
    if nodes.is_empty() {
        nodes.resize(session.names().len(), String::new());
    } else if let Some(node) = one {
        nodes[node.index()] = entry(session, node);
        return;
    }
    for (node, text) in (0..).map(NodeId).zip(nodes.iter_mut()) {
        *text = entry(session, node);
    }
}

/// A node's entry in the map of all.
fn entry(session: &dyn Session, node: NodeId) -> String {
    let Some(state) = session.state(node) else { return json!([session.names()[node.index()], nothing()]).to_string() };
    let (durable, volatile) = (value(&state.durable), state.volatile.as_ref());
    let shown = json!({
        "up": volatile.is_some(), "durable": durable, "volatile": volatile.map_or_else(nothing, value),
        "lamport": state.lamport,
    });
    json!([session.names()[node.index()], shown]).to_string()
}

fn state(session: &dyn Session, transcript: &Transcript, event: EventId, index: u32, nodes: &[String]) -> String {
    let told = transcript.tell(session, event);
    let name = |node: NodeId| session.names().get(node.index()).map_or("", String::as_str);
    let mail = session.in_flight();
    let mail = mail.iter().map(|mail| {
        let nth = json!({ "nth": mail.name.nth, "copy": mail.name.copy });
        json!({ "from": name(mail.name.from), "to": name(mail.name.to), "type": mail.tag.name, "number": nth })
    });
    let fields = [
        ("event", number(u64::from(event.0))),
        ("time", number(told.time)),
        ("node", told.node.as_deref().unwrap_or("").into()),
        ("what", told.what.as_str().into()),
        ("in_flight", json!({ "#set": mail.collect::<Vec<Value>>() })),
    ];
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{\"#meta\":{{\"index\":{index}}},{},\"nodes\":{{\"#map\":[{}]}}}}", fields.join(","), nodes.join(","))
}

/// What stands for nothing: the format has no null.
fn nothing() -> Value {
    json!({ "#tup": [] })
}

fn number(n: u64) -> Value {
    if n <= SAFE { n.into() } else { json!({ "#bigint": n.to_string() }) }
}

/// A value of the format: there are no fractions and no null, and only small numbers are written as such.
fn value(of: &Value) -> Value {
    match of {
        Value::Null => nothing(),
        Value::Bool(_) | Value::String(_) => of.clone(),
        Value::Number(n) => match (n.as_u64(), n.as_i64()) {
            (Some(n), _) => number(n),
            (None, Some(n)) if n.unsigned_abs() <= SAFE => n.into(),
            (None, Some(n)) => json!({ "#bigint": n.to_string() }),
            (None, None) => n.to_string().into(),
        },
        Value::Array(items) => items.iter().map(value).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, of)| (field(name), value(of))).collect::<Map<_, _>>())
        }
    }
}

/// Names that begin with `#` are the format's own.
fn field(name: &str) -> String {
    if name.starts_with('#') { format!("_{name}") } else { name.to_owned() }
}
