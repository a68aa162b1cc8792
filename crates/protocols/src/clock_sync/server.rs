//! The server: it has the time (Cristian, NTP), or makes it from everybody's (Berkeley).

use super::soft::difference;
use super::{Algorithm, Bug, ClockSync, Line, Msg, Nanos, Op, Ret, Settings, SoftClock, Timer, View};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span, Time};
use serde::Serialize;
use std::sync::Arc;

/// A server.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Server {
    #[serde(skip)]
    settings: Fixed<Settings>,
    clock: SoftClock,
    /// The number of the latest round; each life begins somewhere else.
    round: u64,
    /// When it did, on its machine's clock.
    polled: Time,
    /// How far each clock was ahead of its own, as far as is known.
    ahead: Map<NodeId, i64>,
}

impl Process<ClockSync> for Server {
    type Config = Settings;
    type Disk = ();

    fn boot(settings: &Arc<Settings>, _disk: (), cx: &mut Cx<ClockSync>) -> Server {
        let server = Server {
            settings: Fixed::new(settings),
            clock: SoftClock::new(cx.clock()),
            round: cx.choose(1 << 32) << 16,
            polled: cx.clock(),
            ahead: Map::new(),
        };
        if server.is_polling() {
            cx.set_timer(Timer::Sync, Span::ZERO..settings.config.period);
        }
        server
    }

    fn disk(&self) -> &() {
        &()
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<ClockSync>) {
        let time = self.clock.look(cx.clock());
        match op {
            Op::Sync {} => {
                self.poll(cx);
                cx.reply(id, Ret::Ok);
            }
            Op::Read {} => cx.reply(id, Ret::Time(time)),
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<ClockSync>) {
        let time = self.clock.look(cx.clock());
        match msg {
            Msg::Ask { nth } => {
                cx.line(Line::Tell);
                cx.send(from, Msg::Tell { nth, time });
            }
            Msg::Reading { round, time: theirs } if round == self.round => {
                let on_its_way = self.settings.half(cx.clock().since(self.polled));
                self.ahead.entry(from).or_insert(difference(time, theirs.saturating_add(on_its_way)));
            }
            Msg::Reading { .. } | Msg::Tell { .. } | Msg::Poll { .. } | Msg::Adjust { .. } => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<ClockSync>) {
        let time = self.clock.look(cx.clock());
        match timer {
            Timer::Sync => self.poll(cx),
            Timer::Settle => self.settle(time, cx),
        }
    }

    fn view(&self) -> View<'_> {
        View::Server(self)
    }

    fn face(&self) -> Face {
        let polling = self.is_polling();
        Face {
            role: "server",
            prominence: Prominence::Leading,
            headline: Some(("clock", self.clock.shown() / 1_000_000)),
            ring: polling.then_some("sync"),
            note: polling.then(|| format!("has {} readings", self.ahead.len())),
            ..Face::default()
        }
    }
}

impl Server {
    fn is_polling(&self) -> bool {
        self.settings.config.algorithm == Algorithm::Berkeley
    }

    fn poll(&mut self, cx: &mut Cx<ClockSync>) {
        if !self.is_polling() {
            return;
        }
        cx.line(Line::Poll);
        self.round += 1;
        self.polled = cx.clock();
        self.ahead.clear();
        for &node in cx.neighbours {
            cx.send(node, Msg::Poll { round: self.round });
        }
        let period = self.settings.config.period;
        let half = period.scale(1, 2);
        cx.set_timer(Timer::Settle, half..half);
        cx.set_timer(Timer::Sync, period..period);
    }

    /// Everybody, this server included, goes to where those are on average that agree.
    fn settle(&mut self, time: Nanos, cx: &mut Cx<ClockSync>) {
        cx.line(Line::Average);
        let mut clocks: Vec<i64> = self.ahead.values().copied().chain([0]).collect();
        clocks.sort_unstable();
        let mean = mean(largest_group(&clocks, self.settings.config.tolerance));
        for (&node, &ahead) in &self.ahead {
            cx.send(node, Msg::Adjust { by: mean.saturating_sub(ahead) });
        }
        let backwards = self.settings.is_broken(Bug::AdjustsBackwards);
        let jumped = self.clock.correct(time.saturating_add_signed(mean), backwards);
        cx.line(if jumped { Line::Forward } else { Line::Slow });
    }

    /// The clock that it shows.
    pub fn clock(&self) -> &SoftClock {
        &self.clock
    }
}

/// Of clocks in order, the most that differ by no more than the tolerance.
fn largest_group(clocks: &[i64], tolerance: Span) -> &[i64] {
    let from = |first: usize| {
        let near = |clock: &&i64| clock.abs_diff(clocks[first]) <= tolerance.0;
        &clocks[first..first + clocks[first..].iter().take_while(near).count()]
    };
    (0..clocks.len()).map(from).rev().max_by_key(|group| group.len()).unwrap_or(&[])
}

fn mean(clocks: &[i64]) -> i64 {
    let sum: i128 = clocks.iter().map(|clock| i128::from(*clock)).sum();
    i64::try_from(sum / (clocks.len() as i128).max(1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_group_that_agrees_is_averaged() {
        let clocks = [-900, -20, 0, 10, 40, 5_000];
        let group = largest_group(&clocks, Span(60));
        assert_eq!((group, mean(group)), (&[-20, 0, 10, 40][..], 7));
        assert_eq!((largest_group(&[], Span(60)), mean(&[])), (&[][..], 0));
    }
}
