//! The leader, with its scout and its commanders.

use super::{Ballot, Bug, Command, Line, Msg, MultiPaxos, Op, Ret, Settings, Slot, Slots, Timer, View, Vote};
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// What a leader must not forget: the last round that it began, so that none of its ballots has two meanings.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct LastRound(pub u64);

/// A leader.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Leader {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    last: LastRound,
    number: u16,
    mode: Mode,
    /// The highest round that it has heard of.
    heard: u64,
    /// What it proposes for each slot, or would if it were active.
    proposals: Slots<Command>,
    /// All slots up to this one are decided, as far as it knows.
    decided: Slot,
}

/// What a leader is doing.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// It leaves the lead to another.
    Passive,
    /// Its scout is out.
    Scouting {
        /// The acceptors that have adopted its ballot.
        adopted: Set<NodeId>,
        /// For each slot, what they have accepted in the highest ballot.
        pmax: Slots<Vote>,
    },
    /// Its ballot is adopted.
    Active {
        /// A commander for each slot that is not decided.
        commanders: Map<Slot, Commander>,
    },
}

/// Sees one slot through.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Commander {
    /// The acceptors that have accepted.
    accepted: Set<NodeId>,
    /// Whether it has waited for a whole beat.
    waited: bool,
}

impl Process<MultiPaxos> for Leader {
    type Config = Settings;
    type Disk = LastRound;

    fn boot(settings: &Arc<Settings>, last: LastRound, cx: &mut Cx<MultiPaxos>) -> Leader {
        let mut leader = Leader {
            settings: Fixed::new(settings),
            last,
            number: settings.number(cx.me),
            mode: Mode::Passive,
            heard: 0,
            proposals: Slots::default(),
            decided: 0,
        };
        if last != LastRound::default() && settings.broken(Bug::SlotReusedAfterRestart) {
            leader.mode = Mode::Active { commanders: Map::new() };
            leader.beat_later(cx);
        } else {
            leader.give_way(cx);
        }
        leader
    }

    fn disk(&self) -> &LastRound {
        &self.last
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<MultiPaxos>) {
        cx.reply(id, Ret::NotLeader { hint: self.settings.replicas.first().copied() });
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<MultiPaxos>) {
        match msg {
            Msg::Propose { slot, command } => self.on_propose(from, slot, command, cx),
            Msg::P1b { ballot, adopted, accepted } => self.on_p1b(from, ballot, adopted, &accepted, cx),
            Msg::P2b { ballot, slot, adopted } => self.on_p2b(from, ballot, slot, adopted, cx),
            Msg::Alive { ballot, .. } => self.on_alive(ballot, cx),
            Msg::Missing { from: slot } => self.on_missing(from, slot, cx),
            _ => {} // for replicas and acceptors
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<MultiPaxos>) {
        match timer {
            Timer::Patience => self.scout(cx),
            Timer::Beat => self.beat(cx),
            Timer::Retry => {} // a replica's
        }
    }

    fn view(&self) -> View<'_> {
        View::Leader(self)
    }

    fn face(&self) -> Face {
        let majority = self.settings.majority() as u64;
        let (role, prominence, ring, levels, note) = match &self.mode {
            Mode::Passive => ("passive", Prominence::Plain, "patience", Vec::new(), None),
            Mode::Scouting { adopted, .. } => {
                let level = Level { tone: 0, value: adopted.len() as u64, of: majority };
                ("scouting", Prominence::Striving, "beat", vec![level], Some("its scout is out".to_owned()))
            }
            Mode::Active { commanders } => {
                let level = |(slot, commander): (&Slot, &Commander)| Level {
                    tone: *slot,
                    value: commander.accepted.len() as u64,
                    of: majority,
                };
                let note = (!commanders.is_empty()).then(|| format!("{} commanders are out", commanders.len()));
                ("active", Prominence::Leading, "beat", commanders.iter().take(5).map(level).collect(), note)
            }
        };
        Face {
            role,
            prominence,
            headline: Some(("round", self.last.0)),
            ring: Some(ring),
            levels,
            badge: matches!(self.mode, Mode::Active { .. }).then_some("LEADS"),
            note,
            ..Face::default()
        }
    }
}

