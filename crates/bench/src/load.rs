//! Five Raft servers under the load of four clients, natively and in wasm.

use netsplit_protocols::raft::{Config, Raft};
use netsplit_protocols::raft_kv::RaftKv;
use netsplit_protocols::shared::kv::Op;
use netsplit_protocols::{Bugs, Cast, Entry, Listed};
use netsplit_sim::{
    Intervention, Latency, Link, Network, NodeId, Seed, Setup, Span, Time, Topology, Trace, Tracer, World,
    recorder::Recorder,
};

/// What is run.
#[derive(Clone, Copy)]
pub enum Cluster {
    /// Raft as in Figure 2; clients write.
    Raft,
    /// The store on it, as it usually is; clients write, read, and compare and set.
    Store,
}

/// Plays so many events; returns how many.
pub fn run(cluster: Cluster, events: u32, hashing: bool, tracing: bool) -> u32 {
    let mut world = cluster.world(hashing);
    if tracing {
        let mut trace = Trace::default();
        drive(&mut world, cluster, events, &mut Tracer::new(&mut trace));
    } else {
        drive(&mut world, cluster, events, &mut ());
    }
    world.events()
}

impl Cluster {
    fn world(self, hashing: bool) -> World<Raft> {
        let config: Config = match self {
            Cluster::Raft => Config::default(),
            Cluster::Store => serde_json::from_str(RaftKv::USUAL).expect("the usual settings are settings"),
        };
        let cast = Cast { parts: [[0; 5].as_slice(), &[1; 4]].concat() };
        let nodes = <Raft as Entry>::processes(&config, Bugs::NONE, &cast).expect("the usual settings are possible");
        let latency = Latency::Uniform(Span::millis(1), Span::millis(2));
        World::new(Setup {
            seed: Seed(1),
            nodes,
            topology: Topology::Mesh,
            network: Network { link: Link { latency, ..Link::default() }, ..Network::default() },
            disk: (Span::ZERO, false),
            hashing,
        })
    }

    fn op(self, turn: u16) -> Op {
        let key = || "x".into();
        match (self, turn % 4) {
            (Cluster::Raft, _) | (Cluster::Store, 0) => Op::Put { key: key(), value: "1".into() },
            (Cluster::Store, 1) => Op::Cas { key: key(), expect: "1".into(), value: "2".into() },
            (Cluster::Store, _) => Op::Get { key: key() },
        }
    }
}

/// Every client gets its next operation when the one before has been answered, or soon after.
fn drive(world: &mut World<Raft>, cluster: Cluster, events: u32, record: &mut impl Recorder<Raft>) {
    world.boot_all(record);
    let mut next = Time::ZERO + Span::millis(500);
    let mut turn = 0u16;
    while world.events() < events {
        if world.next_due().is_some_and(|due| due >= next) {
            world.wait_until(next);
            world.apply(&Intervention::Invoke(NodeId(5 + turn % 4).into(), cluster.op(turn / 4).into()), record);
            turn += 1;
            next += Span::millis(3);
        } else {
            world.step(record);
        }
    }
}
