//! Linearizability of one object (Herlihy, Wing 1990): is there an order of its operations, one at a time, in which every
//! answer is right and which keeps what was over before something else began?
//!
//! The search follows the history's events. An operation takes effect as late as it can: when it is answered, or before
//! another that is (Lowe 2017, "just in time"). Where it has been, with the same operations open and the object in the
//! same state, it need not go again (ibid.). Most operations need no choice at all: they are *free*.
//!
//! - What the object may answer in its present state without a change may have been answered right then.
//! - What is possible in every state may have come right before another that overwrites whatever there was.
//! - What was never answered need not have happened.
//!
//! A free operation can be left alone when it is answered; only if it might change the object is it also tried now.

use super::Found;
use super::stamps::Stamps;
use super::table::{Kind, State, Table};
use super::walk::{End, Space, Walk};
use crate::{Effect, Model, Operation};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A search under way.
pub struct Search<M: Model> {
    walk: Walk<Events<M>>,
}

impl<M: Model> Search<M> {
    /// A search that has not begun.
    pub fn new(model: &M, operations: &[Operation<M::Input, M::Output>]) -> Self {
        Search { walk: Walk::new(Events::new(model, operations)) }
    }

    /// Goes on for at most so many steps, which it takes from `steps`, or until it takes more bytes than that. `None` if it
    /// is not finished.
    pub fn run(&mut self, steps: &mut u64, bytes: usize) -> Option<Found> {
        Some(match self.walk.run(steps, bytes)? {
            End::TooLarge => Found::TooLarge,
            End::Found(path) => Found::Order(self.walk.space().order(&path)),
            End::Nowhere(path) => {
                let events = self.walk.space();
                let longest = events.order(&path);
                let stuck = events.next().map_or(0, |next| events.operations[next as usize].place);
                Found::Stuck { longest, stuck }
            }
        })
    }

    /// How many bytes it takes, and may take in its next step.
    pub fn bytes(&self) -> usize {
        self.walk.bytes()
    }

    /// How many of the history's events it can explain so far.
    pub fn progress(&self) -> usize {
        self.walk.height()
    }
}

/// The events of the history, and where the search is among them.
struct Events<M: Model> {
    table: Table<M>,
    operations: Vec<Entry>,
    events: Vec<Event>,
    /// How many events have been.
    at: usize,
    state: State,
    /// Whether the operation that is answered next is free but is to take effect now all the same.
    applies: bool,
    /// Whether nothing came of the operation that took effect since the event before: no answer suits the state after it,
    /// and it could as well have been overwritten, or not have happened.
    vain: bool,
    /// The above but the last in one word, then the slots of open operations that must still take effect, then the slots
    /// of those that are free, the pending ones last. The other open operations took effect.
    moment: Vec<u64>,
    /// How many words hold a set of the slots of operations that are answered, and of those that are not.
    words: usize,
    pending_words: usize,
    /// Which operation has each slot now, or had it last.
    holders: Vec<u32>,
    /// Which kinds of operations have been listed as choices.
    listed: Stamps,
}

/// An operation of the history.
struct Entry {
    /// Its place in the history.
    place: usize,
    kind: Kind,
    effect: Effect,
    /// A small number that no other operation has that is open at the same time, and who had it before.
    slot: usize,
    before: u32,
    /// At which events it is invoked and answered.
    invoked: usize,
    answered: Option<usize>,
}

#[derive(Clone, Copy)]
enum Event {
    Invoked(u32),
    Answered(u32),
}

const NOBODY: u32 = u32::MAX;

/// The choice to leave alone what is answered next, which is free; the others are operations that are to take effect.
const PASS: u32 = u32::MAX;

impl<M: Model> Events<M> {
    fn new(model: &M, operations: &[Operation<M::Input, M::Output>]) -> Self {
        let mut table = Table::new(model.as_seen_by(operations));
        let mut entries: Vec<Entry> = Vec::with_capacity(operations.len());
        let mut times: Vec<(u64, Event)> = Vec::with_capacity(2 * operations.len());
        for (place, operation) in operations.iter().enumerate() {
            let kind = table.kind(&operation.input, operation.output());
            let effect = table.effect(kind);
            if operation.answer.is_none() && effect == Effect::Reads {
                continue;
            }
            let entry = entries.len() as u32;
            times.push((operation.invoked, Event::Invoked(entry)));
            times.extend(operation.answer.iter().map(|(when, _)| (*when, Event::Answered(entry))));
            entries.push(Entry { place, kind, effect, slot: 0, before: NOBODY, invoked: 0, answered: None });
        }
        times.sort_by_key(|(when, _)| *when);
        let events: Vec<Event> = times.into_iter().map(|(_, event)| event).collect();
        let (words, pending_words) = give_slots(&mut entries, &events);
        Events {
            listed: Stamps::new(2 * table.kinds()),
            table,
            operations: entries,
            events,
            at: 0,
            state: 0,
            applies: false,
            vain: false,
            moment: vec![0; 1 + 2 * words + pending_words],
            words,
            pending_words,
            holders: vec![NOBODY; 64 * (words + pending_words)],
        }
    }

