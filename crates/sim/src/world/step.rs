//! One event after another.

use super::{Condition, Due, Mail, World};
use crate::digest::{StateHasher, digest};
use crate::ids::{EventId, NodeId};
use crate::process::{Cx, Input, KeyedChoices, Node, Protocol};
use crate::recorder::{Ending, Kind, Recorder};
use crate::time::Time;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// What came of asking for the next event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// An event happened.
    Event(EventId),
    /// Something due came to nothing: a message that was lost, or whose receiver is paused.
    Nothing,
    /// There is nothing left to happen.
    Idle,
}

impl<P: Protocol> World<P> {
    /// Starts the next node that has not been started, at time zero; `None` once all have been.
    pub fn boot_next(&mut self, record: &mut impl Recorder<P>) -> Option<EventId> {
        let node = NodeId(u16::try_from(self.events).ok().filter(|&n| usize::from(n) < self.slots.len())?);
        Some(self.boot(node, Kind::Boot, record))
    }

    /// Starts every node.
    pub fn boot_all(&mut self, record: &mut impl Recorder<P>) {
        while self.boot_next(record).is_some() {}
    }

    /// When the next thing is due; stale timers in front are cleared away first.
    pub fn next_due(&mut self) -> Option<Time> {
        while let Some((at, due)) = self.queue.peek() {
            if !self.is_stale(due) {
                return Some(at);
            }
            self.queue.pop();
        }
        None
    }

    /// A timer that has been armed anew or disarmed since.
    fn is_stale(&self, due: &Due<P>) -> bool {
        match due {
            Due::Timer { node, timer, count } => !self.is_armed(*node, *timer, *count),
            _ => false,
        }
    }

    /// Lets the next thing happen.
    pub fn step(&mut self, record: &mut impl Recorder<P>) -> Step {
        let (at, due) = loop {
            let Some((at, due)) = self.queue.pop() else { return Step::Idle };
            if !self.is_stale(&due) {
                break (at, due);
            }
        };
        if at > self.now {
            self.now = at;
            self.of_instant = 0;
        }
        self.of_instant += 1;
        let event = match due {
            Due::Mail(mail) => self.arrive(mail, record),
            Due::Timer { node, timer, count } => self.expire(node, timer, count, record),
            Due::Durable { node, write } => self.sync(node, write, record),
        };
        event.map_or(Step::Nothing, Step::Event)
    }

    pub(super) fn arrive(&mut self, mail: Mail<P>, record: &mut impl Recorder<P>) -> Option<EventId> {
        let (from, to) = (mail.name.from, mail.name.to);
        if mail.doomed || self.network.severed(from, to) {
            record.settled(mail.id, self.now, Ending::Lost);
            return None;
        }
        match self.slots[to.index()].condition {
            Condition::Down => {
                record.settled(mail.id, self.now, Ending::NobodyThere);
                None
            }
            Condition::Paused => {
                self.slots[to.index()].held.push_back((self.now, Due::Mail(mail)));
                None
            }
            Condition::Up => {
                record.settled(mail.id, self.now, Ending::Delivered(EventId(self.events)));
                let input = Input::Msg(from, mail.body);
                Some(self.handle(to, input, Kind::Deliver(mail.id), mail.cause, record))
            }
        }
    }

    fn expire(&mut self, node: NodeId, timer: P::Timer, count: u32, record: &mut impl Recorder<P>) -> Option<EventId> {
        if !self.is_armed(node, timer, count) {
            return None;
        }
        let slot = &mut self.slots[node.index()];
        if slot.condition == Condition::Paused {
            slot.held.push_back((self.now, Due::Timer { node, timer, count }));
            return None;
        }
        let armed = slot.timers.iter_mut().find(|armed| armed.timer == timer)?;
        armed.due = None;
        let cause = armed.cause;
        let kind = Kind::Timer(P::timer_name(timer));
        Some(self.handle(node, Input::Timer(timer), kind, cause, record))
    }

    fn is_armed(&self, node: NodeId, timer: P::Timer, count: u32) -> bool {
        let timers = &self.slots[node.index()].timers;
        timers.iter().any(|armed| armed.timer == timer && armed.count == count && armed.due.is_some())
    }

