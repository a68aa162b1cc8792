//! Election on a ring: every rule, every invariant with its bug, and its message counts.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::Entry;
use netsplit_protocols::ring_election::{Bug, Config, Line, Op, Order, Ret, RingElection};
use netsplit_sim::{Latency, Link, NodeId, Span};

type Ring = Lab<RingElection>;

fn ring(count: usize, order: Order) -> Ring {
    Plan::of(&[count]).config(Config { order, ..Config::default() }).start()
}

/// Nobody loses patience: elections are for the test to start.
fn by_hand(count: usize, order: Order) -> Ring {
    let never = Span::secs(1_000);
    let config = Config { order, patience: (never, never), round: never, ..Config::default() };
    Plan::of(&[count]).config(config).start()
}

fn leader(ring: &Ring, node: u16) -> Option<u32> {
    ring.world().view(NodeId(node))?.leader()
}

fn agreed(ring: &Ring) -> Option<u32> {
    let mut all = ring.world().ids().filter(|node| ring.world().view(*node).is_some());
    let first = leader(ring, all.next()?.0)?;
    all.all(|node| leader(ring, node.0) == Some(first)).then_some(first)
}

// --- Election

#[test]
fn one_token_is_enough_to_find_the_highest() {
    for starter in 0..5 {
        let mut ring = by_hand(5, Order::Shuffled(3));
        ring.ask(starter, Op::Elect {}).run(300);
        assert_eq!((agreed(&ring), ring.violation()), (Some(5), None));
    }
}

#[test]
fn a_lower_token_is_swallowed_and_replaced_once() {
    let mut ring = by_hand(3, Order::Ascending); // 1, 2, 3
    ring.ask(1, Op::Elect {}).ask(0, Op::Elect {}).run(15);
    assert!(ring.ran(Line::Swallow) && ring.ran(Line::Replace));
    ring.run(200);
    assert_eq!(agreed(&ring), Some(3));
}

#[test]
fn a_node_alone_leads_itself() {
    let mut ring = by_hand(1, Order::Ascending);
    ring.ask(0, Op::Elect {});
    assert_eq!(agreed(&ring), Some(1));
}

// --- Announcement

#[test]
fn without_a_leader_somebody_loses_patience() {
    let mut ring = ring(5, Order::Shuffled(3));
    ring.run(1_000);
    assert!(ring.ran(Line::NoLeaderSeen));
    assert_eq!(agreed(&ring), Some(5));
}

#[test]
fn the_highest_objects_to_a_lower_leader_when_it_comes_back() {
    let mut ring = ring(4, Order::Ascending);
    ring.run(900).crash(3).run(1_200);
    assert_eq!(agreed(&ring), Some(3));
    ring.restart(3).run(400);
    assert!(ring.ran(Line::Object));
    assert_eq!(agreed(&ring), Some(4));
}

#[test]
fn a_node_says_who_leads() {
    let mut ring = by_hand(3, Order::Ascending);
    ring.ask(0, Op::Leader {});
    assert_eq!(ring.last_reply(), Some(Ret::Nobody));
    ring.ask(0, Op::Elect {}).run(200).ask(0, Op::Leader {});
    assert_eq!(ring.last_reply(), Some(Ret::Leader(3)));
}

// --- The ring

#[test]
fn nodes_that_are_down_are_skipped() {
    let mut ring = by_hand(5, Order::Ascending);
    ring.crash(1).crash(2).ask(0, Op::Elect {}).run(600);
    assert!(ring.ran(Line::Skip));
    assert_eq!(agreed(&ring), Some(5));
}

#[test]
fn a_token_without_an_owner_goes_round_once() {
    let mut ring = by_hand(4, Order::Descending);
    ring.ask(0, Op::Elect {}).run(5).crash(0).run(5_000);
    assert!(ring.ran(Line::Drop));
    assert_eq!(ring.figures()[2], 0, "no token is left");
}

/// Somebody asks for an election again and again, while no message is lost.
fn restless(latency: Span) -> Ring {
    let link = Link { latency: Latency::Constant(latency), ..Link::default() };
    let mut ring = Plan { link, ..Plan::of(&[5]) }.start();
    for turn in 0..250 {
        ring.ask(turn % 5, Op::Elect {}).run(22);
    }
    ring
}

#[test]
fn an_acknowledgement_has_to_come_before_the_time_out_and_not_with_it() {
    let in_time = restless(Span::micros(19_900));
    assert!(!in_time.ran(Line::Skip));
    assert_eq!((agreed(&in_time), in_time.violation()), (Some(5), None));
    let late = restless(Span::millis(20)); // nobody promises anything then
    assert!(late.ran(Line::Skip));
    assert_ne!(agreed(&late), Some(5));
    assert_eq!(late.violation(), None);
}

