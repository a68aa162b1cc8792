//! A whole run as text: a line per event, in columns. What a person reads, a test compares, the command prints.

use crate::JUDGED_WITHIN;
use crate::curve::{Curve, curves};
use crate::session::{OpNow, Outcome, Session};
use crate::verdicts::{Judged, judge};
use netsplit_check::verdict::Verdict;
use netsplit_protocols::Line;
use netsplit_sim::trace::{EventRow, Fate, FaultRow, MessageRow, What};
use netsplit_sim::{EventId, Evidence, NodeId, Span, Time, Violation};
use serde_json::Value;
use std::collections::BTreeMap;

/// Tells the events of a run that is recorded already.
pub struct Transcript {
    operations: Vec<OpNow>,
    invoked: BTreeMap<EventId, usize>,
    answered: BTreeMap<EventId, Vec<usize>>,
}

/// One event, in words.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Told {
    /// Its number.
    pub event: u32,
    /// When it happened, in nanoseconds.
    pub time: u64,
    /// Where, unless it happened to the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// What happened: `gets AppendEntries from n1`.
    pub what: String,
    /// The weightiest rule that ran, as a sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub told: String,
    /// The messages it sent: `AppendEntries to n2, n3 (lost)`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sent: String,
    /// The clients' operations it answered: `op 3: ok`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// The invariants it violated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violated: Vec<Violated>,
}

/// A violated invariant, in words.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Violated {
    /// Its name.
    pub invariant: &'static str,
    /// What should hold.
    pub statement: &'static str,
    /// The event after which it does not.
    pub event: u32,
    /// What shows it, the earliest first: `#45 n2 became leader of term 3`.
    pub evidence: Vec<String>,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Its hash.
    pub hash: u64,
    /// How many events it has.
    pub events: u32,
    /// When it ended.
    pub time: Time,
    /// How each of the protocol's measures went.
    pub measures: Vec<Curve>,
    /// Each expectation of the scenario.
    pub expectations: Vec<Outcome>,
    /// Whether what the clients of a store saw is linearizable, in words.
    pub history: Vec<String>,
    /// Each invariant of the protocol, and what violated it, if anything did.
    pub invariants: Vec<(&'static str, Option<Violated>)>,
}

impl Transcript {
    /// Looks through a run; its cursor must be at the end of what is to be told.
    pub fn of(session: &dyn Session) -> Transcript {
        let operations = session.history();
        let invoked = operations.iter().enumerate().map(|(at, op)| (op.invoked.0, at)).collect();
        let mut answered: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
        for (at, operation) in operations.iter().enumerate() {
            if let Some((event, ..)) = &operation.answer {
                answered.entry(*event).or_default().push(at);
            }
        }
        Transcript { operations, invoked, answered }
    }

    /// An event. The cursor must be right after it, for what the rules say of the state it left.
    pub fn tell(&self, session: &dyn Session, event: EventId) -> Told {
        let Some(row) = session.trace().event(event) else { return Told::default() };
        let violations = session.violations().iter().filter(|violation| violation.event == event);
        Told {
            event: event.0,
            time: row.at.0,
            node: row.somewhere().map(|node| name(session, node).to_owned()),
            what: self.what(session, event, row),
            told: narration(session, event, row),
            sent: sent(session, event),
            answers: self.answers(event),
            violated: violations.map(|violation| violated(session, violation)).collect(),
        }
    }

    fn what(&self, session: &dyn Session, event: EventId, row: &EventRow) -> String {
        if let Some(said) = session.said(event) {
            return said.to_owned();
        }
        let trace = session.trace();
        match row.what {
            What::Boot => "starts".to_owned(),
            What::Deliver(id) => match trace.message(id) {
                Some(message) => format!("gets {} from {}", message.tag.name, name(session, message.name.from)),
                None => "gets a message".to_owned(),
            },
            What::Timer(timer) => format!("timer {timer} runs out"),
            What::Durable => "disk is done".to_owned(),
            What::Fault(index) => match (trace.faults().get(index as usize), self.invoked.get(&event)) {
                (_, Some(at)) => operation(*at, &self.operations[*at].op),
                (Some(fault), None) => deed(session, fault),
                (None, None) => "fault".to_owned(),
            },
        }
    }

    fn answers(&self, event: EventId) -> Vec<String> {
        let answered = self.answered.get(&event).map(Vec::as_slice).unwrap_or_default();
        let text = |at: &usize| {
            let answer = self.operations[*at].answer.as_ref().map(|(.., answer)| brief(answer)).unwrap_or_default();
            format!("op {at}: {answer}")
        };
        answered.iter().map(text).collect()
    }
}

