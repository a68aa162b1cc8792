//! From a checked scenario's own words to what a protocol can take: who plays what, settings, bugs, interventions with
//! operations that are on their way into the protocol's own type.

use crate::check::Unplayable;
use crate::form;
use crate::model::Scenario;
use crate::names;
use crate::tree::Tree;
use netsplit_protocols::{About, Bugs, Cast};
use netsplit_sim::{Intervention, Network, Planned};
use serde_json::{Error, Value};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Who plays what.
pub(crate) fn cast(scenario: &Scenario, about: &About) -> Cast {
    let playing = |(number, part)| std::iter::repeat_n(number, usize::from(names::count(scenario, part)));
    Cast { parts: about.parts.iter().enumerate().flat_map(playing).collect() }
}

/// What the scenario sets.
pub(crate) fn settings(settings: &BTreeMap<String, Tree>) -> Value {
    Tree::Map(settings.clone()).into()
}

/// Settings laid over the usual ones, which are JSON: what both have is as the scenario sets it.
pub(crate) fn over(usual: &str, settings: Value) -> Value {
    match (serde_json::from_str(usual), settings) {
        (Ok(Value::Object(mut all)), Value::Object(these)) => {
            all.extend(these);
            Value::Object(all)
        }
        (_, settings) => settings,
    }
}

/// Which of the settings is to blame for an error that does not say so: those that fail alone, tried one by one.
pub(crate) fn blame(
    settings: &BTreeMap<String, Tree>,
    all: &Error,
    alone: &dyn Fn(Value) -> Option<Error>,
) -> Unplayable {
    let fails = |(name, value): (&String, &Tree)| {
        let error = alone(Tree::Map(BTreeMap::from([(name.clone(), value.clone())])).into())?;
        Some(Unplayable::new(error.to_string()).within(name.as_str()))
    };
    settings.iter().find_map(fails).unwrap_or_else(|| Unplayable::new(all.to_string())).within("config")
}

/// The bugs that are switched on.
pub(crate) fn bugs(names: &[String], about: &About) -> Bugs {
    let numbers = names.iter().filter_map(|name| about.bugs.iter().position(|bug| bug.name == name));
    numbers.fold(Bugs::NONE, Bugs::with)
}

/// The links at the start.
pub(crate) fn network(scenario: &Scenario) -> Network {
    Network {
        link: scenario.link,
        timing: scenario.timing,
        special: scenario.special.iter().map(|(from, to, link)| ((*from, *to), *link)).collect(),
        ..Network::default()
    }
}

/// A planned intervention, with its operation as the protocol reads it.
pub(crate) fn planned(planned: &Planned<Tree>, about: &About, names: &[String]) -> Planned<Value> {
    Planned { when: planned.when, what: intervention(planned.what.clone(), about, names) }
}

/// An intervention, with its operation as the protocol reads it.
pub(crate) fn intervention(what: Intervention<Tree>, about: &About, names: &[String]) -> Intervention<Value> {
    let read: Result<_, Infallible> = what.try_map_op(|op| Ok(operation(op, about, names)));
    match read {
        Ok(what) => what,
        Err(never) => match never {},
    }
}

/// An operation as the protocol reads it.
pub(crate) fn operation(op: Tree, about: &About, names: &[String]) -> Value {
    form::with_numbers(op, about.ops, names).into()
}

/// What to say when the protocol does not understand one.
pub(crate) fn misunderstood(about: &About, error: &Error) -> Unplayable {
    Unplayable::new(format!("{} does not understand this operation: {error}", about.name))
}
