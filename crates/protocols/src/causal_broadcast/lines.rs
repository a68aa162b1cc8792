//! The rules, one by one.

crate::about::lines! {
    /// A rule of the process.
    pub enum Line, LINES;

    "Broadcast" {
        Post 6:
            "Count it: VT[p] = VT[p] + 1. Stamp it with VT, deliver it here, send it to all."
            | "计数：VT[p] = VT[p] + 1。打上 VT 时间戳，在本地交付，并发给所有进程。"
            => "{node} tells everybody something"
            | "{node} 向所有进程发布一条消息";
    }

    "Delivery" {
        Hold 3:
            "A post arrives: hold it."
            | "消息到达：先扣留。"
            => "{node} holds what {from} posted: something that it builds on is missing here"
            | "{node} 扣留 {from} 的消息：此处尚缺它所依据的内容";
        Due 5:
            "A held post m of j with VT(m)[j] = VT[j] + 1 and VT(m)[k] <= VT[k] for all other k: deliver it..."
            | "若扣留的 j 的消息 m 满足 VT(m)[j] = VT[j] + 1 且对其他 k 有 VT(m)[k] <= VT[k]：交付它……"
            => "{node} delivers a post: all that led to it is here"
            | "{node} 交付一条消息：导致它的一切都已在此";
        Count 1:
            "...and only now count it: VT[j] = VT(m)[j]."
            | "……此时才计数：VT[j] = VT(m)[j]。";
        Answer 6:
            "Who has something to say to it broadcasts an answer."
            | "若有话要说，就广播一个回答。"
            => "{node} answers what it has just delivered"
            | "{node} 回答刚刚交付的消息";
    }

    "Channel" {
        Receipt 1:
            "Data arrive: hand them up once, in whatever order they come, and say what has arrived."
            | "数据到达：不论顺序，各向上交付一次，并告知已收到哪些。";
        Resend 2:
            "No receipt in time: send again."
            | "未及时收到回执：重发。"
            => "{node} sends again what may have been lost"
            | "{node} 重发可能丢失的消息";
    }
}
