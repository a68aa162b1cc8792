//! Regular expressions as JavaScript reads them, since ShiViz's parsers are written for it: a bare `{` is a brace, `\/` a
//! slash, `.` stops at a line's end, `^` and `$` mean a line's ends. Of its syntax, three things are refused with the place
//! where they stand: looking behind, referring back, and properties of characters.
//!
//! Searching is by backtracking, under a budget of steps. Linear-time libraries as small as this one (`regex-lite`) take 80
//! times as long for the long lines that vector clocks are written in, and one that is as fast (`regress`) weighs ten times
//! as much in the page.

mod program;
mod read;
mod search;
mod set;

use program::Op;
pub use search::Found;

/// A regular expression.
#[derive(Clone, Debug)]
pub struct Pattern {
    program: Vec<Op>,
    /// The names of its groups, in the order of their opening brackets.
    names: Vec<String>,
    start: Beginning,
}

/// Where alone a match can begin: what saves looking anywhere else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Beginning {
    /// At the beginning of a line: there is a `^`.
    Line,
    /// If not here, then not before the next line: there is a `.*`, which has tried all of this one.
    LineFrom,
    Anywhere,
}

/// Why a text is not a regular expression.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("character {}: {what}", .at + 1)]
pub struct BadPattern {
    /// Where, in characters from 0.
    pub at: usize,
    /// What is the matter.
    pub what: String,
}

/// A search that was given up: patterns can be written that try more ways than anybody can wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "gave up after {steps} steps at byte {at}: the pattern can match in too many ways; be more specific, or begin with ^"
)]
pub struct TooLong {
    /// Where the search stood, in bytes.
    pub at: usize,
    /// How many steps were taken.
    pub steps: u64,
}

impl Pattern {
    /// Reads a regular expression.
    pub fn new(text: &str) -> Result<Pattern, BadPattern> {
        let (program, names) = read::compile(text)?;
        let start = Beginning::of(&program);
        Ok(Pattern { program, names, start })
    }
    /// The names of its groups, in the order of their opening brackets.
    pub fn names(&self) -> &[String] {
        &self.names
    }
    /// The place of a named group among the groups.
    pub fn group(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

impl Beginning {
    fn of(program: &[Op]) -> Beginning {
        match program.iter().find(|op| !matches!(op, Op::Save(_))) {
            Some(Op::LineStart) => Beginning::Line,
            Some(Op::Run { one, least: 0, most: u32::MAX, greedy: true }) if one.is_dot() => Beginning::LineFrom,
            _ => Beginning::Anywhere,
        }
    }
}
