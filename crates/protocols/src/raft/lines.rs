//! The rules, one by one: Figure 2 in our words, and the sentences that tell of them.

crate::about::lines! {
    /// A rule of Figure 2, or of the client that it leaves out.
    pub enum Line, LINES;

    "State" {
        Restart 6:
            "After a crash a server has currentTerm, votedFor and log[] from its disk, for it wrote them down before it answered anybody. All else starts afresh: it is a follower that knows of nothing committed."
            | "崩溃之后，服务器从磁盘取回 currentTerm、votedFor 和 log[]，因为它总是先写盘再回答。其余一切重新开始：它是一个跟随者，不知道任何已提交的条目。"
            => "{node} is back in term {figure} with what its disk kept: term, vote and log"
            | "{node} 重新启动，任期 {figure}，带着磁盘上保留的任期、投票和日志";
    }

    "Rules for servers: all" {
        Apply 3:
            "While commitIndex is beyond lastApplied: raise lastApplied and apply log[lastApplied] to the state machine."
            | "只要 commitIndex 大于 lastApplied：lastApplied 加一，并把 log[lastApplied] 应用到状态机。"
            => "{node} learns what is committed and applies it"
            | "{node} 得知哪些条目已提交，并将其应用到状态机";
        SeeTerm 4:
            "A message from a term beyond currentTerm: take over that term, with no vote cast in it, and be a follower."
            | "收到任期大于 currentTerm 的消息：采用该任期（其中尚未投票），转为跟随者。"
            => "{node} learns from {from} of term {figure} and follows"
            | "{node} 从 {from} 得知任期 {figure}，成为跟随者";
    }

    "Rules for servers: followers" {
        AnswerRpcs 0:
            "Answer what candidates and leaders ask."
            | "回答候选人和领导者的请求。";
        NoLeaderHeard 8:
            "The election timeout passes without AppendEntries from this term's leader and without a vote given away: become a candidate."
            | "选举超时内既没有收到本任期领导者的 AppendEntries，也没有投出选票：成为候选人。"
            => "{node} heard from no leader for {waited} and asks for votes in term {figure}"
            | "{node} 已有 {waited} 没有听到领导者的消息，在任期 {figure} 发起选举";
    }

    "Rules for servers: candidates" {
        RaiseTerm 1:
            "To start an election, raise currentTerm..."
            | "发起选举：currentTerm 加一……";
        VoteForSelf 1:
            "...vote for yourself..."
            | "……投票给自己……";
        ResetTimer 1:
            "...draw a new election timeout..."
            | "……重新抽取选举超时……";
        AskForVotes 1:
            "...and send RequestVote to all other servers."
            | "……向其他所有服务器发送 RequestVote。";
        WinElection 10:
            "Votes from a majority of the servers: become leader."
            | "获得多数服务器的选票：成为领导者。"
            => "{node} has the votes of a majority and leads term {figure}"
            | "{node} 获得多数选票，成为任期 {figure} 的领导者";
        GiveWay 7:
            "AppendEntries from a leader of this very term: become a follower."
            | "收到本任期领导者的 AppendEntries：转为跟随者。"
            => "{node} gives way to {from}, who leads term {figure}"
            | "{node} 让位给任期 {figure} 的领导者 {from}";
        ElectionTimedOut 8:
            "The election timeout passes with no winner: start the next election."
            | "选举超时仍无人胜出：发起下一次选举。"
            => "{node} got no majority within {waited} and tries again in term {figure}"
            | "{node} 在 {waited} 内没有获得多数选票，在任期 {figure} 再次尝试";
    }

    "Rules for servers: leaders" {
        Heartbeat 2:
            "Once elected, send AppendEntries to every server, empty if need be, and again and again while there is nothing else to send, so that no election timeout passes."
            | "当选后立即向每台服务器发送 AppendEntries（可以为空），空闲时不断重复，使选举不会超时。"
            => "{node} tells its followers that it still leads term {figure}"
            | "{node} 告诉跟随者：它仍是任期 {figure} 的领导者";
        AppendNoop 5:
            "If so configured (§8), open the term with a no-op entry, so that older entries can be committed at once."
            | "若已配置（§8），以一个空操作条目开启任期，使旧条目可以立即提交。"
            => "{node} opens term {figure} with a no-op entry"
            | "{node} 以空操作条目开启任期 {figure}";
        AppendCommand 6:
            "A command from a client: append it to the log..."
            | "收到客户端命令：追加到日志……"
            => "{node} appends a client's command to its log"
            | "{node} 把客户端的命令追加到日志";
        Respond 7:
            "...and answer once it has been applied."
            | "……应用之后再答复。"
            => "{node} applies a committed command and answers the client"
            | "{node} 应用已提交的命令并答复客户端";
        SendEntries 2:
            "A follower lacks entries from its nextIndex on: send them."
            | "若跟随者缺少 nextIndex 起的条目：发送它们。"
            => "{node} sends its followers what they lack"
            | "{node} 把跟随者缺少的条目发给它们";
        FollowerHasThem 2:
            "Success: raise that follower's nextIndex and matchIndex."
            | "成功：更新该跟随者的 nextIndex 和 matchIndex。"
            => "{node} hears that {from} has stored what it was sent"
            | "{node} 得知 {from} 已存储所发条目";
        FollowerRefused 5:
            "Refused because the logs do not meet there: lower nextIndex and try again."
            | "因日志不衔接而被拒绝：减小 nextIndex 再试。"
            => "{from} has a gap or a conflict: {node} goes further back in its log"
            | "{from} 的日志有缺口或冲突：{node} 退到更早的位置再试";
        Commit 6:
            "An index N beyond commitIndex that a majority's matchIndex has reached, with log[N] of the current term: commitIndex is N."
            | "若有 N 大于 commitIndex，多数服务器的 matchIndex 已达到 N，且 log[N] 属于当前任期：令 commitIndex 为 N。"
            => "{node} sees its entry on a majority of the servers: it is committed"
            | "{node} 看到条目已存于多数服务器：提交";
    }

    "RequestVote RPC: receiver" {
        VoteStaleTerm 5:
            "A term below currentTerm: refuse."
            | "任期小于 currentTerm：拒绝。"
            => "{node} refuses {from} its vote: term {figure} has begun"
            | "{node} 拒绝投票给 {from}：任期 {figure} 已经开始";
        VoteGranted 6:
            "No vote cast in this term, or cast for this very candidate, and the candidate's log at least as new as one's own: grant the vote."
            | "本任期尚未投票，或已投给该候选人，且候选人的日志至少和自己的一样新：投票。"
            => "{node} votes for {from} in term {figure}"
            | "{node} 在任期 {figure} 投票给 {from}";
        VoteTaken 5:
            "Otherwise refuse: the vote is given to another..."
            | "否则拒绝：选票已投给别人……"
            => "{node} refuses {from}: its vote in term {figure} is given"
            | "{node} 拒绝 {from}：它在任期 {figure} 的选票已经投出";
        VoteOlderLog 6:
            "...or the candidate's log is older than one's own (§5.4.1)."
            | "……或候选人的日志比自己的旧（§5.4.1）。"
            => "{node} refuses {from} its vote: {from}'s log is older than its own"
            | "{node} 拒绝投票给 {from}：{from} 的日志比它自己的旧";
    }

    "AppendEntries RPC: receiver" {
        AppendStaleTerm 6:
            "A term below currentTerm: refuse."
            | "任期小于 currentTerm：拒绝。"
            => "{node} refuses {from}, who led once but not in term {figure}"
            | "{node} 拒绝 {from}：它曾是领导者，但任期 {figure} 已不是";
        AppendNoMatch 5:
            "No entry at prevLogIndex with the term prevLogTerm: refuse."
            | "在 prevLogIndex 处没有任期为 prevLogTerm 的条目：拒绝。"
            => "{node} refuses what {from} sent: it lacks the entry that comes before"
            | "{node} 拒绝 {from} 发来的条目：它缺少前一个条目";
        DeleteConflict 7:
            "An entry at the same index as a new one but of another term: delete it and all that follow."
            | "若已有条目与新条目索引相同而任期不同：删除它及其后的所有条目。"
            => "{node} deletes entries that conflict with those of its leader {from}"
            | "{node} 删除与领导者 {from} 冲突的条目";
        AppendNew 4:
            "Append the new entries that are not there yet."
            | "追加尚不存在的新条目。"
            => "{node} appends what {from} sent"
            | "{node} 追加 {from} 发来的条目";
        FollowCommit 3:
            "leaderCommit beyond commitIndex: commitIndex is leaderCommit, or the last new entry if that comes first."
            | "若 leaderCommit 大于 commitIndex：令 commitIndex 为 leaderCommit 与最后一个新条目索引中的较小者。"
            => "{node} learns from {from} what is committed, and applies it"
            | "{node} 从 {from} 得知哪些条目已提交并应用";
    }

    "PreVote (thesis, §9.6)" {
        AskForPreVotes 9:
            "If so configured, do not raise the term yet: ask all other servers whether they would vote for you in the next one."
            | "若已配置，先不提高任期：询问其他所有服务器，在下一任期是否会投票给自己。"
            => "{node} heard from no leader for {waited} and asks, still in term {figure}, whether it could win"
            | "{node} 已有 {waited} 没有听到领导者的消息，仍在任期 {figure}，先询问能否当选";
        PreVoteLeaderAlive 6:
            "Asked so, with a leader heard within the shortest election timeout, or leading: say no..."
            | "被如此询问时，若在最短选举超时内听到过领导者，或自己就是领导者：回答否……"
            => "{node} would not vote for {from}: there is a leader in term {figure}"
            | "{node} 不会投票给 {from}：任期 {figure} 有领导者";
        PreVoteRefused 6:
            "...and no, if that term is not beyond one's own or the log is older than one's own..."
            | "……若该任期不大于自己的任期，或对方日志比自己的旧：也回答否……"
            => "{node} would not vote for {from}: its term or its log is behind"
            | "{node} 不会投票给 {from}：它的任期或日志落后";
        PreVoteGranted 5:
            "...else yes, and change nothing: neither term nor vote nor timer."
            | "……否则回答是，且什么也不改变：任期、投票、计时器都照旧。"
            => "{node} would vote for {from}"
            | "{node} 愿意投票给 {from}";
        WinPreVote 9:
            "A majority would: start the election."
            | "多数服务器愿意：发起选举。"
            => "{node} has learned that a majority would vote for it, and stands for election in term {figure}"
            | "{node} 得知多数服务器愿意投票给它，在任期 {figure} 发起选举";
    }

    "CheckQuorum (thesis, §6.2, §4.2.3)" {
        QuorumHeard 1:
            "If so configured, a leader looks once an election timeout who has answered: with a majority it leads on..."
            | "若已配置，领导者每过一个选举超时便查看谁答复过：若达到多数，继续领导……"
            => "{node} has heard from a majority and leads on in term {figure}"
            | "{node} 得到多数服务器的答复，继续领导任期 {figure}";
        QuorumLost 10:
            "...and without, it steps down."
            | "……否则下台。"
            => "{node} has heard from no majority for {waited} and leads no longer"
            | "{node} 已有 {waited} 没有得到多数服务器的答复，不再领导";
        IgnoreVote 7:
            "RequestVote of a later term, with a leader heard within the shortest election timeout, or leading: neither answer nor take over the term."
            | "收到更高任期的 RequestVote，而在最短选举超时内听到过领导者，或自己就是领导者：既不答复，也不采用该任期。"
            => "{node} ignores {from}: there is a leader in term {figure}"
            | "{node} 不理会 {from}：任期 {figure} 有领导者";
    }

    "Leadership transfer (thesis, §3.10)" {
        BeginTransfer 8:
            "Asked to transfer the leadership: take no more commands, and bring the target's log up to one's own."
            | "被要求移交领导权：不再接受命令，并让目标服务器的日志追上自己。"
            => "{node} is to hand over the leadership of term {figure}, and takes no more commands"
            | "{node} 将移交任期 {figure} 的领导权，不再接受命令";
        SendTimeoutNow 9:
            "The target's log is the same: send it TimeoutNow."
            | "目标的日志已经相同：向它发送 TimeoutNow。"
            => "{node} tells its successor to stand for election"
            | "{node} 让继任者立即发起选举";
        ObeyTimeoutNow 10:
            "TimeoutNow from this term's leader: stand for election at once, without PreVote, and say in RequestVote that the leader wants it."
            | "收到本任期领导者的 TimeoutNow：立即发起选举，不经过 PreVote，并在 RequestVote 中注明这是领导者的意思。"
            => "{node} stands for election in term {figure}, as {from} told it to"
            | "{node} 应 {from} 的要求，在任期 {figure} 发起选举";
        EndTransfer 8:
            "Somebody leads a later term: the transfer is over."
            | "有人领导了更高的任期：移交结束。"
            => "{node} has handed over: {from} leads term {figure}"
            | "{node} 已移交：{from} 领导任期 {figure}";
        AbortTransfer 9:
            "The shortest election timeout passes and nobody does: take commands again."
            | "最短选举超时过去仍无人接任：重新接受命令。"
            => "{node} has waited {waited} for its successor in vain"
            | "{node} 等待继任者 {waited}，没有结果";
    }

    "Snapshots (thesis, §5)" {
        TakeSnapshot 7:
            "If so configured, and so many entries have been applied since the last snapshot: write the state machine down as a snapshot, and drop the log up to lastApplied."
            | "若已配置，且自上次快照以来已应用足够多的条目：把状态机写成快照，并丢弃日志中直到 lastApplied 的条目。"
            => "{node} writes a snapshot and drops the entries that it stands for"
            | "{node} 写下快照，丢弃它所代表的条目";
        RestoreSnapshot 7:
            "After a crash: begin with the state machine of the snapshot. What it stands for is committed and applied."
            | "崩溃之后：从快照中的状态机开始。它所代表的条目已提交并已应用。"
            => "{node} is back in term {figure} with the state machine of its snapshot"
            | "{node} 重新启动，任期 {figure}，带着快照中的状态机";
        SendSnapshot 6:
            "A follower lacks entries that are dropped: send it the snapshot instead."
            | "若跟随者缺少的条目已被丢弃：改为发送快照。"
            => "{node} has dropped what a follower lacks, and sends its snapshot"
            | "{node} 已丢弃跟随者缺少的条目，改发快照";
    }

    "InstallSnapshot RPC: receiver (thesis, Figure 5.3)" {
        SnapshotStaleTerm 6:
            "A term below currentTerm: refuse."
            | "任期小于 currentTerm：拒绝。"
            => "{node} refuses {from}, who led once but not in term {figure}"
            | "{node} 拒绝 {from}：它曾是领导者，但任期 {figure} 已不是";
        SnapshotKnown 4:
            "All that it stands for is known to be committed: leave everything as it is."
            | "它所代表的条目都已知提交：一切照旧。"
            => "{node} has all that the snapshot of {from} stands for"
            | "{node} 已有 {from} 的快照所代表的一切";
        RetainLog 5:
            "The log has the last entry that it stands for: keep what follows that entry..."
            | "若日志中有它所代表的最后一个条目：保留其后的条目……";
        DiscardLog 7:
            "...else discard the whole log..."
            | "……否则丢弃整个日志……";
        ResetStateMachine 8:
            "...and take over the state machine of the snapshot: what it stands for is committed and applied."
            | "……并采用快照中的状态机：它所代表的条目已提交并已应用。"
            => "{node} takes over the snapshot of {from}"
            | "{node} 采用 {from} 的快照";
    }

    "Membership changes (thesis, §4)" {
        BeginCatchUp 8:
            "Asked for another set of servers: first send the new ones the log, without a vote, in rounds (§4.2.1)."
            | "被要求更换服务器集合：先分轮把日志发给新服务器，它们没有投票权（§4.2.1）。"
            => "{node} is to change the set of servers, and brings the new ones up to date"
            | "{node} 将变更服务器集合，先让新服务器追上日志";
        NextRound 4:
            "The round is over but took longer than an election timeout: begin the next one, up to today's end of the log."
            | "一轮结束，但耗时超过选举超时：开始下一轮，直到此刻的日志末尾。"
            => "{node} sends the new servers what has come meanwhile"
            | "{node} 把期间新增的条目发给新服务器";
        AbortCatchUp 8:
            "After ten election timeouts: give up."
            | "十个选举超时之后：放弃。"
            => "{node} gives up: a new server does not catch up"
            | "{node} 放弃：有新服务器追不上";
        AppendJoint 9:
            "The new servers are up to date: append C_old,new (§4.3)."
            | "新服务器已追上：追加 C_old,new（§4.3）。"
            => "{node} appends the joint configuration: from now on it takes a majority of the old servers and one of the new"
            | "{node} 追加联合配置：从此需要旧服务器的多数和新服务器的多数";
        AdoptConfiguration 5:
            "A configuration in the log: go by the latest one from now on, committed or not."
            | "日志中出现配置：从此以最新的配置为准，无论是否已提交。"
            => "{node} goes by the new configuration"
            | "{node} 采用新配置";
        AppendNewConfiguration 9:
            "C_old,new is committed: append C_new."
            | "C_old,new 已提交：追加 C_new。"
            => "{node} has the joint configuration committed, and appends the new one"
            | "{node} 的联合配置已提交，追加新配置";
        LeaveOffice 10:
            "C_new is committed and the leader is not in it: step down (§4.2.2)."
            | "C_new 已提交而领导者不在其中：下台（§4.2.2）。"
            => "{node} has changed the set of servers to one without itself, and leads no longer"
            | "{node} 已把服务器集合变更为不含自己的集合，不再领导";
        StayOutside 1:
            "The election timeout passes at a server without a vote: wait on."
            | "没有投票权的服务器选举超时：继续等待。";
    }

    "Clients" {
        SendRequest 4:
            "Send the command to the server that seems to lead; at first, to any."
            | "把命令发给看似领导者的服务器；起初任选一台。"
            => "{node} sends a command"
            | "{node} 发出命令";
        RefuseClient 5:
            "A server that does not lead does nothing but say who does, if it knows."
            | "不是领导者的服务器什么也不做，只说明谁是领导者（如果知道）。"
            => "{node} does not lead, and says so"
            | "{node} 不是领导者，如实告知";
        Redirect 5:
            "Refused, and told who leads: ask that one."
            | "被拒绝并得知谁是领导者：改问它。"
            => "{node} is sent on to another server"
            | "{node} 被转到另一台服务器";
        Retry 6:
            "No answer in time: ask the next server."
            | "没有及时得到答复：问下一台服务器。"
            => "{node} had no answer for {waited} and asks another server"
            | "{node} 已有 {waited} 没有得到答复，改问另一台服务器";
        TakeAnswer 6:
            "Answered: the operation is over, and the next can begin."
            | "得到答复：操作结束，可以开始下一个。"
            => "{node} has its answer from {from}"
            | "{node} 得到 {from} 的答复";
    }

    "Sessions" {
        AskForSession 5:
            "A client without a session: ask the server that seems to lead for one."
            | "客户端还没有会话：向看似领导者的服务器请求一个。"
            => "{node} asks for a session"
            | "{node} 请求建立会话";
        AllocateSession 4:
            "A registration is applied: begin a session, called by the index of its entry."
            | "应用注册条目：建立会话，以该条目的索引命名。"
            => "{node} begins a session for a client"
            | "{node} 为客户端建立会话";
        TakeSession 5:
            "A session is open: send the commands in it, one after the other..."
            | "会话已建立：在其中逐条发送命令……"
            => "{node} has a session, given by {from}"
            | "{node} 从 {from} 得到会话";
        SendNumbered 4:
            "...each with a number of its own, which is the same in every attempt."
            | "……每条命令有自己的编号，每次重试编号不变。"
            => "{node} sends a command, numbered in its session"
            | "{node} 发出会话内编号的命令";
        DiscardLate 5:
            "A command with a number below the session's last one: do nothing. The client has had its answer long since."
            | "命令编号小于会话中最后的编号：不做任何事，客户端早已得到答复。"
            => "{node} lets a command pass that was over long since"
            | "{node} 忽略一条早已完成的命令";
        RecogniseRetry 8:
            "A command with the session's last number: answer as before, and do not run it again."
            | "命令编号等于会话中最后的编号：按原来的结果答复，不再执行。"
            => "{node} recognises a command that it has run, and does not run it again"
            | "{node} 认出一条已执行过的命令，不再执行";
        ExpireSession 6:
            "If so configured, and there are more sessions than are kept: the one expires that was used longest ago."
            | "若已配置，且会话多于保留的数目：最久未使用的会话过期。"
            => "{node} lets a session expire: there are too many"
            | "{node} 让一个会话过期：会话太多";
        RefuseExpired 7:
            "A command of a session that has expired: it may have run before, so do not run it, and say that the session is over."
            | "命令属于已过期的会话：它可能已执行过，因此不执行，并告知会话已结束。"
            => "{node} does not know the session of a command any more, and does not run it"
            | "{node} 已不认识该命令的会话，不执行";
        LoseSession 7:
            "The session is over: whether the command took effect remains open; ask for another session for the next."
            | "会话已结束：命令是否生效无从得知；为下一条命令请求新的会话。"
            => "{node} has lost its session, and cannot know what came of its command"
            | "{node} 失去会话，无法得知其命令的结果";
        KeepAnswer 1:
            "A command with a new number: run it, and keep its number and its answer."
            | "命令编号是新的：执行它，并记下编号和答复。";
    }

    "Queries" {
        SendQuery 4:
            "If so configured, a read is a query: send it to the server that seems to lead, and a stale read to any."
            | "若已配置，读取作为查询发送：发给看似领导者的服务器；允许陈旧时发给任意一台。"
            => "{node} asks for a read that is no entry of the log"
            | "{node} 发出不经过日志的读取";
        SaveReadIndex 1:
            "A query at the leader, which has committed an entry of its term: save commitIndex as the query's readIndex..."
            | "领导者收到查询，且本任期已有条目提交：把 commitIndex 存为该查询的 readIndex……";
        RoundForQueries 5:
            "...begin a round of heartbeats, one for all queries that wait..."
            | "……发起一轮心跳，所有等待的查询共用一轮……"
            => "{node} asks whether it still leads term {figure} before it answers a read"
            | "{node} 在答复读取之前，先确认自己仍是任期 {figure} 的领导者";
        AnswerQuery 6:
            "...and when a majority has answered one that began after the query came, and lastApplied has reached readIndex, answer from the state machine."
            | "……当多数服务器答复了查询到达之后发起的某一轮，且 lastApplied 已达到 readIndex：由状态机答复。"
            => "{node} answers a read from its store"
            | "{node} 由自己的存储答复读取";
        ExtendLease 1:
            "With leases, a round that a majority has answered counts for later queries too: for the shortest election timeout from its beginning, less what clocks may differ by."
            | "使用租约时，多数服务器答复过的一轮对之后的查询也有效：自该轮开始起，最短选举超时减去时钟允许的偏差。";
        RefuseQueries 5:
            "A leader that steps down refuses the queries that wait."
            | "下台的领导者拒绝等待中的查询。"
            => "{node} leads no longer, and refuses the reads that wait"
            | "{node} 不再是领导者，拒绝等待中的读取";
        AnswerStale 5:
            "Where stale reads are allowed, any server answers at once from its state machine."
            | "允许陈旧读取时，任何服务器立即由自己的状态机答复。"
            => "{node} answers a read from its store, however old that is"
            | "{node} 由自己的存储答复读取，不论是否陈旧";
    }
}
