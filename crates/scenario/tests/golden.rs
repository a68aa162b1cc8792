//! Golden transcripts: for every scenario of the gallery a file with the scenario, a line of dashes, and the whole run.
//! `NETSPLIT_BLESS=1 cargo test -p netsplit-scenario --test golden` writes them anew, to be read as a diff.

use netsplit_scenario::{Progress, gallery, open, transcript};
use netsplit_sim::{Span, Time};
use std::path::PathBuf;

const DASHES: &str = "\n--------------------------------------------------------------------------------\n";

/// Runs that go on for long are told up to here.
const LONGEST: Time = Time(2_000_000_000);
const SHORTENED: &[(&str, Time)] = &[("raft/calm", Time(900_000_000))];

#[test]
fn runs_are_told_as_before() {
    let bless = std::env::var_os("NETSPLIT_BLESS").is_some();
    let mut changed = Vec::new();
    for entry in gallery::entries() {
        let name = entry.full_name();
        let path = golden(&name);
        let now = format!("{}{DASHES}{}", entry.text.trim_end(), told(&name));
        let before = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if now == before {
            continue;
        }
        if bless {
            std::fs::write(&path, now).expect("the folder of golden files can be written to");
        } else {
            changed.push(format!("{name}: {}", difference(&before, &now)));
        }
    }
    assert!(changed.is_empty(), "NETSPLIT_BLESS=1 writes these anew:\n{}", changed.join("\n"));
}

fn told(name: &str) -> String {
    let mut session = open(gallery::find(name).unwrap()).unwrap();
    let shortened = SHORTENED.iter().find(|(shortened, _)| *shortened == name);
    let until = shortened.map_or(session.scenario().until.min(LONGEST), |(_, until)| *until);
    while session.advance(until, u32::MAX) == Progress::Violated {}
    transcript::text(&mut *session)
}

fn golden(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(name.replace('/', "-")).with_extension("txt")
}

fn difference(before: &str, now: &str) -> String {
    let lines = before.lines().zip(now.lines()).enumerate();
    let first = lines.into_iter().find(|(_, (before, now))| before != now);
    match first {
        Some((line, (before, now))) => format!("line {}\n  before: {before}\n  now:    {now}", line + 1),
        None => format!("{} lines before, {} now", before.lines().count(), now.lines().count()),
    }
}

#[test]
fn every_golden_file_has_its_scenario() {
    let known: Vec<_> = gallery::entries().map(|entry| golden(&entry.full_name())).collect();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        assert!(known.contains(&path), "{} belongs to no scenario", path.display());
    }
}

#[test]
fn telling_a_run_leaves_it_as_it_was() {
    let mut session = open(gallery::find("raft/leader-crash").unwrap()).unwrap();
    session.advance(Time::ZERO + Span::millis(900), u32::MAX);
    let (cursor, hash) = (session.cursor(), session.hash());
    transcript::text(&mut *session);
    assert_eq!((session.cursor(), session.hash()), (cursor, hash));
}