    fn sync(&mut self, node: NodeId, write: u32, record: &mut impl Recorder<P>) -> Option<EventId> {
        let slot = &mut self.slots[node.index()];
        if slot.condition == Condition::Paused {
            slot.held.push_back((self.now, Due::Durable { node, write }));
            return None;
        }
        let mut write = slot.disk.complete(write)?;
        if write.effects.is_empty() {
            return None;
        }
        let event = self.next_event(Some(node));
        record.event(event, self.now, Some(node), write.cause, Kind::Durable);
        self.carry_out(node, event, &mut write.effects, record);
        self.seal(event, Some(node), 0);
        Some(event)
    }

    /// Runs a handler as one event, and carries out what it asks for.
    pub(super) fn handle(
        &mut self,
        node: NodeId,
        input: Input<P>,
        kind: Kind<'_, P>,
        cause: EventId,
        record: &mut impl Recorder<P>,
    ) -> EventId {
        let event = self.next_event(Some(node));
        record.event(event, self.now, Some(node), cause, kind);
        let said = if self.hashing { digest_input(&input) } else { 0 };
        self.run(node, event, record, |process, cx| process.on(input, cx));
        self.seal(event, Some(node), said);
        event
    }

    /// Starts a process from its disk as one event.
    pub(super) fn boot(&mut self, node: NodeId, kind: Kind<'_, P>, record: &mut impl Recorder<P>) -> EventId {
        let event = self.next_event(Some(node));
        self.of_instant += 1;
        record.event(event, self.now, Some(node), EventId::NONE, kind);
        self.slots[node.index()].condition = Condition::Up;
        self.run(node, event, record, |process, cx| process.boot(cx));
        self.seal(event, Some(node), 1);
        event
    }

    /// Lets a process act; its effects wait for the disk if it wrote anything.
    fn run(
        &mut self,
        node: NodeId,
        event: EventId,
        record: &mut impl Recorder<P>,
        act: impl FnOnce(&mut dyn Node<P>, &mut Cx<P>),
    ) {
        let mut effects = std::mem::take(&mut self.effects);
        let slot = &mut self.slots[node.index()];
        let before = slot.disk.slow().then(|| slot.node.clone());
        let mut choices = KeyedChoices { seed: self.seed, node, made: slot.choices };
        let mut cx = Cx {
            me: node,
            neighbours: &self.neighbours[node.index()],
            clock: slot.clock,
            now: self.now,
            choices: &mut choices,
            out: &mut effects,
        };
        if Rc::get_mut(&mut slot.node).is_none() {
            slot.node = slot.node.fork(); // a checkpoint, or `before`, still holds the original
        }
        act(Rc::get_mut(&mut slot.node).expect("just forked"), &mut cx);
        slot.choices = choices.made;
        match before {
            Some(before) => self.write(node, event, &*before, &mut effects),
            None => slot.disk.keep(event),
        }
        self.carry_out(node, event, &mut effects, record);
        self.effects = effects;
    }

    fn write(
        &mut self,
        node: NodeId,
        event: EventId,
        before: &dyn Node<P>,
        effects: &mut Vec<crate::process::Effect<P>>,
    ) {
        let slot = &mut self.slots[node.index()];
        if slot.node.disk_digest() == before.disk_digest() {
            slot.disk.join(effects);
            return;
        }
        let (write, done) = slot.disk.begin(self.now, event, before, &*slot.node, effects);
        self.queue.push(done, Due::Durable { node, write });
    }

    /// Takes an event and the state it left into the run's hash. An event of the network is hashed with the first node's
    /// state, but leaves none by itself.
    pub(super) fn seal(&mut self, event: EventId, node: Option<NodeId>, said: u64) {
        if !self.hashing {
            return;
        }
        let at = node.unwrap_or(NodeId(0));
        let slot = &self.slots[at.index()];
        let left = (slot.condition, slot.node.digest());
        let mut hasher = StateHasher::after(self.chain);
        (event.0, self.now.0, at.0, said).hash(&mut hasher);
        left.hash(&mut hasher);
        if let Some(liar) = &slot.liar {
            liar.hash(&mut hasher);
        }
        self.chain = hasher.finish();
        self.sealed = digest(&(said, node.map(|_| (left, &slot.liar))));
    }
}

fn digest_input<P: Protocol>(input: &Input<P>) -> u64 {
    match input {
        Input::Msg(from, msg) => {
            let mut hasher = StateHasher::default();
            (2u8, from).hash(&mut hasher);
            P::hash_msg(msg, &mut hasher);
            hasher.finish()
        }
        Input::Timer(timer) => crate::digest::digest(&(3u8, timer)),
        Input::Op(id, op) => crate::digest::digest(&(4u8, id, op)),
    }
}
