//! The content of links of version 1. FROZEN: links that people have sent each other hold exactly this. What a new
//! release wants to say otherwise goes into a new version; this one only ever learns to become the newer model.
//!
//! The format (postcard) does not describe itself: the order of fields and variants is the format.

use crate::check::{Size, Unplayable};
use crate::gallery;
use crate::link::{Link as FullLink, Selection, View};
use crate::model::{self, Expectation, Prose, Scenario, Workload};
use crate::session::Cursor;
use crate::tree::Tree;
use netsplit_sim::{
    EventId, Intervention, Latency, Link as Behaviour, Moment, MsgName, NodeId, Planned, Ratio, Span, Target, Time,
    Timing, Topology,
};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    scenario: WireScenario,
    interventions: Few<WireEntry, 20_000>,
    events: u32,
    time: Nanos,
    hash: [u8; 8],
    selection: Option<WireSelection>,
    folded: u32,
    places: Few<(u16, u16, u16), 2_000>,
}

#[derive(Serialize, Deserialize)]
struct WireScenario {
    name: String,
    /// None: as the gallery has it under that name.
    prose: Option<(WireProse, Option<WireProse>)>,
    protocol: String,
    seed: u64,
    until: Nanos,
    pace: Nanos,
    nodes: Few<(String, u16), 100>,
    config: Few<(String, Json), 1_000>,
    bugs: Few<String, 100>,
    topology: WireTopology,
    link: WireBehaviour,
    timing: WireTiming,
    special: Few<(u16, u16, WireBehaviour), 10_000>,
    disk: Nanos,
    disk_lies: bool,
    timeline: Few<WireEntry, 20_000>,
    workload: Few<WireWorkload, 32>,
    expect: Few<WireExpectation, 64>,
}

#[derive(Serialize, Deserialize)]
struct WireProse {
    title: String,
    watch: String,
}

#[derive(Serialize, Deserialize)]
enum WireTopology {
    Mesh,
    Ring,
    Star,
    Line,
    Tree,
    Grid,
    Random(u16),
    Edges(Few<(u16, u16), 20_000>),
}

/// `None` is what a link is like if nothing is said: 5 to 15 ms, nothing lost. Written out it takes ten bytes.
#[derive(Serialize, Deserialize)]
struct WireBehaviour(Option<WireLink>);

#[derive(Serialize, Deserialize)]
struct WireLink {
    latency: WireLatency,
    /// Ratios are billionths, as a `u32`: their own form.
    loss: Ratio,
    duplicate: Ratio,
    reorder: Ratio,
    fifo: bool,
}

#[derive(Serialize, Deserialize)]
enum WireLatency {
    Constant(Nanos),
    Uniform(Nanos, Nanos),
    Normal(Nanos, Nanos),
    Exponential(Nanos, Nanos),
    HeavyTail(Nanos, Nanos),
}

#[derive(Serialize, Deserialize)]
enum WireTiming {
    Asynchronous,
    PartiallySynchronous { gst: Nanos, bound: Nanos },
    Synchronous { round: Nanos },
}

/// Entries that repeat at even steps are one.
#[derive(Serialize, Deserialize)]
struct WireEntry {
    at: Nanos,
    after: u32,
    /// How long until it happens again, and how often altogether.
    again: Option<(Nanos, u32)>,
    what: WireIntervention,
}

#[derive(Serialize, Deserialize)]
enum WireIntervention {
    Crash(WireTarget),
    Restart(WireTarget),
    Pause(WireTarget),
    Resume(WireTarget),
    Fire(WireTarget, Option<String>),
    Clock(WireTarget, i64, i32),
    Disk(WireTarget, Nanos, bool),
    Invoke(WireTarget, Json),
    Cut(WireTarget, WireTarget),
    Mend(WireTarget, WireTarget),
    Partition(Few<Few<WireTarget, 2_000>, 2_000>),
    Heal,
    Relink(WireTarget, WireTarget, WireBehaviour),
    Network(WireBehaviour),
    Drop(WireMsg),
    Duplicate(WireMsg),
    Deliver(WireMsg),
    Delay(WireMsg, Nanos),
}

