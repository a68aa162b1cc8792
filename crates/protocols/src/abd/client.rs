//! A client: reads and writes registers, one operation after the other, each in two phases.

use super::{Abd, Bug, Line, Msg, Op, Register, Ret, Settings, Tag, Text, Timer, View};
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// What a client has on its disk before it uses it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientDisk {
    /// The highest number it has ever written with. A write that a crash cut short may have left its tag with a few
    /// servers, where the next query need not find it.
    pub used: u64,
}

/// A client. A crash leaves none of its operations.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Client {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: ClientDisk,
    /// The operation it works on.
    work: Option<Work>,
    /// Operations that wait for their turn.
    queue: VecDeque<Work>,
    /// The operation that ended last.
    ended: Option<Ended>,
}

/// An operation under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Work {
    /// Which.
    pub id: OpId,
    /// The key.
    pub key: Text,
    /// What it is to do.
    pub kind: Kind,
    /// How far it is.
    pub phase: Phase,
    /// The newest that was found; from the update on, what the servers are to take.
    pub register: Register,
    /// Who has answered in this phase.
    pub answered: BTreeSet<NodeId>,
}

/// What an operation does.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// It reads.
    Read,
    /// It writes this; nothing in a delete.
    Write(Option<Text>),
}

/// The phases of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// What is the newest?
    Query,
    /// Take this.
    Update,
}

/// An operation that has ended, for those who judge the run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Ended {
    /// Which.
    pub id: OpId,
    /// The key.
    pub key: Text,
    /// Whether it read.
    pub read: bool,
    /// What it read or wrote.
    pub register: Register,
}

impl Process<Abd> for Client {
    type Config = Settings;
    type Disk = ClientDisk;

    fn boot(settings: &Arc<Settings>, mut disk: ClientDisk, cx: &mut Cx<Abd>) -> Client {
        if disk.used > 0 {
            cx.line(Line::ClientRecovers);
        }
        if settings.broken(Bug::TagNotDurable) {
            disk.used = 0;
        }
        Client { settings: Fixed::new(settings), disk, work: None, queue: VecDeque::new(), ended: None }
    }

    fn disk(&self) -> &ClientDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Abd>) {
        let (key, kind) = match op {
            Op::Get { key } => (key, Kind::Read),
            Op::Put { key, value } => (key, Kind::Write(Some(value))),
            Op::Delete { key } => (key, Kind::Write(None)),
            Op::Cas { .. } => {
                cx.line(Line::NoCompareAndSet);
                return cx.reply(id, Ret::Unsupported);
            }
            Op::Keys {} => return cx.reply(id, Ret::Unsupported),
        };
        self.queue.push_back(Work::new(id, key, kind));
        self.next(cx);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Abd>) {
        match msg {
            Msg::Have { id, register } if self.awaits(id, Phase::Query) => self.on_have(from, register, cx),
            Msg::Ack { id } if self.awaits(id, Phase::Update) => self.on_ack(from, cx),
            _ => {} // the answer to a question that is over
        }
    }

    fn on_timer(&mut self, Timer::Retry: Timer, cx: &mut Cx<Abd>) {
        cx.line(Line::AskAgain);
        self.ask(cx);
    }

    fn view(&self) -> View<'_> {
        View::Client(self)
    }

    fn face(&self) -> Face {
        let Some(work) = &self.work else {
            return Face { role: "client", prominence: Prominence::Outside, ..Face::default() };
        };
        let phase = match (work.phase, &work.kind) {
            (Phase::Query, _) => "QUERY",
            (Phase::Update, Kind::Write(_)) => "WRITE",
            (Phase::Update, Kind::Read) => "BACK",
        };
        let (have, need) = (work.answered.len(), self.settings.enough());
        Face {
            role: "asking",
            prominence: Prominence::Striving,
            badge: Some(phase),
            headline: Some(("tag", work.register.tag.number)),
            levels: vec![Level { tone: work.register.tag.number, value: have as u64, of: need as u64 }],
            ring: Some("retry"),
            note: Some(format!("{}: {have} of {need} have answered", self.asked(work))),
            ..Face::default()
        }
    }
}

