//! Figure 16's measurement (§9.3): for how long is there no leader when the leader crashes? As the paper ran it: five
//! servers, whose logs are of different lengths, so that some candidates cannot win; the leader sends all of them a
//! heartbeat at once, so that their election timers start together, and crashes at any time within its heartbeat interval,
//! which is half the shortest election timeout. The benchmark (crates/bench) runs these trials too.

use netsplit_protocols::raft::{Command, Config, Disk, Entry, Index, Raft, Server, Settings, View};
use netsplit_protocols::{Bugs, Cast};
use netsplit_sim::{
    Dice, Intervention, Latency, Link, Network, NodeId, Seat, Seed, Setup, Span, Time, Topology, World,
};
use std::sync::Arc;

/// Every trial that has no leader for longer than this counts as this long.
pub const CAP: Span = Span::secs(20);

/// How long a message takes: 1 ms, and an exponentially distributed time on top, so that a broadcast (to all four others
/// and back) takes 11 ms on average. The paper says about 15, and not how it is distributed.
pub const LATENCY: Latency = Latency::Exponential(Span::millis(1), Span::micros(2_500));

/// A range of election timeouts, in milliseconds.
pub type Range = (u64, u64);

/// The upper plot: more and more randomness.
pub const SPREADS: [Range; 6] = [(150, 150), (150, 151), (150, 155), (150, 175), (150, 200), (150, 300)];
/// The lower plot: from short timeouts to long ones.
pub const SCALES: [Range; 5] = [(12, 24), (25, 50), (50, 100), (100, 200), (150, 300)];

/// The leader crashes once for each seed: for how long there was no leader, shortest first.
pub fn downtimes(range: Range, seeds: std::ops::Range<u64>) -> Vec<Span> {
    let mut downtimes: Vec<Span> = seeds.map(|seed| downtime(range, seed)).collect();
    downtimes.sort();
    downtimes
}

/// How long the longest of 1,000 trials usually is: the median of eleven times as many. (The longest of a single thousand
/// is one draw from a long tail, and another seed's is half as long or twice.)
pub fn usual_longest(range: Range) -> Span {
    let longest = |batch: u64| downtimes(range, 1_000 * batch..1_000 * (batch + 1)).pop().unwrap_or_default();
    let mut longest: Vec<Span> = (0..11).map(longest).collect();
    longest.sort();
    longest[5]
}

const LEADER: NodeId = NodeId(0);

/// One trial.
fn downtime(range: Range, seed: u64) -> Span {
    let mut world = cluster(range, seed);
    let heartbeat = settings(range).heartbeat;
    world.boot_all(&mut ());
    world.apply(&Intervention::Fire(LEADER.into(), Some("election".to_owned())), &mut ());
    run_until_somebody_leads(&mut world, Time::NEVER);
    // Its first heartbeats are on their way, all of them equally long. Were it to hear of the others' logs, it would
    // make them like its own.
    for follower in world.ids().skip(1) {
        world.apply(&Intervention::Cut(follower.into(), LEADER.into()), &mut ());
    }
    world.apply(&Intervention::Network(Link { latency: LATENCY, ..Link::default() }), &mut ());
    let crash = world.now() + Span(Dice::new(Seed(seed)).below(heartbeat.0));
    while world.next_due().is_some_and(|due| due <= crash) {
        world.step(&mut ());
    }
    world.wait_until(crash);
    world.apply(&Intervention::Crash(LEADER.into()), &mut ());
    run_until_somebody_leads(&mut world, crash + CAP);
    world.now().since(crash).min(CAP)
}

fn settings((shortest, longest): Range) -> Config {
    Config {
        election_timeout: (Span::millis(shortest), Span::millis(longest)),
        heartbeat: Span::millis(shortest / 2),
        ..Config::default()
    }
}

fn cluster(range: Range, seed: u64) -> World<Raft> {
    let cast = Cast { parts: vec![0; 5] };
    let settings = Arc::new(Settings::new(&settings(range), Bugs::NONE, &cast).expect("possible settings"));
    // The leader has five entries, the others one, two, three and four: the first two of these cannot win.
    let lengths = [5, 1, 2, 3, 4];
    let nodes = lengths.map(|length| Seat::<Raft, Server>::with_disk(settings.clone(), disk(length)));
    World::new(Setup {
        seed: Seed(seed),
        nodes: nodes.into(),
        topology: Topology::Mesh,
        network: Network {
            link: Link { latency: Latency::Constant(Span::millis(1)), ..Link::default() },
            ..Network::default()
        },
        disk: (Span::ZERO, false),
        hashing: false,
    })
}

fn disk(length: Index) -> Disk {
    let entry = |_| Entry { term: 1, command: Command::Noop };
    Disk { current_term: 1, log: (0..length).map(entry).collect(), ..Disk::default() }
}

fn run_until_somebody_leads(world: &mut World<Raft>, limit: Time) {
    while !somebody_leads(world) && world.next_due().is_some_and(|due| due <= limit) {
        world.step(&mut ());
    }
    if !somebody_leads(world) {
        world.wait_until(limit);
    }
}

fn somebody_leads(world: &World<Raft>) -> bool {
    world.ids().any(|node| matches!(world.view(node), Some(View::Server(server)) if server.is_leader()))
}
