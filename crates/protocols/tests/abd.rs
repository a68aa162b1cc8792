//! The registers: every rule, and every invariant with its bug.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::Entry;
use netsplit_protocols::abd::{Abd, Bug, Config, Line, Op, Register, Ret, Tag, View};
use netsplit_sim::{Intervention, Latency, Link, NodeId, OpId, Span};

type Room = Lab<Abd>;

/// Nodes 0 to 4 are servers, 5 to 7 clients; a message takes 10 ms, so a round takes 20.
fn plan() -> Plan<Abd> {
    Plan::of(&[5, 3])
}

const C1: u16 = 5;
const C2: u16 = 6;
const C3: u16 = 7;
const SERVERS: [u16; 5] = [0, 1, 2, 3, 4];

fn put(value: &str) -> Op {
    Op::Put { key: "x".into(), value: value.into() }
}

fn get() -> Op {
    Op::Get { key: "x".into() }
}

fn value(value: &str) -> Option<Ret> {
    Some(Ret::Value(value.into()))
}

fn register(room: &Room, server: u16) -> Register {
    match room.world().view(NodeId(server)) {
        Some(View::Server(server)) => server.register("x"),
        _ => Register::default(),
    }
}

/// How many servers have this value.
fn copies(room: &Room, value: &str) -> usize {
    SERVERS.iter().filter(|server| register(room, **server).value.as_deref() == Some(value)).count()
}

fn answer(room: &Room, op: u32) -> Option<Ret> {
    room.replies().into_iter().find(|(id, _)| *id == OpId(op)).map(|(_, ret)| ret)
}

/// Messages from one node to others take this long from now on.
fn slow(room: &mut Room, from: u16, to: &[u16], millis: u64) {
    let link = Link { latency: Latency::Constant(Span::millis(millis)), ..Link::default() };
    for to in to {
        room.apply(Intervention::Relink(NodeId(from).into(), NodeId(*to).into(), link));
    }
}

// --- Client: read and write

#[test]
fn what_was_written_is_read() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(40).ask(C2, get()).run(40);
    assert_eq!(room.last_reply(), value("1"));
}

#[test]
fn what_was_never_written_or_was_deleted_is_absent() {
    let mut room = plan().start();
    room.ask(C2, get()).run(40);
    assert_eq!(room.last_reply(), Some(Ret::Absent));
    room.ask(C1, put("1")).run(40).ask(C3, Op::Delete { key: "x".into() }).run(40).ask(C2, get()).run(40);
    assert_eq!((answer(&room, 2), room.last_reply()), (Some(Ret::Ok), Some(Ret::Absent)));
}

#[test]
fn every_operation_takes_two_round_trips_and_4n_messages() {
    for (servers, messages) in [(1, 4), (3, 12), (5, 20), (7, 28)] {
        for op in [put("1"), get()] {
            let mut room: Room = Plan::of(&[servers, 1]).start();
            room.ask(servers as u16, op).run(39);
            assert_eq!(room.last_reply(), None, "after two round trips and not before");
            room.run(1);
            assert!(room.last_reply().is_some());
            assert_eq!(room.run(200).messages(), messages);
        }
    }
}

#[test]
fn a_write_takes_a_number_above_all_that_a_majority_knows() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(40).ask(C1, put("2")).run(40).ask(C2, put("3")).run(40);
    assert_eq!(register(&room, 0).tag, Tag { number: 3, writer: Some(NodeId(C2)) });
}

#[test]
fn writers_that_take_the_same_number_are_told_apart_by_their_names() {
    let mut room = plan().start();
    room.ask(C2, put("two")).ask(C1, put("one")).run(60);
    assert_eq!(register(&room, 0).tag, Tag { number: 1, writer: Some(NodeId(C2)) });
    assert_eq!(copies(&room, "two"), 5, "the higher name is newer, on every server");
}

