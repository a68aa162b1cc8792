//! The pages.

use super::{Ask, Count, Deed, Goal, Holds, Page, Schedule, Variant};
use crate::tree::Tree;
use netsplit_check::verdict::Level;
use netsplit_protocols::about::words;
use netsplit_sim::{Intervention, Latency, Link, Manner, NodeId, Span, Target};

/// All pages, in the order of showing.
pub const PAGES: &[Page] = &[CAP, MODELS, FLP, TIMING, BYZANTINE, LATENCY];

const fn deed(title: netsplit_protocols::Words, what: fn() -> Intervention<crate::tree::Tree>) -> Deed {
    Deed { title, what }
}

const HEAL: Deed = deed(words("Heal the network", "恢复网络"), || Intervention::Heal);

/// The fourth and the fifth server, and the second client.
fn smaller_side() -> Intervention<crate::tree::Tree> {
    Intervention::Partition(vec![[3, 4, 6].map(|node| Target::Node(NodeId(node))).to_vec()])
}

const CAP: Page = Page {
    name: "cap",
    title: words("Consistent or available", "一致还是可用"),
    short: words("CAP", "CAP"),
    invitation: words(
        "The same two clients use two stores. Cut the network in two, so that one client is on the smaller side, and see what each store does to it. Then heal.",
        "同样的两个客户端使用两个存储。把网络一分为二，使一个客户端落在较小的一侧，看两个存储各自怎样待它。然后恢复。",
    ),
    reason: words(
        "Suppose a store always answers, on both sides of a partition, and is linearizable. A write ends on one side; a read begins on the other. Not one message has crossed, so the read cannot know of the write, but it has to answer: it returns the old value. So while the network is split, a store has to keep somebody waiting or tell somebody something old. While it is whole, it need do neither.",
        "假设一个存储在分区两边总能回答，又是可线性化的。一次写入在一边完成，一次读取在另一边开始。没有任何消息跨过分区，读取无从得知那次写入，却必须回答：于是返回旧值。因此网络分裂时，存储要么让人等待，要么告诉人旧值；网络完整时两者都不必。",
    ),
    source: "Gilbert, Lynch: Brewer's Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web Services, 2002",
    runs: &[include_str!("scenarios/cap-refuses.toml"), include_str!("scenarios/cap-answers.toml")],
    variants: &[],
    counts: &[Count::Asked, Count::Served, Count::Refused, Count::Waiting, Count::Stale, Count::Messages],
    deeds: &[deed(words("Cut off n4, n5 and c2", "隔离 n4、n5 和 c2"), smaller_side), HEAL],
    schedule: None,
    asks: &[],
    lies: &[],
    goals: &[
        Goal {
            what: words("Keep 5 requests of the consistent store waiting.", "让一致的存储有 5 个请求得不到回答。"),
            when: &[Holds::AtLeast(0, Count::Waiting, 5)],
        },
        Goal {
            what: words(
                "Meanwhile have the available store answer with something old, 3 times.",
                "同时让可用的存储 3 次以旧值作答。",
            ),
            when: &[Holds::AtLeast(1, Count::Stale, 3), Holds::AtMost(0, Count::Stale, 0)],
        },
        Goal {
            what: words(
                "Heal, and let the consistent store catch up: nobody waits any more.",
                "恢复网络，让一致的存储赶上：不再有人等待。",
            ),
            when: &[
                Holds::AtMost(0, Count::CutOff, 0),
                Holds::AtLeast(1, Count::Stale, 3),
                Holds::AtMost(0, Count::Waiting, 2),
            ],
        },
    ],
    score: (1, Count::Stale),
};

/// Almost any message may take seconds.
fn drag() -> Intervention<crate::tree::Tree> {
    let latency = Latency::Uniform(Span::millis(200), Span::millis(1_500));
    Intervention::Network(Link { latency, ..Link::default() })
}

