//! Isolation by its definitions, slowly: every order of transactions, every order of versions.

use netsplit_check::transactions::{Isolation, Status, Transaction, list, register};
use std::collections::BTreeMap;

pub type List = list::Micro<u8, u8>;
pub type Register = register::Micro<u8, u8>;

/// What transactions of either kind read and wrote.
pub trait Object: Clone + std::fmt::Debug {
    /// What a key holds.
    type State: Clone + Default;

    fn key(&self) -> u8;
    /// What it wrote.
    fn written(&self) -> Option<u8>;
    /// Whether a key in this state can have been read so; the state afterwards.
    fn apply(&self, state: &Self::State, judged: bool) -> Option<Self::State>;
    /// The state after these versions.
    fn after(versions: &[u8]) -> Self::State;
    /// The values that a read returned, the version last; `None` if it is none or not known.
    fn read(&self) -> Option<Vec<u8>>;
}

impl Object for List {
    type State = Vec<u8>;

    fn key(&self) -> u8 {
        let (list::Micro::Append(key, _) | list::Micro::Read(key, _)) = self;
        *key
    }

    fn written(&self) -> Option<u8> {
        match self {
            list::Micro::Append(_, value) => Some(*value),
            list::Micro::Read(..) => None,
        }
    }

    fn apply(&self, state: &Vec<u8>, judged: bool) -> Option<Vec<u8>> {
        match self {
            list::Micro::Append(_, value) => Some([state.as_slice(), &[*value]].concat()),
            list::Micro::Read(_, Some(read)) if judged => (read == state).then(|| state.clone()),
            list::Micro::Read(..) => Some(state.clone()),
        }
    }

    fn after(versions: &[u8]) -> Vec<u8> {
        versions.to_vec()
    }

    fn read(&self) -> Option<Vec<u8>> {
        match self {
            list::Micro::Read(_, read) => read.clone(),
            list::Micro::Append(..) => None,
        }
    }
}

impl Object for Register {
    type State = Option<u8>;

    fn key(&self) -> u8 {
        let (register::Micro::Write(key, _) | register::Micro::Read(key, _)) = self;
        *key
    }

    fn written(&self) -> Option<u8> {
        match self {
            register::Micro::Write(_, value) => Some(*value),
            register::Micro::Read(..) => None,
        }
    }

    fn apply(&self, state: &Option<u8>, judged: bool) -> Option<Option<u8>> {
        match self {
            register::Micro::Write(_, value) => Some(Some(*value)),
            register::Micro::Read(_, Some(read)) if judged => (read == state).then_some(*state),
            register::Micro::Read(..) => Some(*state),
        }
    }

    fn after(versions: &[u8]) -> Option<u8> {
        versions.last().copied()
    }

    fn read(&self) -> Option<Vec<u8>> {
        match self {
            register::Micro::Read(_, read) => read.map(|read| read.into_iter().collect()),
            register::Micro::Write(..) => None,
        }
    }
}

/// What must come first at a level.
pub fn comes_first<M>(level: Isolation, earlier: &Transaction<M>, later: &Transaction<M>) -> bool {
    let over = earlier.status == Status::Committed && earlier.answered.is_some_and(|over| over < later.invoked);
    let counts = match level {
        Isolation::StrictSerializable => true,
        Isolation::StrongSessionSerializable => earlier.client == later.client,
        _ => false,
    };
    over && counts
}

/// Whether transactions can have come one after another: all that committed, and any that nobody knows of.
pub fn serial<M: Object>(level: Isolation, history: &[Transaction<M>]) -> bool {
    fn some_order<M: Object>(
        level: Isolation,
        history: &[Transaction<M>],
        done: &mut Vec<usize>,
        state: &BTreeMap<u8, M::State>,
    ) -> bool {
        let committed = |at: &usize| history[*at].status == Status::Committed;
        if (0..history.len()).filter(committed).all(|at| done.contains(&at)) {
            return true;
        }
        (0..history.len()).any(|next| {
            let early = |other: usize| !done.contains(&other) && comes_first(level, &history[other], &history[next]);
            let early = (0..history.len()).any(early);
            if done.contains(&next) || early || history[next].status == Status::Aborted {
                return false;
            }
            let judged = history[next].status == Status::Committed;
            let mut after = state.clone();
            for operation in &history[next].operations {
                let before = after.remove(&operation.key()).unwrap_or_default();
                let Some(state) = operation.apply(&before, judged) else { return false };
                after.insert(operation.key(), state);
            }
            done.push(next);
            let found = some_order(level, history, done, &after);
            done.pop();
            found
        })
    }
    some_order(level, history, &mut Vec::new(), &BTreeMap::new())
}

/// All orders of some values.
fn orders(values: &[u8]) -> Vec<Vec<u8>> {
    let mut found = vec![Vec::new()];
    for value in values {
        let longer = |order: &Vec<u8>| -> Vec<Vec<u8>> {
            let at = |at| [&order[..at], &[*value], &order[at..]].concat();
            (0..=order.len()).map(at).collect()
        };
        found = found.iter().flat_map(longer).collect();
    }
    found
}

