//! The replica: puts commands into slots, and performs what is decided in the order of slots.

use super::acceptor::SHOWN;
use super::{Command, Line, Msg, MultiPaxos, Op, Settings, Slot, Slots, Store, Timer, View};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// A replica. A crash leaves nothing of it: it begins with an empty store, and performs the log again.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replica {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: (),
    store: Store,
    /// The next slot in which it has not proposed anything yet.
    slot_in: Slot,
    /// The next slot for which it needs a decision to go on.
    slot_out: Slot,
    /// Commands that it has not proposed, or in vain.
    requests: VecDeque<Command>,
    /// What it has proposed, for slots that are not decided as far as it knows.
    proposals: Map<Slot, Command>,
    /// What is decided.
    decisions: Slots<Command>,
    /// The clients that wait for an answer here.
    clients: Set<OpId>,
}

impl Process<MultiPaxos> for Replica {
    type Config = Settings;
    type Disk = ();

    fn boot(settings: &Arc<Settings>, disk: (), _cx: &mut Cx<MultiPaxos>) -> Replica {
        Replica {
            settings: Fixed::new(settings),
            disk,
            store: Store::default(),
            slot_in: 1,
            slot_out: 1,
            requests: VecDeque::new(),
            proposals: Map::new(),
            decisions: Slots::default(),
            clients: Set::new(),
        }
    }

    fn disk(&self) -> &() {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<MultiPaxos>) {
        self.clients.insert(id);
        self.requests.push_back(Command { id, op: Arc::new(op) });
        self.propose(cx);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<MultiPaxos>) {
        match msg {
            Msg::Decision { slot, command } => self.on_decision(slot, command, cx),
            Msg::Alive { decided, .. } if decided >= self.slot_out => {
                cx.line(Line::AskMissing);
                cx.send(from, Msg::Missing { from: self.slot_out });
            }
            _ => {} // for leaders and acceptors
        }
    }

    /// No decision in time: perhaps no leader has heard of the proposal.
    fn on_timer(&mut self, _retry: Timer, cx: &mut Cx<MultiPaxos>) {
        if self.proposals.is_empty() {
            return;
        }
        cx.line(Line::ProposeAgain);
        for (slot, command) in &self.proposals {
            self.tell_leaders(*slot, command, cx);
        }
        self.wait(cx);
    }

    fn view(&self) -> View<'_> {
        View::Replica(self)
    }

    fn face(&self) -> Face {
        let known: Vec<(&Slot, &Command)> = self.decisions.iter().rev().take(SHOWN).collect();
        let cell = |(slot, command): &(&Slot, &Command)| Cell {
            tone: u64::from(command.id.0),
            solid: **slot < self.slot_out,
            text: format!("{slot}:{}", command.id.0),
        };
        let open = self.clients.len();
        Face {
            role: "replica",
            prominence: Prominence::Outside,
            headline: Some(("slot", self.slot_out - 1)),
            strip: known.iter().rev().map(cell).collect(),
            strip_start: self.decisions.len().saturating_sub(SHOWN) as u64,
            ring: (!self.proposals.is_empty()).then_some("retry"),
            note: (open > 0).then(|| format!("{open} to answer")),
            ..Face::default()
        }
    }
}

impl Replica {
    /// Each request gets the next slot that is free as far as this replica knows, up to the window's end.
    fn propose(&mut self, cx: &mut Cx<MultiPaxos>) {
        let idle = self.proposals.is_empty();
        while self.slot_in < self.slot_out + self.settings.config.window {
            if !self.decisions.contains_key(&self.slot_in) {
                let Some(command) = self.requests.pop_front() else { break };
                cx.line(Line::Propose);
                self.tell_leaders(self.slot_in, &command, cx);
                self.proposals.insert(self.slot_in, command);
            }
            self.slot_in += 1;
        }
        if idle && !self.proposals.is_empty() {
            self.wait(cx);
        }
    }

    fn tell_leaders(&self, slot: Slot, command: &Command, cx: &mut Cx<MultiPaxos>) {
        for &leader in &self.settings.leaders {
            cx.send(leader, Msg::Propose { slot, command: command.clone() });
        }
    }

    /// Decisions may come in any order, and are performed in that of their slots.
    fn on_decision(&mut self, slot: Slot, command: Command, cx: &mut Cx<MultiPaxos>) {
        if self.decisions.contains_key(&slot) {
            return;
        }
        cx.line(Line::Decided);
        self.decisions.insert(slot, command);
        while let Some(command) = self.decisions.get(&self.slot_out).cloned() {
            if let Some(mine) = self.proposals.remove(&self.slot_out).filter(|mine| mine.id != command.id) {
                cx.line(Line::SlotLost);
                self.requests.push_back(mine);
            }
            self.perform(command, cx);
            self.slot_out += 1;
        }
        if self.proposals.is_empty() {
            cx.cancel_timer(Timer::Retry);
        }
        self.propose(cx);
    }

    /// Only the replica that was asked ever proposed the command, one slot after another: it is decided for one at most.
    fn perform(&mut self, command: Command, cx: &mut Cx<MultiPaxos>) {
        cx.line(Line::Perform);
        let ret = self.store.apply(&command.op);
        if self.clients.remove(&command.id) {
            cx.reply(command.id, ret);
        }
    }

    fn wait(&self, cx: &mut Cx<MultiPaxos>) {
        let patience = self.settings.config.retry;
        cx.set_timer(Timer::Retry, patience..patience);
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// What is decided, as far as it knows.
    pub fn decisions(&self) -> &Slots<Command> {
        &self.decisions
    }
    /// The last slot whose command it has performed.
    pub fn performed(&self) -> Slot {
        self.slot_out - 1
    }
    /// The state that the commands so far have led to.
    pub fn store(&self) -> &Store {
        &self.store
    }
    /// Clients that it has to answer.
    pub fn open(&self) -> &Set<OpId> {
        &self.clients
    }
}
