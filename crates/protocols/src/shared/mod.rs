//! What several protocols are made of: the operations of replicated stores, the core that both commit protocols are,
//! first-in-first-out channels, the circle of consistent hashing; and what several monitors ask of a run.

pub(crate) mod calm;
pub mod channel;
pub(crate) mod circle;
pub(crate) mod commit;
pub mod election;
pub mod ghost;
pub mod kv;
