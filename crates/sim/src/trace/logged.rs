//! Traces of what happened elsewhere: of a log that says which event was where and of which others it had heard, so that
//! cones, cuts and paths are found in it as in a run of one's own.

use super::{EventRow, Fate, MessageRow, Trace, What};
use crate::Tag;
use crate::ids::{EventId, MsgId, MsgName, NodeId};
use crate::time::Time;
use std::collections::BTreeMap;

/// What events that heard of nobody are called: as if a timer had run out, for what set them off was at the node itself.
pub const LOCAL: &str = "local";

/// An event as a log knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logged {
    /// Where.
    pub node: NodeId,
    /// When; no earlier than the event before it in the list.
    pub at: Time,
    /// The events at other nodes that this one is the first of its node to have heard of.
    pub heard: Vec<EventId>,
}

/// An event that cannot be where a list has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Misplaced(pub EventId);

impl Trace {
    /// The trace of a log. Its events must be in causal order: each after all that it heard of. What one event heard of
    /// another becomes a message, all of them of one type, under way from the one's time to the other's.
    pub fn of_log(events: &[Logged], tag: Tag) -> Result<Trace, Misplaced> {
        let hearers = hearers(events)?;
        let mut trace = Trace::default();
        let mut first_heard = vec![None; events.len()];
        let mut sent: BTreeMap<(NodeId, NodeId), u32> = BTreeMap::new();
        for (id, event) in (0..).map(EventId).zip(events) {
            let what = first_heard[id.index()].map_or(What::Timer(LOCAL), What::Deliver);
            let cause = event.heard.first().copied().unwrap_or(EventId::NONE);
            trace.begin(id, event.at, event.node, cause, what);
            trace.join(id, event.heard.get(1..).unwrap_or_default());
            let own = hearers.partition_point(|(from, _)| *from < id);
            for (_, to) in hearers[own..].iter().take_while(|(from, _)| *from == id) {
                let (hearer, nth) =
                    (&events[to.index()], sent.entry((event.node, events[to.index()].node)).or_default());
                let name = MsgName { from: event.node, to: hearer.node, nth: *nth, copy: 0 };
                *nth += 1;
                first_heard[to.index()].get_or_insert(MsgId(trace.sent()));
                let fate = Fate::Delivered(*to);
                trace.messages.push(MessageRow { name, tag, cause: id, sent: event.at, ends: hearer.at, fate });
            }
        }
        Ok(trace)
    }

    /// Adds causes to the latest event.
    fn join(&mut self, id: EventId, causes: &[EventId]) {
        let latest = causes.iter().map(|cause| self.lamport_of(*cause)).max().unwrap_or(0);
        if let Some(row) = self.events.get_mut(id.index()) {
            row.lamport = row.lamport.max(latest + 1);
        }
        self.joins.extend(causes.iter().map(|cause| (id, *cause)));
    }
}

/// Who heard of whom, as (cause, event), in order.
fn hearers(events: &[Logged]) -> Result<Vec<(EventId, EventId)>, Misplaced> {
    let mut hearers = Vec::new();
    let mut now = Time::ZERO;
    for (id, event) in (0..).map(EventId).zip(events) {
        let elsewhere = |cause: &EventId| *cause < id && events[cause.index()].node != event.node;
        if event.at < now || event.node == EventRow::NOWHERE || !event.heard.iter().all(elsewhere) {
            return Err(Misplaced(id));
        }
        now = event.at;
        hearers.extend(event.heard.iter().map(|cause| (*cause, id)));
    }
    hearers.sort_unstable();
    Ok(hearers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;
    use crate::causality::{Cut, Relation, future, past, path, relation, vector};

    const TAG: Tag = Tag { name: "message", shape: Shape::Request };

    fn logged(node: u16, at: u64, heard: &[u32]) -> Logged {
        Logged { node: NodeId(node), at: Time(at), heard: heard.iter().copied().map(EventId).collect() }
    }

    /// Two nodes tell a third, which hears of both at once, and tells the first.
    fn joined() -> Trace {
        let events =
            [logged(0, 1, &[]), logged(1, 1, &[]), logged(2, 2, &[0, 1]), logged(0, 3, &[2]), logged(1, 3, &[])];
        Trace::of_log(&events, TAG).expect("they are in order")
    }

    #[test]
    fn an_event_may_hear_of_several_at_once() {
        let trace = joined();
        assert_eq!(trace.causes(EventId(2)).collect::<Vec<_>>(), [EventId(0), EventId(1)]);
        assert_eq!(past(&trace, EventId(3)).iter().map(|id| id.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(future(&trace, EventId(1)).iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(relation(&trace, EventId(1), EventId(3)), Relation::Before);
        assert_eq!(relation(&trace, EventId(3), EventId(4)), Relation::Concurrent);
        assert_eq!(path(&trace, EventId(1), EventId(3)), Some(vec![EventId(1), EventId(2), EventId(3)]));
        assert_eq!(vector(&trace, EventId(3), 3), [2, 1, 1]);
        assert_eq!(trace.events().map(|(_, row)| row.lamport).collect::<Vec<_>>(), [1, 1, 2, 3, 2]);
    }

    #[test]
    fn what_was_heard_is_a_message() {
        let trace = joined();
        let messages: Vec<_> = trace.messages_in(0..9).map(|(_, row)| (row.cause, row.name.to, row.fate)).collect();
        let to = |node, event| (NodeId(node), Fate::Delivered(EventId(event)));
        let expected =
            [(0, to(2, 2)), (1, to(2, 2)), (2, to(0, 3))].map(|(cause, (node, fate))| (EventId(cause), node, fate));
        assert_eq!(messages, expected);
        assert_eq!(trace.sent_by(EventId(1)).map(|(id, _)| id).collect::<Vec<_>>(), [MsgId(1)]);
        assert_eq!(trace.event(EventId(2)).map(|row| row.what), Some(What::Deliver(MsgId(0))));
        let cut = Cut { events: vec![1, 0, 3] };
        assert_eq!(cut.backwards(&trace), [MsgId(1)]);
    }

    #[test]
    fn what_is_out_of_order_is_refused() {
        let refused = |events: &[Logged]| Trace::of_log(events, TAG).map(|_| ()).unwrap_err();
        assert_eq!(refused(&[logged(0, 1, &[1]), logged(1, 1, &[])]), Misplaced(EventId(0)));
        assert_eq!(refused(&[logged(0, 2, &[]), logged(1, 1, &[])]), Misplaced(EventId(1)));
        assert_eq!(refused(&[logged(0, 1, &[]), logged(0, 1, &[0])]), Misplaced(EventId(1)));
    }
}
