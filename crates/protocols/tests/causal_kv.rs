//! The causal store: every rule, and every invariant with its bug.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::causal_kv::{
    Bug, CausalKv, Client, Config, Line, Op, Ret, Settings, SiteNode, Text, Version, View,
};
use netsplit_protocols::{Bugs, Cast};
use netsplit_sim::{Intervention, Latency, Link, NodeId, Span};

type Room = Lab<CausalKv>;

/// Nodes 0 to 5, two at each of the sites 0, 1 and 2; clients 6 to 8, one at each. A message takes 10 ms.
fn plan() -> Plan<CausalKv> {
    Plan::of(&[6, 3])
}

const NODES: [u16; 6] = [0, 1, 2, 3, 4, 5];
/// The clients at the three sites.
const C: [u16; 3] = [6, 7, 8];

fn put(key: &str, value: &str) -> Op {
    Op::Put { key: key.into(), value: value.into() }
}

fn get(key: &str) -> Op {
    Op::Get { key: key.into() }
}

fn delete(key: &str) -> Op {
    Op::Delete { key: key.into() }
}

fn value(value: &str) -> Option<Ret> {
    Some(Ret::Value(value.into()))
}

const OK: Option<Ret> = Some(Ret::Ok);
const ABSENT: Option<Ret> = Some(Ret::Absent);

fn settings() -> Settings {
    let parts = [vec![0; 6], vec![1; 3]].concat();
    Settings::new(&Config::default(), Bugs::NONE, &Cast { parts }).expect("possible settings")
}

/// Which node has a key at a site.
fn keeper(key: &str, site: usize) -> u16 {
    settings().keeper(key, site).0
}

/// Two keys that are on different nodes of a site.
fn two_keys() -> (&'static str, &'static str) {
    let second = ["b", "c", "d", "e", "f", "g"].into_iter().find(|key| keeper(key, 0) != keeper("a", 0));
    ("a", second.expect("they are not all on one node"))
}

