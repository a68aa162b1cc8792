//! What the objects do, in the words of the twins: an object is told what is asked, and says what is answered.

use netsplit_check::Model;
use netsplit_check::models::{counter, kv, lock, queue, set};
use stateright::semantics::SequentialSpec;
use stateright::semantics::register::{Register, RegisterOp, RegisterRet};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Debug;
use std::hash::Hash;

/// What can be asked.
pub type Asks<M> = Vec<<M as Model>::Input>;

/// One of our models, of which Porcupine's threads and failing tests may be told.
pub trait Ours: Model<Input: Debug + Send + Sync, Output: Debug + Send + Sync> {}

impl<M: Model<Input: Debug + Send + Sync, Output: Debug + Send + Sync>> Ours for M {}

/// One object, which is asked and answers in the words of one of our models.
pub trait Spec<M: Model>:
    SequentialSpec<Op = M::Input, Ret = M::Output> + Clone + Default + Debug + Eq + Hash + Send + Sync
{
}

impl<M: Model, S> Spec<M> for S where
    S: SequentialSpec<Op = M::Input, Ret = M::Output> + Clone + Default + Debug + Eq + Hash + Send + Sync
{
}

/// Many objects, each with a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Keyed<S>(BTreeMap<String, S>);

impl<S: SequentialSpec + Default> SequentialSpec for Keyed<S> {
    type Op = (String, S::Op);
    type Ret = S::Ret;

    fn invoke(&mut self, (key, op): &Self::Op) -> S::Ret {
        self.0.entry(key.clone()).or_default().invoke(op)
    }
}

/// One key of a store: stateright's own register, and all else is made of reading and writing it.
#[derive(Clone, PartialEq, Hash, Debug, Default)]
pub struct Cell(Register<Option<String>>);

impl Eq for Cell {}

impl Cell {
    fn read(&mut self) -> Option<String> {
        match self.0.invoke(&RegisterOp::Read) {
            RegisterRet::ReadOk(value) => value,
            RegisterRet::WriteOk => None,
        }
    }

    fn write(&mut self, value: Option<String>) -> kv::Output {
        self.0.invoke(&RegisterOp::Write(value));
        kv::Output::Done
    }
}

impl SequentialSpec for Cell {
    type Op = kv::Input;
    type Ret = kv::Output;

    fn invoke(&mut self, op: &kv::Input) -> kv::Output {
        match op {
            kv::Input::Get => kv::Output::Read(self.read()),
            kv::Input::Put(value) => self.write(Some(value.clone())),
            kv::Input::Delete => self.write(None),
            kv::Input::Append(more) => {
                let before = self.read().unwrap_or_default();
                self.write(Some(before + more))
            }
            kv::Input::Cas { expect, value } if self.read().as_ref() == Some(expect) => self.write(Some(value.clone())),
            kv::Input::Cas { .. } => kv::Output::CasFailed,
        }
    }
}

/// Of a register: few values, so that the same is often written twice.
pub fn register() -> Asks<kv::Key> {
    let cas = |expect: &str, value: &str| kv::Input::Cas { expect: expect.to_owned(), value: value.to_owned() };
    let puts = ["1", "2", "3"].map(|value| kv::Input::Put(value.to_owned()));
    let changes = [cas("1", "2"), cas("2", "3"), cas("3", "1")];
    puts.into_iter().chain(changes).chain([(); 4].map(|()| kv::Input::Get)).collect()
}

/// Of a store.
pub fn store() -> Asks<kv::Key> {
    let appends = ["1", "2"].map(|value| kv::Input::Append(value.to_owned()));
    register().into_iter().chain(appends).chain([kv::Input::Delete, kv::Input::Get]).collect()
}

/// A lock, which is held or not.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Latch(bool);

impl SequentialSpec for Latch {
    type Op = lock::Input;
    type Ret = lock::Output;

    fn invoke(&mut self, op: &lock::Input) -> lock::Output {
        let held = *op == lock::Input::Acquire;
        if std::mem::replace(&mut self.0, held) == held { lock::Output::Refused } else { lock::Output::Done }
    }
}

/// Of a lock.
pub fn lock() -> Asks<lock::Lock> {
    vec![lock::Input::Acquire, lock::Input::Release]
}

/// A queue.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Line(VecDeque<String>);

impl SequentialSpec for Line {
    type Op = queue::Input;
    type Ret = queue::Output;

    fn invoke(&mut self, op: &queue::Input) -> queue::Output {
        match op {
            queue::Input::Enqueue(value) => {
                self.0.push_back(value.clone());
                queue::Output::Done
            }
            queue::Input::Dequeue => queue::Output::Dequeued(self.0.pop_front()),
        }
    }
}

/// Of a queue.
pub fn queue() -> Asks<queue::Queue> {
    let values = ["1", "2", "3"].map(|value| queue::Input::Enqueue(value.to_owned()));
    values.into_iter().chain([(); 3].map(|()| queue::Input::Dequeue)).collect()
}

/// A set.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Bag(BTreeSet<String>);

impl SequentialSpec for Bag {
    type Op = set::Input;
    type Ret = set::Output;

    fn invoke(&mut self, op: &set::Input) -> set::Output {
        match op {
            set::Input::Add(value) => drop(self.0.insert(value.clone())),
            set::Input::Remove(value) => drop(self.0.remove(value)),
            set::Input::Contains(value) => return set::Output::Contained(self.0.contains(value)),
            set::Input::Read => return set::Output::Read(self.0.clone()),
        }
        set::Output::Done
    }
}

/// Of a set.
pub fn set() -> Asks<set::Set> {
    let of_value =
        |value: &str| [set::Input::Add, set::Input::Remove, set::Input::Contains].map(|ask| ask(value.into()));
    ["1", "2"].into_iter().flat_map(of_value).chain([set::Input::Read]).collect()
}

/// A counter.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Tally(i64);

impl SequentialSpec for Tally {
    type Op = counter::Input;
    type Ret = counter::Output;

    fn invoke(&mut self, op: &counter::Input) -> counter::Output {
        match op {
            counter::Input::Add(more) => {
                self.0 += more;
                counter::Output::Done
            }
            counter::Input::Read => counter::Output::Read(self.0),
        }
    }
}

/// Of a counter.
pub fn counter() -> Asks<counter::Counter> {
    let adds = [1, 2, -1].map(counter::Input::Add);
    adds.into_iter().chain([(); 2].map(|()| counter::Input::Read)).collect()
}
