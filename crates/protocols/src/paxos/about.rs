//! What Paxos says about itself.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Paxos, described.
pub const ABOUT: About = About {
    name: "paxos",
    title: words("Paxos", "Paxos"),
    summary: words(
        "Proposers get one value accepted by a majority; whoever comes later finds it, and can only confirm it.",
        "提议者使一个值被多数接受；后来者总会发现它，并且只能确认它。",
    ),
    source: "Lamport: Paxos Made Simple, 2001",
    parts: &[Part { name: "server", prefix: "n", usual: 3, least: 1 }],
    roles: &[
        Role { name: "acceptor", word: words("acceptor", "接受者"), letter: "A" },
        Role { name: "preparing", word: words("preparing", "准备中"), letter: "1" },
        Role { name: "proposing", word: words("proposing", "提议中"), letter: "2" },
        Role { name: "backing-off", word: words("backing off", "退避中"), letter: "W" },
        Role { name: "learned", word: words("knows", "已得知"), letter: "K" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: &[
        OpForm {
            name: "propose",
            word: words("propose a value", "提议一个值"),
            fields: &[Field { name: "value", sample: "1", kind: FieldKind::Text }],
            cluster: false,
        },
        OpForm { name: "read", word: words("ask what is chosen", "询问选定的值"), fields: &[], cluster: false },
    ],
    measures: &[
        Measure { name: "round", word: words("highest round", "最高轮次"), unit: words("", "") },
        Measure {
            name: "same-value",
            word: words("servers that accepted the same value", "接受同一值的服务器"),
            unit: words("nodes", "个节点"),
        },
    ],
    settles: Span::millis(4_000), // the longest patience, and a few ballots
    liars: None,
    page: include_str!("../../../../docs/protocols/paxos.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("taken-over", include_str!("scenarios/taken-over.toml")),
        ("outvoted", include_str!("scenarios/outvoted.toml")),
        ("duel", include_str!("scenarios/duel.toml")),
        ("duel-ends", include_str!("scenarios/duel-ends.toml")),
        ("nobody-knows", include_str!("scenarios/nobody-knows.toml")),
        ("promise-not-durable", include_str!("scenarios/promise-not-durable.toml")),
        ("own-value", include_str!("scenarios/own-value.toml")),
        ("quorum-of-half", include_str!("scenarios/quorum-of-half.toml")),
        ("accepts-below-promise", include_str!("scenarios/accepts-below-promise.toml")),
    ],
};

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "agreement",
        statement: words("All that learn a value learn the same one.", "所有学到值的节点学到的是同一个值。"),
        source: "Lamport 2001, section 2.1",
    },
    Invariant {
        name: "validity",
        statement: words("Only a value that was proposed is accepted.", "只有被提议过的值才会被接受。"),
        source: "Lamport 2001, section 2.1",
    },
    Invariant {
        name: "integrity",
        statement: words(
            "Nobody takes a value for chosen unless a majority of the servers has accepted it in one ballot.",
            "除非多数服务器在同一轮次中接受了某个值，否则无人会认为它被选定。",
        ),
        source: "Lamport 2001, section 2.1",
    },
    Invariant {
        name: "chosen-stays-chosen",
        statement: words(
            "If a value is chosen in a ballot, no other is accepted in a higher one.",
            "若一个值在某轮次中被选定，更高的轮次中不会接受别的值。",
        ),
        source: "Lamport 2001, section 2.2, P2b",
    },
    Invariant {
        name: "lone-proposer-succeeds",
        statement: words(
            "A proposer that strives alone, with a majority of the servers up and nothing that fails, succeeds before long.",
            "若只有一个提议者在努力，多数服务器在线且没有故障，它不久就会成功。",
        ),
        source: "Lamport 2001, section 2.4",
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "promise-not-durable",
        what: words(
            "An acceptor keeps its promise in memory only: after a crash it votes in a ballot that it had renounced.",
            "接受者只把承诺记在内存里：崩溃之后又在它已放弃的轮次中投票。",
        ),
        breaks: "chosen-stays-chosen",
    },
    Bug {
        name: "own-value",
        what: words(
            "A proposer asks for its own value, whatever the acceptors have accepted.",
            "提议者不管接受者接受过什么，一律提出自己的值。",
        ),
        breaks: "chosen-stays-chosen",
    },
    Bug {
        name: "quorum-of-half",
        what: words(
            "Half of the servers, rounded down, pass for a majority: two such halves need not meet.",
            "把半数（向下取整）当作多数：两个半数未必相交。",
        ),
        breaks: "integrity",
    },
    Bug {
        name: "accepts-below-promise",
        what: words(
            "An acceptor accepts what it is asked to, even in a ballot below its promise.",
            "接受者有求必应，即使轮次低于它的承诺。",
        ),
        breaks: "chosen-stays-chosen",
    },
];
