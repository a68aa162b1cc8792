//! The language of conditions: what is understood and how, what is refused and where, and that nothing breaks it.

use netsplit_query::{LONGEST, Mistake, Names, Query};
use netsplit_sim::NodeId;
use serde_json::json;

/// A run of three servers and a client.
fn names() -> Names {
    let mut names = Names {
        nodes: ["n1", "n2", "n3", "c1"].map(str::to_owned).to_vec(),
        parts: vec![
            ("server".to_owned(), vec![NodeId(0), NodeId(1), NodeId(2)]),
            ("client".to_owned(), vec![NodeId(3)]),
        ],
        words: ["leader", "candidate", "follower"].map(str::to_owned).into(),
        headlines: ["term".to_owned()].into(),
        messages: ["RequestVote".to_owned(), "Vote".to_owned()].into(),
        timers: ["election".to_owned(), "give up".to_owned()].into(),
        invariants: vec!["election-safety", "log-matching"],
        lines: vec![vec!["A vote is asked for.".to_owned()], vec!["A vote is given.".to_owned()]],
        events: 200,
        ..Names::default()
    };
    let log = json!([{ "term": 1, "command": { "put": { "key": "x" } } }]);
    names.note_state(&json!({ "currentTerm": 1, "log": log, "votedFor": null }), Some(&json!({ "commitIndex": 0 })));
    names.note_state(&json!({ "currentTerm": 2, "log": [], "votedFor": "n1" }), Some(&json!({ "commitIndex": 1 })));
    names
}

fn told(text: &str) -> String {
    let names = names();
    let query = Query::read(text, &names).unwrap_or_else(|mistake| panic!("{}\n{mistake}", mistake.under(text)));
    query.told(&names.nodes)
}

fn mistake(text: &str) -> Mistake {
    match Query::read(text, &names()) {
        Err(mistake) => mistake,
        Ok(query) => panic!("{text} was read as {}", query.told(&names().nodes)),
    }
}

#[test]
fn conditions_are_understood_so() {
    let understood = [
        ("any node.role == leader and term > 3", "any node (it.role == \"leader\" and it.term > 3)"),
        ("any node.role == leader or n2.term > 3", "any node (it.role == \"leader\") or n2.term > 3"),
        ("all servers.currentTerm = 2", "all server (it.durable.currentTerm == 2)"),
        ("no client with condition == down", "no client (it.condition == \"down\")"),
        ("not any node.badge", "not (any node (it.badge))"),
        ("count(servers.role == leader) >= 2", "count(server (it.role == \"leader\")) >= 2"),
        (
            "count(nodes (role == leader or role == candidate)) < 1",
            "count(node (it.role == \"leader\" or it.role == \"candidate\")) < 1",
        ),
        ("len(n1.log) > len(n2.log) + 1", "len(n1.durable.log) > len(n2.durable.log) + 1"),
        ("n1.log[-1].term != n2.log[0].term", "n1.durable.log[-1].term != n2.durable.log[0].term"),
        ("any node.votedFor == n2", "any node (it.durable.votedFor == \"n2\")"),
        ("any node.votedFor == none", "any node (it.durable.votedFor == none)"),
        ("n1.log contains \"x\"", "n1.durable.log contains \"x\""),
        ("time >= 150ms && events<100", "time >= 150ms and events < 100"),
        ("! n3.durable.\"new field\" == 1.5s", "not n3.durable.\"new field\" == 1500ms"),
        ("event", "event"),
        ("event deliver Vote at n1 from n3", "event deliver \"Vote\" at n1 from n3"),
        ("event send RequestVote to n2", "event send \"RequestVote\" to n2"),
        ("event deliver \"InstallSnapshot\"", "event deliver \"InstallSnapshot\""),
        ("event timer 'give up'", "event timer \"give up\""),
        ("event crash at n1 or event restart", "event deed crash at n1 or event deed restart"),
        ("event at n3 after #120 before e150", "event at n3 after #120 before #150"),
        ("event happens-before 12", "event before #12"),
        ("event concurrent with #12 and lamport > 5", "event concurrent #12 and lamport > 5"),
        ("line 2", "line 2"),
        ("line \"vote\" and n1.term > 1", "(line 1 or line 2) and n1.term > 1"),
        ("violated(election-safety)", "violated(election-safety)"),
        ("violated", "violated"),
        ("any node.commitIndex == -1", "any node (it.volatile.commitIndex == -1)"),
        ("any node.role == leader and it.name != n1", "any node (it.role == \"leader\" and it.name != \"n1\")"),
    ];
    for (text, meaning) in understood {
        assert_eq!(told(text), meaning, "{text}");
        assert_eq!(told(meaning), meaning, "what was understood is understood in the same way");
    }
}

