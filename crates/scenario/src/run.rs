//! A run of one protocol as a [`Session`].

use crate::cast;
use crate::check::{MOST_PLANNED, Unplayable, Within, check_interventions};
use crate::expectation::{self, Known};
use crate::model::Scenario;
use crate::session::{Cursor, MailNow, NodeNow, OpNow, Outcome, Progress, Refusal, Session, StateNow, TimerNow};
use crate::state::tree;
use crate::tree::Tree;
use crate::{LONGEST_RUN, names, workload};
use netsplit_protocols::{About, Entry, Impossible};
use netsplit_sim::{
    EventId, Intervention, MsgId, Network, NodeId, Operation, Planned, Played, Recording, Sample, Seed, Setup, Time,
    Trace, Violation, World, causality,
};
use serde_json::Value;
use std::cell::RefCell;

/// A run of one protocol.
pub(crate) struct Run<P: Entry> {
    scenario: Scenario,
    names: Vec<String>,
    parts: Vec<usize>,
    recording: Recording<P, P::Monitor>,
    /// What people did, as they said it.
    interventions: Vec<Planned<Tree>>,
    /// What is known of the scenario's expectations: to look is to recompute a moment.
    known: RefCell<Known>,
}

impl<P: Entry> Run<P> {
    pub fn start(scenario: Scenario, hashing: bool) -> Result<Run<P>, Unplayable> {
        let cast = cast::cast(&scenario, P::ABOUT);
        let names = names::names(P::ABOUT, &scenario);
        let config = cast::config::<P>(&scenario.config)?;
        let bugs = cast::bugs(&scenario.bugs, P::ABOUT);
        let impossible = |it: Impossible| Unplayable::new(it.reason).within(it.setting).within("config");
        let nodes = P::processes(&config, bugs, &cast).map_err(impossible)?;
        let timeline = timeline::<P>(&scenario, &names)?;
        let network = Network {
            link: scenario.link,
            timing: scenario.timing,
            special: scenario.special.iter().map(|(from, to, link)| ((*from, *to), *link)).collect(),
            ..Network::default()
        };
        let world = World::new(Setup {
            seed: Seed(scenario.seed),
            nodes,
            topology: scenario.topology.clone(),
            network,
            disk: (scenario.disk, scenario.disk_lies),
            hashing,
        });
        Ok(Run {
            known: RefCell::new(Known::nothing(&scenario)),
            scenario,
            names,
            parts: cast.parts,
            recording: Recording::measured(world, timeline, P::measure),
            interventions: Vec::new(),
        })
    }

    fn world(&self) -> &World<P> {
        self.recording.world()
    }
    fn forget_known(&mut self) {
        *self.known.get_mut() = Known::nothing(&self.scenario);
    }

    fn state_in(&self, world: &World<P>, node: NodeId) -> Option<StateNow> {
        if !world.has(node) {
            return None;
        }
        let process = world.node(node);
        let latest = world.latest(node);
        let clock = world.clock(node);
        let (disk, disk_lies) = world.disk(node);
        Some(StateNow {
            durable: tree(process.disk(), &self.names),
            volatile: process.volatile().map(|state| tree(state, &self.names)),
            clock: clock.read(world.now()),
            drift: clock.drift(),
            disk,
            disk_lies,
            lamport: self.trace().event(latest).map_or(0, |row| row.lamport),
            vector: causality::vector(self.trace(), latest, self.names.len()),
        })
    }

    fn node_now(&self, node: NodeId) -> NodeNow {
        let world = self.world();
        let timer = |(timer, cause, due)| {
            let armed = self.trace().event(cause).map_or(Time::ZERO, |row| row.at);
            TimerNow { name: P::timer_name(timer), armed, due }
        };
        NodeNow {
            id: node,
            condition: world.condition(node),
            face: world.face(node),
            timers: world.timers(node).map(timer).collect(),
            unsynced: world.unsynced(node),
            latest: world.latest(node).some(),
        }
    }

    fn op_now(&self, operation: &Operation<P>) -> OpNow {
        let now = self.world().events();
        let answer = operation.answer.as_ref().filter(|(event, ..)| event.0 < now);
        OpNow {
            id: operation.id,
            node: operation.node,
            op: tree(&operation.op, &self.names),
            invoked: operation.invoked,
            answer: answer.map(|(event, at, ret)| (*event, *at, tree(ret, &self.names))),
        }
    }
}

/// All that the scenario plans, in the order it is written: faults, then each workload.
fn timeline<P: Entry>(scenario: &Scenario, names: &[String]) -> Result<Vec<Planned<P::Op>>, Unplayable> {
    let mut timeline = cast::planned::<P>(&scenario.timeline, names).within("timeline")?;
    for (number, workload) in scenario.workload.iter().enumerate() {
        let operations = workload::operations::<P>(workload, number, Seed(scenario.seed), names);
        timeline.extend(operations.within(number).within("workload")?);
    }
    Ok(timeline)
}

