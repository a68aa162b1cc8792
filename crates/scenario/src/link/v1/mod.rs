//! The content of links of version 1. FROZEN: links that people have sent each other hold exactly this. What a new
//! release wants to say otherwise goes into a new version; this one only ever learns to become the newer model.
//!
//! The format (postcard) does not describe itself: the order of fields and variants is the format.

mod pack;
mod primitives;
mod unpack;

use netsplit_check::verdict::Level;
use netsplit_sim::{Latency, Link as Behaviour, Ratio, Span};
pub(super) use pack::entries;
use primitives::Json;
pub(super) use primitives::{Few, Nanos};
use serde::{Deserialize, Serialize};
pub(super) use unpack::unpack_entries;

#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    scenario: WireScenario,
    interventions: Few<WireEntry, 20_000>,
    events: u32,
    time: Nanos,
    hash: [u8; 8],
    selection: Option<WireSelection>,
    folded: u32,
    places: Few<(u16, u16, u16), 2_000>,
}

#[derive(Serialize, Deserialize)]
struct WireScenario {
    name: String,
    /// None: as the gallery has it under that name.
    prose: Option<(WireProse, Option<WireProse>)>,
    protocol: String,
    seed: u64,
    until: Nanos,
    pace: Nanos,
    nodes: Few<(String, u16), 100>,
    config: Few<(String, Json), 1_000>,
    bugs: Few<String, 100>,
    topology: WireTopology,
    link: WireBehaviour,
    timing: WireTiming,
    special: Few<(u16, u16, WireBehaviour), 10_000>,
    disk: Nanos,
    disk_lies: bool,
    timeline: Few<WireEntry, 20_000>,
    workload: Few<WireWorkload, 32>,
    expect: Few<WireExpectation, 64>,
}

#[derive(Serialize, Deserialize)]
struct WireProse {
    title: String,
    watch: String,
}

#[derive(Serialize, Deserialize)]
enum WireTopology {
    Mesh,
    Ring,
    Star,
    Line,
    Tree,
    Grid,
    Random(u16),
    Edges(Few<(u16, u16), 20_000>),
}

/// `None` is what a link is like if nothing is said: 5 to 15 ms, nothing lost. Written out it takes ten bytes.
#[derive(Serialize, Deserialize)]
struct WireBehaviour(Option<WireLink>);

#[derive(Serialize, Deserialize)]
struct WireLink {
    latency: WireLatency,
    /// Ratios are billionths, as a `u32`: their own form.
    loss: Ratio,
    duplicate: Ratio,
    reorder: Ratio,
    fifo: bool,
}

#[derive(Serialize, Deserialize)]
enum WireLatency {
    Constant(Nanos),
    Uniform(Nanos, Nanos),
    Normal(Nanos, Nanos),
    Exponential(Nanos, Nanos),
    HeavyTail(Nanos, Nanos),
}

#[derive(Serialize, Deserialize)]
enum WireTiming {
    Asynchronous,
    PartiallySynchronous { gst: Nanos, bound: Nanos },
    Synchronous { round: Nanos },
}

/// Entries that repeat at even steps are one.
#[derive(Serialize, Deserialize)]
pub(super) struct WireEntry {
    at: Nanos,
    after: u32,
    /// How long until it happens again, and how often altogether.
    again: Option<(Nanos, u32)>,
    what: WireIntervention,
}

#[derive(Serialize, Deserialize)]
enum WireIntervention {
    Crash(WireTarget),
    Restart(WireTarget),
    Pause(WireTarget),
    Resume(WireTarget),
    Fire(WireTarget, Option<String>),
    Clock(WireTarget, i64, i32),
    Disk(WireTarget, Nanos, bool),
    Invoke(WireTarget, Json),
    Cut(WireTarget, WireTarget),
    Mend(WireTarget, WireTarget),
    Partition(Few<Few<WireTarget, 2_000>, 2_000>),
    Heal,
    Relink(WireTarget, WireTarget, WireBehaviour),
    Network(WireBehaviour),
    Drop(WireMsg),
    Duplicate(WireMsg),
    Deliver(WireMsg),
    Delay(WireMsg, Nanos),
    Turn(WireTarget, WireManner),
}

#[derive(Serialize, Deserialize)]
enum WireManner {
    Honest,
    Silent,
    Equivocating,
    Replaying,
    Corrupting,
    Deceiving,
}

#[derive(Serialize, Deserialize)]
enum WireTarget {
    Node(u16),
    Role(String),
    /// The node or role of a workload that is a closed loop, and how long it is waited for. Elsewhere the time means nothing.
    PatientNode(u16, Nanos),
    PatientRole(String, Nanos),
}

#[derive(Serialize, Deserialize)]
struct WireMsg(u16, u16, u32, u8);

#[derive(Serialize, Deserialize)]
struct WireWorkload {
    at: WireTarget,
    from: Nanos,
    until: Nanos,
    /// In a closed loop, from an answer to the next question.
    every: Nanos,
    ops: Few<Json, 64>,
    /// How many keys, and from bit [`SKEW_FROM`] on how unevenly they are drawn. There were never more than a million keys.
    keys: u32,
}

/// The bits below are enough for the number of keys.
const SKEW_FROM: u32 = 20;

#[derive(Serialize, Deserialize)]
enum WireExpectation {
    Violated(String),
    Roles {
        role: String,
        at: Nanos,
        least: u16,
        most: u16,
    },
    Answered(u32),
    Linearizable(bool),
    /// A level by its place in [`LEVELS`].
    Consistent(u8, bool),
}

/// The consistency models, by number: links have them, so this list only grows.
const LEVELS: [Level; 8] = [
    Level::Linearizable,
    Level::Sequential,
    Level::Causal,
    Level::ReadYourWrites,
    Level::MonotonicReads,
    Level::MonotonicWrites,
    Level::WritesFollowReads,
    Level::Convergent,
];

#[derive(Serialize, Deserialize)]
enum WireSelection {
    Node(u16),
    Event(u32),
    Message(WireMsg),
    Link(u16, u16),
}

/// What a link is like if version 1 says nothing.
const USUAL: Behaviour = Behaviour {
    latency: Latency::Uniform(Span::millis(5), Span::millis(15)),
    loss: Ratio::ZERO,
    duplicate: Ratio::ZERO,
    reorder: Ratio::ZERO,
    fifo: false,
};
