//! The rules, one by one.

crate::about::lines! {
    /// A rule of failure detection.
    pub enum Line, LINES;

    "On starting" {
        Epoch 2:
            "Raise the epoch, which is on the disk; number the heartbeats of this life from 0."
            | "将磁盘上的纪元加一；这一生的心跳从 0 开始编号。";
        Trust 2:
            "Trust every neighbour, and wait for each."
            | "信任每个邻居，并等待各自的心跳。";
    }

    "Every period" {
        Beat 1:
            "Send every neighbour a heartbeat, with epoch and number."
            | "向每个邻居发送带有纪元和编号的心跳。"
            => "{node} tells its neighbours that it is there"
            | "{node} 告诉邻居自己在线";
    }

    "On a heartbeat" {
        Stale 4:
            "It is not newer than the newest one from there: it proves nothing; leave it."
            | "它不比来自那里的最新心跳更新：证明不了什么，忽略它。"
            => "{node} leaves an old heartbeat of {from} aside"
            | "{node} 忽略 {from} 的旧心跳";
        Hear 2:
            "It is newer: its sender was there; wait for the next one from now on."
            | "更新的心跳：发送者曾在线；从现在起等待下一个。"
            => "{node} hears {from}"
            | "{node} 听到 {from}";
        Withdraw 6:
            "The sender was suspected: withdraw the suspicion."
            | "发送者曾被怀疑：撤回怀疑。"
            => "{node} no longer suspects {from}"
            | "{node} 不再怀疑 {from}";
    }

    "On silence" {
        Suspect 7:
            "A neighbour has been silent for the time-out, or until φ reached the threshold: suspect it."
            | "邻居沉默达到超时，或 φ 达到阈值：怀疑它。"
            => "{node} has heard nothing for {waited}, and suspects a neighbour"
            | "{node} 已有 {waited} 没有听到动静，怀疑一个邻居";
    }

    "On request" {
        Tell 5:
            "Say who is suspected."
            | "说出正在怀疑谁。"
            => "{node} says whom it suspects"
            | "{node} 说出它怀疑谁";
    }
}
