//! What the store says about itself.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use netsplit_sim::Span;

/// The store, described.
pub const ABOUT: About = About {
    name: "causal-kv",
    title: words("Causal store (COPS)", "因果存储（COPS）"),
    summary: words(
        "Every site answers at once and by itself; a write is shown at another site only when all that it depends on can be seen there.",
        "每个站点都独立、立即作答；写入在别的站点显示之前，它所依赖的一切必须已在那里可见。",
    ),
    source: "Lloyd, Freedman, Kaminsky, Andersen: Don't Settle for Eventual (COPS), 2011",
    parts: &[
        Part { name: "node", prefix: "n", usual: 6, least: 1 },
        Part { name: "client", prefix: "c", usual: 3, least: 0 },
    ],
    roles: &[
        Role { name: "node", word: words("node", "节点"), letter: "N" },
        Role {
            name: "waiting", word: words("node that keeps a write back", "暂缓显示写入的节点"), letter: "W"
        },
        Role { name: "client", word: words("client", "客户端"), letter: "K" },
        Role { name: "asking", word: words("client that waits", "等待中的客户端"), letter: "A" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: crate::shared::kv::OPS,
    measures: &[
        Measure {
            name: "waiting", word: words("writes kept back", "暂缓显示的写入"), unit: words("writes", "个写入")
        },
        Measure {
            name: "differing",
            word: words("keys of which sites differ", "各站点不同的键"),
            unit: words("keys", "个键"),
        },
    ],
    settles: Span::millis(2_000),
    liars: None,
    page: include_str!("../../../../docs/protocols/causal-kv.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("photo-first", include_str!("scenarios/photo-first.toml")),
        ("not-sequential", include_str!("scenarios/not-sequential.toml")),
        ("site-alone", include_str!("scenarios/site-alone.toml")),
        ("no-dependency-check", include_str!("scenarios/no-dependency-check.toml")),
        ("forgets-reads", include_str!("scenarios/forgets-reads.toml")),
        ("clock-not-raised", include_str!("scenarios/clock-not-raised.toml")),
    ],
};

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "causal",
        statement: words(
            "Whoever sees a write can see at the same site all that it depends on, and nobody sees less than before.",
            "谁看到一个写入，就能在同一站点看到它所依赖的一切；谁也不会看到比先前更少。",
        ),
        source: "Lloyd et al. 2011, section 3 (causal+ consistency)",
    },
    Invariant {
        name: "convergence",
        statement: words(
            "Once all has been quiet for a while, all sites have the same, and nothing is kept back.",
            "安静一段时间后，所有站点相同，且没有暂缓显示的写入。",
        ),
        source: "Lloyd et al. 2011, section 3 (convergent conflict handling)",
    },
    Invariant {
        name: "stamps-follow-causes",
        statement: words(
            "A write has a higher time stamp than everything that it depends on.",
            "写入的时间戳高于它所依赖的一切。",
        ),
        source: "Lamport 1978; Lloyd et al. 2011, section 4.2",
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "no-dependency-check",
        what: words("A write of another site is shown as soon as it comes.", "其他站点的写入一到就显示。"),
        breaks: "causal",
    },
    Bug {
        name: "forgets-reads",
        what: words(
            "A client remembers what it has written, but not what it has read.",
            "客户端记得所写，却不记得所读。",
        ),
        breaks: "causal",
    },
    Bug {
        name: "clock-not-raised",
        what: words("A node counts its own writes only.", "节点只数自己的写入。"),
        breaks: "stamps-follow-causes",
    },
];
