//! Judges what clients saw: from a history of operations to a verdict with its witness.
//!
//! Pure functions: this crate knows neither protocols nor networks nor clocks, only when an operation was invoked, when
//! it was answered, and what was asked and said.

pub mod causal;
pub mod convergence;
pub mod formats;
mod growing;
mod history;
pub mod models;
pub mod object;
pub mod order;
pub mod sequential;
pub mod session;
pub mod store;
pub mod transactions;
pub mod verdict;

pub use history::{Effect, KeyedOperation, Model, Operation};
pub use models::kv;
