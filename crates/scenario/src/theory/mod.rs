//! Theory to play: pages of two or three runs side by side, which what people do hits alike; what is counted of each, and
//! what there is to be achieved.

mod counts;
mod game;
mod pages;
mod schedule;
mod valency;

pub use counts::{Count, Figure, Unit, figure};
pub use game::{Act, Game};
pub use pages::PAGES;
pub use schedule::{Choice, Schedule, Scheduler};
pub use valency::{Configuration, Memory, Reach, Search};

use crate::model::Scenario;
use crate::tree::Tree;
use netsplit_protocols::Words;
use netsplit_sim::{Intervention, Manner};

/// A page.
pub struct Page {
    /// Its name in the address: `cap`.
    pub name: &'static str,
    /// Its name for people...
    pub title: Words,
    /// ...and in a few letters.
    pub short: Words,
    /// What it invites people to do.
    pub invitation: Words,
    /// Why it comes out as it does: the theorem.
    pub reason: Words,
    /// Where that is from.
    pub source: &'static str,
    /// The runs, as scenario files. They end at the same time and have the same pace.
    pub runs: &'static [&'static str],
    /// Other set-ups of the same runs to choose from, the usual one first; none if there is only that.
    pub variants: &'static [Variant],
    /// What is counted of each run.
    pub counts: &'static [Count],
    /// What can be done at the push of a button, to all runs at once.
    pub deeds: &'static [Deed],
    /// Which runs, the first ones, wait for somebody to deliver their messages, and how they are decided.
    pub schedule: Option<(usize, Schedule)>,
    /// What the chosen nodes, if they are clients, can be made to ask.
    pub asks: &'static [Ask],
    /// How nodes may be made to lie.
    pub lies: &'static [Manner],
    /// What there is to be achieved, one after the other.
    pub goals: &'static [Goal],
    /// What the score is: a count, and of which run.
    pub score: (usize, Count),
}

/// Another set-up of a page's runs.
pub struct Variant {
    /// What it is called.
    pub title: Words,
    /// What it changes about a scenario.
    pub change: fn(&mut Scenario),
}

/// Something to do to all runs at once.
pub struct Deed {
    /// What it is called.
    pub title: Words,
    /// What is done.
    pub what: fn() -> Intervention<Tree>,
}

/// Something for a client to ask.
pub struct Ask {
    /// What it is called.
    pub title: Words,
    /// The operation, the so-manieth.
    pub op: fn(u64) -> Tree,
}

/// Something to achieve.
pub struct Goal {
    /// In words.
    pub what: Words,
    /// It is achieved when all of these hold.
    pub when: &'static [Holds],
}

/// What can hold of the runs as they stand; runs are named by their places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// A run's figure is so high at least...
    AtLeast(usize, Count, u64),
    /// ...or so high at most.
    AtMost(usize, Count, u64),
    /// The first run's figure is higher than the second's, by so much at least.
    Ahead((usize, Count), (usize, Count), u64),
}

/// The page of that name.
pub fn find(name: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.name == name)
}
