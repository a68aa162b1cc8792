//! What the reliable link says about itself.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// The reliable link, described.
pub const ABOUT: About = About {
    name: "reliable-link",
    title: words("Reliable link", "可靠链路"),
    summary: words(
        "Numbers, acknowledgements, retries and a window bring every parcel across exactly once and in order, over a network that loses, doubles and reorders.",
        "编号、确认、重发与窗口，使每个包裹恰好一次、按序送达，尽管网络会丢失、重复和乱序。",
    ),
    source: "Stenning: A Data Transfer Protocol, 1976; Cerf, Kahn: A Protocol for Packet Network Intercommunication, 1974",
    parts: &[
        Part { name: "sender", prefix: "s", usual: 1, least: 1 },
        Part { name: "receiver", prefix: "r", usual: 1, least: 1 },
    ],
    roles: &[
        Role { name: "idle", word: words("nothing to send", "无可发送"), letter: "I" },
        Role { name: "sending", word: words("sending", "发送中"), letter: "S" },
        Role { name: "receiving", word: words("receiver", "接收者"), letter: "R" },
    ],
    invariants: &[
        Invariant {
            name: "at-most-once",
            statement: words("No parcel is delivered twice.", "任何包裹都不会被交付两次。"),
            source: "docs/protocols/reliable-link.md",
        },
        Invariant {
            name: "in-order",
            statement: words(
                "Parcels of one sender are delivered in the order in which they were handed in.",
                "同一发送者的包裹按交来的顺序交付。",
            ),
            source: "docs/protocols/reliable-link.md",
        },
        Invariant {
            name: "no-loss",
            statement: words(
                "What the client was told is delivered is delivered, and stays so through crashes.",
                "凡告知客户端已送达的，都已送达，并且经历崩溃依然如此。",
            ),
            source: "docs/protocols/reliable-link.md",
        },
        Invariant {
            name: "gives-up-as-configured",
            statement: words(
                "A parcel is given up only after the tries that are set, and the client is told.",
                "只有尝试达到设定次数后才会放弃包裹，并告知客户端。",
            ),
            source: "docs/protocols/reliable-link.md",
        },
    ],
    bugs: &[
        Bug {
            name: "no-deduplication",
            what: words("A parcel that comes again is delivered again.", "重复到达的包裹会被再次交付。"),
            breaks: "at-most-once",
        },
        Bug {
            name: "ack-before-durable",
            what: words(
                "A delivery is acknowledged before it is on the disk, so a crash loses what was acknowledged.",
                "交付尚未写入磁盘就确认，崩溃会丢失已确认的包裹。",
            ),
            breaks: "no-loss",
        },
        Bug {
            name: "sequence-reused",
            what: words(
                "The next number is not on the disk: after a restart new parcels get numbers that were used before.",
                "下一个编号没有写入磁盘：重启后新包裹会得到用过的编号。",
            ),
            breaks: "no-loss",
        },
    ],
    lines: super::LINES,
    ops: &[OpForm {
        name: "send",
        word: words("send", "发送"),
        fields: &[Field { name: "text", sample: "hello", kind: FieldKind::Text }],
        cluster: false,
    }],
    measures: &[
        Measure { name: "delivered", word: words("delivered", "已交付"), unit: words("parcels", "个包裹") },
        Measure { name: "waiting", word: words("in outboxes", "在发件箱中"), unit: words("parcels", "个包裹") },
        Measure { name: "repeated", word: words("sent again", "重发"), unit: words("parcels", "个包裹") },
        Measure {
            name: "price",
            word: words("messages for what is delivered", "交付所用的消息"),
            unit: words("messages for 100 parcels", "条消息／百个包裹"),
        },
    ],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../../docs/protocols/reliable-link.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("bad-line", include_str!("scenarios/bad-line.toml")),
        ("receiver-crash", include_str!("scenarios/receiver-crash.toml")),
        ("gives-up", include_str!("scenarios/gives-up.toml")),
        ("no-deduplication", include_str!("scenarios/no-deduplication.toml")),
        ("ack-before-durable", include_str!("scenarios/ack-before-durable.toml")),
        ("sequence-reused", include_str!("scenarios/sequence-reused.toml")),
    ],
};
