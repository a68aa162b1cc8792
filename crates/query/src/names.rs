//! The names that a condition may use, as they are in a run: of its nodes, their fields, messages, timers and so on.

use netsplit_sim::NodeId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What there is in a run.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The nodes, by id.
    pub nodes: Vec<String>,
    /// The parts that nodes play, each with those that play it.
    pub parts: Vec<(String, Vec<NodeId>)>,
    /// Words that stand for themselves: roles, states, and other short texts that nodes have in their states.
    pub words: BTreeSet<String>,
    /// What the figures under nodes are called.
    pub headlines: BTreeSet<String>,
    /// The types of messages.
    pub messages: BTreeSet<String>,
    /// The timers.
    pub timers: BTreeSet<String>,
    /// The invariants.
    pub invariants: Vec<&'static str>,
    /// The lines of the pseudo-code, each in every language.
    pub lines: Vec<Vec<String>>,
    /// What nodes keep durably.
    pub durable: Shape,
    /// What else they hold.
    pub volatile: Shape,
    /// How many events there are.
    pub events: u32,
}

impl Names {
    /// Takes note of what a node holds.
    pub fn note_state(&mut self, durable: &Value, volatile: Option<&Value>) {
        self.durable.note(durable, &mut self.words, DEEPEST);
        if let Some(volatile) = volatile {
            self.volatile.note(volatile, &mut self.words, DEEPEST);
        }
    }
}

/// States are looked into so deep...
const DEEPEST: usize = 8;
/// ...so many fields wide, ...
const WIDEST: usize = 64;
/// ...at so many items of a list, ...
const ITEMS: usize = 4;
/// ...and so many words are kept, none longer than this.
const WORDS: usize = 400;
const LONGEST_WORD: usize = 24;

/// Which fields there are in a tree, from all that was seen of it.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    fields: BTreeMap<String, Shape>,
    items: Option<Box<Shape>>,
    /// A table was seen here, and another that had other fields: it is a map, and may come to have any.
    seen: bool,
    varies: bool,
}

impl Shape {
    fn note(&mut self, value: &Value, words: &mut BTreeSet<String>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value {
            Value::String(text) => remember(text, words),
            Value::Array(items) => {
                let shape = self.items.get_or_insert_default();
                items.iter().take(ITEMS).for_each(|item| shape.note(item, words, depth));
            }
            Value::Object(fields) => {
                if let (1, Some(variant)) = (fields.len(), fields.keys().next()) {
                    remember(variant, words);
                }
                let same =
                    fields.len() == self.fields.len() && fields.keys().all(|name| self.fields.contains_key(name));
                self.varies |= self.seen && !same || fields.is_empty();
                self.seen = true;
                for (name, value) in fields {
                    if self.fields.len() < WIDEST || self.fields.contains_key(name) {
                        self.fields.entry(name.clone()).or_default().note(value, words, depth);
                    } else {
                        self.varies = true;
                    }
                }
            }
            _ => {}
        }
    }

    /// A field, as far as it was seen.
    pub fn field(&self, name: &str) -> Option<&Shape> {
        self.fields.get(name)
    }
    /// The items of a list, as far as they were seen.
    pub fn item(&self) -> Option<&Shape> {
        self.items.as_deref()
    }
    /// The names of its fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }
    /// Whether it has had the same fields whenever it was seen.
    pub fn is_fixed(&self) -> bool {
        self.seen && !self.varies
    }
}

fn remember(text: &str, words: &mut BTreeSet<String>) {
    let like_a_word = text.len() <= LONGEST_WORD && text.starts_with(|c: char| c.is_alphabetic());
    if like_a_word && words.len() < WORDS && !words.contains(text) {
        words.insert(text.to_owned());
    }
}
