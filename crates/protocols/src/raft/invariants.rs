//! The five properties of Figure 3, held against the servers' real states after every event; and while they hold, what
//! clients are promised (promises.rs).
//!
//! The monitor keeps what the properties speak of and no server remembers: who led which term, which entry stood at
//! which index, what was committed and applied. Logs are compared by the digests of their prefixes: two logs agree up
//! to an index exactly if their digests there do, so an event costs a few comparisons, plus one step per new entry.

use super::promises::Promises;
use super::{Entry, Index, Log, Raft, Server, Settings, Term, View};
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Violation, World};

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
    /// Whether something was applied of which nothing was seen before: a majority of one can append an entry, apply it and
    /// drop it behind a snapshot in one event, or have it on its disk later than it acts on it.
    unseen: bool,
}

/// Where something was seen first.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub node: NodeId,
    pub event: EventId,
}

/// An entry there was, with the digest of the log up to it.
#[derive(Clone)]
struct Known {
    digest: u64,
    /// The same without the entry, and the entry, unless all that was ever seen is a snapshot which ends there.
    itself: Option<(u64, Entry)>,
    seen: Seen,
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

/// An entry that is there to stay, with the digest of the log up to it.
#[derive(Clone)]
pub(super) struct Settled {
    pub entry: Entry,
    digest: u64,
    /// The term in which it was committed or applied.
    term: Term,
    seen: Seen,
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
        // A majority of one is reached within a handler, before the disk has written. Nobody hears of it until then, and
        // a crash undoes it. (Larger ones are reached by messages, which wait for the disk.)
        if world.unsynced(node) > 0 && server.configuration().decided(|one| one == node) {
            self.unseen = true;
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
        self.promises.learn(&self.applied);
        self.unseen |= now.last_applied > self.applied.len() as Index;
        match before.is_some_and(|before| before.last_applied == now.last_applied) || !self.broken.is_empty() {
            true => Ok(()),
            false => self.first_news([self.promises.exactly_once(server, seen)]),
        }
    }

    /// What clients are promised rests on all the rest. Once something was applied that was not seen before they are not
    /// judged: what clients are told may come of it.
    fn clients(&mut self, scene: &Scene<Raft>, settings: &Settings, known: Index) -> Result<(), Violation> {
        if !self.broken.is_empty() || self.unseen {
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
        for index in (log.base_index().max(1)..=log.last_index()).rev() {
            let (Some(term), Some(digest)) = (log.term_at(index), log.digest_up_to(index)) else { break };
            let itself = log.digest_up_to(index - 1).zip(log.get(index).cloned());
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

/// Takes a server's log up to an index into what is settled. If it differs from what is settled already, returns where
/// and from what, and takes nothing.
fn settle(
    settled: &mut Vec<Settled>,
    entries: &Map<(Index, Term), Known>,
    server: &Server,
    upto: Index,
    seen: Seen,
) -> Option<(Index, Settled)> {
    let (log, term, known) = (server.log(), server.current_term(), settled.len() as Index);
    let shared = upto.min(known);
    if let Some(last) = shared.checked_sub(1).and_then(|at| settled.get(at as usize))
        && log.digest_up_to(shared).is_some_and(|digest| digest != last.digest)
    {
        return first_difference(&settled[..shared as usize], log).map(|(index, first)| (index, first.clone()));
    }
    for (entry, digest) in dropped(entries, log, known + 1)? {
        settled.push(Settled { entry, digest, term, seen });
    }
    for index in settled.len() as Index + 1..=upto {
        let entry = log.get(index)?.clone();
        let digest = log.digest_up_to(index)?;
        settled.push(Settled { entry, digest, term, seen });
    }
    None
}

/// The entries from an index on that a log has dropped behind its snapshot, as they were when they were seen last, with the
/// digests of the log up to each: an entry is applied and dropped in one event. Nothing if one was never seen.
fn dropped(entries: &Map<(Index, Term), Known>, log: &Log, from: Index) -> Option<Vec<(Entry, u64)>> {
    let base = log.base_index();
    let mut found = Vec::new();
    let mut digest = log.digest_up_to(base).unwrap_or(0);
    for index in (from..=base).rev() {
        let here = entries.range((index, 0)..=(index, Term::MAX));
        let (before, entry) = here.map(|(_, known)| known).find(|known| known.digest == digest)?.itself.clone()?;
        found.push((entry, digest));
        digest = before;
    }
    found.reverse();
    Some(found)
}

/// The first settled entry that a log does not have. What it has dropped behind a snapshot it has.
fn first_difference<'a>(settled: &'a [Settled], log: &Log) -> Option<(Index, &'a Settled)> {
    let same = |index: Index, settled: &Settled| {
        index <= log.last_index() && log.digest_up_to(index).is_none_or(|digest| digest == settled.digest)
    };
    if settled.last().is_none_or(|last| same(settled.len() as Index, last)) {
        return None;
    }
    (1..).zip(settled).find(|(index, settled)| !same(*index, settled))
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

#[cfg(test)]
mod tests {
    use super::super::{Disk, Msg, Op, Settings, StateMachine, Timer};
    use super::*;
    use crate::raft::Config;
    use crate::shared::kv;
    use crate::{Bugs, Cast};
    use netsplit_sim::{
        Cx, Face, History, Intervention, Network, OpId, Process, Seat, Seed, Setup, Span, Step, Time, Topology, Trace,
    };
    use serde::Serialize;
    use std::sync::Arc;

    /// A server that deletes its last entry whenever it is asked for something and leads, and that reads nothing in its
    /// snapshot: no rule of Raft makes one, so no switch does.
    #[derive(Clone, Hash, Serialize)]
    struct Forgetful(Server);

    impl Process<Raft> for Forgetful {
        type Config = Settings;
        type Disk = Disk;
        fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<Raft>) -> Forgetful {
            let mut server = Server::boot(settings, disk, cx);
            server.state_machine = StateMachine::default();
            Forgetful(server)
        }
        fn disk(&self) -> &Disk {
            Process::disk(&self.0)
        }
        fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Raft>) {
            self.0.on_msg(from, msg, cx);
        }
        fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Raft>) {
            self.0.on_timer(timer, cx);
        }
        fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Raft>) {
            match self.0.log().last_index() {
                last @ 1.. if self.0.is_leader() => self.0.disk.log.truncate_from(last),
                _ => self.0.on_op(id, op, cx),
            }
        }
        fn view(&self) -> View<'_> {
            self.0.view()
        }
        fn face(&self) -> Face {
            self.0.face()
        }
    }

