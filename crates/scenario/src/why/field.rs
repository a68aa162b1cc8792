//! A field of a node's state: a place in the tree that the inspector shows.

use crate::player::Stage;
use crate::state::tree_at;
use netsplit_sim::NodeId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A place in a node's state, written `volatile.role` or `durable.log[3].term`; a name that is no word stands in quotes,
/// `volatile.seen["n1 4"]`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Field {
    /// Whether it is of what a crash leaves.
    pub durable: bool,
    /// The way there.
    pub path: Vec<Step>,
}

/// A step on the way to a field.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Step {
    /// To the part of that name.
    Key(String),
    /// To the item at that place of a list.
    Item(usize),
}

/// What is compared of a field: all of it if it has no parts that have parts themselves, and otherwise only which parts there
/// are. So a leader whose followers catch up is still the same leader, and a log changes when it grows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Shape {
    /// There is no such field.
    Absent,
    /// All of it, as JSON.
    Whole(String),
    /// The names of its parts.
    Parts(Vec<String>),
    /// How many items it has.
    Items(usize),
}

/// Why a text names no field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{text:?} is no field: expected \"durable\" or \"volatile\" and the way from there, such as volatile.role or durable.log[3].term"
)]
pub struct BadField {
    /// The text.
    pub text: String,
}

/// The shape of a field of a node.
pub(crate) fn look(stage: &dyn Stage, node: NodeId, field: &Field, names: &[String]) -> Shape {
    let tree = match field.durable {
        true => Some(tree_at(stage.durable(node), names, &field.path)),
        false => stage.volatile(node).map(|state| tree_at(state, names, &field.path)),
    };
    tree.as_ref().and_then(|tree| find(tree, &field.path)).map_or(Shape::Absent, Shape::of)
}

/// What is at a place of a tree.
fn find<'a>(tree: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(tree, |tree, step| match step {
        Step::Key(name) => tree.get(name),
        Step::Item(at) => tree.get(at),
    })
}

impl Field {
    /// A part of it.
    pub fn part(&self, step: Step) -> Field {
        let path = self.path.iter().cloned().chain([step]).collect();
        Field { durable: self.durable, path }
    }
    /// What it is a part of; nothing if it is all of what is durable, or of what is not.
    pub fn whole(&self) -> Option<Field> {
        let (_, path) = self.path.split_last()?;
        Some(Field { durable: self.durable, path: path.to_vec() })
    }
    /// What it is called, without the way there.
    pub fn name(&self) -> String {
        match self.path.last() {
            Some(Step::Key(name)) => name.clone(),
            Some(Step::Item(_)) | None => self.to_string(),
        }
    }
}

impl Shape {
    /// The shape of a value.
    pub fn of(value: &Value) -> Shape {
        let single = |part: &Value| !part.is_object() && !part.is_array();
        match value {
            Value::Object(fields) if !fields.values().all(single) => Shape::Parts(fields.keys().cloned().collect()),
            Value::Array(items) if !items.iter().all(single) => Shape::Items(items.len()),
            value => Shape::Whole(value.to_string()),
        }
    }
    /// Whether there is nothing: what has this shape was not made of anything that was there before.
    pub fn is_empty(&self) -> bool {
        match self {
            Shape::Absent => true,
            Shape::Whole(text) => matches!(text.as_str(), "null" | "false" | "0" | "\"\"" | "[]" | "{}"),
            Shape::Parts(names) => names.is_empty(),
            Shape::Items(count) => *count == 0,
        }
    }
}

/// In a few words that are the same in every language.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Absent => f.write_str("–"),
            Shape::Whole(text) => match serde_json::from_str::<Value>(text) {
                Ok(value) => f.write_str(&brief(&value)),
                Err(_) => f.write_str(text),
            },
            Shape::Parts(names) => f.write_str(&names.join(", ")),
            Shape::Items(count) => write!(f, "[{count}]"),
        }
    }
}

fn brief(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(brief).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name} {}", brief(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.durable { "durable" } else { "volatile" })?;
        self.path.iter().try_for_each(|step| match step {
            Step::Item(at) => write!(f, "[{at}]"),
            Step::Key(name) if is_word(name) => write!(f, ".{name}"),
            Step::Key(name) => write!(f, "[{}]", Value::from(name.as_str())),
        })
    }
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '-')
}

impl FromStr for Field {
    type Err = BadField;

    fn from_str(text: &str) -> Result<Field, BadField> {
        let bad = || BadField { text: text.to_owned() };
        let end = text.find(['.', '[']).unwrap_or(text.len());
        let durable = match &text[..end] {
            "durable" => true,
            "volatile" => false,
            _ => return Err(bad()),
        };
        let (mut path, mut rest) = (Vec::new(), &text[end..]);
        while !rest.is_empty() {
            let (step, after) = step(rest).ok_or_else(bad)?;
            path.push(step);
            rest = after;
        }
        Ok(Field { durable, path })
    }
}

/// The first step of a way, and what comes after it.
fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        return is_word(&rest[..end]).then(|| (Step::Key(rest[..end].to_owned()), &rest[end..]));
    }
    let rest = text.strip_prefix('[')?;
    if rest.starts_with('"') {
        let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let name = texts.next()?.ok()?;
        let after = rest.get(texts.byte_offset()..)?.strip_prefix(']')?;
        return Some((Step::Key(name), after));
    }
    let end = rest.find(']')?;
    Some((Step::Item(rest[..end].parse().ok()?), &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_written_as_they_are_read() {
        for text in
            ["volatile", "volatile.role", "durable.log[3].term", "volatile.seen[\"n1 4\"].x", "durable[\"a]\\\"\"][0]"]
        {
            let field: Field = text.parse().expect(text);
            assert_eq!(field.to_string(), text);
            assert_eq!(
                field.path.last().map(|step| field.whole().unwrap().part(step.clone())),
                (!field.path.is_empty()).then_some(field)
            );
        }
        for text in [
            "",
            "role",
            "volatile.",
            "volatile..x",
            "volatile[",
            "volatile[x]",
            "volatile[\"x\"",
            "volatilerole",
            "durable[-1]",
        ] {
            assert!(text.parse::<Field>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_shape_is_all_of_a_record_and_the_parts_of_what_is_deeper() {
        assert_eq!(Shape::of(&json!({"Leader": {"peers": [1]}})), Shape::Parts(vec!["Leader".to_owned()]));
        assert_eq!(Shape::of(&json!([{"term": 1}, {"term": 2}])), Shape::Items(2));
        assert_ne!(Shape::of(&json!(["n1"])), Shape::of(&json!(["n2"])));
        assert_eq!(Shape::of(&json!({"round": 3, "node": "n1"})).to_string(), "node n1, round 3");
        assert!(Shape::of(&json!(null)).is_empty() && !Shape::of(&json!(["n1"])).is_empty());
    }
}
