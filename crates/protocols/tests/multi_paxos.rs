//! Multi-Paxos: every rule, every invariant with its bug, and what it costs.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::multi_paxos::{Config, Line, Mode, MultiPaxos, Op, Ret, View};
use netsplit_sim::{Intervention, NodeId, Span, Target};

type Service = Lab<MultiPaxos>;

/// Nodes 0 and 1 are replicas, 2 and 3 leaders, 4 to 6 acceptors.
fn plan() -> Plan<MultiPaxos> {
    Plan::of(&[2, 2, 3])
}

/// One of the leaders is active.
fn service(plan: Plan<MultiPaxos>) -> Service {
    let mut service = plan.start();
    service.run_until(500);
    assert_eq!(service.roles("active"), 1);
    service
}

fn put(key: &str, value: &str) -> Op {
    Op::Put { key: key.into(), value: value.into() }
}

fn get(key: &str) -> Op {
    Op::Get { key: key.into() }
}

fn crash_active(service: &mut Service) -> u16 {
    let active = (2..4).find(|node| service.role(*node) == "active").expect("one leads");
    service.crash(active);
    active
}

fn log(service: &Service, node: u16) -> Vec<(u64, u32)> {
    match service.world().view(NodeId(node)) {
        Some(View::Replica(replica)) => {
            let performed = replica.decisions().range(..=replica.performed());
            performed.map(|(slot, command)| (*slot, command.id.0)).collect()
        }
        _ => Vec::new(),
    }
}

fn waiting(service: &Service) -> usize {
    let open = |node| match service.world().view(NodeId(node)) {
        Some(View::Replica(replica)) => replica.open().len(),
        _ => 0,
    };
    open(0) + open(1)
}

// --- Replicas

#[test]
fn commands_are_performed_in_the_order_of_slots_at_every_replica() {
    let mut service = service(plan());
    for n in 0..10 {
        service.ask(n % 2, put("x", &n.to_string())).run(7);
    }
    service.run(500).ask(0, get("x")).ask(1, get("x")).run(200);
    assert_eq!((log(&service, 0), log(&service, 0).len()), (log(&service, 1), 12));
    let replies = service.replies();
    assert_eq!((replies.len(), &replies[10].1), (12, &replies[11].1));
}

#[test]
fn a_command_that_loses_its_slot_gets_a_later_one() {
    let mut service = service(plan());
    service.ask(0, put("x", "red")).ask(1, put("x", "blue")).run(300);
    assert!(service.ran(Line::SlotLost));
    assert_eq!((log(&service, 0), log(&service, 1)), (vec![(1, 0), (2, 1)], vec![(1, 0), (2, 1)]));
}

#[test]
fn a_replica_proposes_no_further_than_its_window() {
    let config = Config { window: 3, ..Config::default() };
    let mut service = service(plan().config(config));
    for n in 0..10 {
        service.ask(0, put("x", &n.to_string()));
    }
    let before = service.sent("propose");
    assert_eq!(before, 2 * 3);
    service.run(1_000);
    assert_eq!(log(&service, 0).len(), 10);
}

#[test]
fn a_replica_that_missed_decisions_or_lost_them_asks_for_them() {
    let mut service = service(plan());
    service.crash(1);
    for n in 0..30 {
        service.ask(0, put("x", &n.to_string())).run(50);
    }
    service.restart(1).run(1_000);
    assert!(service.ran(Line::AskMissing) && service.ran(Line::DecidedBefore));
    assert_eq!(log(&service, 1), log(&service, 0));
}

// --- Leaders

#[test]
fn one_scout_is_enough_for_as_many_commands_as_come() {
    let mut service = service(plan());
    let scouts = service.sent("p1a");
    for n in 0..50 {
        service.ask(0, put("x", &n.to_string())).run(40);
    }
    service.run(200);
    assert_eq!((service.sent("p1a"), service.replies().len()), (scouts, 50));
}

