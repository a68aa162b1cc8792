//! What the format is made of: times, lists that cannot be too long, and values that only a protocol knows.

use crate::check::Unplayable;
use crate::tree::Tree;
use netsplit_sim::{Span, Time};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Nanoseconds. Times that people write end in many zeros: the digits before them times ten, plus how many there are.
#[derive(Clone, Copy)]
pub struct Nanos(pub u64);

impl Serialize for Nanos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (mut digits, mut zeros) = (self.0.min(Span::MAX.0), 0);
        while digits > 0 && digits.is_multiple_of(10) && zeros < 9 {
            digits /= 10;
            zeros += 1;
        }
        (digits * 10 + zeros).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Nanos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Nanos, D::Error> {
        let packed = u64::deserialize(deserializer)?;
        let nanos = (packed / 10).checked_mul(10u64.pow((packed % 10) as u32));
        let nanos = nanos.filter(|nanos| *nanos <= Span::MAX.0);
        nanos.map(Nanos).ok_or_else(|| Error::custom("a time beyond 31 years"))
    }
}

impl Nanos {
    pub fn since_start(time: Time) -> Nanos {
        Nanos(time.since(Time::ZERO).0)
    }
    pub fn span(self) -> Span {
        Span(self.0)
    }
    pub fn time(self) -> Time {
        Time::ZERO + self.span()
    }
}

/// A list that refuses to become longer than any honest one, while it is read.
pub struct Few<T, const MOST: usize>(pub Vec<T>);

impl<T: Serialize, const MOST: usize> Serialize for Few<T, MOST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting<T, const MOST: usize>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Counting<T, MOST> {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {MOST} items")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
                let mut few = Vec::new();
                while let Some(item) = items.next_element()? {
                    if few.len() == MOST {
                        return Err(Error::invalid_length(few.len() + 1, &self));
                    }
                    few.push(item);
                }
                Ok(few)
            }
        }
        deserializer.deserialize_seq(Counting::<T, MOST>(std::marker::PhantomData)).map(Few)
    }
}

impl<T, const MOST: usize> FromIterator<T> for Few<T, MOST> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Few(items.into_iter().collect())
    }
}

/// A value whose type only a protocol knows: JSON, since it describes itself and its reader bounds its depth.
#[derive(Serialize, Deserialize)]
pub struct Json(String);

impl From<&Tree> for Json {
    fn from(tree: &Tree) -> Json {
        Json(serde_json::Value::from(tree.clone()).to_string())
    }
}

impl Json {
    /// The longest such value in bytes; a longer one is refused before it is taken apart.
    const LONGEST: usize = 8_192;

    pub fn unpack(self) -> Result<Tree, Unplayable> {
        if self.0.len() > Json::LONGEST {
            return Err(Unplayable::new("this value is too large"));
        }
        let value: serde_json::Value =
            serde_json::from_str(&self.0).map_err(|error| Unplayable::new(format!("not a value: {error}")))?;
        Tree::try_from(value).map_err(|error| Unplayable::new(error.to_string()))
    }
}
