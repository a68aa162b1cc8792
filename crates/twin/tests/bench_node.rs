//! Raft without the engine as wasm in Node, beside raft-rs, for `cargo xtask bench raft-core`: the same work as crates/bench
//! does natively. Here, since this crate has raft-rs. Ignored in an ordinary test run, since it only prints figures.

#![cfg(target_arch = "wasm32")]

#[path = "../../bench/src/raft_core.rs"]
mod raft_core;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[wasm_bindgen_test]
#[ignore = "prints figures"]
fn figures() {
    raft_core::figures(|| now() / 1e3).iter().for_each(|line| console_log!("{line}"));
}