/// Whether there is an order of the versions of each key for which Adya's graph has nothing that the level forbids: read
/// committed or snapshot isolation. Who reads a version and then writes the key replaces it.
pub fn some_version_order<M: Object>(level: Isolation, history: &[Transaction<M>]) -> bool {
    let seen = |value: u8, key: u8| {
        let reads = history.iter().filter(|transaction| transaction.status == Status::Committed);
        let mut reads = reads.flat_map(|transaction| &transaction.operations);
        reads.any(|read| read.key() == key && read.read().is_some_and(|read| read.contains(&value)))
    };
    let present: Vec<&Transaction<M>> = history
        .iter()
        .filter(|transaction| match transaction.status {
            Status::Committed => true,
            Status::Aborted => false,
            Status::Unknown => {
                let wrote = |operation: &M| operation.written().is_some_and(|value| seen(value, operation.key()));
                transaction.operations.iter().any(wrote)
            }
        })
        .collect();
    let mut keys: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    for operation in present.iter().flat_map(|transaction| &transaction.operations) {
        keys.entry(operation.key()).or_default().extend(operation.written());
    }
    let keys: Vec<(u8, Vec<Vec<u8>>)> = keys.into_iter().map(|(key, values)| (key, orders(&values))).collect();
    fn some<M: Object>(
        level: Isolation,
        present: &[&Transaction<M>],
        keys: &[(u8, Vec<Vec<u8>>)],
        chosen: &mut BTreeMap<u8, Vec<u8>>,
    ) -> bool {
        let Some(((key, orders), others)) = keys.split_first() else {
            return allowed(level, present, chosen);
        };
        orders.iter().any(|order| {
            chosen.insert(*key, order.clone());
            some(level, present, others, chosen)
        })
    }
    some(level, &present, &keys, &mut BTreeMap::new())
}

type Pairs = Vec<Vec<bool>>;

fn allowed<M: Object>(level: Isolation, present: &[&Transaction<M>], versions: &BTreeMap<u8, Vec<u8>>) -> bool {
    let size = present.len();
    let none = || vec![vec![false; size]; size];
    let (mut depends, mut misses): (Pairs, Pairs) = (none(), none());
    let writer = |key: u8, value: u8| {
        let wrote = |operation: &M| operation.key() == key && operation.written() == Some(value);
        (0..size).find(|at| present[*at].operations.iter().any(wrote))
    };
    for (key, order) in versions {
        for pair in order.windows(2) {
            let (Some(first), Some(second)) = (writer(*key, pair[0]), writer(*key, pair[1])) else { return false };
            depends[first][second] = true;
        }
    }
    for (at, transaction) in present.iter().enumerate() {
        let mut mine: BTreeMap<u8, usize> = BTreeMap::new();
        for (nth, operation) in transaction.operations.iter().enumerate() {
            let key = operation.key();
            let order = &versions[&key];
            if let Some(value) = operation.written() {
                let place = order.iter().position(|other| *other == value).map_or(0, |place| place + 1);
                if mine.insert(key, place).is_some_and(|before| before > place) {
                    return false;
                }
            }
            let Some(read) = operation.read().filter(|_| transaction.status == Status::Committed) else { continue };
            let place = match read.last() {
                None => 0,
                Some(last) => match order.iter().position(|other| other == last) {
                    Some(place) => place + 1,
                    None => return false,
                },
            };
            if operation.apply(&M::after(&order[..place]), true).is_none() {
                return false;
            }
            // Nobody reads what it will write itself.
            let later = |op: &M| op.key() == key && op.written().is_some_and(|value| read.contains(&value));
            if transaction.operations[nth..].iter().any(later) {
                return false;
            }
            let wrote_before = transaction.operations[..nth].iter().any(|op| op.key() == key && op.written().is_some());
            if wrote_before && mine.get(&key) != Some(&place) {
                return false;
            }
            mine.insert(key, place);
            // A list read behind what the transaction appended itself began before that.
            let own = |value: &u8| writer(key, *value) == Some(at);
            let from = order[..place].iter().rposition(|value| !own(value)).map_or(0, |from| from + 1);
            let from = if wrote_before { from } else { place };
            if let Some(by) = order[..from].last().and_then(|value| writer(key, *value)).filter(|by| *by != at) {
                depends[by][at] = true;
                let last = present[by].operations.iter().rev().find(|op| op.key() == key && op.written().is_some());
                if last.and_then(|last| last.written()) != order[..from].last().copied() {
                    return false;
                }
            }
            if let Some(next) = order.get(place).and_then(|value| writer(key, *value)) {
                misses[at][next] = true;
            }
        }
    }
    (0..size).for_each(|at| (depends[at][at], misses[at][at]) = (false, false));
    match level {
        Isolation::ReadCommitted => acyclic(depends),
        _ => {
            let either = |from: usize, to: usize| {
                depends[from][to] || (0..size).any(|through| depends[from][through] && misses[through][to])
            };
            acyclic(depends.clone())
                && acyclic((0..size).map(|from| (0..size).map(|to| either(from, to)).collect()).collect())
        }
    }
}

fn acyclic(mut pairs: Pairs) -> bool {
    for through in 0..pairs.len() {
        for from in 0..pairs.len() {
            for to in 0..pairs.len() {
                pairs[from][to] |= pairs[from][through] && pairs[through][to];
            }
        }
    }
    (0..pairs.len()).all(|at| !pairs[at][at])
}
