//! What a history of transactions comes to: what was found in it, and the isolation that this leaves.

use super::cycles::{self, Phenomenon, Scope};
use super::graph::{Graph, real_time, sessions};
use super::{Found, Inferred, Micro, Step, Transaction};
use crate::causal::Meter;
use crate::verdict::{Because, Budget, Edge, Refutation, Unknown, Verdict};
use std::collections::HashMap;

/// What transactions may count on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Isolation {
    /// Nobody writes through another's writes (Adya's PL-1).
    ReadUncommitted,
    /// Nobody reads what is never to be (PL-2).
    ReadCommitted,
    /// As if all reads had come from one moment, and of two that write the same one had seen the other.
    SnapshotIsolation,
    /// As if one transaction had come after another (PL-3).
    Serializable,
    /// And those of each client in its order.
    StrongSessionSerializable,
    /// And each at one instant between its question and its answer.
    StrictSerializable,
}

impl Isolation {
    /// All, the weakest first. Each has what those before it have.
    pub const ALL: [Isolation; 6] = [
        Isolation::ReadUncommitted,
        Isolation::ReadCommitted,
        Isolation::SnapshotIsolation,
        Isolation::Serializable,
        Isolation::StrongSessionSerializable,
        Isolation::StrictSerializable,
    ];

    /// Its name, as the command takes it.
    pub fn name(self) -> &'static str {
        match self {
            Isolation::ReadUncommitted => "read-uncommitted",
            Isolation::ReadCommitted => "read-committed",
            Isolation::SnapshotIsolation => "snapshot-isolation",
            Isolation::Serializable => "serializable",
            Isolation::StrongSessionSerializable => "strong-session-serializable",
            Isolation::StrictSerializable => "strict-serializable",
        }
    }
}

/// What can be wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A transaction does not read what it wrote itself.
    Internal,
    /// Something comes before itself.
    Cycle(Phenomenon, Scope),
    /// Somebody read what an aborted transaction wrote.
    G1a,
    /// Somebody read what was not yet the last word of a transaction.
    G1b,
    /// Somebody read what nobody wrote.
    ThinAir,
    /// Somebody read an element twice in one list.
    DuplicateElements,
    /// Two read lists of which neither is the beginning of the other.
    IncompatibleOrder,
    /// A version would have been replaced by one that it had replaced.
    CyclicVersions,
    /// Two replaced the same version.
    LostUpdate,
}

