//! The client.

use super::{Algorithm, Bug, ClockSync, Line, Msg, Nanos, Op, Ret, Settings, SoftClock, Timer, View};
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence, Span, Time};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// A client.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Client {
    #[serde(skip)]
    settings: Fixed<Settings>,
    clock: SoftClock,
    /// The number of its latest question. Each life begins somewhere else, so that no answer to an earlier one is taken
    /// for an answer to a new one.
    questions: u64,
    /// When it asked the question that is open, on its machine's clock.
    asked: Option<Time>,
    /// The latest measurements, the last one first: as many as count.
    samples: VecDeque<Sample>,
    /// The question whose measurement the clock goes by.
    goes_by: Option<u64>,
}

/// A measurement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Sample {
    /// The question.
    pub nth: u64,
    /// How long the answer took, on the client's machine's clock.
    pub round_trip: Span,
    /// What it makes of the server's clock at the moment of the answer...
    pub estimate: Nanos,
    /// ...when the machine's clock showed this.
    pub machine: Time,
}

/// How many measurements there are to choose from.
const EIGHT: usize = 8;

impl Process<ClockSync> for Client {
    type Config = Settings;
    type Disk = ();

    fn boot(settings: &Arc<Settings>, _disk: (), cx: &mut Cx<ClockSync>) -> Client {
        let period = settings.config.period;
        if settings.config.algorithm != Algorithm::Berkeley {
            cx.set_timer(Timer::Sync, Span::ZERO..period);
        }
        Client {
            settings: Fixed::new(settings),
            clock: SoftClock::new(cx.clock()),
            questions: cx.choose(1 << 32) << 16,
            asked: None,
            samples: VecDeque::new(),
            goes_by: None,
        }
    }

    fn disk(&self) -> &() {
        &()
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<ClockSync>) {
        let time = self.clock.look(cx.clock());
        match op {
            Op::Sync {} => {
                self.ask(cx);
                cx.reply(id, Ret::Ok);
            }
            Op::Read {} => cx.reply(id, Ret::Time(time)),
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<ClockSync>) {
        let time = self.clock.look(cx.clock());
        match msg {
            Msg::Tell { nth, time } => self.told(nth, time, cx),
            Msg::Poll { round } => {
                cx.line(Line::Read);
                cx.send(from, Msg::Reading { round, time });
            }
            Msg::Adjust { by } => self.correct(time.saturating_add_signed(by), cx),
            Msg::Ask { .. } | Msg::Reading { .. } => {} // meant for a server
        }
    }

    fn on_timer(&mut self, _timer: Timer, cx: &mut Cx<ClockSync>) {
        self.clock.look(cx.clock());
        self.ask(cx);
        let period = self.settings.config.period;
        cx.set_timer(Timer::Sync, period..period);
    }

    fn view(&self) -> View<'_> {
        View::Client(self)
    }

    fn face(&self) -> Face {
        let ahead = self.clock.ahead() > Span::ZERO;
        let role = match (self.clock.is_set(), ahead) {
            (false, _) => "unset",
            (true, true) => "slowed",
            (true, false) => "client",
        };
        let best = self.goes_by.and_then(|nth| self.samples.iter().find(|sample| sample.nth == nth));
        let trip = |sample: &Sample| Level {
            tone: u64::from(Some(sample.nth) == self.goes_by),
            value: sample.round_trip.0 / 1_000,
            of: 0,
        };
        Face {
            role,
            prominence: if ahead { Prominence::Striving } else { Prominence::Plain },
            headline: Some(("clock", self.clock.shown() / 1_000_000)),
            levels: self.samples.iter().rev().map(trip).collect(),
            ring: (self.settings.config.algorithm != Algorithm::Berkeley).then_some("sync"),
            badge: ahead.then_some("slowed"),
            note: match (ahead, best) {
                (true, _) => Some(format!("{} ahead", self.clock.ahead())),
                (false, best) => best.map(|sample| format!("right within {}", Span(sample.round_trip.0 / 2))),
            },
            ..Face::default()
        }
    }
}

impl Client {
    fn ask(&mut self, cx: &mut Cx<ClockSync>) {
        if self.settings.config.algorithm == Algorithm::Berkeley {
            return; // there it is the server who asks
        }
        let servers = &self.settings.servers;
        let Some(server) = servers.get(usize::from(cx.me.0) % servers.len().max(1)) else { return };
        cx.line(Line::Ask);
        self.questions += 1;
        self.asked = Some(cx.clock());
        cx.send(*server, Msg::Ask { nth: self.questions });
    }

    fn told(&mut self, nth: u64, time: Nanos, cx: &mut Cx<ClockSync>) {
        let Some(asked) = self.asked.take_if(|_| nth == self.questions) else {
            return; // late, or a second time
        };
        cx.line(Line::Estimate);
        let machine = cx.clock();
        let round_trip = machine.since(asked);
        let estimate = time.saturating_add(self.settings.half(round_trip));
        self.samples.truncate(if self.settings.config.algorithm == Algorithm::Ntp { EIGHT - 1 } else { 0 });
        self.samples.push_front(Sample { nth, round_trip, estimate, machine });
        self.go_by_the_best(machine, cx);
    }

    fn go_by_the_best(&mut self, machine: Time, cx: &mut Cx<ClockSync>) {
        let Some(best) = self.samples.iter().min_by_key(|sample| sample.round_trip).copied() else { return };
        if self.samples.len() > 1 {
            cx.line(Line::Best);
        }
        self.goes_by = Some(best.nth);
        self.correct(best.estimate.saturating_add(machine.since(best.machine).0), cx);
    }

    fn correct(&mut self, time: Nanos, cx: &mut Cx<ClockSync>) {
        let jumped = self.clock.correct(time, self.settings.is_broken(Bug::AdjustsBackwards));
        cx.line(if jumped { Line::Forward } else { Line::Slow });
    }

    /// The clock that it shows.
    pub fn clock(&self) -> &SoftClock {
        &self.clock
    }
    /// The latest measurement.
    pub fn sample(&self) -> Option<&Sample> {
        self.samples.front()
    }
    /// The question whose measurement the clock goes by.
    pub fn goes_by(&self) -> Option<u64> {
        self.goes_by
    }
}
