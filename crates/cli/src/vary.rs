//! `netsplit vary`: what a setting does to latency, availability and cost.

use crate::args::{Form, Vary};
use crate::input::{self, InputError};
use crate::progress::Bar;
use crate::{Failure, Verdict};
use netsplit_plot::{Theme, svg};
use netsplit_scenario::performance::chart::Style;
use netsplit_scenario::vary::{Measured, Plan, Variation, values};
use std::io::Write;

/// What is told if nobody says what to tell.
const USUAL: [&str; 6] = ["latency-p50", "latency-p95", "throughput", "in-time", "leaderless", "messages-per-request"];

/// Plays all runs, and prints what came of them.
pub fn vary(how: &Vary, out: &mut impl Write) -> Result<Verdict, Failure> {
    let base = |run: &String| Ok((run.clone(), input::read(run)?.scenario));
    let (key, list) = &how.set;
    let plan = Plan {
        bases: how.runs.iter().map(base).collect::<Result<_, InputError>>()?,
        key: key.clone(),
        values: values(list),
        seeds: how.seeds.clone(),
        limit: how.limit,
    };
    let mut variation = Variation::new(plan).map_err(InputError::Invariable)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let threads = how.threads.map_or(cores, std::num::NonZeroUsize::get).min(256);
    let mut bar = Bar::new(variation.runs() as u64);
    let played = variation.run(threads, |done| {
        bar.show(done, 0);
        true
    });
    bar.finish();
    played.map_err(InputError::Unplayable)?;
    let figures = chosen(&variation, &how.figure)?;
    match how.form {
        Form::Table => table(&variation, &figures, out)?,
        Form::Csv => out.write_all(variation.csv().as_bytes())?,
        Form::Json => writeln!(out, "{:#}", variation.json())?,
    }
    if let Some(path) = &how.svg {
        let style = Style { size: (640.0, 300.0), say: |words| words.en };
        let charts: Vec<_> = figures.iter().map(|figure| style.varied(&variation, *figure)).collect();
        let unwritable = |error| InputError::Unwritable(path.display().to_string(), error);
        std::fs::write(path, svg(&charts, Theme::System)).map_err(unwritable)?;
    }
    Ok(Verdict::Well)
}

/// The figures to tell of: those that were asked for, or the usual ones, with what the protocol measures itself.
fn chosen(variation: &Variation, names: &[String]) -> Result<Vec<Measured>, InputError> {
    let known: Vec<Measured> = variation.figures().collect();
    if names.is_empty() {
        let usual = |figure: &Measured| USUAL.contains(&figure.name()) || matches!(figure, Measured::Own(_));
        return Ok(known.into_iter().filter(usual).collect());
    }
    let find = |name: &String| {
        let there = || known.iter().map(|figure| figure.name()).collect::<Vec<_>>().join(", ");
        let found = known.iter().find(|figure| figure.name() == name).copied();
        found.ok_or_else(|| InputError::Unknown(format!("no run says anything of {name:?}; there are {}", there())))
    };
    names.iter().map(find).collect()
}

fn table(variation: &Variation, figures: &[Measured], out: &mut impl Write) -> std::io::Result<()> {
    let plan = variation.plan();
    let seeds = plan.seeds.end - plan.seeds.start;
    for figure in figures {
        writeln!(out, "{}: {}, over {seeds} seeds", figure.name(), figure.word().en)?;
        let width = plan.values.iter().map(|value| value.chars().count()).max().unwrap_or(0).max(plan.key.len());
        let heads = ["mean", "min", "p50", "p95", "max", "seeds"].map(|head| format!("{head:>11}")).concat();
        writeln!(out, "  {:<width$}{heads}", plan.key)?;
        for (base, (name, _)) in plan.bases.iter().enumerate() {
            for (at, value) in plan.values.iter().enumerate() {
                let numbers = variation.over_seeds(base, at, *figure);
                let text = |number: Option<u64>| number.map_or("-".to_owned(), |number| figure.unit().text(number));
                let cells =
                    [numbers.mean(), numbers.min(), numbers.percentile(500), numbers.percentile(950), numbers.max()];
                let cells = cells.map(|number| format!("{:>11}", text(number))).concat();
                let of = if plan.bases.len() > 1 { format!("  {name}") } else { String::new() };
                writeln!(out, "  {value:<width$}{cells}{:>11}{of}", numbers.count())?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
