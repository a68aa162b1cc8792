//! Two states field by field.

use serde_json::Value;

/// A field of two states: a whole part of them where they agree, and as small a part as there is where they do not.
#[derive(Clone, PartialEq, Debug)]
pub struct Field<'a> {
    /// Where it is: `log[2].term`; empty if the states are no tables.
    pub path: String,
    /// What it is in the one; nothing if it is not there.
    pub here: Option<&'a Value>,
    /// What it is in the other.
    pub there: Option<&'a Value>,
}

impl Field<'_> {
    /// Whether it is not the same in both.
    pub fn differs(&self) -> bool {
        self.here != self.there
    }
}

/// All fields of two states, in their order; those of the other alone come last in their table.
pub fn fields<'a>(here: &'a Value, there: &'a Value) -> Vec<Field<'a>> {
    let mut list = Vec::new();
    match (here, there) {
        // The fields by themselves, though they agree: one asks for each of them.
        (Value::Object(_), Value::Object(_)) => descend(String::new(), here, there, &mut list),
        _ => compare(String::new(), Some(here), Some(there), &mut list),
    }
    list
}

fn compare<'a>(path: String, here: Option<&'a Value>, there: Option<&'a Value>, list: &mut Vec<Field<'a>>) {
    match (here, there) {
        (Some(one), Some(other)) if one != other && is_alike(one, other) => descend(path, one, other, list),
        _ => list.push(Field { path, here, there }),
    }
}

/// Whether one can look further into both.
fn is_alike(one: &Value, other: &Value) -> bool {
    matches!((one, other), (Value::Object(_), Value::Object(_)) | (Value::Array(_), Value::Array(_)))
}

fn descend<'a>(path: String, here: &'a Value, there: &'a Value, list: &mut Vec<Field<'a>>) {
    match (here, there) {
        (Value::Object(one), Value::Object(other)) => {
            let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            for (name, value) in one {
                compare(within(name), Some(value), other.get(name), list);
            }
            for (name, value) in other.iter().filter(|(name, _)| !one.contains_key(*name)) {
                compare(within(name), None, Some(value), list);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            for at in 0..one.len().max(other.len()) {
                compare(format!("{path}[{at}]"), one.get(at), other.get(at), list);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(here: &Value, there: &Value) -> Vec<String> {
        let value = |it: Option<&Value>| it.map_or("none".to_owned(), Value::to_string);
        let line = |it: &Field| format!("{}: {} | {}", it.path, value(it.here), value(it.there));
        fields(here, there).iter().map(line).collect()
    }

    #[test]
    fn what_agrees_stays_whole_and_what_does_not_is_taken_apart() {
        let here = json!({"log": [{"term": 1, "op": "x"}, {"term": 2, "op": "y"}], "role": "leader", "votes": [1, 2]});
        let there = json!({"log": [{"term": 1, "op": "x"}, {"term": 3, "op": "y"}, {"term": 3, "op": "z"}],
            "role": "leader", "heard": null});
        let expected = [
            "log[0]: {\"op\":\"x\",\"term\":1} | {\"op\":\"x\",\"term\":1}",
            "log[1].op: \"y\" | \"y\"",
            "log[1].term: 2 | 3",
            "log[2]: none | {\"op\":\"z\",\"term\":3}",
            "role: \"leader\" | \"leader\"",
            "votes: [1,2] | none",
            "heard: none | null",
        ];
        assert_eq!(told(&here, &there), expected);
    }

    #[test]
    fn states_that_are_no_tables_are_one_field() {
        assert_eq!(told(&json!(1), &json!(1)), [": 1 | 1"]);
        assert_eq!(told(&json!(1), &json!({"a": 1})), [": 1 | {\"a\":1}"]);
        assert_eq!(told(&json!([1, 2]), &json!([1, 3])), ["[0]: 1 | 1", "[1]: 2 | 3"]);
    }

    #[test]
    fn equal_states_differ_in_no_field() {
        let state = json!({"a": {"b": [1, {"c": null}]}, "d": "e"});
        assert!(fields(&state, &state).iter().all(|field| !field.differs()));
    }
}
