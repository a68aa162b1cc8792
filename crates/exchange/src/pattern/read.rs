//! From the text of a regular expression to a program for the search.

use super::BadPattern;

/// A step of the search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Op {
    /// One character of a set.
    One(Set),
    /// So many characters of a set, as many as possible first, or as few.
    Run {
        one: Set,
        least: u32,
        most: u32,
        greedy: bool,
    },
    LineStart,
    LineEnd,
    /// Between a word's character and another, or not.
    WordEdge(bool),
    /// Remembers the position: group n begins at 2n and ends at 2n + 1.
    Save(usize),
    /// Forgets groups, as each turn of a loop does with those within it.
    Forget {
        from: usize,
        to: usize,
    },
    /// Goes on at the first, and if that fails at the second.
    Either(usize, usize),
    Goto(usize),
    /// A loop whose turn took nothing is over: remembers where the turn began...
    TurnFrom(usize),
    /// ...and fails if it ends there.
    Turned(usize),
    /// Looks ahead: what follows up to `end` must match here, or must not.
    Ahead {
        wanted: bool,
        end: usize,
    },
    Done,
}

/// A set of characters.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Set {
    /// By code.
    ascii: u128,
    /// Ranges of codes beyond ASCII.
    wide: Vec<(u32, u32)>,
}

const FIRST_WIDE: u32 = 0x80;
const LAST_WIDE: u32 = 0x10ffff;

impl Set {
    fn of(chars: &[(char, char)]) -> Set {
        let mut set = Set::default();
        for (from, to) in chars.iter().map(|(from, to)| (u32::from(*from), u32::from(*to))) {
            for code in from..=to.min(FIRST_WIDE - 1) {
                set.ascii |= 1 << code;
            }
            if to >= FIRST_WIDE {
                set.wide.push((from.max(FIRST_WIDE), to));
            }
        }
        set
    }
    fn inverted(mut self) -> Set {
        self.wide.sort_unstable();
        let mut gaps = Vec::new();
        let mut next = FIRST_WIDE;
        for (from, to) in self.wide {
            if from > next {
                gaps.push((next, from - 1));
            }
            next = next.max(to + 1);
        }
        if next <= LAST_WIDE {
            gaps.push((next, LAST_WIDE));
        }
        Set { ascii: !self.ascii, wide: gaps }
    }
    fn with(mut self, other: Set) -> Set {
        self.ascii |= other.ascii;
        self.wide.extend(other.wide);
        self
    }
    /// Whether a character is in it.
    pub fn holds(&self, c: char) -> bool {
        let code = u32::from(c);
        if code < FIRST_WIDE {
            return self.ascii >> code & 1 == 1;
        }
        self.wide.iter().any(|(from, to)| (*from..=*to).contains(&code))
    }
    /// Whether an ASCII character is in it.
    pub fn holds_byte(&self, byte: u8) -> bool {
        self.ascii >> byte & 1 == 1
    }
    pub fn is_dot(&self) -> bool {
        *self == dot()
    }
    /// The one character in it.
    fn single(&self) -> Option<char> {
        match (self.ascii.count_ones(), self.wide.as_slice()) {
            (1, []) => char::from_u32(self.ascii.trailing_zeros()),
            (0, [(from, to)]) if from == to => char::from_u32(*from),
            _ => None,
        }
    }
}

