//! The sharded store: every rule, and every invariant with its bug.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::sharded_kv::{
    Bug, Config, Line, Members, Op, Ret, Ring, Settings, ShardedKv, StoreNode, Summary, View, Whole,
};
use netsplit_protocols::shared::kv;
use netsplit_protocols::{Bugs, Cast};
use netsplit_sim::{Intervention, NodeId, Span};
use std::collections::{BTreeMap, BTreeSet};

type Room = Lab<ShardedKv>;

/// Nodes 0 to 5, of which the last is no member at first, and clients 6 and 7. A message takes 10 ms.
fn plan() -> Plan<ShardedKv> {
    Plan::of(&[6, 2]).config(Config { spares: 1, ..Config::default() })
}

const NODES: [u16; 6] = [0, 1, 2, 3, 4, 5];
const SPARE: u16 = 5;
const C1: u16 = 6;
const C2: u16 = 7;
const KEYS: [&str; 8] = ["apple", "banana", "cherry", "date", "elder", "fig", "grape", "hazel"];

fn put(key: &str, value: &str) -> Op {
    Op::Key(kv::Op::Put { key: key.into(), value: value.into() })
}

fn get(key: &str) -> Op {
    Op::Key(kv::Op::Get { key: key.into() })
}

fn delete(key: &str) -> Op {
    Op::Key(kv::Op::Delete { key: key.into() })
}

const JOIN: Op = Op::Whole(Whole::Join {});
const LEAVE: Op = Op::Whole(Whole::Leave {});

fn value(value: &str) -> Option<Ret> {
    Some(Ret::Key(kv::Ret::Value(value.into())))
}

const OK: Option<Ret> = Some(Ret::Key(kv::Ret::Ok));
const ABSENT: Option<Ret> = Some(Ret::Key(kv::Ret::Absent));

fn node(room: &Room, at: u16) -> &StoreNode {
    match room.world().view(NodeId(at)) {
        Some(View::Node(node)) => node,
        _ => panic!("n{} is up", at + 1),
    }
}

/// The owners of a key, as a node sees it.
fn owners(room: &Room, at: u16, key: &str) -> Vec<u16> {
    node(room, at).ring().owners(key).into_iter().map(|owner| owner.0).collect()
}

fn holders(room: &Room, key: &str) -> Vec<u16> {
    NODES.into_iter().filter(|at| node(room, *at).disk().store.contains_key(key)).collect()
}

fn sorted(mut nodes: Vec<u16>) -> Vec<u16> {
    nodes.sort_unstable();
    nodes
}

fn all_in_place(room: &Room) -> bool {
    KEYS.iter().all(|key| holders(room, key) == sorted(owners(room, 0, key)))
}

/// All keys are written, and it is quiet.
fn filled_with(plan: Plan<ShardedKv>) -> Room {
    let mut room = plan.start();
    for key in KEYS {
        room.ask(C1, put(key, key));
    }
    room.run(1_000);
    room
}

fn filled() -> Room {
    filled_with(plan())
}

// --- The circle

fn ring(nodes: u16, bug: Option<Bug>) -> (Members, Settings) {
    let config = Config { replicas: 1, ..Config::default() };
    let bugs = bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug as usize));
    let cast = Cast { parts: vec![0; usize::from(nodes)] };
    let settings = Settings::new(&config, bugs, &cast).expect("possible settings");
    (Members::founded_by(settings.founders()), settings)
}

/// The share of 2,000 keys, in percent, that another node owns when one more has joined.
fn moved(nodes: u16, bug: Option<Bug>) -> u64 {
    let (mut members, settings) = ring(nodes, bug);
    let before = Ring::of(&members, &settings);
    members.turn(NodeId(nodes));
    let after = Ring::of(&members, &settings);
    (0..2_000).filter(|key| !after.gains(&before, &format!("key {key}")).is_empty()).count() as u64 / 20
}

#[test]
fn when_a_node_joins_one_key_in_n_moves() {
    let sizes = 4..=40;
    let (mut found, mut expected) = (0, 0);
    for nodes in sizes.clone() {
        found += moved(nodes, None);
        expected += 100 / u64::from(nodes + 1);
    }
    let count = sizes.count() as u64;
    assert!(
        found.abs_diff(expected) <= expected / 5,
        "{} percent on average, expected {}",
        found / count,
        expected / count
    );
}

