//! What clock synchronisation says about itself.

use crate::about::{About, Bug, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Clock synchronisation, described.
pub const ABOUT: About = About {
    name: "clock-sync",
    title: words("Clock synchronisation", "时钟同步"),
    summary: words(
        "Clocks that are wrong and drift are brought together over a network whose delays nobody knows.",
        "在延迟未知的网络上，把走不准的时钟校到一起。",
    ),
    source: "Cristian 1989; Gusella, Zatti 1989 (Berkeley); Mills 1991 (NTP)",
    parts: &[
        Part { name: "server", prefix: "s", usual: 1, least: 1 },
        Part { name: "client", prefix: "c", usual: 3, least: 0 },
    ],
    roles: &[
        Role { name: "server", word: words("time server", "时间服务器"), letter: "S" },
        Role { name: "unset", word: words("never set", "从未设置"), letter: "U" },
        Role { name: "client", word: words("client", "客户端"), letter: "C" },
        Role { name: "slowed", word: words("ahead, and slowed", "超前，放慢中"), letter: "A" },
    ],
    invariants: &[
        Invariant {
            name: "half-the-round-trip",
            statement: words(
                "A measurement is wrong by no more than half of its round trip, but for drift.",
                "不计漂移，一次测量的误差不超过往返时间的一半。",
            ),
            source: "Cristian 1989, section 3",
        },
        Invariant {
            name: "clocks-converge",
            statement: words(
                "A clock that is set is as good as the measurement it goes by, but for the drift since.",
                "已设置的时钟与其所依据的测量一样准，只差此后的漂移。",
            ),
            source: "Cristian 1989, section 4",
        },
        Invariant {
            name: "never-backwards",
            statement: words("A clock that is set never shows less than before.", "已设置的时钟绝不倒退。"),
            source: "Cristian 1989, section 4; Gusella, Zatti 1989",
        },
    ],
    bugs: &[
        Bug {
            name: "round-trip-not-halved",
            what: words(
                "The whole round trip is added to the server's time, as if all of it had been the way back.",
                "把整个往返时间加到服务器的时间上，仿佛全部都花在回程。",
            ),
            breaks: "half-the-round-trip",
        },
        Bug {
            name: "adjusts-backwards",
            what: words("A clock that is ahead is set back at once.", "超前的时钟被立即往回拨。"),
            breaks: "never-backwards",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm { name: "sync", word: words("measure now", "立即测量"), fields: &[], cluster: false },
        OpForm { name: "read", word: words("read the clock", "读取时钟"), fields: &[], cluster: false },
    ],
    measures: &[Measure {
        name: "spread",
        word: words("from the slowest clock to the fastest", "最快与最慢时钟之差"),
        unit: words("µs", "µs"),
    }],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../../docs/protocols/clock-sync.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("server-gone", include_str!("scenarios/server-gone.toml")),
        ("lopsided", include_str!("scenarios/lopsided.toml")),
        ("never-back", include_str!("scenarios/never-back.toml")),
        ("ntp", include_str!("scenarios/ntp.toml")),
        ("berkeley", include_str!("scenarios/berkeley.toml")),
        ("round-trip-not-halved", include_str!("scenarios/round-trip-not-halved.toml")),
        ("adjusts-backwards", include_str!("scenarios/adjusts-backwards.toml")),
    ],
};
