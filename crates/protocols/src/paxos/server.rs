//! A server: acceptor, proposer and learner in one, with the disk they share.

use super::{Ballot, Line, Msg, Op, Paxos, Phase, Proposal, Ret, Settings, Tally, Timer, Value, cell};
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// What a server has on its disk before it says so to anybody.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Disk {
    /// As a proposer: the last round that it began, so that none of its ballots has two meanings.
    pub round: u64,
    /// As an acceptor: it has no part in ballots below this one.
    pub promised: Option<Ballot>,
    /// As an acceptor: what it accepted in the highest ballot that it voted in.
    pub accepted: Option<Proposal>,
}

/// A server.
#[derive(Clone, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    #[serde(skip)]
    pub(super) settings: Fixed<Settings>,
    #[serde(skip)]
    pub(super) disk: Disk,
    pub(super) me: NodeId,
    /// What it thinks it has promised: the same as on its disk.
    pub(super) promised: Option<Ballot>,
    /// What it is doing as a proposer.
    pub(super) phase: Phase,
    /// The highest round that it has heard of.
    pub(super) heard: u64,
    /// Who accepted what in its ballots.
    pub(super) tally: Tally,
    /// What it knows to be chosen, with the ballot in which a majority accepted it.
    pub(super) learned: Option<Proposal>,
    /// Clients that wait for an answer, and what each would like to be chosen.
    pub(super) open: Vec<(OpId, Value)>,
}

impl Process<Paxos> for Server {
    type Config = Settings;
    type Disk = Disk;

    /// What was promised and accepted stands; what was learned can be learned again.
    fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<Paxos>) -> Server {
        if disk != Disk::default() {
            cx.line(Line::Restart);
        }
        let voted_in = disk.accepted.as_ref().map(|accepted| accepted.ballot);
        let promised = disk.promised.max(voted_in);
        let server = Server {
            settings: Fixed::new(settings),
            me: cx.me,
            promised,
            phase: Phase::Idle,
            heard: promised.map_or(0, |ballot| ballot.round),
            tally: Tally::default(),
            learned: None,
            open: Vec::new(),
            disk,
        };
        let (least, most) = settings.config.patience;
        cx.set_timer(Timer::Begin, least..most);
        server
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Paxos>) {
        match (op, &self.learned) {
            (_, Some(learned)) => cx.reply(id, Ret::Chosen(learned.value.clone())),
            (Op::Read {}, None) => cx.reply(id, Ret::Unknown),
            (Op::Propose { value }, None) => {
                self.open.push((id, value));
                if self.phase == Phase::Idle {
                    self.prepare(cx);
                }
            }
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Paxos>) {
        match msg {
            Msg::Prepare { ballot } => self.on_prepare(from, ballot, cx),
            Msg::Promise { ballot, accepted } => self.on_promise(from, ballot, accepted, cx),
            Msg::Accept(proposal) => self.on_accept(from, proposal, cx),
            Msg::Accepted(proposal) => self.on_accepted(from, proposal, cx),
            Msg::Nack { ballot, promised } => self.on_nack(ballot, promised, cx),
            Msg::Learn(proposal) => self.on_learn(proposal, cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Paxos>) {
        match timer {
            Timer::Ballot => {
                cx.line(Line::NotThrough);
                self.back_off(cx);
            }
            Timer::Begin => self.prepare(cx),
        }
    }

    fn view(&self) -> &Server {
        self
    }

    fn face(&self) -> Face {
        let promise =
            self.promised.map(|ballot| Cell { tone: ballot.round, solid: false, text: format!("≥{ballot}") });
        let vote = self.accepted().map(|accepted| cell(&accepted.value, self.learned.is_some()));
        let (role, prominence) = match (&self.phase, &self.learned) {
            (_, Some(_)) => ("learned", Prominence::Plain),
            (Phase::Preparing { .. }, _) => ("preparing", Prominence::Striving),
            (Phase::Proposing(_), _) => ("proposing", Prominence::Leading),
            (Phase::BackingOff, _) => ("backing-off", Prominence::Striving),
            (Phase::Idle, _) => ("acceptor", Prominence::Plain),
        };
        Face {
            role,
            prominence,
            headline: Some(("round", self.promised.map_or(0, |ballot| ballot.round))),
            strip: promise.into_iter().chain(vote).collect(),
            levels: vec![Level { tone: 0, value: self.answers(), of: self.settings.servers.len() as u64 }],
            ring: match (&self.phase, &self.learned) {
                (_, Some(_)) => None,
                (Phase::Idle | Phase::BackingOff, _) => Some("begin"),
                _ => Some("ballot"),
            },
            badge: self.learned.as_ref().map(|_| "CHOSEN"),
            note: Some(self.remark()),
            ..Face::default()
        }
    }
}

impl Server {
    /// What it would like to be chosen: what its first client wants, or else its own name.
    pub fn wish(&self) -> Value {
        let asked = self.open.first().map(|(_, value)| value.clone());
        asked.unwrap_or_else(|| self.own())
    }

    /// All that it or its clients would like to be chosen.
    pub fn wishes(&self) -> impl Iterator<Item = Value> {
        self.open.iter().map(|(_, value)| value.clone()).chain([self.own()])
    }
    fn own(&self) -> Value {
        format!("n{}", self.me.0 + 1).into()
    }

    fn remark(&self) -> String {
        match (&self.phase, &self.learned) {
            (_, Some(learned)) => format!("chosen: {}", learned.value),
            (Phase::Preparing { ballot, .. }, _) => format!("wants {} in {ballot}", self.wish()),
            (Phase::Proposing(put), _) => format!("asks for {} in {}", put.value, put.ballot),
            (Phase::BackingOff, _) => format!("wants {}, and waits", self.wish()),
            (Phase::Idle, _) => match self.accepted() {
                Some(accepted) => format!("accepted {} in {}", accepted.value, accepted.ballot),
                None => String::new(),
            },
        }
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// What it is doing as a proposer.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }
    /// The last round that it began.
    pub fn round(&self) -> u64 {
        self.disk.round
    }
    /// The ballot below which it has no part in any.
    pub fn promised(&self) -> Option<Ballot> {
        self.promised
    }
    /// What it accepted last.
    pub fn accepted(&self) -> Option<&Proposal> {
        self.disk.accepted.as_ref()
    }
    /// What it knows to be chosen, with the ballot in which a majority accepted it.
    pub fn learned(&self) -> Option<&Proposal> {
        self.learned.as_ref()
    }
}
