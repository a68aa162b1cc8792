//! A run as the JSON that Perfetto and Chrome's tracing open: a thread for each node, a slice for each event, an arrow for
//! each message that arrived. Times are microseconds with three decimals: the nanoseconds of the run.

use crate::export::{Outcome, Scene, Story};
use netsplit_sim::trace::{FaultRow, What};
use netsplit_sim::{EventId, NodeId, Time};
use serde_json::{Value, json};

/// How long an event is drawn, if the next one at its node leaves it the time: it has no length of its own.
const DRAWN: u64 = 1_000;

/// The file.
pub fn write(story: &Story<'_>) -> String {
    let mut file = File { text: String::from("{\"displayTimeUnit\":\"ms\",\"traceEvents\":["), first: true };
    file.fixed(json!({ "ph": "M", "name": "process_name", "pid": 1, "tid": 0, "args": { "name": story.title() } }));
    for (node, name) in story.session().names().iter().enumerate() {
        file.fixed(json!({ "ph": "M", "name": "thread_name", "pid": 1, "tid": node + 1, "args": { "name": name } }));
        file.fixed(json!({ "ph": "M", "name": "thread_sort_index", "pid": 1, "tid": node + 1, "args": { "sort_index": node } }));
    }
    let lengths = lengths(story);
    for (scene, length) in story.scenes().zip(&lengths) {
        file.event(story, scene, *length);
    }
    arrows(story, &mut file);
    downtimes(story, &mut file);
    file.text.push_str("]}\n");
    file.text
}

struct File {
    text: String,
    first: bool,
}

impl File {
    /// An entry without a time.
    fn fixed(&mut self, entry: Value) {
        if !std::mem::take(&mut self.first) {
            self.text.push_str(",\n");
        }
        self.text.push_str(&entry.to_string());
    }
    /// An entry at a time, with a length if it has one. They are written by hand: no float holds all nanoseconds of a run.
    fn timed(&mut self, entry: Value, at: Time, length: Option<u64>) {
        self.fixed(entry);
        self.text.pop();
        self.text.push_str(&format!(",\"ts\":{}", micros(at.0)));
        if let Some(length) = length {
            self.text.push_str(&format!(",\"dur\":{}", micros(length)));
        }
        self.text.push('}');
    }

    fn event(&mut self, story: &Story<'_>, scene: Scene<'_>, length: u64) {
        let Scene { id, row, told } = scene;
        let args = json!({
            "event": id.0, "told": told.told, "sent": told.sent, "answers": told.answers, "lamport": row.lamport,
            "violated": told.violated.iter().map(|violated| violated.statement).collect::<Vec<_>>(),
        });
        let name = match row.what {
            What::Deliver(message) => {
                story.session().trace().message(message).map_or("", |row| row.tag.name).to_owned()
            }
            What::Timer(timer) => timer.to_owned(),
            _ => told.what.clone(),
        };
        let category = match row.what {
            What::Fault(_) => "fault",
            What::Deliver(_) => "message",
            What::Timer(_) => "timer",
            What::Boot | What::Durable => "node",
        };
        match row.somewhere() {
            Some(node) => {
                let slice =
                    json!({ "ph": "X", "name": name, "cat": category, "pid": 1, "tid": thread(node), "args": args });
                self.timed(slice, row.at, Some(length));
            }
            None => {
                let all =
                    json!({ "ph": "i", "s": "g", "name": name, "cat": category, "pid": 1, "tid": 0, "args": args });
                self.timed(all, row.at, None);
            }
        }
        for violated in &told.violated {
            let name = format!("violated: {}", violated.invariant);
            let entry = json!({ "ph": "i", "s": "g", "name": name, "cat": "violation", "pid": 1, "tid": 0 });
            self.timed(entry, row.at, None);
        }
    }
}

fn micros(nanos: u64) -> String {
    format!("{}.{:03}", nanos / 1_000, nanos % 1_000)
}

fn thread(node: NodeId) -> usize {
    node.index() + 1
}

/// How long each event is drawn: up to the next one at its node, and so never into it.
fn lengths(story: &Story<'_>) -> Vec<u64> {
    let mut next = vec![Time::NEVER; story.session().names().len()];
    let scenes: Vec<Scene> = story.scenes().collect();
    let length = |scene: &Scene| {
        let Some(next) = scene.row.somewhere().and_then(|node| next.get_mut(node.index())) else { return DRAWN };
        let length = next.since(scene.row.at).0.min(DRAWN);
        *next = scene.row.at;
        length
    };
    let mut lengths: Vec<u64> = scenes.iter().rev().map(length).collect();
    lengths.reverse();
    lengths
}

fn arrows(story: &Story<'_>, file: &mut File) {
    let trace = story.session().trace();
    for (id, message) in story.messages() {
        if let Outcome::Arrived(event) = story.outcome(message)
            && let Some(arrived) = trace.event(event)
        {
            let end = |phase: &str, node| json!({ "ph": phase, "bp": "e", "id": id.0, "name": message.tag.name, "cat": "message", "pid": 1, "tid": thread(node) });
            // What an event writes to a slow disk first is sent later than the event.
            let sender = trace.event(message.cause).map_or(message.sent, |row| row.at);
            file.timed(end("s", message.name.from), sender, None);
            file.timed(end("f", message.name.to), arrived.at, None);
        }
    }
}

/// The times that nodes were down, as spans beside their threads' slices, which must not overlap.
fn downtimes(story: &Story<'_>, file: &mut File) {
    let trace = story.session().trace();
    let mut down: Vec<Option<Time>> = vec![None; story.session().names().len()];
    let mut spans = Vec::new();
    let within = |fault: &&FaultRow| story.events().contains(&fault.event.0);
    for fault in trace.faults().iter().filter(within) {
        let Some((node, at)) = fault.aim.nodes.first().zip(trace.event(fault.event).map(|row| row.at)) else {
            continue;
        };
        match (fault.name, &mut down[node.index()]) {
            ("crash", since @ None) => *since = Some(at),
            ("restart", since) => spans.extend(since.take().map(|from| (*node, from, at))),
            _ => {}
        }
    }
    let end =
        story.events().end.checked_sub(1).and_then(|last| trace.event(EventId(last))).map_or(Time::ZERO, |row| row.at);
    let still = (0..).map(NodeId).zip(down).filter_map(|(node, since)| Some((node, since?, end)));
    for (number, (node, from, to)) in spans.into_iter().chain(still).enumerate() {
        let edge = |phase: &str| json!({ "ph": phase, "id": format!("down-{number}"), "name": format!("{} is down", story.name(node)), "cat": "down", "pid": 1, "tid": thread(node) });
        file.timed(edge("b"), from, None);
        file.timed(edge("e"), to, None);
    }
}
