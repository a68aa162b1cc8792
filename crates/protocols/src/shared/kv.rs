//! Keys and values: what clients ask of every replicated store and what they are told, so that one workload runs
//! unchanged on all of them; and the store itself as a state machine, for protocols that replicate one.

use crate::about::{Field, FieldKind, OpForm, words};
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use netsplit_sim::{Alter, Forger, NodeId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

/// A key or a value: shared by every log, message and store that it is in.
pub type Text = Arc<str>;

/// What a client can ask for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Give a key a value.
    Put {
        /// The key.
        key: Text,
        /// Its value from now on.
        value: Text,
    },
    /// Read the value of a key.
    Get {
        /// The key.
        key: Text,
    },
    /// Forget a key.
    Delete {
        /// The key.
        key: Text,
    },
    /// Give a key a value if it has the expected one.
    Cas {
        /// The key.
        key: Text,
        /// The value that it must have.
        expect: Text,
        /// Its value from then on.
        value: Text,
    },
    /// List all keys that have a value.
    Keys {},
}

impl Op {
    /// The key that it is about; the empty one if it is about all of them.
    pub fn key(&self) -> &Text {
        static ALL: LazyLock<Text> = LazyLock::new(|| "".into());
        match self {
            Op::Put { key, .. } | Op::Get { key } | Op::Delete { key } | Op::Cas { key, .. } => key,
            Op::Keys {} => &ALL,
        }
    }
    /// The value that the key is to have: none in a read or a delete.
    pub fn value(&self) -> Option<&Text> {
        match self {
            Op::Put { value, .. } | Op::Cas { value, .. } => Some(value),
            Op::Get { .. } | Op::Delete { .. } | Op::Keys {} => None,
        }
    }
    /// Whether it only reads.
    pub fn is_read(&self) -> bool {
        matches!(self, Op::Get { .. } | Op::Keys {})
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Put { key, value } => write!(f, "put {key}={value}"),
            Op::Get { key } => write!(f, "get {key}"),
            Op::Delete { key } => write!(f, "delete {key}"),
            Op::Cas { key, expect, value } => write!(f, "cas {key}={expect}->{value}"),
            Op::Keys {} => write!(f, "keys"),
        }
    }
}

/// A liar asks for something else.
impl Alter for Op {
    fn alter(&mut self, forger: &mut Forger) {
        match self {
            Op::Put { value, .. } | Op::Cas { value, .. } => value.alter(forger),
            Op::Get { key } | Op::Delete { key } => key.alter(forger),
            Op::Keys {} => {}
        }
    }
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It is done.
    Ok,
    /// The key has this value.
    Value(Text),
    /// The key has no value.
    Absent,
    /// The key has another value than the expected one, or none; nothing was changed.
    CasFailed,
    /// This server cannot serve clients, and did nothing.
    NotLeader {
        /// The server that leads, as far as this one knows.
        hint: Option<NodeId>,
    },
    /// This store has no such operation, and did nothing.
    Unsupported,
    /// This node serves no clients, and did nothing.
    NotHere,
    /// It cannot be done as things are, and nothing was changed.
    Refused {
        /// Why not.
        reason: Text,
    },
    /// These keys have values; in their order.
    Keys(Vec<Text>),
}

impl Ret {
    /// Shorthand for [`Ret::Refused`].
    pub fn refused(reason: &str) -> Ret {
        Ret::Refused { reason: reason.into() }
    }
}

/// A liar tells something else.
impl Alter for Ret {
    fn alter(&mut self, forger: &mut Forger) {
        *self = match self {
            Ret::Value(value) => return value.alter(forger),
            Ret::Keys(keys) => return keys.alter(forger),
            Ret::Absent => Ret::Value("'".into()),
            Ret::CasFailed => Ret::Ok,
            Ret::Ok => Ret::CasFailed,
            Ret::NotLeader { .. } | Ret::Unsupported | Ret::NotHere | Ret::Refused { .. } => return,
        };
    }
}

const KEY: Field = Field { name: "key", sample: "x", kind: FieldKind::Text };
const VALUE: Field = Field { name: "value", sample: "1", kind: FieldKind::Text };

/// The operations as forms: those on one key, which every store has.
pub const OPS: &[OpForm] = &[PUT, GET, DELETE, CAS];
/// Those of stores that can list their keys as well.
pub const OPS_AND_KEYS: &[OpForm] = &[PUT, GET, DELETE, CAS, KEYS];

