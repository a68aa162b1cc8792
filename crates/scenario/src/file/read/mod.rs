//! The sections of a scenario file, read one by one. Bounds and names are the business of [`crate::check`], but for
//! the names of nodes, which the scenario itself does not keep.

mod network;
mod timeline;
mod workload;

use super::value::{Fields, Read, Value};
use crate::check::{MOST_NODES, target_roles};
use crate::model::{Expectation, Prose, Scenario};
use crate::{catalogue, names};
use netsplit_check::verdict::Level;
use netsplit_protocols::About;
use netsplit_query::words::{known, listed, quoted};
use netsplit_sim::{NodeId, Target};
use toml::Spanned;
use toml::de::DeTable;

/// A scenario, and for each entry of its timeline the `[[timeline]]` table that it came from.
pub(super) struct Reading {
    pub scenario: Scenario,
    pub origins: Vec<u32>,
}

pub(super) fn scenario(document: &Spanned<DeTable<'_>>) -> Read<Reading> {
    let mut top = Fields::document(document);
    let mut scenario = Scenario::new("");
    head(&mut top, &mut scenario)?;
    let protocol = top.need("protocol")?;
    scenario.protocol = protocol.clone().string()?;
    let Some(about) = catalogue::about(&scenario.protocol) else {
        let protocols: Vec<_> = catalogue::protocols().iter().map(|about| about.name).collect();
        let given = quoted(&scenario.protocol);
        return protocol.bad(format!("there is no protocol {given}; {}", known(&scenario.protocol, &protocols)));
    };
    if let Some(nodes) = top.get("nodes") {
        for (part, count) in nodes.table()?.entries() {
            scenario.nodes.insert(part, count.whole(0..=MOST_NODES)?);
        }
    }
    if let Some(config) = top.get("config") {
        for (key, value) in config.table()?.entries() {
            scenario.config.insert(key, value.tree()?);
        }
    }
    top.read("disk", |value| disk(value, &mut scenario))?;
    let reader = Reader { about, scenario: &scenario };
    let network = top.read("network", |value| reader.network(value))?.unwrap_or_default();
    let reader = Reader { about, scenario: &Scenario { link: network.link, ..scenario.clone() } };
    let (timeline, origins) = top.read("timeline", |value| reader.timeline(value))?.unwrap_or_default();
    let workload = top.read("workload", |value| each(value, |fields| reader.workloads(fields)))?;
    let expect = top.read("expect", |value| each(value, |fields| reader.expectation(fields)))?;
    top.done()?;
    scenario.link = network.link;
    scenario.topology = network.topology;
    scenario.timing = network.timing;
    scenario.special = network.special;
    scenario.timeline = timeline;
    scenario.workload = workload.unwrap_or_default().concat();
    scenario.expect = expect.unwrap_or_default();
    Ok(Reading { scenario, origins })
}

fn head(top: &mut Fields<'_, '_>, scenario: &mut Scenario) -> Read<()> {
    scenario.name = top.read("name", Value::string)?.unwrap_or_default();
    scenario.prose = prose(top)?;
    scenario.prose_zh = top.read("zh", |value| {
        let mut fields = value.table()?;
        let prose = prose(&mut fields)?;
        fields.done()?;
        Ok(prose)
    })?;
    scenario.seed = top.read("seed", Value::seed)?.unwrap_or(scenario.seed);
    scenario.until = top.read("until", Value::time)?.unwrap_or(scenario.until);
    scenario.pace = top.read("pace", Value::span)?.unwrap_or(scenario.pace);
    let bugs = top.read("bugs", |value| value.list()?.into_iter().map(Value::string).collect())?;
    scenario.bugs = bugs.unwrap_or_default();
    Ok(())
}

fn prose(fields: &mut Fields<'_, '_>) -> Read<Prose> {
    let title = fields.read("title", Value::string)?.unwrap_or_default();
    let watch = fields.read("watch", Value::string)?.unwrap_or_default();
    Ok(Prose { title, watch })
}

fn disk(value: Value<'_, '_>, scenario: &mut Scenario) -> Read<()> {
    let mut fields = value.table()?;
    scenario.disk = fields.read("write", Value::span)?.unwrap_or(scenario.disk);
    scenario.disk_lies = fields.read("lies", Value::bool)?.unwrap_or(scenario.disk_lies);
    fields.done()
}

fn each<'a, 't, T>(value: Value<'a, 't>, mut read: impl FnMut(&mut Fields<'a, 't>) -> Read<T>) -> Read<Vec<T>> {
    let finished = |mut fields: Fields<'a, 't>| {
        let item = read(&mut fields)?;
        fields.done()?;
        Ok(item)
    };
    value.tables()?.into_iter().map(finished).collect()
}

/// Reads what names nodes.
struct Reader<'s> {
    about: &'static About,
    scenario: &'s Scenario,
}

impl Reader<'_> {
    fn node(&self, value: Value<'_, '_>) -> Read<NodeId> {
        let name = value.text()?;
        let refuse = || value.bad(format!("there is no node {}: there are {}", quoted(name), self.all_nodes()));
        names::find(self.about, self.scenario, name).map_or_else(refuse, Ok)
    }

    fn target(&self, value: Value<'_, '_>) -> Read<Target> {
        let name = value.text()?;
        if let Some(node) = names::find(self.about, self.scenario, name) {
            return Ok(Target::Node(node));
        }
        let roles = target_roles(self.about);
        if roles.contains(&name) {
            return Ok(Target::Role(name.to_owned()));
        }
        let (given, nodes) = (quoted(name), self.all_nodes());
        value.bad(format!("there is no node or role {given}: nodes are {nodes}; roles are {}", listed(roles)))
    }

    fn target_pair(&self, value: Value<'_, '_>) -> Read<[Target; 2]> {
        let [from, to] = value.pair("the nodes at its ends, each a name or a role")?;
        Ok([self.target(from)?, self.target(to)?])
    }

    fn ends(&self, fields: &mut Fields<'_, '_>) -> Read<[NodeId; 2]> {
        Ok([self.node(fields.need("from")?)?, self.node(fields.need("to")?)?])
    }

    /// `n1 to n5, c1`.
    fn all_nodes(&self) -> String {
        let of_part = |part: &netsplit_protocols::Part| match names::count(self.scenario, part) {
            0 => None,
            1 => Some(format!("{}1", part.prefix)),
            count => Some(format!("{0}1 to {0}{count}", part.prefix)),
        };
        self.about.parts.iter().filter_map(of_part).collect::<Vec<_>>().join(", ")
    }

    fn expectation(&self, fields: &mut Fields<'_, '_>) -> Read<Expectation> {
        let levels = Level::ALL.map(Level::name);
        let (key, value) = fields.one_of(&[&["violated", "role", "answered"], &levels[..]].concat())?;
        if let Some(level) = Level::ALL.into_iter().find(|level| level.name() == key) {
            return Ok(Expectation::Consistent(level, value.bool()?));
        }
        Ok(match key {
            "violated" => Expectation::Violated(value.string()?),
            "answered" => Expectation::Answered(value.whole(0..=u32::MAX)?),
            _ => Expectation::Roles {
                role: value.string()?,
                at: fields.need("at")?.time()?,
                least: fields.read("least", |value| value.whole(0..=u16::MAX))?.unwrap_or(1),
                most: fields.read("most", |value| value.whole(0..=u16::MAX))?.unwrap_or(u16::MAX),
            },
        })
    }
}
