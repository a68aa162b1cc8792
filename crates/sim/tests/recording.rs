//! Going back, going on, intervening and undoing, in any order: the run at any position is that of a fresh run with
//! the same interventions.

mod bounce;

use bounce::{Bounce, Rules, Throw};
use netsplit_sim::{
    ClosedLoop, Dice, Intervention, Manner, Moment, MsgName, NodeId, Planned, Recording, Seed, Span, Time, World,
};

type Run = Recording<Bounce, ()>;

fn fresh(deeds: Vec<Planned<Throw>>) -> Run {
    let mut setup = bounce::setup(5, 11, Rules { balls: 1, durable: true });
    setup.disk = (Span::micros(300), false);
    let gauge = |world: &World<Bounce>, (): &()| vec![world.in_flight().count() as u64];
    let mut run = Run::planned(World::new(setup), timeline(), loops(), gauge);
    run.replay_deeds(deeds);
    run
}

/// Two at a time, again and again: a deed between them must be found there again.
fn timeline() -> Vec<Planned<Throw>> {
    let twice = |nth: u64| {
        let when = Moment { at: Time::ZERO + Span::millis(7).scale(nth / 2, 1), after: 0 };
        let what =
            if nth.is_multiple_of(2) { Intervention::Heal } else { Intervention::Invoke(NodeId(1).into(), Throw) };
        Planned { when, what }
    };
    (0..20).map(twice).collect()
}

/// Answered when the disk has written, or not at all if nobody is there; two of them at the same moments.
fn loops() -> Vec<ClosedLoop<Throw>> {
    let one = |patience: u64| ClosedLoop {
        from: Time::ZERO + Span::millis(3),
        until: Time::ZERO + Span::millis(120),
        think: Span::millis(1),
        patience: Span::millis(patience),
        asks: vec![Intervention::Invoke(NodeId(2).into(), Throw); 6],
    };
    vec![one(2), one(5), one(5)]
}

fn some_deed(dice: &mut Dice) -> Intervention<Throw> {
    let node = NodeId(dice.below(5) as u16);
    let other = NodeId(dice.below(5) as u16);
    let message = MsgName { from: node, to: other, nth: dice.below(60) as u32, copy: 0 };
    match dice.below(13) {
        0 => Intervention::Crash(node.into()),
        1 | 2 => Intervention::Restart(node.into()),
        3 => Intervention::Pause(node.into()),
        4 => Intervention::Resume(node.into()),
        5 => Intervention::Partition(vec![vec![node.into(), other.into()]]),
        6 => Intervention::Heal,
        7 => Intervention::Invoke(node.into(), Throw),
        8 => Intervention::Fire(node.into(), None),
        9 => Intervention::Delay(message, Span::millis(dice.below(9))),
        10 => Intervention::Duplicate(message),
        11 => Intervention::Turn(node.into(), dice.pick(&Manner::LIES).copied().unwrap_or_default()),
        _ => Intervention::Clock(node.into(), dice.below(1_000) as i64, dice.below(1_000) as i32),
    }
}

/// One random move of somebody who plays with a run.
fn some_move(run: &mut Run, dice: &mut Dice) {
    match dice.below(10) {
        0 | 1 => {
            run.seek(dice.below(u64::from(run.trace().len()) + 2) as u32);
        }
        2 => run.seek_time(Time(dice.below(run.recorded_until().0 + 2))),
        3 | 4 => {
            let deed = some_deed(dice);
            run.intervene(deed);
        }
        5 => {
            run.undo();
        }
        6 => {
            run.step();
        }
        _ => {
            let until = run.world().now() + Span::micros(dice.below(20_000));
            run.advance(until, 10_000);
        }
    }
}

#[test]
fn any_walk_through_a_run_ends_where_a_fresh_run_does() {
    for seed in 0..300 {
        let mut dice = Dice::new(Seed(seed));
        let mut run = fresh(Vec::new());
        for _ in 0..120 {
            some_move(&mut run, &mut dice);
        }
        assert_eq!(run.diverged(), None, "seed {seed}");
        let mut again = fresh(run.deeds().cloned().collect());
        again.fast_forward(run.world().events(), run.world().now(), u32::MAX);
        assert_eq!(again.world().now(), run.world().now(), "seed {seed}");
        assert_eq!(again.world().hash(), run.world().hash(), "seed {seed}, after {} events", run.world().events());
        compare_traces(seed, &mut run, &mut again);
    }
}

/// Both recordings, played to the same end, hold the same rows: nothing is left over from futures that were forgotten.
fn compare_traces(seed: u64, a: &mut Run, b: &mut Run) {
    let end = a.recorded_until().max(b.recorded_until()) + Span::millis(30);
    a.advance(end, 50_000);
    b.advance(end, 50_000);
    assert_eq!(a.trace().len(), b.trace().len(), "seed {seed}");
    for (x, y) in a.trace().events().zip(b.trace().events()) {
        assert_eq!(x, y, "seed {seed}");
    }
    for (x, y) in a.trace().messages_in(0..u32::MAX).zip(b.trace().messages_in(0..u32::MAX)) {
        assert_eq!(x, y, "seed {seed}");
    }
    assert_eq!(a.figures(), b.figures(), "seed {seed}");
    assert_eq!(a.curves().last().map(|last| &last.figures), a.figures().as_ref(), "seed {seed}");
    assert_eq!(a.history().operations().len(), b.history().operations().len());
    assert_eq!(a.hash_after(a.trace().len()), b.hash_after(b.trace().len()));
}

#[test]
fn a_long_run_is_thinned_and_still_exact() {
    let mut run = fresh(Vec::new());
    run.advance(Time::NEVER, 400_000);
    let hashes: Vec<u64> = [0, 1, 2_047, 2_048, 2_049, 123_456, 399_999].map(|at| run.hash_after(at)).to_vec();
    for (at, hash) in [0, 1, 2_047, 2_048, 2_049, 123_456, 399_999].into_iter().zip(hashes) {
        run.seek(at);
        assert_eq!((run.world().events(), run.world().hash()), (at, hash));
    }
}
