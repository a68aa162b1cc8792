//! Native = wasm: the runs whose hashes must agree on every machine. `expected.txt` holds them; the native test writes
//! it when asked to (NETSPLIT_BLESS=1), and native, Node and Chromium must all come to it.

use netsplit_scenario::sweep::random_scenario;
use netsplit_scenario::{Scenario, gallery, open};

/// How many generated scenarios are played beside the gallery.
const GENERATED: u64 = 200;
/// How long each run is at most. The hash after the last event covers the state after every event before it.
const EVENTS: u32 = 3_000;

/// One line per run: its name, how many events it had, and its hash after each quarter of them and at the end.
pub fn hashes() -> Vec<String> {
    let written = gallery::entries().map(|entry| (entry.full_name(), entry.scenario().expect("the gallery is tested")));
    let drawn = (0..GENERATED).map(|seed| (format!("generated {seed}"), random_scenario(seed)));
    written.chain(drawn).map(|(name, scenario)| line(&name, scenario)).collect()
}

fn line(name: &str, scenario: Scenario) -> String {
    let until = scenario.until;
    let mut session = open(scenario).unwrap_or_else(|error| panic!("{name}: {error}"));
    while session.cursor().events < EVENTS && session.cursor().time < until {
        let before = session.cursor();
        session.advance(until, EVENTS - before.events);
        if session.cursor() == before {
            break;
        }
    }
    let events = session.cursor().events;
    let quarters: Vec<String> = (1..=4)
        .map(|quarter| {
            session.seek(u32::try_from(u64::from(events) * quarter / 4).expect("no more than all"));
            format!("{:016x}", session.hash())
        })
        .collect();
    format!("{name}: {events} events, {}", quarters.join(" "))
}

/// Compares with what every machine must come to; the first run that differs is named.
pub fn compare(found: &[String]) {
    let expected: Vec<&str> = include_str!("expected.txt").lines().collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "this machine plays another run; if that is meant, bless tests/parity natively");
    }
    assert_eq!(found.len(), expected.len(), "the number of runs");
}
