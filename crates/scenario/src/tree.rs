//! Values whose type only a protocol knows: its settings and its clients' operations, on their way from a file or a
//! link to the protocol's own types.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value of a scenario file. Unlike JSON's or TOML's own trees it survives a compact binary format.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Tree {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text; spans of time and ratios are texts too.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// A table.
    Map(BTreeMap<String, Tree>),
}

impl From<Tree> for serde_json::Value {
    fn from(tree: Tree) -> serde_json::Value {
        match tree {
            Tree::Bool(b) => b.into(),
            Tree::Int(n) => n.into(),
            Tree::Text(text) => text.into(),
            Tree::List(items) => items.into_iter().map(serde_json::Value::from).collect(),
            Tree::Map(fields) => {
                serde_json::Value::Object(fields.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
        }
    }
}

impl TryFrom<serde_json::Value> for Tree {
    type Error = NotATree;
    fn try_from(value: serde_json::Value) -> Result<Tree, NotATree> {
        use serde_json::Value;
        Ok(match value {
            Value::Bool(b) => Tree::Bool(b),
            Value::Number(n) => Tree::Int(n.as_i64().ok_or_else(|| NotATree(n.to_string()))?),
            Value::String(text) => Tree::Text(text),
            Value::Array(items) => Tree::List(items.into_iter().map(Tree::try_from).collect::<Result<_, _>>()?),
            Value::Object(fields) => {
                let field = |(name, value)| Ok((name, Tree::try_from(value)?));
                Tree::Map(fields.into_iter().map(field).collect::<Result<_, _>>()?)
            }
            Value::Null => return Err(NotATree("nothing".to_owned())),
        })
    }
}

/// A value that scenario files have no place for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0} cannot be a value here: true, false, whole numbers, texts, lists and tables can")]
pub struct NotATree(String);