const TIMING: Page = Page {
    name: "timing",
    title: words("What is promised about time", "关于时间的承诺"),
    short: words("Timing", "时间"),
    invitation: words(
        "One protocol, one workload, one seed; only the promise about time differs. Make the network slow, and see whom the promise protects. Crash the leader and look again.",
        "同一协议、同一负载、同一种子，只有关于时间的承诺不同。让网络变慢，看承诺保护了谁。让领导者崩溃，再看一次。",
    ),
    reason: words(
        "A time-out guesses that whoever is silent has died. Under synchrony the guess is right. Under asynchrony it may be wrong again and again: servers vote each other out of office, and no leader stays long enough to get anything done. Nothing unsafe happens, and nothing else does. Partial synchrony asks for less than the first and gives more than the second: from some time on, which nobody needs to know, a bound holds; from then on there is progress.",
        "超时是一种猜测：沉默者已死。同步时猜测是对的。异步时它可能一错再错：服务器互相罢免，没有领导者能待得够久以完成任何事。不会发生不安全的事，也不会发生别的事。部分同步要求比前者少，给予比后者多：从某个无人需要知道的时刻起，延迟有界；从那时起便有进展。",
    ),
    source: "Dwork, Lynch, Stockmeyer: Consensus in the Presence of Partial Synchrony, 1988",
    runs: &[
        include_str!("scenarios/timing-synchronous.toml"),
        include_str!("scenarios/timing-partial.toml"),
        include_str!("scenarios/timing-asynchronous.toml"),
    ],
    variants: &[],
    counts: &[Count::Served, Count::Waiting, Count::Leaders, Count::Highest, Count::Messages],
    deeds: &[
        deed(words("Make the network slow", "让网络变慢"), drag),
        deed(words("Make it quick again", "恢复网络速度"), || Intervention::Network(Link::default())),
        deed(words("Crash the leader", "让领导者崩溃"), || {
            Intervention::Crash(Target::Role("leader".to_owned()))
        }),
        deed(words("Bring it back", "恢复它"), || Intervention::Restart(Target::Role("down".to_owned()))),
    ],
    schedule: None,
    asks: &[],
    lies: &[],
    goals: &[
        Goal {
            what: words(
                "Put the synchronous run 20 writes ahead of the asynchronous one.",
                "让同步的运行比异步的多完成 20 次写入。",
            ),
            when: &[Holds::Ahead((0, Count::Served), (2, Count::Served), 20)],
        },
        Goal {
            what: words(
                "Then let the partially synchronous run get 20 ahead as well: wait for its 4 s.",
                "再让部分同步的运行也领先 20 次：等到它的 4 s。",
            ),
            when: &[Holds::Ahead((1, Count::Served), (2, Count::Served), 20)],
        },
        Goal {
            what: words(
                "Drive the asynchronous run to term 10: elections, and no leader that lasts.",
                "把异步的运行逼到任期 10：不断选举，却没有长久的领导者。",
            ),
            when: &[Holds::AtLeast(2, Count::Highest, 10)],
        },
    ],
    score: (2, Count::Waiting),
};

const BYZANTINE: Page = Page {
    name: "byzantine",
    title: words("One liar, and how many honest ones", "一个说谎者，需要几个诚实者"),
    short: words("Byzantine", "拜占庭"),
    invitation: words(
        "Choose a replica and make it a liar: the same lie in both clusters. With three, find a lie that makes honest replicas disagree. With four, try to find one.",
        "选一个副本，让它说谎：两个集群中是同样的谎言。三个副本时，找到一种能使诚实副本不一致的谎言。四个副本时，也试着找找看。",
    ),
    reason: words(
        "To go on although f replicas may be silent, a replica must be content with n - f answers. But the silent ones may be honest and slow, and f of those that answered may lie; so among n - f answers more than half must be honest for certain, or two quorums may have nobody but liars in common. That takes n - 2f > f, which is n > 3f. With three replicas a quorum of two and another quorum of two share one replica. If that one tells each what it wants to hear, both go ahead.",
        "要在 f 个副本沉默时继续，副本就只能满足于 n - f 个回答。但沉默者可能诚实而只是慢，回答者中却可能有 f 个说谎；因此 n - f 个回答里诚实者必须确定占多数，否则两个法定数可能只有说谎者是共同的。这要求 n - 2f > f，即 n > 3f。三个副本时，两个大小为二的法定数只共有一个副本。若它投其所好，两边都会继续。",
    ),
    source: "Pease, Shostak, Lamport: Reaching Agreement in the Presence of Faults, 1980; Castro, Liskov: Practical Byzantine Fault Tolerance, 1999",
    runs: &[include_str!("scenarios/byzantine-3.toml"), include_str!("scenarios/byzantine-4.toml")],
    variants: &[],
    counts: &[Count::Asked, Count::Served, Count::Waiting, Count::Liars, Count::Broken, Count::Messages],
    deeds: &[],
    schedule: None,
    asks: &[],
    lies: &[Manner::Silent, Manner::Equivocating, Manner::Replaying, Manner::Corrupting, Manner::Deceiving],
    goals: &[
        Goal {
            what: words("Break an invariant with one liar among three.", "用三个中的一个说谎者违反一条不变式。"),
            when: &[Holds::AtLeast(0, Count::Broken, 1), Holds::AtMost(0, Count::Liars, 1)],
        },
        Goal {
            what: words(
                "With the same liar among four, 20 requests are served and nothing is broken.",
                "四个中有同样的说谎者时，20 个请求得到满足，什么也没有违反。",
            ),
            when: &[
                Holds::AtLeast(1, Count::Liars, 1),
                Holds::AtLeast(1, Count::Served, 20),
                Holds::AtMost(1, Count::Broken, 0),
                Holds::AtLeast(0, Count::Broken, 1),
            ],
        },
    ],
    score: (0, Count::Broken),
};

