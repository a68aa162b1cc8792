//! A history of a store as reads and writes of versions, which is how everything that is not one order sees it.

use crate::Operation;
use crate::kv::{Input, Output};
use std::collections::HashMap;

/// What a key holds: a text, or nothing.
pub(crate) type Value<'a> = Option<&'a str>;

/// What a read says about the version that it read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// It had this value.
    Is(Value<'a>),
    /// It had another value: a compare-and-set failed.
    IsNot(Value<'a>),
    /// No version explains the answer.
    Impossible,
}

impl Wanted<'_> {
    fn admits(self, value: Value) -> bool {
        match self {
            Wanted::Is(wanted) => value == wanted,
            Wanted::IsNot(unwanted) => value != unwanted,
            Wanted::Impossible => false,
        }
    }
}

/// An operation, as far as versions go. One that compared and set did both at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access<'a> {
    /// Where it is in the whole history.
    pub place: usize,
    pub client: u32,
    pub key: usize,
    pub read: Option<Wanted<'a>>,
    pub wrote: Option<Value<'a>>,
    invoked: u64,
    answered: Option<u64>,
}

impl<'a> Access<'a> {
    /// Nothing if it neither wrote nor told its client anything: a read that is pending.
    fn new(place: usize, key: usize, operation: &'a Operation<(String, Input), Output>) -> Option<Self> {
        let Operation { client, input: (_, input), invoked, answer } = operation;
        let output = answer.as_ref().map(|(_, output)| output);
        let (read, wrote) = match (input, output) {
            (Input::Put(value), None | Some(Output::Done)) => (None, Some(Some(value.as_str()))),
            (Input::Delete, None | Some(Output::Done)) => (None, Some(None)),
            (Input::Get, None) => return None,
            (Input::Get, Some(Output::Read(value))) => (Some(Wanted::Is(value.as_deref())), None),
            // Its client does not know what it read, and so nothing can be wrong about it.
            (Input::Cas { value, .. }, None) => (None, Some(Some(value.as_str()))),
            (Input::Cas { expect, value }, Some(Output::Done)) => {
                (Some(Wanted::Is(Some(expect))), Some(Some(value.as_str())))
            }
            (Input::Cas { expect, .. }, Some(Output::CasFailed)) => (Some(Wanted::IsNot(Some(expect))), None),
            _ => (Some(Wanted::Impossible), None),
        };
        let answered = answer.as_ref().map(|(when, _)| *when);
        Some(Access { place, client: *client, key, read, wrote, invoked: *invoked, answered })
    }

    /// Whether the same client asked for this only when it had the answer of the other.
    pub fn follows(&self, earlier: &Access) -> bool {
        self.client == earlier.client && earlier.answered.is_some_and(|answered| answered < self.invoked)
    }

    /// When it was asked.
    pub fn invoked(&self) -> u64 {
        self.invoked
    }

    /// When it was answered.
    pub fn answered(&self) -> Option<u64> {
        self.answered
    }
}

/// Which version a read read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// The one that was there before all writes.
    Initial,
    /// What this access wrote.
    Write(usize),
}

/// The accesses of a history, or of some places of it.
pub(crate) struct Accesses<'a> {
    pub all: Vec<Access<'a>>,
    /// By key, who wrote it.
    pub writes: Vec<Vec<usize>>,
    /// By client, its accesses in the order in which it asked for them.
    pub clients: Vec<Vec<usize>>,
}

impl<'a> Accesses<'a> {
    pub fn new(
        history: &'a [Operation<(String, Input), Output>],
        places: impl IntoIterator<Item = usize>,
    ) -> Accesses<'a> {
        let mut keys: HashMap<&str, usize> = HashMap::new();
        let mut clients: HashMap<u32, usize> = HashMap::new();
        let mut found = Accesses { all: Vec::new(), writes: Vec::new(), clients: Vec::new() };
        for place in places {
            let next = keys.len();
            let key = *keys.entry(&history[place].input.0).or_insert(next);
            found.writes.resize(keys.len(), Vec::new());
            let Some(access) = Access::new(place, key, &history[place]) else { continue };
            let next = clients.len();
            let client = *clients.entry(access.client).or_insert(next);
            found.clients.resize(clients.len(), Vec::new());
            found.clients[client].push(found.all.len());
            if access.wrote.is_some() {
                found.writes[key].push(found.all.len());
            }
            found.all.push(access);
        }
        let Accesses { all, clients, .. } = &mut found;
        clients.iter_mut().for_each(|asked| asked.sort_by_key(|access| all[*access].invoked));
        found
    }

    /// The versions that a read can have read, the likeliest first: the youngest that were asked for before it was
    /// answered.
    pub fn sources(&self, read: usize) -> Vec<Source> {
        let access = &self.all[read];
        let Some(wanted) = access.read else { return Vec::new() };
        let wrote =
            |write: &&usize| **write != read && self.all[**write].wrote.is_some_and(|value| wanted.admits(value));
        let mut writes: Vec<usize> = self.writes[access.key].iter().filter(wrote).copied().collect();
        let in_time = |write: &usize| access.answered.is_none_or(|answered| self.all[*write].invoked < answered);
        writes.sort_by_key(|write| (!in_time(write), std::cmp::Reverse(self.all[*write].invoked)));
        let old = writes.iter().take_while(|write| in_time(write)).count();
        let mut sources: Vec<Source> = writes.into_iter().map(Source::Write).collect();
        if wanted.admits(None) {
            sources.insert(old, Source::Initial);
        }
        sources
    }

    /// Of the accesses of one client `from`, in its order, and those `to`: who comes right after whom.
    pub fn successions(&self, from: &[usize], to: &[usize]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for later in to {
            let before = |access: &&usize| self.all[*later].follows(&self.all[**access]);
            // Who was asked for last before it; those answered before that one was asked for come before it anyway.
            let earlier = from.partition_point(|access| self.all[*access].invoked < self.all[*later].invoked);
            let earlier = &from[..earlier];
            let Some(last) = earlier.iter().rev().find(before).map(|access| self.all[*access].invoked) else {
                continue;
            };
            let next = |access: &&usize| self.all[**access].answered.is_some_and(|answered| answered > last);
            found.extend(earlier.iter().filter(before).filter(next).map(|access| (*access, *later)));
        }
        found
    }

    pub fn is_read(&self, access: usize) -> bool {
        self.all[access].read.is_some()
    }

    pub fn is_write(&self, access: usize) -> bool {
        self.all[access].wrote.is_some()
    }
}
