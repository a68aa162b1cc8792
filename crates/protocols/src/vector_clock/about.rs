//! What vector clocks say about themselves.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Vector clocks, described.
pub const ABOUT: About = About {
    name: "vector-clock",
    title: words("Vector clocks", "向量时钟"),
    summary: words(
        "Each process keeps count of everybody's events, and so can tell cause from coincidence exactly.",
        "每个进程记录所有进程的事件数，因而能精确地区分因果与巧合。",
    ),
    source: "Fidge 1988; Mattern: Virtual Time and Global States of Distributed Systems, 1989",
    parts: &[Part { name: "process", prefix: "n", usual: 3, least: 1 }],
    roles: &[Role { name: "process", word: words("process", "进程"), letter: "P" }],
    invariants: &[Invariant {
        name: "exact-causality",
        statement: words(
            "One event happened before another exactly when its vector is less.",
            "一个事件先于另一个发生，当且仅当它的向量更小。",
        ),
        source: "Mattern 1989, Theorem 10; Fidge 1988",
    }],
    bugs: &[
        Bug {
            name: "no-merge",
            what: words(
                "A received vector is ignored: cause and effect look concurrent.",
                "忽略收到的向量：因与果看起来是并发的。",
            ),
            breaks: "exact-causality",
        },
        Bug {
            name: "no-tick-on-receive",
            what: words(
                "Receiving merges the vectors, but is not counted as an event.",
                "接收时合并了向量，却不计为一个事件。",
            ),
            breaks: "exact-causality",
        },
        Bug {
            name: "missing-incomparable",
            what: words(
                "Vectors with entries for different processes are taken for incomparable, as if a missing entry were not zero.",
                "分量涉及不同进程的向量被当作不可比较，仿佛缺少的分量不是零。",
            ),
            breaks: "exact-causality",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm { name: "local", word: words("local event", "本地事件"), fields: &[], cluster: false },
        OpForm {
            name: "send",
            word: words("send a message", "发送消息"),
            fields: &[Field { name: "to", sample: "n2", kind: FieldKind::Node }],
            cluster: false,
        },
        OpForm {
            name: "compare",
            word: words("compare latest events", "比较最近的事件"),
            fields: &[
                Field { name: "a", sample: "n1", kind: FieldKind::Node },
                Field { name: "b", sample: "n2", kind: FieldKind::Node },
            ],
            cluster: false,
        },
    ],
    measures: &[Measure {
        name: "behind",
        word: words("events that somebody has not heard of", "消息最不灵通者尚未得知的事件"),
        unit: words("events", "个事件"),
    }],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../../docs/protocols/vector-clock.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("concurrent", include_str!("scenarios/concurrent.toml")),
        ("hearsay", include_str!("scenarios/hearsay.toml")),
        ("lost-and-late", include_str!("scenarios/lost-and-late.toml")),
        ("no-merge", include_str!("scenarios/no-merge.toml")),
        ("no-tick-on-receive", include_str!("scenarios/no-tick-on-receive.toml")),
        ("missing-incomparable", include_str!("scenarios/missing-incomparable.toml")),
    ],
};
