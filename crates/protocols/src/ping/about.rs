//! What ping says about itself.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Ping, described.
pub const ABOUT: About = About {
    name: "ping",
    title: words("Ping", "Ping 入门"),
    summary: words(
        "Nodes ask their neighbours whether they are there, tell them so unasked, and hand on what they store.",
        "节点询问邻居是否在线，主动发送心跳，并转发所存储的数据。",
    ),
    source: "The first program of every course",
    parts: &[Part { name: "node", prefix: "n", usual: 4, least: 1 }],
    roles: &[
        Role { name: "node", word: words("node", "节点"), letter: "N" },
        Role { name: "alone", word: words("alone", "孤立"), letter: "A" },
    ],
    invariants: &[Invariant {
        name: "answered-was-asked",
        statement: words("Every pong answers a ping that was asked.", "每个 pong 都回答了一个确实发出的 ping。"),
        source: "docs/protocols/ping.md",
    }],
    bugs: &[Bug {
        name: "answers-the-wrong-asker",
        what: words("The pong goes to the neighbour after the one that asked.", "pong 发给了询问者之后的那个邻居。"),
        breaks: "answered-was-asked",
    }],
    lines: super::LINES,
    ops: &[
        OpForm { name: "ping", word: words("ping all neighbours", "ping 所有邻居"), fields: &[], cluster: false },
        OpForm {
            name: "store",
            word: words("store", "存储"),
            fields: &[KEY, Field { name: "value", sample: "1", kind: FieldKind::Text }],
            cluster: false,
        },
        OpForm { name: "read", word: words("read", "读取"), fields: &[KEY], cluster: false },
    ],
    measures: &[Measure {
        name: "unanswered",
        word: words("pongs that somebody waits for", "尚在等待的 pong"),
        unit: words("messages", "条消息"),
    }],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../../docs/protocols/ping.md"),
    scenarios: &[
        ("hello", include_str!("scenarios/hello.toml")),
        ("slow-or-gone", include_str!("scenarios/slow-or-gone.toml")),
        ("crossing", include_str!("scenarios/crossing.toml")),
        ("wrong-asker", include_str!("scenarios/wrong-asker.toml")),
    ],
};

const KEY: Field = Field { name: "key", sample: "x", kind: FieldKind::Text };
