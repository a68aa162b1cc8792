//! The quorum store: every rule, and every invariant with its bug.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::quorum_kv::{
    Bug, Client, Config, Dot, Known, Level, Line, Op, Order, QuorumKv, Ret, Siblings, StoreNode, Trouble, View, Written,
};
use netsplit_protocols::shared::kv;
use netsplit_sim::{Dice, Intervention, NodeId, Seed, Span};

type Room = Lab<QuorumKv>;

/// Nodes 0 to 4, clients 5 and 6. A message takes 10 ms.
fn plan() -> Plan<QuorumKv> {
    Plan::of(&[5, 2])
}

const NODES: [u16; 5] = [0, 1, 2, 3, 4];
const C1: u16 = 5;
const C2: u16 = 6;
/// The homes of x, the primary first, and the nodes that come after them.
const HOMES: [u16; 3] = [1, 4, 0];
const OTHERS: [u16; 2] = [2, 3];

fn at_levels(read: Level, write: Level) -> Plan<QuorumKv> {
    plan().config(Config { read, write, ..Config::default() })
}

/// Nothing mends a copy but what the test is about.
fn plain() -> Config {
    Config { compare: Span::ZERO, hints: false, read_repair: false, ..Config::default() }
}

fn strong() -> Plan<QuorumKv> {
    plan().config(Config { order: Order::Primary, ..Config::default() })
}

fn put(value: &str) -> Op {
    Op::Put { key: "x".into(), value: value.into() }
}

fn get() -> Op {
    Op::Get { key: "x".into() }
}

fn delete() -> Op {
    Op::Delete { key: "x".into() }
}

fn cas(expect: &str, value: &str) -> Op {
    Op::Cas { key: "x".into(), expect: expect.into(), value: value.into() }
}

fn value(value: &str) -> Option<Ret> {
    Some(Ret::Key(kv::Ret::Value(value.into())))
}

const OK: Option<Ret> = Some(Ret::Key(kv::Ret::Ok));
const ABSENT: Option<Ret> = Some(Ret::Key(kv::Ret::Absent));
const UNAVAILABLE: Option<Ret> = Some(Ret::Trouble(Trouble::Unavailable));

fn node(room: &Room, at: u16) -> &StoreNode {
    match room.world().view(NodeId(at)) {
        Some(View::Node(node)) => node,
        _ => panic!("n{} is up", at + 1),
    }
}

fn client(room: &Room, at: u16) -> &Client {
    match room.world().view(NodeId(at)) {
        Some(View::Client(client)) => client,
        _ => panic!("a client"),
    }
}

