//! What PBFT says about itself.

use crate::about::{About, Bug, Invariant, Liars, Measure, Part, Role, words};
use netsplit_sim::Span;

/// PBFT, described.
pub const ABOUT: About = About {
    name: "pbft",
    title: words("PBFT", "PBFT（实用拜占庭容错）"),
    summary: words(
        "A service on 3f + 1 replicas that stays right while f of them lie, in three phases and with a primary that nobody has to trust.",
        "由 3f + 1 个副本提供的服务：即使其中 f 个说谎也保持正确；三个阶段，无人需要信任主节点。",
    ),
    source: "Castro, Liskov: Practical Byzantine Fault Tolerance, 1999",
    parts: &[
        Part { name: "replica", prefix: "n", usual: 4, least: 1 },
        Part { name: "client", prefix: "c", usual: 1, least: 0 },
    ],
    roles: &[
        Role { name: "primary", word: words("primary", "主节点"), letter: "P" },
        Role { name: "backup", word: words("backup", "备份"), letter: "B" },
        Role { name: "changing", word: words("wants another view", "要求换视图"), letter: "V" },
        Role { name: "client", word: words("client", "客户端"), letter: "C" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: crate::shared::kv::OPS_AND_KEYS,
    measures: &[
        Measure { name: "executed", word: words("requests executed", "已执行的请求"), unit: words("", "") },
        Measure { name: "view", word: words("latest view", "最新视图"), unit: words("", "") },
    ],
    settles: Span::millis(9_000), // the patience of progress, and some
    liars: Some(Liars { of: 3, setting: "f" }),
    page: include_str!("../../../../docs/protocols/pbft.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("silent-primary", include_str!("scenarios/silent-primary.toml")),
        ("equivocating-primary", include_str!("scenarios/equivocating-primary.toml")),
        ("conflicting-voter", include_str!("scenarios/conflicting-voter.toml")),
        ("replayer", include_str!("scenarios/replayer.toml")),
        ("false-replier", include_str!("scenarios/false-replier.toml")),
        ("liar-takes-over", include_str!("scenarios/liar-takes-over.toml")),
        ("one-too-few", include_str!("scenarios/one-too-few.toml")),
        ("quorum-2f", include_str!("scenarios/quorum-2f.toml")),
        ("no-commit-phase", include_str!("scenarios/no-commit-phase.toml")),
        ("view-change-without-proofs", include_str!("scenarios/view-change-without-proofs.toml")),
        ("digest-not-compared", include_str!("scenarios/digest-not-compared.toml")),
    ],
};

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "agreement",
        statement: words(
            "No two correct replicas execute different requests with the same number.",
            "任何两个正确副本不会在同一序号执行不同的请求。",
        ),
        source: "Castro, Liskov 1999, section 4.5.1",
    },
    Invariant {
        name: "total-order",
        statement: words(
            "Correct replicas that have executed as much are in the same state.",
            "执行进度相同的正确副本状态相同。",
        ),
        source: "Castro, Liskov 1999, section 4.5.1",
    },
    Invariant {
        name: "validity",
        statement: words(
            "What correct replicas execute, a client has asked for, and only once.",
            "正确副本所执行的，必是客户端请求过的，且只执行一次。",
        ),
        source: "Castro, Liskov 1999, section 3",
    },
    Invariant {
        name: "client-accepts",
        statement: words(
            "What a client believes, a correct replica has computed.",
            "客户端采信的结果，必由某个正确副本算出。",
        ),
        source: "Castro, Liskov 1999, section 4.1",
    },
    Invariant {
        name: "progress",
        statement: words(
            "While everything works and no more than f replicas lie, every client is answered before long: a faulty primary is replaced.",
            "当一切正常且说谎的副本不超过 f 个时，每个客户端不久都会得到答复：有问题的主节点会被更换。",
        ),
        source: "Castro, Liskov 1999, section 4.5.2",
    },
];

const BUGS: &[Bug] = &[
    Bug {
        name: "quorum-2f",
        what: words(
            "A quorum is one smaller: two of them may have no correct replica in common.",
            "法定数少一个：两个法定数可能没有共同的正确副本。",
        ),
        breaks: "agreement",
    },
    Bug {
        name: "no-commit-phase",
        what: words(
            "What is prepared is executed at once, though perhaps nobody else knows that it is.",
            "一旦准备就立即执行，尽管可能无人知晓其已准备。",
        ),
        breaks: "agreement",
    },
    Bug {
        name: "view-change-without-proofs",
        what: words(
            "What a replica says it has prepared is believed without proof, and so is the new primary.",
            "副本声称已准备的内容不经证明就被相信，新主节点亦然。",
        ),
        breaks: "agreement",
    },
    Bug {
        name: "digest-not-compared",
        what: words(
            "A replica takes the request that it is sent for the one whose digest was signed.",
            "副本把收到的请求当作摘要所对应的请求，而不核对。",
        ),
        breaks: "agreement",
    },
];
