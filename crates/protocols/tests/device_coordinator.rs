//! Devices under coordinators, one sentence a test.

mod lab;

use lab::{Lab, Plan, bad_link, rules};
use netsplit_protocols::device_coordinator::{
    Bug, Config, Consensus, Deed, DeviceCoordinator, Line, Op, Outcome, Place, Ret, View,
};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{Manner, NodeId, Span};

type Home = Lab<DeviceCoordinator>;

const CORES: [Consensus; 3] = [Consensus::MultiPaxos, Consensus::Raft, Consensus::Pbft];

/// The first device of four coordinators and three devices.
const D1: u16 = 4;
const D2: u16 = 5;
const D3: u16 = 6;

fn over(core: Consensus) -> Plan<DeviceCoordinator> {
    Plan::of(&[4, 3]).config(Config { core, ..Config::default() })
}

fn register(device: u16) -> Op {
    Op::Register { device: NodeId(device) }
}
fn all() -> Vec<NodeId> {
    [D1, D2, D3].map(NodeId).to_vec()
}
fn set(level: u64) -> Op {
    Op::Set { devices: all(), level }
}
fn raise(by: u64) -> Op {
    Op::Raise { devices: all(), by }
}
fn limit(level: u64) -> Op {
    Op::Limit { level }
}

/// A second has passed, and all devices are registered.
fn furnished(plan: Plan<DeviceCoordinator>) -> Home {
    let mut home = plan.start();
    home.run(600);
    for device in [D1, D2, D3] {
        home.ask(leader(&home), register(device)).run(100);
    }
    home.run_until(1_000);
    assert_eq!(home.roles("device"), 3, "all are registered");
    home
}

fn position(home: &Home, device: u16) -> Place {
    match home.view(device) {
        View::Device(device) => device.position(),
        View::Coordinator(coordinator) => coordinator.last(),
    }
}
fn level(home: &Home, device: u16) -> Option<u64> {
    match home.view(device) {
        View::Device(device) => device.level(),
        View::Coordinator(_) => None,
    }
}
fn levels(home: &Home) -> [Option<u64>; 3] {
    [D1, D2, D3].map(|device| level(home, device))
}
fn done(home: &Home) -> usize {
    home.answers().iter().filter(|ret| matches!(ret, Ret::Done { .. })).count()
}

/// What the devices have done, place by place, as far as the one that has done least.
fn deeds(home: &Home) -> Vec<Vec<(Option<u32>, Outcome)>> {
    let of = |device: u16| match home.view(device) {
        View::Device(device) => {
            let deed = |deed: &Deed| (deed.slot.as_ref().map(|named| named.id.0), deed.outcome);
            device.deeds().iter().map(deed).collect()
        }
        View::Coordinator(_) => Vec::new(),
    };
    [D1, D2, D3].map(of).to_vec()
}

/// Who is in charge.
fn leader(home: &Home) -> NodeId {
    home.world().ids().find(|node| home.role(*node) == "leader").expect("somebody leads")
}
/// Coordinators that are not in charge.
fn others(home: &Home) -> Vec<NodeId> {
    (0..4).map(NodeId).filter(|node| *node != leader(home)).collect()
}

// --- The order

#[test]
fn one_workload_leads_to_the_same_levels_under_each_core() {
    for core in CORES {
        let mut home = furnished(over(core));
        let ops = [set(3), raise(2), limit(6), raise(2), Op::Synchronise { devices: all(), like: NodeId(D1) }];
        for (turn, op) in (0..).zip(ops) {
            home.ask(turn % 7, op).run(300);
        }
        let last = home.last_reply();
        assert_eq!((levels(&home), done(&home)), ([Some(5); 3], 7), "{core:?}");
        let forbidden = home.answers().iter().filter(|ret| matches!(ret, Ret::Forbidden { .. })).count();
        assert_eq!((forbidden, home.figures()[2]), (1, 1), "{core:?}");
        let least = u64::from(core == Consensus::Raft); // Raft's leader opens its term with a place of its own
        assert_eq!(last, Some(Ret::Done { place: 8 + least }), "{core:?}");
        assert_eq!((home.figures()[1], home.violation()), (0, None), "{core:?}");
        assert!(home.ran(Line::Forbid) && home.ran(Line::PassOver), "{core:?}");
    }
}