/// What a node has of x; nothing while it is down.
fn has(room: &Room, at: u16) -> Vec<String> {
    match room.world().view(NodeId(at)) {
        Some(View::Node(node)) => node.siblings(&"x".into()).values().iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn copies(room: &Room, value: &str) -> usize {
    NODES.iter().filter(|at| has(room, **at) == [value]).count()
}

// --- Versions

fn dot(writer: u16, number: u64) -> Dot {
    Dot { writer: NodeId(writer), number }
}

fn known(dots: &[Dot]) -> Known {
    let mut known = Known::default();
    dots.iter().for_each(|dot| known.add(*dot));
    known
}

#[test]
fn a_set_of_writes_holds_what_was_put_in_and_nothing_else() {
    let mut dice = Dice::new(Seed(1));
    for _ in 0..500 {
        let mut draw = || (0..dice.below(12)).map(|_| dot(dice.below(3) as u16, 1 + dice.below(6))).collect::<Vec<_>>();
        let (ours, theirs) = (draw(), draw());
        let (mut joined, other) = (known(&ours), known(&theirs));
        let all = || (0..3).flat_map(|writer| (1..=6).map(move |number| dot(writer, number)));
        assert!(all().all(|dot| joined.has(dot) == ours.contains(&dot)));
        assert_eq!(joined.covers(&other), theirs.iter().all(|dot| ours.contains(dot)));
        joined.join(&other);
        assert!(all().all(|dot| joined.has(dot) == (ours.contains(&dot) || theirs.contains(&dot))));
        let mut everything = ours.clone();
        everything.extend(&theirs);
        assert_eq!(joined, known(&everything), "the same set is always told the same way");
    }
}

#[test]
fn copies_come_out_the_same_in_any_order_and_however_often() {
    let mut dice = Dice::new(Seed(2));
    for _ in 0..500 {
        // Writes of three clients, each in the knowledge of some of those before it.
        let mut writes: Vec<Siblings> = Vec::new();
        for number in 1..=6 {
            let mut seen = Known::default();
            for earlier in &writes {
                if dice.below(2) == 0 {
                    seen.join(&earlier.known);
                }
            }
            let written = Written { stamp: 0, value: Some(number.to_string().into()) };
            writes.push(Siblings::written(dot(dice.below(3) as u16, number), written, seen));
        }
        let merged = |order: &mut dyn Iterator<Item = usize>| {
            let mut copy = Siblings::default();
            order.for_each(|at| copy.merge(&writes[at]));
            copy
        };
        let forward = merged(&mut (0..6));
        assert_eq!(forward, merged(&mut (0..6).rev()));
        assert_eq!(forward, merged(&mut (0..6).chain(0..6).chain([2, 2])));
        let maximal = |at: &usize| {
            let dot = *writes[*at].versions.keys().next().expect("one version");
            writes.iter().enumerate().all(|(other, write)| other == *at || !write.known.has(dot))
        };
        assert_eq!(forward.versions.len(), (0..6).filter(maximal).count(), "what nobody overwrites is kept");
    }
}

// --- Client

#[test]
fn what_was_written_is_read() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(20);
    assert_eq!(room.last_reply(), OK);
    room.ask(C2, get()).run(20);
    assert_eq!(room.last_reply(), value("1"));
    room.ask(C2, delete()).run(20).ask(C1, get()).run(20);
    assert_eq!((room.last_reply(), room.violation()), (ABSENT, None));
}

#[test]
fn an_operation_takes_one_round_trip_and_2n_messages() {
    for (replicas, messages) in [(1, 2), (2, 4), (3, 6), (5, 10)] {
        for op in [put("1"), get()] {
            let mut room = plan().config(Config { replicas, ..plain() }).start();
            room.ask(C1, op).run(19);
            assert_eq!(room.last_reply(), None, "after one round trip and not before");
            room.run(1);
            assert!(room.last_reply().is_some());
            assert_eq!(room.run(300).messages(), messages);
        }
    }
}

#[test]
fn an_operation_ends_when_as_many_have_answered_as_its_level_says() {
    for (level, down, answered) in [
        (Level::One, 2, true),
        (Level::One, 3, false),
        (Level::Quorum, 1, true),
        (Level::Quorum, 2, false),
        (Level::All, 0, true),
        (Level::All, 1, false),
    ] {
        for op in [put("1"), get()] {
            let mut room = at_levels(level, level).start();
            HOMES[..down].iter().for_each(|home| {
                room.crash(*home);
            });
            room.ask(C1, op).run(500);
            assert_eq!(room.last_reply() != UNAVAILABLE, answered, "{level:?} with {down} homes down");
            assert_eq!(room.ran(Line::GiveUp), !answered);
        }
    }
}

#[test]
fn quorums_meet_if_their_sum_is_more_than_n() {
    use Level::{All, One, Quorum};
    for replicas in 1..=7 {
        for (read, write) in [(One, One), (One, Quorum), (Quorum, Quorum), (One, All), (All, One), (All, All)] {
            let (r, w) = (read.of(replicas), write.of(replicas));
            let subsets = |size: usize| (0..1_u32 << replicas).filter(move |set| set.count_ones() as usize == size);
            let meet = subsets(r).all(|reads| subsets(w).all(|writes| reads & writes != 0));
            assert_eq!(meet, r + w > replicas, "{read:?} and {write:?} of {replicas}");
        }
    }
}

#[test]
fn writes_in_ignorance_of_each_other_are_both_kept() {
    let mut room = plan().start();
    room.ask(C1, put("1")).ask(C2, put("2")).run(100).ask(C1, get()).run(20);
    let Some(Ret::Trouble(Trouble::Disagree(values))) = room.last_reply() else { panic!("they disagree") };
    assert_eq!(values, ["1".into(), "2".into()]);
    assert!(room.ran(Line::Disagree));
    room.ask(C1, put("3")).run(20).ask(C2, get()).run(20);
    assert_eq!((room.last_reply(), room.violation()), (value("3"), None), "whoever has seen both settles it");
}

#[test]
fn a_write_that_its_client_has_read_is_overwritten() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(100).ask(C2, get()).run(20).ask(C2, put("2")).run(20).ask(C1, get()).run(20);
    assert_eq!(room.last_reply(), value("2"));
}

