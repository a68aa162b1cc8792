//! The lock: every rule, and every invariant with its bug.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::lock::{Bug, Config, Line, Lock, Op, Ret, View};
use netsplit_sim::{Intervention, NodeId, OpId, Span};

type Room = Lab<Lock>;

/// Nodes 0 to 2 are servers, 3 and 4 clients, 5 is the resource.
fn plan() -> Plan<Lock> {
    let work = (Span::millis(60), Span::millis(60));
    Plan::of(&[3, 2, 1]).config(Config { work, ..Config::default() })
}

const C1: u16 = 3;
const C2: u16 = 4;
const RESOURCE: u16 = 5;

fn write(value: &str) -> Op {
    Op::Write { value: value.into() }
}

/// c1 holds the lock, 20 ms after it asked.
fn held() -> Room {
    held_with(None)
}

fn held_with(bug: Option<Bug>) -> Room {
    let mut room = plan().bug(bug.map(|bug| bug as usize)).start();
    room.ask(C1, Op::TryLock {}).run(20);
    assert_eq!(room.last_reply(), Some(Ret::Held(1)));
    room
}

fn holds(room: &Room, client: u16) -> bool {
    room.role(client) == "holding"
}

fn leases(room: &Room) -> u64 {
    room.figures()[1]
}

fn written(room: &Room) -> Vec<String> {
    match room.world().view(NodeId(RESOURCE)) {
        Some(View::Resource(resource)) => resource.writes().iter().map(|write| write.value.to_string()).collect(),
        _ => Vec::new(),
    }
}

// --- Client: the lock

#[test]
fn the_lock_is_held_with_leases_from_a_majority() {
    let mut room = plan().start();
    room.crash(0).ask(C1, Op::TryLock {}).run(30);
    assert!(holds(&room, C1));
    let mut room = plan().start();
    room.crash(0).crash(1).ask(C1, Op::TryLock {}).run(300);
    assert_eq!(room.last_reply(), Some(Ret::Busy));
    assert!(room.ran(Line::GiveUp) && leases(&room) == 0);
}

#[test]
fn what_is_taken_is_refused() {
    let mut room = held();
    room.ask(C2, Op::TryLock {}).run(100);
    assert_eq!(room.last_reply(), Some(Ret::Busy));
    assert_eq!((holds(&room, C1), holds(&room, C2), leases(&room)), (true, false, 3));
    assert_eq!(room.figures()[3], 1_500, "for one turn: six messages, as many in vain, and three to give up");
}

#[test]
fn tokens_grow_with_every_holder() {
    let mut room = held();
    room.ask(C1, Op::Unlock {}).run(20).ask(C2, Op::TryLock {}).run(60);
    assert_eq!(room.last_reply(), Some(Ret::Held(2)));
    room.ask(C2, Op::Unlock {}).run(20).ask(C1, Op::TryLock {}).run(60);
    assert_eq!(room.last_reply(), Some(Ret::Held(3)));
}

#[test]
fn a_token_that_is_too_low_is_raised_if_the_lock_is_free() {
    let mut room = held();
    for _ in 0..2 {
        room.ask(C1, Op::Unlock {}).run(20).ask(C1, Op::TryLock {}).run(60);
    }
    assert_eq!(room.last_reply(), Some(Ret::Held(5)));
    room.ask(C1, Op::Unlock {}).run(20).ask(C2, Op::TryLock {}).run(60);
    assert!(room.ran(Line::TryHigher));
    assert_eq!(room.last_reply(), Some(Ret::Held(6)));
}

#[test]
fn a_client_that_crashed_never_uses_a_token_again() {
    let mut room = held();
    room.crash(C1).restart(C1).run(400).ask(C1, Op::TryLock {}).run(60);
    assert_eq!(room.last_reply(), Some(Ret::Held(3)), "c1 has the odd numbers");
}

#[test]
fn a_lease_is_shorter_for_the_client_than_for_the_servers() {
    let mut room = held();
    room.run_until(199);
    assert_eq!((holds(&room, C1), leases(&room)), (true, 3));
    room.run_until(201);
    assert!(room.ran(Line::LeaseOver));
    assert_eq!((holds(&room, C1), leases(&room)), (false, 3));
    room.run_until(311);
    assert_eq!(leases(&room), 0);
}

#[test]
fn a_lease_can_be_renewed_as_often_as_one_likes() {
    let mut room = held();
    for _ in 0..10 {
        room.run(120).ask(C1, Op::Renew {}).run(20);
        assert_eq!(room.last_reply(), Some(Ret::Held(1)));
    }
    assert!(room.ran(Line::HoldOn));
    room.run(400).ask(C1, Op::Renew {});
    assert_eq!(room.last_reply(), Some(Ret::NotHeld));
    assert_eq!(room.violation(), None);
}

