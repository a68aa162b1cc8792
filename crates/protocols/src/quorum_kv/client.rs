//! A client: asks the homes of a key itself, and waits for as many as the level says (Dynamo's client-driven
//! coordination, DeCandia 2007, section 6.4).

use super::{
    Bug, Dot, Known, Line, Msg, Op, Order, QuorumKv, Ret, Settings, Siblings, Text, Timer, Trouble, View, Written,
};
use crate::shared::kv;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// What a client has on its disk before anybody hears of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct ClientDisk {
    /// How many writes of each key it has sent out: a name is never used twice.
    pub sent: Map<Text, u64>,
}

/// A client. One operation at a time is under way; when it is answered, its copies may still be on their way.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Client {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: ClientDisk,
    queue: VecDeque<(OpId, Op)>,
    work: Map<OpId, Work>,
    /// Of each key, the writes that it has been told of or has made: what its next write overwrites.
    knows: Map<Text, Known>,
    ended: Option<Ended>,
}

/// An operation.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Work {
    /// What.
    pub op: Op,
    /// How far it is.
    pub phase: Phase,
    /// What the answers so far come to; of a write, what is sent.
    pub siblings: Siblings,
    /// Who has answered in this phase: in a read, with what.
    answers: Map<NodeId, Siblings>,
    /// Homes whose copy another node holds.
    held: Set<NodeId>,
    /// Whether the client has its answer; what follows is for the homes that have not.
    done: bool,
}

/// The phases of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// What have you?
    Ask,
    /// Take this.
    Put,
    /// The primary does it.
    Primary,
}

/// An operation that has ended, for those who judge the run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Ended {
    /// Which.
    pub id: OpId,
    /// The key.
    pub key: Text,
    /// How.
    pub how: How,
}

/// How an operation ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum How {
    /// It read these versions.
    Read(Vec<Dot>),
    /// It is written.
    Wrote(Dot),
    /// Too few have answered.
    GaveUp,
}

impl Process<QuorumKv> for Client {
    type Config = Settings;
    type Disk = ClientDisk;

    fn boot(settings: &Arc<Settings>, disk: ClientDisk, cx: &mut Cx<QuorumKv>) -> Client {
        if disk != ClientDisk::default() {
            cx.line(Line::ClientRecovers);
        }
        Client {
            settings: Fixed::new(settings),
            disk,
            queue: VecDeque::new(),
            work: Map::new(),
            knows: Map::new(),
            ended: None,
        }
    }

    fn disk(&self) -> &ClientDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<QuorumKv>) {
        let compares = matches!(op, Op::Cas { .. });
        if matches!(op, Op::Keys {}) || compares && !self.settings.primary_decides() {
            return cx.reply(id, Ret::Key(kv::Ret::Unsupported));
        }
        self.queue.push_back((id, op));
        self.next(cx);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<QuorumKv>) {
        match msg {
            Msg::Have { id, siblings } => self.on_have(from, id, siblings, cx),
            Msg::Wrote { id } => self.on_wrote(id, from, false, cx),
            Msg::Held { id, home } => self.on_wrote(id, home, true, cx),
            Msg::Told { id, ret, how } => self.on_told(id, ret, how, cx),
            _ => {} // for nodes
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<QuorumKv>) {
        match timer {
            Timer::Hurry(id) => self.hurry(id, cx),
            Timer::GiveUp(id) => self.give_up(id, cx),
            Timer::Tick | Timer::Compare => {} // a node's
        }
    }

    fn view(&self) -> View<'_> {
        View::Client(self)
    }

    fn face(&self) -> Face {
        let Some((_, work)) = self.current() else {
            return Face { role: "client", prominence: Prominence::Outside, ..Face::default() };
        };
        let (badge, need) = match work.phase {
            Phase::Ask => ("READ", self.settings.read_quorum()),
            Phase::Put => ("WRITE", self.settings.write_quorum()),
            Phase::Primary => ("ASK", 1),
        };
        let have = work.answers.len();
        Face {
            role: "asking",
            prominence: Prominence::Striving,
            badge: Some(badge),
            levels: vec![Level { tone: need as u64, value: have as u64, of: need as u64 }],
            ring: Some("give up"),
            note: Some(format!("{}: {have} of {need} homes", work.op)),
            ..Face::default()
        }
    }
}

