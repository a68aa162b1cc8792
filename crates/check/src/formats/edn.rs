//! EDN, as far as histories need it, and Jepsen's histories in it.

use super::calls::{Event, Pairing};
use super::source::{self, Mistake, Position, Source};
use super::value::Value;
use std::io::BufRead;

/// Reads a history: operations one after the other, or all of them in one vector or list.
pub fn read<R: BufRead>(source: Source<R>, pairing: &mut Pairing) -> Result<(), Mistake> {
    let mut reader = Reader { source };
    let mut inside = None;
    loop {
        let byte = reader.next_token()?;
        let at = reader.source.position();
        match byte {
            None if inside.is_some() => return Err(Mistake::new(at, "the end of the file", "another operation, or ]")),
            None => return Ok(()),
            Some(open @ (b'[' | b'(')) if inside.is_none() => {
                reader.source.skip()?;
                inside = Some(closing(open));
            }
            Some(close) if inside == Some(close) => {
                reader.source.skip()?;
                inside = None;
            }
            Some(_) => {
                let operation = reader.form(0)?;
                pairing.push(event(at, &operation)?)?;
            }
        }
    }
}

/// An event as Jepsen writes it: a map with `:process`, `:type`, `:f`, `:value`, perhaps `:key`.
fn event(at: Position, operation: &Value) -> Result<Event, Mistake> {
    if !matches!(operation, Value::Map(_)) {
        return Err(Mistake::new(at, operation.to_string(), "a map such as {:process 0, :type :invoke, :f :read}"));
    }
    Event::of_map(at, operation)
}

/// All values in a text that begins at a place of a file.
pub fn values(at: Position, text: &str) -> Result<Vec<Value>, Mistake> {
    let place = |mistake: Mistake| {
        let column = at.column + mistake.at.column - 1;
        Mistake { at: Position { line: at.line, column }, ..mistake }
    };
    let mut reader = Reader { source: Source::new(text.as_bytes()) };
    let mut values = Vec::new();
    while reader.next_token().map_err(place)?.is_some() {
        values.push(reader.form(0).map_err(place)?);
    }
    Ok(values)
}

/// So deep may brackets be nested.
const DEEPEST: usize = 64;

struct Reader<R> {
    source: Source<R>,
}

impl<R: BufRead> Reader<R> {
    /// Goes to where something begins; with which byte. `None` at the end.
    fn next_token(&mut self) -> Result<Option<u8>, Mistake> {
        loop {
            match self.source.peek()? {
                Some(byte) if byte.is_ascii_whitespace() || byte == b',' => self.source.skip()?,
                Some(b';') => while self.source.next()?.is_some_and(|byte| byte != b'\n') {},
                // A byte order mark.
                Some(0xef) if self.source.position() == Position::START => {
                    for _ in 0..3 {
                        self.source.skip()?;
                    }
                }
                other => return Ok(other),
            }
        }
    }

    /// The next value.
    fn form(&mut self, depth: usize) -> Result<Value, Mistake> {
        let byte = self.next_token()?;
        let at = self.source.position();
        if depth > DEEPEST {
            return Err(Mistake::new(at, "brackets in brackets", format!("at most {DEEPEST} of them")));
        }
        match byte {
            None => Err(Mistake::new(at, "the end of the file", "a value")),
            Some(b'"') => self.text(),
            Some(b'\\') => self.character(),
            Some(b'#') => self.dispatched(depth),
            Some(open @ (b'[' | b'(')) => Ok(Value::List(self.until(closing(open), depth)?)),
            Some(b'{') => self.map(depth),
            Some(close @ (b']' | b')' | b'}')) => Err(Mistake::new(
                at,
                format!("`{}`", char::from(close)),
                "a value, or what the bracket was opened with",
            )),
            // Metadata is about a value, which follows.
            Some(b'^') => {
                self.source.skip()?;
                self.form(depth + 1)?;
                self.form(depth + 1)
            }
            Some(_) => self.atom(),
        }
    }

    /// The values up to a closing bracket, from the opening one.
    fn until(&mut self, close: u8, depth: usize) -> Result<Vec<Value>, Mistake> {
        let opened = self.source.position();
        self.source.skip()?;
        let mut values = Vec::new();
        loop {
            match self.next_token()? {
                Some(byte) if byte == close => break self.source.skip()?,
                Some(b'#') => values.extend(self.maybe_discarded(depth)?),
                Some(_) => values.push(self.form(depth + 1)?),
                None => {
                    let bracket = format!("`{}`, which line {} asks for", char::from(close), opened.line);
                    return Err(Mistake::new(self.source.position(), "the end of the file", bracket));
                }
            }
        }
        Ok(values)
    }

