//! What the store says about itself.

use crate::about::{About, Bug, Invariant, Measure, OpForm, Part, Role, words};
use crate::shared::kv;
use netsplit_sim::Span;

/// The store, described.
pub const ABOUT: About = About {
    name: "sharded-kv",
    title: words("Sharded store (consistent hashing)", "分片存储（一致性哈希）"),
    summary: words(
        "Nodes and keys lie on a circle, and a key belongs to the nodes that come next; when a node joins or leaves, only what is next to it moves.",
        "节点与键都在一个环上，键归其后的几个节点；节点加入或离开时，只有它旁边的键才移动。",
    ),
    source: "Karger, Lehman, Leighton, Panigrahy, Levine, Lewin: Consistent Hashing and Random Trees, 1997",
    parts: &[
        Part { name: "node", prefix: "n", usual: 5, least: 1 },
        Part { name: "client", prefix: "c", usual: 2, least: 0 },
    ],
    roles: &[
        Role { name: "member", word: words("member", "成员"), letter: "M" },
        Role { name: "spare", word: words("no member", "非成员"), letter: "S" },
        Role { name: "client", word: words("client", "客户端"), letter: "K" },
        Role { name: "asking", word: words("client that waits", "等待中的客户端"), letter: "A" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: &[
        kv::PUT,
        kv::GET,
        kv::DELETE,
        kv::CAS,
        kv::KEYS,
        OpForm {
            name: "stats",
            word: words("count the keys of each node", "统计各节点的键数"),
            fields: &[],
            cluster: false,
        },
        OpForm { name: "join", word: words("join", "加入"), fields: &[], cluster: true },
        OpForm { name: "leave", word: words("leave", "离开"), fields: &[], cluster: true },
    ],
    measures: &[
        Measure {
            name: "misplaced",
            word: words("copies missing or left over", "缺少或多余的副本"),
            unit: words("copies", "个副本"),
        },
        Measure {
            name: "moved",
            word: words("keys that found new owners", "换到新拥有者的键"),
            unit: words("keys", "个键"),
        },
    ],
    settles: Span::millis(1_500),
    liars: None,
    page: include_str!("../../../../docs/protocols/sharded-kv.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("join", include_str!("scenarios/join.toml")),
        ("leave", include_str!("scenarios/leave.toml")),
        ("fallback", include_str!("scenarios/fallback.toml")),
        ("modulo-placement", include_str!("scenarios/modulo-placement.toml")),
        ("fallback-reads-deleted", include_str!("scenarios/fallback-reads-deleted.toml")),
        ("drops-before-handover", include_str!("scenarios/drops-before-handover.toml")),
        ("no-handover", include_str!("scenarios/no-handover.toml")),
        ("answers-too-soon", include_str!("scenarios/answers-too-soon.toml")),
    ],
};

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "keys-on-owners",
        statement: words(
            "Once all has been quiet for a while, every key is on all of its owners, in its newest version, and nowhere else.",
            "安静一段时间后，每个键的最新版本都在它的全部拥有者上，且不在别处。",
        ),
        source: "Karger et al. 1997; docs/protocols/sharded-kv.md",
    },
    Invariant {
        name: "monotone",
        statement: words(
            "When nodes join, keys move to them only; when nodes leave, from them only.",
            "节点加入时，键只移向它们；节点离开时，键只从它们移出。",
        ),
        source: "Karger et al. 1997, section 4 (monotonicity)",
    },
    Invariant {
        name: "no-copy-lost",
        statement: words(
            "A node drops a key only when as many others have it as it should have owners.",
            "只有当其他节点中有应有份数的副本时，节点才丢弃一个键。",
        ),
        source: "docs/protocols/sharded-kv.md",
    },
    Invariant {
        name: "fresh-reads",
        statement: words(
            "While the members stay, a read returns nothing older than a write or delete that was answered before it was asked.",
            "成员不变期间，读不会返回比提问前已答复的写或删除更旧的内容。",
        ),
        source: "docs/protocols/sharded-kv.md",
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "modulo-placement",
        what: words("A key's place is its hash modulo the number of members.", "键的位置是其哈希值对成员数取模。"),
        breaks: "monotone",
    },
    Bug {
        name: "fallback-reads-deleted",
        what: words(
            "A delete removes the key at the primary, without a tombstone, and leaves it at the others.",
            "删除只在主节点上移除键，不留墓碑，其他拥有者仍保留。",
        ),
        breaks: "fresh-reads",
    },
    Bug {
        name: "drops-before-handover",
        what: words("A node drops what is no longer its own at once.", "节点立即丢弃不再归它的键。"),
        breaks: "no-copy-lost",
    },
    Bug {
        name: "no-handover",
        what: words("When members change, nobody hands over what it holds.", "成员变化时，没有节点移交所持有的键。"),
        breaks: "keys-on-owners",
    },
    Bug {
        name: "answers-too-soon",
        what: words(
            "The primary says that it is written before the other owners have it.",
            "主节点在其他拥有者拿到之前就答复写入完成。",
        ),
        breaks: "fresh-reads",
    },
];
