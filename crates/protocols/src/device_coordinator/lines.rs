//! The rules, one by one.

crate::about::lines! {
    /// A rule of a coordinator or a device.
    pub enum Line, LINES;

    "Coordinator" {
        Give 6:
            "Somebody wants an operation: give it to your core, under its name, whatever the policy says just now."
            | "有人要求一项操作：以其名称交给自己的共识核心，不论策略此刻如何。"
            => "{node} is asked for an operation, and gives it to its core to find a place for it"
            | "{node} 收到操作请求，交给共识核心安排位置";
        AskedBefore 3:
            "You have given it to your core before, or it has its place: nothing is to be done."
            | "已交给核心，或它已有位置：无需再做。"
            => "{node} was asked for that before"
            | "{node} 之前已收到此请求";
        Append 6:
            "The core has decided what stands at the next place: write it down there, and bring registry and policy up to it."
            | "核心已决定下一个位置：写入该处，并据此更新登记与策略。"
            => "{node} knows what stands at place {figure}"
            | "{node} 得知位置 {figure} 上是什么";
        Forbid 8:
            "The policy as it is at that place forbids it: it keeps its place, and nothing is done."
            | "该位置上的策略禁止它：保留位置，但不执行。"
            => "{node} finds that the policy at place {figure} forbids what stands there"
            | "{node} 发现位置 {figure} 处的策略禁止该操作";
        SameName 7:
            "An operation of that name has had a place before: nothing is done at this one."
            | "同名操作先前已有位置：此处不执行。"
            => "{node} sees an operation for the second time, and passes over it"
            | "{node} 第二次见到同一操作，略过";
        Tell 5:
            "You were asked for it, or one voice is not enough: tell all registered devices."
            | "是自己受托的操作，或一家之言不够：告知所有已登记设备。"
            => "{node} tells the devices what stands at place {figure}"
            | "{node} 告知设备位置 {figure} 上是什么";
        Answer 7:
            "You were asked for it here: answer with its place, and what came of it there."
            | "操作在此处请求：以其位置与结果答复。"
            => "{node} answers: the operation has place {figure}"
            | "{node} 答复：操作位于 {figure}";
        Serve 4:
            "Somebody wants to know what comes after a place: tell it, a batch at most."
            | "有人询问某位置之后：告知，至多一批。"
            => "{node} tells {from} what comes next"
            | "{node} 告诉 {from} 接下来的内容";
        PassedOver 8:
            "Your core has taken over a state from others, and passed over places that you lack: ask the other coordinators for them, now and then again."
            | "核心从他人处接管了状态，略过了自己缺少的位置：向其他协调者索取，并不时重试。"
            => "{node} has been left behind by its own core, and asks the others for what it lacks"
            | "{node} 的核心已越过若干位置，向其他协调者索取";
    }

    "Device" {
        PassOn 6:
            "Somebody wants an operation: pass it on to a coordinator, and while it has no place, now and then to the next one."
            | "有人要求一项操作：转给一个协调者；若迟迟没有位置，不时转给下一个。"
            => "{node} passes on what it was asked for"
            | "{node} 转交所收到的请求";
        Poll 1:
            "Now and then ask the next coordinator what comes after your place; all of them if one is not to be believed."
            | "不时询问下一个协调者自己位置之后的内容；若单个不可信则询问全部。";
        Perform 7:
            "As many coordinators as it takes say what stands at your next place: do it, and write the deed and the place to the disk at once."
            | "足够多的协调者说明了下一个位置：执行，并把所做与位置一次写入磁盘。"
            => "{node} does what stands at place {figure}"
            | "{node} 执行位置 {figure} 的操作";
        PassOver 8:
            "The policy as it is at that place forbids it: go on to the next place without doing it."
            | "该位置上的策略禁止它：不执行，前进到下一个位置。"
            => "{node} does not do what stands at place {figure}: the policy there forbids it"
            | "{node} 不执行位置 {figure} 的操作：该处策略禁止";
        Known 2:
            "What you are told of, you have done: ignore it."
            | "被告知的都已做过：忽略。"
            => "{node} has done that already"
            | "{node} 已经做过";
        Gap 8:
            "What you are told of comes after something that you lack: keep it, and ask for what is missing."
            | "被告知的在自己所缺之后：先留着，索取缺少的部分。"
            => "{node} has missed something, and asks {from} for it"
            | "{node} 漏了内容，向 {from} 索取";
        AnswerHere 7:
            "You were asked for it here: answer with its place, and what came of it there."
            | "操作在此处请求：以其位置与结果答复。"
            => "{node} has done what it was asked for, and says so"
            | "{node} 已完成所请求的操作并答复";
        Return 9:
            "After a crash, go on from the place that is on the disk, and ask at once what comes after it."
            | "崩溃之后，从磁盘上的位置继续，并立即询问其后的内容。"
            => "{node} is back, and goes on after place {figure}"
            | "{node} 恢复，从位置 {figure} 之后继续";
    }
}