fn with_latency(scenario: &mut crate::model::Scenario, latency: Latency) {
    scenario.link.latency = latency;
}

/// There and back, at the mean of every latency of the page.
const ROUND_TRIP: Span = Span::millis(20);

const LATENCY: Page = Page {
    name: "latency",
    title: words("Round trips, and what chance adds", "来回次数，以及偶然的代价"),
    short: words("Latency", "延迟"),
    invitation: words(
        "One value is to be agreed on. Play, and count the round trips. Then choose a network whose messages take just as long in the mean but not always, and look at the slowest of a hundred.",
        "要就一个值达成一致。播放并数一数来回次数。然后换一个平均延迟相同但有波动的网络，看一百次中最慢的那些。",
    ),
    reason: words(
        "A proposer without a leader's privilege needs two round trips: one for promises, one for votes. A leader has collected its promises once for all when it was elected, and needs one. Either waits for the second quickest of four answers, not for the slowest: a majority hides the few that are late, which is why a wider spread costs the median little. It even outruns a heavy tail, whose few terrible delays seldom hit three of five at once; a spread that is wide for everybody is worse. And two trips in a row are two chances to be late.",
        "没有领导者特权的提议者需要两个来回：一个收承诺，一个收投票。领导者在当选时已一次收齐承诺，只需一个。两者都只等四个回答中第二快的，而不是最慢的：多数掩盖了少数迟到者，所以波动变大时中位数代价不大。它甚至跑得过重尾：极端延迟很少同时击中五个中的三个；人人都波动大才更糟。而两个来回就有两次迟到的机会。",
    ),
    source: "Lamport: Lower Bounds for Asynchronous Consensus, 2006",
    runs: &[include_str!("scenarios/latency-two.toml"), include_str!("scenarios/latency-one.toml")],
    variants: &[
        Variant {
            title: words("always 10 ms", "总是 10 ms"),
            change: |scenario| with_latency(scenario, Latency::Constant(Span::millis(10))),
        },
        Variant {
            title: words("5 to 15 ms", "5 至 15 ms"),
            change: |scenario| with_latency(scenario, Latency::Uniform(Span::millis(5), Span::millis(15))),
        },
        Variant {
            title: words("exponential, mean 10 ms", "指数分布，平均 10 ms"),
            change: |scenario| with_latency(scenario, Latency::Exponential(Span::millis(1), Span::millis(9))),
        },
        Variant {
            title: words("heavy tail, mean 10 ms", "重尾分布，平均 10 ms"),
            change: |scenario| with_latency(scenario, Latency::HeavyTail(Span::micros(3_500), Span::secs(1))),
        },
    ],
    counts: &[Count::Latency, Count::RoundTrips(ROUND_TRIP), Count::Messages, Count::Drawn(500), Count::Drawn(990)],
    deeds: &[],
    schedule: None,
    asks: &[],
    lies: &[],
    goals: &[
        Goal {
            what: words(
                "See both agree: the one in two round trips, the other in one.",
                "看到两者都达成一致：一个用两个来回，另一个用一个。",
            ),
            when: &[Holds::Ahead((0, Count::RoundTrips(ROUND_TRIP)), (1, Count::RoundTrips(ROUND_TRIP)), 5)],
        },
        Goal {
            what: words(
                "Find the network on which bad luck costs most: without a leader, 1 in 100 runs takes 20 ms longer than the median.",
                "找到坏运气代价最大的网络：没有领导者时，百次中有一次比中位数多 20 ms。",
            ),
            when: &[Holds::Ahead((0, Count::Drawn(990)), (0, Count::Drawn(500)), 20_000_000)],
        },
    ],
    score: (0, Count::Drawn(990)),
};

