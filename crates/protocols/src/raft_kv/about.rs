//! What the store says about itself.

use crate::about::{About, Bug, Measure, Part, words};
use crate::raft;
use crate::shared::kv;
use netsplit_sim::Span;

/// The store, described.
pub const ABOUT: About = About {
    name: "raft-kv",
    title: words("Raft key-value store", "Raft 键值存储"),
    summary: words(
        "A store of keys and values on Raft: every command takes effect exactly once, and there are four ways to read.",
        "基于 Raft 的键值存储：每条命令恰好生效一次，并有四种读取方式。",
    ),
    source: "Ongaro: Consensus: Bridging Theory and Practice (dissertation), chapter 6, 2014",
    parts: &[
        Part { name: "server", prefix: "n", usual: 5, least: 1 },
        Part { name: "client", prefix: "c", usual: 2, least: 0 },
    ],
    ops: kv::OPS_AND_KEYS,
    bugs: &[
        Bug {
            name: "double-apply",
            what: words(
                "Servers do not look whether they have run a command already: one that was sent again takes effect again.",
                "服务器不检查命令是否已执行过：重发的命令会再次生效。",
            ),
            breaks: "exactly-once",
        },
        Bug {
            name: "stale-read",
            what: words(
                "A leader answers reads from its store without asking whether it still leads.",
                "领导者不确认自己是否仍是领导者，就由自己的存储答复读取。",
            ),
            breaks: "fresh-reads",
        },
    ],
    measures: &[
        raft::ABOUT.measures[0],
        raft::ABOUT.measures[1],
        Measure {
            name: "stale-reads",
            word: words("reads that were allowed to be stale, and were", "允许陈旧且确实陈旧的读取"),
            unit: words("reads", "次读取"),
        },
    ],
    settles: Span::ZERO,
    page: include_str!("../../../../docs/protocols/raft-kv.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("cut-off-read-index", include_str!("scenarios/cut-off-read-index.toml")),
        ("cut-off-log", include_str!("scenarios/cut-off-log.toml")),
        ("cut-off-lease", include_str!("scenarios/cut-off-lease.toml")),
        ("cut-off-stale", include_str!("scenarios/cut-off-stale.toml")),
        ("lease-within-bound", include_str!("scenarios/lease-within-bound.toml")),
        ("lease-under-drift", include_str!("scenarios/lease-under-drift.toml")),
        ("lost-answers", include_str!("scenarios/lost-answers.toml")),
        ("lost-answers-no-sessions", include_str!("scenarios/lost-answers-no-sessions.toml")),
        ("saturation", include_str!("scenarios/saturation.toml")),
        ("session-expires", include_str!("scenarios/session-expires.toml")),
        ("double-apply", include_str!("scenarios/double-apply.toml")),
        ("stale-read", include_str!("scenarios/stale-read.toml")),
    ],
    ..raft::ABOUT
};