/// [`Op::Put`].
pub const PUT: OpForm =
    OpForm { name: "put", word: words("send a write", "发送写请求"), fields: &[KEY, VALUE], cluster: false };
/// [`Op::Get`].
pub const GET: OpForm = OpForm { name: "get", word: words("read", "读取"), fields: &[KEY], cluster: false };
/// [`Op::Delete`].
pub const DELETE: OpForm = OpForm { name: "delete", word: words("delete", "删除"), fields: &[KEY], cluster: false };
/// [`Op::Cas`].
pub const CAS: OpForm = OpForm {
    name: "cas",
    word: words("compare and set", "比较并设置"),
    fields: &[
        KEY,
        Field { name: "expect", sample: "1", kind: FieldKind::Text },
        Field { name: "value", sample: "2", kind: FieldKind::Text },
    ],
    cluster: false,
};
/// [`Op::Keys`].
pub const KEYS: OpForm =
    OpForm { name: "keys", word: words("list all keys", "列出所有键"), fields: &[], cluster: false };

/// The store: a deterministic state machine.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Store {
    pairs: Arc<Map<Text, Text>>,
    /// The digests of all pairs, XORed together, so that hashing a store costs the same however full it is.
    #[serde(skip)]
    digest: u64,
}

impl Hash for Store {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl Store {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Text> {
        self.pairs.get(key)
    }

    /// Applies one command.
    pub fn apply(&mut self, op: &Op) -> Ret {
        match op {
            Op::Put { key, value } => {
                self.set(key, Some(value));
                Ret::Ok
            }
            Op::Get { key } => self.get(key).map_or(Ret::Absent, |value| Ret::Value(value.clone())),
            Op::Delete { key } => {
                self.set(key, None);
                Ret::Ok
            }
            Op::Cas { key, expect, .. } if self.get(key) != Some(expect) => Ret::CasFailed,
            Op::Cas { key, value, .. } => {
                self.set(key, Some(value));
                Ret::Ok
            }
            Op::Keys {} => Ret::Keys(self.pairs.keys().cloned().collect()),
        }
    }

    fn set(&mut self, key: &Text, value: Option<&Text>) {
        let pairs = Arc::make_mut(&mut self.pairs);
        let old = match value {
            Some(value) => {
                self.digest ^= digest(&(key, value));
                pairs.insert(key.clone(), value.clone())
            }
            None => pairs.remove(key),
        };
        if let Some(old) = old {
            self.digest ^= digest(&(key, &old));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        text.into()
    }

    #[test]
    fn a_store_does_as_it_is_told() {
        let mut store = Store::default();
        let (key, one, two) = (text("x"), text("1"), text("2"));
        let get = Op::Get { key: key.clone() };
        let cas = Op::Cas { key: key.clone(), expect: one.clone(), value: two.clone() };
        assert_eq!(store.apply(&get), Ret::Absent);
        assert_eq!(store.apply(&cas), Ret::CasFailed);
        assert_eq!(store.apply(&Op::Put { key: key.clone(), value: one }), Ret::Ok);
        assert_eq!(store.apply(&cas), Ret::Ok);
        assert_eq!(store.apply(&cas), Ret::CasFailed);
        assert_eq!(store.apply(&get), Ret::Value(two));
        assert_eq!(store.apply(&Op::Put { key: text("a"), value: text("3") }), Ret::Ok);
        assert_eq!(store.apply(&Op::Keys {}), Ret::Keys(vec![text("a"), key.clone()]), "in their order");
        assert_eq!(store.apply(&Op::Delete { key }), Ret::Ok);
        assert_eq!(store.apply(&get), Ret::Absent);
        assert_eq!(store.apply(&Op::Keys {}), Ret::Keys(vec![text("a")]));
    }

    #[test]
    fn the_digest_tells_contents_and_not_history() {
        let mut long = Store::default();
        for value in ["1", "2", "3"] {
            long.apply(&Op::Put { key: text("x"), value: text(value) });
        }
        long.apply(&Op::Put { key: text("y"), value: text("1") });
        assert_ne!(digest(&long), digest(&Store::default()));
        long.apply(&Op::Delete { key: text("y") });
        let mut short = Store::default();
        short.apply(&Op::Put { key: text("x"), value: text("3") });
        assert_eq!((digest(&long), &long), (digest(&short), &short));
        long.apply(&Op::Delete { key: text("x") });
        assert_eq!(digest(&long), digest(&Store::default()));
    }
}
