//! Generated client operations: a scenario's workload, turn by turn.

use crate::check::turns;
use crate::model::Workload;
use crate::tree::Tree;
use netsplit_sim::draw::{Purpose, below};
use netsplit_sim::{Intervention, Moment, Planned, Seed, Span};

/// A workload in its place.
#[derive(Clone, Copy)]
pub(crate) struct Turns<'a> {
    pub workload: &'a Workload,
    /// Which of the scenario's workloads it is.
    pub number: usize,
    pub seed: Seed,
    pub names: &'a [String],
}

impl<'a> Turns<'a> {
    /// How many operations it generates.
    pub fn count(self) -> u64 {
        turns(self.workload)
    }

    /// Which of the workload's forms a turn fills in.
    pub fn form(self, turn: u64) -> usize {
        below(self.draw(0, turn), self.workload.ops.len() as u64) as usize
    }

    /// Its operations, as interventions on the timeline.
    pub fn operations(self) -> impl Iterator<Item = Planned<Tree>> + 'a {
        (0..self.count()).map(move |turn| self.operation(turn))
    }

    fn operation(self, turn: u64) -> Planned<Tree> {
        let Turns { workload, names, .. } = self;
        let key = below(self.draw(1, turn), u64::from(workload.keys.max(1)));
        let node =
            |nth| names.get(below(self.draw(2 + nth, turn), names.len() as u64) as usize).map_or("", String::as_str);
        let op = fill_in(&workload.ops[self.form(turn)], turn, key, 0, &node);
        let at = workload.from + Span(workload.every.0.saturating_mul(turn));
        Planned { when: Moment { at, after: 0 }, what: Intervention::Invoke(workload.at.clone(), op) }
    }

    fn draw(self, nth: u32, turn: u64) -> u64 {
        self.seed.draw(Purpose::Workload, self.number as u32, nth, turn)
    }
}

/// Puts the turn's number and key in place of `{n}` and `{k}` in every text, and some node's name for `{node}`: in a list, a
/// name drawn for each place.
fn fill_in<'a>(op: &Tree, turn: u64, key: u64, nth: u32, node: &impl Fn(u32) -> &'a str) -> Tree {
    match op {
        Tree::Text(text) => {
            let text = text.replace("{n}", &turn.to_string()).replace("{k}", &format!("k{key}"));
            Tree::Text(text.replace("{node}", node(nth)))
        }
        Tree::List(items) => {
            Tree::List((nth..).zip(items).map(|(nth, item)| fill_in(item, turn, key, nth, node)).collect())
        }
        Tree::Map(fields) => {
            Tree::Map(fields.iter().map(|(name, value)| (name.clone(), fill_in(value, turn, key, nth, node))).collect())
        }
        other => other.clone(),
    }
}
