//! What it says about itself.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use netsplit_sim::Span;

/// The protocol, described.
pub const ABOUT: About = About {
    name: "device-coordinator",
    title: words("Device coordinator", "设备协调"),
    summary: words(
        "Devices that do the same operations in the same order under one policy, coordinated over Multi-Paxos, Raft or PBFT.",
        "设备在同一策略下以相同顺序执行相同操作，由 Multi-Paxos、Raft 或 PBFT 之上的协调者协调。",
    ),
    source: "Schneider: Implementing Fault-Tolerant Services Using the State Machine Approach, 1990",
    parts: &[
        Part { name: "coordinator", prefix: "n", usual: 4, least: 1 },
        Part { name: "device", prefix: "d", usual: 3, least: 0 },
    ],
    roles: &[
        Role { name: "leader", word: words("in charge", "主持"), letter: "L" },
        Role { name: "striving", word: words("would be in charge", "争取主持"), letter: "S" },
        Role { name: "coordinator", word: words("coordinator", "协调者"), letter: "C" },
        Role { name: "device", word: words("device", "设备"), letter: "D" },
        Role { name: "unregistered", word: words("not registered", "未登记"), letter: "U" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: super::op::OPS,
    measures: &[
        Measure { name: "agreed", word: words("places agreed on", "已商定的位置"), unit: words("", "") },
        Measure {
            name: "behind",
            word: words("places that the slowest device is behind", "最慢设备落后的位置"),
            unit: words("", ""),
        },
        Measure { name: "forbidden", word: words("operations forbidden", "被禁止的操作"), unit: words("", "") },
    ],
    settles: Span::millis(6_500), // the patience of catches-up, and some
    liars: None,                  // with PBFT some may lie, but that is not the usual core
    page: include_str!("../../../../docs/protocols/device-coordinator.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("device-off", include_str!("scenarios/device-off.toml")),
        ("leader-crash", include_str!("scenarios/leader-crash.toml")),
        ("policy-on-the-way", include_str!("scenarios/policy-on-the-way.toml")),
        ("over-multi-paxos", include_str!("scenarios/over-multi-paxos.toml")),
        ("over-pbft", include_str!("scenarios/over-pbft.toml")),
        ("liar-over-raft", include_str!("scenarios/liar-over-raft.toml")),
        ("liar-over-pbft", include_str!("scenarios/liar-over-pbft.toml")),
        ("policy-from-stale-replica", include_str!("scenarios/policy-from-stale-replica.toml")),
        ("position-not-durable", include_str!("scenarios/position-not-durable.toml")),
        ("gap-not-noticed", include_str!("scenarios/gap-not-noticed.toml")),
    ],
};

const SOURCE: &str = "Schneider 1990, section 2";

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "one-log",
        statement: words(
            "No two coordinators have different operations at one place.",
            "任何两个协调者在同一位置上没有不同的操作。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "one-order",
        statement: words(
            "Every device does what was agreed, place by place from the first on: no gap, no repetition, nothing else.",
            "每台设备从第一个位置起逐一执行所商定的操作：无遗漏、无重复、无其他。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "policy-holds",
        statement: words(
            "What the policy forbids at an operation's place in the order, nobody does.",
            "操作所在位置上的策略所禁止的，无人执行。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "answers-hold",
        statement: words(
            "Whoever is told that an operation has a place, and what came of it, finds it so in the order.",
            "被告知的操作位置与结果，与商定的顺序相符。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "catches-up",
        statement: words(
            "While everything works, a device soon does what enough coordinators to be believed have at its next place.",
            "一切正常时，设备不久就会执行足够多可信协调者在其下一个位置上所持有的操作。",
        ),
        source: SOURCE,
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "policy-from-stale-replica",
        what: words(
            "The coordinator that is asked looks at the policy as it knows it then; at the operation's place nobody looks again.",
            "受托的协调者按其当时所知的策略判断；到了操作的位置无人再查。",
        ),
        breaks: "policy-holds",
    },
    Bug {
        name: "position-not-durable",
        what: words(
            "A device does not write down its place: after a restart it begins with the first one again.",
            "设备不记录其位置：重启后又从第一个位置开始。",
        ),
        breaks: "one-order",
    },
    Bug {
        name: "gap-not-noticed",
        what: words(
            "A device does what it is told of next, even if it lacks something before that.",
            "设备执行接下来被告知的操作，即使缺少其前面的内容。",
        ),
        breaks: "one-order",
    },
];
