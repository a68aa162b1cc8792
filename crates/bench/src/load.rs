//! Five Raft servers under the load of four clients, natively and in wasm.

use netsplit_protocols::kv::Op;
use netsplit_protocols::raft::Raft;
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Intervention, Latency, Link, Network, NodeId, Seed, Setup, Span, Time, Topology, Trace, Tracer, World,
    recorder::Recorder,
};

/// Plays so many events; returns how many.
pub fn run(events: u32, hashing: bool, tracing: bool) -> u32 {
    let mut world = cluster(hashing);
    if tracing {
        let mut trace = Trace::default();
        drive(&mut world, events, &mut Tracer::new(&mut trace));
    } else {
        drive(&mut world, events, &mut ());
    }
    world.events()
}

fn cluster(hashing: bool) -> World<Raft> {
    let cast = Cast { parts: [[0; 5].as_slice(), &[1; 4]].concat() };
    let nodes = Raft::processes(&Default::default(), Bugs::NONE, &cast).expect("the defaults are possible");
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

/// Every client gets its next operation when the one before has been answered, or soon after.
fn drive(world: &mut World<Raft>, events: u32, record: &mut impl Recorder<Raft>) {
    world.boot_all(record);
    let mut next = Time::ZERO + Span::millis(500);
    let mut turn = 0u16;
    while world.events() < events {
        if world.next_due().is_some_and(|due| due >= next) {
            world.wait_until(next);
            let op = Op::Put { key: "x".into(), value: "1".into() };
            world.apply(&Intervention::Invoke(NodeId(5 + turn % 4).into(), op.into()), record);
            turn += 1;
            next += Span::millis(3);
        } else {
            world.step(record);
        }
    }
}
