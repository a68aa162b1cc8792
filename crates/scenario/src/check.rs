//! What makes a scenario impossible, wherever it came from: bounds and names. File and link go through the same
//! [`check`], so that neither can hold what the other refuses.

use crate::model::{Expectation, Scenario, Workload};
use crate::names;
use crate::tree::Tree;
use crate::{Link, catalogue};
use netsplit_protocols::About;
use netsplit_query::words::{known, listed, quoted};
use netsplit_sim::{Clock, Intervention, Latency, MsgName, NodeId, Planned, Span, Target, Time, Timing, Topology};
use std::collections::BTreeSet;

/// The most nodes a scenario can have.
pub const MOST_NODES: u16 = 2_000;
/// The longest run, and the longest of anything within it.
pub const LONGEST: Span = Span::secs(3_600);
/// The most entries a timeline can have after repetition, and the most that people can add.
pub const MOST_PLANNED: usize = 20_000;
/// The most that all those together may weigh: what they hold is repeated with them.
const HEAVIEST_PLAN: u64 = 200_000;
/// The most operations that workloads can generate.
pub const MOST_OPS: u64 = 100_000;
const MOST_WORKLOADS: usize = 32;
const MOST_FORMS: usize = 64;
const MOST_EXPECTATIONS: usize = 64;
const MOST_SPECIAL: usize = 10_000;
const MOST_EDGES: usize = 20_000;
const MOST_KEYS: u32 = 1_000_000;
const MOST_SKEW: u32 = 4;
const LONGEST_NAME: usize = 100;
const LONGEST_TEXT: usize = 2_000;
const LARGEST_TREE: usize = 1_000;

/// Why a scenario cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}{message}", prefix(.place))]
pub struct Unplayable {
    /// Where, as a path through the scenario file.
    pub place: Vec<Step>,
    /// What was given, and what would be accepted.
    pub message: String,
}

/// A step into a scenario file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Into a table.
    Key(String),
    /// Into a list, counted from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Step {
        Step::Key(key.to_owned())
    }
}
impl From<usize> for Step {
    fn from(index: usize) -> Step {
        Step::Index(index)
    }
}

fn prefix(place: &[Step]) -> String {
    let mut text = String::new();
    for step in place {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.extend([".", key]),
            Step::Index(index) => text.push_str(&format!("[{}]", index + 1)),
        }
    }
    if !text.is_empty() {
        text.push_str(": ");
    }
    text
}

impl Unplayable {
    /// Something is wrong right here.
    pub fn new(message: impl Into<String>) -> Unplayable {
        Unplayable { place: Vec::new(), message: message.into() }
    }
    /// The same, seen from one step further out.
    #[must_use]
    pub fn within(mut self, step: impl Into<Step>) -> Unplayable {
        self.place.insert(0, step.into());
        self
    }
}

type Verdict = Result<(), Unplayable>;

/// Puts a place on what is found there.
pub(crate) trait Within {
    fn within(self, step: impl Into<Step>) -> Self;
}
impl<T> Within for Result<T, Unplayable> {
    fn within(self, step: impl Into<Step>) -> Result<T, Unplayable> {
        self.map_err(|unplayable| unplayable.within(step))
    }
}

fn ensure(holds: bool, message: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Unplayable::new(message())) }
}

fn each<T>(items: &[T], most: usize, check: impl Fn(&T) -> Verdict) -> Verdict {
    ensure(items.len() <= most, || format!("{} entries: there can be {most} at most", items.len()))?;
    items.iter().enumerate().try_for_each(|(index, item)| check(item).within(index))
}

