//! From the text of a regular expression to its parts, and to a program for the search.

use super::BadPattern;
use super::program::{Op, Writer};
use super::set::{Set, dot, named_set};

/// A part of an expression.
pub(super) enum Part {
    Nothing,
    One(Set),
    LineStart,
    LineEnd,
    WordEdge(bool),
    Row(Vec<Part>),
    Any(Vec<Part>),
    Named(usize, Box<Part>),
    Ahead(bool, Box<Part>),
    Repeat { part: Box<Part>, least: u32, most: u32, greedy: bool, groups: (usize, usize) },
}

/// Programs and counts no longer than this.
pub(super) const LONGEST: usize = 20_000;
/// Brackets within brackets no deeper than this.
const DEEPEST: usize = 100;

/// The program of an expression, and the names of its groups.
pub(super) fn compile(text: &str) -> Result<(Vec<Op>, Vec<String>), BadPattern> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, names: Vec::new(), depth: 0 };
    let part = reader.alternatives()?;
    if reader.at < reader.chars.len() {
        return Err(reader.bad("a ) without its ("));
    }
    let mut writer = Writer { program: Vec::new(), loops: 0 };
    writer.write(&part).ok_or_else(|| BadPattern {
        at: 0,
        what: format!("the pattern repeats so much that it becomes longer than {LONGEST} steps"),
    })?;
    writer.program.push(Op::Done);
    Ok((writer.program, reader.names))
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    names: Vec<String>,
    depth: usize,
}

