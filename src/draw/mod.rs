//! The drawings: the cluster, the space-time diagram and the time line, each on a canvas of its own.
//!
//! Every view is a *model* (what is drawn where, what lies under the pointer: plain Rust, tested natively) and a thin
//! *painter* beside it in `paint.rs`. Once a frame the page calls `frame`, which brings the model up to date and says
//! whether it is still moving, and then `paint`.

pub mod axis;
pub mod cluster;
#[cfg(test)]
mod fixture;
pub mod geometry;
pub mod lanes;
pub mod measures;
pub mod operations;
pub mod palette;
pub mod ruler;
pub mod scale;
mod signs;
pub mod spacetime;
pub mod surface;
pub mod timeline;
pub mod window;
pub mod wording;

pub use axis::Axis;
pub use cluster::ClusterView;
pub use measures::MeasuresView;
pub use operations::{Asked, OperationsView, Shown};
pub use palette::Palette;
pub use spacetime::{Contrast, CutLine, Group, Kind, Lit, Showing, SpaceTimeView};
pub use surface::Surface;
pub use timeline::TimelineView;
pub use wording::Language;

use netsplit_scenario::{Cursor, MailNow, NodeNow, Selection, Session};
use netsplit_sim::{Condition, EventId, MsgId, MsgName, NodeId, Prominence, Time};

/// Something under the pointer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thing {
    /// A node.
    Node(NodeId),
    /// A message.
    Message(MsgId, MsgName),
    /// The link between two nodes; the direction is that of the lane nearest to the pointer.
    Link(NodeId, NodeId),
    /// An event.
    Event(EventId),
    /// Where a cut goes through a node's lane.
    Handle(NodeId),
    /// A moment of the run.
    Moment(Time),
    /// What of the run another drawing shows.
    Window,
}

/// All that a frame is drawn from.
#[derive(Clone, Copy)]
pub struct Glance<'a> {
    /// The run.
    pub session: &'a dyn Session,
    /// Its nodes and messages at the cursor: [`Now::look`] before every frame.
    pub now: &'a Now,
    /// What clients asked, and what shows whether the answers are consistent.
    pub asked: &'a Asked,
    /// What is selected.
    pub selection: Option<Selection>,
    /// An event that the selected one is compared with.
    pub pinned: Option<EventId>,
    /// What something came of, as long as somebody asks.
    pub lit: Option<&'a Lit>,
    /// A cut through the run.
    pub cut: Option<&'a CutLine>,
    /// The run beside, if there is one.
    pub contrast: Option<Contrast<'a>>,
    /// What is under the pointer.
    pub hover: Option<Thing>,
    /// The nodes being gathered for a partition.
    pub group: &'a [NodeId],
    /// Somebody is at work on the links.
    pub editing: bool,
    /// The browser's clock, in milliseconds.
    pub wall_ms: f64,
    /// Simulated nanoseconds per millisecond of the browser's clock; zero while paused.
    pub pace: f64,
    /// Somebody asked for less motion.
    pub calm: bool,
    /// The page's language.
    pub lang: Language,
}

impl<'a> Glance<'a> {
    /// A run that nobody does anything with: it stands still, and so does the picture.
    pub fn bare(session: &'a dyn Session, now: &'a Now, asked: &'a Asked) -> Glance<'a> {
        Glance {
            session,
            now,
            asked,
            selection: None,
            pinned: None,
            lit: None,
            cut: None,
            contrast: None,
            hover: None,
            group: &[],
            editing: false,
            wall_ms: 0.0,
            pace: 0.0,
            calm: true,
            lang: Language::default(),
        }
    }
}

/// The nodes and the messages in flight at the cursor, taken from the session once for all views and only when the
/// cursor has moved to another event.
#[derive(Default)]
pub struct Now {
    seen: Option<(u32, u64, usize)>,
    cursor: Cursor,
    nodes: Vec<NodeNow>,
    mail: Vec<MailNow>,
}

impl Now {
    /// Brings it up to date. True if another event is the latest one than before.
    pub fn look(&mut self, session: &dyn Session) -> bool {
        self.cursor = session.cursor();
        let seen = Some((self.cursor.events, session.hash(), session.interventions().len()));
        if self.seen == seen {
            return false;
        }
        self.seen = seen;
        self.nodes = session.nodes();
        self.mail = session.in_flight();
        true
    }
    /// Forgets all, for another run.
    pub fn forget(&mut self) {
        *self = Now::default();
    }
    /// Where the cursor was.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }
    /// Every node, by id.
    pub fn nodes(&self) -> &[NodeNow] {
        &self.nodes
    }
    /// One node.
    pub fn node(&self, id: NodeId) -> Option<&NodeNow> {
        self.nodes.get(id.index())
    }
    /// The messages on their way, by number.
    pub fn mail(&self) -> &[MailNow] {
        &self.mail
    }
}

/// How a node stands among the others: what decides its colour and its glyph.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Standing {
    /// One of many.
    #[default]
    Plain,
    /// Striving to lead.
    Striving,
    /// Leading.
    Leading,
    /// Outside the group.
    Outside,
    /// Not there.
    Down,
}

impl Standing {
    /// How a node stands.
    pub fn of(node: &NodeNow) -> Standing {
        match &node.face {
            _ if node.condition == Condition::Down => Standing::Down,
            None => Standing::Plain,
            Some(face) => match face.prominence {
                Prominence::Plain => Standing::Plain,
                Prominence::Striving => Standing::Striving,
                Prominence::Leading => Standing::Leading,
                Prominence::Outside => Standing::Outside,
            },
        }
    }
}
