//! Registers: transactions write and read single values, and reads tell little of the order in which versions came. What is
//! certain: nothing comes before the first; and who reads a version and then writes replaces that version.

use super::{Found, Inferred, Keys, Kind, Micro as Inferring, Status, Step, Transaction, Writes, step};
use crate::verdict::Because;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// An operation on a register. Every value is written to a key once at most.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Micro<K, V> {
    /// Give it a value.
    Write(K, V),
    /// Read its value, or none: the first version. `None` where nobody knows what was read.
    Read(K, Option<Option<V>>),
}

impl<K, V> Micro<K, V> {
    fn key(&self) -> &K {
        let (Micro::Write(key, _) | Micro::Read(key, _)) = self;
        key
    }
}

/// A version of a key: a value, or the first.
type Version<'a, V> = (usize, Option<&'a V>);

impl<K: Clone + Eq + Hash, V: Eq + Hash> Inferring for Micro<K, V> {
    type Key = K;

    fn infer(history: &[&Transaction<Self>]) -> Inferred<K> {
        let mut registers = Registers::new(history);
        registers.look_at_each_read();
        registers.leave_out_unknown();
        registers.look_for_lost_updates();
        registers.leave_out_cyclic();
        let dependencies = registers.dependencies();
        let Registers { keys, present, found, writes, .. } = registers;
        let shown_by = vec![None; keys.all.len()];
        Inferred { keys: keys.all, present, dependencies, shown_by, found, ambiguous: writes.ambiguous }
    }
}

/// What is known of the registers.
struct Registers<'a, K, V> {
    history: &'a [&'a Transaction<Micro<K, V>>],
    keys: Keys<'a, K>,
    writes: Writes<'a, V>,
    /// What committed transactions read of others.
    reads: Vec<(usize, Version<'a, V>)>,
    /// The keys of which a version would have come before itself.
    cyclic: HashSet<usize>,
    /// Which version somebody replaced by which, and who.
    replaced: Vec<(usize, Version<'a, V>, &'a V)>,
    present: Vec<bool>,
    found: Vec<Found>,
}

