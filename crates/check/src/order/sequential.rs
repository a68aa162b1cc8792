//! Sequential consistency (Lamport 1979): is there one order of all operations, on whatever object, in which every answer
//! is right and which keeps each client's own order?
//!
//! The search puts one operation after the other. Answers that are right as they are, of operations that change nothing,
//! are taken at once: they are nobody's loss. Where it has been, with the same operations done and the objects in the same
//! states, it need not go again. Pending operations may come at any time after what their client had done, or never.

use super::Found;
use super::stamps::Stamps;
use super::table::{Kind, State, Table};
use super::walk::{End, Space, Walk};
use crate::{Effect, KeyedOperation, Model, Operation};
use std::collections::BTreeMap;

/// A search under way.
pub struct Search<M: Model> {
    walk: Walk<Clients<M>>,
}

impl<M: Model> Search<M> {
    /// A search that has not begun.
    pub fn new(model: &M, operations: &[KeyedOperation<M>]) -> Self {
        Search { walk: Walk::new(Clients::new(model, operations)) }
    }

    /// Goes on for at most so many steps, which it takes from `steps`, or until it takes more bytes than that. `None` if it
    /// is not finished.
    pub fn run(&mut self, steps: &mut u64, bytes: usize) -> Option<Found> {
        Some(match self.walk.run(steps, bytes)? {
            End::TooLarge => Found::TooLarge,
            End::Found(path) => Found::Order(self.walk.space().order(&path)),
            End::Nowhere(path) => {
                let longest = self.walk.space().order(&path);
                Found::Stuck { longest, stuck: self.walk.space().stuck() }
            }
        })
    }

    /// How many bytes it takes, and may take in its next step.
    pub fn bytes(&self) -> usize {
        self.walk.bytes()
    }

    /// How many of the operations it can put in order so far.
    pub fn progress(&self) -> usize {
        self.walk.height()
    }
}

/// What the clients asked for, and how much of it is done.
struct Clients<M: Model> {
    /// One for each object.
    tables: Vec<Table<M>>,
    /// Where the kinds of each table begin, when all are counted.
    kinds: Vec<usize>,
    operations: Vec<Entry>,
    /// Operations that one client had answered one after the other. A client that asked for several things at a time has
    /// several lanes.
    lanes: Vec<Vec<u32>>,
    pending: Vec<u32>,
    /// How much of each lane is done, which pending operations are not, and what state each object is in.
    done: Vec<u32>,
    is_left: Vec<bool>,
    states: Vec<State>,
    /// The above in words.
    moment: Vec<u64>,
    listed: Stamps,
    /// All that is done, in order, while an order is replayed.
    order: Option<Vec<usize>>,
}

/// An operation of the history.
struct Entry {
    place: usize,
    object: usize,
    kind: Kind,
    effect: Effect,
    /// What of its client must be done before it: so much of these other lanes.
    needs: Vec<(usize, u32)>,
    answered: u64,
}

impl<M: Model> Clients<M> {
    fn new(model: &M, history: &[KeyedOperation<M>]) -> Self {
        let (mut tables, objects) = tables(model, history);
        let mut operations = Vec::with_capacity(history.len());
        let mut lanes: Vec<Lane> = Vec::new();
        let mut of_client: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut pending = Vec::new();
        let mut by_time: Vec<usize> = (0..history.len()).collect();
        by_time.sort_by_key(|place| history[*place].invoked);
        for place in by_time {
            let Operation { client, input, invoked, answer } = &history[place];
            let object = objects[input.0.as_str()];
            let kind = tables[object].kind(&input.1, answer.as_ref().map(|(_, output)| output));
            let effect = tables[object].effect(kind);
            let own = of_client.entry(*client).or_default();
            let done_before = |lane: &usize| lanes[*lane].answered.partition_point(|answered| answered < invoked);
            let mut needs: Vec<(usize, u32)> =
                own.iter().map(|lane| (*lane, done_before(lane) as u32)).filter(|(_, count)| *count > 0).collect();
            let entry = operations.len() as u32;
            match answer {
                None if effect == Effect::Reads => continue,
                None => pending.push(entry),
                Some((answered, _)) => {
                    let vacant = |lane: &usize| lanes[*lane].answered.last().is_none_or(|last| last < invoked);
                    let lane = own.iter().copied().find(vacant).unwrap_or_else(|| {
                        own.push(lanes.len());
                        lanes.push(Lane::default());
                        lanes.len() - 1
                    });
                    needs.retain(|(other, _)| *other != lane);
                    lanes[lane].operations.push(entry);
                    lanes[lane].answered.push(*answered);
                }
            }
            let answered = answer.as_ref().map_or(u64::MAX, |(answered, _)| *answered);
            operations.push(Entry { place, object, kind, effect, needs, answered });
        }
        let mut kinds = Vec::new();
        let all_kinds = tables.iter().fold(0, |sum, table| {
            kinds.push(sum);
            sum + table.kinds()
        });
        let numbers = lanes.len() + tables.len();
        Clients {
            done: vec![0; lanes.len()],
            lanes: lanes.into_iter().map(|lane| lane.operations).collect(),
            is_left: vec![true; pending.len()],
            states: vec![0; tables.len()],
            moment: vec![0; numbers.div_ceil(2) + pending.len().div_ceil(64)],
            listed: Stamps::new(all_kinds),
            order: None,
            tables,
            kinds,
            operations,
            pending,
        }
    }

    /// What is next in a lane, if it may come now.
    fn front(&self, lane: usize) -> Option<u32> {
        let front = *self.lanes[lane].get(self.done[lane] as usize)?;
        self.may_come(front).then_some(front)
    }

