//! What an expression becomes: steps for the search.

use super::read::{LONGEST, Part};
use super::set::Set;

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

/// Writes programs; each step of it gives up, with `None`, when the program becomes too long.
pub(super) struct Writer {
    pub(super) program: Vec<Op>,
    pub(super) loops: usize,
}

impl Writer {
    fn push(&mut self, op: Op) -> Option<usize> {
        self.program.push(op);
        (self.program.len() < LONGEST).then_some(self.program.len() - 1)
    }
    fn here(&self) -> usize {
        self.program.len()
    }

    pub(super) fn write(&mut self, part: &Part) -> Option<()> {
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