impl Kind {
    /// What it is called.
    pub fn name(self) -> &'static str {
        use Phenomenon::{G0, G1c, G2, GNonadjacent, GSingle};
        match self {
            Kind::Internal => "internal",
            Kind::Cycle(G0, Scope::Dependencies) => "G0",
            Kind::Cycle(G0, Scope::Session) => "G0-session",
            Kind::Cycle(G0, Scope::RealTime) => "G0-realtime",
            Kind::Cycle(G1c, Scope::Dependencies) => "G1c",
            Kind::Cycle(G1c, Scope::Session) => "G1c-session",
            Kind::Cycle(G1c, Scope::RealTime) => "G1c-realtime",
            Kind::Cycle(GSingle, Scope::Dependencies) => "G-single",
            Kind::Cycle(GSingle, Scope::Session) => "G-single-session",
            Kind::Cycle(GSingle, Scope::RealTime) => "G-single-realtime",
            Kind::Cycle(GNonadjacent, Scope::Dependencies) => "G-nonadjacent",
            Kind::Cycle(GNonadjacent, Scope::Session) => "G-nonadjacent-session",
            Kind::Cycle(GNonadjacent, Scope::RealTime) => "G-nonadjacent-realtime",
            Kind::Cycle(G2, Scope::Dependencies) => "G2",
            Kind::Cycle(G2, Scope::Session) => "G2-session",
            Kind::Cycle(G2, Scope::RealTime) => "G2-realtime",
            Kind::G1a => "G1a",
            Kind::G1b => "G1b",
            Kind::ThinAir => "thin-air",
            Kind::DuplicateElements => "duplicate-elements",
            Kind::IncompatibleOrder => "incompatible-order",
            Kind::CyclicVersions => "cyclic-versions",
            Kind::LostUpdate => "lost-update",
        }
    }

    /// Whether it is this, or something worse of the kind: fewer reads that miss something, or less that comes before
    /// something else.
    fn is_at_least(self, other: Kind) -> bool {
        match (self, other) {
            (Kind::Cycle(phenomenon, scope), Kind::Cycle(other, wider)) => {
                phenomenon.is_at_least(other) && scope <= wider
            }
            _ => self == other,
        }
    }

    /// The weakest isolation that forbids it.
    pub fn forbidden_by(self) -> Isolation {
        match self {
            Kind::Internal | Kind::Cycle(Phenomenon::G0, Scope::Dependencies) => Isolation::ReadUncommitted,
            Kind::Cycle(Phenomenon::G1c, Scope::Dependencies) => Isolation::ReadCommitted,
            Kind::G1a | Kind::G1b | Kind::ThinAir => Isolation::ReadCommitted,
            Kind::DuplicateElements | Kind::IncompatibleOrder | Kind::CyclicVersions => Isolation::ReadCommitted,
            Kind::LostUpdate => Isolation::SnapshotIsolation,
            Kind::Cycle(Phenomenon::GSingle | Phenomenon::GNonadjacent, Scope::Dependencies) => {
                Isolation::SnapshotIsolation
            }
            Kind::Cycle(Phenomenon::G2, Scope::Dependencies) => Isolation::Serializable,
            Kind::Cycle(_, Scope::Session) => Isolation::StrongSessionSerializable,
            Kind::Cycle(_, Scope::RealTime) => Isolation::StrictSerializable,
        }
    }
}

/// Something wrong, and what shows it. Transactions are named by their places in the history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Anomaly<K> {
    /// What is wrong.
    pub kind: Kind,
    /// The key at which it shows, where it is one.
    pub key: Option<K>,
    /// A few transactions among which it already shows: without any one of them it does not.
    pub minimal: Vec<usize>,
    /// The cycle, if it is one.
    pub cycle: Vec<Dependency<K>>,
}

/// A step of a cycle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dependency<K> {
    /// What comes before what, and why.
    pub edge: Edge,
    /// The key that makes one depend on the other.
    pub key: Option<K>,
}

/// What a history comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report<K> {
    /// What is wrong: some of each kind.
    pub anomalies: Vec<Anomaly<K>>,
    /// Why there may be more.
    pub unknown: Option<Unknown>,
}

impl<K> Report<K> {
    /// Whether the history can have had this isolation.
    pub fn verdict(&self, isolation: Isolation) -> Verdict {
        let forbidden = self.anomalies.iter().filter(|anomaly| anomaly.kind.forbidden_by() <= isolation);
        match (forbidden.min_by_key(|anomaly| anomaly.minimal.len()), self.unknown) {
            (Some(anomaly), _) => {
                let cycle = anomaly.cycle.iter().map(|step| step.edge).collect();
                Verdict::Fails(Refutation { minimal: anomaly.minimal.clone(), cycle, ..Refutation::default() })
            }
            (None, Some(unknown)) => Verdict::Unknown(unknown),
            (None, None) => Verdict::Holds { order: None },
        }
    }

    /// The strongest isolation that the history can have had, as far as is known.
    pub fn strongest(&self) -> Option<Isolation> {
        let holds = |isolation: &&Isolation| !matches!(self.verdict(**isolation), Verdict::Fails(_));
        Isolation::ALL.iter().take_while(holds).last().copied()
    }
}

/// So many anomalies of a kind are shown.
const SHOWN: usize = 8;

