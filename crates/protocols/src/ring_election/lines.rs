//! The rules, one by one.

crate::about::lines! {
    /// A rule of a node.
    pub enum Line, LINES;

    "Election" {
        Start 7:
            "To start an election, send a token with your own id to the next node."
            | "发起选举：把带有自己标识的令牌发给下一个节点。"
            => "{node} sends its own token, {figure}, on its way"
            | "{node} 发出自己的令牌 {figure}";
        PassOn 3:
            "A token with a higher id than your own: pass it on."
            | "令牌的标识比自己的大：传给下一个。"
            => "{node} passes a higher token on"
            | "{node} 传递一个更大的令牌";
        Swallow 6:
            "A lower one: swallow it..."
            | "更小的：吞掉……"
            => "{node}, which is {figure}, swallows a lower token"
            | "{node}（{figure}）吞掉一个更小的令牌";
        Replace 6:
            "...and if your own has not gone out yet, send it instead."
            | "……若自己的令牌尚未发出，则发出自己的。"
            => "{node} sends its own token, {figure}, instead of the lower one of {from}"
            | "{node} 用自己的令牌 {figure} 取代 {from} 传来的更小的令牌";
        Win 10:
            "Your own: it has been round and met nobody higher. Lead."
            | "自己的：它绕了一圈，没有遇到更大的。成为领导者。"
            => "{node} has its own token back: {figure} is the highest, and leads"
            | "{node} 收回自己的令牌：{figure} 最大，成为领导者";
    }

    "Announcement" {
        Tell 3:
            "Leading: send the leader's token round, and again from time to time."
            | "领导者：发出领导令牌绕环一圈，并不时重复。"
            => "{node} sends the leader's token round"
            | "{node} 发出领导令牌";
        Follow 4:
            "The leader's token, with a higher id than your own: follow it, and pass it on."
            | "收到标识更大的领导令牌：跟随它，并继续传递。"
            => "{node} sees the leader's token, and passes it on"
            | "{node} 看到领导令牌，继续传递";
        Object 7:
            "With a lower one: swallow it, and if you do not lead yourself, start an election."
            | "标识更小：吞掉；若自己不是领导者，发起选举。"
            => "{node}, which is {figure}, will not be led by a lower one"
            | "{node}（{figure}）不接受更小者的领导";
        NoLeaderSeen 8:
            "No leader's token for too long: start an election."
            | "太久没有看到领导令牌：发起选举。"
            => "{node} has seen no leader for {waited}, and starts an election"
            | "{node} 已有 {waited} 没有看到领导令牌，发起选举";
    }

    "The ring" {
        Acknowledged 0:
            "Acknowledge every token to whoever sent it."
            | "向发送者确认收到的每个令牌。";
        Skip 6:
            "No acknowledgement in time: send the token to the node after that one instead."
            | "没有及时确认：把令牌改发给再下一个节点。"
            => "{node} has no acknowledgement for {waited}, and skips its neighbour"
            | "{node} 等待确认 {waited}，跳过邻居";
        Drop 7:
            "A token that has been all the way round without meeting its owner: drop it."
            | "绕环一圈也没有遇到主人的令牌：丢弃。"
            => "{node} drops a token whose owner is gone"
            | "{node} 丢弃一个失去主人的令牌";
    }
}