#[test]
fn operations_asked_for_at_the_same_time_are_done_in_one_order_by_all() {
    for core in CORES {
        let mut home = furnished(over(core));
        for node in 0..7 {
            home.ask(node, set(u64::from(node))).ask(node, raise(1));
        }
        home.run(2_500);
        let deeds = deeds(&home);
        assert_eq!((done(&home), &deeds[0], &deeds[1]), (17, &deeds[1], &deeds[2]), "{core:?}");
        assert_eq!(home.violation(), None, "{core:?}");
    }
}

#[test]
fn whoever_is_asked_tells_the_devices() {
    let mut home = furnished(over(Consensus::Raft));
    let told = home.sent("Places");
    home.ask(leader(&home), set(1)).run(31);
    assert_eq!(
        (levels(&home), home.sent("Places") - told),
        ([Some(1); 3], 3),
        "one round trip to agree, one way to tell"
    );
    let mut home = furnished(over(Consensus::Pbft));
    let told = home.sent("Places");
    home.ask(1, set(1)).run(41);
    assert_eq!(levels(&home), [None, None, None].map(|_: Option<u64>| Some(0)));
    home.run(39);
    assert_eq!((levels(&home), home.sent("Places") - told), ([Some(1); 3], 12), "everybody tells everybody");
}

#[test]
fn raising_starts_from_what_there_is_and_never_overflows() {
    let mut home = furnished(over(Consensus::Raft));
    home.ask(0, raise(u64::MAX)).ask(1, raise(7)).run(200);
    assert_eq!(levels(&home), [Some(u64::MAX); 3]);
}

#[test]
fn devices_are_made_like_another_one() {
    let mut home = furnished(over(Consensus::Raft));
    home.ask(0, Op::Set { devices: vec![NodeId(D3)], level: 4 }).run(300);
    assert_eq!(levels(&home), [Some(0), Some(0), Some(4)]);
    home.ask(1, Op::Synchronise { devices: all(), like: NodeId(D3) }).run(300);
    assert_eq!(levels(&home), [Some(4); 3]);
}

#[test]
fn only_registered_devices_take_part() {
    let mut home = over(Consensus::Raft).start();
    home.run(600).ask(0, set(1)).run(100);
    assert_eq!(home.last_reply(), Some(Ret::NoDevice { place: 2 }));
    home.ask(0, Op::Synchronise { devices: all(), like: NodeId(D1) }).run(100);
    assert_eq!(home.last_reply(), Some(Ret::NoDevice { place: 3 }));
    home.ask(D2, register(D2)).run(300).ask(0, set(1)).run(300);
    assert_eq!((home.last_reply(), levels(&home)), (Some(Ret::Done { place: 5 }), [None, Some(1), None]));
    assert_eq!((home.roles("device"), home.roles("unregistered")), (1, 2));
    home.ask(0, register(1)).ask(D1, register(2));
    assert_eq!(home.last_reply(), Some(Ret::NotHere), "a coordinator is no device");
}

#[test]
fn an_operation_that_gets_two_places_is_done_at_the_first() {
    let mut home = furnished(over(Consensus::Raft));
    // d1 asks n1 first, of which the others hear nothing; and then the next one.
    home.cut(0, 1).cut(0, 2).cut(0, 3).cut(1, 0).cut(2, 0).cut(3, 0).run(700);
    home.ask(D1, raise(1)).run(2_000);
    assert_eq!(home.answers().len(), 4, "it is answered by what the others have agreed on");
    home.heal().run(2_500);
    assert!(home.ran(Line::SameName));
    assert_eq!((levels(&home), home.violation()), ([Some(1); 3], None));
}

#[test]
fn what_was_given_to_the_core_is_not_given_again() {
    let mut home = furnished(over(Consensus::MultiPaxos));
    home.together(&[0, D1]).ask(D1, raise(1)).run(2_500);
    assert!(home.ran(Line::AskedBefore), "d1 has come round to n1 again");
    home.heal().run(1_500);
    assert_eq!((levels(&home), home.violation()), ([Some(1); 3], None));
}

// --- The policy

#[test]
fn the_policy_counts_as_it_is_at_an_operations_place() {
    for core in CORES {
        let mut home = furnished(over(core));
        home.ask(0, limit(2)).ask(1, set(5)).ask(2, set(1)).ask(3, limit(9)).run(2_500);
        let mut order = home.answers().split_off(3);
        let place = |ret: &Ret| match ret {
            Ret::Done { place } | Ret::Forbidden { place } => *place,
            other => panic!("{other:?}"),
        };
        let (strict, wide) = (place(&order[0]), place(&order[3]));
        let at = place(&order[1]);
        let forbidden = strict < at && (wide > at || wide < strict);
        assert_eq!(matches!(order.remove(1), Ret::Forbidden { .. }), forbidden, "{core:?}");
        assert_eq!(home.violation(), None, "{core:?}");
    }
}

