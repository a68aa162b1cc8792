//! What operations in files mean to a model. Every operation of the file becomes one of the history, at the same place.

use super::calls::Call;
use super::source::Mistake;
use super::value::Value;
use crate::models::{counter, kv, lock, queue, set};
use crate::{KeyedOperation, Model, Operation};
use std::collections::BTreeMap;

/// A history, as a model knows it.
pub type History<M> = Result<Vec<KeyedOperation<M>>, Mistake>;

/// What one asks of a model, and how its answers are read.
type Meaning<M> = (<M as Model>::Input, Option<<M as Model>::Output>);

/// Operations on registers, or on the keys of a store. `register` says that it is the former: then a register that nobody
/// wrote to has no value. In a store whose clients are never told that a key has no value, all are empty texts at first.
pub fn stores(calls: &[Call], register: bool) -> Result<(kv::Key, Vec<KeyedOperation<kv::Key>>), Mistake> {
    let history = history::<kv::Key>(calls, store)?;
    let absent = |operation: &KeyedOperation<kv::Key>| operation.output() == Some(&kv::Output::Read(None));
    let model = if register || history.iter().any(absent) { kv::Key::default() } else { kv::Key::empty() };
    Ok((model, history))
}

/// Operations on locks.
pub fn locks(calls: &[Call]) -> History<lock::Lock> {
    history::<lock::Lock>(calls, |call| {
        let input = match call.function.as_str() {
            "acquire" | "lock" => lock::Input::Acquire,
            "release" | "unlock" => lock::Input::Release,
            _ => return Err(unknown(call, "acquire, release")),
        };
        Ok((input, answer(call).map(|said| if refused(said) { lock::Output::Refused } else { lock::Output::Done })))
    })
}

/// Operations on queues.
pub fn queues(calls: &[Call]) -> History<queue::Queue> {
    history::<queue::Queue>(calls, |call| match call.function.as_str() {
        "enqueue" => Ok((queue::Input::Enqueue(call.value.plain()), answer(call).map(|_| queue::Output::Done))),
        "dequeue" => Ok((queue::Input::Dequeue, answer(call).map(|said| queue::Output::Dequeued(present(said))))),
        _ => Err(unknown(call, "enqueue, dequeue")),
    })
}

/// Operations on sets.
pub fn sets(calls: &[Call]) -> History<set::Set> {
    history::<set::Set>(calls, |call| {
        let value = || call.value.plain();
        let done = || answer(call).map(|_| set::Output::Done);
        match call.function.as_str() {
            "add" => Ok((set::Input::Add(value()), done())),
            "remove" => Ok((set::Input::Remove(value()), done())),
            "contains" => {
                let output = answer(call).map(|said| set::Output::Contained(*said != Value::Bool(false)));
                Ok((set::Input::Contains(value()), output))
            }
            "read" => {
                let read = |said: &Value| match said {
                    Value::List(values) | Value::Set(values) => {
                        Ok(set::Output::Read(values.iter().map(Value::plain).collect()))
                    }
                    Value::Nil => Ok(set::Output::Read(Default::default())),
                    other => Err(wrong(call, other, "a list or a set of what was read")),
                };
                Ok((set::Input::Read, answer(call).map(read).transpose()?))
            }
            _ => Err(unknown(call, "add, remove, contains, read")),
        }
    })
}

/// Operations on counters.
pub fn counters(calls: &[Call]) -> History<counter::Counter> {
    history::<counter::Counter>(calls, |call| {
        let number = |value: &Value, missing: i64| match value {
            Value::Int(number) => Ok(*number),
            Value::Nil => Ok(missing),
            other => Err(wrong(call, other, "a whole number of at most 64 bits")),
        };
        let done = || answer(call).map(|_| counter::Output::Done);
        match call.function.as_str() {
            "add" => Ok((counter::Input::Add(number(&call.value, 1)?), done())),
            "increment" | "inc" => Ok((counter::Input::Add(number(&call.value, 1)?), done())),
            "decrement" | "dec" => {
                let less = number(&call.value, 1)?.checked_neg();
                let less = less.ok_or_else(|| wrong(call, &call.value, "a number whose negative fits in 64 bits"))?;
                Ok((counter::Input::Add(less), done()))
            }
            "read" => {
                let read = answer(call).map(|said| number(said, 0).map(counter::Output::Read)).transpose()?;
                Ok((counter::Input::Read, read))
            }
            _ => Err(unknown(call, "add, increment, decrement, read")),
        }
    })
}

fn store(call: &Call) -> Result<Meaning<kv::Key>, Mistake> {
    use kv::{Input, Output};
    let value = || call.value.plain();
    let done = || answer(call).map(|_| Output::Done);
    Ok(match call.function.as_str() {
        "read" | "get" => (Input::Get, answer(call).map(|said| Output::Read(present(said)))),
        "write" | "put" => (Input::Put(value()), done()),
        "append" => (Input::Append(value()), done()),
        "delete" => (Input::Delete, done()),
        "cas" => {
            let Some([expect, value]) = call.value.list() else {
                return Err(wrong(call, &call.value, "two values: the expected one and the new one"));
            };
            let output = |said| if refused(said) { Output::CasFailed } else { Output::Done };
            (Input::Cas { expect: expect.plain(), value: value.plain() }, answer(call).map(output))
        }
        _ => return Err(unknown(call, "read (or get), write (or put), cas, append, delete")),
    })
}

/// The history of a model, given what a single operation means.
fn history<M: Model>(calls: &[Call], meaning: impl Fn(&Call) -> Result<Meaning<M>, Mistake>) -> History<M> {
    let mut clients: BTreeMap<i64, u32> = BTreeMap::new();
    let mut history = Vec::with_capacity(calls.len());
    for call in calls {
        let new = clients.len() as u32; // there are fewer clients than operations
        let client = *clients.entry(call.process).or_insert(new);
        let (input, output) = meaning(call)?;
        let key = call.key.as_ref().map(Value::plain).unwrap_or_default();
        let answered = call.answer.as_ref().map(|(when, _)| *when);
        history.push(Operation { client, input: (key, input), invoked: call.invoked, answer: answered.zip(output) });
    }
    Ok(history)
}

fn answer(call: &Call) -> Option<&Value> {
    call.answer.as_ref().map(|(_, said)| said)
}

/// A value that may be missing.
fn present(value: &Value) -> Option<String> {
    (*value != Value::Nil).then(|| value.plain())
}

fn refused(said: &Value) -> bool {
    *said == Value::Bool(false)
}

fn unknown(call: &Call, expected: &str) -> Mistake {
    Mistake::new(call.at, format!("`{}`", call.function), format!("one of {expected}"))
}

fn wrong(call: &Call, value: &Value, expected: &str) -> Mistake {
    Mistake::new(call.at, format!("{} of {value}", call.function), expected)
}
