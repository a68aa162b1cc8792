//! The settings of a cluster, and the rules that can be broken in it.

use super::Configuration;
use crate::about::Bugs;
use crate::{Cast, Impossible};
use netsplit_sim::{NodeId, Span};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// What a scenario can set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The range from which a server draws its election timeout, each time anew, so that split votes are rare (§5.2).
    pub election_timeout: (Span, Span),
    /// How often a leader tells its followers that it is there.
    pub heartbeat: Span,
    /// How many entries one AppendEntries carries at most.
    pub max_entries: u32,
    /// How long a client waits for an answer before it asks another server.
    pub client_timeout: Span,
    /// Whether a new leader opens its term with a no-op entry, so that older entries are committed without waiting
    /// for a client (§8). Off by default: Figure 2 has no such rule, and Figure 8 cannot be followed with it.
    pub noop_on_election: bool,
    /// Whether a server asks, before it raises its term, whether it could win (thesis, §9.6).
    pub pre_vote: bool,
    /// Whether a leader steps down that hears no majority for an election timeout (thesis, §6.2), and servers ignore
    /// candidates while they hear a leader (§4.2.3).
    pub check_quorum: bool,
    /// After how many applied entries a server writes a snapshot and drops them from its log (thesis, §5); 0 is never.
    pub snapshot_every: u32,
    /// How many servers make up the cluster at first, counted from n1; the others wait to be added (thesis, §4). 0 is all.
    pub members: u16,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            election_timeout: (Span::millis(150), Span::millis(300)), // §9.3
            heartbeat: Span::millis(50),
            max_entries: 64,
            client_timeout: Span::millis(300),
            noop_on_election: false,
            pre_vote: false,
            check_quorum: false,
            snapshot_every: 0,
            members: 0,
        }
    }
}

impl Config {
    /// Which setting is impossible, if any.
    fn check(&self) -> Result<(), Impossible> {
        let (shortest, longest) = self.election_timeout;
        let spans =
            [("election-timeout", shortest), ("heartbeat", self.heartbeat), ("client-timeout", self.client_timeout)];
        for (setting, span) in spans {
            if span < Self::SHORTEST {
                return Err(impossible(setting, format!("{span} is too short: {} at least", Self::SHORTEST)));
            }
        }
        if longest < shortest {
            let reason = format!("the range ends at {longest}, before it begins at {shortest}: the shorter first");
            return Err(impossible("election-timeout", reason));
        }
        if self.max_entries == 0 {
            return Err(impossible("max-entries", "0 entries would never be replicated: 1 at least".to_owned()));
        }
        Ok(())
    }

    /// Below this a run would be nothing but timers.
    const SHORTEST: Span = Span::millis(1);
}

fn impossible(setting: &'static str, reason: String) -> Impossible {
    Impossible { setting, reason }
}

/// The rules that can be broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Bug {
    /// A restart forgets the vote.
    VoteNotDurable,
    /// A leader commits entries of earlier terms by counting copies.
    CommitOlderTerms,
    /// A vote goes to candidates with older logs too.
    NoUpToDateCheck,
    /// A follower keeps entries that conflict with its leader's.
    NoConflictTruncation,
    /// The set of servers changes in one step.
    SingleStepChange,
}

/// What every process of a cluster knows from the start.
#[derive(Debug)]
pub struct Settings {
    /// What the scenario set.
    pub config: Config,
    /// Which rules are broken.
    pub bugs: Bugs,
    /// All servers that there are, in ascending order.
    pub servers: Vec<NodeId>,
    /// Those that make up the cluster at first.
    pub members: Arc<Configuration>,
}

impl Settings {
    /// The settings for the servers of a cast, if they are possible.
    pub fn new(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Settings, Impossible> {
        config.check()?;
        let servers = cast.playing(super::SERVER);
        if servers.is_empty() {
            return Err(impossible("server", "a cluster needs 1 server at least".to_owned()));
        }
        let members = match usize::from(config.members) {
            0 => servers.clone(),
            some => servers.get(..some).map(<[_]>::to_vec).ok_or_else(|| {
                impossible("members", format!("there are only {} servers to begin with {some}", servers.len()))
            })?,
        };
        let members = Arc::new(Configuration::of(members));
        Ok(Settings { config: config.clone(), bugs, servers, members })
    }

    /// From what an election timeout is drawn.
    pub fn election_timeout(&self) -> Range<Span> {
        let (shortest, longest) = self.config.election_timeout;
        shortest..longest
    }
    /// Whether a rule is broken.
    pub fn broken(&self, bug: Bug) -> bool {
        self.bugs.on(bug as usize)
    }
    /// What a server is called.
    pub fn name(&self, server: NodeId) -> String {
        let place = self.servers.iter().position(|other| *other == server);
        place.map_or_else(|| format!("node {}", server.0), |place| format!("n{}", place + 1))
    }
}
