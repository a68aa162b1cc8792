//! What membership says about itself.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Membership, described.
pub const ABOUT: About = About {
    name: "membership",
    title: words("Membership (SWIM)", "成员管理（SWIM）"),
    summary: words(
        "Each member asks one other in each period; news of who joined, failed, came back or left rides along as gossip.",
        "每个成员每周期只询问一个成员；加入、失效、归来与离开的消息随之以流言方式传播。",
    ),
    source: "Das, Gupta, Motivala: SWIM, Scalable Weakly-consistent Infection-style Process Group Membership Protocol, 2002",
    parts: &[Part { name: "node", prefix: "n", usual: 6, least: 1 }],
    roles: &[
        Role { name: "active", word: words("member", "成员"), letter: "A" },
        Role { name: "joining", word: words("joining", "加入中"), letter: "J" },
        Role { name: "leaving", word: words("leaving", "离开中"), letter: "L" },
        Role { name: "outside", word: words("outside", "在外"), letter: "O" },
    ],
    invariants: &[
        Invariant {
            name: "refutation",
            statement: words(
                "In a network that is whole, no member that is up is held for failed for long.",
                "在完好的网络中，在线成员不会长久被视为失效。",
            ),
            source: "SWIM, section 4.2",
        },
        Invariant {
            name: "views-converge",
            statement: words(
                "In a network that is whole, every member soon knows exactly who the members are.",
                "在完好的网络中，每个成员很快都会准确知道有哪些成员。",
            ),
            source: "SWIM, section 4.1",
        },
        Invariant {
            name: "left-stays-left",
            statement: words(
                "Nobody who knows that a node left takes it for a member again, unless it asked to be let in.",
                "知道某节点已离开者，不会再把它当作成员，除非它重新请求加入。",
            ),
            source: "docs/protocols/membership.md",
        },
        Invariant {
            name: "authenticated",
            statement: words("Nobody without the key is in any view.", "没有密钥者不出现在任何视图中。"),
            source: "docs/protocols/membership.md",
        },
    ],
    bugs: &[
        Bug {
            name: "no-refutation",
            what: words("A member that hears it is suspected says nothing.", "成员听说自己被怀疑，却不作声。"),
            breaks: "refutation",
        },
        Bug {
            name: "incarnation-not-raised",
            what: words(
                "It says that it is active, but in the same incarnation, and nobody may believe it.",
                "它声明自己活跃，但化身号不变，于是没有人可以相信。",
            ),
            breaks: "refutation",
        },
        Bug {
            name: "left-can-return",
            what: words(
                "News that somebody is active counts even after it has left, however old the news.",
                "即使某节点已离开，说它活跃的消息仍被采信，不管多旧。",
            ),
            breaks: "left-stays-left",
        },
        Bug {
            name: "no-authentication",
            what: words("Whoever asks is let in, whatever the key.", "不看密钥，谁请求都接纳。"),
            breaks: "authenticated",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm {
            name: "join",
            word: words("join", "加入"),
            fields: &[Field { name: "via", sample: "n1", kind: FieldKind::Node }],
            cluster: false,
        },
        OpForm { name: "leave", word: words("leave", "离开"), fields: &[], cluster: false },
        OpForm { name: "members", word: words("who is a member?", "有哪些成员？"), fields: &[], cluster: false },
    ],
    measures: &[
        Measure {
            name: "members", word: words("members that are up", "在线成员"), unit: words("nodes", "个节点")
        },
        Measure { name: "suspicions", word: words("suspicions", "怀疑"), unit: words("", "") },
        Measure {
            name: "false-failures",
            word: words("members that are up and held for failed", "在线却被视为失效"),
            unit: words("", ""),
        },
    ],
    settles: Span::secs(4),
    liars: None,
    page: include_str!("../../../../docs/protocols/membership.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("crash", include_str!("scenarios/crash.toml")),
        ("asked-by-others", include_str!("scenarios/asked-by-others.toml")),
        ("long-pause", include_str!("scenarios/long-pause.toml")),
        ("partition", include_str!("scenarios/partition.toml")),
        ("no-refutation", include_str!("scenarios/no-refutation.toml")),
        ("incarnation-not-raised", include_str!("scenarios/incarnation-not-raised.toml")),
        ("left-can-return", include_str!("scenarios/left-can-return.toml")),
        ("no-authentication", include_str!("scenarios/no-authentication.toml")),
    ],
};
