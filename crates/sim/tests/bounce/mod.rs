//! A toy for the engine's own tests and benchmarks: balls that bounce between nodes, and a count of them on disk.
#![allow(dead_code, missing_docs)]

use netsplit_sim::{
    Cx, Face, Latency, Link, Network, NodeId, OpId, Process, Protocol, Seat, Seed, Setup, Shape, Span, Tag, Topology,
    World,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Copy, Debug)]
pub struct Bounce;

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Ball(pub u64);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    Serve,
    Rest,
}

#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub struct Throw;

impl Protocol for Bounce {
    type Msg = Ball;
    type Timer = Timer;
    type Op = Throw;
    type Ret = u64;
    type Line = u16;
    type View<'a> = &'a Player;
    fn tag(_: &Ball) -> Tag {
        Tag { name: "Ball", shape: Shape::Request }
    }
    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Serve => "serve",
            Timer::Rest => "rest",
        }
    }
}

/// How many balls each player throws at the start, and whether it counts on disk.
#[derive(Clone, Copy)]
pub struct Rules {
    pub balls: u64,
    pub durable: bool,
}

#[derive(Clone, Hash, Debug, Serialize)]
pub struct Player {
    #[serde(skip)]
    pub disk: Count,
    pub caught: u64,
    durable: bool,
}

#[derive(Clone, Hash, Debug, Default, Serialize)]
pub struct Count {
    pub written: u64,
}

impl Process<Bounce> for Player {
    type Config = Rules;
    type Disk = Count;
    fn boot(config: &Arc<Rules>, disk: Count, cx: &mut Cx<Bounce>) -> Self {
        if disk.written == 0 && config.balls > 0 {
            cx.set_timer(Timer::Serve, Span::ZERO..Span::millis(10));
        }
        Player { disk, caught: 0, durable: config.durable }
    }
    fn disk(&self) -> &Count {
        &self.disk
    }
    fn on_msg(&mut self, _from: NodeId, Ball(n): Ball, cx: &mut Cx<Bounce>) {
        self.caught += 1;
        if self.durable {
            self.disk.written += 1;
        }
        let to = cx.neighbours[cx.choose(cx.neighbours.len() as u64) as usize];
        cx.send(to, Ball(n + 1));
    }
    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Bounce>) {
        match timer {
            Timer::Serve => {
                cx.line(1);
                cx.set_timer(Timer::Rest, Span::millis(50)..Span::millis(60));
                if let Some(&to) = cx.neighbours.first() {
                    cx.send(to, Ball(0));
                }
            }
            Timer::Rest => cx.line(2),
        }
    }
    fn on_op(&mut self, id: OpId, _: Throw, cx: &mut Cx<Bounce>) {
        self.disk.written += 100;
        if let Some(&to) = cx.neighbours.first() {
            cx.send(to, Ball(0));
        }
        cx.reply(id, self.caught);
    }
    fn view(&self) -> &Player {
        self
    }
    fn face(&self) -> Face {
        Face { role: "player", headline: Some(("caught", self.caught)), ..Face::default() }
    }
}

/// Five players in a mesh, as in the benchmark: latency 1 to 10 ms.
pub fn setup(nodes: u16, seed: u64, rules: Rules) -> Setup<Bounce> {
    let config = Arc::new(rules);
    Setup {
        seed: Seed(seed),
        nodes: (0..nodes).map(|_| Seat::<Bounce, Player>::new(config.clone())).collect(),
        topology: Topology::Mesh,
        network: Network {
            link: Link { latency: Latency::Uniform(Span::millis(1), Span::millis(10)), ..Link::default() },
            ..Network::default()
        },
        disk: (Span::ZERO, false),
        hashing: true,
    }
}

pub fn world(nodes: u16, seed: u64) -> World<Bounce> {
    World::new(setup(nodes, seed, Rules { balls: 1, durable: false }))
}
