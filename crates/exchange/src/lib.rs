//! Runs written in the formats of other tools, and logs of real systems read.
//!
//! [`export()`] writes a stretch of a run; [`shiviz`] reads logs into the same kind of trace that runs
//! have, and [`Replay`] plays them.

pub mod export;
mod itf;
mod jsonl;
mod mermaid;
pub mod pattern;
mod perfetto;
pub mod replay;
pub mod shiviz;
mod svg;

pub use export::{Export, Format, export};
pub use replay::Replay;
