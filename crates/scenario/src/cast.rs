//! From a scenario's own words to a protocol's types: who plays what, settings, bugs, interventions.

use crate::form;
use crate::model::Scenario;
use crate::open::{Place, Unplayable};
use crate::session::Refusal;
use crate::tree::Tree;
use netsplit_protocols::{About, Bugs, Cast, Entry};
use netsplit_sim::{Clock, Intervention, Latency, Link, NodeId, Span, Target};
use std::collections::BTreeMap;

/// The most nodes a run can have.
pub const MOST_NODES: u16 = 2_000;

/// The longest latency, delay or disk write that makes sense in a run.
pub const LONGEST_SPAN: Span = Span::secs(3_600);

/// Who plays what, and what each node is called.
pub(crate) fn cast(scenario: &Scenario, about: &About) -> Result<(Cast, Vec<String>), Unplayable> {
    let nodes = |reason: String| Unplayable::new(Place::Nodes, reason);
    if let Some(unknown) = scenario.nodes.keys().find(|name| about.parts.iter().all(|part| part.name != **name)) {
        let known: Vec<_> = about.parts.iter().map(|part| part.name).collect();
        return Err(nodes(format!("{} has no part {unknown:?}: it has {}", about.name, known.join(", "))));
    }
    let mut cast = Cast::default();
    let mut names = Vec::new();
    for (number, part) in about.parts.iter().enumerate() {
        let count = scenario.nodes.get(part.name).copied().unwrap_or(part.usual);
        if count < part.least {
            return Err(nodes(format!("{} needs at least {} of {}, not {count}", about.name, part.least, part.name)));
        }
        if usize::from(count) + cast.parts.len() > usize::from(MOST_NODES) {
            return Err(nodes(format!("a run has at most {MOST_NODES} nodes in all")));
        }
        cast.parts.extend((0..count).map(|_| number));
        names.extend((1..=count).map(|n| format!("{}{n}", part.prefix)));
    }
    if cast.parts.is_empty() {
        return Err(nodes("a run needs at least one node".to_owned()));
    }
    Ok((cast, names))
}

/// The protocol's settings: its defaults, with what the scenario says instead.
pub(crate) fn config<P: Entry>(settings: &BTreeMap<String, Tree>) -> Result<P::Config, Unplayable> {
    let parse = |settings: BTreeMap<String, Tree>| serde_json::from_value::<P::Config>(Tree::Map(settings).into());
    parse(settings.clone()).map_err(|error| {
        // The error does not say which setting it is about: try them one by one.
        for (name, value) in settings {
            if let Err(error) = parse(BTreeMap::from([(name.clone(), value.clone())])) {
                return Unplayable::new(Place::Config(Some(name.clone())), error.to_string());
            }
        }
        Unplayable::new(Place::Config(None), error.to_string())
    })
}

/// The bugs that are switched on.
pub(crate) fn bugs(names: &[String], about: &About) -> Result<Bugs, Unplayable> {
    let mut bugs = Bugs::NONE;
    for (at, name) in names.iter().enumerate() {
        let Some(number) = about.bugs.iter().position(|bug| bug.name == name) else {
            let known: Vec<_> = about.bugs.iter().map(|bug| bug.name).collect();
            let reason = format!("{} has no bug {name:?}: it has {}", about.name, known.join(", "));
            return Err(Unplayable::new(Place::Bug(at), reason));
        };
        bugs = bugs.with(number);
    }
    Ok(bugs)
}

/// An intervention that makes sense in this run, with the operation in the protocol's own type.
pub(crate) fn intervention<P: Entry>(
    what: Intervention<Tree>,
    names: &[String],
) -> Result<Intervention<P::Op>, Refusal> {
    check(&what, P::ABOUT, names.len())?;
    what.try_map_op(|op| operation::<P>(op, names))
}

/// An operation in the protocol's own type.
pub(crate) fn operation<P: Entry>(op: Tree, names: &[String]) -> Result<P::Op, Refusal> {
    serde_json::from_value(form::with_numbers(op, P::ABOUT.ops, names).into())
        .map_err(|error| Refusal::Op { protocol: P::ABOUT.name, reason: error.to_string() })
}

fn check(what: &Intervention<Tree>, about: &About, nodes: usize) -> Result<(), Refusal> {
    what.targets().into_iter().try_for_each(|target| check_target(target, about, nodes))?;
    match what {
        Intervention::Clock(_, offset, drift) => check_clock(*offset, *drift),
        Intervention::Disk(_, latency, _) => check_span("a disk write", *latency),
        Intervention::Delay(name, by) => {
            check_span("a delay", *by)?;
            check_node(name.from, nodes).and_then(|()| check_node(name.to, nodes))
        }
        Intervention::Relink(_, _, link) | Intervention::Network(link) => {
            check_link(link).map_err(Refusal::Bounds)
        }
        _ => Ok(()),
    }
}

pub(crate) fn check_target(target: &Target, about: &About, nodes: usize) -> Result<(), Refusal> {
    match target {
        Target::Node(node) => check_node(*node, nodes),
        Target::Role(role) if role == "down" || about.roles.iter().any(|known| known.name == role) => Ok(()),
        Target::Role(role) => {
            let known: Vec<_> = about.roles.iter().map(|role| role.name).chain(["down"]).collect();
            Err(Refusal::NoRole(role.chars().take(40).collect(), known.join(", ")))
        }
    }
}

fn check_node(node: NodeId, nodes: usize) -> Result<(), Refusal> {
    if node.index() < nodes { Ok(()) } else { Err(Refusal::NoNode(node.0.saturating_add(1), nodes)) }
}

fn check_span(what: &str, span: Span) -> Result<(), Refusal> {
    if span <= LONGEST_SPAN {
        return Ok(());
    }
    Err(Refusal::Bounds(format!("{what} of {span} is too long: at most {LONGEST_SPAN}")))
}

fn check_clock(offset: i64, drift: i32) -> Result<(), Refusal> {
    if drift.abs() > Clock::MAX_DRIFT {
        let most = Clock::MAX_DRIFT;
        return Err(Refusal::Bounds(format!("a drift of {drift} parts per million is too much: at most {most}")));
    }
    check_span("a clock offset", Span(offset.unsigned_abs()))
}

/// Whether a link's behaviour is possible.
pub(crate) fn check_link(link: &Link) -> Result<(), String> {
    let (low, high) = match link.latency {
        Latency::Constant(span) => (span, span),
        Latency::Uniform(low, high) if high < low => {
            return Err(format!("a latency between {low} and {high}: the first must not be above the second"));
        }
        Latency::HeavyTail(low, high) if high < low => {
            return Err(format!("a latency from {low} up to {high}: the first must not be above the second"));
        }
        Latency::Uniform(low, high)
        | Latency::HeavyTail(low, high)
        | Latency::Normal(low, high)
        | Latency::Exponential(low, high) => (low, high),
    };
    if low.max(high) > LONGEST_SPAN {
        return Err(format!("a latency of {} is too long: at most {LONGEST_SPAN}", low.max(high)));
    }
    Ok(())
}
