//! The log of a real system as a run: it plays, stops and goes back as every run does, and nothing can be done to it.

use crate::shiviz::{Event, Execution};
use netsplit_check::verdict::Level;
use netsplit_protocols::about::{Part, Role, words};
use netsplit_protocols::{About, Words};
use netsplit_scenario::find::Sight;
use netsplit_scenario::performance::ledger::Ledger;
use netsplit_scenario::session::{MailNow, NodeNow, OpNow, Outcome, Refusal, StateNow};
use netsplit_scenario::theory::Configuration;
use netsplit_scenario::{Cursor, LONGEST_RUN, Progress, Scenario, Session, Tree, Unplayable};
use netsplit_sim::causality::vector;
use netsplit_sim::trace::Fate;
use netsplit_sim::{
    Condition, EventId, Face, Intervention, Manner, MsgId, Network, NodeId, Planned, Prominence, Sample, Span, Time,
    Trace, Violation,
};
use serde_json::{Map, Value};
use std::cell::{Ref, RefCell};
use std::ops::{ControlFlow, Range};

/// What is known of every log alike.
pub static LOG: About = About {
    name: "log",
    title: words("Log of a real system", "真实系统的日志"),
    summary: words(
        "Events of a system somewhere else, ordered by the vector clocks that its log holds.",
        "别处某个系统的事件，按其日志中的向量时钟排序。",
    ),
    source: "Beschastnikh, Wang, Brun, Ernst: Debugging Distributed Systems. CACM 59(8), 2016",
    parts: &[Part { name: HOST, prefix: HOST, usual: 1, least: 1 }],
    roles: &[Role { name: HOST, word: words("host", "主机"), letter: "" }],
    invariants: &[],
    bugs: &[],
    lines: &[],
    ops: &[],
    measures: &[],
    settles: Span::ZERO,
    liars: None,
    page: include_str!("../../../docs/logs.md"),
    scenarios: &[],
};

const HOST: &str = "host";
const WATCH: Words = words(
    "Point at an event to see what it could have known of. The axis is logical: a step for each of Lamport's, since a log says what came before what and not how long it took.",
    "把指针放在事件上，即可看到它可能知道哪些事件。横轴是逻辑时间：每一步对应一个 Lamport 时刻，因为日志只说明先后，不说明间隔多久。",
);
/// A whole log is played in about so many seconds of watching, if its events are not too far apart for that.
const WATCHED: u64 = 60;
/// Lamport times a second, at least.
const SLOWEST: u64 = 5;
/// One Lamport time, as an execution's trace has it.
pub const TICK: Span = Span::millis(1);
/// Messages are looked through by so many at a time.
const BLOCK: usize = 256;

/// The log of one execution, with a cursor.
pub struct Replay {
    scenario: Scenario,
    execution: Execution,
    parts: Vec<usize>,
    network: Network,
    /// By node: those that it exchanged messages with.
    neighbours: Vec<Vec<NodeId>>,
    /// By node: its events, in order.
    events_of: Vec<Vec<EventId>>,
    /// For every block of messages, the latest event that one of them led to.
    settled: Vec<EventId>,
    ledger: RefCell<Ledger>,
    cursor: Cursor,
}

impl Replay {
    /// An execution, at its beginning; `file` is where it comes from, for people.
    pub fn new(execution: Execution, file: &str) -> Replay {
        let nodes = execution.hosts.len();
        let (mut neighbours, mut settled) = (vec![Vec::new(); nodes], Vec::new());
        for (id, row) in execution.trace.messages_in(0..execution.trace.sent()) {
            neighbours[row.name.from.index()].push(row.name.to);
            neighbours[row.name.to.index()].push(row.name.from);
            if id.index().is_multiple_of(BLOCK) {
                settled.push(EventId(0));
            }
            if let (Fate::Delivered(event), Some(last)) = (row.fate, settled.last_mut()) {
                *last = event.max(*last);
            }
        }
        for known in &mut neighbours {
            known.sort_unstable();
            known.dedup();
        }
        let mut events_of = vec![Vec::new(); nodes];
        for (id, row) in execution.trace.events() {
            events_of[row.node.index()].push(id);
        }
        Replay {
            scenario: scenario(&execution, file),
            parts: vec![0; nodes],
            network: Network::default(),
            neighbours,
            events_of,
            settled,
            ledger: RefCell::default(),
            cursor: Cursor::default(),
            execution,
        }
    }