#[test]
fn a_renewal_that_no_majority_hears_does_not_help() {
    let mut room = held();
    room.together(&[C1, 0]).ask(C1, Op::Renew {}).run(400);
    assert_eq!((room.last_reply(), holds(&room, C1)), (Some(Ret::NotHeld), false));
}

#[test]
fn whoever_is_done_gives_the_lock_back() {
    let mut room = held();
    room.ask(C1, Op::Unlock {}).run(20);
    assert_eq!((room.last_reply(), leases(&room)), (Some(Ret::Ok), 0));
    room.ask(C1, Op::Unlock {});
    assert_eq!(room.last_reply(), Some(Ret::NotHeld));
}

// --- Client: the work, and the resource

#[test]
fn only_a_holder_writes() {
    let mut room = held();
    room.ask(C2, write("no")).run(60);
    assert_eq!(room.last_reply(), Some(Ret::Busy));
    room.ask(C1, write("yes")).run(90);
    assert_eq!((room.last_reply(), written(&room)), (Some(Ret::Ok), vec!["yes".to_owned()]));
}

#[test]
fn whoever_wants_to_write_takes_the_lock_first() {
    let mut room = plan().start();
    room.ask(C1, write("1")).run(100);
    assert_eq!((room.last_reply(), written(&room)), (Some(Ret::Ok), vec!["1".to_owned()]));
    assert!(holds(&room, C1), "and keeps it until its end");
}

#[test]
fn work_that_takes_longer_than_the_lease_is_written_if_nobody_came_in_between() {
    let mut room = held();
    room.run_until(150).ask(C1, write("late")).run_until(205);
    assert!(!holds(&room, C1));
    room.run(60);
    assert_eq!((room.last_reply(), written(&room)), (Some(Ret::Ok), vec!["late".to_owned()]));
    assert_eq!(room.violation(), None);
}

/// c1 is paused while it prepares to write, and goes on when c2 has written.
fn paused(bug: Option<Bug>) -> Room {
    let mut room = held_with(bug);
    room.ask(C1, write("late")).run(5).pause(C1).run(400);
    room.ask(C2, Op::TryLock {}).run(60).ask(C2, write("new")).run(90).resume(C1).run(60);
    room
}

#[test]
fn a_holder_that_was_paused_is_fenced_off() {
    let room = paused(None);
    assert!(room.ran(Line::Fence));
    assert_eq!((written(&room), room.violation()), (vec!["new".to_owned()], None));
    assert!(room.replies().iter().any(|(id, ret)| (*id, ret) == (OpId(1), &Ret::Rejected)));
}

#[test]
fn a_message_that_was_held_up_is_fenced_off() {
    let mut room = held();
    room.ask(C1, write("late")).run(61);
    let name = room.world().in_flight().find(|(_, mail)| mail.name.to == NodeId(RESOURCE)).map(|(_, mail)| mail.name);
    room.apply(Intervention::Delay(name.expect("a write on its way"), Span::secs(1))).run(400);
    room.ask(C2, Op::TryLock {}).run(60).ask(C2, write("new")).run(1_000);
    assert_eq!((written(&room), room.violation()), (vec!["new".to_owned()], None));
}

// --- Server

#[test]
fn the_lease_of_a_crashed_holder_ends() {
    let mut room = held();
    room.crash(C1).run(280).ask(C2, Op::TryLock {}).run(60);
    assert!(room.ran(Line::Expire) && holds(&room, C2));
}

#[test]
fn a_server_that_crashed_lets_the_lease_run_in_full() {
    let mut room = held();
    room.run_until(300);
    (0..3).for_each(|server| {
        room.crash(server).restart(server);
    });
    assert!(room.ran(Line::ServerRecovers));
    room.run_until(599);
    assert_eq!(leases(&room), 3);
    room.run_until(601);
    assert_eq!(leases(&room), 0);
}

#[test]
fn nobody_else_can_give_a_lease_back() {
    let mut room = held();
    room.ask(C2, Op::Unlock {}).run(30);
    assert_eq!((holds(&room, C1), leases(&room)), (true, 3));
}

#[test]
fn a_request_to_the_wrong_part_is_refused() {
    let mut room = plan().start();
    room.ask(0, Op::TryLock {}).ask(RESOURCE, Op::Unlock {});
    assert!(room.replies().iter().all(|(_, ret)| *ret == Ret::NotHere));
}

// --- Bugs

fn texts(room: &Room) -> Vec<&str> {
    room.violation()
        .map_or(Vec::new(), |violation| violation.evidence.iter().map(|piece| piece.text.as_str()).collect())
}

