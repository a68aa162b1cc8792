//! A part of a run by itself: some of its events happen again, each at its time and with the same draws, and the others do
//! not. What a message says, and whether it is sent at all, then depends on the part alone: so one can ask what an outcome
//! needed.
//!
//! An event happens again if it can. A message must have been sent, in the same event as in the run; a timer must be armed,
//! and by the same event if it is not overdue; a write must have been made; a node must be up, and a link whole. What comes
//! from outside can always happen, and every node starts. So a part of a run is a run of the same processes on an
//! asynchronous network, in which all other messages are lost, and all other timers late.

use crate::history::History;
use crate::ids::{EventId, MsgName, NodeId, OpId};
use crate::intervention::Intervention;
use crate::invariant::{Monitor, Scene, Violation};
use crate::process::Protocol;
use crate::recorder::{Kind, Recorder};
use crate::recording::Recording;
use crate::time::Time;
use crate::trace::{Trace, Tracer, What};
use crate::world::{Aim, World};
use std::marker::PhantomData;

/// The events of a recorded run, ready to be played again in part.
pub struct Excerpts<P: Protocol, M> {
    /// Before its first event.
    world: World<P>,
    given: Vec<Given<P>>,
    /// The messages that the events sent: to whom, and how many had gone there before.
    sent: Vec<(NodeId, u32)>,
    monitor: PhantomData<M>,
}

/// What an event was given.
struct Given<P: Protocol> {
    at: Time,
    node: Option<NodeId>,
    /// What sent the message, armed the timer or wrote.
    cause: EventId,
    /// How many random choices its node had made.
    choices: u64,
    first_sent: u32,
    what: Input<P>,
}

enum Input<P: Protocol> {
    Boot,
    Mail(MsgName),
    Timer(P::Timer),
    Durable,
    /// With the number of the operation, if it is one.
    Fault(Intervention<P::Op>, Option<OpId>),
}

/// A part of a run, played.
#[derive(Debug)]
pub struct Excerpt {
    /// By the event's number here: which event of the run it is.
    pub came: Vec<EventId>,
    /// What happened here.
    pub trace: Trace,
    /// What was violated here, by the numbers of events here; the first of each invariant.
    pub violations: Vec<Violation>,
}

/// Takes note of what comes from outside.
struct Outside<P: Protocol> {
    fault: Option<Intervention<P::Op>>,
    op: Option<OpId>,
}

impl<P: Protocol> Recorder<P> for Outside<P> {
    fn event(&mut self, _id: EventId, _at: Time, _node: Option<NodeId>, _cause: EventId, kind: Kind<'_, P>) {
        if let Kind::Fault(what, Aim { nodes, .. }) = kind {
            self.fault = Some(what.aimed(nodes));
        }
    }
    fn invoked(&mut self, op: OpId, _node: NodeId, _what: &P::Op, _event: EventId, _at: Time) {
        self.op = Some(op);
    }
}

impl<P: Protocol, M: Monitor<P>> Recording<P, M> {
    /// The first `events` events, ready to be played again in part.
    pub fn excerpts(&self, events: u32) -> Excerpts<P, M> {
        let mut world = self.world_after(0);
        let mut excerpts = Excerpts { world: world.clone(), given: Vec::new(), sent: Vec::new(), monitor: PhantomData };
        excerpts.world.forsake();
        let mut choices = vec![0; world.size()];
        let mut outside = Outside { fault: None, op: None };
        self.repeat(&mut world, events.min(self.trace().len()), &mut outside, |event, timer, outside, world| {
            excerpts.note(self.trace(), event, timer, outside, &choices);
            if let Some(node) = self.trace().event(event).and_then(|row| row.somewhere()) {
                choices[node.index()] = world.choices(node);
            }
        });
        excerpts
    }
}

impl<P: Protocol, M> Excerpts<P, M> {
    fn note(
        &mut self,
        trace: &Trace,
        event: EventId,
        timer: Option<P::Timer>,
        outside: &mut Outside<P>,
        choices: &[u64],
    ) {
        let Some(row) = trace.event(event) else { return };
        let (fault, op) = (outside.fault.take(), outside.op.take());
        let what = match row.what {
            What::Deliver(id) => trace.message(id).map(|message| Input::Mail(message.name)),
            What::Timer(_) => timer.map(Input::Timer),
            What::Durable => Some(Input::Durable),
            What::Boot => Some(Input::Boot),
            What::Fault(_) => fault.map(|fault| Input::Fault(fault, op)),
        };
        let first_sent = self.sent.len() as u32;
        let own = trace.sent_by(event).filter(|(_, message)| message.cause == event && message.name.copy == 0);
        for (_, message) in own {
            if !self.sent[first_sent as usize..].iter().any(|(to, _)| *to == message.name.to) {
                self.sent.push((message.name.to, message.name.nth));
            }
        }
        let choices = row.somewhere().map_or(0, |node| choices[node.index()]);
        let what = what.expect("a row of the trace is what happened a moment ago");
        self.given.push(Given { at: row.at, node: row.somewhere(), cause: row.cause, choices, first_sent, what });
    }

