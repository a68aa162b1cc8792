//! Raft without the engine, beside raft-rs: commits a second. `cargo xtask bench raft-core` holds them against those of wasm.

use netsplit_bench::raft_core::figures;
use std::time::Instant;

fn main() {
    let start = Instant::now();
    figures(|| start.elapsed().as_secs_f64()).iter().for_each(|line| println!("{line}"));
}
