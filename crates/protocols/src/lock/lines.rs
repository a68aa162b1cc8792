//! The rules, one by one.

crate::about::lines! {
    /// A rule of a server, a client or the resource.
    pub enum Line, LINES;

    "Client: the lock" {
        Ask 6:
            "To take the lock, ask every server for a lease, with a token higher than all you have heard of. Your lease is counted from now, and shorter than theirs by what clocks may differ."
            | "取锁：用比所知都大的令牌向每台服务器申请租约。自己的租约从现在算起，并按时钟可能的偏差缩短。"
            => "{node} asks for the lock with token {figure}"
            | "{node} 用令牌 {figure} 申请锁";
        Hold 9:
            "Granted by a majority, and the lease not over: the lock is yours."
            | "多数服务器同意且租约未过：锁归你。"
            => "{node} has leases from a majority: it holds the lock with token {figure}"
            | "{node} 得到多数租约：以令牌 {figure} 持有锁";
        TryHigher 5:
            "Refused only because the token is too low: give back what was granted, and ask again with a higher one."
            | "仅因令牌太小被拒：归还已得租约，换更大的令牌再申请。"
            => "{node} tries again with a higher token, {figure}"
            | "{node} 换更大的令牌 {figure} 再试";
        GiveUp 6:
            "Somebody else has leases, or time is up: give back what was granted."
            | "别人持有租约，或已超时：归还已得租约。"
            => "{node} does not get the lock, and gives back what it was granted"
            | "{node} 没有得到锁，归还已得的租约";
        AskForMore 5:
            "To keep the lock, ask every server for more time; the new lease is counted from this asking."
            | "续租：向每台服务器申请更多时间；新租约从申请时算起。"
            => "{node} asks for more time"
            | "{node} 申请续租";
        HoldOn 6:
            "A majority agrees: go on."
            | "多数同意：继续持有。"
            => "{node} keeps the lock"
            | "{node} 继续持有锁";
        LeaseOver 8:
            "The lease is over: the lock is not yours any more, whatever the servers believe."
            | "租约到期：无论服务器怎么认为，锁已不再属于你。"
            => "{node}'s lease is over"
            | "{node} 的租约到期";
        GiveBack 6:
            "Done: give the leases back."
            | "用完：归还租约。"
            => "{node} gives its leases back"
            | "{node} 归还租约";
    }

    "Client: the work" {
        Prepare 5:
            "With the lock in hand (take it first, if need be), prepare what to write..."
            | "持锁时（必要时先取锁），准备要写的内容……"
            => "{node} holds the lock, and prepares what to write"
            | "{node} 持有锁，准备写入";
        Write 6:
            "...and send it with the token. Whether the lock is still yours by then, only the resource can tell."
            | "……连同令牌一起发出。那时锁是否仍归你，只有资源知道。"
            => "{node} writes, with the token it had when it began"
            | "{node} 以开始时的令牌写入";
        Done 5:
            "The resource has written it."
            | "资源已写入。"
            => "{node} hears that it is written"
            | "{node} 得知已写入";
        FencedOff 7:
            "The resource has seen a higher token: somebody else has the lock by now."
            | "资源已见过更大的令牌：锁已归他人。"
            => "{node} came too late: the resource has seen a later holder"
            | "{node} 来得太晚：资源已见过后来的持有者";
    }

    "Server" {
        Grant 5:
            "No lease is out, and the token is higher than all granted before: grant it, for a lease of time, and force both to the disk."
            | "没有未到期的租约，且令牌大于以往所有：授予一段租约，并强制写盘。"
            => "{node} grants {from} a lease"
            | "{node} 授予 {from} 租约";
        Refuse 4:
            "Otherwise refuse, and say why."
            | "否则拒绝，并说明原因。"
            => "{node} refuses {from}"
            | "{node} 拒绝 {from}";
        Extend 4:
            "The holder asks for more time: the lease runs anew."
            | "持有者续租：租约重新计时。"
            => "{node} extends the lease of {from}"
            | "{node} 延长 {from} 的租约";
        TakeBack 5:
            "The holder gives it back: it is free."
            | "持有者归还：空闲。"
            => "{node} has its lease back from {from}"
            | "{node} 收回 {from} 的租约";
        Expire 6:
            "The time is up: it is free, whatever became of the holder."
            | "时间到：空闲，不管持有者怎样了。"
            => "{node} lets the lease run out after {waited}"
            | "{node} 的租约在 {waited} 后到期";
        ServerRecovers 6:
            "After a crash: nobody knows how much of a lease is left, so it runs anew, in full."
            | "崩溃之后：不知道租约还剩多少，于是重新完整计时。"
            => "{node} is back, and lets the lease on its disk run in full"
            | "{node} 恢复，让磁盘上的租约重新完整计时";
    }

    "Resource" {
        Accept 6:
            "A token no lower than the highest so far: write."
            | "令牌不小于迄今最大者：写入。"
            => "{node} writes what {from} sent"
            | "{node} 写入 {from} 发来的内容";
        Fence 9:
            "A lower one: refuse. Its owner has lost the lock, even if it does not know."
            | "更小的令牌：拒绝。它的主人已失去锁，哪怕自己还不知道。"
            => "{node} refuses {from}: a later holder has written already"
            | "{node} 拒绝 {from}：后来的持有者已经写入";
    }
}
