//! Patterns of messages in a trace: what is sent to many, what answers what, what follows from what, what overtakes what. They
//! need no state, so they are found in logs from elsewhere too. Each search takes time in proportion to the trace, but for
//! a logarithm.
//!
//! A message *answers* another if the event that sent it was set off by the other's arrival: by the arrival itself, or by what
//! followed from it over messages, timers and writes. It answers *at once* if it was sent by the arrival itself, or by
//! the write that the arrival waited for.

use netsplit_sim::trace::{Fate, MessageRow, Trace, What};
use netsplit_sim::{EventId, MsgId, NodeId};
use std::collections::BTreeMap;

/// A pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// An event sends messages of one type to at least so many others.
    Broadcast(u32),
    /// A message, and the first one back to its sender that answers it.
    Exchange,
    /// So many messages, each of which answers the one before at once.
    Chain(u32),
    /// A message, and the first to arrive of those that were sent later on the same way and arrived before it.
    Overtaking,
    /// Answers of one type from so many others to what one event sent them, each at once.
    Gathering(u32),
    /// A message that was lost, and the next of its type on the same way.
    Again,
}

impl Pattern {
    /// All of them, as small as they can be.
    pub const ALL: [Pattern; 6] = [
        Pattern::Broadcast(2),
        Pattern::Exchange,
        Pattern::Chain(3),
        Pattern::Overtaking,
        Pattern::Gathering(2),
        Pattern::Again,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Pattern::Broadcast(_) => "broadcast",
            Pattern::Exchange => "exchange",
            Pattern::Chain(_) => "chain",
            Pattern::Overtaking => "overtaking",
            Pattern::Gathering(_) => "gathering",
            Pattern::Again => "again",
        }
    }
    /// How many it takes, where that can be chosen.
    pub fn size(self) -> Option<u32> {
        match self {
            Pattern::Broadcast(size) | Pattern::Chain(size) | Pattern::Gathering(size) => Some(size),
            Pattern::Exchange | Pattern::Overtaking | Pattern::Again => None,
        }
    }
    /// The same of another size, where that can be chosen.
    pub fn sized(self, size: u32) -> Pattern {
        match self {
            Pattern::Broadcast(_) => Pattern::Broadcast(size),
            Pattern::Chain(_) => Pattern::Chain(size),
            Pattern::Gathering(_) => Pattern::Gathering(size),
            other => other,
        }
    }
}

/// Where a pattern is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The events that belong to it, in order.
    pub events: Vec<EventId>,
    /// The messages that belong to it, in order.
    pub messages: Vec<MsgId>,
}

/// Every place where a pattern is found, in the order of the last events (of those that end alike, of the last
/// messages). `kind` is the type of the message that begins it, or for a gathering, of the answers.
pub fn find(trace: &Trace, pattern: Pattern, kind: Option<&str>) -> Vec<Match> {
    let search = Search { trace, kind };
    let mut found = match pattern {
        Pattern::Broadcast(least) => search.broadcasts(least),
        Pattern::Exchange => search.exchanges(),
        Pattern::Chain(length) => search.chains(length),
        Pattern::Overtaking => search.overtakings(),
        Pattern::Gathering(least) => search.gatherings(least),
        Pattern::Again => search.repetitions(),
    };
    found.sort_by_cached_key(|found| (found.events.last().copied(), found.messages.last().copied()));
    found
}

impl Match {
    /// A match of these messages: its events are those that sent and received them.
    fn of(trace: &Trace, mut messages: Vec<MsgId>) -> Match {
        let rows = messages.iter().filter_map(|id| trace.message(*id));
        let mut events: Vec<EventId> = rows.flat_map(|row| [Some(row.cause), received(row)]).flatten().collect();
        events.sort_unstable();
        events.dedup();
        messages.sort_unstable();
        Match { events, messages }
    }
}

/// The event of a message's arrival, if it arrived.
fn received(row: &MessageRow) -> Option<EventId> {
    if let Fate::Delivered(event) = row.fate { Some(event) } else { None }
}

/// The message that a message answers at once.
pub fn answered_at_once(trace: &Trace, row: &MessageRow) -> Option<MsgId> {
    let mut event = trace.event(row.cause)?;
    while event.what == What::Durable {
        event = trace.event(event.cause)?;
    }
    if let What::Deliver(id) = event.what { Some(id) } else { None }
}

#[derive(Clone, Copy)]
struct Search<'a> {
    trace: &'a Trace,
    kind: Option<&'a str>,
}

impl<'a> Search<'a> {
    fn fits(self, row: &MessageRow) -> bool {
        self.kind.is_none_or(|kind| row.tag.name == kind)
    }
    fn messages(self) -> impl DoubleEndedIterator<Item = (MsgId, &'a MessageRow)> {
        self.trace.messages_in(0..self.trace.sent())
    }

