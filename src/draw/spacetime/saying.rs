//! Which messages are drawn by what they say: those in which some words follow each other, such as `term 3`.

use serde_json::Value;

/// Words that a message must say one after the other: names of fields and what is in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Saying {
    words: Vec<String>,
}

impl Saying {
    /// The words of a text; nothing if it has none.
    pub fn of(text: &str) -> Option<Saying> {
        let mut words = Vec::new();
        add_words(text, &mut words);
        (!words.is_empty()).then_some(Saying { words })
    }
    /// Whether a message of a type says them.
    pub fn is_in(&self, name: &str, body: &Value) -> bool {
        let mut said = Vec::new();
        add_words(name, &mut said);
        add_value(body, &mut said);
        said.windows(self.words.len()).any(|words| words == self.words)
    }
}

fn add_words(text: &str, words: &mut Vec<String>) {
    let all = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.extend(all.map(str::to_lowercase));
}

fn add_value(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            add_words(name, words);
            add_value(value, words);
        }),
        Value::Array(items) => items.iter().for_each(|item| add_value(item, words)),
        Value::String(text) => add_words(text, words),
        other => add_words(&other.to_string(), words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_follow_each_other_whatever_stands_between_them() {
        let body = json!({ "term": 3, "entries": [{ "term": 31, "command": "put k1" }], "from": "n2" });
        let says = |text: &str| Saying::of(text).expect("it has words").is_in("AppendEntries", &body);
        for said in ["term 3", "term = 3", "TERM: 3", "appendentries", "put k1", "n2"] {
            assert!(says(said), "{said}");
        }
        for not in ["term 1", "term 30", "k1 put", "append", "n"] {
            assert!(!says(not), "{not}");
        }
        assert_eq!(Saying::of(" =,. "), None);
    }
}
