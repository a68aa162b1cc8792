//! Closed loops: when a client asks again.

mod bounce;

use bounce::{Bounce, Rules, Throw};
use netsplit_sim::{ClosedLoop, Intervention, Moment, NodeId, Planned, Recording, Span, Target, Time, World};

const MS: fn(u64) -> Time = |ms| Time::ZERO + Span::millis(ms);

/// Players that answer when their disks have written, 2 ms later.
fn play(faults: &[(u64, Intervention<Throw>)], client: ClosedLoop<Throw>) -> Recording<Bounce, ()> {
    let mut setup = bounce::setup(3, 1, Rules { balls: 0, durable: false });
    setup.disk = (Span::millis(2), false);
    let planned = |(at, what): &(u64, Intervention<Throw>)| {
        let when = Moment { at: MS(*at), after: 0 };
        Planned { when, what: what.clone() }
    };
    let timeline = faults.iter().map(planned).collect();
    let mut run = Recording::planned(World::new(setup), timeline, vec![client], |_, ()| Vec::new());
    run.advance(MS(200), u32::MAX);
    run
}

fn asks_every(think: u64, patience: u64, target: impl Into<Target>) -> ClosedLoop<Throw> {
    ClosedLoop {
        from: MS(10),
        until: MS(60),
        think: Span::millis(think),
        patience: Span::millis(patience),
        asks: vec![Intervention::Invoke(target.into(), Throw); 100],
    }
}

fn asked_at(run: &Recording<Bounce, ()>) -> Vec<u64> {
    run.history().operations().iter().map(|operation| operation.invoked.1.0 / 1_000_000).collect()
}

#[test]
fn the_next_question_comes_when_the_client_has_its_answer_and_has_thought() {
    let run = play(&[], asks_every(8, 30, NodeId(0)));
    assert_eq!(asked_at(&run), [10, 20, 30, 40, 50], "2 ms for the answer, 8 to think, and none at 60");
    let slow = Intervention::Disk(NodeId(0).into(), Span::millis(12), false);
    let run = play(&[(25, slow)], asks_every(8, 30, NodeId(0)));
    assert_eq!(asked_at(&run), [10, 20, 30, 50], "a slower disk slows the client down");
}

#[test]
fn who_is_not_answered_loses_patience_and_a_late_answer_changes_nothing() {
    let slow = Intervention::Disk(NodeId(0).into(), Span::millis(15), false);
    let run = play(&[(5, slow)], asks_every(3, 7, NodeId(0)));
    assert_eq!(asked_at(&run), [10, 20, 30, 40, 50], "7 ms of patience, 3 to think; answers come after 15");
    assert!(run.history().operations().iter().all(|operation| operation.answer.is_some()));
}

#[test]
fn nobody_there_is_no_answer() {
    let run = play(&[(5, Intervention::Crash(NodeId(0).into()))], asks_every(3, 7, NodeId(0)));
    assert_eq!(asked_at(&run), [10, 20, 30, 40, 50]);
    assert!(run.history().operations().iter().all(|operation| operation.answer.is_none()));
    let run = play(&[], asks_every(3, 7, Target::Role("nobody".to_owned())));
    assert_eq!(run.history().operations().len(), 0, "without a node there is no operation");
    assert_eq!(run.trace().events().filter(|(_, row)| row.at == MS(50)).count(), 1, "but it has been tried");
}

#[test]
fn each_thing_is_asked_for_once_and_in_turn() {
    let mut client = asks_every(1, 7, NodeId(0));
    client.asks = (0..3).map(|node| Intervention::Invoke(NodeId(node).into(), Throw)).collect();
    let run = play(&[], client);
    let nodes: Vec<u16> = run.history().operations().iter().map(|operation| operation.node.0).collect();
    assert_eq!((nodes, asked_at(&run)), (vec![0, 1, 2], vec![10, 13, 16]));
}