const DECIDED: &[&str] = &["decided", "learned"];

const FLP: Page = Page {
    name: "flp",
    title: words("Never decided", "永不决定"),
    short: words("FLP", "FLP"),
    invitation: words(
        "You deliver the messages, in any order, and lose none. Keep the first three undecided for 20 rounds. Every message says what can still be decided after it, found by trying: as long as that is either value, you are safe.",
        "消息由你送达，次序任意，一条不丢。让第一组三个进程 20 轮都不能决定。每条消息都标明送达之后还可能决定什么，这是搜索得出的：只要两个值都还可能，你就是安全的。",
    ),
    reason: words(
        "Call a configuration bivalent if either value can still be decided. Some configuration at the start is: between inputs that must end in 0 and inputs that must end in 1 lie two that differ in one process, and without that process they look the same. And from a bivalent configuration, whichever message has waited longest, some order of deliveries brings it and ends in a bivalent configuration again: if every one ended in 0 or in 1, then somewhere one delivery would tip the balance, and both of its outcomes would look the same to the others if the receiver had died. So the adversary always has a next move, and no message waits for ever. A coin that nobody can foresee spoils its plans sooner or later; a bound on time takes the choice away from it.",
        "若两个值都还可能被决定，称该格局为二价。初始格局中必有二价者：从必得 0 的输入到必得 1 的输入之间，有两组输入只差一个进程，而没有这个进程时两者看起来相同。从二价格局出发，无论哪条消息等得最久，总有某种送达次序送到它，并仍停在二价格局：否则某处的一次送达就会打破平衡，而若接收者已死，其他进程看不出两种结果的差别。因此对手总有下一步，且没有消息永远等待。无人能预知的硬币迟早会破坏其计划；时间上的界限则使它无从选择。",
    ),
    source: "Fischer, Lynch, Paterson: Impossibility of Distributed Consensus with One Faulty Process, 1985; Ben-Or 1983",
    runs: &[
        include_str!("scenarios/flp-deterministic.toml"),
        include_str!("scenarios/flp-random.toml"),
        include_str!("scenarios/flp-synchronous.toml"),
    ],
    variants: &[],
    counts: &[Count::Lowest, Count::Decided(DECIDED), Count::Messages],
    deeds: &[],
    schedule: Some((2, Schedule { decided: "decided", rounds: 1 })),
    asks: &[],
    lies: &[],
    goals: &[
        Goal {
            what: words("Keep the deterministic ones undecided for 5 rounds...", "让确定性的进程 5 轮不能决定……"),
            when: &[Holds::AtLeast(0, Count::Lowest, 6), Holds::AtMost(0, Count::Decided(DECIDED), 0)],
        },
        Goal {
            what: words("...and for 20.", "……以及 20 轮。"),
            when: &[Holds::AtLeast(0, Count::Lowest, 21), Holds::AtMost(0, Count::Decided(DECIDED), 0)],
        },
        Goal {
            what: words(
                "Meanwhile see the random ones escape from as many deliveries.",
                "同时看随机的进程在同样多次送达之内逃脱。",
            ),
            when: &[Holds::AtLeast(1, Count::Decided(DECIDED), 1), Holds::AtMost(0, Count::Decided(DECIDED), 0)],
        },
    ],
    score: (0, Count::Lowest),
};

