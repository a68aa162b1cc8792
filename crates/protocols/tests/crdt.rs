//! The replicated data types: every rule, every law of their algebra, and every invariant with its bug.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::crdt::{Bug, Config, Crdt, Dot, Lattice, Line, Op, Replica, Ret, State, Type, Values};
use netsplit_sim::{Dice, Latency, Link, NodeId, Ratio, Seed, Span, Topology};

type Room = Lab<Crdt>;

/// Four replicas that tell one neighbour every 60 ms; a message takes 10 ms.
fn plan() -> Plan<Crdt> {
    Plan::of(&[4])
}

/// Long enough for every replica to have told every other.
const SPREAD: u64 = 3 * 60 + 70;

fn add(element: &str) -> Op {
    Op::Add { element: element.into() }
}

fn remove(element: &str) -> Op {
    Op::Remove { element: element.into() }
}

fn assign(value: &str) -> Op {
    Op::Assign { value: value.into() }
}

fn count(by: u32) -> Op {
    Op::Count { by }
}

fn replica(room: &Room, node: u16) -> &Replica {
    room.world().view(NodeId(node)).expect("it is up")
}

fn values(room: &Room, node: u16) -> Values {
    replica(room, node).values()
}

fn set(room: &Room, node: u16) -> String {
    values(room, node).set.unwrap_or_default().join(" ")
}

fn register(room: &Room, node: u16) -> Option<String> {
    values(room, node).register.map(|value| value.to_string())
}

fn all_alike(room: &Room) -> bool {
    (1..4).all(|node| replica(room, node).state() == replica(room, 0).state())
}

// --- Update

#[test]
fn an_update_is_done_at_once_and_by_oneself() {
    let mut room = plan().start();
    room.together(&[0]).ask(0, count(3)).ask(0, add("x")).ask(0, assign("1")).ask(0, Op::Decrement { by: 5 });
    assert!(room.replies().iter().all(|(_, ret)| *ret == Ret::Ok));
    let read = Values { count: Some(3), balance: Some(-5), set: Some(vec!["x".into()]), register: Some("1".into()) };
    room.ask(0, Op::Read {});
    assert_eq!(room.last_reply(), Some(Ret::Values(read)));
}

#[test]
fn counts_of_all_replicas_add_up() {
    let mut room = plan().start();
    (0..4).for_each(|node| {
        room.ask(node, count(10)).ask(node, Op::Increment { by: 7 }).ask(node, Op::Decrement { by: 4 });
    });
    room.run(SPREAD);
    for node in 0..4 {
        assert_eq!((values(&room, node).count, values(&room, node).balance), (Some(40), Some(12)));
    }
}

#[test]
fn a_remove_takes_away_what_it_has_seen() {
    let mut room = plan().start();
    room.ask(0, add("x")).run(SPREAD).ask(1, remove("x")).run(SPREAD);
    assert!((0..4).all(|node| set(&room, node).is_empty()));
    room.ask(0, add("x")).run(SPREAD);
    assert!((0..4).all(|node| set(&room, node) == "x"), "and it can be added again");
}

#[test]
fn an_add_at_the_same_time_wins_over_a_remove() {
    let mut room = plan().start();
    room.ask(0, add("x")).ask(0, add("y")).run(SPREAD);
    room.ask(1, remove("x")).ask(1, remove("y")).ask(2, add("x")).run(SPREAD);
    assert!((0..4).all(|node| set(&room, node) == "x"));
    assert_eq!(room.violation(), None);
}

#[test]
fn to_remove_what_one_has_not_seen_does_nothing() {
    let mut room = plan().start();
    room.ask(0, add("x")).ask(1, remove("x")).run(SPREAD);
    assert_eq!((set(&room, 1), room.violation()), ("x".to_owned(), None));
}

#[test]
fn a_write_beats_those_it_has_seen() {
    let mut room = plan().start();
    room.ask(3, assign("first")).run(SPREAD).ask(0, assign("second")).run(SPREAD);
    assert!((0..4).all(|node| register(&room, node).as_deref() == Some("second")));
}