impl Told {
    /// The event as a line; a violation adds lines of its own.
    pub fn text(&self) -> String {
        let node = self.node.as_deref().unwrap_or("net");
        let mut text = format!("{:>6}  {:>12}  {node:<4} {:<36}", self.event, clock(Time(self.time)), self.what);
        let sent = if self.sent.is_empty() { String::new() } else { format!("[{}]", self.sent) };
        for part in [self.told.as_str(), &self.answers.join("; "), &sent] {
            if !part.is_empty() {
                text.extend(["  ", part]);
            }
        }
        text.truncate(text.trim_end().len());
        for Violated { invariant, statement, evidence, .. } in &self.violated {
            text.push_str(&format!("\n                      VIOLATED {invariant}: {statement}"));
            evidence.iter().for_each(|piece| text.extend(["\n                               ", piece]));
        }
        text
    }
}

/// Tells a whole run, from its beginning to the cursor, event by event. The cursor ends where it was.
pub fn tell<E>(session: &mut dyn Session, mut out: impl FnMut(&Told) -> Result<(), E>) -> Result<(), E> {
    let end = session.cursor();
    let transcript = Transcript::of(session);
    for event in (0..end.events).map(EventId) {
        session.seek(event.0 + 1);
        out(&transcript.tell(session, event))?;
    }
    session.seek_time(end.time);
    Ok(())
}

/// A whole run as text, up to the cursor, with its summary.
pub fn text(session: &mut dyn Session) -> String {
    let mut text = String::new();
    let told: Result<(), std::convert::Infallible> = tell(session, |told| {
        text.extend([told.text().as_str(), "\n"]);
        Ok(())
    });
    told.unwrap_or_else(|never| match never {});
    text.extend([summary(session).text().as_str()]);
    text
}

fn name(session: &dyn Session, node: NodeId) -> &str {
    session.names().get(node.index()).map_or("?", String::as_str)
}

/// Milliseconds with all three decimals, so that columns line up.
fn clock(time: Time) -> String {
    format!("{}.{:03}ms", time.0 / 1_000_000, time.0 / 1_000 % 1_000)
}

fn operation(at: usize, op: &Value) -> String {
    format!("op {at}: {}", brief(op))
}

/// A value in as few characters as it can be understood in: `put key=x value=1`.
fn brief(value: &Value) -> String {
    let named = |(name, value): (&String, &Value)| match value {
        Value::Object(fields) if fields.is_empty() => name.clone(),
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key}={}", brief(value))).collect();
            format!("{name} {}", fields.join(" "))
        }
        value => format!("{name} {}", brief(value)),
    };
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields.iter().map(named).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn deed(session: &dyn Session, fault: &FaultRow) -> String {
    let mut text = fault.name.to_uppercase();
    if let ("cut" | "mend" | "link", [_, to]) = (fault.name, fault.aim.nodes.as_slice()) {
        text.push_str(&format!(" to {}", name(session, *to)));
    }
    if let Some(message) = fault.aim.message {
        let (from, to) = (name(session, message.from), name(session, message.to));
        text.push_str(&format!(" {from} to {to} number {}", message.nth));
    }
    if fault.name == "partition" {
        text.push_str(&format!(" {}", sides(session)));
    }
    let aimless = fault.aim.nodes.is_empty() && fault.aim.message.is_none();
    if aimless && !matches!(fault.name, "partition" | "heal" | "network") {
        text.push_str(" nobody");
    }
    text
}

/// `n1 n2 | n3 n4 n5`.
fn sides(session: &dyn Session) -> String {
    let mut groups: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for (node, side) in session.network().sides.iter().enumerate() {
        groups.entry(*side).or_default().push(name(session, NodeId(node as u16)));
    }
    groups.values().map(|group| group.join(" ")).collect::<Vec<_>>().join(" | ")
}

fn narration(session: &dyn Session, event: EventId, row: &EventRow) -> String {
    let lines = session.about().lines;
    let ran = session.trace().lines_of(event).filter_map(|line| lines.get(usize::from(line)));
    let told = ran.filter(|line| !line.say.en.is_empty()).max_by_key(|line| line.weight);
    told.map_or_else(String::new, |line| fill(session, line, row))
}

fn fill(session: &dyn Session, line: &Line, row: &EventRow) -> String {
    let trace = session.trace();
    let node = row.somewhere();
    let mut text = line.say.en.replace("{node}", node.map_or("?", |node| name(session, node)));
    if text.contains("{from}") {
        let message = if let What::Deliver(id) = row.what { trace.message(id) } else { None };
        text = text.replace("{from}", message.map_or("?", |message| name(session, message.name.from)));
    }
    if text.contains("{figure}") {
        let now = node.and_then(|node| session.nodes().into_iter().nth(node.index()));
        let figure = now.and_then(|now| now.face).and_then(|face| face.headline).map(|(_, figure)| figure);
        text = text.replace("{figure}", &figure.map_or_else(|| "?".to_owned(), |figure| figure.to_string()));
    }
    if text.contains("{waited}") {
        let armed = row.cause.some().and_then(|cause| trace.event(cause));
        let waited = armed.map_or(Span::ZERO, |armed| row.at.since(armed.at));
        text = text.replace("{waited}", &waited.to_string());
    }
    text
}

