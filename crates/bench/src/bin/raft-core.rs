//! Raft without the engine, beside raft-rs: commits a second.

use netsplit_bench::raft_core::{Manner, ours, theirs};
use netsplit_bench::{Row, median_of, table};

/// Entries of one measurement.
const ENTRIES: u32 = 192_000;

fn main() {
    let mut rows = Vec::new();
    for servers in [3, 5] {
        for proposals in [1, 64] {
            let rounds = ENTRIES / proposals;
            let default = median_of(7, || theirs(servers, rounds, proposals, Manner::Default));
            let batching = median_of(7, || theirs(servers, rounds, proposals, Manner::Batching));
            let ours = median_of(7, || ours(servers, rounds, proposals));
            let of = |name: &str| format!("{servers} servers, {proposals} a round: {name}");
            rows.push(Row::new(
                of("netsplit"),
                ours,
                format!("this / best raft-rs = {:.2}", ours / default.max(batching)),
            ));
            rows.push(Row::new(of("raft-rs 0.7"), default, ""));
            rows.push(Row::new(of("raft-rs 0.7, batching"), batching, ""));
        }
    }
    table("Raft alone: messages in memory, entries of 64 bytes, one core, million commits a second", &rows);
}
