//! How each node stood over time: when it was down or paused, from what the trace records, and its standing while it
//! was up, noted as the run is watched.

use crate::draw::axis::Axis;
use crate::draw::{Glance, Standing};
use netsplit_sim::trace::What;
use netsplit_sim::{Condition, EventId, NodeId, Planned, Time, Trace};

/// What is known of all nodes.
#[derive(Default)]
pub struct History {
    /// For each node, the changes of its standing, in order.
    standings: Vec<Vec<(EventId, Standing)>>,
    /// For each node, the changes of its condition, in order.
    conditions: Vec<Vec<(EventId, Condition)>>,
    /// How many of the trace's interventions are in `conditions`.
    faults: usize,
    /// Up to how many events standings have been noted.
    watched: u32,
    /// How many interventions people had made, and the last one's place: another one may have cut off a future.
    last_done: (usize, Option<Time>),
}

/// A stretch of a node's life.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stretch {
    /// Where on the axis it began.
    pub from: Time,
    /// Where it ended; nothing if it lasts.
    pub to: Option<Time>,
    /// Whether the node was up, paused or down.
    pub condition: Condition,
    /// How it stood while it was not down; nothing if nobody watched.
    pub standing: Option<Standing>,
}

impl History {
    /// Notes what is new.
    pub fn frame(&mut self, glance: &Glance) {
        let (trace, count) = (glance.session.trace(), glance.now.nodes().len());
        if self.standings.len() != count {
            *self = History { standings: vec![Vec::new(); count], ..History::default() };
            self.conditions = vec![Vec::new(); count];
        }
        self.notice_another_future(glance);
        self.read_conditions(trace);
        let cursor = glance.now.cursor().events;
        if cursor <= self.watched {
            return;
        }
        self.watched = cursor;
        for (node, standings) in glance.now.nodes().iter().zip(&mut self.standings) {
            let (Some(latest), standing) = (node.latest, Standing::of(node)) else { continue };
            if standing != Standing::Down && standings.last().map(|last| last.1) != Some(standing) {
                standings.push((latest, standing));
            }
        }
    }

    /// Forgets the part of a recorded future that no longer is one.
    fn notice_another_future(&mut self, glance: &Glance) {
        let (trace, done) = (glance.session.trace(), glance.session.interventions());
        let last_done = (done.len(), done.last().map(|planned: &Planned<_>| planned.when.at));
        if self.last_done != last_done {
            let since = last_done.1.into_iter().chain(self.last_done.1).min().unwrap_or(Time::ZERO);
            self.last_done = last_done;
            self.truncate(super::rows::first_at(trace, since));
        }
        if trace.len() < self.watched || trace.faults().len() < self.faults {
            self.truncate(trace.len());
        }
    }

    fn truncate(&mut self, events: u32) {
        self.watched = self.watched.min(events);
        self.standings.iter_mut().for_each(|list| list.retain(|(event, _)| event.0 < events));
        // These are few: read them again.
        self.conditions.iter_mut().for_each(Vec::clear);
        self.faults = 0;
    }

    fn read_conditions(&mut self, trace: &Trace) {
        for fault in trace.faults().iter().skip(self.faults) {
            let condition = match fault.name {
                "crash" => Condition::Down,
                "pause" => Condition::Paused,
                "restart" | "resume" => Condition::Up,
                _ => continue,
            };
            let Some(list) = fault.aim.nodes.first().and_then(|node| self.conditions.get_mut(node.index())) else {
                continue;
            };
            let before = list.last().map_or(Condition::Up, |last| last.1);
            if takes_effect(before, condition) {
                list.push((fault.event, condition));
            }
        }
        self.faults = trace.faults().len();
    }

    /// The stretches of a node's life that a window of an axis shows, in order.
    pub fn stretches(
        &self,
        trace: &Trace,
        node: NodeId,
        axis: Axis,
        window: (Time, Time),
    ) -> impl Iterator<Item = Stretch> + use<> {
        let empty: (&[_], &[_]) = (&[], &[]);
        let lists = self.conditions.get(node.index()).zip(self.standings.get(node.index()));
        let (conditions, standings) = lists.map_or(empty, |(c, s)| (c, s));
        let mut turns: Vec<(EventId, Change)> = conditions.iter().map(|(id, c)| (*id, Change::Condition(*c))).collect();
        turns.extend(standings.iter().map(|(id, s)| (*id, Change::Standing(*s))));
        turns.sort_by_key(|(id, _)| *id);
        let mut now = Stretch { from: Time::ZERO, to: None, condition: Condition::Up, standing: None };
        let mut stretches = Vec::new();
        for (event, change) in turns {
            let at = trace.event(event).map_or(Time::NEVER, |row| axis.place(row));
            if at > now.from {
                stretches.push(Stretch { to: Some(at), ..now });
                now.from = at;
            }
            match change {
                Change::Condition(condition) => now.condition = condition,
                Change::Standing(standing) => now.standing = Some(standing),
            }
        }
        stretches.push(now);
        let (first, last) = window;
        stretches.into_iter().filter(move |s| s.from <= last && s.to.is_none_or(|to| to >= first))
    }
}

enum Change {
    Condition(Condition),
    Standing(Standing),
}

/// A crash of a node that is down changes nothing, and so on.
fn takes_effect(before: Condition, after: Condition) -> bool {
    match after {
        Condition::Down => before != Condition::Down,
        Condition::Paused => before == Condition::Up,
        Condition::Up => before != Condition::Up,
    }
}

/// Whether an event is one that a client caused: it is marked apart from faults.
pub fn is_client_operation(trace: &Trace, what: What) -> bool {
    matches!(what, What::Fault(index) if trace.faults().get(index as usize).is_some_and(|fault| fault.name == "invoke"))
}
