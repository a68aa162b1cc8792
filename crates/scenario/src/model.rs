//! A scenario as data: what a scenario file says and a link carries, understood but not yet running.

use crate::tree::Tree;
use netsplit_check::verdict::Level;
use netsplit_sim::{Link, NodeId, Planned, Span, Target, Time, Timing, Topology};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run before it runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scenario {
    /// Its name in the gallery, `raft/leader-crash`; empty if it is not from there.
    pub name: String,
    /// What people read.
    pub prose: Prose,
    /// The same in Simplified Chinese; the page falls back to `prose`.
    pub prose_zh: Option<Prose>,
    /// The protocol's name in the catalogue.
    pub protocol: String,
    /// Decides every draw.
    pub seed: u64,
    /// When the run ends; a page can play on.
    pub until: Time,
    /// How much simulated time passes in a second of watching, at normal speed.
    pub pace: Span,
    /// How many nodes play each part; parts that are not named have their usual number.
    pub nodes: BTreeMap<String, u16>,
    /// The protocol's own settings, those that differ from its defaults.
    pub config: BTreeMap<String, Tree>,
    /// The bugs that are switched on.
    pub bugs: Vec<String>,
    /// Who has a link to whom.
    pub topology: Topology,
    /// How links behave.
    pub link: Link,
    /// What is promised about time.
    pub timing: Timing,
    /// Links that behave otherwise, by direction.
    pub special: Vec<(NodeId, NodeId, Link)>,
    /// How long every disk takes to make a write durable...
    pub disk: Span,
    /// ...and whether it says so before it is.
    pub disk_lies: bool,
    /// What happens at which moment.
    pub timeline: Vec<Planned<Tree>>,
    /// Client operations that are generated.
    pub workload: Vec<Workload>,
    /// What the run must show.
    pub expect: Vec<Expectation>,
}

impl Scenario {
    /// A protocol on its own, as it usually is: no faults, no clients' operations, nothing expected.
    pub fn new(protocol: &str) -> Scenario {
        Scenario {
            name: String::new(),
            prose: Prose::default(),
            prose_zh: None,
            protocol: protocol.to_owned(),
            seed: 1,
            until: Time::ZERO + Span::secs(3),
            pace: Span::millis(50),
            nodes: BTreeMap::new(),
            config: BTreeMap::new(),
            bugs: Vec::new(),
            topology: Topology::default(),
            link: Link::default(),
            timing: Timing::default(),
            special: Vec::new(),
            disk: Span::ZERO,
            disk_lies: false,
            timeline: Vec::new(),
            workload: Vec::new(),
            expect: Vec::new(),
        }
    }
}

/// What people read about a scenario.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Prose {
    /// Its title.
    pub title: String,
    /// What to watch for, in a sentence or two.
    pub watch: String,
}

/// A stream of client operations: at a steady rate (an open loop), or each after the answer to the one before (a closed
/// loop).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Workload {
    /// Who asks.
    pub at: Target,
    /// The first operation.
    pub from: Time,
    /// No operation from then on.
    pub until: Time,
    /// The time between two; in a closed loop, from an answer to the next question.
    pub every: Span,
    /// In a closed loop, how long to wait for an answer; nothing in an open loop, where nobody waits.
    pub patience: Option<Span>,
    /// The operations, one drawn for each turn. In their texts `{n}` becomes the turn's number, `{k}` a key of
    /// `keys`, `{last}` the latest turn before whose text had `{n}` and the same key, and `{node}` the name of some node.
    pub ops: Vec<Tree>,
    /// How many keys there are to draw from.
    pub keys: u32,
    /// How unevenly they are drawn: twice the exponent of Zipf's law, by which the i-th key is drawn in proportion to
    /// `1 / i^exponent`; 0 for all alike.
    pub skew: u32,
}

/// How many entries from the first on are the same at even steps, and how long a step is.
pub(crate) fn repeats(timeline: &[Planned<Tree>]) -> (Span, usize) {
    let [first, second, ..] = timeline else { return (Span::ZERO, 1) };
    let every = second.when.at.since(first.when.at);
    let even = |pair: &[Planned<Tree>]| {
        let [a, b] = pair else { return false };
        a.what == b.what && a.when.after == b.when.after && b.when.at == a.when.at + every
    };
    if every == Span::ZERO {
        return (Span::ZERO, 1);
    }
    (every, 1 + timeline.windows(2).take_while(|pair| even(pair)).count())
}

/// Something the run must show.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Expectation {
    /// The invariant is violated by the end: the scenario shows what a bug does.
    Violated(String),
    /// So many nodes show a role at a moment.
    Roles {
        /// The role.
        role: String,
        /// The moment.
        at: Time,
        /// At least so many...
        least: u16,
        /// ...and at most so many.
        most: u16,
    },
    /// At least so many client operations are answered by the end.
    Answered(u32),
    /// Whether a consistency model explains what the clients saw by the end.
    Consistent(Level, bool),
}
