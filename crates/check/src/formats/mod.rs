//! Histories in files: Jepsen's console logs, Jepsen's EDN histories, and JSON Lines. `docs/histories.md` describes them.
//!
//! Files are read piece by piece, whoever wrote them: what is wrong is refused with its line and column, and what is too
//! large to be judged is refused before it fills the memory.

mod calls;
mod edn;
mod jepsen;
mod json_lines;
mod reading;
mod source;
mod value;

pub use calls::{Call, Event, EventKind};
pub use reading::{History, counters, locks, queues, sets, stores};
pub use source::{LONGEST_FILE, LONGEST_TOKEN, Mistake, Position};
pub use value::Value;

use calls::Pairing;
use source::Source;
use std::io::BufRead;

/// How a history is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Lines of a Jepsen console log, or of its `history.txt`.
    Jepsen,
    /// A Jepsen history in EDN.
    Edn,
    /// JSON Lines.
    JsonLines,
}

/// So many operations a history has at most.
pub const MOST_OPERATIONS: usize = 4_000_000;

/// Reads a history, in the format that it looks like if none is given.
pub fn read(format: Option<Format>, mut from: impl BufRead) -> Result<Vec<Call>, Mistake> {
    let format = match format {
        Some(format) => format,
        None => detect(from.fill_buf().map_err(|error| Mistake::unreadable(Position::START, &error))?),
    };
    let mut pairing = Pairing::default();
    match format {
        Format::Edn => edn::read(Source::new(from), &mut pairing)?,
        Format::Jepsen => jepsen::read(Source::new(from), &mut pairing)?,
        Format::JsonLines => json_lines::read(Source::new(from), &mut pairing)?,
    }
    pairing.finish()
}

/// The format that a file's beginning looks like.
fn detect(beginning: &[u8]) -> Format {
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let mut bytes = beginning.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (bytes.next(), bytes.next()) {
        (Some(b'{'), Some(b'"')) => Format::JsonLines,
        (Some(b'{' | b'[' | b'(' | b'#' | b';'), _) => Format::Edn,
        _ => Format::Jepsen,
    }
}
