use netsplit_protocols::raft::*;
use netsplit_protocols::{Bugs, Cast, Entry as _};
use netsplit_sim::*;
fn run(clients: usize, monitor: bool, hashing: bool, trace_on: bool) {
    let parts = [vec![0; 5], vec![1; clients]].concat();
    let setup = Setup { seed: Seed(1), nodes: Raft::processes(&Config::default(), Bugs::NONE, &Cast { parts }).unwrap(),
        topology: Topology::Mesh, network: Network { link: Link { latency: Latency::Uniform(Span::millis(1), Span::millis(10)), ..Link::default() }, ..Network::default() }, disk: (Span::ZERO, false), hashing };
    let mut world = World::<Raft>::new(setup);
    world.boot_all(&mut ());
    for i in 0..200_000u32 / clients as u32 { for c in 0..clients {
        world.apply(&Intervention::Invoke(NodeId(5 + c as u16).into(), Op::Put { key: format!("k{}", i % 16).into(), value: format!("{i}").into() }), &mut ());
    } }
    let mut m = Invariants::default();
    let mut trace = Trace::default();
    let (start, before) = (std::time::Instant::now(), world.events());
    let mut nothing = 0u64;
    struct N(Option<NodeId>);
    impl Recorder<Raft> for N { fn event(&mut self, _: EventId, _: Time, node: Option<NodeId>, _: EventId, _: Kind<'_, Raft>) { self.0 = node; } }
    let mut rec = N(None);
    while world.events() < before + 2_000_000 {
        let step = if trace_on { world.step(&mut Tracer::new(&mut trace)) } else if monitor { world.step(&mut rec) } else { world.step(&mut ()) };
        match step { Step::Event(e) => if monitor { m.after(&world, e, rec.0).unwrap() }, Step::Nothing => nothing += 1, Step::Idle => break }
    }
    let events = world.events() - before;
    let s = start.elapsed().as_secs_f64();
    let Some(View::Server(sv)) = world.view(NodeId(0)) else { panic!() };
    println!("clients {clients} monitor {monitor} hashing {hashing} trace {trace_on}: {:.2} M events/s, {events} events, nothing {nothing}, sim {} log {}", events as f64 / s / 1e6, world.now(), sv.log().last_index());
}
#[test]
#[ignore]
fn bench() {
    run(1, false, false, false);
    run(5, false, false, false);
    run(50, false, false, false);
    run(5, true, false, false);
    run(5, false, true, false);
    run(5, true, true, false);
    run(5, false, false, true);
}
