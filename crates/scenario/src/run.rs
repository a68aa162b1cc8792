//! A run of any protocol as a [`Session`].

use crate::check::{MOST_PLANNED, Unplayable, check_interventions};
use crate::expectation::{self, Known};
use crate::find::Glimpse;
use crate::model::{Scenario, Workload};
use crate::performance::ledger::Ledger;
use crate::player::{Begun, Invoked, Looped, Misunderstood, Obstacle, Outset, Player, Seen, Stage};
use crate::session::{
    Cursor, MailNow, NodeNow, OpNow, Outcome, Passage, Progress, Refusal, Session, StateNow, TimerNow,
};
use crate::state::tree;
use crate::theory::Configuration;
use crate::tree::Tree;
use crate::verdicts::{Judged, judge};
use crate::why::{self, Both, Excerpts, Field, Shape, Write, look};
use crate::workload::Turns;
use crate::{JUDGED_WITHIN, LONGEST_RUN, cast, names};
use netsplit_check::verdict::Level;
use netsplit_protocols::{About, Cast};
use netsplit_query::Sight;
use netsplit_sim::{
    Condition, EventId, Intervention, MsgId, Network, NodeId, Planned, Played, Sample, Seed, Time, Trace, Violation,
    causality, in_order,
};
use serde_json::Value;
use std::cell::{OnceCell, Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};

/// A run.
pub(crate) struct Run {
    about: &'static About,
    scenario: Scenario,
    names: Vec<String>,
    parts: Vec<usize>,
    player: Box<dyn Player>,
    promise: Option<Level>,
    /// What people did, as they said it.
    interventions: Vec<Planned<Tree>>,
    /// What is known of the scenario's expectations: to look is to recompute a moment.
    known: RefCell<Known>,
    /// Which consistency models explain what clients saw by the end: searched for once, also if the search gives up.
    judged: OnceCell<Vec<Judged>>,
    /// What measures need beyond the trace: it is gone through when somebody asks.
    ledger: RefCell<Ledger>,
}

/// What a protocol starts a run with.
pub(crate) type Start = fn(Outset) -> Result<Begun, Obstacle>;

impl Run {
    pub fn start(scenario: Scenario, about: &'static About, start: Start, hashing: bool) -> Result<Run, Unplayable> {
        let cast = cast::cast(&scenario, about);
        let names = names::names(about, &scenario);
        let Begun { player, promise } = play(&scenario, about, &names, &cast, start, hashing)?;
        Ok(Run {
            about,
            known: RefCell::new(Known::nothing(&scenario)),
            judged: OnceCell::new(),
            ledger: RefCell::default(),
            scenario,
            names,
            parts: cast.parts,
            player,
            promise,
            interventions: Vec::new(),
        })
    }

    fn stage(&self) -> &dyn Stage {
        self.player.stage()
    }
    fn glimpse<'a>(&'a self, stage: &'a dyn Stage) -> Glimpse<'a> {
        Glimpse { stage, player: &*self.player, names: &self.names }
    }
    fn forget_known(&mut self) {
        *self.known.get_mut() = Known::nothing(&self.scenario);
        self.judged = OnceCell::new();
        self.ledger.take();
    }
    fn has(&self, node: NodeId) -> bool {
        node.index() < self.names.len()
    }

    fn state_in(&self, stage: &dyn Stage, node: NodeId) -> Option<StateNow> {
        if !self.has(node) {
            return None;
        }
        let latest = stage.latest(node);
        let clock = stage.clock(node);
        let (disk, disk_lies) = stage.disk(node);
        Some(StateNow {
            durable: tree(stage.durable(node), &self.names),
            volatile: stage.volatile(node).map(|state| tree(state, &self.names)),
            clock: clock.read(stage.moment().at),
            drift: clock.drift(),
            disk,
            disk_lies,
            lamport: self.trace().event(latest).map_or(0, |row| row.lamport),
            vector: causality::vector(self.trace(), latest, self.names.len()),
        })
    }

    fn both_in(&self, stage: &dyn Stage, node: NodeId) -> Both {
        Both {
            durable: tree(stage.durable(node), &self.names),
            volatile: stage.volatile(node).map(|state| tree(state, &self.names)),
        }
    }