#[test]
fn a_ring_that_is_split_has_two_leaders_and_one_again_when_it_heals() {
    let mut ring = ring(6, Order::Ascending);
    ring.run(1_000).together(&[0, 1, 2]).run(1_500);
    assert_eq!((leader(&ring, 0), leader(&ring, 5)), (Some(3), Some(6)));
    ring.heal().run(1_500);
    assert_eq!((agreed(&ring), ring.violation()), (Some(6), None));
}

// --- Numbers

/// How many tokens an election takes that every node starts.
fn tokens(n: usize, order: Order) -> usize {
    let mut ring = by_hand(n, order);
    (0..n as u16).for_each(|node| {
        ring.ask(node, Op::Elect {});
    });
    ring.run(40 * n as u64 + 100);
    assert_eq!((agreed(&ring), ring.sent("Elected")), (Some(n as u32), if n == 1 { 0 } else { n }));
    ring.sent("Election")
}

#[test]
fn at_best_an_election_takes_2n_minus_1_messages() {
    for n in 2..20 {
        assert_eq!(tokens(n, Order::Ascending), 2 * n - 1);
    }
}

#[test]
fn at_worst_an_election_takes_n_times_n_plus_1_over_2_messages() {
    for n in 2..20 {
        assert_eq!(tokens(n, Order::Descending), n * (n + 1) / 2);
    }
}

#[test]
fn on_average_an_election_takes_n_times_the_nth_harmonic_number() {
    for n in [8usize, 16, 32] {
        let runs = 600;
        let total: usize = (0..runs).map(|number| tokens(n, Order::Shuffled(number))).sum();
        let mean = total as f64 / runs as f64;
        let expected = n as f64 * (1..=n).map(|k| 1.0 / k as f64).sum::<f64>();
        assert!((mean / expected - 1.0).abs() < 0.03, "n = {n}: {mean} messages, expected {expected}");
    }
}

#[test]
fn an_election_that_one_node_starts_takes_at_most_3n_minus_1_messages() {
    for number in 0..50 {
        let n = 10;
        let mut ring = by_hand(n, Order::Shuffled(number));
        ring.ask(0, Op::Elect {}).run(1_000);
        assert!(ring.sent("Election") + ring.sent("Elected") < 3 * n);
    }
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    vec![(0, Op::Elect {}), (2, Op::Elect {}), (1, Op::Leader {})]
}

const ROLES: [&str; 4] = ["leader", "candidate", "follower", "passive"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_the_highest_in_charge() {
    let mut base = ring(4, Order::Shuffled(1));
    base.ask(0, Op::Elect {});
    let crashes = base.crash_everywhere(450, &[0, 1, 2, 3], 1_500, |ring| {
        assert_eq!((ring.violation(), agreed(ring)), (None, Some(4)));
    });
    assert!(crashes > 100, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_the_highest_leads() {
    for seed in 0..300 {
        let ring = Ring::faulty(Plan::of(&[4]), seed, &ops(), &ROLES);
        assert_eq!((ring.violation(), agreed(&ring)), (None, Some(4)), "seed {seed}");
    }
}

#[test]
fn the_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    let about = &RingElection::ABOUT.bugs[Bug::NotSwallowed as usize];
    let plan = || Plan::of(&[4]).bug(Bug::NotSwallowed as usize);
    let found = (0..20).find_map(|seed| Ring::faulty(plan(), seed, &ops(), &ROLES).violated());
    assert_eq!(found, Some(about.breaks));
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let second = Span::secs(1);
    let backwards = Config { patience: (second + second, second), ..Config::default() };
    assert_eq!(refused::<RingElection>(&backwards, &[0]), Some("patience"));
}

rules::rules! {
    RingElection:
    Start => one_token_is_enough_to_find_the_highest,
    PassOn => one_token_is_enough_to_find_the_highest,
    Swallow => a_lower_token_is_swallowed_and_replaced_once,
    Replace => a_lower_token_is_swallowed_and_replaced_once,
    Win => a_node_alone_leads_itself,
    Tell => a_node_says_who_leads,
    Follow => a_node_says_who_leads,
    Object => the_highest_objects_to_a_lower_leader_when_it_comes_back,
    NoLeaderSeen => without_a_leader_somebody_loses_patience,
    Acknowledged => an_acknowledgement_has_to_come_before_the_time_out_and_not_with_it,
    Skip => nodes_that_are_down_are_skipped,
    Drop => a_token_without_an_owner_goes_round_once,
}
