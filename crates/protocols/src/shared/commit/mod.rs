//! What the protocols of atomic commitment have in common: transactions and what clients ask, what a participant holds,
//! how logs are read, and the properties that hold whatever fails (Bernstein, Hadzilacos, Goodman: Concurrency Control and
//! Recovery in Database Systems, 1987, chapter 7). How votes become a decision is each protocol's own.

mod decisions;
mod holdings;
pub mod log;

pub use decisions::{Decision, Decisions};
pub use holdings::{Doubt, Holdings};

use crate::about::{Field, FieldKind, OpForm, Part, words};
use netsplit_sim::{Alter, Forger, OpId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A key or a value.
pub type Text = Arc<str>;

/// A transaction goes by the client's operation that began it: no other will ever have the same name.
pub type Txn = OpId;

/// How a transaction ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// It happens, everywhere.
    Committed,
    /// It never happened, anywhere.
    Aborted,
}

/// A liar tells the opposite.
impl Alter for Outcome {
    fn alter(&mut self, _forger: &mut Forger) {
        *self = match self {
            Outcome::Committed => Outcome::Aborted,
            Outcome::Aborted => Outcome::Committed,
        };
    }
}

impl Outcome {
    /// What somebody did who decided so.
    pub fn verb(self) -> &'static str {
        match self {
            Outcome::Committed => "committed",
            Outcome::Aborted => "aborted",
        }
    }
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// A coordinator: write a value under a key at all participants, or at none.
    Commit {
        /// The key.
        key: Text,
        /// The value.
        value: Text,
    },
    /// A participant: vote no, next time.
    Refuse {},
    /// A participant: say what it has under a key.
    Read {
        /// The key.
        key: Text,
    },
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// The transaction is committed.
    Committed,
    /// The transaction is aborted.
    Aborted,
    /// It will vote no.
    Ok,
    /// The value.
    Value(Text),
    /// There is nothing under the key.
    Absent,
    /// A transaction in doubt holds the key: its value is not known.
    Locked,
    /// This is not a thing to ask of this node.
    NotHere,
}

impl From<Outcome> for Ret {
    fn from(outcome: Outcome) -> Ret {
        match outcome {
            Outcome::Committed => Ret::Committed,
            Outcome::Aborted => Ret::Aborted,
        }
    }
}

/// The parts that nodes play.
pub const PARTS: &[Part] = &[
    Part { name: "coordinator", prefix: "c", usual: 1, least: 1 },
    Part { name: "participant", prefix: "p", usual: 3, least: 1 },
];

/// The forms of [`Op`].
pub const OPS: &[OpForm] = &[
    OpForm {
        name: "commit",
        word: words("commit a write", "提交写入"),
        fields: &[KEY, Field { name: "value", sample: "1", kind: FieldKind::Text }],
        cluster: false,
    },
    OpForm { name: "refuse", word: words("vote no next time", "下次投反对票"), fields: &[], cluster: false },
    OpForm { name: "read", word: words("read", "读取"), fields: &[KEY], cluster: false },
];

const KEY: Field = Field { name: "key", sample: "x", kind: FieldKind::Text };
