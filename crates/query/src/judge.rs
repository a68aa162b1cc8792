//! Judges a condition at one moment.

use crate::expr::{EventTest, Expr, Field, Kind, Order, Quantifier, Query, Relation, Step, Term, Whose};
use crate::read::paths::{condition, manner};
use crate::value::Val;
use netsplit_sim::trace::{EventRow, Trace, What};
use netsplit_sim::{Condition, EventId, Face, Manner, NodeId, Time, Violation};
use serde_json::Value;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A run at a moment, as a condition sees it.
pub trait Sight {
    /// How many events are over; the one that has just happened is the last of them.
    fn events(&self) -> u32;
    /// What time it is.
    fn time(&self) -> Time;
    /// All that happened, before this moment and after it.
    fn trace(&self) -> &Trace;
    /// The violations so far, before this moment and after it.
    fn violations(&self) -> &[Violation];
    /// The name of a node.
    fn name(&self, node: NodeId) -> &str;
    /// Whether it runs.
    fn condition(&self, node: NodeId) -> Condition;
    /// Whether it says what it should.
    fn manner(&self, node: NodeId) -> Manner;
    /// How many of its writes are not durable yet.
    fn unsynced(&self, node: NodeId) -> usize;
    /// Its latest event.
    fn latest(&self, node: NodeId) -> EventId;
    /// What it shows; nothing while it is down.
    fn face(&self, node: NodeId) -> Option<Face>;
    /// What a crash leaves of it.
    fn durable(&self, node: NodeId) -> Value;
    /// The rest of its state; nothing while it is down.
    fn volatile(&self, node: NodeId) -> Option<Value>;
}

/// Answers what is better remembered from one moment to the next than found anew.
pub(crate) trait Memory {
    /// Of how many of its nodes it is true what is said of them, and how many nodes those are.
    fn counted(&mut self, moment: &Moment, number: usize) -> (usize, usize);
    /// How the event that has just happened stands to another.
    fn is(&mut self, moment: &Moment, order: Order, event: EventId) -> bool;
}

/// A moment that is being judged, with what has been looked at.
pub(crate) struct Moment<'a> {
    pub sight: &'a dyn Sight,
    pub query: &'a Query,
    read: std::cell::RefCell<BTreeMap<NodeId, Rc<Reading>>>,
}

/// What was read of a node.
#[derive(Default)]
struct Reading {
    face: OnceCell<Option<Face>>,
    durable: OnceCell<Value>,
    volatile: OnceCell<Option<Value>>,
}

