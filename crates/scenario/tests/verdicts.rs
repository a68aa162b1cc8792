//! What clients saw, judged: against histories made by hand, and against stores whose rules are broken.

use netsplit_check::verdict::{Level, Verdict};
use netsplit_protocols::About;
use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::verdicts::judge;
use netsplit_scenario::{JUDGED_WITHIN, OpNow, Scenario, catalogue, file, open};
use netsplit_sim::{EventId, NodeId, OpId, Time};
use serde_json::{Value, json};

/// An operation invoked at one event and answered at another.
fn op(op: Value, invoked: u32, answer: impl Into<Option<(u32, Value)>>) -> OpNow {
    let answer = answer.into().map(|(event, said)| (EventId(event), Time(event.into()), said));
    OpNow { id: OpId(0), node: NodeId(0), op, invoked: (EventId(invoked), Time(invoked.into())), answer }
}

/// What is said about linearizability; nothing if the history is not judged.
fn verdict(about: &About, history: &[OpNow]) -> Option<Verdict> {
    let mut found = None;
    judge(about, history, JUDGED_WITHIN, |judged| {
        if judged.level == Level::Linearizable {
            found = Some(judged.verdict);
        }
    });
    found
}

/// Whether a history is linearizable, and if not, which answer fits nowhere. `None` if it is not judged.
fn linearizable(about: &About, history: &[OpNow]) -> Option<Result<(), Option<usize>>> {
    match verdict(about, history)? {
        Verdict::Holds { .. } => Some(Ok(())),
        Verdict::Fails(refutation) => Some(Err(refutation.stuck)),
        Verdict::Unknown(why) => panic!("nobody knows: {why}"),
    }
}

fn judged(history: &[OpNow]) -> Option<Result<(), Option<usize>>> {
    linearizable(catalogue::about("raft").unwrap(), history)
}

#[test]
fn an_answer_that_no_order_explains_is_named() {
    let history = [
        op(json!({ "put": { "key": "y", "value": "1" } }), 0, (1, json!("ok"))),
        op(json!({ "put": { "key": "x", "value": "1" } }), 2, (3, json!("ok"))),
        op(json!({ "get": { "key": "y" } }), 4, (5, json!({ "value": "1" }))),
        op(json!({ "get": { "key": "x" } }), 6, (7, json!("absent"))),
    ];
    assert_eq!(judged(&history), Some(Err(Some(3))));
    assert_eq!(judged(&history[..3]), Some(Ok(())));
}

#[test]
fn what_was_refused_did_not_happen_and_what_was_answered_strangely_may_have() {
    let put = json!({ "put": { "key": "x", "value": "1" } });
    let get = |said: Value| op(json!({ "get": { "key": "x" } }), 2, (3, said));
    let refused = op(put.clone(), 0, (1, json!({ "not-leader": { "hint": "n1" } })));
    let strange = op(put, 0, (1, json!("perhaps")));
    let (seen, unseen) = (json!({ "value": "1" }), json!("absent"));
    assert_eq!(judged(&[refused.clone(), get(unseen.clone())]), Some(Ok(())));
    assert_eq!(judged(&[refused, get(seen.clone())]), Some(Err(Some(1))));
    assert_eq!(judged(&[strange.clone(), get(seen)]), Some(Ok(())));
    assert_eq!(judged(&[strange, get(unseen)]), Some(Ok(())));
}

#[test]
fn only_stores_that_were_asked_something_are_judged() {
    assert_eq!(judged(&[]), None);
    let about = catalogue::about("lock").unwrap();
    assert_eq!(linearizable(about, &[op(json!({ "get": { "key": "x" } }), 0, None)]), None);
}

/// Whether what the clients of a generated run saw is linearizable; nothing if nobody asked anything, or nobody knows.
fn of_seed(base: &Scenario, seed: u64) -> Option<bool> {
    let mut session = open(generate(base, seed)).unwrap();
    session.advance(session.scenario().until, u32::MAX);
    match verdict(session.about(), &session.history())? {
        Verdict::Holds { .. } => Some(true),
        Verdict::Fails(_) => Some(false),
        Verdict::Unknown(_) => None,
    }
}

#[test]
fn registers_are_linearizable_whatever_happens_and_not_with_quorums_that_are_no_majorities() {
    let sound = base(catalogue::about("abd").unwrap());
    let judged: Vec<bool> = (0..100).filter_map(|seed| of_seed(&sound, seed)).collect();
    assert!(judged.len() > 80, "{} runs of which it is known", judged.len());
    assert!(judged.iter().all(|linearizable| *linearizable), "{judged:?}");
    let broken = Scenario { bugs: vec!["minority-quorum".to_owned()], ..sound };
    let refuted = |seed| of_seed(&broken, seed) == Some(false);
    assert!((0..100).any(refuted));
}

#[test]
fn a_primary_copy_is_linearizable_whatever_happens_and_waiting_for_one_home_is_not() {
    let with = |config: &str| file::parse(&format!("protocol = \"quorum-kv\"\n[config]\n{config}")).unwrap();
    let strong = with("order = \"primary\"");
    let judged: Vec<bool> = (0..100).filter_map(|seed| of_seed(&strong, seed)).collect();
    assert!(judged.len() > 80, "{} runs of which it is known", judged.len());
    assert!(judged.iter().all(|linearizable| *linearizable), "{judged:?}");
    let one = with("read = \"one\"\nwrite = \"one\"");
    let refuted = |seed| of_seed(&one, seed) == Some(false);
    assert!((0..100).any(refuted));
}
