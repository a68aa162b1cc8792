//! Causal broadcast: every rule, and the invariants with their bugs.

mod lab;

use lab::{Lab, Plan, bad_link, constant, n, rules};
use netsplit_protocols::causal_broadcast::{Bug, CausalBroadcast, Config, Line, Op, Ret};
use netsplit_sim::{Dice, Intervention, MsgName, Span, Topology};

/// Processes that post only what they are asked to.
fn by_hand(nodes: usize) -> Plan<CausalBroadcast> {
    Plan { config: Config { spontaneous: false, ..Config::default() }, link: constant(5), ..Plan::of(&[nodes]) }
}

fn post(text: &str) -> Op {
    Op::Broadcast { text: text.into() }
}

fn texts(lab: &Lab<CausalBroadcast>, node: u16) -> Vec<String> {
    lab.view(n(node)).delivered().iter().map(|post| post.text.to_string()).collect()
}

/// The nth message on a link takes this much longer.
fn delay(from: u16, to: u16, nth: u32, millis: u64) -> Intervention<Op> {
    Intervention::Delay(MsgName { from: n(from), to: n(to), nth, copy: 0 }, Span::millis(millis))
}

/// n1 asks, n2 answers, and the question is late at n3.
fn overtaken(bug: Option<Bug>) -> Lab<CausalBroadcast> {
    let mut lab = by_hand(3).bug(bug.map(|bug| bug as usize)).start();
    lab.ask(n(1), post("why?")).apply(delay(1, 3, 0, 100)).run(10).ask(n(2), post("because")).run(10);
    lab
}

#[test]
fn a_post_is_delivered_to_everybody_and_to_oneself_at_once() {
    let mut lab = by_hand(3).start();
    lab.ask(n(1), post("x"));
    assert_eq!((texts(&lab, 1), lab.answers()), (vec!["x".to_owned()], vec![Ret::Posted(1)]));
    lab.run(10);
    assert!((2..=3).all(|node| texts(&lab, node) == ["x"]));
}

#[test]
fn an_answer_waits_for_its_question() {
    let mut lab = overtaken(None);
    assert_eq!((texts(&lab, 3), lab.view(n(3)).holds()), (vec![], 1));
    assert_eq!(lab.face(n(3)).note.as_deref(), Some("waits for post 1 of n1"));
    assert_eq!((lab.face(n(3)).role, lab.figures()), ("holding", vec![4, 1, 2]));
    lab.run(200);
    assert_eq!(texts(&lab, 3), ["why?", "because"]);
}

#[test]
fn posts_of_one_sender_are_delivered_in_its_order() {
    let mut lab = by_hand(2).start();
    lab.ask(n(1), post("1")).apply(delay(1, 2, 0, 50)).ask(n(1), post("2")).ask(n(1), post("3")).run(20);
    assert_eq!(texts(&lab, 2), [""; 0]);
    assert_eq!(texts(lab.run(100), 2), ["1", "2", "3"]);
}

#[test]
fn concurrent_posts_wait_for_nothing() {
    let mut lab = by_hand(4).start();
    lab.ask(n(1), post("red")).ask(n(2), post("blue")).apply(delay(1, 4, 0, 20)).apply(delay(2, 3, 0, 20)).run(10);
    assert_eq!((texts(&lab, 3), texts(&lab, 4)), (vec!["red".to_owned()], vec!["blue".to_owned()]));
    lab.run(50);
    assert_eq!((texts(&lab, 3).concat(), texts(&lab, 4).concat()), ("redblue".to_owned(), "bluered".to_owned()));
}

#[test]
fn a_post_takes_one_message_for_each_other_process_and_one_way() {
    for nodes in 2..=7 {
        let mut lab = by_hand(nodes).start();
        lab.ask(n(1), post("x")).run(5);
        assert_eq!(lab.sent("Post"), nodes - 1);
        assert_eq!(lab.figures(), [nodes as u64, 0, 0]);
    }
}

#[test]
fn what_somebody_missed_is_sent_again() {
    let mut lab = by_hand(3).start();
    lab.crash(n(3)).ask(n(1), post("1")).ask(n(2), post("2")).run(500).restart(n(3)).run(500);
    assert_eq!(texts(&lab, 3).len(), 2);
    lab.apply(Intervention::Partition(vec![vec![n(2).into()]])).ask(n(2), post("3")).run(500);
    assert_eq!(texts(&lab, 1).len(), 2);
    assert_eq!(texts(lab.apply(Intervention::Heal).run(500), 1).len(), 3);
}

