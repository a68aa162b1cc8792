//! The engine, Raft and the store on it as wasm in Node, for `cargo xtask bench wasm`: the same work as crates/bench does
//! natively. Ignored in an ordinary test run, since it only prints figures.

#![cfg(target_arch = "wasm32")]

#[path = "../crates/sim/tests/bounce/mod.rs"]
mod bounce;
#[path = "../crates/bench/src/figures.rs"]
mod figures;
#[path = "../crates/bench/src/load.rs"]
mod load;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Million events a second: the median of five runs.
fn median_of(work: fn() -> u32) -> f64 {
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
    for (name, work) in figures::FIGURES {
        console_log!("{}", figures::told(name, median_of(work)));
    }
}