    fn node_now(&self, node: NodeId) -> NodeNow {
        let stage = self.stage();
        let timer = |(name, cause, due)| {
            let armed = self.trace().event(cause).map_or(Time::ZERO, |row| row.at);
            TimerNow { name, armed, due }
        };
        NodeNow {
            id: node,
            condition: stage.condition(node),
            manner: stage.manner(node),
            face: stage.face(node),
            timers: stage.timers(node).into_iter().map(timer).collect(),
            unsynced: stage.unsynced(node),
            latest: stage.latest(node).some(),
        }
    }

    fn op_now(&self, operation: &Invoked) -> OpNow {
        let now = self.stage().events();
        let answer = operation.answer.as_ref().filter(|(event, ..)| event.0 < now);
        OpNow {
            id: operation.id,
            node: operation.node,
            op: tree(operation.op, &self.names),
            invoked: operation.invoked,
            answer: answer.map(|(event, at, ret)| (*event, *at, tree(*ret, &self.names))),
        }
    }
}

fn play(
    scenario: &Scenario,
    about: &'static About,
    names: &[String],
    cast: &Cast,
    start: Start,
    hashing: bool,
) -> Result<Begun, Unplayable> {
    let plan = Plan { scenario, names };
    let timeline = &mut plan.whole().map(|planned| cast::planned(&planned, about, names));
    let (bugs, network) = (cast::bugs(&scenario.bugs, about), cast::network(scenario));
    start(Outset { scenario, bugs, cast, network, timeline, loops: plan.loops(), hashing }).map_err(|obstacle| {
        match obstacle {
            Obstacle::Settings(unplayable) => unplayable,
            Obstacle::Timeline(Misunderstood(index, error)) => plan.blame(index, cast::misunderstood(about, &error)),
        }
    })
}

/// All that a scenario plans, in the order it is written: faults, then each workload.
#[derive(Clone, Copy)]
struct Plan<'a> {
    scenario: &'a Scenario,
    names: &'a [String],
}

impl<'a> Plan<'a> {
    fn whole(self) -> impl Iterator<Item = Planned<Tree>> + 'a {
        self.scenario.timeline.iter().cloned().chain(self.workloads().flat_map(Turns::operations))
    }

    fn workloads(self) -> impl Iterator<Item = Turns<'a>> {
        let Plan { scenario, names } = self;
        let seed = Seed(scenario.seed);
        let turns = move |(number, workload)| Turns { workload, number, seed, names };
        scenario.workload.iter().enumerate().map(turns)
    }

    /// Which stretches of the whole clients ask in closed loops.
    fn loops(self) -> Vec<Looped> {
        let mut end = self.scenario.timeline.len();
        let looped = self.workloads().filter_map(|turns| {
            let begin = end;
            end += turns.count() as usize;
            let Workload { from, until, every, patience, .. } = *turns.workload;
            patience.map(|patience| Looped { asks: begin..end, from, until, think: every, patience })
        });
        looped.collect()
    }

    /// Says where in the scenario the entry of that index comes from.
    fn blame(self, index: usize, unplayable: Unplayable) -> Unplayable {
        let Some(mut turn) = index.checked_sub(self.scenario.timeline.len()).map(|turn| turn as u64) else {
            return unplayable.within("op").within(index).within("timeline");
        };
        for turns in self.workloads() {
            if turn < turns.count() {
                let form = turns.form(turn);
                return unplayable.within(form).within("ops").within(turns.number).within("workload");
            }
            turn -= turns.count();
        }
        unplayable
    }
}

