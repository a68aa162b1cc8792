//! A run as JSON Lines: an object for the run, one for each event, one for the end.

use crate::export::{Scene, Story};
use netsplit_scenario::transcript::Told;
use netsplit_sim::EventId;
use netsplit_sim::trace::{Fate, MessageRow, What};
use serde_json::{Value, json};

/// The lines.
pub fn write(story: &Story<'_>) -> String {
    let mut text = String::new();
    let mut line = |value: Value| {
        text.push_str(&value.to_string());
        text.push('\n');
    };
    let (session, events) = (story.session(), story.events());
    let scenario = session.scenario();
    line(json!({
        "format": "netsplit-events", "version": 1,
        "protocol": scenario.protocol, "title": scenario.prose.title, "seed": scenario.seed, "nodes": session.names(),
    }));
    story.scenes().for_each(|scene| line(event(story, scene)));
    line(json!({ "end": true, "from": events.start, "to": events.end }));
    text
}

fn event(story: &Story<'_>, scene: Scene<'_>) -> Value {
    let trace = story.session().trace();
    let Scene { id, row, told } = scene;
    let (kind, message) = match row.what {
        What::Boot => ("boot", None),
        What::Deliver(message) => ("deliver", Some(message)),
        What::Timer(_) => ("timer", None),
        What::Durable => ("durable", None),
        What::Fault(_) => ("fault", None),
    };
    let Told { node, what, told, answers, violated, .. } = told;
    let mut object = json!({
        "event": id.0, "time": row.at.0, "node": node, "kind": kind, "what": what, "lamport": row.lamport,
        "before": row.before.some().map(|id| id.0), "cause": row.cause.some().map(|id| id.0),
    });
    let named = |name: &'static str| match row.what {
        What::Timer(timer) if name == "timer" => Some(timer),
        What::Fault(index) if name == "fault" => trace.faults().get(index as usize).map(|fault| fault.name),
        _ => None,
    };
    let mut more = |name: &str, value: Value| object[name] = value;
    if let Some(row) = message.and_then(|id| trace.message(id)) {
        more(
            "message",
            json!({ "id": message.map(|id| id.0), "type": row.tag.name, "from": story.name(row.name.from) }),
        );
    }
    ["timer", "fault"]
        .into_iter()
        .filter_map(|name| Some((name, named(name)?)))
        .for_each(|(name, is)| more(name, is.into()));
    let sent: Vec<Value> = trace.sent_by(id).map(|(id, row)| sent(story, id.0, row)).collect();
    let lists = [
        ("sent", sent.into()),
        ("lines", trace.lines_of(id).collect()),
        ("answers", json!(answers)),
        ("violated", json!(violated)),
    ];
    lists.into_iter().filter(|(_, list): &(_, Value)| *list != json!([])).for_each(|(name, list)| more(name, list));
    if !told.is_empty() {
        more("told", told.as_str().into());
    }
    object
}

fn sent(story: &Story<'_>, id: u32, row: &MessageRow) -> Value {
    let (fate, event) = match row.fate {
        Fate::Delivered(EventId(event)) => ("delivered", Some(event)),
        Fate::Lost => ("lost", None),
        Fate::NobodyThere => ("nobody-there", None),
        Fate::InFlight | Fate::Doomed => ("in-flight", None),
    };
    let lie = story.session().trace().is_lie(netsplit_sim::MsgId(id));
    json!({
        "id": id, "type": row.tag.name, "to": story.name(row.name.to), "nth": row.name.nth, "copy": row.name.copy,
        "ends": row.ends.0, "fate": fate, "event": event, "lie": lie,
    })
}
