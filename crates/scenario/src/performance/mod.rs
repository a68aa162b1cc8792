//! How well a run served its clients, and what that cost: latency, throughput, availability, messages and bytes, and the
//! time without a leader. All of it is on simulated time, from what was recorded, for every protocol alike.
//!
//! What the words mean:
//!
//! - A request is *answered in time* if its answer comes within a limit ([`LIMIT`] unless said otherwise) and is no refusal
//!   ([`REFUSALS`](netsplit_protocols::about::REFUSALS)). Whether a request that waits will be is open until the limit is over.
//! - *Latency* is the time from a request to its answer, of requests that did what was asked for, late ones included.
//! - *Throughput* is how many requests of that kind there are in a second.
//! - The *availability of requests* is the share that is answered in time of all that are not open.
//! - A *node is up* while its process runs: not from a crash to the restart, nor from a pause to the end of the pause.
//! - The *system is up* as its latest request found it ([`requests::service`]).
//! - The *mean time to failure* is the time up over the number of failures, the *mean time to repair* the mean length of the
//!   outages that are over ([`Uptime`]).
//! - A *leader* is a node that runs and whose face is of those that lead ([`Prominence`](netsplit_sim::Prominence)). A leader
//!   that the others have deposed without its knowledge still counts.
//! - *Bytes* are those of the compact encoding that links use too.

pub mod chart;
pub mod distribution;
pub mod figure;
pub mod ledger;
pub mod report;
pub mod requests;
pub mod series;
pub mod traffic;
pub mod uptime;

use crate::session::Session;
use distribution::Distribution;
use netsplit_sim::{NodeId, Span, Time, Trace};
use requests::{Request, Tally, service};
use serde::Serialize;
use series::Series;
use std::collections::BTreeMap;
use traffic::{Traffic, Volume, set_off};
use uptime::Uptime;

/// Within so long a request must be answered, unless somebody says otherwise.
pub const LIMIT: Span = Span::secs(1);

/// How well a run went, up to a moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Performance {
    /// Up to when.
    pub until: Time,
    /// What counts as in time.
    pub limit: Span,
    /// All requests.
    pub all: Served,
    /// The same by type of operation.
    pub kinds: BTreeMap<String, Served>,
    /// Requests over time.
    pub series: Series,
    /// The system as its clients see it; nothing if nobody asked.
    pub service: Option<Uptime>,
    /// Each node.
    pub nodes: Vec<NodeTime>,
    /// What was sent.
    pub traffic: Traffic,
    /// The time with a leader and without; nothing if nobody ever led.
    pub led: Option<Led>,
}

/// Requests, and what became of them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Served {
    /// How many came to what.
    pub tally: Tally,
    /// How long those took that did what was asked for, in nanoseconds.
    pub latency: Distribution,
    /// How many messages each of these set off...
    pub messages: Distribution,
    /// ...and how many bytes.
    pub bytes: Distribution,
}

/// A node's time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NodeTime {
    /// Which.
    pub node: NodeId,
    /// When it was up.
    pub uptime: Uptime,
    /// The requests that were made there.
    pub tally: Tally,
}

/// The time with a leader and without.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Led {
    /// What the first leader was called by its role.
    pub role: &'static str,
    /// An outage is a stretch without a leader.
    pub uptime: Uptime,
}

/// Measures a run up to its cursor.
pub fn measure(session: &dyn Session, limit: Span) -> Performance {
    let (events, until) = (session.cursor().events, session.cursor().time);
    let (trace, history) = (session.trace(), session.history());
    let ledger = session.ledger(u32::MAX);
    let requests: Vec<Request> = history.iter().map(|op| Request::of(op, until, limit)).collect();
    let volumes = set_off(trace, &ledger, events, &history);
    let pairs: Vec<(&Request, &Volume)> = requests.iter().zip(&volumes).collect();
    let mut kinds: BTreeMap<String, Vec<(&Request, &Volume)>> = BTreeMap::new();
    for pair in &pairs {
        kinds.entry(pair.0.kind.clone()).or_default().push(*pair);
    }
    let led = ledger.role().map(|role| Led {
        role,
        uptime: Uptime::of(Time::ZERO, until, std::iter::once((Time::ZERO, false)).chain(ledger.led(events))),
    });
    Performance {
        until,
        limit,
        all: Served::of(&pairs),
        kinds: kinds.into_iter().map(|(kind, pairs)| (kind, Served::of(&pairs))).collect(),
        series: Series::of(&requests, until),
        service: service(&requests, limit),
        nodes: nodes(session.names().len(), trace, events, until, &requests),
        traffic: Traffic::of(trace, &ledger, events, until),
        led,
    }
}

impl Served {
    fn of(pairs: &[(&Request, &Volume)]) -> Served {
        let done = || pairs.iter().filter(|(request, _)| request.latency().is_some());
        Served {
            tally: Tally::of(pairs.iter().map(|(request, _)| *request)),
            latency: Distribution::of(done().filter_map(|(request, _)| Some(request.latency()?.0))),
            messages: Distribution::of(done().map(|(_, volume)| volume.messages)),
            bytes: Distribution::of(done().map(|(_, volume)| volume.bytes)),
        }
    }
}

impl Performance {
    /// How many requests were answered in a thousand seconds.
    pub fn answered_per_kilosecond(&self) -> Option<u64> {
        let answered = u128::from(self.all.tally.answered()) * 1_000_000_000_000;
        u64::try_from(answered.checked_div(u128::from(self.until.0))?).ok()
    }
    /// How many messages were sent for a thousand answered requests, whoever set them off...
    pub fn messages_per_thousand(&self) -> Option<u64> {
        (1_000 * self.traffic.sent.messages).checked_div(u64::from(self.all.tally.answered()))
    }
    /// ...and how many bytes.
    pub fn bytes_per_thousand(&self) -> Option<u64> {
        (1_000 * self.traffic.sent.bytes).checked_div(u64::from(self.all.tally.answered()))
    }
}

/// Each node's time within the first `events` events.
fn nodes(count: usize, trace: &Trace, events: u32, until: Time, requests: &[Request]) -> Vec<NodeTime> {
    let mut changes: Vec<Vec<(Time, bool)>> = vec![Vec::new(); count];
    let mut made: Vec<Vec<&Request>> = vec![Vec::new(); count];
    let mut crashed = vec![false; count];
    for fault in trace.faults().iter().take_while(|fault| fault.event.0 < events) {
        let Some(node) = fault.aim.nodes.first().map(|node| node.index()).filter(|node| *node < count) else {
            continue;
        };
        let there = match fault.name {
            "crash" => false,
            "pause" => false,
            "restart" if crashed[node] => true,
            "resume" if !crashed[node] => true,
            _ => continue,
        };
        crashed[node] = fault.name == "crash" || (crashed[node] && !there);
        let at = trace.event(fault.event).map_or(Time::ZERO, |row| row.at);
        changes[node].push((at, there));
    }
    for request in requests {
        made.get_mut(request.node.index()).into_iter().for_each(|made| made.push(request));
    }
    let node = |(at, (changes, made)): (usize, (Vec<_>, Vec<&Request>))| NodeTime {
        node: NodeId(at as u16),
        uptime: Uptime::of(Time::ZERO, until, changes),
        tally: Tally::of(made),
    };
    changes.into_iter().zip(made).enumerate().map(node).collect()
}