impl Leader {
    /// A replica wants a command in a slot. The first one for a slot counts.
    fn on_propose(&mut self, from: NodeId, slot: Slot, command: Command, cx: &mut Cx<MultiPaxos>) {
        if !self.proposals.contains_key(&slot) {
            self.proposals.insert(slot, command);
            if matches!(self.mode, Mode::Active { .. }) {
                self.command(slot, cx);
            }
        } else if self.is_decided(slot)
            && let Some(command) = self.proposals.get(&slot)
        {
            cx.line(Line::DecidedBefore);
            cx.send(from, Msg::Decision { slot, command: command.clone() });
        }
    }

    /// Scout: a ballot above all it has begun or heard of. Its number is on the disk before anybody hears of it.
    fn scout(&mut self, cx: &mut Cx<MultiPaxos>) {
        cx.line(Line::Scout);
        self.last.0 = self.last.0.max(self.heard) + 1;
        self.mode = Mode::Scouting { adopted: Set::new(), pmax: Slots::default() };
        self.ask_to_adopt(cx);
        self.beat_later(cx);
    }

    fn ask_to_adopt(&self, cx: &mut Cx<MultiPaxos>) {
        let Mode::Scouting { adopted, .. } = &self.mode else { return };
        for &acceptor in self.settings.acceptors.iter().filter(|acceptor| !adopted.contains(acceptor)) {
            cx.send(acceptor, Msg::P1a { ballot: self.ballot() });
        }
    }

    /// Scout: with a majority the ballot is adopted. What any of them has accepted, in the highest ballot, comes before
    /// what this leader would have proposed.
    fn on_p1b(&mut self, from: NodeId, of: Ballot, theirs: Ballot, votes: &Slots<Vote>, cx: &mut Cx<MultiPaxos>) {
        let ballot = self.ballot();
        let Mode::Scouting { adopted, pmax } = &mut self.mode else { return };
        if of != ballot {
            return; // the answer to an earlier scout
        }
        if theirs > ballot {
            return self.preempted(theirs, cx);
        }
        cx.line(Line::CountAdopted);
        adopted.insert(from);
        for (slot, vote) in votes.iter() {
            if pmax.get(slot).is_none_or(|known| known.ballot < vote.ballot) {
                pmax.insert(*slot, vote.clone());
            }
        }
        if adopted.len() < self.settings.majority() {
            return;
        }
        cx.line(Line::Adopted);
        for (slot, vote) in pmax.clone().iter() {
            self.proposals.insert(*slot, vote.command.clone());
        }
        self.lead(cx);
    }

    /// Active: a commander for every slot that it knows a command for.
    fn lead(&mut self, cx: &mut Cx<MultiPaxos>) {
        self.mode = Mode::Active { commanders: Map::new() };
        self.decided = 0;
        for slot in self.proposals.keys().copied().collect::<Vec<_>>() {
            self.command(slot, cx);
        }
        self.tell_alive(cx);
        self.beat_later(cx);
    }

    /// Commander: asks all acceptors to accept.
    fn command(&mut self, slot: Slot, cx: &mut Cx<MultiPaxos>) {
        let ballot = self.ballot();
        let (Mode::Active { commanders }, Some(command)) = (&mut self.mode, self.proposals.get(&slot)) else { return };
        cx.line(Line::Command);
        commanders.insert(slot, Commander::default());
        for &acceptor in &self.settings.acceptors {
            cx.send(acceptor, Msg::P2a { ballot, slot, command: command.clone() });
        }
    }

    /// Commander: accepted by a majority, the command is decided.
    fn on_p2b(&mut self, from: NodeId, of: Ballot, slot: Slot, theirs: Ballot, cx: &mut Cx<MultiPaxos>) {
        let ballot = self.ballot();
        let Mode::Active { commanders } = &mut self.mode else { return };
        if of != ballot {
            return;
        }
        if theirs > ballot {
            return self.preempted(theirs, cx);
        }
        let Some(commander) = commanders.get_mut(&slot) else { return };
        commander.accepted.insert(from);
        if commander.accepted.len() < self.settings.majority() {
            return cx.line(Line::CountAccepted);
        }
        cx.line(Line::Decide);
        commanders.remove(&slot);
        let Some(command) = self.proposals.get(&slot) else { return };
        for &replica in &self.settings.replicas {
            cx.send(replica, Msg::Decision { slot, command: command.clone() });
        }
    }

