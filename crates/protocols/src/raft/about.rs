//! What Raft says about itself.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use netsplit_sim::Span;

/// Raft, described.
pub const ABOUT: About = About {
    name: "raft",
    title: words("Raft", "Raft 共识"),
    summary: words(
        "Servers elect a leader that keeps their logs the same, so that a store of keys and values outlives any minority of them.",
        "服务器选出一个领导者，由它保持所有日志一致，使键值存储在少数服务器失效时依然可用。",
    ),
    source: "Ongaro, Ousterhout: In Search of an Understandable Consensus Algorithm (extended version), 2014",
    parts: &[
        Part { name: "server", prefix: "n", usual: 5, least: 1 },
        Part { name: "client", prefix: "c", usual: 1, least: 0 },
    ],
    roles: &[
        Role { name: "follower", word: words("follower", "跟随者"), letter: "F" },
        Role { name: "candidate", word: words("candidate", "候选人"), letter: "C" },
        Role { name: "leader", word: words("leader", "领导者"), letter: "L" },
        Role { name: "non-voter", word: words("non-voter", "无投票权者"), letter: "N" },
        Role { name: "client", word: words("client", "客户端"), letter: "K" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: super::OPS,
    measures: &[
        Measure { name: "term", word: words("highest term", "最高任期"), unit: words("", "") },
        Measure {
            name: "committed",
            word: words("committed entries", "已提交的条目"),
            unit: words("entries", "个条目"),
        },
        Measure {
            name: "uncommitted",
            word: words("entries that some log holds beyond them", "超出其后的日志条目"),
            unit: words("entries", "个条目"),
        },
    ],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../../docs/protocols/raft.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("leader-crash", include_str!("scenarios/leader-crash.toml")),
        ("figure-16", include_str!("scenarios/figure-16.toml")),
        ("minority-partition", include_str!("scenarios/minority-partition.toml")),
        ("majority-partition", include_str!("scenarios/majority-partition.toml")),
        ("pre-vote", include_str!("scenarios/pre-vote.toml")),
        ("check-quorum", include_str!("scenarios/check-quorum.toml")),
        ("transfer", include_str!("scenarios/transfer.toml")),
        ("snapshots", include_str!("scenarios/snapshots.toml")),
        ("membership", include_str!("scenarios/membership.toml")),
        ("removed-server", include_str!("scenarios/removed-server.toml")),
        ("complete", include_str!("scenarios/complete.toml")),
        ("no-majority", include_str!("scenarios/no-majority.toml")),
        ("split-vote", include_str!("scenarios/split-vote.toml")),
        ("slow-disk", include_str!("scenarios/slow-disk.toml")),
        ("flapping-link", include_str!("scenarios/flapping-link.toml")),
        ("figure-8-rule-on", include_str!("scenarios/figure-8-rule-on.toml")),
        ("figure-8-rule-off", include_str!("scenarios/figure-8-rule-off.toml")),
        ("vote-not-durable", include_str!("scenarios/vote-not-durable.toml")),
        ("no-up-to-date-check", include_str!("scenarios/no-up-to-date-check.toml")),
        ("no-conflict-truncation", include_str!("scenarios/no-conflict-truncation.toml")),
        ("liar", include_str!("scenarios/liar.toml")),
        ("single-step-change", include_str!("scenarios/single-step-change.toml")),
    ],
};

const FIGURE_3: &str = "Raft (extended version), Figure 3";

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "election-safety",
        statement: words("A term has at most one leader.", "每个任期至多有一个领导者。"),
        source: FIGURE_3,
    },
    Invariant {
        name: "leader-append-only",
        statement: words(
            "A leader only adds to its log: it overwrites and deletes nothing in it.",
            "领导者只向自己的日志追加条目，从不覆盖或删除。",
        ),
        source: FIGURE_3,
    },
    Invariant {
        name: "log-matching",
        statement: words(
            "Two logs that have an entry of the same index and term are the same up to there.",
            "若两个日志在同一索引处有同一任期的条目，则它们到此为止完全相同。",
        ),
        source: FIGURE_3,
    },
    Invariant {
        name: "leader-completeness",
        statement: words(
            "What is committed in a term is in the log of every leader of a later term.",
            "某任期内提交的条目，必在之后所有任期的领导者日志中。",
        ),
        source: FIGURE_3,
    },
    Invariant {
        name: "state-machine-safety",
        statement: words(
            "No two servers ever apply different entries at the same index.",
            "任何两台服务器都不会在同一索引处应用不同的条目。",
        ),
        source: FIGURE_3,
    },
    Invariant {
        name: "exactly-once",
        statement: words(
            "With sessions, an acknowledged command has taken effect exactly once, and with the answer that was given.",
            "使用会话时，得到答复的命令恰好生效一次，且结果与答复一致。",
        ),
        source: "Ongaro (dissertation), §6.3",
    },
    Invariant {
        name: "fresh-reads",
        statement: words(
            "A read shows every write of which somebody had heard when the read was asked for.",
            "读到的值包含发起读取时已有人得知的所有写入。",
        ),
        source: "Ongaro (dissertation), §6.4",
    },
];

/// In the order of [`super::Bug`]; those that clients' options bring with them are for raft-kv to list.
const BUGS: &[Bug] = &[
    Bug {
        name: "vote-not-durable",
        what: words(
            "The vote is not on the disk: a server that restarts may vote twice in one term.",
            "投票没有写入磁盘：重启后的服务器可能在同一任期投两次票。",
        ),
        breaks: "election-safety",
    },
    Bug {
        name: "commit-older-terms",
        what: words(
            "A leader counts copies of entries of earlier terms and takes them for committed (Figure 8).",
            "领导者对旧任期的条目也按副本数判定为已提交（图 8）。",
        ),
        breaks: "leader-completeness",
    },
    Bug {
        name: "no-up-to-date-check",
        what: words(
            "Votes go to any candidate, even one whose log is older than the voter's (§5.4.1).",
            "不比较日志新旧就投票，即使候选人的日志更旧（§5.4.1）。",
        ),
        breaks: "leader-completeness",
    },
    Bug {
        name: "no-conflict-truncation",
        what: words(
            "A follower keeps entries that conflict with its leader's, and still says that it has the leader's.",
            "跟随者保留与领导者冲突的条目，却仍答复已有领导者的条目。",
        ),
        breaks: "state-machine-safety",
    },
    Bug {
        name: "single-step-change",
        what: words(
            "The set of servers changes in one step, from the old to the new without a joint configuration between them.",
            "服务器集合一步切换：新旧之间没有联合配置。",
        ),
        breaks: "leader-completeness",
    },
];
