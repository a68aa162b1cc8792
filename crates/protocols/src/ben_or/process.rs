//! The process.

use super::{BenOr, Bit, Bug, Line, Msg, Op, Ret, Round, Settings, Timer};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// What a process has on its disk before it says so to anybody.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Record {
    /// What it said, round by round.
    pub said: Vec<Said>,
    /// What it decided, and in which round.
    pub decided: Option<(Bit, Round)>,
}

/// What a process said in a round.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Said {
    /// The bit that it reported.
    pub report: Bit,
    /// What it proposed, if it has got that far: a bit, or none.
    pub proposal: Option<Option<Bit>>,
}

/// A process.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Voter {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    record: Record,
    me: NodeId,
    /// Who reported what, in this round and later ones.
    reports: Map<Round, Map<NodeId, Bit>>,
    /// Who proposed what, in this round and later ones.
    proposals: Map<Round, Map<NodeId, Option<Bit>>>,
}

impl Process<BenOr> for Voter {
    type Config = Settings;
    type Disk = Record;

    /// What it said it stands by. What it heard it has to hear again.
    fn boot(settings: &Arc<Settings>, record: Record, cx: &mut Cx<BenOr>) -> Voter {
        let settings = Fixed::new(settings);
        let mut voter = Voter { settings, record, me: cx.me, reports: Map::new(), proposals: Map::new() };
        if voter.round() == 0 {
            let (least, most) = voter.settings.config.begin;
            cx.set_timer(Timer::Begin, least..most);
        } else {
            cx.line(Line::Restart);
            voter.hear_oneself();
            voter.say_again(cx);
            voter.advance(cx);
        }
        voter
    }

    fn disk(&self) -> &Record {
        &self.record
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<BenOr>) {
        let ret = match (op, self.decided()) {
            (_, Some(bit)) => Ret::Decided(bit),
            (Op::Read {}, None) => Ret::Undecided,
            (Op::Begin {}, None) => {
                self.begin(cx);
                self.advance(cx);
                Ret::Ok
            }
        };
        cx.reply(id, ret);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<BenOr>) {
        self.begin(cx);
        match msg {
            Msg::Report { round, bit, again } => {
                if again && let Some(said) = self.said(round) {
                    cx.send(from, Msg::Report { round, bit: said.report, again: false });
                }
                if round >= self.round() {
                    self.reports.entry(round).or_default().insert(from, bit);
                }
            }
            Msg::Propose { round, bit, again } => {
                if again && let Some(bit) = self.said(round).and_then(|said| said.proposal) {
                    cx.send(from, Msg::Propose { round, bit, again: false });
                }
                if round >= self.round() {
                    self.proposals.entry(round).or_default().insert(from, bit);
                }
            }
        }
        self.advance(cx);
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<BenOr>) {
        match timer {
            Timer::Begin => {
                self.begin(cx);
                self.advance(cx);
            }
            Timer::Again => self.say_again(cx),
        }
    }

    fn view(&self) -> &Voter {
        self
    }

    fn face(&self) -> Face {
        let n = self.settings.processes.len() as u64;
        let count = |wanted: Bit| Level { tone: u64::from(wanted), value: self.heard(wanted), of: n };
        let (role, prominence, badge) = match (self.decided(), self.proposing()) {
            (Some(0), _) => ("decided", Prominence::Leading, Some("DECIDED 0")),
            (Some(_), _) => ("decided", Prominence::Leading, Some("DECIDED 1")),
            (None, true) => ("proposing", Prominence::Striving, None),
            (None, false) => ("reporting", Prominence::Plain, None),
        };
        let start = self.record.said.len().saturating_sub(SHOWN);
        let cell = |said: &Said| Cell {
            tone: u64::from(said.report),
            solid: said.proposal.flatten().is_some(),
            text: said.report.to_string(),
        };
        Face {
            role,
            prominence,
            headline: Some(("round", self.round())),
            strip: self.record.said[start..].iter().map(cell).collect(),
            strip_start: start as u64,
            ring: (!self.over()).then_some(if self.round() == 0 { "begin" } else { "again" }),
            levels: vec![count(0), count(1)],
            badge,
            note: Some(self.remark()),
        }
    }
}

/// How many rounds are shown: the last ones.
const SHOWN: usize = 10;

impl Voter {
    fn begin(&mut self, cx: &mut Cx<BenOr>) {
        if self.round() == 0 {
            cx.line(Line::Begin);
            cx.cancel_timer(Timer::Begin);
            self.report(self.settings.input(cx.me), cx);
        }
    }

    /// Goes as far as what it has heard allows.
    fn advance(&mut self, cx: &mut Cx<BenOr>) {
        while !self.over() && self.step(cx) {}
        if self.over() {
            cx.cancel_timer(Timer::Again);
        }
    }