#[test]
fn modulo_moves_nearly_all_keys() {
    for nodes in [4, 9, 19] {
        let share = moved(nodes, Some(Bug::ModuloPlacement));
        let expected = 100 - 100 / u64::from(nodes + 1);
        assert!(share.abs_diff(expected) <= 5, "{share} percent, expected {expected}");
    }
}

#[test]
fn keys_move_to_the_node_that_joins_and_to_no_other() {
    for nodes in 3..30 {
        let (mut members, settings) = ring(nodes, None);
        let before = Ring::of(&members, &settings);
        members.turn(NodeId(nodes));
        let after = Ring::of(&members, &settings);
        for key in (0..300).map(|key| key.to_string()) {
            assert!(after.gains(&before, &key).into_iter().all(|node| node == NodeId(nodes)));
        }
    }
}

#[test]
fn shares_are_about_equal() {
    let (members, settings) = ring(5, None);
    let ring = Ring::of(&members, &settings);
    let mut shares: BTreeMap<NodeId, u64> = BTreeMap::new();
    for key in 0..10_000 {
        *shares.entry(ring.owners(&key.to_string())[0]).or_default() += 1;
    }
    assert_eq!(shares.len(), 5);
    assert!(shares.values().all(|share| (1_000..3_400).contains(share)), "{shares:?}");
}

#[test]
fn owners_are_different_nodes() {
    let room = filled();
    for key in KEYS {
        let owners: BTreeSet<u16> = owners(&room, 0, key).into_iter().collect();
        assert_eq!(owners.len(), 3);
    }
}

// --- Request

#[test]
fn what_was_written_is_read_whoever_is_asked() {
    let mut room = filled();
    for at in NODES {
        room.ask(at, get("fig")).run(60);
        assert_eq!(room.last_reply(), value("fig"), "asked at n{}", at + 1);
    }
    room.ask(C2, get("fig")).run(60);
    assert_eq!(room.last_reply(), value("fig"));
}

#[test]
fn what_was_never_written_or_was_deleted_is_absent() {
    let mut room = filled();
    room.ask(C2, get("nothing")).run(150);
    assert_eq!(room.last_reply(), ABSENT);
    room.ask(C1, delete("fig")).run(100);
    assert_eq!(room.last_reply(), OK);
    room.ask(C2, get("fig")).run(100);
    assert_eq!((room.last_reply(), room.violation()), (ABSENT, None));
    room.ask(C1, put("fig", "again")).run(100).ask(C2, get("fig")).run(100);
    assert_eq!(room.last_reply(), value("again"));
}

#[test]
fn a_read_falls_back_on_the_next_owner() {
    let mut room = filled();
    let primary = owners(&room, 0, "fig")[0];
    let asked = (0..5).find(|at| *at != primary).unwrap_or(0);
    room.crash(primary).ask(asked, get("fig")).run(150);
    assert!(room.ran(Line::AskNextOwner));
    assert_eq!(room.last_reply(), value("fig"));
}

#[test]
fn a_read_is_answered_while_one_owner_is_up() {
    let mut room = filled();
    let all = owners(&room, 0, "fig");
    let asked = (0..5).find(|at| !all.contains(at)).unwrap_or(0);
    room.crash(all[0]).crash(all[1]).ask(asked, get("fig")).run(300);
    assert_eq!(room.last_reply(), value("fig"));
}

#[test]
fn a_write_waits_for_all_owners() {
    let mut room = filled();
    let all = owners(&room, 0, "fig");
    room.crash(all[2]).ask(C1, put("fig", "new")).run(3_000);
    assert_eq!(room.last_reply(), None);
    room.restart(all[2]).run(600);
    assert_eq!((room.last_reply(), room.violation()), (OK, None));
}

#[test]
fn a_client_asks_another_node_if_no_answer_comes() {
    let mut room = filled();
    (0..4).for_each(|at| {
        room.crash(at);
    });
    room.ask(C1, Op::Whole(Whole::Stats {})).run(2_500);
    assert!(room.ran(Line::AskAnother));
    assert!(matches!(room.last_reply(), Some(Ret::Whole(Summary::Stats(_)))));
}