pub(super) fn report<M: Micro>(history: &[Transaction<M>], budget: Budget) -> Report<M::Key> {
    let all: Vec<&Transaction<M>> = history.iter().collect();
    let inferred = M::infer(&all);
    let mut meter = Meter::new(budget);
    let mut unknown = inferred.ambiguous.then_some(Unknown::Ambiguous);
    let mut found = inferred.found.clone();
    if let Err(gave_up) = find_cycles(&all, &inferred, &mut found, &mut meter) {
        unknown = Some(gave_up);
    }
    found.sort_by_key(|found| found.kind);
    let mut shown: HashMap<Kind, usize> = HashMap::new();
    let mut anomalies = Vec::new();
    for found in found {
        let shown = shown.entry(found.kind).or_default();
        *shown += 1;
        if *shown <= SHOWN {
            anomalies.push(anomaly(&all, &inferred, found, budget));
        }
    }
    Report { anomalies, unknown }
}

/// Adds the cycles to what was found: one of each phenomenon, unless something worse was found already.
fn find_cycles<M: Micro>(
    history: &[&Transaction<M>],
    inferred: &Inferred<M::Key>,
    found: &mut Vec<Found>,
    meter: &mut Meter,
) -> Result<(), Unknown> {
    let mut steps = inferred.dependencies.clone();
    steps.extend(sessions(history, &inferred.present));
    steps.extend(real_time(history, &inferred.present));
    let graph = Graph::new(history.len(), steps);
    meter.spend(graph.steps().len() as u64)?;
    if cycles::is_acyclic(&graph, Scope::RealTime) {
        return Ok(());
    }
    for (scope, phenomenon) in
        Scope::ALL.into_iter().flat_map(|scope| Phenomenon::ALL.map(|phenomenon| (scope, phenomenon)))
    {
        let kind = Kind::Cycle(phenomenon, scope);
        if found.iter().any(|found| found.kind.is_at_least(kind)) {
            continue;
        }
        if let Some(cycle) = cycles::find(&graph, phenomenon, scope, meter)? {
            let transactions = cycle.iter().map(|step| step.from).collect();
            found.push(Found { kind, key: None, transactions, cycle });
        }
    }
    Ok(())
}

/// As few transactions as show what was found, if they do alone.
fn anomaly<M: Micro>(
    history: &[&Transaction<M>],
    inferred: &Inferred<M::Key>,
    found: Found,
    budget: Budget,
) -> Anomaly<M::Key> {
    let mut minimal = found.transactions;
    let told = |step: &Step| inferred.shown_by[step.key?].filter(|_| step.because != Because::ReadFrom);
    minimal.extend(found.cycle.iter().filter_map(told));
    minimal.sort_unstable();
    minimal.dedup();
    let mut cycle = named(&found.cycle, &inferred.keys, |place| place);
    if let Some(shown) = among(history, &minimal, found.kind, budget) {
        cycle = shown;
        let mut at = 0;
        while at < minimal.len() {
            let mut others = minimal.clone();
            others.remove(at);
            match among(history, &others, found.kind, budget) {
                Some(shown) => (minimal, cycle, at) = (others, shown, 0),
                None => at += 1,
            }
        }
    }
    let key = found.key.map(|key| inferred.keys[key].clone());
    Anomaly { kind: found.kind, key, minimal, cycle }
}

/// The cycle, if there is one, if this or something of the kind that is worse shows among these transactions alone.
fn among<M: Micro>(
    history: &[&Transaction<M>],
    places: &[usize],
    kind: Kind,
    budget: Budget,
) -> Option<Vec<Dependency<M::Key>>> {
    let part: Vec<&Transaction<M>> = places.iter().map(|place| history[*place]).collect();
    let inferred = M::infer(&part);
    let mut found = inferred.found.clone();
    let gave_up = find_cycles(&part, &inferred, &mut found, &mut Meter::new(budget)).is_err();
    let alike = found.iter().find(|found| found.kind.is_at_least(kind)).filter(|_| !gave_up)?;
    Some(named(&alike.cycle, &inferred.keys, |place| places[place]))
}

fn named<K: Clone>(cycle: &[Step], keys: &[K], place: impl Fn(usize) -> usize) -> Vec<Dependency<K>> {
    let dependency = |step: &Step| Dependency {
        edge: Edge { from: place(step.from), to: place(step.to), because: step.because },
        key: step.key.map(|key| keys[key].clone()),
    };
    cycle.iter().map(dependency).collect()
}
