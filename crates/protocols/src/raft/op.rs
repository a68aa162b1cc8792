//! What can be asked of a server: a command for the state machine, or something for the cluster itself.

use crate::about::{Field, FieldKind, OpForm, words};
use crate::shared::kv::{self, CAS, DELETE, GET, KEYS, PUT, Text};
use netsplit_sim::NodeId;
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// An operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", from = "Form")]
pub enum Op {
    /// Hand the leadership over to another server (thesis, §3.10). Only a leader can.
    Transfer {
        /// Who shall lead.
        to: NodeId,
    },
    /// Let the cluster be made up of these servers from now on (thesis, §4). Only a leader can.
    Configure {
        /// All of them, those that stay included.
        servers: Vec<NodeId>,
    },
    /// Run a command: every store has these.
    #[serde(untagged)]
    Run(Arc<kv::Op>),
}

/// A command hashes as it does elsewhere: links from before there was anything else to ask for keep their hashes.
impl Hash for Op {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Op::Transfer { to } => ("transfer", to).hash(state),
            Op::Configure { servers } => ("configure", servers).hash(state),
            Op::Run(command) => command.hash(state),
        }
    }
}

impl From<kv::Op> for Op {
    fn from(command: kv::Op) -> Op {
        Op::Run(Arc::new(command))
    }
}

/// An operation as it is written, all in one: what is wrong with one can then be said.
#[derive(Deserialize)]
#[serde(rename = "Op", rename_all = "kebab-case", deny_unknown_fields)]
enum Form {
    Put { key: Text, value: Text },
    Get { key: Text },
    Delete { key: Text },
    Cas { key: Text, expect: Text, value: Text },
    Keys {},
    Transfer { to: NodeId },
    Configure { servers: Vec<NodeId> },
}

impl From<Form> for Op {
    fn from(form: Form) -> Op {
        match form {
            Form::Put { key, value } => kv::Op::Put { key, value }.into(),
            Form::Get { key } => kv::Op::Get { key }.into(),
            Form::Delete { key } => kv::Op::Delete { key }.into(),
            Form::Cas { key, expect, value } => kv::Op::Cas { key, expect, value }.into(),
            Form::Keys {} => kv::Op::Keys {}.into(),
            Form::Transfer { to } => Op::Transfer { to },
            Form::Configure { servers } => Op::Configure { servers },
        }
    }
}

/// The operations as forms.
pub const OPS: &[OpForm] = &[
    PUT,
    GET,
    DELETE,
    CAS,
    KEYS,
    OpForm {
        name: "transfer",
        word: words("hand the leadership over", "移交领导权"),
        fields: &[Field { name: "to", sample: "n1", kind: FieldKind::Node }],
        cluster: true,
    },
    OpForm {
        name: "configure",
        word: words("change the set of servers", "变更服务器集合"),
        fields: &[Field { name: "servers", sample: "n1 n2 n3", kind: FieldKind::Nodes }],
        cluster: true,
    },
];
