//! Jepsen's console logs: `INFO  jepsen.util - 4 :invoke :cas [1 2]`, and the same without what comes before the process.

use super::calls::{Event, EventKind, Pairing};
use super::source::{Mistake, Position, Source};
use super::{Value, edn};
use std::io::BufRead;

/// Reads a history. Lines that tell of no operation are left out.
pub fn read<R: BufRead>(mut source: Source<R>, pairing: &mut Pairing) -> Result<(), Mistake> {
    while let Some((at, line)) = source.line()? {
        let Some(from) = told(&line) else { continue };
        let at = Position { column: at.column + from as u64, ..at };
        pairing.extend(event(at, &line[from..])?)?;
    }
    Ok(())
}

/// Where in a line an operation is told of.
fn told(line: &str) -> Option<usize> {
    const LOGGER: &str = "jepsen.util";
    let logged = line.find(LOGGER).map(|at| {
        let rest = &line[at + LOGGER.len()..];
        line.len() - rest.trim_start().trim_start_matches(['-', ':']).trim_start().len()
    });
    let from = logged.unwrap_or(line.len() - line.trim_start().len());
    let mut words = line[from..].split_whitespace();
    let (process, kind) = (words.next()?, words.next());
    let is_process = process.bytes().all(|byte| byte.is_ascii_digit()) || process.starts_with(':');
    // Whoever logged it with a process in front meant an operation, whatever is wrong with it.
    let is_kind = kind.is_some_and(|kind| kind.starts_with(':'));
    (is_process && (is_kind || logged.is_some())).then_some(from)
}

/// The event of a line; nothing if it is not a client's.
fn event(at: Position, line: &str) -> Result<Option<Event>, Mistake> {
    const FORM: &str = "a process, one of :invoke :ok :fail :info, a function, and a value";
    let values = edn::values(at, line)?;
    let [process, kind, function, value @ ..] = values.as_slice() else {
        return Err(Mistake::new(at, line, FORM));
    };
    let kind = EventKind::of(at, kind)?;
    let Value::Name(function) = function else {
        return Err(Mistake::new(at, function.to_string(), "a function such as :read"));
    };
    let Value::Int(process) = process else { return Ok(None) };
    let value = value.first().cloned().unwrap_or(Value::Nil);
    Ok(Some(Event { at, process: *process, kind, function: function.clone(), key: None, value }))
}
