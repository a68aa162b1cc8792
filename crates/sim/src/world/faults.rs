//! Interventions, carried out. Each is one event, whether or not it finds anything to do.

use super::{Condition, Due, Mail, World};
use crate::digest::digest;
use crate::ids::{EventId, MsgId, MsgName, NodeId};
use crate::intervention::{Intervention, Target};
use crate::network::Link;
use crate::process::{Input, Protocol};
use crate::recorder::{Ending, Kind, Recorder, Sent};
use crate::time::Time;
use std::sync::Arc;

/// What an intervention was aimed at, once roles have become nodes.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Aim {
    /// The nodes it concerns, in the order it names them; none if it is about the network, or found nobody.
    pub nodes: Vec<NodeId>,
    /// The message it concerns.
    pub message: Option<MsgName>,
}

impl<P: Protocol> World<P> {
    /// Intervenes, now.
    pub fn apply(&mut self, what: &Intervention<P::Op>, record: &mut impl Recorder<P>) -> EventId {
        let aim = self.aim(what);
        let first = aim.nodes.first().copied();
        if let (Intervention::Restart(_), Some(node)) = (what, first)
            && self.condition(node) == Condition::Down
        {
            return self.boot(node, Kind::Fault(what, &aim), record);
        }
        if let (Intervention::Invoke(_, op), Some(node)) = (what, first) {
            self.of_instant += 1;
            return self.invoke(node, op, Kind::Fault(what, &aim), record);
        }
        let event = self.next_event(first);
        self.of_instant += 1;
        record.event(event, self.now, first, EventId::NONE, Kind::Fault(what, &aim));
        self.alter(what, &aim, record);
        self.seal(event, first, digest(what));
        event
    }

    fn invoke(&mut self, node: NodeId, op: &P::Op, kind: Kind<'_, P>, record: &mut impl Recorder<P>) -> EventId {
        let id = self.next_op();
        record.invoked(id, node, op, EventId(self.events), self.now);
        if self.condition(node) == Condition::Up {
            return self.handle(node, Input::Op(id, op.clone()), kind, EventId::NONE, record);
        }
        let event = self.next_event(Some(node)); // nobody is there to hear it: the operation stays without an answer
        record.event(event, self.now, Some(node), EventId::NONE, kind);
        self.seal(event, Some(node), digest(op));
        event
    }

    fn alter(&mut self, what: &Intervention<P::Op>, aim: &Aim, record: &mut impl Recorder<P>) {
        let node = aim.nodes.first().copied();
        let pair = (aim.nodes.len() == 2).then(|| (aim.nodes[0], aim.nodes[1]));
        match what {
            Intervention::Crash(_) => node.into_iter().for_each(|node| self.crash(node, record)),
            Intervention::Pause(_) => node.into_iter().for_each(|node| self.pause(node)),
            Intervention::Resume(_) => node.into_iter().for_each(|node| self.resume(node)),
            Intervention::Fire(_, name) => {
                node.into_iter().for_each(|node| self.fire(node, name.as_deref()));
            }
            Intervention::Clock(_, offset, drift) => {
                let now = self.now;
                node.into_iter().for_each(|node| self.slots[node.index()].clock.adjust(now, *offset, *drift));
            }
            Intervention::Disk(_, latency, lying) => {
                node.into_iter().for_each(|node| self.slots[node.index()].disk.set_manner(*latency, *lying));
            }
            Intervention::Cut(..) => pair.into_iter().for_each(|pair| {
                Arc::make_mut(&mut self.network).cut.insert(pair);
            }),
            Intervention::Mend(..) => pair.into_iter().for_each(|pair| {
                Arc::make_mut(&mut self.network).cut.remove(&pair);
            }),
            Intervention::Partition(groups) => self.partition(groups),
            Intervention::Heal => {
                let network = Arc::make_mut(&mut self.network);
                network.cut.clear();
                network.sides.clear();
            }
            Intervention::Relink(_, _, link) => pair.into_iter().for_each(|pair| self.relink(pair, *link)),
            Intervention::Network(link) => Arc::make_mut(&mut self.network).link = *link,
            Intervention::Drop(name) => self.drop_message(*name, record),
            Intervention::Duplicate(name) => self.duplicate(*name, record),
            Intervention::Deliver(name) => self.reschedule(*name, |_, now| now, record),
            Intervention::Delay(name, by) => self.reschedule(*name, |due, _| due + *by, record),
            Intervention::Turn(_, manner) => node.into_iter().for_each(|node| self.turn(node, *manner)),
            Intervention::Restart(_) | Intervention::Invoke(..) => {} // found nobody, or somebody who is up
        }
    }

    fn crash(&mut self, node: NodeId, record: &mut impl Recorder<P>) {
        if self.condition(node) == Condition::Down {
            return;
        }
        self.lose_held(node, record);
        let slot = &mut self.slots[node.index()];
        slot.node = slot.disk.crash(&*slot.node);
        slot.condition = Condition::Down;
        slot.timers.iter_mut().for_each(|armed| armed.due = None);
    }

