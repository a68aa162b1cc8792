//! What is counted of a run, whatever its protocol, up to the moment that is shown.

use crate::session::{NodeNow, OpNow, Session};
use netsplit_check::verdict::Level;
use netsplit_protocols::shared::kv::{Op, Ret};
use netsplit_protocols::{Words, about::words};
use netsplit_sim::{EventId, Manner, MsgId, Prominence, Span};
use serde::Deserialize;
use serde_json::Value;

/// Something to count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    /// Requests that clients made.
    Asked,
    /// Those that were served.
    Served,
    /// Those that were refused.
    Refused,
    /// Those that have no answer yet.
    Waiting,
    /// Reads that returned what had been overwritten before they began.
    Stale,
    /// Messages sent.
    Messages,
    /// Invariants that are violated.
    Broken,
    /// Nodes that lie.
    Liars,
    /// Nodes that are cut off from some other.
    CutOff,
    /// Nodes in charge.
    Leaders,
    /// The highest figure under a node, such as the term.
    Highest,
    /// The lowest figure under a node, such as the round.
    Lowest,
    /// Nodes that show one of these roles: those that have decided.
    Decided(&'static [&'static str]),
    /// How long the latest request took that was served.
    Latency,
    /// The same in round trips that take this long, in tenths.
    RoundTrips(Span),
    /// Whether a consistency model explains what the clients saw: 1 if it does.
    Explained(Level),
    /// How many of the four guarantees of a client's session are broken.
    SessionsBroken,
    /// So many in a thousand draws of the seed took no longer than this.
    Drawn(u16),
}

/// What a figure is a number of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Things.
    Plain,
    /// Nanoseconds.
    Time,
    /// Tenths.
    Tenths,
    /// Yes or no.
    Verdict,
}

/// What was counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Figure(pub u64);

impl Count {
    /// What it is called.
    pub fn title(self) -> Words {
        match self {
            Count::Asked => words("requests", "请求"),
            Count::Served => words("served", "已满足"),
            Count::Refused => words("refused", "被拒绝"),
            Count::Waiting => words("without an answer", "尚无应答"),
            Count::Stale => words("stale reads", "陈旧的读"),
            Count::Messages => words("messages", "消息"),
            Count::Broken => words("invariants violated", "被违反的不变式"),
            Count::Liars => words("liars", "说谎者"),
            Count::CutOff => words("nodes cut off", "被隔离的节点"),
            Count::Leaders => words("leaders now", "当前领导者"),
            Count::Highest => words("highest term", "最高任期"),
            Count::Lowest => words("rounds", "轮次"),
            Count::Decided(_) => words("have decided", "已决定"),
            Count::Latency => words("the request took", "请求耗时"),
            Count::RoundTrips(_) => words("round trips", "来回"),
            Count::Explained(level) => words(level.name(), level.name()),
            Count::SessionsBroken => words("broken session guarantees", "被违反的会话保证"),
            Count::Drawn(500) => words("median of 100 seeds", "100 个种子的中位数"),
            Count::Drawn(_) => words("99 of 100 seeds within", "100 个种子中 99 个不超过"),
        }
    }
    /// What its figures are numbers of.
    pub fn unit(self) -> Unit {
        match self {
            Count::Latency | Count::Drawn(_) => Unit::Time,
            Count::RoundTrips(_) => Unit::Tenths,
            Count::Explained(_) => Unit::Verdict,
            _ => Unit::Plain,
        }
    }
}

/// What there is to count in a run at its cursor; nothing where nothing could be measured yet. What is drawn over seeds is
/// not in one run, and judging is not done at every look: [`super::Game::figure`] knows them.
pub fn figure(run: &dyn Session, count: Count) -> Option<Figure> {
    let ops = |wanted: fn(&OpNow) -> bool| Some(run.history().iter().filter(|op| wanted(op)).count() as u64);
    let number = match count {
        Count::Asked => ops(|_| true),
        Count::Served => ops(|op| answer(op).is_some_and(|said| !refused(said))),
        Count::Refused => ops(|op| answer(op).is_some_and(refused)),
        Count::Waiting => ops(|op| op.answer.is_none()),
        Count::Stale => Some(stale_reads(&run.history()) as u64),
        Count::Messages => Some(sent(run)),
        Count::Broken => {
            let events = run.cursor().events;
            Some(run.violations().iter().filter(|violation| violation.event.0 < events).count() as u64)
        }
        Count::Liars => Some(run.nodes().iter().filter(|node| node.manner != Manner::Honest).count() as u64),
        Count::CutOff => Some(cut_off(run)),
        Count::Leaders => {
            let leads = |node: &&NodeNow| node.face.as_ref().is_some_and(|face| face.prominence == Prominence::Leading);
            Some(run.nodes().iter().filter(leads).count() as u64)
        }
        Count::Highest => run.nodes().iter().filter_map(headline).max(),
        Count::Lowest => run.nodes().iter().filter_map(headline).min(),
        Count::Decided(roles) => {
            let decided = |node: &&NodeNow| node.face.as_ref().is_some_and(|face| roles.contains(&face.role));
            Some(run.nodes().iter().filter(decided).count() as u64)
        }
        Count::Latency => latency(&run.history()),
        Count::RoundTrips(trip) => latency(&run.history()).map(|took| (took * 10 + trip.0 / 2) / trip.0.max(1)),
        Count::Drawn(_) | Count::Explained(_) | Count::SessionsBroken => None,
    };
    number.map(Figure)
}

fn headline(node: &NodeNow) -> Option<u64> {
    node.face.as_ref()?.headline.map(|(_, figure)| figure)
}

