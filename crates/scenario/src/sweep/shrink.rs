//! What it takes: a failing seed draws many faults, of which a few matter. The others are left out, half of them at a time,
//! then a quarter, down to single ones, for as long as the same invariant breaks (Zeller, Hildebrandt: Simplifying and
//! Isolating Failure-Inducing Input, 2002).

use crate::model::{Prose, Scenario};
use crate::open::open_unhashed;
use crate::session::Progress;
use netsplit_sim::{Span, Time};

/// How many events may be replayed in all: some seconds of work at most.
const BUDGET: u32 = 3_000_000;

/// The scenario with what it takes to break the invariant, and little else. It ends soon after.
pub(super) fn shrink(scenario: Scenario, invariant: &str) -> Scenario {
    let mut smaller = Smaller { scenario, invariant, budget: BUDGET };
    if smaller.try_instead(smaller.scenario.clone()) {
        smaller.drop_workloads();
        smaller.drop_faults();
    }
    Scenario {
        prose: Prose {
            watch: format!("Of what was drawn from the seed, this breaks {invariant}."),
            ..smaller.scenario.prose
        },
        prose_zh: smaller
            .scenario
            .prose_zh
            .map(|prose| Prose { watch: format!("种子所抽取的，这些足以破坏 {invariant}。"), ..prose }),
        ..smaller.scenario
    }
}

struct Smaller<'a> {
    /// The smallest that is known to break the invariant.
    scenario: Scenario,
    invariant: &'a str,
    budget: u32,
}

impl Smaller<'_> {
    fn drop_workloads(&mut self) {
        for at in (0..self.scenario.workload.len()).rev() {
            let mut without = self.scenario.clone();
            without.workload.remove(at);
            self.try_instead(without);
        }
    }

    fn drop_faults(&mut self) {
        let mut chunk = self.scenario.timeline.len().div_ceil(2);
        while chunk > 0 {
            let (mut at, before) = (0, self.scenario.timeline.len());
            while at < self.scenario.timeline.len() {
                let mut without = self.scenario.clone();
                let end = (at + chunk).min(without.timeline.len());
                without.timeline.drain(at..end);
                if !self.try_instead(without) {
                    at = end;
                }
            }
            let stuck = self.scenario.timeline.len() == before;
            chunk = if chunk == 1 && stuck { 0 } else { chunk.div_ceil(2) };
        }
    }

    /// Takes another scenario if it breaks the invariant as well, up to there; says whether it does.
    fn try_instead(&mut self, mut other: Scenario) -> bool {
        let Some(end) = self.breaks(&other) else { return false };
        other.timeline.retain(|planned| planned.when.at <= end);
        other.until = other.until.min(end + Span::millis(100));
        self.scenario = other;
        true
    }

    /// When the invariant is the first to break, if it is.
    fn breaks(&mut self, scenario: &Scenario) -> Option<Time> {
        let mut session = open_unhashed(scenario.clone()).ok()?;
        let progress = session.advance(scenario.until, self.budget);
        self.budget = self.budget.saturating_sub(session.cursor().events);
        let first = session.violations().first().filter(|_| progress == Progress::Violated)?;
        (first.invariant == self.invariant).then(|| session.cursor().time)
    }
}
