//! Writes on their way to a disk. What a handler sends is released only when what it wrote is durable.

use crate::ids::EventId;
use crate::process::{Effect, Node, Protocol};
use crate::time::{Span, Time};
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone)]
/// A node's disk: what of the process's state is durable already, and what will be.
pub(super) struct Writes<P: Protocol> {
    latency: Span,
    lying: bool,
    /// The durable state, where it differs from the process's own idea of it.
    safe: Option<Rc<dyn Node<P>>>,
    pending: VecDeque<Write<P>>,
    started: u32,
    /// The latest event whose state is durable.
    kept: EventId,
}

#[derive(Clone)]
pub(super) struct Write<P: Protocol> {
    pub number: u32,
    pub done: Time,
    /// The handler that wrote.
    pub cause: EventId,
    /// What becomes durable.
    contents: Rc<dyn Node<P>>,
    /// What the world may not see before.
    pub effects: Vec<Effect<P>>,
}

impl<P: Protocol> Writes<P> {
    pub fn new(latency: Span, lying: bool) -> Self {
        Writes { latency, lying, safe: None, pending: VecDeque::new(), started: 0, kept: EventId::NONE }
    }
    pub fn manner(&self) -> (Span, bool) {
        (self.latency, self.lying)
    }
    pub fn set_manner(&mut self, latency: Span, lying: bool) {
        (self.latency, self.lying) = (latency, lying);
    }
    pub fn pending(&self) -> usize {
        self.pending.len()
    }
    /// The latest event whose state a crash would leave.
    pub fn kept(&self) -> EventId {
        self.kept
    }
    /// What a handler did is durable at once.
    pub fn keep(&mut self, event: EventId) {
        self.kept = event;
    }
    /// Whether handlers must be watched: a write may take time, or one is still on its way.
    pub fn slow(&self) -> bool {
        self.latency != Span::ZERO || !self.pending.is_empty()
    }

    /// A handler changed the durable state. Returns the write's number and when it will be done; a disk that lies
    /// leaves the effects with the caller to release at once.
    pub fn begin(
        &mut self,
        now: Time,
        cause: EventId,
        before: &dyn Node<P>,
        after: &dyn Node<P>,
        effects: &mut Vec<Effect<P>>,
    ) -> (u32, Time) {
        if self.pending.is_empty() {
            self.safe = Some(before.durable());
        }
        // A paused node's write is still to be completed though its time is past: none may be done before it.
        let done = self.pending.back().map_or(now, |write| write.done.max(now)) + self.latency;
        let number = self.started;
        self.started += 1;
        let waiting = if self.lying { Vec::new() } else { externals(effects) };
        self.pending.push_back(Write { number, done, cause, contents: after.durable(), effects: waiting });
        (number, done)
    }

    /// A handler changed nothing durable, but its effects may tell of what is not durable yet: they wait with it.
    pub fn join(&mut self, effects: &mut Vec<Effect<P>>) {
        if let (false, Some(last)) = (self.lying, self.pending.back_mut()) {
            last.effects.append(&mut externals(effects));
        }
    }

    /// The write is durable now, if it was not lost in a crash meanwhile.
    pub fn complete(&mut self, number: u32) -> Option<Write<P>> {
        self.pending.front().filter(|write| write.number == number)?;
        let write = self.pending.pop_front()?;
        self.kept = write.cause;
        self.safe = (!self.pending.is_empty()).then(|| write.contents.clone());
        Some(write)
    }

    /// The writes that nobody waits for are durable if their time has come.
    pub fn settle(&mut self, now: Time) {
        while let Some(first) = self.pending.front().filter(|write| write.done <= now && write.effects.is_empty()) {
            let number = first.number;
            self.complete(number);
        }
    }
    /// The write of a handler is durable now, and those before it: what waited for them.
    pub fn complete_up_to(&mut self, cause: EventId) -> Option<Vec<Effect<P>>> {
        let place = self.pending.iter().position(|write| write.cause == cause)?;
        let mut effects = Vec::new();
        for _ in 0..=place {
            let number = self.pending.front()?.number;
            effects.append(&mut self.complete(number)?.effects);
        }
        Some(effects)
    }

    /// What a crash leaves of `node`; writes that are not durable are gone, and what waited for them was never sent.
    pub fn crash(&mut self, node: &dyn Node<P>) -> Rc<dyn Node<P>> {
        self.pending.clear();
        self.safe.take().unwrap_or_else(|| node.durable())
    }
}

/// Takes out what others would see. Timers are the process's own affair and are armed at once.
fn externals<P: Protocol>(effects: &mut Vec<Effect<P>>) -> Vec<Effect<P>> {
    let (outside, inside) =
        effects.drain(..).partition(|effect| matches!(effect, Effect::Send(..) | Effect::Reply(..)));
    *effects = inside;
    outside
}