fn answer(op: &OpNow) -> Option<&Value> {
    op.answer.as_ref().map(|(.., said)| said)
}

/// Whether an answer says that nothing was done.
fn refused(said: &Value) -> bool {
    let tag = said.as_str().or_else(|| said.as_object()?.keys().next().map(String::as_str));
    matches!(tag, Some("refused" | "not-leader" | "not-here" | "unsupported"))
}

/// How long the latest request that was served took.
pub(super) fn latency(history: &[OpNow]) -> Option<u64> {
    let took = |op: &OpNow| {
        let (_, at, said) = op.answer.as_ref()?;
        (!refused(said)).then(|| at.since(op.invoked.1).0)
    };
    history.iter().rev().find_map(took)
}

/// Messages are numbered in the order of sending.
fn sent(run: &dyn Session) -> u64 {
    let (trace, events) = (run.trace(), run.cursor().events);
    let (mut low, mut high) = (0, trace.sent());
    while low < high {
        let middle = low + (high - low) / 2;
        let before = trace.message(MsgId(middle)).is_some_and(|row| row.cause.0 < events);
        (low, high) = if before { (middle + 1, high) } else { (low, middle) };
    }
    u64::from(low)
}

fn cut_off(run: &dyn Session) -> u64 {
    let network = run.network();
    let usual = network.sides.iter().filter(|side| **side == 0).count();
    let split = network.sides.len() - usual.max(network.sides.len() - usual);
    let mut cut: Vec<_> = network.cut.iter().flat_map(|(from, to)| [*from, *to]).collect();
    cut.sort_unstable();
    cut.dedup();
    (split + cut.len()) as u64
}

/// A write: its key, what the key is to have (nothing for a delete), and when it was asked for and answered.
struct Write {
    key: String,
    value: Option<String>,
    invoked: EventId,
    answered: Option<EventId>,
}

/// How many reads returned a value although a later write was over before they began: later than every write of that
/// value. That is more than not being linearizable; it is not even regular (Lamport 1986).
fn stale_reads(history: &[OpNow]) -> usize {
    let writes: Vec<Write> = history.iter().filter_map(write).collect();
    history.iter().filter(|op| is_stale(op, &writes)).count()
}

fn write(op: &OpNow) -> Option<Write> {
    let (key, value) = match Op::deserialize(&op.op).ok()? {
        Op::Put { key, value } => (key, Some(value.to_string())),
        Op::Delete { key } => (key, None),
        Op::Get { .. } | Op::Cas { .. } | Op::Keys {} => return None,
    };
    let answered = op.answer.as_ref().filter(|(.., said)| !refused(said)).map(|(event, ..)| *event);
    Some(Write { key: key.to_string(), value, invoked: op.invoked.0, answered })
}

fn is_stale(op: &OpNow, writes: &[Write]) -> bool {
    let (Ok(Op::Get { key }), Some(said)) = (Op::deserialize(&op.op), answer(op)) else { return false };
    let value = match Ret::deserialize(said) {
        Ok(Ret::Value(value)) => Some(value.to_string()),
        Ok(Ret::Absent) => None,
        _ => return false,
    };
    let of_key = || writes.iter().filter(|write| write.key == *key);
    let over = |write: &&Write| write.answered.is_some_and(|answered| answered < op.invoked.0);
    of_key().filter(over).any(|later| {
        let before = |earlier: &Write| earlier.answered.is_some_and(|answered| answered < later.invoked);
        later.value != value && of_key().filter(|write| write.value == value).all(before)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_sim::{NodeId, OpId, Time};
    use serde_json::json;

    /// An operation on x, invoked and answered at these events.
    fn op(op: Value, invoked: u32, answered: u32, said: Value) -> OpNow {
        let at = |event: u32| (EventId(event), Time(u64::from(event) * 10));
        let (event, time) = at(answered);
        OpNow { id: OpId(0), node: NodeId(0), op, invoked: at(invoked), answer: Some((event, time, said)) }
    }
    fn put(value: &str, invoked: u32, answered: u32) -> OpNow {
        op(json!({ "put": { "key": "x", "value": value } }), invoked, answered, json!("ok"))
    }
    fn get(said: Value, invoked: u32, answered: u32) -> OpNow {
        op(json!({ "get": { "key": "x" } }), invoked, answered, said)
    }

    #[test]
    fn a_read_is_stale_if_a_later_write_was_over_before_it_began() {
        let value = |value: &str| json!({ "value": value });
        let writes = || vec![put("1", 0, 1), put("2", 2, 5)];
        let with = |read| stale_reads(&[writes(), vec![read]].concat());
        assert_eq!(with(get(value("1"), 6, 7)), 1);
        assert_eq!(with(get(json!("absent"), 6, 7)), 1);
        assert_eq!(with(get(value("2"), 6, 7)), 0);
        assert_eq!(with(get(value("1"), 4, 7)), 0, "the second write was under way");
        assert_eq!(with(get(json!({ "refused": { "reason": "no" } }), 6, 7)), 0);
        let again = [writes(), vec![put("1", 3, 4), get(value("1"), 6, 7)]].concat();
        assert_eq!(stale_reads(&again), 0, "it was written once more at the same time");
    }

    #[test]
    fn what_is_refused_is_not_served() {
        assert!(refused(&json!({ "refused": { "reason": "no" } })) && refused(&json!("not-here")));
        assert!(!refused(&json!("ok")) && !refused(&json!({ "value": "refused" })));
        let history = [put("1", 0, 3), op(json!({}), 4, 9, json!("not-here"))];
        assert_eq!(latency(&history), Some(30));
    }
}
