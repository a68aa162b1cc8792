//! What distributed snapshots say about themselves.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Distributed snapshots, described.
pub const ABOUT: About = About {
    name: "chandy-lamport",
    title: words("Distributed snapshots", "分布式快照"),
    summary: words(
        "A bank counts all its money without stopping: every branch's state and what is on its way, along one consistent cut.",
        "银行不停业就能清点全部资金：沿一个一致的切割，记录每个分行的状态和途中的钱。",
    ),
    source: "Chandy, Lamport: Distributed Snapshots: Determining Global States of Distributed Systems, 1985",
    parts: &[Part { name: "branch", prefix: "n", usual: 4, least: 1 }],
    roles: &[
        Role { name: "branch", word: words("branch", "分行"), letter: "B" },
        Role { name: "recording", word: words("recording channels", "正在记录信道"), letter: "R" },
    ],
    invariants: &[
        Invariant {
            name: "consistent-cut",
            statement: words(
                "Whatever a branch had received when it recorded its state, the sender had sent before it recorded its own.",
                "分行记录状态之前收到的一切，都是发送者在记录自己状态之前发出的。",
            ),
            source: "Chandy, Lamport 1985, section 4",
        },
        Invariant {
            name: "total-recorded",
            statement: words(
                "What all branches and channels are recorded to hold is all the money there is.",
                "所有分行与信道所记录的钱，正是全部的钱。",
            ),
            source: "Chandy, Lamport 1985, section 2 (conservation as a stable property)",
        },
        Invariant {
            name: "snapshot-ends",
            statement: words(
                "Once the network is whole and everybody is up, every snapshot is done.",
                "网络恢复且所有分行在线之后，每个快照都会完成。",
            ),
            source: "Chandy, Lamport 1985, section 3.3",
        },
    ],
    bugs: &[
        Bug {
            name: "marker-not-first",
            what: words(
                "Markers are sent after the next transfer, not before anything else.",
                "标记在下一笔转账之后才发送，而不是先于一切。",
            ),
            breaks: "consistent-cut",
        },
        Bug {
            name: "channel-dropped",
            what: words("What was on its way is not recorded.", "不记录途中的钱。"),
            breaks: "total-recorded",
        },
        Bug {
            name: "not-fifo",
            what: words(
                "Channels do not keep the order: money overtakes markers, and markers overtake money.",
                "信道不保序：钱会超过标记，标记也会超过钱。",
            ),
            breaks: "total-recorded",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm {
            name: "transfer",
            word: words("send money", "转账"),
            fields: &[
                Field { name: "to", sample: "n2", kind: FieldKind::Node },
                Field { name: "amount", sample: "10", kind: FieldKind::Number },
            ],
            cluster: false,
        },
        OpForm { name: "snapshot", word: words("take a snapshot", "拍摄快照"), fields: &[], cluster: false },
    ],
    measures: &[
        Measure {
            name: "in-branches",
            word: words("money in branches that are up", "在线分行中的钱"),
            unit: words("", ""),
        },
        Measure {
            name: "recording",
            word: words("parts of snapshots not done", "未完成的快照部分"),
            unit: words("", ""),
        },
        Measure { name: "in-channels", word: words("money on its way", "在途的钱"), unit: words("", "") },
    ],
    settles: Span::secs(12),
    liars: None,
    page: include_str!("../../../../docs/protocols/chandy-lamport.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("on-its-way", include_str!("scenarios/on-its-way.toml")),
        ("several-at-once", include_str!("scenarios/several-at-once.toml")),
        ("never-was", include_str!("scenarios/never-was.toml")),
        ("crash", include_str!("scenarios/crash.toml")),
        ("marker-not-first", include_str!("scenarios/marker-not-first.toml")),
        ("channel-dropped", include_str!("scenarios/channel-dropped.toml")),
        ("not-fifo", include_str!("scenarios/not-fifo.toml")),
    ],
};
