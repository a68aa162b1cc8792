//! Every protocol there is. Adding one is adding its line here.

use crate::check::Unplayable;
use crate::model::Scenario;
use crate::run::Run;
use crate::session::Session;
use netsplit_protocols::{self as protocols, About, Entry};

macro_rules! catalogue {
    ($($folder:ident :: $protocol:ident),+ $(,)?) => {
        static PROTOCOLS: &[&About] = &[$(<protocols::$folder::$protocol as Entry>::ABOUT),+];

        /// Starts a scenario with the protocol that it names.
        pub(crate) fn start(scenario: Scenario) -> Result<Box<dyn Session>, Unplayable> {
            $(if scenario.protocol == <protocols::$folder::$protocol as Entry>::ABOUT.name {
                return Ok(Box::new(Run::<protocols::$folder::$protocol>::start(scenario)?));
            })+
            Err(Unplayable::new("there is no such protocol").within("protocol"))
        }
    };
}

catalogue! {
    raft::Raft,
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
}

/// All protocols, in the order of showing.
pub fn protocols() -> &'static [&'static About] {
    PROTOCOLS
}

/// The protocol of that name.
pub fn about(name: &str) -> Option<&'static About> {
    PROTOCOLS.iter().find(|about| about.name == name).copied()
}
