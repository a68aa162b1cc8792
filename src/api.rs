//! The JavaScript API: a run, from JavaScript and TypeScript. What goes in and comes out is plain data; what is wrong
//! with it comes out as an `Error` that says what would be accepted.

use js_sys::{Array, Error};
use netsplit_scenario::branches::Branches;
use netsplit_scenario::curve::curves;
use netsplit_scenario::performance::{LIMIT, measure, report};
use netsplit_scenario::session::{Cursor, Progress, Session};
use netsplit_scenario::{
    JUDGED_WITHIN, Link, Scenario, Verdict, View, catalogue, file, gallery, link, open, open_link, verdicts,
};
use netsplit_sim::trace::{EventRow, What};
use netsplit_sim::{EventId, NodeId, Span, Time};
use serde::Serialize;
use serde_json::{Value, json};
use serde_wasm_bindgen::Serializer;
use std::fmt::Display;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("api.d.ts");

/// The version of this module.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The names of the scenarios in the gallery.
#[wasm_bindgen]
pub fn scenarios() -> Vec<String> {
    gallery::entries().map(|entry| entry.full_name()).collect()
}

/// The names of the protocols.
#[wasm_bindgen]
pub fn protocols() -> Vec<String> {
    catalogue::protocols().iter().map(|about| about.name.to_owned()).collect()
}

/// A run: it plays, stops, goes back, and can be interfered with.
#[wasm_bindgen]
pub struct Run {
    session: Box<dyn Session>,
    verified: Option<bool>,
}

fn error(reason: impl Display) -> JsValue {
    Error::new(&reason.to_string()).into()
}

fn plain(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = Serializer::json_compatible().serialize_large_number_types_as_bigints(false);
    value.serialize(&serializer).map_err(error)
}

/// Times are counted in nanoseconds, which numbers hold for three months only: they cross as `bigint`.
fn exact(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = Serializer::json_compatible().serialize_large_number_types_as_bigints(true);
    value.serialize(&serializer).map_err(error)
}

#[wasm_bindgen]
impl Run {
    /// Opens a scenario of the gallery by its name (`raft/calm`), a scenario file (its text, as TOML), or a link.
    /// A `seed`, if given, replaces the scenario's own.
    pub fn open(source: &str, seed: Option<u64>) -> Result<Run, JsValue> {
        let text = source.trim();
        if let Some(scenario) = gallery::find(text) {
            return Run::start(Scenario { seed: seed.unwrap_or(scenario.seed), ..scenario });
        }
        if text.contains('\n') || text.contains('=') {
            let session = file::open(source).map_err(error)?;
            return match seed {
                Some(seed) => Run::start(Scenario { seed, ..session.scenario().clone() }),
                None => Ok(Run { session, verified: None }),
            };
        }
        let link = link::decode(text).map_err(error)?;
        match seed {
            Some(seed) => Run::start(Scenario { seed, ..link.scenario }),
            None => Run::follow(&link),
        }
    }

    fn start(scenario: Scenario) -> Result<Run, JsValue> {
        open(scenario).map(|session| Run { session, verified: None }).map_err(error)
    }
    fn follow(link: &Link) -> Result<Run, JsValue> {
        let opened = open_link(link).map_err(error)?;
        Ok(Run { session: opened.session, verified: Some(opened.verdict == Verdict::Verified) })
    }