/// Checks bounds and names. What only the protocol can judge (its settings, the fields of its operations) is left to
/// [`open`](crate::open()). Returns the protocol.
pub fn check(scenario: &Scenario) -> Result<&'static About, Unplayable> {
    let names: Vec<_> = catalogue::protocols().iter().map(|about| about.name).collect();
    let unknown =
        || format!("there is no protocol {}; {}", quoted(&scenario.protocol), known(&scenario.protocol, &names));
    let about = catalogue::about(&scenario.protocol).ok_or_else(|| Unplayable::new(unknown()).within("protocol"))?;
    let checker = Checker { about, scenario };
    checker.prose()?;
    checker.clockwork()?;
    checker.nodes().within("nodes")?;
    checker.bugs().within("bugs")?;
    scenario.config.iter().try_for_each(|(key, value)| tree(value).within(key.as_str())).within("config")?;
    checker.network().within("network")?;
    duration(scenario.disk).within("write").within("disk")?;
    checker.planned(&scenario.timeline).within("timeline")?;
    checker.workloads().within("workload")?;
    each(&scenario.expect, MOST_EXPECTATIONS, |expected| checker.expectation(expected)).within("expect")?;
    Ok(about)
}

/// Checks what people did in a run of a scenario that has been checked.
pub fn check_interventions(
    scenario: &Scenario,
    about: &'static About,
    planned: &[Planned<Tree>],
) -> Result<(), Unplayable> {
    Checker { about, scenario }.planned(planned)
}

/// How much there is on a timeline, counted before it is written out.
#[derive(Default)]
pub(crate) struct Size {
    entries: u64,
    weight: u64,
}

impl Size {
    /// Counts an entry that happens so many times.
    pub fn add(&mut self, what: &Intervention<Tree>, times: u32) -> Result<(), Unplayable> {
        let weight = match what {
            Intervention::Partition(groups) => 1 + groups.iter().map(|group| 1 + group.len()).sum::<usize>(),
            Intervention::Invoke(_, op) => 1 + weight(op),
            _ => 1,
        };
        self.entries = self.entries.saturating_add(u64::from(times));
        self.weight = self.weight.saturating_add((weight as u64).saturating_mul(u64::from(times)));
        let entries = self.entries;
        ensure(entries <= MOST_PLANNED as u64, || {
            format!("with this there are {entries} entries: {MOST_PLANNED} at most")
        })?;
        ensure(self.weight <= HEAVIEST_PLAN, || {
            "with this the timeline holds too much: repeat it less often".to_owned()
        })
    }
}

struct Checker<'a> {
    about: &'static About,
    scenario: &'a Scenario,
}

