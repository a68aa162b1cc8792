//! What of a run takes its protocol's own types: a recording, and worlds at a moment, with messages, operations and states
//! behind `dyn`. All the rest of a run is the same for every protocol (run.rs) and is compiled once, not once for each: a
//! protocol must not weigh more in the page than it has to.

use crate::cast;
use crate::check::Unplayable;
use crate::model::Scenario;
use crate::session::{Cursor, MailNow};
use netsplit_check::verdict::Level;
use netsplit_protocols::{Bugs, Cast, Entry, Impossible, Listed};
use netsplit_sim::process::ErasedSerialize;
use netsplit_sim::{
    Clock, ClosedLoop, Condition, EventId, Excerpt, Excerpts, Face, Intervention, Mail, Manner, Moment, MsgId, MsgName,
    Network, NodeId, OpId, Planned, Played, Recorder, Recording, Sample, Seed, Sent, Setup, Span, Time, Trace,
    Violation, World,
};
use serde_json::{Error, Value};
use std::cell::RefCell;
use std::ops::{ControlFlow, Range};

/// A recording of any protocol.
pub(crate) trait Player {
    fn stage(&self) -> &dyn Stage;
    fn stage_after(&self, events: u32) -> Box<dyn Stage>;
    fn trace(&self) -> &Trace;
    fn recorded_until(&self) -> Time;
    fn digest(&self, event: EventId) -> Option<u64>;
    fn violations(&self) -> &[Violation];
    fn curves(&self) -> Vec<Sample>;
    /// Shows what a message of the recorded run says.
    fn message(&self, id: MsgId, see: &mut dyn FnMut(&dyn ErasedSerialize));
    /// Shows the clients' operations, in the order of invocation.
    fn operations(&self, see: &mut dyn FnMut(Invoked));
    /// Goes through recorded events once more, from one number up to another, and shows what the trace does not keep, until
    /// that is enough.
    fn review(&self, events: Range<u32>, see: &mut dyn FnMut(Seen) -> ControlFlow<()>);
    /// The same, and shows the world that each left.
    fn watch(&self, events: Range<u32>, see: &mut dyn FnMut(EventId, &dyn Stage));
    /// From which number on recorded events can be gone through, up to the first `events`, without going through others.
    fn stretch(&self, events: u32) -> Range<u32>;
    /// The first `events` events, ready to be played again in part.
    fn excerpts(&self, events: u32) -> Box<dyn Again>;

    fn advance(&mut self, until: Time, budget: u32) -> Played;
    fn fast_forward(&mut self, to: Cursor, most: u32);
    fn step(&mut self) -> bool;
    fn seek(&mut self, events: u32);
    fn seek_time(&mut self, time: Time);
    /// Intervenes; answers with the event, and the moment that it was.
    fn intervene(&mut self, what: Intervention<Value>) -> Result<(EventId, Moment), Error>;
    /// How many interventions of people there were.
    fn deeds(&self) -> usize;
    fn replay_deeds(&mut self, deeds: &mut dyn Iterator<Item = Planned<Value>>) -> Result<(), Misunderstood>;
    fn undo(&mut self) -> bool;
}

