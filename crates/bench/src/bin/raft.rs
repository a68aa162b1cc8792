//! Raft in the engine: five servers, four clients that always have something to ask, one core.

use netsplit_bench::load::run;
use netsplit_bench::{Row, median_of, table};

const EVENTS: u32 = 2_000_000;

fn main() {
    let bare = median_of(5, || run(EVENTS, false, false));
    let traced = median_of(5, || run(EVENTS, false, true));
    let whole = median_of(5, || run(EVENTS, true, true));
    table(
        "Raft: five servers under client load, one core, million events a second",
        &[
            Row::new("tracing off", bare, "(at least 3)"),
            Row::new("tracing on", traced, ""),
            Row::new("tracing and run hash on", whole, ""),
        ],
    );
}
