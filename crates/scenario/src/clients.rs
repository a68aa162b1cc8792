//! The clients of a run: whoever asks at a node for one thing after another.
//!
//! A run knows only at which node an operation was invoked. What is asked there while something else is unanswered is
//! somebody else's, as in Jepsen's histories: so each client's operations follow one another, and one whose operation was
//! never answered asks for nothing more.

use crate::session::OpNow;
use netsplit_sim::{EventId, NodeId};
use std::collections::BTreeMap;

/// A client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Client {
    /// Where it asks.
    pub node: NodeId,
    /// Which of the clients there, from 0 on.
    pub nth: u32,
}

/// The clients of a history, sorted, and for each of its operations whose it is: a place among them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clients {
    /// The clients.
    pub all: Vec<Client>,
    /// By operation.
    pub asked_by: Vec<usize>,
}

impl Clients {
    /// Who asked what. Of those who are free at a node, the one asks whose latest answer is the latest: so there are few
    /// clients, and their histories are long.
    pub fn of(history: &[OpNow]) -> Clients {
        let mut free: BTreeMap<NodeId, Vec<Option<EventId>>> = BTreeMap::new();
        let asked: Vec<Client> = history.iter().map(|now| ask(free.entry(now.node).or_default(), now)).collect();
        let of_node = |(node, lanes): (&NodeId, &Vec<_>)| {
            (0..lanes.len() as u32).map({
                let node = *node;
                move |nth| Client { node, nth }
            })
        };
        let all: Vec<Client> = free.iter().flat_map(of_node).collect();
        let asked_by = asked.iter().map(|client| all.partition_point(|one| one < client)).collect();
        Clients { all, asked_by }
    }
}

/// Who asks at a node: for each client there is when it was answered last, or nothing while it waits.
fn ask(there: &mut Vec<Option<EventId>>, now: &OpNow) -> Client {
    let (invoked, answered) = (now.invoked.0, now.answer.as_ref().map(|(event, ..)| *event));
    let idle = (0..there.len()).filter(|nth| there[*nth].is_some_and(|until| until < invoked));
    let nth = idle.max_by_key(|nth| (there[*nth], usize::MAX - nth)).unwrap_or_else(|| {
        there.push(None);
        there.len() - 1
    });
    there[nth] = answered;
    Client { node: now.node, nth: nth as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_sim::{OpId, Time};
    use serde_json::Value;

    fn op(node: u16, invoked: u32, answered: Option<u32>) -> OpNow {
        let at = |event: u32| (EventId(event), Time(u64::from(event)));
        OpNow {
            id: OpId(invoked),
            node: NodeId(node),
            op: Value::Null,
            invoked: at(invoked),
            answer: answered.map(|event| (at(event).0, at(event).1, Value::Null)),
        }
    }

    #[test]
    fn what_is_asked_meanwhile_is_asked_by_somebody_else() {
        let history = [op(1, 0, Some(5)), op(0, 1, Some(2)), op(1, 3, Some(4)), op(1, 6, None), op(1, 7, Some(8))];
        let clients = Clients::of(&history);
        let client = |node, nth| Client { node: NodeId(node), nth };
        assert_eq!(clients.all, [client(0, 0), client(1, 0), client(1, 1)]);
        // The fourth goes on from the first, which was answered last; as that stays unanswered, the fifth is the second's.
        assert_eq!(clients.asked_by, [1, 0, 2, 1, 2]);
    }

    #[test]
    fn whoever_was_never_answered_asks_no_more() {
        let clients = Clients::of(&[op(0, 0, None), op(0, 1, None), op(0, 2, Some(3))]);
        assert_eq!(clients.asked_by, [0, 1, 2]);
    }
}
