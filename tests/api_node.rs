//! In Node: the JavaScript API, called as JavaScript calls it.

#![cfg(all(target_arch = "wasm32", feature = "api"))]

use js_sys::{Array, Object, Reflect};
use netsplit::api::{Run, scenarios, version};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::*;

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn message(error: JsValue) -> String {
    error.dyn_into::<js_sys::Error>().expect("errors are Errors").message().into()
}

fn refusal<T>(result: Result<T, JsValue>) -> String {
    match result {
        Ok(_) => panic!("this should have been refused"),
        Err(error) => message(error),
    }
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    object.into()
}

fn list(items: &[&str]) -> JsValue {
    items.iter().map(|item| JsValue::from_str(item)).collect::<Array>().into()
}

const SECOND: u64 = 1_000_000_000;

#[wasm_bindgen_test]
fn a_scenario_opens_and_plays() {
    assert!(!version().is_empty());
    assert!(scenarios().iter().any(|name| name == "raft/calm"));
    let mut run = Run::open("raft/calm", None).unwrap();
    assert_eq!(run.advance(SECOND, None), "reached");
    assert_eq!(get(&run.cursor().unwrap(), "time"), JsValue::from(SECOND));
    assert!(run.recorded() > 10);
    let nodes: Array = run.nodes().unwrap().unchecked_into();
    assert_eq!(get(&nodes.get(0), "name"), "n1");
    assert_eq!(get(&nodes.get(0), "condition"), "up");
    let state = run.state("n1").unwrap();
    assert!(get(&state, "durable").is_object());
    assert_eq!(run.violations().unwrap().unchecked_into::<Array>().length(), 0);
}

#[wasm_bindgen_test]
fn measures_are_step_curves_over_the_run() {
    let mut run = Run::open("gossip/calm", None).unwrap();
    run.advance(SECOND, None);
    let measures: Array = run.measures().unwrap().unchecked_into();
    let informed = measures.get(0);
    assert_eq!(get(&informed, "name"), "informed");
    assert_eq!(get(&informed, "unit"), "nodes");
    let points: Array = get(&informed, "points").unchecked_into();
    assert_eq!(get(&points.get(0), "value"), 0.0);
    assert_eq!(get(&points.get(points.length() - 1), "value"), 16.0);
    assert!(get(&points.get(1), "at").is_bigint());
    assert_eq!(Run::open("ping/hello", None).unwrap().measures().unwrap().unchecked_into::<Array>().length(), 0);
}

#[wasm_bindgen_test]
fn back_and_forth_leads_to_the_same_hash() {
    let mut run = Run::open("raft/calm", Some(42)).unwrap();
    run.advance(SECOND, None);
    let (events, hash) = (run.recorded(), run.hash());
    run.seek(3);
    assert_ne!(run.hash(), hash);
    assert!(run.step());
    run.seek(events);
    assert_eq!(run.hash(), hash);
}

#[wasm_bindgen_test]
fn people_interfere_by_name_and_take_it_back() {
    let mut run = Run::open("raft/calm", None).unwrap();
    run.advance(SECOND, None);
    let hash = run.hash();
    let event = run.intervene(object(&[("crash", "n1".into())])).unwrap();
    let nodes: Array = run.nodes().unwrap().unchecked_into();
    assert_eq!(get(&nodes.get(0), "condition"), "down");
    let events: Array = run.events(Some(event), Some(event + 1)).unwrap().unchecked_into();
    assert_eq!(get(&events.get(0), "what"), "crash");
    run.intervene(object(&[("cut", list(&["n2", "n3"]))])).unwrap();
    run.intervene("clock = \"n2\"\noffset = \"50ms\"".into()).unwrap();
    let groups = Array::of1(&list(&["n2", "n3"]));
    run.intervene(object(&[("partition", groups.into())])).unwrap();
    for _ in 0..4 {
        assert!(run.undo());
    }
    assert!(!run.undo());
    assert_eq!(run.hash(), hash);
}

#[wasm_bindgen_test]
fn a_link_opens_as_the_same_run() {
    let mut run = Run::open("raft/leader-crash", None).unwrap();
    run.advance(SECOND, None);
    let other = Run::open(&run.link(), None).unwrap();
    assert_eq!(other.verified(), Some(true));
    assert_eq!(other.hash(), run.hash());
    let file = Run::open(&run.scenario(), None).unwrap();
    assert_eq!(file.verified(), None);
}

#[wasm_bindgen_test]
fn clients_are_answered() {
    let mut run = Run::open("raft/calm", None).unwrap();
    run.advance(2 * SECOND, None);
    let history: Array = run.history().unwrap().unchecked_into();
    assert!(history.length() > 0);
    let first = history.get(0);
    assert!(get(&first, "invoked").is_bigint());
    assert!(get(&first, "answered").is_bigint());
}

#[wasm_bindgen_test]
fn what_makes_no_sense_is_refused_in_words() {
    assert!(refusal(Run::open("1broken", None)).contains("link"));
    assert!(refusal(Run::open("protocol = \"raft\"\nsede = 7\n", None)).contains("line 2, column 1"));
    let mut run = Run::open("raft/calm", None).unwrap();
    assert!(refusal(run.intervene(object(&[("crash", "n99".into())]))).contains("n99"));
    assert!(refusal(run.intervene(object(&[("melt", "n1".into())]))).contains("melt"));
    assert!(refusal(run.intervene(JsValue::from_f64(1.0))).contains("crash"));
    assert!(refusal(run.intervene(object(&[("crash", JsValue::NULL)]))).contains("intervention"));
    assert!(refusal(run.state("nobody")).contains("n1"));
}
