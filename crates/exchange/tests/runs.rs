//! Generated runs of every protocol in every format: read again where there is a reader, else held against the format's rules.

use netsplit_exchange::export::Format;
use netsplit_exchange::shiviz::{Execution, read_file};
use netsplit_exchange::{Export, export};
use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::{Session, catalogue, open};
use netsplit_sim::causality::past;
use netsplit_sim::trace::{EventRow, Fate, What};
use netsplit_sim::{EventId, NodeId, Trace};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// So many events of each run are written.
const EVENTS: u32 = 240;

/// For each protocol the beginning of a generated run.
fn runs() -> impl Iterator<Item = Box<dyn Session>> {
    catalogue::protocols().iter().enumerate().map(|(nth, about)| {
        let mut session = open(generate(&base(about), nth as u64)).expect("it can be played");
        while session.cursor().events < EVENTS {
            let room = EVENTS - session.cursor().events;
            if session.advance(session.scenario().until, room) == netsplit_scenario::Progress::Reached {
                break;
            }
        }
        session
    })
}

fn written(session: &mut dyn Session, format: Format) -> Export {
    let before = (session.cursor(), session.hash());
    let exported = export(session, format, 0..u32::MAX);
    assert_eq!((session.cursor(), session.hash()), before, "the cursor stays");
    exported
}

/// An event by its node and its number there.
type Place = (String, u32);

/// By event: what happened before it, itself included; the network apart, which nothing comes from.
fn pasts(trace: &Trace, place: &BTreeMap<EventId, Place>) -> BTreeMap<Place, BTreeSet<Place>> {
    let before = |id: EventId| past(trace, id).iter().filter_map(|id| place.get(&id).cloned()).collect();
    place.iter().map(|(id, name)| (name.clone(), before(*id))).collect()
}

fn places_of_run(session: &dyn Session) -> BTreeMap<EventId, Place> {
    let mut counts: BTreeMap<NodeId, u32> = BTreeMap::new();
    let somewhere = session.trace().events().filter(|(_, row)| row.node != EventRow::NOWHERE);
    let place = somewhere.map(|(id, row)| {
        let count = counts.entry(row.node).or_default();
        *count += 1;
        (id, (session.names()[row.node.index()].clone(), *count))
    });
    place.collect()
}

fn places_of_log(log: &Execution) -> BTreeMap<EventId, Place> {
    let events = (0..).map(EventId).zip(&log.events);
    let place = events.map(|(id, event)| (id, (log.hosts[event.host.index()].clone(), event.own)));
    place.filter(|(_, (host, _))| host != "network").collect()
}

#[test]
fn a_shiviz_log_imports_to_the_same_graph() {
    for mut session in runs() {
        let name = session.about().name;
        let text = written(&mut *session, Format::Shiviz).text;
        let all = read_file(&text, None, None).unwrap_or_else(|flaw| panic!("{name}: {flaw}"));
        let [log] = all.as_slice() else { panic!("{name}: {} executions", all.len()) };
        assert_eq!(log.events.len(), session.trace().len() as usize, "{name}");
        assert!(log.forgetful.is_empty(), "{name}");
        assert_eq!(log.fields, ["time", "host"]);
        let (ours, theirs) = (places_of_run(&*session), places_of_log(log));
        assert!(pasts(session.trace(), &ours) == pasts(&log.trace, &theirs), "{name}: another happens-before");
        // The trace's causes are a reduction of its order already, but for messages that tell nothing new.
        assert!(log.edges() <= session.trace().sent(), "{name}");
    }
}

#[test]
fn a_later_stretch_of_a_run_is_a_log_too() {
    let mut session = runs().next().expect("a protocol");
    let later = export(&mut *session, Format::Shiviz, 100..200);
    assert_eq!(later.events, 100..200);
    let log = read_file(&later.text, None, None).unwrap_or_else(|flaw| panic!("{flaw}"));
    assert_eq!(log[0].events.len(), 100);
}

