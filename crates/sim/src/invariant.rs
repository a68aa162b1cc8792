//! Invariants: what must hold after every event, and what is said when it does not.

use crate::history::History;
use crate::ids::{EventId, NodeId};
use crate::process::Protocol;
use crate::trace::Trace;
use crate::world::World;
use serde::Serialize;

/// What a monitor looks at: the world right after an event.
pub struct Scene<'a, P: Protocol> {
    /// The world.
    pub world: &'a World<P>,
    /// What happened so far, the event included: the ground truth of who sent what and what caused what. After going
    /// back it holds what was recorded later, too; a monitor looks at nothing beyond `event`.
    pub trace: &'a Trace,
    /// What clients asked and were told so far, the event included; the same holds for it.
    pub history: &'a History<P>,
    /// The event.
    pub event: EventId,
    /// Where it happened; nowhere if it is an event of the network.
    pub node: Option<NodeId>,
}

/// Watches a run for violated invariants. It may remember what it saw (ghost state), since some properties speak of
/// all of a run: "at most one leader is ever elected in a term". Called after every event, so it should look only at
/// what the event can have changed.
pub trait Monitor<P: Protocol>: Clone + Default + 'static {
    /// Looks at the world after an event. Returns the first violation that is new.
    fn after(&mut self, scene: &Scene<P>) -> Result<(), Violation>;
}

/// For protocols that promise nothing.
impl<P: Protocol> Monitor<P> for () {
    fn after(&mut self, _scene: &Scene<P>) -> Result<(), Violation> {
        Ok(())
    }
}

/// An invariant that does not hold: data first, prose second.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Violation {
    /// The invariant's name, as the catalogue lists it.
    pub invariant: &'static str,
    /// The event after which it did not hold.
    pub event: EventId,
    /// What is wrong, each piece with the node and the event where it can be seen; the earliest first.
    pub evidence: Vec<Evidence>,
}

/// One piece of evidence: at this node, since this event, this is so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Evidence {
    /// Where.
    pub node: NodeId,
    /// Since when.
    pub event: EventId,
    /// What: a clause without the node's name, such as "became leader of term 3".
    pub text: String,
}

impl Violation {
    /// The nodes that the evidence names, in its order, each once.
    pub fn nodes(&self) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = Vec::new();
        for piece in &self.evidence {
            if !nodes.contains(&piece.node) {
                nodes.push(piece.node);
            }
        }
        nodes
    }
}
