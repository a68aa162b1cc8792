//! What an outcome needed: a set of events that brings it about by themselves, and of which none can be left out.
//!
//! Whatever is not in the set does not happen: see [`netsplit_sim::excerpt`]. The set is found as failing inputs are made
//! smaller: large parts are left out first, then smaller ones, down to single events, for as long as what remains still
//! brings the outcome about (Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002).

use super::{Field, Shape, look};
use crate::player::Again;
use crate::session::Session;
use netsplit_sim::causality::past;
use netsplit_sim::trace::{Trace, What};
use netsplit_sim::{EventId, Excerpt, NodeId, Violation};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So many events may be played in all, if nobody says otherwise: some seconds of work.
const BUDGET: u64 = 4_000_000;

/// The first events of a run, to be played again in part.
pub struct Excerpts {
    again: Box<dyn Again>,
    names: Vec<String>,
}

impl Excerpts {
    pub(crate) fn new(again: Box<dyn Again>, names: Vec<String>) -> Excerpts {
        Excerpts { again, names }
    }
    /// Plays the starts of all nodes and, of the other events, those in `keep`, in order, as far as they can happen.
    pub fn play(&self, keep: &[EventId]) -> Excerpt {
        self.again.play(keep, &mut |_, _| {})
    }
}

/// What is asked about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Asked {
    /// That an event wrote this into a field of its node.
    Write {
        /// The node.
        node: NodeId,
        /// The field.
        field: Field,
        /// The event.
        event: EventId,
        /// What it wrote.
        is: Shape,
    },
    /// That an invariant was violated, by this evidence.
    Violation {
        /// The invariant.
        invariant: String,
        /// The event after which it did not hold.
        event: EventId,
        /// What shows it: where, since when, and in which words.
        evidence: Vec<(NodeId, EventId, String)>,
    },
}

/// What it needed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The events, in the order of the run; the starts of nodes are not among them.
    pub events: Vec<EventId>,
    /// Whether it is known that none of them can be left out.
    pub minimal: bool,
    /// How many events there were up to the one that is asked about...
    pub of: u32,
    /// ...and how many of them are in its causal past: what it could have depended on.
    pub past: u32,
}

/// Why nothing is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Unanswered {
    /// There are no events that bring it about by themselves: it is about what did not come, or about time.
    NoSuchEvents,
    /// There is nothing of the kind in the run.
    NotInTheRun,
}

/// The search for what an outcome needed, a trial at a time.
pub struct Needs {
    excerpts: Excerpts,
    asked: Asked,
    of: u32,
    past: u32,
    /// What is known to bring it about.
    events: Vec<EventId>,
    stage: Stage,
    /// By node and kind of happening, in the order in which they are tried.
    groups: Vec<Vec<EventId>>,
    budget: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// What could have mattered is tried, then all there was.
    Begin,
    /// Groups are left out.
    Groups(usize),
    /// Stretches of `size` are left out, from `at` on; since the last round with larger ones, something was left out or not.
    Stretches {
        size: usize,
        at: usize,
        left_out: bool,
    },
    Done,
    Failed,
}

impl Asked {
    /// About a violation.
    pub fn of(violation: &Violation) -> Asked {
        let evidence = violation.evidence.iter().map(|piece| (piece.node, piece.event, piece.text.clone())).collect();
        Asked::Violation { invariant: violation.invariant.to_owned(), event: violation.event, evidence }
    }
    /// The event that is asked about.
    pub fn event(&self) -> EventId {
        match self {
            Asked::Write { event, .. } | Asked::Violation { event, .. } => *event,
        }
    }
    /// The events whose causal past it is about.
    fn roots(&self) -> Vec<EventId> {
        match self {
            Asked::Write { event, .. } => vec![*event],
            Asked::Violation { event, evidence, .. } => evidence
                .iter()
                .map(|(_, event, _)| *event)
                .chain([*event])
                .filter(|event| event.some().is_some())
                .collect(),
        }
    }
}

