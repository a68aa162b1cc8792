//! What causal broadcast says about itself.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Causal broadcast, described.
pub const ABOUT: About = About {
    name: "causal-broadcast",
    title: words("Causal broadcast", "因果广播"),
    summary: words(
        "Everybody tells everybody, and no answer arrives before its question.",
        "人人向所有人发布消息，任何回答都不会先于它的提问到达。",
    ),
    source: "Birman, Schiper, Stephenson: Lightweight Causal and Atomic Group Multicast, 1991",
    parts: &[Part { name: "process", prefix: "n", usual: 4, least: 1 }],
    roles: &[
        Role { name: "process", word: words("process", "进程"), letter: "P" },
        Role { name: "holding", word: words("holding something back", "扣留中"), letter: "H" },
    ],
    invariants: &[
        Invariant {
            name: "causal-delivery",
            statement: words(
                "Nobody delivers a post before one that led to it, and nobody delivers one twice.",
                "谁也不会在某条消息的起因之前交付它，也不会重复交付。",
            ),
            source: "Birman, Schiper, Stephenson 1991, section 3",
        },
        Invariant {
            name: "all-delivered",
            statement: words(
                "Once the network is whole and everybody is up, all posts are delivered everywhere.",
                "网络恢复且所有进程在线之后，所有消息都会在各处交付。",
            ),
            source: "Birman, Schiper, Stephenson 1991, section 5.1 (liveness)",
        },
    ],
    bugs: &[
        Bug {
            name: "deliver-on-receipt",
            what: words("A post is delivered as soon as it arrives.", "消息一到就交付。"),
            breaks: "causal-delivery",
        },
        Bug {
            name: "merged-too-early",
            what: words(
                "When a post arrives, what it builds on is counted as delivered at once: it is due before its time, and what it builds on never is.",
                "消息到达时，立即把它所依据的内容计为已交付：它提前到期，而它所依据的却永远不会交付。",
            ),
            breaks: "causal-delivery",
        },
    ],
    lines: super::LINES,
    ops: &[OpForm {
        name: "broadcast",
        word: words("broadcast", "广播"),
        fields: &[Field { name: "text", sample: "x", kind: FieldKind::Text }],
        cluster: false,
    }],
    measures: &[
        Measure {
            name: "delivered", word: words("deliveries in all", "交付总数"), unit: words("posts", "个帖子")
        },
        Measure { name: "held", word: words("held back", "被扣留"), unit: words("posts", "个帖子") },
        Measure {
            name: "missing",
            word: words("deliveries that are yet to come", "尚未完成的交付"),
            unit: words("posts", "个帖子"),
        },
    ],
    settles: Span::secs(8),
    liars: None,
    page: include_str!("../../../../docs/protocols/causal-broadcast.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("answer-overtakes", include_str!("scenarios/answer-overtakes.toml")),
        ("no-order-needed", include_str!("scenarios/no-order-needed.toml")),
        ("cut-off", include_str!("scenarios/cut-off.toml")),
        ("deliver-on-receipt", include_str!("scenarios/deliver-on-receipt.toml")),
        ("merged-too-early", include_str!("scenarios/merged-too-early.toml")),
    ],
};
