//! What liars do, one sentence a test.

use netsplit_sim::{
    Condition, Cx, Face, Forger, Intervention, Link, Manner, Moment, Network, NodeId, OpId, Planned, Process, Protocol,
    Recording, Seat, Seed, Setup, Shape, Span, Tag, Time, Topology, World,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Whoever is asked to say a number says it to everybody, and tells the client that it did.
#[derive(Clone, Copy, Debug)]
struct Say;

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
enum Msg {
    /// To peers.
    Number(u64),
    /// To clients; nobody has said how to alter it.
    Receipt(u64),
}

#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
struct Number(u64);

impl Protocol for Say {
    type Msg = Msg;
    type Timer = ();
    type Op = Number;
    type Ret = u64;
    type Line = u16;
    type View<'a> = &'a Hearer;
    fn tag(msg: &Msg) -> Tag {
        match msg {
            Msg::Number(_) => Tag { name: "Number", shape: Shape::Request },
            Msg::Receipt(_) => Tag { name: "Receipt", shape: Shape::Client },
        }
    }
    fn timer_name(_: ()) -> &'static str {
        "never"
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        if let Msg::Number(number) = msg {
            *number += 1_000 + forger.below(1_000);
        }
    }
}

#[derive(Clone, Hash, Debug, Serialize)]
struct Hearer {
    heard: Vec<(NodeId, Msg)>,
}

impl Process<Say> for Hearer {
    type Config = ();
    type Disk = ();
    fn boot(_: &Arc<()>, _: (), _: &mut Cx<Say>) -> Hearer {
        Hearer { heard: Vec::new() }
    }
    fn disk(&self) -> &() {
        &()
    }
    fn on_msg(&mut self, from: NodeId, msg: Msg, _: &mut Cx<Say>) {
        self.heard.push((from, msg));
    }
    fn on_op(&mut self, id: OpId, Number(number): Number, cx: &mut Cx<Say>) {
        for to in cx.neighbours {
            cx.send(*to, Msg::Number(number));
            cx.send(*to, Msg::Receipt(number));
        }
        cx.reply(id, number);
    }
    fn view(&self) -> &Hearer {
        self
    }
    fn face(&self) -> Face {
        Face::default()
    }
}

const LIAR: NodeId = NodeId(0);
const NODES: u16 = 8;

fn ms(n: u64) -> Time {
    Time(n * 1_000_000)
}

/// The first node speaks ten times, the second time on as such a liar.
fn play(manner: Manner, seed: u64) -> Recording<Say, ()> {
    let world = World::new(Setup {
        seed: Seed(seed),
        nodes: (0..NODES).map(|_| Seat::<Say, Hearer>::new(Arc::new(()))).collect(),
        topology: Topology::Mesh,
        network: Network { link: Link { fifo: true, ..Link::default() }, ..Network::default() },
        disk: (Span::ZERO, false),
        hashing: true,
    });
    let speak = |n| (50 * n, Intervention::Invoke(LIAR.into(), Number(n)));
    let turn = (75, Intervention::Turn(LIAR.into(), manner));
    let plan = (1..=10).map(speak).chain([turn]);
    let planned = plan.map(|(at, what)| Planned { when: Moment { at: ms(at), after: 0 }, what });
    let mut recording = Recording::new(world, netsplit_sim::in_order(planned.collect()));
    recording.advance(ms(1_000), u32::MAX);
    recording
}

fn numbers(run: &Recording<Say, ()>, node: u16) -> Vec<u64> {
    let heard = &run.world().view(NodeId(node)).unwrap().heard;
    heard.iter().filter_map(|(_, msg)| if let Msg::Number(number) = msg { Some(*number) } else { None }).collect()
}

fn receipts(run: &Recording<Say, ()>, node: u16) -> Vec<u64> {
    let heard = &run.world().view(NodeId(node)).unwrap().heard;
    heard.iter().filter_map(|(_, msg)| if let Msg::Receipt(number) = msg { Some(*number) } else { None }).collect()
}

fn answers(run: &Recording<Say, ()>) -> Vec<u64> {
    let answer = |op: &netsplit_sim::Operation<Say>| op.answer.as_ref().map(|(.., ret)| *ret);
    run.history().operations().iter().filter_map(answer).collect()
}

