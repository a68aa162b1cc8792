//! What a history from a file can be held against, by name.

use crate::formats::{self, Call, Mistake};
use crate::models::{counter::Counter, kv, lock::Lock, queue::Queue, set::Set};
use crate::order::{self, Order};
use crate::store;
use crate::verdict::{Budget, Level, Verdict};
use crate::{KeyedOperation, Model};
use std::fmt;

/// An object that clients share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Object {
    /// A register with compare-and-set, without a value at first; or several, with keys.
    Register,
    /// A store of keys and values, to which can be appended.
    Kv,
    /// A lock.
    Lock,
    /// A queue, first in, first out.
    Queue,
    /// A set.
    Set,
    /// A counter.
    Counter,
}

/// Why a history cannot be judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// Something in the file is none of the object's operations.
    Mistake(Mistake),
    /// The object is not judged by that consistency model.
    Level(Object, Level),
    /// Values that grow are not judged by that consistency model.
    Append(Level),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Mistake(mistake) => mistake.fmt(f),
            Unfit::Level(object, level) => {
                let levels: Vec<&str> = object.levels().iter().map(|level| level.name()).collect();
                let (object, levels) = (object.name(), levels.join(", "));
                write!(f, "a {object} is not judged {}; it can be {levels}", level.name())
            }
            Unfit::Append(level) => {
                write!(f, "a history with append is not judged {}; it can be linearizable, sequential", level.name())
            }
        }
    }
}

impl std::error::Error for Unfit {}

impl From<Mistake> for Unfit {
    fn from(mistake: Mistake) -> Self {
        Unfit::Mistake(mistake)
    }
}

impl Object {
    /// All.
    pub const ALL: [Object; 6] =
        [Object::Register, Object::Kv, Object::Lock, Object::Queue, Object::Set, Object::Counter];

    /// Its name, as the command takes it.
    pub fn name(self) -> &'static str {
        match self {
            Object::Register => "register",
            Object::Kv => "kv",
            Object::Lock => "lock",
            Object::Queue => "queue",
            Object::Set => "set",
            Object::Counter => "counter",
        }
    }

    /// The consistency models that it is judged by.
    pub fn levels(self) -> &'static [Level] {
        match self {
            Object::Register | Object::Kv => &Level::ALL,
            _ => &[Level::Linearizable, Level::Sequential],
        }
    }

    /// Judges operations on it. The verdict names them by their places in `calls`; only if it is to explain itself, it has
    /// the few that already fail.
    pub fn judge(self, level: Level, calls: &[Call], budget: Budget, explain: bool) -> Result<Verdict, Unfit> {
        if !self.levels().contains(&level) {
            return Err(Unfit::Level(self, level));
        }
        Ok(match self {
            Object::Register | Object::Kv => {
                let (key, history) = formats::stores(calls, self == Object::Register)?;
                let appends = |operation: &KeyedOperation<kv::Key>| matches!(operation.input.1, kv::Input::Append(_));
                if level.order().is_none() && history.iter().any(appends) {
                    return Err(Unfit::Append(level));
                }
                match level.order() {
                    Some(_) => in_order(&key, level, &history, budget, explain),
                    None => store::judge(&key, level, &history, budget),
                }
            }
            Object::Lock => in_order(&Lock, level, &formats::locks(calls)?, budget, explain),
            Object::Queue => in_order(&Queue, level, &formats::queues(calls)?, budget, explain),
            Object::Set => in_order(&Set, level, &formats::sets(calls)?, budget, explain),
            Object::Counter => in_order(&Counter, level, &formats::counters(calls)?, budget, explain),
        })
    }
}

/// By a consistency model that asks for one order, as all of these objects' do.
fn in_order<M: Model>(
    model: &M,
    level: Level,
    history: &[KeyedOperation<M>],
    budget: Budget,
    explain: bool,
) -> Verdict {
    let judge = if explain { order::judge } else { order::decide };
    judge(model, level.order().unwrap_or(Order::RealTime), history, budget)
}
