//! Causal broadcast: every rule, and the invariants with their bugs.

mod trial;

use netsplit_protocols::Bugs;
use netsplit_protocols::causal_broadcast::{Bug, CausalBroadcast, Config, Op, Ret};
use netsplit_sim::{Dice, Intervention, Latency, Link, MsgName, Span, Time, Topology};
use trial::{Plan, Trial, bad_link, crash_everywhere, n};

/// Processes that post only what they are asked to.
fn by_hand(nodes: usize) -> Plan<CausalBroadcast> {
    let link = Link { latency: Latency::Constant(Span::millis(5)), ..Link::default() };
    Plan { config: Config { spontaneous: false, ..Config::default() }, link, ..Plan::of(nodes) }
}

fn post(text: &str) -> Op {
    Op::Broadcast { text: text.into() }
}

fn texts(trial: &Trial<CausalBroadcast>, node: u16) -> Vec<String> {
    trial.view(node).delivered().iter().map(|post| post.text.to_string()).collect()
}

/// The nth message on a link takes this much longer.
fn delay(from: u16, to: u16, nth: u32, millis: u64) -> Intervention<Op> {
    Intervention::Delay(MsgName { from: n(from), to: n(to), nth, copy: 0 }, Span::millis(millis))
}

/// n1 asks, n2 answers, and the question is late at n3.
fn overtaken(bugs: Bugs) -> Trial<CausalBroadcast> {
    let mut trial = Plan { bugs, ..by_hand(3) }.start();
    trial.ask(1, post("why?")).apply(delay(1, 3, 0, 100)).run(10).ask(2, post("because")).run(10);
    trial
}

#[test]
fn a_post_is_delivered_to_everybody_and_to_oneself_at_once() {
    let mut trial = by_hand(3).start();
    trial.ask(1, post("x"));
    assert_eq!((texts(&trial, 1), trial.answers()), (vec!["x".to_owned()], vec![Ret::Posted(1)]));
    trial.run(10);
    assert!((2..=3).all(|node| texts(&trial, node) == ["x"]));
}

#[test]
fn an_answer_waits_for_its_question() {
    let mut trial = overtaken(Bugs::NONE);
    assert_eq!((texts(&trial, 3), trial.view(3).holds()), (vec![], 1));
    assert_eq!(trial.face(3).note.as_deref(), Some("waits for post 1 of n1"));
    assert_eq!((trial.face(3).role, trial.figures()), ("holding", vec![4, 1]));
    trial.run(200);
    assert_eq!(texts(&trial, 3), ["why?", "because"]);
}

#[test]
fn posts_of_one_sender_are_delivered_in_its_order() {
    let mut trial = by_hand(2).start();
    trial.ask(1, post("1")).apply(delay(1, 2, 0, 50)).ask(1, post("2")).ask(1, post("3")).run(20);
    assert_eq!(texts(&trial, 2), [""; 0]);
    assert_eq!(texts(trial.run(100), 2), ["1", "2", "3"]);
}

#[test]
fn concurrent_posts_wait_for_nothing() {
    let mut trial = by_hand(4).start();
    trial.ask(1, post("red")).ask(2, post("blue")).apply(delay(1, 4, 0, 20)).apply(delay(2, 3, 0, 20)).run(10);
    assert_eq!((texts(&trial, 3), texts(&trial, 4)), (vec!["red".to_owned()], vec!["blue".to_owned()]));
    trial.run(50);
    assert_eq!((texts(&trial, 3).concat(), texts(&trial, 4).concat()), ("redblue".to_owned(), "bluered".to_owned()));
}

#[test]
fn a_post_takes_one_message_for_each_other_process_and_one_way() {
    for nodes in 2..=7 {
        let mut trial = by_hand(nodes).start();
        trial.ask(1, post("x")).run(5);
        assert_eq!(trial.messages("Post"), nodes - 1);
        assert_eq!(trial.figures(), [nodes as u64, 0]);
    }
}

#[test]
fn what_somebody_missed_is_sent_again() {
    let mut trial = by_hand(3).start();
    trial.crash(3).ask(1, post("1")).ask(2, post("2")).run(500).restart(3).run(500);
    assert_eq!(texts(&trial, 3).len(), 2);
    trial.apply(Intervention::Partition(vec![vec![n(2).into()]])).ask(2, post("3")).run(500);
    assert_eq!(texts(&trial, 1).len(), 2);
    assert_eq!(texts(trial.apply(Intervention::Heal).run(500), 1).len(), 3);
}

