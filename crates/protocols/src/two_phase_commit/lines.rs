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
        CountYes 3:
            "A yes: one of many."
            | "收到赞成票：只是其中一张。"
            => "{node} has a yes from {from}"
            | "{node} 收到 {from} 的赞成票";
        AllYes 9:
            "Yes from every participant: decide to commit."
            | "所有参与者都赞成：决定提交。"
            => "{node} has a yes from everybody, and decides to commit"
            | "{node} 得到全部赞成票，决定提交";
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
        ForceDecision 2:
            "Force the decision to the disk before anybody hears of it."
            | "先把决定强制写盘，再告诉任何人。";
        Tell 2:
            "Tell the decision to every participant that has not acknowledged it; again and again."
            | "把决定告诉每个尚未确认的参与者，反复进行。"
            => "{node} repeats its decision to those that have not acknowledged it"
            | "{node} 向尚未确认的参与者重复其决定";
        Finish 5:
            "All have acknowledged: the transaction is over. That record can wait for the next forced write."
            | "全部确认：事务结束。这条记录可以等到下一次强制写盘。"
            => "{node} has every acknowledgement: the transaction is over"
            | "{node} 收到全部确认：事务结束";
        CoordinatorAnswers 6:
            "Asked how a transaction ended: say so. One that it never decided, and is not deciding now, is aborted."
            | "被询问事务结果：如实回答。从未决定、也不在决定中的事务，视为中止。"
            => "{node} tells {from} how the transaction ended"
            | "{node} 告诉 {from} 事务的结果";
        CoordinatorRecovers 6:
            "After a crash: tell again every decision in the log that has no end."
            | "崩溃之后：重新通告日志中每个尚未结束的决定。"
            => "{node} is back, and tells again what its log says it decided"
            | "{node} 恢复，按日志重新通告其决定";
    }

    "Participant: vote" {
        VoteNo 7:
            "Asked for a vote, and unable or unwilling (the key is locked, say): force abort to the disk, vote no."
            | "被请求投票而不能或不愿（例如键被锁住）：强制写入中止，投反对票。"
            => "{node} votes no"
            | "{node} 投反对票";
        ForcePrepared 2:
            "Otherwise lock the key, and force to the disk that it is prepared..."
            | "否则锁住该键，把“已准备”强制写盘……";
        VoteYes 6:
            "...and only then vote yes. From now on it is in doubt."
            | "……然后才投赞成票。从此处于存疑状态。"
            => "{node} is prepared, votes yes, and is in doubt"
            | "{node} 已准备，投赞成票，进入存疑状态";
    }

    "Participant: decision" {
        ObeyCommit 7:
            "Commit: force it to the disk, write the value, release the lock, acknowledge."
            | "提交：强制写盘，写入值，释放锁，确认。"
            => "{node} hears from {from}, and commits"
            | "{node} 得知 {from} 的消息，提交";
        ObeyAbort 7:
            "Abort: force it to the disk, release the lock, acknowledge."
            | "中止：强制写盘，释放锁，确认。"
            => "{node} hears from {from}, and aborts"
            | "{node} 得知 {from} 的消息，中止";
        NeverVoted 5:
            "A decision about a transaction it knows nothing of: it never voted yes, so this is an abort."
            | "对一无所知的事务的决定：它从未赞成，所以是中止。"
            => "{node} knows nothing of this transaction, so it is aborted here"
            | "{node} 对此事务一无所知，因此在此中止";
    }

    "Participant: in doubt" {
        DecisionMissing 6:
            "No decision when the time is up: it is blocked. It must not choose..."
            | "超时仍无决定：被阻塞。它不得自行选择……"
            => "{node} has waited {waited} for the decision, and is blocked"
            | "{node} 等待决定 {waited}，被阻塞";
        Ask 2:
            "...it asks the coordinator and all other participants, again and again."
            | "……只能反复询问协调者和其他参与者。";
        CannotHelp 4:
            "Asked while in doubt itself: nothing to say."
            | "自己也存疑时被询问：无可奉告。"
            => "{node} is in doubt as well, and cannot help {from}"
            | "{node} 同样存疑，帮不了 {from}";
        RefuseForOther 7:
            "Asked about a transaction that it has not voted on: force abort to the disk, so that it never will vote yes..."
            | "被问到尚未投票的事务：强制写入中止，从此不会再赞成……"
            => "{node} has not voted, so it aborts to free {from} from its doubt"
            | "{node} 尚未投票，于是中止，使 {from} 不再存疑";
        Help 5:
            "...and whoever knows how it ended says so."
            | "……知道结果者如实相告。"
            => "{node} tells {from} how the transaction ended"
            | "{node} 告诉 {from} 事务的结果";
        ParticipantRecovers 6:
            "After a crash: what the log says is prepared and not decided is in doubt, and its key locked as before."
            | "崩溃之后：日志中已准备而未决定的事务仍存疑，其键照旧锁住。"
            => "{node} is back, with what its log says"
            | "{node} 恢复，状态以日志为准";
    }
}