    /// For a run opened from a link: whether it is, event by event, the run that the link was made from.
    #[wasm_bindgen(getter)]
    pub fn verified(&self) -> Option<bool> {
        self.verified
    }
    /// The scenario as a scenario file, with its seed.
    #[wasm_bindgen(getter)]
    pub fn scenario(&self) -> String {
        file::print(self.session.scenario())
    }
    /// The nodes' names, by id.
    #[wasm_bindgen(getter)]
    pub fn names(&self) -> Vec<String> {
        self.session.names().to_vec()
    }
    /// Where the cursor is.
    #[wasm_bindgen(getter, unchecked_return_type = "Cursor")]
    pub fn cursor(&self) -> Result<JsValue, JsValue> {
        let Cursor { events, time } = self.session.cursor();
        #[derive(Serialize)]
        struct Out {
            events: u32,
            time: u64,
        }
        exact(&Out { events, time: time.0 })
    }
    /// The hash of the run up to the cursor: sixteen hexadecimal digits.
    #[wasm_bindgen(getter)]
    pub fn hash(&self) -> String {
        format!("{:016x}", self.session.hash())
    }
    /// How many events are recorded, before and after the cursor.
    #[wasm_bindgen(getter)]
    pub fn recorded(&self) -> u32 {
        self.session.trace().len()
    }
    /// The link to the run as it stands, without an address and `#` before it.
    #[wasm_bindgen(getter)]
    pub fn link(&self) -> String {
        link::encode(&Link {
            scenario: self.session.scenario().clone(),
            interventions: self.session.interventions().to_vec(),
            cursor: self.session.cursor(),
            hash: self.session.hash(),
            view: View::default(),
            branches: Branches::default(),
        })
    }

