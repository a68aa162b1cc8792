//! A protocol inside a protocol: a process of one kept as a part of the state of another's, as it is.
//!
//! What the inner process asks for comes back to the outer one, which carries it out in its own way: it wraps messages
//! and timers into its own, and keeps the inner disk on its own. Time and choices are those of the node; who the inner
//! process is, and who is beside it, the outer one says.

use crate::face::Face;
use crate::ids::NodeId;
use crate::process::{Cx, Effect, ErasedSerialize, Input, Node, Protocol};
use serde::{Serialize, Serializer};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A running process of another protocol. Copies share it until one of them changes it.
pub struct Inner<Q: Protocol>(Rc<dyn Node<Q>>);

/// What a crash leaves of it.
pub struct InnerDisk<Q: Protocol>(Rc<dyn Node<Q>>);

impl<Q: Protocol> InnerDisk<Q> {
    /// The disk of a process that has perhaps never run, as a protocol makes them for a world.
    pub fn new(node: &dyn Node<Q>) -> InnerDisk<Q> {
        InnerDisk(node.durable())
    }
}

impl<Q: Protocol> Inner<Q> {
    /// Starts a process from its disk, under a name and beside these. Returns what it asks for as well.
    pub fn boot<P: Protocol>(
        disk: &InnerDisk<Q>,
        me: NodeId,
        beside: &[NodeId],
        cx: &mut Cx<P>,
    ) -> (Inner<Q>, Vec<Effect<Q>>) {
        let mut inner = Inner(disk.0.clone());
        let effects = inner.act(me, beside, cx, |node, cx| node.boot(cx));
        (inner, effects)
    }
    /// Runs a handler. Returns what the process asks for.
    pub fn on<P: Protocol>(
        &mut self,
        input: Input<Q>,
        me: NodeId,
        beside: &[NodeId],
        cx: &mut Cx<P>,
    ) -> Vec<Effect<Q>> {
        self.act(me, beside, cx, |node, cx| node.on(input, cx))
    }
    /// What a crash would leave now, if that is something else than before.
    pub fn written_since(&self, before: &InnerDisk<Q>) -> Option<InnerDisk<Q>> {
        (self.0.disk_digest() != before.0.disk_digest()).then(|| InnerDisk(self.0.durable()))
    }
    /// What invariants of its own protocol see.
    pub fn view(&self) -> Option<Q::View<'_>> {
        self.0.view()
    }
    /// What people would see at a glance.
    pub fn face(&self) -> Face {
        self.0.face().unwrap_or_default()
    }

    fn act<P: Protocol>(
        &mut self,
        me: NodeId,
        beside: &[NodeId],
        cx: &mut Cx<P>,
        act: impl FnOnce(&mut dyn Node<Q>, &mut Cx<Q>),
    ) -> Vec<Effect<Q>> {
        if Rc::get_mut(&mut self.0).is_none() {
            self.0 = self.0.fork(); // a copy still holds the original
        }
        let mut effects = Vec::new();
        let node = Rc::get_mut(&mut self.0).expect("just forked");
        act(
            node,
            &mut Cx { me, neighbours: beside, clock: cx.clock, now: cx.now, choices: cx.choices, out: &mut effects },
        );
        effects
    }
}

impl<Q: Protocol> Clone for Inner<Q> {
    fn clone(&self) -> Self {
        Inner(self.0.clone())
    }
}
impl<Q: Protocol> Hash for Inner<Q> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.digest().hash(state);
    }
}
/// The volatile part.
impl<Q: Protocol> Serialize for Inner<Q> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.volatile().serialize(serializer)
    }
}

impl<Q: Protocol> Clone for InnerDisk<Q> {
    fn clone(&self) -> Self {
        InnerDisk(self.0.clone())
    }
}
impl<Q: Protocol> Hash for InnerDisk<Q> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.disk_digest().hash(state);
    }
}
impl<Q: Protocol> Serialize for InnerDisk<Q> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let disk: &dyn ErasedSerialize = self.0.disk();
        disk.serialize(serializer)
    }
}
