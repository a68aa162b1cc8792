//! The five properties of Figure 3, held against the servers' real states after every event; and while they hold, what
//! clients are promised (promises.rs).
//!
//! The monitor keeps what the properties speak of and no server remembers: who led which term, which entry stood at
//! which index, what was committed and applied. Logs are compared by the digests of their prefixes: two logs agree up
//! to an index exactly if their digests there do, so an event costs a few comparisons, plus one step per new entry.

mod alone;
mod settled;
#[cfg(test)]
mod tests;

pub(super) use settled::Settled;

use super::promises::Promises;
use super::{Entry, Index, Log, Raft, Server, Settings, Term, View};
use alone::DecidedAlone;
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Violation, World};
use settled::{Known, first_difference, settle};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    /// What each node was when last seen up.
    last: Vec<Option<Glimpse>>,
    /// Who led each term.
    leaders: Map<Term, Seen>,
    /// Every entry there has ever been, with the digest of the log up to it.
    entries: Map<(Index, Term), Known>,
    /// What was committed, from index 1 on.
    committed: Vec<Settled>,
    /// What was applied, from index 1 on.
    applied: Vec<Settled>,
    /// What the state machine was after an index, where servers write snapshots of it.
    states: Map<Index, (u64, Seen)>,
    /// The properties that are broken already: each is reported once, so that none hides another.
    broken: Vec<&'static str>,
    promises: Promises,
    /// What was decided by servers that are majorities by themselves, and may be undone by a crash.
    alone: DecidedAlone,
    /// Whether such a server had a disk that says that it has written what it has not. It promises nothing.
    lied_to: bool,
}

/// Where something was seen first.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub node: NodeId,
    pub event: EventId,
}

/// The part of a server's state that the properties speak of.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Glimpse {
    term: Term,
    /// Since which event it leads this term, if it does.
    leads: Option<EventId>,
    last_index: Index,
    digest: Option<u64>,
    commit_index: Index,
    last_applied: Index,
}

impl Monitor<Raft> for Invariants {
    fn after(&mut self, scene: &Scene<Raft>) -> Result<(), Violation> {
        let Some(node) = scene.node else { return Ok(()) };
        let seen = Seen { node, event: scene.event };
        if self.last.len() <= node.index() {
            self.last.resize(node.index() + 1, None);
        }
        let known = self.promises.known();
        match scene.world.view(node) {
            Some(View::Server(server)) => {
                let figure_3 = self.server(scene.world, server, seen);
                figure_3.and_then(|()| self.clients(scene, &server.settings, known))
            }
            Some(View::Client(client)) => self.clients(scene, &client.settings, known),
            None => {
                self.last[node.index()] = None; // down: when it returns, only its disk is what it was
                self.believe_what_is_written(scene.world, node);
                self.alone.undo(node);
                Ok(())
            }
        }
    }
}

impl Invariants {
    /// How many reads were stale where nothing else was promised.
    pub fn stale_reads(&self) -> u64 {
        self.promises.stale_reads
    }

    fn server(&mut self, world: &World<Raft>, server: &Server, seen: Seen) -> Result<(), Violation> {
        let Seen { node, event } = seen;
        self.believe_what_is_written(world, node);
        self.promises.learn(&self.applied, server.settings.config.session_limit);
        if world.unsynced(node) > 0 && server.is_majority() {
            self.lied_to |= world.disk(node).1;
            self.alone.note(server, self.applied.len(), seen);
            return Ok(());
        }
        let before = self.last[node.index()];
        let now = glimpse(server, before, event);
        if before == Some(now) {
            return Ok(());
        }
        self.last[node.index()] = Some(now);
        let verdicts = [
            self.election_safety(server, seen),
            leader_append_only(server, before, now, seen),
            self.log_matching(world, server, seen),
            self.state_machine_safety(server, before, seen),
            self.leader_completeness(world, server, before, seen),
        ];
        self.first_news(verdicts)?;
        self.promises.learn(&self.applied, server.settings.config.session_limit);
        match before.is_some_and(|before| before.last_applied == now.last_applied) || !self.broken.is_empty() {
            true => Ok(()),
            false => self.first_news([self.promises.exactly_once(server, seen)]),
        }
    }

    /// What a server decided alone is decided once it is on its disk.
    fn believe_what_is_written(&mut self, world: &World<Raft>, node: NodeId) {
        for settled in self.alone.written(node, world.kept(node)) {
            for all in [&mut self.committed, &mut self.applied] {
                if all.len() as Index + 1 == settled.index {
                    all.push(settled.what.clone());
                }
            }
        }
    }

