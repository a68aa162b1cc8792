//! The figures that `cargo xtask bench wasm` holds those of wasm against.

use netsplit_bench::figures::{FIGURES, told};
use netsplit_bench::median_of;

fn main() {
    for (name, work) in FIGURES {
        println!("{}", told(name, median_of(5, work)));
    }
}