#[test]
fn keys_and_stats_tell_of_all_nodes() {
    let mut room = filled();
    room.ask(C1, Op::Whole(Whole::Keys {})).run(100);
    let keys = KEYS.iter().map(|key| (*key).into()).collect();
    assert_eq!(room.last_reply(), Some(Ret::Whole(Summary::Keys(keys))));
    room.ask(C1, Op::Whole(Whole::Stats {})).run(100);
    let Some(Ret::Whole(Summary::Stats(stats))) = room.last_reply() else { panic!("no stats") };
    assert_eq!(stats.iter().map(|(_, keys)| keys).sum::<u64>(), 3 * 8);
    assert_eq!(stats[5], (NodeId(5), 0));
}

#[test]
fn compare_and_set_is_refused() {
    let mut room = plan().start();
    let cas = || Op::Key(kv::Op::Cas { key: "x".into(), expect: "1".into(), value: "2".into() });
    room.ask(C1, cas()).ask(0, cas());
    assert!(room.replies().iter().all(|(_, ret)| *ret == Ret::Key(kv::Ret::Unsupported)));
    assert_eq!(room.replies().len(), 2);
}

// --- Owner

#[test]
fn a_write_is_answered_when_all_owners_have_it_on_their_disks() {
    let mut room = plan().start();
    let all = owners(&room, 0, "x");
    room.apply(Intervention::Disk(NodeId(all[2]).into(), Span::millis(100), false));
    room.ask(all[0], put("x", "1")).run(119);
    assert_eq!(room.last_reply(), None);
    room.run(2);
    assert_eq!(room.last_reply(), OK);
}

#[test]
fn a_write_that_comes_again_late_changes_nothing() {
    let mut room = filled();
    let primary = owners(&room, 0, "fig")[0];
    let asked = (0..5).find(|at| *at != primary).unwrap_or(0);
    room.ask(asked, put("fig", "one")).run(1);
    let name = room.world().in_flight().find(|(_, mail)| mail.name.to == NodeId(primary)).map(|(_, mail)| mail.name);
    let name = name.expect("a write on its way");
    room.apply(Intervention::Delay(name, Span::millis(500))).run(200).ask(asked, put("fig", "two")).run(100);
    assert_eq!(room.last_reply(), OK);
    room.run(600);
    assert!(room.ran(Line::WrittenAlready));
    room.ask(C1, get("fig")).run(100);
    assert_eq!((room.last_reply(), room.violation()), (value("two"), None));
}

#[test]
fn an_owner_that_crashed_has_what_it_had() {
    let mut room = filled();
    for at in NODES {
        room.crash(at).restart(at);
    }
    assert!(room.ran(Line::Recover));
    room.run(1_000);
    assert!(all_in_place(&room));
}

// --- Members

#[test]
fn a_newcomer_gets_what_is_its_own_and_nothing_else_moves() {
    let mut room = filled();
    let before: Vec<_> = KEYS.map(|key| owners(&room, 0, key)).into();
    room.ask(SPARE, JOIN).run(600);
    assert_eq!(room.last_reply(), Some(Ret::Whole(Summary::Done)));
    assert!(room.ran(Line::LearnMembers) && room.ran(Line::HandOver) && room.ran(Line::Drop));
    assert!(all_in_place(&room));
    assert!(KEYS.iter().any(|key| owners(&room, 0, key).contains(&SPARE)));
    for (key, before) in KEYS.iter().zip(before) {
        let after = owners(&room, 0, key);
        assert!(after.iter().all(|owner| before.contains(owner) || *owner == SPARE), "{key}");
    }
    assert_eq!(room.violation(), None);
}

#[test]
fn whoever_leaves_hands_everything_over_first() {
    let mut room = filled();
    room.ask(1, LEAVE).run(600);
    assert!(node(&room, 1).disk().store.is_empty());
    assert!(all_in_place(&room));
    for key in KEYS {
        room.ask(C2, get(key)).run(100);
        assert_eq!(room.last_reply(), value(key));
    }
    assert_eq!(room.violation(), None);
}

#[test]
fn a_node_that_cannot_be_heard_keeps_what_it_has() {
    let mut room = filled();
    let held = node(&room, 1).disk().store.len();
    room.together(&[1]).ask(1, LEAVE).run(2_000);
    assert_eq!(node(&room, 1).disk().store.len(), held);
    room.heal().run(600);
    assert!(node(&room, 1).disk().store.is_empty() && all_in_place(&room));
}

