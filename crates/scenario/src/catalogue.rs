//! Every protocol there is. Adding one is adding its line here.

use crate::check::Unplayable;
use crate::model::Scenario;
use crate::player;
use crate::run::{Run, Start};
use crate::session::Session;
use netsplit_protocols::{self as protocols, About, Listed};

macro_rules! catalogue {
    ($($folder:ident :: $protocol:ident),+ $(,)?) => {
        static PROTOCOLS: &[&About] = &[$(<protocols::$folder::$protocol as Listed>::ABOUT),+];
        static STARTS: &[Start] = &[$(player::start::<protocols::$folder::$protocol>),+];
    };
}

// What the others weigh in the page is what it weighs without them (`cargo xtask size`).
#[cfg(feature = "lone")]
catalogue! {
    raft::Raft,
}

#[cfg(not(feature = "lone"))]
catalogue! {
    raft::Raft,
    raft_kv::RaftKv,
    ping::Ping,
    lamport_clock::LamportClock,
    gossip::Gossip,
    vector_clock::VectorClock,
    two_phase_commit::TwoPhaseCommit,
    three_phase_commit::ThreePhaseCommit,
    failure_detector::FailureDetection,
    causal_broadcast::CausalBroadcast,
    bully::Bully,
    chandy_lamport::ChandyLamport,
    reliable_link::ReliableLink,
    clock_sync::ClockSync,
    membership::Membership,
    lock::Lock,
    ring_election::RingElection,
    paxos::Paxos,
    multi_paxos::MultiPaxos,
    ben_or::BenOr,
    abd::Abd,
    crdt::Crdt,
    pbft::Pbft,
    sharded_kv::ShardedKv,
    quorum_kv::QuorumKv,
    causal_kv::CausalKv,
    device_coordinator::DeviceCoordinator,
}

/// Starts a scenario with the protocol that it names; the run's hash costs time, and may be left out.
pub(crate) fn start(scenario: Scenario, hashing: bool) -> Result<Box<dyn Session>, Unplayable> {
    let known = PROTOCOLS.iter().zip(STARTS).find(|(about, _)| about.name == scenario.protocol);
    let Some((about, start)) = known else {
        return Err(Unplayable::new("there is no such protocol").within("protocol"));
    };
    Ok(Box::new(Run::start(scenario, about, *start, hashing)?))
}

/// All protocols, in the order of showing.
pub fn protocols() -> &'static [&'static About] {
    PROTOCOLS
}

/// The protocol of that name.
pub fn about(name: &str) -> Option<&'static About> {
    PROTOCOLS.iter().find(|about| about.name == name).copied()
}
