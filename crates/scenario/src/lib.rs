//! Scenarios, links, the catalogue, and the session that the page, the command line and the JavaScript API drive.

pub mod branches;
mod cast;
pub mod catalogue;
pub mod check;
pub mod clients;
pub mod compare;
pub mod curve;
pub mod edit;
mod expectation;
pub mod file;
pub mod find;
pub mod form;
pub mod gallery;
pub mod link;
pub mod model;
pub mod names;
pub mod open;
pub mod performance;
mod player;
mod run;
pub mod session;
mod state;
pub mod sweep;
pub mod theory;
pub mod transcript;
pub mod tree;
pub mod vary;
pub mod verdicts;
pub mod why;
mod workload;

use netsplit_check::verdict::Budget;

pub use check::Unplayable;
pub use curve::Curve;
pub use link::{Link, Selection, View};
pub use model::{Expectation, Prose, Scenario, Workload};
pub use open::{Opened, Verdict, open, open_link};
pub use session::{Cursor, MailNow, NodeNow, OpNow, Outcome, Passage, Progress, Refusal, Session, StateNow, TimerNow};
pub use tree::Tree;

/// So much the judgement of a whole history by one consistency model may take: about a second.
pub const JUDGED_WITHIN: Budget = Budget { steps: 5_000_000, bytes: 256 << 20 };

/// The longest run there can be, in events: beyond it, memory in a browser tab runs out.
pub const LONGEST_RUN: u32 = 2_000_000;