#[test]
fn a_quantifier_reaches_as_far_as_and_does() {
    assert_eq!(told("any node.term > 1 and all nodes.term < 9"), "any node (it.term > 1 and (all node (it.term < 9)))");
    // Beyond `or`, fields are nobody's.
    let mistake = mistake("any node.term > 1 or role == leader");
    assert_eq!(mistake.at, 21);
    assert!(mistake.what.contains("whose?"), "{mistake}");
}

/// The text, what is marked in it, and words that the mistake must have.
#[test]
fn mistakes_are_told_where_they_are_with_what_would_be_right() {
    let mistakes: &[(&str, &str, &[&str])] = &[
        ("", "", &["missing", "field"]),
        ("any nod.role == leader", "nod", &["did you mean node?", "server", "client"]),
        ("any node.rolle == leader", "rolle", &["did you mean role?", "term", "currentTerm", "commitIndex"]),
        ("any node.role == leder", "leder", &["did you mean leader?", "quotes"]),
        ("any node.role leader", "leader", &["==", "contains"]),
        ("any node.role == ", "", &["missing"]),
        ("n4.term > 1", "n4", &["did you mean n1?", "any node"]),
        ("n1.log[0].tern > 1", "tern", &["did you mean term?", "command"]),
        ("n1.log[x", "", &["`]`"]),
        ("(n1.term > 1", "", &["`)`"]),
        ("n1.term > 1)", ")", &["`and`, `or`"]),
        ("n1.term > 1 n2.term > 1", "n2", &["`and`, `or`"]),
        ("n1.term > 12kg", "12kg", &["150ms"]),
        ("event deliver Vot at n1", "Vot", &["did you mean Vote?", "RequestVote"]),
        ("event timer electon", "electon", &["did you mean election?", "give up"]),
        ("event explode", "explode", &["deliver", "crash"]),
        ("event at n9", "n9", &["n1, n2, n3, c1"]),
        ("event after #900", "#900", &["up to #199"]),
        ("event after soon", "soon", &["#120"]),
        ("line 3", "3", &["1 to 2"]),
        ("line \"commit\"", "\"commit\"", &["1 to 2"]),
        ("violated(safety)", "safety", &["election-safety, log-matching"]),
        ("role == leader", "role", &["whose?"]),
        ("any node.role == \"leader", "\"", &["no end"]),
        ("any node.role == leader ; n1.term > 1", ";", &["means nothing"]),
        ("count(nodes.role == leader)", "", &["==", ">="]),
        ("node.role == leader", "node", &["whose?"]),
        ("领导者 == leader", "领导者", &["any node"]),
        ("n1.term > 领导者", "领导者", &["leader"]),
    ];
    for (text, marked, words) in mistakes {
        let mistake = mistake(text);
        let found: String = text.chars().skip(mistake.at).take(mistake.length).collect();
        assert_eq!(&found, marked, "{text}: {mistake}");
        for word in *words {
            assert!(mistake.what.contains(word), "{text}: no {word} in {mistake}");
        }
    }
}