    fn end(&self) -> Time {
        self.scenario.until
    }
    fn logged(&self, event: EventId) -> Option<&Event> {
        self.execution.events.get(event.index())
    }
    /// A node's latest event among the first `events`, and how many it has had by then.
    fn latest(&self, node: NodeId, events: u32) -> Option<(EventId, usize)> {
        let all = self.events_of.get(node.index())?;
        let count = all.partition_point(|event| event.0 < events);
        Some((*all.get(count.checked_sub(1)?)?, count))
    }
    /// A node as its log has it after the first `events` events.
    fn state_after(&self, node: NodeId, events: u32) -> Option<StateNow> {
        let latest = self.latest(node, events);
        let row = latest.and_then(|(event, _)| self.trace().event(event));
        self.events_of.get(node.index())?;
        Some(StateNow {
            durable: Value::Null,
            volatile: latest.and_then(|(event, _)| self.logged(event)).map(|event| self.fields(event)),
            clock: row.map_or(Time::ZERO, |row| row.at),
            drift: 0,
            disk: Span::ZERO,
            disk_lies: false,
            lamport: row.map_or(0, |row| row.lamport),
            vector: latest.map_or_else(Vec::new, |(event, _)| vector(self.trace(), event, self.parts.len())),
        })
    }
    /// What the log says in an event: its text, its line, and the fields that the parser finds.
    fn fields(&self, event: &Event) -> Value {
        let mut all = Map::new();
        for (name, field) in self.execution.fields.iter().zip(&event.fields) {
            all.insert(name.clone(), field.clone().map_or(Value::Null, Value::String));
        }
        all.insert("event".to_owned(), Value::String(event.text.clone()));
        all.insert("line".to_owned(), event.line.into());
        Value::Object(all)
    }
    /// What a node shows after the first `events` events.
    fn face_after(&self, node: NodeId, events: u32) -> Face {
        let latest = self.latest(node, events);
        Face {
            role: HOST,
            prominence: Prominence::Plain,
            headline: Some(("events", latest.map_or(0, |(_, count)| count as u64))),
            note: latest.and_then(|(event, _)| Some(self.logged(event)?.text.clone())),
            ..Face::default()
        }
    }
    fn node_now(&self, node: NodeId) -> NodeNow {
        NodeNow {
            id: node,
            condition: Condition::Up,
            manner: Manner::Honest,
            face: Some(self.face_after(node, self.cursor.events)),
            timers: Vec::new(),
            unsynced: 0,
            latest: self.latest(node, self.cursor.events).map(|(event, _)| event),
        }
    }
    fn glimpse(&self, events: u32, time: Time) -> Glimpse<'_> {
        Glimpse { replay: self, events, time }
    }
    fn refused() -> Unplayable {
        Unplayable::new("this is the log of a real system: it can be looked at, and nothing can be done to it")
    }
}

