//! The scenario file: TOML that a person can read and write (`docs/scenarios.md`). Every error says where.

mod alter;
mod print;
mod read;
mod value;

pub use alter::{Unsettable, alter};
pub use print::print;

use crate::check::{Step, Unplayable, check};
use crate::model::Scenario;
use crate::open::open as start;
use crate::session::Session;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The longest file that is read, in bytes: taking it apart needs up to a hundred times as much memory.
pub const LONGEST_FILE: usize = 128 * 1024;

/// What is wrong with a scenario file: where, what was given, and what would be accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct FileError {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

/// Reads a scenario file. What only the protocol can judge (its settings, the fields of its operations) is left to
/// [`open`].
pub fn parse(text: &str) -> Result<Scenario, FileError> {
    read(text).map(|(_, reading)| reading.scenario)
}

/// Reads a scenario file and starts the run.
pub fn open(text: &str) -> Result<Box<dyn Session>, FileError> {
    let (document, reading) = read(text)?;
    let read::Reading { scenario, origins } = reading;
    start(scenario).map_err(|error| misplaced(text, &document, &origins, error))
}

/// The error at the place in the file where what it speaks of is written.
fn misplaced(text: &str, document: &Spanned<DeTable<'_>>, origins: &[u32], error: Unplayable) -> FileError {
    at(text, find(document.get_ref(), &error.place, origins).unwrap_or(0..0), error.message)
}

fn read(text: &str) -> Result<(Spanned<DeTable<'_>>, read::Reading), FileError> {
    if text.len() > LONGEST_FILE {
        let message = format!("the file has {} bytes: {LONGEST_FILE} at most are read", text.len());
        return Err(FileError { line: 1, column: 1, message });
    }
    let document = DeTable::parse(text).map_err(|error| {
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        at(text, error.span().unwrap_or(0..0), format!("this is not TOML: {message}"))
    })?;
    let reading = read::scenario(&document).map_err(|bad| at(text, bad.span, bad.message))?;
    if let Err(error) = check(&reading.scenario) {
        return Err(misplaced(text, &document, &reading.origins, error));
    }
    Ok((document, reading))
}

fn at(text: &str, span: Range<usize>, message: String) -> FileError {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    FileError { line: line as u32, column: column as u32, message }
}

/// Where in the document a place of the scenario is, or the innermost part of it that is written down.
/// `origins` says which `[[timeline]]` entry each entry of the scenario's timeline came from.
fn find(document: &DeTable<'_>, place: &[Step], origins: &[u32]) -> Option<Range<usize>> {
    let mut place = place.to_vec();
    if let [Step::Key(key), Step::Index(index), ..] = place.as_mut_slice()
        && key == "timeline"
    {
        *index = origins.get(*index).map_or(0, |origin| *origin as usize);
    }
    let (Step::Key(first), rest) = place.split_first()? else { return None };
    let mut value = document.get(first.as_str())?;
    for step in rest {
        let inner = match (step, value.get_ref()) {
            (Step::Key(key), DeValue::Table(fields)) => fields.get(key.as_str()),
            (Step::Index(index), DeValue::Array(items)) => items.get(*index),
            _ => None,
        };
        // What a value is about may be written under another name, or not at all: then the whole stands for it.
        value = inner.unwrap_or(value);
    }
    Some(value.span())
}
