//! The settings of a cluster, and the rules that can be broken in it.

use super::Configuration;
use crate::about::Bugs;
use crate::shared::kv::Op;
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
    /// Whether clients open sessions, in which a command takes effect once however often it is sent (thesis, §6.3). Off
    /// by default: Figure 2 has none.
    pub sessions: bool,
    /// How many sessions servers keep: one more, and the one that has not been used for longest expires (thesis, §6.3). 0 is
    /// any number.
    pub session_limit: u16,
    /// What clients do to read.
    pub reads: Reads,
    /// With leases, how much faster one clock may run than another, in parts per million.
    pub clock_drift_bound: u32,
}

/// The ways to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// A read is an entry of the log, as a write is.
    #[default]
    Log,
    /// The leader answers from its store once a majority has confirmed that it leads (thesis, §6.4).
    ReadIndex,
    /// The same, but a confirmation is good for some time, measured by clocks (§6.4.1).
    Lease,
    /// Any server answers from its store at once, however old that is.
    Stale,
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
            sessions: false,
            session_limit: 0,
            reads: Reads::Log,
            clock_drift_bound: 200_000,
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
        if self.reads == Reads::Lease && !self.check_quorum {
            let reason =
                "a lease is worth nothing if servers that hear a leader elect another: set check-quorum = true";
            return Err(impossible("reads", reason.to_owned()));
        }
        Ok(())
    }

    /// Whether an operation is a read that is to be no entry of the log.
    pub fn is_query(&self, op: &Op) -> bool {
        self.reads != Reads::Log && matches!(op, Op::Get { .. })
    }

    /// How long a leader leads for sure after it has sent what a majority then answers: the shortest election timeout,
    /// as a clock sees it that is slower than the others by what is allowed.
    pub fn lease(&self) -> Span {
        const MILLION: u64 = 1_000_000;
        self.election_timeout.0.scale(MILLION, MILLION + u64::from(self.clock_drift_bound))
    }

    /// Below this a run would be nothing but timers.
    const SHORTEST: Span = Span::millis(1);
}

fn impossible(setting: &'static str, reason: String) -> Impossible {
    Impossible { setting, reason }
}

/// The rules that can be broken on purpose: those of the servers first, as Raft's own page lists them.
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
    /// A command that was sent twice takes effect twice, in a session as without.
    DoubleApply,
    /// A leader answers reads from its store without asking whether it still leads.
    StaleRead,
    /// A command of a session that has expired is taken for the first of a new one.
    ExpiredRunsAgain,
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
