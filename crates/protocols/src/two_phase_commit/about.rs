//! What two-phase commit says about itself.

use crate::about::{About, Bug, Invariant, Measure, Role, words};
use crate::shared::commit::{OPS, PARTS};
use netsplit_sim::Span;

/// Two-phase commit, described.
pub const ABOUT: About = About {
    name: "two-phase-commit",
    title: words("Two-phase commit", "两阶段提交"),
    summary: words(
        "A coordinator asks all participants for a vote, and a transaction happens at all of them or at none; who has voted yes must wait.",
        "协调者请求所有参与者投票，事务要么处处发生，要么处处不发生；投了赞成票的只能等待。",
    ),
    source: "Gray: Notes on Data Base Operating Systems, 1978; Bernstein, Hadzilacos, Goodman: Concurrency Control and Recovery in Database Systems, 1987",
    parts: PARTS,
    roles: &[
        Role { name: "coordinator", word: words("coordinator", "协调者"), letter: "C" },
        Role { name: "preparing", word: words("preparing", "收集选票"), letter: "V" },
        Role { name: "committing", word: words("committing", "提交中"), letter: "K" },
        Role { name: "aborting", word: words("aborting", "中止中"), letter: "A" },
        Role { name: "participant", word: words("participant", "参与者"), letter: "P" },
        Role { name: "prepared", word: words("prepared", "已准备"), letter: "D" },
        Role { name: "blocked", word: words("blocked", "被阻塞"), letter: "B" },
    ],
    invariants: INVARIANTS,
    bugs: BUGS,
    lines: super::LINES,
    ops: OPS,
    measures: &[
        Measure {
            name: "in-doubt",
            word: words("participants in doubt", "存疑的参与者"),
            unit: words("nodes", "个节点"),
        },
        Measure {
            name: "blocked",
            word: words("participants blocked", "被阻塞的参与者"),
            unit: words("nodes", "个节点"),
        },
        Measure { name: "window", word: words("longest time in doubt", "最长存疑时间"), unit: words("ms", "ms") },
    ],
    settles: Span::millis(1_500),
    liars: None,
    page: include_str!("../../../../docs/protocols/two-phase-commit.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("one-no", include_str!("scenarios/one-no.toml")),
        ("blocked", include_str!("scenarios/blocked.toml")),
        ("told-by-a-peer", include_str!("scenarios/told-by-a-peer.toml")),
        ("all-in-doubt", include_str!("scenarios/all-in-doubt.toml")),
        ("crossing", include_str!("scenarios/crossing.toml")),
        ("vote-not-forced", include_str!("scenarios/vote-not-forced.toml")),
        ("decision-not-forced", include_str!("scenarios/decision-not-forced.toml")),
        ("times-out-to-commit", include_str!("scenarios/times-out-to-commit.toml")),
        ("presumes-abort", include_str!("scenarios/presumes-abort.toml")),
    ],
};

const SOURCE: &str = "Bernstein, Hadzilacos, Goodman 1987, section 7.3";

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "agreement",
        statement: words(
            "AC1: all that decide on a transaction decide the same.",
            "AC1：对同一事务作出决定者，决定相同。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "no-reversal",
        statement: words("AC2: nobody takes a decision back.", "AC2：任何决定都不会被推翻。"),
        source: SOURCE,
    },
    Invariant {
        name: "commit-needs-every-yes",
        statement: words("AC3: commit only if everybody voted yes.", "AC3：只有全体赞成才会提交。"),
        source: SOURCE,
    },
    Invariant {
        name: "all-yes-commits",
        statement: words(
            "AC4: a coordinator that has heard yes from everybody commits.",
            "AC4：协调者听到全体赞成后必定提交。",
        ),
        source: SOURCE,
    },
    Invariant {
        name: "ends",
        statement: words(
            "AC5: once failures are repaired, and none come for long enough, nobody is in doubt for long.",
            "AC5：故障修复且足够久没有新故障之后，没有人会长期存疑。",
        ),
        source: SOURCE,
    },
];

/// In the order of [`super::Bug`].
const BUGS: &[Bug] = &[
    Bug {
        name: "vote-not-forced",
        what: words(
            "A participant votes yes with nothing on its disk: a crash makes it forget that it did.",
            "参与者未写盘就投赞成票：崩溃后忘记自己投过票。",
        ),
        breaks: "agreement",
    },
    Bug {
        name: "decision-not-forced",
        what: words(
            "The coordinator tells its decision with nothing on its disk: after a crash it takes it for undecided.",
            "协调者未写盘就通告决定：崩溃后以为尚未决定。",
        ),
        breaks: "agreement",
    },
    Bug {
        name: "times-out-to-commit",
        what: words(
            "A participant in doubt that hears nothing for a while commits.",
            "存疑的参与者一段时间没有消息，便自行提交。",
        ),
        breaks: "commit-needs-every-yes",
    },
    Bug {
        name: "presumes-abort",
        what: words(
            "A participant that voted yes and hears nothing for a while aborts.",
            "投了赞成票的参与者一段时间没有消息，便自行中止。",
        ),
        breaks: "agreement",
    },
];
