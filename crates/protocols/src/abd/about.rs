//! What the registers say about themselves.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use netsplit_sim::Span;

/// The registers, described.
pub const ABOUT: About = About {
    name: "abd",
    title: words("Atomic registers (ABD)", "原子寄存器（ABD）"),
    summary: words(
        "Clients read and write registers kept by servers, two rounds to a majority each: linearizable with a minority down, without a leader and without a clock.",
        "客户端读写由服务器保存的寄存器，每次操作与多数服务器往返两轮：少数服务器失效时仍可线性化，没有领导者，也不用时钟。",
    ),
    source: "Attiya, Bar-Noy, Dolev: Sharing Memory Robustly in Message-Passing Systems, 1995",
    parts: &[
        Part { name: "server", prefix: "n", usual: 5, least: 1 },
        Part { name: "client", prefix: "c", usual: 3, least: 0 },
    ],
    roles: &[
        Role { name: "server", word: words("server", "服务器"), letter: "S" },
        Role { name: "client", word: words("client", "客户端"), letter: "K" },
        Role { name: "asking", word: words("client at work", "忙碌的客户端"), letter: "A" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: crate::shared::kv::OPS,
    measures: &[
        Measure {
            name: "ended", word: words("operations ended", "完成的操作"), unit: words("operations", "个操作")
        },
        Measure {
            name: "stale-copies",
            word: words("copies that are not the newest", "不是最新的副本"),
            unit: words("copies", "个副本"),
        },
    ],
    settles: Span::secs(1),
    liars: None,
    page: include_str!("../../../../docs/protocols/abd.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("minority-down", include_str!("scenarios/minority-down.toml")),
        ("half-written", include_str!("scenarios/half-written.toml")),
        ("no-majority", include_str!("scenarios/no-majority.toml")),
        ("no-write-back", include_str!("scenarios/no-write-back.toml")),
        ("no-query-before-write", include_str!("scenarios/no-query-before-write.toml")),
        ("minority-quorum", include_str!("scenarios/minority-quorum.toml")),
        ("tag-not-durable", include_str!("scenarios/tag-not-durable.toml")),
        ("waits-for-all", include_str!("scenarios/waits-for-all.toml")),
    ],
};

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "atomic",
        statement: words(
            "No operation has an older tag than one that ended before it began, and a write has a newer one.",
            "任何操作的标签都不旧于在它开始之前已结束的操作，写的标签则更新。",
        ),
        source: "Lynch: Distributed Algorithms, 1996, Lemma 13.16",
    },
    Invariant {
        name: "unique-tags",
        statement: words("No two writes of a key have the same tag.", "同一个键的任何两次写都不会有相同的标签。"),
        source: "Lynch, Shvartsman 1997, section 3",
    },
    Invariant {
        name: "tag-tells-value",
        statement: words(
            "What a read returns under a tag is what was written under it.",
            "读在某标签下返回的值，就是在该标签下写入的值。",
        ),
        source: "Lynch: Distributed Algorithms, 1996, Lemma 13.16",
    },
    Invariant {
        name: "minority-cannot-block",
        statement: words(
            "While a majority of the servers is there and nothing else is wrong, every operation ends before long.",
            "只要多数服务器在线且别无异常，每个操作都会很快结束。",
        ),
        source: "Attiya, Bar-Noy, Dolev 1995, section 3",
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "no-write-back",
        what: words(
            "A read returns what it found, without having a majority take it first.",
            "读直接返回找到的值，不先写回多数服务器。",
        ),
        breaks: "atomic",
    },
    Bug {
        name: "no-query-before-write",
        what: words(
            "A writer numbers its tags by its own writes only, as in the paper's version for a single writer.",
            "写者只按自己的写次数给标签编号，如论文的单写者版本那样。",
        ),
        breaks: "atomic",
    },
    Bug {
        name: "minority-quorum",
        what: words("Half of the servers, rounded down, are enough.", "半数服务器（向下取整）就够了。"),
        breaks: "atomic",
    },
    Bug {
        name: "tag-not-durable",
        what: words(
            "A writer that crashed does not remember which tags it has used.",
            "崩溃过的写者不记得自己用过哪些标签。",
        ),
        breaks: "unique-tags",
    },
    Bug {
        name: "waits-for-all",
        what: words("A phase ends only when every server has answered.", "要等每台服务器都回答，一轮才结束。"),
        breaks: "minority-cannot-block",
    },
];
