//! What is wrong with a condition, and where.

use std::fmt;

/// What is wrong, where, and what would be accepted there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// How many characters stand before it...
    pub at: usize,
    /// ...and how many are wrong; at least one.
    pub length: usize,
    /// What is wrong with them, and what would be right.
    pub what: String,
}

/// So much of a long condition is shown on each side of the mistake.
const AROUND: usize = 36;

impl Mistake {
    /// The condition with a line under it that points at the mistake.
    pub fn under(&self, text: &str) -> String {
        let shown = |c: char| if c.is_control() { ' ' } else { c };
        let first = self.at.saturating_sub(AROUND);
        let last = self.at + self.length.min(AROUND) + AROUND;
        let (before, after) =
            (if first > 0 { "…" } else { "" }, if text.chars().nth(last).is_some() { "…" } else { "" });
        let line: String = text.chars().skip(first).take(last - first).map(shown).collect();
        let indent = " ".repeat(self.at - first + before.chars().count());
        format!("{before}{line}{after}\n{indent}{}", "^".repeat(self.length.min(AROUND)))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.at + 1, self.what)
    }
}
impl std::error::Error for Mistake {}
