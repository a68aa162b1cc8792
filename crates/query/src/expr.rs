//! A condition, understood.

use netsplit_sim::{EventId, NodeId, Span};
use std::collections::BTreeSet;
use std::fmt;

/// A condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Query {
    /// What `or` joins at the top.
    pub(crate) alternatives: Vec<Alternative>,
    pub(crate) quantified: Vec<Quantified>,
}

/// One of the conditions that are judged by themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Alternative {
    pub expr: Expr,
    pub needs: Needs,
}

/// What is said of each node of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Quantified {
    /// What the group is called.
    pub name: String,
    pub group: Vec<NodeId>,
    pub body: Expr,
    /// It speaks of the node alone: who was not touched by an event stands as before.
    pub local: bool,
}

/// What is true or false.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Expr {
    Or(Vec<Expr>),
    And(Vec<Expr>),
    Not(Box<Expr>),
    Compare(Term, Relation, Term),
    /// It is there, and neither false, zero nor empty.
    Holds(Term),
    /// Of the nodes of [`Query::quantified`] with that number.
    Nodes(Quantifier, usize),
    Event(EventTest),
    /// One of these lines of the pseudo-code ran.
    Line(Vec<u16>),
    /// This invariant, or any, has been violated by now.
    Violated(Option<&'static str>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Quantifier {
    Any,
    All,
    No,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Relation {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Contains,
}

/// What has a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Term {
    Number(i128),
    Span(Span),
    Text(String),
    Bool(bool),
    /// Nothing, or not there.
    None,
    Path(Whose, Field, Vec<Step>),
    Length(Box<Term>),
    /// How many nodes of [`Query::quantified`] with that number it is true of.
    Count(usize),
    Sum(Box<Term>, Box<Term>),
    Difference(Box<Term>, Box<Term>),
    /// What time it is.
    Time,
    /// How many events are over.
    Events,
    /// The event's Lamport time.
    Lamport,
}

/// Whose field it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Whose {
    /// The node's that the quantifier has come to.
    Its,
    Node(NodeId),
}

/// What can be asked of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Field {
    Name,
    Role,
    Note,
    Badge,
    /// The figure under the node, whatever it is called...
    Figure,
    /// ...or only if it is called so.
    Headline(String),
    Condition,
    Manner,
    Unsynced,
    /// The Lamport time of its latest event.
    Lamport,
    Durable,
    Volatile,
}

impl Field {
    /// Those that every node has, with their names.
    pub const OWN: [(&'static str, Field); 11] = [
        ("name", Field::Name),
        ("role", Field::Role),
        ("figure", Field::Figure),
        ("note", Field::Note),
        ("badge", Field::Badge),
        ("condition", Field::Condition),
        ("manner", Field::Manner),
        ("unsynced", Field::Unsynced),
        ("lamport", Field::Lamport),
        ("durable", Field::Durable),
        ("volatile", Field::Volatile),
    ];
}

/// A step into a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Field(String),
    /// From the front, or if negative, from the end.
    Index(i64),
}

/// What is asked of the event that has just happened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct EventTest {
    pub kind: Option<Kind>,
    pub at: Option<NodeId>,
    pub from: Option<NodeId>,
    pub to: Option<NodeId>,
    /// How it stands to other events.
    pub clock: Vec<(Order, EventId)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Boot,
    /// A message arrived, of this type if one is given.
    Deliver(Option<String>),
    /// It sent a message.
    Send(Option<String>),
    Timer(Option<String>),
    Durable,
    /// Somebody interfered; in this way, if one is given.
    Deed(Option<&'static str>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    After,
    Before,
    Concurrent,
}

/// What a condition depends on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Needs {
    /// The event itself: it is true of single events.
    pub event: bool,
    /// What can change with any event.
    pub always: bool,
    /// The state of these nodes.
    pub nodes: BTreeSet<NodeId>,
}

impl Needs {
    pub fn of(expr: &Expr, quantified: &[Quantified]) -> Needs {
        let mut needs = Needs::default();
        needs.add(expr, quantified);
        needs
    }

