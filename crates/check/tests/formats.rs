//! Histories in files: what is read, and what is refused, with its place.

use netsplit_check::formats::{Call, Format, Mistake, Position, Value, read};
use netsplit_check::object::{Object, Unfit};
use netsplit_check::verdict::{Budget, Level, Verdict};
use proptest::prelude::*;
use std::path::Path;

const PLENTY: Budget = Budget { steps: 100_000_000, bytes: 1 << 30 };

fn calls(text: &str) -> Vec<Call> {
    read(None, text.as_bytes()).unwrap_or_else(|mistake| panic!("{mistake} in {text}"))
}

fn mistake(format: Option<Format>, text: &str) -> Mistake {
    read(format, text.as_bytes()).expect_err(text)
}

fn verdict(object: Object, level: Level, text: &str) -> Verdict {
    object.judge(level, &calls(text), PLENTY, false).unwrap_or_else(|unfit| panic!("{unfit} in {text}"))
}

fn holds(object: Object, text: &str) -> bool {
    matches!(verdict(object, Level::Linearizable, text), Verdict::Holds { .. })
}

/// Without where they are told.
fn told(mut calls: Vec<Call>) -> Vec<Call> {
    calls.iter_mut().for_each(|call| call.at = Position::START);
    calls
}

#[test]
fn known_histories_come_to_what_they_are_known_to_come_to() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    let mut seen = [0, 0];
    for line in text("EXPECTED.tsv").lines().skip(1) {
        let (name, expected) = line.split_once('\t').expect("two columns");
        let object = if name.ends_with(".log") { Object::Register } else { Object::Kv };
        let found = holds(object, &text(name));
        assert_eq!(found.to_string(), expected, "{name}");
        seen[usize::from(found)] += 1;
    }
    assert!(seen[0] >= 10 && seen[1] >= 4, "{seen:?}");
}

