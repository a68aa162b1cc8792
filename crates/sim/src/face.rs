//! What a node shows on its face and a message on its sleeve: small plain data that a protocol returns, not drawing
//! code. The page draws every protocol from this alone.

use serde::Serialize;

/// A node at a glance.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Face {
    /// The role it plays now, `leader`. Scenarios name nodes by it, and the page looks its words up by it.
    pub role: &'static str,
    /// How the role stands out.
    pub prominence: Prominence,
    /// The figure under the node: what it is called and its value, `term 3`. Among nodes of one role, the one with
    /// the highest figure is meant when a scenario names the role.
    pub headline: Option<(&'static str, u64)>,
    /// A strip of cells, such as a log.
    pub strip: Vec<Cell>,
    /// How many cells precede the first one shown.
    pub strip_start: u64,
    /// The timer whose running down is drawn as a ring round the node.
    pub ring: Option<&'static str>,
    /// Small bars, such as the entries of a clock vector, a level of suspicion, a share of votes.
    pub levels: Vec<Level>,
    /// A word on a small flag: what it holds, such as a token or a lock.
    pub badge: Option<&'static str>,
    /// A short remark: what it is waiting for, what it believes.
    pub note: Option<String>,
}

/// How a role stands out from the others; the page has a colour and a glyph for each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prominence {
    /// One of many: a follower, a participant.
    #[default]
    Plain,
    /// Striving: a candidate, a proposer.
    Striving,
    /// In charge: a leader, a coordinator.
    Leading,
    /// Outside the group: a client.
    Outside,
}

/// One small bar.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Level {
    /// What decides the colour: equal numbers look alike.
    pub tone: u64,
    /// How far it is filled...
    pub value: u64,
    /// ...of this much; zero for bars that are as long as the longest beside them.
    pub of: u64,
}

/// One cell of a strip.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Cell {
    /// What decides the colour: equal numbers look alike, such as the term of a log entry.
    pub tone: u64,
    /// Settled (committed, stable) or not yet.
    pub solid: bool,
    /// What it holds, in a few characters.
    pub text: String,
}

/// How a message is drawn and called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Tag {
    /// Its type, as the paper writes it: `AppendEntries`.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
}

/// The part a message plays in a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Asks for an answer.
    Request,
    /// Is an answer.
    Reply,
    /// To or from a client.
    Client,
}