#[test]
fn another_leader_takes_over_what_was_accepted() {
    let mut service = service(plan());
    // Accepted by all, and the leader crashes before it hears of it.
    service.ask(0, put("x", "red")).run(25);
    let old = crash_active(&mut service);
    service.run(1_000).ask(1, get("x")).run(300);
    assert_eq!(service.last_reply(), Some(Ret::Value("red".into())));
    assert_eq!(service.replies().len(), 2);
    service.restart(old).run(500);
    assert_eq!((service.roles("active"), service.violation()), (1, None));
}

#[test]
fn a_leader_that_is_preempted_gives_way() {
    let mut service = service(plan());
    service.apply(Intervention::Partition(vec![vec![Target::Role("active".to_owned())]])).run(700);
    assert_eq!(service.roles("active"), 2, "one of them cannot get anything accepted");
    service.heal().run(300);
    assert!(service.ran(Line::Preempted));
    assert_eq!(service.roles("active"), 1);
}

#[test]
fn a_restarted_leader_begins_a_round_that_it_never_used() {
    let mut service = service(plan());
    let active = crash_active(&mut service);
    service.crash(5 - active).restart(active).run(600);
    let round = |service: &Service| service.world().face(NodeId(active)).and_then(|face| face.headline);
    assert!(
        matches!(service.world().view(NodeId(active)), Some(View::Leader(leader)) if matches!(leader.mode(), Mode::Active { .. }))
    );
    assert!(round(&service).is_some_and(|(_, round)| round >= 2));
}

#[test]
fn without_a_majority_of_acceptors_the_log_stands_still_until_there_is_one() {
    let mut service = service(plan());
    service.crash(4).crash(5).ask(0, put("x", "red")).run(3_000);
    assert_eq!((service.replies().len(), service.violation()), (0, None));
    service.restart(4).run(500);
    assert_eq!(service.last_reply(), Some(Ret::Ok));
}

// --- Acceptors

#[test]
fn an_acceptor_refuses_scouts_and_commanders_below_the_ballot_it_adopted() {
    let mut service = plan().start();
    // The second leader has its first ballot adopted before the first one is there, and neither hears of the other.
    service.crash(2).run_until(500);
    assert_eq!(service.role(3), "active");
    service.cut(2, 3).cut(3, 2).restart(2).run(350);
    assert!(service.ran(Line::RefuseScout), "1.1 is below 1.2");
    service.run(350);
    assert_eq!((service.role(2), service.role(3)), ("active", "active"));
    service.ask(0, put("x", "red")).run(30);
    assert!(service.ran(Line::RefuseCommander), "1.2 is below 2.1");
    service.run(500);
    assert_eq!((service.last_reply(), service.violation()), (Some(Ret::Ok), None));
}

// --- What it costs

#[test]
fn with_a_stable_leader_a_command_takes_one_round_trip_to_the_acceptors_and_four_delays_in_all() {
    let mut service = service(plan());
    for n in 0..10 {
        let (accepts, decisions) = (service.sent("p2a"), service.sent("decision"));
        service.ask(n % 2, put("x", "1")).run(10);
        assert_eq!(service.sent("p2a") - accepts, 3, "the leader has heard of it");
        service.run(19);
        assert_eq!(service.sent("decision"), decisions);
        service.run(1);
        assert_eq!(service.sent("decision") - decisions, 2, "one round trip later it is decided");
        let answered = service.replies().len();
        service.run(10);
        assert_eq!(service.replies().len(), answered + 1);
        service.run(20);
    }
}

#[test]
fn a_command_takes_l_plus_2a_plus_r_messages() {
    for (replicas, leaders, acceptors) in [(1, 1, 1), (1, 1, 3), (2, 2, 3), (3, 2, 5), (3, 3, 7), (5, 4, 9)] {
        let config = Config { beat: Span::millis(140), ..Config::default() };
        let mut service = Plan::<MultiPaxos>::of(&[replicas, leaders, acceptors]).config(config).start();
        service.run(1_500);
        let names = ["propose", "p1a", "p1b", "p2a", "p2b", "decision", "missing"];
        let sent = |service: &Service| names.map(|name| service.sent(name));
        let before = sent(&service);
        for _ in 0..20 {
            service.ask(0, put("x", "1")).run(100);
        }
        let after = sent(&service);
        let cost: Vec<usize> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        let each = [leaders, 0, 0, acceptors, acceptors, replicas, 0].map(|count| 20 * count);
        assert_eq!(cost, each, "{replicas} replicas, {leaders} leaders, {acceptors} acceptors");
    }
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    vec![(0, put("x", "1")), (1, put("x", "2")), (0, put("y", "3")), (1, get("x"))]
}