    fn add(&mut self, expr: &Expr, quantified: &[Quantified]) {
        match expr {
            Expr::Or(all) | Expr::And(all) => all.iter().for_each(|expr| self.add(expr, quantified)),
            Expr::Not(expr) => self.add(expr, quantified),
            Expr::Compare(one, _, other) => {
                self.add_term(one, quantified);
                self.add_term(other, quantified);
            }
            Expr::Holds(term) => self.add_term(term, quantified),
            Expr::Nodes(_, number) => self.add_nodes(*number, quantified),
            Expr::Event(_) | Expr::Line(_) => self.event = true,
            Expr::Violated(_) => self.always = true,
        }
    }

    fn add_term(&mut self, term: &Term, quantified: &[Quantified]) {
        match term {
            Term::Path(Whose::Node(node), ..) => drop(self.nodes.insert(*node)),
            Term::Length(term) => self.add_term(term, quantified),
            Term::Sum(one, other) | Term::Difference(one, other) => {
                self.add_term(one, quantified);
                self.add_term(other, quantified);
            }
            Term::Count(number) => self.add_nodes(*number, quantified),
            Term::Time | Term::Events => self.always = true,
            Term::Lamport => self.event = true,
            _ => {}
        }
    }

    fn add_nodes(&mut self, number: usize, quantified: &[Quantified]) {
        if let Some(of) = quantified.get(number) {
            self.nodes.extend(&of.group);
            self.add(&of.body, quantified);
        }
    }

    /// Whether nothing counts but the node that a quantifier has come to.
    pub fn none(&self) -> bool {
        !self.event && !self.always && self.nodes.is_empty()
    }
}

impl Query {
    /// Whether it is true of single events, and not of how things stand.
    pub fn speaks_of_events(&self) -> bool {
        self.alternatives.iter().any(|alternative| alternative.needs.event)
    }

    /// The condition as it was understood, with all its parentheses; `names` are those of the nodes.
    pub fn told(&self, names: &[String]) -> String {
        let alternatives = self.alternatives.iter();
        let told = alternatives.map(|alternative| Telling { query: self, names, expr: &alternative.expr }.to_string());
        told.collect::<Vec<_>>().join(" or ")
    }
}

struct Telling<'a> {
    query: &'a Query,
    names: &'a [String],
    expr: &'a Expr,
}

impl fmt::Display for Telling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expr {
            Expr::Or(all) => self.joined(f, all, " or "),
            Expr::And(all) => self.joined(f, all, " and "),
            Expr::Not(expr) => write!(f, "not {}", self.with(expr).enclosed()),
            Expr::Compare(one, relation, other) => {
                write!(f, "{} {} {}", self.term(one), relation.sign(), self.term(other))
            }
            Expr::Holds(term) => f.write_str(&self.term(term)),
            Expr::Nodes(which, number) => write!(f, "{} {}", which.word(), self.nodes(*number)),
            Expr::Event(test) => self.event(f, test),
            Expr::Line(lines) => {
                let numbers: Vec<String> = lines.iter().map(|line| format!("line {}", line + 1)).collect();
                f.write_str(&numbers.join(" or "))
            }
            Expr::Violated(None) => f.write_str("violated"),
            Expr::Violated(Some(name)) => write!(f, "violated({name})"),
        }
    }
}

impl<'a> Telling<'a> {
    fn with(&self, expr: &'a Expr) -> Telling<'a> {
        Telling { expr, ..*self }
    }
    fn name(&self, node: NodeId) -> &'a str {
        self.names.get(node.index()).map_or("?", String::as_str)
    }
    /// In parentheses, if it is more than one condition.
    fn enclosed(&self) -> String {
        match self.expr {
            Expr::Or(_) | Expr::And(_) | Expr::Nodes(..) => format!("({self})"),
            Expr::Line(lines) if lines.len() > 1 => format!("({self})"),
            _ => self.to_string(),
        }
    }
    fn joined(&self, f: &mut fmt::Formatter<'_>, all: &'a [Expr], by: &str) -> fmt::Result {
        let parts: Vec<String> = all.iter().map(|expr| self.with(expr).enclosed()).collect();
        f.write_str(&parts.join(by))
    }
    fn nodes(&self, number: usize) -> String {
        let of = self.query.quantified.get(number);
        of.map_or_else(String::new, |of| format!("{} ({})", of.name, self.with(&of.body)))
    }

