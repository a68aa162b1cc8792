//! Conditions and patterns, on runs of every protocol, against the slow and obvious way.

mod find {
    pub mod definition;
}

use find::definition::{by_definition, exchanges_by_definition, overtakings_by_definition};
use netsplit_scenario::find::{Lexicon, Pattern, Pursued, Pursuit, Query, Way, matches, pattern};
use netsplit_scenario::{Session, catalogue, gallery, open};
use netsplit_sim::trace::{Fate, What};
use netsplit_sim::{Condition, EventId, NodeId, Time};

/// The first scenario of every protocol that has one, played for so many events.
fn runs(events: u32) -> Vec<Box<dyn Session>> {
    let first = |about: &&netsplit_protocols::About| {
        let entry = gallery::entries().find(|entry| entry.about.name == about.name)?;
        let mut session = open(entry.scenario().expect("the gallery is right")).expect("it plays");
        let until = session.scenario().until;
        while session.cursor().events < events && session.cursor().time < until {
            let rest = events - session.cursor().events;
            session.advance(until, rest);
        }
        Some(session)
    };
    catalogue::protocols().iter().filter_map(first).collect()
}

fn read(text: &str, lexicon: &Lexicon, session: &dyn Session) -> Query {
    let read = Query::read(text, &lexicon.names(session));
    read.unwrap_or_else(|mistake| panic!("{}: {}\n{mistake}", session.about().name, mistake.under(text)))
}

/// Conditions on a run, each of another kind.
fn conditions(lexicon: &Lexicon, session: &dyn Session) -> Vec<String> {
    let mut all = lexicon.examples(session);
    let names = lexicon.names(session);
    let node = &names.nodes[0];
    all.extend(names.messages.iter().take(2).map(|name| format!("event send {name:?}")));
    all.extend(names.timers.iter().take(2).map(|name| format!("event timer {name:?}")));
    all.extend(names.durable.names().take(2).map(|name| format!("any node.durable.{name:?} != none")));
    all.extend(names.headlines.iter().take(1).map(|name| format!("all nodes.{name:?} > 1 or {node}.figure > 2")));
    all.push(format!("count(nodes.lamport > 9) > len({node}.name)"));
    all.push(format!("no node.figure > 3 and {node}.condition == up"));
    all.push("any node (figure > 1 and all nodes.lamport > 3)".to_owned());
    all.push("time > 20ms and not event timer".to_owned());
    all.push(format!("event after #5 at {node} and any node.figure > 1"));
    all.push(format!("event concurrent #{} or events == 30", names.events / 2));
    all
}

#[test]
fn examples_are_understood_everywhere() {
    for session in runs(300) {
        let lexicon = Lexicon::of(&*session);
        let examples = lexicon.examples(&*session);
        assert!(examples.len() >= 4, "{}: {examples:?}", session.about().name);
        examples.iter().for_each(|example| drop(read(example, &lexicon, &*session)));
    }
}

/// What a watch finds by looking only at what an event touched is what is found by looking at everything.
#[test]
fn a_watch_misses_nothing() {
    for session in runs(400) {
        let lexicon = Lexicon::of(&*session);
        for text in conditions(&lexicon, &*session) {
            let query = read(&text, &lexicon, &*session);
            let slow = by_definition(&query, &*session);
            assert_eq!(matches(&query, &*session), slow, "{}: {text}", session.about().name);
        }
    }
}

/// Going forward from anywhere finds the first match after it, played or not; going back the last one before.
#[test]
fn pursuits_find_what_is_next_and_what_was_before() {
    for mut session in runs(400) {
        let name = session.about().name;
        let lexicon = Lexicon::of(&*session);
        let recorded = session.trace().len();
        for text in conditions(&lexicon, &*session).iter().step_by(2) {
            let query = read(text, &lexicon, &*session);
            let all = matches(&query, &*session);
            for start in [0, 1, recorded / 3, recorded / 2 + 1, recorded] {
                session.seek(start);
                let wanted = all.iter().rev().find(|event| event.0 + 1 < start).copied();
                assert_eq!(pursue(&query, Way::Back, &mut *session), wanted, "{name}: {text}, back from {start}");
                session.seek(start);
                let next = all.iter().find(|event| event.0 >= start).copied();
                let until = session.recorded_until();
                let found = pursue(&query, Way::Forward(until), &mut *session);
                assert_eq!(found.filter(|event| event.0 < recorded), next, "{name}: {text}, on from {start}");
            }
        }
    }
}

/// What is found while a run is played for the first time is what is found when it has been.
#[test]
fn a_run_is_played_until_a_condition_comes_true() {
    for session in runs(300) {
        let lexicon = Lexicon::of(&*session);
        for text in conditions(&lexicon, &*session).iter().filter(|text| !text.contains('#')) {
            let query = read(text, &lexicon, &*session);
            let mut fresh = open(session.scenario().clone()).expect("it has been played");
            let found = pursue(&query, Way::Forward(session.recorded_until()), &mut *fresh);
            // The other run was stopped in the middle of an instant.
            let found = found.filter(|event| event.0 < session.trace().len());
            assert_eq!(found, matches(&query, &*session).first().copied(), "{}: {text}", session.about().name);
        }
    }
}

