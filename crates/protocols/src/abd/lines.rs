//! The rules, one by one.

crate::about::lines! {
    /// A rule of a client or a server.
    pub enum Line, LINES;

    "Client: read and write" {
        Query 5:
            "Query: ask every server what it has, until a majority has answered. The highest tag among the answers is that of the newest value."
            | "查询：询问每台服务器持有的内容，直到多数回答。其中最大的标签属于最新的值。"
            => "{node} asks all servers for the newest value"
            | "{node} 向所有服务器询问最新的值";
        ChooseTag 6:
            "To write, choose a tag: one more than the highest number found or ever used, and your name. Force the number to the disk."
            | "写：选一个标签——已见或曾用过的最大编号加一，再加上自己的名字。编号强制写盘。"
            => "{node} writes with tag number {figure}"
            | "{node} 以标签编号 {figure} 写入";
        WriteBack 6:
            "To read, write back: whatever you return, a majority must have it first."
            | "读：写回——返回的值必须先为多数服务器所有。"
            => "{node} has found tag number {figure}, and writes it back to a majority before it returns it"
            | "{node} 找到标签编号 {figure}，返回前先写回多数服务器";
        EndRead 7:
            "A majority has it: the read returns the value."
            | "多数已有：读返回该值。"
            => "{node} has read"
            | "{node} 读完了";
        EndWrite 7:
            "A majority has it: the write is done."
            | "多数已有：写完成。"
            => "{node} has written"
            | "{node} 写完了";
        AskAgain 4:
            "No majority for a while: ask those again that have not answered."
            | "一段时间内没有多数回答：再问尚未回答的服务器。"
            => "{node} has waited for {waited}, and asks again"
            | "{node} 等了 {waited}，再次询问";
        NoCompareAndSet 5:
            "Compare-and-set is refused: no number of registers can do it, for it would solve consensus."
            | "拒绝比较并设置：多少个寄存器也做不到，因为那等于解决共识。"
            => "{node} refuses: registers cannot compare and set"
            | "{node} 拒绝：寄存器无法比较并设置";
        ClientRecovers 5:
            "After a crash: what was under way is forgotten, but not which numbers were used."
            | "崩溃之后：进行中的操作已忘记，但用过的编号没有忘。"
            => "{node} is back, and knows which tags it has used"
            | "{node} 恢复，记得自己用过哪些标签";
    }

    "Server" {
        Tell 2:
            "Asked, tell the value and its tag."
            | "被询问时，回答值及其标签。"
            => "{node} tells {from} what it has"
            | "{node} 告诉 {from} 它持有的内容";
        TakeNewer 4:
            "Given a value with a higher tag than yours, take it, and force it to the disk."
            | "收到标签更大的值：采用，并强制写盘。"
            => "{node} takes the newer value from {from}"
            | "{node} 采用 {from} 发来的更新的值";
        Acknowledge 1:
            "Acknowledge it in either case: you have that or something newer."
            | "无论如何都确认：你已有它，或更新的值。"
            => "{node} has what {from} sent, or something newer"
            | "{node} 已有 {from} 所发的值，或更新的值";
        ServerRecovers 5:
            "After a crash: everything is on the disk. Nothing is to be done."
            | "崩溃之后：一切都在磁盘上，无需做任何事。"
            => "{node} is back with what its disk kept"
            | "{node} 恢复，带着磁盘上保留的内容";
    }
}
