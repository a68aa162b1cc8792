//! Simulated time: integer nanoseconds, so that native and wasm agree to the last bit.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

/// A moment of the world's own time, in nanoseconds since the run began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub u64);

/// A length of time, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span(pub u64);

impl Time {
    /// When every run begins.
    pub const ZERO: Time = Time(0);
    /// Later than anything that happens.
    pub const NEVER: Time = Time(u64::MAX);

    /// How long after `earlier` this is; zero if it is not after.
    pub fn since(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// The longest span that a scenario may name: about 31 years.
    pub const MAX: Span = Span(1_000_000_000_000_000_000);

    /// That many nanoseconds.
    pub const fn nanos(n: u64) -> Span {
        Span(n)
    }
    /// That many microseconds.
    pub const fn micros(n: u64) -> Span {
        Span(n * 1_000)
    }
    /// That many milliseconds.
    pub const fn millis(n: u64) -> Span {
        Span(n * 1_000_000)
    }
    /// That many seconds.
    pub const fn secs(n: u64) -> Span {
        Span(n * 1_000_000_000)
    }
    /// `self * num / den`, computed without overflow, rounded down.
    pub fn scale(self, num: u64, den: u64) -> Span {
        let scaled = u128::from(self.0) * u128::from(num) / u128::from(den.max(1));
        Span(u64::try_from(scaled).unwrap_or(u64::MAX))
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}
impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}
impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}
impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

const UNITS: [(&str, u64); 5] = [("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];

impl fmt::Display for Span {
    /// The largest unit that keeps a whole part, and up to three decimals: `212.4ms`, `1.5s`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let (unit, nanos) =
            *UNITS.iter().rev().find(|(name, nanos)| *name != "us" && self.0 >= *nanos).unwrap_or(&UNITS[0]);
        let whole = self.0 / nanos;
        let mut thousandths = if nanos >= 1_000 { self.0 % nanos / (nanos / 1_000) } else { 0 };
        write!(f, "{whole}")?;
        if thousandths > 0 {
            let mut width = 3;
            while thousandths.is_multiple_of(10) {
                thousandths /= 10;
                width -= 1;
            }
            write!(f, ".{thousandths:0width$}")?;
        }
        f.write_str(unit)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

impl Span {
    /// The exact text that parses back to this very span (`Display` rounds to three decimals).
    pub fn exact(self) -> String {
        if self.0 == 0 {
            return "0s".to_owned();
        }
        let (unit, nanos) = *UNITS
            .iter()
            .rev()
            .find(|(name, nanos)| *name != "µs" && self.0.is_multiple_of(*nanos))
            .unwrap_or(&UNITS[0]);
        format!("{}{unit}", self.0 / nanos)
    }
}

/// Why a text is not a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASpan(String);

impl fmt::Display for NotASpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a length of time: write a number and a unit (ns, us, ms, s), like 150ms or 1.5s", self.0)
    }
}
impl std::error::Error for NotASpan {}

impl FromStr for Span {
    type Err = NotASpan;
    fn from_str(text: &str) -> Result<Span, NotASpan> {
        parse_span(text).ok_or_else(|| NotASpan(text.chars().take(40).collect()))
    }
}

fn parse_span(text: &str) -> Option<Span> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let nanos = UNITS.iter().find(|(name, _)| *name == unit.trim())?.1;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 9 || (number.contains('.') && fraction.is_empty()) {
        return None;
    }
    let mut total = whole.parse::<u64>().ok()?.checked_mul(nanos)?;
    if !fraction.is_empty() {
        let scale = 10u64.pow(fraction.len() as u32);
        let parts = fraction.parse::<u64>().ok()?.checked_mul(nanos)?;
        if !parts.is_multiple_of(scale) {
            return None; // finer than a nanosecond
        }
        total = total.checked_add(parts / scale)?;
    }
    (total <= Span::MAX.0).then_some(Span(total))
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.exact())
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}
impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        if deserializer.is_human_readable() {
            // A `Cow` would save the copy; formats that must unescape cannot lend.
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        } else {
            let nanos = u64::deserialize(deserializer)?;
            if nanos > Span::MAX.0 {
                return Err(serde::de::Error::custom("a time beyond 31 years"));
            }
            Ok(Span(nanos))
        }
    }
}
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Span(self.0).serialize(serializer)
    }
}
impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        Span::deserialize(deserializer).map(|span| Time(span.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_with_units() {
        for (text, nanos) in [("150ms", 150_000_000), ("1.5s", 1_500_000_000), ("7ns", 7), ("2µs", 2_000)] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span, Span(nanos));
            assert_eq!(span.to_string(), text);
        }
        assert_eq!("0.25 ms".parse::<Span>().unwrap(), Span::micros(250));
        assert_eq!(Span(212_412_345).to_string(), "212.412ms");
    }

    #[test]
    fn what_is_not_a_span_is_refused_with_what_would_be() {
        for text in ["", "ms", "12", "1.0000000001s", "-3ms", "9999999999999999s", "1.ms", "3 parsecs", "１s"] {
            let error = text.parse::<Span>().unwrap_err().to_string();
            assert!(error.contains("150ms"), "{text}: {error}");
        }
    }

    #[test]
    fn exact_text_loses_nothing() {
        for nanos in [0, 1, 999, 1_001, 212_412_345, 1_000_000_000, 1_500_000_000, 86_400_000_000_001] {
            assert_eq!(Span(nanos).exact().parse::<Span>().unwrap(), Span(nanos));
        }
    }
}
