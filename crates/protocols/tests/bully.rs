//! The bully algorithm: every rule, every invariant with its bug, and its message counts.

mod lab;

use lab::{Lab, Plan, refused, rules};
use netsplit_protocols::bully::{Bully, Config, Line, Op, Ret};
use netsplit_sim::{NodeId, Span};

type Nodes = Lab<Bully>;

fn nodes(count: usize) -> Nodes {
    let mut nodes = Plan::of(&[count]).start();
    nodes.run(500);
    nodes
}

/// Nobody looks after anybody: elections are for the test to start.
fn by_hand(count: usize) -> Nodes {
    let config = Config { check: Span::secs(1_000), ..Config::default() };
    let mut nodes = Plan::of(&[count]).config(config).start();
    nodes.run(500);
    nodes
}

fn leader(nodes: &Nodes, node: u16) -> Option<u16> {
    nodes.world().view(NodeId(node))?.leader().map(|leader| leader.0)
}

fn agreed(nodes: &Nodes) -> Option<u16> {
    let mut all = nodes.world().ids().filter(|node| nodes.world().view(*node).is_some());
    let first = leader(nodes, all.next()?.0)?;
    all.all(|node| leader(nodes, node.0) == Some(first)).then_some(first)
}

// --- Election

#[test]
fn the_highest_that_is_up_leads_and_all_know_it() {
    let mut nodes = nodes(5);
    assert_eq!(agreed(&nodes), Some(4));
    for gone in (1..5).rev() {
        nodes.crash(gone).run(1_000);
        assert_eq!(agreed(&nodes), Some(gone - 1));
    }
    assert_eq!(nodes.violation(), None);
}

#[test]
fn a_node_alone_leads_itself() {
    assert_eq!(agreed(&nodes(1)), Some(0));
}

#[test]
fn whoever_has_an_answer_waits_but_not_for_ever() {
    let mut nodes = by_hand(3);
    nodes.crash(2).ask(0, Op::Elect {}).run(25).crash(1);
    assert_eq!(nodes.role(0), "waiting");
    nodes.run(400);
    assert!(nodes.ran(Line::NoAnnouncement));
    assert_eq!(agreed(&nodes), Some(0));
}

#[test]
fn whoever_comes_back_contests() {
    let mut nodes = nodes(4);
    nodes.crash(3).run(600);
    assert_eq!(agreed(&nodes), Some(2));
    nodes.restart(3).run(200);
    assert!(nodes.ran(Line::Recover));
    assert_eq!(agreed(&nodes), Some(3));
}

#[test]
fn whoever_comes_back_brings_those_together_who_could_not_see_each_other() {
    let mut nodes = by_hand(3);
    nodes.cut(0, 2).cut(2, 0).crash(1).ask(0, Op::Elect {}).run(85).heal().run(200);
    assert!(nodes.ran(Line::Announce));
    nodes.restart(1).run(300);
    assert_eq!(agreed(&nodes), Some(2));
}

// --- From time to time

#[test]
fn a_leader_that_holds_an_election_itself_is_no_leader() {
    let mut nodes = by_hand(3);
    nodes.crash(2).ask(1, Op::Elect {}).run(200);
    assert_eq!((nodes.role(0), nodes.role(1)), ("follower", "leader"));
    nodes.ask(1, Op::Elect {}).run(5).fire(0, "check").run(25);
    assert!(nodes.ran(Line::LeaderGaveUp));
    nodes.run(300);
    assert_eq!(agreed(&nodes), Some(1));
}

#[test]
fn a_leader_that_is_silent_is_replaced_within_a_check_and_two_time_outs() {
    let mut nodes = nodes(5);
    nodes.crash(4).run(120 + 80 + 80 + 20);
    assert!(nodes.ran(Line::LeaderSilent));
    assert_eq!(agreed(&nodes), Some(3));
}

#[test]
fn two_leaders_become_one_when_the_network_heals() {
    let mut nodes = nodes(5);
    nodes.together(&[3, 4]).run(600);
    assert_eq!((leader(&nodes, 0), leader(&nodes, 3), nodes.roles("leader")), (Some(2), Some(4), 2));
    nodes.heal().run(600);
    assert!(nodes.ran(Line::OtherLeader));
    assert_eq!((agreed(&nodes), nodes.violation()), (Some(4), None));
}

