//! PBFT: every rule, every invariant with its bug, every kind of liar in every place, and what it costs.

mod lab;

use lab::{Lab, Plan, bad_link, rules};
use netsplit_protocols::pbft::{Bug, Config, Line, Pbft, Replica, View};
use netsplit_protocols::shared::kv::{Op, Ret};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{Dice, Intervention, Manner, Seed, Span};

type Service = Lab<Pbft>;

/// Nodes 0 to 3 are replicas, 4 and 5 clients.
fn plan() -> Plan<Pbft> {
    Plan::of(&[4, 2])
}

const CLIENT: u16 = 4;

fn put(value: &str) -> Op {
    Op::Put { key: "x".into(), value: value.into() }
}

fn get() -> Op {
    Op::Get { key: "x".into() }
}

fn replica(service: &Service, node: u16) -> &Replica {
    match service.view(node) {
        View::Replica(replica) => replica,
        View::Client(_) => panic!("n{} is a client", node + 1),
    }
}

fn executed(service: &Service) -> Vec<u64> {
    (0..4).map(|node| replica(service, node).executed()).collect()
}

/// So many requests, one after another.
fn busy(service: &mut Service, requests: u32) {
    for nth in 0..requests {
        service.ask(CLIENT, put(&nth.to_string())).run(100);
    }
}

// --- The normal case

#[test]
fn a_request_takes_three_phases_and_the_client_believes_f_plus_1_equal_replies() {
    let mut service = plan().start();
    service.ask(CLIENT, put("1"));
    for (after, answers) in [(49, 0), (2, 1)] {
        service.run(after);
        assert_eq!(service.answers().len(), answers, "five messages one after another, 10 ms each");
    }
    assert_eq!(executed(&service), [1; 4]);
    assert_eq!(service.last_reply(), Some(Ret::Ok));
    service.ask(CLIENT, get()).run(60);
    assert_eq!(service.last_reply(), Some(Ret::Value("1".into())));
}

#[test]
fn a_decision_costs_as_many_messages_as_the_formulas_say() {
    for n in [1, 4, 7, 10, 13_usize] {
        let mut service = Plan::<Pbft>::of(&[n, 1]).start();
        service.ask(n as u16, put("1")).run(200);
        assert_eq!(service.answers(), [Ret::Ok]);
        let counts = ["request", "pre-prepare", "prepare", "commit", "reply"].map(|name| service.sent(name));
        assert_eq!(counts, [1, n - 1, (n - 1) * (n - 1), n * (n - 1), n], "n = {n}");
        assert_eq!(service.messages(), counts.iter().sum::<usize>());
    }
}

#[test]
fn a_request_is_executed_once_however_often_it_is_sent() {
    let mut service = plan().start();
    service.cut(0, CLIENT).cut(1, CLIENT).cut(2, CLIENT).ask(CLIENT, put("1")).run(700);
    assert!(service.answers().is_empty(), "one reply is not enough");
    service.heal().run(400);
    assert_eq!(service.answers(), [Ret::Ok]);
    assert_eq!(executed(&service), [1; 4]);
    assert!(service.ran(Line::ReplyAgain));
}

#[test]
fn a_backup_that_is_asked_relays_the_request_to_the_primary() {
    let mut service = plan().start();
    service.cut(CLIENT, 0).ask(CLIENT, put("1")).run(600);
    assert!(service.ran(Line::Relay));
    assert_eq!(service.answers(), [Ret::Ok]);
    assert_eq!(service.figures()[1], 0, "no view change");
}

#[test]
fn what_nobody_can_do_is_refused() {
    let mut service = plan().start();
    service.ask(1, get());
    assert_eq!(service.last_reply(), Some(Ret::NotHere));
}

// --- Checkpoints

#[test]
fn a_stable_checkpoint_lets_go_of_what_led_to_it() {
    let mut service = plan().start();
    busy(&mut service, 9);
    assert_eq!(executed(&service), [9; 4]);
    for node in 0..4 {
        assert_eq!((replica(&service, node).stable(), replica(&service, node).log_len()), (8, 1));
    }
    assert!(service.ran(Line::Checkpoint) && service.ran(Line::Stable));
}

#[test]
fn whoever_was_left_behind_takes_the_state_from_others_once_it_is_proven() {
    let mut service = plan().start();
    service.crash(3);
    busy(&mut service, 9);
    service.restart(3);
    busy(&mut service, 4);
    service.run(500);
    assert!(service.ran(Line::Fetch) && service.ran(Line::Install));
    assert!(executed(&service)[3] >= 12, "{:?}", executed(&service));
    assert_eq!(service.violated(), None);
}