#[test]
fn a_mistake_is_drawn_under_the_text() {
    let text = "any node.rolle == leader";
    assert_eq!(mistake(text).under(text), format!("{text}\n         ^^^^^"));
    let long = format!("{} and n9.term", vec!["n1.term > 1"; 20].join(" and "));
    let drawn = mistake(&long).under(&long);
    let (line, caret) = drawn.split_once('\n').expect("two lines");
    let column = caret.find('^').expect("a caret");
    assert_eq!(line.chars().skip(column).take(2).collect::<String>(), "n9");
    assert!(line.chars().count() < 90, "{line}");
}

#[test]
fn hostile_texts_are_refused() {
    let deep = |open: &str, close: &str| format!("{}n1.term > 1{}", open.repeat(100_000), close.repeat(100_000));
    let texts = [
        "x".repeat(10_000_000),
        deep("(", ")"),
        deep("not ", ""),
        "(".repeat(LONGEST),
        "not ".repeat(LONGEST / 4),
        "!".repeat(LONGEST),
        "any node ".repeat(LONGEST / 9),
        "len(".repeat(LONGEST / 4),
        format!("{}1", "count(nodes with ".repeat(LONGEST / 18)),
        "\u{0}\u{1b}[31m".to_owned(),
        "\u{202e}any node".to_owned(),
        "\"".to_owned(),
        "\"\\".to_owned(),
        "#".to_owned(),
        "#99999999999999".to_owned(),
        "n1.term > 99999999999999999999999999999".to_owned(),
        "n1.log[99999999999999999999] == 1".to_owned(),
        "e\u{301}\u{301}🦀 == 🦀".to_owned(),
        "n1.log[".to_owned(),
        "-".to_owned(),
        "1-".to_owned(),
        "a-".to_owned(),
    ];
    for text in texts {
        let mistake = mistake(&text);
        assert!(!mistake.what.is_empty() && mistake.at <= text.chars().count());
        mistake.under(&text);
    }
}

/// Words of the language in any order: whatever is understood is understood in the same way when it is told; whatever is
/// not has its mistake within the text.
#[test]
fn whatever_is_written_is_understood_or_refused() {
    const PIECES: &[&str] = &[
        "any",
        "all",
        "no",
        "node",
        "nodes",
        "server",
        ".",
        "role",
        "term",
        "==",
        "!=",
        ">",
        "leader",
        "and",
        "or",
        "not",
        "(",
        ")",
        "count(",
        "len(",
        "log",
        "[0]",
        "[-1]",
        "n1",
        "n2",
        "3",
        "150ms",
        "\"x\"",
        "'y",
        "event",
        "deliver",
        "Vote",
        "timer",
        "at",
        "from",
        "after",
        "#12",
        "concurrent",
        "line",
        "1",
        "violated",
        "election-safety",
        "none",
        "true",
        "time",
        "events",
        "lamport",
        "+",
        "-",
        "contains",
        "with",
        "é",
        "\\",
        "it",
        "durable",
        "crash",
    ];
    let names = names();
    let mut dice = netsplit_sim::Dice::new(netsplit_sim::Seed(7));
    let mut understood = 0;
    for _ in 0..60_000 {
        let words: Vec<&str> = (0..=dice.below(9)).map(|_| PIECES[dice.below(PIECES.len() as u64) as usize]).collect();
        let text = words.join(if dice.below(4) == 0 { "" } else { " " });
        match Query::read(&text, &names) {
            Ok(query) => {
                understood += 1;
                let told = query.told(&names.nodes);
                let again = Query::read(&told, &names).unwrap_or_else(|mistake| panic!("{text}: {told}: {mistake}"));
                assert_eq!(again.told(&names.nodes), told, "{text}");
            }
            Err(mistake) => {
                assert!(mistake.at <= text.chars().count() && mistake.length >= 1, "{text}: {mistake:?}");
                mistake.under(&text);
            }
        }
    }
    assert!(understood > 100, "{understood}");
}