impl Checker<'_> {
    fn prose(&self) -> Verdict {
        short(&self.scenario.name, LONGEST_NAME).within("name")?;
        let prose = |prose: &crate::Prose| {
            short(&prose.title, LONGEST_NAME).within("title")?;
            short(&prose.watch, LONGEST_TEXT).within("watch")
        };
        prose(&self.scenario.prose)?;
        self.scenario.prose_zh.as_ref().map_or(Ok(()), prose).within("zh")
    }

    fn clockwork(&self) -> Verdict {
        let Scenario { until, pace, .. } = self.scenario;
        ensure(*until > Time::ZERO, || "a run of no length: write one such as 3s".to_owned()).within("until")?;
        moment(*until).within("until")?;
        ensure(*pace > Span::ZERO, || "nothing would ever move: write a length such as 50ms".to_owned())
            .within("pace")?;
        duration(*pace).within("pace")
    }

    fn nodes(&self) -> Verdict {
        let parts: Vec<_> = self.about.parts.iter().map(|part| part.name).collect();
        for given in self.scenario.nodes.keys() {
            let message = || format!("{} has no part {}; {}", self.about.name, quoted(given), known(given, &parts));
            ensure(parts.contains(&given.as_str()), message).within(given.as_str())?;
        }
        for part in self.about.parts {
            let count = names::count(self.scenario, part);
            let message = || format!("{count} is too few: there must be at least {} of part {}", part.least, part.name);
            ensure(count >= part.least, message).within(part.name)?;
        }
        let total = names::total(self.about, self.scenario);
        let message = |total| format!("{total} nodes: there must be between 1 and {MOST_NODES}");
        ensure((1..=u32::from(MOST_NODES)).contains(&total), || message(total))
    }

    fn bugs(&self) -> Verdict {
        let bugs: Vec<_> = self.about.bugs.iter().map(|bug| bug.name).collect();
        each(&self.scenario.bugs, bugs.len().max(1), |given| {
            let message = || format!("{} has no bug {}; {}", self.about.name, quoted(given), known(given, &bugs));
            ensure(bugs.contains(&given.as_str()), message)
        })
    }

    fn network(&self) -> Verdict {
        link(&self.scenario.link)?;
        self.topology().within("topology")?;
        match self.scenario.timing {
            Timing::Asynchronous => Ok(()),
            Timing::PartiallySynchronous { gst, bound } => {
                moment(gst).within("gst")?;
                positive(bound).within("bound")
            }
            Timing::Synchronous { round } => positive(round).within("round"),
        }
        .within("timing")?;
        let mut seen = BTreeSet::new();
        let special = &self.scenario.special;
        ensure(special.len() <= MOST_SPECIAL, || format!("{} links: {MOST_SPECIAL} at most", special.len()))?;
        for (index, (from, to, behaviour)) in special.iter().enumerate() {
            let message = || "this link is already described above".to_owned();
            let verdict = ensure(seen.insert((*from, *to)), message)
                .and_then(|()| self.ends(*from, *to))
                .and_then(|()| link(behaviour));
            verdict.within(index).within("link")?;
        }
        Ok(())
    }

    fn topology(&self) -> Verdict {
        match &self.scenario.topology {
            Topology::Random(degree) => {
                let message = || format!("{degree} links a node: between 1 and {MOST_NODES} make sense");
                ensure((1..=MOST_NODES).contains(degree), message).within("random")
            }
            Topology::Edges(edges) => each(edges, MOST_EDGES, |(a, b)| self.ends(*a, *b)).within("edges"),
            _ => Ok(()),
        }
    }

    fn planned(&self, planned: &[Planned<Tree>]) -> Verdict {
        let mut size = Size::default();
        planned.iter().enumerate().try_for_each(|(index, entry)| size.add(&entry.what, 1).within(index))?;
        each(planned, MOST_PLANNED, |entry| {
            moment(entry.when.at).within("at")?;
            self.intervention(&entry.what).within(entry.what.name())
        })
    }

    fn intervention(&self, what: &Intervention<Tree>) -> Verdict {
        match what {
            Intervention::Crash(target)
            | Intervention::Restart(target)
            | Intervention::Pause(target)
            | Intervention::Resume(target)
            | Intervention::Turn(target, _) => self.target(target),
            Intervention::Fire(target, timer) => {
                self.target(target)?;
                timer.as_ref().map_or(Ok(()), |name| short(name, LONGEST_NAME))
            }
            Intervention::Clock(target, offset, drift) => {
                self.target(target)?;
                duration(Span(offset.unsigned_abs()))?;
                let most = Clock::MAX_DRIFT;
                let message = || format!("a drift of {drift}ppm: between -{most}ppm and {most}ppm are possible");
                ensure((-most..=most).contains(drift), message)
            }
            Intervention::Disk(target, write, _) => {
                self.target(target)?;
                duration(*write)
            }
            Intervention::Invoke(target, op) => {
                self.target(target)?;
                self.op(op)
            }
            Intervention::Cut(from, to) | Intervention::Mend(from, to) => self.target_pair(from, to),
            Intervention::Relink(from, to, behaviour) => {
                self.target_pair(from, to)?;
                link(behaviour)
            }
            Intervention::Partition(groups) => self.partition(groups),
            Intervention::Heal => Ok(()),
            Intervention::Network(behaviour) => link(behaviour),
            Intervention::Drop(message) | Intervention::Duplicate(message) | Intervention::Deliver(message) => {
                self.message(message)
            }
            Intervention::Delay(message, by) => {
                self.message(message)?;
                duration(*by).within("by")
            }
        }
    }

    fn partition(&self, groups: &[Vec<Target>]) -> Verdict {
        let mut seen = BTreeSet::new();
        for target in groups.iter().flatten() {
            self.target(target)?;
            let twice = matches!(target, Target::Node(node) if !seen.insert(*node));
            ensure(!twice, || "a node cannot be on two sides at once".to_owned())?;
        }
        let most = usize::from(MOST_NODES);
        ensure(groups.len() <= most, || format!("{} groups: {most} at most", groups.len()))
    }

    fn message(&self, message: &MsgName) -> Verdict {
        self.ends(message.from, message.to)
    }

    fn ends(&self, from: NodeId, to: NodeId) -> Verdict {
        self.node(from)?;
        self.node(to)?;
        ensure(from != to, || "a link leads from one node to another, not to itself".to_owned())
    }

    fn target_pair(&self, from: &Target, to: &Target) -> Verdict {
        self.target(from)?;
        self.target(to)?;
        let same = matches!((from, to), (Target::Node(a), Target::Node(b)) if a == b);
        ensure(!same, || "a link leads from one node to another, not to itself".to_owned())
    }

    fn node(&self, node: NodeId) -> Verdict {
        let total = names::total(self.about, self.scenario);
        ensure(u32::from(node.0) < total, || format!("there is no node number {}: there are {total}", node.0))
    }

    fn target(&self, target: &Target) -> Verdict {
        match target {
            Target::Node(node) => self.node(*node),
            Target::Role(role) => self.role(role),
        }
    }

    fn role(&self, role: &str) -> Verdict {
        let roles = target_roles(self.about);
        ensure(roles.contains(&role), || format!("no node is ever a {}; {}", quoted(role), known(role, &roles)))
    }

    fn op(&self, op: &Tree) -> Verdict {
        tree(op)?;
        let ops: Vec<_> = self.about.ops.iter().map(|op| op.name).collect();
        let name = match op {
            Tree::Text(name) => name.as_str(),
            Tree::Map(fields) if fields.len() == 1 => fields.keys().next().map_or("", String::as_str),
            _ => {
                let form = ops.first().copied().unwrap_or("name");
                return Err(Unplayable::new(format!(
                    "an operation is written as its name with its fields, like {{ {form} = {{ … }} }}; {} can do {}",
                    self.about.name,
                    listed(ops),
                )));
            }
        };
        let message = || format!("{} has no operation {}; {}", self.about.name, quoted(name), known(name, &ops));
        ensure(ops.contains(&name), message)
    }

    fn workloads(&self) -> Verdict {
        let total: u64 = self.scenario.workload.iter().map(turns).fold(0, u64::saturating_add);
        each(&self.scenario.workload, MOST_WORKLOADS, |workload| self.workload(workload))?;
        ensure(total <= MOST_OPS, || format!("{total} operations altogether: {MOST_OPS} at most"))
    }

    fn workload(&self, workload: &Workload) -> Verdict {
        self.target(&workload.at).within("at")?;
        moment(workload.from).within("from")?;
        moment(workload.until).within("until")?;
        positive(workload.every).within(if workload.patience.is_none() { "every" } else { "think" })?;
        workload.patience.map_or(Ok(()), positive).within("patience")?;
        let message = || format!("{} keys: between 1 and {MOST_KEYS} are possible", workload.keys);
        ensure((1..=MOST_KEYS).contains(&workload.keys), message).within("keys")?;
        let message = || format!("a skew of {}: 0, 50, 100, 150 and 200 are possible", u64::from(workload.skew) * 50);
        ensure(workload.skew <= MOST_SKEW, message).within("skew")?;
        ensure(!workload.ops.is_empty(), || "there must be an operation to draw".to_owned()).within("ops")?;
        each(&workload.ops, MOST_FORMS, |op| self.op(op)).within("ops")
    }

    fn expectation(&self, expected: &Expectation) -> Verdict {
        match expected {
            Expectation::Violated(name) => {
                let invariants: Vec<_> = self.about.invariants.iter().map(|invariant| invariant.name).collect();
                let unknown = || {
                    let (protocol, known) = (self.about.name, known(name, &invariants));
                    format!("{protocol} has no invariant {}; {known}", quoted(name))
                };
                ensure(invariants.contains(&name.as_str()), unknown).within("violated")
            }
            Expectation::Roles { role, at, least, most } => {
                let roles: Vec<_> = self.about.roles.iter().map(|role| role.name).collect();
                let unknown = || format!("no node is ever a {}; {}", quoted(role), known(role, &roles));
                ensure(roles.contains(&role.as_str()), unknown).within("role")?;
                let late = || format!("{at} is after the end of the run, which is at {}", self.scenario.until);
                ensure(*at <= self.scenario.until, late).within("at")?;
                let message = || format!("between {least} and {most} is between nothing: least is more than most");
                ensure(least <= most, message).within("least")
            }
            Expectation::Answered(_) | Expectation::Consistent(..) => Ok(()),
        }
    }
}

