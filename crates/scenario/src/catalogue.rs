//! Every protocol there is. Adding one is adding its line here.

use crate::check::Unplayable;
use crate::model::Scenario;
use crate::run::Run;
use crate::session::Session;
use netsplit_protocols::{
    About, Entry, bully::Bully, causal_broadcast::CausalBroadcast, chandy_lamport::ChandyLamport,
    clock_sync::ClockSync, failure_detector::FailureDetection, gossip::Gossip, lamport_clock::LamportClock, lock::Lock,
    membership::Membership, ping::Ping, raft::Raft, reliable_link::ReliableLink, three_phase_commit::ThreePhaseCommit,
    two_phase_commit::TwoPhaseCommit, vector_clock::VectorClock,
};

macro_rules! catalogue {
    ($($protocol:ty),+ $(,)?) => {
        static PROTOCOLS: &[&About] = &[$(<$protocol as Entry>::ABOUT),+];

        /// Starts a scenario with the protocol that it names.
        pub(crate) fn start(scenario: Scenario) -> Result<Box<dyn Session>, Unplayable> {
            $(if scenario.protocol == <$protocol as Entry>::ABOUT.name {
                return Ok(Box::new(Run::<$protocol>::start(scenario)?));
            })+
            Err(Unplayable::new("there is no such protocol").within("protocol"))
        }
    };
}

catalogue! {
    Raft,
    Ping,
    LamportClock,
    Gossip,
    VectorClock,
    TwoPhaseCommit,
    ThreePhaseCommit,
    FailureDetection,
    CausalBroadcast,
    Bully,
    ChandyLamport,
    ReliableLink,
    ClockSync,
    Membership,
    Lock,
}

/// All protocols, in the order of showing.
pub fn protocols() -> &'static [&'static About] {
    PROTOCOLS
}

/// The protocol of that name.
pub fn about(name: &str) -> Option<&'static About> {
    PROTOCOLS.iter().find(|about| about.name == name).copied()
}