#[test]
fn of_two_writes_at_the_same_time_the_name_decides_everywhere() {
    let mut room = plan().start();
    room.ask(2, assign("two")).ask(1, assign("one")).run(SPREAD);
    assert!((0..4).all(|node| register(&room, node).as_deref() == Some("two")));
}

#[test]
fn numbers_are_above_all_that_was_heard_of() {
    let mut room = plan().start();
    (0..5).for_each(|_| {
        room.ask(0, assign("x"));
    });
    room.run(SPREAD).ask(3, assign("y"));
    assert_eq!(replica(&room, 3).state().register.dot, Dot { number: 6, replica: Some(NodeId(3)) });
}

#[test]
fn a_type_that_is_not_kept_is_refused() {
    let config = Config { types: vec![Type::OrSet], ..Config::default() };
    let mut room = plan().config(config).start();
    for op in [count(1), assign("1"), Op::Increment { by: 1 }] {
        room.ask(0, op);
        assert_eq!(room.last_reply(), Some(Ret::Unsupported));
    }
    room.ask(0, add("x")).ask(0, Op::Read {});
    assert_eq!(room.last_reply(), Some(Ret::Values(Values { set: Some(vec!["x".into()]), ..Values::default() })));
}

// --- Exchange

#[test]
fn neighbours_are_told_in_turn() {
    let mut room = plan().start();
    room.run(60 + 3 * 60 - 1);
    let trace = room.run.trace();
    let mut told: Vec<_> = trace.messages_in(0..trace.sent()).filter(|(_, mail)| mail.name.from == NodeId(0)).collect();
    told.truncate(3);
    assert_eq!(told.iter().map(|(_, mail)| mail.name.to.0).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn one_exchange_brings_a_replica_that_was_alone_up_to_date() {
    let mut room = plan().start();
    room.together(&[0]);
    (0..20).for_each(|n| {
        room.ask(0, add(&n.to_string())).ask(1, count(1)).run(10);
    });
    assert_eq!((set(&room, 1).len(), values(&room, 0).count), (0, Some(0)));
    room.heal().run(SPREAD);
    assert!(all_alike(&room));
    assert_eq!(room.violation(), None);
}

#[test]
fn a_state_that_says_nothing_new_changes_nothing() {
    let mut room = plan().start();
    room.ask(0, count(1)).ask(0, add("x")).run(SPREAD);
    let before = replica(&room, 2).state().clone();
    room.run(2_000);
    assert!(room.ran(Line::NothingNew));
    assert_eq!(*replica(&room, 2).state(), before);
}

#[test]
fn loss_copies_and_delays_make_no_difference() {
    let rough = Link {
        latency: Latency::Uniform(Span::millis(1), Span::millis(200)),
        loss: Ratio::new(1, 3),
        duplicate: Ratio::new(1, 3),
        reorder: Ratio::new(1, 3),
        fifo: false,
    };
    for seed in 0..20 {
        let mut room = Plan { link: rough, ..plan() }.seed(seed).start();
        for n in 0..30 {
            let op = [count(1), add(&n.to_string()), remove(&(n / 2).to_string()), assign(&n.to_string())];
            room.ask(n % 4, op[usize::from(n) / 4 % 4].clone()).run(30);
        }
        room.run(6_000);
        assert!(all_alike(&room), "seed {seed}");
        assert_eq!(room.violation(), None);
    }
}

#[test]
fn a_replica_that_crashed_goes_on_with_state_and_numbers() {
    let mut room = plan().start();
    room.ask(0, add("x")).ask(0, remove("x")).crash(0).restart(0).ask(0, add("x")).run(SPREAD);
    assert!(room.ran(Line::Recover));
    assert!((0..4).all(|node| set(&room, node) == "x"));
}

#[test]
fn what_was_not_on_the_disk_has_not_happened() {
    let mut room = plan().disk(Span::millis(100)).start();
    room.ask(0, count(1)).run(50).crash(0).restart(0).run(1_000);
    assert_eq!((values(&room, 1).count, room.last_reply(), room.violation()), (Some(0), None, None));
}

#[test]
fn what_changes_nothing_is_no_update() {
    let mut room = plan().start();
    room.together(&[0]).ask(0, remove("x")).ask(0, count(0)).ask(0, Op::Increment { by: 0 });
    assert_eq!(room.figures(), [0, 1], "nobody has missed anything, and all are alike");
    assert_eq!(room.last_reply(), Some(Ret::Ok));
}

#[test]
fn an_update_goes_round_a_ring() {
    let mut room = Plan { topology: Topology::Ring, ..Plan::of(&[12]) }.start();
    room.ask(0, add("x")).run(6 * 130);
    assert!((0..12).all(|node| set(&room, node) == "x"), "six links away, at most two exchanges for each");
}

#[test]
fn measures_tell_how_far_apart_replicas_are() {
    let mut room = plan().start();
    room.together(&[0]).run(100).ask(0, count(1)).run(1);
    assert_eq!(room.figures(), [3, 2], "three have not seen it");
    room.heal().run(SPREAD);
    assert_eq!(room.figures(), [0, 1]);
}

// --- A semilattice

/// A state that some replica could be in: each has made its own updates, on top of what it had joined.
fn states(seed: u64) -> Vec<State> {
    let mut dice = Dice::new(Seed(seed));
    let mut room = plan().start();
    room.together::<u16>(&[]);
    let mut some = Vec::new();
    for n in 0..30 {
        let node = dice.below(4) as u16;
        let element = dice.below(3).to_string();
        let op = match dice.below(6) {
            0 => count(dice.below(4) as u32),
            1 => Op::Increment { by: dice.below(4) as u32 },
            2 => Op::Decrement { by: dice.below(4) as u32 },
            3 => add(&element),
            4 => remove(&element),
            _ => assign(&n.to_string()),
        };
        room.ask(node, op).run(dice.below(60));
        some.push(replica(&room, node).state().clone());
    }
    some.push(State::default());
    some
}

fn joined(a: &State, b: &State) -> State {
    let mut both = a.clone();
    both.join(b);
    both
}

#[test]
fn the_join_is_that_of_a_semilattice() {
    for seed in 0..15 {
        let states = states(seed);
        for a in &states {
            assert_eq!(joined(a, a), *a, "idempotent");
            assert_eq!(joined(a, &State::default()), *a, "with nothing for the least");
            for b in &states {
                let both = joined(a, b);
                assert_eq!(both, joined(b, a), "commutative");
                assert!(a.within(&both) && b.within(&both), "above both");
                assert_eq!(a.within(b), both == *b, "the order is that of the join");
                for c in states.iter().step_by(5) {
                    assert_eq!(joined(&both, c), joined(a, &joined(b, c)), "associative");
                    assert!(!(a.within(c) && b.within(c)) || both.within(c), "the least above both");
                }
            }
        }
    }
}

#[test]
fn every_update_moves_a_state_upward() {
    let mut room = plan().start();
    let ops = [add("x"), add("x"), remove("x"), add("y"), count(2), Op::Decrement { by: 9 }, assign("1"), assign("0")];
    for op in ops {
        let before = replica(&room, 0).state().clone();
        room.ask(0, op);
        assert!(before.within(replica(&room, 0).state()) && before != *replica(&room, 0).state());
    }
}

// --- Bugs

#[test]
fn what_is_added_up_is_counted_twice() {
    let mut room = plan().bug(Bug::NonIdempotentMerge as usize).start();
    room.ask(0, count(1)).run(SPREAD);
    assert_eq!(room.violated(), Some("values-of-updates"));
}

#[test]
fn a_number_used_twice_loses_an_add() {
    let mut room = plan().bug(Bug::ClockReset as usize).start();
    room.together(&[0]).ask(0, add("x")).ask(0, remove("x")).crash(0).restart(0).ask(0, add("x"));
    assert_eq!((set(&room, 0), room.violated()), (String::new(), Some("values-of-updates")));
}

#[test]
fn a_number_used_twice_loses_a_write() {
    let mut room = plan().bug(Bug::ClockReset as usize).start();
    room.together(&[0]).ask(0, assign("1")).ask(0, assign("2")).crash(0).restart(0).ask(0, assign("3"));
    assert_eq!((register(&room, 0).as_deref(), room.violated()), (Some("2"), Some("values-of-updates")));
}

#[test]
fn without_a_tombstone_what_was_removed_comes_back() {
    let mut room = plan().bug(Bug::NoTombstone as usize).start();
    room.ask(0, add("x")).run(SPREAD).ask(0, remove("x")).run(SPREAD);
    assert_eq!((set(&room, 0), room.violated()), ("x".to_owned(), Some("only-grows")));
    let names: Vec<_> = room.run.violations().iter().map(|violation| violation.invariant).collect();
    assert!(names.contains(&"values-of-updates"), "{names:?}");
}

#[test]
fn ties_that_are_kept_are_never_settled() {
    let mut room = plan().bug(Bug::TiesKept as usize).start();
    room.ask(0, assign("0")).ask(2, assign("2")).run(1_000);
    assert_eq!(room.violated(), Some("same-updates-same-state"));
    assert!(room.run.violations().iter().all(|violation| violation.invariant != "updates-spread"));
}

#[test]
fn whoever_tells_the_same_neighbour_leaves_others_out() {
    let mut room = plan().bug(Bug::SameNeighbour as usize).start();
    room.ask(0, count(1)).run(500);
    assert_eq!(room.violation(), None, "510 ms is the patience");
    room.run(100);
    assert_eq!(room.violated(), Some("updates-spread"));
}

#[test]
fn patience_grows_with_the_time_between_exchanges() {
    let mut room = plan().config(Config { exchange: Span::secs(5), ..Config::default() }).start();
    room.ask(0, count(1)).run(60_000);
    assert_eq!(room.violation(), None);
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    let each = |node| {
        let ops = [add("x"), add("y"), remove("x"), remove("y"), count(1), assign("a"), assign("b")];
        let more = [Op::Increment { by: 5 }, Op::Decrement { by: 3 }];
        ops.into_iter().chain(more).map(move |op| (node, op))
    };
    (0..4).flat_map(each).collect()
}

#[test]
fn a_crash_at_any_event_and_a_restart_leave_all_alike() {
    let mut base = plan().start();
    base.ask(0, add("x")).ask(1, count(2)).run(40).ask(2, assign("2")).ask(3, remove("x")).ask(0, assign("0"));
    let crashes = base.crash_everywhere(300, &[0, 1, 2, 3], 2 * SPREAD, |room| {
        assert_eq!(room.violation(), None);
        assert!(all_alike(room));
        assert_eq!(values(room, 0).count, Some(2));
    });
    assert!(crashes > 100, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_all_are_alike() {
    for seed in 0..300 {
        let room = Room::faulty(plan(), seed, &ops(), &["replica"]);
        assert_eq!(room.violation(), None, "seed {seed}");
        assert!(all_alike(&room), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Room::finds_every_bug(plan, 2_000, &ops(), &["replica"]);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let refused = |config: Config, parts: &[usize]| refused::<Crdt>(&config, parts);
    let usual = Config::default();
    assert_eq!(refused(Config { exchange: Span::ZERO, ..usual.clone() }, &[0]), Some("exchange"));
    assert_eq!(refused(Config { types: Vec::new(), ..usual.clone() }, &[0]), Some("types"));
    assert_eq!((refused(usual.clone(), &[]), refused(usual, &[1])), (Some("replica"), Some("parts")));
}

rules::rules! {
    Crdt:
    Count => counts_of_all_replicas_add_up,
    UpOrDown => counts_of_all_replicas_add_up,
    Add => an_add_at_the_same_time_wins_over_a_remove,
    Remove => a_remove_takes_away_what_it_has_seen,
    Assign => a_write_beats_those_it_has_seen,
    Read => an_update_is_done_at_once_and_by_oneself,
    Send => neighbours_are_told_in_turn,
    Join => one_exchange_brings_a_replica_that_was_alone_up_to_date,
    NothingNew => a_state_that_says_nothing_new_changes_nothing,
    Recover => a_replica_that_crashed_goes_on_with_state_and_numbers,
}
