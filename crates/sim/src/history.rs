//! What clients asked and were told, recorded where they stand: the input of every consistency checker.

use crate::ids::{EventId, NodeId, OpId};
use crate::process::Protocol;
use crate::recorder::Recorder;
use crate::time::Time;

/// One client operation.
#[derive(Clone, Debug)]
pub struct Operation<P: Protocol> {
    /// Its number in the run.
    pub id: OpId,
    /// Where it was invoked.
    pub node: NodeId,
    /// What was asked.
    pub op: P::Op,
    /// The event and time of the invocation.
    pub invoked: (EventId, Time),
    /// The event and time of the response, and what it says; `None` while the operation is pending.
    pub answer: Option<(EventId, Time, P::Ret)>,
}

/// All client operations of a run, in the order of invocation.
#[derive(Clone, Debug)]
pub struct History<P: Protocol> {
    operations: Vec<Operation<P>>,
    /// The events in which operations were answered, and which.
    answers: Vec<(EventId, OpId)>,
}

impl<P: Protocol> Default for History<P> {
    fn default() -> Self {
        History { operations: Vec::new(), answers: Vec::new() }
    }
}

impl<P: Protocol> History<P> {
    /// The operations in the order of invocation.
    pub fn operations(&self) -> &[Operation<P>] {
        &self.operations
    }
    /// An operation.
    pub fn operation(&self, id: OpId) -> Option<&Operation<P>> {
        self.place(id).and_then(|place| self.operations.get(place))
    }
    /// Numbers go up, but in a part of a run some are left out.
    fn place(&self, id: OpId) -> Option<usize> {
        let own = id.0 as usize;
        if self.operations.get(own).is_some_and(|operation| operation.id == id) {
            return Some(own);
        }
        self.operations.binary_search_by_key(&id, |operation| operation.id).ok()
    }
    /// The operation that was invoked in an event, if that is what the event is.
    pub fn invoked_in(&self, event: EventId) -> Option<&Operation<P>> {
        let at = self.operations.binary_search_by_key(&event, |operation| operation.invoked.0).ok()?;
        self.operations.get(at)
    }
    /// The operations that were answered in an event.
    pub fn answered_in(&self, event: EventId) -> impl Iterator<Item = &Operation<P>> {
        let first = self.answers.partition_point(|(answered, _)| *answered < event);
        let these = self.answers[first..].iter().take_while(move |(answered, _)| *answered == event);
        these.filter_map(|(_, id)| self.operation(*id))
    }
    /// Forgets what came after the first `events` events.
    pub(crate) fn truncate(&mut self, events: u32) {
        self.operations.retain(|operation| operation.invoked.0.0 < events);
        for operation in &mut self.operations {
            operation.answer.take_if(|(event, ..)| event.0 >= events);
        }
        self.answers.retain(|(event, _)| event.0 < events);
    }
}

impl<P: Protocol> Recorder<P> for History<P> {
    fn invoked(&mut self, id: OpId, node: NodeId, op: &P::Op, event: EventId, at: Time) {
        self.operations.push(Operation { id, node, op: op.clone(), invoked: (event, at), answer: None });
    }
    fn replied(&mut self, op: OpId, ret: &P::Ret, event: EventId, at: Time) {
        // The first answer counts; a client has gone its way when a second one comes.
        let place = self.place(op).map(|place| &mut self.operations[place]);
        if let Some(operation) = place.filter(|operation| operation.answer.is_none()) {
            operation.answer = Some((event, at, ret.clone()));
            self.answers.push((event, op));
        }
    }
}
