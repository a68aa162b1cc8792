//! What the lock says about itself.

use crate::about::{About, Bug, Field, FieldKind, Invariant, Measure, OpForm, Part, Role, words};
use netsplit_sim::Span;

/// The lock, described.
pub const ABOUT: About = About {
    name: "lock",
    title: words("Lock with leases and fencing", "带租约与栅栏令牌的锁"),
    summary: words(
        "Clients lease a lock from a majority of servers, for a time; a token that grows with every holder keeps late writers away from what the lock guards.",
        "客户端向多数服务器租用锁一段时间；每任持有者令牌递增，使迟到的写入无法触及锁所保护的资源。",
    ),
    source: "Gray, Cheriton: Leases, 1989; Kleppmann: How to do distributed locking, 2016",
    parts: &[
        Part { name: "server", prefix: "s", usual: 3, least: 1 },
        Part { name: "client", prefix: "c", usual: 2, least: 0 },
        Part { name: "resource", prefix: "r", usual: 1, least: 0 },
    ],
    roles: &[
        Role { name: "free", word: words("free", "空闲"), letter: "F" },
        Role { name: "leased", word: words("leased", "已出租"), letter: "S" },
        Role { name: "idle", word: words("client", "客户端"), letter: "K" },
        Role { name: "asking", word: words("asking", "申请中"), letter: "A" },
        Role { name: "holding", word: words("holding the lock", "持有锁"), letter: "H" },
        Role { name: "resource", word: words("resource", "资源"), letter: "R" },
    ],
    invariants: &[
        Invariant {
            name: "exclusion",
            statement: words(
                "Nothing is written under a lease that was over, after a later holder has written.",
                "后来的持有者写入之后，不再有凭过期租约的写入。",
            ),
            source: "Kleppmann 2016",
        },
        Invariant {
            name: "one-holder",
            statement: words(
                "At most one client holds the lock with a lease that is not over, while clocks run as agreed.",
                "只要时钟在约定偏差内，至多一个客户端凭未过期的租约持有锁。",
            ),
            source: "Gray, Cheriton 1989, section 2",
        },
        Invariant {
            name: "lease-ends",
            statement: words(
                "Every lease that a server has granted has an end before it, whatever becomes of its holder.",
                "服务器授予的每个租约都有终点，不管持有者怎样。",
            ),
            source: "Gray, Cheriton 1989, section 2",
        },
        Invariant {
            name: "holder-unlocks",
            statement: words("A lease is given back by its holder only.", "租约只能由其持有者归还。"),
            source: "docs/protocols/lock.md",
        },
    ],
    bugs: &[
        Bug {
            name: "no-fencing",
            what: words("The resource does not look at tokens.", "资源不检查令牌。"),
            breaks: "exclusion",
        },
        Bug {
            name: "lease-on-wrong-clock",
            what: words(
                "A client counts its lease from when it is granted, in full, as if its clock were the servers'.",
                "客户端从获准时起、按全长计算租约，仿佛自己的时钟就是服务器的。",
            ),
            breaks: "one-holder",
        },
        Bug {
            name: "unlocks-anothers",
            what: words("A server ends a lease whoever gives it back.", "无论谁来归还，服务器都结束租约。"),
            breaks: "holder-unlocks",
        },
        Bug {
            name: "no-majority",
            what: words("A lease from one server is taken for the lock.", "得到一台服务器的租约就当作持有锁。"),
            breaks: "one-holder",
        },
    ],
    lines: super::LINES,
    ops: &[
        OpForm { name: "try-lock", word: words("try to lock", "尝试加锁"), fields: &[], cluster: false },
        OpForm { name: "renew", word: words("renew", "续租"), fields: &[], cluster: false },
        OpForm { name: "unlock", word: words("unlock", "解锁"), fields: &[], cluster: false },
        OpForm {
            name: "write",
            word: words("write under the lock", "持锁写入"),
            fields: &[Field { name: "value", sample: "1", kind: FieldKind::Text }],
            cluster: false,
        },
    ],
    measures: &[
        Measure {
            name: "holders",
            word: words("clients that take the lock for theirs", "自认持锁的客户端"),
            unit: words("nodes", "个节点"),
        },
        Measure {
            name: "leases",
            word: words("servers with a lease out", "已出租的服务器"),
            unit: words("nodes", "个节点"),
        },
        Measure {
            name: "refused",
            word: words("late writes refused", "被拒绝的迟到写入"),
            unit: words("writes", "次写入"),
        },
        Measure {
            name: "price",
            word: words("messages for a turn with the lock", "取得并使用锁所用的消息"),
            unit: words("messages for 100 turns", "条消息／百次持锁"),
        },
    ],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../../docs/protocols/lock.md"),
    scenarios: &[
        ("calm", include_str!("scenarios/calm.toml")),
        ("holder-crash", include_str!("scenarios/holder-crash.toml")),
        ("paused-holder", include_str!("scenarios/paused-holder.toml")),
        ("clock-runs-wild", include_str!("scenarios/clock-runs-wild.toml")),
        ("no-fencing", include_str!("scenarios/no-fencing.toml")),
        ("lease-on-wrong-clock", include_str!("scenarios/lease-on-wrong-clock.toml")),
        ("unlocks-anothers", include_str!("scenarios/unlocks-anothers.toml")),
        ("no-majority", include_str!("scenarios/no-majority.toml")),
    ],
};