    /// What clients are promised rests on all the rest.
    fn clients(&mut self, scene: &Scene<Raft>, settings: &Settings, known: Index) -> Result<(), Violation> {
        if !self.broken.is_empty() || self.lied_to {
            return Ok(());
        }
        let verdict = self.promises.clients(scene, settings, known);
        self.first_news([verdict])
    }
}

fn glimpse(server: &Server, before: Option<Glimpse>, event: EventId) -> Glimpse {
    let term = server.current_term();
    let since = before.filter(|before| before.term == term).and_then(|before| before.leads);
    let last_index = server.log().last_index();
    Glimpse {
        term,
        leads: server.is_leader().then(|| since.unwrap_or(event)),
        last_index,
        digest: server.log().digest_up_to(last_index),
        commit_index: server.commit_index(),
        last_applied: server.last_applied(),
    }
}

impl Invariants {
    /// The first property found broken that was not before.
    fn first_news<const N: usize>(&mut self, verdicts: [Result<(), Violation>; N]) -> Result<(), Violation> {
        for violation in verdicts.into_iter().filter_map(Result::err) {
            if !self.broken.contains(&violation.invariant) {
                self.broken.push(violation.invariant);
                return Err(violation);
            }
        }
        Ok(())
    }

    /// A term has at most one leader.
    fn election_safety(&mut self, server: &Server, seen: Seen) -> Result<(), Violation> {
        if !server.is_leader() {
            return Ok(());
        }
        let term = server.current_term();
        let first = *self.leaders.entry(term).or_insert(seen);
        if first.node == seen.node {
            return Ok(());
        }
        let text = format!("became leader of term {term}");
        violation("election-safety", seen, vec![first.evidence(text.clone()), seen.evidence(text)])
    }

    /// Two logs with an entry of the same index and term are the same up to there. Entries are looked at from the last
    /// one back, until one is known: what comes before it is then known too.
    fn log_matching(&mut self, world: &World<Raft>, server: &Server, seen: Seen) -> Result<(), Violation> {
        let log = server.log();
        let least = server.first_known().max(1);
        for index in (least..=log.last_index()).rev() {
            let entry = server.entry_at(index);
            let here = entry.map(|(entry, _, digest)| (entry.term, digest));
            let Some((term, digest)) = here.or_else(|| log.term_at(index).zip(log.digest_up_to(index))) else { break };
            let itself = entry.map(|(entry, before, _)| (before, entry.clone()));
            let known = self.entries.entry((index, term)).or_insert(Known { digest, itself: None, seen });
            known.itself = known.itself.take().or(itself.filter(|_| known.digest == digest));
            let Known { digest: known, seen: first, .. } = *known;
            if known != digest {
                let (theirs, ours) = difference(world, first.node, log, index);
                let evidence = vec![
                    first.evidence(format!("had an entry of term {term} at index {index}{theirs}")),
                    seen.evidence(format!("has an entry of term {term} at index {index}{ours}")),
                ];
                return violation("log-matching", seen, evidence);
            }
            if (first.node, first.event) != (seen.node, seen.event) {
                break;
            }
        }
        Ok(())
    }

    /// No two servers apply different entries at one index. A restarted server applies its log anew, from index 1.
    fn state_machine_safety(&mut self, server: &Server, before: Option<Glimpse>, seen: Seen) -> Result<(), Violation> {
        if server.last_applied() <= before.map_or(0, |before| before.last_applied) {
            return Ok(());
        }
        let applied = server.last_applied();
        if server.settings.config.snapshot_every > 0 {
            self.same_state(server, seen)?;
        }
        match settle(&mut self.applied, &self.entries, server, applied, seen) {
            None => Ok(()),
            Some((index, first)) => {
                let ours = server.log().get(index).map_or_else(|| "nothing".to_owned(), Entry::to_string);
                let evidence = vec![
                    first.seen.evidence(format!("applied {} at index {index}", first.entry)),
                    seen.evidence(format!("applied {ours} at index {index}")),
                ];
                violation("state-machine-safety", seen, evidence)
            }
        }
    }

    /// A state machine that came in a snapshot is what applying the entries would have made of it.
    fn same_state(&mut self, server: &Server, seen: Seen) -> Result<(), Violation> {
        let (applied, state) = (server.last_applied(), digest(server.state_machine()));
        let (first_state, first) = *self.states.entry(applied).or_insert((state, seen));
        if first_state == state {
            return Ok(());
        }
        let text = format!("had applied all up to index {applied}");
        let other = format!("has applied all up to index {applied}, and its state machine is another");
        violation("state-machine-safety", seen, vec![first.evidence(text), seen.evidence(other)])
    }