const TRUTH: [u64; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

#[test]
fn the_honest_say_what_their_process_says() {
    let run = play(Manner::Honest, 1);
    for node in 1..NODES {
        assert_eq!((numbers(&run, node), receipts(&run, node)), (TRUTH.to_vec(), TRUTH.to_vec()));
    }
    assert_eq!(answers(&run), TRUTH);
    assert!(!run.world().has_lied(LIAR), "nobody becomes a liar by being told to be honest");
}

#[test]
fn the_silent_say_nothing_to_anybody() {
    let run = play(Manner::Silent, 1);
    assert!((1..NODES).all(|node| numbers(&run, node) == [1]));
    assert_eq!(answers(&run), [1]);
    assert_eq!(run.world().condition(LIAR), Condition::Up, "and yet it is there");
}

#[test]
fn an_equivocator_tells_some_the_truth_and_the_others_one_and_the_same_lie() {
    for seed in 0..50 {
        let run = play(Manner::Equivocating, seed);
        let (told, deceived): (Vec<_>, Vec<_>) =
            (1..NODES).map(|node| numbers(&run, node)).partition(|it| *it == TRUTH);
        assert!(told.len() >= 3 && deceived.len() >= 3, "{told:?} {deceived:?}");
        assert!(deceived.iter().all(|it| it == &deceived[0] && it[0] == 1 && it[1..].iter().all(|n| *n > 1_000)));
    }
}

#[test]
fn a_replayer_says_all_it_should_and_old_things_again() {
    let run = play(Manner::Replaying, 1);
    let mut again = 0;
    for node in 1..NODES {
        let mut latest = 0;
        for number in numbers(&run, node) {
            assert!(number <= latest + 1, "nothing is invented, and nothing is left out");
            again += u32::from(number <= latest);
            latest = latest.max(number);
        }
        assert_eq!(latest, 10);
    }
    assert!(again > 10, "{again}");
}

#[test]
fn a_corrupter_says_other_things_to_anybody_now_and_then() {
    let run = play(Manner::Corrupting, 1);
    let wrong = (1..NODES).flat_map(|node| numbers(&run, node)).filter(|number| *number > 1_000).count();
    assert!((15..50).contains(&wrong), "of 63: {wrong}");
    assert_ne!(answers(&run), TRUTH, "clients hear something else as well");
}

#[test]
fn a_deceiver_lies_to_clients_alone() {
    let run = play(Manner::Deceiving, 1);
    for node in 1..NODES {
        assert_eq!(numbers(&run, node), TRUTH);
        let receipts = receipts(&run, node);
        assert_eq!(receipts.len(), 10);
        assert_ne!(receipts, TRUTH, "what nobody can alter is something that was said before");
        assert!(receipts.iter().all(|number| TRUTH.contains(number)));
    }
    assert_eq!(answers(&run)[2..], TRUTH[1..9], "nor answers: each client gets the one before its own");
}

#[test]
fn the_trace_knows_lies_from_what_was_said() {
    for manner in Manner::LIES {
        let run = play(manner, 3);
        let trace = run.trace();
        let lies = trace.messages_in(0..trace.sent()).filter(|(id, _)| trace.is_lie(*id)).count();
        assert_eq!(lies > 0, manner != Manner::Silent, "{manner:?}: {lies}");
        assert!(trace.messages_in(0..trace.sent()).all(|(id, row)| row.name.from == LIAR || !trace.is_lie(id)));
        assert!(trace.faults().iter().any(|fault| fault.name == manner.turning() && fault.aim.nodes == [LIAR]));
    }
}

#[test]
fn lies_are_the_same_in_every_replay_and_end_when_taken_back() {
    for manner in Manner::LIES {
        let (one, mut other) = (play(manner, 5), play(manner, 5));
        assert_eq!(one.world().hash(), other.world().hash());
        let (events, hash) = (other.world().events(), other.world().hash());
        for back in [0, events / 3, events / 2] {
            other.seek(back);
            other.seek(events);
            assert_eq!(other.world().hash(), hash, "{manner:?}");
        }
        other.seek_time(ms(300));
        other.intervene(Intervention::Turn(LIAR.into(), Manner::Honest));
        assert_eq!(other.world().manner(LIAR), Manner::Honest);
        assert!(other.world().has_lied(LIAR));
        other.advance(ms(1_000), u32::MAX);
        assert_eq!(numbers(&other, 3).last(), Some(&10));
        assert!(other.undo());
        other.advance(ms(1_000), u32::MAX);
        assert_eq!((other.world().manner(LIAR), other.world().hash()), (manner, hash));
    }
}
