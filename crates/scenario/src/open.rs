//! From a scenario or a link to a run.

use crate::catalogue;
use crate::link::Link;
use crate::model::Scenario;
use crate::session::Session;
use std::fmt;

/// Why a scenario cannot be played: which part of it, and what would be accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Unplayable {
    /// The part of the scenario.
    pub place: Place,
    /// What is wrong with it, and what would be accepted.
    pub reason: String,
}

/// A part of a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// The protocol's name.
    Protocol,
    /// The number of nodes of a part.
    Nodes,
    /// A setting of the protocol, where it can be told which.
    Config(Option<String>),
    /// The n-th bug.
    Bug(usize),
    /// The n-th entry of the timeline.
    Timeline(usize),
    /// The n-th workload.
    Workload(usize),
    /// The n-th expectation.
    Expectation(usize),
    /// The n-th thing that people did.
    Intervention(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Protocol => f.write_str("protocol"),
            Place::Nodes => f.write_str("nodes"),
            Place::Config(None) => f.write_str("config"),
            Place::Config(Some(setting)) => write!(f, "config: {setting}"),
            Place::Bug(n) => write!(f, "bug {}", n + 1),
            Place::Timeline(n) => write!(f, "timeline entry {}", n + 1),
            Place::Workload(n) => write!(f, "workload {}", n + 1),
            Place::Expectation(n) => write!(f, "expectation {}", n + 1),
            Place::Intervention(n) => write!(f, "intervention {}", n + 1),
        }
    }
}

impl Unplayable {
    pub(crate) fn new(place: Place, reason: impl Into<String>) -> Unplayable {
        Unplayable { place, reason: reason.into() }
    }
}

/// Starts a scenario; the run is at its very beginning.
pub fn open(scenario: Scenario) -> Result<Box<dyn Session>, Unplayable> {
    catalogue::start(scenario)
}

/// A link, opened.
pub struct Opened {
    /// The run, with the cursor where the link has it.
    pub session: Box<dyn Session>,
    /// Whether it is the run that was linked to.
    pub verdict: Verdict,
}

/// Whether a run came out as its link says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The same events, with the same state after each.
    Verified,
    /// This build behaves differently from the one that made the link.
    Differs {
        /// The hash that the link carries.
        linked: u64,
        /// The hash that came out.
        found: u64,
    },
}

/// Replays what a link holds, up to its cursor.
pub fn open_link(link: &Link) -> Result<Opened, Unplayable> {
    let mut session = open(link.scenario.clone())?;
    session.plan(&link.interventions)?;
    session.fast_forward(link.cursor);
    let found = session.hash();
    let same = session.cursor().events == link.cursor.events && found == link.hash;
    let verdict = if same { Verdict::Verified } else { Verdict::Differs { linked: link.hash, found } };
    Ok(Opened { session, verdict })
}