impl Client {
    /// Takes up the next operation, if none is under way.
    fn next(&mut self, cx: &mut Cx<QuorumKv>) {
        if self.current().is_some() {
            return;
        }
        let Some((id, op)) = self.queue.pop_front() else { return };
        let writes = !op.is_read();
        let phase = if self.settings.primary_decides() { Phase::Primary } else { Phase::Ask };
        let (siblings, answers, held) = Default::default();
        self.work.insert(id, Work { op, phase, siblings, answers, held, done: false });
        let patience = self.settings.config.patience;
        cx.set_timer(Timer::GiveUp(id), patience..patience);
        let asks_for_stamp =
            self.settings.config.order == Order::Timestamps && !self.settings.broken(Bug::LastWriteWins);
        match phase {
            Phase::Ask if writes && !asks_for_stamp => self.put(id, cx),
            Phase::Ask => cx.line(if writes { Line::AskForStamp } else { Line::AskHomes }),
            Phase::Put | Phase::Primary => cx.line(Line::AskPrimary),
        }
        self.ask(id, cx);
    }

    /// Gives a write its name, and what it overwrites: all that this client knows of.
    fn put(&mut self, id: OpId, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.work.get_mut(&id) else { return };
        cx.line(Line::SendWrite);
        let key = work.op.key().clone();
        let sent = self.disk.sent.entry(key.clone()).or_default();
        *sent = sent.saturating_add(1);
        let dot = Dot { writer: cx.me, number: *sent };
        let stamp = cx.clock().0.max(work.siblings.stamp().saturating_add(1));
        let knows = self.knows.entry(key).or_default();
        let overwrites = if self.settings.stamps_decide() { Known::default() } else { knows.clone() };
        knows.add(dot);
        work.siblings = Siblings::written(dot, Written { stamp, value: work.op.value().cloned() }, overwrites);
        work.phase = Phase::Put;
        work.answers.clear();
    }

    /// Asks those that have not answered.
    fn ask(&self, id: OpId, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.work.get(&id) else { return };
        let key = work.op.key().clone();
        let homes = self.settings.homes(&key);
        for home in homes.iter().copied().filter(|home| !work.answers.contains_key(home)) {
            let key = key.clone();
            match work.phase {
                Phase::Ask => cx.send(home, Msg::Read { id, key }),
                Phase::Put => cx.send(home, Msg::Write { id, key, siblings: work.siblings.clone() }),
                Phase::Primary if home == homes[0] => cx.send(home, Msg::Ask { id, op: work.op.clone() }),
                Phase::Primary => {}
            }
        }
        let hurry = self.settings.config.hurry;
        cx.set_timer(Timer::Hurry(id), hurry..hurry);
    }

    // --- A read, or a writer's question for the highest stamp

    fn on_have(&mut self, from: NodeId, id: OpId, siblings: Siblings, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.work.get_mut(&id).filter(|work| work.phase == Phase::Ask) else { return };
        self.settings.put_together(&mut work.siblings, &siblings);
        work.answers.insert(from, siblings);
        if !work.done && work.answers.len() >= self.settings.read_quorum() {
            if !work.op.is_read() {
                self.put(id, cx);
                return self.ask(id, cx);
            }
            self.end_read(id, cx);
        }
        if self.work.get(&id).is_some_and(|work| work.answers.len() == self.settings.home_count()) {
            self.repair(id, cx);
        }
    }

    /// Enough homes have answered.
    fn end_read(&mut self, id: OpId, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.work.get(&id) else { return };
        let (key, values) = (work.op.key().clone(), work.siblings.values());
        self.knows.entry(key).or_default().join(&work.siblings.known);
        let how = How::Read(work.siblings.dots());
        let ret = match <[Text; 1]>::try_from(values) {
            Ok([value]) => Ret::Key(kv::Ret::Value(value)),
            Err(none) if none.is_empty() => Ret::Key(kv::Ret::Absent),
            Err(several) => {
                cx.line(Line::Disagree);
                Ret::Trouble(Trouble::Disagree(several))
            }
        };
        cx.line(Line::EndRead);
        self.end(id, ret, how, cx);
    }