    fn broadcasts(self, least: u32) -> Vec<Match> {
        let mut found = Vec::new();
        for (event, _) in self.trace.events() {
            // By type: to whom, and which.
            let mut types: BTreeMap<&str, BTreeMap<NodeId, MsgId>> = BTreeMap::new();
            for (id, row) in self.trace.sent_by(event).filter(|(_, row)| self.fits(row) && row.name.to != row.name.from)
            {
                types.entry(row.tag.name).or_default().entry(row.name.to).or_insert(id);
            }
            let enough = types.into_values().filter(|to| to.len() >= least.max(1) as usize);
            found.extend(enough.map(|to| Match::of(self.trace, to.into_values().collect())));
        }
        found
    }

    fn chains(self, length: u32) -> Vec<Match> {
        let length = length.max(1) as usize;
        // By message: how many there are in the longest chain that ends with it.
        let mut lengths: Vec<u32> = Vec::with_capacity(self.trace.sent() as usize);
        let mut found = Vec::new();
        for (id, row) in self.messages() {
            let before = answered_at_once(self.trace, row);
            let so_far = before.and_then(|before| lengths.get(before.index()).copied()).unwrap_or(0) + 1;
            lengths.push(so_far);
            if (so_far as usize) < length || received(row).is_none() {
                continue;
            }
            let chain: Vec<MsgId> = self.back_from(id).take(length).collect();
            let first = chain.last().and_then(|first| self.trace.message(*first));
            if first.is_some_and(|first| self.fits(first)) {
                found.push(Match::of(self.trace, chain));
            }
        }
        found
    }

    /// A message, what it answers at once, what that answers at once, and so on.
    fn back_from(self, id: MsgId) -> impl Iterator<Item = MsgId> + use<'a> {
        let trace = self.trace;
        std::iter::successors(Some(id), move |id| answered_at_once(trace, trace.message(*id)?))
    }

    fn overtakings(self) -> Vec<Match> {
        // By way: of the messages after the present one, the first to arrive; and those of the same number wait, for a
        // message is not overtaken by its own copy.
        #[derive(Default)]
        struct Way {
            first: Option<(EventId, MsgId)>,
            waiting: Option<(EventId, MsgId)>,
            nth: u32,
        }
        let mut ways: BTreeMap<(NodeId, NodeId, &str), Way> = BTreeMap::new();
        let mut found = Vec::new();
        for (id, row) in self.in_order_of_sending().into_iter().rev() {
            let Some(arrival) = received(row).filter(|_| self.fits(row)) else { continue };
            // With a type, both are of it; without, they can be of any.
            let way = ways.entry((row.name.from, row.name.to, self.kind.unwrap_or_default())).or_default();
            if way.nth != row.name.nth {
                way.first = way.first.into_iter().chain(way.waiting.take()).min();
                way.nth = row.name.nth;
            }
            if let Some((_, later)) = way.first.filter(|(event, _)| *event < arrival) {
                found.push(Match::of(self.trace, vec![id, later]));
            }
            way.waiting = way.waiting.into_iter().chain([(arrival, id)]).min();
        }
        found
    }

    /// All messages: on each way in the order in which they were sent, copies with what they are copies of.
    fn in_order_of_sending(self) -> Vec<(MsgId, &'a MessageRow)> {
        let mut all: Vec<(MsgId, &MessageRow)> = self.messages().collect();
        all.sort_by_key(|(id, row)| (row.name.from, row.name.to, row.name.nth, *id));
        all
    }

    fn gatherings(self, least: u32) -> Vec<Match> {
        let least = least.max(1) as usize;
        // By the event that asked and the type of the answers: from whom, with the question.
        let mut groups: BTreeMap<(EventId, &str), BTreeMap<NodeId, [MsgId; 2]>> = BTreeMap::new();
        let mut found = Vec::new();
        for (_, row) in self.trace.events() {
            let What::Deliver(id) = row.what else { continue };
            let Some(answer) = self.trace.message(id).filter(|answer| self.fits(answer)) else { continue };
            let question = answered_at_once(self.trace, answer);
            let Some((asked, question)) = question.and_then(|id| Some((id, self.trace.message(id)?))) else { continue };
            if question.name.from != answer.name.to || question.name.from == question.name.to {
                continue;
            }
            let group = groups.entry((question.cause, answer.tag.name)).or_default();
            if group.contains_key(&answer.name.from) {
                continue;
            }
            group.insert(answer.name.from, [asked, id]);
            if group.len() == least {
                found.push(Match::of(self.trace, group.values().flatten().copied().collect()));
            }
        }
        found
    }

    fn repetitions(self) -> Vec<Match> {
        let mut lost: BTreeMap<(NodeId, NodeId, &str), MsgId> = BTreeMap::new();
        let mut found = Vec::new();
        for (id, row) in self.messages().filter(|(_, row)| self.fits(row)) {
            let way = (row.name.from, row.name.to, row.tag.name);
            if let Some(before) = lost.remove(&way) {
                found.push(Match::of(self.trace, vec![before, id]));
            }
            if matches!(row.fate, Fate::Lost | Fate::NobodyThere) {
                lost.insert(way, id);
            }
        }
        found
    }

    fn exchanges(self) -> Vec<Match> {
        let Lineage { arrivals, nearest } = Lineage::of(self.trace);
        let mut answered = vec![false; self.trace.sent() as usize];
        let mut found = Vec::new();
        // In the order of sending, the first that answers is the first.
        for (answer, question) in nearest {
            let mut next = Some(question);
            // What follows from one question's arrival follows from those before it, too: where one is answered, so are they.
            while let Some(question) = next.filter(|question| !answered[question.index()]) {
                answered[question.index()] = true;
                if self.trace.message(question).is_some_and(|row| self.fits(row)) {
                    found.push(Match::of(self.trace, vec![question, answer]));
                }
                next = arrivals[question.index()];
            }
        }
        found
    }
}

