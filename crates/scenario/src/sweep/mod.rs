//! Many seeds of one scenario: faults and operations drawn for each, every run checked against the invariants.

mod draw;
mod hunt;
mod shrink;
mod storm;

pub use draw::random_scenario;
pub use hunt::{Hunt, hunt};
pub use storm::generate;

use crate::branches::Branches;
use crate::check::Unplayable;
use crate::gallery;
use crate::link::{Link, View, encode};
use crate::model::Scenario;
use crate::open::{open, open_unhashed};
use crate::session::{Progress, Session};
use netsplit_protocols::About;
use netsplit_sim::Span;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What to sweep.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The scenario that every run is made from.
    pub base: Scenario,
    /// The seeds.
    pub seeds: Range<u64>,
    /// Run the scenario as it is written, instead of drawing faults and operations.
    pub as_written: bool,
    /// How many threads to use; with one, none is started.
    pub threads: usize,
    /// Whether the first failure ends it.
    pub stop_at_first: bool,
}

/// How far a sweep has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// How many seeds have been run.
    pub seeds: u64,
    /// How many of them failed.
    pub failed: u64,
}

/// What came of a sweep.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// How many seeds have been run, and how many failed.
    pub done: Done,
    /// How many events there were in all.
    pub events: u64,
    /// The failures by seed; of many, the ones with the lowest seeds.
    pub failures: Vec<Failure>,
}

/// A seed that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The invariant that was violated first.
    pub invariant: &'static str,
    /// After which event.
    pub event: u32,
}

/// How many failures a report names.
const NAMED: usize = 1_000;

/// One seed's run, played to its end or its first violation.
pub struct Tried {
    /// The run, without its hash.
    pub session: Box<dyn Session>,
    /// What it violated.
    pub failure: Option<Failure>,
}

/// Runs one seed.
pub fn try_seed(base: &Scenario, seed: u64, as_written: bool) -> Result<Tried, Unplayable> {
    let scenario = if as_written { Scenario { seed, ..base.clone() } } else { generate(base, seed) };
    let until = scenario.until;
    let mut session = open_unhashed(scenario)?;
    let violated = session.advance(until, u32::MAX) == Progress::Violated;
    let failure = session.violations().first().filter(|_| violated).map(|violation| Failure {
        seed,
        invariant: violation.invariant,
        event: violation.event.0,
    });
    Ok(Tried { session, failure })
}

/// What sweeps of a protocol start from: the first scenario of its gallery, in which all is calm.
pub fn base(about: &About) -> Scenario {
    let first = gallery::entries().find(|entry| entry.about.name == about.name);
    first.and_then(|entry| entry.scenario().ok()).unwrap_or_else(|| Scenario::new(about.name))
}

/// The link to a seed's run, at its first violation. What was to come after it is left out; and if faults were drawn, so
/// are those that the violation does not need.
pub fn link(base: &Scenario, seed: u64, as_written: bool) -> Result<String, Unplayable> {
    let Tried { session, failure } = try_seed(base, seed, as_written)?;
    let mut scenario = session.scenario().clone();
    let end = session.cursor().time;
    scenario.timeline.retain(|planned| planned.when.at <= end);
    scenario.timeline.sort_by_key(|planned| planned.when);
    scenario.until = scenario.until.min(end + Span::millis(100));
    if let Some(failure) = failure.filter(|_| !as_written) {
        scenario = shrink::shrink(scenario, failure.invariant);
    }
    let mut session = open(scenario.clone())?;
    session.advance(scenario.until, u32::MAX);
    Ok(encode(&Link {
        scenario,
        interventions: Vec::new(),
        cursor: session.cursor(),
        hash: session.hash(),
        view: View::default(),
        branches: Branches::default(),
    }))
}

impl Sweep {
    /// Runs all seeds. `progress` hears how far it is, and says whether to go on.
    pub fn run(&self, progress: impl FnMut(Done) -> bool + Send) -> Result<Report, Unplayable> {
        let shared = Shared {
            sweep: self,
            next: AtomicU64::new(self.seeds.start),
            stop: AtomicBool::new(false),
            state: Mutex::new((Report::default(), None, progress)),
        };
        if self.threads <= 1 {
            shared.work();
        } else {
            std::thread::scope(|scope| {
                for _ in 0..self.threads {
                    scope.spawn(|| shared.work());
                }
            });
        }
        let (mut report, refused, _) = shared.state.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        report.failures.sort_by_key(|failure| failure.seed);
        report.failures.truncate(NAMED);
        refused.map_or(Ok(report), Err)
    }
}

/// What the threads of a sweep share.
struct Shared<'a, F> {
    sweep: &'a Sweep,
    next: AtomicU64,
    stop: AtomicBool,
    state: Mutex<(Report, Option<Unplayable>, F)>,
}

impl<F: FnMut(Done) -> bool> Shared<'_, F> {
    fn work(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            // Seeds are handed out in order, so every seed before a failing one has been or is being run.
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if !self.sweep.seeds.contains(&seed) {
                break;
            }
            let tried = try_seed(&self.sweep.base, seed, self.sweep.as_written);
            self.record(tried);
        }
    }

    fn record(&self, tried: Result<Tried, Unplayable>) {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (report, refused, progress) = &mut *state;
        match tried {
            Ok(Tried { session, failure }) => {
                report.done.seeds += 1;
                report.done.failed += u64::from(failure.is_some());
                report.events += u64::from(session.cursor().events);
                let stop = failure.is_some() && self.sweep.stop_at_first;
                report.failures.extend(failure);
                if report.failures.len() >= 2 * NAMED {
                    report.failures.sort_by_key(|failure| failure.seed);
                    report.failures.truncate(NAMED);
                }
                if !progress(report.done) || stop {
                    self.stop.store(true, Ordering::Relaxed);
                }
            }
            Err(unplayable) => {
                *refused = Some(unplayable);
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }
}
