//! Judges what clients saw: from a history of operations to a verdict with its witness.
//!
//! Pure functions: this crate knows neither protocols nor networks nor clocks, only when an operation was invoked, when
//! it was answered, and what was asked and said.

pub mod causal;
pub mod convergence;
mod history;
pub mod kv;
pub mod linearizability;
pub mod session;
pub mod transactions;
pub mod verdict;

pub use history::{Model, Operation};
