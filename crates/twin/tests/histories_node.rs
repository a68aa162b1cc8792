//! Histories judged as wasm in Node, for `cargo xtask bench histories`: the same work as crates/bench does natively. Ignored
//! in an ordinary test run, since it only prints figures.

#![cfg(target_arch = "wasm32")]

#[path = "../../bench/src/histories.rs"]
mod histories;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[wasm_bindgen(module = "fs")]
extern "C" {
    #[wasm_bindgen(js_name = readFileSync)]
    fn read(path: &str, encoding: &str) -> String;
}

#[wasm_bindgen_test]
#[ignore = "prints figures"]
fn figures() {
    let lines = histories::figures(option_env!("PORCUPINE"), |path| read(path, "utf8"), now);
    lines.iter().for_each(|line| console_log!("{line}"));
}
