//! What the store says about itself.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use netsplit_sim::Span;

/// The store, described.
pub const ABOUT: About = About {
    name: "quorum-kv",
    title: words("Quorum store (Dynamo)", "法定数存储（Dynamo）"),
    summary: words(
        "Every key is on a few nodes; how many of them a read and a write wait for is a choice, and what it costs can be seen: stale reads on one side, refusals on the other.",
        "每个键存于几个节点；读和写各等几个由你选，代价一目了然：一边是陈旧的读，一边是拒绝服务。",
    ),
    source: "DeCandia et al.: Dynamo: Amazon's Highly Available Key-value Store, 2007; Gifford: Weighted Voting for Replicated Data, 1979",
    parts: &[
        Part { name: "node", prefix: "n", usual: 5, least: 1 },
        Part { name: "client", prefix: "c", usual: 2, least: 0 },
    ],
    roles: &[
        Role { name: "replica", word: words("replica", "副本"), letter: "R" },
        Role { name: "stand-in", word: words("replica that stands in", "代管的副本"), letter: "H" },
        Role { name: "prepared", word: words("replica in doubt", "不确定的副本"), letter: "P" },
        Role { name: "client", word: words("client", "客户端"), letter: "K" },
        Role { name: "asking", word: words("client that waits", "等待中的客户端"), letter: "A" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: crate::shared::kv::OPS,
    measures: &[
        Measure { name: "stale-reads", word: words("stale reads", "陈旧的读"), unit: words("reads", "次读") },
        Measure {
            name: "disagreeing",
            word: words("keys whose replicas differ", "副本不同的键"),
            unit: words("keys", "个键"),
        },
        Measure {
            name: "hints", word: words("hints waiting", "待转交的写入"), unit: words("writes", "个写入")
        },
    ],
    settles: Span::millis(2_000),
    liars: None,
    page: include_str!("../../../../docs/protocols/quorum-kv.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("stale-at-one", include_str!("scenarios/stale-at-one.toml")),
        ("refused-at-quorum", include_str!("scenarios/refused-at-quorum.toml")),
        ("not-linearizable", include_str!("scenarios/not-linearizable.toml")),
        ("siblings", include_str!("scenarios/siblings.toml")),
        ("hinted-handoff", include_str!("scenarios/hinted-handoff.toml")),
        ("read-repair", include_str!("scenarios/read-repair.toml")),
        ("primary-copy", include_str!("scenarios/primary-copy.toml")),
        ("last-write-wins", include_str!("scenarios/last-write-wins.toml")),
        ("no-tombstones", include_str!("scenarios/no-tombstones.toml")),
        ("quorum-counts-hints", include_str!("scenarios/quorum-counts-hints.toml")),
    ],
};

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "regular",
        statement: words(
            "If R + W > N, a read returns the latest write that was answered before it was asked, or one that is not older.",
            "若 R + W > N，读返回提问前已答复的最新写入，或不更旧的写入。",
        ),
        source: "Gifford 1979; Lamport: On Interprocess Communication, 1986 (regular registers)",
    },
    Invariant {
        name: "no-lost-write",
        statement: words(
            "Once all has been quiet for a while, every home has every write that was answered, or what overwrote it.",
            "安静一段时间后，每个驻地节点都有每个已答复的写入，或覆盖它的写入。",
        ),
        source: "DeCandia et al. 2007, section 4.4",
    },
    Invariant {
        name: "convergence",
        statement: words(
            "Once all has been quiet for a while, all homes of a key have the same, and no hint waits.",
            "安静一段时间后，同一个键的所有驻地节点内容相同，且没有待转交的写入。",
        ),
        source: "DeCandia et al. 2007, section 4.7",
    },
    Invariant {
        name: "agreement",
        statement: words(
            "In the strong mode, all homes that decide on a transaction decide the same.",
            "强模式下，对同一事务作出决定的驻地节点，决定相同。",
        ),
        source: "Bernstein, Hadzilacos, Goodman 1987, section 7.3 (AC1)",
    },
    Invariant {
        name: "no-reversal",
        statement: words("Nobody takes a decision back.", "决定不可反悔。"),
        source: "Bernstein, Hadzilacos, Goodman 1987, section 7.3 (AC2)",
    },
    Invariant {
        name: "commit-needs-every-yes",
        statement: words(
            "A transaction commits only if every home has voted yes.",
            "只有所有驻地节点都赞成，事务才提交。",
        ),
        source: "Bernstein, Hadzilacos, Goodman 1987, section 7.3 (AC3)",
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "last-write-wins",
        what: words(
            "Of two versions the one with the later stamp stays, and a stamp is what the writer's clock says.",
            "两个版本中时间戳较晚者留下，而时间戳就是写者的时钟读数。",
        ),
        breaks: "regular",
    },
    Bug {
        name: "no-tombstones",
        what: words("A delete removes the key, and leaves nothing that says so.", "删除直接移除键，不留任何记录。"),
        breaks: "no-lost-write",
    },
    Bug {
        name: "quorum-counts-hints",
        what: words(
            "A write that another node holds for a home counts as if the home had it.",
            "由别的节点代管的写入，也算作驻地节点已有。",
        ),
        breaks: "regular",
    },
];