#[test]
fn much_that_somebody_missed_takes_a_while_to_send_again() {
    let mut lab = by_hand(3).start();
    lab.apply(Intervention::Partition(vec![vec![n(3).into()]]));
    for nth in 0..1_000 {
        lab.ask(n(1), post(&nth.to_string()));
    }
    lab.apply(Intervention::Heal).run(8_000);
    assert!(texts(&lab, 3).len() < 1_000);
    assert_eq!(lab.run(8_000).violations(), [""; 0]);
    assert_eq!(texts(&lab, 3).len(), 1_000);
}

#[test]
fn without_links_to_everybody_no_post_is_delivered_before_its_causes_either() {
    for seed in 0..30 {
        let mut lab =
            Plan { link: bad_link(), seed, topology: Topology::Ring, ..Plan::<CausalBroadcast>::of(&[5]) }.start();
        lab.run(3_000);
        assert_eq!(lab.violations(), [""; 0], "seed {seed}");
    }
}

#[test]
fn whatever_the_network_and_the_crashes_do_all_is_delivered_in_the_end_and_in_order() {
    for seed in 0..100 {
        let disk = Span::millis(seed % 3 * 2);
        let mut lab = Plan { link: bad_link(), seed, disk, ..by_hand(4) }.start();
        lab.storm(seed, 2_000, |dice: &mut Dice| post(&dice.below(100).to_string())).run(7_000);
        lab.ask(n(1), post("last")).run(50);
        assert_eq!(lab.violations(), [""; 0], "seed {seed}");
        let counts: Vec<_> = (1..=4).map(|node| texts(&lab, node).len()).collect();
        assert!(counts.iter().all(|count| *count == counts[0]) && counts[0] > 0, "seed {seed}: {counts:?}");
    }
}

#[test]
fn processes_that_answer_each_other_stay_in_order() {
    for seed in 0..100 {
        let mut lab = Plan { link: bad_link(), seed, ..Plan::<CausalBroadcast>::of(&[4]) }.start();
        lab.storm(seed, 2_000, |_| post("x")).run(1_000);
        assert_eq!(lab.violations(), [""; 0], "seed {seed}");
        assert!(texts(&lab, 1).iter().any(|text| text.starts_with("re ")), "seed {seed}");
    }
}

#[test]
fn a_crash_at_any_event_is_no_more_than_a_delay() {
    let start = || {
        let mut lab = Plan { disk: Span::millis(2), ..by_hand(3) }.start();
        lab.ask(n(1), post("why?"))
            .apply(delay(1, 3, 0, 20))
            .run(8)
            .ask(n(2), post("because"))
            .ask(n(3), post("hello"));
        lab
    };
    let crashes = start().crash_everywhere(60, &[0, 1, 2], 1_000, |lab| {
        lab.ask(n(1), post("last")).run(100);
        assert_eq!(lab.violations(), [""; 0]);
        let counts: Vec<_> = (1..=3).map(|node| texts(lab, node).len()).collect();
        assert!(counts.iter().all(|count| *count == counts[0] && *count >= 2), "{counts:?}");
    });
    assert!(crashes > 50, "{crashes}");
}

#[test]
fn delivery_on_receipt_is_noticed() {
    let lab = overtaken(Some(Bug::DeliverOnReceipt));
    let said =
        ["n1 made post 1 of n1", "n2 made post 1 of n2, knowing of it", "n3 delivered post 1 of n2 without the other"];
    assert_eq!(lab.verdict(), ("causal-delivery", said.map(str::to_owned).to_vec()));
}

#[test]
fn a_clock_merged_too_early_is_noticed_and_loses_what_it_counted() {
    let mut lab = overtaken(Some(Bug::MergedTooEarly));
    assert_eq!(lab.violations(), ["causal-delivery"]);
    lab.run(1_000).apply(Intervention::Heal).run(6_000).ask(n(3), post("x")).run(10);
    assert_eq!(lab.violations(), ["causal-delivery", "all-delivered"]);
    assert_eq!(lab.view(n(3)).holds(), 1);
}

#[test]
fn every_rule_runs_in_a_run_with_faults() {
    let mut lab = Plan { link: bad_link(), ..Plan::<CausalBroadcast>::of(&[4]) }.start();
    assert_eq!(lab.storm(1, 5_000, |_| post("x")).run(1_000).unused(), [""; 0]);
}

rules::rules! {
    CausalBroadcast:
    Post => a_post_is_delivered_to_everybody_and_to_oneself_at_once,
    Hold => an_answer_waits_for_its_question,
    Due => an_answer_waits_for_its_question,
    Count => posts_of_one_sender_are_delivered_in_its_order,
    Answer => processes_that_answer_each_other_stay_in_order,
    Receipt => a_post_takes_one_message_for_each_other_process_and_one_way,
    Resend => what_somebody_missed_is_sent_again,
}