#[derive(Serialize, Deserialize)]
enum WireTarget {
    Node(u16),
    Role(String),
}

#[derive(Serialize, Deserialize)]
struct WireMsg(u16, u16, u32, u8);

#[derive(Serialize, Deserialize)]
struct WireWorkload {
    at: WireTarget,
    from: Nanos,
    until: Nanos,
    every: Nanos,
    ops: Few<Json, 64>,
    keys: u32,
}

#[derive(Serialize, Deserialize)]
enum WireExpectation {
    Violated(String),
    Roles { role: String, at: Nanos, least: u16, most: u16 },
    Answered(u32),
}

#[derive(Serialize, Deserialize)]
enum WireSelection {
    Node(u16),
    Event(u32),
    Message(WireMsg),
    Link(u16, u16),
}

/// Nanoseconds. Times that people write end in many zeros: the digits before them times ten, plus how many there are.
#[derive(Clone, Copy)]
struct Nanos(u64);

impl Serialize for Nanos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (mut digits, mut zeros) = (self.0.min(Span::MAX.0), 0);
        while digits > 0 && digits.is_multiple_of(10) && zeros < 9 {
            digits /= 10;
            zeros += 1;
        }
        (digits * 10 + zeros).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Nanos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Nanos, D::Error> {
        let packed = u64::deserialize(deserializer)?;
        let nanos = (packed / 10).checked_mul(10u64.pow((packed % 10) as u32));
        let nanos = nanos.filter(|nanos| *nanos <= Span::MAX.0);
        nanos.map(Nanos).ok_or_else(|| Error::custom("a time beyond 31 years"))
    }
}

/// A list that refuses to become longer than any honest one, while it is read.
struct Few<T, const MOST: usize>(Vec<T>);

impl<T: Serialize, const MOST: usize> Serialize for Few<T, MOST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting<T, const MOST: usize>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Counting<T, MOST> {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {MOST} items")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
                let mut few = Vec::new();
                while let Some(item) = items.next_element()? {
                    if few.len() == MOST {
                        return Err(Error::invalid_length(few.len() + 1, &self));
                    }
                    few.push(item);
                }
                Ok(few)
            }
        }
        deserializer.deserialize_seq(Counting::<T, MOST>(std::marker::PhantomData)).map(Few)
    }
}

impl<T, const MOST: usize> FromIterator<T> for Few<T, MOST> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Few(items.into_iter().collect())
    }
}

/// A value whose type only a protocol knows: JSON, since it describes itself and its reader bounds its depth.
#[derive(Serialize, Deserialize)]
struct Json(String);

impl From<&Tree> for Json {
    fn from(tree: &Tree) -> Json {
        Json(serde_json::Value::from(tree.clone()).to_string())
    }
}

impl Json {
    /// The longest such value in bytes; a longer one is refused before it is taken apart.
    const LONGEST: usize = 8_192;

    fn unpack(self) -> Result<Tree, Unplayable> {
        if self.0.len() > Json::LONGEST {
            return Err(Unplayable::new("this value is too large"));
        }
        let value: serde_json::Value =
            serde_json::from_str(&self.0).map_err(|error| Unplayable::new(format!("not a value: {error}")))?;
        Tree::try_from(value).map_err(|error| Unplayable::new(error.to_string()))
    }
}

// ---- from the model ----

impl From<&FullLink> for Link {
    fn from(link: &FullLink) -> Link {
        Link {
            scenario: WireScenario::from(&link.scenario),
            interventions: entries(&link.interventions),
            events: link.cursor.events,
            time: nanos(link.cursor.time),
            hash: link.hash.to_le_bytes(),
            selection: link.view.selection.map(WireSelection::from),
            folded: link.view.folded,
            places: link.view.places.iter().map(|(node, x, y)| (node.0, *x, *y)).collect(),
        }
    }
}

