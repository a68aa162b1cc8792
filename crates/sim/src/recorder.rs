//! Who listens to a world. A world with nobody listening pays nothing.

use crate::ids::{EventId, MsgId, MsgName, NodeId, OpId};
use crate::intervention::Intervention;
use crate::process::Protocol;
use crate::time::Time;
use crate::world::Aim;

/// What an event is.
pub enum Kind<'a, P: Protocol> {
    /// A process starts for the first time.
    Boot,
    /// A message arrives.
    Deliver(MsgId),
    /// A timer runs out.
    Timer(&'static str),
    /// A write is durable, and what waited for it is released.
    Durable,
    /// Somebody intervenes; for a client's operation and a restart, the handler runs in the same event.
    Fault(&'a Intervention<P::Op>, &'a Aim),
}

/// A message that was just sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Its number in the run.
    pub id: MsgId,
    /// Its name, the same in runs that differ elsewhere.
    pub name: MsgName,
    /// The event that sent it.
    pub cause: EventId,
    /// When it was sent.
    pub at: Time,
    /// When it will arrive or vanish, as things stand.
    pub due: Time,
    /// Whether it will vanish.
    pub doomed: bool,
    /// Whether it is something else than what the sender's process said.
    pub lie: bool,
}

/// How a message ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// It caused this event.
    Delivered(EventId),
    /// The network lost it.
    Lost,
    /// Its receiver was down.
    NobodyThere,
}

/// Listens to a world. Calls about one event follow its `event` call.
pub trait Recorder<P: Protocol> {
    /// An event begins, at a node unless it is about the network. `cause` is the sending or arming event, or
    /// [`EventId::NONE`].
    fn event(&mut self, _id: EventId, _at: Time, _node: Option<NodeId>, _cause: EventId, _kind: Kind<'_, P>) {}
    /// A message was sent.
    fn sent(&mut self, _sent: Sent, _body: &P::Msg) {}
    /// A message in flight is now due at another time.
    fn rescheduled(&mut self, _id: MsgId, _due: Time) {}
    /// A message ended; a delivery is announced just before its event.
    fn settled(&mut self, _id: MsgId, _at: Time, _ending: Ending) {}
    /// A line of the pseudo-code ran.
    fn line(&mut self, _event: EventId, _line: u16) {}
    /// A client invoked an operation; announced just before its event.
    fn invoked(&mut self, _op: OpId, _node: NodeId, _what: &P::Op, _event: EventId, _at: Time) {}
    /// An operation was answered.
    fn replied(&mut self, _op: OpId, _ret: &P::Ret, _event: EventId, _at: Time) {}
}

/// Nobody listens.
impl<P: Protocol> Recorder<P> for () {}

/// Somebody listens, whoever it is.
impl<P: Protocol, R: Recorder<P> + ?Sized> Recorder<P> for &mut R {
    fn event(&mut self, id: EventId, at: Time, node: Option<NodeId>, cause: EventId, kind: Kind<'_, P>) {
        (**self).event(id, at, node, cause, kind);
    }
    fn sent(&mut self, sent: Sent, body: &P::Msg) {
        (**self).sent(sent, body);
    }
    fn rescheduled(&mut self, id: MsgId, due: Time) {
        (**self).rescheduled(id, due);
    }
    fn settled(&mut self, id: MsgId, at: Time, ending: Ending) {
        (**self).settled(id, at, ending);
    }
    fn line(&mut self, event: EventId, line: u16) {
        (**self).line(event, line);
    }
    fn invoked(&mut self, op: OpId, node: NodeId, what: &P::Op, event: EventId, at: Time) {
        (**self).invoked(op, node, what, event, at);
    }
    fn replied(&mut self, op: OpId, ret: &P::Ret, event: EventId, at: Time) {
        (**self).replied(op, ret, event, at);
    }
}

/// Two listen.
impl<P: Protocol, A: Recorder<P>, B: Recorder<P>> Recorder<P> for (&mut A, &mut B) {
    fn event(&mut self, id: EventId, at: Time, node: Option<NodeId>, cause: EventId, kind: Kind<'_, P>) {
        self.0.event(id, at, node, cause, kind.again());
        self.1.event(id, at, node, cause, kind);
    }
    fn sent(&mut self, sent: Sent, body: &P::Msg) {
        self.0.sent(sent, body);
        self.1.sent(sent, body);
    }
    fn rescheduled(&mut self, id: MsgId, due: Time) {
        self.0.rescheduled(id, due);
        self.1.rescheduled(id, due);
    }
    fn settled(&mut self, id: MsgId, at: Time, ending: Ending) {
        self.0.settled(id, at, ending);
        self.1.settled(id, at, ending);
    }
    fn line(&mut self, event: EventId, line: u16) {
        self.0.line(event, line);
        self.1.line(event, line);
    }
    fn invoked(&mut self, op: OpId, node: NodeId, what: &P::Op, event: EventId, at: Time) {
        self.0.invoked(op, node, what, event, at);
        self.1.invoked(op, node, what, event, at);
    }
    fn replied(&mut self, op: OpId, ret: &P::Ret, event: EventId, at: Time) {
        self.0.replied(op, ret, event, at);
        self.1.replied(op, ret, event, at);
    }
}

impl<'a, P: Protocol> Kind<'a, P> {
    fn again(&self) -> Kind<'a, P> {
        match self {
            Kind::Boot => Kind::Boot,
            Kind::Deliver(id) => Kind::Deliver(*id),
            Kind::Timer(name) => Kind::Timer(name),
            Kind::Durable => Kind::Durable,
            Kind::Fault(what, aim) => Kind::Fault(what, aim),
        }
    }
}
