//! The rules, one by one.

crate::about::lines! {
    /// A rule of a client or a node.
    pub enum Line, LINES;

    "Client" {
        Get 3:
            "To read, ask the node of your own site that has the key."
            | "读：询问本站点中持有该键的节点。"
            => "{node} reads at its own site"
            | "{node} 在本站点读取";
        Remember 5:
            "Remember what you have read: what you write next depends on it."
            | "记住所读：接下来的写依赖于它。"
            => "{node} has read, and what it writes next depends on it"
            | "{node} 读完，接下来的写依赖于它";
        PutAfter 5:
            "To write, ask the same node, and name what the write depends on: all that you remember."
            | "写：请求同一节点，并说明依赖——你记得的一切。"
            => "{node} writes at its own site, after all that it has seen"
            | "{node} 在本站点写入，位于它所见的一切之后";
        StartAnew 5:
            "It is written: from now on remember only this write, since whatever has it has all that was before."
            | "写完：此后只需记住这次写入，因为有它之处就有之前的一切。"
            => "{node} has written"
            | "{node} 写完了";
        AskAgain 3:
            "No answer for a while: ask again."
            | "一段时间没有回答：再问一次。"
            => "{node} has waited for {waited}, and asks again"
            | "{node} 等了 {waited}，再次询问";
    }

    "Node: its own site" {
        Tell 2:
            "Asked, tell what can be seen here."
            | "被问到时，告知此处可见的内容。"
            => "{node} tells {from} what it has"
            | "{node} 告诉 {from} 它所有的";
        WriteHere 6:
            "To write, take a time stamp above all that you and the client have heard of. The write can be seen here at once."
            | "写：取高于你与客户端所闻的时间戳；此处立即可见。"
            => "{node} writes with time stamp {figure}, and tells the other sites"
            | "{node} 以时间戳 {figure} 写入，并告知其他站点";
        SendAgain 2:
            "Send it to the other sites, in order, again and again until they have it."
            | "按顺序一再发给其他站点，直到它们都有。"
            => "{node} sends again what other sites may not have"
            | "{node} 重发其他站点可能没有的";
        Recover 5:
            "After a crash: all is on the disk."
            | "崩溃之后：一切都在磁盘上。"
            => "{node} is back with what its disk kept"
            | "{node} 恢复，带着磁盘上保留的内容";
    }

    "Node: another site's writes" {
        KeepBack 4:
            "A write of another site comes: keep it back..."
            | "其他站点的写入到来：先不显示……"
            => "{node} has a write of {from}, and does not show it yet"
            | "{node} 收到 {from} 的写入，暂不显示";
        DepCheck 4:
            "...and ask the nodes of your site whether they have what it depends on."
            | "……并询问本站点的节点是否已有它所依赖的。"
            => "{node} asks whether what the write depends on is there"
            | "{node} 询问写入所依赖的是否已在";
        DepMet 4:
            "Asked for something that has been here, say so..."
            | "被问到的已经来过：告知……"
            => "{node} has what {from} asked for"
            | "{node} 已有 {from} 所问的";
        NotYet 6:
            "...and otherwise as soon as it comes."
            | "……否则等它一到就告知。"
            => "{node} does not have what {from} asks for yet"
            | "{node} 尚无 {from} 所问的";
        Show 7:
            "All is there: show the write. Of two writes of a key the one with the higher time stamp stays."
            | "依赖齐备：显示该写入。同一键的两个写入，时间戳高者留下。"
            => "{node} shows a write of another site"
            | "{node} 显示其他站点的写入";
    }
}
