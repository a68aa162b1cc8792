//! What the clients of a store of keys and values saw, judged: which consistency models explain it, and what shows it.

use crate::clients::Clients;
use crate::session::OpNow;
use netsplit_check::Operation;
use netsplit_check::kv::{self, Input, Key, Output};
use netsplit_check::linearizability::{Outcome, judge as search};
use netsplit_check::verdict::{Level, Refutation, Unknown, Verdict};
use netsplit_protocols::About;
use netsplit_protocols::shared::kv::{OPS, Op, Ret};
use netsplit_sim::EventId;
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

/// What a history comes to at a level. Operations are named by their places in the history.
#[derive(Clone, PartialEq, Eq, Debug)]
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

impl Serialize for Judged {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (order, refutation, why) = match &self.verdict {
            Verdict::Holds { order } => (order.as_ref(), None, None),
            Verdict::Fails(refutation) => (None, Some(refutation), None),
            Verdict::Unknown(why) => (None, None, Some(why.to_string())),
        };
        let mut judged = serializer.serialize_struct("Judged", 8)?;
        judged.serialize_field("level", self.level.name())?;
        judged.serialize_field("holds", &self.holds())?;
        judged.serialize_field("order", &order)?;
        judged.serialize_field("minimal", &refutation.map(|it| &it.minimal))?;
        judged.serialize_field("longest", &refutation.map(|it| &it.longest))?;
        judged.serialize_field("stuck", &refutation.and_then(|it| it.stuck))?;
        let steps = |it: &Refutation| it.cycle.iter().map(|edge| (edge.from, edge.to)).collect::<Vec<_>>();
        judged.serialize_field("cycle", &refutation.map(steps))?;
        judged.serialize_field("unknown", &why)?;
        judged.end()
    }
}

/// A history being judged, level by level, in turns.
pub struct Judging {
    asked: Vec<(usize, String, Operation<Input, Output>)>,
    judged: Vec<Judged>,
}

impl Judging {
    /// Of a history, whose operations these clients asked for. `None` if the protocol is no store of keys and values, or
    /// nobody has asked it anything yet.
    pub fn of(about: &About, history: &[OpNow], clients: &Clients) -> Option<Judging> {
        let known = |name: &str| about.ops.iter().any(|known| known.name == name);
        if OPS.iter().filter(|form| known(form.name)).count() < 2 {
            return None;
        }
        let read = |(place, now): (usize, &OpNow)| read(place, clients.asked_by[place] as u32, now);
        let asked: Vec<_> = history.iter().enumerate().filter_map(read).collect();
        (!asked.is_empty()).then_some(Judging { asked, judged: Vec::new() })
    }

    /// Goes on for so many steps of searching. True once all levels are judged.
    pub fn run(&mut self, steps: u64) -> bool {
        if self.judged.is_empty() {
            self.judged.push(Judged { level: Level::Linearizable, verdict: self.linearizable(steps) });
        }
        true
    }

    /// What has been judged so far.
    pub fn judged(&self) -> &[Judged] {
        &self.judged
    }

    fn linearizable(&self, steps: u64) -> Verdict {
        let asked = &self.asked;
        let keys = kv::by_key(asked.iter().map(|(_, key, operation)| (key.as_str(), operation.clone())));
        let parts: Vec<&[_]> = keys.values().map(|of_key| of_key.operations.as_slice()).collect();
        match search(&Key, &parts, steps) {
            Outcome::Linearizable(_) => Verdict::Holds { order: None },
            Outcome::GaveUp => Verdict::Unknown(Unknown::Steps(steps)),
            Outcome::Refuted { part, longest, stuck } => {
                let places = keys.values().nth(part).map_or(&[][..], |of_key| &of_key.places);
                let place = |at: usize| asked[places[at]].0;
                let longest = longest.into_iter().map(place).collect();
                Verdict::Fails(Refutation { longest, stuck: Some(place(stuck)), ..Refutation::default() })
            }
        }
    }
}

/// Judges a whole history, in at most so many steps of searching.
pub fn judge(about: &About, history: &[OpNow], steps: u64) -> Option<Vec<Judged>> {
    let mut judging = Judging::of(about, history, &Clients::of(history))?;
    judging.run(steps);
    Some(judging.judged)
}

/// An operation as the checker knows it, with its place in the history and its key. Nothing if it is none on keys and
/// values, or did nothing and says so.
fn read(place: usize, client: u32, now: &OpNow) -> Option<(usize, String, Operation<Input, Output>)> {
    let (key, input) = match Op::deserialize(&now.op).ok()? {
        Op::Put { key, value } => (key, Input::Put(value.to_string())),
        Op::Get { key } => (key, Input::Get),
        Op::Delete { key } => (key, Input::Delete),
        Op::Cas { key, expect, value } => (key, Input::Cas { expect: expect.to_string(), value: value.to_string() }),
    };
    let answer = match &now.answer {
        None => None,
        Some((event, _, said)) => {
            let output = match Ret::deserialize(said) {
                Ok(Ret::Ok) => Some(Output::Done),
                Ok(Ret::Value(value)) => Some(Output::Read(Some(value.to_string()))),
                Ok(Ret::Absent) => Some(Output::Read(None)),
                Ok(Ret::CasFailed) => Some(Output::CasFailed),
                Ok(Ret::NotLeader { .. } | Ret::Unsupported | Ret::NotHere | Ret::Refused { .. }) => return None,
                // The node that it hints at has a name by now.
                Err(_) if said.get("not-leader").is_some() => return None,
                // An answer of the protocol's own: the operation may have happened or not.
                Err(_) => None,
            };
            output.map(|output| (2 * u64::from(event.0) + 1, output))
        }
    };
    // Within one event, what was asked in it comes before what it answers.
    let operation = Operation { client, input, invoked: 2 * u64::from(now.invoked.0.0), answer };
    Some((place, key.to_string(), operation))
}
