//! What Lamport's clocks say about themselves.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Lamport's clocks, described.
pub const ABOUT: About = About {
    name: "lamport-clock",
    title: words("Lamport clocks", "Lamport 时钟"),
    summary: words(
        "A counter in each process that never contradicts cause and effect, and an order of all broadcasts made from it.",
        "每个进程一个计数器，绝不与因果相矛盾；再由它得到所有广播的全序。",
    ),
    source: "Lamport: Time, Clocks, and the Ordering of Events in a Distributed System, 1978",
    parts: &[Part { name: "process", prefix: "n", usual: 3, least: 1 }],
    roles: &[Role { name: "process", word: words("process", "进程"), letter: "P" }],
    invariants: &[
        Invariant {
            name: "clock-condition",
            statement: words(
                "If e happened before f, the clock of e is less than that of f.",
                "若 e 先于 f 发生，则 e 的时钟小于 f 的时钟。",
            ),
            source: "Lamport 1978, Clock Condition",
        },
        Invariant {
            name: "total-order",
            statement: words(
                "No two processes deliver two broadcasts in different orders, and none delivers one twice.",
                "任何两个进程都不会以不同顺序交付两个广播，也不会重复交付。",
            ),
            source: "Lamport 1978, Ordering the Events Totally",
        },
    ],
    bugs: &[
        Bug {
            name: "no-max-on-receive",
            what: words(
                "A received clock is ignored: the receiver only counts its own events.",
                "忽略收到的时钟：接收者只数自己的事件。",
            ),
            breaks: "clock-condition",
        },
        Bug {
            name: "no-tick-on-send",
            what: words(
                "Sending is not counted: the event has the clock of the one before it.",
                "发送不计为事件：它与前一个事件的时钟相同。",
            ),
            breaks: "clock-condition",
        },
        Bug {
            name: "tie-broken-differently",
            what: words(
                "Between equal clocks, the first process prefers the higher number while all others prefer the lower.",
                "时钟相等时，第一个进程优先编号大的，而其他进程优先编号小的。",
            ),
            breaks: "total-order",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm { name: "local", word: words("local event", "本地事件"), fields: &[], cluster: false },
        OpForm {
            name: "send",
            word: words("send a message", "发送消息"),
            fields: &[Field { name: "to", sample: "n2", kind: FieldKind::Node }],
            cluster: false,
        },
        OpForm {
            name: "broadcast",
            word: words("broadcast", "广播"),
            fields: &[Field { name: "text", sample: "x", kind: FieldKind::Text }],
            cluster: false,
        },
    ],
    measures: &[
        Measure {
            name: "spread",
            word: words("between the highest clock and the lowest", "最大与最小时钟之差"),
            unit: words("ticks", "个刻度"),
        },
        Measure {
            name: "queued",
            word: words("requests that wait for their turn", "排队等候的请求"),
            unit: words("requests", "个请求"),
        },
    ],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../../docs/protocols/lamport-clock.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("figure-1", include_str!("scenarios/figure-1.toml")),
        ("total-order", include_str!("scenarios/total-order.toml")),
        ("one-silent", include_str!("scenarios/one-silent.toml")),
        ("no-max-on-receive", include_str!("scenarios/no-max-on-receive.toml")),
        ("no-tick-on-send", include_str!("scenarios/no-tick-on-send.toml")),
        ("tie-broken-differently", include_str!("scenarios/tie-broken-differently.toml")),
    ],
};