#[test]
fn reads_go_on_while_keys_move() {
    let mut room = filled();
    room.ask(SPARE, JOIN);
    for key in KEYS.iter().cycle().take(40) {
        room.ask(C2, get(key)).run(17);
    }
    room.run(1_000);
    let values = room.replies().into_iter().filter(|(_, ret)| matches!(ret, Ret::Key(kv::Ret::Value(_)))).count();
    assert_eq!(values, 40);
}

#[test]
fn to_join_or_leave_twice_is_refused_and_so_is_to_leave_nobody() {
    let mut room = plan().start();
    room.ask(0, JOIN);
    assert_eq!(room.last_reply(), Some(Ret::Whole(Summary::Refused)));
    room.ask(SPARE, LEAVE);
    assert_eq!(room.last_reply(), Some(Ret::Whole(Summary::Refused)));
    (0..4).for_each(|at| {
        room.ask(at, LEAVE).run(100);
        assert_eq!(room.last_reply(), Some(Ret::Whole(Summary::Done)));
    });
    room.ask(4, LEAVE);
    assert_eq!(room.last_reply(), Some(Ret::Whole(Summary::Refused)));
    room.ask(C1, LEAVE);
    assert_eq!(room.last_reply(), Some(Ret::Key(kv::Ret::NotHere)));
}

#[test]
fn when_all_leave_at_once_nothing_is_lost() {
    let mut room = filled();
    NODES[..5].iter().for_each(|at| {
        room.ask(*at, LEAVE);
    });
    room.run(1_500);
    assert!(node(&room, 0).ring().owners("fig").is_empty(), "nobody is a member");
    assert!(KEYS.iter().all(|key| holders(&room, key).len() >= 3));
    room.ask(SPARE, JOIN).run(1_500);
    assert!(all_in_place(&room));
    assert_eq!((node(&room, SPARE).keys().len(), room.violation()), (KEYS.len(), None));
}

#[test]
fn when_all_is_in_place_nothing_more_is_said() {
    let mut room = filled();
    let messages = room.messages();
    room.run(5_000);
    assert_eq!(room.messages(), messages);
}

#[test]
fn measures_count_what_is_out_of_place_and_what_has_moved() {
    let mut room = filled();
    assert_eq!(room.figures(), [0, 0]);
    room.ask(SPARE, JOIN).run(1);
    let [misplaced, moved] = room.figures()[..] else { panic!("two figures") };
    assert!(moved > 0 && misplaced == 2 * moved, "each is missing at one and left over at another");
    room.run(600);
    assert_eq!(room.figures(), [0, moved]);
}

// --- Bugs

#[test]
fn modulo_placement_moves_keys_between_old_members() {
    let mut room = filled_with(plan().bug(Bug::ModuloPlacement as usize));
    room.ask(SPARE, JOIN).run(100);
    assert_eq!(room.violated(), Some("monotone"));
}

#[test]
fn what_only_the_primary_deleted_is_read_from_the_next() {
    let mut room = filled_with(plan().bug(Bug::FallbackReadsDeleted as usize));
    room.ask(C1, delete("fig")).run(100);
    assert_eq!(room.last_reply(), OK);
    room.ask(C2, get("fig")).run(100);
    assert_eq!(room.last_reply(), value("fig"));
    assert!(room.violations().contains(&"fresh-reads"));
}

#[test]
fn to_drop_before_the_owners_have_it_loses_a_copy() {
    let mut room = filled_with(plan().bug(Bug::DropsBeforeHandover as usize));
    room.ask(1, LEAVE).run(10);
    assert_eq!(room.violated(), Some("no-copy-lost"));
}

#[test]
fn without_handover_a_newcomer_stays_empty() {
    let mut room = filled_with(plan().bug(Bug::NoHandover as usize));
    room.ask(SPARE, JOIN).run(1_500);
    assert_eq!(room.violated(), Some("keys-on-owners"));
}

