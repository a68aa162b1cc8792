//! The rules, one by one.

crate::about::lines! {
    /// A rule of membership.
    pub enum Line, LINES;

    "Every period" {
        Probe 1:
            "Ping one member: each in turn, or any."
            | "ping 一个成员：轮流，或随机。"
            => "{node} asks a member whether it is there"
            | "{node} 询问一个成员是否在线";
        Reprobe 3:
            "Ping one of those that failed, too: perhaps it was only cut off."
            | "同时 ping 一个已失效的成员：也许它只是被隔开了。"
            => "{node} asks after somebody who failed"
            | "{node} 打听一个已失效的成员";
        Compare 2:
            "Every `sync-every` periods, compare all records with some member."
            | "每 `sync-every` 个周期，与某个成员比较全部记录。"
            => "{node} compares all it knows with a member"
            | "{node} 与一个成员核对全部记录";
    }

    "No answer" {
        Indirect 4:
            "No answer in time: have a few others ask in your place."
            | "未及时回答：请几个成员代为询问。"
            => "{node} has no answer after {waited}, and has others ask"
            | "{node} 等了 {waited} 没有回答，请别人代问";
        Suspect 7:
            "No answer by the end of the period: suspect the member, and tell it to its face."
            | "到周期结束仍无回答：怀疑该成员，并当面告知。"
            => "{node} suspects a member"
            | "{node} 怀疑一个成员";
        Fail 8:
            "A suspicion is not refuted for `suspicion` periods: the member has failed."
            | "怀疑在 `suspicion` 个周期内未被反驳：该成员已失效。"
            => "{node} declares a member failed"
            | "{node} 宣布一个成员已失效";
    }

    "On a message" {
        Stranger 5:
            "From somebody unknown that does not say it is a member: leave it, and say so."
            | "来自未知且未自称成员者：不予理会，并告知对方。"
            => "{node} does not know {from}"
            | "{node} 不认识 {from}";
        Answer 1:
            "A ping: answer, with news."
            | "收到 ping：带上消息作答。"
            => "{node} answers {from}"
            | "{node} 回答 {from}";
        Proxy 3:
            "A ping-req: ping in the asker's place, and hand the answer on."
            | "收到 ping-req：代为 ping，并转交回答。"
            => "{node} asks in the place of {from}"
            | "{node} 代 {from} 询问";
        News 3:
            "Of two records of a member the greater counts: the higher incarnation; then left, failed, suspect, active."
            | "同一成员的两条记录取较大者：先比化身号，再按离开、失效、怀疑、活跃。"
            => "{node} hears news from {from}"
            | "{node} 从 {from} 得到消息";
        Refute 8:
            "News that this very member is suspected or failed: raise the incarnation, and say that it is active."
            | "听说自己被怀疑或失效：提高化身号，声明自己活跃。"
            => "{node} hears that it is suspected, and refutes it"
            | "{node} 听说自己被怀疑，予以反驳";
    }

    "Joining and leaving" {
        AskIn 5:
            "Join: ask a member to be let in, and the next one if it does not answer."
            | "加入：请求某成员接纳；若无回应，换下一个。"
            => "{node} asks to be let in"
            | "{node} 请求加入";
        Admit 6:
            "Asked: refuse a wrong key, a full group, an old request; otherwise give the next incarnation, and all records."
            | "被请求：拒绝错误密钥、成员已满和过期请求；否则给予下一个化身号和全部记录。"
            => "{node} lets {from} in"
            | "{node} 接纳 {from}";
        Refuse 6:
            "Say why not."
            | "说明拒绝的理由。"
            => "{node} does not let {from} in"
            | "{node} 拒绝 {from}";
        Enter 7:
            "Welcome: be a member, and know what the other knows."
            | "被接纳：成为成员，并知晓对方所知。"
            => "{node} is a member"
            | "{node} 成为成员";
        Leave 7:
            "Leave: say so, and go on for some periods until it is known."
            | "离开：宣布离开，并再工作几个周期直到消息传开。"
            => "{node} leaves"
            | "{node} 离开";
        Return 6:
            "After a crash: a member is one still, in the next incarnation."
            | "崩溃之后：成员仍是成员，化身号加一。"
            => "{node} is back, in its next incarnation"
            | "{node} 回来了，化身号加一";
    }
}