#[test]
fn one_history_in_three_formats_is_one_history() {
    let log = "INFO  jepsen.util - 0\t:invoke\t:write\t1
INFO  jepsen.core - nothing of interest
INFO  jepsen.util - :nemesis\t:info\t:start\tnil
INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]
INFO  jepsen.util - 0\t:ok\t:write\t1
INFO  jepsen.util - 2\t:invoke\t:read\tnil
INFO  jepsen.util - 2\t:fail\t:read\t:timed-out
INFO  jepsen.util - 1\t:info\t:cas\t:timed-out
INFO  jepsen.util - 3\t:invoke\t:read\tnil
INFO  jepsen.util - 3\t:ok\t:read\t2
";
    let edn = "[{:process 0, :type :invoke, :f :write, :value 1} ; a remark
 #jepsen.history.Op{:process :nemesis :type :info :f :start :value nil}
 {:process 1 :type :invoke :f :cas :value (1 2)} {:process 0, :type :ok, :f :write, :value 1}
 #_{:process 9 :type :ok :f :never}
 {:process 2 :type :invoke :f :read :value nil} {:process 2 :type :fail :f :read :error \"timed\\nout\"}
 {:process 1 :type :info :f :cas :value [1 2] :error [:timed-out #{1 2} 1.5 \\c #inst \"2020\"]}
 {:process 3 :type :invoke :f :read} {:process 3 :type :ok :f :read :value 2}]";
    let lines = r#"
{"process": 0, "type": "invoke", "f": "write", "value": 1}
{"process": 1, "type": "invoke", "f": "cas", "value": [1, 2]}
{"process": 0, "type": "ok", "f": "write", "value": 1}
{"process": 2, "type": "invoke", "f": "read"}
{"process": 2, "type": "fail", "f": "read"}
{"process": 1, "type": "info", "f": "cas"}
{"process": 3, "type": "invoke", "f": "read", "value": null}
{"process": 3, "type": "ok", "f": "read", "value": 2}
"#;
    let expected = told(calls(log));
    assert_eq!(expected.len(), 3);
    assert_eq!(expected[1].answer, None);
    assert_eq!(told(calls(edn)), expected);
    assert_eq!(told(calls(lines)), expected);
    assert!(holds(Object::Register, log));
    assert!(!holds(Object::Register, &log.replace(":read\t2", ":read\tnil")));
}

#[test]
fn operations_with_their_times_are_put_in_order() {
    let overlapping = r#"{"process": 1, "f": "read", "invoked": 10, "answered": 20, "answer": null}
{"process": 2, "f": "write", "value": "x", "invoked": 0, "answered": 10}
{"process": 3, "f": "write", "value": "y", "invoked": 30}"#;
    assert!(holds(Object::Register, overlapping), "what ends when another begins overlaps it");
    let apart = overlapping.replace("\"answered\": 10", "\"answered\": 9");
    assert!(!holds(Object::Register, &apart));
    assert!(matches!(verdict(Object::Register, Level::Sequential, &apart), Verdict::Holds { .. }));
}

#[test]
fn pairs_of_keys_and_values_are_taken_apart_where_all_are_pairs() {
    let tuples = "{:process 0 :type :invoke :f :write :value [7 1]} {:process 0 :type :ok :f :write :value [7 1]}
{:process 1 :type :invoke :f :read :value [8 nil]} {:process 1 :type :ok :f :read :value [8 nil]}
{:process 1 :type :invoke :f :cas :value [7 [1 2]]} {:process 1 :type :ok :f :cas :value [7 [1 2]]}";
    let split = calls(tuples);
    assert_eq!(
        split.iter().map(|call| call.key.clone()).collect::<Vec<_>>(),
        [7, 8, 7].map(|key| Some(Value::Int(key)))
    );
    assert!(holds(Object::Register, tuples));
    assert!(!holds(Object::Register, &tuples.replace("[8 nil]", "[7 nil]")));
    let plain = calls("{:process 1 :type :invoke :f :cas :value [1 2]}");
    assert_eq!(plain[0].key, None, "two values that are compared and set are no pair");
}

#[test]
fn a_store_that_never_says_that_a_key_is_absent_has_empty_texts() {
    let get = |value: &str| {
        format!("{{:process 0 :type :invoke :f :get :key \"x\"}} {{:process 0 :type :ok :f :get :value {value}}}")
    };
    let appended = "{:process 0 :type :invoke :f :append :key \"x\" :value \"a\"} {:process 0 :type :ok :f :append}";
    assert!(holds(Object::Kv, &format!("{} {appended} {}", get("\"\""), get("\"a\""))));
    assert!(holds(Object::Kv, &format!("{} {appended} {}", get("nil"), get("\"a\""))));
    assert!(!holds(Object::Kv, &format!("{} {appended} {}", get("nil"), get("\"\""))));
    assert!(!holds(Object::Register, &get("\"\"")));
}

#[test]
fn other_objects_have_their_operations() {
    let text = |events: &[(u32, &str, &str, &str)]| -> String {
        let event = |(process, kind, function, value): &(u32, &str, &str, &str)| {
            format!("{{:process {process} :type :{kind} :f :{function} :value {value}}}\n")
        };
        events.iter().map(event).collect()
    };
    let lock = |release: &str| {
        let start = [(0, "invoke", "acquire", "nil"), (0, "ok", "acquire", "nil")];
        text(&[&start[..], &[(1, "invoke", release, "nil"), (1, "ok", release, "nil")]].concat())
    };
    assert!(holds(Object::Lock, &lock("release")) && !holds(Object::Lock, &lock("acquire")));
    let queue = |taken: &str| {
        let start = [(0, "invoke", "enqueue", "1"), (0, "ok", "enqueue", "1"), (0, "invoke", "enqueue", "2")];
        text(&[&start[..], &[(1, "invoke", "dequeue", "nil"), (1, "ok", "dequeue", taken)]].concat())
    };
    assert!(holds(Object::Queue, &queue("1")) && !holds(Object::Queue, &queue("2")));
    let set = |read: &str| {
        let start = [(0, "invoke", "add", "1"), (0, "ok", "add", "1"), (0, "invoke", "add", "2")];
        text(&[&start[..], &[(1, "invoke", "read", "nil"), (1, "ok", "read", read)]].concat())
    };
    assert!(holds(Object::Set, &set("#{2 1}")) && holds(Object::Set, &set("[1]")) && !holds(Object::Set, &set("[2]")));
    let counter = |read: &str| set(read);
    assert!(holds(Object::Counter, &counter("3")) && !holds(Object::Counter, &counter("2")));
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let cases: [(Option<Format>, &str, u64, u64, &str, &str); 17] = [
        (None, "", 1, 1, "no operation", "a Jepsen log"),
        (None, "{:process 0, :type :invoke, :f :read", 1, 37, "the end of the file", "`}`"),
        (None, "{:process 0\n :type :invoke :f :read]", 2, 24, "`]`", "value"),
        (None, "\n {:process 0 :type :invoke}", 2, 2, "a map", "`f`"),
        (None, "{:process 0 :type :invok :f :read}", 1, 1, ":invok", "invoke, ok, fail, info"),
        (None, "{:process 0.5 :type :invoke :f :read}", 1, 1, "0.5", "a whole number"),
        (None, "{:process 0 :type}", 1, 1, "the key :type without a value", "pairs"),
        (None, "[1]", 1, 2, "1", "a map such as"),
        (None, "[", 1, 2, "the end of the file", "]"),
        (None, "{:process 0 :type :ok :f :read}", 1, 1, "waits for nothing", "an invoke before it"),
        (None, "{\"process\": 0, \"type\": }", 1, 24, "expected value", "one JSON object a line"),
        (Some(Format::JsonLines), "\n7", 2, 1, "7", "a JSON object"),
        (
            None,
            "{\"process\": 0, \"f\": \"read\", \"invoked\": 5, \"answered\": 4}",
            1,
            1,
            "before its question",
            "not less",
        ),
        (None, "{\"process\": 0, \"f\": \"read\"}", 1, 1, "neither `type` nor `invoked`", "one of them"),
        (
            None,
            "INFO jepsen.util - 0 :invoke :read nil\nINFO jepsen.util - 0 :invoke :read nil",
            2,
            20,
            "asking for read",
            "line 1",
        ),
        (None, "INFO jepsen.util - 0 :ivoke :read nil", 1, 20, ":ivoke", "invoke"),
        (None, "0 :invoke :read nil\n0 :ok :write 1", 2, 1, "an answer to write", "one to read"),
    ];
    for (format, text, line, column, found, expected) in cases {
        let mistake = mistake(format, text);
        assert_eq!(mistake.at, Position { line, column }, "{mistake} in {text}");
        assert!(mistake.found.contains(found), "{mistake} in {text}");
        assert!(mistake.expected.contains(expected), "{mistake} in {text}");
    }
    let deep = mistake(None, &"[".repeat(100_000));
    assert!(deep.expected.contains("at most"), "{deep}");
    let bytes = read(Some(Format::Edn), &b"{:f \"\xff\"}"[..]).expect_err("not UTF-8");
    assert!(bytes.found.contains("UTF-8"), "{bytes}");
}

#[test]
fn what_is_none_of_the_objects_operations_is_refused() {
    let judge = |object: Object, level, text: &str| object.judge(level, &calls(text), PLENTY, false);
    let push = "\n{:process 0 :type :invoke :f :push :value 1}";
    for object in Object::ALL {
        let Err(Unfit::Mistake(mistake)) = judge(object, Level::Linearizable, push) else { panic!("{object:?}") };
        assert_eq!(mistake.at, Position { line: 2, column: 1 });
        assert!(mistake.found.contains("push"), "{mistake}");
    }
    let append = "{:process 0 :type :invoke :f :append :key 1 :value \"1\"}";
    assert_eq!(judge(Object::Kv, Level::Causal, append), Err(Unfit::Append(Level::Causal)));
    let add = "{:process 0 :type :invoke :f :add :value 1}";
    assert_eq!(judge(Object::Set, Level::Causal, add), Err(Unfit::Level(Object::Set, Level::Causal)));
    let huge = "{:process 0 :type :invoke :f :add :value 99999999999999999999}";
    assert!(matches!(judge(Object::Counter, Level::Linearizable, huge), Err(Unfit::Mistake(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_read_makes_it_panic(text in "[\\[\\](){}#:;\"\\\\a-f0-9 \n\t.,_^-]{0,60}") {
        for format in [None, Some(Format::Jepsen), Some(Format::Edn), Some(Format::JsonLines)] {
            let _ = read(format, text.as_bytes());
        }
    }

    #[test]
    fn a_history_with_something_else_in_it_is_read_or_refused(at in 0..7_000usize, byte: u8) {
        let mut text = include_bytes!("histories/c01-ok.txt").to_vec();
        let at = at % text.len();
        text[at] = byte;
        if let Ok(calls) = read(None, text.as_slice()) {
            let _ = Object::Kv.judge(Level::Linearizable, &calls, Budget { steps: 10_000, bytes: 1 << 20 }, true);
        }
    }
}
