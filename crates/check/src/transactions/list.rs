//! Lists that grow: transactions append to them and read them whole, and so every read tells all versions before it.

use super::{Found, Inferred, Keys, Kind, Micro as Inferring, Status, Step, Transaction, Writes, step};
use crate::verdict::Because;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// An operation on a list. Every element is appended to a key once at most.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Micro<K, V> {
    /// Write this behind what is there.
    Append(K, V),
    /// Read the list; `None` where nobody knows what was read.
    Read(K, Option<Vec<V>>),
}

impl<K, V> Micro<K, V> {
    fn key(&self) -> &K {
        let (Micro::Append(key, _) | Micro::Read(key, _)) = self;
        key
    }
}

/// A read of a committed transaction.
struct Read<'a, V> {
    by: usize,
    key: usize,
    /// What it read of others.
    elements: &'a [V],
    /// So many elements of its own came after them.
    own: usize,
}

impl<K: Clone + Eq + Hash, V: Eq + Hash> Inferring for Micro<K, V> {
    type Key = K;

    fn infer(history: &[&Transaction<Self>]) -> Inferred<K> {
        let mut lists = Lists::new(history);
        lists.look_at_each_read();
        let unread = lists.unread();
        lists.look_for_lost_updates(&unread);
        let dependencies = lists.dependencies(&unread);
        let Lists { keys, present, longest, found, writes, reads, .. } = lists;
        let shown_by = longest.iter().map(|read| read.map(|read| reads[read].by)).collect();
        Inferred { keys: keys.all, present, dependencies, shown_by, found, ambiguous: writes.ambiguous }
    }
}

/// What is known of the lists.
struct Lists<'a, K, V> {
    history: &'a [&'a Transaction<Micro<K, V>>],
    keys: Keys<'a, K>,
    writes: Writes<'a, V>,
    reads: Vec<Read<'a, V>>,
    /// By key, the longest of the reads.
    longest: Vec<Option<usize>>,
    /// The keys of which reads contradict each other.
    contradicted: HashSet<usize>,
    present: Vec<bool>,
    found: Vec<Found>,
}