    /// Every home has answered a read, or has had the time to: those that had less are given the rest.
    fn repair(&mut self, id: OpId, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.close(id, cx) else { return };
        let behind = work.answers.iter().filter(|(_, siblings)| **siblings != work.siblings);
        for (home, _) in behind.filter(|_| self.settings.config.read_repair) {
            cx.line(Line::Repair);
            let (key, siblings) = (work.op.key().clone(), work.siblings.clone());
            cx.send(*home, Msg::Write { id, key, siblings });
        }
    }

    // --- A write

    /// A home has it on its disk, or another node holds it for that home.
    fn on_wrote(&mut self, id: OpId, home: NodeId, held: bool, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.work.get_mut(&id).filter(|work| work.phase == Phase::Put) else { return };
        if held {
            work.held.insert(home);
        } else {
            work.answers.insert(home, Siblings::default());
        }
        let has = |home: &&NodeId| !work.answers.contains_key(*home);
        let hints = if self.settings.broken(Bug::QuorumCountsHints) { work.held.iter().filter(has).count() } else { 0 };
        let enough = work.answers.len() + hints >= self.settings.write_quorum();
        let everywhere = work.held.iter().filter(has).count() + work.answers.len() == self.settings.home_count();
        if enough && !work.done {
            cx.line(Line::EndWrite);
            let how = work.siblings.dots().first().map_or(How::GaveUp, |dot| How::Wrote(*dot));
            self.end(id, Ret::Key(kv::Ret::Ok), how, cx);
        }
        if enough && everywhere {
            self.close(id, cx);
        }
    }

    /// Some have not answered in time: leave a write with others, for them; ask again.
    fn hurry(&mut self, id: OpId, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.work.get_mut(&id) else { return };
        if work.phase == Phase::Ask && work.done {
            return self.repair(id, cx);
        }
        cx.line(Line::AskAgain);
        let key = work.op.key().clone();
        if work.phase == Phase::Put && self.settings.config.hints {
            let missing = |home: &NodeId| !work.answers.contains_key(home) && !work.held.contains(home);
            let missing = self.settings.homes(&key).into_iter().filter(missing);
            for (home, other) in missing.zip(self.settings.stand_ins(&key).into_iter().cycle()) {
                cx.line(Line::LeaveHint);
                let (key, siblings) = (key.clone(), work.siblings.clone());
                cx.send(other, Msg::Hold { id, home, key, siblings });
            }
        }
        self.ask(id, cx);
    }

    // --- The end

    /// The primary has answered.
    fn on_told(&mut self, id: OpId, ret: Ret, how: How, cx: &mut Cx<QuorumKv>) {
        if self.work.get(&id).is_some_and(|work| work.phase == Phase::Primary) {
            cx.line(Line::TakeAnswer);
            self.end(id, ret, how, cx);
            self.close(id, cx);
        }
    }

    fn give_up(&mut self, id: OpId, cx: &mut Cx<QuorumKv>) {
        if self.work.get(&id).is_some_and(|work| !work.done) {
            cx.line(Line::GiveUp);
            self.end(id, Ret::Trouble(Trouble::Unavailable), How::GaveUp, cx);
        }
        self.close(id, cx);
    }

    fn end(&mut self, id: OpId, ret: Ret, how: How, cx: &mut Cx<QuorumKv>) {
        let Some(work) = self.work.get_mut(&id) else { return };
        work.done = true;
        self.ended = Some(Ended { id, key: work.op.key().clone(), how });
        cx.reply(id, ret);
        self.next(cx);
    }

    /// Nothing more is to be done for it.
    fn close(&mut self, id: OpId, cx: &mut Cx<QuorumKv>) -> Option<Work> {
        cx.cancel_timer(Timer::Hurry(id));
        cx.cancel_timer(Timer::GiveUp(id));
        self.work.remove(&id)
    }

    /// The operation that is not answered yet.
    pub fn current(&self) -> Option<(&OpId, &Work)> {
        self.work.iter().find(|(_, work)| !work.done)
    }
    /// Operations that are under way or answered only just.
    pub fn work(&self) -> &Map<OpId, Work> {
        &self.work
    }
    /// Operations that wait for their turn.
    pub fn waiting(&self) -> impl DoubleEndedIterator<Item = OpId> {
        self.queue.iter().map(|(id, _)| *id)
    }
    /// The operation that ended last.
    pub fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