    /// The operation that is answered next, if an answer is next.
    fn next(&self) -> Option<u32> {
        match self.events.get(self.at) {
            Some(Event::Answered(operation)) => Some(*operation),
            _ => None,
        }
    }

    fn next_is_free(&self) -> bool {
        self.next().is_some_and(|next| self.is_free(self.operations[next as usize].slot))
    }

    fn must(&self, slot: usize) -> bool {
        slot < 64 * self.words && self.moment[1 + slot / 64] >> (slot % 64) & 1 == 1
    }

    fn is_free(&self, slot: usize) -> bool {
        self.moment[1 + self.words + slot / 64] >> (slot % 64) & 1 == 1
    }

    fn set(&mut self, slot: usize, must: bool, free: bool) {
        let bit = 1 << (slot % 64);
        let mut put = |word: usize, on: bool| {
            self.moment[word] = if on { self.moment[word] | bit } else { self.moment[word] & !bit };
        };
        put(1 + self.words + slot / 64, free);
        if slot < 64 * self.words {
            put(1 + slot / 64, must);
        }
    }

    fn invoke(&mut self, operation: u32) {
        let Entry { kind, answered, slot, .. } = self.operations[operation as usize];
        self.holders[slot] = operation;
        let free = answered.is_none() || self.table.step(self.state, kind) == Some(self.state);
        self.set(slot, !free, free);
    }

    /// Lets an operation take effect.
    fn apply(&mut self, operation: u32) {
        let Entry { kind, effect, slot, answered, .. } = self.operations[operation as usize];
        self.set(slot, false, false);
        self.state = self.table.step(self.state, kind).expect("only what is possible is chosen");
        self.vain = effect.is_always_possible() || answered.is_none();
        for word in 0..self.words {
            for slot in ones(self.moment[1 + word]).map(|bit| 64 * word + bit) {
                let other = &self.operations[self.holders[slot] as usize];
                let overwritten = effect == Effect::Overwrites && other.effect.is_always_possible();
                let rests = self.table.step(self.state, other.kind) == Some(self.state);
                if overwritten || rests {
                    self.set(slot, false, true);
                }
                self.vain &= !rests;
            }
        }
    }

    /// The operations that are open, the one that is answered first before the others: when, whether it is free, and
    /// which. And whether there are any that could be free if they were overwritten.
    fn open(&self) -> (Vec<(usize, bool, u32)>, bool) {
        let (mut open, mut some_must) = (Vec::new(), false);
        for word in 0..self.words + self.pending_words {
            let must = if word < self.words { self.moment[1 + word] } else { 0 };
            let free = self.moment[1 + self.words + word];
            for bit in ones(must | free) {
                let operation = self.holders[64 * word + bit];
                let Entry { answered, effect, .. } = self.operations[operation as usize];
                let is_free = free >> bit & 1 == 1;
                some_must |= !is_free && effect.is_always_possible();
                open.push((answered.unwrap_or(usize::MAX), is_free, operation));
            }
        }
        open.sort_unstable();
        (open, some_must)
    }

    /// The order that choices stand for, of the operations that are answered before what comes next.
    fn order(&mut self, path: &[u32]) -> Vec<usize> {
        self.restart();
        self.settle();
        let mut effects: Vec<(usize, u32)> = Vec::new();
        for choice in path {
            if *choice != PASS {
                effects.push((self.at, *choice));
            }
            self.choose(*choice);
            self.settle();
        }
        self.arrange(&effects)
    }

    /// Puts the free operations among those that took effect one after the other, each before the event that it says.
    fn arrange(&mut self, effects: &[(usize, u32)]) -> Vec<usize> {
        let mut states = vec![0];
        for (_, operation) in effects {
            let kind = self.operations[*operation as usize].kind;
            states.push(self.table.step(states[states.len() - 1], kind).expect("only what is possible is chosen"));
        }
        let mut has_effect = vec![false; self.operations.len()];
        effects.iter().for_each(|(_, operation)| has_effect[*operation as usize] = true);
        // Each operation with how many effects come before it and, of those with as many, what comes first.
        let mut placed: Vec<(usize, u8, usize, usize)> = Vec::new();
        for (at, entry) in self.operations.iter().enumerate().filter(|(at, _)| !has_effect[*at]) {
            let Some(answered) = entry.answered.filter(|answered| *answered < self.at) else { continue };
            let first = effects.partition_point(|(before, _)| *before < entry.invoked);
            let last = effects.partition_point(|(before, _)| *before <= answered);
            let is_overwritten = |gap: usize| {
                let next = effects.get(gap).filter(|_| gap < last && entry.effect.is_always_possible());
                next.is_some_and(|(_, next)| self.operations[*next as usize].effect == Effect::Overwrites)
            };
            let found =
                (first..=last).find_map(|gap| match self.table.step(states[gap], entry.kind) == Some(states[gap]) {
                    true => Some((gap, 0)),
                    false => is_overwritten(gap).then_some((gap, 1)),
                });
            let (gap, late) = found.expect("what is answered without an effect is free");
            placed.push((gap, late, entry.invoked, at));
        }
        placed.extend(effects.iter().enumerate().map(|(gap, (_, operation))| (gap, 2, 0, *operation as usize)));
        placed.sort_unstable();
        placed.into_iter().map(|(.., operation)| self.operations[operation].place).collect()
    }
}