    /// Plays up to a time in nanoseconds, but at most `budget` events (all there are, if not given).
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn advance(&mut self, until: u64, budget: Option<u32>) -> String {
        let progress = match self.session.advance(Time(until), budget.unwrap_or(u32::MAX)) {
            Progress::Reached => "reached",
            Progress::Paused => "paused",
            Progress::Violated => "violated",
            Progress::Full => "full",
        };
        progress.to_owned()
    }
    /// Goes one event forward; false if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.session.step()
    }
    /// Goes to the moment right after the first `events` events, back or (as far as recorded) forward.
    pub fn seek(&mut self, events: u32) {
        self.session.seek(events);
    }
    /// Goes to a time in nanoseconds, back or (as far as recorded) forward.
    #[wasm_bindgen(js_name = seekTime)]
    pub fn seek_time(&mut self, time: u64) {
        self.session.seek_time(Time(time));
    }

    /// Intervenes at the cursor, and returns the number of the event.
    pub fn intervene(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Intervention")] what: JsValue,
    ) -> Result<u32, JsValue> {
        let entry = match what.as_string() {
            Some(text) => text,
            None => {
                let value: Value = serde_wasm_bindgen::from_value(what).map_err(error)?;
                toml(&value).ok_or_else(|| error(NOT_AN_ENTRY))?
            }
        };
        let what = planned(self.session.scenario(), &entry).map_err(error)?;
        self.session.intervene(what).map(|EventId(event)| event).map_err(error)
    }
    /// Takes back the latest intervention; false if there is none.
    pub fn undo(&mut self) -> bool {
        self.session.undo()
    }

    /// Every node as it is at the cursor.
    #[wasm_bindgen(unchecked_return_type = "NodeNow[]")]
    pub fn nodes(&self) -> Result<JsValue, JsValue> {
        let all = Array::new();
        for node in self.session.nodes() {
            let mut value = serde_json::to_value(&node).map_err(error)?;
            value["name"] = self.name(node.id).into();
            all.push(&plain(&value)?);
        }
        Ok(all.into())
    }
    /// One node in full, by name.
    #[wasm_bindgen(unchecked_return_type = "StateNow")]
    pub fn state(&self, node: &str) -> Result<JsValue, JsValue> {
        let names = self.session.names();
        let id = names.iter().position(|name| name == node).and_then(|id| u16::try_from(id).ok());
        let state = id.and_then(|id| self.session.state(NodeId(id)));
        let state =
            state.ok_or_else(|| error(format!("no node is called {node:?}: there are {}", names.join(", "))))?;
        plain(&serde_json::to_value(&state).map_err(error)?)
    }
    /// The recorded events from one number up to another.
    #[wasm_bindgen(unchecked_return_type = "RunEvent[]")]
    pub fn events(&self, from: Option<u32>, to: Option<u32>) -> Result<JsValue, JsValue> {
        let all = Array::new();
        for (id, row) in self.session.trace().events_in(from.unwrap_or(0)..to.unwrap_or(u32::MAX)) {
            all.push(&exact(&self.event(id, row))?);
        }
        Ok(all.into())
    }
    /// The messages on their way at the cursor.
    #[wasm_bindgen(js_name = inFlight, unchecked_return_type = "MailNow[]")]
    pub fn in_flight(&self) -> Result<JsValue, JsValue> {
        let out = |mail: netsplit_scenario::MailNow| MailOut {
            id: mail.id.0,
            r#type: mail.tag.name,
            from: self.name(mail.name.from),
            to: self.name(mail.name.to),
            nth: mail.name.nth,
            copy: mail.name.copy,
            sent: mail.sent.0,
            due: mail.due.0,
            doomed: mail.doomed,
            lie: mail.lie,
        };
        exact(&self.session.in_flight().into_iter().map(out).collect::<Vec<_>>())
    }
    /// What a message of the recorded run says, by its number.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn message(&self, id: u32) -> Result<JsValue, JsValue> {
        plain(&self.session.message(netsplit_sim::MsgId(id)).unwrap_or_default())
    }
    /// The client operations invoked up to the cursor, in order.
    #[wasm_bindgen(unchecked_return_type = "OpNow[]")]
    pub fn history(&self) -> Result<JsValue, JsValue> {
        let all = Array::new();
        for op in self.session.history() {
            let (answered, answer) = match op.answer {
                Some((_, at, answer)) => (Some(at.0), answer),
                None => (None, Value::Null),
            };
            let node = self.name(op.node);
            all.push(&exact(&OpOut { id: op.id.0, node, op: op.op, invoked: op.invoked.1.0, answered, answer })?);
        }
        Ok(all.into())
    }
    /// What the clients of a store of keys and values saw up to the cursor, judged by one consistency model after the other:
    /// its name, and the verdict with what shows it, operations by their places in the history; nothing for other protocols.
    #[wasm_bindgen(unchecked_return_type = "Judged[]")]
    pub fn verdicts(&self) -> Result<JsValue, JsValue> {
        let history = self.session.history();
        let mut all = Vec::new();
        verdicts::judge(self.session.about(), &history, JUDGED_WITHIN, |judged| all.push(judged));
        exact(&all)
    }
    /// All violations recorded so far: the first of each invariant.
    #[wasm_bindgen(unchecked_return_type = "Violation[]")]
    pub fn violations(&self) -> Result<JsValue, JsValue> {
        let piece =
            |it: &netsplit_sim::Evidence| json!({ "node": self.name(it.node), "event": it.event, "text": it.text });
        let one = |it: &netsplit_sim::Violation| {
            let evidence: Vec<Value> = it.evidence.iter().map(piece).collect();
            json!({ "invariant": it.invariant, "event": it.event, "evidence": evidence })
        };
        plain(&self.session.violations().iter().map(one).collect::<Vec<_>>())
    }
    /// The protocol's measures over what is recorded, each as a step curve.
    #[wasm_bindgen(unchecked_return_type = "MeasureOverRun[]")]
    pub fn measures(&self) -> Result<JsValue, JsValue> {
        let all = Array::new();
        for curve in curves(&*self.session) {
            let points = curve.points.iter().map(|(at, value)| PointOut { at: at.0, value: *value as f64 }).collect();
            all.push(&exact(&MeasureOut { name: curve.name, unit: curve.unit, points, until: curve.until.0 })?);
        }
        Ok(all.into())
    }
    /// How well the run went up to the cursor. A request is answered in time within `limit` nanoseconds: a second, if not
    /// given.
    #[wasm_bindgen(unchecked_return_type = "Performance")]
    pub fn performance(&self, limit: Option<u64>) -> Result<JsValue, JsValue> {
        let performance = measure(&*self.session, limit.map_or(LIMIT, Span));
        plain(&report::json(&performance, self.session.names()))
    }
    /// How each expectation of the scenario stands.
    #[wasm_bindgen(unchecked_return_type = "Outcome[]")]
    pub fn expectations(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.expectations())
    }
}