impl<'a, K: Clone + Eq + Hash, V: Eq + Hash> Lists<'a, K, V> {
    fn new(history: &'a [&'a Transaction<Micro<K, V>>]) -> Self {
        let present = history.iter().map(|transaction| transaction.status == Status::Committed).collect();
        let mut lists = Lists {
            history,
            keys: Keys::new(),
            writes: Writes::new(),
            reads: Vec::new(),
            longest: Vec::new(),
            contradicted: HashSet::new(),
            present,
            found: Vec::new(),
        };
        for (place, transaction) in history.iter().enumerate() {
            lists.add(place, transaction);
        }
        lists.longest = vec![None; lists.keys.all.len()];
        for (at, read) in lists.reads.iter().enumerate() {
            let longest = &mut lists.longest[read.key];
            if longest.is_none_or(|other| lists.reads[other].elements.len() < read.elements.len()) {
                *longest = Some(at);
            }
        }
        lists
    }

    fn add(&mut self, place: usize, transaction: &'a Transaction<Micro<K, V>>) {
        let mut appended: Vec<(usize, &V)> = Vec::new();
        let mut read: Vec<(usize, &'a [V], usize)> = Vec::new();
        for operation in &transaction.operations {
            let key = self.keys.number(operation.key());
            match operation {
                Micro::Append(_, value) => appended.push((key, value)),
                Micro::Read(_, Some(values)) if transaction.status == Status::Committed => {
                    read.push((key, values, appended.len()));
                }
                Micro::Read(..) => {}
            }
        }
        for (key, elements, before) in read {
            // What it appended itself before it read must be the end, and what it appended afterwards not be there yet.
            let of_key = |appended: &[(usize, &'a V)]| -> Vec<&'a V> {
                appended.iter().filter(|(other, _)| *other == key).map(|(_, value)| *value).collect()
            };
            let (own, later) = (of_key(&appended[..before]), of_key(&appended[before..]));
            let end = elements.len().saturating_sub(own.len());
            if !elements[end..].iter().eq(own.iter().copied()) || later.iter().any(|value| elements.contains(value)) {
                self.wrong(Kind::Internal, key, vec![place]);
            } else {
                self.reads.push(Read { by: place, key, elements, own: own.len() });
            }
        }
        self.writes.add(place, &appended);
    }

    fn wrong(&mut self, kind: Kind, key: usize, transactions: Vec<usize>) {
        if kind == Kind::IncompatibleOrder {
            self.contradicted.insert(key);
        }
        self.found.push(Found { kind, key: Some(key), transactions, cycle: Vec::new() });
    }

    /// What single reads show: elements that are not there, twice there, or in another order than elsewhere.
    fn look_at_each_read(&mut self) {
        for at in 0..self.reads.len() {
            let Read { by, key, elements, own } = self.reads[at];
            let longest = self.longest[key].unwrap_or(at);
            let mut whole = longest == at;
            if !self.reads[longest].elements.starts_with(elements) {
                whole = true;
                self.wrong(Kind::IncompatibleOrder, key, vec![by, self.reads[longest].by]);
            } else if whole && elements.iter().collect::<HashSet<_>>().len() < elements.len() {
                self.wrong(Kind::DuplicateElements, key, vec![by]);
            } else if whole && let Some(writer) = self.is_out_of_order(key, elements) {
                self.wrong(Kind::IncompatibleOrder, key, vec![by, writer]);
            }
            // Those before the last are looked at in the longest.
            let from = if whole { 0 } else { elements.len().saturating_sub(1) };
            for element in &elements[from..] {
                self.look_at_element(by, key, element);
            }
            let seen = &elements[..elements.len() - own];
            if let Some(written) = seen.last().and_then(|element| self.writes.of(key, element))
                && written.intermediate
                && written.by != by
            {
                self.wrong(Kind::G1b, key, vec![by, written.by]);
            }
        }
    }

    /// Whose elements are not there in the order in which one transaction appended them, from its first on.
    fn is_out_of_order(&self, key: usize, elements: &[V]) -> Option<usize> {
        let mut seen: HashMap<usize, usize> = HashMap::new();
        let mut writers = elements.iter().filter_map(|element| self.writes.of(key, element));
        let out_of_order = writers.find(|written| {
            let before = seen.entry(written.by).or_default();
            *before += 1;
            written.nth + 1 != *before
        });
        out_of_order.map(|written| written.by)
    }

    fn look_at_element(&mut self, reader: usize, key: usize, element: &V) {
        match self.writes.of(key, element) {
            Some(written) if self.history[written.by].status == Status::Aborted => {
                self.wrong(Kind::G1a, key, vec![reader, written.by]);
            }
            Some(written) => self.present[written.by] = true,
            None if self.writes.has(key, element) => {}
            None => self.wrong(Kind::ThinAir, key, vec![reader]),
        }
    }

    /// Who took place and wrote the next element that somebody wrote, from each place of the longest read on.
    fn next_writers(&self, key: usize, elements: &[V]) -> Vec<Option<usize>> {
        let mut next = vec![None; elements.len() + 1];
        for (at, element) in elements.iter().enumerate().rev() {
            let writer = self.writes.of(key, element).filter(|written| self.present[written.by]);
            next[at] = writer.map(|written| written.by).or(next[at + 1]);
        }
        next
    }

    /// Two that read the latest version that anybody read and then appended to it, whichever first, without the other.
    fn look_for_lost_updates(&mut self, unread: &[Vec<usize>]) {
        let mut knew: Vec<Option<usize>> = vec![None; unread.len()];
        for at in 0..self.reads.len() {
            let Read { by, key, elements, .. } = self.reads[at];
            let is_latest =
                self.longest[key].is_some_and(|longest| self.reads[longest].elements.len() == elements.len());
            if !is_latest || unread[key].binary_search(&by).is_err() {
                continue;
            }
            match knew[key] {
                Some(other) if other != by => self.wrong(Kind::LostUpdate, key, vec![other, by]),
                _ => knew[key] = Some(by),
            }
        }
    }

    /// The elements of a key in the order in which they were appended, as far as somebody read them. `None` if reads
    /// contradict each other.
    fn order(&self, key: usize) -> Option<&'a [V]> {
        let elements = self.longest[key].map_or(&[] as &[V], |longest| self.reads[longest].elements);
        (!self.contradicted.contains(&key)).then_some(elements)
    }

    fn dependencies(&self, unread: &[Vec<usize>]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut next: Vec<Vec<Option<usize>>> = Vec::with_capacity(self.longest.len());
        for (key, unread) in unread.iter().enumerate() {
            let elements = self.order(key).unwrap_or_default();
            next.push(self.next_writers(key, elements));
            let writers = elements.iter().filter_map(|element| self.writes.of(key, element).map(|written| written.by));
            let mut latest: Option<usize> = None;
            for writer in writers.filter(|writer| self.present[*writer]) {
                steps.extend(latest.and_then(|latest| step(latest, writer, Because::WrittenAfter, key)));
                latest = Some(writer);
            }
            steps.extend(unread.iter().filter_map(|writer| step(latest?, *writer, Because::WrittenAfter, key)));
        }
        for Read { by, key, elements, own } in &self.reads {
            let written = elements[..elements.len() - own].last().and_then(|element| self.writes.of(*key, element));
            let written = written.filter(|written| self.present[written.by]);
            steps.extend(written.and_then(|written| step(written.by, *by, Because::ReadFrom, *key)));
            if self.order(*key).is_none() {
                continue;
            }
            let missed = match &next[*key][elements.len()] {
                Some(writer) => std::slice::from_ref(writer),
                None => &unread[*key],
            };
            steps.extend(missed.iter().filter_map(|writer| step(*by, *writer, Because::ReadBefore, *key)));
        }
        steps
    }

    /// By key, the transactions that took place and appended what nobody read: it came after all that somebody read.
    fn unread(&self) -> Vec<Vec<usize>> {
        let mut read: HashSet<(usize, &V)> = HashSet::new();
        for Read { key, elements, .. } in self.longest.iter().filter_map(|longest| Some(&self.reads[(*longest)?])) {
            read.extend(elements.iter().map(|element| (*key, element)));
        }
        let mut unread = vec![Vec::new(); self.keys.all.len()];
        for (place, transaction) in self.history.iter().enumerate().filter(|(place, _)| self.present[*place]) {
            for operation in &transaction.operations {
                let Some(key) = self.keys.numbers.get(operation.key()).copied() else { continue };
                if let Micro::Append(_, value) = operation
                    && !read.contains(&(key, value))
                    && !self.contradicted.contains(&key)
                    && unread[key].last() != Some(&place)
                {
                    unread[key].push(place);
                }
            }
        }
        unread
    }
}