/// c1 writes, and only n1 hears of it; c2 reads meanwhile, and then c3, which n1 cannot reach.
fn half_written(bug: Option<usize>) -> Room {
    let mut room = plan().bug(bug).start();
    room.ask(C1, put("1")).run(15);
    slow(&mut room, C1, &[1, 2, 3, 4], 500);
    room.run(30).ask(C2, get()).run(50);
    room.cut(0, C3).ask(C3, get()).run(50);
    room
}

#[test]
fn a_read_writes_back_what_only_a_few_servers_have() {
    let room = half_written(None);
    assert!(room.ran(Line::WriteBack));
    assert_eq!((answer(&room, 0), answer(&room, 1), answer(&room, 2)), (None, value("1"), value("1")));
    assert_eq!((copies(&room, "1"), room.violation()), (5, None));
}

#[test]
fn operations_of_one_client_are_done_one_after_the_other() {
    let mut room = plan().start();
    room.ask(C1, put("1")).ask(C1, put("2")).ask(C1, get()).run(80);
    assert_eq!(room.replies().len(), 2);
    room.run(40);
    assert_eq!(room.last_reply(), value("2"));
}

#[test]
fn whoever_has_not_answered_is_asked_again() {
    let mut room = plan().start();
    room.together(&[C1, 0, 1]).ask(C1, put("1")).run(250);
    assert!(room.ran(Line::AskAgain));
    assert_eq!(room.sent("Query"), 5 + 3, "n1 and n2 have answered");
    room.heal().run(200);
    assert_eq!(room.last_reply(), Some(Ret::Ok));
}

#[test]
fn a_message_that_comes_twice_counts_once() {
    let mut room: Room = plan().start();
    room.together(&[C1, 0, 1]).ask(C1, put("1")).run(5);
    for name in room.world().in_flight().map(|(_, mail)| mail.name).collect::<Vec<_>>() {
        room.apply(Intervention::Duplicate(name));
    }
    room.run(60);
    assert_eq!((room.role(C1), room.sent("Update")), ("asking", 0), "two servers twice are no majority");
}

#[test]
fn compare_and_set_is_refused() {
    let mut room = plan().start();
    let cas = Op::Cas { key: "x".into(), expect: "1".into(), value: "2".into() };
    room.ask(C1, put("1")).run(40).ask(C1, cas).run(1);
    assert_eq!(room.last_reply(), Some(Ret::Unsupported));
    assert!(room.ran(Line::NoCompareAndSet));
}

#[test]
fn a_client_that_crashed_never_uses_a_tag_again() {
    let mut room = tag_used_twice(None);
    assert!(room.ran(Line::ClientRecovers));
    assert_eq!(register(&room, 2).tag.number, 2);
    room.heal().ask(C2, get()).run(50);
    assert_eq!((room.last_reply(), room.violation()), (value("two"), None));
}

/// c1's write reaches n1 only, then c1 crashes, and writes again without hearing from n1.
fn tag_used_twice(bug: Option<usize>) -> Room {
    let mut room = plan().bug(bug).start();
    room.ask(C1, put("one")).run(15);
    for server in [1, 2, 3, 4] {
        room.cut(C1, server);
    }
    room.run(30).crash(C1).restart(C1).heal().cut(C1, 0).ask(C1, put("two")).run(60);
    room
}

#[test]
fn a_tag_that_no_disk_kept_may_be_used_again() {
    let mut room = plan().disk(Span::millis(50)).start();
    room.ask(C1, put("one")).run(30).crash(C1).restart(C1).ask(C1, put("two")).run(200);
    assert_eq!(register(&room, 0).tag.number, 1);
    assert_eq!((room.last_reply(), room.violation()), (Some(Ret::Ok), None));
}

#[test]
fn nothing_is_sent_under_a_tag_before_it_is_on_the_disk() {
    let mut room = plan().disk(Span::millis(50)).start();
    room.ask(C1, put("1")).run(69);
    assert_eq!(room.sent("Update"), 0);
    room.run(2);
    assert_eq!(room.sent("Update"), 5);
}

