//! Parameter sweeps: runs that differ in one key of their scenario file and in their seeds, and how well each of them went.

use crate::check::Unplayable;
use crate::curve::curves;
use crate::file::{self, Unsettable};
use crate::model::Scenario;
use crate::open::open_unhashed;
use crate::performance::distribution::Distribution;
use crate::performance::figure::{FIGURES, Figure, Unit};
use crate::performance::{measure, report::field};
use crate::session::{Progress, Session};
use netsplit_sim::Span;
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What is varied.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the runs are called, and what they are made from: a line of the plot each.
    pub bases: Vec<(String, Scenario)>,
    /// The key of the scenario file: `network.latency`.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
    /// Each value is run with each of these.
    pub seeds: Range<u64>,
    /// Within so long a request is answered in time.
    pub limit: Span,
}

/// Runs that are known to be playable, and what came of those that were played.
#[derive(Clone, Debug)]
pub struct Variation {
    plan: Plan,
    scenarios: Vec<Scenario>,
    figures: Vec<Measured>,
    /// What came of each run, by its number.
    played: Vec<Option<Vec<Option<u64>>>>,
}

/// A figure that is taken of each run.
#[derive(Clone, Copy, Debug)]
pub enum Measured {
    /// One that every run has.
    Of(&'static Figure),
    /// What a measure of the protocol's own comes to in the end.
    Own(&'static netsplit_protocols::Measure),
}

/// Why nothing can be varied so.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Invariable {
    /// The scenario file would be wrong.
    #[error(transparent)]
    Unsettable(#[from] Unsettable),
    /// The protocol refuses it.
    #[error("{0}: {1}")]
    Unplayable(String, Unplayable),
    /// It is too much.
    #[error("{0} runs are too many: {MOST_RUNS} at most")]
    TooMany(u64),
    /// Nothing would be run.
    #[error("there must be a run, a value and a seed at least")]
    Nothing,
}

/// More runs than this nobody waits for.
pub const MOST_RUNS: u64 = 100_000;

impl Measured {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Measured::Of(figure) => figure.name,
            Measured::Own(measure) => measure.name,
        }
    }
    /// What it counts.
    pub fn unit(self) -> Unit {
        match self {
            Measured::Of(figure) => figure.unit,
            Measured::Own(_) => Unit::Count,
        }
    }
    /// What it is called.
    pub fn word(self) -> netsplit_protocols::Words {
        match self {
            Measured::Of(figure) => figure.word,
            Measured::Own(measure) => measure.word,
        }
    }
}

impl Variation {
    /// Plans the runs. Each value is tried by starting a run with it.
    pub fn new(plan: Plan) -> Result<Variation, Invariable> {
        let runs = (plan.bases.len() as u64)
            .saturating_mul(plan.values.len() as u64)
            .saturating_mul(plan.seeds.end.saturating_sub(plan.seeds.start));
        match runs {
            0 => return Err(Invariable::Nothing),
            MOST_RUNS.. => return Err(Invariable::TooMany(runs)),
            _ => {}
        }
        let mut scenarios = Vec::new();
        let mut figures: Vec<Measured> = FIGURES.iter().map(Measured::Of).collect();
        for (_, base) in &plan.bases {
            for value in &plan.values {
                let scenario = file::alter(base, &plan.key, value)?;
                let unplayable = |error| Invariable::Unplayable(format!("{} = {value}", plan.key), error);
                let session = open_unhashed(scenario.clone()).map_err(unplayable)?;
                for own in session.about().measures {
                    if figures.iter().all(|known| known.name() != own.name) {
                        figures.push(Measured::Own(own));
                    }
                }
                scenarios.push(scenario);
            }
        }
        Ok(Variation { plan, scenarios, figures, played: vec![None; runs as usize] })
    }

