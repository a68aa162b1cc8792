//! What failure detection says about itself.

use crate::about::{About, Bug, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Failure detection, described.
pub const ABOUT: About = About {
    name: "failure-detector",
    title: words("Failure detector", "故障检测器"),
    summary: words(
        "Nodes send heartbeats, and suspect whoever is silent for too long: by a fixed time-out, or by how improbable the silence is.",
        "节点互发心跳，怀疑沉默过久者：依固定超时，或依这段沉默的不可能程度。",
    ),
    source: "Chandra, Toueg: Unreliable Failure Detectors for Reliable Distributed Systems, 1996; Hayashibara et al.: The φ Accrual Failure Detector, 2004",
    parts: &[Part { name: "node", prefix: "n", usual: 4, least: 1 }],
    roles: &[
        Role { name: "trusting", word: words("trusts all", "信任所有"), letter: "T" },
        Role { name: "suspecting", word: words("suspects somebody", "有所怀疑"), letter: "S" },
    ],
    invariants: &[
        Invariant {
            name: "completeness",
            statement: words(
                "Whoever sends no new heartbeat for the time-out is suspected, and stays so until it does: a crashed node for ever.",
                "超时内没有新心跳的节点会被怀疑，直到有新心跳为止：崩溃的节点将永远被怀疑。",
            ),
            source: "Chandra, Toueg 1996, strong completeness",
        },
        Invariant {
            name: "accuracy",
            statement: words(
                "Nobody is suspected before it has been silent for the time-out by the clock of the one who waits; so nobody that is up, where delays have a bound below it.",
                "按等待者自己的时钟，沉默未达超时者不被怀疑；因此在延迟有界且小于超时时，在线节点不会被怀疑。",
            ),
            source: "Chandra, Toueg 1996, strong accuracy, where delays are bounded",
        },
        Invariant {
            name: "withdrawal",
            statement: words("A suspicion ends with the next new heartbeat.", "下一个新心跳到来时，怀疑即告结束。"),
            source: "Chandra, Toueg 1996, section 9",
        },
    ],
    bugs: &[
        Bug {
            name: "number-ignored",
            what: words(
                "Heartbeats count whatever their number, so a late one revives the dead.",
                "不看心跳编号，于是迟到的心跳会让死者复活。",
            ),
            breaks: "completeness",
        },
        Bug {
            name: "senders-clock",
            what: words(
                "Silence is counted from when the sender's clock says that it sent, as if there were one global time.",
                "沉默从发送者时钟所说的发送时刻算起，仿佛存在全局时间。",
            ),
            breaks: "accuracy",
        },
        Bug {
            name: "never-forgives",
            what: words("Whoever was suspected once stays suspected.", "一旦被怀疑，永远被怀疑。"),
            breaks: "withdrawal",
        },
    ],
    lines: super::LINES,
    ops: &[OpForm {
        name: "suspects", word: words("whom do you suspect?", "你怀疑谁？"), fields: &[], cluster: false
    }],
    measures: &[
        Measure {
            name: "wrong",
            word: words("suspicions of nodes that are up", "对在线节点的怀疑"),
            unit: words("", ""),
        },
        Measure {
            name: "missed",
            word: words("nodes that are down and trusted", "已宕机却仍被信任"),
            unit: words("", ""),
        },
        Measure {
            name: "detection",
            word: words("from crash to suspicion by all", "最近一次崩溃到人人怀疑的时间"),
            unit: words("ms", "ms"),
        },
    ],
    settles: Span::secs(1),
    liars: None,
    page: include_str!("../../../../docs/protocols/failure-detector.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("crash", include_str!("scenarios/crash.toml")),
        ("slow-or-dead", include_str!("scenarios/slow-or-dead.toml")),
        ("jitter-timeout", include_str!("scenarios/jitter-timeout.toml")),
        ("jitter-phi", include_str!("scenarios/jitter-phi.toml")),
        ("number-ignored", include_str!("scenarios/number-ignored.toml")),
        ("senders-clock", include_str!("scenarios/senders-clock.toml")),
        ("never-forgives", include_str!("scenarios/never-forgives.toml")),
    ],
};
