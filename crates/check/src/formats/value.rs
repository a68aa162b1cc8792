//! Values as files have them.

use std::fmt;

/// A value: what EDN and JSON have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// Nothing: `nil` or `null`.
    Nil,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number, as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// A keyword or symbol, without its colon.
    Name(String),
    /// A vector, list or array.
    List(Vec<Value>),
    /// A set.
    Set(Vec<Value>),
    /// A map or an object.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// The elements of a list.
    pub fn list(&self) -> Option<&[Value]> {
        if let Value::List(list) = self { Some(list) } else { None }
    }

    /// What a map has under a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let Value::Map(entries) = self else { return None };
        let named = |key: &Value| matches!(key, Value::Name(key) | Value::Text(key) if key == name);
        entries.iter().find(|(key, _)| named(key)).map(|(_, value)| value)
    }

    /// A text or name as it is, anything else as it is written.
    pub fn plain(&self) -> String {
        match self {
            Value::Text(text) | Value::Name(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// As EDN has it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |f: &mut fmt::Formatter<'_>, open: &str, values: &[Value], close: &str| {
            write!(f, "{open}")?;
            for (at, value) in values.iter().enumerate() {
                write!(f, "{}{value}", if at > 0 { " " } else { "" })?;
            }
            write!(f, "{close}")
        };
        match self {
            Value::Nil => write!(f, "nil"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Number(value) => write!(f, "{value}"),
            Value::Text(value) => write!(f, "{value:?}"),
            Value::Name(value) => write!(f, ":{value}"),
            Value::List(values) => all(f, "[", values, "]"),
            Value::Set(values) => all(f, "#{", values, "}"),
            Value::Map(entries) => {
                let flat: Vec<Value> = entries.iter().flat_map(|(key, value)| [key.clone(), value.clone()]).collect();
                all(f, "{", &flat, "}")
            }
        }
    }
}
