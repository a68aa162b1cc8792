//! Raft in the engine, and the store on it: five servers, four clients that always have something to ask, one core.

use netsplit_bench::load::{Cluster, run};
use netsplit_bench::{Row, median_of, table};

const EVENTS: u32 = 2_000_000;

fn main() {
    for (name, cluster) in [("Raft", Cluster::Raft), ("The store on it, raft-kv", Cluster::Store)] {
        let bare = median_of(5, || run(cluster, EVENTS, false, false));
        let traced = median_of(5, || run(cluster, EVENTS, false, true));
        let whole = median_of(5, || run(cluster, EVENTS, true, true));
        table(
            &format!("{name}: five servers under client load, one core, million events a second"),
            &[
                Row::new("tracing off", bare, "(at least 3)"),
                Row::new("tracing on", traced, ""),
                Row::new("tracing and run hash on", whole, ""),
            ],
        );
    }
}
