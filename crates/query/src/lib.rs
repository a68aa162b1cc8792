//! Questions to a run. A *condition* is what somebody writes to be taken to the next moment at which it comes true, or the
//! one before: `any node.role == leader and term > 3`, `event deliver Vote at n3`, `violated(agreement)`. A *pattern* is a
//! shape that messages make in a trace: a broadcast, a message that overtakes another.
//!
//! A condition is read ([`Query::read`]) with the [`Names`] that there are in a run, so that whatever is misspelt is refused
//! where it stands, with what would be accepted there. It is judged by a [`Watch`], event by event, which looks only at the
//! nodes that an event touched.
//!
//! When does a condition *match*? One that speaks of states matches where it comes true: at an event after which it holds
//! and before which it did not. One that speaks of the event itself (`event …`, `line …`, `lamport …`) matches at every event
//! of which it is true. Conditions joined by `or` are judged each by itself.

mod expr;
mod judge;
mod mistake;
mod names;
pub mod pattern;
mod read;
mod token;
mod value;
mod watch;
pub mod words;

pub use expr::Query;
pub use judge::Sight;
pub use mistake::Mistake;
pub use names::{Names, Shape};
pub use token::LONGEST;
pub use watch::Watch;