#[test]
fn without_a_fence_a_paused_holder_writes_late() {
    let room = paused(Some(Bug::NoFencing));
    assert_eq!(room.violated(), Some("exclusion"));
    assert_eq!(texts(&room).last(), Some(&"was written to with token 1 after all"));
}

#[test]
fn a_lease_on_the_wrong_clock_makes_two_holders() {
    let mut room = plan().bug(Bug::LeaseOnWrongClock as usize).start();
    room.ask(C1, Op::TryLock {}).run(5);
    let slow = room.world().ids().take(3).map(|server| server.0).collect::<Vec<_>>();
    room.run(6); // the servers have granted it
    let grants: Vec<_> = room.world().in_flight().map(|(_, mail)| mail.name).collect();
    assert_eq!(grants.len(), slow.len());
    for grant in grants {
        room.apply(Intervention::Delay(grant, Span::millis(80)));
    }
    room.run_until(320).ask(C2, Op::TryLock {}).run(60);
    assert_eq!(room.violated(), Some("one-holder"));
}

#[test]
fn unlocking_anothers_lock_is_noticed() {
    let mut room = held_with(Some(Bug::UnlocksAnothers));
    room.ask(C2, Op::Unlock {}).run(30);
    assert_eq!(room.violated(), Some("holder-unlocks"));
}

#[test]
fn one_server_is_not_enough() {
    let mut room = plan().bug(Bug::NoMajority as usize).start();
    room.together(&[0, C1]).ask(C1, Op::TryLock {}).ask(C2, Op::TryLock {}).run(60);
    assert_eq!(room.violated(), Some("one-holder"));
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    let mut ops = Vec::new();
    for client in [C1, C2] {
        ops.extend([(client, Op::TryLock {}), (client, Op::TryLock {}), (client, Op::TryLock {})]);
        ops.extend([(client, Op::Renew {}), (client, Op::Unlock {})]);
        ops.extend([(client, write("x")), (client, write("y")), (client, write("z"))]);
    }
    ops
}

const ROLES: [&str; 4] = ["holding", "asking", "leased", "resource"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_one_holder_and_a_lock_that_can_be_taken() {
    let mut base = held();
    base.ask(C1, write("1")).ask(C2, Op::TryLock {}).run(1).ask(C1, Op::Renew {});
    let crashes = base.crash_everywhere(400, &[0, 1, 2, C1, C2, RESOURCE], 700, |room| {
        room.ask(C2, Op::TryLock {}).run(100);
        assert!(holds(room, C2));
        room.ask(C2, write("last")).run(100);
        assert_eq!(written(room).last().map(String::as_str), Some("last"));
        assert_eq!(room.violation(), None);
    });
    assert!(crashes > 100, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_the_lock_can_be_taken() {
    for seed in 0..300 {
        let mut room = Room::faulty(Plan::of(&[3, 2, 1]), seed, &ops(), &ROLES);
        assert_eq!(room.violation(), None, "seed {seed}");
        room.ask(C1, Op::TryLock {}).run(150);
        assert!(holds(&room, C1), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Room::finds_every_bug(|| Plan::of(&[3, 2, 1]), 3_000, &ops(), &ROLES);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let wild = Config { drift: 100, ..Config::default() };
    assert_eq!(refused::<Lock>(&wild, &[0]), Some("drift"));
    assert!(refused::<Lock>(&Config::default(), &[0, 9]).is_some());
}

rules::rules! {
    Lock:
    Ask => a_lease_is_shorter_for_the_client_than_for_the_servers,
    Hold => the_lock_is_held_with_leases_from_a_majority,
    TryHigher => a_token_that_is_too_low_is_raised_if_the_lock_is_free,
    GiveUp => the_lock_is_held_with_leases_from_a_majority,
    AskForMore => a_lease_can_be_renewed_as_often_as_one_likes,
    HoldOn => a_lease_can_be_renewed_as_often_as_one_likes,
    LeaseOver => a_lease_is_shorter_for_the_client_than_for_the_servers,
    GiveBack => whoever_is_done_gives_the_lock_back,
    Prepare => whoever_wants_to_write_takes_the_lock_first,
    Write => only_a_holder_writes,
    Done => only_a_holder_writes,
    FencedOff => a_holder_that_was_paused_is_fenced_off,
    Grant => tokens_grow_with_every_holder,
    Refuse => what_is_taken_is_refused,
    Extend => a_lease_can_be_renewed_as_often_as_one_likes,
    TakeBack => whoever_is_done_gives_the_lock_back,
    Expire => the_lease_of_a_crashed_holder_ends,
    ServerRecovers => a_server_that_crashed_lets_the_lease_run_in_full,
    Accept => work_that_takes_longer_than_the_lease_is_written_if_nobody_came_in_between,
    Fence => a_message_that_was_held_up_is_fenced_off,
}