    /// Somebody's ballot is higher: this one is over.
    fn preempted(&mut self, by: Ballot, cx: &mut Cx<MultiPaxos>) {
        cx.line(Line::Preempted);
        self.heard = self.heard.max(by.round);
        if self.settings.broken(Bug::PreemptedGoesOn) && matches!(self.mode, Mode::Active { .. }) {
            return self.go_on();
        }
        self.give_way(cx);
    }

    /// It takes a higher ballot and asks again for what is not decided, at the next beat: two that do so would otherwise
    /// outbid each other with every message.
    fn go_on(&mut self) {
        self.last.0 = self.heard + 1;
        if let Mode::Active { commanders } = &mut self.mode {
            commanders
                .values_mut()
                .for_each(|commander| *commander = Commander { waited: true, ..Commander::default() });
        }
    }

    fn give_way(&mut self, cx: &mut Cx<MultiPaxos>) {
        self.mode = Mode::Passive;
        cx.cancel_timer(Timer::Beat);
        let (least, most) = self.settings.config.patience;
        cx.set_timer(Timer::Patience, least..most);
    }

    /// Another one leads.
    fn on_alive(&mut self, ballot: Ballot, cx: &mut Cx<MultiPaxos>) {
        self.heard = self.heard.max(ballot.round);
        match self.mode {
            Mode::Passive => self.give_way(cx),
            _ if ballot > self.ballot() => self.preempted(ballot, cx),
            _ => {}
        }
    }

    /// Says again what has had no answer.
    fn beat(&mut self, cx: &mut Cx<MultiPaxos>) {
        self.ask_to_adopt(cx);
        let ballot = self.ballot();
        if let Mode::Active { commanders } = &mut self.mode {
            for (slot, commander) in commanders {
                let waited = std::mem::replace(&mut commander.waited, true);
                let Some(command) = self.proposals.get(slot).filter(|_| waited) else { continue };
                cx.line(Line::CommandAgain);
                let missing = |acceptor: &&NodeId| !commander.accepted.contains(acceptor);
                for &acceptor in self.settings.acceptors.iter().filter(missing) {
                    cx.send(acceptor, Msg::P2a { ballot, slot: *slot, command: command.clone() });
                }
            }
            self.tell_alive(cx);
        }
        self.beat_later(cx);
    }

    fn tell_alive(&mut self, cx: &mut Cx<MultiPaxos>) {
        while self.is_decided(self.decided + 1) {
            self.decided += 1;
        }
        cx.line(Line::Alive);
        let (me, alive) = (cx.me, Msg::Alive { ballot: self.ballot(), decided: self.decided });
        for &other in self.settings.leaders.iter().chain(&self.settings.replicas).filter(|other| **other != me) {
            cx.send(other, alive.clone());
        }
    }

    /// A replica lacks decisions: a few at a time.
    fn on_missing(&self, from: NodeId, slot: Slot, cx: &mut Cx<MultiPaxos>) {
        for (slot, command) in self.proposals.range(slot..).filter(|(slot, _)| self.is_decided(**slot)).take(BATCH) {
            cx.line(Line::DecidedBefore);
            cx.send(from, Msg::Decision { slot: *slot, command: command.clone() });
        }
    }

    fn beat_later(&self, cx: &mut Cx<MultiPaxos>) {
        cx.cancel_timer(Timer::Patience);
        let beat = self.settings.config.beat;
        cx.set_timer(Timer::Beat, beat..beat);
    }

    fn is_decided(&self, slot: Slot) -> bool {
        match &self.mode {
            Mode::Active { commanders } => self.proposals.contains_key(&slot) && !commanders.contains_key(&slot),
            _ => false,
        }
    }

    fn ballot(&self) -> Ballot {
        Ballot { round: self.last.0, leader: self.number }
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// What it is doing.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }
}

/// How many decisions a replica is sent at a time.
const BATCH: usize = 16;
