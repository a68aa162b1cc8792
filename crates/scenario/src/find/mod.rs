//! Finds moments of a run by conditions ([`netsplit_query`]): the next one, the one before, or all of them.

mod names;
mod pursuit;
mod sight;

pub use names::Lexicon;
pub use netsplit_query::pattern::{self, Match, Pattern};
pub use netsplit_query::{LONGEST, Mistake, Names, Query, Sight, Watch};
pub use pursuit::{Pursued, Pursuit, Way, matches};
pub(crate) use sight::Glimpse;