impl From<&Scenario> for WireScenario {
    fn from(scenario: &Scenario) -> WireScenario {
        let wire = |prose: &Prose| WireProse { title: prose.title.clone(), watch: prose.watch.clone() };
        let prose =
            (!gallery_has_prose(scenario)).then(|| (wire(&scenario.prose), scenario.prose_zh.as_ref().map(wire)));
        WireScenario {
            name: scenario.name.clone(),
            prose,
            protocol: scenario.protocol.clone(),
            seed: scenario.seed,
            until: nanos(scenario.until),
            pace: Nanos(scenario.pace.0),
            nodes: scenario.nodes.iter().map(|(part, count)| (part.clone(), *count)).collect(),
            config: scenario.config.iter().map(|(key, value)| (key.clone(), value.into())).collect(),
            bugs: scenario.bugs.iter().cloned().collect(),
            topology: WireTopology::from(&scenario.topology),
            link: WireBehaviour::from(&scenario.link),
            timing: WireTiming::from(scenario.timing),
            special: scenario.special.iter().map(|(from, to, link)| (from.0, to.0, link.into())).collect(),
            disk: Nanos(scenario.disk.0),
            disk_lies: scenario.disk_lies,
            timeline: entries(&scenario.timeline),
            workload: scenario.workload.iter().map(WireWorkload::from).collect(),
            expect: scenario.expect.iter().map(WireExpectation::from).collect(),
        }
    }
}

fn gallery_has_prose(scenario: &Scenario) -> bool {
    gallery::find(&scenario.name).is_some_and(|original| {
        original.protocol == scenario.protocol
            && original.prose == scenario.prose
            && original.prose_zh == scenario.prose_zh
    })
}

fn nanos(time: Time) -> Nanos {
    Nanos(time.since(Time::ZERO).0)
}

fn entries(planned: &[Planned<Tree>]) -> Few<WireEntry, 20_000> {
    let mut rest = planned;
    let mut entries = Vec::new();
    while let Some(first) = rest.first() {
        let (every, times) = model::repeats(rest);
        let again = (times > 1).then_some((Nanos(every.0), times as u32));
        let Moment { at, after } = first.when;
        entries.push(WireEntry { at: nanos(at), after, again, what: (&first.what).into() });
        rest = &rest[times..];
    }
    Few(entries)
}

impl From<&Topology> for WireTopology {
    fn from(topology: &Topology) -> WireTopology {
        match topology {
            Topology::Mesh => WireTopology::Mesh,
            Topology::Ring => WireTopology::Ring,
            Topology::Star => WireTopology::Star,
            Topology::Line => WireTopology::Line,
            Topology::Tree => WireTopology::Tree,
            Topology::Grid => WireTopology::Grid,
            Topology::Random(degree) => WireTopology::Random(*degree),
            Topology::Edges(edges) => WireTopology::Edges(edges.iter().map(|(a, b)| (a.0, b.0)).collect()),
        }
    }
}

/// What a link is like if version 1 says nothing.
const USUAL: Behaviour = Behaviour {
    latency: Latency::Uniform(Span::millis(5), Span::millis(15)),
    loss: Ratio::ZERO,
    duplicate: Ratio::ZERO,
    reorder: Ratio::ZERO,
    fifo: false,
};

impl From<&Behaviour> for WireBehaviour {
    fn from(link: &Behaviour) -> WireBehaviour {
        WireBehaviour((*link != USUAL).then_some(WireLink {
            latency: match link.latency {
                Latency::Constant(span) => WireLatency::Constant(Nanos(span.0)),
                Latency::Uniform(low, high) => WireLatency::Uniform(Nanos(low.0), Nanos(high.0)),
                Latency::Normal(mean, deviation) => WireLatency::Normal(Nanos(mean.0), Nanos(deviation.0)),
                Latency::Exponential(least, mean) => WireLatency::Exponential(Nanos(least.0), Nanos(mean.0)),
                Latency::HeavyTail(least, most) => WireLatency::HeavyTail(Nanos(least.0), Nanos(most.0)),
            },
            loss: link.loss,
            duplicate: link.duplicate,
            reorder: link.reorder,
            fifo: link.fifo,
        }))
    }
}

