//! One run, whatever its protocol: what the page, the command line and the JavaScript API speak to.

use crate::check::Unplayable;
use crate::model::Scenario;
use crate::performance::ledger::Ledger;
use crate::theory::Configuration;
use crate::tree::Tree;
use crate::why::{Change, Excerpts, Field, Write};
use netsplit_check::verdict::Level;
use netsplit_protocols::About;
use netsplit_query::Sight;
use netsplit_sim::{
    Condition, EventId, Face, Intervention, Manner, MsgId, MsgName, Network, NodeId, OpId, Planned, Sample, Span, Tag,
    Time, Trace, Violation,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::Ref;
use std::ops::{ControlFlow, Range};

/// A run that plays, stops, goes back, and can be interfered with.
///
/// It has a *cursor*: how many events are over, and what time it is. What has been played once is *recorded*; going
/// back and forth within it recomputes the very same states. An intervention at the cursor discards what was recorded
/// after it, and whatever people did later; what the scenario itself plans for later stays.
pub trait Session {
    /// The scenario, with its seed as it now is and without what people did since.
    fn scenario(&self) -> &Scenario;
    /// What the protocol says about itself.
    fn about(&self) -> &'static About;
    /// Whether it is the log of a system somewhere else: it can be looked at, and nothing can be done to it.
    fn is_log(&self) -> bool {
        false
    }
    /// What a log says of an event in its own words.
    fn said(&self, _event: EventId) -> Option<&str> {
        None
    }
    /// The strongest consistency model that clients may count on with the scenario's settings; nothing if there are no
    /// such clients.
    fn promise(&self) -> Option<Level>;
    /// The nodes' names, by id.
    fn names(&self) -> &[String];
    /// For each node, its part: an index into [`About::parts`].
    fn parts(&self) -> &[usize];

    /// Where the cursor is.
    fn cursor(&self) -> Cursor;
    /// Everything recorded so far, before and after the cursor.
    fn trace(&self) -> &Trace;
    /// The time up to which the run is recorded: that of the last event, or later if it is known that nothing
    /// happened since.
    fn recorded_until(&self) -> Time;
    /// Plays up to a time, but at most `budget` events; stops early at the first new violation.
    fn advance(&mut self, until: Time, budget: u32) -> Progress;
    /// Plays to a cursor that this run is known to reach, past violations.
    fn fast_forward(&mut self, to: Cursor);
    /// Plans what people did in an earlier life of this run; only before it is played.
    fn plan(&mut self, interventions: &[Planned<Tree>]) -> Result<(), Unplayable>;
    /// Goes one event forward; false if nothing is left to happen.
    fn step(&mut self) -> bool;
    /// Goes to the moment right after the first `events` events, back or (as far as recorded) forward.
    fn seek(&mut self, events: u32);
    /// Goes to a time, back or (as far as recorded) forward.
    fn seek_time(&mut self, time: Time);

    /// Every node as it is at the cursor.
    fn nodes(&self) -> Vec<NodeNow>;
    /// One node in full.
    fn state(&self, node: NodeId) -> Option<StateNow>;
    /// One node in full as it was right before the latest event there, for showing what that event changed; nothing
    /// if it has had none.
    fn state_before(&self, node: NodeId) -> Option<StateNow>;
    /// What recorded events, given in order, left at their nodes; if wanted, with what they changed. Of a log nothing is known.
    fn passages(&self, _events: &[EventId], _changes: bool) -> Vec<Passage> {
        Vec::new()
    }
    /// The events among the recorded ones, from one number up to another, that changed a field of a node, in order.
    fn writes(&self, _node: NodeId, _field: &Field, _events: Range<u32>) -> Vec<Write> {
        Vec::new()
    }
    /// From which number on recorded events can be gone through once more, up to the first `events`, without going through
    /// others.
    fn stretch(&self, events: u32) -> Range<u32> {
        0..events
    }
    /// The first `events` events, to be played again in part; a log cannot be.
    fn excerpts(&self, _events: u32) -> Option<Excerpts> {
        None
    }
    /// The messages on their way at the cursor, by number.
    fn in_flight(&self) -> Vec<MailNow>;
    /// What a message of the recorded run says.
    fn message(&self, id: MsgId) -> Option<Value>;
    /// What the messages say that recorded events sent, from one number up to another, in the order of sending. Of a log
    /// nothing is known.
    fn bodies(&self, _events: Range<u32>, _see: &mut dyn FnMut(MsgId, Value)) {}
    /// The network at the cursor.
    fn network(&self) -> &Network;
    /// Who has a link to whom: each node's neighbours.
    fn neighbours(&self, node: NodeId) -> &[NodeId];
    /// The hash of the run up to the cursor.
    fn hash(&self) -> u64;
    /// The digest of a recorded event alone: what arrived, and the state that it left at its node. Neither its number nor its
    /// time is in it: events of two runs can be compared by it. A log has none.
    fn digest(&self, event: EventId) -> Option<u64>;
    /// The run at the cursor without its time, to see what could come of it; nothing for a log.
    fn configuration(&self) -> Option<Configuration>;
    /// The client operations invoked up to the cursor, in order.
    fn history(&self) -> Vec<OpNow>;
    /// All violations recorded so far, before and after the cursor; the first of each invariant.
    fn violations(&self) -> &[Violation];
    /// How the protocol's [measures](About::measures) went, as far as recorded: step curves, with a sample wherever
    /// one of them had changed, the earliest first. They go on from the last sample to [`Session::recorded_until`].
    fn curves(&self) -> Vec<Sample>;
    /// What the trace does not keep of the recorded run, for [measures](crate::performance): after going through at most
    /// `budget` events more than were gone through before.
    fn ledger(&self, budget: u32) -> Ref<'_, Ledger>;
    /// The run at the cursor, as [conditions](crate::find) see it.
    fn sight(&self) -> Box<dyn Sight + '_>;
    /// Shows recorded moments in order, namely for each number of the range the one right after so many events, until `see`
    /// has had enough; the cursor stays.
    fn sights(&self, after: Range<u32>, see: &mut dyn FnMut(&dyn Sight) -> ControlFlow<()>);
    /// How each expectation of the scenario stands, as far as recorded.
    fn expectations(&self) -> Vec<Outcome>;

    /// Intervenes at the cursor; the intervention's own event happens at once.
    fn intervene(&mut self, what: Intervention<Tree>) -> Result<EventId, Refusal>;
    /// What people did, in order (what the scenario plans is not among it).
    fn interventions(&self) -> &[Planned<Tree>];
    /// Takes back the latest of [`Session::interventions`]; the cursor stays in time. False if there is none.
    fn undo(&mut self) -> bool;
}

/// A position in a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// How many events are over.
    pub events: u32,
    /// What time it is: that of the last of them, or later, but not after the next.
    pub time: Time,
}

