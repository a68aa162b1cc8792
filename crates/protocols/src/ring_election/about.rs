//! What the election on a ring says about itself.

use crate::about::{About, Bug, Invariant, Measure, Part, Role, words};
use crate::shared::election;
use netsplit_sim::Span;

/// The election on a ring, described.
pub const ABOUT: About = About {
    name: "ring-election",
    title: words("Ring election", "环上选举"),
    summary: words(
        "Nodes in a ring send tokens with their ids; higher nodes swallow lower tokens, and whoever gets its own back leads.",
        "环上的节点发出带标识的令牌；较大的节点吞掉较小的令牌，收回自己令牌者成为领导者。",
    ),
    source: "Chang, Roberts: An Improved Algorithm for Decentralized Extrema-Finding in Circular Configurations of Processes, 1979",
    parts: &[Part { name: "node", prefix: "n", usual: 5, least: 1 }],
    roles: &[
        Role { name: "passive", word: words("passive", "未参与"), letter: "P" },
        Role { name: "candidate", word: words("taking part", "参选中"), letter: "C" },
        Role { name: "follower", word: words("follower", "跟随者"), letter: "F" },
        Role { name: "leader", word: words("leader", "领导者"), letter: "L" },
    ],
    invariants: &[
        Invariant {
            name: "winner-is-highest",
            statement: words(
                "Whoever wins has a higher id than every node that its token passed.",
                "获胜者的标识大于其令牌经过的所有节点。",
            ),
            source: "Chang, Roberts 1979",
        },
        Invariant {
            name: "one-leader",
            statement: words(
                "Once the network has kept its word for long enough, at most one node leads.",
                "网络守信足够久之后，至多有一个领导者。",
            ),
            source: "Chang, Roberts 1979",
        },
        Invariant {
            name: "highest-leads",
            statement: words(
                "Once the network has kept its word for long enough, the highest id that is up leads, and all know it.",
                "网络守信足够久之后，在线的最大标识领导，且人尽皆知。",
            ),
            source: "docs/protocols/ring-election.md",
        },
    ],
    bugs: &[Bug {
        name: "not-swallowed",
        what: words(
            "A token with a lower id is passed on like any other, so everybody's comes back.",
            "较小的令牌也照样传递，于是每个节点都收回自己的令牌。",
        ),
        breaks: "winner-is-highest",
    }],
    lines: super::LINES,
    ops: election::OPS,
    measures: &[
        election::LEADERS,
        election::AGREED,
        Measure {
            name: "tokens",
            word: words("election tokens on their way", "途中的选举令牌"),
            unit: words("messages", "条消息"),
        },
    ],
    settles: Span::millis(1_500),
    liars: None,
    page: include_str!("../../../../docs/protocols/ring-election.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("best-order", include_str!("scenarios/best-order.toml")),
        ("worst-order", include_str!("scenarios/worst-order.toml")),
        ("leader-crash", include_str!("scenarios/leader-crash.toml")),
        ("lost-owner", include_str!("scenarios/lost-owner.toml")),
        ("not-swallowed", include_str!("scenarios/not-swallowed.toml")),
    ],
};
