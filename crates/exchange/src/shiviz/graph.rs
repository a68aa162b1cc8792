//! From vector clocks to the graph that ShiViz draws.
//!
//! Clocks are kept in one row while the graph is built, six bytes for each entry, of which the text had about ten; then only
//! edges are kept.

use super::{Event, Execution};
use netsplit_sim::trace::Logged;
use netsplit_sim::{EventId, NodeId, Shape, Tag, Time, Trace};
use std::cmp::Ordering;
use std::ops::Range;

/// The events of an execution in the order of the log, with their clocks.
#[derive(Default)]
pub(super) struct Clocked {
    events: Vec<Stamp>,
    hosts: Vec<u16>,
    times: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Stamp {
    host: u32,
    own: u32,
    line: u32,
    /// Where its clock begins.
    clock: usize,
}

impl Clocked {
    /// Adds an event; its entries are in the order of hosts, of which there are no more than [`super::MOST_HOSTS`].
    pub fn push(&mut self, host: u32, own: u32, line: u32, entries: &[(u32, u32)]) {
        self.events.push(Stamp { host, own, line, clock: self.hosts.len() });
        self.hosts.extend(entries.iter().map(|(host, _)| *host as u16));
        self.times.extend(entries.iter().map(|(_, time)| *time));
    }
    fn clock(&self, event: usize) -> impl Iterator<Item = (usize, u32)> {
        let end = self.events.get(event + 1).map_or(self.hosts.len(), |next| next.clock);
        let range: Range<usize> = self.events[event].clock..end;
        self.hosts[range.clone()].iter().map(|host| usize::from(*host)).zip(self.times[range].iter().copied())
    }
}

/// Clocks that do not fit each other. Lines are those where events begin.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Disorder {
    /// A host's first event has not 1.
    #[error("line {line}: the first event of host {host:?} has {found} in its clock for that host; it must be 1")]
    Start {
        /// Where.
        line: u32,
        /// The host.
        host: String,
        /// What is there.
        found: u32,
    },
    /// A host's clock does not go up by one.
    #[error(
        "line {line}: the clock of host {host:?} goes from {before} (line {before_line}) to {found}; it must go up by 1"
    )]
    Step {
        /// Where.
        line: u32,
        /// The host.
        host: String,
        /// Its entry in the event before.
        before: u32,
        /// Where that is.
        before_line: u32,
        /// Its entry in this one.
        found: u32,
    },
    /// A clock has an entry for a host without events.
    #[error("line {line}: the clock has an entry for {host:?}, and no event is at a host of that name")]
    UnknownHost {
        /// Where.
        line: u32,
        /// The name.
        host: String,
    },
    /// A clock knows of more events than there are.
    #[error("line {line}: the clock knows of {found} events at host {host:?}, which has {events}")]
    Beyond {
        /// Where.
        line: u32,
        /// The host.
        host: String,
        /// What is there.
        found: u32,
        /// How many there are.
        events: usize,
    },
    /// Two events know of each other.
    #[error("lines {one} and {other}: each event is before the other, by what the clocks of these or others say")]
    Circle {
        /// One event.
        one: u32,
        /// The other.
        other: u32,
    },
}

/// Happens-before, as edges: indexes are places in the log.
pub(super) struct Graph {
    hosts: Vec<String>,
    /// By event: its host among `hosts`.
    at: Vec<NodeId>,
    /// By event: what it was the first of its host to know of and nothing else it learnt of knew.
    heard: Vec<Vec<u32>>,
    lamport: Vec<u32>,
    forgetful: Vec<u32>,
}

/// The graph of an execution, if its clocks pass ShiViz's checks.
pub(super) fn build(clocked: &Clocked, names: Vec<String>) -> Result<Graph, Disorder> {
    let rows = rows(clocked, &names)?;
    let (heard, forgetful) = Edges::new(clocked, &rows, &names).all()?;
    let before = predecessors(clocked, &rows);
    let lamport = lamport(clocked, &before, &heard)?;
    let (hosts, nodes) = hosts(clocked, names);
    let at = clocked.events.iter().map(|event| nodes[event.host as usize]).collect();
    Ok(Graph { hosts, at, heard, lamport, forgetful })
}

