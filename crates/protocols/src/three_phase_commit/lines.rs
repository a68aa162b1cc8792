//! The rules, one by one.

crate::about::lines! {
    /// A rule of a coordinator or a participant.
    pub enum Line, LINES;

    "Coordinator" {
        AskForVotes 7:
            "A transaction: ask every participant for its vote."
            | "收到事务：请求每个参与者投票。"
            => "{node} asks everybody for a vote"
            | "{node} 请求所有参与者投票";
        OneNo 8:
            "One no: decide to abort."
            | "有一张反对票：决定中止。"
            => "{node} hears no from {from}, and decides to abort"
            | "{node} 收到 {from} 的反对票，决定中止";
        VotesMissing 8:
            "Votes are missing when the time is up: decide to abort."
            | "超时仍缺选票：决定中止。"
            => "{node} has waited {waited} for votes, and decides to abort"
            | "{node} 等待选票 {waited}，决定中止";
        PreCommit 8:
            "Yes from every participant: tell everybody so, before anybody acts on it."
            | "全体赞成：在任何人行动之前，先告诉所有人。"
            => "{node} has a yes from everybody, and tells all that it is so"
            | "{node} 得到全部赞成票，告知所有参与者";
        AllKnow 9:
            "All have acknowledged it: decide to commit."
            | "全部确认：决定提交。"
            => "{node} is sure that all know, and decides to commit"
            | "{node} 确知人人已知，决定提交";
        AcksMissing 8:
            "Acknowledgements are missing when the time is up: whoever has not acknowledged is down. Decide to commit."
            | "超时仍缺确认：未确认者必已崩溃。决定提交。"
            => "{node} has waited {waited}, takes the silent for dead, and decides to commit"
            | "{node} 等待 {waited}，认定沉默者已崩溃，决定提交";
        CoordinatorAnswers 5:
            "Asked how far a transaction is: say how it ended, if it did."
            | "被询问事务进展：若已结束，如实回答。"
            => "{node} tells {from} how the transaction ended"
            | "{node} 告诉 {from} 事务的结果";
        Overtaken 7:
            "The participants have ended it without you: so be it."
            | "参与者已自行了结：接受结果。"
            => "{node} learns from {from} how the transaction ended without it"
            | "{node} 从 {from} 得知事务已自行了结";
        CoordinatorRecovers 5:
            "After a crash: what was not decided is the participants' business now."
            | "崩溃之后：未决定的事务由参与者了结。"
            => "{node} is back, with the decisions on its disk"
            | "{node} 恢复，只记得磁盘上的决定";
    }

    "Participant" {
        VoteNo 7:
            "Unable or unwilling: force abort to the disk, vote no."
            | "不能或不愿：强制写入中止，投反对票。"
            => "{node} votes no"
            | "{node} 投反对票";
        VoteYes 6:
            "Otherwise lock the key, force to the disk that you are ready, vote yes, and wait."
            | "否则锁住该键，把“就绪”强制写盘，投赞成票，等待。"
            => "{node} votes yes, and waits"
            | "{node} 投赞成票，等待";
        Acknowledge 6:
            "All have voted yes: force it to the disk, and acknowledge."
            | "得知全体赞成：强制写盘，并确认。"
            => "{node} hears that all have voted yes: it is pre-committed"
            | "{node} 得知全体赞成：进入预提交";
        ObeyCommit 7:
            "Commit: force it to the disk, write the value, release the lock."
            | "提交：强制写盘，写入值，释放锁。"
            => "{node} hears from {from}, and commits"
            | "{node} 得知 {from} 的消息，提交";
        ObeyAbort 7:
            "Abort: force it to the disk, release the lock."
            | "中止：强制写盘，释放锁。"
            => "{node} hears from {from}, and aborts"
            | "{node} 得知 {from} 的消息，中止";
        ParticipantRecovers 6:
            "After a crash: what the log does not say the end of is in doubt, and you have no say in it. Ask."
            | "崩溃之后：日志未载结局的事务仍存疑，自己不再有发言权。去询问。"
            => "{node} is back, and asks how things ended"
            | "{node} 恢复，询问事务结局";
    }

    "Termination" {
        Silence 7:
            "No word for too long: whoever was in charge is down."
            | "太久没有消息：主事者必已崩溃。"
            => "{node} has heard nothing for {waited}, and takes whoever was in charge for dead"
            | "{node} 已有 {waited} 没有消息，认定主事者已崩溃";
        Ask 3:
            "Ask everybody how far they are, and wait for the answers."
            | "询问每个人进展，等待回答。"
            => "{node} asks how far the others are"
            | "{node} 询问其他人的进展";
        RefuseForOther 7:
            "Asked about a transaction that you have not voted on: force abort to the disk..."
            | "被问到尚未投票的事务：强制写入中止……"
            => "{node} has not voted, so it aborts, and tells {from}"
            | "{node} 尚未投票，于是中止，并告诉 {from}";
        Help 5:
            "...and whoever knows how it ended says so."
            | "……知道结局者如实相告。"
            => "{node} tells {from} how the transaction ended"
            | "{node} 告诉 {from} 事务的结局";
        LeaveIt 5:
            "Another comes first among those that answered and were up all the time: leave it to that one, and wait."
            | "在始终在线的回答者中有排在前面的：交给它，等待。"
            => "{node} leaves it to another, and waits"
            | "{node} 交给别人处理，等待";
        TakeOver 8:
            "You come first: take over."
            | "自己排在最前：接管。"
            => "{node} takes over"
            | "{node} 接管";
        NobodyKnows 9:
            "Nobody is pre-committed: nobody can have committed. Abort, and tell everybody."
            | "无人预提交：不可能有人已提交。中止，并告诉所有人。"
            => "{node} takes over: nobody is pre-committed, so it aborts"
            | "{node} 接管：无人预提交，于是中止";
        SomebodyKnows 9:
            "Somebody is: all voted yes. Bring everybody to that point; when all that are up have acknowledged, commit."
            | "有人预提交：说明全体赞成。先让所有人预提交；在线者全部确认后，提交。"
            => "{node} takes over: somebody is pre-committed, so it brings all to that point, to commit"
            | "{node} 接管：有人预提交，于是让所有人预提交，准备提交";
    }
}
