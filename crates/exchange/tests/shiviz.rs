//! Logs as ShiViz reads them: what is found in them, and what is wrong with those that are refused.

use netsplit_exchange::shiviz::{Execution, Flaw, USUAL_PARSER, read_file};
use netsplit_sim::causality::{Relation, relation};
use netsplit_sim::{EventId, NodeId};

fn read(text: &str) -> Vec<Execution> {
    read_file(text, None, None).unwrap_or_else(|flaw| panic!("{flaw}"))
}

fn refused(text: &str) -> String {
    read_file(text, None, None).expect_err("it is flawed").to_string()
}

/// The edges between hosts, as host and time of both ends.
fn edges(execution: &Execution) -> Vec<(&str, u32, &str, u32)> {
    let mut edges = Vec::new();
    for (id, event) in (0..).map(EventId).zip(&execution.events) {
        for cause in execution.trace.causes(id).map(|cause| &execution.events[cause.index()]) {
            let name = |host: NodeId| execution.hosts[host.index()].as_str();
            edges.push((name(cause.host), cause.own, name(event.host), event.own));
        }
    }
    edges.retain(|(from, _, to, _)| from != to);
    edges.sort_unstable();
    edges
}

const TWO_TELL_A_THIRD: &str = "\
begins
a {\"a\":1}
tells
a {\"a\":2}
is told and tells
b {\"b\":1, \"a\":2}
is told by both, but b knew of a
c {\"c\":1, \"a\":2, \"b\":1}
goes on
a {\"a\":3}
";

#[test]
fn edges_are_those_that_no_other_implies() {
    let all = read(TWO_TELL_A_THIRD);
    let [one] = all.as_slice() else { panic!("{} executions", all.len()) };
    assert_eq!(one.hosts, ["a", "b", "c"]);
    assert_eq!((one.name.as_str(), one.events.len(), one.edges()), ("", 5, 2));
    assert_eq!(edges(one), [("a", 2, "b", 1), ("b", 1, "c", 1)]);
    assert_eq!(one.events.iter().map(|event| event.line).collect::<Vec<_>>(), [1, 3, 5, 9, 7]);
    assert_eq!(one.events[2].text, "is told and tells");
    assert_eq!(relation(&one.trace, EventId(1), EventId(4)), Relation::Before);
    assert_eq!(relation(&one.trace, EventId(3), EventId(4)), Relation::Concurrent);
}

#[test]
fn an_event_that_hears_of_two_has_two_edges() {
    let log = "x\na {\"a\":1}\ny\nb {\"b\":1}\nz\nc {\"c\":1,\"a\":1,\"b\":1}\n";
    assert_eq!(edges(&read(log)[0]), [("a", 1, "c", 1), ("b", 1, "c", 1)]);
}

#[test]
fn the_order_of_lines_means_nothing() {
    let events: Vec<&str> = TWO_TELL_A_THIRD.split_inclusive("}\n").collect();
    let backwards: String = events.iter().rev().copied().collect();
    let (one, other) = (read(TWO_TELL_A_THIRD), read(&backwards));
    assert_eq!(edges(&one[0]), edges(&other[0]));
    assert_eq!(other[0].hosts, ["a", "c", "b"]);
}

#[test]
fn a_file_may_say_how_it_is_read() {
    let parser = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)";
    let log = "a {\"a\":1}\nfirst\nb {\"b\":1}\nsecond\n";
    let file = format!("{parser}\n\n{log}");
    for (text, lines) in
        [(file.replace('\n', "\r\n"), [3, 5]), (file.clone(), [3, 5]), (format!("\u{feff}{file}"), [3, 5])]
    {
        let all = read(&text);
        assert_eq!(all[0].events.iter().map(|event| event.text.as_str()).collect::<Vec<_>>(), ["first", "second"]);
        assert_eq!(all[0].events.iter().map(|event| event.line).collect::<Vec<_>>(), lines);
    }
    let told = read_file(log, Some(parser), None).expect("it is told how");
    assert_eq!(told[0].events.len(), 2);
    assert_eq!(told[0].events[1].line, 3);
}

#[test]
fn executions_are_divided_and_named() {
    let execution = |name: &str| format!("=== {name} ===\n{TWO_TELL_A_THIRD}");
    let log = format!("{}{}", execution("one"), execution("two"));
    let delimiter = "^=== (?<trace>.*) ===$";
    let all = read_file(&log, None, Some(delimiter)).expect("two executions");
    assert_eq!(
        all.iter().map(|one| (one.name.as_str(), one.events[0].line)).collect::<Vec<_>>(),
        [("one", 2), ("two", 13)]
    );
    let headed = read(&format!("\n=== (?<trace>.*) ===\n{log}"));
    assert_eq!(
        headed.iter().map(|one| (one.name.as_str(), one.events[0].line)).collect::<Vec<_>>(),
        [("one", 4), ("two", 15)]
    );
    let plain = read(&format!("\n---\n{TWO_TELL_A_THIRD}---\n{TWO_TELL_A_THIRD}---\n{TWO_TELL_A_THIRD}"));
    assert_eq!(plain.len(), 3);
    let twice = format!("{}{}", execution("one"), execution("one"));
    let flaw = read_file(&twice, None, Some(delimiter)).expect_err("two of one name");
    assert_eq!(flaw, Flaw::NameTwice { line: 13, name: "one".to_owned() });
}

#[test]
fn other_groups_are_fields() {
    let parser = r"\[(?<level>INFO|WARN)\](?: (?<date>\d+))? (?<host>\w+) (?<clock>.*\}) (?<event>.*)";
    let log = "[INFO] 17 a {\"a\" : 1} says x\n[WARN] b {\"b\" : 1} says y\n";
    let all = read_file(log, Some(parser), None).expect("a log");
    assert_eq!(all[0].fields, ["level", "date", "host"]);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(all[0].events[0].fields, [some("INFO"), some("17"), some("a")]);
    assert_eq!(all[0].events[1].fields, [some("WARN"), None, some("b")]);
}

#[test]
fn clocks_are_read_as_javascript_reads_them() {
    let clocks = [r#"{"a":1,"b":0}"#, r#"{\"a\":2,\"b\":1}"#, r#"{"a":9,"a":3.0,"b":"1"}"#, "{ \"a\" : 4 }"];
    let mut log = "x\nb {\"b\":1}\n".to_owned();
    clocks.iter().for_each(|clock| log.push_str(&format!("y\na {clock}\n")));
    let all = read(&log);
    assert_eq!(edges(&all[0]), [("b", 1, "a", 2)]);
    assert_eq!(all[0].forgetful, [9], "the last one does not know of b any more, which ShiViz does not mind");
}

#[test]
fn what_is_wrong_with_a_clock_is_said_with_its_line() {
    for (log, words) in [
        ("x\na {\"a\":2}", &["line 1", "\"a\"", "has 2", "must be 1"][..]),
        ("x\na {\"a\":0}", &["line 1", "has 0", "must be 1"]),
        ("x\na {\"a\":1}\ny\na {\"a\":3}", &["line 3", "from 1 (line 1) to 3", "up by 1"]),
        ("x\na {\"a\":1}\ny\na {\"a\":1}", &["line 3", "from 1 (line 1) to 1"]),
        ("x\na {\"a\":1}\ny\na {\"a\":2,\"q\":1}", &["line 3", "\"q\"", "no event"]),
        ("x\na {\"a\":1}\ny\nb {\"b\":1,\"a\":2}", &["line 3", "2 events", "\"a\"", "has 1"]),
        ("x\na {\"b\":1}", &["line 2", "{\"b\":1}", "\"a\"", "no entry"]),
        ("x\na {\"a\":1", &["no event"]),
        ("x\na {\"a\":}", &["line 2", "{\\\"a\\\":}", "no vector clock"]),
        ("x\na {\"a\":-1}", &["line 2", "-1", "whole number"]),
        ("x\na {\"a\":1.5}", &["line 2", "1.5", "whole number"]),
        ("x\na {\"a\":[1]}", &["line 2", "sequence", "whole number"]),
        ("x\na {\"a\":1,\"b\":1}\ny\nb {\"a\":1,\"b\":1}", &["lines 1 and 3", "before the other"]),
        ("x\na {\"a\":1}\ny\nb {\"b\":1,\"a\":99999999999999999999}", &["line 3", "\"a\"", "has 1"]),
        ("", &["line 1", "no event"]),
    ] {
        let said = refused(log);
        assert!(words.iter().all(|word| said.contains(word)), "{log:?}: {said}");
    }
}

#[test]
fn what_is_wrong_with_a_parser_is_said() {
    let with = |parser| read_file(TWO_TELL_A_THIRD, Some(parser), None).expect_err(parser).to_string();
    assert!(with("(?<event>.*) (?<host>.*)").contains("no group (?<clock>"));
    assert!(with("(?<event>.*").contains("character 1: this ( is not closed"));
    assert!(with(r"(?<event>q)(?<host>.*)(?<clock>.*)").contains("finds no event"));
    assert!(with(r"(?<=x)(?<event>q)(?<host>.*)(?<clock>.*)").contains("looking behind"));
    let flaw = read_file(TWO_TELL_A_THIRD, None, Some("[")).expect_err("no delimiter");
    assert!(flaw.to_string().contains("delimiter \"[\""));
    let slow = format!("(a|a|aa)*(a|aa)*$x|{USUAL_PARSER}");
    let flaw = read_file(&"a".repeat(3_000), Some(&slow), None).expect_err("too slow");
    assert!(flaw.to_string().contains("line 1: gave up"), "{flaw}");
}
