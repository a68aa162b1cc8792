//! A run as a log for ShiViz, with the clocks of the trace and not those that its protocol may keep.

use super::USUAL_PARSER;
use crate::export::Story;
use netsplit_sim::trace::EventRow;
use netsplit_sim::{EventId, Trace};
use std::collections::BTreeMap;
use std::ops::Range;

/// Where what happens to the network happens; nodes have numbers in their names.
const NETWORK: &str = "network";

/// The log, with the two lines that ShiViz wants a file to begin with. Events before the stretch are unknown to it.
pub fn write(story: &Story<'_>) -> String {
    let names = story.session().names();
    let mut text = format!("(?<time>\\S*) {USUAL_PARSER}\n\n");
    let mut clocks = Clocks::new(story.session().trace(), story.events(), names.len());
    for scene in story.scenes() {
        let host = scene.row.somewhere().map_or(NETWORK, |node| story.name(node));
        text.push_str(&format!("{} {}\n{host} {{", scene.row.at, scene.line()));
        let mut separator = "";
        for (node, count) in clocks.next(scene.id, scene.row).iter().enumerate().filter(|(_, count)| **count > 0) {
            let name = names.get(node).map_or(NETWORK, String::as_str);
            text.push_str(&format!("{separator}\"{name}\":{count}"));
            separator = ", ";
        }
        text.push_str("}\n");
    }
    text
}

/// The vector clocks of a stretch, event by event. Only those are kept that somebody will still hear of.
struct Clocks<'a> {
    trace: &'a Trace,
    events: Range<u32>,
    /// By node: as of its latest event; last, that of the network.
    now: Vec<Vec<u32>>,
    /// By event: its clock, and how many others have yet to hear of it.
    told: BTreeMap<EventId, (u32, Vec<u32>)>,
    /// By event: how many others hear of it.
    hearers: BTreeMap<EventId, u32>,
}

impl<'a> Clocks<'a> {
    fn new(trace: &'a Trace, events: Range<u32>, nodes: usize) -> Self {
        let mut hearers = BTreeMap::new();
        for (id, row) in trace.events_in(events.clone()) {
            for cause in elsewhere(trace, id, row) {
                *hearers.entry(cause).or_default() += 1;
            }
        }
        Clocks { trace, events, now: vec![vec![0; nodes + 1]; nodes + 1], told: BTreeMap::new(), hearers }
    }

    fn next(&mut self, id: EventId, row: &EventRow) -> &[u32] {
        let at = row.somewhere().map_or(self.now.len() - 1, |node| node.index());
        for cause in elsewhere(self.trace, id, row).filter(|cause| self.events.contains(&cause.0)) {
            let Some((left, clock)) = self.told.get_mut(&cause) else { continue };
            self.now[at].iter_mut().zip(clock.iter()).for_each(|(known, heard)| *known = (*known).max(*heard));
            *left -= 1;
            if *left == 0 {
                self.told.remove(&cause);
            }
        }
        self.now[at][at] += 1;
        if let Some(hearers) = self.hearers.remove(&id) {
            self.told.insert(id, (hearers, self.now[at].clone()));
        }
        &self.now[at]
    }
}

/// The direct causes of an event at other nodes.
fn elsewhere<'a>(trace: &'a Trace, id: EventId, row: &EventRow) -> impl Iterator<Item = EventId> + 'a {
    let node = row.node;
    trace.causes(id).filter(move |cause| trace.event(*cause).is_some_and(|cause| cause.node != node))
}