impl Needs {
    /// About something in a recorded run.
    pub fn new(session: &dyn Session, asked: Asked) -> Result<Needs, Unanswered> {
        let of = asked.event().0.saturating_add(1);
        let trace = session.trace();
        if of > trace.len() {
            return Err(Unanswered::NotInTheRun);
        }
        let Some(excerpts) = session.excerpts(of) else { return Err(Unanswered::NotInTheRun) };
        let known = pasts(trace, &asked.roots());
        let groups = groups(trace, &known);
        Ok(Needs {
            excerpts,
            asked,
            of,
            past: known.len() as u32,
            events: known.into_iter().collect(),
            stage: Stage::Begin,
            groups,
            budget: BUDGET,
        })
    }
    /// With another limit to how many events may be played in all.
    pub fn within(self, budget: u64) -> Needs {
        Needs { budget, ..self }
    }

    /// Tries one thing more. True if there is no more to try.
    pub fn go_on(&mut self) -> bool {
        let out_of_budget = self.budget == 0 && self.stage != Stage::Begin;
        match self.stage {
            Stage::Done | Stage::Failed => return true,
            _ if out_of_budget => return true,
            Stage::Begin => self.begin(),
            Stage::Groups(at) => self.leave_out_group(at),
            Stage::Stretches { size, at, left_out } => self.leave_out_stretch(size, at, left_out),
        }
        false
    }
    /// Tries all there is to try.
    pub fn run(mut self) -> Result<Answer, Unanswered> {
        while !self.go_on() {}
        self.answer()
    }
    /// Whether these events bring it about by themselves.
    pub fn suffices(&mut self, keep: &[EventId]) -> bool {
        self.holds(keep).is_some()
    }
    /// What is known by now.
    pub fn answer(&self) -> Result<Answer, Unanswered> {
        if self.stage == Stage::Failed || self.stage == Stage::Begin {
            return Err(Unanswered::NoSuchEvents);
        }
        let minimal = self.stage == Stage::Done;
        Ok(Answer { events: self.events.clone(), minimal, of: self.of, past: self.past })
    }

    fn begin(&mut self) {
        let known = std::mem::take(&mut self.events);
        self.stage = Stage::Groups(0);
        if !self.take(&known) && !self.take(&(0..self.of).map(EventId).collect::<Vec<_>>()) {
            self.stage = Stage::Failed;
        }
    }

    fn leave_out_group(&mut self, at: usize) {
        let Some(group) = self.groups.get(at) else {
            let size = self.events.len().div_ceil(2).max(1);
            self.stage = Stage::Stretches { size, at: 0, left_out: false };
            return;
        };
        self.stage = Stage::Groups(at + 1);
        let rest: Vec<EventId> =
            self.events.iter().filter(|event| group.binary_search(event).is_err()).copied().collect();
        if rest.len() < self.events.len() {
            self.take(&rest);
        }
    }

    fn leave_out_stretch(&mut self, size: usize, at: usize, left_out: bool) {
        if at >= self.events.len() {
            self.stage = match (size, left_out) {
                (1, false) => Stage::Done,
                (1, true) => Stage::Stretches { size: 1, at: 0, left_out: false },
                _ => Stage::Stretches { size: size.div_ceil(2), at: 0, left_out: false },
            };
            return;
        }
        let end = (at + size).min(self.events.len());
        let rest = [&self.events[..at], &self.events[end..]].concat();
        let before = self.events.partition_point(|event| *event < self.events[at]);
        self.stage = match self.take(&rest) {
            // What is before it may be less as well by now.
            true => Stage::Stretches { size, at: before.min(self.events.len()), left_out: true },
            false => Stage::Stretches { size, at: end, left_out },
        };
    }