impl Session for Run {
    fn scenario(&self) -> &Scenario {
        &self.scenario
    }
    fn about(&self) -> &'static About {
        self.about
    }
    fn promise(&self) -> Option<Level> {
        self.promise
    }
    fn names(&self) -> &[String] {
        &self.names
    }
    fn parts(&self) -> &[usize] {
        &self.parts
    }

    fn cursor(&self) -> Cursor {
        Cursor { events: self.stage().events(), time: self.stage().moment().at }
    }
    fn trace(&self) -> &Trace {
        self.player.trace()
    }
    fn recorded_until(&self) -> Time {
        self.player.recorded_until()
    }
    fn advance(&mut self, until: Time, budget: u32) -> Progress {
        let room = LONGEST_RUN.saturating_sub(self.stage().events());
        match self.player.advance(until, budget.min(room)) {
            Played::Reached => Progress::Reached,
            Played::Violated => Progress::Violated,
            Played::OutOfBudget if budget >= room => Progress::Full,
            Played::OutOfBudget => Progress::Paused,
        }
    }
    fn fast_forward(&mut self, to: Cursor) {
        self.player.fast_forward(to, LONGEST_RUN);
    }
    fn plan(&mut self, interventions: &[Planned<Tree>]) -> Result<(), Unplayable> {
        check_interventions(&self.scenario, self.about, interventions)?;
        let deeds = &mut interventions.iter().map(|planned| cast::planned(planned, self.about, &self.names));
        let misunderstood = |Misunderstood(index, error)| {
            let unplayable = cast::misunderstood(self.about, &error);
            unplayable.within("op").within(index)
        };
        self.player.replay_deeds(deeds).map_err(misunderstood)?;
        self.interventions = in_order(interventions.to_vec());
        Ok(())
    }
    fn step(&mut self) -> bool {
        self.stage().events() < LONGEST_RUN && self.player.step()
    }
    fn seek(&mut self, events: u32) {
        self.player.seek(events);
    }
    fn seek_time(&mut self, time: Time) {
        self.player.seek_time(time);
    }

    fn nodes(&self) -> Vec<NodeNow> {
        (0..self.names.len() as u16).map(|node| self.node_now(NodeId(node))).collect()
    }
    fn state(&self, node: NodeId) -> Option<StateNow> {
        self.state_in(self.stage(), node)
    }
    fn state_before(&self, node: NodeId) -> Option<StateNow> {
        let latest = self.has(node).then(|| self.stage().latest(node))?.some()?;
        self.state_in(&*self.player.stage_after(latest.0), node)
    }
    fn passages(&self, events: &[EventId], changes: bool) -> Vec<Passage> {
        let (mut passages, mut known) = (Vec::new(), BTreeMap::new());
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return passages };
        let rows = || events.iter().filter_map(|event| self.trace().event(*event));
        // Where states are compared, those before are wanted too.
        let befores: BTreeSet<EventId> = rows().filter_map(|row| row.before.some()).filter(|_| changes).collect();
        if befores.first().is_some_and(|before| before < first) {
            let stage = self.player.stage_after(first.0);
            for node in rows().filter(|row| row.before < *first).filter_map(|row| row.somewhere()) {
                known.entry(node).or_insert_with(|| self.both_in(&*stage, node));
            }
        }
        self.player.watch(first.0..last.0 + 1, &mut |event, stage| {
            let (wanted, before) = (events.binary_search(&event).is_ok(), befores.contains(&event));
            let Some(node) = self.trace().event(event).and_then(|row| row.somewhere()).filter(|_| wanted || before)
            else {
                return;
            };
            let now = changes.then(|| self.both_in(stage, node));
            if wanted {
                let face = (stage.condition(node) == Condition::Up).then(|| stage.face(node)).flatten();
                // Before its first event a node has no state.
                let both = known.get(&node).zip(now.as_ref());
                let changes = both.map_or_else(Vec::new, |(before, now)| why::changes(before, now));
                passages.push(Passage { event, face, changes });
            }
            known.extend(now.map(|now| (node, now)));
        });
        passages
    }
    fn writes(&self, node: NodeId, field: &Field, events: Range<u32>) -> Vec<Write> {
        let mut writes = Vec::new();
        if !self.has(node) {
            return writes;
        }
        // Before its first event a node has no state.
        let earlier = causality::latest_at(self.trace(), node, events.start).is_some();
        let mut was = match earlier {
            true => look(&*self.player.stage_after(events.start), node, field, &self.names),
            false => Shape::Absent,
        };
        self.player.watch(events, &mut |event, stage| {
            if stage.latest(node) == event {
                let is = look(stage, node, field, &self.names);
                if is != was {
                    writes.push(Write { event, was: std::mem::replace(&mut was, is.clone()), is });
                }
            }
        });
        writes
    }
    fn stretch(&self, events: u32) -> Range<u32> {
        self.player.stretch(events.min(self.trace().len()))
    }
    fn excerpts(&self, events: u32) -> Option<Excerpts> {
        Some(Excerpts::new(self.player.excerpts(events), self.names.clone()))
    }
    fn in_flight(&self) -> Vec<MailNow> {
        let mut mail = self.stage().in_flight();
        mail.sort_unstable_by_key(|mail| mail.id);
        mail
    }
    fn message(&self, id: MsgId) -> Option<Value> {
        let mut says = None;
        self.player.message(id, &mut |message| says = Some(tree(message, &self.names)));
        says
    }
    fn bodies(&self, events: Range<u32>, see: &mut dyn FnMut(MsgId, Value)) {
        let mut next = MsgId(self.trace().sent_before(events.start));
        self.player.review(events, &mut |seen| {
            if let Seen::Sent(body) = seen {
                see(next, tree(body, &self.names));
                next.0 += 1;
            }
            ControlFlow::Continue(())
        });
    }
    fn network(&self) -> &Network {
        self.stage().network()
    }
    fn neighbours(&self, node: NodeId) -> &[NodeId] {
        if self.has(node) { self.stage().neighbours(node) } else { &[] }
    }
    fn hash(&self) -> u64 {
        self.stage().hash()
    }
    fn digest(&self, event: EventId) -> Option<u64> {
        self.player.digest(event)
    }
    fn configuration(&self) -> Option<Configuration> {
        Some(Configuration::of(self.stage()))
    }
    fn history(&self) -> Vec<OpNow> {
        let events = self.stage().events();
        let mut so_far = Vec::new();
        self.player.operations(&mut |operation| {
            if operation.invoked.0.0 < events {
                so_far.push(self.op_now(&operation));
            }
        });
        so_far
    }
    fn violations(&self) -> &[Violation] {
        self.player.violations()
    }
    fn curves(&self) -> Vec<Sample> {
        self.player.curves()
    }
    fn ledger(&self, budget: u32) -> Ref<'_, Ledger> {
        self.ledger.borrow_mut().go_on(&*self.player, budget);
        self.ledger.borrow()
    }
    fn sight(&self) -> Box<dyn Sight + '_> {
        Box::new(self.glimpse(self.stage()))
    }
    fn sights(&self, after: Range<u32>, see: &mut dyn FnMut(&dyn Sight) -> ControlFlow<()>) {
        if after.start == 0 && !after.is_empty() && see(&self.glimpse(&*self.player.stage_after(0))).is_break() {
            return;
        }
        let events = after.start.saturating_sub(1)..after.end.saturating_sub(1);
        self.player.review(events, &mut |seen| match seen {
            Seen::Over(_, stage) => see(&self.glimpse(stage)),
            Seen::Sent(_) => ControlFlow::Continue(()),
        });
    }
    fn expectations(&self) -> Vec<Outcome> {
        let look = |at: Time| {
            let stage = self.player.stage_after(self.trace().first_after(at));
            let faces = (0..self.names.len() as u16).filter_map(|node| stage.face(NodeId(node)));
            faces.map(|face| face.role).collect()
        };
        let answered = || {
            let mut answered = 0;
            self.player.operations(&mut |operation| answered += u32::from(operation.answer.is_some()));
            answered
        };
        let search = || {
            let mut history = Vec::new();
            self.player.operations(&mut |operation| history.push(self.op_now(&operation)));
            let mut all = Vec::new();
            judge(self.about, &history, JUDGED_WITHIN, |judged| all.push(judged));
            all
        };
        let consistent = |level: Level| {
            let judged = self.judged.get_or_init(search);
            judged.iter().find(|judged| judged.level == level)?.holds()
        };
        let so_far = expectation::SoFar {
            recorded_until: self.recorded_until(),
            violations: self.violations(),
            roles_at: &look,
            answered: &answered,
            consistent: &consistent,
        };
        self.known.borrow_mut().outcomes(&self.scenario, &so_far)
    }

    fn intervene(&mut self, what: Intervention<Tree>) -> Result<EventId, Refusal> {
        if self.stage().events() >= LONGEST_RUN {
            return Err(Refusal::Full(LONGEST_RUN));
        }
        if self.interventions.len() >= MOST_PLANNED {
            return Err(Refusal::TooMany(MOST_PLANNED));
        }
        let mut planned = Planned { when: self.stage().moment(), what };
        check_interventions(&self.scenario, self.about, std::slice::from_ref(&planned))?;
        let read = cast::intervention(planned.what.clone(), self.about, &self.names);
        let (event, moment) = self.player.intervene(read).map_err(|error| cast::misunderstood(self.about, &error))?;
        planned.when = moment; // nodes that had not started yet have by now
        self.interventions.truncate(self.player.deeds() - 1);
        self.interventions.push(planned);
        self.forget_known();
        Ok(event)
    }
    fn interventions(&self) -> &[Planned<Tree>] {
        &self.interventions
    }
    fn undo(&mut self) -> bool {
        let undone = self.player.undo();
        if undone {
            self.interventions.pop();
            self.forget_known();
        }
        undone
    }
}
