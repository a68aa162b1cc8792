//! A client's operation, filled in like a form.

use crate::tree::Tree;
use netsplit_protocols::{About, FieldKind, OpForm};
use serde_json::Value;
use std::collections::BTreeMap;

/// An operation with a text filled in for each of its fields. What does not fit its field is refused when the
/// operation is invoked, with a reason.
pub fn operation(form: &OpForm, texts: &[String]) -> Tree {
    let fields = form.fields.iter().zip(texts).map(|(field, text)| (field.name.to_owned(), content(field.kind, text)));
    Tree::Map(BTreeMap::from([(form.name.to_owned(), Tree::Map(fields.collect()))]))
}

fn content(kind: FieldKind, text: &str) -> Tree {
    match (kind, text.trim().parse()) {
        (FieldKind::Number, Ok(number)) => Tree::Int(number),
        (FieldKind::Nodes, _) => Tree::List(names_in(text).map(|name| Tree::Text(name.to_owned())).collect()),
        _ => Tree::Text(text.to_owned()),
    }
}

/// The names that stand in a text.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '，', '、']).filter(|name| !name.is_empty())
}

/// The operation with nodes by their numbers instead of their names, and numbers that stand in texts as numbers, since
/// a gap such as `{n}` is filled in with text. What is neither stays as it is.
pub(crate) fn with_numbers(op: Tree, forms: &[OpForm], names: &[String]) -> Tree {
    let Tree::Map(mut variant) = op else { return op };
    for form in forms {
        let Some(Tree::Map(values)) = variant.get_mut(form.name) else { continue };
        for field in form.fields {
            let Some(value) = values.get_mut(field.name) else { continue };
            match value {
                Tree::List(items) => items.iter_mut().for_each(|item| number(item, field.kind, names)),
                value => number(value, field.kind, names),
            }
        }
    }
    Tree::Map(variant)
}

fn number(value: &mut Tree, kind: FieldKind, names: &[String]) {
    let Tree::Text(text) = value else { return };
    let number = match kind {
        FieldKind::Node | FieldKind::Nodes => names.iter().position(|name| name == text).map(|number| number as i64),
        FieldKind::Number => text.trim().parse().ok(),
        FieldKind::Text => None,
    };
    if let Some(number) = number {
        *value = Tree::Int(number);
    }
}

/// What a client asks, in the fewest words: `put x 1`.
pub fn asked(about: &About, op: &Value) -> String {
    let Value::Object(variant) = op else { return short(op) };
    let told = |(name, fields): (&String, &Value)| {
        let form = about.ops.iter().find(|form| form.name == name);
        match (form, fields) {
            // In the order of the form: an object knows none.
            (Some(form), Value::Object(fields)) => {
                let fields = form.fields.iter().filter_map(|field| fields.get(field.name)).map(short);
                std::iter::once(name.clone()).chain(fields).collect::<Vec<_>>().join(" ")
            }
            _ => format!("{name} {}", short(fields)),
        }
    };
    variant.iter().map(told).collect::<Vec<_>>().join(" ")
}

/// A value without the names of its fields.
pub fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(variant) if variant.len() == 1 => {
            variant.iter().map(|(name, fields)| format!("{name} {}", short(fields))).collect()
        }
        Value::Object(fields) => fields.values().map(short).collect::<Vec<_>>().join(" "),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(" "),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_protocols::{Field, Words};

    const WORD: Words = Words { en: "", zh: "" };
    const FORM: OpForm = OpForm {
        name: "move",
        word: WORD,
        fields: &[
            Field { name: "to", sample: "n1", kind: FieldKind::Node },
            Field { name: "all", sample: "n1 n2", kind: FieldKind::Nodes },
            Field { name: "why", sample: "n1", kind: FieldKind::Text },
        ],
        cluster: false,
    };

    #[test]
    fn nodes_by_name_become_numbers_one_by_one_and_in_lists() {
        let names = ["n1", "n2", "c1"].map(str::to_owned);
        let op = operation(&FORM, &["c1", " n2, c1，n9 ", "n2"].map(str::to_owned));
        let text = |text: &str| Tree::Text(text.to_owned());
        let fields = [
            ("to", Tree::Int(2)),
            ("all", Tree::List(vec![Tree::Int(1), Tree::Int(2), text("n9")])),
            ("why", text("n2")),
        ];
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let expected = Tree::Map([("move".to_owned(), Tree::Map(fields))].into());
        assert_eq!(with_numbers(op, &[FORM], &names), expected);
    }
}
