//! Branches: what a run could also have come to. Whoever intervenes in the past of a recorded run begins a branch there, and
//! the old future stays. A branch is what people did in it and how far it was played: the rest comes out the same whenever
//! it is played again, so a branch costs what it changes.

use crate::check::Unplayable;
use crate::open::open;
use crate::session::{Cursor, Session};
use crate::tree::Tree;
use netsplit_sim::Planned;
use serde::{Deserialize, Serialize};

/// A branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Branch {
    /// Its number: it stays the same whatever comes and goes.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// The number of the branch that it leaves; none for the first.
    pub parent: Option<u32>,
    /// Where it leaves it.
    pub forked: Cursor,
    /// How far it is recorded.
    pub upto: Cursor,
    /// What people did in it, from the run's beginning on.
    pub(crate) deeds: Vec<Planned<Tree>>,
    /// How many of these were done before it left.
    pub(crate) inherited: usize,
}

/// The branches of a run, one of which is being played.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Branches {
    all: Vec<Branch>,
    /// The number of the one that is played; what is said of it here is as it was when it was left.
    current: u32,
    next: u32,
}

impl Default for Branches {
    fn default() -> Self {
        let first = Branch {
            number: 0,
            name: String::new(),
            parent: None,
            forked: Cursor::default(),
            upto: Cursor::default(),
            deeds: Vec::new(),
            inherited: 0,
        };
        Branches { all: vec![first], current: 0, next: 1 }
    }
}

impl Branches {
    /// Branches as a link has them.
    pub(crate) fn of(all: Vec<Branch>, current: u32) -> Result<Branches, Unplayable> {
        let wrong = |message: String| Err(Unplayable::new(message));
        if !all.windows(2).all(|pair| pair[0].number < pair[1].number) {
            return wrong("branches must be numbered in the order in which they were begun".to_owned());
        }
        if all.iter().filter(|branch| branch.parent.is_none()).count() != 1 {
            return wrong("one branch leaves no other, and all others leave one".to_owned());
        }
        for branch in &all {
            let (number, known) = (branch.number, |parent: u32| all.iter().any(|other| other.number == parent));
            if branch.parent.is_some_and(|parent| parent >= number || !known(parent)) {
                return wrong(format!("branch {number} leaves one that is not there before it"));
            }
            if branch.inherited > branch.deeds.len() || branch.name.chars().count() > LONGEST_NAME {
                return wrong(format!("branch {number} has more behind it than was done, or too long a name"));
            }
        }
        let next = all.last().map_or(1, |last| last.number.saturating_add(1));
        let branches = Branches { all, current, next };
        if branches.get(current).is_none() { wrong(format!("there is no branch {current}")) } else { Ok(branches) }
    }
    /// All, in the order in which they were begun.
    pub fn all(&self) -> &[Branch] {
        &self.all
    }
    /// The number of the one that is played.
    pub fn current(&self) -> u32 {
        self.current
    }
    /// The branch with a number.
    pub fn get(&self, number: u32) -> Option<&Branch> {
        self.all.iter().find(|branch| branch.number == number)
    }
    fn get_mut(&mut self, number: u32) -> Option<&mut Branch> {
        self.all.iter_mut().find(|branch| branch.number == number)
    }

    /// Notes how far the branch that is played has come.
    pub fn note(&mut self, session: &dyn Session) {
        let upto = Cursor { events: session.trace().len(), time: session.recorded_until().max(session.cursor().time) };
        let deeds = session.interventions().to_vec();
        if let Some(branch) = self.get_mut(self.current) {
            (branch.upto, branch.deeds) = (upto, deeds);
        }
    }

    /// The same, with how far the branch that is played has come.
    pub fn noted(&self, session: &dyn Session) -> Branches {
        let mut noted = self.clone();
        if noted.all.len() > 1 {
            noted.note(session);
        }
        noted
    }

