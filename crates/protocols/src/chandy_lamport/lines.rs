//! The rules, one by one.

crate::about::lines! {
    /// A rule of the branch.
    pub enum Line, LINES;

    "The bank" {
        Send 3:
            "Send money: take it off one's own, put it on the channel."
            | "转账：从自己账上扣除，放入信道。"
            => "{node} sends money and has {figure} left"
            | "{node} 转出一笔钱，还剩 {figure}";
        Receive 3:
            "Money arrives: add it to one's own..."
            | "钱到账：加到自己账上……"
            => "{node} receives money from {from} and has {figure}"
            | "{node} 收到 {from} 的钱，现有 {figure}";
        OnItsWay 5:
            "...and if a snapshot is recording this channel, note that it was on its way."
            | "……若某个快照正在记录该信道，则记下这笔钱当时在途中。"
            => "{node} notes that the money from {from} was on its way at the cut"
            | "{node} 记下 {from} 的这笔钱在切割时正在途中";
    }

    "Marker-sending rule" {
        Start 8:
            "To start: record one's own state..."
            | "发起快照：记录自己的状态……"
            => "{node} starts a snapshot, and records that it has {figure}"
            | "{node} 发起快照，记录自己有 {figure}";
        Mark 1:
            "...and send a marker on every outgoing channel, before anything else."
            | "……并在发送任何其他消息之前，向每个出信道发送标记。";
    }

    "Marker-receiving rule" {
        First 7:
            "The first marker of a snapshot: record one's own state, this channel as empty, and send markers."
            | "某快照的第一个标记：记录自己的状态，此信道记为空，并发送标记。"
            => "{node} hears of a snapshot from {from}, and records that it has {figure}"
            | "{node} 从 {from} 得知快照，记录自己有 {figure}";
        Close 5:
            "A later marker: what came on this channel since then is what the channel held."
            | "之后的标记：自那以后此信道上到来的，就是信道当时所含的。"
            => "{node} has the marker of {from}: that channel is recorded"
            | "{node} 收到 {from} 的标记：该信道记录完毕";
        Done 8:
            "A marker from every channel: this part of the snapshot is done."
            | "每个信道的标记都到齐：本部分快照完成。"
            => "{node} has a marker from everybody: its part of the snapshot is done"
            | "{node} 收齐所有标记：它的快照部分完成";
    }

    "Channel" {
        Receipt 1:
            "Data arrive: hand them up once and in order, and say what has arrived."
            | "数据到达：按序向上交付且只交付一次，并告知已收到哪些。";
        Resend 2:
            "No receipt in time: send again."
            | "未及时收到回执：重发。"
            => "{node} sends again what may have been lost"
            | "{node} 重发可能丢失的消息";
    }
}
