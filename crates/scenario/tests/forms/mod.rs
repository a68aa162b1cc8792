//! Arbitrary scenarios and links, for property tests: everything that the formats can say, whether or not it makes a
//! good story.
#![allow(dead_code)] // each test file uses its own part of this

use netsplit_check::verdict::Level;
use netsplit_scenario::branches::Branches;
use netsplit_scenario::{Cursor, Expectation, Link as FullLink, Prose, Scenario, Selection, Tree, View, Workload};
use netsplit_sim::{
    EventId, Intervention, Latency, Link, Manner, Moment, MsgName, NodeId, Planned, Ratio, Span, Target, Time, Timing,
    Topology,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// Nodes there are at least.
const NODES: u16 = 4;

pub fn scenario() -> impl Strategy<Value = Scenario> {
    let words = (text(), option::of(text()), any::<u64>(), vec(Just("vote-not-durable".to_owned()), 0..2));
    let times = (1..3_600_000_000_000u64, span(), span());
    let network = (topology(), link(), timing(), special(), any::<bool>());
    let rest = (vec(planned(), 0..12), vec(workload(), 0..3), vec(expectation(), 0..3));
    let parts = (4u16..9, 0u16..3, btree_map("[a-z-]{1,8}", tree(), 0..3));
    (words, times, network, parts, rest).prop_map(|(words, times, network, parts, rest)| Scenario {
        name: words.0.clone(),
        prose: Prose { title: words.0.clone(), watch: words.0.clone() },
        prose_zh: words.1.map(|title| Prose { title, watch: String::new() }),
        protocol: "raft".to_owned(),
        seed: words.2,
        until: Time(times.0),
        pace: times.1 + Span(1),
        nodes: [("server".to_owned(), parts.0), ("client".to_owned(), parts.1)].into(),
        config: parts.2,
        bugs: words.3,
        topology: network.0,
        link: network.1,
        timing: network.2,
        special: network.3,
        disk: times.2,
        disk_lies: network.4,
        timeline: rest.0,
        workload: rest.1,
        expect: rest.2,
    })
}

pub fn full_link() -> impl Strategy<Value = FullLink> {
    let view = (option::of(selection()), any::<u32>(), vec((node(), any::<u16>(), any::<u16>()), 0..4));
    (scenario(), vec(planned(), 0..12), any::<u32>(), span(), any::<u64>(), view).prop_map(
        |(scenario, interventions, events, time, hash, (selection, folded, places))| FullLink {
            scenario,
            interventions,
            cursor: Cursor { events, time: Time::ZERO + time },
            hash,
            view: View { selection, folded, places },
            branches: Branches::default(),
        },
    )
}

fn selection() -> impl Strategy<Value = Selection> {
    prop_oneof![
        node().prop_map(Selection::Node),
        any::<u32>().prop_map(|id| Selection::Event(EventId(id))),
        message().prop_map(Selection::Message),
        (node(), node()).prop_map(|(a, b)| Selection::Link(a, b)),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z/-]{0,12}", "\\PC{0,12}", "[\"\\\\\n\t\r\u{7f}\u{0}é中]{0,8}"]
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![(0..3_600_000u64).prop_map(Span::millis), (0..3_599_999_999_999u64).prop_map(Span)]
}

fn time() -> impl Strategy<Value = Time> {
    span().prop_map(|span| Time::ZERO + span)
}

fn node() -> impl Strategy<Value = NodeId> {
    (0..NODES).prop_map(NodeId)
}

fn two_nodes() -> impl Strategy<Value = (NodeId, NodeId)> {
    (0..NODES, 1..NODES).prop_map(|(a, step)| (NodeId(a), NodeId((a + step) % NODES)))
}

fn target() -> impl Strategy<Value = Target> {
    let role = prop_oneof![Just("leader"), Just("follower"), Just("down")];
    prop_oneof![node().prop_map(Target::Node), role.prop_map(|role| Target::Role(role.to_owned()))]
}

fn ratio() -> impl Strategy<Value = Ratio> {
    (0..=1_000_000u32).prop_map(|parts| Ratio::new(parts, 1_000_000))
}

fn latency() -> impl Strategy<Value = Latency> {
    let ordered = || (span(), span()).prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop_oneof![
        span().prop_map(Latency::Constant),
        ordered().prop_map(|(low, high)| Latency::Uniform(low, high)),
        (span(), span()).prop_map(|(mean, deviation)| Latency::Normal(mean, deviation)),
        (span(), span()).prop_map(|(least, mean)| Latency::Exponential(least, mean)),
        ordered().prop_map(|(least, most)| Latency::HeavyTail(least, most)),
    ]
}

fn link() -> impl Strategy<Value = Link> {
    prop_oneof![
        Just(Link::default()),
        (latency(), ratio(), ratio(), ratio(), any::<bool>())
            .prop_map(|(latency, loss, duplicate, reorder, fifo)| Link { latency, loss, duplicate, reorder, fifo }),
    ]
}

fn special() -> impl Strategy<Value = Vec<(NodeId, NodeId, Link)>> {
    btree_map(two_nodes(), link(), 0..3)
        .prop_map(|links| links.into_iter().map(|((a, b), link)| (a, b, link)).collect())
}

fn topology() -> impl Strategy<Value = Topology> {
    prop_oneof![
        Just(Topology::Mesh),
        Just(Topology::Ring),
        Just(Topology::Star),
        Just(Topology::Line),
        Just(Topology::Tree),
        Just(Topology::Grid),
        (1..2_000u16).prop_map(Topology::Random),
        vec(two_nodes(), 0..4).prop_map(Topology::Edges),
    ]
}

fn timing() -> impl Strategy<Value = Timing> {
    prop_oneof![
        Just(Timing::Asynchronous),
        (time(), span()).prop_map(|(gst, bound)| Timing::PartiallySynchronous { gst, bound: bound + Span(1) }),
        span().prop_map(|round| Timing::Synchronous { round: round + Span(1) }),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf =
        prop_oneof![any::<bool>().prop_map(Tree::Bool), any::<i64>().prop_map(Tree::Int), text().prop_map(Tree::Text)];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![vec(inner.clone(), 0..3).prop_map(Tree::List), btree_map(text(), inner, 0..3).prop_map(Tree::Map),]
    })
}

