//! Scenario files: every form is understood, every mistake is refused with its place and what would be accepted, and
//! what is printed reads back to the same scenario.

mod forms;

use netsplit_scenario::file::{FileError, LONGEST_FILE, open, parse, print};
use netsplit_scenario::{Expectation, Scenario, Tree};
use netsplit_sim::{DEEDS, Intervention, Latency, Link, NodeId, Ratio, Span, Target, Time, Timing, Topology};
use proptest::prelude::*;

const EVERYTHING: &str = include_str!("files/everything.toml");

fn ms(n: u64) -> Time {
    Time::ZERO + Span::millis(n)
}

#[test]
fn every_form_is_understood() {
    let scenario = parse(EVERYTHING).unwrap();
    assert_eq!(scenario.seed, 0xfedc_ba98_7654_3210);
    assert_eq!((scenario.until, scenario.pace), (ms(3_000), Span::millis(50)));
    assert_eq!(scenario.prose_zh.as_ref().unwrap().title, "所有写法");
    assert_eq!(scenario.topology, Topology::Edges(vec![(NodeId(0), NodeId(1)), (NodeId(1), NodeId(2))]));
    assert_eq!(scenario.link.latency, Latency::Uniform(Span::millis(5), Span::millis(15)));
    assert_eq!(scenario.link.loss, Ratio::new(1, 100));
    assert_eq!(scenario.timing, Timing::PartiallySynchronous { gst: ms(2_000), bound: Span::millis(30) });
    let special = Link { latency: Latency::Constant(Span::millis(100)), ..scenario.link };
    assert_eq!(scenario.special, [(NodeId(0), NodeId(1), special)]);
    let mut names: Vec<_> = scenario.timeline.iter().map(|planned| planned.what.name()).collect();
    // Both ways at once is twice; and each of the two is also written out.
    let count = |name: &str| names.iter().filter(|it| **it == name).count();
    assert_eq!((names.len(), count("cut"), count("mend")), (DEEDS.len() + 5, 4, 3));
    names.dedup();
    assert_eq!(names, DEEDS);
    assert_eq!(scenario.timeline[0].what, Intervention::Crash(Target::Role("leader".to_owned())));
    assert_eq!(scenario.timeline[1].when.after, 2);
    assert_eq!(scenario.timeline[5].what, Intervention::Clock(NodeId(2).into(), -20_000_000, 200));
    assert_eq!(scenario.workload[0].keys, 3);
    assert!(matches!(&scenario.workload[0].ops[0], Tree::Map(fields) if fields.contains_key("put")));
    assert_eq!(scenario.expect[1], Expectation::Answered(20));
}

#[test]
fn repetitions_are_written_out_and_folded_again() {
    let file = "protocol = \"raft\"\n[[timeline]]\nat = \"2s\"\nevery = \"100ms\"\ntimes = 6\ncut = [\"n1\", \"n2\"]\n";
    let scenario = parse(file).unwrap();
    let moments: Vec<_> = scenario.timeline.iter().map(|planned| planned.when.at).collect();
    assert_eq!(moments, [2_000, 2_100, 2_200, 2_300, 2_400, 2_500].map(ms));
    assert_eq!(print(&scenario).matches("[[timeline]]").count(), 1);
}