#[test]
fn what_the_policy_forbids_is_forbidden_for_all_its_devices() {
    let mut home = furnished(over(Consensus::Raft));
    home.ask(0, Op::Set { devices: vec![NodeId(D2)], level: 4 }).ask(0, limit(5)).run(300);
    home.ask(0, raise(2)).run(300);
    assert!(matches!(home.last_reply(), Some(Ret::Forbidden { .. })), "d2 would go to 6");
    assert_eq!(levels(&home), [Some(0), Some(4), Some(0)]);
    home.ask(0, limit(3)).run(300).ask(0, Op::Synchronise { devices: all(), like: NodeId(D2) }).run(300);
    assert!(matches!(home.last_reply(), Some(Ret::Forbidden { .. })), "where they would go, nobody may be told to go");
    assert_eq!(levels(&home), [Some(0), Some(4), Some(0)], "and whoever is there may stay");
}

// --- Devices that are off

#[test]
fn a_device_that_was_off_catches_up() {
    for core in CORES {
        let mut home = furnished(over(core));
        home.crash(D2);
        for _ in 0..20 {
            home.ask(0, raise(1)).run(60);
        }
        home.run(2_000);
        assert_eq!(home.figures()[1], 20, "{core:?}");
        home.restart(D2).run(10);
        assert!(home.ran(Line::Return), "{core:?}");
        home.run(400);
        assert_eq!((levels(&home), home.figures()[1]), ([Some(20); 3], 0), "{core:?}");
        let longest = home.sent("Fetch");
        assert!(longest > 0 && home.violation().is_none(), "{core:?}");
    }
}

#[test]
fn places_come_in_batches_one_right_after_the_other() {
    let config = Config { batch: 3, poll: Span::secs(1), ..Config::default() };
    let mut home = Plan::of(&[4, 3]).config(config).start();
    home.run(600).crash(D1);
    for _ in 0..10 {
        home.ask(0, limit(1)).run(20);
    }
    home.run(500).restart(D1).run(85);
    assert_eq!(position(&home, D1), 11, "four times there and back");
}

#[test]
fn a_device_notices_what_it_missed_and_asks_for_it() {
    let mut home = furnished(over(Consensus::Raft));
    let leads = leader(&home);
    home.cut(leads, D3).ask(leads, raise(1)).run(25).heal().ask(leads, raise(1)).run(31);
    assert!(home.ran(Line::Gap));
    assert_eq!((home.face(D3).badge, home.face(D1).badge), (Some("BEHIND"), None));
    home.run(21);
    assert_eq!((levels(&home), home.face(D3).badge), ([Some(2); 3], None));
}

#[test]
fn what_a_device_has_done_it_does_not_do_again() {
    let mut plan = over(Consensus::Raft);
    plan.link = bad_link();
    let mut home = plan.start();
    home.run(2_000);
    for device in [D1, D2, D3] {
        home.ask(device, register(device)).run(1_500);
    }
    for turn in 0..20 {
        home.ask(turn % 7, raise(1)).run(200);
    }
    home.repair().run(4_000);
    assert!(home.ran(Line::Known));
    assert_eq!((levels(&home), home.violation()), ([Some(20); 3], None));
}

#[test]
fn a_device_passes_on_what_it_is_asked_for_until_it_has_a_place() {
    for core in CORES {
        let mut home = furnished(over(core));
        home.crash(0).ask(D1, set(3)).run(300);
        assert_eq!(home.answers().len(), 3, "{core:?}: n1, whom d1 asks first, is down");
        home.run(3_000);
        assert!(home.ran(Line::PassOn) && home.ran(Line::AnswerHere));
        assert_eq!(levels(&home), [Some(3); 3], "{core:?}");
        assert!(matches!(home.last_reply(), Some(Ret::Done { .. })), "{core:?}");
    }
}

// --- Coordinators that fail

