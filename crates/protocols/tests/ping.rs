//! Ping: every rule, and the invariant with its bug.

use netsplit_protocols::ping::{AnsweredWasAsked, Bug, Config, Op, Ping, Ret};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    EventId, Intervention, Kind, Latency, Link, Monitor, Network, NodeId, OpId, Ratio, Recorder, Scene, Seed, Setup,
    Span, Step, Time, Topology, Trace, Violation, World,
};

struct Nodes {
    world: World<Ping>,
    monitor: AnsweredWasAsked,
    notes: Notes,
    violation: Option<Violation>,
}

#[derive(Default)]
struct Notes {
    node: Option<NodeId>,
    replies: Vec<(OpId, Ret)>,
}

impl Recorder<Ping> for Notes {
    fn event(&mut self, _id: EventId, _at: Time, node: Option<NodeId>, _cause: EventId, _kind: Kind<'_, Ping>) {
        self.node = node;
    }
    fn replied(&mut self, op: OpId, ret: &Ret, _event: EventId, _at: Time) {
        self.replies.push((op, ret.clone()));
    }
}

impl Nodes {
    fn start(count: usize, topology: Topology, bugs: Bugs, link: Link) -> Nodes {
        let setup = Setup {
            seed: Seed(1),
            nodes: Ping::processes(&Config::default(), bugs, &Cast { parts: vec![0; count] }).expect("possible"),
            topology,
            network: Network { link, ..Network::default() },
            disk: (Span::ZERO, false),
            hashing: false,
        };
        let (monitor, notes) = (AnsweredWasAsked::default(), Notes::default());
        let mut nodes = Nodes { world: World::new(setup), monitor, notes, violation: None };
        nodes.world.boot_all(&mut nodes.notes);
        nodes
    }
    fn mesh(count: usize) -> Nodes {
        Nodes::start(count, Topology::Mesh, Bugs::NONE, Link::default())
    }
    fn watch(&mut self, event: EventId) {
        let node = self.notes.node;
        let scene = Scene { world: &self.world, trace: &Trace::default(), event, node };
        if let Err(violation) = self.monitor.after(&scene) {
            self.violation.get_or_insert(violation);
        }
    }
    fn apply(&mut self, what: Intervention<Op>) -> &mut Nodes {
        let event = self.world.apply(&what, &mut self.notes);
        self.watch(event);
        self
    }
    fn ask(&mut self, node: u16, op: Op) -> &mut Nodes {
        self.apply(Intervention::Invoke(NodeId(node).into(), op))
    }
    fn run(&mut self, millis: u64) -> &mut Nodes {
        let until = self.world.now() + Span::millis(millis);
        while self.world.next_due().is_some_and(|due| due <= until) {
            if let Step::Event(event) = self.world.step(&mut self.notes) {
                self.watch(event);
            }
        }
        self.world.wait_until(until);
        self
    }
    fn note(&self, node: u16) -> String {
        self.world.face(NodeId(node)).and_then(|face| face.note).unwrap_or_default()
    }
}

fn store(key: &str, value: &str) -> Op {
    Op::Store { key: key.into(), value: value.into() }
}

fn read(key: &str) -> Op {
    Op::Read { key: key.into() }
}

#[test]
fn a_ping_is_over_when_every_neighbour_has_answered() {
    let mut nodes = Nodes::mesh(4);
    nodes.ask(0, Op::Ping {});
    assert_eq!((nodes.notes.replies.len(), nodes.note(0)), (0, "waiting for 3 pongs".to_owned()));
    nodes.run(100);
    assert_eq!(nodes.notes.replies, [(OpId(0), Ret::Ok)]);
    assert_eq!(nodes.world.view(NodeId(0)).map(|node| node.pongs()), Some(3));
    assert_eq!(nodes.violation, None);
}

#[test]
fn a_ping_stays_open_while_a_neighbour_is_gone() {
    let mut nodes = Nodes::mesh(3);
    nodes.apply(Intervention::Crash(NodeId(2).into())).ask(0, Op::Ping {}).run(10_000);
    assert_eq!(nodes.notes.replies, []);
}

#[test]
fn somebody_without_neighbours_has_heard_from_all_of_them() {
    let mut nodes = Nodes::mesh(1);
    nodes.ask(0, Op::Ping {});
    assert_eq!(nodes.notes.replies, [(OpId(0), Ret::Ok)]);
}

#[test]
fn data_are_handed_to_the_neighbours_and_outlive_a_crash() {
    let mut nodes = Nodes::start(4, Topology::Ring, Bugs::NONE, Link::default());
    nodes.ask(0, store("x", "1")).run(100);
    nodes.apply(Intervention::Crash(NodeId(1).into())).apply(Intervention::Restart(NodeId(1).into()));
    (0..4).for_each(|node| {
        nodes.ask(node, read("x"));
    });
    let rets: Vec<_> = nodes.notes.replies.iter().map(|(_, ret)| ret.clone()).collect();
    let one = || Ret::Value("1".into());
    assert_eq!(rets, [Ret::Ok, one(), one(), Ret::Absent, one()]); // n3 is across the ring
}

#[test]
fn two_data_under_one_key_cross_on_the_way() {
    let mut nodes = Nodes::mesh(2);
    nodes.ask(0, store("x", "1")).ask(1, store("x", "2")).run(100).ask(0, read("x")).ask(1, read("x"));
    assert_eq!(nodes.notes.replies[2..], [(OpId(2), Ret::Value("2".into())), (OpId(3), Ret::Value("1".into()))]);
}

#[test]
fn heartbeats_tell_who_is_there() {
    let mut nodes = Nodes::mesh(3);
    assert_eq!(nodes.run(1_000).note(0), "hears 2 of 2");
    assert_eq!(nodes.apply(Intervention::Crash(NodeId(2).into())).run(1_000).note(0), "hears 1 of 2");
    nodes.apply(Intervention::Crash(NodeId(1).into())).run(1_000);
    assert_eq!(nodes.world.face(NodeId(0)).map(|face| face.role), Some("alone"));
}

#[test]
fn every_pong_answers_a_ping_whatever_the_network_does() {
    let link = Link {
        latency: Latency::Uniform(Span::millis(1), Span::millis(300)),
        loss: Ratio::new(1, 10),
        duplicate: Ratio::new(3, 10),
        reorder: Ratio::new(3, 10),
        fifo: false,
    };
    let mut nodes = Nodes::start(5, Topology::Ring, Bugs::NONE, link);
    for turn in 0..200u16 {
        nodes.ask(turn % 5, Op::Ping {}).run(40);
        if turn % 7 == 0 {
            let node = NodeId(turn % 5);
            nodes.apply(Intervention::Crash(node.into())).run(60).apply(Intervention::Restart(node.into()));
        }
    }
    assert_eq!(nodes.violation, None);
    assert!(nodes.notes.replies.len() > 50);
}

#[test]
fn a_pong_to_the_wrong_asker_is_noticed() {
    let bugs = Bugs::NONE.with(Bug::AnswersTheWrongAsker as usize);
    let mut nodes = Nodes::start(4, Topology::Ring, bugs, Link::default());
    nodes.ask(0, Op::Ping {}).run(100);
    let violation = nodes.violation.expect("a violation");
    assert_eq!(violation.invariant, "answered-was-asked");
    let evidence: Vec<_> = violation.evidence.iter().map(|piece| (piece.node.0, piece.text.as_str())).collect();
    assert_eq!(evidence, [(0, "sent the ping"), (2, "received a pong for it, and had not asked")]);
}
