//! `netsplit export` and `import-shiviz`: runs in other formats, and logs of real systems.

use crate::args::{Export, ImportShiviz};
use crate::{Failure, Verdict, input, play};
use netsplit_exchange::shiviz::{self, Event, Execution, Flaw};
use netsplit_sim::EventId;
use serde_json::{Map, Value, json};
use std::io::{Read, Write};

/// Why a log cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum BadLog {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    /// The file is too long.
    #[error("{0}: more than {1} bytes are too much for a log")]
    TooLong(String, u64),
    /// There is a mistake in it.
    #[error("{0}: {1}")]
    Flaw(String, Flaw),
}

/// The longest log that is read, in bytes.
const LONGEST_LOG: u64 = 1 << 30;

/// Plays a run to its end and writes it in another format.
pub fn export(how: &Export, out: &mut impl Write) -> Result<Verdict, Failure> {
    let mut input = input::read(&how.run)?;
    input.reseed(how.seed);
    input.lengthen(how.until);
    let mut session = input.start()?;
    play::to_the_end(&mut *session, how.until.unwrap_or_else(|| play::end(&input)));
    let wanted = how.events.clone().unwrap_or(0..u32::MAX);
    let exported = netsplit_exchange::export(&mut *session, how.to, wanted.clone());
    match &how.output {
        None => out.write_all(exported.text.as_bytes())?,
        Some(path) => {
            std::fs::write(path, &exported.text).map_err(|error| Failure::File(path.display().to_string(), error))?
        }
    }
    let (events, end) = (exported.events, wanted.end.min(session.cursor().events));
    if events.end < end {
        let (from, name) = (events.end, how.to.name());
        eprintln!(
            "netsplit: events {}..{from} are in it; {name} has no room for the rest: --events {from}..{end}",
            events.start
        );
    }
    Ok(Verdict::Well)
}

/// Reads a log and prints its executions.
pub fn import_shiviz(how: &ImportShiviz, out: &mut impl Write) -> Result<Verdict, Failure> {
    let text = read(&how.log)?;
    let flaw = |flaw| BadLog::Flaw(how.log.clone(), flaw);
    let executions = shiviz::read_file(&text, how.parser.as_deref(), how.delimiter.as_deref()).map_err(flaw)?;
    for execution in &executions {
        if let Some(line) = execution.forgetful.first() {
            let (count, name) = (execution.forgetful.len(), &execution.name);
            eprintln!(
                "netsplit: execution {name:?}: {count} events know less than one before them at their host, first on line {line}"
            );
        }
        if how.summary {
            writeln!(out, "{}", summary(execution))?;
        } else {
            for (id, row) in (0..).map(EventId).zip(&execution.events) {
                writeln!(out, "{}", event(execution, id, row))?;
            }
        }
    }
    Ok(Verdict::Well)
}

/// A log need not be all text: what is not becomes the sign for that, as in a browser.
fn read(log: &str) -> Result<String, BadLog> {
    let unreadable = |error| BadLog::Unreadable(log.to_owned(), error);
    let from: Box<dyn Read> = match log {
        "-" => Box::new(std::io::stdin().lock()),
        path => Box::new(std::fs::File::open(path).map_err(unreadable)?),
    };
    let mut bytes = Vec::new();
    from.take(LONGEST_LOG + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_LOG {
        return Err(BadLog::TooLong(log.to_owned(), LONGEST_LOG));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn summary(execution: &Execution) -> Value {
    let (events, hosts) = (execution.events.len(), execution.hosts.len());
    json!({ "execution": execution.name, "events": events, "hosts": hosts, "edges": execution.edges() })
}

fn event(execution: &Execution, id: EventId, row: &Event) -> Value {
    let Event { host, own, line, text, fields } = row;
    let given = execution.fields.iter().zip(fields).map(|(name, field)| (name.clone(), json!(field)));
    json!({
        "execution": execution.name, "event": id.0, "host": execution.hosts[host.index()], "own": own, "line": line,
        "text": text, "fields": given.collect::<Map<String, Value>>(),
        "lamport": execution.trace.event(id).map(|row| row.lamport),
        "causes": execution.trace.causes(id).map(|cause| cause.0).collect::<Vec<u32>>(),
    })
}