/// A world of any protocol, at a moment.
pub(crate) trait Stage {
    fn moment(&self) -> Moment;
    fn events(&self) -> u32;
    fn hash(&self) -> u64;
    fn network(&self) -> &Network;
    fn neighbours(&self, node: NodeId) -> &[NodeId];
    fn condition(&self, node: NodeId) -> Condition;
    fn manner(&self, node: NodeId) -> Manner;
    fn face(&self, node: NodeId) -> Option<Face>;
    /// Name, by which event armed, when due.
    fn timers(&self, node: NodeId) -> Vec<(&'static str, EventId, Time)>;
    fn unsynced(&self, node: NodeId) -> usize;
    fn latest(&self, node: NodeId) -> EventId;
    fn clock(&self, node: NodeId) -> &Clock;
    fn disk(&self, node: NodeId) -> (Span, bool);
    fn durable(&self, node: NodeId) -> &dyn ErasedSerialize;
    fn volatile(&self, node: NodeId) -> Option<&dyn ErasedSerialize>;
    fn in_flight(&self) -> Vec<MailNow>;
    /// A copy, to go another way.
    fn fork(&self) -> Box<dyn Stage>;
    fn size(&self) -> usize;
    fn states(&self) -> u64;
    fn letters(&self) -> Vec<(MsgName, u64)>;
    fn deliver(&mut self, name: MsgName);
    fn reseed(&mut self, seed: Seed);
}

/// The events of a run of any protocol, ready to be played again in part.
pub(crate) trait Again {
    /// Plays some of them, and shows the world that each left.
    fn play(&self, keep: &[EventId], see: &mut dyn FnMut(EventId, &dyn Stage)) -> Excerpt;
}

/// A client's operation.
pub(crate) struct Invoked<'a> {
    pub id: OpId,
    pub node: NodeId,
    pub op: &'a dyn ErasedSerialize,
    pub invoked: (EventId, Time),
    pub answer: Option<(EventId, Time, &'a dyn ErasedSerialize)>,
}

/// What the trace does not keep.
pub(crate) enum Seen<'a> {
    /// A message was sent that says this.
    Sent(&'a dyn ErasedSerialize),
    /// An event is over, which left things so.
    Over(EventId, &'a dyn Stage),
}

/// What a run starts from.
pub(crate) struct Outset<'a> {
    pub scenario: &'a Scenario,
    pub bugs: Bugs,
    pub cast: &'a Cast,
    pub network: Network,
    /// All that is planned, in the order it is written; and which stretches of it are not for fixed moments, but for clients
    /// that wait for answers.
    pub timeline: &'a mut dyn Iterator<Item = Planned<Value>>,
    pub loops: Vec<Looped>,
    /// Whether to keep the run's hash.
    pub hashing: bool,
}

/// What of a plan a client asks in a closed loop, and how.
pub(crate) struct Looped {
    pub asks: Range<usize>,
    pub from: Time,
    pub until: Time,
    pub think: Span,
    pub patience: Span,
}

/// Which of the interventions has an operation that the protocol does not understand, and why.
pub(crate) struct Misunderstood(pub usize, pub Error);

/// A run that has just begun.
pub(crate) struct Begun {
    pub player: Box<dyn Player>,
    /// What clients may count on with these settings.
    pub promise: Option<Level>,
}

/// Why a run cannot start.
pub(crate) enum Obstacle {
    Settings(Unplayable),
    Timeline(Misunderstood),
}

/// Starts a run of a protocol.
pub(crate) fn start<L: Listed>(outset: Outset) -> Result<Begun, Obstacle> {
    let parse = |settings| serde_json::from_value::<<L::Of as Entry>::Config>(cast::over(L::USUAL, settings));
    let Outset { scenario, bugs, cast, network, timeline, loops, hashing } = outset;
    let blame = |error| Obstacle::Settings(cast::blame(&scenario.config, &error, &|one| parse(one).err()));
    let config = parse(cast::settings(&scenario.config)).map_err(blame)?;
    let impossible =
        |it: Impossible| Obstacle::Settings(Unplayable::new(it.reason).within(it.setting).within("config"));
    let nodes = L::processes(&config, bugs, cast).map_err(impossible)?;
    let mut timeline = typed_all::<L::Of>(timeline).map_err(Obstacle::Timeline)?;
    let loops = take_loops(&mut timeline, loops);
    let world = World::new(Setup {
        seed: Seed(scenario.seed),
        nodes,
        topology: scenario.topology.clone(),
        network,
        disk: (scenario.disk, scenario.disk_lies),
        hashing,
    });
    let player = Box::new(Recording::<L::Of, <L::Of as Entry>::Monitor>::planned(world, timeline, loops, L::measure));
    Ok(Begun { player, promise: L::promise(&config) })
}

/// Takes the stretches out that closed loops ask, the last one first: those before it stay where they are.
fn take_loops<Op>(timeline: &mut Vec<Planned<Op>>, loops: Vec<Looped>) -> Vec<ClosedLoop<Op>> {
    let taken = loops.into_iter().rev().map(|Looped { asks, from, until, think, patience }| {
        let asks = timeline.drain(asks).map(|planned| planned.what).collect();
        ClosedLoop { from, until, think, patience, asks }
    });
    let mut taken: Vec<_> = taken.collect();
    taken.reverse();
    taken
}

fn typed<P: Entry>(what: Intervention<Value>) -> Result<Intervention<P::Op>, Error> {
    what.try_map_op(serde_json::from_value)
}

fn typed_all<P: Entry>(
    planned: &mut dyn Iterator<Item = Planned<Value>>,
) -> Result<Vec<Planned<P::Op>>, Misunderstood> {
    let mut all = Vec::new();
    for Planned { when, what } in planned {
        let what = typed::<P>(what).map_err(|error| Misunderstood(all.len(), error))?;
        all.push(Planned { when, what });
    }
    Ok(all)
}

/// Reads every message that is sent. When it is enough, that is said at the end of the event.
struct Reader<'a, 'b>(&'a RefCell<&'b mut See<'b>>);

type See<'a> = dyn FnMut(Seen) -> ControlFlow<()> + 'a;

impl<P: Entry> Recorder<P> for Reader<'_, '_> {
    fn sent(&mut self, _sent: Sent, body: &P::Msg) {
        let _at_the_end_of_the_event = (self.0.borrow_mut())(Seen::Sent(body));
    }
}

impl<P: Entry> Player for Recording<P, P::Monitor> {
    fn stage(&self) -> &dyn Stage {
        self.world()
    }
    fn stage_after(&self, events: u32) -> Box<dyn Stage> {
        Box::new(self.world_after(events))
    }
    fn trace(&self) -> &Trace {
        self.trace()
    }
    fn recorded_until(&self) -> Time {
        self.recorded_until()
    }
    fn digest(&self, event: EventId) -> Option<u64> {
        self.digest(event)
    }
    fn violations(&self) -> &[Violation] {
        self.violations()
    }
    fn curves(&self) -> Vec<Sample> {
        self.curves()
    }
    fn message(&self, id: MsgId, see: &mut dyn FnMut(&dyn ErasedSerialize)) {
        if let Some(message) = self.message(id) {
            see(&message);
        }
    }
    fn operations(&self, see: &mut dyn FnMut(Invoked)) {
        for operation in self.history().operations() {
            let answer = operation.answer.as_ref();
            see(Invoked {
                id: operation.id,
                node: operation.node,
                op: &operation.op,
                invoked: operation.invoked,
                answer: answer.map(|(event, at, ret)| (*event, *at, ret as &dyn ErasedSerialize)),
            });
        }
    }

    fn review(&self, events: Range<u32>, see: &mut dyn FnMut(Seen) -> ControlFlow<()>) {
        let see = RefCell::new(see);
        let over = &mut |event, world: &World<P>| (see.borrow_mut())(Seen::Over(event, world));
        self.review(events, &mut Reader(&see), over);
    }

    fn watch(&self, events: Range<u32>, see: &mut dyn FnMut(EventId, &dyn Stage)) {
        self.review(events, &mut (), &mut |event, world: &World<P>| {
            see(event, world);
            ControlFlow::Continue(())
        });
    }
    fn stretch(&self, events: u32) -> Range<u32> {
        self.stretch(events)
    }
    fn excerpts(&self, events: u32) -> Box<dyn Again> {
        Box::new(self.excerpts(events))
    }

    fn advance(&mut self, until: Time, budget: u32) -> Played {
        self.advance(until, budget)
    }
    fn fast_forward(&mut self, to: Cursor, most: u32) {
        self.fast_forward(to.events, to.time, most);
    }
    fn step(&mut self) -> bool {
        self.step().is_some()
    }
    fn seek(&mut self, events: u32) {
        self.seek(events);
    }
    fn seek_time(&mut self, time: Time) {
        self.seek_time(time);
    }
    fn intervene(&mut self, what: Intervention<Value>) -> Result<(EventId, Moment), Error> {
        let what = typed::<P>(what)?;
        let event = self.intervene(what);
        let moment = self.deeds().next_back().map_or_else(|| self.world().moment(), |deed| deed.when);
        Ok((event, moment))
    }
    fn deeds(&self) -> usize {
        self.deeds().len()
    }
    fn replay_deeds(&mut self, deeds: &mut dyn Iterator<Item = Planned<Value>>) -> Result<(), Misunderstood> {
        typed_all::<P>(deeds).map(|deeds| self.replay_deeds(deeds))
    }
    fn undo(&mut self) -> bool {
        self.undo()
    }
}

impl<P: Entry> Again for Excerpts<P, P::Monitor> {
    fn play(&self, keep: &[EventId], see: &mut dyn FnMut(EventId, &dyn Stage)) -> Excerpt {
        self.play(keep, &mut |event, world| see(event, world))
    }
}

impl<P: Entry> Stage for World<P> {
    fn moment(&self) -> Moment {
        self.moment()
    }
    fn events(&self) -> u32 {
        self.events()
    }
    fn hash(&self) -> u64 {
        self.hash()
    }
    fn network(&self) -> &Network {
        self.network()
    }
    fn neighbours(&self, node: NodeId) -> &[NodeId] {
        self.neighbours(node)
    }
    fn condition(&self, node: NodeId) -> Condition {
        self.condition(node)
    }
    fn manner(&self, node: NodeId) -> Manner {
        self.manner(node)
    }
    fn face(&self, node: NodeId) -> Option<Face> {
        self.face(node)
    }
    fn timers(&self, node: NodeId) -> Vec<(&'static str, EventId, Time)> {
        self.timers(node).map(|(timer, cause, due)| (P::timer_name(timer), cause, due)).collect()
    }
    fn unsynced(&self, node: NodeId) -> usize {
        self.unsynced(node)
    }
    fn latest(&self, node: NodeId) -> EventId {
        self.latest(node)
    }
    fn clock(&self, node: NodeId) -> &Clock {
        self.clock(node)
    }
    fn disk(&self, node: NodeId) -> (Span, bool) {
        self.disk(node)
    }
    fn durable(&self, node: NodeId) -> &dyn ErasedSerialize {
        self.node(node).disk()
    }
    fn volatile(&self, node: NodeId) -> Option<&dyn ErasedSerialize> {
        self.node(node).volatile()
    }
    fn in_flight(&self) -> Vec<MailNow> {
        let mut all = Vec::new();
        for (due, Mail { id, name, body, sent, doomed, lie, .. }) in self.in_flight() {
            let (tag, doomed, lie) = (P::tag(body), *doomed, *lie);
            all.push(MailNow { id: *id, name: *name, tag, sent: *sent, due, doomed, lie });
        }
        all
    }
    fn fork(&self) -> Box<dyn Stage> {
        Box::new(self.clone())
    }
    fn size(&self) -> usize {
        self.size()
    }
    fn states(&self) -> u64 {
        self.states()
    }
    fn letters(&self) -> Vec<(MsgName, u64)> {
        self.letters().collect()
    }
    fn deliver(&mut self, name: MsgName) {
        let mut nobody: &mut dyn Recorder<P> = &mut ();
        self.deliver(name, &mut nobody);
    }
    fn reseed(&mut self, seed: Seed) {
        self.reseed(seed);
    }
}
