//! The rules, one by one.

crate::about::lines! {
    /// A rule of the link.
    pub enum Line, LINES;

    "Sender" {
        Accept 5:
            "Send: give the parcel the next number, and keep it in the outbox, on the disk."
            | "发送：给包裹编上下一个号，存入磁盘上的发件箱。"
            => "{node} accepts a parcel"
            | "{node} 收下一个包裹";
        Window 2:
            "Send the first `window` parcels of the outbox, with the lowest number that is still offered."
            | "发送发件箱中前 `window` 个包裹，并附上仍在提供的最小编号。";
        Retry 4:
            "No acknowledgement in time: send the window again."
            | "未及时收到确认：重发窗口中的包裹。"
            => "{node} has waited {waited} for an acknowledgement, and sends again"
            | "{node} 等待确认 {waited} 未果，重新发送";
        GiveUp 7:
            "A parcel has been tried `give-up` times: give it up, and say so."
            | "某包裹已尝试 `give-up` 次：放弃，并如实说明。"
            => "{node} gives a parcel up, not knowing whether it arrived"
            | "{node} 放弃一个包裹，并不知道它是否送达";
        Acknowledged 4:
            "Acknowledgement: all below the number that is due are delivered; the window moves on."
            | "确认：到期编号以下的都已送达；窗口前移。"
            => "{node} learns that its parcels have arrived"
            | "{node} 得知包裹已送达";
        Resume 5:
            "After a crash: go on with the outbox and the next number, from the disk."
            | "崩溃之后：从磁盘取回发件箱和下一个编号，继续工作。"
            => "{node} finds parcels in its outbox"
            | "{node} 在发件箱里找到未完成的包裹";
    }

    "Receiver" {
        Skip 4:
            "The sender offers nothing below its lowest number: do not wait for that."
            | "低于发送者最小编号的已不再提供：不再等待。"
            => "{node} stops waiting for what {from} gave up"
            | "{node} 不再等待 {from} 已放弃的包裹";
        Again 4:
            "A number below the one that is due: it was delivered before; leave it."
            | "编号小于到期编号：之前已送达，丢弃。"
            => "{node} has had that parcel already"
            | "{node} 早已收到过这个包裹";
        Early 4:
            "A number above it: keep the parcel until those between have come."
            | "编号大于到期编号：先留着，等中间的到齐。"
            => "{node} keeps a parcel of {from} that came too early"
            | "{node} 暂存 {from} 提前到达的包裹";
        Deliver 6:
            "The number that is due: deliver the parcel, and those that waited for it; write down how far that is."
            | "正是到期编号：交付该包裹及等待它的后续包裹，并写下进度。"
            => "{node} delivers a parcel of {from}"
            | "{node} 交付 {from} 的包裹";
        Ack 2:
            "Acknowledge how far deliveries have come, as soon as that is on the disk."
            | "进度写入磁盘后，立即确认交付进度。";
    }
}