impl From<Timing> for WireTiming {
    fn from(timing: Timing) -> WireTiming {
        match timing {
            Timing::Asynchronous => WireTiming::Asynchronous,
            Timing::PartiallySynchronous { gst, bound } => {
                WireTiming::PartiallySynchronous { gst: nanos(gst), bound: Nanos(bound.0) }
            }
            Timing::Synchronous { round } => WireTiming::Synchronous { round: Nanos(round.0) },
        }
    }
}

impl From<&Intervention<Tree>> for WireIntervention {
    fn from(what: &Intervention<Tree>) -> WireIntervention {
        use WireIntervention as Wire;
        match what {
            Intervention::Crash(target) => Wire::Crash(target.into()),
            Intervention::Restart(target) => Wire::Restart(target.into()),
            Intervention::Pause(target) => Wire::Pause(target.into()),
            Intervention::Resume(target) => Wire::Resume(target.into()),
            Intervention::Fire(target, timer) => Wire::Fire(target.into(), timer.clone()),
            Intervention::Clock(target, offset, drift) => Wire::Clock(target.into(), *offset, *drift),
            Intervention::Disk(target, write, lies) => Wire::Disk(target.into(), Nanos(write.0), *lies),
            Intervention::Invoke(target, op) => Wire::Invoke(target.into(), op.into()),
            Intervention::Cut(from, to) => Wire::Cut(from.into(), to.into()),
            Intervention::Mend(from, to) => Wire::Mend(from.into(), to.into()),
            Intervention::Partition(groups) => {
                Wire::Partition(groups.iter().map(|group| group.iter().map(WireTarget::from).collect()).collect())
            }
            Intervention::Heal => Wire::Heal,
            Intervention::Relink(from, to, link) => Wire::Relink(from.into(), to.into(), link.into()),
            Intervention::Network(link) => Wire::Network(link.into()),
            Intervention::Drop(name) => Wire::Drop((*name).into()),
            Intervention::Duplicate(name) => Wire::Duplicate((*name).into()),
            Intervention::Deliver(name) => Wire::Deliver((*name).into()),
            Intervention::Delay(name, by) => Wire::Delay((*name).into(), Nanos(by.0)),
        }
    }
}

impl From<&Target> for WireTarget {
    fn from(target: &Target) -> WireTarget {
        match target {
            Target::Node(node) => WireTarget::Node(node.0),
            Target::Role(role) => WireTarget::Role(role.clone()),
        }
    }
}

impl From<MsgName> for WireMsg {
    fn from(name: MsgName) -> WireMsg {
        WireMsg(name.from.0, name.to.0, name.nth, name.copy)
    }
}

impl From<&Workload> for WireWorkload {
    fn from(workload: &Workload) -> WireWorkload {
        WireWorkload {
            at: (&workload.at).into(),
            from: nanos(workload.from),
            until: nanos(workload.until),
            every: Nanos(workload.every.0),
            ops: workload.ops.iter().map(Json::from).collect(),
            keys: workload.keys,
        }
    }
}

impl From<&Expectation> for WireExpectation {
    fn from(expected: &Expectation) -> WireExpectation {
        match expected {
            Expectation::Violated(invariant) => WireExpectation::Violated(invariant.clone()),
            Expectation::Roles { role, at, least, most } => {
                WireExpectation::Roles { role: role.clone(), at: nanos(*at), least: *least, most: *most }
            }
            Expectation::Answered(count) => WireExpectation::Answered(*count),
        }
    }
}

impl From<Selection> for WireSelection {
    fn from(selection: Selection) -> WireSelection {
        match selection {
            Selection::Node(node) => WireSelection::Node(node.0),
            Selection::Event(event) => WireSelection::Event(event.0),
            Selection::Message(name) => WireSelection::Message(name.into()),
            Selection::Link(from, to) => WireSelection::Link(from.0, to.0),
        }
    }
}

// ---- to the model ----

impl Link {
    /// What this is in today's terms.
    pub fn unpack(self) -> Result<FullLink, Unplayable> {
        let places = self.places.0.into_iter().map(|(node, x, y)| (NodeId(node), x, y)).collect();
        let selection = self.selection.map(WireSelection::unpack);
        Ok(FullLink {
            scenario: self.scenario.unpack()?,
            interventions: unpack_entries(self.interventions).map_err(|flaw| flaw.within("interventions"))?,
            cursor: Cursor { events: self.events, time: self.time.time() },
            hash: u64::from_le_bytes(self.hash),
            view: View { selection, folded: self.folded, places },
        })
    }
}

