//! What the bully algorithm says about itself.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use crate::shared::election;
use netsplit_sim::Span;

/// The bully algorithm, described.
pub const ABOUT: About = About {
    name: "bully",
    title: words("Bully election", "霸道选举算法"),
    summary: words(
        "Whoever misses the leader asks all nodes above it; if none answers in time it leads, so the highest that is up wins, as long as time can be trusted.",
        "发现领导者失效者询问所有更高的节点；若无人及时回答便自任领导者，只要时间可信，在线的最高者获胜。",
    ),
    source: "Garcia-Molina: Elections in a Distributed Computing System, 1982",
    parts: &[Part { name: "node", prefix: "n", usual: 5, least: 1 }],
    roles: &[
        Role { name: "electing", word: words("electing", "选举中"), letter: "E" },
        Role { name: "waiting", word: words("waiting", "等待中"), letter: "W" },
        Role { name: "follower", word: words("follower", "跟随者"), letter: "F" },
        Role { name: "leader", word: words("leader", "领导者"), letter: "L" },
    ],
    invariants: &[
        Invariant {
            name: "followed-has-led",
            statement: words("Nobody follows a node that never led.", "没有节点跟随从未领导过的节点。"),
            source: "docs/protocols/bully.md",
        },
        Invariant {
            name: "one-leader",
            statement: words(
                "Once timing has held for long enough, at most one node leads.",
                "时限成立足够久之后，至多有一个领导者。",
            ),
            source: "Garcia-Molina 1982, assertion 1",
        },
        Invariant {
            name: "highest-leads",
            statement: words(
                "Once timing has held for long enough, the highest node that is up leads, and all know it.",
                "时限成立足够久之后，在线的最高节点领导，且人尽皆知。",
            ),
            source: "Garcia-Molina 1982, assertion 2",
        },
    ],
    bugs: &[
        Bug {
            name: "stops-at-first-answer",
            what: words(
                "Whoever has an answer waits for ever, though the one that answered may have failed.",
                "得到回答后永远等待，哪怕回答者已经失效。",
            ),
            breaks: "highest-leads",
        },
        Bug {
            name: "no-contest-on-recovery",
            what: words(
                "Whoever comes back follows the leader it finds, even a lower one.",
                "恢复者直接跟随现任领导者，即使它更低。",
            ),
            breaks: "highest-leads",
        },
    ],
    lines: super::LINES,
    ops: election::OPS,
    measures: &[
        election::LEADERS,
        election::AGREED,
        Measure {
            name: "messages",
            word: words("election messages on their way", "途中的选举消息"),
            unit: words("messages", "条消息"),
        },
    ],
    settles: Span::millis(1_500),
    liars: None,
    page: include_str!("../../../../docs/protocols/bully.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("worst-case", include_str!("scenarios/worst-case.toml")),
        ("comeback", include_str!("scenarios/comeback.toml")),
        ("slow-is-dead", include_str!("scenarios/slow-is-dead.toml")),
        ("two-sides", include_str!("scenarios/two-sides.toml")),
        ("stops-at-first-answer", include_str!("scenarios/stops-at-first-answer.toml")),
        ("no-contest-on-recovery", include_str!("scenarios/no-contest-on-recovery.toml")),
    ],
};