    fn pause(&mut self, node: NodeId) {
        let slot = &mut self.slots[node.index()];
        if slot.condition == Condition::Up {
            slot.condition = Condition::Paused;
        }
    }

    fn resume(&mut self, node: NodeId) {
        let slot = &mut self.slots[node.index()];
        if slot.condition == Condition::Paused {
            slot.condition = Condition::Up;
            for (_, due) in std::mem::take(&mut slot.held) {
                self.queue.push(self.now, due);
            }
        }
    }

    /// Timers run out by being rescheduled to now, so that the event that follows is an ordinary one, caused by
    /// whatever armed the timer.
    fn fire(&mut self, node: NodeId, name: Option<&str>) {
        let now = self.now;
        let armed = self.slots[node.index()].timers.iter_mut().filter(|armed| armed.due.is_some());
        let chosen = armed
            .filter(|armed| name.is_none_or(|name| P::timer_name(armed.timer) == name))
            .min_by_key(|armed| armed.due);
        if let Some(armed) = chosen {
            armed.count += 1;
            armed.due = Some(now);
            let (timer, count) = (armed.timer, armed.count);
            self.queue.push(now, Due::Timer { node, timer, count });
        }
    }

    fn relink(&mut self, pair: (NodeId, NodeId), link: Link) {
        let network = Arc::make_mut(&mut self.network);
        if link == network.link {
            network.special.remove(&pair);
        } else {
            network.special.insert(pair, link);
        }
    }

    /// Each group on its own side; whoever is in none stays on side zero.
    fn partition(&mut self, groups: &[Vec<Target>]) {
        let mut sides = vec![0; self.slots.len()];
        let mut taken = Vec::new();
        for (side, group) in groups.iter().enumerate() {
            for target in group {
                if let Some(node) = self.resolve(target, &taken) {
                    sides[node.index()] = side as u16 + 1;
                    taken.push(node);
                }
            }
        }
        Arc::make_mut(&mut self.network).sides = sides;
    }

    fn drop_message(&mut self, name: MsgName, record: &mut impl Recorder<P>) {
        for (_, mail) in self.take_mail(name) {
            record.settled(mail.id, self.now, Ending::Lost);
        }
    }

    fn duplicate(&mut self, name: MsgName, record: &mut impl Recorder<P>) {
        for (due, mail) in self.take_mail(name) {
            let mut copy = mail.clone();
            copy.id = MsgId(self.messages);
            self.messages += 1;
            copy.name.copy = mail.name.copy.saturating_add(128); // apart from the copies that the link makes
            record.sent(
                Sent {
                    id: copy.id,
                    name: copy.name,
                    cause: mail.cause,
                    at: mail.sent,
                    due,
                    doomed: mail.doomed,
                    lie: mail.lie,
                },
                &copy.body,
            );
            self.queue.push(due, Due::Mail(mail));
            self.queue.push(due, Due::Mail(copy));
        }
    }

    fn reschedule(&mut self, name: MsgName, when: impl Fn(Time, Time) -> Time, record: &mut impl Recorder<P>) {
        for (due, mail) in self.take_mail(name) {
            let due = when(due, self.now).max(self.now);
            record.rescheduled(mail.id, due);
            self.queue.push(due, Due::Mail(mail));
        }
    }

    pub(super) fn take_mail(&mut self, name: MsgName) -> Vec<(Time, Mail<P>)> {
        let taken = self.queue.extract(|due| matches!(due, Due::Mail(mail) if mail.name == name));
        let mail = |(at, due)| match due {
            Due::Mail(mail) => Some((at, mail)),
            _ => None,
        };
        taken.into_iter().filter_map(mail).collect()
    }

    fn aim(&self, what: &Intervention<P::Op>) -> Aim {
        let message = match what {
            Intervention::Drop(name)
            | Intervention::Duplicate(name)
            | Intervention::Deliver(name)
            | Intervention::Delay(name, _) => Some(*name),
            _ => None,
        };
        let mut nodes = Vec::new();
        for target in what.targets() {
            nodes.extend(self.resolve(target, &nodes));
        }
        Aim { nodes, message }
    }

    /// The node that a target means now, other than those already taken.
    fn resolve(&self, target: &Target, taken: &[NodeId]) -> Option<NodeId> {
        match target {
            Target::Node(node) => self.has(*node).then_some(*node),
            Target::Role(role) if role == "down" => {
                self.ids().find(|node| self.condition(*node) == Condition::Down && !taken.contains(node))
            }
            Target::Role(role) => {
                let figure = |node: NodeId| {
                    let face = self.face(node).filter(|face| face.role == role.as_str())?;
                    Some((face.headline.map_or(0, |(_, figure)| figure), std::cmp::Reverse(node)))
                };
                let free = self.ids().filter(|node| !taken.contains(node));
                free.filter_map(figure).max().map(|(_, std::cmp::Reverse(node))| node)
            }
        }
    }
}
