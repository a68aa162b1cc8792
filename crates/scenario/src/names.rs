//! What the nodes of a scenario are called: the prefix of their part and a number, in the order of the parts.

use crate::model::Scenario;
use crate::tree::Tree;
use netsplit_protocols::{About, Part};
use netsplit_sim::NodeId;

/// How many nodes of a scenario play a part.
pub fn count(scenario: &Scenario, part: &Part) -> u16 {
    scenario.nodes.get(part.name).copied().unwrap_or(part.usual)
}

/// How many nodes a scenario has.
pub fn total(about: &About, scenario: &Scenario) -> u32 {
    about.parts.iter().map(|part| u32::from(count(scenario, part))).sum()
}

/// Those who ask, as a rule: the clients, or where there is no such part, the first part.
pub fn clients(about: &About, scenario: &Scenario) -> impl Iterator<Item = NodeId> {
    let asking = about.parts.iter().position(|part| part.name == "client").unwrap_or(0);
    let count = |part| count(scenario, part);
    let before: u16 = about.parts[..asking].iter().map(count).sum();
    (before..before + about.parts.get(asking).map_or(0, count)).map(NodeId)
}

/// How many of the nodes that play a protocol's first part it puts up with as liars.
pub fn liars(about: &About, scenario: &Scenario) -> u16 {
    let (Some(liars), Some(part)) = (about.liars, about.parts.first()) else { return 0 };
    let nodes = count(scenario, part);
    match scenario.config.get(liars.setting) {
        Some(Tree::Int(said)) => u16::try_from(*said).unwrap_or(0).min(nodes),
        _ => nodes.saturating_sub(1) / liars.of.max(1),
    }
}

/// The names of a scenario's nodes, by id.
pub fn names(about: &About, scenario: &Scenario) -> Vec<String> {
    let of_part = |part: &'static Part| (1..=count(scenario, part)).map(move |n| format!("{}{n}", part.prefix));
    about.parts.iter().flat_map(of_part).collect()
}

/// The node that has a name; cheap even where there are many nodes.
pub fn find(about: &About, scenario: &Scenario, name: &str) -> Option<NodeId> {
    let mut first = 0u32;
    for part in about.parts {
        let count = u32::from(count(scenario, part));
        let number = name.strip_prefix(part.prefix).filter(|rest| !rest.starts_with(['0', '+']));
        if let Some(n) = number.and_then(|rest| rest.parse::<u32>().ok()).filter(|n| (1..=count).contains(n)) {
            return u16::try_from(first + n - 1).ok().map(NodeId);
        }
        first += count;
    }
    None
}
