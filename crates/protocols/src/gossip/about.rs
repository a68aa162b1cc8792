//! What gossip says about itself.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Gossip, described.
pub const ABOUT: About = About {
    name: "gossip",
    title: words("Gossip", "流言传播"),
    summary: words(
        "Every node that has heard a rumour tells a few others at random, until all have heard it and nobody was in charge.",
        "听到谣言的节点随机告诉几个邻居，直到人人皆知，而没有谁在指挥。",
    ),
    source: "Demers et al.: Epidemic Algorithms for Replicated Database Maintenance, 1987; Karp et al.: Randomized Rumor Spreading, 2000",
    parts: &[Part { name: "node", prefix: "n", usual: 16, least: 1 }],
    roles: &[
        Role { name: "unaware", word: words("unaware", "未听说"), letter: "U" },
        Role { name: "spreading", word: words("spreading", "传播中"), letter: "S" },
        Role { name: "quiet", word: words("knows, and is quiet", "已知，不再传播"), letter: "Q" },
    ],
    invariants: &[
        Invariant {
            name: "informed-by-a-chain",
            statement: words(
                "Whoever knows a rumour was told it by a client, or by somebody who knew it.",
                "知道谣言的节点，要么由客户端告知，要么由一个已知它的节点告知。",
            ),
            source: "docs/protocols/gossip.md",
        },
        Invariant {
            name: "never-forgets",
            statement: words("Whoever knows a rumour knows it for ever.", "知道谣言的节点永远知道它。"),
            source: "docs/protocols/gossip.md",
        },
        Invariant {
            name: "coverage",
            statement: words(
                "Once all is up and connected, push-pull without a limit of age reaches everybody within some multiple of log n rounds.",
                "当所有节点在线且连通时，无年龄上限的推拉在对数级轮数内传到所有节点。",
            ),
            source: "Karp et al. 2000, section 2",
        },
    ],
    bugs: &[
        Bug {
            name: "same-neighbours",
            what: words(
                "A node chooses its neighbours once and calls the same ones in every round.",
                "节点只选一次邻居，以后每一轮都联系同样的邻居。",
            ),
            breaks: "coverage",
        },
        Bug {
            name: "forgets-on-duplicate",
            what: words("A rumour that is heard again is forgotten.", "再次听到的谣言会被忘掉。"),
            breaks: "never-forgets",
        },
        Bug {
            name: "garbles",
            what: words(
                "From its third round on, a rumour is passed on without its last letter.",
                "从第三轮起，谣言在传播时会丢掉最后一个字。",
            ),
            breaks: "informed-by-a-chain",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm { name: "tell", word: words("start a rumour", "放出谣言"), fields: &[RUMOUR], cluster: false },
        OpForm { name: "ask", word: words("have you heard?", "听说了吗？"), fields: &[RUMOUR], cluster: false },
    ],
    measures: &[
        Measure {
            name: "informed",
            word: words("know the widest-spread rumour", "知道流传最广的谣言"),
            unit: words("nodes", "个节点"),
        },
        Measure {
            name: "spreading", word: words("pass something on", "仍在传播"), unit: words("nodes", "个节点")
        },
    ],
    settles: Span::secs(2),
    liars: None,
    page: include_str!("../../../../docs/protocols/gossip.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("push", include_str!("scenarios/push.toml")),
        ("pull", include_str!("scenarios/pull.toml")),
        ("split-town", include_str!("scenarios/split-town.toml")),
        ("dies-out", include_str!("scenarios/dies-out.toml")),
        ("same-neighbours", include_str!("scenarios/same-neighbours.toml")),
        ("forgets-on-duplicate", include_str!("scenarios/forgets-on-duplicate.toml")),
        ("garbles", include_str!("scenarios/garbles.toml")),
    ],
};

const RUMOUR: Field = Field { name: "rumour", sample: "fire", kind: FieldKind::Text };
