//! `netsplit bugs`: how soon sweeps find each bug of the catalogue.

use crate::input::InputError;
use crate::{Failure, Verdict};
use netsplit_scenario::{catalogue, sweep};
use std::io::Write;
use std::ops::Range;

/// Prints a row for every bug, or for those that are named. A bug that no seed finds is a failure: then its invariant
/// proves nothing.
pub fn bugs(names: &[String], seeds: &Range<u64>, out: &mut impl Write) -> Result<Verdict, Failure> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let mut verdict = Verdict::Well;
    writeln!(out, "| protocol | bug | invariant | seeds that find it | median seeds to find it | first |")?;
    writeln!(out, "|---|---|---|--:|--:|--:|")?;
    for about in catalogue::protocols() {
        for bug in about.bugs.iter().filter(|bug| names.is_empty() || is_named(names, about.name, bug.name)) {
            let hunt = sweep::hunt(about, bug, seeds.clone(), threads).map_err(InputError::Unplayable)?;
            let (found, run, permille) = (hunt.found.len(), hunt.seeds.end - hunt.seeds.start, hunt.permille());
            let number = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
            let (median, first) = (number(hunt.median()), number(hunt.found.first().copied()));
            write!(out, "| {} | {} | {} ", about.name, bug.name, bug.breaks)?;
            writeln!(out, "| {found} of {run} ({}.{} %) | {median} | {first} |", permille / 10, permille % 10)?;
            out.flush()?;
            if hunt.found.is_empty() {
                verdict = Verdict::Violated;
            }
        }
    }
    Ok(verdict)
}

fn is_named(names: &[String], protocol: &str, bug: &str) -> bool {
    names.iter().any(|name| name == protocol || *name == format!("{protocol}/{bug}"))
}