impl<P: Entry> Session for Run<P> {
    fn scenario(&self) -> &Scenario {
        &self.scenario
    }
    fn about(&self) -> &'static About {
        P::ABOUT
    }
    fn names(&self) -> &[String] {
        &self.names
    }
    fn parts(&self) -> &[usize] {
        &self.parts
    }

    fn cursor(&self) -> Cursor {
        Cursor { events: self.world().events(), time: self.world().now() }
    }
    fn trace(&self) -> &Trace {
        self.recording.trace()
    }
    fn recorded_until(&self) -> Time {
        self.recording.recorded_until()
    }
    fn advance(&mut self, until: Time, budget: u32) -> Progress {
        let room = LONGEST_RUN.saturating_sub(self.world().events());
        match self.recording.advance(until, budget.min(room)) {
            Played::Reached => Progress::Reached,
            Played::Violated => Progress::Violated,
            Played::OutOfBudget if budget >= room => Progress::Full,
            Played::OutOfBudget => Progress::Paused,
        }
    }
    fn fast_forward(&mut self, to: Cursor) {
        self.recording.fast_forward(to.events, to.time, LONGEST_RUN);
    }
    fn plan(&mut self, interventions: &[Planned<Tree>]) -> Result<(), Unplayable> {
        check_interventions(&self.scenario, P::ABOUT, interventions)?;
        let deeds = cast::planned::<P>(interventions, &self.names)?;
        self.recording.replay_deeds(deeds);
        self.interventions = interventions.to_vec();
        self.interventions.sort_by_key(|planned| planned.when);
        Ok(())
    }
    fn step(&mut self) -> bool {
        self.world().events() < LONGEST_RUN && self.recording.step().is_some()
    }
    fn seek(&mut self, events: u32) {
        self.recording.seek(events);
    }
    fn seek_time(&mut self, time: Time) {
        self.recording.seek_time(time);
    }

    fn nodes(&self) -> Vec<NodeNow> {
        self.world().ids().map(|node| self.node_now(node)).collect()
    }
    fn state(&self, node: NodeId) -> Option<StateNow> {
        self.state_in(self.world(), node)
    }
    fn state_before(&self, node: NodeId) -> Option<StateNow> {
        let latest = self.world().has(node).then(|| self.world().latest(node))?.some()?;
        self.state_in(&self.recording.world_after(latest.0), node)
    }
    fn in_flight(&self) -> Vec<MailNow> {
        let now = |(due, mail): (Time, &netsplit_sim::Mail<P>)| MailNow {
            id: mail.id,
            name: mail.name,
            tag: P::tag(&mail.body),
            sent: mail.sent,
            due,
            doomed: mail.doomed,
        };
        let mut mail: Vec<MailNow> = self.world().in_flight().map(now).collect();
        mail.sort_unstable_by_key(|mail| mail.id);
        mail
    }
    fn message(&self, id: MsgId) -> Option<Value> {
        self.recording.message(id).map(|msg| tree(&msg, &self.names))
    }
    fn network(&self) -> &Network {
        self.world().network()
    }
    fn neighbours(&self, node: NodeId) -> &[NodeId] {
        if self.world().has(node) { self.world().neighbours(node) } else { &[] }
    }
    fn hash(&self) -> u64 {
        self.world().hash()
    }
    fn history(&self) -> Vec<OpNow> {
        let events = self.world().events();
        let operations = self.recording.history().operations();
        let so_far = operations.iter().take_while(|operation| operation.invoked.0.0 < events);
        so_far.map(|operation| self.op_now(operation)).collect()
    }
    fn violations(&self) -> &[Violation] {
        self.recording.violations()
    }
    fn curves(&self) -> Vec<Sample> {
        self.recording.curves()
    }
    fn expectations(&self) -> Vec<Outcome> {
        let look = |at: Time| {
            let world = self.recording.world_after(self.trace().first_after(at));
            world.ids().filter_map(|node| world.face(node)).map(|face| face.role).collect()
        };
        let answered = || {
            let operations = self.recording.history().operations();
            operations.iter().filter(|operation| operation.answer.is_some()).count() as u32
        };
        let so_far = expectation::SoFar {
            recorded_until: self.recorded_until(),
            violations: self.violations(),
            roles_at: &look,
            answered: &answered,
        };
        self.known.borrow_mut().outcomes(&self.scenario, &so_far)
    }

    fn intervene(&mut self, what: Intervention<Tree>) -> Result<EventId, Refusal> {
        if self.world().events() >= LONGEST_RUN {
            return Err(Refusal::Full(LONGEST_RUN));
        }
        if self.interventions.len() >= MOST_PLANNED {
            return Err(Refusal::TooMany(MOST_PLANNED));
        }
        let mut planned = Planned { when: self.world().moment(), what };
        check_interventions(&self.scenario, P::ABOUT, std::slice::from_ref(&planned))?;
        let typed = cast::intervention::<P>(planned.what.clone(), &self.names)?;
        let event = self.recording.intervene(typed);
        // Nodes that had not started yet have by now.
        planned.when = self.recording.deeds().next_back().map_or(planned.when, |deed| deed.when);
        self.interventions.truncate(self.recording.deeds().len() - 1);
        self.interventions.push(planned);
        self.forget_known();
        Ok(event)
    }
    fn interventions(&self) -> &[Planned<Tree>] {
        &self.interventions
    }
    fn undo(&mut self) -> bool {
        let undone = self.recording.undo();
        if undone {
            self.interventions.pop();
            self.forget_known();
        }
        undone
    }
}