impl<'a> Moment<'a> {
    pub fn new(sight: &'a dyn Sight, query: &'a Query) -> Moment<'a> {
        Moment { sight, query, read: Default::default() }
    }

    /// The event that has just happened.
    pub fn event(&self) -> Option<EventId> {
        self.sight.events().checked_sub(1).map(EventId)
    }

    /// Whether it holds; `it` is the node that a quantifier has come to.
    pub fn holds(&self, expr: &Expr, it: Option<NodeId>, memory: &mut dyn Memory) -> bool {
        match expr {
            Expr::Or(all) => all.iter().any(|expr| self.holds(expr, it, memory)),
            Expr::And(all) => all.iter().all(|expr| self.holds(expr, it, memory)),
            Expr::Not(expr) => !self.holds(expr, it, memory),
            Expr::Compare(one, relation, other) => {
                let (one, other) = (self.value(one, it, memory), self.value(other, it, memory));
                related(&one, *relation, &other)
            }
            Expr::Holds(term) => self.value(term, it, memory).holds(),
            Expr::Nodes(quantifier, number) => {
                let (true_of, all) = memory.counted(self, *number);
                match quantifier {
                    Quantifier::Any => true_of > 0,
                    Quantifier::All => true_of == all,
                    Quantifier::No => true_of == 0,
                }
            }
            Expr::Event(test) => self.is_event(test, memory),
            Expr::Line(lines) => self.event().is_some_and(|event| {
                let mut ran = self.sight.trace().lines_of(event);
                ran.any(|line| lines.contains(&line))
            }),
            Expr::Violated(name) => {
                let mut so_far = self.sight.violations().iter().filter(|it| it.event.0 < self.sight.events());
                so_far.any(|violation| name.is_none_or(|name| violation.invariant == name))
            }
        }
    }

    fn value<'t>(&self, term: &'t Term, it: Option<NodeId>, memory: &mut dyn Memory) -> Val<'t> {
        match term {
            Term::Number(number) => Val::Number(*number),
            Term::Span(span) => Val::Span(*span),
            Term::Text(text) => Val::text(text),
            Term::Bool(value) => Val::Bool(*value),
            Term::None => Val::None,
            Term::Path(whose, field, steps) => {
                let node = if let Whose::Node(node) = whose { Some(*node) } else { it };
                node.map_or(Val::Absent, |node| self.field(node, field, steps))
            }
            Term::Length(term) => self.value(term, it, memory).length().map_or(Val::Absent, Val::Number),
            Term::Count(number) => Val::Number(memory.counted(self, *number).0 as i128),
            Term::Sum(one, other) => self.sum([one, other], it, memory, i128::saturating_add),
            Term::Difference(one, other) => self.sum([one, other], it, memory, i128::saturating_sub),
            Term::Time => Val::Number(self.sight.time().0.into()),
            Term::Events => Val::Number(self.sight.events().into()),
            Term::Lamport => {
                let row = self.event().and_then(|event| self.sight.trace().event(event));
                row.map_or(Val::Absent, |row| Val::Number(row.lamport.into()))
            }
        }
    }

    fn sum(
        &self,
        [one, other]: [&Term; 2],
        it: Option<NodeId>,
        memory: &mut dyn Memory,
        of: fn(i128, i128) -> i128,
    ) -> Val<'static> {
        let one = self.value(one, it, memory).number();
        let other = self.value(other, it, memory).number();
        one.zip(other).map_or(Val::Absent, |(one, other)| Val::Number(of(one, other)))
    }

    fn reading(&self, node: NodeId) -> Rc<Reading> {
        self.read.borrow_mut().entry(node).or_default().clone()
    }

    fn field(&self, node: NodeId, field: &Field, steps: &[Step]) -> Val<'static> {
        let reading = self.reading(node);
        let face = || reading.face.get_or_init(|| self.sight.face(node)).as_ref();
        let text = |text: &str| Val::text(text).owned();
        let whole = match field {
            Field::Name => text(self.sight.name(node)),
            Field::Condition => text(condition(self.sight.condition(node))),
            Field::Manner => text(manner(self.sight.manner(node))),
            Field::Unsynced => Val::Number(self.sight.unsynced(node) as i128),
            Field::Lamport => {
                let row = self.sight.trace().event(self.sight.latest(node));
                Val::Number(row.map_or(0, |row| row.lamport.into()))
            }
            Field::Role => face().map_or(Val::Absent, |face| text(face.role)),
            Field::Note => face().and_then(|face| face.note.as_deref()).map_or(Val::Absent, text),
            Field::Badge => face().and_then(|face| face.badge).map_or(Val::Absent, text),
            Field::Figure => {
                face().and_then(|face| face.headline).map_or(Val::Absent, |(_, figure)| Val::Number(figure.into()))
            }
            Field::Headline(name) => {
                let headline = face().and_then(|face| face.headline).filter(|(called, _)| called == name);
                headline.map_or(Val::Absent, |(_, figure)| Val::Number(figure.into()))
            }
            Field::Durable => {
                return follow(Some(reading.durable.get_or_init(|| self.sight.durable(node))), steps);
            }
            Field::Volatile => {
                return follow(reading.volatile.get_or_init(|| self.sight.volatile(node)).as_ref(), steps);
            }
        };
        if steps.is_empty() { whole } else { Val::Absent }
    }

    fn is_event(&self, test: &EventTest, memory: &mut dyn Memory) -> bool {
        let trace = self.sight.trace();
        let Some(event) = self.event() else { return false };
        let Some(row) = trace.event(event) else { return false };
        test.at.is_none_or(|node| row.node == node)
            && self.is_kind(event, row, test)
            && test.clock.iter().all(|(order, other)| memory.is(self, *order, *other))
    }

    fn is_kind(&self, event: EventId, row: &EventRow, test: &EventTest) -> bool {
        let trace = self.sight.trace();
        let is = |name: &Option<String>, found: &str| name.as_ref().is_none_or(|name| name == found);
        let delivered = if let What::Deliver(id) = row.what { trace.message(id) } else { None };
        let sent = |name: &Option<String>| {
            let from_here = test.from.is_none_or(|from| row.node == from);
            let fits = |to: NodeId, tag: &str| is(name, tag) && test.to.is_none_or(|wanted| wanted == to);
            from_here && trace.sent_by(event).any(|(_, message)| fits(message.name.to, message.tag.name))
        };
        let received = |name: &Option<String>| {
            delivered.is_some_and(|message| {
                is(name, message.tag.name)
                    && test.from.is_none_or(|from| message.name.from == from)
                    && test.to.is_none_or(|to| message.name.to == to)
            })
        };
        match &test.kind {
            Some(Kind::Deliver(name)) => received(name),
            Some(Kind::Send(name)) => sent(name),
            // Of any event, `from` and `to` are about the message that arrived.
            _ if (test.from.is_some() || test.to.is_some()) && !received(&None) => false,
            None => true,
            Some(Kind::Boot) => row.what == What::Boot,
            Some(Kind::Timer(name)) => matches!(row.what, What::Timer(timer) if is(name, timer)),
            Some(Kind::Durable) => row.what == What::Durable,
            Some(Kind::Deed(name)) => match row.what {
                What::Fault(index) => {
                    let fault = trace.faults().get(index as usize);
                    fault.is_some_and(|fault| name.is_none_or(|name| fault.name == name))
                }
                _ => false,
            },
        }
    }
}

fn related(one: &Val, relation: Relation, other: &Val) -> bool {
    let order = || one.compare(other);
    match relation {
        Relation::Equal => one.equals(other),
        Relation::Unequal => !one.equals(other),
        Relation::Less => order() == Some(Ordering::Less),
        Relation::AtMost => order().is_some_and(Ordering::is_le),
        Relation::Greater => order() == Some(Ordering::Greater),
        Relation::AtLeast => order().is_some_and(Ordering::is_ge),
        Relation::Contains => one.contains(other),
    }
}

/// What is found in a tree.
fn follow(tree: Option<&Value>, steps: &[Step]) -> Val<'static> {
    let mut here = tree;
    for step in steps {
        here = here.and_then(|tree| match (tree, step) {
            (Value::Object(fields), Step::Field(name)) => fields.get(name),
            (Value::Object(fields), Step::Index(index)) => fields.get(&index.to_string()),
            (Value::Array(items), Step::Index(index)) => items.get(place(*index, items.len())?),
            (Value::Array(items), Step::Field(name)) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        });
    }
    here.map_or(Val::Absent, |found| Val::of(found).owned())
}

/// The place in a list that an index means.
fn place(index: i64, length: usize) -> Option<usize> {
    let from_the_end = || length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    if index < 0 { from_the_end() } else { usize::try_from(index).ok() }
}
