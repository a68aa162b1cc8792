//! What the clients of a store of keys and values saw, judged: is there an order of their operations that explains it?

use crate::session::OpNow;
use netsplit_check::Operation;
use netsplit_check::kv::{self, Input, Key, Output};
use netsplit_check::linearizability::{Outcome, judge as search};
use netsplit_protocols::About;
use netsplit_protocols::shared::kv::{OPS, Op, Ret};
use serde::{Deserialize, Serialize};

/// What a history of operations on keys and values comes to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// As if every operation had taken place at one instant between its question and its answer.
    Linearizable,
    /// No order of the operations explains the answers.
    NotLinearizable(Refuted),
    /// The search was given up.
    Undecided {
        /// After so many steps.
        steps: u64,
    },
}

/// Why no order explains the answers. Operations are numbered by their places in the history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Refuted {
    /// The key of the store at which it shows.
    pub key: String,
    /// As many operations on the key as could be put in order, the first first.
    pub ordered: Vec<usize>,
    /// The operation that was answered next: with that answer it fits nowhere.
    pub stuck: usize,
}

/// Judges a history, in at most so many steps of searching. `None` if the protocol is no store of keys and values, or
/// nobody has asked it anything yet.
pub fn judge(about: &About, history: &[OpNow], steps: u64) -> Option<Judgement> {
    let store = OPS.iter().filter(|form| about.ops.iter().any(|known| known.name == form.name)).count() >= 2;
    let asked: Vec<(usize, String, Operation<Input, Output>)> = match store {
        true => history.iter().enumerate().filter_map(|(place, now)| read(place, now)).collect(),
        false => return None,
    };
    let keys = kv::by_key(asked.iter().map(|(_, key, operation)| (key.as_str(), operation.clone())));
    let parts: Vec<&[_]> = keys.values().map(|of_key| of_key.operations.as_slice()).collect();
    if parts.is_empty() {
        return None;
    }
    Some(match search(&Key, &parts, steps) {
        Outcome::Linearizable(_) => Judgement::Linearizable,
        Outcome::GaveUp => Judgement::Undecided { steps },
        Outcome::Refuted { part, longest, stuck } => {
            let (key, of_key) = keys.iter().nth(part)?;
            let place = |at: usize| asked[of_key.places[at]].0;
            let ordered = longest.into_iter().map(place).collect();
            Judgement::NotLinearizable(Refuted { key: (*key).to_owned(), ordered, stuck: place(stuck) })
        }
    })
}

/// An operation as the checker knows it, with its place in the history and its key. Nothing if it is none on keys and
/// values, or did nothing and says so.
fn read(place: usize, now: &OpNow) -> Option<(usize, String, Operation<Input, Output>)> {
    let (key, input) = match Op::deserialize(&now.op).ok()? {
        Op::Put { key, value } => (key, Input::Put(value.to_string())),
        Op::Get { key } => (key, Input::Get),
        Op::Delete { key } => (key, Input::Delete),
        Op::Cas { key, expect, value } => (key, Input::Cas { expect: expect.to_string(), value: value.to_string() }),
        // What lists all keys belongs to no key's part of the history; and the parts can be judged one by one only because
        // no operation speaks of two keys.
        Op::Keys {} => return None,
    };
    let answer = match &now.answer {
        None => None,
        Some((event, _, said)) => {
            let output = match Ret::deserialize(said) {
                Ok(Ret::Ok) => Some(Output::Done),
                Ok(Ret::Value(value)) => Some(Output::Read(Some(value.to_string()))),
                Ok(Ret::Absent) => Some(Output::Read(None)),
                Ok(Ret::CasFailed) => Some(Output::CasFailed),
                Ok(Ret::NotLeader { .. } | Ret::Unsupported | Ret::NotHere | Ret::Refused { .. } | Ret::Keys(_)) => {
                    return None;
                }
                // The node that it hints at has a name by now.
                Err(_) if said.get("not-leader").is_some() => return None,
                // An answer of the protocol's own: the operation may have happened or not.
                Err(_) => None,
            };
            output.map(|output| (2 * u64::from(event.0) + 1, output))
        }
    };
    // Within one event, what was asked in it comes before what it answers.
    let operation = Operation { client: u32::from(now.node.0), input, invoked: 2 * u64::from(now.invoked.0.0), answer };
    Some((place, key.to_string(), operation))
}