#[test]
fn when_whoever_is_in_charge_falls_the_others_go_on() {
    for core in CORES {
        let mut home = furnished(over(core));
        let leads = leader(&home);
        let other = others(&home)[0];
        home.ask(other, raise(1)).run(5).crash(leads).ask(other, raise(1)).run(4_000);
        assert_eq!((levels(&home), done(&home)), ([Some(2); 3], 5), "{core:?}");
        home.restart(leads).run(500).ask(leads, raise(1)).run(3_000);
        assert_eq!((levels(&home), home.violation()), ([Some(3); 3], None), "{core:?}");
    }
}

#[test]
fn without_a_majority_nothing_is_agreed_on() {
    for core in [Consensus::MultiPaxos, Consensus::Raft] {
        let mut home = furnished(over(core));
        home.crash(0).crash(1).ask(2, raise(1)).ask(D3, raise(1)).run(3_000);
        assert_eq!((levels(&home), home.answers().len()), ([Some(0); 3], 3), "{core:?}");
        home.restart(0).run(3_000);
        assert_eq!(levels(&home), [Some(2); 3], "{core:?}");
    }
}

#[test]
fn when_all_have_crashed_they_go_on_where_they_were() {
    for core in CORES {
        let mut home = furnished(over(core));
        home.ask(0, set(3)).run(200);
        for node in 0..7 {
            home.crash(node);
        }
        for node in 0..7 {
            home.restart(node);
        }
        assert_eq!(levels(&home), [Some(3); 3], "{core:?}");
        home.run(1_000).ask(1, raise(1)).run(3_000);
        assert_eq!((levels(&home), home.violation()), ([Some(4); 3], None), "{core:?}");
    }
}

#[test]
fn a_coordinator_whose_core_took_over_a_state_asks_the_others_for_what_it_passed_over() {
    let mut home = furnished(over(Consensus::Pbft));
    home.together(&[0, 1, 2, D1, D2, D3]);
    for _ in 0..9 {
        home.ask(1, raise(1)).run(100);
    }
    assert_eq!((levels(&home), position(&home, 3)), ([Some(9); 3], 3));
    home.heal();
    for _ in 0..4 {
        home.ask(1, raise(1)).run(100);
    }
    home.run(500);
    assert!(home.ran(Line::PassedOver));
    assert_eq!((position(&home, 3), position(&home, 0)), (16, 16));
    assert_eq!((levels(&home), home.violation()), ([Some(13); 3], None));
}

// --- Liars

#[test]
fn over_pbft_no_coordinator_can_talk_a_device_into_anything() {
    for manner in Manner::LIES {
        for liar in 0..4 {
            let mut home = furnished(over(Consensus::Pbft));
            home.turn(liar, manner);
            for turn in 0..6 {
                home.ask(turn % 4, raise(1)).ask(D1, raise(1)).run(700);
            }
            home.run(6_000);
            let told = home.replies().iter().filter(|(id, _)| id.0 >= 3 && (id.0 - 3) % 2 == 1).count();
            assert_eq!((told, home.violation()), (6, None), "{manner:?} n{}: who asks a device is served", liar + 1);
            let deeds = deeds(&home);
            assert!(deeds[0] == deeds[1] && deeds[1] == deeds[2], "{manner:?} n{}", liar + 1);
        }
    }
}

#[test]
fn over_raft_one_liar_is_believed() {
    let mut home = furnished(over(Consensus::Raft));
    home.turn(0, Manner::Deceiving).ask(0, set(3)).run(300);
    assert_eq!(home.violated(), Some("one-order"));
}

// --- Bugs

fn texts(home: &Home) -> Vec<String> {
    home.verdict().1
}

#[test]
fn a_policy_that_is_read_too_early_is_broken() {
    let mut home = furnished(over(Consensus::Raft).bug(Bug::PolicyFromStaleReplica as usize));
    let (leads, other) = (leader(&home), others(&home)[0]);
    home.ask(leads, limit(2)).ask(other, set(5)).run(400);
    assert_eq!(home.violated(), Some("policy-holds"), "{:?}", texts(&home));
    let mut home = furnished(over(Consensus::Raft).bug(Bug::PolicyFromStaleReplica as usize));
    home.ask(0, limit(2)).run(200).ask(0, set(5)).run(200);
    assert_eq!((home.last_reply(), home.violation()), (Some(Ret::Refused), None), "whoever knows it in time heeds it");
}

#[test]
fn a_device_that_forgets_its_place_does_everything_again() {
    let mut home = furnished(over(Consensus::Raft).bug(Bug::PositionNotDurable as usize));
    home.ask(0, raise(1)).run(300).crash(D1).restart(D1).run(200);
    assert_eq!(home.violated(), Some("one-order"));
    assert_eq!(texts(&home), ["n5 does what stands at place 1; place 6 was next"]);
}

