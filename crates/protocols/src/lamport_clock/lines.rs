//! The rules, one by one.

crate::about::lines! {
    /// A rule of the process.
    pub enum Line, LINES;

    "Implementation rules" {
        Tick 3:
            "IR1. Between any two events: raise the clock by one."
            | "IR1：任意两个事件之间，时钟加一。"
            => "{node} does something of its own at time {figure}"
            | "{node} 在时间 {figure} 发生一个本地事件";
        Stamp 4:
            "IR2a. Send: the message carries the clock."
            | "IR2a：发送时，消息带上当前时钟。"
            => "{node} sends a message stamped {figure}"
            | "{node} 发送一条时间戳为 {figure} 的消息";
        Merge 2:
            "IR2b. Receive: raise the clock above both the message's and one's own."
            | "IR2b：接收时，把时钟调到大于消息的时钟和自己的时钟。"
            => "{node} hears from {from}, and it is now {figure}"
            | "{node} 收到 {from} 的消息，时钟变为 {figure}";
    }

    "Total order" {
        Ask 6:
            "Broadcast: stamp it, put it into one's own queue, send it to all."
            | "广播：打上时间戳，放入自己的队列，并发给所有进程。"
            => "{node} broadcasts a request stamped {figure}"
            | "{node} 广播一个时间戳为 {figure} 的请求";
        Queue 5:
            "A request arrives: put it into the queue in the order of stamps, and send an acknowledgement to all."
            | "请求到达：按时间戳顺序放入队列，并向所有进程发送确认。"
            => "{node} queues the request of {from}"
            | "{node} 把 {from} 的请求放入队列";
        Deliver 7:
            "The first in the queue, with a message stamped later from every other process: deliver it."
            | "队首请求：若已从其他每个进程收到时间戳更晚的消息，则交付。"
            => "{node} delivers what is first in its queue: nothing earlier can come any more"
            | "{node} 交付队首请求：不会再有更早的请求到来";
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
