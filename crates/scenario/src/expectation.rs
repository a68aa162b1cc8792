//! What a scenario expects of its run, and how that stands.

use crate::model::{Expectation, Scenario};
use crate::session::Outcome;
use netsplit_check::verdict::Level;
use netsplit_sim::{Time, Violation};

/// What a run shows so far.
pub(crate) struct SoFar<'a> {
    pub recorded_until: Time,
    pub violations: &'a [Violation],
    /// The roles that nodes show at a time.
    pub roles_at: &'a dyn Fn(Time) -> Vec<&'static str>,
    /// How many operations are answered.
    pub answered: &'a dyn Fn() -> u32,
    /// Whether a consistency model explains what clients saw, if that can be said.
    pub consistent: &'a dyn Fn(Level) -> Option<bool>,
}

/// What has been decided: an expectation that is met or missed stays so while the past stays as it is.
#[derive(Clone, Debug)]
pub(crate) struct Known(Vec<Option<bool>>);

impl Known {
    pub fn nothing(scenario: &Scenario) -> Known {
        Known(vec![None; scenario.expect.len()])
    }

    pub fn outcomes(&mut self, scenario: &Scenario, so_far: &SoFar) -> Vec<Outcome> {
        let decide = |(known, expectation): (&mut Option<bool>, &Expectation)| {
            *known = known.or_else(|| met(expectation, scenario.until, so_far));
            Outcome { text: words(expectation), met: *known }
        };
        self.0.iter_mut().zip(&scenario.expect).map(decide).collect()
    }
}

fn met(expectation: &Expectation, until: Time, so_far: &SoFar) -> Option<bool> {
    let over = so_far.recorded_until >= until;
    let by_the_end = |shown: bool| if shown { Some(true) } else { over.then_some(false) };
    match expectation {
        Expectation::Violated(name) => by_the_end(so_far.violations.iter().any(|seen| seen.invariant == name)),
        Expectation::Answered(least) => by_the_end((so_far.answered)() >= *least),
        Expectation::Consistent(level, expected) if over => Some((so_far.consistent)(*level)? == *expected),
        Expectation::Consistent(..) => None,
        Expectation::Roles { role, at, least, most } => (so_far.recorded_until >= *at).then(|| {
            let count = (so_far.roles_at)(*at).into_iter().filter(|seen| seen == role).count();
            (usize::from(*least)..=usize::from(*most)).contains(&count)
        }),
    }
}

fn words(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Violated(name) => format!("{name} is violated"),
        Expectation::Answered(least) => format!("at least {least} operations are answered"),
        Expectation::Consistent(level, true) => format!("what clients saw is {}", level.name()),
        Expectation::Consistent(level, false) => format!("what clients saw is not {}", level.name()),
        Expectation::Roles { role, at, least, most } if least == most => format!("{least} {role} at {at}"),
        Expectation::Roles { role, at, least, most } => format!("{least} to {most} {role} at {at}"),
    }
}
