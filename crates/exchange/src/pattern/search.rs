//! The search: a program run from a position, going back to the latest choice whenever it fails.

use super::program::Op;
use super::set::Set;
use super::{Beginning, Pattern, TooLong};
use std::ops::Range;

/// A match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// The groups, in the order of the pattern; nothing where a group took no part.
    pub groups: Vec<Option<Range<usize>>>,
}

/// Steps that every search may take, and as many more for each byte of the text.
const STEPS: u64 = 50_000_000;
const STEPS_PER_BYTE: u64 = 200;
/// Choices that may wait at once: they take 32 bytes each.
const MOST_CHOICES: usize = 4_000_000;

/// Where to go back to.
enum Choice {
    /// Go on there.
    At { step: usize, at: usize },
    /// A register had this value.
    Was { register: usize, value: usize },
    /// A greedy run has taken all up to `at`; it can do with less, down to `least`.
    Less { step: usize, least: usize, at: usize },
    /// A modest run can take up to so many more.
    More { step: usize, at: usize, left: u32 },
}

/// A search through one text.
pub(super) struct Search<'p, 't> {
    program: &'p [Op],
    text: &'t str,
    /// The groups' ends, then where the loops' turns began.
    registers: Vec<usize>,
    groups: usize,
    choices: Vec<Choice>,
    steps: u64,
}

const NOWHERE: usize = usize::MAX;

impl Pattern {
    /// All matches in a text, from the left, none overlapping another; ends with an error if the search is given up.
    pub fn find_all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Result<Found, TooLong>> + 'a {
        let mut search = Search::new(self, text);
        let mut from = Some(0);
        std::iter::from_fn(move || {
            let found = search.next(from?, self.start);
            from = match &found {
                Ok(Some(found)) if found.range.is_empty() => after(text, found.range.end),
                Ok(Some(found)) => Some(found.range.end),
                _ => None,
            };
            found.transpose()
        })
    }
}

