//! The rules, one by one.

crate::about::lines! {
    /// A rule of a replica, a leader with its scout and commanders, or an acceptor.
    pub enum Line, LINES;

    "Replica" {
        Propose 6:
            "A request: put it into the next slot that is free as far as you know, and propose it to all leaders; but no more than a window beyond what is performed."
            | "收到请求：放入自己所知的下一个空槽位，向所有领导者提议；但不超出已执行部分之后的窗口。"
            => "{node} puts a command into the next free slot, and proposes it"
            | "{node} 把命令放入下一个空槽位并提议";
        Decided 3:
            "A decision: keep it."
            | "收到决定：记下。"
            => "{node} hears what is decided for a slot"
            | "{node} 得知某槽位的决定";
        Perform 7:
            "The next slot is decided: perform its command, and answer if the client is yours."
            | "下一个槽位已决定：执行其命令；若是自己的客户端则答复。"
            => "{node} performs the next command of the log"
            | "{node} 执行日志中的下一条命令";
        SlotLost 8:
            "Another command than yours is decided for the slot: yours has to be put into a later one."
            | "该槽位决定的是别的命令：自己的须放入更后的槽位。"
            => "{node} had proposed another command for that slot, and tries a later one"
            | "{node} 为该槽位提议的是别的命令，改试更后的槽位";
        ProposeAgain 5:
            "No decision in time: propose again."
            | "没有及时得到决定：再次提议。"
            => "{node} has no decision after {waited}, and proposes again"
            | "{node} 在 {waited} 内没有得到决定，再次提议";
        AskMissing 5:
            "A leader knows of decisions that you lack: ask for them."
            | "领导者知道你缺少的决定：向它索取。"
            => "{node} asks {from} for decisions that it missed"
            | "{node} 向 {from} 索取缺少的决定";
    }

    "Leader" {
        Preempted 9:
            "A higher ballot has been adopted somewhere: yours is over. Be passive."
            | "某处采用了更高的轮次：自己的轮次结束。转为被动。"
            => "{node} is pre-empted"
            | "{node} 被抢占";
        Adopted 10:
            "The ballot is adopted: what was accepted in the highest ballot for each slot replaces what you would have proposed. A commander for every slot."
            | "轮次被采用：每个槽位在最高轮次中被接受的命令取代自己原想提议的。为每个槽位派出指挥者。"
            => "{node} has its ballot adopted by a majority, and leads"
            | "{node} 的轮次被多数采用，开始领导";
        Alive 1:
            "While active: say so to leaders and replicas, again and again."
            | "主动期间：反复告知其他领导者和副本。"
            => "{node} says that it leads"
            | "{node} 表明自己在领导";
        DecidedBefore 3:
            "Asked for a slot that is decided: say what it is."
            | "被问及已决定的槽位：说出决定。"
            => "{node} tells {from} what was decided before"
            | "{node} 告诉 {from} 先前的决定";
    }

    "Scout" {
        Scout 8:
            "No word of a leader for long: take a ballot above all you have begun or heard of, force its number to the disk, and ask all acceptors to adopt it."
            | "久无领导者的消息：取一个高于自己用过或听说过的轮次，把编号强制写盘，请所有接受者采用。"
            => "{node} hears of no leader for {waited}, and sends a scout for round {figure}"
            | "{node} 已有 {waited} 没有领导者的消息，为第 {figure} 轮派出侦察者";
        CountAdopted 3:
            "Adopted by one acceptor: keep what it accepted in the highest ballot for each slot."
            | "一个接受者已采用：记下每个槽位在最高轮次中被接受的命令。"
            => "{node} hears that {from} has adopted its ballot"
            | "{node} 得知 {from} 采用了它的轮次";
    }

    "Commander" {
        Command 5:
            "A command for a slot, and an adopted ballot: ask all acceptors to accept."
            | "槽位有了命令，轮次已被采用：请所有接受者接受。"
            => "{node} sends a commander to have a command accepted"
            | "{node} 派出指挥者，请求接受命令";
        CountAccepted 2:
            "Accepted by one: one of many."
            | "一个接受者已接受：只是其中之一。"
            => "{node} hears that {from} has accepted"
            | "{node} 得知 {from} 已接受";
        Decide 9:
            "Accepted by a majority: it is decided. Tell all replicas."
            | "多数已接受：已决定。告诉所有副本。"
            => "{node} hears of a majority: the slot is decided"
            | "{node} 得知多数已接受：槽位已决定";
        CommandAgain 4:
            "No majority after a whole beat: ask again those that have not accepted."
            | "一整拍之后仍无多数：再次请求尚未接受者。"
            => "{node} asks again those that have not accepted"
            | "{node} 再次请求尚未接受者";
    }

    "Acceptor" {
        Adopt 5:
            "Asked to adopt a ballot, and none higher adopted: force it to the disk; say so, with all you have accepted."
            | "被请求采用某轮次，且未采用更高者：强制写盘；答复并附上接受过的一切。"
            => "{node} adopts the ballot of {from}"
            | "{node} 采用 {from} 的轮次";
        RefuseScout 6:
            "A higher one is adopted: say which."
            | "已采用更高的轮次：说明是哪一个。"
            => "{node} refuses {from}: it has adopted a higher ballot"
            | "{node} 拒绝 {from}：它已采用更高的轮次";
        Accept 4:
            "Asked to accept, and no higher ballot adopted: force the vote to the disk, then say so."
            | "被请求接受，且未采用更高轮次：把投票强制写盘，然后答复。"
            => "{node} accepts a command from {from}"
            | "{node} 接受 {from} 的命令";
        RefuseCommander 7:
            "A higher one is adopted: say which."
            | "已采用更高的轮次：说明是哪一个。"
            => "{node} does not accept: {from} is pre-empted"
            | "{node} 不接受：{from} 已被抢占";
        AcceptorReturns 6:
            "After a crash: what was adopted and accepted stands on the disk."
            | "崩溃之后：采用过和接受过的都在磁盘上。"
            => "{node} is back, with all that it adopted and accepted"
            | "{node} 恢复，带着它采用和接受的一切";
    }
}
