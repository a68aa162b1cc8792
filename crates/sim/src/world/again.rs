//! Letting something happen again that happened in another run of the same world, at its time and whatever else has or has
//! not happened here. Nothing is taken from the queue but by whoever asks for it.

use super::{Due, World};
use crate::ids::{EventId, MsgName, NodeId};
use crate::network::Network;
use crate::process::{Input, Protocol};
use crate::ratio::Ratio;
use crate::recorder::{Ending, Kind, Recorder};
use crate::time::Time;
use std::sync::Arc;

/// After so many events, timers that nobody will ask for are cleared away.
const TIDY: u32 = 512;

impl<P: Protocol> World<P> {
    /// What would run out next, if what is due next is a timer.
    pub(crate) fn next_timer(&self) -> Option<P::Timer> {
        match self.queue.peek() {
            Some((_, Due::Timer { timer, .. })) => Some(*timer),
            _ => None,
        }
    }
    /// How many random choices a node has made.
    pub(crate) fn choices(&self, node: NodeId) -> u64 {
        self.slots[node.index()].choices
    }

    /// Keeps no hash from now on, and loses every message that nobody asks for: whoever watches knows that this network
    /// promises nothing.
    pub(crate) fn forsake(&mut self) {
        self.hashing = false;
        self.distrust();
    }
    /// Loses every message that nobody asks for.
    pub(crate) fn distrust(&mut self) {
        if self.network.link.loss != Ratio::ONE {
            let network: &mut Network = Arc::make_mut(&mut self.network);
            network.link.loss = Ratio::ONE;
        }
    }

    /// It is a later time now. What took its time on its way to a disk, and was all that anybody waited for, is there.
    pub(crate) fn pass(&mut self, now: Time) {
        if now > self.now {
            self.now = now;
            self.of_instant = 0;
        }
        for slot in &mut self.slots {
            slot.disk.settle(now);
        }
        if self.events % TIDY == TIDY - 1 {
            self.queue.extract(|due| !matches!(due, Due::Mail(_)));
        }
    }

    /// A node is about to do again what it did when it had made so many choices, and had sent so many messages to those to
    /// whom it then sent one: all that is drawn comes out the same.
    pub(crate) fn take_up(&mut self, node: NodeId, choices: u64, sent: &[(NodeId, u32)]) {
        let slot = &mut self.slots[node.index()];
        slot.choices = choices;
        for (to, nth) in sent {
            *slot.routes.sent.of(*to) = *nth;
        }
    }
    /// The next operation has this number.
    pub(crate) fn number_ops_from(&mut self, op: u32) {
        self.ops = op;
    }

    /// The message of that name arrives, if it was sent in this event, its receiver is up, and the link whole.
    pub(crate) fn deliver_again(
        &mut self,
        name: MsgName,
        sent_in: EventId,
        record: &mut impl Recorder<P>,
    ) -> Option<EventId> {
        if self.condition(name.to) != super::Condition::Up || self.network.severed(name.from, name.to) {
            return None;
        }
        let mut taken =
            self.queue.extract(|due| matches!(due, Due::Mail(mail) if mail.name == name && mail.cause == sent_in));
        let Some((_, Due::Mail(mail))) = taken.pop() else { return None };
        record.settled(mail.id, self.now, Ending::Delivered(EventId(self.events)));
        let input = Input::Msg(name.from, mail.body);
        Some(self.handle(name.to, input, Kind::Deliver(mail.id), mail.cause, record))
    }

    /// A timer runs out that was armed in this event, or in any other and is overdue: timers may be late, but not early.
    pub(crate) fn expire_again(
        &mut self,
        node: NodeId,
        timer: P::Timer,
        armed_in: EventId,
        record: &mut impl Recorder<P>,
    ) -> Option<EventId> {
        let now = self.now;
        let slot = &mut self.slots[node.index()];
        if slot.condition != super::Condition::Up {
            return None;
        }
        let armed = slot.timers.iter_mut().find(|armed| armed.timer == timer)?;
        armed.due.filter(|due| *due <= now || armed.cause == armed_in)?;
        armed.due = None;
        let (cause, kind) = (armed.cause, Kind::Timer(P::timer_name(timer)));
        Some(self.handle(node, Input::Timer(timer), kind, cause, record))
    }

    /// What a node wrote in this event is durable, and all that it wrote before.
    pub(crate) fn sync_again(
        &mut self,
        node: NodeId,
        written_in: EventId,
        record: &mut impl Recorder<P>,
    ) -> Option<EventId> {
        let slot = &mut self.slots[node.index()];
        if slot.condition != super::Condition::Up {
            return None;
        }
        let mut effects = slot.disk.complete_up_to(written_in)?;
        let event = self.next_event(Some(node));
        record.event(event, self.now, Some(node), written_in, Kind::Durable);
        self.carry_out(node, event, &mut effects, record);
        Some(event)
    }
}