// --- Server

#[test]
fn a_server_keeps_what_is_newer() {
    let mut room = plan().start();
    room.ask(C1, put("old")).run(15);
    slow(&mut room, C1, &[0, 1, 2, 3, 4], 100);
    room.run(10).ask(C2, put("new")).run(200);
    assert_eq!(answer(&room, 0), Some(Ret::Ok), "the older write is acknowledged all the same");
    assert_eq!((copies(&room, "new"), room.violation()), (5, None));
}

#[test]
fn a_server_acknowledges_when_it_is_on_the_disk() {
    let mut room = plan().disk(Span::millis(30)).start();
    room.ask(C1, put("1")).run(20 + 30 + 10 + 29);
    assert_eq!(room.sent("Ack"), 0);
    room.run(2);
    assert_eq!(room.sent("Ack"), 5);
}

#[test]
fn a_server_that_crashed_has_what_it_acknowledged() {
    let mut room = plan().start();
    room.ask(C1, put("1")).run(40);
    SERVERS.iter().for_each(|server| {
        room.crash(*server).restart(*server);
    });
    assert!(room.ran(Line::ServerRecovers));
    room.ask(C2, get()).run(40);
    assert_eq!(room.last_reply(), value("1"));
}

#[test]
fn a_server_serves_no_clients_itself() {
    let mut room = plan().start();
    room.ask(0, get());
    assert_eq!(room.last_reply(), Some(Ret::NotHere));
}

// --- With a minority down

#[test]
fn any_two_of_five_may_be_down() {
    for (first, second) in SERVERS.iter().flat_map(|a| SERVERS.iter().map(move |b| (*a, *b))).filter(|(a, b)| a < b) {
        let mut room = plan().start();
        room.crash(first).crash(second).ask(C1, put("1")).run(40).ask(C2, get()).run(40);
        assert_eq!(room.last_reply(), value("1"), "without n{} and n{}", first + 1, second + 1);
    }
}

#[test]
fn without_a_majority_an_operation_waits_and_ends_when_there_is_one() {
    let mut room = plan().start();
    room.crash(0).crash(1).crash(2).ask(C1, put("1")).run(3_000);
    assert_eq!((room.last_reply(), room.violation()), (None, None), "no promise is broken by waiting");
    room.restart(1).run(250);
    assert_eq!(room.last_reply(), Some(Ret::Ok));
}

#[test]
fn measures_count_what_has_ended_and_what_is_stale() {
    let mut room = plan().start();
    room.crash(4).ask(C1, put("1")).run(60).restart(4).run(1);
    assert_eq!(room.figures(), [1, 1], "n5 was down and is not brought up to date");
    room.ask(C2, get()).run(60);
    assert_eq!(room.figures(), [2, 0], "until somebody reads");
}

// --- Bugs

#[test]
fn without_write_back_time_goes_backwards() {
    let room = half_written(Some(Bug::NoWriteBack as usize));
    assert_eq!((answer(&room, 1), answer(&room, 2)), (value("1"), Some(Ret::Absent)));
    assert_eq!(room.violated(), Some("atomic"));
    let nodes = room.violation().map(|violation| violation.nodes());
    assert_eq!(nodes, Some(vec![NodeId(C2), NodeId(C3)]));
}

#[test]
fn without_a_query_a_write_is_older_than_what_is_there() {
    let mut room = plan().bug(Bug::NoQueryBeforeWrite as usize).start();
    room.ask(C1, put("1")).run(40).ask(C1, put("2")).run(40).ask(C2, put("3")).run(40);
    assert_eq!(room.violated(), Some("atomic"));
    room.ask(C3, get()).run(40);
    assert_eq!(room.last_reply(), value("2"), "what was written last is never read");
}

#[test]
fn quorums_that_share_no_server_forget() {
    let mut room = plan().bug(Bug::MinorityQuorum as usize).start();
    room.together(&[0, 1, C1]).ask(C1, put("1")).run(60).ask(C2, get()).run(60);
    assert_eq!((room.last_reply(), room.violated()), (Some(Ret::Absent), Some("atomic")));
}

