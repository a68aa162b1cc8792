//! Watches a run for a condition, event by event, and looks only at what each event can have changed.

use crate::expr::{Order, Query};
use crate::judge::{Memory, Moment, Sight};
use netsplit_sim::causality::{Events, past};
use netsplit_sim::trace::{Trace, What};
use netsplit_sim::{EventId, NodeId};
use std::rc::Rc;

/// A condition that is being watched.
#[derive(Clone, Debug)]
pub struct Watch {
    query: Rc<Query>,
    /// By alternative: whether it held at the moment looked at last.
    held: Vec<bool>,
    /// What has been counted, and what has been compared.
    known: Known,
    /// How many events were over at the moment looked at last.
    at: Option<u32>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    tallies: Vec<Tally>,
    cones: Vec<Cone>,
}

/// Of which nodes of a group something is true.
#[derive(Clone, Debug)]
struct Tally {
    /// By place in the group; nothing for those that were touched since.
    true_of: Vec<Option<bool>>,
    /// Of how many it is true, among those that were not touched.
    count: usize,
    /// The places of those that were touched.
    stale: Vec<usize>,
}

impl Watch {
    /// A watch that has not yet looked at anything.
    pub fn new(query: Query) -> Watch {
        let held = vec![false; query.alternatives.len()];
        Watch { query: Rc::new(query), held, known: Known::default(), at: None }
    }

    /// The condition.
    pub fn query(&self) -> &Query {
        &self.query
    }
    /// How many events were over at the moment looked at last.
    pub fn at(&self) -> Option<u32> {
        self.at
    }
    /// Forgets what it has seen: the run has been changed.
    pub fn forget(&mut self) {
        (self.at, self.known) = (None, Known::default());
    }

    /// Looks at a moment that the watch begins with.
    pub fn begin(&mut self, sight: &dyn Sight) {
        self.forget();
        self.known.tallies = self.query.quantified.iter().map(|of| Tally::unknown(of.group.len())).collect();
        // What is true of single events need not have been true of the one before.
        self.held = self.query.judge(sight).into_iter().map(|(of_event, holds)| holds && !of_event).collect();
        self.at = Some(sight.events());
    }

    /// Looks at the moment right after one more event than at the moment looked at last; true if the condition matches that
    /// event. If it is any other moment, the watch begins with it.
    pub fn after(&mut self, sight: &dyn Sight) -> bool {
        if self.at.is_none_or(|at| at + 1 != sight.events()) {
            self.begin(sight);
            return false;
        }
        self.at = Some(sight.events());
        let query = self.query.clone();
        let moment = Moment::new(sight, &query);
        let touched = moment.event().map(|event| touched(sight.trace(), event)).unwrap_or_default();
        self.known.mark(&query, &touched);
        let mut matches = false;
        for (held, alternative) in self.held.iter_mut().zip(&query.alternatives) {
            let needs = &alternative.needs;
            if !needs.event && !needs.always && !touched.iter().any(|node| needs.nodes.contains(node)) {
                continue;
            }
            let holds = moment.holds(&alternative.expr, None, &mut self.known);
            matches |= holds && (needs.event || !*held);
            *held = holds && !needs.event;
        }
        matches
    }
}

/// The nodes that an event can have changed: where it happened, and those that a deed was aimed at.
fn touched(trace: &Trace, event: EventId) -> Vec<NodeId> {
    let Some(row) = trace.event(event) else { return Vec::new() };
    let mut touched: Vec<NodeId> = row.somewhere().into_iter().collect();
    if let What::Fault(index) = row.what {
        touched.extend(trace.faults().get(index as usize).into_iter().flat_map(|fault| &fault.aim.nodes));
    }
    touched
}

impl Query {
    /// Judges a moment by itself, whatever was before: for each of the conditions that `or` joins, whether it speaks of the
    /// event itself, and whether it is true.
    pub fn judge(&self, sight: &dyn Sight) -> Vec<(bool, bool)> {
        let tallies = self.quantified.iter().map(|of| Tally::unknown(of.group.len())).collect();
        let mut known = Known { tallies, cones: Vec::new() };
        let moment = Moment::new(sight, self);
        let judged = self.alternatives.iter();
        judged.map(|it| (it.needs.event, moment.holds(&it.expr, None, &mut known))).collect()
    }
}

impl Tally {
    fn unknown(nodes: usize) -> Tally {
        Tally { true_of: vec![None; nodes], count: 0, stale: (0..nodes).collect() }
    }

    fn touch(&mut self, place: usize) {
        if let Some(was) = self.true_of[place].take() {
            self.count -= usize::from(was);
            self.stale.push(place);
        }
    }
}

impl Known {
    fn mark(&mut self, query: &Query, touched: &[NodeId]) {
        for (tally, of) in self.tallies.iter_mut().zip(&query.quantified) {
            for node in touched {
                if let Ok(place) = of.group.binary_search(node) {
                    tally.touch(place);
                }
            }
        }
    }
}

impl Memory for Known {
    fn counted(&mut self, moment: &Moment, number: usize) -> (usize, usize) {
        let Some(of) = moment.query.quantified.get(number) else { return (0, 0) };
        if !of.local {
            let count = of.group.iter().filter(|node| moment.holds(&of.body, Some(**node), self)).count();
            return (count, of.group.len());
        }
        let Some(stale) = self.tallies.get_mut(number).map(|tally| std::mem::take(&mut tally.stale)) else {
            return (0, 0);
        };
        for place in stale {
            let holds = moment.holds(&of.body, Some(of.group[place]), self);
            let tally = &mut self.tallies[number];
            tally.count += usize::from(holds);
            tally.true_of[place] = Some(holds);
        }
        (self.tallies[number].count, of.group.len())
    }

    fn is(&mut self, moment: &Moment, order: Order, other: EventId) -> bool {
        let Some(event) = moment.event() else { return false };
        let trace = moment.sight.trace();
        if !self.cones.iter().any(|cone| cone.of == other) {
            self.cones.push(Cone::new(trace, other));
        }
        let Some(cone) = self.cones.iter_mut().find(|cone| cone.of == other) else { return false };
        let (before, after) = (event != other && cone.past.contains(event), event > other && cone.led_to(trace, event));
        match order {
            Order::Before => before,
            Order::After => after,
            Order::Concurrent => event != other && !before && !after,
        }
    }
}

/// What happened before an event, and what it led to, as far as that was asked for.
#[derive(Clone, Debug)]
struct Cone {
    of: EventId,
    past: Events,
    /// From the event on: whether it led to this.
    future: Vec<bool>,
}

impl Cone {
    fn new(trace: &Trace, of: EventId) -> Cone {
        Cone { of, past: past(trace, of), future: vec![true] }
    }

    fn led_to(&mut self, trace: &Trace, event: EventId) -> bool {
        let wanted = (event.0 - self.of.0) as usize;
        while self.future.len() <= wanted {
            let next = EventId(self.of.0 + self.future.len() as u32);
            let follows = |cause: EventId| {
                let place = cause.0.checked_sub(self.of.0);
                place.and_then(|place| self.future.get(place as usize)).is_some_and(|led| *led)
            };
            let led = trace.causes(next).any(follows);
            self.future.push(led);
        }
        self.future[wanted]
    }
}