#[test]
fn a_client_overwrites_its_own_write_though_it_was_told_of_nothing() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(100).ask(C1, put("2")).run(100).ask(C2, get()).run(20);
    assert_eq!(room.last_reply(), value("2"));
}

#[test]
fn a_name_is_not_used_again_after_a_crash() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(100).crash(C1).restart(C1);
    assert!(room.ran(Line::ClientRecovers));
    room.ask(C1, put("2")).run(100).ask(C2, get()).run(20);
    let Some(Ret::Trouble(Trouble::Disagree(values))) = room.last_reply() else { panic!("both are kept") };
    assert_eq!(values.len(), 2, "it does not know of its first write any more");
}

#[test]
fn a_read_sends_each_home_what_it_lacks() {
    let mut room = plan().config(Config { read_repair: true, ..plain() }).start();
    room.crash(HOMES[0]).ask(C1, put("1")).run(500).restart(HOMES[0]);
    assert_eq!(room.run(500).figures(), [0, 1, 0], "one key differs");
    room.ask(C2, get()).run(100);
    assert!(room.ran(Line::Repair));
    assert_eq!((copies(&room, "1"), room.figures()), (3, vec![0, 0, 0]));
}

#[test]
fn without_repair_a_home_stays_behind() {
    let mut room = plan().config(plain()).start();
    room.crash(HOMES[0]).ask(C1, put("1")).run(500).restart(HOMES[0]).ask(C2, get()).run(2_000);
    assert_eq!(copies(&room, "1"), 2);
}

#[test]
fn a_lost_message_is_sent_again() {
    let mut room = plan().config(plain()).start();
    room.together(&[C1, HOMES[0]]).ask(C1, put("1")).run(50).heal().run(100);
    assert!(room.ran(Line::AskAgain));
    assert_eq!((room.last_reply(), copies(&room, "1")), (OK, 3));
}

#[test]
fn operations_end_one_after_the_other() {
    let mut room = plan().start();
    room.ask(C1, put("1")).ask(C1, get()).ask(C1, put("2")).ask(C1, get()).run(100);
    assert_eq!(room.answers(), [OK, value("1"), OK, value("2")].map(|ret| ret.expect("answered")));
    assert!(client(&room, C1).current().is_none());
}

#[test]
fn compare_and_set_is_refused_and_nodes_serve_nobody() {
    let mut room = plan().start();
    room.ask(C1, cas("1", "2"));
    assert_eq!(room.last_reply(), Some(Ret::Key(kv::Ret::Unsupported)));
    room.ask(0, get());
    assert_eq!(room.last_reply(), Some(Ret::Key(kv::Ret::NotHere)));
}

// --- Time stamps

fn stamps() -> Plan<QuorumKv> {
    plan().config(Config { order: Order::Timestamps, ..Config::default() })
}

#[test]
fn with_stamps_the_later_write_wins_whatever_the_clocks_say() {
    let mut room = stamps().start();
    room.apply(Intervention::Clock(NodeId(C1).into(), 500_000_000, 0));
    room.ask(C1, put("1")).run(100).ask(C2, put("2")).run(100).ask(C1, get()).run(20);
    assert!(room.ran(Line::AskForStamp));
    assert_eq!((room.last_reply(), room.violation()), (value("2"), None));
}

#[test]
fn with_stamps_one_of_two_concurrent_writes_is_lost_and_nobody_is_told() {
    let mut room = stamps().start();
    room.ask(C1, put("1")).ask(C2, put("2")).run(200).ask(C1, get()).run(20);
    assert!(matches!(room.last_reply(), Some(Ret::Key(kv::Ret::Value(_)))));
    assert_eq!(room.violation(), None);
}

// --- Hinted hand-off