/// What followed from the arrival of what: events set each other off in trees, and walking through those with the arrivals on
/// the way from the root at hand finds, for every message, the nearest that it answers.
struct Lineage {
    /// By message that arrived: the nearest one before it on the same way from which its arrival followed.
    arrivals: Vec<Option<MsgId>>,
    /// Messages, in the order of sending, each with the nearest that it answers.
    nearest: Vec<(MsgId, MsgId)>,
}

impl Lineage {
    fn of(trace: &Trace) -> Lineage {
        let children = Children::of(trace);
        let mut lineage = Lineage { arrivals: vec![None; trace.sent() as usize], nearest: Vec::new() };
        // By way, from sender to receiver: the arrivals between the root and the present event.
        let mut open: BTreeMap<(NodeId, NodeId), Vec<MsgId>> = BTreeMap::new();
        let mut todo: Vec<Visit> = children.roots.iter().rev().map(|root| Visit::Enter(*root)).collect();
        while let Some(visit) = todo.pop() {
            match visit {
                Visit::Enter(event) => {
                    if let Some((way, id)) = arrival(trace, event) {
                        let stack = open.entry(way).or_default();
                        lineage.arrivals[id.index()] = stack.last().copied();
                        stack.push(id);
                        todo.push(Visit::Leave(way));
                    }
                    for (id, row) in trace.sent_by(event) {
                        let back = open.get(&(row.name.to, row.name.from)).and_then(|stack| stack.last());
                        lineage.nearest.extend(back.map(|question| (id, *question)));
                    }
                    todo.extend(children.of_event(event).iter().map(|child| Visit::Enter(*child)));
                }
                Visit::Leave(way) => drop(open.get_mut(&way).and_then(Vec::pop)),
            }
        }
        lineage.nearest.sort_unstable();
        lineage
    }
}

enum Visit {
    Enter(EventId),
    Leave((NodeId, NodeId)),
}

/// Whose message arrived in an event, and which.
fn arrival(trace: &Trace, event: EventId) -> Option<((NodeId, NodeId), MsgId)> {
    let What::Deliver(id) = trace.event(event)?.what else { return None };
    let row = trace.message(id)?;
    (row.name.from != row.name.to).then_some(((row.name.from, row.name.to), id))
}

/// Which events each event set off.
struct Children {
    roots: Vec<EventId>,
    /// By event: where its children begin.
    starts: Vec<u32>,
    all: Vec<EventId>,
}

impl Children {
    fn of(trace: &Trace) -> Children {
        let mut starts = vec![0u32; trace.len() as usize + 1];
        let mut roots = Vec::new();
        let parents = || trace.events().map(|(event, row)| (event, row.cause.some().filter(|cause| *cause < event)));
        for (event, parent) in parents() {
            match parent {
                Some(parent) => starts[parent.index() + 1] += 1,
                None => roots.push(event),
            }
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut all = vec![EventId::NONE; starts.last().copied().unwrap_or(0) as usize];
        for (event, parent) in parents() {
            if let Some(parent) = parent {
                all[next[parent.index()] as usize] = event;
                next[parent.index()] += 1;
            }
        }
        Children { roots, starts, all }
    }

    fn of_event(&self, event: EventId) -> &[EventId] {
        &self.all[self.starts[event.index()] as usize..self.starts[event.index() + 1] as usize]
    }
}
