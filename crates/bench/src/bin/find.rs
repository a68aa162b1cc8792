//! Finding in a run of 100,000 events: conditions going forward and back, patterns of messages, and what break points cost
//! while a run is played.

use netsplit_bench::{Row, table};
use netsplit_scenario::find::{Lexicon, Pattern, Pursued, Pursuit, Query, Watch, Way, matches, pattern};
use netsplit_scenario::{Session, gallery, open};
use netsplit_sim::Time;
use std::time::Instant;

const EVENTS: u32 = 100_000;
const RUNS: usize = 3;

fn main() {
    let mut session = open(gallery::find("raft/calm").expect("the gallery has it")).expect("it plays");
    while session.cursor().events < EVENTS {
        session.advance(Time::NEVER, EVENTS - session.cursor().events);
    }
    let lexicon = Lexicon::of(&*session);
    let read = |text: &str, session: &dyn Session| Query::read(text, &lexicon.names(session)).expect("it can be read");
    let mut rows = Vec::new();
    for pattern in Pattern::ALL {
        let mut found = 0;
        let time = median(|| found = pattern::find(session.trace(), pattern, None).len());
        rows.push(Row::new(pattern.name(), time, format!("{found} found")));
    }
    table("patterns in 100,000 events, one core, milliseconds", &rows);

    let mut rows = Vec::new();
    for text in ["any node.role == leader", "any node.role == leader and len(log) > 100000", "event timer election", "lamport > 1000000"] {
        let query = read(text, &*session);
        let mut found = 0;
        let time = median(|| found = matches(&query, &*session).len());
        rows.push(Row::new(format!("all: {text}"), time, format!("{found} found")));
        let time = median(|| {
            session.seek(EVENTS);
            let mut pursuit = Pursuit::new(query.clone(), Way::Back, &*session);
            while pursuit.go_on(&mut *session, 256) == Pursued::Underway {}
        });
        rows.push(Row::new(format!("back: {text}"), time, ""));
    }
    table("conditions on 100,000 events, one core, milliseconds", &rows);

    let mut rows = Vec::new();
    for text in [None, Some("any node.role == candidate and term > 1000"), Some("any node.currentTerm > 1000")] {
        let time = median(|| play(session.scenario().clone(), text.map(|text| read(text, &*session))));
        rows.push(Row::new(text.unwrap_or("no break point"), time, ""));
    }
    table("playing 20,000 events with a break point, one core, milliseconds", &rows);
}

/// Plays event by event, as the page does when there are break points.
fn play(scenario: netsplit_scenario::Scenario, query: Option<Query>) {
    let mut session = open(scenario).expect("it has been played");
    let mut watch = query.map(Watch::new);
    while session.cursor().events < EVENTS / 5 {
        session.advance(Time::NEVER, 1);
        if let Some(watch) = &mut watch {
            watch.after(&*session.sight());
        }
    }
}

/// The median of how long something takes.
fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}