/// What stands in the place of a scenario.
fn scenario(execution: &Execution, file: &str) -> Scenario {
    let until = execution.trace.events().next_back().map_or(Time::ZERO, |(_, row)| row.at);
    let steps = until.0 / TICK.0;
    let mut scenario = Scenario::new(LOG.name);
    let title = [file, &execution.name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    scenario.prose.title = if title.is_empty() { LOG.title.en.to_owned() } else { title.clone() };
    scenario.prose.watch = WATCH.en.to_owned();
    let mut zh = scenario.prose.clone();
    zh.watch = WATCH.zh.to_owned();
    if title.is_empty() {
        zh.title = LOG.title.zh.to_owned();
    }
    scenario.prose_zh = Some(zh);
    scenario.until = until;
    scenario.pace = Span(TICK.0 * (steps / WATCHED).max(SLOWEST));
    scenario.nodes.insert(HOST.to_owned(), execution.hosts.len() as u16);
    scenario
}

impl Session for Replay {
    fn scenario(&self) -> &Scenario {
        &self.scenario
    }
    fn about(&self) -> &'static About {
        &LOG
    }
    fn is_log(&self) -> bool {
        true
    }
    fn said(&self, event: EventId) -> Option<&str> {
        self.logged(event).map(|event| event.text.as_str())
    }
    fn promise(&self) -> Option<Level> {
        None
    }
    fn names(&self) -> &[String] {
        &self.execution.hosts
    }
    fn parts(&self) -> &[usize] {
        &self.parts
    }

    fn cursor(&self) -> Cursor {
        self.cursor
    }
    fn trace(&self) -> &Trace {
        &self.execution.trace
    }
    fn recorded_until(&self) -> Time {
        self.end()
    }
    fn advance(&mut self, until: Time, budget: u32) -> Progress {
        let wanted = self.trace().first_after(until);
        let reached = wanted.min(self.cursor.events.saturating_add(budget));
        if reached < wanted {
            self.seek(reached.max(self.cursor.events));
            return Progress::Paused;
        }
        self.cursor.events = wanted.max(self.cursor.events);
        self.cursor.time = until.min(self.end()).max(self.cursor.time);
        if until > self.end() { Progress::Full } else { Progress::Reached }
    }
    fn fast_forward(&mut self, to: Cursor) {
        self.seek(to.events);
        self.cursor.time = to.time.min(self.end()).max(self.cursor.time);
    }
    fn plan(&mut self, interventions: &[Planned<Tree>]) -> Result<(), Unplayable> {
        if interventions.is_empty() { Ok(()) } else { Err(Replay::refused()) }
    }
    fn step(&mut self) -> bool {
        let on = self.cursor.events < self.trace().len();
        self.seek(self.cursor.events.saturating_add(1));
        on
    }
    fn seek(&mut self, events: u32) {
        let events = events.min(self.trace().len());
        let latest = events.checked_sub(1).and_then(|latest| self.trace().event(EventId(latest)));
        self.cursor = Cursor { events, time: latest.map_or(Time::ZERO, |row| row.at) };
    }
    fn seek_time(&mut self, time: Time) {
        self.cursor = Cursor { events: self.trace().first_after(time), time: time.min(self.end()) };
    }

    fn nodes(&self) -> Vec<NodeNow> {
        (0..self.parts.len() as u16).map(|node| self.node_now(NodeId(node))).collect()
    }
    fn state(&self, node: NodeId) -> Option<StateNow> {
        self.state_after(node, self.cursor.events)
    }
    fn state_before(&self, node: NodeId) -> Option<StateNow> {
        let (latest, _) = self.latest(node, self.cursor.events)?;
        self.state_after(node, latest.0)
    }
    fn in_flight(&self) -> Vec<MailNow> {
        let (events, sent) = (self.cursor.events, self.trace().sent_before(self.cursor.events));
        let under_way = self.settled.iter().enumerate().filter(|(_, last)| last.0 >= events);
        let blocks = under_way.map(|(block, _)| (block * BLOCK) as u32).take_while(|first| *first < sent);
        let messages = blocks.flat_map(|first| self.trace().messages_in(first..sent.min(first + BLOCK as u32)));
        let now = messages.filter(|(_, row)| matches!(row.fate, Fate::Delivered(event) if event.0 >= events));
        let mail = |(id, row): (MsgId, &netsplit_sim::trace::MessageRow)| MailNow {
            id,
            name: row.name,
            tag: row.tag,
            sent: row.sent,
            due: row.ends,
            doomed: false,
            lie: false,
        };
        now.map(mail).collect()
    }
    fn message(&self, _: MsgId) -> Option<Value> {
        None
    }
    fn network(&self) -> &Network {
        &self.network
    }
    fn neighbours(&self, node: NodeId) -> &[NodeId] {
        self.neighbours.get(node.index()).map_or(&[], Vec::as_slice)
    }
    /// Nothing is computed, so there is nothing to compare.
    fn hash(&self) -> u64 {
        0
    }
    fn digest(&self, _: EventId) -> Option<u64> {
        None
    }
    fn configuration(&self) -> Option<Configuration> {
        None
    }
    fn history(&self) -> Vec<OpNow> {
        Vec::new()
    }
    fn violations(&self) -> &[Violation] {
        &[]
    }
    fn curves(&self) -> Vec<Sample> {
        Vec::new()
    }
    fn ledger(&self, _: u32) -> Ref<'_, Ledger> {
        self.ledger.borrow()
    }
    fn sight(&self) -> Box<dyn Sight + '_> {
        Box::new(self.glimpse(self.cursor.events, self.cursor.time))
    }
    fn sights(&self, after: Range<u32>, see: &mut dyn FnMut(&dyn Sight) -> ControlFlow<()>) {
        for events in after.start..after.end.min(self.trace().len() + 1) {
            let row = events.checked_sub(1).and_then(|latest| self.trace().event(EventId(latest)));
            if see(&self.glimpse(events, row.map_or(Time::ZERO, |row| row.at))).is_break() {
                return;
            }
        }
    }
    fn expectations(&self) -> Vec<Outcome> {
        Vec::new()
    }

    fn intervene(&mut self, _: Intervention<Tree>) -> Result<EventId, Refusal> {
        Err(Replay::refused().into())
    }
    fn interventions(&self) -> &[Planned<Tree>] {
        &[]
    }
    fn undo(&mut self) -> bool {
        false
    }
}

/// A moment of a log, as conditions see it.
struct Glimpse<'a> {
    replay: &'a Replay,
    events: u32,
    time: Time,
}

impl Sight for Glimpse<'_> {
    fn events(&self) -> u32 {
        self.events
    }
    fn time(&self) -> Time {
        self.time
    }
    fn trace(&self) -> &Trace {
        self.replay.trace()
    }
    fn violations(&self) -> &[Violation] {
        &[]
    }
    fn name(&self, node: NodeId) -> &str {
        self.replay.names().get(node.index()).map_or("?", String::as_str)
    }
    fn condition(&self, _: NodeId) -> Condition {
        Condition::Up
    }
    fn manner(&self, _: NodeId) -> Manner {
        Manner::Honest
    }
    fn unsynced(&self, _: NodeId) -> usize {
        0
    }
    fn latest(&self, node: NodeId) -> EventId {
        self.replay.latest(node, self.events).map_or(EventId::NONE, |(event, _)| event)
    }
    fn face(&self, node: NodeId) -> Option<Face> {
        Some(self.replay.face_after(node, self.events))
    }
    fn durable(&self, _: NodeId) -> Value {
        Value::Null
    }
    fn volatile(&self, node: NodeId) -> Option<Value> {
        let (latest, _) = self.replay.latest(node, self.events)?;
        self.replay.logged(latest).map(|event| self.replay.fields(event))
    }
}

const _: () = assert!(crate::shiviz::MOST_EVENTS <= LONGEST_RUN as usize);
