//! The rules, one by one.

crate::about::lines! {
    /// A rule of the node.
    pub enum Line, LINES;

    "On request" {
        Ask 6:
            "Ping: send a ping to every neighbour and remember who has yet to answer."
            | "Ping：向每个邻居发送 ping，并记下谁还没有回答。"
            => "{node} asks all its neighbours whether they are there"
            | "{node} 询问所有邻居是否在线";
        Store 6:
            "Store: keep the datum and send it to every neighbour."
            | "Store：保存数据，并发给每个邻居。"
            => "{node} stores a datum and hands it on"
            | "{node} 保存数据并转发给邻居";
        Read 5:
            "Read: answer with the datum kept here, whatever others keep."
            | "Read：以本地保存的数据作答，不管别人保存了什么。"
            => "{node} says what it keeps"
            | "{node} 读出本地数据";
    }

    "On a message" {
        Answer 4:
            "A ping: send a pong to whoever asked."
            | "收到 ping：向询问者回复 pong。"
            => "{node} answers the ping of {from}"
            | "{node} 回答 {from} 的 ping";
        Count 4:
            "A pong: its sender has answered..."
            | "收到 pong：发送者已回答……"
            => "{node} has a pong from {from}"
            | "{node} 收到 {from} 的 pong";
        Content 6:
            "...and when all have, so is the request."
            | "……全部回答后，请求完成。"
            => "{node} has heard from all its neighbours"
            | "{node} 已得到所有邻居的回答";
        Keep 5:
            "A datum: keep it."
            | "收到数据：保存。"
            => "{node} keeps the datum that {from} sent"
            | "{node} 保存 {from} 发来的数据";
        Hear 1:
            "A heartbeat: its sender is there."
            | "收到心跳：发送者在线。"
            => "{node} hears {from}"
            | "{node} 听到 {from} 的心跳";
    }

    "From time to time" {
        Beat 2:
            "Send a heartbeat to every neighbour; whoever was not heard since the last one may be gone."
            | "向每个邻居发送心跳；自上次以来没有听到的邻居可能已失效。"
            => "{node} tells its neighbours that it is there"
            | "{node} 向邻居发送心跳";
    }
}
