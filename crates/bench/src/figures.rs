//! What is measured natively and as wasm in Node alike, so that the one can be held against the other.

use super::bounce::{self, Rules};
use super::load::{self, Cluster};
use netsplit_sim::{Setup, World};

/// A measurement: what it is called, and what does the work and says how many events that was.
pub type Figure = (&'static str, fn() -> u32);

/// All of them.
pub const FIGURES: [Figure; 5] = [
    ("engine", || {
        let rules = Rules { balls: 1, durable: false };
        let mut world = World::new(Setup { hashing: false, ..bounce::setup(5, 1, rules) });
        world.boot_all(&mut ());
        while world.events() < 4_000_000 {
            world.step(&mut ());
        }
        world.events()
    }),
    ("raft", || load::run(Cluster::Raft, 2_000_000, false, false)),
    ("raft, tracing and run hash on", || load::run(Cluster::Raft, 1_000_000, true, true)),
    ("raft-kv", || load::run(Cluster::Store, 2_000_000, false, false)),
    ("raft-kv, tracing and run hash on", || load::run(Cluster::Store, 1_000_000, true, true)),
];

/// How a figure is written, for `cargo xtask bench wasm` to read.
pub fn told(name: &str, rate: f64) -> String {
    format!("{name}: {rate:.2} million events a second")
}
