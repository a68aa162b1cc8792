//! What a participant holds: the committed values, and the locks of transactions whose outcome it does not know.

use super::{Op, Outcome, Ret, Text, Txn};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Span, Time};
use serde::Serialize;

/// A transaction between the yes and the decision.
pub trait Doubt {
    /// The key that it writes, and the value.
    fn write(&self) -> (&Text, &Text);
    /// Since when it is in doubt, by the participant's own clock.
    fn since(&self) -> Time;
}

/// What a participant holds.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Holdings<D> {
    /// What was committed, as the log tells.
    store: Map<Text, Text>,
    /// The transactions it voted yes for, and whose outcome it does not know. Each holds the lock on its key.
    pub in_doubt: Map<Txn, D>,
    /// Whether it votes no next time.
    refuses: bool,
}

impl<D> Default for Holdings<D> {
    fn default() -> Self {
        Holdings { store: Map::new(), in_doubt: Map::new(), refuses: false }
    }
}

impl<D: Doubt> Holdings<D> {
    /// Does what a client asks.
    pub fn answer(&mut self, op: Op) -> Ret {
        match op {
            Op::Refuse {} => {
                self.refuses = true;
                Ret::Ok
            }
            Op::Read { key } if self.locked(&key) => Ret::Locked,
            Op::Read { key } => self.value(&key).map_or(Ret::Absent, |value| Ret::Value(value.clone())),
            Op::Commit { .. } => Ret::NotHere,
        }
    }

    /// Whether the vote on a write must be no: a client said so, for once, or the key is locked.
    pub fn objects(&mut self, key: &Text) -> bool {
        std::mem::take(&mut self.refuses) || self.locked(key)
    }

    /// Takes note of how a transaction ended: the value is there, or never was; the lock is gone. Returns what was in
    /// doubt, if anything was.
    pub fn settle(&mut self, txn: Txn, outcome: Outcome) -> Option<D> {
        let doubt = self.in_doubt.remove(&txn)?;
        if outcome == Outcome::Committed {
            let (key, value) = doubt.write();
            self.store.insert(key.clone(), value.clone());
        }
        Some(doubt)
    }

    /// What was committed under a key.
    pub fn value(&self, key: &str) -> Option<&Text> {
        self.store.get(key)
    }

    fn locked(&self, key: &Text) -> bool {
        self.in_doubt.values().any(|doubt| doubt.write().0 == key)
    }

    /// The longest that it has been in doubt, when its clock says `now`.
    pub fn window(&self, now: Time) -> Span {
        self.in_doubt.values().map(|doubt| now.since(doubt.since())).max().unwrap_or_default()
    }

    /// All this in a few words.
    pub fn note(&self) -> Option<String> {
        match self.in_doubt.iter().next_back() {
            Some((txn, doubt)) => Some(format!("t{}: {} is locked", txn.0, doubt.write().0)),
            None if self.refuses => Some("will vote no".to_owned()),
            None => self.store.iter().next_back().map(|(key, value)| format!("{key}={value}")),
        }
    }
}