/// A request of this name, with these fields.
fn request(name: &str, fields: &[(&str, String)]) -> Tree {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), Tree::Text(text.clone())));
    Tree::Map([(name.to_owned(), Tree::Map(fields.collect()))].into())
}
fn write(key: &str, nth: u64) -> Tree {
    request("put", &[("key", key.to_owned()), ("value", nth.to_string())])
}
fn read(key: &str) -> Tree {
    request("get", &[("key", key.to_owned())])
}

const MODELS: Page = Page {
    name: "models",
    title: words("What clients may count on", "客户端可以指望什么"),
    short: words("Consistency", "一致性"),
    invitation: words(
        "Three places, a client and a node in each, far from one another. Choose clients and have them write and read: every store is asked the same, and every model judges each store by the answers alone.",
        "三个地点，各有一个客户端和一个节点，彼此遥远。选择客户端，让它们写和读：每个存储收到同样的请求，每种模型只凭应答评判。",
    ),
    reason: words(
        "A model is a set of histories: those it can explain. Linearizable: by one order of all operations that agrees with real time. Sequential: by one order, but only each client's own succession counts. Causal: each client may have an order of its own, as long as causes come before what they caused. The four guarantees of sessions ask for a part of that each. Who promises more must wait for more: for a majority far away, for the causes, or for nobody.",
        "一种模型就是它能解释的历史的集合。可线性化：存在一个与真实时间相符的全序。顺序一致：存在一个全序，但只须符合每个客户端自己的先后。因果一致：每个客户端可以各有次序，只要因在果先。四种会话保证各要求其中一部分。承诺越多，等待越多：等远方的多数，等原因到达，或谁也不等。",
    ),
    source: "Herlihy, Wing 1990; Lamport 1979; Ahamad et al. 1995; Terry et al. 1994; Viotti, Vukolić: Consistency in Non-Transactional Distributed Storage Systems, 2016",
    runs: &[
        include_str!("scenarios/models-one-order.toml"),
        include_str!("scenarios/models-causal.toml"),
        include_str!("scenarios/models-any.toml"),
    ],
    variants: &[],
    counts: &[
        Count::Served,
        Count::Waiting,
        Count::Explained(Level::Linearizable),
        Count::Explained(Level::Sequential),
        Count::Explained(Level::Causal),
        Count::Explained(Level::ReadYourWrites),
        Count::Explained(Level::MonotonicReads),
        Count::Explained(Level::MonotonicWrites),
        Count::Explained(Level::WritesFollowReads),
        Count::Explained(Level::Convergent),
    ],
    deeds: &[HEAL],
    schedule: None,
    asks: &[
        Ask { title: words("Write x", "写 x"), op: |nth| write("x", nth) },
        Ask { title: words("Read x", "读 x"), op: |_| read("x") },
        Ask { title: words("Write y", "写 y"), op: |nth| write("y", nth) },
        Ask { title: words("Read y", "读 y"), op: |_| read("y") },
    ],
    lies: &[],
    goals: &[
        Goal {
            what: words(
                "Have the second store give answers that are causal and not linearizable.",
                "让第二个存储的应答符合因果一致，却不可线性化。",
            ),
            when: &[
                Holds::AtLeast(1, Count::Explained(Level::Causal), 1),
                Holds::AtMost(1, Count::Explained(Level::Linearizable), 0),
            ],
        },
        Goal {
            what: words(
                "The first one was asked the same, and is linearizable: wait for its answers.",
                "第一个收到同样的请求，而且可线性化：等它回答。",
            ),
            when: &[
                Holds::AtMost(1, Count::Explained(Level::Linearizable), 0),
                Holds::AtLeast(0, Count::Served, 2),
                Holds::AtMost(0, Count::Waiting, 0),
                Holds::AtLeast(0, Count::Explained(Level::Linearizable), 1),
            ],
        },
        Goal {
            what: words(
                "Have a client of the third one miss its own write: cut it off together with its node, write, and cut off the node alone.",
                "让第三个的客户端读不到自己的写入：把它与其节点一起隔离，写入，再单独隔离该节点。",
            ),
            when: &[Holds::AtLeast(2, Count::SessionsBroken, 1), Holds::AtMost(1, Count::SessionsBroken, 0)],
        },
    ],
    score: (2, Count::SessionsBroken),
};