    /// The next phase, if enough is heard for it.
    fn step(&mut self, cx: &mut Cx<BenOr>) -> bool {
        let (round, enough) = (self.round(), self.settings.enough());
        if !self.proposing() {
            let ready = self.reports.get(&round).is_some_and(|reports| reports.len() >= enough);
            if ready {
                self.propose(cx);
            }
            return ready;
        }
        let Some(proposals) = self.proposals.get(&round).filter(|proposals| proposals.len() >= enough) else {
            return false;
        };
        let seen = |wanted: Bit| proposals.values().filter(|bit| **bit == Some(wanted)).count();
        let (zeros, ones) = (seen(0), seen(1));
        let (bit, times) = if zeros > ones { (0, zeros) } else { (1, ones) };
        if times >= self.settings.decides() && self.record.decided.is_none() {
            cx.line(Line::Decide);
            self.record.decided = Some((bit, round));
        }
        let next = if times > 0 {
            cx.line(Line::TakeOver);
            bit
        } else {
            cx.line(Line::Toss);
            self.toss(round, cx)
        };
        self.report(next, cx);
        true
    }

    /// The coin: nobody can know it before it falls.
    fn toss(&self, round: Round, cx: &mut Cx<BenOr>) -> Bit {
        if self.settings.broken(Bug::CoinKnown) {
            return ((round + u64::from(cx.me.0)) % 2) as Bit;
        }
        cx.choose(2) as Bit
    }

    /// Phase 1 of the next round.
    fn report(&mut self, bit: Bit, cx: &mut Cx<BenOr>) {
        cx.line(Line::Report);
        self.record.said.push(Said { report: bit, proposal: None });
        let round = self.round();
        self.reports.retain(|of, _| *of >= round);
        self.proposals.retain(|of, _| *of >= round);
        self.hear_oneself();
        for other in self.settings.others(cx.me) {
            cx.send(other, Msg::Report { round, bit, again: false });
        }
        self.wait(cx);
    }

    /// Phase 2: the bit that more than half of all have reported, if there is one.
    fn propose(&mut self, cx: &mut Cx<BenOr>) {
        let (round, half) = (self.round(), self.settings.processes.len() / 2);
        let bit = [0, 1].into_iter().find(|bit| self.heard(*bit) as usize > half);
        cx.line(if bit.is_some() { Line::ProposeBit } else { Line::ProposeNothing });
        if let Some(said) = self.record.said.last_mut() {
            said.proposal = Some(bit);
        }
        self.hear_oneself();
        for other in self.settings.others(cx.me) {
            cx.send(other, Msg::Propose { round, bit, again: false });
        }
        self.wait(cx);
    }

    /// Its own statements of this round count like those of others.
    fn hear_oneself(&mut self) {
        let (me, round) = (self.me, self.round());
        let Some(said) = self.record.said.last() else { return };
        self.reports.entry(round).or_default().insert(me, said.report);
        if let Some(proposal) = said.proposal {
            self.proposals.entry(round).or_default().insert(me, proposal);
        }
    }

    /// Asks those that it has not heard of for theirs.
    fn say_again(&self, cx: &mut Cx<BenOr>) {
        let round = self.round();
        let Some(said) = self.record.said.last().filter(|_| !self.over()) else { return };
        cx.line(Line::SayAgain);
        for other in self.settings.others(cx.me) {
            let (reported, proposed) = (self.reports.get(&round), self.proposals.get(&round));
            match said.proposal {
                Some(bit) if !proposed.is_some_and(|heard| heard.contains_key(&other)) => {
                    cx.send(other, Msg::Propose { round, bit, again: true });
                }
                None if !reported.is_some_and(|heard| heard.contains_key(&other)) => {
                    cx.send(other, Msg::Report { round, bit: said.report, again: true });
                }
                _ => {}
            }
        }
        self.wait(cx);
    }

    fn wait(&self, cx: &mut Cx<BenOr>) {
        let patience = self.settings.config.again;
        cx.set_timer(Timer::Again, patience..patience);
    }

    /// How often it has heard a bit in its phase.
    fn heard(&self, wanted: Bit) -> u64 {
        let round = self.round();
        if self.proposing() {
            let proposals = self.proposals.get(&round).into_iter().flatten();
            proposals.filter(|(_, bit)| **bit == Some(wanted)).count() as u64
        } else {
            self.reports.get(&round).into_iter().flatten().filter(|(_, bit)| **bit == wanted).count() as u64
        }
    }

    fn proposing(&self) -> bool {
        self.record.said.last().is_some_and(|said| said.proposal.is_some())
    }

    fn remark(&self) -> String {
        match self.record.said.last() {
            None => format!("begins with {}", self.settings.input(self.me)),
            Some(Said { proposal: None, report }) => format!("reports {report}"),
            Some(Said { proposal: Some(Some(bit)), .. }) => format!("proposes {bit}"),
            Some(Said { proposal: Some(None), .. }) => "proposes nothing".to_owned(),
        }
    }

    /// Whether all has been said that anybody may need: everybody decides one round after the first at the latest.
    fn over(&self) -> bool {
        self.record.decided.is_some_and(|(_, decided)| self.round() > decided && self.proposing())
    }

    fn said(&self, round: Round) -> Option<&Said> {
        self.record.said.get(usize::try_from(round.checked_sub(1)?).ok()?)
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// The round that it is in; 0 before it begins.
    pub fn round(&self) -> Round {
        self.record.said.len() as Round
    }
    /// What it has said and decided.
    pub fn record(&self) -> &Record {
        &self.record
    }
    /// What it has decided.
    pub fn decided(&self) -> Option<Bit> {
        self.record.decided.map(|(bit, _)| bit)
    }
}
