//! What a protocol says about itself: plain data, from which page, command line and sweeps are made.

use netsplit_sim::Span;

/// A text in every language of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

/// Shorthand for [`Words`].
pub const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}

/// A protocol, described.
#[derive(Debug)]
pub struct About {
    /// Its name in files and links: `raft`.
    pub name: &'static str,
    /// Its name for people.
    pub title: Words,
    /// What it does, in a sentence.
    pub summary: Words,
    /// The paper, with year.
    pub source: &'static str,
    /// The parts nodes can play; the first is the one there must be.
    pub parts: &'static [Part],
    /// The roles a node's face can show. Scenarios may name nodes by them.
    pub roles: &'static [Role],
    /// What must hold after every event.
    pub invariants: &'static [Invariant],
    /// The rules that can be broken on purpose; the position is the bug's number.
    pub bugs: &'static [Bug],
    /// The numbered pseudo-code; the position is what `Protocol::Line` converts to.
    pub lines: &'static [Line],
    /// What clients can ask for.
    pub ops: &'static [OpForm],
    /// What can be measured of a whole run as it goes on, in the order of `Entry::measure`.
    pub measures: &'static [Measure],
    /// How long after the last fault, at its usual settings, whatever it promises in the end must have come true: sweeps
    /// let it run for that long. Zero if it promises nothing about time.
    pub settles: Span,
    /// How many liars it puts up with; nothing if it trusts everybody. Sweeps turn so many nodes into liars.
    pub liars: Option<Liars>,
    /// Its page, in Markdown: `docs/protocols/NAME.md`.
    pub page: &'static str,
    /// Its scenarios for the gallery, in the order of showing: name (`leader-crash`) and scenario file.
    pub scenarios: &'static [(&'static str, &'static str)],
}

/// How many liars a protocol puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Liars {
    /// Among the nodes of the first part there may be f liars if there are this many times f, and one more.
    pub of: u16,
    /// The setting that says how many it is to put up with, if that is another number.
    pub setting: &'static str,
}

/// A part that nodes can play.
#[derive(Debug)]
pub struct Part {
    /// Its name in scenario files: `server`.
    pub name: &'static str,
    /// What its nodes are called, with a number behind: `n` for n1, n2...
    pub prefix: &'static str,
    /// How many there are if a scenario does not say.
    pub usual: u16,
    /// How few there may be.
    pub least: u16,
}

/// A role that a face can show.
#[derive(Debug)]
pub struct Role {
    /// Its name, as in `Face::role`.
    pub name: &'static str,
    /// The word for it.
    pub word: Words,
    /// A letter that stands for it.
    pub letter: &'static str,
}

/// A property that holds after every event.
#[derive(Debug)]
pub struct Invariant {
    /// Its name: `election-safety`.
    pub name: &'static str,
    /// What holds.
    pub statement: Words,
    /// Where it is stated.
    pub source: &'static str,
}

/// A rule that can be broken on purpose.
#[derive(Debug)]
pub struct Bug {
    /// Its name: `vote-not-durable`.
    pub name: &'static str,
    /// What goes wrong in the code.
    pub what: Words,
    /// The invariant that notices.
    pub breaks: &'static str,
}

/// A line of the pseudo-code.
#[derive(Debug)]
pub struct Line {
    /// The heading it stands under, as in the paper: `RequestVote RPC: receiver`.
    pub block: &'static str,
    /// The rule, in our words.
    pub text: Words,
    /// The sentence that tells of it when it runs; empty if it goes without saying. `{node}` is who, `{from}` the
    /// sender of the message, `{figure}` the headline figure after the event, `{waited}` how long the timer ran.
    pub say: Words,
    /// How much it matters when several lines ran in one event: the highest is told.
    pub weight: u8,
}

/// A figure of the whole world that changes as a run goes on, such as how many nodes know a rumour.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Its name: `informed`.
    pub name: &'static str,
    /// The words for it.
    pub word: Words,
    /// Its unit; empty for a bare number.
    pub unit: Words,
}

/// An operation that a client can invoke, as a form.
#[derive(Debug)]
pub struct OpForm {
    /// The operation's name as it is serialised: `put`. Every operation is a variant with named fields, if only `{}`.
    pub name: &'static str,
    /// What somebody does who invokes it, as on a button, but in lower case: `send a write`.
    pub word: Words,
    /// Its fields.
    pub fields: &'static [Field],
    /// Whether it is about the cluster itself, as is a change of members: people ask for that now and then, where clients
    /// ask all day.
    pub cluster: bool,
}

/// What answers are called, in every protocol, with which a node turns somebody away: it cannot serve, and did nothing. That
/// a lock is taken, or that a value is not as expected, is an answer like others.
pub const REFUSALS: &[&str] = &["not-leader", "not-here", "refused", "locked"];
/// What the answer is called that says that there is no such operation, however well all goes.
pub const UNSUPPORTED: &str = "unsupported";

/// A field of an operation.
#[derive(Debug)]
pub struct Field {
    /// Its name as it is serialised.
    pub name: &'static str,
    /// What to fill in if a person does not.
    pub sample: &'static str,
    /// What can be filled in.
    pub kind: FieldKind,
}

/// What a field of an operation takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A whole number.
    Number,
    /// The name of a node.
    Node,
    /// The names of some nodes.
    Nodes,
}

/// Which bugs are switched on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Bugs(u32);

impl Bugs {
    /// All rules hold.
    pub const NONE: Bugs = Bugs(0);
    /// With one more bug switched on, given by its number.
    pub fn with(self, number: usize) -> Bugs {
        Bugs(self.0 | 1 << number)
    }
    /// Whether a bug is switched on.
    pub fn on(self, number: usize) -> bool {
        self.0 >> number & 1 == 1
    }
}

/// Writes a protocol's pseudo-code once. From it come an enum, by whose variants the handlers say which rule runs, and
/// the table for [`About::lines`] in the same order.
///
/// Each rule: its variant, its weight, its text in English and Chinese, and the sentence that tells of it, if any.
macro_rules! lines {
    (
        $(#[$about:meta])*
        pub enum $Line:ident, $LINES:ident;
        $( $block:literal {
            $( $variant:ident $weight:literal: $en:literal | $zh:literal $(=> $say_en:literal | $say_zh:literal)?; )*
        } )*
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        #[repr(u16)]
        pub enum $Line {
            $( $( #[doc = $en] $variant, )* )*
        }

        impl From<$Line> for u16 {
            fn from(line: $Line) -> u16 {
                line as u16
            }
        }

        /// The rules, in the order of their numbers.
        pub const $LINES: &[$crate::about::Line] = &[
            $( $( $crate::about::Line {
                block: $block,
                text: $crate::about::words($en, $zh),
                say: $crate::about::words(concat!("" $(, $say_en)?), concat!("" $(, $say_zh)?)),
                weight: $weight,
            }, )* )*
        ];
    };
}
pub(crate) use lines;