/// A mistake, where it is, and what the message must say.
const MISTAKES: &[(&str, (u32, u32), &[&str])] = &[
    ("", (1, 1), &["protocol", "missing"]),
    ("protocol = 'raft'\nsede = 7", (2, 1), &["sede", "did you mean seed", "until"]),
    ("protocol = 'paxoss'", (1, 12), &["paxoss", "raft"]),
    ("protocol = 7", (1, 12), &["7", "text"]),
    ("protocol = 'raft'\nseed = \"many\"", (2, 8), &["many", "whole number"]),
    ("protocol = 'raft'\nseed = -1", (2, 8), &["-1", "between 0"]),
    ("protocol = 'raft'\nuntil = 3", (2, 9), &["3", "150ms"]),
    ("protocol = 'raft'\nuntil = \"3 parsecs\"", (2, 9), &["3 parsecs", "150ms"]),
    ("protocol = 'raft'\nuntil = \"0s\"", (2, 9), &["3s"]),
    ("protocol = 'raft'\nuntil = \"3601s\"", (2, 9), &["too long", "3600s"]),
    ("protocol = 'raft'\npace = \"0ms\"", (2, 8), &["50ms"]),
    ("protocol = 'raft'\nbugs = [\"vote-not-durible\"]", (2, 9), &["did you mean vote-not-durable"]),
    ("protocol = 'raft'\n[nodes]\nserver = 0", (3, 10), &["too few", "at least 1"]),
    ("protocol = 'raft'\n[nodes]\nserver = 70000", (3, 10), &["70000", "2000"]),
    ("protocol = 'raft'\n[nodes]\nserver = 2000\nclient = 2", (2, 1), &["2002 nodes", "2000"]),
    ("protocol = 'raft'\n[nodes]\nservers = 5", (3, 11), &["servers", "did you mean server"]),
    ("protocol = 'raft'\n[network]\nlatency = { uniform = [\"15ms\", \"5ms\"] }", (3, 23), &["least must come first"]),
    ("protocol = 'raft'\n[network]\nlatency = { gauss = 1 }", (3, 13), &["gauss", "uniform", "heavy-tail"]),
    ("protocol = 'raft'\n[network]\nlatency = { uniform = [\"5ms\"] }", (3, 23), &["list of two"]),
    ("protocol = 'raft'\n[network]\nloss = 0.1", (3, 8), &["0.1", "2.5%"]),
    ("protocol = 'raft'\n[network]\nloss = \"101%\"", (3, 8), &["101%", "1/40"]),
    ("protocol = 'raft'\n[network]\ntopology = \"rign\"", (3, 12), &["did you mean ring", "edges"]),
    ("protocol = 'raft'\n[network]\ntopology = { random = 0 }", (3, 23), &["between 1"]),
    ("protocol = 'raft'\n[network]\ntiming = { round = \"0s\" }", (3, 20), &["longer than 0s"]),
    ("protocol = 'raft'\n[network]\ntiming = { gst = \"1s\" }", (3, 10), &["bound"]),
    ("protocol = 'raft'\n[[network.link]]\nfrom = 'n1'\nto = 'n1'", (2, 1), &["itself"]),
    ("protocol = 'raft'\n[[network.link]]\nfrom = 'n1'\nto = 'n9'", (4, 6), &["n9", "n1 to n5, c1"]),
    ("protocol = 'raft'\n[[timeline]]\ncrash = 'n1'", (2, 1), &["at", "missing"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'", (2, 1), &["crash", "partition"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ncrahs = 'n1'", (4, 1), &["did you mean crash"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ncrash = 'n1'\nrestart = 'n1'", (5, 11), &["both"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ncrash = 'boss'", (4, 9), &["boss", "leader", "n1 to n5"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '2h'\ncrash = 'n1'", (3, 6), &["2h", "1.5s"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '7200s'\ncrash = 'n1'", (3, 6), &["too long"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\nevery = '0s'\ntimes = 3\nheal = true", (4, 9), &["some time"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\nevery = '1s'\nheal = true", (4, 9), &["times"]),
    (
        "protocol = 'raft'\n[[timeline]]\nat = '1s'\nevery = '1ns'\ntimes = 4000000000\nheal = true",
        (2, 1),
        &["4000000000", "20000"],
    ),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\nheal = false", (4, 8), &["heal = true"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ncut = ['n1', 'n1']", (4, 7), &["itself"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\npartition = [['n1'], ['n1']]", (4, 13), &["two sides"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\nclock = 'n1'\ndrift = '600000ppm'", (4, 9), &["500000ppm"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ninvoke = 'c1'\nop = { putt = {} }", (4, 10), &["did you mean put"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ninvoke = 'c1'\nop = 7", (4, 10), &["{ put = { … } }"]),
    ("protocol = 'raft'\n[[timeline]]\nat = '1s'\nheal = true\n[[timeline]]\nat = '2s'\ncrash = 'n9'", (7, 9), &["n9"]),
    ("protocol = 'raft'\n[[workload]]\nat = 'c1'\nevery = '0s'\nops = ['x']", (4, 9), &["longer than 0s"]),
    ("protocol = 'raft'\n[[workload]]\nat = 'c1'\nevery = '1ns'\nops = [{ get = {} }]", (2, 1), &["100000"]),
    ("protocol = 'raft'\n[[workload]]\nat = 'c1'\nevery = '1s'\nops = []", (5, 7), &["must be an operation"]),
    ("protocol = 'raft'\n[[expect]]\nviolated = 'safety'", (3, 12), &["safety", "election-safety"]),
    ("protocol = 'raft'\n[[expect]]\nrole = 'leader'\nat = '4s'", (4, 6), &["after the end"]),
    ("protocol = 'raft'\n[[expect]]\nrole = 'leader'\nat = '1s'\nleast = 3\nmost = 2", (5, 9), &["3", "2"]),
    ("protocol = 'raft'\nseed = 1\nseed = 2", (3, 1), &["TOML", "duplicate"]),
    ("protocol = 'raft", (1, 17), &["TOML"]),
    ("protocol = 'raft'\n[config]\nx = 1.5", (3, 5), &["1.5", "whole number"]),
    ("protocol = 'raft'\n[config]\nx = 1979-05-27", (3, 5), &["date"]),
];

#[test]
fn every_mistake_is_refused_in_its_place() {
    for (text, (line, column), words) in MISTAKES {
        let FileError { line: l, column: c, message } = parse(text).expect_err(text);
        assert_eq!((l, c), (*line, *column), "{text}\n{message}");
        words.iter().for_each(|word| assert!(message.contains(word), "{text}\n{message}\n{word}"));
    }
}

#[test]
fn a_file_that_is_too_long_is_not_read() {
    let message = parse(&"#".repeat(LONGEST_FILE + 1)).unwrap_err().message;
    assert!(message.contains(&LONGEST_FILE.to_string()), "{message}");
}

#[test]
fn the_examples_of_the_reference_are_right() {
    let page = include_str!("../../../docs/scenarios.md");
    let blocks: Vec<_> = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 6);
    for block in blocks {
        let head = if block.contains("protocol =") { "" } else { "protocol = \"raft\"\n" };
        let text = format!("{head}{block}");
        parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
}

#[test]
fn what_only_the_protocol_can_judge_is_refused_in_its_place_too() {
    for (text, (line, column)) in [
        ("protocol = 'raft'\n[config]\nheartbeat = '0ms'", (3, 13)),
        ("protocol = 'raft'\n[config]\nmax-entries = 4\nheartbeet = '1ms'", (4, 13)),
        ("protocol = 'raft'\n[config]\nelection-timeout = ['300ms', '150ms']", (3, 20)),
        ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ninvoke = 'c1'\nop = { put = { kee = 'x' } }", (5, 6)),
        ("protocol = 'raft'\n[[workload]]\nat = 'c1'\nevery = '1s'\nops = [{ get = { key = 7 } }]", (5, 8)),
    ] {
        let Err(error) = open(text) else { panic!("{text} was accepted") };
        assert_eq!((error.line, error.column), (line, column), "{text}\n{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back(scenario in forms::scenario()) {
        let text = print(&scenario);
        let back = parse(&text);
        prop_assert_eq!(back.as_ref(), Ok(&scenario), "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn no_damage_makes_the_reader_panic(at in 0..EVERYTHING.len(), len in 0usize..40, with in "[\\[\\]{}\",=a0\n ]{0,5}") {
        let mut text = EVERYTHING.to_owned();
        let start = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (start..=(start + len).min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
        text.replace_range(start..end, &with);
        if let Ok(scenario) = parse(&text) {
            prop_assert_eq!(parse(&print(&scenario)), Ok::<Scenario, FileError>(scenario));
        }
    }
}