impl Nanos {
    fn span(self) -> Span {
        Span(self.0)
    }
    fn time(self) -> Time {
        Time::ZERO + self.span()
    }
}

impl WireScenario {
    fn unpack(self) -> Result<Scenario, Unplayable> {
        let (prose, prose_zh) = match self.prose {
            Some((prose, prose_zh)) => (prose.unpack(), prose_zh.map(WireProse::unpack)),
            None => gallery::find(&self.name)
                .filter(|original| original.protocol == self.protocol)
                .map(|original| (original.prose, original.prose_zh))
                .unwrap_or_default(),
        };
        let config = self.config.0.into_iter().map(|(key, value)| {
            let value = value.unpack().map_err(|flaw| flaw.within(key.as_str()).within("config"))?;
            Ok((key, value))
        });
        let special = self.special.0.into_iter();
        let special = special.map(|(from, to, link)| (NodeId(from), NodeId(to), link.unpack()));
        Ok(Scenario {
            name: self.name,
            prose,
            prose_zh,
            protocol: self.protocol,
            seed: self.seed,
            until: self.until.time(),
            pace: self.pace.span(),
            nodes: self.nodes.0.into_iter().collect(),
            config: config.collect::<Result<BTreeMap<_, _>, Unplayable>>()?,
            bugs: self.bugs.0,
            topology: self.topology.unpack(),
            link: self.link.unpack(),
            timing: self.timing.unpack(),
            special: special.collect(),
            disk: self.disk.span(),
            disk_lies: self.disk_lies,
            timeline: unpack_entries(self.timeline).map_err(|flaw| flaw.within("timeline"))?,
            workload: self.workload.0.into_iter().map(WireWorkload::unpack).collect::<Result<_, Unplayable>>()?,
            expect: self.expect.0.into_iter().map(WireExpectation::unpack).collect(),
        })
    }
}

impl WireProse {
    fn unpack(self) -> Prose {
        Prose { title: self.title, watch: self.watch }
    }
}

impl WireTopology {
    fn unpack(self) -> Topology {
        match self {
            WireTopology::Mesh => Topology::Mesh,
            WireTopology::Ring => Topology::Ring,
            WireTopology::Star => Topology::Star,
            WireTopology::Line => Topology::Line,
            WireTopology::Tree => Topology::Tree,
            WireTopology::Grid => Topology::Grid,
            WireTopology::Random(degree) => Topology::Random(degree),
            WireTopology::Edges(edges) => {
                Topology::Edges(edges.0.into_iter().map(|(a, b)| (NodeId(a), NodeId(b))).collect())
            }
        }
    }
}

impl WireBehaviour {
    fn unpack(self) -> Behaviour {
        let Some(link) = self.0 else { return USUAL };
        Behaviour {
            latency: match link.latency {
                WireLatency::Constant(span) => Latency::Constant(span.span()),
                WireLatency::Uniform(low, high) => Latency::Uniform(low.span(), high.span()),
                WireLatency::Normal(mean, deviation) => Latency::Normal(mean.span(), deviation.span()),
                WireLatency::Exponential(least, mean) => Latency::Exponential(least.span(), mean.span()),
                WireLatency::HeavyTail(least, most) => Latency::HeavyTail(least.span(), most.span()),
            },
            loss: link.loss,
            duplicate: link.duplicate,
            reorder: link.reorder,
            fifo: link.fifo,
        }
    }
}

impl WireTiming {
    fn unpack(self) -> Timing {
        match self {
            WireTiming::Asynchronous => Timing::Asynchronous,
            WireTiming::PartiallySynchronous { gst, bound } => {
                Timing::PartiallySynchronous { gst: gst.time(), bound: bound.span() }
            }
            WireTiming::Synchronous { round } => Timing::Synchronous { round: round.span() },
        }
    }
}

