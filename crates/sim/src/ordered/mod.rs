//! Maps and sets in ascending order, kept in a row: searched by halving, and everything behind moves when something is put
//! in or taken out.
//!
//! They are what [`std::collections::BTreeMap`] and [`BTreeSet`](std::collections::BTreeSet) are, hash and text form
//! included, and can stand in for them. Trees pay off beyond some thousand entries; the state of a process and the memory
//! of a monitor hold fewer, or grow at the end. What counts for them is that copying is one block of memory, and that the
//! code compiled anew for every type of key and value is small: with trees, each protocol weighed a sixth more in the page.

mod map;
mod set;
#[cfg(test)]
mod tests;

pub use map::{Entries, EntriesMut, Entry, Map};
pub use set::Set;

use std::ops::{Bound, RangeBounds};

/// From where to where a range goes among so many rows.
fn bounds<K>(range: &impl RangeBounds<K>, rows: usize, place: impl Fn(&K) -> Result<usize, usize>) -> [usize; 2] {
    let before = |key| place(key).unwrap_or_else(|at| at);
    let after = |key| place(key).map_or_else(|at| at, |at| at + 1);
    let start = match range.start_bound() {
        Bound::Included(key) => before(key),
        Bound::Excluded(key) => after(key),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(key) => after(key),
        Bound::Excluded(key) => before(key),
        Bound::Unbounded => rows,
    };
    [start, end.max(start)]
}
