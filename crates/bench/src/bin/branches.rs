//! What branches of a long run cost: the memory that they take, and the time to begin one, to go from one to another, and to
//! compare the two.

use netsplit_bench::{Row, table};
use netsplit_scenario::branches::Branches;
use netsplit_scenario::compare::Comparison;
use netsplit_scenario::{Session, gallery, open};
use netsplit_sim::{Intervention, NodeId, Target, Time};
use std::time::Instant;

const EVENTS: u32 = 100_000;
const BRANCHES: u32 = 100;
/// Long enough.
const END: Time = Time(1_200_000_000_000);

fn main() {
    let mut scenario = gallery::find("raft-kv/calm").expect("it is in the gallery");
    for workload in &mut scenario.workload {
        workload.until = END;
    }
    scenario.until = END;
    let mut session = open(scenario).expect("it can be played");
    let before = resident();
    play(&mut *session);
    let alone = resident();
    let mut branches = Branches::default();
    let (mut begun, mut switched, mut compared) = (Vec::new(), Vec::new(), Vec::new());
    for nth in 1..=BRANCHES {
        let start = Instant::now();
        session.seek(nth * (EVENTS / (BRANCHES + 1)));
        assert!(branches.before_intervening(&*session));
        // Somebody loses patience: the leader is another one from then on, and all goes on otherwise.
        session.intervene(Intervention::Fire(Target::Node(NodeId((nth % 3) as u16)), None)).expect("it is up");
        begun.push(millis(start));
        play(&mut *session);
        let start = Instant::now();
        let other = branches.switch(nth / 2, &*session).expect("it can be played");
        switched.push(millis(start));
        let start = Instant::now();
        let comparison = Comparison::of(&*other, &*session);
        compared.push(millis(start));
        assert!(comparison.parting().is_some(), "something was done in one of them");
        session = other;
    }
    assert_eq!(branches.all().len(), 1 + BRANCHES as usize);
    let all = resident();
    table(
        &format!("{BRANCHES} branches of a run of {EVENTS} events, one core"),
        &[
            Row::new("resident with all of them, MiB", all - before, "(asked: under 400)"),
            Row::new("resident with the run alone, MiB", alone - before, ""),
            spread("beginning a branch, ms", &mut begun),
            spread("going to another branch, ms", &mut switched),
            spread("comparing it with the one that was left, ms", &mut compared),
        ],
    );
}

/// Plays until there are so many events.
fn play(session: &mut dyn Session) {
    while session.trace().len() < EVENTS {
        let (left, events) = (EVENTS - session.trace().len(), session.trace().len());
        session.seek(events);
        session.advance(Time::NEVER, left);
    }
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// The median, with the least and the most beside it.
fn spread(name: &str, times: &mut [f64]) -> Row {
    times.sort_by(f64::total_cmp);
    let remark = format!("from {:.2} to {:.2}", times[0], times[times.len() - 1]);
    Row::new(name, times[times.len() / 2], remark)
}

/// The memory that this process holds, in MiB, as Linux tells it.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}
