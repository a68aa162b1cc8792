//! A thousand nodes on one core: the engine alone, and a run as people see it.

use netsplit_bench::crowd::{self, Crowd, NODES};
use netsplit_bench::{Row, median_of, table};
use netsplit_protocols::Entry;

const EVENTS: u32 = 1_000_000;

fn main() {
    measure(&crowd::gossip());
    measure(&crowd::membership());
}

fn measure<P: Entry>(crowd: &Crowd<P>) {
    let bare = median_of(3, || crowd.engine(EVENTS, false).0);
    let hashed = median_of(3, || crowd.engine(EVENTS, true).0);
    let whole = median_of(3, || crowd.recorded(EVENTS).0);
    table(
        &format!("{} with {NODES} nodes, one core, million events a second", P::ABOUT.name),
        &[
            Row::new("tracing off", bare, "(at least 1)"),
            Row::new("run hash on", hashed, ""),
            Row::new("as people run it: hash, trace, monitor, curves", whole, ""),
        ],
    );
}
