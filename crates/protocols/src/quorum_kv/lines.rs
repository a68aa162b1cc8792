//! The rules, one by one.

crate::about::lines! {
    /// A rule of a client or a node.
    pub enum Line, LINES;

    "Client" {
        AskHomes 4:
            "To read, ask all homes of the key what they have."
            | "读：询问该键的所有驻地节点。"
            => "{node} asks the key's homes"
            | "{node} 询问该键的驻地节点";
        EndRead 6:
            "When as many have answered as the level says (R), put together what they have, and return the version that no other overwrites..."
            | "回答数达到级别要求（R）时，合并各份，返回未被覆盖的版本……"
            => "{node} has enough answers, and returns what it read"
            | "{node} 得到足够的回答，返回所读";
        Disagree 8:
            "...or all of them, if there are several: the replicas disagree."
            | "……若有多个则全部返回：副本意见不一。"
            => "{node} finds that the replicas disagree"
            | "{node} 发现副本意见不一";
        Repair 6:
            "When all have answered, or have had the time to, send each home what it lacks (read repair)."
            | "全部已答或时限已到：把所缺的发给各驻地节点（读修复）。"
            => "{node} repairs what a home lacked"
            | "{node} 修复驻地节点所缺";
        AskForStamp 4:
            "With time stamps, a writer asks the homes for the latest one first, and takes a later one."
            | "用时间戳时，写者先询问最新的时间戳，再取更晚的。"
            => "{node} asks for the latest time stamp before it writes"
            | "{node} 写之前先询问最新的时间戳";
        SendWrite 5:
            "To write, give the write a name that is on your disk, add all that you know of the key, and send it to all homes."
            | "写：给写入一个已落盘的名字，附上对该键所知的一切，发给所有驻地节点。"
            => "{node} sends the write to the key's homes"
            | "{node} 把写入发给该键的驻地节点";
        EndWrite 6:
            "When as many homes have it on their disks as the level says (W), it is written."
            | "落盘的驻地节点数达到级别要求（W）：写入完成。"
            => "{node} knows that enough homes have it"
            | "{node} 得知足够多的驻地节点已有它";
        AskAgain 3:
            "Some have not answered for a while: ask them again."
            | "有的迟迟未答：再问一次。"
            => "{node} has waited for {waited}, and asks again"
            | "{node} 等了 {waited}，再次询问";
        LeaveHint 7:
            "Leave the write for a home that does not answer with the next node on the circle. It does not count as written there."
            | "驻地节点不答时，把写入留给环上的下一个节点；这不算作已写。"
            => "{node} leaves the write with another node, for a home that does not answer"
            | "{node} 把写入留给另一节点，代不答的驻地节点保管";
        GiveUp 8:
            "Too few have answered for long: say so. A write may yet appear."
            | "久无足够回答：如实告知。写入仍可能出现。"
            => "{node} gives up after {waited}: too few homes can be reached"
            | "{node} 等了 {waited} 后放弃：能联系到的驻地节点太少";
        AskPrimary 3:
            "In the strong mode, ask the key's first home, its primary, for everything."
            | "强模式：一切都请求该键的第一个驻地节点——主副本。"
            => "{node} asks the key's primary"
            | "{node} 请求该键的主副本";
        TakeAnswer 6:
            "The primary's answer is the answer."
            | "主副本的回答就是结果。"
            => "{node} has the answer of the primary, {from}"
            | "{node} 得到主副本 {from} 的回答";
        ClientRecovers 5:
            "After a crash: what was under way is forgotten, but not which names were used."
            | "崩溃之后：进行中的操作已忘记，但用过的名字没有忘。"
            => "{node} is back, and knows which names it has used"
            | "{node} 恢复，记得用过哪些名字";
    }

    "Home" {
        Tell 2:
            "Asked, tell what you have, tombstones included."
            | "被问到时，告知所有，包括墓碑。"
            => "{node} tells {from} what it has"
            | "{node} 告诉 {from} 它所有的";
        Take 3:
            "Given versions, keep of each what is not known to be overwritten; say so when it is on your disk."
            | "收到版本：保留未知已被覆盖者，落盘后告知。"
            => "{node} takes what {from} sent"
            | "{node} 采用 {from} 发来的内容";
        NodeRecovers 5:
            "After a crash: all is on the disk."
            | "崩溃之后：一切都在磁盘上。"
            => "{node} is back with what its disk kept"
            | "{node} 恢复，带着磁盘上保留的内容";
    }

    "Hinted hand-off" {
        Hold 5:
            "Keep what is left with you for another, apart from your own."
            | "别人托你转交的，与自己的分开保存。"
            => "{node} holds a write for a home that cannot be reached"
            | "{node} 为联系不上的驻地节点保管写入";
        HandOn 3:
            "From time to time, try to hand it on."
            | "不时尝试转交。"
            => "{node} tries to hand on what it holds"
            | "{node} 尝试转交所保管的";
        DropHint 6:
            "The home has it: drop it."
            | "驻地节点已有：丢弃。"
            => "{node} has handed on what it held for {from}"
            | "{node} 已把代 {from} 保管的转交";
    }

    "Anti-entropy" {
        Compare 1:
            "From time to time, send another node the root of a tree of digests over what both should have. Take the others in turn."
            | "不时把双方都应有之内容的摘要树的根发给另一节点，轮流进行。"
            => "{node} compares with another node"
            | "{node} 与另一节点比对";
        Differ 4:
            "If yours is different, send your leaves..."
            | "若你的根不同，发送你的叶子……"
            => "{node} and {from} have different copies"
            | "{node} 与 {from} 的副本不同";
        Exchange 5:
            "...and both send what is in the leaves that differ."
            | "……双方交换不同叶子中的内容。"
            => "{node} sends what is in the leaves that differ"
            | "{node} 发送不同叶子中的内容";
    }

    "Primary copy" {
        PrimaryReads 4:
            "The primary reads its own copy, unless the key is locked."
            | "主副本读自己的副本，除非键被锁。"
            => "{node} reads its copy, the primary one"
            | "{node} 读取自己的主副本";
        Locked 2:
            "While a transaction holds the key, nobody is answered: they ask again."
            | "事务持有键期间不作答：对方会再问。"
            => "{node} cannot answer {from}: the key is locked"
            | "{node} 无法回答 {from}：键被锁";
        Prepare 6:
            "To write, force the write to the log, and ask all other homes for their votes."
            | "写：把写入强制写进日志，并请其他驻地节点投票。"
            => "{node} asks the other homes for their votes"
            | "{node} 请其他驻地节点投票";
        VoteYes 4:
            "Asked for a vote, force the write to the log, lock the key, and say yes..."
            | "被请求投票：把写入强制写进日志，锁住键，投赞成……"
            => "{node} votes yes, and is in doubt from now on"
            | "{node} 投赞成，从此处于不确定状态";
        VoteNo 6:
            "...or no, if another transaction holds the key."
            | "……若另一事务持有该键，则反对。"
            => "{node} votes no"
            | "{node} 投反对";
        AllYes 7:
            "All say yes: force the decision to the log, take the write, and tell everybody."
            | "全部赞成：决定强制写进日志，采用写入，告知各方。"
            => "{node} has every vote, and commits"
            | "{node} 得到全部赞成，提交";
        OneNo 7:
            "One no: abort, and tell everybody."
            | "一票反对：中止，并告知各方。"
            => "{node} aborts, because {from} said no"
            | "{node} 因 {from} 反对而中止";
        VotesMissing 7:
            "Votes are missing for long: abort."
            | "久等不到全部选票：中止。"
            => "{node} waits for votes no longer, and aborts"
            | "{node} 不再等票，中止";
        Obey 5:
            "Told the decision: force it to the log, take the write or forget it, unlock the key."
            | "得知决定：强制写进日志，采用或忘掉写入，解锁。"
            => "{node} knows how it ended"
            | "{node} 得知结果";
        Inquire 4:
            "In doubt, ask the primary from time to time. Nobody else may decide."
            | "不确定时，不时询问主副本；别人无权决定。"
            => "{node} is in doubt, and asks the primary"
            | "{node} 处于不确定状态，询问主副本";
        Inform 4:
            "The primary tells what it decided; what it did not, it aborted."
            | "主副本告知决定；未决定的就是中止。"
            => "{node} tells {from} how it ended"
            | "{node} 告诉 {from} 结果";
    }
}