#[test]
fn a_tag_used_twice_is_noticed() {
    let room = tag_used_twice(Some(Bug::TagNotDurable as usize));
    assert_eq!(room.violated(), Some("unique-tags"));
}

#[test]
fn whoever_waits_for_all_is_blocked_by_one() {
    let mut room = plan().bug(Bug::WaitsForAll as usize).start();
    room.ask(C1, put("1")).run(40);
    assert_eq!(room.last_reply(), Some(Ret::Ok));
    room.crash(4).ask(C1, put("2")).run(550);
    assert_eq!(room.violated(), None, "560 ms is the patience");
    room.run(200);
    assert_eq!(room.violated(), Some("minority-cannot-block"));
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    let mut ops = Vec::new();
    for client in [C1, C2, C3] {
        ops.extend([(client, get()), (client, get()), (client, Op::Delete { key: "x".into() })]);
        ops.extend((0..3).map(|n| (client, put(&format!("{client}-{n}")))));
    }
    ops
}

const ROLES: [&str; 2] = ["asking", "server"];

#[test]
fn a_crash_at_any_event_and_a_restart_lose_nothing_that_was_written() {
    let mut base = plan().start();
    base.ask(C1, put("1")).run(25).ask(C2, put("2")).ask(C3, get()).ask(C1, get());
    let crashes = base.crash_everywhere(250, &[0, 1, 2, 3, 4, C1, C2, C3], 300, |room| {
        room.ask(C3, put("last")).run(100).ask(C2, get()).run(300);
        assert_eq!((room.last_reply(), room.violation()), (value("last"), None));
    });
    assert!(crashes > 300, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_all_ends() {
    for seed in 0..400 {
        let mut room = Room::faulty(plan(), seed, &ops(), &ROLES);
        assert_eq!(room.violation(), None, "seed {seed}");
        room.ask(C1, put("last")).run(300).ask(C2, get()).run(300);
        assert_eq!(room.last_reply(), value("last"), "seed {seed}");
    }
}

/// A tag is used twice only if a writer crashes with its write at a minority that its next query misses: such seeds are
/// too rare for a test of this length, and `a_tag_used_twice_is_noticed` makes it happen.
#[test]
fn every_other_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    for bug in [Bug::NoWriteBack, Bug::NoQueryBeforeWrite, Bug::MinorityQuorum, Bug::WaitsForAll] {
        let about = &Abd::ABOUT.bugs[bug as usize];
        let found = (0..3_000)
            .any(|seed| Room::faulty(plan().bug(bug as usize), seed, &ops(), &ROLES).violated() == Some(about.breaks));
        assert!(found, "{} is not found", about.name);
    }
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let refused = refused::<Abd>;
    let usual = Config::default();
    assert_eq!(refused(&Config { retry: Span::ZERO }, &[0]), Some("retry"));
    assert_eq!((refused(&usual, &[1]), refused(&usual, &[0, 9])), (Some("server"), Some("parts")));
    assert_eq!(refused(&usual, &[0, 1]), None);
}

rules::rules! {
    Abd:
    Query => what_was_written_is_read,
    ChooseTag => a_write_takes_a_number_above_all_that_a_majority_knows,
    WriteBack => a_read_writes_back_what_only_a_few_servers_have,
    EndRead => what_was_written_is_read,
    EndWrite => what_was_written_is_read,
    AskAgain => whoever_has_not_answered_is_asked_again,
    NoCompareAndSet => compare_and_set_is_refused,
    ClientRecovers => a_client_that_crashed_never_uses_a_tag_again,
    Tell => what_was_written_is_read,
    TakeNewer => a_server_keeps_what_is_newer,
    Acknowledge => a_server_acknowledges_when_it_is_on_the_disk,
    ServerRecovers => a_server_that_crashed_has_what_it_acknowledged,
}
