//! Who wrote a field and what that needed, against the definitions, in generated runs of every protocol.

use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::why::{Asked, Chain, Field, Needs, Reason, Search, Shape, Step, Write};
use netsplit_scenario::{Expectation, Progress, Session, catalogue, gallery, open};
use netsplit_sim::causality::past;
use netsplit_sim::{EventId, NodeId};
use serde_json::Value;

/// For each protocol the beginning of a generated run.
fn runs(events: u32) -> impl Iterator<Item = Box<dyn Session>> {
    catalogue::protocols().iter().enumerate().map(move |(nth, about)| {
        let mut session = open(generate(&base(about), nth as u64)).expect("it can be played");
        session.advance(session.scenario().until, events);
        session
    })
}

#[test]
fn all_events_of_a_run_make_the_same_run() {
    for session in runs(1_500) {
        let (trace, name) = (session.trace(), session.about().name);
        let all: Vec<EventId> = (0..trace.len()).map(EventId).collect();
        let again = session.excerpts(trace.len()).expect("it is no log").play(&all);
        assert_eq!(
            again.came.len(),
            all.len(),
            "{name}: {:?} did not happen",
            all.iter().find(|id| again.came.get(id.index()) != Some(id))
        );
        for id in all {
            let (one, other) = (trace.event(id).unwrap(), again.trace.event(id).unwrap());
            assert_eq!(
                (one.at, one.node, one.cause, one.lamport),
                (other.at, other.node, other.cause, other.lamport),
                "{name} {id}"
            );
            let names = |trace: &netsplit_sim::Trace| {
                trace.sent_by(id).map(|(_, mail)| (mail.name, mail.tag)).collect::<Vec<_>>()
            };
            assert_eq!(names(trace), names(&again.trace), "{name} {id}");
            assert!(trace.lines_of(id).eq(again.trace.lines_of(id)), "{name} {id}");
        }
    }
}

/// What an event changed.
fn changes(session: &dyn Session, event: EventId) -> Vec<netsplit_scenario::why::Change> {
    session.passages(&[event], true).pop().map_or_else(Vec::new, |passage| passage.changes)
}