    /// The monitor at the only node, in a world without a trace.
    fn look(monitor: &mut Invariants, world: &World<Raft>, event: EventId) -> Result<(), Violation> {
        let (trace, history) = (&Trace::default(), &History::default());
        monitor.after(&Scene { world, trace, history, event, node: Some(NodeId(0)) })
    }

    /// A forgetful server alone in its cluster, which leads.
    fn forgetful(config: &Config, monitor: &mut Invariants) -> World<Raft> {
        let settings = Settings::new(config, Bugs::NONE, &Cast { parts: vec![0] }).expect("possible");
        let mut world = World::<Raft>::new(Setup {
            seed: Seed(1),
            nodes: vec![Seat::<Raft, Forgetful>::new(Arc::new(settings))],
            topology: Topology::Mesh,
            network: Network::default(),
            disk: (Span::ZERO, false),
            hashing: false,
        });
        world.boot_all(&mut ());
        while let Step::Event(event) = world.step(&mut ()) {
            assert_eq!(look(monitor, &world, event), Ok(()));
            if world.now() > Time(1_000_000_000) {
                break;
            }
        }
        world
    }

    fn put() -> Intervention<Op> {
        Intervention::Invoke(NodeId(0).into(), kv::Op::Put { key: "x".into(), value: "1".into() }.into())
    }

    #[test]
    fn state_machine_safety_fails_when_a_snapshot_does_not_hold_what_was_applied() {
        let mut monitor = Invariants::default();
        let mut world = forgetful(&Config { snapshot_every: 1, ..Config::default() }, &mut monitor);
        let event = world.apply(&put(), &mut ());
        assert_eq!(look(&mut monitor, &world, event), Ok(()));
        let event = world.apply(&Intervention::Crash(NodeId(0).into()), &mut ());
        assert_eq!(look(&mut monitor, &world, event), Ok(()));
        let event = world.apply(&Intervention::Restart(NodeId(0).into()), &mut ());
        let violation = look(&mut monitor, &world, event).expect_err("its store is empty");
        assert_eq!(violation.invariant, "state-machine-safety");
    }

    #[test]
    fn leader_append_only_fails_when_a_leader_deletes_from_its_log() {
        let mut monitor = Invariants::default();
        let mut world = forgetful(&Config::default(), &mut monitor);
        let event = world.apply(&put(), &mut ());
        assert_eq!(look(&mut monitor, &world, event), Ok(()));
        let event = world.apply(&put(), &mut ());
        let violation = look(&mut monitor, &world, event).expect_err("its log is shorter than it was");
        assert_eq!(violation.invariant, "leader-append-only");
        let texts: Vec<_> = violation.evidence.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "became leader of term 1, and had 1 entries until now",
                "leads on, but its log is no longer what it was: its log is empty",
            ]
        );
    }
}