/// The messages of an event, those of one type together, with how they ended if they did not arrive.
fn sent(session: &dyn Session, event: EventId) -> String {
    let mut types: Vec<(&str, Vec<String>)> = Vec::new();
    for (id, message) in session.trace().sent_by(event) {
        let lie = if session.trace().is_lie(id) { " (a lie)" } else { "" };
        let to = format!("{}{lie}{}", name(session, message.name.to), ending(message));
        match types.iter_mut().find(|(tag, _)| *tag == message.tag.name) {
            Some((_, receivers)) => receivers.push(to),
            None => types.push((message.tag.name, vec![to])),
        }
    }
    let texts: Vec<_> = types.into_iter().map(|(tag, to)| format!("{tag} to {}", to.join(", "))).collect();
    texts.join("; ")
}

fn ending(message: &MessageRow) -> &'static str {
    match message.fate {
        Fate::Lost | Fate::Doomed => " (lost)",
        Fate::NobodyThere => " (nobody there)",
        Fate::InFlight | Fate::Delivered(_) => "",
    }
}

fn violated(session: &dyn Session, violation: &Violation) -> Violated {
    let known = session.about().invariants.iter().find(|invariant| invariant.name == violation.invariant);
    let piece = |piece: &Evidence| format!("{} {} {}", piece.event, name(session, piece.node), piece.text);
    Violated {
        invariant: violation.invariant,
        statement: known.map_or("", |invariant| invariant.statement.en),
        event: violation.event.0,
        evidence: violation.evidence.iter().map(piece).collect(),
    }
}

/// How a run ended.
pub fn summary(session: &dyn Session) -> Summary {
    let cursor = session.cursor();
    let found = |name| session.violations().iter().find(|violation| violation.invariant == name);
    let invariants = session
        .about()
        .invariants
        .iter()
        .map(|invariant| (invariant.name, found(invariant.name).map(|violation| violated(session, violation))));
    Summary {
        hash: session.hash(),
        events: cursor.events,
        time: cursor.time,
        measures: curves(session),
        expectations: session.expectations(),
        history: judged(session),
        invariants: invariants.collect(),
    }
}

/// What the history comes to, in words, level by level.
fn judged(session: &dyn Session) -> Vec<String> {
    let history = session.history();
    let told = |place: &usize| {
        let OpNow { op, answer, .. } = &history[*place];
        let answer = answer.as_ref().map_or("pending".to_owned(), |(.., answer)| brief(answer));
        format!("{}: {answer}", operation(*place, op))
    };
    let line = |judged: &Judged| {
        let name = judged.level.name();
        match &judged.verdict {
            Verdict::Holds { .. } => name.to_owned(),
            Verdict::Unknown(why) => format!("{name}: unknown, {why}"),
            Verdict::Fails(refutation) => {
                let culprits: Vec<String> = refutation.minimal.iter().map(told).collect();
                format!("not {name}: {}", culprits.join("; "))
            }
        }
    };
    let mut lines = Vec::new();
    judge(session.about(), &history, JUDGED_WITHIN, |judged| lines.push(line(&judged)));
    lines
}

impl Summary {
    /// Whether nothing was violated, and nothing that was expected failed to come.
    pub fn all_well(&self) -> bool {
        self.invariants.iter().all(|(_, violated)| violated.is_none())
            && self.expectations.iter().all(|outcome| outcome.met != Some(false))
    }

    /// The last lines of a transcript: `hash HEX events N time T`, each measure, each expectation, each
    /// invariant.
    pub fn text(&self) -> String {
        let Summary { hash, events, time, .. } = self;
        let mut text = format!("hash {hash:016x} events {events} time {}\n", time.since(Time::ZERO).exact());
        for curve in &self.measures {
            text.push_str(&format!("measure {}: {}\n", curve.name, curve.text()));
        }
        for Outcome { text: expected, met } in &self.expectations {
            let met = match met {
                Some(true) => "holds",
                Some(false) => "violated",
                None => "open",
            };
            text.push_str(&format!("expectation {expected}: {met}\n"));
        }
        for verdict in &self.history {
            text.push_str(&format!("history {verdict}\n"));
        }
        for (name, violated) in &self.invariants {
            let verdict = match violated {
                None => "holds".to_owned(),
                Some(violated) => format!("violated at #{}: {}", violated.event, violated.evidence.join("; ")),
            };
            text.push_str(&format!("invariant {name}: {verdict}\n"));
        }
        text
    }
}
