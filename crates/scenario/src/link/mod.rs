//! Links: a run in the part of an address behind the `#`.

mod codec;
mod v1;
mod v2;

pub use codec::{LONGEST_LINK, LinkError, decode, encode};

use crate::branches::Branches;
use crate::model::Scenario;
use crate::session::Cursor;
use crate::tree::Tree;
use netsplit_sim::{EventId, MsgName, NodeId, Planned};
use serde::{Deserialize, Serialize};

/// All that a link carries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    /// The scenario, with its seed.
    pub scenario: Scenario,
    /// What people did.
    pub interventions: Vec<Planned<Tree>>,
    /// How far the run was played, and where the reader looks.
    pub cursor: Cursor,
    /// The run's hash at the cursor: whoever opens the link checks it.
    pub hash: u64,
    /// What is shown beside it.
    pub view: View,
    /// What else the run could have come to; the interventions are those of the branch that is played.
    #[serde(default)]
    pub branches: Branches,
}

/// What the page shows of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct View {
    /// What is selected, in all views at once.
    pub selection: Option<Selection>,
    /// Which panels are folded away, by number; the page decides what the numbers mean.
    pub folded: u32,
    /// Where people dragged nodes to: node, and thousandths of the drawing's width and height.
    pub places: Vec<(NodeId, u16, u16)>,
}

/// Something to look at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Selection {
    /// A node.
    Node(NodeId),
    /// An event.
    Event(EventId),
    /// A message.
    Message(MsgName),
    /// The link from one node to another.
    Link(NodeId, NodeId),
}