/// Every field of a tree.
fn fields(field: &Field, tree: &Value, found: &mut Vec<Field>) {
    found.push(field.clone());
    match tree {
        Value::Object(parts) => {
            parts.iter().for_each(|(name, part)| fields(&field.part(Step::Key(name.clone())), part, found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| fields(&field.part(Step::Item(at)), item, found))
        }
        _ => {}
    }
}

fn at(tree: &Value, field: &Field) -> Shape {
    let there = field.path.iter().try_fold(tree, |tree, step| match step {
        Step::Key(name) => tree.get(name),
        Step::Item(at) => tree.get(at),
    });
    there.map_or(Shape::Absent, Shape::of)
}

#[test]
fn the_last_writer_is_the_one_that_a_look_at_every_state_finds() {
    for mut session in runs(300) {
        let name = session.about().name;
        let node = NodeId((session.names().len() / 2) as u16);
        let events = session.trace().len();
        // The node's state after every event of the run; before its first it has none.
        let mut states = vec![None];
        for count in 1..=events {
            session.seek(count);
            let started = count > u32::from(node.0);
            states.push(started.then(|| session.state(node).expect("there is such a node")));
        }
        let Some(last) = states.last().cloned().flatten() else { continue };
        let mut all = Vec::new();
        fields(&Field { durable: true, path: Vec::new() }, &last.durable, &mut all);
        if let Some(volatile) = &last.volatile {
            fields(&Field { durable: false, path: Vec::new() }, volatile, &mut all);
        }
        for field in all.iter().step_by(1 + all.len() / 40) {
            let shape = |state: &Option<netsplit_scenario::StateNow>| match state {
                None => Shape::Absent,
                Some(state) if field.durable => at(&state.durable, field),
                Some(state) => state.volatile.as_ref().map_or(Shape::Absent, |tree| at(tree, field)),
            };
            let slow = (1..states.len()).rev().find(|count| shape(&states[*count]) != shape(&states[count - 1]));
            let slow = slow.map(|count| Write {
                event: EventId(count as u32 - 1),
                was: shape(&states[count - 1]),
                is: shape(&states[count]),
            });
            let fast = Search::new(node, field.clone(), events).run(&*session);
            assert_eq!(fast, slow, "{name}: {field}");
        }
    }
}

#[test]
fn chains_lead_back_through_the_causal_past_and_to_an_end() {
    for session in runs(600) {
        let (trace, name) = (session.trace(), session.about().name);
        let last = EventId(trace.len() - 1);
        let node = trace.event(last).unwrap().node;
        for change in changes(&*session, last) {
            let write = Search::new(node, change.field.clone(), trace.len()).run(&*session).expect("it was changed");
            assert_eq!(
                (write.event, &write.was, &write.is),
                (last, &change.was, &change.is),
                "{name}: {}",
                change.field
            );
            let mut chain = Chain::of(node, change.field, write);
            let all = past(trace, last);
            let mut steps = 0;
            while chain.goes_on(trace) {
                chain.further(&*session);
                steps += 1;
                assert!(steps <= 2 * trace.len(), "{name}: it does not end");
            }
            assert!(chain.links.iter().all(|link| all.contains(link.event)), "{name}: {chain:?}");
            assert!(chain.links.windows(2).all(|pair| pair[0].event < pair[1].event));
            assert!(matches!(chain.links.last().unwrap().reason, Reason::Wrote { .. }));
        }
    }
}

/// Asserts that a set of events brings about what was asked, by itself, and that none can be left out.
fn is_needed(session: &dyn Session, asked: &Asked, events: &[EventId], name: &str) {
    let holds = |keep: &[EventId]| Needs::new(session, asked.clone()).expect("it is in the run").suffices(keep);
    assert!(holds(events), "{name}: {asked:?} does not come of {events:?}");
    for leave_out in events {
        let rest: Vec<EventId> = events.iter().copied().filter(|event| event != leave_out).collect();
        assert!(!holds(&rest), "{name}: {asked:?} does not need {leave_out} of {events:?}");
    }
}

#[test]
fn what_a_write_needed_brings_it_about_and_nothing_can_be_left_out() {
    let mut asked_of = 0;
    for session in runs(400) {
        let (trace, name) = (session.trace(), session.about().name);
        for event in [trace.len() / 3, trace.len() - 1].map(EventId) {
            let node = trace.event(event).unwrap().node;
            let all = past(trace, event);
            for change in changes(&*session, event).into_iter().take(2) {
                let asked = Asked::Write { node, field: change.field, event, is: change.is };
                let answer = Needs::new(&*session, asked.clone()).unwrap().run();
                let answer = answer.unwrap_or_else(|why| panic!("{name}: {asked:?}: {why:?}"));
                assert!(answer.minimal, "{name}: {asked:?}");
                assert!(answer.events.iter().all(|event| all.contains(*event)), "{name}: {asked:?} {answer:?}");
                is_needed(&*session, &asked, &answer.events, name);
                asked_of += 1;
            }
        }
    }
    assert!(asked_of > 30, "only {asked_of} writes");
}

#[test]
fn a_violation_needed_little_of_what_had_happened() {
    let (mut table, mut small, mut all) = (String::new(), 0, 0);
    for entry in gallery::entries() {
        let scenario = gallery::find(&entry.full_name()).expect("it is in the gallery");
        if !scenario.expect.iter().any(|it| matches!(it, Expectation::Violated(_))) {
            continue;
        }
        let mut session = open(scenario).expect("it can be played");
        while session.advance(session.scenario().until, u32::MAX) == Progress::Violated {}
        for violation in session.violations() {
            let asked = Asked::of(violation);
            let name = format!("{} {}", entry.full_name(), violation.invariant);
            let needs = Needs::new(&*session, asked.clone()).unwrap();
            match needs.run() {
                Ok(answer) => {
                    table += &format!(
                        "{name}: {} of {} events, of which {} in the past, minimal {}\n",
                        answer.events.len(),
                        answer.of,
                        answer.past,
                        answer.minimal
                    );
                    is_needed(&*session, &asked, &answer.events, &name);
                    small += u32::from(answer.events.len() <= 25);
                }
                Err(why) => table += &format!("{name}: {why:?} of {} events\n", violation.event.0 + 1),
            }
            all += 1;
        }
    }
    println!("{table}{small} of {all}");
    assert!(all > 10 && small * 2 > all, "{table}");
}