/// The roles that scenarios can name a node by: those of the protocol, and `down`.
pub(crate) fn target_roles(about: &About) -> Vec<&'static str> {
    about.roles.iter().map(|role| role.name).chain(["down"]).collect()
}

/// How many operations a workload generates; in a closed loop, if all are answered at once.
pub(crate) fn turns(workload: &Workload) -> u64 {
    workload.until.since(workload.from).0.div_ceil(workload.every.0.max(1))
}

/// How links behave.
fn link(link: &netsplit_sim::Link) -> Verdict {
    latency(&link.latency).within("latency")
}

fn latency(latency: &Latency) -> Verdict {
    let (first, second) = match *latency {
        Latency::Constant(span) => (span, span),
        Latency::Uniform(low, high) => {
            let message = || format!("from {low} to {high}: the least must come first");
            ensure(low <= high, message).within("uniform")?;
            (low, high)
        }
        Latency::Normal(mean, deviation) => (mean, deviation),
        Latency::Exponential(least, mean) => (least, mean),
        Latency::HeavyTail(least, most) => {
            let message = || format!("from {least} to {most}: the least must come first");
            ensure(least <= most, message).within("heavy-tail")?;
            (least, most)
        }
    };
    duration(first)?;
    duration(second)
}

fn duration(span: Span) -> Verdict {
    ensure(span <= LONGEST, || format!("{span} is too long: an hour (3600s) at most"))
}

