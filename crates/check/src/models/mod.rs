//! The objects that histories are held against, as they behave when their operations come one after the other.

pub mod counter;
pub mod kv;
pub mod lock;
pub mod queue;
pub mod set;
