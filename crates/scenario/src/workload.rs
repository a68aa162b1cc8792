//! Generated client operations: a scenario's workload, turn by turn.

use crate::check::turns;
use crate::model::Workload;
use crate::tree::Tree;
use netsplit_sim::draw::{Purpose, below};
use netsplit_sim::{Intervention, Moment, Planned, Seed, Span};
use std::collections::BTreeMap;

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

    /// Its operations, as interventions on the timeline; in a closed loop those are only the earliest moments.
    pub fn operations(self) -> impl Iterator<Item = Planned<Tree>> + 'a {
        let (law, mut last) = (Zipf::new(self.workload), BTreeMap::new());
        (0..self.count()).map(move |turn| self.operation(turn, &law, &mut last))
    }

    /// `last` has the latest turn in which each key was given a value.
    fn operation(self, turn: u64, law: &Zipf, last: &mut BTreeMap<u64, u64>) -> Planned<Tree> {
        let Turns { workload, names, .. } = self;
        let key = law.key(self.draw(1, turn));
        let node =
            |nth| names.get(below(self.draw(2 + nth, turn), names.len() as u64) as usize).map_or("", String::as_str);
        let form = &workload.ops[self.form(turn)];
        let before = last.get(&key).copied().unwrap_or(turn);
        if has_gap(form, "{n}") {
            last.insert(key, turn);
        }
        let op = Filling { turn, last: before, key, node: &node }.fill_in(form, 0);
        let at = workload.from + Span(workload.every.0.saturating_mul(turn));
        Planned { when: Moment { at, after: 0 }, what: Intervention::Invoke(workload.at.clone(), op) }
    }

    fn draw(self, nth: u32, turn: u64) -> u64 {
        self.seed.draw(Purpose::Workload, self.number as u32, nth, turn)
    }
}

/// Zipf's law in whole numbers: how the keys share the draws.
struct Zipf {
    keys: u64,
    /// The weights of the first key, of the first two, and so on; none if all weigh the same.
    sums: Vec<u64>,
}

impl Zipf {
    fn new(workload: &Workload) -> Zipf {
        let keys = u64::from(workload.keys.max(1));
        let mut sum = 0;
        let upto = |nth: u64| {
            // 2^40 / nth^(skew / 2), and the root of nth^skew with 16 binary places
            let root = (u128::from(nth).pow(workload.skew) << 32).isqrt();
            sum += u64::try_from((1u128 << 56) / root).unwrap_or(u64::MAX);
            sum
        };
        let sums = if workload.skew == 0 { Vec::new() } else { (1..=keys).map(upto).collect() };
        Zipf { keys, sums }
    }

    fn key(&self, draw: u64) -> u64 {
        match self.sums.last() {
            None => below(draw, self.keys),
            Some(all) => {
                let at = below(draw, *all);
                self.sums.partition_point(|upto| *upto <= at) as u64
            }
        }
    }
}

fn has_gap(op: &Tree, gap: &str) -> bool {
    match op {
        Tree::Text(text) => text.contains(gap),
        Tree::List(items) => items.iter().any(|item| has_gap(item, gap)),
        Tree::Map(fields) => fields.values().any(|value| has_gap(value, gap)),
        _ => false,
    }
}

/// What the gaps of an operation are filled with.
struct Filling<'a, F: Fn(u32) -> &'a str> {
    turn: u64,
    last: u64,
    key: u64,
    node: &'a F,
}

impl<'a, F: Fn(u32) -> &'a str> Filling<'a, F> {
    /// Puts the turn's number, that of the latest write and the key in place of `{n}`, `{last}` and `{k}` in every text, and
    /// some node's name for `{node}`: in a list, a name drawn for each place.
    fn fill_in(&self, op: &Tree, nth: u32) -> Tree {
        match op {
            Tree::Text(text) => {
                let text = text.replace("{n}", &self.turn.to_string()).replace("{last}", &self.last.to_string());
                let text = text.replace("{k}", &format!("k{}", self.key));
                Tree::Text(text.replace("{node}", (self.node)(nth)))
            }
            Tree::List(items) => Tree::List((nth..).zip(items).map(|(nth, item)| self.fill_in(item, nth)).collect()),
            Tree::Map(fields) => {
                let filled = |(name, value): (&String, &Tree)| (name.clone(), self.fill_in(value, nth));
                Tree::Map(fields.iter().map(filled).collect())
            }
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_sim::{NodeId, Time};

    fn drawn(keys: u32, skew: u32) -> Vec<u64> {
        let workload = Workload {
            at: NodeId(0).into(),
            from: Time::ZERO,
            until: Time::ZERO,
            every: Span::millis(1),
            patience: None,
            ops: Vec::new(),
            keys,
            skew,
        };
        let law = Zipf::new(&workload);
        let mut counts = vec![0; keys as usize];
        (0..100_000).for_each(|turn| counts[law.key(Seed(1).draw(Purpose::Workload, 0, 1, turn)) as usize] += 1);
        counts
    }

    #[test]
    fn keys_are_drawn_by_zipfs_law() {
        // Of four keys, 12 : 6 : 4 : 3 of 25 parts with exponent 1; 1 : 1/4 : 1/9 : 1/16 with 2.
        for (skew, shares) in [(0, [250; 4]), (2, [480, 240, 160, 120]), (4, [702, 176, 78, 44])] {
            let counts = drawn(4, skew);
            let near = |(count, share): (&u64, u64)| count.abs_diff(100 * share) < 600;
            assert!(counts.iter().zip(shares).all(near), "skew {skew}: {counts:?}");
        }
        assert!(drawn(1_000, 3).iter().sum::<u64>() == 100_000);
    }
}