const ROLES: [&str; 5] = ["replica", "passive", "scouting", "active", "acceptor"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_the_replicas_with_one_log() {
    let mut base = service(plan());
    base.ask(0, put("x", "red")).ask(1, put("x", "blue"));
    let crashes = base.crash_everywhere(640, &[0, 1, 2, 3, 4, 5, 6], 1_500, |service| {
        service.ask(0, put("x", "after")).run(500);
        assert_eq!(service.violation(), None);
        assert_eq!((log(service, 0), waiting(service)), (log(service, 1), 0));
        assert_eq!(service.last_reply(), Some(Ret::Ok));
    });
    assert!(crashes >= 200, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_the_log_goes_on() {
    for seed in 0..300 {
        let mut service = Service::faulty(plan(), seed, &ops(), &ROLES);
        service.ask(0, put("x", "after")).run(3_000);
        assert_eq!(service.violation(), None, "seed {seed}");
        assert_eq!((log(&service, 0), waiting(&service)), (log(&service, 1), 0), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Service::finds_every_bug(plan, 1_000, &ops(), &ROLES);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let setting = |config| refused::<MultiPaxos>(&config, &[0, 1, 2]);
    assert_eq!(setting(Config { beat: Span::ZERO, ..Config::default() }), Some("beat"));
    assert_eq!(setting(Config { window: 0, ..Config::default() }), Some("window"));
    assert_eq!(setting(Config { patience: (Span::millis(2), Span::millis(1)), ..Config::default() }), Some("patience"));
    assert!(refused::<MultiPaxos>(&Config::default(), &[3]).is_some());
}

rules::rules! {
    MultiPaxos:
    Propose => commands_are_performed_in_the_order_of_slots_at_every_replica,
    Decided => commands_are_performed_in_the_order_of_slots_at_every_replica,
    Perform => commands_are_performed_in_the_order_of_slots_at_every_replica,
    SlotLost => a_command_that_loses_its_slot_gets_a_later_one,
    ProposeAgain => without_a_majority_of_acceptors_the_log_stands_still_until_there_is_one,
    AskMissing => a_replica_that_missed_decisions_or_lost_them_asks_for_them,
    Preempted => a_leader_that_is_preempted_gives_way,
    Adopted => one_scout_is_enough_for_as_many_commands_as_come,
    Alive => one_scout_is_enough_for_as_many_commands_as_come,
    DecidedBefore => a_replica_that_missed_decisions_or_lost_them_asks_for_them,
    Scout => one_scout_is_enough_for_as_many_commands_as_come,
    CountAdopted => one_scout_is_enough_for_as_many_commands_as_come,
    Command => one_scout_is_enough_for_as_many_commands_as_come,
    CountAccepted => one_scout_is_enough_for_as_many_commands_as_come,
    Decide => one_scout_is_enough_for_as_many_commands_as_come,
    CommandAgain => without_a_majority_of_acceptors_the_log_stands_still_until_there_is_one,
    Adopt => one_scout_is_enough_for_as_many_commands_as_come,
    RefuseScout => an_acceptor_refuses_scouts_and_commanders_below_the_ballot_it_adopted,
    Accept => one_scout_is_enough_for_as_many_commands_as_come,
    RefuseCommander => an_acceptor_refuses_scouts_and_commanders_below_the_ballot_it_adopted,
    AcceptorReturns => without_a_majority_of_acceptors_the_log_stands_still_until_there_is_one,
}