#[test]
fn a_write_for_a_home_that_is_down_is_left_with_a_neighbour() {
    let mut room = plan().config(Config { hints: true, ..plain() }).start();
    room.crash(HOMES[0]).ask(C1, put("1")).run(300);
    assert!(room.ran(Line::LeaveHint) && room.ran(Line::Hold) && room.ran(Line::HandOn));
    assert_eq!((room.figures()[2], room.role(OTHERS[0])), (1, "stand-in"));
    assert_eq!(has(&room, OTHERS[0]), Vec::<String>::new(), "it is kept apart from its own");
    room.restart(HOMES[0]).run(200);
    assert!(room.ran(Line::DropHint));
    assert_eq!((room.figures()[2], copies(&room, "1")), (0, 3));
}

#[test]
fn what_is_held_survives_a_crash() {
    let mut room = plan().config(Config { hints: true, ..plain() }).start();
    room.crash(HOMES[0]).ask(C1, put("1")).run(300).crash(OTHERS[0]).restart(OTHERS[0]).restart(HOMES[0]).run(200);
    assert!(room.ran(Line::NodeRecovers));
    assert_eq!(copies(&room, "1"), 3);
}

#[test]
fn a_hint_does_not_count_as_written() {
    let mut room = plan().start();
    room.crash(HOMES[0]).crash(HOMES[1]).ask(C1, put("1")).run(500);
    assert_eq!((room.last_reply(), room.figures()[2]), (UNAVAILABLE, 2));
}

// --- Anti-entropy

#[test]
fn nodes_compare_and_become_the_same() {
    let mut room = plan().config(Config { compare: Span::millis(100), ..plain() }).start();
    room.crash(HOMES[0]).ask(C1, put("1")).run(500).restart(HOMES[0]).run(1_000);
    assert!(room.ran(Line::Differ) && room.ran(Line::Exchange));
    assert_eq!(copies(&room, "1"), 3);
    let exchanged = room.sent("Exchange");
    room.run(2_000);
    assert_eq!(room.sent("Exchange"), exchanged, "when all is the same, the root says so");
}

#[test]
fn a_deleted_key_stays_deleted_at_whoever_missed_it() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(100).together(&[HOMES[0]]).ask(C1, delete()).run(600).heal().run(2_000);
    assert!(NODES.iter().all(|at| has(&room, *at).is_empty()));
    room.ask(C2, get()).run(20);
    assert_eq!((room.last_reply(), room.violation()), (ABSENT, None));
}

// --- One

#[test]
fn at_one_a_read_can_be_stale_and_that_is_counted() {
    let mut room = at_levels(Level::One, Level::One).start();
    room.ask(C1, put("1")).run(200).together(&[C1, HOMES[0]]).ask(C1, put("2")).run(50);
    assert_eq!(room.last_reply(), OK);
    room.ask(C2, get()).run(50);
    assert_eq!((room.last_reply(), room.figures()[0]), (value("1"), 1));
    room.heal().run(2_000).ask(C2, get()).run(50);
    assert_eq!((room.last_reply(), room.figures()[0], room.violation()), (value("2"), 1, None));
}

#[test]
fn at_quorum_the_smaller_side_is_refused_and_no_read_is_stale() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(200).together(&[C1, HOMES[0]]).ask(C1, put("2")).ask(C2, get()).run(600);
    assert_eq!(room.answers()[1..], [UNAVAILABLE, value("1")].map(|ret| ret.expect("answered")));
    assert_eq!((room.figures()[0], room.violation()), (0, None));
}

// --- Primary copy

#[test]
fn the_primary_does_everything_in_turn() {
    let mut room = strong().start();
    room.ask(C1, put("1")).run(100);
    assert!(room.ran(Line::AskPrimary) && room.ran(Line::Prepare) && room.ran(Line::VoteYes));
    assert!(room.ran(Line::AllYes) && room.ran(Line::Obey));
    assert_eq!((room.last_reply(), copies(&room, "1")), (OK, 3));
    room.ask(C2, get()).run(100);
    assert!(room.ran(Line::PrimaryReads) && room.ran(Line::TakeAnswer));
    assert_eq!(room.last_reply(), value("1"));
}

#[test]
fn of_two_who_compare_and_set_one_succeeds() {
    let mut room = strong().start();
    room.ask(C1, put("1")).run(100).ask(C1, cas("1", "2")).ask(C2, cas("1", "3")).run(400);
    assert!(room.ran(Line::Locked), "the second one has to wait");
    let failed = room.answers().iter().filter(|ret| **ret == Ret::Key(kv::Ret::CasFailed)).count();
    assert_eq!((failed, room.violation()), (1, None));
}