fn op() -> impl Strategy<Value = Tree> {
    let fields = btree_map("[a-z]{1,4}", text().prop_map(Tree::Text), 0..3).prop_map(Tree::Map);
    let name = prop_oneof![Just("put"), Just("get")];
    (name, fields).prop_map(|(name, fields)| Tree::Map([(name.to_owned(), fields)].into()))
}

fn message() -> impl Strategy<Value = MsgName> {
    (two_nodes(), any::<u32>(), any::<u8>()).prop_map(|((from, to), nth, copy)| MsgName { from, to, nth, copy })
}

fn two_targets() -> impl Strategy<Value = (Target, Target)> {
    prop_oneof![
        two_nodes().prop_map(|(a, b)| (Target::Node(a), Target::Node(b))),
        node().prop_map(|node| (Target::Role("leader".to_owned()), Target::Node(node))),
    ]
}

fn groups() -> impl Strategy<Value = Vec<Vec<Target>>> {
    let sides = vec(0..3usize, usize::from(NODES));
    (sides, vec(target().prop_filter("a role", |target| matches!(target, Target::Role(_))), 0..2)).prop_map(
        |(sides, roles)| {
            let mut groups = vec![Vec::new(), roles, Vec::new()];
            for (node, side) in sides.into_iter().enumerate() {
                groups[side].push(Target::Node(NodeId(node as u16)));
            }
            groups
        },
    )
}

fn intervention() -> impl Strategy<Value = Intervention<Tree>> {
    let offset = -3_600_000_000_000..=3_600_000_000_000i64;
    let at_node = prop_oneof![
        target().prop_map(Intervention::Crash),
        target().prop_map(Intervention::Restart),
        target().prop_map(Intervention::Pause),
        target().prop_map(Intervention::Resume),
        (target(), option::of(text())).prop_map(|(target, timer)| Intervention::Fire(target, timer)),
        (target(), offset, -500_000..=500_000i32)
            .prop_map(|(target, by, drift)| Intervention::Clock(target, by, drift)),
        (target(), span(), any::<bool>()).prop_map(|(target, write, lies)| Intervention::Disk(target, write, lies)),
        (target(), op()).prop_map(|(target, op)| Intervention::Invoke(target, op)),
        (target(), proptest::sample::select(&Manner::LIES[..]))
            .prop_map(|(target, manner)| Intervention::Turn(target, manner)),
        target().prop_map(|target| Intervention::Turn(target, Manner::Honest)),
    ];
    let at_link = prop_oneof![
        two_targets().prop_map(|(from, to)| Intervention::Cut(from, to)),
        two_targets().prop_map(|(from, to)| Intervention::Mend(from, to)),
        groups().prop_map(Intervention::Partition),
        Just(Intervention::Heal),
        (two_targets(), link()).prop_map(|((from, to), link)| Intervention::Relink(from, to, link)),
        link().prop_map(Intervention::Network),
        message().prop_map(Intervention::Drop),
        message().prop_map(Intervention::Duplicate),
        message().prop_map(Intervention::Deliver),
        (message(), span()).prop_map(|(name, by)| Intervention::Delay(name, by)),
    ];
    prop_oneof![at_node, at_link]
}

fn planned() -> impl Strategy<Value = Planned<Tree>> {
    let after = prop_oneof![3 => Just(0), 1 => any::<u32>()];
    (time(), after, intervention()).prop_map(|(at, after, what)| Planned { when: Moment { at, after }, what })
}

fn workload() -> impl Strategy<Value = Workload> {
    let patience = prop_oneof![Just(None), span().prop_map(|span| Some(span.max(Span(1))))];
    let who = (target(), patience);
    (who, time(), time(), 1..1_000u32, 0..5u32, vec(op(), 1..3)).prop_map(|((at, patience), a, b, keys, skew, ops)| {
        let (from, until) = (a.min(b), a.max(b));
        Workload { at, from, until, every: Span::secs(1), patience, ops, keys, skew }
    })
}

fn expectation() -> impl Strategy<Value = Expectation> {
    prop_oneof![
        Just(Expectation::Violated("election-safety".to_owned())),
        any::<u32>().prop_map(Expectation::Answered),
        (0..Level::ALL.len(), any::<bool>()).prop_map(|(at, holds)| Expectation::Consistent(Level::ALL[at], holds)),
        (any::<u16>(), any::<u16>()).prop_map(|(a, b)| Expectation::Roles {
            role: "leader".to_owned(),
            at: Time::ZERO,
            least: a.min(b),
            most: a.max(b)
        }),
    ]
}
