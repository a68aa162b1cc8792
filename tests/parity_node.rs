//! Native = wasm, in Node.

#![cfg(target_arch = "wasm32")]

mod parity;

use wasm_bindgen_test::*;

#[wasm_bindgen_test]
fn every_run_has_the_hash_it_has_natively() {
    parity::compare(&parity::hashes());
}
