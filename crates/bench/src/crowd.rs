//! A thousand nodes: gossip, and membership (SWIM) in which one member crashes and comes back.

use netsplit_protocols::gossip::{self, Gossip};
use netsplit_protocols::membership::{self, Membership};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Intervention, Latency, Link, Moment, Network, NodeId, Planned, Played, Recording, Seed, Setup, Span, Time,
    Topology, World,
};

/// How many nodes there are.
pub const NODES: u16 = 1_000;

/// What is done to them.
pub struct Crowd<P: Entry> {
    config: P::Config,
    timeline: Vec<Planned<P::Op>>,
}

/// A rumour that is told for ever (push-pull, the usual setting).
pub fn gossip() -> Crowd<Gossip> {
    let op = gossip::Op::Tell { rumour: "fire".into() };
    let timeline = vec![at(100, Intervention::Invoke(NodeId(0).into(), op))];
    Crowd { config: gossip::Config::default(), timeline }
}

/// Members from the start, with the usual settings.
pub fn membership() -> Crowd<Membership> {
    let config = membership::Config { founders: NODES, ..Default::default() };
    let timeline =
        vec![at(2_000, Intervention::Crash(NodeId(500).into())), at(6_000, Intervention::Restart(NodeId(500).into()))];
    Crowd { config, timeline }
}

fn at<Op>(millis: u64, what: Intervention<Op>) -> Planned<Op> {
    Planned { when: Moment { at: Time::ZERO + Span::millis(millis), after: 0 }, what }
}

impl<P: Entry> Crowd<P> {
    fn world(&self, hashing: bool) -> World<P> {
        let cast = Cast { parts: vec![0; usize::from(NODES)] };
        let nodes = P::processes(&self.config, Bugs::NONE, &cast).expect("the settings are possible");
        let latency = Latency::Uniform(Span::millis(5), Span::millis(15));
        World::new(Setup {
            seed: Seed(1),
            nodes,
            topology: Topology::Mesh,
            network: Network { link: Link { latency, ..Link::default() }, ..Network::default() },
            disk: (Span::ZERO, false),
            hashing,
        })
    }

    /// The engine alone, with its run hash or without; returns the events and the hash.
    pub fn engine(&self, events: u32, hashing: bool) -> (u32, u64) {
        let mut world = self.world(hashing);
        world.boot_all(&mut ());
        let mut planned = self.timeline.iter();
        let mut next = planned.next();
        while world.events() < events {
            match next {
                Some(plan) if world.next_due().is_none_or(|due| due >= plan.when.at) => {
                    world.wait_until(plan.when.at);
                    world.apply(&plan.what, &mut ());
                    next = planned.next();
                }
                _ => {
                    world.step(&mut ());
                }
            }
        }
        (world.events(), world.hash())
    }

    /// As people run it: recorded, with checkpoints, traced, hashed, measured, and watched by the monitor.
    pub fn recorded(&self, events: u32) -> (u32, u64) {
        let mut recording = Recording::measured(self.world(true), self.timeline.clone(), P::measure);
        while recording.world().events() < events {
            let left = events - recording.world().events();
            let played = recording.advance(Time::NEVER, left);
            assert_ne!(played, Played::Violated, "{:?}", recording.violations());
        }
        (recording.world().events(), recording.world().hash())
    }
}
