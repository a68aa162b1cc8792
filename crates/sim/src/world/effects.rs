//! Carrying out what handlers ask for.

use super::{Armed, Due, Mail, World};
use crate::digest::digest;
use crate::draw::{Purpose, below};
use crate::ids::{EventId, MsgId, MsgName, NodeId};
use crate::network::{Fate, Passage};
use crate::process::{Effect, Protocol};
use crate::recorder::{Ending, Recorder, Sent};
use crate::time::{Span, Time};
use std::ops::Range;

impl<P: Protocol> World<P> {
    pub(super) fn carry_out(
        &mut self,
        node: NodeId,
        event: EventId,
        effects: &mut Vec<Effect<P>>,
        record: &mut impl Recorder<P>,
    ) {
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(to, msg) => self.send(node, to, msg, event, record),
                Effect::SetTimer(timer, after) => self.arm(node, timer, after, event),
                Effect::CancelTimer(timer) => self.disarm(node, timer),
                Effect::Reply(op, ret) => self.answer(node, op, ret, event, record),
                Effect::Line(line) => record.line(event, line.into()),
            }
        }
    }

    /// A message to a node that is not there is not sent: a process can only know such a name from a lie.
    fn send(&mut self, from: NodeId, to: NodeId, body: P::Msg, cause: EventId, record: &mut impl Recorder<P>) {
        if !self.has(to) {
            return;
        }
        if self.slots[from.index()].liar.is_some() {
            return self.send_lie(from, to, body, cause, record);
        }
        self.post(from, to, body, false, cause, record);
    }

    /// A message leaves its node; it is a lie if the node's process said something else.
    pub(super) fn post(
        &mut self,
        from: NodeId,
        to: NodeId,
        body: P::Msg,
        lie: bool,
        cause: EventId,
        record: &mut impl Recorder<P>,
    ) {
        let nth = self.count_sent(from, to);
        let copies = self.network.copies(self.seed, from, to, nth);
        for copy in 1..=copies {
            self.dispatch(MsgName { from, to, nth, copy }, body.clone(), lie, cause, record);
        }
        self.dispatch(MsgName { from, to, nth, copy: 0 }, body, lie, cause, record);
    }

    fn dispatch(&mut self, name: MsgName, body: P::Msg, lie: bool, cause: EventId, record: &mut impl Recorder<P>) {
        let MsgName { from, to, nth, copy } = name;
        let id = MsgId(self.messages);
        self.messages += 1;
        let fate = self.network.fate(self.seed, Passage { from, to, nth, copy, sent: self.now });
        let (due, doomed) = match fate {
            Fate::Arrives(due) => (self.in_order(from, to, due), false),
            Fate::LostAt(due) => (due, true),
        };
        record.sent(Sent { id, name, cause, at: self.now, due, doomed, lie }, &body);
        self.queue.push(due, Due::Mail(Mail { id, name, body, sent: self.now, cause, doomed, lie }));
    }

    /// On a FIFO link no message arrives before one sent earlier.
    fn in_order(&mut self, from: NodeId, to: NodeId, due: Time) -> Time {
        if !self.network.link(from, to).fifo {
            return due;
        }
        let last = self.slots[from.index()].routes.last_due.of(to);
        *last = due.max(*last);
        *last
    }

    fn count_sent(&mut self, from: NodeId, to: NodeId) -> u32 {
        let sent = self.slots[from.index()].routes.sent.of(to);
        *sent += 1;
        *sent - 1
    }

    fn arm(&mut self, node: NodeId, timer: P::Timer, after: Range<Span>, cause: EventId) {
        let slot = &mut self.slots[node.index()];
        let armed = match slot.timers.iter_mut().position(|armed| armed.timer == timer) {
            Some(at) => &mut slot.timers[at],
            None => {
                slot.timers.push(Armed { timer, count: 0, due: None, cause });
                slot.timers.last_mut().expect("just pushed")
            }
        };
        armed.count += 1;
        let mut wait = after.start;
        if after.end > after.start {
            let key = digest(&timer) as u32;
            let draw = self.seed.draw(Purpose::Timer, u32::from(node.0), key, u64::from(armed.count));
            wait = wait + Span(below(draw, (after.end - after.start).0));
        }
        let due = self.network.timer_due(self.now + slot.clock.world_span(wait));
        armed.due = Some(due);
        armed.cause = cause;
        self.queue.push(due, Due::Timer { node, timer, count: armed.count });
    }

    fn disarm(&mut self, node: NodeId, timer: P::Timer) {
        let timers = &mut self.slots[node.index()].timers;
        if let Some(armed) = timers.iter_mut().find(|armed| armed.timer == timer) {
            armed.due = None;
        }
    }

    /// What was on its way to a node is gone with it.
    pub(super) fn lose_held(&mut self, node: NodeId, record: &mut impl Recorder<P>) {
        for (_, due) in std::mem::take(&mut self.slots[node.index()].held) {
            if let Due::Mail(mail) = due {
                record.settled(mail.id, self.now, Ending::NobodyThere);
            }
        }
    }
}
