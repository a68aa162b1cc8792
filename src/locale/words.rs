//! The catalogue: every text of the page, in English and in Simplified Chinese.

use netsplit_protocols::{Words, about::words};

macro_rules! catalogue {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        /// A text of the page. Gaps stand in braces.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Word { $($name),* }

        impl Word {
            /// The text in every language.
            pub(crate) const fn both(self) -> Words {
                match self { $(Word::$name => words($en, $zh)),* }
            }
            #[cfg(test)]
            const ALL: &[Word] = &[$(Word::$name),*];
        }
    };
}

catalogue! {
    // The page and its parts.
    Cluster = "Cluster", "集群";
    SpaceTime = "Space-time", "时空图";
    Inspector = "Inspector", "检视";
    Text = "Text", "文本";
    Transport = "Playback", "播放";
    Measures = "Measures", "度量";
    Timeline = "Time line", "时间线";
    SmallTabs = "What is shown below the cluster", "集群下方显示的内容";
    Divider = "Divider between cluster and space-time", "集群与时空图之间的分隔条";
    ClusterPicture = "Picture of the cluster; the list of nodes in the inspector says the same in words", "集群图；检视面板中的节点列表以文字说明同样的内容";
    SpaceTimePicture = "Space-time diagram; the list of events in the inspector says the same in words", "时空图；检视面板中的事件列表以文字说明同样的内容";
    Close = "Close", "关闭";
    Cancel = "Cancel", "取消";
    Search = "Search scenarios", "搜索场景";
    NothingFound = "Nothing found. Try fewer words.", "没有找到。请减少关键词。";

    // Runs out of the page and into it.
    OpenLog = "Open a log", "打开日志";
    LogHow = "The log of a real system, as ShiViz reads it: choose a file, drop one anywhere on the page, or paste it. It stays in this page.", "真实系统的日志，格式与 ShiViz 相同：选择文件、把文件拖到页面任意处，或直接粘贴。日志只留在本页面中。";
    LogText = "The log", "日志文本";
    LogTooLongToShow = "{name} ({size}) is too long to be shown here.", "{name}（{size}）太长，无法在此显示。";
    LogParser = "Parser", "解析式";
    EventFirst = "Event, then clock", "先事件后时钟";
    ClockFirst = "Clock, then event", "先时钟后事件";
    LogDelimiter = "Delimiter of executions", "执行之间的分隔式";
    ReadLog = "Read the log", "读取日志";
    ReadingLog = "Reading the log…", "正在读取日志…";
    Executions = "Executions", "执行";
    LogCounts = "{events} events, {hosts} hosts, {edges} edges", "{events} 个事件，{hosts} 个主机，{edges} 条边";
    AndMore = "and {count} more", "另有 {count} 个";
    Steps = "{count} steps", "{count} 步";
    AboutLogs = "About logs", "关于日志";
    IsLog = "This is the log of a real system: nothing can be done to it.", "这是真实系统的日志，无法对其进行操作。";
    LogHasNoLink = "No link can hold a log. Save it, or keep the file.", "链接装不下日志。请另存，或保留原文件。";
    LogIsGone = "A log is not kept when the page is closed. Open the file again.", "页面关闭后日志不会保留。请重新打开文件。";
    Logged = "What the log says", "日志内容";
    SaveRun = "Save the run", "保存运行";
    SaveWhat = "What to save", "保存范围";
    SaveAllSoFar = "Everything up to the moment shown", "到当前时刻为止的全部";
    SaveInView = "What the space-time diagram shows", "时空图中可见的部分";
    Saved = "Saved: events {from} to {to}.", "已保存：事件 {from} 至 {to}。";
    SavedInPart = "Saved: events {from} to {to}; the format has no room for more.", "已保存：事件 {from} 至 {to}；此格式容不下更多。";
    SaveShiviz = "Log with vector clocks, for ShiViz and for this page", "带向量时钟的日志，供 ShiViz 和本页面使用";
    SaveMermaid = "Sequence diagram for Mermaid, at most 1,000 events", "Mermaid 时序图，最多 1,000 个事件";
    SaveItf = "Every state, in the Informal Trace Format of Apalache and Quint", "每个状态，采用 Apalache 和 Quint 的 ITF 格式";
    SavePerfetto = "Trace for Perfetto and Chrome", "供 Perfetto 和 Chrome 使用的跟踪文件";
    SaveSvg = "Picture of the diagram, at most 2,000 events", "时空图的图片，最多 2,000 个事件";
    SaveJsonl = "Every event as a line of JSON, for programs", "每个事件一行 JSON，供程序使用";
    SavePng = "The same picture, in pixels", "同一图片的像素格式";

    // The top bar.
    Seed = "Seed", "种子";
    BadSeed = "\"{seed}\" is not a seed: write a whole number from 0 to 18446744073709551615.", "“{seed}”不是种子：请输入 0 到 18446744073709551615 的整数。";
    AllHold = "{holding} of {all} invariants hold", "{all} 条不变式中 {holding} 条成立";
    OneBroken = "{name} is violated", "违反 {name}";
    SomeBroken = "{name} and {more} more are violated", "违反 {name} 及另外 {more} 条";
    Verified = "Verified", "已验证";
    VerifiedWhy = "This is, event by event, the run that the link was made from", "与生成链接时的运行逐事件一致";
    Differs = "This build behaves differently", "此版本的行为不同";
    DiffersWhy = "The link was replayed, but the run came out with another hash than the one it carries", "已重放链接，但得到的哈希与链接中的不同";
    CopyLink = "Copy link", "复制链接";
    LinkCopied = "Link copied: whoever opens it sees this very run", "链接已复制：打开它的人会看到完全相同的运行";
    LinkNotCopied = "The browser does not let the page copy. Copy the address of this page instead: it holds the run.", "浏览器不允许复制。请复制本页地址：它包含这次运行。";
    ThemeSystem = "Theme: as the system", "主题：跟随系统";
    ThemeLight = "Theme: light", "主题：浅色";
    ThemeDark = "Theme: dark", "主题：深色";
    Language = "Language", "语言";
    BadAddress = "The address holds no run that can be opened: what you see is another one.", "地址中没有可打开的运行：当前显示的是另一次运行。";

    // Commands.
    PlayPause = "Play or pause", "播放或暂停";
    Play = "Play", "播放";
    Pause = "Pause", "暂停";
    StepBack = "One event back", "后退一个事件";
    StepOn = "One event forward", "前进一个事件";
    ToStart = "To the start", "到开头";
    ToEnd = "To the end of what is recorded", "到记录末尾";
    Slower = "Slower", "减速";
    Faster = "Faster", "加速";
    Undo = "Undo what was done last", "撤销上一步";
    NothingToUndo = "Nothing was done to this run yet", "还没有对这次运行做任何操作";
    OpenGallery = "Choose a scenario", "选择场景";
    NewSeed = "Draw a new seed", "抽取新种子";
    Again = "Run it again from the start, undisturbed", "从头重新运行，不带干预";
    GatherNodes = "Gather nodes", "选取节点";
    CutOffGathered = "Cut off these", "隔离这些节点";
    HealNetwork = "Heal the network", "恢复网络";
    EditNetwork = "Edit the network", "编辑网络";
    ListNodes = "List nodes and messages", "列出节点和消息";
    ListEvents = "List events", "列出事件";
    ListClients = "List client operations", "列出客户端操作";
    ShowPerformance = "Plot performance, and vary settings", "绘制性能图并改变设置";
    FoldLeft = "Fold or unfold the text", "折叠或展开文本";
    FoldRight = "Fold or unfold the inspector", "折叠或展开检视面板";
    FoldMeasures = "Fold or unfold the measures", "折叠或展开度量";
    FillCluster = "Only the cluster", "仅显示集群";
    FillSpaceTime = "Only space-time", "仅显示时空图";
    ShowBoth = "Cluster and space-time", "集群与时空图";
    ZoomIn = "Zoom in", "放大";
    ZoomOut = "Zoom out", "缩小";
    ShowAll = "Show the whole run", "显示整个运行";
    FollowCursor = "Go to the present moment and follow it", "回到当前时刻并跟随";
    OpenPalette = "Find a command", "查找命令";
    PaletteHint = "Crash n1, heal, open…", "崩溃、恢复、打开……";
    NextTheme = "Next theme", "切换主题";
    NextLanguage = "Next language", "切换语言";
    OpenHelp = "Help and keys", "帮助与快捷键";
    Clear = "Put aside what is open or selected", "收起或取消选择";
    SpaceKey = "Space", "空格";
    GoToNode = "Show {node}", "查看 {node}";
    OpenRun = "Open", "打开";

    // Measures.
    Performance = "Performance", "性能";
    PlotsLarge = "Enlarge", "放大查看";
    Measuring = "Measuring…", "正在测量……";
    ThisRun = "This run", "本次运行";
    VarySetting = "Vary a setting", "改变设置";
    InTimeWithin = "In time is within", "按时的期限";
    NobodyAsked = "No client has asked anything yet.", "还没有客户端请求。";
    AnsweredInTime = "{done} of {all} requests answered in time", "{all} 个请求中 {done} 个按时应答";
    Late = "{count} late", "{count} 个迟到";
    Refused = "{count} refused", "{count} 个被拒绝";
    Unanswered = "{count} unanswered", "{count} 个无应答";
    StillOpen = "{count} still waiting", "{count} 个仍在等待";
    Unsupported = "{count} not supported", "{count} 个不支持";
    AllTogether = "all", "全部";
    Answers = "answers", "应答";
    Latency = "Latency", "延迟";
    Mean = "mean", "平均";
    Least = "min", "最小";
    Most = "max", "最大";
    There = "Availability", "可用性";
    TheService = "service", "服务";
    TimeShare = "time up", "可用时间";
    Outages = "outages", "中断";
    Cost = "Cost", "开销";
    Count = "count", "数量";
    Bytes = "bytes", "字节";
    MessageTypes = "Messages by type", "按类型的消息";
    Figures = "Figures", "指标";
    CompareWith = "Compare with", "对比";
    ComparedWith = "Compared with 2: {run}", "对比 2：{run}";
    CompareNot = "Stop comparing", "停止对比";
    KeepRun = "Keep for comparing", "保留以供对比";
    SaveAs = "Save as", "另存为";
    VaryHow = "The scenario on the table is run once more for each value and each of several seeds, as it is written. A value is whatever the scenario file takes at that key.", "对每个取值和若干种子，按原样重新运行当前场景。取值可以是场景文件在该键处接受的任何值。";
    VaryKey = "Key of the scenario file", "场景文件的键";
    VaryValues = "Values", "取值";
    VarySeeds = "Seeds", "种子数";
    VaryPlot = "Line and dots: the median over the seeds. Whiskers: from the least to the most.", "线与圆点：各种子的中位数。须线：从最小到最大。";
    BadSeeds = "The number of seeds is a whole number from 1 to {most}.", "种子数是 1 到 {most} 的整数。";
    RunsDone = "{done} of {all} runs", "{all} 次运行中的 {done} 次";
    Picture = "Picture", "图";
    EnlargePicture = "Show large: {what}", "放大显示：{what}";
    MeasureWent = "from {least} to {most} up to {until}", "截至 {until}：{least} 到 {most}";

    // Transport.
    Speed = "Speed", "速度";
    PerSecond = "{span} per second", "每秒 {span}";
    AsFastAsItGoes = "As fast as it goes", "全速";
    EventCount = "{count} events", "{count} 个事件";

    EndReached = "The scenario ends here. Play on if you like, or break something.", "场景到此结束。可以继续播放，或破坏点什么。";

    // The middle.
    NothingYet = "Nothing has happened yet. Press play.", "还没有发生任何事。请按播放。";
    Try = "Try", "试试";
    TryCrashRole = "Crash {node} ({role})", "让 {node}（{role}）崩溃";
    TryCrashNode = "Crash {node}", "让 {node} 崩溃";
    TryRestart = "Bring {node} back", "恢复 {node}";
    TryCut = "Cut the network in two", "把网络一分为二";
    TryHeal = "Heal the network", "恢复网络";
    GatherHow = "Click nodes, or draw a line round them", "点击节点，或画线圈住它们";
    NothingGathered = "No nodes are gathered: Shift-click some first", "没有选取节点：请先按住 Shift 点击";
    GatherNode = "Gather {node}", "选取 {node}";
    Violated = "{name} is violated at event {event}: see {nodes}", "{name} 在事件 {event} 被违反：见 {nodes}";
    GoToEvent = "go to {event}", "前往 {event}";

    // Work on the network.
    EditHow = "Drag from node to node to draw a link; click a node or a link to take it out. Every change begins the run anew.", "从节点拖到节点可画链路；点击节点或链路可将其移除。每次更改都会从头开始运行。";
    Shape = "Shape", "形状";
    ShapeMesh = "all to all", "全连接";
    ShapeRing = "ring", "环";
    ShapeStar = "star", "星形";
    ShapeLine = "line", "直线";
    ShapeTree = "tree", "树";
    ShapeGrid = "grid", "网格";
    ShapeRandom = "random", "随机";
    ShapeDrawn = "drawn by hand", "手工绘制";
    RandomDegree = "Links of each node", "每个节点的链路数";
    BadDegree = "\"{given}\" is not a number of links: write a whole number from 1 on.", "“{given}”不是链路数：请输入不小于 1 的整数。";
    AddNode = "Add {node}", "添加 {node}";
    AddNodeWhy = "Add a node: {part}", "添加节点：{part}";
    RemoveNode = "Remove {node}", "移除 {node}";
    DrawLink = "Link {node} – {to}", "连接 {node} – {to}";
    TakeLinkOut = "Take out {node} – {to}", "移除 {node} – {to}";
    EditDone = "Done", "完成";
    BegunAnew = "The run begins anew with this network.", "运行以此网络从头开始。";
    MovedUp = "Names are counted: {was} is {is} now, and so on.", "名称按序编号：{was} 现在是 {is}，依此类推。";
    DeedsGone = "What was done to it ({count}) belonged to the earlier run; Ctrl+Z brings that back.", "之前的干预（{count} 项）属于先前的运行；按 Ctrl+Z 可恢复。";
    PlansGone = "What the scenario had planned for the node ({count}) is gone with it.", "场景为该节点计划的内容（{count} 项）随之消失。";
    LinksIgnored = "{node} sends to {to} without a link: this protocol does not ask which links there are.", "{node} 没有链路也向 {to} 发送：此协议不考虑有哪些链路。";
    LinkedWith = "Linked with", "相连节点";

    // The text panel.
    Code = "Pseudo-code", "伪代码";
    Rules = "Rules", "规则";
    Page = "Protocol", "协议";
    Expected = "This scenario expects", "本场景期望";
    Met = "met", "满足";
    NotMet = "not met", "未满足";
    Open = "open", "未定";
    MustHold = "After every event", "每个事件之后";
    BrokenAt = "violated at {event}", "在 {event} 被违反";
    Bugs = "Break a rule", "破坏规则";
    BugsHow = "Switch one on, and the run starts again with this mistake in the code.", "打开一项，运行将带着代码中的这个错误重新开始。";
    Breaks = "Breaks {name}.", "会违反 {name}。";

    // The inspector.
    Selection = "Selected", "所选";
    Nodes = "Nodes", "节点";
    Events = "Events", "事件";
    Clients = "Clients", "客户端";
    NothingSelected = "Nothing is selected. Click a node, a message, a link or an event.", "没有选择。请点击节点、消息、链路或事件。";
    Actions = "What can be done", "可执行的操作";
    IsDown = "down", "已崩溃";
    IsPaused = "paused", "已暂停";
    IsSilent = "liar: says nothing", "说谎者：沉默";
    IsEquivocating = "liar: says different things to different peers", "说谎者：对不同节点说不同的话";
    IsReplaying = "liar: says old things again", "说谎者：重放旧消息";
    IsCorrupting = "liar: says wrong things", "说谎者：篡改消息";
    IsDeceiving = "liar: deceives clients", "说谎者：欺骗客户端";
    IsALie = "A lie: the sender's process said something else, or nothing.", "谎言：发送方的进程说的不是这个，或者什么也没说。";
    NodeName = "node", "节点";
    LinkName = "link", "链路";
    Timers = "Timers", "定时器";
    RunsOutIn = "runs out in {span}", "{span} 后到期";
    Durable = "Durable", "持久";
    DurableWhy = "a crash leaves it", "崩溃后保留";
    Volatile = "Volatile", "易失";
    VolatileWhy = "a crash loses it", "崩溃后丢失";
    LostInCrash = "Lost: the node is down.", "已丢失：节点已崩溃。";
    Clocks = "Clocks", "时钟";
    Lamport = "Lamport", "Lamport";
    Vector = "vector", "向量";
    OwnClock = "own clock", "本地时钟";
    Disk = "Disk", "磁盘";
    Links = "Links", "链路";
    WriteTakes = "a write takes", "写入耗时";
    DiskLies = "(says so before it is done)", "（提前声称完成）";
    Unsynced = "writes under way", "进行中的写入";
    EventTitle = "Event {event}", "事件 {event}";
    Cause = "cause", "原因";
    Before = "before it here", "本节点前一事件";
    LinesRan = "Lines that ran", "执行的行";
    Arrived = "The message that arrived", "到达的消息";
    Sent = "Messages sent", "发送的消息";
    FateDelivered = "Arrived at {at}.", "于 {at} 到达。";
    FateLost = "Lost at {at}.", "于 {at} 丢失。";
    FateNobody = "Reached a node that was down at {at}.", "于 {at} 到达时节点已崩溃。";
    FateDoomed = "On its way, but it will be lost.", "在途中，但将会丢失。";
    FateInFlight = "On its way; arrives in {span}.", "在途中；{span} 后到达。";
    SentAt = "sent", "发送于";
    ArrivedAt = "arrived", "到达于";
    Travels = "takes", "用时";
    Number = "number on this link", "链路上的序号";
    Body = "What it says", "内容";
    Severed = "carries nothing", "不通";
    Carries = "works", "正常";
    Special = "behaves otherwise", "行为特殊";
    InFlight = "In flight", "在途消息";
    Network = "Network", "网络";
    NetworkWhole = "Whole: every link works.", "完整：所有链路正常。";
    NoClients = "No client has asked for anything yet. Send a request to a node.", "还没有客户端请求。请向节点发送请求。";
    Pending = "no answer yet", "尚无应答";
    AllRequests = "All requests, the latest first", "全部请求，最近的在前";
    Consistency = "Consistency models", "一致性模型";
    Promised = "promised", "已承诺";
    ModelHolds = "holds", "成立";
    ModelFails = "does not hold", "不成立";
    ModelUnknown = "unknown", "未知";
    Linearizable = "Linearizable", "可线性化";
    Sequential = "Sequential", "顺序一致";
    Causal = "Causal", "因果一致";
    ReadYourWrites = "Read your writes", "读己之写";
    MonotonicReads = "Monotonic reads", "单调读";
    MonotonicWrites = "Monotonic writes", "单调写";
    WritesFollowReads = "Writes follow reads", "写随读后";
    Convergent = "Convergent", "收敛";
    LinearizableMeans = "As if each request took place at one instant between question and answer.", "仿佛每个请求都在提出与应答之间的某一瞬间完成。";
    SequentialMeans = "As if all requests took place one after the other, those of each client in its order; real time may be bent.", "仿佛所有请求依次进行，且每个客户端的请求保持其顺序；真实时间可以被打乱。";
    CausalMeans = "Nobody sees an effect without its cause.", "没有人会见到结果而见不到其原因。";
    ReadYourWritesMeans = "A client sees what it wrote.", "客户端能看到自己写入的内容。";
    MonotonicReadsMeans = "What a client has seen it does not see undone.", "客户端见过的内容不会再消失。";
    MonotonicWritesMeans = "A client's writes are seen in its order.", "一个客户端的写入按其顺序被看到。";
    WritesFollowReadsMeans = "Whoever sees a write sees what its client had seen before it.", "看到某个写入的人，也能看到写入者此前见过的内容。";
    ConvergentMeans = "Once nobody writes any more, all read the same.", "当不再有人写入时，所有人读到的内容相同。";
    Explained = "Every answer so far is explained.", "至今每个应答都得到解释。";
    ExplainedByOrder = "Every answer so far is explained by one order of the requests.", "至今每个应答都能由请求的某个次序解释。";
    Undecided = "Nobody knows: {why}.", "尚无定论：{why}。";
    CannotAllBe = "These {count} answers cannot all be right; without any one of them the others could:", "这 {count} 个应答不可能全对；去掉其中任何一个，其余便都可能成立：";
    Culprits = "Answers that contradict each other", "相互矛盾的应答";
    Why = "Why", "原因";
    BecauseSession = "“{one}” comes before “{other}”: the same client asked for it first.", "“{one}”先于“{other}”：同一客户端先提出了它。";
    BecauseRealTime = "“{one}” comes before “{other}”: it was over before the other began.", "“{one}”先于“{other}”：前者结束后后者才开始。";
    BecauseReadFrom = "“{one}” comes before “{other}”, which read what it wrote.", "“{one}”先于“{other}”：后者读到了前者写入的值。";
    BecauseWrittenAfter = "“{one}” comes before “{other}”, which overwrote it.", "“{one}”先于“{other}”：后者覆盖了前者。";
    BecauseReadBefore = "“{one}” comes before “{other}”: it read what the other overwrote.", "“{one}”先于“{other}”：前者读到了后者所覆盖的值。";
    GoToMoment = "Go to the moment", "转到那一刻";
    ShowInDiagram = "Show in the diagram", "在图中显示";
    DrawMessages = "Messages", "消息";
    DrawRequests = "Requests", "请求";
    TurnDiagram = "Messages or requests in the diagram", "图中显示消息或请求";
    OperationsPicture = "Requests of clients: a lane per client, a bar from question to answer. The list of clients says the same in words.", "客户端请求：每个客户端一行，每个请求从提出到应答画成一条。客户端列表以文字给出相同内容。";

    // Causality.
    Order = "Order", "先后";
    Pin = "Compare with another event", "与另一事件比较";
    PinHint = "Now pick the other event, here or in the diagram.", "现在请在此处或图中选择另一事件。";
    Unpin = "End the comparison", "结束比较";
    IsAfter = "{event} came after {other}, and could know of it:", "{event} 在 {other} 之后，可能知道它：";
    IsBefore = "{event} came before {other}, which could know of it:", "{event} 在 {other} 之前，后者可能知道它：";
    IsConcurrent = "{event} and {other} are concurrent: neither could know of the other.", "{event} 与 {other} 并发：彼此不可能知道对方。";
    KnowsMore = "At {event} {more} events of {node} are known, at {other} only {less}.", "在 {event} 时已知 {node} 的 {more} 个事件，在 {other} 时只知 {less} 个。";

    CutThrough = "Cut through the run", "在运行中作一个切割";
    CutConsistent = "Consistent: whatever it keeps, it keeps the causes of. {count} messages are in the channels.", "一致：它保留的每个事件，其原因也都保留。信道中有 {count} 条消息。";
    CutInconsistent = "Inconsistent: {name} from {from} was received at {to} before the cut and sent after it.", "不一致：{from} 的 {name} 在切割之前被 {to} 收到，却在切割之后才发出。";
    CutBack = "{node} one event back", "{node} 后退一个事件";
    CutOn = "{node} one event on", "{node} 前进一个事件";

    // What the space-time diagram shows, and how.
    DiagramTools = "Diagram", "图";
    AxisLogical = "Lamport time as the axis", "以 Lamport 时间为轴";
    LamportShort = "Lamport", "Lamport";
    TimeDownward = "Time from top to bottom", "时间自上而下";
    CollapseLocal = "Collapse runs of local events", "合并连续的本地事件";
    SiftDiagram = "Choose what the diagram shows", "选择图中显示的内容";
    PanBack = "Diagram: further back", "图：向前移动";
    PanOn = "Diagram: further on", "图：向后移动";
    HideNode = "Hide in the diagram", "在图中隐藏";
    UnhideNode = "Show in the diagram again", "在图中重新显示";
    NodesShown = "Nodes", "节点";
    TypesShown = "Message types", "消息类型";
    NoTypes = "No message has been sent yet.", "尚未发送消息。";
    GroupsShown = "One lane for all", "合并为一行";
    ShowEverything = "Show everything", "全部显示";
    HiddenNodes = "{count} nodes hidden", "隐藏了 {count} 个节点";
    Saying = "Only messages that say", "仅显示含有以下内容的消息";
    OnlySaying = "only “{words}”", "仅“{words}”";
    HiddenTypes = "{count} message types hidden", "隐藏了 {count} 种消息";
    DashedMeans = "Dashed: through hidden nodes", "虚线：经过隐藏的节点";

    // Branches.
    Branches = "Branches", "分支";
    FirstBranch = "the first run", "最初的运行";
    BranchNumber = "branch {number}", "分支 {number}";
    NameOfBranch = "Name of {name}", "{name} 的名称";
    RemoveBranch = "Forget this branch", "删除此分支";
    BranchSpan = "from {from} to {to}: play this branch", "从 {from} 到 {to}：播放此分支";

    // Two branches side by side.
    CompareBranches = "Compare with another branch", "与另一分支比较";
    CompareBranch = "Compare with {name}", "与{name}比较";
    StopComparing = "End the comparison", "结束比较";
    NextDifference = "Next difference", "下一处差异";
    PreviousDifference = "Previous difference", "上一处差异";
    FirstDifference = "First difference", "第一处差异";
    Comparison = "Differences", "差异";
    BesidePicture = "Space-time diagram of {name}; the list of differences in the inspector says the same in words", "{name}的时空图；检视面板中的差异列表以文字说明同样的内容";
    NoOtherBranch = "There is no other branch: do something in the past of this run, and one begins", "没有其他分支：在这次运行的过去做点什么，就会产生一个";
    NothingCompared = "Nothing is being compared", "当前没有在比较";
    NoFurtherDifference = "No further difference", "没有更多差异";
    PartHere = "They part at {at}: {event}, in {name} alone.", "二者在 {at} 分道扬镳：{event}，仅见于{name}。";
    PartOtherwise = "They part at {at}: {event}, in {name} otherwise than in {other}.", "二者在 {at} 分道扬镳：{event}，在{name}中与在{other}中不同。";
    NothingDiffers = "Nothing differs before {at}.", "{at} 之前没有差异。";
    EventsDiffer = "{count} of {all} events differ", "{all} 个事件中 {count} 个不同";
    ComparedUntil = "compared up to {at}", "比较到 {at}";
    DifferByNode = "Events that differ, by node", "各节点不同的事件";
    FirstAt = "first at", "最早于";
    DiffersFirst = "Differs first at {at}: {event}, in {name} alone.", "最早在 {at} 不同：{event}，仅见于{name}。";
    DiffersFirstOtherwise = "Differs first at {at}: {event}, in {name} otherwise.", "最早在 {at} 不同：{event}，在{name}中不一样。";
    NodeNeverDiffers = "Every event here is the same in both.", "此处的事件在两者中都相同。";
    StateOf = "State of {node}", "{node} 的状态";
    StateSame = "The same in both at this moment.", "此刻两者相同。";
    StatesSame = "At this moment every node's state is the same in both.", "此刻每个节点的状态在两者中都相同。";
    FieldName = "Field", "字段";
    WholeState = "all of it", "整体";
    SideBySide = "A / B", "A / B";
    FieldsAgree = "{count} fields are the same", "{count} 个字段相同";
    FirstDifferences = "First differences", "最早的差异";
    MoreDifferences = "and {count} more", "另有 {count} 处";
    OnlyIn = "only in {name}", "仅在{name}";
    OtherwiseIn = "otherwise in {name}", "在{name}中不同";
    NetworkAsAWhole = "network", "网络";

    // Theory to play.
    Theory = "Theory to play", "可以玩的理论";
    OpenTheory = "Play with theory", "玩转理论";
    Laboratory = "Laboratory", "实验室";
    ToAchieve = "To do", "目标";
    Done = "done", "已完成";
    NotDone = "not yet", "未完成";
    Score = "Score", "得分";
    RunPicture = "Picture of the cluster: {title}", "集群图：{title}";
    OpenInLab = "Open in the laboratory", "在实验室中打开";
    ChooseNodes = "Choose nodes, here or in a picture. What you do is done in every run.", "在此或在图中选择节点。所做的操作对每个运行都生效。";
    NodesChosen = "Nodes", "节点";
    AllRuns = "In every run", "对每个运行";
    MessagesTake = "A message takes", "消息耗时";
    DrawnSoFar = "{drawn} of {all} seeds drawn", "已抽取 {drawn}/{all} 个种子";
    Deliver = "Deliver a message", "送达一条消息";
    ClientsAsk = "Chosen clients", "所选客户端";
    DoToChosen = "Chosen nodes", "所选节点";
    Explains = "explains it", "可解释";
    ExplainsNot = "cannot explain it", "不能解释";
    NobodyKnows = "nobody knows", "未知";
    StillUnknown = "Looking ahead…", "正在向前搜索……";
    IsDecided = "Decided: {value}", "已决定：{value}";
    Either = "{values}: either can still be decided", "{values}：两者都还可能被决定";
    OnlyOne = "{values}: nothing else can be decided any more", "{values}：不再可能决定别的值";
    OnlySoFar = "{values}: nothing else within the next round", "{values}：下一轮之内没有别的可能";
    Hinted = "hint", "提示";
    TooLate = "{count} more messages come too late to matter.", "另有 {count} 条消息来得太迟，已无作用。";
    LookedAt = "{count} configurations looked at", "已查看 {count} 个格局";
    WhyItIsSo = "Why it is so", "为什么如此";
    StartAgain = "From the start", "从头开始";

    // What can be done with things.
    Crash = "Crash", "崩溃";
    Restart = "Restart", "重启";
    PauseNode = "Pause", "暂停";
    Resume = "Resume", "继续";
    TimeOut = "Time out now", "立即超时";
    SendRequest = "Send a request…", "发送请求……";
    CutOff = "Cut off", "隔离";
    SkewClock = "Skew clock…", "调偏时钟……";
    SlowDisk = "Slow disk…", "减慢磁盘……";
    TurnHonest = "Make it honest again", "恢复诚实";
    TurnSilent = "Make it a liar: silent", "变为说谎者：沉默";
    TurnEquivocating = "Make it a liar: equivocate", "变为说谎者：两面说法";
    TurnReplaying = "Make it a liar: replay old messages", "变为说谎者：重放旧消息";
    TurnCorrupting = "Make it a liar: falsify messages", "变为说谎者：篡改消息";
    TurnDeceiving = "Make it a liar: deceive clients", "变为说谎者：欺骗客户端";
    CutTowards = "Cut towards {to}", "切断到 {to}";
    CutBoth = "Cut both ways", "双向切断";
    MendBoth = "Mend both ways", "双向修复";
    MendTowards = "Mend towards {to}", "修复到 {to}";
    SlowTowards = "Slow towards {to}…", "减慢到 {to}……";
    LoseTowards = "Lose towards {to}…", "丢包到 {to}……";
    UsualTowards = "As usual towards {to}", "恢复到 {to} 的常态";
    SlowIt = "Slow this link", "减慢此链路";
    LoseIt = "Lose messages on this link", "此链路丢包";
    DropIt = "Drop", "丢弃";
    DuplicateIt = "Duplicate", "复制";
    DeliverIt = "Deliver now", "立即送达";
    DelayIt = "Delay…", "延迟……";
    DoIt = "Do it", "执行";
    FieldOffset = "Set forward or back by", "向前或向后拨";
    FieldDrift = "Then too fast by", "之后走快";
    FieldDisk = "A write takes", "写入耗时";
    FieldLies = "It says a write is durable before it is", "在持久化之前就声称完成";
    FieldOp = "Operation", "操作";
    FieldLatency = "A message takes", "消息耗时";
    FieldLoss = "Share that is lost", "丢失比例";
    FieldDelay = "It takes longer by", "额外延迟";

    // What happened.
    EventBoot = "{node} starts", "{node} 启动";
    EventDurable = "a write of {node} is durable", "{node} 的一次写入已持久";
    EventTimer = "{node}: timer {timer} runs out", "{node}：定时器 {timer} 到期";
    EventDeliver = "{node} gets {message} from {from}", "{node} 收到来自 {from} 的 {message}";
    Asked = "{node} is asked: {op}", "{node} 收到请求：{op}";
    FaultCrash = "{node} crashes", "{node} 崩溃";
    FaultRestart = "{node} restarts from its disk", "{node} 从磁盘重启";
    FaultPause = "{node} is paused", "{node} 被暂停";
    FaultResume = "{node} goes on", "{node} 继续运行";
    FaultFire = "{node} is made to time out", "{node} 被强制超时";
    FaultClock = "the clock of {node} is skewed", "{node} 的时钟被调偏";
    FaultDisk = "the disk of {node} changes its pace", "{node} 的磁盘速度改变";
    FaultInvoke = "a client asks {node}", "客户端向 {node} 发出请求";
    FaultCut = "the link {node} → {to} is cut", "链路 {node} → {to} 被切断";
    FaultMend = "the link {node} → {to} is mended", "链路 {node} → {to} 被修复";
    FaultPartition = "the network falls apart: {nodes} cut off", "网络分区：{nodes} 被隔离";
    FaultHeal = "the network is whole again", "网络恢复完整";
    FaultLink = "the link {node} → {to} behaves otherwise", "链路 {node} → {to} 的行为改变";
    FaultNetwork = "all links behave otherwise", "所有链路的行为改变";
    FaultDrop = "{message} is dropped", "{message} 被丢弃";
    FaultDuplicate = "{message} is duplicated", "{message} 被复制";
    FaultDeliver = "{message} is delivered at once", "{message} 被立即送达";
    FaultDelay = "{message} is delayed", "{message} 被延迟";
    FaultSilence = "{node} becomes a liar: it falls silent", "{node} 变为说谎者：不再说话";
    FaultEquivocate = "{node} becomes a liar: it tells some one thing and others another", "{node} 变为说谎者：对不同节点说不同的话";
    FaultReplay = "{node} becomes a liar: it says old things again", "{node} 变为说谎者：重放旧消息";
    FaultCorrupt = "{node} becomes a liar: it falsifies what it says", "{node} 变为说谎者：篡改消息";
    FaultDeceive = "{node} becomes a liar: it deceives clients", "{node} 变为说谎者：欺骗客户端";
    FaultHonest = "{node} is honest again", "{node} 恢复诚实";

    // Why.
    WhyButton = "why?", "为什么？";
    WhyAsk = "Why is {field} what it is?", "{field} 为什么是这个值？";
    WhyField = "Why {node} has this {field}", "{node} 的 {field} 为什么是这样";
    WhyViolated = "Why {name} does not hold", "{name} 为什么不成立";
    WhyPutAway = "Put the question away", "收起这个问题";
    WhySearching = "Looking for who wrote it…", "正在寻找写入者……";
    WhyNeverWritten = "Nobody has written it: it is not there.", "没有谁写过它：它不存在。";
    WhyFurther = "Further back", "继续向前追溯";
    WhySent = "sent the {message} that {event} received", "发送了 {event} 收到的 {message}";
    WhyArmed = "set the timer that ran out in {event}", "设置了在 {event} 到期的定时器";
    WhyStored = "wrote what was durable in {event}", "写入了在 {event} 持久化的内容";
    WhyNeeded = "What it needed", "它需要什么";
    WhyLooking = "Looking for what it needed…", "正在寻找它所需要的事件……";
    WhyNothing = "The starts of the nodes are enough: 0 of {of} events ({count} needed).", "节点启动就已足够：{of} 个事件中需要 {count} 个。";
    WhyCount = "{count} of {of} events bring it about by themselves, and none of them can be left out.", "{of} 个事件中的 {count} 个足以导致它，且一个也不能少。";
    WhyShort = "{count} of {of} events bring it about", "{of} 个事件中的 {count} 个足以导致它";
    WhyCountMore = "{count} of {of} events bring it about by themselves; some of them could perhaps be left out.", "{of} 个事件中的 {count} 个足以导致它；其中一些或许可以去掉。";
    WhyNoEvents = "No events bring it about by themselves: it is about time, or about what did not come.", "没有事件能单独导致它：它与时间有关，或与没有到来的东西有关。";
    WhySteps = "Step through these events", "逐个查看这些事件";
    WhyBefore = "The one before", "上一个";
    WhyAfter = "The next one", "下一个";
    WhyPlace = "{count} of {of}", "第 {count} 个，共 {of} 个";
    WhyShow = "Show why", "说明原因";
    ChangedMore = "and {count} more", "以及另外 {count} 处";

    // Finding.
    Find = "Find", "查找";
    OpenFinder = "Find: run until, break points, patterns", "查找：运行到、断点、模式";
    RunUntil = "Run until", "运行到";
    BackTo = "Back to", "回到";
    KeepBreak = "Break point", "设为断点";
    Condition = "Condition", "条件";
    ConditionHint = "any node.role == leader", "any node.role == leader";
    ConditionHow = "A condition on states matches where it comes true; one on events (event, line, lamport) at every such event.", "状态条件在变为真处匹配；事件条件（event、line、lamport）在每个这样的事件处匹配。";
    TryCondition = "Try", "试试";
    CaretAt = "At character {place}: ", "第 {place} 个字符：";
    FoundAt = "Found at {event}, {time}", "在 {event} 找到，{time}";
    NotFoundUpTo = "Nowhere up to {time}", "直到 {time} 都没有";
    NotFoundBefore = "Nowhere before this moment", "此刻之前没有";
    Pursuing = "Looking, at event {event}…", "查找中，到事件 {event}……";
    GiveUp = "Stop", "停止";
    BreakPoints = "Break points", "断点";
    NoBreaks = "None yet. A break point stops the run whenever its condition matches while it plays.", "还没有。播放时条件一匹配，断点就会让运行停下。";
    RemoveBreak = "Remove the break point {condition}", "移除断点 {condition}";
    StoppedBy = "Stopped by the break point {condition}", "被断点停下：{condition}";
    BreaksOn = "{count} break points are on", "{count} 个断点已启用";
    Patterns = "Patterns of messages", "消息模式";
    PatternBroadcast = "Broadcast", "广播";
    PatternBroadcastHow = "An event sends messages of one type to at least so many others.", "一个事件向至少这么多其他节点发送同一类型的消息。";
    PatternExchange = "Request and response", "请求与响应";
    PatternExchangeHow = "A message, and the first one back to its sender that its arrival set off.", "一条消息，以及由其到达引发的、第一条发回给发送者的消息。";
    PatternChain = "Chain", "链";
    PatternChainHow = "So many messages, each sent by the event that received the one before.", "这么多条消息，每条都由收到前一条的事件发出。";
    PatternOvertaking = "Overtaking", "超越";
    PatternOvertakingHow = "A message, and a later one on the same way that arrived before it.", "一条消息，以及同一方向上后发先至的另一条。";
    PatternGathering = "Gathering", "汇集";
    PatternGatheringHow = "So many others answer at once what one event sent them.", "这么多其他节点立即回应同一事件发给它们的消息。";
    PatternAgain = "Lost and sent again", "丢失后重发";
    PatternAgainHow = "A message that was lost, and the next of its type on the same way.", "一条丢失的消息，以及同一方向上同一类型的下一条。";
    Pattern = "Pattern", "模式";
    HowMany = "How many", "多少";
    OfType = "Type", "类型";
    AnyType = "any type", "任何类型";
    Look = "Look", "查找";
    NextMatch = "Next", "下一个";
    PreviousMatch = "Previous", "上一个";
    MatchOf = "{place} of {count}", "第 {place} 个，共 {count} 个";
    NoMatches = "Nothing so far in what was played. Play on, or choose another pattern.", "已播放的部分中没有。请继续播放，或选择其他模式。";
    Matches = "Matches", "匹配";
    AtLine = "What can be done with this line", "可对这一行做什么";

    // Gallery and help.
    GalleryTitle = "Scenarios", "场景";
    Scenarios = "Gallery", "场景库";
    ScenarioFile = "Scenario file", "场景文件";
    FileHow = "This is the run on the table as a scenario file. Change it, paste another, or drop a file here.", "这是当前运行的场景文件。可以修改、粘贴，或把文件拖到这里。";
    ChooseFile = "Choose a file", "选择文件";
    LineColumn = "Line {line}, column {column}", "第 {line} 行第 {column} 列";
    RunIt = "Run it", "运行";
    HelpWhat = "Netsplit runs real protocol code on a simulated network. The same scenario, seed and interventions give the same run, bit for bit, on every machine; the address of this page always holds the run as it stands.", "Netsplit 在模拟网络上运行真实的协议代码。相同的场景、种子和干预在任何机器上都得到逐位相同的运行；本页地址始终包含当前的运行。";
    HelpHow = "Break something: click a node, a message in flight or a link, and choose what happens to it. Step back, try something else, and send the link to somebody who should see it.", "破坏点什么：点击节点、在途消息或链路，选择要发生的事。可以后退、另试一次，并把链接发给别人。";
    Keys = "Keys", "快捷键";
    Pointer = "Pointer", "指针";
    HelpPointer = "Drag nodes to arrange them. Shift-click gathers nodes, which can then be cut off together. In the diagram, drag to pan, turn the wheel to zoom, and click an event to go there.", "拖动节点可重新排列。按住 Shift 点击可选取多个节点并一起隔离。在时空图中拖动可平移，滚轮可缩放，点击事件可前往该时刻。";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(text: &str) -> Vec<&str> {
        let mut gaps: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        gaps.sort_unstable();
        gaps
    }

    #[test]
    fn every_text_has_the_same_gaps_in_every_language() {
        for word in Word::ALL {
            let Words { en, zh } = word.both();
            assert!(!en.is_empty() && !zh.is_empty(), "{word:?}");
            assert_eq!(gaps(en), gaps(zh), "{word:?}");
        }
    }
}
