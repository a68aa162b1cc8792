//! `cargo xtask bench raft-core`: Raft without the engine beside raft-rs, natively and as wasm in Node.

use crate::Failure;
use crate::project::Project;
use crate::wasm_speed::{figures, natively, output, twins_in_node};

/// What `cargo xtask bench` calls it.
pub const NAME: &str = "raft-core";
/// What is measured.
pub const ABOUT: &str =
    "million commits a second of Raft alone, against raft-rs (at least as many), natively and in Node";

const NATIVE: [&str; 8] = natively("raft-core");
const WASM: [&str; 10] = twins_in_node("bench_node");
const UNIT: &str = " million commits a second";

/// Who is measured against all others of the same case.
const OURS: &str = "netsplit";

/// Measures and prints. Says whether ours is nowhere slower.
pub fn bench(project: &Project) -> Result<bool, Failure> {
    let (native, wasm) = (output(project, &NATIVE)?, output(project, &WASM)?);
    let (native, wasm) = (figures(&native, UNIT), figures(&wasm, UNIT));
    if native.is_empty() || native.len() != wasm.len() {
        return Err(format!("{} figures natively and {} in Node", native.len(), wasm.len()));
    }
    let mut well = true;
    println!("{:<44} {:>8} {:>8} {:>8}", "messages in memory, entries of 64 bytes", "native", "wasm", "share");
    for ((name, natively), (_, here)) in native.iter().zip(&wasm) {
        println!("{name:<44} {natively:>8.3} {here:>8.3} {:>6.0} %", 100.0 * here / natively);
        if let Some(case) = name.strip_suffix(OURS) {
            let ratios = (ratio(case, &native), ratio(case, &wasm));
            well &= ratios.0 >= 1.0 && ratios.1 >= 1.0;
            println!("{:<44} {:>8.2} {:>8.2}", "  this / the best other", ratios.0, ratios.1);
        }
    }
    Ok(well)
}

/// How much faster ours is than the fastest other one in a case.
fn ratio(case: &str, figures: &[(&str, f64)]) -> f64 {
    let of_case = figures.iter().filter_map(|(name, rate)| Some((name.strip_prefix(case)?, *rate)));
    let (ours, others): (Vec<_>, Vec<_>) = of_case.partition(|(who, _)| *who == OURS);
    let best = |all: &[(&str, f64)]| all.iter().map(|(_, rate)| *rate).fold(0.0, f64::max);
    best(&ours) / best(&others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_held_against_the_best_other_of_the_same_case() {
        let figures = [("3: netsplit", 2.0), ("3: one", 1.0), ("3: two", 1.6), ("5: netsplit", 9.0), ("5: one", 9.0)];
        assert_eq!([ratio("3: ", &figures), ratio("5: ", &figures)], [1.25, 1.0]);
    }
}