#[test]
fn much_that_somebody_missed_takes_a_while_to_send_again() {
    let mut trial = by_hand(3).start();
    trial.apply(Intervention::Partition(vec![vec![n(3).into()]]));
    for nth in 0..1_000 {
        trial.ask(1, post(&nth.to_string()));
    }
    trial.apply(Intervention::Heal).run(8_000);
    assert!(texts(&trial, 3).len() < 1_000);
    assert_eq!(trial.run(8_000).violated(), [""; 0]);
    assert_eq!(texts(&trial, 3).len(), 1_000);
}

#[test]
fn without_links_to_everybody_no_post_is_delivered_before_its_causes_either() {
    for seed in 0..30 {
        let mut trial =
            Plan { link: bad_link(), seed, topology: Topology::Ring, ..Plan::<CausalBroadcast>::of(5) }.start();
        trial.run(3_000);
        assert_eq!(trial.violated(), [""; 0], "seed {seed}");
    }
}

#[test]
fn whatever_the_network_and_the_crashes_do_all_is_delivered_in_the_end_and_in_order() {
    for seed in 0..100 {
        let disk = Span::millis(seed % 3 * 2);
        let mut trial = Plan { link: bad_link(), seed, disk, ..by_hand(4) }.start();
        trial.storm(seed, Span::secs(2), |dice: &mut Dice| post(&dice.below(100).to_string())).run(7_000);
        trial.ask(1, post("last")).run(50);
        assert_eq!(trial.violated(), [""; 0], "seed {seed}");
        let counts: Vec<_> = (1..=4).map(|node| texts(&trial, node).len()).collect();
        assert!(counts.iter().all(|count| *count == counts[0]) && counts[0] > 0, "seed {seed}: {counts:?}");
    }
}

#[test]
fn processes_that_answer_each_other_stay_in_order() {
    for seed in 0..100 {
        let mut trial = Plan { link: bad_link(), seed, ..Plan::<CausalBroadcast>::of(4) }.start();
        trial.storm(seed, Span::secs(2), |_| post("x")).run(1_000);
        assert_eq!(trial.violated(), [""; 0], "seed {seed}");
        assert!(texts(&trial, 1).iter().any(|text| text.starts_with("re ")), "seed {seed}");
    }
}

#[test]
fn a_crash_at_any_event_is_no_more_than_a_delay() {
    let start = || {
        let mut trial = Plan { disk: Span::millis(2), ..by_hand(3) }.start();
        trial.ask(1, post("why?")).apply(delay(1, 3, 0, 20)).run(8).ask(2, post("because")).ask(3, post("hello"));
        trial
    };
    let crashes = crash_everywhere(start, Time(60_000_000), |trial| {
        trial.run(1_000).ask(1, post("last")).run(100);
        assert_eq!(trial.violated(), [""; 0]);
        let counts: Vec<_> = (1..=3).map(|node| texts(trial, node).len()).collect();
        assert!(counts.iter().all(|count| *count == counts[0] && *count >= 2), "{counts:?}");
    });
    assert!(crashes > 50, "{crashes}");
}

#[test]
fn delivery_on_receipt_is_noticed() {
    let trial = overtaken(Bugs::NONE.with(Bug::DeliverOnReceipt as usize));
    let said =
        ["n1 made post 1 of n1", "n2 made post 1 of n2, knowing of it", "n3 delivered post 1 of n2 without the other"];
    assert_eq!(trial.verdict(), ("causal-delivery", said.map(str::to_owned).to_vec()));
}

#[test]
fn a_clock_merged_too_early_is_noticed_and_loses_what_it_counted() {
    let mut trial = overtaken(Bugs::NONE.with(Bug::MergedTooEarly as usize));
    assert_eq!(trial.violated(), ["causal-delivery"]);
    trial.run(1_000).apply(Intervention::Heal).run(6_000).ask(3, post("x")).run(10);
    assert_eq!(trial.violated(), ["causal-delivery", "all-delivered"]);
    assert_eq!(trial.view(3).holds(), 1);
}

#[test]
fn every_rule_runs_in_a_run_with_faults() {
    let mut trial = Plan { link: bad_link(), ..Plan::<CausalBroadcast>::of(4) }.start();
    assert_eq!(trial.storm(1, Span::secs(5), |_| post("x")).run(1_000).unused(), [""; 0]);
}
