//! What Ben-Or's protocol says about itself.

use crate::about::{About, Bug, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// Ben-Or's protocol, described.
pub const ABOUT: About = About {
    name: "ben-or",
    title: words("Ben-Or's randomised agreement", "Ben-Or 随机一致"),
    summary: words(
        "Processes agree on a bit without any assumption about time: whoever sees no majority tosses a coin, and sooner or later the coins fall alike.",
        "各进程无需任何时间假设便就一个比特达成一致：看不到多数者抛硬币，硬币迟早会落成一样。",
    ),
    source: "Ben-Or: Another Advantage of Free Choice, 1983",
    parts: &[Part { name: "process", prefix: "p", usual: 4, least: 1 }],
    roles: &[
        Role { name: "reporting", word: words("reporting", "报告中"), letter: "R" },
        Role { name: "proposing", word: words("proposing", "提议中"), letter: "P" },
        Role { name: "decided", word: words("decided", "已决定"), letter: "D" },
    ],
    invariants: &[
        Invariant {
            name: "agreement",
            statement: words("All that decide decide the same bit.", "所有作出决定者决定同一比特。"),
            source: SOURCE,
        },
        Invariant {
            name: "validity",
            statement: words(
                "What is decided is a bit that some process began with.",
                "所决定的是某个进程最初的比特。",
            ),
            source: SOURCE,
        },
        Invariant {
            name: "one-proposal",
            statement: words("No round has proposals of both bits.", "同一轮中不会两个比特都被提议。"),
            source: SOURCE,
        },
        Invariant {
            name: "ends",
            statement: words(
                "Somebody decides, with a probability as good as 1, within the rounds that the settings name.",
                "在设定的轮数之内，几乎必然有人作出决定。",
            ),
            source: SOURCE,
        },
    ],
    bugs: &[
        Bug {
            name: "coin-known",
            what: words(
                "The coin is computed from the process and the round: the adversary knows it, and sees to it that the bits stay divided.",
                "硬币由进程和轮次算出：对手事先知道，便能使比特始终对半。",
            ),
            breaks: "ends",
        },
        Bug {
            name: "decides-at-f",
            what: words(
                "A bit is decided that was proposed f times: one short of what others must see.",
                "被提议 f 次的比特就被决定：比别人必然看到的少一次。",
            ),
            breaks: "agreement",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm { name: "begin", word: words("begin", "开始"), fields: &[], cluster: false },
        OpForm { name: "read", word: words("ask for the decision", "询问决定"), fields: &[], cluster: false },
    ],
    measures: &[
        Measure { name: "round", word: words("highest round", "最高轮次"), unit: words("", "") },
        Measure {
            name: "decided",
            word: words("processes that have decided", "已决定的进程"),
            unit: words("nodes", "个节点"),
        },
    ],
    settles: Span::millis(1_500), // it promises nothing about time; but all is over by then
    liars: None,
    page: include_str!("../../../../docs/protocols/ben-or.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("unanimous", include_str!("scenarios/unanimous.toml")),
        ("crash", include_str!("scenarios/crash.toml")),
        ("half-and-half", include_str!("scenarios/half-and-half.toml")),
        ("coin-known", include_str!("scenarios/coin-known.toml")),
        ("decides-at-f", include_str!("scenarios/decides-at-f.toml")),
    ],
};

const SOURCE: &str = "Ben-Or 1983, section 3";