fn positive(span: Span) -> Verdict {
    ensure(span > Span::ZERO, || "this must be longer than 0s".to_owned())?;
    duration(span)
}

fn moment(time: Time) -> Verdict {
    duration(time.since(Time::ZERO))
}

fn short(text: &str, most: usize) -> Verdict {
    let length = text.chars().take(most + 1).count();
    ensure(length <= most, || format!("this text is too long: {most} characters at most"))
}

fn tree(value: &Tree) -> Verdict {
    let message = || format!("this value is too large: {LARGEST_TREE} values and characters at most");
    ensure(weight(value) <= LARGEST_TREE, message)
}

/// Roughly how many words of memory a value takes.
fn weight(value: &Tree) -> usize {
    match value {
        Tree::Bool(_) | Tree::Int(_) => 1,
        Tree::Text(text) => 1 + text.len(),
        Tree::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Tree::Map(fields) => 16 + fields.iter().map(|(key, value)| key.len() + weight(value)).sum::<usize>(),
    }
}

/// Checks a link: its scenario, and what people did.
pub fn check_link(link: &Link) -> Result<&'static About, Unplayable> {
    let about = check(&link.scenario)?;
    check_interventions(&link.scenario, about, &link.interventions)
        .map_err(|unplayable| unplayable.within("interventions"))?;
    let message = || format!("{} places: there are no more than {MOST_NODES} nodes", link.view.places.len());
    ensure(link.view.places.len() <= usize::from(MOST_NODES), message)
        .map_err(|unplayable| unplayable.within("view"))?;
    Ok(about)
}
