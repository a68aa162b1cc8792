//! `netsplit sweep`: many seeds on all cores.

use crate::args::Sweep;
use crate::input::{self, InputError};
use crate::progress::Bar;
use crate::{Failure, Verdict};
use netsplit_scenario::check::check;
use netsplit_scenario::sweep;
use serde_json::json;
use std::io::Write;

/// Runs the seeds and says which failed.
pub fn sweep(how: &Sweep, out: &mut impl Write) -> Result<Verdict, Failure> {
    let mut input = input::read(&how.run)?;
    input.add_bugs(&how.bug);
    let base = input.scenario;
    check(&base).map_err(InputError::Unplayable)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let sweep = sweep::Sweep {
        base,
        seeds: how.seeds.clone(),
        as_written: how.as_written,
        threads: how.threads.map_or(cores, std::num::NonZeroUsize::get).min(256),
        stop_at_first: how.first,
    };
    let mut bar = Bar::new(how.seeds.end - how.seeds.start);
    let report = sweep.run(|done| {
        bar.show(done.seeds, done.failed);
        true
    });
    bar.finish();
    let report = report.map_err(InputError::Unplayable)?;
    for failure in &report.failures {
        let sweep::Failure { seed, invariant, event } = failure;
        if how.json {
            writeln!(out, "{}", json!({ "seed": seed, "invariant": invariant, "event": event }))?;
        } else {
            writeln!(out, "seed {seed} violates {invariant} at #{event}")?;
        }
    }
    conclude(&sweep, &report, how.json, out)
}

fn conclude(
    sweep: &sweep::Sweep,
    report: &sweep::Report,
    json: bool,
    out: &mut impl Write,
) -> Result<Verdict, Failure> {
    let sweep::Done { seeds, failed } = report.done;
    let Some(first) = report.failures.first() else {
        if json {
            writeln!(out, "{}", json!({ "seeds": seeds, "failed": 0, "events": report.events }))?;
        } else {
            writeln!(out, "seeds {seeds} failed 0")?;
        }
        return Ok(Verdict::Well);
    };
    let sweep::Failure { seed, invariant, .. } = first;
    let link = sweep::link(&sweep.base, *seed, sweep.as_written).map_err(InputError::Unplayable)?;
    if json {
        let line = json!({
            "seeds": seeds, "failed": failed, "events": report.events,
            "first": seed, "invariant": invariant, "link": link,
        });
        writeln!(out, "{line}")?;
    } else {
        writeln!(out, "seeds {seeds} failed {failed} first {seed} invariant {invariant} link {link}")?;
    }
    Ok(Verdict::Violated)
}