    /// What is committed in a term is in the log of every leader of a later term: looked at when a leader appears,
    /// and, for leaders that are there already, when something is committed in a term before theirs.
    fn leader_completeness(
        &mut self,
        world: &World<Raft>,
        server: &Server,
        before: Option<Glimpse>,
        seen: Seen,
    ) -> Result<(), Violation> {
        let known = self.committed.len();
        // If servers disagree on what is committed, the other properties have said so.
        let _ = settle(&mut self.committed, &self.entries, server, server.commit_index(), seen);
        let term = server.current_term();
        let newly_leads = before.is_none_or(|before| before.leads.is_none() || before.term != term);
        if server.is_leader() && newly_leads {
            self.holds_all_committed(server, seen, seen.event)?;
        }
        if self.committed.len() > known {
            self.later_leaders_hold_it(world, term, seen)?;
        }
        Ok(())
    }

    /// Leaders of later terms that lead still; of the others, the logs of that time are gone.
    fn later_leaders_hold_it(&self, world: &World<Raft>, term: Term, seen: Seen) -> Result<(), Violation> {
        for (&later, elected) in self.leaders.range(term + 1..) {
            if let Some(View::Server(leader)) = world.view(elected.node)
                && leader.is_leader()
                && leader.current_term() == later
            {
                self.holds_all_committed(leader, *elected, seen.event)?;
            }
        }
        Ok(())
    }

    fn holds_all_committed(&self, leader: &Server, elected: Seen, event: EventId) -> Result<(), Violation> {
        let (term, log) = (leader.current_term(), leader.log());
        let earlier = self.committed.iter().rposition(|settled| settled.term < term).map_or(0, |at| at + 1);
        let Some((index, missing)) = first_difference(&self.committed[..earlier], log) else {
            return Ok(());
        };
        let instead = match log.get(index) {
            Some(entry) => format!("with {entry} at index {index} instead"),
            None => format!("without it: {}", end_of(log)),
        };
        let committed = format!("committed {} at index {index} in term {}", missing.entry, missing.term);
        let mut evidence =
            vec![missing.seen.evidence(committed), elected.evidence(format!("became leader of term {term} {instead}"))];
        evidence.sort_by_key(|piece| piece.event);
        Err(Violation { invariant: "leader-completeness", event, evidence })
    }
}

/// A leader only adds to its log.
fn leader_append_only(server: &Server, before: Option<Glimpse>, now: Glimpse, seen: Seen) -> Result<(), Violation> {
    let Some((before, since)) = before.and_then(|before| Some((before, before.leads?))) else {
        return Ok(());
    };
    let leads_on = now.leads.is_some() && now.term == before.term;
    let log = server.log();
    let compacted = before.last_index < log.base_index(); // in a cluster of one, all in one event
    let as_before = || log.last_index() >= before.last_index && log.digest_up_to(before.last_index) == before.digest;
    if !leads_on || compacted || as_before() {
        return Ok(());
    }
    let was = Seen { event: since, ..seen };
    let evidence = vec![
        was.evidence(format!("became leader of term {}, and had {} entries until now", before.term, before.last_index)),
        seen.evidence(format!("leads on, but its log is no longer what it was: {}", end_of(log))),
    ];
    violation("leader-append-only", seen, evidence)
}

/// Where a log, up to an index, first differs from that of another node, if that one still has what it had.
fn difference(world: &World<Raft>, other: NodeId, log: &Log, upto: Index) -> (String, String) {
    let Some(View::Server(other)) = world.view(other) else {
        return Default::default();
    };
    let differs = |index: &Index| log.get(*index) != other.log().get(*index);
    let Some(index) = (1..=upto).find(differs) else {
        return Default::default();
    };
    let before = |log: &Log| match log.get(index) {
        Some(entry) if index < upto => format!(", and {entry} at index {index}"),
        Some(entry) => format!(": {entry}"),
        None => String::new(),
    };
    (before(other.log()), before(log))
}

fn end_of(log: &Log) -> String {
    let last = log.last_index();
    match log.get(last) {
        Some(entry) => format!("its log ends with {entry} at index {last}"),
        None => "its log is empty".to_owned(),
    }
}

impl Seen {
    pub fn evidence(self, text: String) -> Evidence {
        Evidence { node: self.node, event: self.event, text }
    }
}

pub(super) fn violation(invariant: &'static str, seen: Seen, evidence: Vec<Evidence>) -> Result<(), Violation> {
    Err(Violation { invariant, event: seen.event, evidence })
}