fn node(room: &Room, at: u16) -> &SiteNode {
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

fn version(room: &Room, key: &str, site: usize) -> Option<Version> {
    node(room, keeper(key, site)).disk().store.get(key).map(|stored| stored.version)
}

/// Writes of a key take long from one site to another.
fn slow(room: &mut Room, key: &str, from: usize, to: usize, millis: u64) {
    let link = Link { latency: Latency::Constant(Span::millis(millis)), ..Link::default() };
    room.apply(Intervention::Relink(NodeId(keeper(key, from)).into(), NodeId(keeper(key, to)).into(), link));
}

/// Nobody waits for anything, and all sites have the same.
fn all_the_same(room: &Room) -> bool {
    room.figures() == [0, 0]
}

// --- Client

#[test]
fn what_was_written_is_read_at_every_site() {
    let mut room = plan().start();
    room.ask(C[0], put("a", "1")).run(20);
    assert_eq!(room.last_reply(), OK, "in one round trip to its own site");
    room.ask(C[0], get("a")).run(20);
    assert_eq!(room.last_reply(), value("1"));
    room.run(100);
    for site in C {
        room.ask(site, get("a")).run(20);
        assert_eq!(room.last_reply(), value("1"));
    }
    room.ask(C[1], delete("a")).run(100).ask(C[2], get("a")).run(20);
    assert_eq!((room.last_reply(), room.violation()), (ABSENT, None));
}

#[test]
fn a_client_never_waits_for_another_site() {
    let mut room = plan().start();
    room.together(&[0, 1, C[0]]).ask(C[0], put("a", "1")).run(20).ask(C[0], get("a")).run(20);
    assert_eq!((room.answers(), room.violation()), (vec![Ret::Ok, Ret::Value("1".into())], None));
}

#[test]
fn a_context_holds_what_was_read_since_the_last_write_and_that_write() {
    let (a, b) = two_keys();
    let mut room = plan().start();
    room.ask(C[0], put(a, "1")).run(20).ask(C[0], put(b, "2")).run(200);
    let keys = |room: &Room, at| client(room, at).context().iter().map(|(key, _)| key.clone()).collect::<Vec<Text>>();
    assert_eq!(keys(&room, C[0]), [b.into()], "the later write covers the earlier one");
    room.ask(C[1], get(a)).run(20).ask(C[1], get(b)).run(20);
    assert_eq!(keys(&room, C[1]), [a.into(), b.into()]);
}

#[test]
fn a_client_asks_again_and_the_write_is_done_once() {
    let mut room = plan().start();
    let keeper = keeper("a", 0);
    room.ask(C[0], put("a", "1")).run(15).cut(keeper, C[0]).run(100);
    room.apply(Intervention::Mend(NodeId(keeper).into(), NodeId(C[0]).into())).run(200);
    assert!(room.ran(Line::AskAgain));
    assert_eq!((room.last_reply(), room.times(Line::WriteHere)), (OK, 1));
}

#[test]
fn compare_and_set_is_refused_and_nodes_serve_nobody() {
    let mut room = plan().start();
    room.ask(C[0], Op::Cas { key: "a".into(), expect: "1".into(), value: "2".into() });
    assert_eq!(room.last_reply(), Some(Ret::Unsupported));
    room.ask(0, get("a"));
    assert_eq!(room.last_reply(), Some(Ret::NotHere));
}

// --- Node

#[test]
fn a_write_takes_a_stamp_above_all_that_it_depends_on() {
    let mut room = plan().start();
    for _ in 0..5 {
        room.ask(C[0], put("a", "1")).run(20);
    }
    room.run(100).ask(C[1], get("a")).run(20).ask(C[1], put("b", "2")).run(20);
    assert!(version(&room, "b", 1) > version(&room, "a", 1));
}

#[test]
fn of_two_concurrent_writes_the_same_one_stays_everywhere() {
    let mut room = plan().start();
    room.ask(C[0], put("a", "1")).ask(C[2], put("a", "2")).run(300);
    let last = version(&room, "a", 0);
    assert!((1..3).all(|site| version(&room, "a", site) == last));
    assert!(all_the_same(&room));
}

#[test]
fn what_is_lost_on_the_way_to_another_site_is_sent_again() {
    let mut room = plan().start();
    room.together(&[0, 1, C[0]]).ask(C[0], put("a", "1")).run(300).heal().run(200).ask(C[2], get("a")).run(20);
    assert!(room.ran(Line::SendAgain));
    assert_eq!(room.last_reply(), value("1"));
}

/// c1 writes a key and then another; the first one is on a slow way to the third site.
fn photo_and_album(bug: Option<usize>) -> Room {
    let (photo, album) = two_keys();
    let mut room = plan().bug(bug).start();
    slow(&mut room, photo, 0, 2, 600);
    room.ask(C[0], put(photo, "new")).run(50).ask(C[0], put(album, "new")).run(200);
    room
}

#[test]
fn a_write_is_kept_back_until_what_it_depends_on_is_there() {
    let (photo, album) = two_keys();
    let mut room = photo_and_album(None);
    assert!(room.ran(Line::KeepBack) && room.ran(Line::DepCheck) && room.ran(Line::NotYet));
    assert_eq!((room.roles("waiting"), room.figures()[0]), (1, 1));
    room.ask(C[2], get(album)).run(20);
    assert_eq!(room.last_reply(), ABSENT);
    room.run(500).ask(C[2], get(album)).run(20);
    assert!(room.ran(Line::DepMet) && room.ran(Line::Show));
    assert_eq!(room.last_reply(), value("new"));
    room.ask(C[2], get(photo)).run(20);
    assert_eq!((room.last_reply(), room.violation()), (value("new"), None));
}

#[test]
fn at_a_site_where_everything_has_come_nothing_is_kept_back() {
    let (_, album) = two_keys();
    let mut room = photo_and_album(None);
    room.ask(C[1], get(album)).run(20);
    assert_eq!(room.last_reply(), value("new"));
}

#[test]
fn what_is_kept_back_survives_a_crash() {
    let (_, album) = two_keys();
    let mut room = photo_and_album(None);
    let keeper = keeper(album, 2);
    room.crash(keeper).restart(keeper).run(50);
    assert!(room.ran(Line::Recover));
    assert_eq!(node(&room, keeper).waiting(), 1);
    room.run(600).ask(C[2], get(album)).run(20);
    assert_eq!((room.last_reply(), room.violation()), (value("new"), None));
}

#[test]
fn what_lost_against_a_higher_stamp_does_not_stand_for_what_it_depends_on() {
    // The third site writes the album itself, with a higher stamp; what depends on the first album must wait all the same.
    let (photo, album) = two_keys();
    let mut room = plan().start();
    slow(&mut room, photo, 0, 2, 900);
    for _ in 0..9 {
        room.ask(C[2], put(album, "own")).run(30);
    }
    room.ask(C[0], put(photo, "new")).run(30);
    assert_eq!(room.violation(), None);
    room.ask(C[0], put(album, "new")).run(30).ask(C[0], put("z", "last")).run(200).ask(C[2], get("z")).run(20);
    assert_eq!(room.last_reply(), ABSENT);
    room.run(1_500).ask(C[2], get("z")).run(20);
    assert_eq!((room.last_reply(), room.violation()), (value("last"), None));
}

#[test]
fn what_a_client_reads_of_a_key_does_not_replace_what_it_wrote_there() {
    // At the second site a client writes a key, and another one beside it. That one is overwritten by the first site,
    // which knew of neither; what the client writes after reading it depends on its own writes all the same.
    let (first, last) = two_keys();
    let beside = ["h", "i", "j", "k", "l", "m"].into_iter().find(|key| keeper(key, 0) == keeper(first, 0));
    let beside = beside.expect("one of them is on that node");
    let mut room = plan().start();
    slow(&mut room, first, 1, 2, 600);
    slow(&mut room, first, 1, 0, 600);
    room.cut(keeper(first, 0), keeper(first, 1))
        .ask(C[1], put(first, "1"))
        .run(20)
        .ask(C[1], put(beside, "own"))
        .run(20);
    (0..5).for_each(|_| {
        room.ask(C[0], put(beside, "over")).run(20);
    });
    room.heal().run(100);
    room.ask(C[1], get(beside)).run(20);
    assert_eq!(room.last_reply(), value("over"));
    room.ask(C[1], put(last, "1")).run(100);
    assert_eq!((version(&room, last, 2), room.violation()), (None, None), "what it depends on has not come");
    room.run(1_000);
    assert!(version(&room, last, 2).is_some() && room.violation().is_none());
}

#[test]
fn it_is_not_sequential() {
    let (x, y) = two_keys();
    let mut room = plan().start();
    slow(&mut room, x, 0, 2, 100);
    slow(&mut room, y, 2, 0, 100);
    room.ask(C[0], put(x, "1")).ask(C[2], put(y, "1")).run(20).ask(C[0], get(y)).ask(C[2], get(x)).run(20);
    assert_eq!(room.answers(), [Ret::Ok, Ret::Ok, Ret::Absent, Ret::Absent]);
    assert_eq!(room.violation(), None);
}

#[test]
fn nodes_that_cannot_be_divided_evenly_make_a_smaller_site() {
    let mut room: Room = Plan::of(&[5, 3]).start();
    for key in ["a", "b", "c", "d"] {
        room.ask(C[0] - 1, put(key, key)).run(20);
    }
    room.run(500);
    assert_eq!(node(&room, 4).disk().store.len(), 4, "the last site has one node, and that has everything");
    assert!(all_the_same(&room) && room.violation().is_none());
}

// --- Bugs

#[test]
fn without_the_check_the_album_comes_before_the_photo() {
    let room = photo_and_album(Some(Bug::NoDependencyCheck as usize));
    assert_eq!(room.violated(), Some("causal"));
}

#[test]
fn an_answer_that_forgot_its_question_comes_before_it() {
    let (question, answer) = two_keys();
    let mut room = plan().bug(Bug::ForgetsReads as usize).start();
    slow(&mut room, question, 0, 2, 600);
    room.ask(C[0], put(question, "why?"))
        .run(100)
        .ask(C[1], get(question))
        .run(50)
        .ask(C[1], put(answer, "so"))
        .run(100);
    assert_eq!(room.violated(), Some("causal"));
}

#[test]
fn a_clock_that_is_not_raised_makes_the_newer_write_lose() {
    let mut room = plan().bug(Bug::ClockNotRaised as usize).start();
    (0..3).for_each(|_| {
        room.ask(C[0], put("a", "old")).run(30);
    });
    room.run(100).ask(C[1], get("a")).run(50).ask(C[1], put("a", "new")).run(100).ask(C[1], get("a")).run(50);
    assert_eq!((room.last_reply(), room.violated()), (value("old"), Some("stamps-follow-causes")));
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    let of = |client: u16| {
        ["a", "b", "c"].into_iter().flat_map(move |key| {
            [put(key, &format!("by {client}")), get(key), get(key), delete(key)].map(|op| (client, op))
        })
    };
    C.into_iter().flat_map(of).collect()
}

const ROLES: [&str; 3] = ["node", "waiting", "asking"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_all_sites_with_the_same() {
    let (a, b) = two_keys();
    let mut base = plan().start();
    base.ask(C[0], put(a, "1")).run(25).ask(C[0], put(b, "2")).ask(C[1], put(a, "3")).run(5).ask(C[2], get(a));
    let crashes = base.crash_everywhere(160, &NODES, 800, |room| {
        assert_eq!(room.violation(), None);
        assert!(all_the_same(room));
        room.ask(C[2], get(b)).run(200);
        assert_eq!(room.last_reply(), value("2"));
    });
    assert!(crashes > 200, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found() {
    for seed in 0..300 {
        let mut room = Room::faulty(plan(), seed, &ops(), &ROLES);
        assert_eq!(room.violation(), None, "seed {seed}");
        room.run(1_500);
        assert!(all_the_same(&room), "seed {seed}");
        room.ask(C[0], put("a", "last")).run(500).ask(C[2], get("a")).run(500);
        assert_eq!((room.last_reply(), room.violation()), (value("last"), None), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Room::finds_every_bug(plan, 2_000, &ops(), &ROLES);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let refused = |config: Config, parts: &[usize]| refused::<CausalKv>(&config, parts);
    let usual = Config::default;
    assert_eq!(refused(Config { tick: Span::ZERO, ..usual() }, &[0]), Some("tick"));
    assert_eq!(refused(Config { retry: Span::ZERO, ..usual() }, &[0]), Some("retry"));
    assert_eq!(refused(Config { shards: 0, ..usual() }, &[0]), Some("shards"));
    assert_eq!((refused(usual(), &[1]), refused(usual(), &[0, 2])), (Some("node"), Some("parts")));
    assert_eq!(refused(usual(), &[0, 1]), None);
}

rules::rules! {
    CausalKv:
    Get => what_was_written_is_read_at_every_site,
    Remember => what_was_written_is_read_at_every_site,
    PutAfter => what_was_written_is_read_at_every_site,
    StartAnew => what_was_written_is_read_at_every_site,
    AskAgain => a_client_asks_again_and_the_write_is_done_once,
    Tell => what_was_written_is_read_at_every_site,
    WriteHere => a_client_asks_again_and_the_write_is_done_once,
    SendAgain => what_is_lost_on_the_way_to_another_site_is_sent_again,
    Recover => what_is_kept_back_survives_a_crash,
    KeepBack => a_write_is_kept_back_until_what_it_depends_on_is_there,
    DepCheck => a_write_is_kept_back_until_what_it_depends_on_is_there,
    DepMet => a_write_is_kept_back_until_what_it_depends_on_is_there,
    NotYet => a_write_is_kept_back_until_what_it_depends_on_is_there,
    Show => a_write_is_kept_back_until_what_it_depends_on_is_there,
}
