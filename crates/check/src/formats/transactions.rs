//! Transactions in files: the value of a `txn` is a list of its operations, `[:append 1 2]`, `[:w 1 2]` and `[:r 1 nil]`.

use super::calls::Call;
use super::reading::clients;
use super::source::Mistake;
use super::value::Value;
use crate::transactions::{Status, Transaction, list, register};

/// A transaction on lists.
pub type OnLists = Transaction<list::Micro<Value, Value>>;

/// A transaction on registers.
pub type OnRegisters = Transaction<register::Micro<Value, Value>>;

/// Transactions on lists that grow.
pub fn lists(calls: &[Call]) -> Result<Vec<OnLists>, Mistake> {
    transactions(calls, |call, function, key, value, answered| match function {
        "append" => Ok(list::Micro::Append(key, value)),
        "r" | "read" => Ok(list::Micro::Read(key, answered.then(|| elements(call, value)).transpose()?)),
        _ => Err(wrong(call, function, "[:append KEY VALUE] or [:r KEY VALUES]")),
    })
}

/// Transactions on registers.
pub fn registers(calls: &[Call]) -> Result<Vec<OnRegisters>, Mistake> {
    transactions(calls, |call, function, key, value, answered| match function {
        "w" | "write" => Ok(register::Micro::Write(key, value)),
        "r" | "read" => Ok(register::Micro::Read(key, answered.then_some((value != Value::Nil).then_some(value)))),
        _ => Err(wrong(call, function, "[:w KEY VALUE] or [:r KEY VALUE]")),
    })
}

/// Transactions, given what one of their operations means: function, key, value, and whether its answer is known.
fn transactions<M>(
    calls: &[Call],
    meaning: impl Fn(&Call, &str, Value, Value, bool) -> Result<M, Mistake>,
) -> Result<Vec<Transaction<M>>, Mistake> {
    let mut found = Vec::with_capacity(calls.len());
    for (call, client) in calls.iter().zip(clients(calls)) {
        let known = call.answer.as_ref().filter(|_| !call.failed).map(|(_, answer)| answer);
        let said = known.unwrap_or(&call.value);
        let operations = said.list().ok_or_else(|| wrong(call, &said.to_string(), "a list of operations"))?;
        let read = |operation: &Value| match operation.list() {
            Some([Value::Name(function) | Value::Text(function), key, value]) => {
                meaning(call, function, key.clone(), value.clone(), known.is_some())
            }
            _ => Err(wrong(call, &operation.to_string(), "a function, a key and a value, such as [:r 1 nil]")),
        };
        let operations = operations.iter().map(read).collect::<Result<Vec<M>, Mistake>>()?;
        let answered = call.answer.as_ref().map(|(when, _)| *when);
        let status = match (call.failed, answered) {
            (true, _) => Status::Aborted,
            (false, Some(_)) => Status::Committed,
            (false, None) => Status::Unknown,
        };
        found.push(Transaction { client, operations, invoked: call.invoked, answered, status });
    }
    Ok(found)
}

fn elements(call: &Call, value: Value) -> Result<Vec<Value>, Mistake> {
    match value {
        Value::List(values) => Ok(values),
        Value::Nil => Ok(Vec::new()),
        other => Err(wrong(call, &other.to_string(), "the elements that were read, as a list")),
    }
}

fn wrong(call: &Call, found: &str, expected: &str) -> Mistake {
    Mistake::new(call.at, format!("{found} in {}", call.function), expected)
}
