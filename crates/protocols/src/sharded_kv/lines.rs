//! The rules, one by one.

crate::about::lines! {
    /// A rule of a node or a client.
    pub enum Line, LINES;

    "Request" {
        AskAny 3:
            "A client asks any node, and the next one if no answer comes."
            | "客户端询问任一节点；没有回答就换下一个。"
            => "{node} asks a node"
            | "{node} 询问一个节点";
        AskAnother 4:
            "No answer for a while: ask the next node."
            | "一段时间没有回答：询问下一个节点。"
            => "{node} has waited for {waited}, and asks another node"
            | "{node} 等了 {waited}，改问另一个节点";
        TakeAnswer 4:
            "The answer is there."
            | "得到回答。"
            => "{node} has its answer from {from}"
            | "{node} 从 {from} 得到回答";
        AskPrimary 3:
            "To write, ask the key's primary: the first node after the key on the circle."
            | "写：请求该键的主节点——环上键之后的第一个节点。"
            => "{node} asks the key's primary to write"
            | "{node} 请该键的主节点写入";
        AskOwner 3:
            "To read, ask the primary..."
            | "读：询问主节点……"
            => "{node} asks an owner of the key"
            | "{node} 询问键的一个拥有者";
        AskNextOwner 6:
            "...and the next owner, if that one does not answer or has never heard of the key."
            | "……若它不回答或从未听说此键，就问下一个拥有者。"
            => "{node} falls back on the next owner"
            | "{node} 退而询问下一个拥有者";
        AskAll 3:
            "For all keys, ask every node, and tell what those hold that answer in time."
            | "要列出所有键，询问每个节点，并汇总按时回答者所持有的。"
            => "{node} asks everybody what they hold"
            | "{node} 询问每个节点持有什么";
        Answer 3:
            "Pass the answer on to whoever asked."
            | "把结果转告询问者。"
            => "{node} answers"
            | "{node} 作出回答";
    }

    "Owner" {
        GiveVersion 6:
            "As primary: give the write a version above the one before, keep it, and send it to the other owners. A delete is a write of nothing: a tombstone."
            | "作为主节点：给写入一个更高的版本，保存，并发给其他拥有者。删除就是写入“无”：墓碑。"
            => "{node} writes it as the primary, and sends it to the other owners"
            | "{node} 作为主节点写入，并发给其他拥有者";
        WrittenAlready 4:
            "A write that was asked before the one that is stored has been overwritten, or comes again: change nothing."
            | "若该写请求早于已存的那次，则它已被覆盖，或是重复到来：不作改动。"
            => "{node} has that write, or a later one, already"
            | "{node} 已有该写入，或更晚的写入";
        AllHaveIt 6:
            "All owners have it on their disks: it is written."
            | "所有拥有者都已写盘：写入完成。"
            => "{node} knows that all owners have it"
            | "{node} 得知所有拥有者都已有它";
        Tell 2:
            "Asked for a key, tell what you have, tombstones included."
            | "被问到某键时，告知所有，包括墓碑。"
            => "{node} tells {from} what it has"
            | "{node} 告诉 {from} 它所有的";
        TakeNewer 3:
            "Given something newer than what you have, take it, and say so when it is on your disk."
            | "收到比已有更新的内容：采用，写盘后告知。"
            => "{node} takes what {from} sent"
            | "{node} 采用 {from} 发来的内容";
    }

    "Members" {
        Join 9:
            "To join, count yourself in, and tell everybody."
            | "加入：把自己计入，并告诉所有节点。"
            => "{node} joins"
            | "{node} 加入";
        Leave 9:
            "To leave, count yourself out, and tell everybody."
            | "离开：把自己计出，并告诉所有节点。"
            => "{node} leaves"
            | "{node} 离开";
        LearnMembers 6:
            "Told of a join or leave that you did not know of, work out anew whose every key is."
            | "得知未曾知道的加入或离开：重新算出每个键归谁。"
            => "{node} hears from {from} who is a member now"
            | "{node} 从 {from} 得知现在的成员";
        HandOver 5:
            "Send every owner what it may lack of what you hold, until it says that it has it."
            | "把你持有而拥有者可能缺少的发给它，直到它说已有。"
            => "{node} hands keys over"
            | "{node} 移交键";
        Drop 6:
            "What is not yours any more, drop, once all its owners have it."
            | "不再归你的键，等所有拥有者都有了，再丢弃。"
            => "{node} drops what is no longer its own"
            | "{node} 丢弃不再归它的键";
        Recover 5:
            "After a crash: keys and members are on the disk. Ask and hand over as if all were new."
            | "崩溃之后：键与成员都在磁盘上。像初次一样询问和移交。"
            => "{node} is back, with the keys that its disk kept"
            | "{node} 恢复，带着磁盘上保留的键";
    }
}
