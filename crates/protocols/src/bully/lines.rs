//! The rules, one by one.

crate::about::lines! {
    /// A rule of a node.
    pub enum Line, LINES;

    "Election" {
        Recover 5:
            "Come back: perhaps you are the highest now. Hold an election."
            | "恢复之后：也许自己就是最高的。发起选举。"
            => "{node} is back, and contests whoever leads"
            | "{node} 恢复，向现任领导者挑战";
        AskAbove 6:
            "To hold an election, ask all nodes with higher numbers."
            | "发起选举：询问所有编号更高的节点。"
            => "{node} holds an election: it asks all above it"
            | "{node} 发起选举：询问所有更高的节点";
        Announce 10:
            "None of them answers in time: lead, and announce it to all with lower numbers."
            | "没有一个及时回答：成为领导者，并通告所有编号更低的节点。"
            => "{node} hears of nobody above it: it leads, and says so to all below"
            | "{node} 上面没有人：它成为领导者，通告所有更低的节点";
        Yield 5:
            "One answers: it takes over. Wait for an announcement..."
            | "有一个回答：由它接手。等待通告……"
            => "{node} has an answer from {from}, and leaves it to those above"
            | "{node} 得到 {from} 的回答，让位给更高者";
        NoAnnouncement 8:
            "...but not for ever: who answered may have failed since. Hold another election."
            | "……但不能永远等：回答者可能已失效。重新选举。"
            => "{node} has waited {waited} for an announcement, and starts over"
            | "{node} 等待通告 {waited}，重新开始选举";
    }

    "On a message" {
        AnswerBelow 5:
            "A lower node holds an election: answer it, and hold one yourself, unless you are at it."
            | "更低的节点发起选举：回答它；若自己未在选举中，也发起选举。"
            => "{node} tells {from} to leave it to those above"
            | "{node} 让 {from} 让位";
        Follow 6:
            "A higher node announces itself: follow it."
            | "更高的节点自我通告：跟随它。"
            => "{node} follows {from}"
            | "{node} 跟随 {from}";
        AnswerCheck 1:
            "Checked: say whom you take for the leader."
            | "被检查：说出你认为的领导者。";
    }

    "From time to time" {
        CheckLeader 2:
            "A follower asks its leader whether it leads."
            | "跟随者询问其领导者是否仍在领导。"
            => "{node} makes sure of its leader"
            | "{node} 确认其领导者";
        LeaderSilent 8:
            "No answer in time: hold an election."
            | "没有及时回答：发起选举。"
            => "{node} hears nothing of its leader for {waited}, and holds an election"
            | "{node} 已有 {waited} 没有领导者的消息，发起选举";
        LeaderGaveUp 6:
            "It says that it does not: hold an election."
            | "它说自己不是：发起选举。"
            => "{node} learns that {from} no longer leads, and holds an election"
            | "{node} 得知 {from} 不再领导，发起选举";
        CheckAbove 1:
            "A leader asks all nodes with higher numbers whom they follow."
            | "领导者询问所有编号更高的节点跟随谁。";
        OtherLeader 8:
            "One of them is there, and follows another: hold an election."
            | "其中一个在线，却跟随别人：发起选举。"
            => "{node} finds {from} above it with another leader, and holds an election"
            | "{node} 发现更高的 {from} 另有领导者，发起选举";
    }
}
