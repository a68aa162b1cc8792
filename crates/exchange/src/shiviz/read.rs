//! From a text to executions.

use super::graph::{self, Clocked};
use super::{Event, Execution, Flaw, MOST_EVENTS, MOST_HOSTS, USUAL_PARSER, clock, header};
use crate::pattern::{Found, Pattern, TooLong};
use netsplit_sim::NodeId;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// How a log is to be read.
#[derive(Clone, Debug)]
pub struct Parser {
    text: String,
    pattern: Pattern,
    event: usize,
    host: usize,
    clock: usize,
    delimiter: Option<Pattern>,
}

impl Parser {
    /// A parser: a regular expression with the groups `event`, `host` and `clock`, and perhaps one for what stands between
    /// two executions, with the group `trace` for the name of the one that follows.
    pub fn new(parser: &str, delimiter: Option<&str>) -> Result<Parser, Flaw> {
        let parser = parser.trim();
        let pattern = Pattern::new(parser).map_err(|bad| Flaw::Parser(parser.to_owned(), bad))?;
        let group = |name| pattern.group(name).ok_or_else(|| Flaw::NoGroup { parser: parser.to_owned(), group: name });
        let (event, host, clock) = (group("event")?, group("host")?, group("clock")?);
        let delimiter = delimiter.map(str::trim).filter(|text| !text.is_empty()).map(|text| {
            let read = Pattern::new(text);
            read.map_err(|bad| Flaw::Delimiter(text.to_owned(), bad))
        });
        Ok(Parser { text: parser.to_owned(), event, host, clock, delimiter: delimiter.transpose()?, pattern })
    }

    /// The groups that are fields of events: all but clock and event.
    fn fields(&self) -> impl Iterator<Item = (usize, &String)> {
        self.pattern.names().iter().enumerate().filter(|(group, _)| ![self.event, self.clock].contains(group))
    }
}

/// Reads a log.
pub fn read(text: &str, parser: &Parser) -> Result<Vec<Execution>, Flaw> {
    read_from(&unix(text), 1, parser)
}

/// Reads a file: a log that may begin with two lines that say how to read it. What is asked for goes before what they say.
pub fn read_file(text: &str, parser: Option<&str>, delimiter: Option<&str>) -> Result<Vec<Execution>, Flaw> {
    let text = unix(text);
    let header = header(&text);
    let parser = parser.or(header.parser.as_deref()).unwrap_or(USUAL_PARSER);
    let parser = Parser::new(parser, delimiter.or(header.delimiter.as_deref()))?;
    read_from(header.log, header.lines + 1, &parser)
}

/// With lines that end as a browser's text field has them end.
fn unix(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

fn read_from(text: &str, first_line: u32, parser: &Parser) -> Result<Vec<Execution>, Flaw> {
    let mut lines = Lines { text, at: 0, line: first_line };
    let mut names = BTreeSet::new();
    let mut executions = Vec::new();
    for (name, range) in divide(text, first_line, parser)? {
        let line = lines.of(range.start);
        let name = name.map_or("", |name| &text[name]);
        if !(name.is_empty() || names.insert(name)) {
            return Err(Flaw::NameTwice { line, name: name.to_owned() });
        }
        executions.push(execution(name, &text[range], line, parser)?);
    }
    Ok(executions)
}

type Part = (Option<Range<usize>>, Range<usize>);

/// The parts of a text that hold executions, each with its name.
fn divide(text: &str, first_line: u32, parser: &Parser) -> Result<Vec<Part>, Flaw> {
    let mut parts: Vec<Part> = vec![(None, 0..text.len())];
    if let Some(delimiter) = &parser.delimiter {
        let trace = delimiter.group("trace");
        for found in delimiter.find_all(text) {
            let Found { range, groups } = found.map_err(|what| too_long(text, first_line, what))?;
            if let Some((_, before)) = parts.last_mut() {
                before.end = range.start;
            }
            parts.push((trace.and_then(|trace| groups[trace].clone()), range.end..text.len()));
        }
    }
    let single = parts.len() == 1;
    parts.retain(|(_, range)| single || !text[range.clone()].trim().is_empty());
    parts.iter_mut().for_each(|(_, range)| *range = trimmed(text, range.clone()));
    Ok(parts)
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..(range.end - (part.len() - part.trim_end().len())).max(start)
}

fn too_long(text: &str, first_line: u32, what: TooLong) -> Flaw {
    Flaw::TooLong { line: Lines { text, at: 0, line: first_line }.of(what.at), what }
}

/// Counts lines, as long as it is asked for later and later positions.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, at: usize) -> u32 {
        let between = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count() as u32;
        self.at = self.at.max(at);
        self.line
    }
}

fn execution(name: &str, text: &str, first_line: u32, parser: &Parser) -> Result<Execution, Flaw> {
    let mut lines = Lines { text, at: 0, line: first_line };
    let mut names = clock::Names::default();
    let mut clocked = Clocked::default();
    let mut events = Vec::new();
    let mut entries = Vec::new();
    for found in parser.pattern.find_all(text) {
        let Found { range, groups } = found.map_err(|what| too_long(text, first_line, what))?;
        let line = lines.of(range.start);
        let group = |group: usize| groups[group].clone().map_or("", |range| &text[range]);
        let (host, written) = (group(parser.host), group(parser.clock));
        let at_clock = || {
            let before =
                groups[parser.clock].as_ref().map_or("", |clock| &text[range.start..clock.start.max(range.start)]);
            line + before.matches('\n').count() as u32
        };
        clock::read(written, &mut names, &mut entries).map_err(|why| {
            let why = if written.is_empty() { "there is nothing".to_owned() } else { why };
            Flaw::Clock { line: at_clock(), found: shortened(written), why }
        })?;
        if names.count() > MOST_HOSTS {
            return Err(Flaw::TooMany { line, what: "hosts", most: MOST_HOSTS });
        }
        if events.len() >= MOST_EVENTS {
            return Err(Flaw::TooMany { line, what: "events", most: MOST_EVENTS });
        }
        let number = names.number(host);
        let own = match entries.binary_search_by_key(&number, |(host, _)| *host) {
            Ok(place) => entries[place].1,
            Err(_) if mentions(written, host) => 0,
            Err(_) => {
                let clock = shortened(written);
                return Err(Flaw::NoOwnEntry { line: at_clock(), host: host.to_owned(), clock });
            }
        };
        clocked.push(number, own, line, &entries);
        let fields = parser.fields().map(|(field, _)| groups[field].clone().map(|range| text[range].to_owned()));
        let text = group(parser.event).to_owned();
        events.push(Event { host: NodeId(0), own, line, text, fields: fields.collect() });
    }
    if events.is_empty() {
        let (execution, parser) = (name.to_owned(), parser.text.clone());
        return Err(Flaw::NoEvents { line: first_line, execution, parser });
    }
    let graph = graph::build(&clocked, names.all())?;
    let fields = parser.fields().map(|(_, name)| name.clone()).collect();
    Ok(graph.execution(name.to_owned(), fields, events))
}

/// Whether a clock has an entry for its host after all, which is 0: that is another mistake than to have none.
fn mentions(clock: &str, host: &str) -> bool {
    clock.contains(&format!("\"{host}\""))
}

/// Enough of a text to recognise it.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(120).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
