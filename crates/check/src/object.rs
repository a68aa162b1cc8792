//! What a history from a file can be held against, by name.

use crate::formats::{self, Call, Mistake};
use crate::models::{counter::Counter, kv, lock::Lock, queue::Queue, set::Set};
use crate::order::{self, Order};
use crate::sequential;
use crate::store;
use crate::transactions::{self, Isolation};
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
    /// Transactions on lists that grow.
    ListAppend,
    /// Transactions on registers.
    RwRegister,
}

/// What a history is held to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standard {
    /// A consistency model.
    Consistency(Level),
    /// An isolation of transactions.
    Isolation(Isolation),
}

impl Standard {
    /// All, the strongest first.
    pub fn all() -> impl Iterator<Item = Standard> {
        let isolations = Isolation::ALL.into_iter().rev().map(Standard::Isolation);
        Level::ALL.into_iter().map(Standard::Consistency).chain(isolations)
    }

    /// Its name, as the command takes it.
    pub fn name(self) -> &'static str {
        match self {
            Standard::Consistency(level) => level.name(),
            Standard::Isolation(isolation) => isolation.name(),
        }
    }
}

/// Why a history cannot be judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// Something in the file is none of the object's operations.
    Mistake(Mistake),
    /// The object is not held to that.
    Standard(Object, Standard),
    /// Values that grow are not judged by that consistency model.
    Append(Level),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Mistake(mistake) => mistake.fmt(f),
            Unfit::Standard(object, standard) => {
                let can: Vec<&str> = object.standards().map(Standard::name).collect();
                write!(f, "{} cannot be {}; it can be {}", object.name(), standard.name(), can.join(", "))
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
    pub const ALL: [Object; 8] = [
        Object::Register,
        Object::Kv,
        Object::Lock,
        Object::Queue,
        Object::Set,
        Object::Counter,
        Object::ListAppend,
        Object::RwRegister,
    ];

    /// Its name, as the command takes it.
    pub fn name(self) -> &'static str {
        match self {
            Object::Register => "register",
            Object::Kv => "kv",
            Object::Lock => "lock",
            Object::Queue => "queue",
            Object::Set => "set",
            Object::Counter => "counter",
            Object::ListAppend => "list-append",
            Object::RwRegister => "rw-register",
        }
    }

    /// Whether operations that did not happen matter: others may have seen what they wrote.
    pub fn wants_failed(self) -> bool {
        matches!(self, Object::ListAppend | Object::RwRegister)
    }

    /// What it can be held to, the strongest first.
    pub fn standards(self) -> impl Iterator<Item = Standard> {
        Standard::all().filter(move |standard| match (self, standard) {
            (Object::ListAppend | Object::RwRegister, _) => matches!(standard, Standard::Isolation(_)),
            (Object::Register | Object::Kv, _) => matches!(standard, Standard::Consistency(_)),
            (_, Standard::Consistency(level)) => level.order().is_some(),
            (_, Standard::Isolation(_)) => false,
        })
    }

    /// What it is held to if nobody says.
    pub fn usual_standard(self) -> Standard {
        match self {
            Object::ListAppend | Object::RwRegister => Standard::Isolation(Isolation::Serializable),
            _ => Standard::Consistency(Level::Linearizable),
        }
    }

    /// Judges operations on it. The verdict names them by their places in `calls`; only if it is to explain itself, it has
    /// the few that already fail.
    pub fn judge(self, standard: Standard, calls: &[Call], budget: Budget, explain: bool) -> Result<Verdict, Unfit> {
        if !self.standards().any(|other| other == standard) {
            return Err(Unfit::Standard(self, standard));
        }
        match (self, standard) {
            (Object::ListAppend, Standard::Isolation(isolation)) => {
                Ok(transactions::judge(&formats::lists(calls)?, budget).verdict(isolation))
            }
            (_, Standard::Isolation(isolation)) => {
                Ok(transactions::judge(&formats::registers(calls)?, budget).verdict(isolation))
            }
            (_, Standard::Consistency(level)) => self.judge_consistency(level, calls, budget, explain),
        }
    }

    fn judge_consistency(self, level: Level, calls: &[Call], budget: Budget, explain: bool) -> Result<Verdict, Unfit> {
        Ok(match self {
            Object::Register | Object::Kv => {
                let (key, history) = formats::stores(calls, self == Object::Register)?;
                let appends = |operation: &KeyedOperation<kv::Key>| matches!(operation.input.1, kv::Input::Append(_));
                if level.order().is_none() && history.iter().any(appends) {
                    return Err(Unfit::Append(level));
                }
                match level {
                    Level::Linearizable => in_order(&key, level, &history, budget, explain),
                    Level::Sequential => sequential::judge(&key, &history, budget, explain),
                    _ => store::judge(&key, level, &history, budget),
                }
            }
            Object::Lock => in_order(&Lock, level, &formats::locks(calls)?, budget, explain),
            Object::Queue => in_order(&Queue, level, &formats::queues(calls)?, budget, explain),
            Object::Set => in_order(&Set, level, &formats::sets(calls)?, budget, explain),
            Object::Counter => in_order(&Counter, level, &formats::counters(calls)?, budget, explain),
            Object::ListAppend | Object::RwRegister => {
                return Err(Unfit::Standard(self, Standard::Consistency(level)));
            }
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