#[test]
fn a_write_takes_every_home() {
    let mut room = strong().start();
    room.crash(HOMES[2]).ask(C1, put("1")).run(600);
    assert!(room.ran(Line::VotesMissing));
    assert_eq!((room.last_reply(), copies(&room, "1")), (UNAVAILABLE, 0));
    room.restart(HOMES[2]).run(300);
    assert!(NODES.iter().all(|at| node(&room, *at).in_doubt().is_empty()));
}

#[test]
fn whoever_is_in_doubt_is_locked_until_the_primary_is_back() {
    let mut room = strong().start();
    room.ask(C1, put("1")).run(15).crash(HOMES[0]).run(500);
    assert!(room.ran(Line::Inquire));
    assert_eq!((room.role(HOMES[1]), room.role(HOMES[2])), ("prepared", "prepared"));
    room.restart(HOMES[0]).run(200);
    assert!(room.ran(Line::Inform));
    assert_eq!((room.role(HOMES[1]), copies(&room, "1"), room.violation()), ("replica", 0, None));
}

#[test]
fn a_home_that_is_in_doubt_votes_no() {
    let mut room = plan().config(Config { order: Order::Primary, tick: Span::secs(1), ..Config::default() }).start();
    // A write is decided, and one home does not hear of it: it is in doubt when the next one is prepared.
    room.ask(C1, put("1")).run(25).cut(HOMES[0], HOMES[1]).run(20).ask(C1, put("2")).run(5);
    room.apply(Intervention::Mend(NodeId(HOMES[0]).into(), NodeId(HOMES[1]).into())).run(400);
    assert!(room.ran(Line::VoteNo) && room.ran(Line::OneNo));
    assert_eq!(room.violation(), None);
}

// --- Bugs

#[test]
fn a_slow_clock_loses_what_was_written_last() {
    let mut room = plan().bug(Bug::LastWriteWins as usize).start();
    room.apply(Intervention::Clock(NodeId(C1).into(), 500_000_000, 0));
    room.ask(C1, put("1")).run(100).ask(C2, get()).run(20).ask(C2, put("2")).run(100).ask(C1, get()).run(20);
    assert_eq!((room.last_reply(), room.violated()), (value("1"), Some("regular")));
}

#[test]
fn without_a_tombstone_a_deleted_key_comes_back() {
    let mut room = plan().config(Config { hints: false, ..Config::default() }).bug(Bug::NoTombstones as usize).start();
    room.ask(C1, put("1")).run(100).together(&[HOMES[0]]).ask(C1, delete()).run(600).heal().run(3_000);
    assert_eq!((copies(&room, "1"), room.violated()), (3, Some("no-lost-write")));
}

#[test]
fn a_quorum_of_hints_is_none() {
    let mut room = plan().bug(Bug::QuorumCountsHints as usize).start();
    room.ask(C1, put("1")).run(100).together(&[C1, HOMES[0], OTHERS[0], OTHERS[1]]).ask(C1, put("2")).run(200);
    assert_eq!(room.last_reply(), OK);
    room.ask(C2, get()).run(100);
    assert_eq!((room.last_reply(), room.violated()), (value("1"), Some("regular")));
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    let of = |client: u16, key: &str| {
        let (key, value): (kv::Text, kv::Text) = (key.into(), format!("by {client}").into());
        [
            Op::Put { key: key.clone(), value },
            Op::Get { key: key.clone() },
            Op::Get { key: key.clone() },
            Op::Delete { key },
        ]
        .map(|op| (client, op))
    };
    [of(C1, "x"), of(C1, "y"), of(C2, "x"), of(C2, "y")].concat()
}

