//! What the clients of a store of keys and values saw, judged: which consistency models explain it, and what shows it.

use crate::clients::Clients;
use crate::session::OpNow;
use netsplit_check::causal::StoreOperation;
use netsplit_check::kv::{Input, Key, Output};
use netsplit_check::verdict::{Budget, Edge, Level, Refutation, Verdict};
use netsplit_check::{Operation, store};
use netsplit_protocols::About;
use netsplit_protocols::shared::kv::{OPS, Op, Ret};
use netsplit_sim::EventId;
use serde::{Deserialize, Serialize};

/// What a history comes to at a level. Operations are named by their places in the history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Judged {
    /// The consistency model.
    pub level: Level,
    /// Whether it explains the history, and what shows it.
    pub verdict: Verdict,
}

impl Judged {
    /// Whether the model explains the history; nothing if nobody knows.
    pub fn holds(&self) -> Option<bool> {
        match &self.verdict {
            Verdict::Holds { .. } => Some(true),
            Verdict::Fails(_) => Some(false),
            Verdict::Unknown(_) => None,
        }
    }
    /// Where it does not hold: the event at which the last of the answers came that cannot all be right.
    pub fn moment(&self, history: &[OpNow]) -> Option<EventId> {
        let Verdict::Fails(refutation) = &self.verdict else { return None };
        let answered = |place: &usize| history.get(*place)?.answer.as_ref().map(|(event, ..)| *event);
        refutation.minimal.iter().chain(&refutation.stuck).filter_map(answered).max()
    }
}

/// Judges a history by all models, the strongest first, each within the budget; `say` hears each verdict when it is found.
/// Says nothing if the protocol is no store of keys and values, or nobody has asked it anything yet.
pub fn judge(about: &About, history: &[OpNow], budget: Budget, mut say: impl FnMut(Judged)) {
    let known = |name: &str| about.ops.iter().any(|known| known.name == name);
    if OPS.iter().filter(|form| known(form.name)).count() < 2 {
        return;
    }
    let clients = Clients::of(history);
    let read = |(place, now): (usize, &OpNow)| read(place, clients.asked_by[place] as u32, now);
    let (places, asked): (Vec<usize>, Vec<StoreOperation>) = history.iter().enumerate().filter_map(read).unzip();
    if asked.is_empty() {
        return;
    }
    for level in Level::ALL {
        let verdict = in_places(store::judge(&Key::default(), level, &asked, budget), &places);
        say(Judged { level, verdict });
    }
}

/// A verdict on operations that had these places in the history.
fn in_places(verdict: Verdict, places: &[usize]) -> Verdict {
    let place = |at: usize| places[at];
    let all = |list: Vec<usize>| list.into_iter().map(place).collect();
    match verdict {
        Verdict::Holds { order } => Verdict::Holds { order: order.map(all) },
        Verdict::Unknown(why) => Verdict::Unknown(why),
        Verdict::Fails(Refutation { minimal, longest, stuck, cycle }) => Verdict::Fails(Refutation {
            minimal: all(minimal),
            longest: all(longest),
            stuck: stuck.map(place),
            cycle: cycle.into_iter().map(|edge| Edge { from: place(edge.from), to: place(edge.to), ..edge }).collect(),
        }),
    }
}

/// An operation as the checker knows it, with its place in the history. Nothing if it is none on keys and values, or did
/// nothing and says so.
fn read(place: usize, client: u32, now: &OpNow) -> Option<(usize, StoreOperation)> {
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
    let input = (key.to_string(), input);
    Some((place, Operation { client, input, invoked: 2 * u64::from(now.invoked.0.0), answer }))
}