    /// Somebody is about to intervene. If that is in the past of what is recorded, a branch begins here; answers whether it
    /// does.
    pub fn before_intervening(&mut self, session: &dyn Session) -> bool {
        let here = session.cursor();
        if here.events >= session.trace().len() {
            return false;
        }
        self.note(session);
        let inherited = session.interventions().iter().filter(|deed| deed.when.at <= here.time).count();
        let (number, parent) = (self.next, Some(self.current));
        let branch = Branch {
            number,
            name: String::new(),
            parent,
            forked: here,
            upto: here,
            deeds: session.interventions()[..inherited].to_vec(),
            inherited,
        };
        self.all.push(branch);
        (self.current, self.next) = (number, number + 1);
        true
    }

    /// The intervention that a branch began with was refused: there is no such branch.
    pub fn refused(&mut self) {
        let parent = self.all.pop().and_then(|branch| branch.parent);
        self.current = parent.unwrap_or(0);
    }

    /// Whether nothing is left of what the current branch did otherwise than the one that it left.
    pub fn is_empty(&self, session: &dyn Session) -> bool {
        let current = self.get(self.current);
        current.is_some_and(|branch| branch.parent.is_some() && session.interventions().len() <= branch.inherited)
    }

    /// Plays another branch: its run, at the time where `session` stands if it goes that far.
    ///
    /// # Errors
    /// Its run cannot be played; or there is no such branch.
    pub fn switch(&mut self, to: u32, session: &dyn Session) -> Result<Box<dyn Session>, Unplayable> {
        self.note(session);
        let branch = self.get(to).ok_or_else(|| Unplayable::new("there is no such branch"))?;
        let other = branch.play(session)?;
        self.current = to;
        Ok(other)
    }

    /// Forgets a branch that is not being played; those that left it are from then on its parent's.
    pub fn remove(&mut self, number: u32) {
        if number == self.current || self.all.len() < 2 {
            return;
        }
        let parent = self.get(number).and_then(|branch| branch.parent);
        self.all.retain(|branch| branch.number != number);
        // Without the first, the earliest that left it is the first.
        let heir = parent.or_else(|| self.all.iter().find(|it| it.parent == Some(number)).map(|it| it.number));
        for branch in self.all.iter_mut().filter(|branch| branch.parent == Some(number)) {
            branch.parent = heir.filter(|heir| *heir != branch.number);
        }
    }

    /// Calls a branch something.
    pub fn rename(&mut self, number: u32, name: &str) {
        let short: String = name.trim().chars().take(LONGEST_NAME).collect();
        self.get_mut(number).into_iter().for_each(|branch| branch.name = short.clone());
    }
}

/// A branch's name has at most so many letters.
pub const LONGEST_NAME: usize = 60;

impl Branch {
    /// Its run, played as far as it is recorded, at the time where `like` stands if it goes that far.
    ///
    /// # Errors
    /// It cannot be played.
    pub fn play(&self, like: &dyn Session) -> Result<Box<dyn Session>, Unplayable> {
        let mut session = open(like.scenario().clone())?;
        session.plan(&self.deeds)?;
        session.fast_forward(self.upto);
        session.seek_time(like.cursor().time.min(self.upto.time));
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(number: u32, parent: Option<u32>) -> Branch {
        let first = Branches::default().all.remove(0);
        Branch { number, parent, ..first }
    }

    #[test]
    fn branches_that_cannot_be_are_refused_in_words() {
        let long = Branch { name: "x".repeat(LONGEST_NAME + 1), ..branch(1, Some(0)) };
        let more = Branch { inherited: 1, ..branch(1, Some(0)) };
        for (all, current, words) in [
            (vec![], 0, "one branch leaves no other"),
            (vec![branch(0, None)], 1, "there is no branch 1"),
            (vec![branch(0, None), branch(0, Some(0))], 0, "numbered"),
            (vec![branch(0, None), branch(1, None)], 0, "one branch leaves no other"),
            (vec![branch(0, None), branch(1, Some(1))], 0, "leaves one that is not there before it"),
            (vec![branch(1, None), branch(2, Some(0))], 1, "leaves one that is not there before it"),
            (vec![branch(0, None), long], 0, "too long a name"),
            (vec![branch(0, None), more], 0, "more behind it"),
        ] {
            let error = Branches::of(all, current).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!(Branches::of(vec![branch(3, None), branch(7, Some(3))], 7).is_ok());
    }
}