#[test]
fn no_number_is_given_beyond_the_high_water_mark() {
    // Nobody hears of checkpoints: the tenth request would be two checkpoints ahead.
    let mut service = plan().start();
    busy(&mut service, 3);
    service.cut(1, 2).cut(2, 1).cut(1, 3).cut(3, 1).cut(2, 3).cut(3, 2);
    busy(&mut service, 12);
    let ahead = executed(&service)[0] - replica(&service, 0).stable();
    assert!(ahead <= 8, "{ahead}");
    assert_eq!(service.violated(), None);
}

// --- View changes

#[test]
fn a_silent_primary_is_replaced_and_what_was_prepared_keeps_its_number() {
    let mut service = plan().start();
    busy(&mut service, 2);
    service.turn(0, Manner::Silent);
    busy(&mut service, 8);
    service.run(1_500);
    assert_eq!(service.answers().len(), 10);
    assert_eq!(service.figures()[1], 1);
    assert_eq!(service.role(1), "primary");
    let lines = [Line::Suspect, Line::ViewChange, Line::NewView, Line::Enter];
    assert!(lines.into_iter().all(|line| service.ran(line)));
    assert_eq!(service.violated(), None);
}

#[test]
fn if_the_next_primary_is_no_better_its_view_is_skipped() {
    let mut service = Plan::<Pbft>::of(&[7, 1]).start();
    service.turn(0, Manner::Silent).turn(1, Manner::Silent).ask(7, put("1")).run(2_500);
    assert_eq!(service.answers(), [Ret::Ok]);
    assert!(service.ran(Line::NextView));
    assert_eq!(service.figures()[1], 2);
}

#[test]
fn whoever_missed_the_beginning_of_a_view_is_shown_it() {
    let mut service = plan().start();
    service.crash(3).turn(0, Manner::Silent).ask(CLIENT, put("1")).run(100);
    service.restart(3).run(1_000);
    assert_eq!(service.figures()[1], 1);
    service.crash(3);
    service.turn(0, Manner::Honest).ask(CLIENT, put("2")).run(300);
    service.turn(1, Manner::Silent).ask(CLIENT, put("3")).run(1_500);
    assert_eq!(service.answers().len(), 2, "one is silent, one is down");
    service.restart(3).run(4_000);
    assert_eq!(service.answers().len(), 3);
    assert_eq!(service.violated(), None);
}

#[test]
fn a_replica_that_comes_back_to_an_old_view_is_shown_the_new_one() {
    let mut service = plan().start();
    service.together(&[0, 1, 2, CLIENT]).ask(CLIENT, put("1")).run(25).fire(1, "request").fire(2, "request").run(200);
    assert_eq!(service.answers().len(), 1);
    // The fourth hears of the next request as the others keep silent to the client, and waits for it in vain.
    service.heal().cut(0, CLIENT).cut(1, CLIENT).cut(2, CLIENT).ask(CLIENT, put("2")).run(1_500).heal().run(1_000);
    assert!(service.ran(Line::AlreadyBegun));
    assert!(replica(&service, 3).current_view() >= 1);
    assert_eq!(service.answers().len(), 2);
    assert_eq!(service.violated(), None);
}

#[test]
fn f_plus_1_who_want_another_view_take_the_others_along() {
    let mut service = plan().start();
    service.ask(CLIENT, put("1")).run(25).fire(1, "request").run(20);
    assert_eq!((0..4).map(|node| service.role(node)).collect::<Vec<_>>(), ["primary", "changing", "backup", "backup"]);
    let mut service = plan().start();
    service.ask(CLIENT, put("1")).run(25).fire(1, "request").fire(2, "request").run(12);
    assert_eq!((0..4).map(|node| service.role(node)).collect::<Vec<_>>(), ["changing"; 4]);
    assert!(service.ran(Line::Join));
}

#[test]
fn a_new_primary_that_leaves_out_what_was_prepared_is_not_believed() {
    let mut believed = 0;
    for seed in 0..60 {
        let mut service = plan().seed(seed).start();
        busy(&mut service, 2);
        // Everybody has prepared it, and nobody's commit arrives; the next primary lies.
        service.ask(CLIENT, put("a")).run(32);
        service.apply(Intervention::Partition((0..4).map(|node| vec![netsplit_sim::NodeId(node).into()]).collect()));
        service.run(15).heal().turn(1, Manner::Corrupting).run(5_000);
        believed += u32::from(service.ran(Line::FalseNewView));
        assert_eq!(service.violated(), None, "seed {seed}");
        assert_eq!(service.answers().len(), 3, "seed {seed}");
    }
    assert!(believed > 10, "{believed}");
}

#[test]
fn a_pre_prepare_whose_request_is_not_the_one_that_was_signed_is_refused() {
    let refused = (0..20).filter(|seed| {
        let mut service = plan().seed(*seed).start();
        service.turn(0, Manner::Corrupting);
        busy(&mut service, 5);
        service.ran(Line::WrongDigest)
    });
    assert!(refused.count() > 5);
}