#[test]
fn an_answer_that_comes_too_soon_is_forgotten() {
    let mut room = filled_with(plan().bug(Bug::AnswersTooSoon as usize));
    let all = owners(&room, 0, "fig");
    let (primary, asked) = (all[0], (0..5).find(|at| !all.contains(at)).unwrap_or(0));
    room.cut(primary, all[1]).cut(primary, all[2]).ask(C1, put("fig", "new")).run(1_500);
    assert_eq!(room.last_reply(), OK);
    room.crash(primary);
    room.together(&[C2, asked, all[1], all[2]]).ask(C2, get("fig")).run(4_000);
    assert_eq!((room.last_reply(), room.violated()), (value("fig"), Some("fresh-reads")));
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    let mut ops = Vec::new();
    for client in [C1, C2] {
        for key in ["x", "y"] {
            ops.extend([(client, put(key, "1")), (client, put(key, "2")), (client, get(key)), (client, get(key))]);
            ops.push((client, delete(key)));
        }
    }
    ops.extend([(SPARE, JOIN), (SPARE, LEAVE), (0, LEAVE), (0, JOIN)]);
    ops
}

const ROLES: [&str; 3] = ["member", "spare", "asking"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_every_key_in_its_place() {
    let mut base = filled();
    base.ask(SPARE, JOIN).ask(C1, put("fig", "new")).run(15).ask(C2, get("grape"));
    let until = 1_000 + 120;
    let crashes = base.crash_everywhere(until, &NODES, 1_500, |room| {
        assert_eq!(room.violation(), None);
        assert!(all_in_place(room));
        room.ask(C2, get("fig")).run(600);
        assert_eq!(room.last_reply(), value("new"));
    });
    assert!(crashes > 300, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found() {
    for seed in 0..300 {
        let mut room = Room::faulty(plan(), seed, &ops(), &ROLES);
        assert_eq!(room.violation(), None, "seed {seed}");
        room.ask(C1, put("x", "last")).run(1_500).ask(C2, get("x")).run(1_500);
        assert_eq!((room.last_reply(), room.violation()), (value("last"), None), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Room::finds_every_bug(plan, 2_000, &ops(), &ROLES);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let refused = |config: Config, parts: &[usize]| refused::<ShardedKv>(&config, parts);
    let usual = Config::default;
    assert_eq!(refused(Config { tick: Span::ZERO, ..usual() }, &[0]), Some("tick"));
    assert_eq!(refused(Config { client_timeout: Span::ZERO, ..usual() }, &[0]), Some("client-timeout"));
    assert_eq!(refused(Config { replicas: 0, ..usual() }, &[0]), Some("replicas"));
    assert_eq!(refused(Config { points: 5_000, ..usual() }, &[0]), Some("points"));
    assert_eq!(refused(Config { spares: 1, ..usual() }, &[0]), Some("spares"));
    assert_eq!((refused(usual(), &[1]), refused(usual(), &[0, 2])), (Some("node"), Some("parts")));
    assert_eq!(refused(usual(), &[0, 1]), None);
}

rules::rules! {
    ShardedKv:
    AskAny => what_was_written_is_read_whoever_is_asked,
    AskAnother => a_client_asks_another_node_if_no_answer_comes,
    TakeAnswer => what_was_written_is_read_whoever_is_asked,
    AskPrimary => a_write_is_answered_when_all_owners_have_it_on_their_disks,
    AskOwner => what_was_written_is_read_whoever_is_asked,
    AskNextOwner => a_read_falls_back_on_the_next_owner,
    AskAll => keys_and_stats_tell_of_all_nodes,
    Answer => what_was_written_is_read_whoever_is_asked,
    GiveVersion => a_write_is_answered_when_all_owners_have_it_on_their_disks,
    WrittenAlready => a_write_that_comes_again_late_changes_nothing,
    AllHaveIt => a_write_is_answered_when_all_owners_have_it_on_their_disks,
    Tell => what_was_written_is_read_whoever_is_asked,
    TakeNewer => a_write_is_answered_when_all_owners_have_it_on_their_disks,
    Join => a_newcomer_gets_what_is_its_own_and_nothing_else_moves,
    Leave => whoever_leaves_hands_everything_over_first,
    LearnMembers => a_newcomer_gets_what_is_its_own_and_nothing_else_moves,
    HandOver => whoever_leaves_hands_everything_over_first,
    Drop => whoever_leaves_hands_everything_over_first,
    Recover => an_owner_that_crashed_has_what_it_had,
}
