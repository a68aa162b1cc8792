//! What goes through nodes that are left out: an edge from the last event in view before it to the first one after it.

use super::showing::Tracks;
use netsplit_sim::trace::EventRow;
use netsplit_sim::{EventId, NodeId, Trace};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The edges through hidden nodes. One of event `a` to event `b`, at two nodes in view, stands for a chain of direct causes
/// from `a` to `b` with only hidden events between; of such pairs of the same two nodes only the tightest are edges: those
/// with no other between them, for what a later event knew by way of an earlier one is no news.
#[derive(Clone, Default)]
pub struct Bridges {
    /// The edges, by where they end.
    pub edges: Vec<(EventId, EventId)>,
    /// By hidden event: the latest event of each node in view that it has heard of through hidden ones.
    heard: BTreeMap<EventId, Heard>,
    /// For two nodes, from and to: the latest event of the one that the other has heard of.
    told: BTreeMap<(NodeId, NodeId), EventId>,
}

/// By node.
type Heard = Rc<Vec<Option<EventId>>>;

impl Bridges {
    /// Notes the next event of the trace.
    pub fn read(&mut self, trace: &Trace, id: EventId, row: &EventRow, tracks: &Tracks) {
        let Some(node) = row.somewhere() else { return };
        let hidden = tracks.lane(node).is_none();
        if !hidden && self.heard.is_empty() {
            return;
        }
        let heard = self.heard_by(trace, id, tracks, hidden);
        if hidden {
            self.heard.insert(id, heard);
            return;
        }
        for (from, event) in (0..).map(NodeId).zip(heard.iter()) {
            let Some(event) = event.filter(|_| from != node) else { continue };
            let told = self.told.entry((from, node)).or_insert(EventId(0));
            // The very first event is told too, hence one more.
            if event.0 + 1 > told.0 {
                *told = EventId(event.0 + 1);
                self.edges.push((event, id));
            }
        }
    }

    /// What an event has heard through hidden events; a hidden one also from whoever in view told it directly.
    fn heard_by(&self, trace: &Trace, id: EventId, tracks: &Tracks, hidden: bool) -> Heard {
        let mut heard: Option<Heard> = None;
        for cause in trace.causes(id) {
            if let Some(through) = self.heard.get(&cause) {
                heard = Some(match heard {
                    None => through.clone(),
                    Some(known) => merged(known, through),
                });
            } else if hidden && let Some(node) = trace.event(cause).and_then(EventRow::somewhere) {
                let mut known = heard.unwrap_or_else(|| Rc::new(vec![None; tracks.nodes()]));
                if let Some(entry) = Rc::make_mut(&mut known).get_mut(node.index()) {
                    *entry = (*entry).max(Some(cause));
                }
                heard = Some(known);
            }
        }
        heard.unwrap_or_else(|| Rc::new(vec![None; tracks.nodes()]))
    }
}

fn merged(mut known: Heard, other: &Heard) -> Heard {
    if known.iter().zip(other.iter()).any(|(one, other)| other > one) {
        Rc::make_mut(&mut known).iter_mut().zip(other.iter()).for_each(|(one, other)| *one = (*one).max(*other));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::fixture::runs;
    use crate::draw::spacetime::showing::Showing;

    /// The same by definition: all pairs with a hidden chain between, and of those the tightest.
    fn slowly(trace: &Trace, tracks: &Tracks) -> Vec<(EventId, EventId)> {
        let in_view =
            |id: EventId| trace.event(id).and_then(EventRow::somewhere).is_some_and(|node| tracks.lane(node).is_some());
        let at_node = |id: EventId| trace.event(id).and_then(EventRow::somewhere);
        let mut pairs: Vec<(EventId, EventId)> = Vec::new();
        for (to, _) in trace.events().filter(|(id, _)| in_view(*id)) {
            let mut open: Vec<EventId> =
                trace.causes(to).filter(|cause| !in_view(*cause) && at_node(*cause).is_some()).collect();
            let mut seen = std::collections::BTreeSet::new();
            while let Some(hidden) = open.pop() {
                if !seen.insert(hidden) {
                    continue;
                }
                for cause in trace.causes(hidden).filter(|cause| at_node(*cause).is_some()) {
                    match in_view(cause) {
                        true => pairs.push((cause, to)),
                        false => open.push(cause),
                    }
                }
            }
        }
        pairs.retain(|(from, to)| at_node(*from) != at_node(*to));
        pairs.sort_unstable();
        pairs.dedup();
        let same = |one: &(EventId, EventId), other: &(EventId, EventId)| {
            at_node(one.0) == at_node(other.0) && at_node(one.1) == at_node(other.1)
        };
        let looser = |pair: &(EventId, EventId)| {
            pairs.iter().any(|other| other != pair && same(pair, other) && other.0 >= pair.0 && other.1 <= pair.1)
        };
        pairs.iter().filter(|pair| !looser(pair)).copied().collect()
    }

    #[test]
    fn edges_through_hidden_nodes_are_those_of_the_definition() {
        let mut found = 0;
        for session in runs("[network]\nlatency = \"10ms\"", 300) {
            let (trace, nodes) = (session.trace(), session.names().len());
            if trace.len() > 1_500 {
                continue;
            }
            for hidden in [vec![NodeId(0)], vec![NodeId(0), NodeId(2)]] {
                let hidden = hidden.into_iter().filter(|node| node.index() + 1 < nodes).collect();
                let tracks = Tracks::of(nodes, &Showing { hidden, ..Showing::default() });
                let mut bridges = Bridges::default();
                trace.events().for_each(|(id, row)| bridges.read(trace, id, row, &tracks));
                bridges.edges.sort_unstable();
                assert_eq!(bridges.edges, slowly(trace, &tracks), "{}", session.about().name);
                found += bridges.edges.len();
            }
        }
        assert!(found > 50, "hidden nodes pass things on");
    }
}
