//! From a scenario or a link to a run.

use crate::catalogue;
use crate::check::{Unplayable, check};
use crate::link::Link;
use crate::model::Scenario;
use crate::session::Session;

/// Starts a scenario; the run is at its very beginning.
pub fn open(scenario: Scenario) -> Result<Box<dyn Session>, Unplayable> {
    check(&scenario)?;
    catalogue::start(scenario, true)
}

/// The same for a run that nobody will compare with another: without its hash, which is half the work of many protocols.
pub(crate) fn open_unhashed(scenario: Scenario) -> Result<Box<dyn Session>, Unplayable> {
    check(&scenario)?;
    catalogue::start(scenario, false)
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