/// By host: its events in its own order, which must count from 1 without a gap.
fn rows(clocked: &Clocked, names: &[String]) -> Result<Vec<Vec<u32>>, Disorder> {
    let mut rows = vec![Vec::new(); names.len()];
    for (place, event) in (0..).zip(&clocked.events) {
        rows[event.host as usize].push(place);
    }
    for (row, host) in rows.iter_mut().zip(names) {
        row.sort_by_key(|place| clocked.events[*place as usize].own);
        let mut before: Option<Stamp> = None;
        for (expected, place) in (1..).zip(row.iter()) {
            let event = clocked.events[*place as usize];
            let (line, found, host) = (event.line, event.own, || host.clone());
            match before {
                _ if found == expected => {}
                None => return Err(Disorder::Start { line, host: host(), found }),
                Some(Stamp { own, line: before_line, .. }) => {
                    return Err(Disorder::Step { line, host: host(), before: own, before_line, found });
                }
            }
            before = Some(event);
        }
    }
    Ok(rows)
}

/// Finds the edges between hosts.
struct Edges<'a> {
    clocked: &'a Clocked,
    rows: &'a [Vec<u32>],
    names: &'a [String],
    /// By host: how much of it the one at hand knows.
    known: Vec<u32>,
    /// The hosts it knows of.
    touched: Vec<usize>,
    /// By host: the event that may be a direct cause, or 0.
    fresh: Vec<u32>,
}

impl<'a> Edges<'a> {
    fn new(clocked: &'a Clocked, rows: &'a [Vec<u32>], names: &'a [String]) -> Self {
        let none = || vec![0; names.len()];
        Edges { clocked, rows, names, known: none(), touched: Vec::new(), fresh: none() }
    }

    fn all(mut self) -> Result<(Vec<Vec<u32>>, Vec<u32>), Disorder> {
        let mut heard = vec![Vec::new(); self.clocked.events.len()];
        let mut forgetful = Vec::new();
        let rows = self.rows;
        for row in rows {
            for event in row.iter().map(|place| *place as usize) {
                let (learnt, forgot) = self.learnt(event)?;
                heard[event] = self.reduced(&learnt);
                if forgot {
                    forgetful.push(self.clocked.events[event].line);
                }
            }
            for host in self.touched.drain(..) {
                self.known[host] = 0;
            }
        }
        forgetful.sort_unstable();
        Ok((heard, forgetful))
    }

    /// The latest event of each other host of which this event is the first of its own to know, and whether it does not know
    /// what the one before it knew.
    fn learnt(&mut self, event: usize) -> Result<(Vec<u32>, bool), Disorder> {
        let Stamp { host, line, .. } = self.clocked.events[event];
        let (mut learnt, mut entries, mut forgot) = (Vec::new(), 0, false);
        for (other, time) in self.clocked.clock(event).filter(|(other, _)| *other != host as usize) {
            entries += 1;
            match time.cmp(&self.known[other]) {
                Ordering::Equal => continue,
                Ordering::Less => forgot = true,
                Ordering::Greater => {
                    if self.known[other] == 0 {
                        self.touched.push(other);
                    }
                    self.known[other] = time;
                    learnt.push(self.event_at(other, time, line)?);
                }
            }
        }
        Ok((learnt, forgot || entries < self.touched.len()))
    }

    fn event_at(&self, host: usize, time: u32, line: u32) -> Result<u32, Disorder> {
        let (row, name) = (&self.rows[host], || self.names[host].clone());
        if row.is_empty() {
            return Err(Disorder::UnknownHost { line, host: name() });
        }
        let beyond = || Disorder::Beyond { line, host: name(), found: time, events: row.len() };
        row.get(time as usize - 1).copied().ok_or_else(beyond)
    }

    /// Without what another of them knew.
    fn reduced(&mut self, learnt: &[u32]) -> Vec<u32> {
        if learnt.len() < 2 {
            return learnt.to_vec();
        }
        let stamps = || learnt.iter().map(|event| self.clocked.events[*event as usize]);
        for Stamp { host, own, .. } in stamps() {
            self.fresh[host as usize] = own;
        }
        for event in learnt.iter().map(|event| *event as usize) {
            let host = self.clocked.events[event].host as usize;
            for (other, time) in self.clocked.clock(event).filter(|(other, _)| *other != host) {
                if self.fresh[other] == time {
                    self.fresh[other] = 0;
                }
            }
        }
        let fresh = &mut self.fresh;
        let hosts = learnt.iter().map(|event| (*event, self.clocked.events[*event as usize].host as usize));
        hosts.filter(|(_, host)| std::mem::take(&mut fresh[*host]) > 0).map(|(event, _)| event).collect()
    }
}

