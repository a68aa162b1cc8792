//! The monitor notices what no switch of Raft's can bring about.

use super::*;
use crate::raft::Config;
use crate::raft::{Disk, Msg, Op, Settings, StateMachine, Timer};
use crate::shared::kv;
use crate::{Bugs, Cast};
use netsplit_sim::{
    Cx, Face, History, Intervention, Network, OpId, Process, Seat, Seed, Setup, Span, Step, Time, Topology, Trace,
};
use serde::Serialize;
use std::sync::Arc;

/// A server that deletes its last entry whenever it is asked for something and leads, and that reads nothing in its
/// snapshot: no rule of Raft makes one, so no switch does.
#[derive(Clone, Hash, Serialize)]
struct Forgetful(Server);

impl Process<Raft> for Forgetful {
    type Config = Settings;
    type Disk = Disk;
    fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<Raft>) -> Forgetful {
        let mut server = Server::boot(settings, disk, cx);
        server.state_machine = StateMachine::default();
        Forgetful(server)
    }
    fn disk(&self) -> &Disk {
        Process::disk(&self.0)
    }
    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Raft>) {
        self.0.on_msg(from, msg, cx);
    }
    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Raft>) {
        self.0.on_timer(timer, cx);
    }
    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Raft>) {
        match self.0.log().last_index() {
            last @ 1.. if self.0.is_leader() => self.0.disk.log.truncate_from(last),
            _ => self.0.on_op(id, op, cx),
        }
    }
    fn view(&self) -> View<'_> {
        self.0.view()
    }
    fn face(&self) -> Face {
        self.0.face()
    }
}

/// The monitor at the only node, in a world without a trace.
fn look(monitor: &mut Invariants, world: &World<Raft>, event: EventId) -> Result<(), Violation> {
    let (trace, history) = (&Trace::default(), &History::default());
    monitor.after(&Scene { world, trace, history, event, node: Some(NodeId(0)) })
}

/// A forgetful server alone in its cluster, which leads.
fn forgetful(config: &Config, monitor: &mut Invariants) -> World<Raft> {
    let settings = Settings::new(config, Bugs::NONE, &Cast { parts: vec![0] }).expect("possible");
    let mut world = World::<Raft>::new(Setup {
        seed: Seed(1),
        nodes: vec![Seat::<Raft, Forgetful>::new(Arc::new(settings))],
        topology: Topology::Mesh,
        network: Network::default(),
        disk: (Span::ZERO, false),
        hashing: false,
    });
    world.boot_all(&mut ());
    while let Step::Event(event) = world.step(&mut ()) {
        assert_eq!(look(monitor, &world, event), Ok(()));
        if world.now() > Time(1_000_000_000) {
            break;
        }
    }
    world
}

fn put() -> Intervention<Op> {
    Intervention::Invoke(NodeId(0).into(), kv::Op::Put { key: "x".into(), value: "1".into() }.into())
}

#[test]
fn state_machine_safety_fails_when_a_snapshot_does_not_hold_what_was_applied() {
    let mut monitor = Invariants::default();
    let mut world = forgetful(&Config { snapshot_every: 1, ..Config::default() }, &mut monitor);
    let event = world.apply(&put(), &mut ());
    assert_eq!(look(&mut monitor, &world, event), Ok(()));
    let event = world.apply(&Intervention::Crash(NodeId(0).into()), &mut ());
    assert_eq!(look(&mut monitor, &world, event), Ok(()));
    let event = world.apply(&Intervention::Restart(NodeId(0).into()), &mut ());
    let violation = look(&mut monitor, &world, event).expect_err("its store is empty");
    assert_eq!(violation.invariant, "state-machine-safety");
}

#[test]
fn leader_append_only_fails_when_a_leader_deletes_from_its_log() {
    let mut monitor = Invariants::default();
    let mut world = forgetful(&Config::default(), &mut monitor);
    let event = world.apply(&put(), &mut ());
    assert_eq!(look(&mut monitor, &world, event), Ok(()));
    let event = world.apply(&put(), &mut ());
    let violation = look(&mut monitor, &world, event).expect_err("its log is shorter than it was");
    assert_eq!(violation.invariant, "leader-append-only");
    let texts: Vec<_> = violation.evidence.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "became leader of term 1, and had 1 entries until now",
            "leads on, but its log is no longer what it was: its log is empty",
        ]
    );
}
