//! The sections of a scenario file, read one by one. Bounds and names are the business of [`crate::check`], but for
//! the names of nodes, which the scenario itself does not keep.

use super::value::{Fields, Read, Value};
use crate::check::{MOST_NODES, Size, target_roles};
use crate::model::{Expectation, Prose, Scenario, Workload};
use crate::tree::Tree;
use crate::{catalogue, names};
use netsplit_check::verdict::Level;
use netsplit_protocols::{About, Field};
use netsplit_query::words::{known, listed, quoted};
use netsplit_sim::{
    Intervention, Latency, Link, Manner, Moment, MsgName, NodeId, Planned, Span, Target, Timing, Topology,
};
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

#[derive(Default)]
struct Network {
    link: Link,
    topology: Topology,
    timing: Timing,
    special: Vec<(NodeId, NodeId, Link)>,
}

/// Reads what names nodes.
struct Reader<'s> {
    about: &'static About,
    scenario: &'s Scenario,
}

impl Reader<'_> {
    fn network(&self, value: Value<'_, '_>) -> Read<Network> {
        let mut fields = value.table()?;
        let link = behaviour(&mut fields, Link::default())?;
        let topology = fields.read("topology", |value| self.topology(value))?.unwrap_or_default();
        let timing = fields.read("timing", timing)?.unwrap_or_default();
        let special = fields.read("link", |value| {
            each(value, |fields| {
                let [from, to] = self.ends(fields)?;
                Ok((from, to, behaviour(fields, link)?))
            })
        })?;
        fields.done()?;
        Ok(Network { link, topology, timing, special: special.unwrap_or_default() })
    }

    fn topology(&self, value: Value<'_, '_>) -> Read<Topology> {
        const SHAPES: [(&str, Topology); 6] = [
            ("mesh", Topology::Mesh),
            ("ring", Topology::Ring),
            ("star", Topology::Star),
            ("line", Topology::Line),
            ("tree", Topology::Tree),
            ("grid", Topology::Grid),
        ];
        if value.is_text() {
            let name = value.text()?;
            let shape = SHAPES.into_iter().find(|(shape, _)| *shape == name);
            let names = SHAPES.map(|(name, _)| name);
            let refuse = || {
                let known = known(name, &names);
                value.bad(format!(
                    "there is no topology {}; {known}, {{ random = 3 }}, {{ edges = [[\"n1\", \"n2\"]] }}",
                    quoted(name)
                ))
            };
            return shape.map_or_else(refuse, |(_, shape)| Ok(shape));
        }
        let mut fields = value.table()?;
        let (key, value) = fields.one_of(&["random", "edges"])?;
        fields.done()?;
        if key == "random" {
            return value.whole(1..=u16::MAX).map(Topology::Random);
        }
        let edge = |value: Value<'_, '_>| {
            let [a, b] = value.pair("the names of the nodes")?;
            Ok((self.node(a)?, self.node(b)?))
        };
        value.list()?.into_iter().map(edge).collect::<Read<_>>().map(Topology::Edges)
    }

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

    fn timeline(&self, value: Value<'_, '_>) -> Read<(Vec<Planned<Tree>>, Vec<u32>)> {
        let (mut timeline, mut origins, mut size) = (Vec::new(), Vec::new(), Size::default());
        for (index, mut fields) in value.tables()?.into_iter().enumerate() {
            let repeats = repeats(&mut fields)?;
            let what = self.interventions(&mut fields)?;
            for what in &what {
                size.add(what, repeats.times).or_else(|flaw| fields.bad(flaw.message))?;
            }
            fields.done()?;
            for what in what {
                let planned = |when| Planned { when, what: what.clone() };
                timeline.extend(repeats.moments().map(planned));
            }
            origins.resize(timeline.len(), index as u32);
        }
        Ok((timeline, origins))
    }

    /// What one entry of the timeline does: one thing, or the same in both directions.
    fn interventions(&self, fields: &mut Fields<'_, '_>) -> Read<Vec<Intervention<Tree>>> {
        let (key, value) = fields.one_of(&ACTIONS)?;
        if let Some(manner) = Manner::turned(key) {
            return Ok(vec![Intervention::Turn(self.target(value)?, manner)]);
        }
        let one = match key {
            "crash" => Intervention::Crash(self.target(value)?),
            "restart" => Intervention::Restart(self.target(value)?),
            "pause" => Intervention::Pause(self.target(value)?),
            "resume" => Intervention::Resume(self.target(value)?),
            "fire" => Intervention::Fire(self.target(value)?, fields.read("timer", Value::string)?),
            "clock" => {
                let offset = fields.read("offset", Value::offset)?.unwrap_or(0);
                let drift = fields.read("drift", Value::drift)?.unwrap_or(0);
                Intervention::Clock(self.target(value)?, offset, drift)
            }
            "disk" => {
                let write = fields.read("write", Value::span)?.unwrap_or(Span::ZERO);
                let lies = fields.read("lies", Value::bool)?.unwrap_or(false);
                Intervention::Disk(self.target(value)?, write, lies)
            }
            "invoke" => Intervention::Invoke(self.target(value)?, fields.need("op")?.tree()?),
            "cut" | "mend" => {
                let [from, to] = self.target_pair(value)?;
                along(key, from, to)
            }
            "cut-both" | "mend-both" => return self.both_ways(key, value),
            "partition" => {
                let group = |value: Value<'_, '_>| value.list()?.into_iter().map(|node| self.target(node)).collect();
                Intervention::Partition(value.list()?.into_iter().map(group).collect::<Read<_>>()?)
            }
            "heal" => {
                if !value.clone().bool()? {
                    return value.bad("write heal = true, or leave the entry out");
                }
                Intervention::Heal
            }
            "link" => self.relink(value)?,
            "network" => {
                let mut fields = value.table()?;
                let link = behaviour(&mut fields, self.scenario.link)?;
                fields.done()?;
                Intervention::Network(link)
            }
            _ => self.on_message(key, value)?,
        };
        Ok(vec![one])
    }

    fn both_ways(&self, key: &str, value: Value<'_, '_>) -> Read<Vec<Intervention<Tree>>> {
        let [a, b] = self.target_pair(value.clone())?;
        if a == b {
            return value.bad("name two different ends");
        }
        let key = key.trim_end_matches("-both");
        Ok(vec![along(key, a.clone(), b.clone()), along(key, b, a)])
    }

    fn relink(&self, value: Value<'_, '_>) -> Read<Intervention<Tree>> {
        let mut fields = value.table()?;
        let (from, to) = (self.target(fields.need("from")?)?, self.target(fields.need("to")?)?);
        let link = behaviour(&mut fields, self.scenario.link)?;
        fields.done()?;
        Ok(Intervention::Relink(from, to, link))
    }

    fn on_message(&self, key: &str, value: Value<'_, '_>) -> Read<Intervention<Tree>> {
        let mut fields = value.table()?;
        let [from, to] = self.ends(&mut fields)?;
        let nth = fields.need("nth")?.whole(0..=u32::MAX)?;
        let copy = fields.read("copy", |value| value.whole(0..=u8::MAX))?.unwrap_or(0);
        let name = MsgName { from, to, nth, copy };
        let what = match key {
            "drop" => Intervention::Drop(name),
            "duplicate" => Intervention::Duplicate(name),
            "deliver" => Intervention::Deliver(name),
            _ => Intervention::Delay(name, fields.need("by")?.span()?),
        };
        fields.done()?;
        Ok(what)
    }

    /// A workload, for each of those who ask.
    fn workloads(&self, fields: &mut Fields<'_, '_>) -> Read<Vec<Workload>> {
        let at = fields.read("at", |value| self.target(value))?;
        let from = fields.read("from", Value::time)?.unwrap_or_default();
        let until = fields.read("until", Value::time)?.unwrap_or(self.scenario.until);
        let (rhythm, every) = fields.one_of(&["every", "think"])?;
        let every = every.span()?;
        let patience = match (rhythm, fields.get("patience")) {
            ("think", patience) => Some(patience.map_or(Ok(PATIENCE), Value::span)?),
            (_, None) => None,
            (_, Some(lonely)) => {
                return lonely.bad("`patience` belongs to `think`, where the next question waits for an answer");
            }
        };
        let keys = fields.read("keys", |value| value.whole(0..=u32::MAX))?.unwrap_or(1);
        let skew = fields.read("skew", skew)?.unwrap_or(0);
        let (key, value) = fields.one_of(&["ops", "mix"])?;
        let asking = match at {
            Some(target) => vec![target],
            None => names::clients(self.about, self.scenario).map(Target::Node).collect(),
        };
        let one = |at: Target| {
            let value = value.clone();
            let ops = match key {
                "ops" => value.list()?.into_iter().map(Value::tree).collect::<Read<_>>()?,
                _ => self.mix(value, &at)?,
            };
            Ok(Workload { at, from, until, every, patience, ops, keys, skew })
        };
        asking.into_iter().map(one).collect()
    }

    /// So many parts of each operation on keys and values: `{ get = 5, put = 3 }`. Values tell who wrote them and in which
    /// turn; and what is compared is what the same client wrote last.
    fn mix(&self, value: Value<'_, '_>, at: &Target) -> Read<Vec<Tree>> {
        let who = match at {
            Target::Node(node) => names::names(self.about, self.scenario).swap_remove(node.index()),
            Target::Role(role) => role.clone(),
        };
        let mut ops = Vec::new();
        for (name, parts) in value.clone().table()?.entries() {
            let Some(form) = self.about.ops.iter().find(|form| form.name == name) else {
                let forms: Vec<_> = self.about.ops.iter().map(|form| form.name).collect();
                return value.bad(format!(
                    "{} has no operation {}; {}",
                    self.about.name,
                    quoted(&name),
                    known(&name, &forms)
                ));
            };
            let field = |field: &Field| {
                let gap = match field.name {
                    "value" => format!("{who} {{n}}"),
                    "expect" => format!("{who} {{last}}"),
                    _ => "{k}".to_owned(),
                };
                (field.name.to_owned(), Tree::Text(gap))
            };
            let op = Tree::Map([(name, Tree::Map(form.fields.iter().map(field).collect()))].into());
            ops.extend(std::iter::repeat_n(op, parts.whole(0..=64usize)?));
        }
        Ok(ops)
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

/// The exponent of Zipf's law in hundredths, as twice the exponent.
fn skew(value: Value<'_, '_>) -> Read<u32> {
    let hundredths = value.clone().whole(0..=200u32)?;
    match hundredths % 50 {
        0 => Ok(hundredths / 50),
        _ => value.bad(format!("a skew of {hundredths}: 0, 50, 100, 150 and 200 are possible")),
    }
}

/// How long clients in a closed loop wait for an answer if nothing is said.
const PATIENCE: Span = Span::secs(1);

/// What an entry of the timeline can do.
const ACTIONS: [&str; 26] = [
    "crash",
    "restart",
    "pause",
    "resume",
    "fire",
    "clock",
    "disk",
    "invoke",
    "cut",
    "cut-both",
    "mend",
    "mend-both",
    "partition",
    "heal",
    "link",
    "network",
    "drop",
    "duplicate",
    "deliver",
    "delay",
    "silence",
    "equivocate",
    "replay",
    "corrupt",
    "deceive",
    "honest",
];

fn along(key: &str, from: Target, to: Target) -> Intervention<Tree> {
    if key == "cut" { Intervention::Cut(from, to) } else { Intervention::Mend(from, to) }
}

/// When an entry of the timeline happens.
struct Repeats {
    first: Moment,
    every: Span,
    times: u32,
}

impl Repeats {
    fn moments(&self) -> impl Iterator<Item = Moment> {
        let Repeats { first, every, times } = *self;
        (0..times).map(move |nth| Moment { at: first.at + every.scale(u64::from(nth), 1), after: first.after })
    }
}

fn repeats(fields: &mut Fields<'_, '_>) -> Read<Repeats> {
    let at = fields.need("at")?.time()?;
    let after = fields.read("after", |value| value.whole(0..=u32::MAX))?.unwrap_or(0);
    let times = fields.get("times");
    let every = fields.get("every");
    let first = Moment { at, after };
    let (Some(times), Some(every)) = (&times, &every) else {
        let (Some(lonely), missing) =
            (times.as_ref().or(every.as_ref()), if times.is_some() { "every" } else { "times" })
        else {
            return Ok(Repeats { first, every: Span::ZERO, times: 1 });
        };
        return lonely.bad(format!("`every` and `times` belong together: `{missing}` is missing"));
    };
    let span = every.clone().span()?;
    if span == Span::ZERO {
        return every.bad("`every` is 0s: there must be some time between repetitions");
    }
    Ok(Repeats { first, every: span, times: times.clone().whole(1..=u32::MAX)? })
}

/// How links behave; what is not said is as in `usual`.
fn behaviour(fields: &mut Fields<'_, '_>, usual: Link) -> Read<Link> {
    Ok(Link {
        latency: fields.read("latency", latency)?.unwrap_or(usual.latency),
        loss: fields.read("loss", Value::ratio)?.unwrap_or(usual.loss),
        duplicate: fields.read("duplicate", Value::ratio)?.unwrap_or(usual.duplicate),
        reorder: fields.read("reorder", Value::ratio)?.unwrap_or(usual.reorder),
        fifo: fields.read("fifo", Value::bool)?.unwrap_or(usual.fifo),
    })
}

fn latency(value: Value<'_, '_>) -> Read<Latency> {
    if value.is_text() {
        return value.span().map(Latency::Constant);
    }
    let mut fields = value.table()?;
    let (key, value) = fields.one_of(&["constant", "uniform", "normal", "exponential", "heavy-tail"])?;
    fields.done()?;
    if key == "constant" {
        return value.span().map(Latency::Constant);
    }
    let (wanted, make): (&str, fn(Span, Span) -> Latency) = match key {
        "uniform" => ("the least and the most", Latency::Uniform),
        "normal" => ("the mean and the standard deviation", Latency::Normal),
        "exponential" => ("the least, and the mean of what comes on top", Latency::Exponential),
        _ => ("the least and the most", Latency::HeavyTail),
    };
    let [first, second] = value.pair(wanted)?;
    Ok(make(first.span()?, second.span()?))
}

fn timing(value: Value<'_, '_>) -> Read<Timing> {
    if value.is_text() {
        let given = value.text()?;
        let message = "there is no such timing: write \"asynchronous\", { gst = \"2s\", bound = \"30ms\" } \
                       or { round = \"10ms\" }";
        return if given == "asynchronous" { Ok(Timing::Asynchronous) } else { value.bad(message) };
    }
    let mut fields = value.table()?;
    let (key, value) = fields.one_of(&["round", "gst"])?;
    let timing = match key {
        "round" => Timing::Synchronous { round: value.span()? },
        _ => Timing::PartiallySynchronous { gst: value.time()?, bound: fields.need("bound")?.span()? },
    };
    fields.done()?;
    Ok(timing)
}
