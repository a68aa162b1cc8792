//! Our Raft and TiKV's under the same scripts: by hand (elections.rs, replication.rs, extensions.rs, membership.rs,
//! reads.rs), and drawn from seeds (random.rs), where each of our switchable bugs must be noticed too.

mod elections;
mod extensions;
mod membership;
mod random;
mod reads;
mod replication;
mod script;