impl Reader {
    fn bad(&self, what: impl Into<String>) -> BadPattern {
        BadPattern { at: self.at, what: what.into() }
    }
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }
    fn take(&mut self, wanted: &str) -> bool {
        let there = self.chars[self.at..].iter().copied().take(wanted.chars().count()).eq(wanted.chars());
        self.at += if there { wanted.chars().count() } else { 0 };
        there
    }

    fn alternatives(&mut self) -> Result<Part, BadPattern> {
        let mut all = vec![self.row()?];
        while self.take("|") {
            all.push(self.row()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Part::Any(all) })
    }

    fn row(&mut self) -> Result<Part, BadPattern> {
        let mut parts = Vec::new();
        while self.peek().is_some_and(|c| c != '|' && c != ')') {
            let (from, groups) = (self.at, self.names.len());
            let part = self.atom()?;
            parts.push(self.repeated(part, from, groups)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Part::Row(parts) })
    }

    fn atom(&mut self) -> Result<Part, BadPattern> {
        let Some(c) = self.peek() else { return Ok(Part::Nothing) };
        if matches!(c, '*' | '+' | '?') || (c == '{' && self.count().is_some()) {
            return Err(self.bad(format!("there is nothing for {c} to repeat")));
        }
        self.at += 1;
        Ok(match c {
            '^' => Part::LineStart,
            '$' => Part::LineEnd,
            '.' => Part::One(dot()),
            '(' => self.group()?,
            '[' => Part::One(self.class()?),
            '\\' => self.escape()?,
            c => Part::One(Set::of(&[(c, c)])),
        })
    }

    fn group(&mut self) -> Result<Part, BadPattern> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.bad(format!("brackets are more than {DEEPEST} deep")));
        }
        let opened = self.at - 1;
        let part = if self.take("?:") || !self.take("?") {
            self.alternatives()?
        } else if self.take("=") {
            Part::Ahead(true, Box::new(self.alternatives()?))
        } else if self.take("!") {
            Part::Ahead(false, Box::new(self.alternatives()?))
        } else if self.take("<=") || self.take("<!") {
            self.at = opened;
            return Err(self.bad("looking behind (?<= or (?<! is not supported"));
        } else if self.take("<") {
            let number = self.name()?;
            Part::Named(number, Box::new(self.alternatives()?))
        } else {
            return Err(self.bad("after (? comes : or = or ! or <name>"));
        };
        if !self.take(")") {
            self.at = opened;
            return Err(self.bad("this ( is not closed"));
        }
        self.depth -= 1;
        Ok(part)
    }

    fn name(&mut self) -> Result<usize, BadPattern> {
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            self.at += 1;
        }
        let name: String = self.chars[from..self.at].iter().collect();
        if name.is_empty() || !self.take(">") {
            return Err(self.bad("a group's name is letters, digits and _, and ends with >"));
        }
        if self.names.contains(&name) {
            self.at = from;
            return Err(self.bad(format!("there are two groups called {name}")));
        }
        self.names.push(name);
        Ok(self.names.len() - 1)
    }

    /// The part just read, with what says how often it is there.
    fn repeated(&mut self, part: Part, from: usize, groups: usize) -> Result<Part, BadPattern> {
        let (least, most) = match self.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => match self.count() {
                Some((least, most, end)) => {
                    self.at = end - 1;
                    (least, most)
                }
                None => return Ok(part),
            },
            _ => return Ok(part),
        };
        self.at += 1;
        if least > most {
            return Err(self.bad(format!("at least {least} and at most {most} cannot be")));
        }
        let place = matches!(part, Part::LineStart | Part::LineEnd | Part::WordEdge(_));
        if place && self.chars.get(from) != Some(&'(') {
            self.at = from;
            return Err(self.bad("this place in the text cannot be repeated"));
        }
        let greedy = !self.take("?");
        Ok(Part::Repeat { part: Box::new(part), least, most, greedy, groups: (groups, self.names.len()) })
    }

    /// What `{2}`, `{2,}` and `{2,5}` say, and where it ends; any other brace is itself.
    fn count(&self) -> Option<(u32, u32, usize)> {
        let close = self.chars[self.at..].iter().take(24).position(|c| *c == '}')? + self.at;
        let inside: String = self.chars[self.at + 1..close].iter().collect();
        let number = |text: &str| {
            let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(u32::MAX))
        };
        let (least, most) = match inside.split_once(',') {
            None => (number(&inside)?, number(&inside)?),
            Some((least, "")) => (number(least)?, u32::MAX),
            Some((least, most)) => (number(least)?, number(most)?),
        };
        Some((least, most, close + 1))
    }

    fn escape(&mut self) -> Result<Part, BadPattern> {
        Ok(match self.peek() {
            Some('b') => self.edge(true),
            Some('B') => self.edge(false),
            Some('1'..='9') => return Err(self.bad("referring back to a group is not supported")),
            Some('k') if self.chars.get(self.at + 1) == Some(&'<') => {
                return Err(self.bad("referring back to a group is not supported"));
            }
            _ => Part::One(self.escaped_set()?),
        })
    }
    fn edge(&mut self, wanted: bool) -> Part {
        self.at += 1;
        Part::WordEdge(wanted)
    }

    /// What a backslash and the character after it stand for, in a class as elsewhere.
    fn escaped_set(&mut self) -> Result<Set, BadPattern> {
        let Some(c) = self.peek() else { return Err(self.bad("a \\ at the end escapes nothing")) };
        if matches!(c, 'p' | 'P') && self.chars.get(self.at + 1) == Some(&'{') {
            return Err(self.bad("properties of characters \\p{...} are not supported"));
        }
        self.at += 1;
        if let Some(set) = named_set(c) {
            return Ok(set);
        }
        let meant = match c {
            't' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            '0' => '\0',
            'x' => self.code(2).unwrap_or('x'),
            'u' => self.code(4).unwrap_or('u'),
            'c' if self.peek().is_some_and(|c| c.is_ascii_alphabetic()) => {
                let letter = self.chars[self.at];
                self.at += 1;
                char::from(letter as u8 & 31)
            }
            'c' => {
                self.at -= 1; // then the backslash is itself
                '\\'
            }
            c => c,
        };
        Ok(Set::of(&[(meant, meant)]))
    }

    /// A character by its code in so many hexadecimal digits.
    fn code(&mut self, digits: usize) -> Option<char> {
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        let code = text.chars().all(|c| c.is_ascii_hexdigit()).then(|| u32::from_str_radix(&text, 16).ok())??;
        self.at += digits;
        char::from_u32(code)
    }

    fn class(&mut self) -> Result<Set, BadPattern> {
        let opened = self.at - 1;
        let inverted = self.take("^");
        let mut set = Set::default();
        loop {
            let Some(c) = self.peek() else {
                self.at = opened;
                return Err(self.bad("this [ is not closed"));
            };
            if c == ']' {
                self.at += 1;
                return Ok(if inverted { set.inverted() } else { set });
            }
            set = set.with(self.class_range()?);
        }
    }

    fn class_range(&mut self) -> Result<Set, BadPattern> {
        let from_at = self.at;
        let first = self.class_member()?;
        let ranges = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
        if !ranges {
            return Ok(first);
        }
        self.at += 1;
        let second = self.class_member()?;
        match (first.single(), second.single()) {
            (Some(from), Some(to)) if from <= to => Ok(Set::of(&[(from, to)])),
            (Some(_), Some(_)) => {
                self.at = from_at;
                Err(self.bad("this range ends before it begins"))
            }
            _ => Ok(first.with(second).with(Set::of(&[('-', '-')]))),
        }
    }

    fn class_member(&mut self) -> Result<Set, BadPattern> {
        let Some(c) = self.peek() else { return Err(self.bad("a class is not closed")) };
        self.at += 1;
        match c {
            '\\' if self.take("b") => Ok(Set::of(&[('\u{8}', '\u{8}')])),
            '\\' => self.escaped_set(),
            c => Ok(Set::of(&[(c, c)])),
        }
    }
}