impl Work {
    fn new(id: OpId, key: Text, kind: Kind) -> Work {
        Work { id, key, kind, phase: Phase::Query, register: Register::default(), answered: BTreeSet::new() }
    }
}

impl Client {
    /// Takes up the next operation, if none is under way.
    fn next(&mut self, cx: &mut Cx<Abd>) {
        if self.work.is_some() {
            return;
        }
        let Some(work) = self.queue.pop_front() else { return };
        let skips = work.kind != Kind::Read && self.settings.broken(Bug::NoQueryBeforeWrite);
        self.work = Some(work);
        if skips {
            return self.found(cx);
        }
        cx.line(Line::Query);
        self.ask(cx);
    }

    /// One more server tells what it has.
    fn on_have(&mut self, from: NodeId, register: Register, cx: &mut Cx<Abd>) {
        let enough = self.settings.enough();
        let Some(work) = &mut self.work else { return };
        work.answered.insert(from);
        if register.tag > work.register.tag {
            work.register = register;
        }
        if work.answered.len() >= enough {
            self.found(cx);
        }
    }

    /// The query is over: have a majority take what was found, or what is to be written under a higher tag.
    fn found(&mut self, cx: &mut Cx<Abd>) {
        let Some(work) = &mut self.work else { return };
        if let Kind::Write(value) = &work.kind {
            cx.line(Line::ChooseTag);
            let number = work.register.tag.number.max(self.disk.used).saturating_add(1);
            self.disk.used = number;
            work.register = Register { tag: Tag { number, writer: Some(cx.me) }, value: value.clone() };
        } else if self.settings.broken(Bug::NoWriteBack) {
            return self.end(cx);
        } else {
            cx.line(Line::WriteBack);
        }
        work.phase = Phase::Update;
        work.answered.clear();
        self.ask(cx);
    }

    /// One more server has what it was to take.
    fn on_ack(&mut self, from: NodeId, cx: &mut Cx<Abd>) {
        let enough = self.settings.enough();
        let Some(work) = &mut self.work else { return };
        work.answered.insert(from);
        if work.answered.len() >= enough {
            self.end(cx);
        }
    }

    fn end(&mut self, cx: &mut Cx<Abd>) {
        let Some(Work { id, key, kind, register, .. }) = self.work.take() else { return };
        cx.cancel_timer(Timer::Retry);
        let read = kind == Kind::Read;
        if read {
            cx.line(Line::EndRead);
            cx.reply(id, register.value.clone().map_or(Ret::Absent, Ret::Value));
        } else {
            cx.line(Line::EndWrite);
            cx.reply(id, Ret::Ok);
        }
        self.ended = Some(Ended { id, key, read, register });
        self.next(cx);
    }

    /// Asks the servers that have not answered.
    fn ask(&self, cx: &mut Cx<Abd>) {
        let Some(Work { id, key, phase, register, answered, .. }) = &self.work else { return };
        for server in self.settings.servers.iter().filter(|server| !answered.contains(server)) {
            let (id, key) = (*id, key.clone());
            cx.send(
                *server,
                match phase {
                    Phase::Query => Msg::Query { id, key },
                    Phase::Update => Msg::Update { id, key, register: register.clone() },
                },
            );
        }
        cx.set_timer(Timer::Retry, self.settings.config.retry..self.settings.config.retry);
    }

    fn awaits(&self, id: OpId, phase: Phase) -> bool {
        self.work.as_ref().is_some_and(|work| work.id == id && work.phase == phase)
    }

    fn asked(&self, work: &Work) -> String {
        let Work { key, kind, .. } = work;
        let more = if self.queue.is_empty() { String::new() } else { format!(" (and {} more)", self.queue.len()) };
        match kind {
            Kind::Read => format!("get {key}{more}"),
            Kind::Write(Some(value)) => format!("put {key}={value}{more}"),
            Kind::Write(None) => format!("delete {key}{more}"),
        }
    }

    /// The operation it works on.
    pub fn work(&self) -> Option<&Work> {
        self.work.as_ref()
    }
    /// Operations that wait for their turn.
    pub fn waiting(&self) -> impl DoubleEndedIterator<Item = OpId> {
        self.queue.iter().map(|work| work.id)
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