const ROLES: [&str; 3] = ["replica", "stand-in", "asking"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_all_homes_with_the_same() {
    for plan in [plan(), strong()] {
        let mut base = plan.start();
        base.ask(C1, put("1")).run(30).ask(C2, get()).ask(C1, put("2"));
        let crashes = base.crash_everywhere(150, &NODES, 2_500, |room| {
            assert_eq!(room.violation(), None);
            assert_eq!(room.figures(), [0, 0, 0]);
            room.ask(C2, get()).run(100);
            assert_ne!(room.last_reply(), UNAVAILABLE);
        });
        assert!(crashes > 100, "{crashes}");
    }
}

#[test]
fn with_every_rule_in_place_nothing_is_found() {
    for (order, seeds) in [(Order::Versions, 0..150), (Order::Timestamps, 150..250), (Order::Primary, 250..350)] {
        for seed in seeds {
            let plan = plan().config(Config { order, ..Config::default() });
            let mut room = Room::faulty(plan, seed, &ops(), &ROLES);
            assert_eq!(room.violation(), None, "seed {seed}");
            room.ask(C1, get()).run(500).ask(C1, put("last")).run(500).ask(C2, get()).run(500);
            assert_eq!((room.last_reply(), room.violation()), (value("last"), None), "seed {seed}");
        }
    }
}

#[test]
fn at_one_nothing_is_promised_but_that_copies_become_the_same() {
    let mut stale = 0;
    for seed in 0..100 {
        let room = Room::faulty(at_levels(Level::One, Level::One), seed, &ops(), &ROLES);
        assert_eq!(room.violation(), None, "seed {seed}");
        stale += room.figures()[0];
    }
    assert!(stale > 0, "and reads are stale");
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Room::finds_every_bug(plan, 2_000, &ops(), &ROLES);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let refused = |config: Config, parts: &[usize]| refused::<QuorumKv>(&config, parts);
    let usual = Config::default;
    assert_eq!(refused(Config { tick: Span::ZERO, ..usual() }, &[0]), Some("tick"));
    assert_eq!(refused(Config { hurry: Span::ZERO, ..usual() }, &[0]), Some("hurry"));
    assert_eq!(refused(Config { compare: Span::micros(1), ..usual() }, &[0]), Some("compare"));
    assert_eq!(refused(Config { patience: Span::millis(1), ..usual() }, &[0]), Some("patience"));
    assert_eq!(refused(Config { replicas: 0, ..usual() }, &[0]), Some("replicas"));
    assert_eq!(refused(Config { points: 0, ..usual() }, &[0]), Some("points"));
    assert_eq!((refused(usual(), &[1]), refused(usual(), &[0, 2])), (Some("node"), Some("parts")));
    assert_eq!(refused(Config { compare: Span::ZERO, ..usual() }, &[0, 1]), None);
}

rules::rules! {
    QuorumKv:
    AskHomes => what_was_written_is_read,
    EndRead => what_was_written_is_read,
    Disagree => writes_in_ignorance_of_each_other_are_both_kept,
    Repair => a_read_sends_each_home_what_it_lacks,
    AskForStamp => with_stamps_the_later_write_wins_whatever_the_clocks_say,
    SendWrite => what_was_written_is_read,
    EndWrite => what_was_written_is_read,
    AskAgain => a_lost_message_is_sent_again,
    LeaveHint => a_write_for_a_home_that_is_down_is_left_with_a_neighbour,
    GiveUp => at_quorum_the_smaller_side_is_refused_and_no_read_is_stale,
    AskPrimary => the_primary_does_everything_in_turn,
    TakeAnswer => the_primary_does_everything_in_turn,
    ClientRecovers => a_name_is_not_used_again_after_a_crash,
    Tell => what_was_written_is_read,
    Take => what_was_written_is_read,
    NodeRecovers => what_is_held_survives_a_crash,
    Hold => a_write_for_a_home_that_is_down_is_left_with_a_neighbour,
    HandOn => a_write_for_a_home_that_is_down_is_left_with_a_neighbour,
    DropHint => a_write_for_a_home_that_is_down_is_left_with_a_neighbour,
    Compare => nodes_compare_and_become_the_same,
    Differ => nodes_compare_and_become_the_same,
    Exchange => nodes_compare_and_become_the_same,
    PrimaryReads => the_primary_does_everything_in_turn,
    Locked => of_two_who_compare_and_set_one_succeeds,
    Prepare => the_primary_does_everything_in_turn,
    VoteYes => the_primary_does_everything_in_turn,
    VoteNo => a_home_that_is_in_doubt_votes_no,
    AllYes => the_primary_does_everything_in_turn,
    OneNo => a_home_that_is_in_doubt_votes_no,
    VotesMissing => a_write_takes_every_home,
    Obey => the_primary_does_everything_in_turn,
    Inquire => whoever_is_in_doubt_is_locked_until_the_primary_is_back,
    Inform => whoever_is_in_doubt_is_locked_until_the_primary_is_back,
}
