//! `netsplit check`: histories in files, judged.

use crate::args::Check;
use crate::{Failure, Verdict};
use netsplit_check::formats::{self, Call};
use netsplit_check::verdict::{self, Budget, Level, Refutation};
use std::io::{BufReader, Read, Write};
use std::time::Instant;

/// Judges files, a line for each and each consistency model. A file that cannot be judged does not keep others from it.
pub fn check(how: &Check, out: &mut impl Write) -> Result<Verdict, Failure> {
    let levels: &[Level] = how.level.as_ref().map_or_else(|| how.model.levels(), std::slice::from_ref);
    let budget = Budget { steps: how.steps, bytes: how.memory.saturating_mul(1 << 20) };
    let (mut all_hold, mut refused) = (true, 0);
    for file in &how.files {
        match judge(how, file, levels, budget, out)? {
            Ok(hold) => all_hold &= hold,
            Err(why) => {
                refused += 1;
                out.flush()?;
                eprintln!("netsplit: {file}: {why}");
            }
        }
    }
    match (refused, all_hold) {
        (0, true) => Ok(Verdict::Well),
        (0, false) => Ok(Verdict::Violated),
        _ => Err(Failure::Refused { refused, files: how.files.len() }),
    }
}

/// Judges a file. Whether all holds, or why it cannot be judged.
fn judge(
    how: &Check,
    file: &str,
    levels: &[Level],
    budget: Budget,
    out: &mut impl Write,
) -> std::io::Result<Result<bool, String>> {
    let calls = match open(file).map_err(|error| error.to_string()).and_then(|from| {
        formats::read(how.format, BufReader::with_capacity(1 << 16, from)).map_err(|mistake| mistake.to_string())
    }) {
        Ok(calls) => calls,
        Err(why) => return Ok(Err(why)),
    };
    let mut all_hold = true;
    for level in levels {
        let start = Instant::now();
        let verdict = match how.model.judge(*level, &calls, budget, how.explain) {
            Ok(verdict) => verdict,
            Err(why) => return Ok(Err(why.to_string())),
        };
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        let word = match &verdict {
            verdict::Verdict::Holds { .. } => "true",
            verdict::Verdict::Fails(_) => "false",
            verdict::Verdict::Unknown(_) => "unknown",
        };
        all_hold &= word == "true";
        writeln!(out, "{file}\t{}\t{word}\t{milliseconds:.1}", level.name())?;
        if how.explain {
            explain(&verdict, &calls, out)?;
        }
    }
    Ok(Ok(all_hold))
}

fn open(file: &str) -> std::io::Result<Box<dyn Read>> {
    Ok(match file {
        "-" => Box::new(std::io::stdin().lock()),
        _ => Box::new(std::fs::File::open(file)?),
    })
}

/// What shows the verdict, indented.
fn explain(verdict: &verdict::Verdict, calls: &[Call], out: &mut impl Write) -> std::io::Result<()> {
    let list = |out: &mut dyn Write, what: &str, places: &[usize]| -> std::io::Result<()> {
        writeln!(out, "  {what}:")?;
        places.iter().try_for_each(|place| writeln!(out, "    {}", tell(&calls[*place])))
    };
    match verdict {
        verdict::Verdict::Holds { order: Some(order) } => list(out, "in this order", order),
        verdict::Verdict::Holds { order: None } => Ok(()),
        verdict::Verdict::Unknown(why) => writeln!(out, "  {why}"),
        verdict::Verdict::Fails(Refutation { minimal, longest, stuck, cycle }) => {
            if !minimal.is_empty() {
                list(out, "these cannot all be right", minimal)?;
            }
            if !cycle.is_empty() {
                writeln!(out, "  each of these comes before the next, and the last before the first:")?;
                for edge in cycle {
                    writeln!(out, "    {} ({:?})", tell(&calls[edge.from]), edge.because)?;
                }
            }
            if let Some(stuck) = stuck {
                list(out, "as far as they can be put in order", longest)?;
                list(out, "and this fits nowhere after them", &[*stuck])?;
            }
            Ok(())
        }
    }
}

/// An operation in a line.
fn tell(call: &Call) -> String {
    let Call { at, process, function, key, value, answer, .. } = call;
    let key = key.as_ref().map_or_else(String::new, |key| format!(" {key}"));
    let answer = answer.as_ref().map_or_else(|| "pending".to_owned(), |(_, answer)| answer.to_string());
    format!("line {}: process {process}: {function}{key} {value} -> {answer}", at.line)
}
