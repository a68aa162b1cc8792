//! A stretch of a run in the format of another tool.

use crate::{itf, jsonl, mermaid, perfetto, shiviz, svg};
use netsplit_scenario::transcript::{Told, Transcript};
use netsplit_scenario::{Cursor, Session};
use netsplit_sim::trace::{EventRow, Fate, MessageRow};
use netsplit_sim::{EventId, MsgId, NodeId};
use std::ops::Range;

/// What a run can be written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// A log for ShiViz.
    Shiviz,
    /// A sequence diagram for Mermaid.
    Mermaid,
    /// The Informal Trace Format of Apalache and its viewers: a state for every event.
    Itf,
    /// The JSON that Perfetto and Chrome's tracing open.
    Perfetto,
    /// A picture of the space-time diagram.
    Svg,
    /// An object a line, for programs.
    Jsonl,
}

impl Format {
    /// All there are.
    pub const ALL: [Format; 6] =
        [Format::Shiviz, Format::Mermaid, Format::Itf, Format::Perfetto, Format::Svg, Format::Jsonl];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Shiviz => "shiviz",
            Format::Mermaid => "mermaid",
            Format::Itf => "itf",
            Format::Perfetto => "perfetto",
            Format::Svg => "svg",
            Format::Jsonl => "jsonl",
        }
    }
    /// How the names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Shiviz => "log",
            Format::Mermaid => "mmd",
            Format::Itf => "itf.json",
            Format::Perfetto => "perfetto.json",
            Format::Svg => "svg",
            Format::Jsonl => "jsonl",
        }
    }
    /// What a browser calls such a file.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Shiviz | Format::Mermaid => "text/plain;charset=utf-8",
            Format::Itf | Format::Perfetto => "application/json",
            Format::Svg => "image/svg+xml",
            Format::Jsonl => "application/x-ndjson",
        }
    }
    /// The longest stretch that it can hold and its readers can bear, in events.
    pub fn most_events(self) -> u32 {
        match self {
            Format::Shiviz | Format::Perfetto | Format::Jsonl => netsplit_scenario::LONGEST_RUN,
            Format::Mermaid => mermaid::MOST_EVENTS,
            Format::Itf => itf::MOST_EVENTS,
            Format::Svg => svg::MOST_EVENTS,
        }
    }
}

/// A run in another format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The file.
    pub text: String,
    /// The events in it: fewer than were asked for, if they are more than the format can hold.
    pub events: Range<u32>,
}

/// Writes the events of a range, as far as they come before the cursor; the cursor ends where it was.
pub fn export(session: &mut dyn Session, format: Format, events: Range<u32>) -> Export {
    let cursor = session.cursor();
    let end = events.end.min(cursor.events);
    let start = events.start.min(end);
    let events = start..end.min(start.saturating_add(format.most_events()));
    let export = match format {
        Format::Itf => itf::write(session, events),
        _ => {
            let told = tell(session, events.clone());
            let story = Story { session, events, told, wanted: end };
            match format {
                Format::Shiviz => Export { text: shiviz::write(&story), events: story.events },
                Format::Perfetto => Export { text: perfetto::write(&story), events: story.events },
                Format::Svg => Export { text: svg::write(&story), events: story.events },
                Format::Jsonl => Export { text: jsonl::write(&story), events: story.events },
                Format::Mermaid | Format::Itf => mermaid::write(&story),
            }
        }
    };
    back_to(session, cursor);
    export
}

/// Goes back to a cursor that the session had.
fn back_to(session: &mut dyn Session, cursor: Cursor) {
    session.seek(cursor.events);
    if session.cursor().time < cursor.time {
        session.seek_time(cursor.time);
    }
}

fn tell(session: &mut dyn Session, events: Range<u32>) -> Vec<Told> {
    let transcript = Transcript::of(session);
    let mut told = Vec::with_capacity(events.len());
    for event in events.map(EventId) {
        session.seek(event.0 + 1);
        told.push(transcript.tell(session, event));
    }
    told
}

/// A stretch of a run, with each of its events in words.
pub struct Story<'a> {
    session: &'a dyn Session,
    events: Range<u32>,
    told: Vec<Told>,
    /// The end of what was asked for, which may be more than the format can hold.
    wanted: u32,
}

/// One event of a story.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub id: EventId,
    pub row: &'a EventRow,
    pub told: &'a Told,
}

/// What became of a message, as far as a story goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Arrived(EventId),
    Lost,
    OnItsWay,
}

impl<'a> Story<'a> {
    pub(crate) fn session(&self) -> &'a dyn Session {
        self.session
    }
    pub(crate) fn events(&self) -> Range<u32> {
        self.events.clone()
    }
    /// The end of what was asked for.
    pub(crate) fn wanted(&self) -> u32 {
        self.wanted
    }
    pub(crate) fn scenes(&self) -> impl Iterator<Item = Scene<'_>> {
        let trace = self.session.trace();
        let scene = move |(id, told): (u32, _)| Some(Scene { id: EventId(id), row: trace.event(EventId(id))?, told });
        self.events.clone().zip(&self.told).filter_map(scene)
    }
    pub(crate) fn name(&self, node: NodeId) -> &'a str {
        self.session.names().get(node.index()).map_or("?", String::as_str)
    }
    /// The messages sent in it.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (MsgId, &'a MessageRow)> {
        let trace = self.session.trace();
        trace.messages_in(trace.sent_before(self.events.start)..trace.sent_before(self.events.end))
    }
    pub(crate) fn outcome(&self, message: &MessageRow) -> Outcome {
        match message.fate {
            Fate::Delivered(event) if event.0 < self.events.end => Outcome::Arrived(event),
            Fate::Lost | Fate::NobodyThere => Outcome::Lost,
            Fate::Delivered(_) | Fate::InFlight | Fate::Doomed => Outcome::OnItsWay,
        }
    }
    /// The run in a line: protocol and seed.
    pub(crate) fn title(&self) -> String {
        title(self.session)
    }
}

pub(crate) fn title(session: &dyn Session) -> String {
    let scenario = session.scenario();
    let named = if scenario.prose.title.is_empty() { String::new() } else { format!(": {}", scenario.prose.title) };
    format!("{}{named} (seed {})", session.about().name, scenario.seed)
}

impl Scene<'_> {
    /// All that is said of the event, in one line.
    pub fn line(&self) -> String {
        let Told { what, told, sent, answers, violated, .. } = self.told;
        let mut parts = vec![what.clone()];
        parts.extend((!told.is_empty()).then(|| told.clone()));
        parts.extend(answers.iter().cloned());
        parts.extend((!sent.is_empty()).then(|| format!("[{sent}]")));
        parts
            .extend(violated.iter().map(|violated| format!("VIOLATED {}: {}", violated.invariant, violated.statement)));
        parts.join("; ").replace(['\n', '\r', '\u{2028}', '\u{2029}'], " ")
    }
}
