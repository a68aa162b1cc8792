//! What Multi-Paxos says about itself.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use netsplit_sim::Span;

/// Multi-Paxos, described.
pub const ABOUT: About = About {
    name: "multi-paxos",
    title: words("Multi-Paxos", "Multi-Paxos"),
    summary: words(
        "A log in which Paxos decides every slot; a leader asks for everybody's support once, and then needs one round trip a command.",
        "日志的每个槽位由 Paxos 决定；领导者只需请求一次支持，之后每条命令一个来回。",
    ),
    source: "van Renesse, Altinbuken: Paxos Made Moderately Complex, 2015",
    parts: &[
        Part { name: "replica", prefix: "r", usual: 2, least: 1 },
        Part { name: "leader", prefix: "l", usual: 2, least: 0 },
        Part { name: "acceptor", prefix: "a", usual: 3, least: 0 },
    ],
    roles: &[
        Role { name: "replica", word: words("replica", "副本"), letter: "R" },
        Role { name: "passive", word: words("passive leader", "被动领导者"), letter: "P" },
        Role { name: "scouting", word: words("scouting", "侦察中"), letter: "S" },
        Role { name: "active", word: words("active leader", "主动领导者"), letter: "L" },
        Role { name: "acceptor", word: words("acceptor", "接受者"), letter: "A" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: crate::shared::kv::OPS_AND_KEYS,
    measures: &[
        Measure { name: "performed", word: words("slots performed", "已执行的槽位"), unit: words("", "") },
        Measure {
            name: "behind",
            word: words("slots that the slowest replica is behind", "最慢副本落后的槽位"),
            unit: words("", ""),
        },
    ],
    settles: Span::millis(3_500), // the patience of log-goes-on, and some
    liars: None,
    page: include_str!("../../../../docs/protocols/multi-paxos.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("leader-crash", include_str!("scenarios/leader-crash.toml")),
        ("same-slot", include_str!("scenarios/same-slot.toml")),
        ("cut-off-leader", include_str!("scenarios/cut-off-leader.toml")),
        ("replica-returns", include_str!("scenarios/replica-returns.toml")),
        ("slot-reused-after-restart", include_str!("scenarios/slot-reused-after-restart.toml")),
        ("preempted-goes-on", include_str!("scenarios/preempted-goes-on.toml")),
    ],
};

const SOURCE: &str = "van Renesse, Altinbuken 2015, section 2";

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "slot-agreement",
        statement: words("At most one command is chosen for a slot.", "每个槽位至多选定一条命令。"),
        source: SOURCE,
    },
    Invariant {
        name: "performed-is-chosen",
        statement: words(
            "A replica performs for a slot only what a majority of the acceptors has accepted in one ballot.",
            "副本在某槽位只执行多数接受者在同一轮次中接受的命令。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "one-history",
        statement: words(
            "All replicas perform the same commands in the same slots.",
            "所有副本在相同的槽位执行相同的命令。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "log-goes-on",
        statement: words(
            "While clients wait, a leader and a majority of acceptors are up, and nothing fails for long enough, the log grows.",
            "只要有客户端等待、有领导者和多数接受者在线且足够久没有故障，日志就会增长。",
        ),
        source: "van Renesse, Altinbuken 2015, section 3",
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "slot-reused-after-restart",
        what: words(
            "A leader that comes back goes on in its old ballot, without asking which slots are used.",
            "领导者恢复后沿用旧轮次，不询问哪些槽位已被使用。",
        ),
        breaks: "slot-agreement",
    },
    Bug {
        name: "preempted-goes-on",
        what: words(
            "A leader that is pre-empted takes a higher ballot and goes on, without asking anybody to adopt it.",
            "领导者被抢占后换一个更高的轮次继续，不请任何人采用。",
        ),
        breaks: "slot-agreement",
    },
];