impl<'a, K: Clone + Eq + Hash, V: Eq + Hash> Registers<'a, K, V> {
    fn new(history: &'a [&'a Transaction<Micro<K, V>>]) -> Self {
        let present = history.iter().map(|transaction| transaction.status == Status::Committed).collect();
        let mut registers = Registers {
            history,
            keys: Keys::new(),
            writes: Writes::new(),
            reads: Vec::new(),
            cyclic: HashSet::new(),
            replaced: Vec::new(),
            present,
            found: Vec::new(),
        };
        for (place, transaction) in history.iter().enumerate() {
            registers.add(place, transaction);
        }
        registers
    }

    fn add(&mut self, place: usize, transaction: &'a Transaction<Micro<K, V>>) {
        let mut written: Vec<(usize, &V)> = Vec::new();
        // What the transaction knows of each key that it has read or written so far.
        let mut latest: HashMap<usize, Option<&'a V>> = HashMap::new();
        for (nth, operation) in transaction.operations.iter().enumerate() {
            let key = self.keys.number(operation.key());
            match operation {
                Micro::Write(_, value) => {
                    let replaced = latest.insert(key, Some(value));
                    self.replaced.extend(replaced.map(|replaced| (place, (key, replaced), value)));
                    written.push((key, value));
                }
                Micro::Read(_, Some(value)) if transaction.status == Status::Committed => {
                    let later = transaction.operations[nth..].iter().any(|later| match later {
                        Micro::Write(other, new) => other == operation.key() && value.as_ref() == Some(new),
                        Micro::Read(..) => false,
                    });
                    match written.iter().rev().find(|(other, _)| *other == key) {
                        _ if later => self.wrong(Kind::Internal, key, vec![place]),
                        Some((_, mine)) if value.as_ref() != Some(*mine) => {
                            self.wrong(Kind::Internal, key, vec![place])
                        }
                        Some(_) => {}
                        None => {
                            self.reads.push((place, (key, value.as_ref())));
                            latest.insert(key, value.as_ref());
                        }
                    }
                }
                Micro::Read(..) => {}
            }
        }
        self.writes.add(place, &written);
    }

    fn wrong(&mut self, kind: Kind, key: usize, transactions: Vec<usize>) {
        self.found.push(Found { kind, key: Some(key), transactions, cycle: Vec::new() });
    }

    fn look_at_each_read(&mut self) {
        for at in 0..self.reads.len() {
            let (reader, (key, Some(value))) = self.reads[at] else { continue };
            let Some(written) = self.writes.of(key, value) else {
                if !self.writes.has(key, value) {
                    self.wrong(Kind::ThinAir, key, vec![reader]);
                }
                continue;
            };
            if self.history[written.by].status == Status::Aborted {
                self.wrong(Kind::G1a, key, vec![reader, written.by]);
            } else {
                self.present[written.by] = true;
                if written.intermediate && written.by != reader {
                    self.wrong(Kind::G1b, key, vec![reader, written.by]);
                }
            }
        }
    }

    /// What is left of what replaced what: by transactions that took place, and where it is known what.
    fn leave_out_unknown(&mut self) {
        let Registers { writes, present, replaced, .. } = self;
        let known = |(key, version): &Version<V>| {
            version.is_none_or(|value| writes.of(*key, value).is_some() || !writes.has(*key, value))
        };
        replaced.retain(|(by, version, _)| present[*by] && known(version));
    }

    /// Two that replaced the same version: whichever came later did not know of the other.
    fn look_for_lost_updates(&mut self) {
        let mut replaced_by: HashMap<Version<V>, usize> = HashMap::new();
        for at in 0..self.replaced.len() {
            let (by, version, _) = self.replaced[at];
            let other = *replaced_by.entry(version).or_insert(by);
            if other != by {
                self.wrong(Kind::LostUpdate, version.0, vec![other, by]);
            }
        }
    }

    /// Takes the keys out of which a version would have come before itself: nothing is known of their order.
    fn leave_out_cyclic(&mut self) {
        let older: HashMap<Version<V>, (usize, Version<V>)> =
            self.replaced.iter().map(|(by, old, new)| ((old.0, Some(*new)), (*by, *old))).collect();
        let mut walked: HashMap<Version<V>, usize> = HashMap::new();
        let mut cyclic = Vec::new();
        for (walk, (_, (key, _), value)) in self.replaced.iter().enumerate() {
            let mut version = (*key, Some(*value));
            let mut path = Vec::new();
            let round = loop {
                match (walked.get(&version), older.get(&version)) {
                    (Some(other), _) => break *other == walk,
                    (None, None) => break false,
                    (None, Some((by, old))) => {
                        walked.insert(version, walk);
                        path.push((version, *by));
                        version = *old;
                    }
                }
            };
            if round {
                let who = path.iter().skip_while(|(other, _)| *other != version).map(|(_, by)| *by);
                cyclic.push((*key, who.collect::<Vec<usize>>()));
            }
        }
        self.cyclic = cyclic.iter().map(|(key, _)| *key).collect();
        self.replaced.retain(|(_, (key, _), _)| !self.cyclic.contains(key));
        for (key, mut transactions) in cyclic {
            transactions.sort_unstable();
            transactions.dedup();
            self.wrong(Kind::CyclicVersions, key, transactions);
        }
    }

    fn dependencies(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut readers: HashMap<Version<V>, Vec<usize>> = HashMap::new();
        for (reader, (key, version)) in &self.reads {
            readers.entry((*key, *version)).or_default().push(*reader);
            let written = version.and_then(|version| self.writes.of(*key, version));
            let written = written.filter(|written| self.present[written.by]);
            steps.extend(written.and_then(|written| step(written.by, *reader, Because::ReadFrom, *key)));
        }
        let mut replaces: HashSet<(usize, &V)> = HashSet::new();
        for (by, (key, version), value) in &self.replaced {
            let written = version.and_then(|version| self.writes.of(*key, version));
            let written = written.filter(|written| self.present[written.by]);
            if version.is_none() || written.is_some() {
                replaces.insert((*key, *value));
            }
            steps.extend(written.and_then(|written| step(written.by, *by, Because::WrittenAfter, *key)));
            let readers = readers.get(&(*key, *version)).into_iter().flatten();
            steps.extend(readers.filter_map(|reader| step(*reader, *by, Because::ReadBefore, *key)));
        }
        steps.extend(self.after_the_first(&readers, &replaces));
        steps
    }

    /// Whoever read the first version of a key came before all who wrote it; before the first of them, at least.
    fn after_the_first(&self, readers: &HashMap<Version<V>, Vec<usize>>, replaces: &HashSet<(usize, &V)>) -> Vec<Step> {
        let mut steps = Vec::new();
        for (by, transaction) in self.history.iter().enumerate().filter(|(by, _)| self.present[*by]) {
            for operation in &transaction.operations {
                let Micro::Write(key, value) = operation else { continue };
                let Some(key) = self.keys.numbers.get(key).copied() else { continue };
                if replaces.contains(&(key, value)) || self.cyclic.contains(&key) {
                    continue;
                }
                let readers = readers.get(&(key, None)).into_iter().flatten();
                steps.extend(readers.filter_map(|reader| step(*reader, by, Because::ReadBefore, key)));
            }
        }
        steps
    }
}