    /// Takes a part of the run in place of what is known, if it brings the outcome about: of it what happened, and of that
    /// what the outcome could have depended on, if that does it too.
    fn take(&mut self, keep: &[EventId]) -> bool {
        let Some((came, past)) = self.holds(keep) else { return false };
        self.events = came;
        if past.len() < self.events.len()
            && let Some((came, _)) = self.holds(&past)
        {
            self.events = came;
        }
        true
    }

    /// Whether a part of the run brings the outcome about: then which of its events happened, and which of these are in the
    /// outcome's causal past there. Starts are not among them.
    fn holds(&mut self, keep: &[EventId]) -> Option<(Vec<EventId>, Vec<EventId>)> {
        self.budget = self.budget.saturating_sub(1 + keep.len() as u64);
        let (excerpt, roots) = match &self.asked {
            Asked::Write { node, field, event, is } => self.writes_again(keep, *node, field, *event, is)?,
            Asked::Violation { invariant, evidence, .. } => self.violates_again(keep, invariant, evidence)?,
        };
        let chosen = |here: &EventId| {
            let started = excerpt.trace.event(*here).is_some_and(|row| row.what == What::Boot);
            (!started).then(|| excerpt.came[here.index()])
        };
        let came = (0..excerpt.trace.len()).map(EventId).filter_map(|here| chosen(&here)).collect();
        let past = pasts(&excerpt.trace, &roots).iter().filter_map(chosen).collect();
        Some((came, past))
    }

    fn writes_again(
        &self,
        keep: &[EventId],
        node: NodeId,
        field: &Field,
        event: EventId,
        is: &Shape,
    ) -> Option<(Excerpt, Vec<EventId>)> {
        let (mut was, mut wrote) = (Shape::Absent, false);
        let excerpt = self.excerpts.again.play(keep, &mut |happened, stage| {
            if stage.latest(node).some().is_some_and(|latest| latest.0 + 1 == stage.events()) {
                let now = look(stage, node, field, &self.excerpts.names);
                wrote |= happened == event && now == *is && was != *is;
                was = now;
            }
        });
        let here = excerpt.came.iter().rposition(|came| *came == event)?;
        wrote.then_some((excerpt, vec![EventId(here as u32)]))
    }

    fn violates_again(
        &self,
        keep: &[EventId],
        invariant: &str,
        evidence: &[(NodeId, EventId, String)],
    ) -> Option<(Excerpt, Vec<EventId>)> {
        let excerpt = self.excerpts.again.play(keep, &mut |_, _| {});
        let found = excerpt.violations.iter().find(|violation| violation.invariant == invariant)?;
        let same = found.evidence.len() == evidence.len()
            && found.evidence.iter().all(|piece| {
                evidence.iter().any(|(node, _, text)| (*node, text.as_str()) == (piece.node, piece.text.as_str()))
            });
        let roots = Asked::of(found).roots();
        same.then_some((excerpt, roots))
    }
}

/// What happened before any of some events, and these themselves; without the starts of nodes.
fn pasts(trace: &Trace, roots: &[EventId]) -> BTreeSet<EventId> {
    let all = roots.iter().flat_map(|root| past(trace, *root).iter().collect::<Vec<_>>());
    all.filter(|event| trace.event(*event).is_some_and(|row| row.what != What::Boot)).collect()
}

/// Events of one kind at one node, the largest groups first.
fn groups(trace: &Trace, events: &BTreeSet<EventId>) -> Vec<Vec<EventId>> {
    let mut groups: std::collections::BTreeMap<(u16, u8, &str), Vec<EventId>> = Default::default();
    for event in events {
        let Some(row) = trace.event(*event) else { continue };
        let kind = match row.what {
            What::Deliver(id) => (0, trace.message(id).map_or("", |message| message.tag.name)),
            What::Timer(name) => (1, name),
            What::Durable => (2, ""),
            What::Fault(index) => (3, trace.faults().get(index as usize).map_or("", |fault| fault.name)),
            What::Boot => continue,
        };
        groups.entry((row.node.0, kind.0, kind.1)).or_default().push(*event);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}
