//! The JavaScript API.

use wasm_bindgen::prelude::wasm_bindgen;

/// The version of this module.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
