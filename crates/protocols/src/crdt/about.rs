//! What the replicated data types say about themselves.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

const BY: &[Field] = &[Field { name: "by", sample: "1", kind: FieldKind::Number }];
const ELEMENT: &[Field] = &[Field { name: "element", sample: "x", kind: FieldKind::Text }];

/// The data types, described.
pub const ABOUT: About = About {
    name: "crdt",
    title: words("Conflict-free replicated data types", "无冲突复制数据类型"),
    summary: words(
        "Every replica updates alone and tells its neighbours from time to time; whoever has seen the same updates has the same state.",
        "每个副本独自更新，不时告知邻居；看到过同样更新的副本，状态必然相同。",
    ),
    source: "Shapiro, Preguiça, Baquero, Zawirski: Conflict-Free Replicated Data Types, 2011",
    parts: &[Part { name: "replica", prefix: "n", usual: 4, least: 1 }],
    roles: &[Role { name: "replica", word: words("replica", "副本"), letter: "R" }],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: &[
        OpForm { name: "count", word: words("count", "计数"), fields: BY, cluster: false },
        OpForm { name: "increment", word: words("raise the counter", "增加计数器"), fields: BY, cluster: false },
        OpForm { name: "decrement", word: words("lower the counter", "减少计数器"), fields: BY, cluster: false },
        OpForm { name: "add", word: words("add to the set", "加入集合"), fields: ELEMENT, cluster: false },
        OpForm {
            name: "remove", word: words("remove from the set", "从集合移除"), fields: ELEMENT, cluster: false
        },
        OpForm {
            name: "assign",
            word: words("write the register", "写寄存器"),
            fields: &[Field { name: "value", sample: "1", kind: FieldKind::Text }],
            cluster: false,
        },
        OpForm { name: "read", word: words("read everything", "读取全部"), fields: &[], cluster: false },
    ],
    measures: &[
        Measure {
            name: "unseen",
            word: words("updates that replicas have not seen", "副本尚未见到的更新"),
            unit: words("updates", "个更新"),
        },
        Measure {
            name: "different-states",
            word: words("different states", "不同的状态"),
            unit: words("states", "种状态"),
        },
    ],
    settles: Span::secs(1),
    liars: None,
    page: include_str!("../../../../docs/protocols/crdt.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("offline", include_str!("scenarios/offline.toml")),
        ("add-wins", include_str!("scenarios/add-wins.toml")),
        ("by-rumour", include_str!("scenarios/by-rumour.toml")),
        ("non-idempotent-merge", include_str!("scenarios/non-idempotent-merge.toml")),
        ("clock-reset", include_str!("scenarios/clock-reset.toml")),
        ("no-tombstone", include_str!("scenarios/no-tombstone.toml")),
        ("ties-kept", include_str!("scenarios/ties-kept.toml")),
        ("same-neighbour", include_str!("scenarios/same-neighbour.toml")),
    ],
};

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "same-updates-same-state",
        statement: words(
            "Two replicas that have seen the same updates have the same state.",
            "看到过同样更新的两个副本，状态相同。",
        ),
        source: "Shapiro et al. 2011, Definition 2.3 (strong convergence)",
    },
    Invariant {
        name: "values-of-updates",
        statement: words(
            "What a replica has is what the updates it has seen come to: sums, adds that no remove had seen, a write that no other had seen.",
            "副本的值正是它所见更新的结果：总和、未被任何移除见到的加入、未被其他写见到的写。",
        ),
        source: "Shapiro et al.: A Comprehensive Study, 2011, sections 3.1 to 3.3",
    },
    Invariant {
        name: "only-grows",
        statement: words("A state only ever moves upward.", "状态只会上升。"),
        source: "Shapiro et al. 2011, Definition 2.5 (monotonic semilattice)",
    },
    Invariant {
        name: "updates-spread",
        statement: words(
            "While all are there and nothing goes wrong, an update reaches everybody before long.",
            "只要大家都在且别无异常，更新不久就会到达所有副本。",
        ),
        source: "Shapiro et al. 2011, Definition 2.2 (eventual delivery)",
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "non-idempotent-merge",
        what: words(
            "The entries of two counters are added up, where the higher should be taken.",
            "合并计数器时把分量相加，而不是取较大者。",
        ),
        breaks: "values-of-updates",
    },
    Bug {
        name: "clock-reset",
        what: words("A replica that restarts begins to number its updates anew.", "重启的副本从头开始给更新编号。"),
        breaks: "values-of-updates",
    },
    Bug {
        name: "no-tombstone",
        what: words(
            "A remove deletes what it sees, and leaves nothing that says so.",
            "移除只是删掉看到的，不留下任何墓碑。",
        ),
        breaks: "only-grows",
    },
    Bug {
        name: "ties-kept",
        what: words(
            "Of two writes with the same number every replica keeps the one it has.",
            "两次写编号相同时，每个副本保留自己已有的。",
        ),
        breaks: "same-updates-same-state",
    },
    Bug {
        name: "same-neighbour",
        what: words("A replica sends its state to the same neighbour each time.", "副本每次都把状态发给同一个邻居。"),
        breaks: "updates-spread",
    },
];