    fn may_come(&self, operation: u32) -> bool {
        self.operations[operation as usize].needs.iter().all(|(lane, count)| self.done[*lane] >= *count)
    }

    /// The state of an operation's object after it.
    fn after(&mut self, operation: u32) -> Option<State> {
        let Entry { object, kind, .. } = self.operations[operation as usize];
        self.tables[object].step(self.states[object], kind)
    }

    fn changes(&mut self, operation: u32) -> bool {
        let object = self.operations[operation as usize].object;
        self.after(operation).is_some_and(|after| after != self.states[object])
    }

    fn note(&mut self, operation: u32) {
        if let Some(order) = &mut self.order {
            order.push(self.operations[operation as usize].place);
        }
    }

    /// The order that choices stand for.
    fn order(&mut self, path: &[u32]) -> Vec<usize> {
        self.restart();
        self.order = Some(Vec::new());
        self.settle();
        for choice in path {
            self.choose(*choice);
            self.settle();
        }
        self.order.take().unwrap_or_default()
    }

    /// What was answered first of all that is not done.
    fn stuck(&self) -> usize {
        let fronts = (0..self.lanes.len()).filter_map(|lane| self.lanes[lane].get(self.done[lane] as usize));
        let entries = fronts.map(|front| &self.operations[*front as usize]);
        entries.min_by_key(|entry| entry.answered).map_or(0, |entry| entry.place)
    }
}

/// Operations that one client had answered one after the other, and when.
#[derive(Default)]
struct Lane {
    operations: Vec<u32>,
    answered: Vec<u64>,
}

/// A table for each key of a history, and which it is.
fn tables<'a, M: Model>(model: &M, history: &'a [KeyedOperation<M>]) -> (Vec<Table<M>>, BTreeMap<&'a str, usize>) {
    let parts = super::by_key::<M>(history);
    let tables = parts.values().map(|part| Table::new(model.as_seen_by(&part.operations))).collect();
    (tables, parts.into_keys().enumerate().map(|(object, key)| (key, object)).collect())
}

impl<M: Model> Space for Clients<M> {
    fn restart(&mut self) {
        self.done.fill(0);
        self.is_left.fill(true);
        self.states.fill(0);
    }

    /// Takes all that is right as it is and changes nothing.
    fn settle(&mut self) -> bool {
        let (mut lane, mut idle) = (0, 0);
        while idle < self.lanes.len() {
            match self.front(lane) {
                Some(front)
                    if self.operations[front as usize].effect == Effect::Reads && self.after(front).is_some() =>
                {
                    self.note(front);
                    self.done[lane] += 1;
                    idle = 0;
                }
                _ => {
                    lane = (lane + 1) % self.lanes.len();
                    idle += 1;
                }
            }
        }
        let numbers: Vec<u32> = self.done.iter().chain(&self.states).copied().collect();
        let numbers = numbers.chunks(2).map(|pair| u64::from(pair[0]) << 32 | u64::from(*pair.get(1).unwrap_or(&0)));
        let bits = |bits: &[bool]| bits.iter().rev().fold(0, |word, bit| word << 1 | u64::from(*bit));
        self.moment.clear();
        self.moment.extend(numbers.chain(self.is_left.chunks(64).map(bits)));
        self.lanes.iter().zip(&self.done).all(|(lane, done)| lane.len() == *done as usize)
    }

    fn moment(&self) -> &[u64] {
        &self.moment
    }

    fn sets(&self) -> usize {
        self.pending.len().div_ceil(64)
    }

    fn go_back_to(&mut self, moment: &[u64]) {
        let (lanes, objects) = (self.done.len(), self.states.len());
        let number = |at: usize| (moment[at / 2] >> if at.is_multiple_of(2) { 32 } else { 0 }) as u32;
        (0..lanes).for_each(|lane| self.done[lane] = number(lane));
        (0..objects).for_each(|object| self.states[object] = number(lanes + object));
        let bits = &moment[(lanes + objects).div_ceil(2)..];
        self.is_left.iter_mut().enumerate().for_each(|(at, left)| *left = bits[at / 64] >> (at % 64) & 1 == 1);
    }

    /// What can come next, what was answered first before the others. A pending operation only if it changes something,
    /// and of several of one kind the first.
    fn list_choices(&mut self, choices: &mut Vec<u32>) {
        let from = choices.len();
        for lane in 0..self.lanes.len() {
            let front = self.front(lane);
            choices.extend(front.filter(|front| {
                self.operations[*front as usize].effect != Effect::Reads && self.after(*front).is_some()
            }));
        }
        choices[from..].sort_by_key(|choice| self.operations[*choice as usize].answered);
        self.listed.clear();
        for at in 0..self.pending.len() {
            let pending = self.pending[at];
            if self.is_left[at] && self.may_come(pending) && self.changes(pending) {
                let Entry { object, kind, .. } = self.operations[pending as usize];
                if self.listed.mark(self.kinds[object] + kind as usize) {
                    choices.push(pending);
                }
            }
        }
    }

    fn choose(&mut self, choice: u32) {
        let after = self.after(choice).expect("only what is possible is chosen");
        self.note(choice);
        let object = self.operations[choice as usize].object;
        self.states[object] = after;
        match self.pending.binary_search(&choice) {
            Ok(pending) => self.is_left[pending] = false,
            Err(_) => {
                let lane = (0..self.lanes.len()).find(|lane| self.front(*lane) == Some(choice));
                self.done[lane.expect("what is answered is in a lane")] += 1;
            }
        }
    }

    fn height(&self) -> usize {
        self.done.iter().map(|done| *done as usize).sum()
    }

    fn bytes(&self) -> usize {
        self.tables.iter().map(Table::bytes).sum()
    }
}