    /// What is varied.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.played.len()
    }
    /// How many were played.
    pub fn done(&self) -> usize {
        self.played.iter().filter(|played| played.is_some()).count()
    }
    /// The figures of which at least one run said something, in their order.
    pub fn figures(&self) -> impl Iterator<Item = Measured> {
        let said = |place: usize| self.played.iter().flatten().any(|figures| figures[place].is_some());
        self.figures.iter().enumerate().filter(move |(place, _)| said(*place)).map(|(_, figure)| *figure)
    }

    /// Starts a run by its number: all seeds of the first value of the first line come first.
    pub fn start(&self, run: usize) -> Result<Box<dyn Session>, Unplayable> {
        let seeds = (self.plan.seeds.end - self.plan.seeds.start) as usize;
        let seed = self.plan.seeds.start + (run % seeds) as u64;
        open_unhashed(Scenario { seed, ..self.scenarios[run / seeds].clone() })
    }
    /// Plays a run on, at most so many events; true if it is at its end.
    pub fn play(session: &mut dyn Session, budget: u32) -> bool {
        let until = session.scenario().until;
        match session.advance(until, budget) {
            Progress::Reached | Progress::Full => true,
            Progress::Paused | Progress::Violated => false,
        }
    }
    /// What a run at its end comes to.
    pub fn look(&self, session: &dyn Session) -> Vec<Option<u64>> {
        let performance = measure(session, self.plan.limit);
        let curves = curves(session);
        let number = |figure: &Measured| match figure {
            Measured::Of(figure) => figure.of(&performance),
            Measured::Own(own) => {
                let curve = curves.iter().find(|curve| curve.name == own.name)?;
                Some(curve.at(curve.until))
            }
        };
        self.figures.iter().map(number).collect()
    }
    /// Takes note of what a run came to.
    pub fn note(&mut self, run: usize, figures: Vec<Option<u64>>) {
        if let Some(place) = self.played.get_mut(run) {
            *place = Some(figures);
        }
    }

    /// Plays all runs on so many threads. `progress` hears how many are done, and says whether to go on.
    pub fn run(&mut self, threads: usize, progress: impl FnMut(u64) -> bool + Send) -> Result<(), Unplayable> {
        let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let shared = Mutex::new((Vec::new(), None, progress));
        let plan = &*self;
        let work = || {
            while !stop.load(Ordering::Relaxed) {
                let run = next.fetch_add(1, Ordering::Relaxed) as usize;
                if run >= plan.runs() {
                    break;
                }
                let played = plan.start(run).map(|mut session| {
                    while !Variation::play(&mut *session, u32::MAX) {}
                    plan.look(&*session)
                });
                let mut state = shared.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                let (done, refused, progress) = &mut *state;
                match played {
                    Ok(figures) => done.push((run, figures)),
                    Err(error) => *refused = Some(error),
                }
                if refused.is_some() || !progress(done.len() as u64) {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(work);
            }
        });
        let (done, refused, _) = shared.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        done.into_iter().for_each(|(run, figures)| self.note(run, figures));
        refused.map_or(Ok(()), Err)
    }

    /// What a figure came to over the seeds, of a line and a value by their places. Runs that say nothing of it are left
    /// out: the distribution's count says how many do.
    pub fn over_seeds(&self, base: usize, value: usize, figure: Measured) -> Distribution {
        let Some(place) = self.figures.iter().position(|known| known.name() == figure.name()) else {
            return Distribution::default();
        };
        let seeds = (self.plan.seeds.end - self.plan.seeds.start) as usize;
        let first = (base * self.plan.values.len() + value) * seeds;
        let played = self.played.get(first..first + seeds).unwrap_or_default();
        Distribution::of(played.iter().flatten().filter_map(|figures| figures[place]))
    }

    /// Each figure of each line and value.
    fn each(&self) -> impl Iterator<Item = (&str, &str, Measured, Distribution)> {
        self.figures().flat_map(move |figure| {
            self.plan.bases.iter().enumerate().flat_map(move |(base, (name, _))| {
                let of = move |(value, text): (usize, &'_ String)| (value, text.clone());
                self.plan.values.iter().enumerate().map(of).map(move |(value, _)| {
                    let text = self.plan.values[value].as_str();
                    (name.as_str(), text, figure, self.over_seeds(base, value, figure))
                })
            })
        })
    }

    /// As CSV: a line for each run, value and figure, over all seeds. Times are in seconds, shares of one.
    pub fn csv(&self) -> String {
        let mut text = "run,key,value,figure,unit,seeds,mean,min,p50,p95,max\n".to_owned();
        for (name, value, figure, numbers) in self.each() {
            let unit = figure.unit();
            let plain = |number: Option<u64>| number.map_or_else(String::new, |number| unit.plain(number));
            let heads = [field(name), field(&self.plan.key), field(value), figure.name().to_owned()];
            let count = numbers.count().to_string();
            let rest = [numbers.mean(), numbers.min(), numbers.percentile(500), numbers.percentile(950), numbers.max()];
            text.push_str(&format!("{},{},{count},{}\n", heads.join(","), unit.name(), rest.map(plain).join(",")));
        }
        text
    }

    /// As JSON: what was varied, and for each run, value and figure the numbers of all seeds in ascending order. Times are
    /// in nanoseconds, shares in millionths, and what is not whole in thousandths.
    pub fn json(&self) -> Value {
        let one = |(run, value, figure, numbers): (&str, &str, Measured, Distribution)| {
            let unit = match figure.unit() {
                Unit::Time => "ns",
                Unit::Share => "1/1000000",
                Unit::Count => "1",
                Unit::Thousandths => "1/1000",
            };
            json!({ "run": run, "value": value, "figure": figure.name(), "unit": unit, "numbers": numbers.numbers() })
        };
        let Plan { key, values, seeds, limit, .. } = &self.plan;
        json!({
            "key": key,
            "values": values,
            "seeds": [seeds.start, seeds.end],
            "limit": limit.0,
            "figures": self.each().map(one).collect::<Vec<_>>(),
        })
    }
}

/// The values of a list such as `1ms,2ms,["150ms", "300ms"]`: commas within brackets and quotes separate nothing.
pub fn values(list: &str) -> Vec<String> {
    let (mut values, mut depth, mut quoted) = (vec![String::new()], 0u32, false);
    for letter in list.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        match values.last_mut() {
            Some(_) if letter == ',' && depth == 0 && !quoted => values.push(String::new()),
            Some(last) => last.push(letter),
            None => {}
        }
    }
    values.iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_taken_apart_at_their_own_commas_only() {
        assert_eq!(values("3,5, 7"), ["3", "5", "7"]);
        let pairs = values("[\"1ms\",\"2ms\"],{ uniform = [\"1ms\", \"2ms\"] },\"a,b\"");
        assert_eq!(pairs, ["[\"1ms\",\"2ms\"]", "{ uniform = [\"1ms\", \"2ms\"] }", "\"a,b\""]);
        assert_eq!(values(" ,"), Vec::<String>::new());
    }
}
