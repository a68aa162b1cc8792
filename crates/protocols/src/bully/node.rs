//! The node.

use super::{Bug, Bully, Line, Msg, Op, Ret, Settings, Timer};
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// A node.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct BullyNode {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: Disk,
    me: NodeId,
    state: State,
}

/// What a crash leaves. The algorithm needs nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Disk {
    /// How often the node has started.
    pub starts: u32,
}

/// What a node is doing.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It has asked all higher nodes.
    Electing,
    /// One of them has answered: it waits for an announcement.
    Waiting,
    /// It takes this one for the leader.
    Following(NodeId),
    /// It leads.
    Leading,
}

impl Process<Bully> for BullyNode {
    type Config = Settings;
    type Disk = Disk;

    /// Whoever comes back may be the highest: it holds an election, and bullies whoever leads.
    fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<Bully>) -> BullyNode {
        let returns = disk.starts > 0;
        let disk = Disk { starts: disk.starts.saturating_add(1) };
        let mut node = BullyNode { settings: Fixed::new(settings), disk, me: cx.me, state: State::Waiting };
        if settings.broken(Bug::NoContestOnRecovery) && returns {
            node.join(cx);
        } else {
            if returns {
                cx.line(Line::Recover);
            }
            node.elect(cx);
        }
        let every = settings.config.check;
        cx.set_timer(Timer::Check, every..every);
        node
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Bully>) {
        let ret = match op {
            Op::Elect {} => {
                self.elect(cx);
                Ret::Ok
            }
            Op::Leader {} => self.leader().map_or(Ret::Nobody, Ret::Leader),
        };
        cx.reply(id, ret);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Bully>) {
        match msg {
            Msg::Election => self.on_election(from, cx),
            Msg::Answer => self.on_answer(cx),
            Msg::Coordinator => self.on_coordinator(from, cx),
            Msg::Check => {
                cx.line(Line::AnswerCheck);
                cx.send(from, Msg::Normal { leader: self.leader() });
            }
            Msg::Normal { leader } => self.on_normal(from, leader, cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Bully>) {
        match (timer, &self.state) {
            (Timer::Answer, State::Electing) => self.announce(cx),
            (Timer::Coordinator, State::Waiting) => {
                cx.line(Line::NoAnnouncement);
                self.elect(cx);
            }
            (Timer::Check, _) => self.check(cx),
            (Timer::Normal, State::Following(_)) => {
                cx.line(Line::LeaderSilent);
                self.elect(cx);
            }
            _ => {}
        }
    }

    fn view(&self) -> &BullyNode {
        self
    }

    fn face(&self) -> Face {
        let (role, prominence, ring, note) = match self.state {
            State::Electing => ("electing", Prominence::Striving, "answer", "asks all above".to_owned()),
            State::Waiting => ("waiting", Prominence::Striving, "coordinator", "somebody above is there".to_owned()),
            State::Following(leader) => ("follower", Prominence::Plain, "check", format!("follows n{}", leader.0 + 1)),
            State::Leading => ("leader", Prominence::Leading, "check", String::new()),
        };
        Face {
            role,
            prominence,
            headline: Some(("number", u64::from(self.me.0) + 1)),
            ring: Some(ring),
            badge: (self.state == State::Leading).then_some("LEADS"),
            note: Some(note).filter(|note| !note.is_empty()),
            ..Face::default()
        }
    }
}

impl BullyNode {
    /// An election: ask all higher nodes, and see whether one answers.
    fn elect(&mut self, cx: &mut Cx<Bully>) {
        cx.cancel_timer(Timer::Coordinator);
        cx.cancel_timer(Timer::Normal);
        self.state = State::Electing;
        if self.settings.above(cx.me).next().is_none() {
            return self.announce(cx);
        }
        cx.line(Line::AskAbove);
        for above in self.settings.above(cx.me) {
            cx.send(above, Msg::Election);
        }
        let patience = self.settings.config.answer_timeout;
        cx.set_timer(Timer::Answer, patience..patience);
    }

    /// Nobody higher is there.
    fn announce(&mut self, cx: &mut Cx<Bully>) {
        cx.line(Line::Announce);
        self.settle(State::Leading, cx);
        for below in self.settings.below(cx.me) {
            cx.send(below, Msg::Coordinator);
        }
    }

    fn settle(&mut self, state: State, cx: &mut Cx<Bully>) {
        self.state = state;
        for timer in [Timer::Answer, Timer::Coordinator, Timer::Normal] {
            cx.cancel_timer(timer);
        }
    }

    /// Somebody lower would lead.
    fn on_election(&mut self, from: NodeId, cx: &mut Cx<Bully>) {
        if from > cx.me {
            return; // nobody asks below
        }
        cx.line(Line::AnswerBelow);
        cx.send(from, Msg::Answer);
        if !matches!(self.state, State::Electing | State::Waiting) {
            self.elect(cx);
        }
    }

    /// Somebody higher is there, and takes over.
    fn on_answer(&mut self, cx: &mut Cx<Bully>) {
        if self.state != State::Electing {
            return; // a second one
        }
        cx.line(Line::Yield);
        self.settle(State::Waiting, cx);
        if !self.settings.broken(Bug::StopsAtFirstAnswer) {
            // That one may have to wait for answers in turn, and so may those above it, all at the same time.
            let patience = self.settings.config.answer_timeout.scale(2, 1);
            cx.set_timer(Timer::Coordinator, patience..patience);
        }
    }

    /// Somebody higher leads: only those below are told.
    fn on_coordinator(&mut self, from: NodeId, cx: &mut Cx<Bully>) {
        cx.line(Line::Follow);
        self.settle(State::Following(from), cx);
    }

    /// Followers ask their leader; a leader asks all higher nodes.
    fn check(&mut self, cx: &mut Cx<Bully>) {
        let every = self.settings.config.check;
        cx.set_timer(Timer::Check, every..every);
        match self.state {
            State::Following(leader) => {
                cx.line(Line::CheckLeader);
                cx.send(leader, Msg::Check);
                let patience = self.settings.config.answer_timeout;
                cx.set_timer(Timer::Normal, patience..patience);
            }
            State::Leading => {
                cx.line(Line::CheckAbove);
                for above in self.settings.above(cx.me) {
                    cx.send(above, Msg::Check);
                }
            }
            State::Electing | State::Waiting => {}
        }
    }

    fn on_normal(&mut self, from: NodeId, leader: Option<NodeId>, cx: &mut Cx<Bully>) {
        match self.state {
            State::Following(mine) if mine == from => {
                cx.cancel_timer(Timer::Normal);
                if leader != Some(from) {
                    cx.line(Line::LeaderGaveUp);
                    self.elect(cx);
                }
            }
            State::Leading if from > cx.me && leader.is_some_and(|leader| leader != cx.me) => {
                cx.line(Line::OtherLeader);
                self.elect(cx);
            }
            State::Waiting if self.settings.broken(Bug::NoContestOnRecovery) => {
                if let Some(leader) = leader {
                    self.settle(State::Following(leader), cx);
                }
            }
            _ => {}
        }
    }

    /// What a node does that comes back and does not contest: it asks around.
    fn join(&mut self, cx: &mut Cx<Bully>) {
        for other in self.settings.below(cx.me).chain(self.settings.above(cx.me)) {
            cx.send(other, Msg::Check);
        }
        let patience = self.settings.config.answer_timeout;
        cx.set_timer(Timer::Coordinator, patience..patience);
    }

    /// What it is doing.
    pub fn state(&self) -> &State {
        &self.state
    }
    /// Whether it leads.
    pub fn leads(&self) -> bool {
        self.state == State::Leading
    }
    /// Who leads, as far as it knows.
    pub fn leader(&self) -> Option<NodeId> {
        match self.state {
            State::Leading => Some(self.me),
            State::Following(leader) => Some(leader),
            State::Electing | State::Waiting => None,
        }
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
