//! Cycles of dependencies, and what Adya (1999) calls those that contain certain ones.

use super::Step;
use super::graph::Graph;
use crate::causal::Meter;
use crate::verdict::{Because, Unknown};
use std::collections::VecDeque;

/// What a cycle shows, by what it consists of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phenomenon {
    /// Overwriting alone: two transactions wrote through each other.
    G0,
    /// Overwriting and reading what was written: information went round.
    G1c,
    /// One of them read what was overwritten by the next.
    GSingle,
    /// Some did, but never one right before another (Cerone, Gotsman 2016: what snapshot isolation forbids).
    GNonadjacent,
    /// Some did.
    G2,
}

impl Phenomenon {
    /// All, the worst first.
    pub const ALL: [Phenomenon; 5] =
        [Phenomenon::G0, Phenomenon::G1c, Phenomenon::GSingle, Phenomenon::GNonadjacent, Phenomenon::G2];

    /// What begins such a cycle: it has at least one of these.
    fn begins(self) -> Because {
        match self {
            Phenomenon::G0 => Because::WrittenAfter,
            Phenomenon::G1c => Because::ReadFrom,
            Phenomenon::GSingle | Phenomenon::GNonadjacent | Phenomenon::G2 => Because::ReadBefore,
        }
    }

    /// Whether such a cycle can go on with this.
    fn goes_on(self, latest: Because, because: Because) -> bool {
        match (self, because) {
            (Phenomenon::G0, Because::ReadFrom) => false,
            (Phenomenon::G0 | Phenomenon::G1c | Phenomenon::GSingle, Because::ReadBefore) => false,
            (Phenomenon::GNonadjacent, Because::ReadBefore) => latest != Because::ReadBefore,
            _ => true,
        }
    }

    /// Whether every cycle that is this is that too.
    pub(super) fn is_at_least(self, other: Phenomenon) -> bool {
        self == other || self <= other && self.begins() == Because::ReadBefore
    }
}

/// What else comes before what, besides what depends on what.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// Nothing.
    Dependencies,
    /// The order in which a client asked.
    Session,
    /// Whatever was over before something else began.
    RealTime,
}

impl Scope {
    /// All, the narrowest first.
    pub const ALL: [Scope; 3] = [Scope::Dependencies, Scope::Session, Scope::RealTime];

    fn has(self, because: Because) -> bool {
        match because {
            Because::Session => self >= Scope::Session,
            Because::RealTime => self >= Scope::RealTime,
            Because::ReadFrom | Because::WrittenAfter | Because::ReadBefore => true,
        }
    }
}

/// Whether there is any cycle.
pub(super) fn is_acyclic(graph: &Graph, scope: Scope) -> bool {
    graph.components(|step| scope.has(step.because)).1.len() == graph.nodes()
}

/// How many more beginnings of cycles are tried when one was found already, to find a shorter one.
const MORE: usize = 200;

/// A short cycle that shows this, if there is one.
pub(super) fn find(
    graph: &Graph,
    phenomenon: Phenomenon,
    scope: Scope,
    meter: &mut Meter,
) -> Result<Option<Vec<Step>>, Unknown> {
    let first = phenomenon.begins();
    let wanted =
        |step: &Step| scope.has(step.because) && (step.because == first || phenomenon.goes_on(first, step.because));
    meter.spend(graph.steps().len() as u64)?;
    let (component, sizes) = graph.components(wanted);
    let inside =
        |step: &Step| wanted(step) && component[step.from] == component[step.to] && sizes[component[step.from]] > 1;
    let mut search = Search { graph, phenomenon, came: vec![None; 2 * graph.nodes()], reached: Vec::new() };
    let mut best: Option<Vec<Step>> = None;
    let mut more = MORE;
    for begins in graph.steps().iter().filter(|step| step.because == first && inside(step)) {
        if best.as_ref().is_some_and(|best| best.len() == 2) || more == 0 {
            break;
        }
        more -= usize::from(best.is_some());
        let cycle = search.cycle(begins, &inside, meter)?;
        let shorter = |cycle: &Vec<Step>| best.as_ref().is_none_or(|best| cycle.len() < best.len());
        if let Some(cycle) = cycle.filter(shorter) {
            best = Some(cycle);
        }
    }
    Ok(best)
}

/// A breadth-first search for the way back. What has been reached is a transaction together with whether the way there
/// ended with a read that missed something.
struct Search<'a> {
    graph: &'a Graph,
    phenomenon: Phenomenon,
    came: Vec<Option<(usize, Step)>>,
    reached: Vec<usize>,
}

impl Search<'_> {
    fn cycle(
        &mut self,
        begins: &Step,
        inside: &impl Fn(&Step) -> bool,
        meter: &mut Meter,
    ) -> Result<Option<Vec<Step>>, Unknown> {
        self.reached.drain(..).for_each(|state| self.came[state] = None);
        let start = state(begins);
        let mut queue = VecDeque::from([(start, *begins)]);
        while let Some((at, latest)) = queue.pop_front() {
            let steps = self.graph.steps_from(at / 2);
            meter.spend(1 + steps.len() as u64)?;
            for step in steps.iter().filter(|step| inside(step)) {
                let next = state(step);
                let seen = next == start || self.came[next].is_some();
                if seen || !self.phenomenon.goes_on(latest.because, step.because) {
                    continue;
                }
                self.came[next] = Some((at, *step));
                self.reached.push(next);
                let ends_right = self.phenomenon != Phenomenon::GNonadjacent || step.because != Because::ReadBefore;
                if step.to == begins.from && ends_right {
                    return Ok(Some(self.way(begins, next)));
                }
                queue.push_back((next, *step));
            }
        }
        Ok(None)
    }

    fn way(&self, begins: &Step, mut at: usize) -> Vec<Step> {
        let mut way = Vec::new();
        while let Some((before, step)) = self.came[at] {
            way.push(step);
            at = before;
        }
        way.push(*begins);
        way.reverse();
        way
    }
}

fn state(step: &Step) -> usize {
    2 * step.to + usize::from(step.because == Because::ReadBefore)
}
