//! The rules, one by one.

crate::about::lines! {
    /// A rule of a process.
    pub enum Line, LINES;

    "Phase 1: report" {
        Begin 5:
            "Begin with your own bit."
            | "以自己的比特开始。"
            => "{node} begins with its own bit"
            | "{node} 以自己的比特开始";
        Report 4:
            "Report your bit to all, and wait for n - f reports, your own among them."
            | "向所有进程报告自己的比特，等待 n - f 份报告（含自己的）。"
            => "{node} reports its bit in round {figure}"
            | "{node} 在第 {figure} 轮报告自己的比特";
        ProposeBit 7:
            "More than n / 2 of them say the same: propose that bit."
            | "其中超过 n / 2 份相同：提议该比特。"
            => "{node} saw more than half report one bit, and proposes it"
            | "{node} 看到过半报告同一比特，便提议它";
        ProposeNothing 6:
            "Otherwise propose nothing."
            | "否则什么也不提议。"
            => "{node} saw no majority, and proposes nothing"
            | "{node} 没有看到多数，什么也不提议";
    }

    "Phase 2: propose" {
        Decide 10:
            "Tell all, and wait for n - f proposals, your own among them. A bit proposed f + 1 times: decide it."
            | "告诉所有进程，等待 n - f 份提议（含自己的）。某比特被提议 f + 1 次：决定它。"
            => "{node} saw enough proposals of one bit, and decides"
            | "{node} 看到足够多同一比特的提议，作出决定";
        TakeOver 7:
            "A bit proposed at all: it is your next bit."
            | "某比特有人提议：以它为自己的下一个比特。"
            => "{node} takes over the bit that somebody proposed"
            | "{node} 采用别人提议的比特";
        Toss 8:
            "None: toss a coin for your next bit."
            | "无人提议：抛硬币决定自己的下一个比特。"
            => "{node} saw nothing proposed, and tosses a coin for round {figure}"
            | "{node} 没有看到任何提议，为第 {figure} 轮抛硬币";
    }

    "Faults" {
        SayAgain 3:
            "Not enough answers for a while: say it again to those that you have not heard of. They repeat theirs."
            | "一段时间内答复不足：向没有消息者重说一遍。它们会重复自己的话。"
            => "{node} says it again to those it has not heard of"
            | "{node} 向没有消息者重说一遍";
        Restart 6:
            "After a crash: what was said stands on the disk. What was heard must be heard again."
            | "崩溃之后：说过的话都在磁盘上。听到的须重新听取。"
            => "{node} is back in round {figure}, and stands by what it said"
            | "{node} 回到第 {figure} 轮，坚持自己说过的话";
    }
}
