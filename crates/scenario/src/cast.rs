//! From a checked scenario's own words to a protocol's types: who plays what, settings, bugs, interventions.

use crate::check::{Unplayable, Within};
use crate::model::Scenario;
use crate::tree::Tree;
use crate::{form, names};
use netsplit_protocols::{About, Bugs, Cast, Entry};
use netsplit_sim::{Intervention, Planned};
use std::collections::BTreeMap;

/// Who plays what.
pub(crate) fn cast(scenario: &Scenario, about: &About) -> Cast {
    let playing = |(number, part)| std::iter::repeat_n(number, usize::from(names::count(scenario, part)));
    Cast { parts: about.parts.iter().enumerate().flat_map(playing).collect() }
}

/// The protocol's settings: its defaults, with what the scenario says instead.
pub(crate) fn config<P: Entry>(settings: &BTreeMap<String, Tree>) -> Result<P::Config, Unplayable> {
    let parse = |settings: BTreeMap<String, Tree>| serde_json::from_value::<P::Config>(Tree::Map(settings).into());
    let whole = parse(settings.clone()).map_err(|error| Unplayable::new(error.to_string()));
    whole.map_err(|all| {
        // The error does not say which setting it is about: try them one by one.
        let alone = |(name, value): (&String, &Tree)| {
            let error = parse(BTreeMap::from([(name.clone(), value.clone())])).err()?;
            Some(Unplayable::new(error.to_string()).within(name.as_str()))
        };
        settings.iter().find_map(alone).unwrap_or(all).within("config")
    })
}

/// The bugs that are switched on.
pub(crate) fn bugs(names: &[String], about: &About) -> Bugs {
    let numbers = names.iter().filter_map(|name| about.bugs.iter().position(|bug| bug.name == name));
    numbers.fold(Bugs::NONE, Bugs::with)
}

/// Planned interventions, with their operations in the protocol's own type.
pub(crate) fn planned<P: Entry>(
    planned: &[Planned<Tree>],
    names: &[String],
) -> Result<Vec<Planned<P::Op>>, Unplayable> {
    let typed = |(index, planned): (usize, &Planned<Tree>)| {
        let what = intervention::<P>(planned.what.clone(), names).within("op").within(index)?;
        Ok(Planned { when: planned.when, what })
    };
    planned.iter().enumerate().map(typed).collect()
}

/// An intervention, with its operation in the protocol's own type.
pub(crate) fn intervention<P: Entry>(
    what: Intervention<Tree>,
    names: &[String],
) -> Result<Intervention<P::Op>, Unplayable> {
    what.try_map_op(|op| operation::<P>(op, names))
}

/// An operation in the protocol's own type.
pub(crate) fn operation<P: Entry>(op: Tree, names: &[String]) -> Result<P::Op, Unplayable> {
    let op = form::with_numbers(op, P::ABOUT.ops, names);
    let reason = |error| format!("{} does not understand this operation: {error}", P::ABOUT.name);
    serde_json::from_value(op.into()).map_err(|error| Unplayable::new(reason(error)))
}
