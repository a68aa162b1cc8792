//! Why a field has its value, and why an invariant does not hold: who wrote it, and what that needed. `docs/why.md` defines
//! the words.

mod field;
mod needs;
mod writes;

pub use field::{BadField, Field, Shape, Step};
pub use needs::{Answer, Asked, Excerpts, Needs, Unanswered};
pub use writes::{Chain, Change, Link, Reason, Search, Write};

pub(crate) use field::look;
pub(crate) use writes::{Both, changes};
