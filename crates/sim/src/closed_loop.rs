//! Closed loops: clients each of which asks for the next thing only when it has been answered, or has waited long enough,
//! and has thought for a while. A loaded system slows them down, where operations at fixed moments would pile up.

use crate::ids::{EventId, NodeId, OpId};
use crate::intervention::{Intervention, Moment};
use crate::process::Protocol;
use crate::recorder::Recorder;
use crate::time::{Span, Time};

/// A client that asks for one thing after another.
#[derive(Clone, Debug)]
pub struct ClosedLoop<Op> {
    /// When it asks for the first.
    pub from: Time,
    /// From when on it asks for nothing more.
    pub until: Time,
    /// How long it thinks after each; never zero, or a client that is answered at once would ask for ever.
    pub think: Span,
    /// How long it waits for an answer.
    pub patience: Span,
    /// What it asks for, in turn.
    pub asks: Vec<Intervention<Op>>,
}

/// How far a loop has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    /// How often it has asked.
    asked: usize,
    /// What it waits for.
    waits_for: Option<OpId>,
    /// When it asks again, unless it is answered before.
    next: Time,
}

impl<Op> ClosedLoop<Op> {
    /// Before its first turn.
    pub(crate) fn start(&self) -> Turn {
        Turn { asked: 0, waits_for: None, next: self.from }
    }

    /// When it asks next, as things stand; nothing if it does not.
    pub(crate) fn next(&self, turn: &Turn) -> Option<Moment> {
        let goes_on = turn.asked < self.asks.len() && turn.next < self.until;
        goes_on.then_some(Moment { at: turn.next, after: 0 })
    }

    /// It asks: when, and for what. Whom it asks may not be there, and then there is only time to wait for.
    pub(crate) fn ask(&self, turn: &mut Turn) -> (Time, &Intervention<Op>) {
        let (now, nth) = (turn.next, turn.asked);
        *turn = Turn { asked: nth + 1, waits_for: None, next: now + self.patience + self.think };
        (now, &self.asks[nth])
    }
}

/// Listens for the answers that loops wait for.
pub(crate) struct Ears<'a, Op> {
    pub loops: &'a [ClosedLoop<Op>],
    pub turns: &'a mut [Turn],
    /// The loop that is asking in this very event.
    pub asking: Option<usize>,
}

impl<P: Protocol> Recorder<P> for Ears<'_, P::Op> {
    fn invoked(&mut self, op: OpId, _node: NodeId, _what: &P::Op, _event: EventId, _at: Time) {
        if let Some(turn) = self.asking.and_then(|asking| self.turns.get_mut(asking)) {
            turn.waits_for = Some(op);
        }
    }
    fn replied(&mut self, op: OpId, _ret: &P::Ret, _event: EventId, at: Time) {
        for (turn, it) in self.turns.iter_mut().zip(self.loops) {
            if turn.waits_for.take_if(|waits_for| *waits_for == op).is_some() {
                turn.next = turn.next.min(at + it.think);
            }
        }
    }
}
