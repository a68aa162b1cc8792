//! Values of a run, and how they compare.
//!
//! What is not there is equal to nothing but `none`, and neither less nor greater than anything. A variant with its fields
//! is equal to its name (`role == leader`). A text that is a number or a time can be compared with one.

use netsplit_sim::Span;
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub(crate) enum Val<'a> {
    Absent,
    None,
    Bool(bool),
    Number(i128),
    Span(Span),
    Text(Cow<'a, str>),
    /// A list or a table.
    Tree(Cow<'a, Value>),
}

impl<'a> Val<'a> {
    pub fn of(value: &'a Value) -> Val<'a> {
        match value {
            Value::Null => Val::None,
            Value::Bool(value) => Val::Bool(*value),
            Value::Number(number) => number.as_i128().map_or(Val::Absent, Val::Number),
            Value::String(text) => Val::Text(Cow::Borrowed(text)),
            Value::Array(_) | Value::Object(_) => Val::Tree(Cow::Borrowed(value)),
        }
    }
    pub fn text(text: &'a str) -> Val<'a> {
        Val::Text(Cow::Borrowed(text))
    }
    /// The same without what it was borrowed from.
    pub fn owned(self) -> Val<'static> {
        match self {
            Val::Absent => Val::Absent,
            Val::None => Val::None,
            Val::Bool(value) => Val::Bool(value),
            Val::Number(number) => Val::Number(number),
            Val::Span(span) => Val::Span(span),
            Val::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Val::Tree(tree) => Val::Tree(Cow::Owned(tree.into_owned())),
        }
    }

    /// Whether it is there, and neither false, zero nor empty.
    pub fn holds(&self) -> bool {
        match self {
            Val::Absent | Val::None => false,
            Val::Bool(value) => *value,
            Val::Number(number) => *number != 0,
            Val::Span(span) => *span != Span::ZERO,
            Val::Text(text) => !text.is_empty(),
            Val::Tree(_) => self.length() != Some(0),
        }
    }

    /// How many items, fields or characters it has.
    pub fn length(&self) -> Option<i128> {
        let length = match self {
            Val::Text(text) => text.chars().count(),
            Val::Tree(tree) => match &**tree {
                Value::Array(items) => items.len(),
                Value::Object(fields) => fields.len(),
                _ => return None,
            },
            _ => return None,
        };
        i128::try_from(length).ok()
    }

    /// As a number: times in nanoseconds, and texts if they are one.
    pub fn number(&self) -> Option<i128> {
        match self {
            Val::Number(number) => Some(*number),
            Val::Span(span) => Some(span.0.into()),
            Val::Text(text) => text.parse().ok().or_else(|| text.parse::<Span>().ok().map(|span| span.0.into())),
            _ => None,
        }
    }

    pub fn equals(&self, other: &Val) -> bool {
        match (self, other) {
            (Val::Absent, Val::Absent) => false,
            (Val::None | Val::Absent, Val::None | Val::Absent) => true,
            (Val::Bool(one), Val::Bool(other)) => one == other,
            (Val::Text(one), Val::Text(other)) => one == other,
            (Val::Tree(one), Val::Tree(other)) => one == other,
            (Val::Tree(tree), Val::Text(name)) | (Val::Text(name), Val::Tree(tree)) => variant(tree) == Some(name),
            (Val::Number(_) | Val::Span(_), _) | (_, Val::Number(_) | Val::Span(_)) => {
                self.number().is_some_and(|number| other.number() == Some(number))
            }
            _ => false,
        }
    }

    /// Which is less, if that can be said.
    pub fn compare(&self, other: &Val) -> Option<Ordering> {
        if let (Val::Text(one), Val::Text(other)) = (self, other) {
            return Some(one.cmp(other));
        }
        Some(self.number()?.cmp(&other.number()?))
    }

    /// Whether a list has such an item, a table such a field, or a text such a part.
    pub fn contains(&self, other: &Val) -> bool {
        match (self, other) {
            (Val::Text(text), Val::Text(part)) => text.contains(&**part),
            (Val::Tree(tree), _) => match &**tree {
                Value::Array(items) => items.iter().any(|item| Val::of(item).equals(other)),
                Value::Object(fields) => match other {
                    Val::Text(name) => fields.contains_key(&**name),
                    Val::Number(number) => fields.contains_key(&number.to_string()),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }
}

/// The name of a variant that has fields.
fn variant(tree: &Value) -> Option<&str> {
    let Value::Object(fields) = tree else { return None };
    fields.keys().next().filter(|_| fields.len() == 1).map(String::as_str)
}