impl<M: Model> Space for Events<M> {
    fn restart(&mut self) {
        (self.at, self.state, self.applies, self.vain) = (0, 0, false, false);
        self.moment.fill(0);
    }

    /// Goes on to the next answer about which something can be done.
    fn settle(&mut self) -> bool {
        while let Some(event) = self.events.get(self.at) {
            match *event {
                Event::Invoked(operation) => self.invoke(operation),
                Event::Answered(operation) => {
                    let Entry { slot, effect, .. } = self.operations[operation as usize];
                    if self.must(slot) || self.is_free(slot) && effect != Effect::Reads {
                        break;
                    }
                    self.set(slot, false, false);
                    self.applies = false;
                }
            }
            self.at += 1;
            self.vain = false;
        }
        self.moment[0] = (self.at as u64) << 33 | u64::from(self.applies) << 32 | u64::from(self.state);
        self.at == self.events.len()
    }

    fn moment(&self) -> &[u64] {
        &self.moment
    }

    fn sets(&self) -> usize {
        self.pending_words
    }

    fn go_back_to(&mut self, moment: &[u64]) {
        self.moment.copy_from_slice(moment);
        let at = (moment[0] >> 33) as usize;
        for event in self.events[at..self.at].iter().rev() {
            if let Event::Invoked(operation) = *event {
                let Entry { slot, before, .. } = self.operations[operation as usize];
                self.holders[slot] = before;
            }
        }
        (self.at, self.state) = (at, moment[0] as u32);
        (self.applies, self.vain) = (moment[0] >> 32 & 1 == 1, false);
    }

    /// What can be done about the answer that is next: leave its operation alone, or let open ones take effect, it or
    /// others, the one that is answered first before the others. Of operations of the same kind the first will do.
    fn list_choices(&mut self, choices: &mut Vec<u32>) {
        if self.next_is_free() && !self.applies {
            choices.push(PASS);
        }
        let (open, some_must) = self.open();
        self.listed.clear();
        for (_, free, operation) in open {
            let Entry { kind, effect, .. } = self.operations[operation as usize];
            let overwrites = effect == Effect::Overwrites;
            // What would overwrite what was done in vain was tried without it.
            if effect == Effect::Reads || overwrites && self.vain {
                continue;
            }
            // What changes nothing may still free others, by coming after them.
            let after = self.table.step(self.state, kind);
            let helps = after.is_some_and(|after| after != self.state || overwrites && some_must);
            if helps && self.listed.mark(2 * kind as usize + usize::from(free)) {
                choices.push(operation);
            }
        }
    }

    fn choose(&mut self, choice: u32) {
        if choice != PASS {
            let was_free = self.next_is_free();
            self.apply(choice);
            self.applies = was_free && self.next_is_free();
        } else if let Some(next) = self.next() {
            self.set(self.operations[next as usize].slot, false, false);
            self.at += 1;
        }
    }

    fn height(&self) -> usize {
        self.at
    }

    fn bytes(&self) -> usize {
        self.table.bytes()
    }
}

/// Gives operations slots and their events: to one that is answered the first slot that nobody has while it is open, and to
/// pending ones slots behind those. How many words hold a set of the former and of the latter.
fn give_slots(operations: &mut [Entry], events: &[Event]) -> (usize, usize) {
    let mut vacant: BinaryHeap<Reverse<usize>> = BinaryHeap::new();
    let mut holders: Vec<u32> = Vec::new();
    let mut is_pending = vec![true; operations.len()];
    for event in events {
        if let Event::Answered(operation) = event {
            is_pending[*operation as usize] = false;
        }
    }
    let mut pending: Vec<u32> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match *event {
            Event::Invoked(operation) => {
                operations[operation as usize].invoked = at;
                if is_pending[operation as usize] {
                    pending.push(operation);
                    continue;
                }
                let slot = vacant.pop().map_or(holders.len(), |Reverse(slot)| slot);
                if slot == holders.len() {
                    holders.push(NOBODY);
                }
                let entry = &mut operations[operation as usize];
                (entry.slot, entry.before) = (slot, std::mem::replace(&mut holders[slot], operation));
            }
            Event::Answered(operation) => {
                let entry = &mut operations[operation as usize];
                entry.answered = Some(at);
                vacant.push(Reverse(entry.slot));
            }
        }
    }
    let words = holders.len().div_ceil(64);
    for (at, operation) in pending.iter().enumerate() {
        operations[*operation as usize].slot = 64 * words + at;
    }
    (words, pending.len().div_ceil(64))
}

/// The places of the ones in a word.
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(place)
    })
}
