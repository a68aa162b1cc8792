//! Logs in the form that ShiViz reads (Beschastnikh, Wang, Brun, Ernst: "Debugging Distributed Systems", CACM 2016): any text
//! in which a regular expression finds events, each with its host and a vector clock.
//!
//! What ShiViz accepts is accepted, and means the same; the order of events comes from the clocks alone.

mod clock;
mod graph;
mod header;
mod read;
mod write;

pub use graph::Disorder;
pub use header::{Header, header};
pub use read::{Parser, read, read_file};
pub use write::write;

use crate::pattern::{BadPattern, TooLong};
use netsplit_sim::{NodeId, Trace};

/// ShiViz's own parser, for logs that come with no other.
pub const USUAL_PARSER: &str = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})";

/// The parser for logs that say what happened on the line after the clock, as those of GoVector do.
pub const CLOCK_FIRST: &str = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)";

/// One execution of a log: a run of a system somewhere else.
#[derive(Clone, Debug)]
pub struct Execution {
    /// What the delimiter before it calls it; may be empty.
    pub name: String,
    /// The hosts, in the order of their first lines. A host's place is its node in the trace.
    pub hosts: Vec<String>,
    /// What the parser's groups besides clock and event are called.
    pub fields: Vec<String>,
    /// The events in causal order, by Lamport time and then as the log has them. An event's place is its number in the trace.
    pub events: Vec<Event>,
    /// Happens-before. Its messages are the edges that ShiViz draws: of all that an event was the first of its host to know
    /// of, only what none of the others knew. Its times are Lamport's, a millisecond each.
    pub trace: Trace,
    /// The lines of events whose clock is behind that of an event before it at its host, which ShiViz does not mind. Their
    /// order is taken from what they do know, and from their host.
    pub forgetful: Vec<u32>,
}

/// One event of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Where.
    pub host: NodeId,
    /// How many events there had been at its host, itself included.
    pub own: u32,
    /// The line of the file where it begins, from 1.
    pub line: u32,
    /// What happened.
    pub text: String,
    /// The other groups, as [`Execution::fields`] names them; nothing where a group took no part.
    pub fields: Vec<Option<String>>,
}

impl Execution {
    /// How many causal edges there are between hosts, reduced transitively.
    pub fn edges(&self) -> u32 {
        self.trace.sent()
    }
}

/// Hosts that one execution may have.
pub const MOST_HOSTS: usize = 10_000;
/// Events that one execution may have.
pub const MOST_EVENTS: usize = netsplit_scenario::LONGEST_RUN as usize;

/// Why a log cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Flaw {
    /// The parser is no regular expression.
    #[error("the parser {0:?} is no regular expression: {1}")]
    Parser(String, BadPattern),
    /// The delimiter is no regular expression.
    #[error("the delimiter {0:?} is no regular expression: {1}")]
    Delimiter(String, BadPattern),
    /// The parser lacks a group.
    #[error("the parser {parser:?} has no group (?<{group}>...): it must have the groups event, host and clock")]
    NoGroup {
        /// The parser.
        parser: String,
        /// The group's name.
        group: &'static str,
    },
    /// It would take too long to find the events.
    #[error("line {line}: {what}")]
    TooLong {
        /// Where.
        line: u32,
        /// How the search ended.
        what: TooLong,
    },
    /// Nothing in the text fits the parser.
    #[error("line {line}: the parser {parser:?} finds no event in the execution {execution:?} that begins here")]
    NoEvents {
        /// Where the execution begins.
        line: u32,
        /// The execution's name.
        execution: String,
        /// The parser.
        parser: String,
    },
    /// Two executions have one name.
    #[error("line {line}: there is an execution called {name:?} before; executions must have names of their own")]
    NameTwice {
        /// Where the second begins.
        line: u32,
        /// The name.
        name: String,
    },
    /// What should be a clock is none.
    #[error("line {line}: {found:?} is no vector clock: {why}; expected is {{\"host\": 1, ...}}")]
    Clock {
        /// Where.
        line: u32,
        /// The beginning of what is there.
        found: String,
        /// What is the matter.
        why: String,
    },
    /// A clock lacks its own host.
    #[error("line {line}: the clock {clock} of an event at host {host:?} has no entry for that host")]
    NoOwnEntry {
        /// Where.
        line: u32,
        /// The host.
        host: String,
        /// The beginning of the clock.
        clock: String,
    },
    /// The clocks do not fit each other.
    #[error("{0}")]
    Disorder(#[from] Disorder),
    /// There is more than can be shown.
    #[error("line {line}: more than {most} {what} in one execution are too many")]
    TooMany {
        /// Where the limit is passed.
        line: u32,
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
}
