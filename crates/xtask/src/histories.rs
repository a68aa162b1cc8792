//! `cargo xtask bench histories`: how long it takes to judge histories natively and as wasm in Node, beside Porcupine.

use crate::Failure;
use crate::project::Project;
use crate::wasm_speed::{figures, natively, output, twins_in_node};

/// What `cargo xtask bench` calls it.
pub const NAME: &str = "histories";
/// What is measured.
pub const ABOUT: &str = "milliseconds to judge histories, natively and in Node (at most twice as long), and by Porcupine if \
                         PORCUPINE says where a checkout of it is (ours at most half)";

const NATIVE: [&str; 8] = natively("histories");
const WASM: [&str; 10] = twins_in_node("histories_node");
const UNIT: &str = " milliseconds";
/// How much longer wasm may take.
const MOST: f64 = 2.0;
/// Who is measured beside us, natively.
const PEER: &str = ", Porcupine";
/// What share of the peer's time ours may be.
const MOST_OF_PEER: f64 = 0.5;

/// Measures and prints. Says whether all is quick enough.
pub fn bench(project: &Project) -> Result<bool, Failure> {
    let (native, wasm) = (output(project, &NATIVE)?, output(project, &WASM)?);
    let (native, wasm) = (figures(&native, UNIT), figures(&wasm, UNIT));
    let mut well = !native.is_empty();
    println!("{:<44} {:>8} {:>8} {:>8}", "milliseconds to judge histories", "native", "wasm", "ratio");
    for (name, natively) in &native {
        let of = |wanted: &str, figures: &[(&str, f64)]| {
            figures.iter().find(|(name, _)| *name == wanted).map(|(_, figure)| *figure)
        };
        if let Some(whose) = name.strip_suffix(PEER) {
            let ours = of(whose, &native).ok_or_else(|| format!("{whose} was not judged by us"))?;
            well &= ours / natively <= MOST_OF_PEER;
            println!("{name:<44} {natively:>8.2} {:>8} {:>8.3}", "", ours / natively);
            continue;
        }
        let here = of(name, &wasm).ok_or_else(|| format!("{name} was not measured in Node"))?;
        well &= here / natively <= MOST;
        println!("{name:<44} {natively:>8.2} {here:>8.2} {:>8.2}", here / natively);
    }
    Ok(well)
}