#[test]
fn a_sequence_diagram_has_every_message_and_says_nothing_twice() {
    for mut session in runs() {
        let name = session.about().name;
        let Export { text, events } = written(&mut *session, Format::Mermaid);
        assert!(text.chars().count() < 50_000, "{name}");
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("sequenceDiagram"));
        assert!(lines.next().is_some_and(|line| line.starts_with("  title ")));
        let mut known = BTreeSet::new();
        let mut arrived = 0;
        for line in lines {
            assert!(
                !line.contains(';')
                    || line.split('#').skip(1).all(|code| code.starts_with(|c: char| c.is_ascii_digit()))
            );
            let line = line.trim_start();
            if let Some(participant) = line.strip_prefix("participant ") {
                assert!(known.insert(participant.split(' ').next().expect("an id").to_owned()), "{name}: {line}");
                continue;
            }
            let (head, words) = line.split_once(": ").unwrap_or_else(|| panic!("{name}: {line}"));
            assert!(!words.is_empty(), "{name}: {line}");
            let places: Vec<&str> = match head.strip_prefix("Note over ") {
                Some(places) => places.split(',').collect(),
                None => ["->>", "-x", "-)"]
                    .iter()
                    .find_map(|arrow| head.split_once(arrow))
                    .map(|(a, b)| vec![a, b])
                    .expect(head),
            };
            assert!(places.iter().all(|place| known.contains(*place)), "{name}: {line}");
            arrived += u32::from(head.contains("->>"));
        }
        let delivered = |id: &EventId| matches!(session.trace().event(*id).map(|row| row.what), Some(What::Deliver(_)));
        let expected = events.map(EventId).filter(delivered).count();
        assert_eq!(arrived as usize, expected, "{name}");
    }
}

/// Whether a value is one of the Informal Trace Format: no null, no fractions, no integer beyond 2^53 but as `#bigint`, and
/// no `#` names but the format's own.
fn is_itf(value: &Value) -> bool {
    let pairs = |items: &Value| {
        items.as_array().is_some_and(|all| all.iter().all(|pair| pair.as_array().is_some_and(|pair| pair.len() == 2)))
    };
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::String(_) => true,
        Value::Number(n) => n.as_i64().is_some_and(|n| n.unsigned_abs() < 1 << 53),
        Value::Array(items) => items.iter().all(is_itf),
        Value::Object(fields) => match fields.iter().next() {
            Some((name, inner)) if fields.len() == 1 && name.starts_with('#') => match name.as_str() {
                "#bigint" => inner.as_str().is_some_and(|n| n.parse::<i128>().is_ok()),
                "#tup" | "#set" => inner.is_array() && is_itf(inner),
                "#map" => pairs(inner) && is_itf(inner),
                _ => false,
            },
            _ => fields.iter().all(|(name, inner)| !name.starts_with('#') && is_itf(inner)),
        },
    }
}

#[test]
fn an_informal_trace_is_one_by_its_rules_and_its_states_are_those_of_the_run() {
    for mut session in runs() {
        let name = session.about().name;
        let Export { text, events } = written(&mut *session, Format::Itf);
        let file: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(file["#meta"]["format"], "ITF");
        let vars: BTreeSet<&str> = file["vars"].as_array().expect("vars").iter().filter_map(Value::as_str).collect();
        let states = file["states"].as_array().expect("states");
        assert_eq!(states.len(), events.len(), "{name}");
        for (index, state) in states.iter().enumerate() {
            let fields = state.as_object().expect("a state");
            assert_eq!(state["#meta"]["index"], index);
            assert!(
                fields.keys().map(String::as_str).filter(|name| *name != "#meta").eq(vars.iter().copied()),
                "{name}"
            );
            assert!(fields.iter().all(|(field, value)| field == "#meta" || is_itf(value)), "{name}: {state}");
        }
        // Only what an event can have changed is looked at again: it must come to the same.
        for event in (0..events.end).step_by(37) {
            let alone = export(&mut *session, Format::Itf, event..event + 1).text;
            let alone: Value = serde_json::from_str(&alone).expect("JSON");
            assert_eq!(alone["states"][0]["nodes"], states[event as usize]["nodes"], "{name} after #{event}");
        }
    }
}