fn dot() -> Set {
    Set::of(&[('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')]).inverted()
}
fn word() -> Set {
    Set::of(&[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')])
}
/// What JavaScript calls white space, line ends among it.
fn space() -> Set {
    Set::of(&[
        ('\t', '\r'),
        (' ', ' '),
        ('\u{a0}', '\u{a0}'),
        ('\u{1680}', '\u{1680}'),
        ('\u{2000}', '\u{200a}'),
        ('\u{2028}', '\u{2029}'),
        ('\u{202f}', '\u{202f}'),
        ('\u{205f}', '\u{205f}'),
        ('\u{3000}', '\u{3000}'),
        ('\u{feff}', '\u{feff}'),
    ])
}

/// The set that `\d`, `\W` and the like stand for.
fn named_set(letter: char) -> Option<Set> {
    let set = match letter.to_ascii_lowercase() {
        'd' => Set::of(&[('0', '9')]),
        'w' => word(),
        's' => space(),
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { set.inverted() } else { set })
}

/// A part of an expression.
enum Part {
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
const LONGEST: usize = 20_000;
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

/// Writes programs; each step of it gives up, with `None`, when the program becomes too long.
struct Writer {
    program: Vec<Op>,
    loops: usize,
}

impl Writer {
    fn push(&mut self, op: Op) -> Option<usize> {
        self.program.push(op);
        (self.program.len() < LONGEST).then_some(self.program.len() - 1)
    }
    fn here(&self) -> usize {
        self.program.len()
    }

    fn write(&mut self, part: &Part) -> Option<()> {
        match part {
            Part::Nothing => {}
            Part::One(set) => self.push(Op::One(set.clone())).map(|_| ())?,
            Part::LineStart => self.push(Op::LineStart).map(|_| ())?,
            Part::LineEnd => self.push(Op::LineEnd).map(|_| ())?,
            Part::WordEdge(wanted) => self.push(Op::WordEdge(*wanted)).map(|_| ())?,
            Part::Row(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            Part::Any(parts) => self.write_any(parts)?,
            Part::Named(number, part) => {
                self.push(Op::Save(number * 2))?;
                self.write(part)?;
                self.push(Op::Save(number * 2 + 1))?;
            }
            Part::Ahead(wanted, part) => {
                let ahead = self.push(Op::Ahead { wanted: *wanted, end: 0 })?;
                self.write(part)?;
                self.push(Op::Done)?;
                self.program[ahead] = Op::Ahead { wanted: *wanted, end: self.here() };
            }
            Part::Repeat { part, least, most, greedy, groups } => match &**part {
                Part::One(set) => {
                    self.push(Op::Run { one: set.clone(), least: *least, most: *most, greedy: *greedy })?;
                }
                part => self.write_loop(part, (*least, *most), *greedy, *groups)?,
            },
        }
        Some(())
    }

    fn write_any(&mut self, parts: &[Part]) -> Option<()> {
        let mut ends = Vec::new();
        for (nth, part) in parts.iter().enumerate() {
            let last = nth + 1 == parts.len();
            let choice = if last { None } else { Some(self.push(Op::Either(0, 0))?) };
            self.write(part)?;
            if let Some(choice) = choice {
                ends.push(self.push(Op::Goto(0))?);
                self.program[choice] = Op::Either(choice + 1, self.here());
            }
        }
        let here = self.here();
        ends.into_iter().for_each(|end| self.program[end] = Op::Goto(here));
        Some(())
    }

    fn write_loop(&mut self, part: &Part, often: (u32, u32), greedy: bool, groups: (usize, usize)) -> Option<()> {
        let (least, most) = often;
        for _ in 0..least {
            self.turn(part, groups)?;
        }
        if most == u32::MAX {
            let choice = self.push(Op::Either(0, 0))?;
            self.turn_that_takes(part, groups)?;
            self.push(Op::Goto(choice))?;
            self.program[choice] = either(choice + 1, self.here(), greedy);
            return Some(());
        }
        let mut choices = Vec::new();
        for _ in least..most {
            choices.push(self.push(Op::Either(0, 0))?);
            self.turn_that_takes(part, groups)?;
        }
        let end = self.here();
        choices.into_iter().for_each(|choice| self.program[choice] = either(choice + 1, end, greedy));
        Some(())
    }

    fn turn(&mut self, part: &Part, (from, to): (usize, usize)) -> Option<()> {
        if from < to {
            self.push(Op::Forget { from: from * 2, to: to * 2 })?;
        }
        self.write(part)
    }
    fn turn_that_takes(&mut self, part: &Part, groups: (usize, usize)) -> Option<()> {
        let number = self.loops;
        self.loops += 1;
        self.push(Op::TurnFrom(number))?;
        self.turn(part, groups)?;
        self.push(Op::Turned(number))?;
        Some(())
    }
}

fn either(inside: usize, after: usize, greedy: bool) -> Op {
    if greedy { Op::Either(inside, after) } else { Op::Either(after, inside) }
}
