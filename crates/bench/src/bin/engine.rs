//! The engine: five nodes bounce five messages (latency 1 to 10 ms), beside a bare heap that moves the same events and
//! beside `anysystem`.

use anysystem::{Context, Message, Process, System};
use netsplit_bench::bounce::{self, Rules};
use netsplit_bench::{Row, median_of, table};
use netsplit_sim::{Setup, Trace, Tracer, World};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const EVENTS: u32 = 4_000_000;

fn main() {
    let floor = median_of(5, || floor(EVENTS));
    let bare = median_of(5, || world(EVENTS, false, false));
    let hashed = median_of(5, || world(EVENTS, true, false));
    let traced = median_of(5, || world(EVENTS, false, true));
    let both = median_of(5, || world(EVENTS, true, true));
    let peer = median_of(5, || anysystem(EVENTS / 10));
    table(
        "Engine: five nodes bounce five messages, one core, million events a second",
        &[
            Row::new("bare binary heap (floor)", floor, ""),
            Row::new("netsplit, tracing off", bare, format!("floor / this = {:.2} (at most 2.5)", floor / bare)),
            Row::new("netsplit, run hash on", hashed, ""),
            Row::new("netsplit, tracing on", traced, format!("this / anysystem = {:.1} (at least 8)", traced / peer)),
            Row::new("netsplit, tracing and run hash on", both, ""),
            Row::new("anysystem 0.3", peer, ""),
        ],
    );
}

/// One message on its way, as a bare loop would hold it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Flight {
    at: u64,
    number: u64,
    from: u16,
    to: u16,
    ball: u64,
}

/// The same events through nothing but a heap: pop, count, draw a receiver and a latency, push.
fn floor(events: u32) -> u32 {
    let first = |n: u16| Reverse(Flight { at: 0, number: u64::from(n), from: n, to: (n + 1) % 5, ball: 0 });
    let mut heap: BinaryHeap<Reverse<Flight>> = (0..5).map(first).collect();
    let mut state = 1u64;
    let mut draw = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(state) * u128::from(n)) >> 64) as u64
    };
    let mut caught = [0u64; 5];
    for number in 0..u64::from(events) {
        let Some(Reverse(flight)) = heap.pop() else { break };
        caught[usize::from(flight.to)] += 1;
        let to = (flight.to + 1 + draw(4) as u16) % 5;
        let at = flight.at + 1_000_000 + draw(9_000_000);
        heap.push(Reverse(Flight { at, number: number + 5, from: flight.to, to, ball: flight.ball + 1 }));
    }
    std::hint::black_box(caught);
    events
}

fn world(events: u32, hashing: bool, tracing: bool) -> u32 {
    let mut world = World::new(Setup { hashing, ..bounce::setup(5, 1, Rules { balls: 1, durable: false }) });
    let mut trace = Trace::default();
    if tracing {
        let mut tracer = Tracer::new(&mut trace);
        world.boot_all(&mut tracer);
        while world.events() < events {
            world.step(&mut tracer);
        }
    } else {
        world.boot_all(&mut ());
        while world.events() < events {
            world.step(&mut ());
        }
    }
    std::hint::black_box((world.hash(), trace.len()));
    world.events()
}

#[derive(Clone)]
struct Player {
    neighbours: Vec<String>,
    caught: usize,
}

impl Process for Player {
    fn on_message(&mut self, msg: Message, _from: String, ctx: &mut Context) -> Result<(), String> {
        self.caught += 1;
        ctx.send(msg, self.neighbours[self.caught % self.neighbours.len()].clone());
        Ok(())
    }
    fn on_local_message(&mut self, msg: Message, ctx: &mut Context) -> Result<(), String> {
        ctx.send(msg, self.neighbours[0].clone());
        Ok(())
    }
    fn on_timer(&mut self, _timer: String, _ctx: &mut Context) -> Result<(), String> {
        Ok(())
    }
}

fn anysystem(events: u32) -> u32 {
    let mut system = System::new(1);
    system.network().set_delays(0.001, 0.010);
    let names: Vec<String> = (0..5).map(|n| format!("p{n}")).collect();
    for name in &names {
        let node = format!("node-{name}");
        system.add_node(&node);
        let neighbours = names.iter().filter(|other| *other != name).cloned().collect();
        system.add_process(name, Box::new(Player { neighbours, caught: 0 }), &node);
    }
    for name in &names {
        system.send_local_message(name, Message::new("Ball", "0"));
    }
    system.steps(u64::from(events));
    events
}
