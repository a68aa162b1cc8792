//! Vector clocks as logs have them: JSON objects, sometimes with their quotes escaped once more.

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, MapAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The names of an execution's hosts, by number.
#[derive(Default)]
pub(super) struct Names {
    numbers: BTreeMap<String, u32>,
    names: Vec<String>,
    /// Which number was asked for after each. Clocks list their hosts in much the same order every time: one comparison
    /// then does for a search.
    after: Vec<u32>,
    latest: usize,
}

impl Names {
    pub fn all(self) -> Vec<String> {
        self.names
    }
    pub fn count(&self) -> usize {
        self.names.len()
    }
    pub fn number(&mut self, name: &str) -> u32 {
        let guess = self.after.get(self.latest).copied().unwrap_or(0);
        if self.names.get(guess as usize).is_some_and(|known| known == name) {
            self.latest = guess as usize;
            return guess;
        }
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None => {
                self.numbers.insert(name.to_owned(), self.names.len() as u32);
                self.names.push(name.to_owned());
                self.after.push(0);
                self.names.len() as u32 - 1
            }
        };
        if let Some(after) = self.after.get_mut(self.latest) {
            *after = number;
        }
        self.latest = number as usize;
        number
    }
}

/// Reads a clock into entries of host and time, in the order of hosts; those that are 0 are left out, as they say nothing.
pub(super) fn read(text: &str, names: &mut Names, entries: &mut Vec<(u32, u32)>) -> Result<(), String> {
    let mut attempt = |text: &str| {
        entries.clear();
        let mut json = serde_json::Deserializer::from_str(text);
        json.deserialize_map(Entries { names: &mut *names, into: &mut *entries })?;
        json.end()
    };
    attempt(text).or_else(|error| {
        let unescaped = text.replace("\\\"", "\"");
        attempt(&unescaped).map_err(|_| error.to_string())
    })?;
    // Of entries for one host the last counts.
    entries.sort_by_key(|(host, _)| *host);
    entries.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 = later.1;
        }
        same
    });
    entries.retain(|(_, time)| *time > 0);
    Ok(())
}

struct Entries<'a> {
    names: &'a mut Names,
    into: &'a mut Vec<(u32, u32)>,
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of hosts and their times")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(host) = map.next_key_seed(Name(self.names))? {
            self.into.push((host, map.next_value_seed(Count)?));
        }
        Ok(())
    }
}

struct Name<'a>(&'a mut Names);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = u32;
    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<u32, D::Error> {
        let name: Cow<'de, str> = from.deserialize_str(Text)?;
        Ok(self.0.number(&name))
    }
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a host's name")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// A whole number, also as a text; numbers too large for any log come to the largest there is.
struct Count;

impl<'de> DeserializeSeed<'de> for Count {
    type Value = u32;
    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<u32, D::Error> {
        from.deserialize_any(self)
    }
}

impl Visitor<'_> for Count {
    type Value = u32;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 0 or more")
    }
    fn visit_u64<E>(self, count: u64) -> Result<u32, E> {
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
    fn visit_f64<E: serde::de::Error>(self, count: f64) -> Result<u32, E> {
        let whole = count >= 0.0 && count.fract() == 0.0;
        let other = || E::invalid_value(serde::de::Unexpected::Float(count), &self);
        if whole { Ok(count as u32) } else { Err(other()) }
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u32, E> {
        let other = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
        text.parse::<u64>().map_err(|_| other()).and_then(|count| self.visit_u64(count))
    }
}
