//! Probabilities and rates as integer ratios: no float decides anything.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A fraction between 0 and 1, as a number of parts in a billion.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ratio(u32);

const WHOLE: u32 = 1_000_000_000;

impl Ratio {
    /// Never.
    pub const ZERO: Ratio = Ratio(0);
    /// Always.
    pub const ONE: Ratio = Ratio(WHOLE);

    /// `num / den`, rounded down to a billionth and held to at most one.
    pub const fn new(num: u32, den: u32) -> Ratio {
        if den == 0 || num >= den {
            return Ratio::ONE;
        }
        Ratio((num as u64 * WHOLE as u64 / den as u64) as u32)
    }

    /// Whether a uniform 64-bit draw falls within this fraction.
    pub fn holds(self, draw: u64) -> bool {
        ((u128::from(draw) * u128::from(WHOLE)) >> 64) < u128::from(self.0)
    }
}

impl fmt::Display for Ratio {
    /// As a percentage, `2.5%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 10_000_000, self.0 % 10_000_000);
        if part == 0 {
            return write!(f, "{whole}%");
        }
        let digits = format!("{part:07}");
        write!(f, "{whole}.{}%", digits.trim_end_matches('0'))
    }
}

/// Why a text is not a ratio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotARatio(String);

impl fmt::Display for NotARatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a ratio between 0 and 1: write a percentage like 2.5% or a fraction like 1/40", self.0)
    }
}
impl std::error::Error for NotARatio {}

impl FromStr for Ratio {
    type Err = NotARatio;
    fn from_str(text: &str) -> Result<Ratio, NotARatio> {
        parse(text.trim()).ok_or_else(|| NotARatio(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<Ratio> {
    if let Some((num, den)) = text.split_once('/') {
        let (num, den) = (num.trim().parse::<u32>().ok()?, den.trim().parse::<u32>().ok()?);
        return (den > 0 && num <= den).then(|| Ratio::new(num, den));
    }
    let percent = text.strip_suffix('%')?.trim();
    let (whole, part) = percent.split_once('.').unwrap_or((percent, "0"));
    if part.is_empty() || part.len() > 7 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole = whole.parse::<u32>().ok()?.checked_mul(10_000_000)?;
    let part = part.parse::<u32>().ok()? * 10u32.pow(7 - part.len() as u32);
    let billionths = whole.checked_add(part)?;
    (billionths <= WHOLE).then_some(Ratio(billionths))
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_u32(self.0) }
    }
}
impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ratio, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        } else {
            let billionths = u32::deserialize(deserializer)?;
            if billionths > WHOLE {
                return Err(serde::de::Error::custom("a ratio above 1"));
            }
            Ok(Ratio(billionths))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_read_as_fractions_and_percentages() {
        assert_eq!("1/4".parse::<Ratio>(), Ok(Ratio::new(1, 4)));
        assert_eq!("2.5%".parse::<Ratio>(), Ok(Ratio::new(1, 40)));
        assert_eq!("100%".parse::<Ratio>(), Ok(Ratio::ONE));
        assert_eq!(Ratio::new(1, 40).to_string(), "2.5%");
        for text in ["", "1/0", "5/4", "101%", "0.5", "-1%", "1.%", "%"] {
            assert!(text.parse::<Ratio>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_ratio_holds_for_its_share_of_draws() {
        let quarter = Ratio::new(1, 4);
        assert!(quarter.holds(0) && quarter.holds(u64::MAX / 4 - 100));
        assert!(!quarter.holds(u64::MAX / 4 + 100) && !quarter.holds(u64::MAX));
        assert!(Ratio::ONE.holds(u64::MAX) && !Ratio::ZERO.holds(0));
    }
}