impl Cursor {
    /// The event that has just happened.
    pub fn latest(self) -> Option<EventId> {
        self.events.checked_sub(1).map(EventId)
    }
}

/// What came of playing on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// The time asked for is reached.
    Reached,
    /// The budget is used up before it.
    Paused,
    /// An invariant was violated by the event just before the cursor.
    Violated,
    /// The run is as long as a run can be ([`crate::LONGEST_RUN`] events).
    Full,
}

/// A node at a moment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct NodeNow {
    /// Which.
    pub id: NodeId,
    /// Up, paused or down.
    pub condition: Condition,
    /// Whether it says what it should.
    pub manner: Manner,
    /// What it shows; nothing while it is down.
    pub face: Option<Face>,
    /// Its armed timers.
    pub timers: Vec<TimerNow>,
    /// How many of its writes are not durable yet.
    pub unsynced: usize,
    /// Its latest event.
    pub latest: Option<EventId>,
}

/// An armed timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct TimerNow {
    /// Its name.
    pub name: &'static str,
    /// When it was armed.
    pub armed: Time,
    /// When it runs out.
    pub due: Time,
}

/// A node's state in full.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StateNow {
    /// What a crash leaves.
    pub durable: Value,
    /// The rest; nothing while it is down.
    pub volatile: Option<Value>,
    /// What its own clock shows...
    pub clock: Time,
    /// ...and how much too fast it runs, in parts per million.
    pub drift: i32,
    /// How long its disk takes to make a write durable.
    pub disk: Span,
    /// Whether the disk says so before it is.
    pub disk_lies: bool,
    /// Its Lamport time.
    pub lamport: u32,
    /// Its vector clock: for each node, how many of its events this node can know of.
    pub vector: Vec<u32>,
}

/// What an event left at its node.
#[derive(Clone, PartialEq, Debug)]
pub struct Passage {
    /// The event.
    pub event: EventId,
    /// What the node shows; nothing if it does not run.
    pub face: Option<Face>,
    /// The fields that the event changed; none for the node's first.
    pub changes: Vec<Change>,
}

/// A message on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MailNow {
    /// Its number in the run.
    pub id: MsgId,
    /// From, to, how-many-th.
    pub name: MsgName,
    /// How it is drawn and called.
    pub tag: Tag,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives or vanishes.
    pub due: Time,
    /// It will vanish.
    pub doomed: bool,
    /// It is not what the sender's process said.
    pub lie: bool,
}

/// A client operation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpNow {
    /// Its number in the run.
    pub id: OpId,
    /// Where it was invoked.
    pub node: NodeId,
    /// What was asked.
    pub op: Value,
    /// The event and time of the invocation.
    pub invoked: (EventId, Time),
    /// The answer, with its event and time; nothing while it is pending.
    pub answer: Option<(EventId, Time, Value)>,
}

/// How an expectation stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Outcome {
    /// The expectation in words.
    pub text: String,
    /// Whether it is met; nothing while that is open.
    pub met: Option<bool>,
}

/// Why an intervention does not take place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// It makes no sense in this run.
    #[error(transparent)]
    Impossible(#[from] Unplayable),
    /// There have been too many.
    #[error("{0} interventions are as many as a link can hold; start a new run")]
    TooMany(usize),
    /// The run is too long to go on.
    #[error("the run has {0} events and cannot grow further; start a new one")]
    Full(u32),
}