#[test]
fn a_node_says_who_leads() {
    let mut nodes = by_hand(3);
    nodes.ask(0, Op::Leader {});
    assert_eq!(nodes.last_reply(), Some(Ret::Leader(NodeId(2))));
    nodes.ask(0, Op::Elect {}).ask(0, Op::Leader {});
    assert_eq!(nodes.last_reply(), Some(Ret::Nobody));
}

// --- Numbers

/// How many questions, answers and announcements an election takes that this node starts when the highest is down.
fn election(count: usize, starter: u16) -> (usize, usize, usize) {
    let mut nodes = by_hand(count);
    nodes.crash(count as u16 - 1);
    let sent = |nodes: &Nodes| ["Election", "Answer", "Coordinator"].map(|name| nodes.sent(name));
    let before = sent(&nodes);
    nodes.ask(starter, Op::Elect {}).run(1_000);
    assert_eq!(agreed(&nodes), Some(count as u16 - 2));
    let after = sent(&nodes);
    (after[0] - before[0], after[1] - before[1], after[2] - before[2])
}

#[test]
fn at_best_an_election_takes_n_minus_2_announcements() {
    for n in 2..12 {
        assert_eq!(election(n, n as u16 - 2), (1, 0, n - 2));
    }
}

#[test]
fn at_worst_an_election_takes_a_number_of_messages_that_grows_with_the_square_of_n() {
    for n in 2..12 {
        let (asked, answered, announced) = election(n, 0);
        assert_eq!((asked, answered, announced), (n * (n - 1) / 2, (n - 1) * (n - 2) / 2, n - 2));
        assert_eq!(asked + answered + announced, (n - 1) * (n - 1) + n - 2);
    }
}

// --- Faults

fn ops() -> Vec<(u16, Op)> {
    vec![(0, Op::Elect {}), (2, Op::Elect {}), (1, Op::Leader {})]
}

const ROLES: [&str; 4] = ["leader", "electing", "waiting", "follower"];

#[test]
fn a_crash_at_any_event_and_a_restart_leave_the_highest_in_charge() {
    let mut base = nodes(4);
    base.crash(3).run(150).restart(3);
    let crashes = base.crash_everywhere(900, &[0, 1, 2, 3], 1_200, |nodes| {
        assert_eq!((nodes.violation(), agreed(nodes)), (None, Some(3)));
    });
    assert!(crashes >= 90, "{crashes}");
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_the_highest_leads() {
    for seed in 0..300 {
        let nodes = Nodes::faulty(Plan::of(&[4]), seed, &ops(), &ROLES);
        assert_eq!((nodes.violation(), agreed(&nodes)), (None, Some(3)), "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    Nodes::finds_every_bug(|| Plan::of(&[4]), 1_000, &ops(), &ROLES);
}

#[test]
fn settings_that_cannot_work_are_refused_by_name() {
    let zero = Config { check: Span::ZERO, ..Config::default() };
    assert_eq!(refused::<Bully>(&zero, &[0]), Some("check"));
}

rules::rules! {
    Bully:
    Recover => whoever_comes_back_contests,
    AskAbove => the_highest_that_is_up_leads_and_all_know_it,
    Announce => a_node_alone_leads_itself,
    Yield => whoever_has_an_answer_waits_but_not_for_ever,
    NoAnnouncement => whoever_has_an_answer_waits_but_not_for_ever,
    AnswerBelow => the_highest_that_is_up_leads_and_all_know_it,
    Follow => the_highest_that_is_up_leads_and_all_know_it,
    AnswerCheck => a_leader_that_is_silent_is_replaced_within_a_check_and_two_time_outs,
    CheckLeader => a_leader_that_is_silent_is_replaced_within_a_check_and_two_time_outs,
    LeaderSilent => a_leader_that_is_silent_is_replaced_within_a_check_and_two_time_outs,
    LeaderGaveUp => a_leader_that_holds_an_election_itself_is_no_leader,
    CheckAbove => two_leaders_become_one_when_the_network_heals,
    OtherLeader => two_leaders_become_one_when_the_network_heals,
}