fn unpack_entries(entries: Few<WireEntry, 20_000>) -> Result<Vec<Planned<Tree>>, Unplayable> {
    let mut planned = Vec::new();
    let mut size = Size::default();
    for (index, entry) in entries.0.into_iter().enumerate() {
        let (every, times) = entry.again.map_or((Span::ZERO, 1), |(every, times)| (every.span(), times));
        let what = entry.what.unpack().map_err(|flaw| flaw.within(index))?;
        size.add(&what, times).map_err(|flaw| flaw.within(index))?;
        let first = entry.at.time();
        for nth in 0..times {
            let at = first + every.scale(u64::from(nth), 1);
            planned.push(Planned { when: Moment { at, after: entry.after }, what: what.clone() });
        }
    }
    Ok(planned)
}

impl WireIntervention {
    fn unpack(self) -> Result<Intervention<Tree>, Unplayable> {
        use WireIntervention as Wire;
        Ok(match self {
            Wire::Crash(target) => Intervention::Crash(target.unpack()),
            Wire::Restart(target) => Intervention::Restart(target.unpack()),
            Wire::Pause(target) => Intervention::Pause(target.unpack()),
            Wire::Resume(target) => Intervention::Resume(target.unpack()),
            Wire::Fire(target, timer) => Intervention::Fire(target.unpack(), timer),
            Wire::Clock(target, offset, drift) => Intervention::Clock(target.unpack(), offset, drift),
            Wire::Disk(target, write, lies) => Intervention::Disk(target.unpack(), write.span(), lies),
            Wire::Invoke(target, op) => Intervention::Invoke(target.unpack(), op.unpack()?),
            Wire::Cut(from, to) => Intervention::Cut(from.unpack(), to.unpack()),
            Wire::Mend(from, to) => Intervention::Mend(from.unpack(), to.unpack()),
            Wire::Partition(groups) => {
                let group = |group: Few<WireTarget, 2_000>| group.0.into_iter().map(WireTarget::unpack).collect();
                Intervention::Partition(groups.0.into_iter().map(group).collect())
            }
            Wire::Heal => Intervention::Heal,
            Wire::Relink(from, to, link) => Intervention::Relink(from.unpack(), to.unpack(), link.unpack()),
            Wire::Network(link) => Intervention::Network(link.unpack()),
            Wire::Drop(name) => Intervention::Drop(name.unpack()),
            Wire::Duplicate(name) => Intervention::Duplicate(name.unpack()),
            Wire::Deliver(name) => Intervention::Deliver(name.unpack()),
            Wire::Delay(name, by) => Intervention::Delay(name.unpack(), by.span()),
        })
    }
}

impl WireTarget {
    fn unpack(self) -> Target {
        match self {
            WireTarget::Node(node) => Target::Node(NodeId(node)),
            WireTarget::Role(role) => Target::Role(role),
        }
    }
}

impl WireMsg {
    fn unpack(self) -> MsgName {
        let WireMsg(from, to, nth, copy) = self;
        MsgName { from: NodeId(from), to: NodeId(to), nth, copy }
    }
}

impl WireWorkload {
    fn unpack(self) -> Result<Workload, Unplayable> {
        Ok(Workload {
            at: self.at.unpack(),
            from: self.from.time(),
            until: self.until.time(),
            every: self.every.span(),
            ops: self.ops.0.into_iter().map(Json::unpack).collect::<Result<_, Unplayable>>()?,
            keys: self.keys,
        })
    }
}

impl WireExpectation {
    fn unpack(self) -> Expectation {
        match self {
            WireExpectation::Violated(invariant) => Expectation::Violated(invariant),
            WireExpectation::Roles { role, at, least, most } => Expectation::Roles { role, at: at.time(), least, most },
            WireExpectation::Answered(count) => Expectation::Answered(count),
        }
    }
}

impl WireSelection {
    fn unpack(self) -> Selection {
        match self {
            WireSelection::Node(node) => Selection::Node(NodeId(node)),
            WireSelection::Event(event) => Selection::Event(EventId(event)),
            WireSelection::Message(name) => Selection::Message(name.unpack()),
            WireSelection::Link(from, to) => Selection::Link(NodeId(from), NodeId(to)),
        }
    }
}
