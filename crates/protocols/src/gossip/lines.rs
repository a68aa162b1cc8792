//! The rules, one by one.

crate::about::lines! {
    /// A rule of gossip.
    pub enum Line, LINES;

    "On request" {
        Tell 6:
            "Tell: know the rumour, and pass it on from the next round."
            | "讲述：记住这条谣言，从下一轮起传播。"
            => "{node} starts a rumour"
            | "{node} 放出一条谣言";
        Ask 5:
            "Ask: say whether the rumour is known here."
            | "询问：说出本地是否知道这条谣言。"
            => "{node} says what it has heard"
            | "{node} 说出自己是否听过";
    }

    "Every round" {
        Age 1:
            "Every rumour that is passed on here is one round older."
            | "在此传播的每条谣言都老了一轮。";
        Tire 5:
            "One that has reached `max-age` is passed on no more."
            | "达到 `max-age` 的谣言不再传播。"
            => "{node} is tired of an old rumour"
            | "{node} 不再传播一条旧谣言";
        Choose 1:
            "Choose `fanout` neighbours at random, anew in every round."
            | "每一轮都重新随机选择 `fanout` 个邻居。";
        Push 3:
            "Push: tell them the rumours, if there are any."
            | "推：若有谣言，告诉它们。"
            => "{node} tells what it has heard"
            | "{node} 说出自己听到的谣言";
        Pull 2:
            "Pull: ask them for theirs."
            | "拉：询问它们知道的谣言。"
            => "{node} asks for news"
            | "{node} 打听消息";
        PushPull 3:
            "Push-pull: tell them the rumours, and ask for theirs."
            | "推拉：告诉它们谣言，同时询问它们的谣言。"
            => "{node} calls for a chat"
            | "{node} 与邻居互通消息";
    }

    "On a message" {
        Learn 6:
            "A rumour that is news: know it, and pass it on from the next round."
            | "新谣言：记住它，从下一轮起传播。"
            => "{node} hears a rumour from {from}"
            | "{node} 从 {from} 听到一条谣言";
        Again 2:
            "A rumour that is known: it is as old as its oldest copy."
            | "已知的谣言：其年龄取最老的副本。"
            => "{node} has heard that before"
            | "{node} 早已听过";
        Answer 3:
            "Whoever asks is told the rumours that it did not mention, if there are any."
            | "有人询问：告诉对方它没有提到的谣言（若有）。"
            => "{node} tells {from}, who asked, what is new"
            | "{node} 把新消息告诉询问的 {from}";
    }
}
