//! The rules, one by one.

crate::about::lines! {
    /// A rule of the process.
    pub enum Line, LINES;

    "The clock" {
        Tick 3:
            "Any event: raise one's own entry by one."
            | "任何事件：自己的分量加一。"
            => "{node} has its event {figure}"
            | "{node} 发生第 {figure} 个事件";
        Stamp 4:
            "Send: the message carries the vector."
            | "发送：消息带上整个向量。"
            => "{node} sends what it knows of everybody"
            | "{node} 把它对所有进程的所知发送出去";
        Merge 5:
            "Receive: take the greater of each entry, the message's or one's own; then raise one's own by one."
            | "接收：每个分量取消息与自己中较大者；然后自己的分量加一。"
            => "{node} now knows all that {from} knew"
            | "{node} 现在知道 {from} 当时所知的一切";
    }

    "The comparison" {
        Ordered 6:
            "No entry of V(e) is greater than V(f)'s, and one is less: e happened before f."
            | "V(e) 的分量都不大于 V(f) 的，且至少一个更小：e 先于 f。"
            => "{node} finds that one event led to the other"
            | "{node} 判断一个事件导致了另一个";
        Concurrent 7:
            "Each has an entry greater than the other's: the events are concurrent."
            | "双方各有一个分量大于对方：两个事件并发。"
            => "{node} finds that neither event could know of the other"
            | "{node} 判断两个事件互不知晓";
    }
}
