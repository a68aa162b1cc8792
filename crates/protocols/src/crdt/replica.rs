//! A replica: updates at once, tells its neighbours in turn, joins what they tell.

use super::{Bug, Crdt, Dot, Lattice, Line, LwwRegister, Msg, Op, Ret, Settings, State, Text, Timer, Type, Values};
use netsplit_sim::digest::digest;
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process, Span};
use serde::Serialize;
use std::sync::Arc;

/// What a replica has on its disk before anybody hears of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct ReplicaDisk {
    /// Its state.
    pub state: State,
    /// The highest number that it has used or heard of: the next dot is above it (Lamport 1978).
    pub clock: u64,
}

/// A replica.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Replica {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: ReplicaDisk,
    /// How many times it has sent its state: whose turn it is.
    sent: u64,
    /// The update that it made last; to remove what is not there is none.
    did: Option<Did>,
}

/// An update, for those who judge the run.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Did {
    /// Which.
    pub id: OpId,
    /// What.
    pub op: Op,
}

impl Process<Crdt> for Replica {
    type Config = Settings;
    type Disk = ReplicaDisk;

    fn boot(settings: &Arc<Settings>, mut disk: ReplicaDisk, cx: &mut Cx<Crdt>) -> Replica {
        if disk != ReplicaDisk::default() {
            cx.line(Line::Recover);
        }
        if settings.broken(Bug::ClockReset) {
            disk.clock = 0;
        }
        cx.set_timer(Timer::Exchange, Span::ZERO..settings.config.exchange); // not in step with others
        Replica { settings: Fixed::new(settings), disk, sent: 0, did: None }
    }

    fn disk(&self) -> &ReplicaDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Crdt>) {
        if !kind(&op).is_none_or(|kind| self.settings.keeps(kind)) {
            return cx.reply(id, Ret::Unsupported);
        }
        if op == (Op::Read {}) {
            cx.line(Line::Read);
            return cx.reply(id, Ret::Values(self.values()));
        }
        if self.update(&op, cx) {
            self.did = Some(Did { id, op });
        }
        cx.reply(id, Ret::Ok);
    }

    fn on_timer(&mut self, Timer::Exchange: Timer, cx: &mut Cx<Crdt>) {
        let neighbours = cx.neighbours;
        if !neighbours.is_empty() {
            cx.line(Line::Send);
            let turn = if self.settings.broken(Bug::SameNeighbour) { 0 } else { self.sent % neighbours.len() as u64 };
            cx.send(neighbours[turn as usize], Msg::State { state: self.disk.state.clone(), clock: self.disk.clock });
            self.sent += 1;
        }
        let exchange = self.settings.config.exchange;
        cx.set_timer(Timer::Exchange, exchange..exchange);
    }

    fn on_msg(&mut self, _from: NodeId, Msg::State { state, clock }: Msg, cx: &mut Cx<Crdt>) {
        let news = !state.within(&self.disk.state);
        cx.line(if news { Line::Join } else { Line::NothingNew });
        self.join(&state);
        self.disk.clock = self.disk.clock.max(clock);
    }

    fn view(&self) -> &Replica {
        self
    }

    fn face(&self) -> Face {
        let State { count, balance, set, register } = &self.disk.state;
        let mut strip = Vec::new();
        let mut cell = |kind, tone: u64, text: String| {
            if self.settings.keeps(kind) {
                strip.push(Cell { tone, solid: true, text });
            }
        };
        cell(Type::GCounter, count.value(), format!("Σ{}", count.value()));
        cell(Type::PnCounter, balance.value().unsigned_abs(), format!("±{}", balance.value()));
        let value = register.value.as_deref().unwrap_or("∅");
        cell(Type::LwwRegister, digest(value), value.chars().take(8).collect());
        for element in set.elements() {
            cell(Type::OrSet, digest(&*element), element.chars().take(8).collect());
        }
        let counted = |(replica, value): (NodeId, u64)| Level { tone: u64::from(replica.0), value, of: 0 };
        Face {
            role: "replica",
            headline: Some(("clock", self.disk.clock)),
            strip,
            levels: count.entries().map(counted).collect(),
            ring: Some("exchange"),
            ..Face::default()
        }
    }
}

