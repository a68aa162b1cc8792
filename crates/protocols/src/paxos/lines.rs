//! The rules, one by one.

crate::about::lines! {
    /// A rule of a server, by the part it plays.
    pub enum Line, LINES;

    "Proposer: phase 1" {
        Prepare 7:
            "Asked for a value, or told of none for long: take a ballot above all you have begun or heard of, force its number to the disk, and ask all to prepare for it."
            | "被请求提议，或久久不知结果：取一个高于自己用过或听说过的所有编号的投票轮次，把编号强制写盘，再请大家为它做准备。"
            => "{node} begins round {figure}, and asks for promises"
            | "{node} 开始第 {figure} 轮，请求承诺";
        CountPromise 3:
            "A promise: one of many."
            | "收到承诺：只是其中之一。"
            => "{node} has a promise from {from}"
            | "{node} 得到 {from} 的承诺";
    }

    "Proposer: phase 2" {
        OwnValue 8:
            "Promises from a majority, and none of them has accepted anything: ask all to accept your own value."
            | "得到多数承诺，且其中无人接受过任何值：请所有接受者接受自己的值。"
            => "{node} has the promises of a majority, and asks for its own value"
            | "{node} 得到多数承诺，提出自己的值";
        TakeOver 9:
            "Promises from a majority, and some have accepted: ask all to accept the value of the highest ballot among those."
            | "得到多数承诺，且其中有人接受过：请所有接受者接受其中最高轮次的值。"
            => "{node} finds a value already accepted, and asks for that one instead of its own"
            | "{node} 发现已有被接受的值，放弃自己的值而提出它";
    }

    "Proposer: failure" {
        Outbid 8:
            "An acceptor has promised a higher ballot to somebody: give up this one, and wait for a random while."
            | "某接受者已向他人承诺更高的轮次：放弃本轮，随机等待一段时间。"
            => "{node} learns from {from} that it has been outbid, and waits for a while"
            | "{node} 从 {from} 得知有人出价更高，等待一会儿";
        NotThrough 7:
            "The ballot is not through in time: the same."
            | "本轮没有及时完成：同样处理。"
            => "{node} is not through after {waited}, and waits for a while"
            | "{node} 过了 {waited} 仍未完成，等待一会儿";
        Restart 6:
            "After a crash: what was promised and accepted stands on the disk, and so does the last round that was begun."
            | "崩溃之后：承诺过和接受过的都在磁盘上，开始过的最后一轮也在。"
            => "{node} is back, with what it promised and accepted"
            | "{node} 恢复，带着它的承诺和接受的值";
    }

    "Acceptor" {
        Promise 5:
            "Prepare, and no higher ballot promised: force the promise to the disk; then say so, with what you accepted in the highest ballot you voted in."
            | "收到准备请求，且未承诺过更高轮次：把承诺强制写盘；然后答复，并附上自己在最高轮次中接受的值。"
            => "{node} promises {from} to have no part in any ballot below"
            | "{node} 向 {from} 承诺不再参与更低的轮次";
        RefusePrepare 6:
            "Prepare, but a higher ballot is promised: say which."
            | "收到准备请求，但已承诺更高轮次：说明是哪一轮。"
            => "{node} refuses {from}: it has promised a higher ballot"
            | "{node} 拒绝 {from}：它已承诺更高的轮次";
        Accept 6:
            "Accept, and no higher ballot promised: force the vote to the disk; then tell the proposer."
            | "收到接受请求，且未承诺过更高轮次：把投票强制写盘；然后告诉提议者。"
            => "{node} accepts the value of {from}"
            | "{node} 接受 {from} 的值";
        RefuseAccept 7:
            "Accept, but a higher ballot is promised: say which."
            | "收到接受请求，但已承诺更高轮次：说明是哪一轮。"
            => "{node} does not accept: since {from} was promised its support, another was"
            | "{node} 不接受：在答应 {from} 之后，它又答应了别人";
    }

    "Learner" {
        CountAccepted 2:
            "Accepted: one of many."
            | "收到已接受的消息：只是其中之一。"
            => "{node} hears that {from} has accepted"
            | "{node} 得知 {from} 已接受";
        Chosen 10:
            "Accepted by a majority in one ballot: the value is chosen. Tell all."
            | "同一轮次被多数接受：该值被选定。告诉所有人。"
            => "{node} knows: a majority has accepted, the value is chosen"
            | "{node} 得知多数已接受，值被选定";
        Learn 9:
            "Told by one that counted: the value is chosen."
            | "由计数者告知：该值被选定。"
            => "{node} is told by {from} what is chosen"
            | "{node} 由 {from} 告知选定的值";
    }
}