    fn term(&self, term: &'a Term) -> String {
        match term {
            Term::Number(number) => number.to_string(),
            Term::Span(span) => span.exact(),
            Term::Text(text) => in_quotes(text),
            Term::Bool(value) => value.to_string(),
            Term::None => "none".to_owned(),
            Term::Path(whose, field, steps) => self.path(*whose, field, steps),
            Term::Length(term) => format!("len({})", self.term(term)),
            Term::Count(number) => format!("count({})", self.nodes(*number)),
            Term::Sum(one, other) => format!("{} + {}", self.term(one), self.term(other)),
            Term::Difference(one, other) => format!("{} - {}", self.term(one), self.term(other)),
            Term::Time => "time".to_owned(),
            Term::Events => "events".to_owned(),
            Term::Lamport => "lamport".to_owned(),
        }
    }

    fn path(&self, whose: Whose, field: &Field, steps: &[Step]) -> String {
        let owner = match whose {
            Whose::Its => "it",
            Whose::Node(node) => self.name(node),
        };
        let own = Field::OWN.iter().find(|(_, own)| own == field).map(|(name, _)| *name);
        let field = match field {
            Field::Headline(name) => spelled(name),
            _ => own.unwrap_or_default().to_owned(),
        };
        let steps = steps.iter().map(|step| match step {
            Step::Field(name) => format!(".{}", spelled(name)),
            Step::Index(index) => format!("[{index}]"),
        });
        format!("{owner}.{field}{}", steps.collect::<String>())
    }

    fn event(&self, f: &mut fmt::Formatter<'_>, test: &EventTest) -> fmt::Result {
        f.write_str("event")?;
        // A name in quotes is taken as it is.
        let name =
            |name: &Option<String>| name.as_ref().map(|name| format!(" {}", in_quotes(name))).unwrap_or_default();
        match &test.kind {
            None => {}
            Some(Kind::Boot) => f.write_str(" boot")?,
            Some(Kind::Deliver(of)) => write!(f, " deliver{}", name(of))?,
            Some(Kind::Send(of)) => write!(f, " send{}", name(of))?,
            Some(Kind::Timer(of)) => write!(f, " timer{}", name(of))?,
            Some(Kind::Durable) => f.write_str(" durable")?,
            Some(Kind::Deed(None)) => f.write_str(" deed")?,
            Some(Kind::Deed(Some(deed))) => write!(f, " deed {deed}")?,
        }
        for (word, node) in [("at", test.at), ("from", test.from), ("to", test.to)] {
            if let Some(node) = node {
                write!(f, " {word} {}", self.name(node))?;
            }
        }
        for (order, event) in &test.clock {
            write!(f, " {} {event}", order.word())?;
        }
        Ok(())
    }
}

/// A name as it is written: in quotes, if it is no word.
fn spelled(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        && !name.ends_with('-')
        && !name.contains("--");
    if plain { name.to_owned() } else { in_quotes(name) }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Quantifier {
    fn word(self) -> &'static str {
        match self {
            Quantifier::Any => "any",
            Quantifier::All => "all",
            Quantifier::No => "no",
        }
    }
}

impl Relation {
    fn sign(self) -> &'static str {
        match self {
            Relation::Equal => "==",
            Relation::Unequal => "!=",
            Relation::Less => "<",
            Relation::AtMost => "<=",
            Relation::Greater => ">",
            Relation::AtLeast => ">=",
            Relation::Contains => "contains",
        }
    }
}

impl Order {
    fn word(self) -> &'static str {
        match self {
            Order::After => "after",
            Order::Before => "before",
            Order::Concurrent => "concurrent",
        }
    }
}