/// The type that an operation is for; none if for all.
fn kind(op: &Op) -> Option<Type> {
    match op {
        Op::Count { .. } => Some(Type::GCounter),
        Op::Increment { .. } | Op::Decrement { .. } => Some(Type::PnCounter),
        Op::Add { .. } | Op::Remove { .. } => Some(Type::OrSet),
        Op::Assign { .. } => Some(Type::LwwRegister),
        Op::Read {} => None,
    }
}

impl Replica {
    /// Moves the state upward, by itself. Returns whether there was anything to do.
    fn update(&mut self, op: &Op, cx: &mut Cx<Crdt>) -> bool {
        let state = &mut self.disk.state;
        match op {
            Op::Count { by } => {
                cx.line(Line::Count);
                state.count.add(cx.me, *by)
            }
            Op::Increment { by } => {
                cx.line(Line::UpOrDown);
                state.balance.up.add(cx.me, *by)
            }
            Op::Decrement { by } => {
                cx.line(Line::UpOrDown);
                state.balance.down.add(cx.me, *by)
            }
            Op::Add { element } => {
                cx.line(Line::Add);
                let dot = self.next_dot(cx);
                self.disk.state.set.added.insert((element.clone(), dot));
                true // whoever uses a dot twice has been asked to add all the same
            }
            Op::Remove { element } => {
                cx.line(Line::Remove);
                self.remove(element)
            }
            Op::Assign { value } => {
                cx.line(Line::Assign);
                let dot = self.next_dot(cx);
                self.disk.state.register.join(&LwwRegister { dot, value: Some(value.clone()) });
                true
            }
            Op::Read {} => false,
        }
    }

    fn remove(&mut self, element: &Text) -> bool {
        let set = &mut self.disk.state.set;
        let seen = set.seen(element);
        if self.settings.broken(Bug::NoTombstone) {
            set.added.retain(|add| !seen.contains(add));
        } else {
            set.removed.extend(seen.iter().cloned());
        }
        !seen.is_empty()
    }

    fn next_dot(&mut self, cx: &Cx<Crdt>) -> Dot {
        self.disk.clock = self.disk.clock.saturating_add(1);
        Dot { number: self.disk.clock, replica: Some(cx.me) }
    }

    /// Becomes the least state above its own and the other.
    fn join(&mut self, other: &State) {
        let mine = &mut self.disk.state;
        if self.settings.broken(Bug::TiesKept) && mine.register.dot.number >= other.register.dot.number {
            mine.set.join(&other.set);
            mine.count.join(&other.count);
            mine.balance.join(&other.balance);
        } else if self.settings.broken(Bug::NonIdempotentMerge) {
            mine.count.join_by(&other.count, u64::saturating_add);
            mine.set.join(&other.set);
            mine.register.join(&other.register);
            mine.balance.join(&other.balance);
        } else {
            mine.join(other);
        }
    }

    /// What its state means.
    pub fn values(&self) -> Values {
        let State { count, balance, set, register } = &self.disk.state;
        let keeps = |kind| self.settings.keeps(kind);
        Values {
            count: keeps(Type::GCounter).then(|| count.value()),
            balance: keeps(Type::PnCounter).then(|| balance.value()),
            set: keeps(Type::OrSet).then(|| set.elements()),
            register: register.value.clone(),
        }
    }

    /// What is on its disk.
    pub fn disk(&self) -> &ReplicaDisk {
        &self.disk
    }
    /// Its state.
    pub fn state(&self) -> &State {
        &self.disk.state
    }
    /// The update that it made last.
    pub fn did(&self) -> Option<&Did> {
        self.did.as_ref()
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
