//! The rules, one by one.

crate::about::lines! {
    /// A rule of the server or the client.
    pub enum Line, LINES;

    "Cristian" {
        Ask 3:
            "Client: note what the clock shows, and ask the server for the time."
            | "客户端：记下自己的时钟读数，向服务器询问时间。"
            => "{node} asks what time it is"
            | "{node} 询问时间";
        Tell 3:
            "Server: answer with the clock."
            | "服务器：以自己的时钟作答。"
            => "{node} tells {from} the time"
            | "{node} 告诉 {from} 时间";
        Estimate 5:
            "Client: the answer has been on its way for half of the round trip, give or take half of it."
            | "客户端：回答在路上用去往返时间的一半，误差至多也是一半。"
            => "{node} takes it that the answer was on its way for half of the round trip"
            | "{node} 认为回答在路上用去往返时间的一半";
    }

    "NTP" {
        Best 6:
            "Client: of the last eight measurements, the one with the shortest round trip counts."
            | "客户端：最近八次测量中，往返最短的一次算数。"
            => "{node} goes by the measurement with the shortest round trip"
            | "{node} 采用往返最短的一次测量";
    }

    "Berkeley" {
        Poll 4:
            "Server: ask everybody what their clocks show."
            | "服务器：询问所有时钟的读数。"
            => "{node} asks all clocks"
            | "{node} 询问所有时钟";
        Read 3:
            "Client: say what the clock shows."
            | "客户端：报告自己的时钟读数。"
            => "{node} says what its clock shows"
            | "{node} 报告自己的时钟读数";
        Average 7:
            "Server: average the largest group of clocks that agree, and tell everybody by how much to change."
            | "服务器：对彼此相近的最大一组时钟取平均，并告诉每个时钟该改变多少。"
            => "{node} averages the clocks that agree, and tells everybody by how much to change"
            | "{node} 对相近的时钟取平均，并告知各方调整量";
    }

    "Setting the clock" {
        Forward 6:
            "It is behind, or was never set: set it."
            | "时钟落后，或从未设置过：直接设置。"
            => "{node} sets its clock"
            | "{node} 设置时钟";
        Slow 7:
            "It is ahead: let it run at half speed until the time has caught up. Never set it back."
            | "时钟超前：让它以半速走，直到时间赶上来。绝不往回拨。"
            => "{node} is ahead, and slows its clock down"
            | "{node} 的时钟超前，于是放慢";
    }
}