    fn map(&mut self, depth: usize) -> Result<Value, Mistake> {
        let at = self.source.position();
        let mut values = self.until(b'}', depth)?.into_iter();
        let mut entries = Vec::new();
        while let Some(key) = values.next() {
            let value = values.next();
            let value = value.ok_or_else(|| Mistake::new(at, format!("the key {key} without a value"), "pairs"))?;
            entries.push((key, value));
        }
        Ok(Value::Map(entries))
    }

    /// What begins with `#`, unless it says that it is nothing.
    fn maybe_discarded(&mut self, depth: usize) -> Result<Option<Value>, Mistake> {
        self.source.skip()?;
        if self.source.peek()? == Some(b'_') {
            self.source.skip()?;
            self.form(depth + 1)?;
            return Ok(None);
        }
        self.after_hash(depth).map(Some)
    }

    fn dispatched(&mut self, depth: usize) -> Result<Value, Mistake> {
        match self.maybe_discarded(depth)? {
            Some(value) => Ok(value),
            None => self.form(depth + 1),
        }
    }

    /// A set, a number that is none, or a value with a tag, which is left out.
    fn after_hash(&mut self, depth: usize) -> Result<Value, Mistake> {
        match self.source.peek()? {
            Some(b'{') => Ok(Value::Set(self.until(b'}', depth)?)),
            Some(b'#') => {
                self.source.skip()?;
                self.atom()
            }
            _ => {
                let at = self.source.position();
                if self.source.take_while(is_of_a_name)?.is_empty() {
                    return Err(Mistake::new(at, "`#` alone", "a tag or a set behind it"));
                }
                self.form(depth + 1)
            }
        }
    }

    fn text(&mut self) -> Result<Value, Mistake> {
        let at = self.source.position();
        self.source.skip()?;
        let mut bytes = Vec::new();
        loop {
            let here = self.source.position();
            match self.source.next()? {
                None => return Err(Mistake::new(here, "the end of the file", format!("the `\"` of line {}", at.line))),
                Some(b'"') => break Ok(Value::Text(source::text(bytes, at)?)),
                Some(b'\\') => {
                    let mut buffer = [0; 4];
                    let escaped = self.escaped(here)?;
                    for byte in escaped.encode_utf8(&mut buffer).bytes() {
                        source::push(&mut bytes, byte, at)?;
                    }
                }
                Some(byte) => source::push(&mut bytes, byte, at)?,
            }
        }
    }

    fn escaped(&mut self, at: Position) -> Result<char, Mistake> {
        match self.source.next()? {
            Some(b'n') => Ok('\n'),
            Some(b't') => Ok('\t'),
            Some(b'r') => Ok('\r'),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'u') => {
                let mut code = 0;
                for _ in 0..4 {
                    let digit = self.source.next()?.and_then(|byte| char::from(byte).to_digit(16));
                    let digit = digit.ok_or_else(|| Mistake::new(at, "\\u", "four hexadecimal digits behind it"))?;
                    code = 16 * code + digit;
                }
                // Half of a pair cannot stand alone; what else it was does not matter to a history.
                Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            Some(byte @ (b'"' | b'\\' | b'/')) => Ok(char::from(byte)),
            _ => Err(Mistake::new(at, "a backslash", "one of n t r b f u \" \\ behind it")),
        }
    }

    fn character(&mut self) -> Result<Value, Mistake> {
        let at = self.source.position();
        self.source.skip()?;
        let mut bytes = Vec::new();
        if let Some(first) = self.source.next()? {
            bytes.push(first);
        }
        let rest = self.source.take_while(|byte| is_of_a_name(byte) || byte >= 0x80)?;
        bytes.extend(rest.bytes());
        Ok(Value::Text(source::text(bytes, at)?))
    }

    /// A number, a keyword, a symbol, or one of nil, true and false.
    fn atom(&mut self) -> Result<Value, Mistake> {
        let at = self.source.position();
        let text = self.source.take_while(is_of_a_name)?;
        let number = text.strip_suffix('N').unwrap_or(&text);
        let is_number = number.trim_start_matches(['+', '-']).starts_with(|first: char| first.is_ascii_digit());
        Ok(match text.as_str() {
            "" => {
                let byte = self.source.peek()?.unwrap_or_default();
                return Err(Mistake::new(at, format!("`{}`", byte.escape_ascii()), "a value"));
            }
            "nil" => Value::Nil,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            ":" => return Err(Mistake::new(at, "`:` alone", "a keyword")),
            _ if is_number => number.parse().map_or_else(|_| Value::Number(text.clone()), Value::Int),
            _ => Value::Name(text.strip_prefix(':').unwrap_or(&text).to_owned()),
        })
    }
}

fn closing(open: u8) -> u8 {
    if open == b'[' { b']' } else { b')' }
}

fn is_of_a_name(byte: u8) -> bool {
    byte >= 0x80 || byte.is_ascii_alphanumeric() || b"-+.*!_?$%&=<>:/'|#".contains(&byte)
}
