//! Bytes with their places in a file, and what is wrong there.

use std::fmt;
use std::io::BufRead;

/// A place in a file. Lines and columns count from 1; columns count bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

impl Position {
    /// The beginning of a file.
    pub const START: Position = Position { line: 1, column: 1 };
}

/// Why a file is not a history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// Where.
    pub at: Position,
    /// What is there.
    pub found: String,
    /// What would be accepted.
    pub expected: String,
}

impl Mistake {
    /// At a place, something else was expected. What was found is shortened if it is long.
    pub fn new(at: Position, found: impl Into<String>, expected: impl Into<String>) -> Mistake {
        let found: String = found.into();
        let shown: String = found.chars().take(MOST_SHOWN).collect();
        let found = if shown.len() < found.len() { format!("{shown}...") } else { found };
        Mistake { at, found, expected: expected.into() }
    }

    pub(super) fn unreadable(at: Position, error: &std::io::Error) -> Mistake {
        Mistake::new(at, format!("an error while reading ({error})"), "a file that can be read")
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mistake { at: Position { line, column }, found, expected } = self;
        write!(f, "line {line}, column {column}: found {found}; expected {expected}")
    }
}

impl std::error::Error for Mistake {}

const MOST_SHOWN: usize = 80;

/// So many bytes a file has at most.
pub const LONGEST_FILE: u64 = 1 << 30;

/// So many bytes a line, a text or a name in it has at most.
pub const LONGEST_TOKEN: usize = 16 << 20;

/// A file that is read byte by byte.
pub struct Source<R> {
    from: R,
    at: Position,
    read: u64,
}

impl<R: BufRead> Source<R> {
    /// At the beginning.
    pub fn new(from: R) -> Self {
        Source { from, at: Position::START, read: 0 }
    }

    /// Where it is.
    pub fn position(&self) -> Position {
        self.at
    }

    /// The next byte, which stays the next one. `None` at the end.
    pub fn peek(&mut self) -> Result<Option<u8>, Mistake> {
        loop {
            match self.from.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Mistake::unreadable(self.at, &error)),
            }
        }
    }

    /// Goes past the next byte.
    pub fn skip(&mut self) -> Result<(), Mistake> {
        let Some(byte) = self.peek()? else { return Ok(()) };
        self.from.consume(1);
        self.read += 1;
        if self.read > LONGEST_FILE {
            return Err(Mistake::new(self.at, "still more", format!("a file of at most {LONGEST_FILE} bytes")));
        }
        match byte {
            b'\n' => self.at = Position { line: self.at.line + 1, column: 1 },
            _ => self.at.column += 1,
        }
        Ok(())
    }

    /// The next byte.
    pub fn next(&mut self) -> Result<Option<u8>, Mistake> {
        let byte = self.peek()?;
        self.skip()?;
        Ok(byte)
    }

    /// Bytes as long as they are wanted.
    pub fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> Result<String, Mistake> {
        let at = self.at;
        let mut bytes = Vec::new();
        while let Some(byte) = self.peek()?.filter(|byte| wanted(*byte)) {
            push(&mut bytes, byte, at)?;
            self.skip()?;
        }
        text(bytes, at)
    }

    /// The next line, without its end, and where it begins. `None` at the end.
    pub fn line(&mut self) -> Result<Option<(Position, String)>, Mistake> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let at = self.at;
        let mut line = self.take_while(|byte| byte != b'\n')?;
        self.skip()?;
        if line.ends_with('\r') {
            line.pop();
        }
        Ok(Some((at, line)))
    }
}

/// One byte more, unless they are too many.
pub fn push(bytes: &mut Vec<u8>, byte: u8, at: Position) -> Result<(), Mistake> {
    if bytes.len() >= LONGEST_TOKEN {
        return Err(Mistake::new(at, "something very long", format!("at most {LONGEST_TOKEN} bytes at a stretch")));
    }
    bytes.push(byte);
    Ok(())
}

/// Bytes as text.
pub fn text(bytes: Vec<u8>, at: Position) -> Result<String, Mistake> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to() as u64;
        Mistake::new(Position { column: at.column + valid, ..at }, "bytes that are not UTF-8", "text")
    })
}
