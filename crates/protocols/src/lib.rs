//! The protocols: each a real core in a folder of its own, with its invariants, its known bugs, and what it says
//! about itself as data. Everything else (page, command line, sweeps) learns of a protocol through [`Entry`] alone.

// No float decides anything in a run: rounding differs between machines and optimisers.
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

pub mod abd;
pub mod about;
pub mod ben_or;
pub mod bully;
pub mod causal_broadcast;
pub mod causal_kv;
pub mod chandy_lamport;
pub mod clock_sync;
pub mod crdt;
pub mod device_coordinator;
pub mod failure_detector;
pub mod gossip;
pub mod lamport_clock;
pub mod lock;
pub mod membership;
pub mod multi_paxos;
pub mod paxos;
pub mod pbft;
pub mod ping;
pub mod quorum_kv;
pub mod raft;
pub mod raft_kv;
pub mod reliable_link;
pub mod ring_election;
pub mod sharded_kv;
pub mod shared;
pub mod three_phase_commit;
pub mod two_phase_commit;
pub mod vector_clock;

pub use about::{About, Bug, Bugs, Field, FieldKind, Invariant, Liars, Line, Measure, OpForm, Part, Role, Words};

use netsplit_check::verdict::Level;
use netsplit_sim::{Monitor, Node, NodeId, Protocol, World};
use serde::{Serialize, de::DeserializeOwned};
use std::rc::Rc;
use std::sync::Arc;

/// What makes a protocol an entry of the catalogue.
pub trait Entry: Protocol {
    /// What it says about itself.
    const ABOUT: &'static About;
    /// Its settings, with the usual values as default. Unknown settings are refused.
    type Config: Clone + Default + Serialize + DeserializeOwned + 'static;
    /// Checks its invariants.
    type Monitor: Monitor<Self>;

    /// The processes of a world, in the order of `cast`, or which setting is impossible and what would be accepted.
    fn processes(config: &Self::Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible>;

    /// The strongest consistency model that clients may count on with these settings; nothing if it is no store.
    fn promise(_config: &Self::Config) -> Option<Level> {
        None
    }

    /// What [`About::measures`] come to at this moment, with the help of what the monitor remembers of the run.
    fn measure(_world: &World<Self>, _monitor: &Self::Monitor) -> Vec<u64> {
        Vec::new()
    }
}

/// What the catalogue lists: a protocol; or the same processes under another name, with other settings to begin with and
/// told of in other words.
pub trait Listed {
    /// Whose processes play.
    type Of: Entry;
    /// What is said about it.
    const ABOUT: &'static About;
    /// The settings that begin otherwise than those of the protocol, as JSON.
    const USUAL: &'static str = "{}";

    /// As [`Entry::processes`].
    fn processes(
        config: &<Self::Of as Entry>::Config,
        bugs: Bugs,
        cast: &Cast,
    ) -> Result<Vec<Rc<dyn Node<Self::Of>>>, Impossible>;
    /// As [`Entry::promise`].
    fn promise(config: &<Self::Of as Entry>::Config) -> Option<Level> {
        <Self::Of as Entry>::promise(config)
    }
    /// As [`Entry::measure`].
    fn measure(world: &World<Self::Of>, monitor: &<Self::Of as Entry>::Monitor) -> Vec<u64>;
}

impl<E: Entry> Listed for E {
    type Of = E;
    const ABOUT: &'static About = E::ABOUT;

    fn processes(config: &E::Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<E>>>, Impossible> {
        <E as Entry>::processes(config, bugs, cast)
    }
    fn promise(config: &E::Config) -> Option<Level> {
        <E as Entry>::promise(config)
    }
    fn measure(world: &World<E>, monitor: &E::Monitor) -> Vec<u64> {
        <E as Entry>::measure(world, monitor)
    }
}

/// Who plays what: one part (an index into [`About::parts`]) per node, in order of node id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cast {
    /// The part of each node.
    pub parts: Vec<usize>,
}

/// How a node is made from the settings that all of a world share.
pub type MakeSeat<S, N> = fn(Arc<S>) -> Rc<N>;

impl Cast {
    /// The nodes that play a part.
    pub fn playing(&self, part: usize) -> Vec<NodeId> {
        let nodes = self.parts.iter().enumerate().filter(|(_, p)| **p == part);
        nodes.map(|(id, _)| NodeId(id as u16)).collect()
    }
    /// A seat for each node: `seats` has one way to make them for each part, in the order of [`About::parts`].
    ///
    /// # Errors
    /// A node plays a part that there is not.
    pub fn seats<S, N: ?Sized>(
        &self,
        about: &About,
        settings: &Arc<S>,
        seats: &[MakeSeat<S, N>],
    ) -> Result<Vec<Rc<N>>, Impossible> {
        let seat = |part: &usize| match seats.get(*part) {
            Some(seat) => Ok(seat(settings.clone())),
            None => {
                let known: Vec<_> =
                    about.parts.iter().enumerate().map(|(at, part)| format!("{at} is a {}", part.name)).collect();
                let reason = format!("there is no part number {part}: {}", known.join(", "));
                Err(Impossible { setting: "parts", reason })
            }
        };
        self.parts.iter().map(seat).collect()
    }
}

/// A setting that a protocol cannot work with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Impossible {
    /// The setting's name.
    pub setting: &'static str,
    /// What is wrong with it, and what would be accepted.
    pub reason: String,
}
