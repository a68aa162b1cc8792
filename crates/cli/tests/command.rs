//! The command as people and scripts use it: what it prints where, and how it exits.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn netsplit() -> Command {
    Command::new(env!("CARGO_BIN_EXE_netsplit"))
}

fn run(arguments: &[&str]) -> Output {
    netsplit().args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn run_with(arguments: &[&str], input: &[u8]) -> Output {
    let mut child =
        netsplit().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever has read enough closes the pipe: that is its right.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn last_line(output: &Output) -> String {
    out(output).lines().last().unwrap_or_default().to_owned()
}

/// The line `hash HEX events N time T`.
fn hash(output: &Output) -> String {
    let text = out(output);
    text.lines().find(|line| line.starts_with("hash ")).unwrap_or_else(|| panic!("no hash in {text}")).to_owned()
}

fn refused(arguments: &[&str], words: &[&str]) {
    let output = run(arguments);
    assert_eq!(code(&output), 2, "{arguments:?}: {}", err(&output));
    assert_eq!(out(&output), "", "{arguments:?}");
    for word in words {
        assert!(err(&output).contains(word), "{arguments:?}: {}", err(&output));
    }
}

/// A file in a folder of this test run's own.
fn file(name: &str, content: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn list_shows_protocols_bugs_invariants_and_scenarios() {
    let output = run(&["list"]);
    assert_eq!(code(&output), 0);
    for word in ["raft:", "raft/leader-crash", "election-safety", "vote-not-durable", "ping:", "operations"] {
        assert!(out(&output).contains(word), "{word}");
    }
    let json: serde_json::Value = serde_json::from_slice(&run(&["list", "--json"]).stdout).unwrap();
    let raft = &json["protocols"][0];
    assert_eq!(raft["name"], "raft");
    assert!(raft["scenarios"].as_array().unwrap().len() >= 9);
    assert_eq!(raft["bugs"][0]["breaks"], "election-safety");
}

#[test]
fn run_tells_every_event_and_how_it_ended() {
    let output = run(&["run", "raft/leader-crash"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = out(&output);
    let words: Vec<_> = hash(&output).split(' ').map(str::to_owned).collect();
    let [h, hex, e, events, t, time] = words.try_into().unwrap();
    assert_eq!((h.as_str(), e.as_str(), t.as_str(), time.as_str()), ("hash", "events", "time", "2s"));
    assert_eq!((hex.len(), u64::from_str_radix(&hex, 16).is_ok()), (16, true));
    let told = text.lines().take_while(|line| !line.starts_with("hash ")).count();
    assert_eq!(told.to_string(), events);
    let after = text.lines().skip_while(|line| !line.starts_with("hash ")).skip(1);
    let after: Vec<_> = after.take_while(|line| !line.starts_with("performance ")).collect();
    let (measures, verdicts): (Vec<&str>, Vec<&str>) = after.iter().partition(|line| line.starts_with("measure "));
    assert!(measures.iter().all(|line| line.contains(" to ") && line.contains('█')), "{measures:?}");
    let (history, verdicts): (Vec<&str>, Vec<&str>) = verdicts.iter().partition(|line| line.starts_with("history "));
    assert_eq!((history.first(), history.len()), (Some(&"history linearizable"), 8), "{history:?}");
    assert!(verdicts.iter().all(|line| line.contains(": holds")), "{verdicts:?}");
    assert_eq!((measures.len(), verdicts.len()), (3, 5 + 7), "three measures, five expectations, seven invariants");
    assert_eq!(hash(&run(&["run", "raft/leader-crash", "--quiet"])), hash(&output));
}

#[test]
fn run_with_json_prints_an_object_a_line() {
    let output = run(&["run", "raft/figure-8-rule-off", "--json"]);
    assert_eq!(code(&output), 1);
    let lines: Vec<serde_json::Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["event"], 0);
    let end = lines.iter().find(|line| !line["hash"].is_null()).unwrap();
    assert_eq!(format!("hash {} events {}", end["hash"].as_str().unwrap(), end["events"]), {
        let line = hash(&run(&["run", "raft/figure-8-rule-off", "--quiet"]));
        line[..line.find(" time").unwrap()].to_owned()
    });
    let violated = lines.iter().find(|line| line["invariant"] == "leader-completeness").unwrap();
    assert_eq!(violated["holds"], false);
    assert!(violated["evidence"].as_array().unwrap().len() >= 2);
}

#[test]
fn a_violation_is_told_with_evidence_and_exits_with_1() {
    let output = run(&["run", "raft/calm", "--quiet", "--bug", "vote-not-durable"]);
    assert_eq!(code(&output), 0, "a bug that this run does not meet: {}", out(&output));
    let output = run(&["run", "raft/vote-not-durable"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("VIOLATED election-safety"));
    assert!(out(&output).contains("invariant election-safety: violated at #"));
    assert!(out(&output).contains("became leader of term 1"));
}

#[test]
fn an_expectation_that_fails_exits_with_1() {
    let expects = b"protocol = 'raft'\nuntil = '1s'\n[[expect]]\nrole = 'leader'\nat = '1s'\nleast = 2\nmost = 3\n";
    let output = run_with(&["run", "-", "--quiet"], expects);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(out(&output).contains("expectation 2 to 3 leader at 1s: violated"), "{}", out(&output));
}

#[test]
fn seed_until_and_bug_change_the_run() {
    let base = hash(&run(&["run", "raft/calm", "--quiet"]));
    assert_ne!(hash(&run(&["run", "raft/calm", "--quiet", "--seed", "9"])), base);
    assert_eq!(
        hash(&run(&["run", "raft/calm", "--quiet", "--seed", "0x9"])),
        hash(&run(&["run", "raft/calm", "--quiet", "--seed", "9"]))
    );
    let short = run(&["run", "raft/calm", "--quiet", "--until", "1500ms"]);
    assert!(hash(&short).ends_with("time 1500ms"), "{}", hash(&short));
    assert_eq!(code(&short), 0, "what is not decided yet is not violated: {}", out(&short));
    assert!(out(&short).contains(": open"));
    assert!(hash(&run(&["run", "raft/calm", "--quiet", "--until", "4s"])).ends_with("time 4s"));
}

#[test]
fn a_link_is_the_same_run_and_is_verified() {
    let link = last_line(&run(&["link", "raft/leader-crash"]));
    assert!(link.starts_with('1') && link.len() < 500, "{link}");
    let whole = hash(&run(&["run", "raft/leader-crash", "--quiet"]));
    let pasted = format!("https://netsplit.example/#{link}");
    for given in [&link, &pasted, &format!("#{link}")] {
        let output = run(&["run", given, "--quiet"]);
        assert_eq!((code(&output), hash(&output)), (0, whole.clone()));
        assert!(err(&output).contains("verified"), "{}", err(&output));
    }
    let output = run_with(&["run", "-", "--quiet"], format!("{link}\n").as_bytes());
    assert_eq!(hash(&output), whole);
    let stored = file("link.txt", link.as_bytes());
    assert_eq!(hash(&run(&["run", &stored, "--quiet"])), whole);
    assert_eq!(last_line(&run(&["link", &link])), link);
    let seeded = last_line(&run(&["link", "raft/leader-crash", "--seed", "12"]));
    assert_eq!(
        hash(&run(&["run", &seeded, "--quiet"])),
        hash(&run(&["run", "raft/leader-crash", "--seed", "12", "--quiet"]))
    );
}

#[test]
fn what_show_prints_is_the_same_run() {
    for name in ["raft/figure-8-rule-off", "raft/minority-partition", "ping/crossing"] {
        let toml = run(&["show", name]);
        assert_eq!(code(&toml), 0);
        let whole = hash(&run(&["run", name, "--quiet"]));
        assert_eq!(hash(&run_with(&["run", "-", "--quiet"], &toml.stdout)), whole, "{name}");
        let path = file(&format!("{}.toml", name.replace('/', "-")), &toml.stdout);
        assert_eq!(hash(&run(&["run", &path, "--quiet"])), whole);
        let link = last_line(&run(&["link", &path]));
        assert_eq!(out(&run(&["show", &link])), out(&toml));
    }
}

#[test]
fn sweep_finds_a_bug_and_links_to_it() {
    let output = run(&["sweep", "raft/calm", "--seeds", "0..300", "--bug", "no-up-to-date-check"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let line = last_line(&output);
    let words: Vec<_> = line.split(' ').collect();
    let ["seeds", "300", "failed", failed, "first", first, "invariant", "leader-completeness", "link", link] =
        words.as_slice()
    else {
        panic!("{line}");
    };
    assert!(failed.parse::<u32>().unwrap() > 0);
    let found = run(&["run", link, "--quiet"]);
    assert_eq!(code(&found), 1);
    assert!(out(&found).contains("invariant leader-completeness: violated"));
    assert!(err(&found).contains("verified"));
    let again = format!("{first}..{}", first.parse::<u64>().unwrap() + 1);
    let again = run(&["sweep", "raft/calm", "--seeds", &again, "--bug", "no-up-to-date-check", "--threads", "1"]);
    assert!(last_line(&again).ends_with(link), "a seed stands for one run");
    assert_eq!(err(&output), "", "no bar where nobody sits");
}

#[test]
fn sweep_without_a_bug_finds_nothing() {
    for arguments in [&["sweep", "raft/calm", "--seeds", "5..105"][..], &["sweep", "ping/hello", "--seeds", "5..105"]] {
        let output = run(arguments);
        assert_eq!((code(&output), last_line(&output)), (0, "seeds 100 failed 0".to_owned()));
    }
    let output = run(&["sweep", "raft/calm", "--seeds", "0..50", "--as-written", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&last_line(&output)).unwrap();
    assert_eq!((&json["seeds"], &json["failed"]), (&50.into(), &0.into()));
}

#[test]
fn as_written_only_the_seed_changes() {
    let output = run(&["sweep", "raft/figure-8-rule-off", "--seeds", "0..20", "--as-written"]);
    assert_eq!(code(&output), 1);
    assert!(last_line(&output).starts_with("seeds 20 failed 20 first 0 invariant leader-completeness link 1"));
}

#[test]
fn bad_arguments_are_refused_with_what_would_be_accepted() {
    refused(&["run", "raft/leader-crush"], &["raft/leader-crush", "did you mean raft/leader-crash"]);
    refused(&["run", "no-such-file.toml"], &["no-such-file.toml", "netsplit list"]);
    refused(&["run", ""], &["netsplit list"]);
    refused(&["run", "raft/calm", "--seed", "-1"], &["seed"]);
    refused(&["run", "raft/calm", "--seed", "x"], &["whole number"]);
    refused(&["run", "raft/calm", "--until", "3"], &["150ms"]);
    refused(&["run", "raft/calm", "--until", "9000s"], &["too long"]);
    refused(&["run", "raft/calm", "--bug", "no-votes"], &["no-votes", "vote-not-durable"]);
    refused(&["run", "raft/calm", "--json", "--quiet"], &["--json"]);
    refused(&["sweep", "raft/calm"], &["--seeds"]);
    refused(&["sweep", "raft/calm", "--seeds", "9..9"], &["0..1000"]);
    refused(&["sweep", "raft/calm", "--seeds", "9"], &["0..1000"]);
    refused(&["sweep", "raft/calm", "--seeds", "0..10", "--bug", "x"], &["known"]);
    refused(&["sweep", "raft/calm", "--seeds", "0..10", "--threads", "0"], &["threads"]);
    refused(&["walk"], &["walk", "--help"]);
    refused(&["run"], &["RUN"]);
}

#[test]
fn bad_files_are_refused_with_line_and_column() {
    for (content, words) in [
        ("protocol = 'raft'\nsede = 7\n", &["line 2, column 1", "did you mean seed"][..]),
        ("protocol = 'raft'\n[config]\nheartbeat = '0ms'\n", &["line 3, column 13", "too short"]),
        ("protocol = 'raft'\n[config]\nheartbeet = '1ms'\n", &["line 3, column 13", "heartbeet"]),
        ("protocol = 'raft'\n[[timeline]]\nat = '1s'\ninvoke = 'c1'\nop = { put = { kee = 'x' } }\n", &["line", "kee"]),
        ("", &["line 1, column 1", "protocol"]),
        ("{\"protocol\": 1}", &["line 1", "TOML"]),
    ] {
        let path = file("bad.toml", content.as_bytes());
        refused(&["run", &path], words);
        refused(&["show", &path], words);
        let output = run_with(&["run", "-"], content.as_bytes());
        assert_eq!(code(&output), 2);
        assert!(words.iter().all(|word| err(&output).contains(word)), "{}", err(&output));
        let _ = std::fs::remove_file(path);
    }
}

#[test]
fn hostile_input_is_refused() {
    let binary = file("binary", &[0, 159, 146, 150, 255]);
    refused(&["run", &binary], &["not text", "byte 1"]);
    let zeros = file("zeros", &vec![0; 1 << 20]);
    refused(&["run", &zeros], &["bytes are too much"]);
    refused(&["run", env!("CARGO_TARGET_TMPDIR")], &[env!("CARGO_TARGET_TMPDIR")]);
    let output = run_with(&["run", "-"], &vec![b'1'; 8 << 20]);
    assert_eq!(code(&output), 2, "{}", err(&output));
    refused(&["run", "1AAAA"], &["damaged"]);
    refused(&["run", "3AAAA"], &["newer"]);
    let link = last_line(&run(&["link", "raft/calm"]));
    refused(&["run", &link[..link.len() - 3]], &["damaged"]);
    refused(&["link", &format!("{link}A")], &["damaged"]);
}

#[test]
fn whoever_stops_reading_is_left_in_peace() {
    let mut child =
        netsplit().args(["run", "raft/calm"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut some = [0; 100];
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_exact(&mut some).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    assert_eq!((err(&output).as_str(), code(&output)), ("", 0));
}

#[test]
fn help_explains_with_examples() {
    for arguments in [&["--help"][..], &["run", "--help"], &["sweep", "--help"]] {
        let output = run(arguments);
        assert_eq!(code(&output), 0);
        assert!(out(&output).contains("Usage:"));
    }
    assert!(out(&run(&["--help"])).contains("netsplit run raft/leader-crash"));
}

#[test]
fn export_writes_every_format_to_a_file_or_to_standard_output() {
    for (format, word) in [
        ("shiviz", "n1 {\"n1\":1}"),
        ("mermaid", "sequenceDiagram"),
        ("itf", "\"format\":\"ITF\""),
        ("perfetto", "\"traceEvents\""),
        ("svg", "<svg "),
        ("jsonl", "\"event\":0"),
    ] {
        let printed = run(&["export", "raft/leader-crash", "--to", format]);
        assert_eq!(code(&printed), 0, "{format}: {}", err(&printed));
        assert!(out(&printed).contains(word), "{format}");
        let path = file(&format!("exported.{format}"), b"");
        let written = run(&["export", "raft/leader-crash", "--to", format, "-o", &path]);
        assert_eq!((code(&written), out(&written)), (0, String::new()), "{format}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), out(&printed), "{format}");
    }
    refused(&["export", "raft/leader-crash", "--to", "png"], &["png", "shiviz, mermaid, itf, perfetto, svg, jsonl"]);
    refused(&["export", "raft/leader-crash", "--to", "svg", "--events", "9..3"], &["0..500"]);
    refused(&["export", "raft/leader-crash", "--to", "svg", "-o", "/no/such/folder/x.svg"], &["cannot write /no/such"]);
}

#[test]
fn a_stretch_of_a_run_is_exported_and_what_does_not_fit_is_said() {
    let some = run(&["export", "raft/leader-crash", "--to", "jsonl", "--events", "10..20"]);
    assert_eq!(out(&some).lines().count(), 10 + 2);
    assert_eq!(err(&some), "");
    let long = run(&["export", "raft/leader-crash", "--to", "mermaid", "--until", "8s"]);
    assert_eq!(code(&long), 0);
    assert!(err(&long).contains("has no room for the rest: --events "), "{}", err(&long));
    assert!(out(&long).contains("more events"));
}

#[test]
fn an_exported_log_is_imported_again() {
    let exported = run(&["export", "raft/leader-crash", "--to", "shiviz"]);
    let events = out(&run(&["run", "raft/leader-crash", "--json"]))
        .lines()
        .filter(|line| line.contains("\"event\":") && line.contains("\"what\":"))
        .count();
    let summary = run_with(&["import-shiviz", "-", "--summary"], &exported.stdout);
    assert_eq!(code(&summary), 0, "{}", err(&summary));
    let line: serde_json::Value = serde_json::from_str(&last_line(&summary)).unwrap();
    assert_eq!(
        (line["execution"].as_str(), line["events"].as_u64(), line["hosts"].as_u64()),
        (Some(""), Some(events as u64), Some(6))
    );
    assert!(line["edges"].as_u64().unwrap() > 100);
    let each = run_with(&["import-shiviz", "-"], &exported.stdout);
    let lines: Vec<serde_json::Value> = out(&each).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), lines[0]["host"].as_str(), lines[0]["own"].as_u64()), (events, Some("n1"), Some(1)));
}

#[test]
fn a_flawed_log_is_refused_with_its_line() {
    let log = file("flawed.log", b"x\na {\"a\":1}\ny\na {\"a\":3}\n");
    refused(&["import-shiviz", &log], &["flawed.log", "line 3", "from 1 (line 1) to 3"]);
    refused(&["import-shiviz", &log, "--parser", "(?<host>a)"], &["no group (?<event>"]);
    refused(&["import-shiviz", "no-such.log"], &["no-such.log"]);
    // What is no text becomes the sign for that, as when a browser reads the file.
    let odd = file("odd.log", b"caf\xe9\na {\"a\":1}\n");
    assert!(out(&run(&["import-shiviz", &odd])).contains("caf\u{fffd}"));
}

#[test]
fn run_ends_with_how_well_it_went() {
    let text = out(&run(&["run", "two-phase-commit/calm", "--quiet"]));
    let performance = text.split("performance up to 2s; in time is within 1s\n").nth(1).expect("it is told");
    assert!(
        performance.contains("13 of 13 in time (100%)") && performance.contains("12 set off by a request"),
        "{text}"
    );
    let strict = out(&run(&["run", "two-phase-commit/calm", "--quiet", "--limit", "1ms"]));
    assert!(strict.contains("0 of 13 in time (0%), 13 late"), "{strict}");
    refused(&["run", "two-phase-commit/calm", "--limit", "soon"], &["150ms"]);
}

#[test]
fn measures_are_written_for_other_programs() {
    let csv = run(&["run", "two-phase-commit/calm", "--measures", "csv"]);
    assert_eq!(code(&csv), 0);
    let text = out(&csv);
    assert!(text.starts_with("measure,of,statistic,value,unit\n") && text.contains("\nrequests,commit,in-time,13,1\n"));
    let json: serde_json::Value =
        serde_json::from_slice(&run(&["run", "two-phase-commit/calm", "--measures", "json"]).stdout).unwrap();
    assert_eq!(json["latency"]["commit"]["count"], 13);
    let violated = run(&["run", "two-phase-commit/times-out-to-commit", "--measures", "csv"]);
    assert_eq!(code(&violated), 1, "a violation is one, whatever is printed");
    let lines = out(&run(&["run", "two-phase-commit/calm", "--json"]));
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["performance"]["requests"]["all"]["in-time"], 13);
}

#[test]
fn vary_compares_values_runs_and_seeds() {
    let set = ["vary", "two-phase-commit/calm", "--set", "network.latency=10ms,20ms", "--seeds", "0..3"];
    let text = out(&run(&[&set[..], &["--figure", "latency-p50"]].concat()));
    assert!(text.starts_with("latency-p50: median latency, over 3 seeds\n"), "{text}");
    // Disks take no time here: a commit takes one round trip.
    let row =
        |value: &str| text.lines().find(|line| line.trim_start().starts_with(value)).unwrap_or_default().to_owned();
    assert!(row("10ms").contains("20ms") && row("20ms").contains("40ms"), "{text}");
    let svg = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("varied.svg");
    let csv = run(&[&set[..], &["three-phase-commit/calm", "--form", "csv", "--svg", svg.to_str().unwrap()]].concat());
    let text = out(&csv);
    assert!(
        text.contains("two-phase-commit/calm,network.latency,10ms,latency-p50,s,3,0.02,0.02,0.02,0.02,0.02\n"),
        "{text}"
    );
    assert!(text.contains("three-phase-commit/calm,network.latency,20ms,"), "{text}");
    let picture = std::fs::read_to_string(svg).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("three-phase-commit/calm"));
    let json: serde_json::Value =
        serde_json::from_slice(&run(&[&set[..], &["--form", "json"]].concat()).stdout).unwrap();
    assert_eq!(json["figures"][0]["numbers"], serde_json::json!([20_000_000, 20_000_000, 20_000_000]));
}

#[test]
fn what_cannot_be_varied_is_refused() {
    refused(&["vary", "raft/calm", "--set", "nodes.server=3,many"], &["nodes.server = many", "whole number"]);
    refused(&["vary", "raft/calm", "--set", "config.heart-beat=1ms"], &["heart-beat"]);
    refused(&["vary", "raft/calm", "--set", "network.loss"], &["nodes.server=3,5,7"]);
    refused(&["vary", "raft/calm", "--set", "seed=1", "--seeds", "0..2", "--figure", "lattency"], &["latency-p50"]);
}

#[test]
fn find_prints_the_events_that_a_condition_matches() {
    let output = run(&["find", "raft/leader-crash", "any node.role == leader"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).lines().count() >= 2, "the first leader, and the one after its crash: {}", out(&output));
    let crashes = run(&["find", "raft/leader-crash", "event crash", "--json"]);
    let told: serde_json::Value = serde_json::from_str(out(&crashes).lines().next().unwrap()).unwrap();
    assert!(told["what"].as_str().unwrap().contains("CRASH"), "{told}");
    let nothing = run(&["find", "raft/leader-crash", "count(nodes.role == leader) > 3"]);
    assert_eq!((code(&nothing), out(&nothing).as_str()), (1, ""));
}

#[test]
fn find_points_at_what_is_wrong_with_a_condition() {
    let output = run(&["find", "raft/leader-crash", "any node.rolle == leader"]);
    assert_eq!(code(&output), 2);
    for part in ["at character 10", "did you mean role?", "    any node.rolle == leader\n             ^^^^^"] {
        assert!(err(&output).contains(part), "{}", err(&output));
    }
    refused(&["find", "raft/leader-crash"], &["CONDITION", "--pattern"]);
    refused(&["find", "raft/leader-crash", "--pattern", "circle"], &["broadcast", "overtaking"]);
}

#[test]
fn find_prints_where_a_pattern_is() {
    let votes =
        run(&["find", "raft/leader-crash", "--pattern", "gathering", "--least", "2", "--type", "RequestVoteReply"]);
    assert_eq!(code(&votes), 0, "{}", err(&votes));
    let none = run(&["find", "raft/leader-crash", "--pattern", "broadcast", "--type", "Nothing"]);
    assert_eq!((code(&none), out(&none).as_str()), (1, ""));
    let output = run(&["find", "raft/leader-crash", "--pattern", "broadcast", "--type", "RequestVote"]);
    assert_eq!(code(&output), 0);
    assert!(
        out(&output).lines().all(|line| line.starts_with('#') && line.contains("RequestVote n")),
        "{}",
        out(&output)
    );
}