#[test]
fn a_device_that_notices_no_gap_leaves_something_out() {
    let mut home = furnished(over(Consensus::Raft).bug(Bug::GapNotNoticed as usize));
    let leads = leader(&home);
    home.cut(leads, D3).ask(leads, raise(1)).run(25).heal().ask(leads, raise(1)).run(31);
    assert_eq!(home.violated(), Some("one-order"));
    assert_eq!(texts(&home), ["n7 does what stands at place 6; place 5 was next"]);
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    let mut ops = Vec::new();
    for node in 0..7 {
        ops.extend([(node, set(3)), (node, raise(1)), (node, limit(u64::from(node))), (node, limit(20))]);
    }
    ops.extend([D1, D2, D3].map(|device| (device, register(device))));
    ops.extend([D1, D2, D3].map(|device| (device - 4, register(device))));
    ops
}

const ROLES: [&str; 4] = ["leader", "leader", "device", "coordinator"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_one_order_that_goes_on() {
    for core in CORES {
        let mut base = furnished(over(core));
        base.ask(D1, raise(1)).ask(1, raise(1)).run(5).ask(2, limit(1));
        let crashes = base.crash_everywhere(1_080, &[0, 1, 3, D1, D2], 2_500, |home| {
            home.ask(D2, Op::Set { devices: all(), level: 1 }).run(2_500);
            assert_eq!((levels(home), home.violation()), ([Some(1); 3], None), "{core:?}");
        });
        assert!(crashes > 100, "{crashes}");
    }
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_whoever_asks_is_answered() {
    for core in CORES {
        for seed in 0..100 {
            let mut home = Home::faulty(over(core), seed, &ops(), &ROLES);
            assert_eq!(home.violation(), None, "{core:?} {seed}");
            home.ask(D1, raise(0)).run(6_000);
            assert!(home.last_reply().is_some() && home.violation().is_none(), "{core:?} {seed}");
            assert_eq!(home.figures()[1], 0, "{core:?} {seed}");
        }
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    for bug in [Bug::PolicyFromStaleReplica, Bug::PositionNotDurable, Bug::GapNotNoticed] {
        let about = &DeviceCoordinator::ABOUT.bugs[bug as usize];
        let found = (0..500).any(|seed| {
            let plan = over(Consensus::Raft).bug(bug as usize);
            Home::faulty(plan, seed, &ops(), &ROLES).violated() == Some(about.breaks)
        });
        assert!(found, "{} is not found", about.name);
    }
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let refused = |config: Config, parts: Vec<usize>| {
        DeviceCoordinator::processes(&config, Bugs::NONE, &Cast { parts }).err().map(|why| why.setting)
    };
    assert_eq!(refused(Config { poll: Span::ZERO, ..Config::default() }, vec![0]), Some("poll"));
    assert_eq!(refused(Config { batch: 0, ..Config::default() }, vec![0]), Some("batch"));
    assert_eq!(refused(Config::default(), vec![1]), Some("coordinator"));
    assert_eq!(refused(Config::default(), vec![0, 9]), Some("parts"));
}

rules::rules! {
    DeviceCoordinator:
    Give => whoever_is_asked_tells_the_devices,
    AskedBefore => what_was_given_to_the_core_is_not_given_again,
    Append => one_workload_leads_to_the_same_levels_under_each_core,
    Forbid => one_workload_leads_to_the_same_levels_under_each_core,
    SameName => an_operation_that_gets_two_places_is_done_at_the_first,
    Tell => whoever_is_asked_tells_the_devices,
    Answer => only_registered_devices_take_part,
    Serve => places_come_in_batches_one_right_after_the_other,
    PassedOver => a_coordinator_whose_core_took_over_a_state_asks_the_others_for_what_it_passed_over,
    PassOn => a_device_passes_on_what_it_is_asked_for_until_it_has_a_place,
    Poll => a_device_that_was_off_catches_up,
    Perform => operations_asked_for_at_the_same_time_are_done_in_one_order_by_all,
    PassOver => one_workload_leads_to_the_same_levels_under_each_core,
    Known => what_a_device_has_done_it_does_not_do_again,
    Gap => a_device_notices_what_it_missed_and_asks_for_it,
    AnswerHere => a_device_passes_on_what_it_is_asked_for_until_it_has_a_place,
    Return => a_device_that_was_off_catches_up,
}