    fn sent_in(&self, event: EventId) -> &[(NodeId, u32)] {
        let from = self.given[event.index()].first_sent as usize;
        let to = self.given.get(event.index() + 1).map_or(self.sent.len(), |next| next.first_sent as usize);
        &self.sent[from..to]
    }
}

impl<P: Protocol, M: Monitor<P>> Excerpts<P, M> {
    /// How many events there are.
    pub fn len(&self) -> u32 {
        self.given.len() as u32
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Plays the starts of all nodes and, of the other events, those in `keep`, in order, as far as they can happen. `see`
    /// is shown each, by its number in the run, with the world that it leaves.
    pub fn play(&self, keep: &[EventId], see: &mut dyn FnMut(EventId, &World<P>)) -> Excerpt {
        let mut part = Part {
            all: self,
            world: self.world.clone(),
            history: History::default(),
            monitor: M::default(),
            here: vec![EventId::NONE; self.given.len()],
            excerpt: Excerpt { came: Vec::new(), trace: Trace::default(), violations: Vec::new() },
        };
        let size = (self.world.size() as u32).min(self.len());
        let starts = (0..size).map(EventId);
        for event in starts.chain(keep.iter().copied().filter(|event| (size..self.len()).contains(&event.0))) {
            if part.happen(event) {
                see(event, &part.world);
            }
        }
        part.excerpt
    }
}

struct Part<'a, P: Protocol, M> {
    all: &'a Excerpts<P, M>,
    world: World<P>,
    history: History<P>,
    monitor: M,
    /// By the event's number in the run: its number here.
    here: Vec<EventId>,
    excerpt: Excerpt,
}

impl<P: Protocol, M: Monitor<P>> Part<'_, P, M> {
    /// Lets an event happen again; false if it cannot.
    fn happen(&mut self, event: EventId) -> bool {
        let given = &self.all.given[event.index()];
        self.world.pass(given.at);
        if let Some(node) = given.node {
            self.world.take_up(node, given.choices, self.all.sent_in(event));
        }
        let number = EventId(self.world.events());
        self.carry_out(given);
        if self.world.events() == number.0 {
            return false;
        }
        self.here[event.index()] = number;
        self.excerpt.came.push(event);
        let scene = Scene {
            world: &self.world,
            trace: &self.excerpt.trace,
            history: &self.history,
            event: number,
            node: given.node,
        };
        if let Err(violation) = self.monitor.after(&scene)
            && self.excerpt.violations.iter().all(|known| known.invariant != violation.invariant)
        {
            self.excerpt.violations.push(violation);
        }
        true
    }

    fn carry_out(&mut self, given: &Given<P>) {
        let mut tracer = Tracer::new(&mut self.excerpt.trace);
        let mut both = (&mut tracer, &mut self.history);
        let mut record: &mut dyn Recorder<P> = &mut both;
        let cause = given.cause.some().map_or(EventId::NONE, |cause| self.here[cause.index()]);
        match (&given.what, given.node) {
            (Input::Boot, _) => {
                self.world.boot_next(&mut record);
            }
            (Input::Fault(what, op), _) => {
                if let Some(op) = op {
                    self.world.number_ops_from(op.0);
                }
                self.world.apply(what, &mut record);
                self.world.distrust();
            }
            // What caused it has not happened here.
            (Input::Mail(_) | Input::Durable, _) if cause == EventId::NONE => {}
            (Input::Mail(name), _) => {
                self.world.deliver_again(*name, cause, &mut record);
            }
            (Input::Timer(timer), Some(node)) => {
                self.world.expire_again(node, *timer, cause, &mut record);
            }
            (Input::Durable, Some(node)) => {
                self.world.sync_again(node, cause, &mut record);
            }
            (Input::Timer(_) | Input::Durable, None) => {}
        }
    }
}