/// By event: the one before it at its host.
fn predecessors(clocked: &Clocked, rows: &[Vec<u32>]) -> Vec<Option<u32>> {
    let mut before = vec![None; clocked.events.len()];
    for pair in rows.iter().flat_map(|row| row.windows(2)) {
        before[pair[1] as usize] = Some(pair[0]);
    }
    before
}

/// The Lamport time of each event; there is none if events go round in a circle.
fn lamport(clocked: &Clocked, before: &[Option<u32>], heard: &[Vec<u32>]) -> Result<Vec<u32>, Disorder> {
    let causes = |event: usize| before[event].iter().chain(&heard[event]).copied();
    let mut effects: Vec<(u32, u32)> =
        (0..heard.len() as u32).flat_map(|event| causes(event as usize).map(move |cause| (cause, event))).collect();
    effects.sort_unstable();
    let mut waiting: Vec<u32> = (0..heard.len()).map(|event| causes(event).count() as u32).collect();
    let mut lamport = vec![1; heard.len()];
    let mut ready: Vec<u32> = (0..).zip(&waiting).filter(|(_, waits)| **waits == 0).map(|(event, _)| event).collect();
    let mut done = 0;
    while let Some(event) = ready.pop() {
        done += 1;
        let first = effects.partition_point(|(cause, _)| *cause < event);
        for (_, effect) in effects[first..].iter().take_while(|(cause, _)| *cause == event) {
            let effect = *effect as usize;
            lamport[effect] = lamport[effect].max(lamport[event as usize] + 1);
            waiting[effect] -= 1;
            if waiting[effect] == 0 {
                ready.push(effect as u32);
            }
        }
    }
    if done == heard.len() { Ok(lamport) } else { Err(circle(clocked, &waiting, causes)) }
}

/// Two events of a circle: who goes back from cause to cause among those still waiting must come round.
fn circle<I: Iterator<Item = u32>>(clocked: &Clocked, waiting: &[u32], causes: impl Fn(usize) -> I) -> Disorder {
    let back = |event: usize| causes(event).map(|cause| cause as usize).find(|cause| waiting[*cause] > 0);
    let mut at = waiting.iter().position(|waits| *waits > 0).unwrap_or(0);
    for _ in waiting {
        at = back(at).unwrap_or(at);
    }
    let (one, other) = (clocked.events[at].line, back(at).map_or(0, |other| clocked.events[other].line));
    Disorder::Circle { one: one.min(other), other: one.max(other) }
}

/// The hosts that have events, in the order of their first ones, and by number the node that each becomes.
fn hosts(clocked: &Clocked, mut names: Vec<String>) -> (Vec<String>, Vec<NodeId>) {
    const NONE: NodeId = NodeId(u16::MAX);
    let mut nodes = vec![NONE; names.len()];
    let mut hosts = Vec::new();
    for host in clocked.events.iter().map(|event| event.host as usize) {
        if nodes[host] == NONE {
            nodes[host] = NodeId(hosts.len() as u16);
            hosts.push(std::mem::take(&mut names[host]));
        }
    }
    (hosts, nodes)
}

impl Graph {
    /// The execution, its events in causal order.
    pub fn execution(self, name: String, fields: Vec<String>, events: Vec<Event>) -> Execution {
        let Graph { hosts, at, heard, lamport, forgetful } = self;
        let mut order: Vec<u32> = (0..events.len() as u32).collect();
        order.sort_by_key(|event| lamport[*event as usize]);
        let mut numbers = vec![EventId::NONE; events.len()];
        for (number, place) in (0..).zip(&order) {
            numbers[*place as usize] = EventId(number);
        }
        let logged = |place: &u32| {
            let place = *place as usize;
            let mut heard: Vec<EventId> = heard[place].iter().map(|cause| numbers[*cause as usize]).collect();
            heard.sort_unstable();
            Logged { node: at[place], at: Time(u64::from(lamport[place]) * 1_000_000), heard }
        };
        let logged: Vec<Logged> = order.iter().map(logged).collect();
        let tag = Tag { name: "message", shape: Shape::Request };
        let trace = Trace::of_log(&logged, tag).expect("in the order of Lamport times, causes come first");
        let mut events: Vec<Option<Event>> = events.into_iter().map(Some).collect();
        let moved = |place: &u32| Some(Event { host: at[*place as usize], ..events[*place as usize].take()? });
        let events = order.iter().filter_map(moved).collect();
        Execution { name, hosts, fields, events, trace, forgetful }
    }
}