// --- Liars

/// Who lies, and in which ways, one now and another then.
type Liars<'a> = &'a [(u16, &'a [Manner])];

/// A run with liars on a rough network; requests all the time; in the end nothing but the liars is wrong.
fn lied_to(plan: Plan<Pbft>, seed: u64, liars: Liars) -> Service {
    let mut dice = Dice::new(Seed(seed));
    let nodes = plan.cast[0] as u16;
    let clients = plan.cast[1] as u16;
    let mut service = plan.seed(seed).rough(&mut dice).start();
    for nth in 0..40_u32 {
        if nth % 8 == 0 {
            for (liar, manners) in liars {
                service.turn(*liar, dice.pick(manners).copied().unwrap_or_default());
            }
        }
        let at = nodes + dice.below(u64::from(clients)) as u16;
        match dice.below(12) {
            0..=5 => service.ask(at, put(&nth.to_string())),
            6 => service.ask(at, get()),
            7 => service.cut(dice.below(u64::from(nodes)) as u16, dice.below(u64::from(nodes)) as u16),
            8 => service.crash(dice.below(u64::from(nodes)) as u16),
            9 => service.fire(dice.below(u64::from(nodes)) as u16, "request"),
            10 => service.apply(Intervention::Restart(netsplit_sim::Target::Role("down".to_owned()))),
            _ => service.heal(),
        };
        service.run(dice.below(120));
        if service.violation().is_some() {
            return service;
        }
    }
    service.repair().run(4_000);
    service.ask(nodes, get()).run(9_000);
    service
}

/// The n-th way to lie; the sixth is to do all of it.
fn way(nth: u64) -> &'static [Manner] {
    match (nth % 6) as usize {
        5 => &Manner::LIES[..],
        one => &Manner::LIES[one..=one],
    }
}

/// The n-th of all placements of one liar among four, and of all ways to lie.
fn one_in_four(seed: u64) -> Service {
    lied_to(plan(), seed, &[((seed % 4) as u16, way(seed / 4))])
}

/// The same for two among seven: 21 placements, and each of the two lies in each way.
fn two_in_seven(seed: u64) -> Service {
    let pairs: Vec<(u16, u16)> = (0..7).flat_map(|a| (a + 1..7).map(move |b| (a, b))).collect();
    let (first, second) = pairs[(seed % 21) as usize];
    lied_to(Plan::of(&[7, 2]), seed, &[(first, way(seed / 21)), (second, way(seed / 126))])
}

/// Nothing is violated, and everybody is answered who asked a client.
fn unharmed(service: &Service, seed: u64) {
    assert_eq!(service.violation(), None, "seed {seed}");
    let clients =
        service.run.history().operations().iter().filter(|op| !matches!(service.view(op.node), View::Replica(_)));
    assert_eq!(clients.filter(|op| op.answer.is_none()).count(), 0, "seed {seed}");
}

#[test]
fn one_liar_in_four_of_any_kind_in_any_place_breaks_nothing() {
    (0..120).for_each(|seed| unharmed(&one_in_four(seed), seed));
}

#[test]
fn two_liars_in_seven_of_any_kinds_in_any_places_break_nothing() {
    (0..63).for_each(|seed| unharmed(&two_in_seven(seed), seed));
}

/// `cargo test --release -p netsplit-protocols --test pbft -- --ignored`
#[test]
#[ignore = "takes minutes"]
fn ten_thousand_seeds_of_one_liar_in_four_break_nothing() {
    (0..10_000).for_each(|seed| unharmed(&one_in_four(seed), seed));
}

#[test]
#[ignore = "takes minutes"]
fn ten_thousand_seeds_of_two_liars_in_seven_break_nothing() {
    (0..10_000).for_each(|seed| unharmed(&two_in_seven(seed), seed));
}

#[test]
fn with_three_replicas_one_liar_is_too_many() {
    let config = Config { f: Some(1), ..Config::default() };
    let plan = || Plan::<Pbft>::of(&[3, 2]).config(config.clone());
    let broken = (0..200).find(|seed| lied_to(plan(), *seed, &[(0, &Manner::LIES)]).violated() == Some("agreement"));
    assert!(broken.is_some(), "n = 3f");
}

fn caught(bug: Bug) {
    let found = (0..400).find_map(|seed| {
        let service = lied_to(plan().bug(bug as usize), seed, &[((seed % 4) as u16, &Manner::LIES)]);
        let violated = service.violated();
        violated.filter(|it| *it == Pbft::ABOUT.bugs[bug as usize].breaks).map(|invariant| (seed, invariant))
    });
    println!("{bug:?}: {found:?}");
    assert!(found.is_some(), "{bug:?}");
}

#[test]
fn a_quorum_of_2f_is_caught() {
    caught(Bug::QuorumTwoF);
}

#[test]
fn execution_without_commits_is_caught() {
    caught(Bug::NoCommitPhase);
}

#[test]
fn view_changes_without_proofs_are_caught() {
    caught(Bug::ViewChangeWithoutProofs);
}

#[test]
fn digests_that_nobody_compares_are_caught() {
    caught(Bug::DigestNotCompared);
}

// --- Everything else that fails

#[test]
fn a_crash_of_anybody_after_any_event_delays_and_nothing_more() {
    let mut service = plan().disk(Span::millis(2)).start();
    service.ask(CLIENT, put("1")).ask(CLIENT + 1, put("2"));
    let runs = service.crash_everywhere(90, &[0, 1, 3, CLIENT], 3_000, |lab| {
        assert_eq!(lab.violated(), None);
        assert_eq!(lab.answers().len(), 2);
    });
    assert!(runs > 100, "{runs}");
}

#[test]
fn no_faulty_run_without_liars_breaks_anything() {
    let ops = [(CLIENT, put("1")), (CLIENT, get()), (CLIENT + 1, put("2"))];
    for seed in 0..150 {
        let mut lab = Lab::faulty(plan(), seed, &ops, &["primary", "changing"]);
        assert_eq!(lab.run(7_000).violation(), None, "seed {seed}");
    }
}

#[test]
fn a_bad_network_slows_it_down_and_no_more() {
    let mut service = Plan { link: bad_link(), ..plan() }.start();
    busy(&mut service, 10);
    service.run(20_000);
    assert_eq!(service.violated(), None);
    assert_eq!(service.answers().len(), 10);
}

#[test]
fn impossible_settings_are_refused() {
    let setting = |config: Config| {
        let cast = Cast { parts: vec![0, 0, 0, 0, 1] };
        Pbft::processes(&config, Bugs::NONE, &cast).err().map(|impossible| impossible.setting)
    };
    assert_eq!(setting(Config::default()), None);
    assert_eq!(setting(Config { f: Some(3), ..Config::default() }), None);
    assert_eq!(setting(Config { f: Some(4), ..Config::default() }), Some("f"));
    assert_eq!(setting(Config { retry: Span::ZERO, ..Config::default() }), Some("retry"));
    assert_eq!(setting(Config { timeout: Span::ZERO, ..Config::default() }), Some("timeout"));
    assert_eq!(setting(Config { checkpoint: 0, ..Config::default() }), Some("checkpoint"));
}

rules::rules! {
    Pbft:
    Ask => a_request_takes_three_phases_and_the_client_believes_f_plus_1_equal_replies,
    AskAll => a_request_is_executed_once_however_often_it_is_sent,
    Believe => a_request_takes_three_phases_and_the_client_believes_f_plus_1_equal_replies,
    PrePrepare => a_request_takes_three_phases_and_the_client_believes_f_plus_1_equal_replies,
    WrongDigest => a_pre_prepare_whose_request_is_not_the_one_that_was_signed_is_refused,
    Prepare => a_request_takes_three_phases_and_the_client_believes_f_plus_1_equal_replies,
    Commit => a_request_takes_three_phases_and_the_client_believes_f_plus_1_equal_replies,
    Execute => a_request_takes_three_phases_and_the_client_believes_f_plus_1_equal_replies,
    ReplyAgain => a_request_is_executed_once_however_often_it_is_sent,
    Relay => a_backup_that_is_asked_relays_the_request_to_the_primary,
    Checkpoint => a_stable_checkpoint_lets_go_of_what_led_to_it,
    Stable => a_stable_checkpoint_lets_go_of_what_led_to_it,
    Fetch => whoever_was_left_behind_takes_the_state_from_others_once_it_is_proven,
    Install => whoever_was_left_behind_takes_the_state_from_others_once_it_is_proven,
    Suspect => a_silent_primary_is_replaced_and_what_was_prepared_keeps_its_number,
    Join => f_plus_1_who_want_another_view_take_the_others_along,
    ViewChange => a_silent_primary_is_replaced_and_what_was_prepared_keeps_its_number,
    NextView => if_the_next_primary_is_no_better_its_view_is_skipped,
    NewView => a_silent_primary_is_replaced_and_what_was_prepared_keeps_its_number,
    Enter => a_silent_primary_is_replaced_and_what_was_prepared_keeps_its_number,
    FalseNewView => a_new_primary_that_leaves_out_what_was_prepared_is_not_believed,
    AlreadyBegun => a_replica_that_comes_back_to_an_old_view_is_shown_the_new_one,
}
