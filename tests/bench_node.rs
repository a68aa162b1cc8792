//! The engine and Raft as wasm in Node, for `cargo xtask bench`: the same work as crates/bench does natively.
//! Ignored in an ordinary test run, since it only prints figures.

#![cfg(target_arch = "wasm32")]

#[path = "../crates/sim/tests/bounce/mod.rs"]
mod bounce;
#[path = "../crates/bench/src/load.rs"]
mod load;

use netsplit_sim::{Setup, World};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Million events a second: the median of five runs.
fn median_of(mut work: impl FnMut() -> u32) -> f64 {
    let mut rates: Vec<f64> = (0..5)
        .map(|_| {
            let start = now();
            let done = work();
            f64::from(done) / (now() - start) / 1e3
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[2]
}

#[wasm_bindgen_test]
#[ignore = "prints figures"]
fn figures() {
    let bounce = median_of(|| {
        let rules = bounce::Rules { balls: 1, durable: false };
        let mut world = World::new(Setup { hashing: false, ..bounce::setup(5, 1, rules) });
        world.boot_all(&mut ());
        while world.events() < 4_000_000 {
            world.step(&mut ());
        }
        world.events()
    });
    console_log!("engine, wasm in Node, tracing off: {bounce:.2} million events a second (at least 60 % of native)");
    let raft = median_of(|| load::run(load::Cluster::Raft, 2_000_000, false, false));
    console_log!("raft, wasm in Node, tracing off: {raft:.2} million events a second");
    let whole = median_of(|| load::run(load::Cluster::Raft, 1_000_000, true, true));
    console_log!("raft, wasm in Node, tracing and run hash on: {whole:.2} million events a second");
}