#[test]
fn a_perfetto_trace_has_a_slice_for_each_event_and_an_arrow_for_each_message() {
    for mut session in runs() {
        let name = session.about().name;
        let text = written(&mut *session, Format::Perfetto).text;
        let file: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let all = file["traceEvents"].as_array().expect("events");
        let of = |phase: &str| all.iter().filter(|entry| entry["ph"] == phase).collect::<Vec<_>>();
        let trace = session.trace();
        let somewhere = trace.events().filter(|(_, row)| row.node != EventRow::NOWHERE).count();
        assert_eq!(of("X").len(), somewhere, "{name}");
        let mut ends: BTreeMap<u64, f64> = BTreeMap::new();
        for slice in of("X") {
            let (ts, dur) = (slice["ts"].as_f64().expect("ts"), slice["dur"].as_f64().expect("dur"));
            let row =
                trace.event(EventId(slice["args"]["event"].as_u64().expect("event") as u32)).expect("it happened");
            assert!((ts * 1e3 - row.at.0 as f64).abs() < 0.5, "{name}");
            let end = ends.entry(slice["tid"].as_u64().expect("tid")).or_insert(0.0);
            assert!(ts >= *end - 1e-6, "{name}: slices overlap at {slice}");
            *end = ts + dur;
        }
        let arrived = trace
            .messages_in(0..trace.sent())
            .filter(|(_, row)| matches!(row.fate, Fate::Delivered(id) if id.0 < trace.len()));
        let arrived: BTreeSet<u64> = arrived.map(|(id, _)| u64::from(id.0)).collect();
        for phase in ["s", "f"] {
            let ids: BTreeSet<u64> = of(phase).iter().filter_map(|flow| flow["id"].as_u64()).collect();
            assert_eq!(ids, arrived, "{name}: {phase}");
        }
        assert_eq!(of("b").len(), of("e").len(), "{name}");
    }
}

/// Checks that tags are closed in order, and that nothing is fetched or run.
fn well_formed(xml: &str) -> Result<usize, String> {
    let (mut open, mut elements) = (Vec::new(), 0);
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').ok_or("a tag without its end")?;
        let loose = |text: &str| {
            text.split('&')
                .skip(1)
                .any(|entity| !["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)))
        };
        if loose(text) || loose(tag) {
            return Err(format!("a loose & in {piece}"));
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        match tag.strip_prefix('/') {
            Some(closed) if open.pop() == Some(closed) => {}
            Some(closed) => return Err(format!("</{closed}> closes nothing")),
            None if tag.ends_with('/') => elements += 1,
            None => {
                elements += 1;
                open.push(name);
            }
        }
        if ["script", "image", "use", "a"].contains(&name) || tag.matches('"').count() % 2 == 1 {
            return Err(format!("<{tag}>"));
        }
    }
    if open.is_empty() { Ok(elements) } else { Err(format!("{open:?} stay open")) }
}

#[test]
fn a_picture_is_well_formed_and_shows_every_event() {
    for mut session in runs() {
        let name = session.about().name;
        let text = written(&mut *session, Format::Svg).text;
        let elements = well_formed(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(elements > session.trace().len() as usize, "{name}");
        let shown = text.matches("<g><title>#").count();
        assert_eq!(shown, session.trace().len() as usize, "{name}");
        assert_eq!(text.matches("http").count(), 1, "{name}: only the name of the format");
    }
}

#[test]
fn json_lines_hold_the_whole_trace() {
    for mut session in runs() {
        let name = session.about().name;
        let text = written(&mut *session, Format::Jsonl).text;
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let trace = session.trace();
        assert_eq!(lines.len(), trace.len() as usize + 2, "{name}");
        assert_eq!(lines[0]["nodes"].as_array().map(Vec::len), Some(session.names().len()));
        let mut sent = 0;
        for ((id, row), line) in trace.events().zip(&lines[1..]) {
            assert_eq!(line["event"], id.0, "{name}");
            assert_eq!(
                (line["time"].as_u64(), line["lamport"].as_u64()),
                (Some(row.at.0), Some(u64::from(row.lamport)))
            );
            assert_eq!(line["cause"].as_u64(), row.cause.some().map(|id| u64::from(id.0)), "{name}");
            assert_eq!(
                line["node"].as_str(),
                row.somewhere().map(|node| session.names()[node.index()].as_str()),
                "{name}"
            );
            sent += line["sent"].as_array().map_or(0, Vec::len);
        }
        assert_eq!(sent, trace.sent() as usize, "{name}");
    }
}

#[test]
fn what_is_too_long_for_a_format_is_cut_and_says_so() {
    let about = catalogue::protocols()[0];
    let mut session = open(generate(&base(about), 1)).expect("it can be played");
    session.advance(netsplit_sim::Time::NEVER, 4_000);
    for format in [Format::Mermaid, Format::Svg] {
        let cut = export(&mut *session, format, 10..u32::MAX);
        assert!(
            cut.events.start == 10 && cut.events.len() <= format.most_events() as usize,
            "{format:?}: {:?}",
            cut.events
        );
        let rest = export(&mut *session, format, cut.events.end..u32::MAX);
        assert_eq!(rest.events.start, cut.events.end, "{format:?}");
        assert!(rest.events.end > rest.events.start, "{format:?}");
    }
    let nothing = export(&mut *session, Format::Svg, 9_000_000..9_000_001);
    assert!(nothing.events.is_empty() && well_formed(&nothing.text).is_ok());
}
