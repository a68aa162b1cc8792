//! The rules, one by one.

crate::about::lines! {
    /// A rule of a replica.
    pub enum Line, LINES;

    "Update" {
        Count 5:
            "G-counter: raise your own entry. Nobody else ever does."
            | "G-计数器：增加自己的分量。别人从不动它。"
            => "{node} counts, in its own entry"
            | "{node} 在自己的分量上计数";
        UpOrDown 5:
            "PN-counter: two G-counters. Up is counted in the one, down in the other."
            | "PN-计数器：两个 G-计数器，一个记增，一个记减。"
            => "{node} changes the counter that goes both ways"
            | "{node} 改变可增可减的计数器";
        Add 5:
            "OR-set: add the element with a new dot: a number above all that you have heard of, and your name."
            | "OR-集合：以新的点加入元素——比所知都大的编号，加上自己的名字。"
            => "{node} adds an element, with dot number {figure}"
            | "{node} 加入一个元素，点的编号为 {figure}";
        Remove 5:
            "OR-set: to remove an element, bury all its dots that you see. What you do not see stays."
            | "OR-集合：移除元素就是埋葬你看到的它的所有点。没看到的保留。"
            => "{node} removes what it has seen of an element"
            | "{node} 移除它所见到的某元素";
        Assign 5:
            "LWW-register: write the value with a new dot."
            | "LWW-寄存器：以新的点写入值。"
            => "{node} writes the register, with dot number {figure}"
            | "{node} 写寄存器，点的编号为 {figure}";
        Read 3:
            "To read, tell what your state means. Ask nobody."
            | "读：说出自己状态的含义，不问任何人。"
            => "{node} tells what it has"
            | "{node} 说出它所有的内容";
    }

    "Exchange" {
        Send 2:
            "From time to time, send your whole state to a neighbour, the next one each time."
            | "每隔一段时间，把整个状态发给一个邻居，轮流进行。"
            => "{node} sends its state to a neighbour"
            | "{node} 把状态发给一个邻居";
        Join 6:
            "Given a state, join it with yours: of counters' entries the higher, of adds and removes all, of two writes the one with the higher dot."
            | "收到状态：与自己的合并——计数分量取大者，加入与移除取并集，两次写取点较大者。"
            => "{node} learns something new from {from}"
            | "{node} 从 {from} 得知新内容";
        NothingNew 1:
            "A state that says nothing new changes nothing, however often it comes."
            | "不含新内容的状态什么也不改变，无论来多少次。"
            => "{node} hears nothing new from {from}"
            | "{node} 从 {from} 没有得到新内容";
        Recover 5:
            "After a crash: state and numbers are on the disk. Go on."
            | "崩溃之后：状态与编号都在磁盘上，继续即可。"
            => "{node} is back, with what its disk kept"
            | "{node} 恢复，带着磁盘上保留的内容";
    }
}
