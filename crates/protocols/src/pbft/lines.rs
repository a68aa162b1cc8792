//! The rules, one by one.

crate::about::lines! {
    /// A rule of a replica or a client.
    pub enum Line, LINES;

    "Client" {
        Ask 4:
            "Sign a request with a timestamp of its own, and send it to the primary, as far as you know who that is."
            | "用独有的时间戳签署请求，发给所知的主节点。"
            => "{node} sends its request to the primary"
            | "{node} 把请求发给主节点";
        AskAll 5:
            "No f + 1 equal replies in time: send the request to all replicas."
            | "未及时收到 f + 1 个相同答复：把请求发给所有副本。"
            => "{node} has no answer to believe, and asks all replicas"
            | "{node} 没有可信的答复，询问所有副本";
        Believe 9:
            "f + 1 replicas reply the same: one of them is correct, so that is the result."
            | "f + 1 个副本答复相同：其中必有一个正确，即为结果。"
            => "{node} has the same answer from f + 1 replicas, and believes it"
            | "{node} 从 f + 1 个副本得到相同答复，予以采信";
    }

    "Normal case" {
        PrePrepare 8:
            "Primary: give a request the next number, no further than the high water mark, and tell all: pre-prepare."
            | "主节点：给请求下一个序号，不超过高水位，告知所有副本：pre-prepare。"
            => "{node} gives the request a number"
            | "{node} 给请求分配序号";
        WrongDigest 9:
            "The request is not the one whose digest was signed: do not accept it."
            | "请求与所签摘要不符：不予接受。"
            => "{node} refuses what {from} sends: digest and request do not match"
            | "{node} 拒绝 {from} 的消息：摘要与请求不符";
        Prepare 6:
            "Backup: the first request for this number in this view, signed by the primary and between the water marks: accept it, and tell all: prepare."
            | "备份：本视图中该序号的第一个请求，由主节点签署且在水位之间：接受，并告知所有副本：prepare。"
            => "{node} accepts the number that the primary gave"
            | "{node} 接受主节点给出的序号";
        Commit 7:
            "The primary and 2f backups say the same: it is prepared. Tell all: commit."
            | "主节点与 2f 个备份说法相同：已准备。告知所有副本：commit。"
            => "{node} has heard the same of a quorum: the request is prepared"
            | "{node} 从法定数得到相同说法：请求已准备";
        Execute 8:
            "2f + 1 have said commit, and everything before is executed: execute the request, and reply to the client."
            | "2f + 1 个副本已 commit，且此前全部执行：执行请求并答复客户端。"
            => "{node} executes the next request, and replies"
            | "{node} 执行下一个请求并答复";
        ReplyAgain 3:
            "The client's latest request has been executed: reply again."
            | "客户端最近的请求已执行：再次答复。"
            => "{node} has executed that already, and replies again"
            | "{node} 已执行过，再次答复";
        Relay 3:
            "Backup: a client asks you: relay the request to the primary, and wait for it to be executed."
            | "备份：客户端来询问：把请求转给主节点，并等待其执行。"
            => "{node} relays the request to the primary"
            | "{node} 把请求转给主节点";
    }

    "Checkpoints" {
        Checkpoint 4:
            "So many requests have been executed: tell all the digest of your state."
            | "已执行一定数量的请求：告知所有副本自己状态的摘要。"
            => "{node} makes a checkpoint"
            | "{node} 建立检查点";
        Stable 5:
            "2f + 1 have the same state: the checkpoint is stable. Forget what led to it, and move the water marks."
            | "2f + 1 个副本状态相同：检查点稳定。丢弃此前的记录，移动水位。"
            => "{node} has a stable checkpoint, and forgets what led to it"
            | "{node} 的检查点稳定，丢弃此前的记录";
        Fetch 6:
            "A checkpoint is stable that you have not reached: ask for the state."
            | "有尚未到达的稳定检查点：索取状态。"
            => "{node} has been left behind, and asks for the state"
            | "{node} 落后，索取状态";
        Install 7:
            "A state with the digest that a quorum has signed: it is yours now, whoever sent it."
            | "状态的摘要由法定数签署：采用之，无论由谁发来。"
            => "{node} takes over the state from {from}"
            | "{node} 采用 {from} 发来的状态";
    }

    "View change" {
        Suspect 8:
            "A request is not executed in time: want the next view."
            | "请求未及时执行：要求进入下一视图。"
            => "{node} has waited {waited} for a request, and suspects the primary"
            | "{node} 等待请求 {waited}，怀疑主节点";
        Join 7:
            "f + 1 others want later views than you: one of them is correct. Want the earliest of those views."
            | "f + 1 个副本要求更后的视图：其中必有一个正确。要求其中最早的视图。"
            => "{node} joins those who want another primary"
            | "{node} 加入要求更换主节点者";
        ViewChange 6:
            "Tell all which view you want, your last stable checkpoint with its proof, and what you have prepared since, with the proofs."
            | "告知所有副本所要的视图、最近的稳定检查点及其证明，以及此后已准备的请求及其证明。"
            => "{node} asks for view {figure}"
            | "{node} 要求视图 {figure}";
        NextView 8:
            "A quorum wants this view and it does not begin: want the next one, and wait twice as long."
            | "法定数要求此视图而它未开始：要求下一视图，等待时间加倍。"
            => "{node} has waited {waited} for the view to begin, and wants the next one"
            | "{node} 等待视图开始 {waited}，要求下一视图";
        NewView 10:
            "Primary of a view that a quorum wants: what was prepared in the latest view keeps its number, gaps get the null request. Tell all, with what the quorum has said."
            | "法定数所要视图的主节点：在最近视图中已准备者保留序号，空缺填入空请求。连同法定数的说法告知所有副本。"
            => "{node} begins view {figure} as its primary"
            | "{node} 作为主节点开始视图 {figure}";
        Enter 6:
            "A new view that follows from what a quorum has said: enter it, and prepare everything that it orders."
            | "新视图与法定数的说法相符：进入，并准备其中的全部请求。"
            => "{node} has checked the proofs, and enters view {figure}"
            | "{node} 核对证明，进入视图 {figure}";
        FalseNewView 9:
            "A new view that does not follow: ignore it."
            | "新视图与之不符：忽略。"
            => "{node} does not believe the new view of {from}: it does not follow from the proofs"
            | "{node} 不信 {from} 的新视图：与证明不符";
        AlreadyBegun 3:
            "Somebody wants a view that has begun: show it how it began."
            | "有副本要求已开始的视图：出示其开始的消息。"
            => "{node} shows {from} how its view began"
            | "{node} 向 {from} 出示视图开始的消息";
    }
}