/// Follows a pursuit to its end in small portions.
fn pursue(query: &Query, way: Way, session: &mut dyn Session) -> Option<EventId> {
    let start = session.cursor();
    let mut pursuit = Pursuit::new(query.clone(), way, session);
    for _ in 0..200 {
        match pursuit.go_on(session, 37) {
            Pursued::Underway => {}
            Pursued::Found(event) => {
                assert_eq!(session.cursor().events, event.0 + 1);
                return Some(event);
            }
            Pursued::Nowhere => {
                assert!(way != Way::Back || session.cursor() == start, "whoever finds nothing stays");
                return None;
            }
        }
    }
    None // far beyond what the other runs were played
}

/// Each construct beside the same question in Rust, after every event.
#[test]
fn conditions_mean_what_they_say() {
    let mut session = open(gallery::find("raft/leader-crash").expect("it is there")).expect("it plays");
    session.advance(Time::NEVER, 450);
    let lexicon = Lexicon::of(&*session);
    type Asked = (&'static str, fn(&dyn Session) -> bool);
    let asked: [Asked; 9] = [
        ("any node.role == leader", |s| leaders(s) > 0),
        ("no server.role == leader", |s| leaders(s) == 0),
        ("count(nodes.role == leader) >= 2", |s| leaders(s) >= 2),
        ("all servers.currentTerm >= 1", |s| {
            s.parts().iter().enumerate().all(|(node, part)| *part != 0 || term(s, node) >= 1)
        }),
        ("n2.condition == down", |s| s.nodes()[1].condition == Condition::Down),
        ("len(n1.log) >= 2", |s| log(s, 0).len() >= 2),
        ("n1.log[-1].term == 2", |s| log(s, 0).last().is_some_and(|entry| entry["term"] == 2)),
        ("any node.role == candidate and term > 1", |s| {
            let striving = |node: &netsplit_scenario::NodeNow| {
                node.face
                    .as_ref()
                    .is_some_and(|face| face.role == "candidate" && face.headline.is_some_and(|(_, term)| term > 1))
            };
            s.nodes().iter().any(striving)
        }),
        ("time >= 300ms", |s| s.cursor().time >= Time(300_000_000)),
    ];
    for (text, asked) in asked {
        let query = read(text, &lexicon, &*session);
        let found = matches(&query, &*session);
        let mut expected = Vec::new();
        session.seek(0);
        let mut before = asked(&*session);
        for event in 0..session.trace().len() {
            session.seek(event + 1);
            let now = asked(&*session);
            if now && !before {
                expected.push(EventId(event));
            }
            before = now;
        }
        assert_eq!(found, expected, "{text}");
        assert!(!found.is_empty() || text.contains(">= 2"), "{text} never comes true: the test shows nothing");
    }
}

fn leaders(session: &dyn Session) -> usize {
    session.nodes().iter().filter(|node| node.face.as_ref().is_some_and(|face| face.role == "leader")).count()
}
fn durable(session: &dyn Session, node: usize) -> serde_json::Value {
    session.state(NodeId(node as u16)).expect("there is such a node").durable
}
fn term(session: &dyn Session, node: usize) -> u64 {
    durable(session, node)["currentTerm"].as_u64().unwrap_or(0)
}
fn log(session: &dyn Session, node: usize) -> Vec<serde_json::Value> {
    durable(session, node)["log"].as_array().cloned().unwrap_or_default()
}

#[test]
fn event_conditions_mean_what_they_say() {
    let mut session = open(gallery::find("raft/leader-crash").expect("it is there")).expect("it plays");
    session.advance(Time::NEVER, 450);
    let lexicon = Lexicon::of(&*session);
    let trace = session.trace();
    let is = |text: &str, asked: &dyn Fn(EventId) -> bool| {
        let found = matches(&read(text, &lexicon, &*session), &*session);
        let expected: Vec<EventId> = (0..trace.len()).map(EventId).filter(|event| asked(*event)).collect();
        assert_eq!(found, expected, "{text}");
        assert!(!found.is_empty(), "{text} never happens: the test shows nothing");
    };
    let row = |event: EventId| *trace.event(event).expect("it is in the trace");
    let message = |event: EventId| match row(event).what {
        What::Deliver(id) => trace.message(id).copied(),
        _ => None,
    };
    is("event boot", &|event| row(event).what == What::Boot);
    is("event deliver RequestVote at n3", &|event| {
        row(event).node == NodeId(2) && message(event).is_some_and(|it| it.tag.name == "RequestVote")
    });
    is("event deliver from n1 to n2", &|event| {
        message(event).is_some_and(|it| it.name.from == NodeId(0) && it.name.to == NodeId(1))
    });
    is("event send AppendEntries to n4", &|event| {
        trace.sent_by(event).any(|(_, it)| it.tag.name == "AppendEntries" && it.name.to == NodeId(3))
    });
    is("event timer election", &|event| row(event).what == What::Timer("election"));
    is("event crash or event restart", &|event| match row(event).what {
        What::Fault(index) => ["crash", "restart"].contains(&trace.faults()[index as usize].name),
        _ => false,
    });
    is("line 3", &|event| trace.lines_of(event).any(|line| line == 2));
    is("lamport == 12", &|event| row(event).lamport == 12);
    let relation = |event, other| netsplit_sim::causality::relation(trace, event, EventId(other));
    use netsplit_sim::causality::Relation;
    is("event after #100", &|event| relation(event, 100) == Relation::After);
    is("event before e100", &|event| relation(event, 100) == Relation::Before);
    is("event concurrent with #100", &|event| relation(event, 100) == Relation::Concurrent);
}

// --- patterns ---

#[test]
fn exchanges_and_overtakings_are_what_the_definition_says() {
    let mut found = [0; 2];
    for session in runs(500) {
        let trace = session.trace();
        let mut exchanges: Vec<_> = exchanges_by_definition(trace);
        let fast = pattern::find(trace, Pattern::Exchange, None);
        let mut fast: Vec<_> = fast.into_iter().map(|found| found.messages).collect();
        exchanges.sort();
        fast.sort();
        assert_eq!(fast, exchanges, "{}", session.about().name);
        found[0] += fast.len();
        let mut overtakings = overtakings_by_definition(trace);
        let fast = pattern::find(trace, Pattern::Overtaking, None);
        let mut fast: Vec<_> = fast.into_iter().map(|found| found.messages).collect();
        overtakings.sort();
        fast.sort();
        assert_eq!(fast, overtakings, "{}", session.about().name);
        found[1] += fast.len();
    }
    assert!(found.iter().all(|found| *found > 20), "{found:?}");
}

#[test]
fn broadcasts_chains_gatherings_and_repetitions_are_what_they_say() {
    let mut counts = [0; 4];
    for session in runs(500) {
        let (trace, name) = (session.trace(), session.about().name);
        let others = |event: EventId, tag: &str| {
            let mut to: Vec<NodeId> = trace
                .sent_by(event)
                .filter(|(_, it)| it.tag.name == tag && it.name.to != it.name.from)
                .map(|(_, it)| it.name.to)
                .collect();
            to.sort_unstable();
            to.dedup();
            to.len()
        };
        let mut types: Vec<&str> = trace.messages_in(0..trace.sent()).map(|(_, it)| it.tag.name).collect();
        types.sort_unstable();
        types.dedup();
        for tag in types {
            let broadcasts = pattern::find(trace, Pattern::Broadcast(2), Some(tag));
            let senders: Vec<EventId> = broadcasts.iter().map(|found| found.events[0]).collect();
            let mut senders_sorted = senders.clone();
            senders_sorted.sort_unstable();
            let expected: Vec<EventId> =
                trace.events().map(|(event, _)| event).filter(|event| others(*event, tag) >= 2).collect();
            assert_eq!(senders_sorted, expected, "{name}: {tag}");
            counts[0] += senders.len();
        }
        for found in pattern::find(trace, Pattern::Chain(3), None) {
            let rows: Vec<_> = found.messages.iter().map(|id| trace.message(*id).expect("it is there")).collect();
            assert_eq!(rows.len(), 3);
            assert!(matches!(rows[2].fate, Fate::Delivered(_)));
            for pair in found.messages.windows(2) {
                let row = trace.message(pair[1]).expect("it is there");
                assert_eq!(pattern::answered_at_once(trace, row), Some(pair[0]), "{name}");
                assert_eq!(row.name.from, trace.message(pair[0]).expect("it is there").name.to);
            }
            counts[1] += 1;
        }
        for found in pattern::find(trace, Pattern::Gathering(2), None) {
            let from: Vec<NodeId> =
                found.messages.iter().map(|id| trace.message(*id).expect("it is there").name.from).collect();
            assert_eq!(from.len(), 4, "{name}: two questions and two answers");
            counts[2] += 1;
        }
        for found in pattern::find(trace, Pattern::Again, None) {
            let [lost, again] = [0, 1].map(|at: usize| trace.message(found.messages[at]).expect("it is there"));
            assert!(matches!(lost.fate, Fate::Lost | Fate::NobodyThere));
            assert_eq!((lost.tag.name, lost.name.from, lost.name.to), (again.tag.name, again.name.from, again.name.to));
            counts[3] += 1;
        }
    }
    assert!(counts.iter().all(|count| *count > 5), "{counts:?}");
}
