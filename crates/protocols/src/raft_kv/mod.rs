//! A replicated store as people run it: Raft's servers and clients (raft), with what the thesis adds to make a store of keys
//! and values of it switched on. Sessions, so that what was asked for takes effect exactly once; reads without log entries;
//! PreVote and CheckQuorum, so that servers which come and go disturb nobody.
//!
//! There is no second implementation: the processes are Raft's. What differs is what they are set to, and what is told.

mod about;

pub use about::ABOUT;

use crate::about::{About, Bugs};
use crate::raft::{Bug, Config, Invariants, Raft};
use crate::{Cast, Entry, Impossible, Listed};
use netsplit_sim::{Node, World};
use std::rc::Rc;

/// The store.
#[derive(Clone, Copy, Debug)]
pub struct RaftKv;

/// In the order of [`ABOUT`].
const BROKEN: [Bug; 2] = [Bug::DoubleApply, Bug::StaleRead];

impl Listed for RaftKv {
    type Of = Raft;
    const ABOUT: &'static About = &ABOUT;
    const USUAL: &'static str = r#"{
        "noop-on-election": true, "pre-vote": true, "check-quorum": true, "sessions": true, "reads": "read-index"
    }"#;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Raft>>>, Impossible> {
        let broken = BROKEN.iter().enumerate().filter(|(number, _)| bugs.on(*number));
        let bugs = broken.fold(Bugs::NONE, |all, (_, bug)| all.with(*bug as usize));
        <Raft as Entry>::processes(config, bugs, cast)
    }

    fn measure(world: &World<Raft>, monitor: &Invariants) -> Vec<u64> {
        let raft = <Raft as Entry>::measure(world, monitor);
        raft.into_iter().take(2).chain([monitor.stale_reads()]).collect()
    }
}