/// The position after the character at `at`; nothing at the text's end.
fn after(text: &str, at: usize) -> Option<usize> {
    text[at..].chars().next().map(|c| at + c.len_utf8())
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

impl<'p, 't> Search<'p, 't> {
    fn new(pattern: &'p Pattern, text: &'t str) -> Self {
        let loops = pattern.program.iter().filter(|op| matches!(op, Op::TurnFrom(_))).count();
        let groups = pattern.names.len();
        let registers = vec![NOWHERE; groups * 2 + loops];
        Search { program: &pattern.program, text, registers, groups, choices: Vec::new(), steps: 0 }
    }

    fn next(&mut self, from: usize, beginning: Beginning) -> Result<Option<Found>, TooLong> {
        let mut start = match beginning {
            Beginning::Line if !self.at_line_start(from) => self.next_line(from),
            _ => Some(from),
        };
        while let Some(at) = start {
            self.registers.fill(NOWHERE);
            self.choices.clear();
            if let Some(end) = self.run(0, at)? {
                let ends = self.registers[..self.groups * 2].chunks_exact(2);
                let groups = ends.map(|ends| (ends[1] != NOWHERE).then(|| ends[0]..ends[1])).collect();
                return Ok(Some(Found { range: at..end, groups }));
            }
            start = match beginning {
                Beginning::Anywhere => after(self.text, at),
                Beginning::Line | Beginning::LineFrom => self.next_line(at),
            };
        }
        Ok(None)
    }

    /// The beginning of the next line; or the end of this one where lines end in ways of their own.
    fn next_line(&self, at: usize) -> Option<usize> {
        let (place, end) = self.text[at..].char_indices().find(|(_, c)| is_line_end(*c))?;
        Some(at + place + end.len_utf8())
    }

    fn give_up<T>(&self, at: usize) -> Result<T, TooLong> {
        Err(TooLong { at, steps: self.steps })
    }
    fn count(&mut self, steps: u64, at: usize) -> Result<(), TooLong> {
        self.steps += steps;
        let most = STEPS + STEPS_PER_BYTE * self.text.len() as u64;
        if self.steps > most || self.choices.len() > MOST_CHOICES { self.give_up(at) } else { Ok(()) }
    }

    /// Runs the program from a step, with the text from a position; gives where the match ends.
    fn run(&mut self, step: usize, at: usize) -> Result<Option<usize>, TooLong> {
        let bottom = self.choices.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.count(1, at)?;
            let next = match &self.program[step] {
                Op::Done => return Ok(Some(at)),
                op => self.carry_out(op, step, at)?,
            };
            match next.or_else(|| self.go_back(bottom)) {
                Some(next) => (step, at) = next,
                None => return Ok(None),
            }
        }
    }

    /// Where to go on after a step, if it succeeds.
    fn carry_out(&mut self, op: &'p Op, step: usize, at: usize) -> Result<Option<(usize, usize)>, TooLong> {
        let holds = match op {
            Op::One(set) => return Ok(self.one(set, at).map(|at| (step + 1, at))),
            Op::Run { one, least, most, greedy } => return self.run_of(one, *least, *most, *greedy, step, at),
            Op::Ahead { wanted, end } => {
                return Ok((self.looks(step + 1, at, *wanted)? == *wanted).then_some((*end, at)));
            }
            Op::Goto(to) => return Ok(Some((*to, at))),
            Op::Either(first, second) => {
                self.choices.push(Choice::At { step: *second, at });
                return Ok(Some((*first, at)));
            }
            Op::Save(register) => self.set(*register, at),
            Op::Forget { from, to } => (*from..*to).all(|register| self.set(register, NOWHERE)),
            Op::TurnFrom(number) => self.set(self.groups * 2 + number, at),
            Op::Turned(number) => self.registers[self.groups * 2 + number] != at,
            Op::LineStart => self.at_line_start(at),
            Op::LineEnd => self.text[at..].chars().next().is_none_or(is_line_end),
            Op::WordEdge(wanted) => self.at_word_edge(at) == *wanted,
            Op::Done => false,
        };
        Ok(holds.then_some((step + 1, at)))
    }

    /// Whether what follows matches. What it captured stays if that was wanted; how else it could have matched does not.
    fn looks(&mut self, step: usize, at: usize, wanted: bool) -> Result<bool, TooLong> {
        let bottom = self.choices.len();
        let found = self.run(step, at)?.is_some();
        if found && wanted {
            let captured = |choice: &Choice| matches!(choice, Choice::Was { .. });
            let kept: Vec<Choice> = self.choices.drain(bottom..).filter(captured).collect();
            self.choices.extend(kept);
        } else {
            while self.choices.len() > bottom {
                self.undo();
            }
        }
        Ok(found)
    }

    fn undo(&mut self) {
        if let Some(Choice::Was { register, value }) = self.choices.pop() {
            self.registers[register] = value;
        }
    }

    fn set(&mut self, register: usize, value: usize) -> bool {
        let was = std::mem::replace(&mut self.registers[register], value);
        if was != value {
            self.choices.push(Choice::Was { register, value: was });
        }
        true
    }

    /// The position after one character of a set.
    fn one(&self, set: &Set, at: usize) -> Option<usize> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte.is_ascii() {
            return set.holds_byte(byte).then_some(at + 1);
        }
        let c = self.text[at..].chars().next()?;
        set.holds(c).then(|| at + c.len_utf8())
    }

    fn run_of(
        &mut self,
        set: &Set,
        least: u32,
        most: u32,
        greedy: bool,
        step: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, TooLong> {
        let (mut end, mut taken) = (at, 0);
        while taken < least {
            let Some(next) = self.one(set, end) else { return Ok(None) };
            (end, taken) = (next, taken + 1);
        }
        let enough = end;
        if !greedy {
            self.choices.push(Choice::More { step, at: end, left: most - least });
            return Ok(Some((step + 1, end)));
        }
        while taken < most {
            let Some(next) = self.one(set, end) else { break };
            (end, taken) = (next, taken + 1);
        }
        self.count((end - at) as u64, at)?;
        if end > enough {
            self.choices.push(Choice::Less { step: step + 1, least: enough, at: end });
        }
        Ok(Some((step + 1, end)))
    }

    /// The latest choice that is left, not below `bottom`.
    fn go_back(&mut self, bottom: usize) -> Option<(usize, usize)> {
        while self.choices.len() > bottom {
            match self.choices.pop()? {
                Choice::At { step, at } => return Some((step, at)),
                Choice::Was { register, value } => self.registers[register] = value,
                Choice::Less { step, least, at } => {
                    let shorter = self.text[..at].chars().next_back().map_or(at, |c| at - c.len_utf8());
                    if shorter > least {
                        self.choices.push(Choice::Less { step, least, at: shorter });
                    }
                    return Some((step, shorter));
                }
                Choice::More { step, at, left } => {
                    let Op::Run { one, .. } = &self.program[step] else { continue };
                    if let Some(longer) = self.one(one, at).filter(|_| left > 0) {
                        let left = if left == u32::MAX { left } else { left - 1 };
                        self.choices.push(Choice::More { step, at: longer, left });
                        return Some((step + 1, longer));
                    }
                }
            }
        }
        None
    }

    fn at_line_start(&self, at: usize) -> bool {
        self.text[..at].chars().next_back().is_none_or(is_line_end)
    }
    fn at_word_edge(&self, at: usize) -> bool {
        let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let bytes = self.text.as_bytes();
        is_word(at.checked_sub(1).and_then(|before| bytes.get(before))) != is_word(bytes.get(at))
    }
}