#[derive(Serialize)]
struct EventOut<'a> {
    id: u32,
    at: u64,
    node: Option<&'a str>,
    kind: &'static str,
    what: Option<&'static str>,
    message: Option<u32>,
    cause: Option<u32>,
    before: Option<u32>,
    lamport: u32,
    lines: Vec<u16>,
}

#[derive(Serialize)]
struct MeasureOut {
    name: &'static str,
    unit: &'static str,
    points: Vec<PointOut>,
    until: u64,
}

#[derive(Serialize)]
struct PointOut {
    at: u64,
    value: f64,
}

#[derive(Serialize)]
struct MailOut<'a> {
    id: u32,
    r#type: &'static str,
    from: &'a str,
    to: &'a str,
    nth: u32,
    copy: u8,
    sent: u64,
    due: u64,
    doomed: bool,
    lie: bool,
}

#[derive(Serialize)]
struct OpOut<'a> {
    id: u32,
    node: &'a str,
    op: Value,
    invoked: u64,
    answered: Option<u64>,
    answer: Value,
}

impl Run {
    fn name(&self, node: NodeId) -> &str {
        self.session.names().get(node.index()).map_or("", String::as_str)
    }

    fn event(&self, id: EventId, row: &EventRow) -> EventOut<'_> {
        let trace = self.session.trace();
        let (kind, what, message) = match row.what {
            What::Boot => ("boot", None, None),
            What::Durable => ("durable", None, None),
            What::Timer(name) => ("timer", Some(name), None),
            What::Deliver(msg) => ("deliver", trace.message(msg).map(|row| row.tag.name), Some(msg.0)),
            What::Fault(index) => ("fault", trace.faults().get(index as usize).map(|fault| fault.name), None),
        };
        EventOut {
            id: id.0,
            at: row.at.0,
            node: row.somewhere().map(|node| self.name(node)),
            kind,
            what,
            message,
            cause: row.cause.some().map(|it| it.0),
            before: row.before.some().map(|it| it.0),
            lamport: row.lamport,
            lines: trace.lines_of(id).collect(),
        }
    }
}

const NOT_AN_ENTRY: &str = "an intervention is an object like { crash: \"n1\" }, or the same as TOML: crash = \"n1\"";

/// The intervention of a timeline entry. The file's own reader reads it, so that there is one language for both.
fn planned(scenario: &Scenario, entry: &str) -> Result<netsplit_sim::Intervention<netsplit_scenario::Tree>, String> {
    let bare = Scenario { timeline: Vec::new(), workload: Vec::new(), expect: Vec::new(), ..scenario.clone() };
    let text = format!("{}\n[[timeline]]\nat = \"0s\"\n{entry}\n", file::print(&bare));
    // The line and column would be those of a text that nobody has seen.
    let mut timeline = file::parse(&text).map_err(|error| error.message)?.timeline;
    match (timeline.pop(), timeline.is_empty()) {
        (Some(planned), true) => Ok(planned.what),
        _ => Err("one intervention at a time".to_owned()),
    }
}

/// An object as the lines of a TOML table.
fn toml(value: &Value) -> Option<String> {
    let lines: Option<Vec<String>> = value
        .as_object()?
        .iter()
        .map(|(key, value)| Some(format!("{} = {}", Value::from(key.as_str()), inline(value)?)))
        .collect();
    Some(lines?.join("\n"))
}

fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        // TOML's basic strings escape what JSON's do.
        Value::Bool(_) | Value::String(_) => Some(value.to_string()),
        Value::Number(number) => {
            let whole = number.as_i64().or_else(|| number.as_f64().filter(|it| it.fract() == 0.0).map(|it| it as i64));
            whole.map(|whole| whole.to_string())
        }
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(inline).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Value::Object(fields) => {
            let one =
                |(key, value): (&String, &Value)| Some(format!("{} = {}", Value::from(key.as_str()), inline(value)?));
            let fields: Option<Vec<String>> = fields.iter().map(one).collect();
            Some(format!("{{ {} }}", fields?.join(", ")))
        }
    }
}
