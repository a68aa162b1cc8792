//! What three-phase commit says about itself.

use crate::about::{About, Bug, Invariant, Measure, Role, words};
use crate::shared::commit::{OPS, PARTS};
use netsplit_sim::Span;

/// Three-phase commit, described.
pub const ABOUT: About = About {
    name: "three-phase-commit",
    title: words("Three-phase commit", "三阶段提交"),
    summary: words(
        "Between the votes and the commit, everybody learns that all said yes; so whoever is up can go on without the coordinator, as long as silence means death.",
        "在投票与提交之间，先让每个人得知全体赞成；于是在线者无需协调者也能继续，只要沉默就意味着死亡。",
    ),
    source: "Skeen: Nonblocking Commit Protocols, 1981; Bernstein, Hadzilacos, Goodman: Concurrency Control and Recovery in Database Systems, 1987",
    parts: PARTS,
    roles: &[
        Role { name: "coordinator", word: words("coordinator", "协调者"), letter: "K" },
        Role { name: "preparing", word: words("preparing", "收集选票"), letter: "V" },
        Role { name: "pre-committing", word: words("pre-committing", "预提交中"), letter: "M" },
        Role { name: "initial", word: words("initial", "初始"), letter: "I" },
        Role { name: "waiting", word: words("waiting", "等待"), letter: "W" },
        Role { name: "pre-committed", word: words("pre-committed", "已预提交"), letter: "P" },
        Role { name: "committed", word: words("committed", "已提交"), letter: "C" },
        Role { name: "aborted", word: words("aborted", "已中止"), letter: "A" },
    ],
    invariants: &[
        Invariant {
            name: "agreement",
            statement: words(
                "All that decide on a transaction decide the same, if the network kept its word meanwhile.",
                "若其间网络守信，对同一事务作出决定者决定相同。",
            ),
            source: "Skeen 1981",
        },
        Invariant {
            name: "non-blocking",
            statement: words(
                "Whoever is up all the time decides soon, whoever crashes, if the network kept its word meanwhile.",
                "若其间网络守信，始终在线者很快作出决定，不管谁崩溃。",
            ),
            source: "Skeen 1981",
        },
        Invariant {
            name: "no-reversal",
            statement: words("Nobody takes a decision back.", "任何决定都不会被推翻。"),
            source: "Bernstein, Hadzilacos, Goodman 1987, section 7.3, AC2",
        },
        Invariant {
            name: "commit-needs-every-yes",
            statement: words("Commit only if everybody voted yes.", "只有全体赞成才会提交。"),
            source: "Bernstein, Hadzilacos, Goodman 1987, section 7.3, AC3",
        },
    ],
    bugs: &[Bug {
        name: "no-pre-commit-ack",
        what: words(
            "The coordinator commits without waiting for anybody to acknowledge that all voted yes.",
            "协调者不等任何人确认“全体赞成”就提交。",
        ),
        breaks: "agreement",
    }],
    lines: super::LINES,
    ops: OPS,
    measures: &[
        Measure {
            name: "in-doubt",
            word: words("participants in doubt", "存疑的参与者"),
            unit: words("nodes", "个节点"),
        },
        Measure { name: "window", word: words("longest time in doubt", "最长存疑时间"), unit: words("ms", "ms") },
        Measure {
            name: "torn",
            word: words("participants that disagree", "意见不一的参与者"),
            unit: words("nodes", "个节点"),
        },
    ],
    settles: Span::millis(1_500),
    liars: None,
    page: include_str!("../../../../docs/protocols/three-phase-commit.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("coordinator-crash", include_str!("scenarios/coordinator-crash.toml")),
        ("mid-broadcast", include_str!("scenarios/mid-broadcast.toml")),
        ("one-knew", include_str!("scenarios/one-knew.toml")),
        ("partition", include_str!("scenarios/partition.toml")),
        ("no-pre-commit-ack", include_str!("scenarios/no-pre-commit-ack.toml")),
    ],
};
