//! Sweeps: every bug is caught by the invariant that it breaks, correct protocols survive, and what a seed stands for
//! never changes between two calls.
//!
//! `NETSPLIT_SEEDS=20000` runs that many seeds without a bug, `NETSPLIT_FIRST_SEED` says from which on. Bugs are looked for
//! from seed 0 on, as docs/bugs.md has it: some show in one seed of a thousand.

use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{Link, decode, encode};
use netsplit_scenario::sweep::{Failure, Sweep, Tried, base, generate, link, random_scenario, try_seed};
use netsplit_scenario::{Scenario, Verdict, catalogue, check, file, open, open_link};
use netsplit_sim::{Condition, Intervention};
use std::ops::Range;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn sweep(base: Scenario, seeds: Range<u64>) -> Sweep {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Sweep { base, seeds, as_written: false, threads, stop_at_first: true }
}

/// Within how many seeds a bug must be found.
fn bound(protocol: &str) -> u64 {
    if ["raft", "ping"].contains(&protocol) { 2_000 } else { 5_000 }
}

/// The first seed that breaks an invariant before any other.
fn first_find(base: &Scenario, invariant: &str, seeds: u64) -> Option<Failure> {
    let mut sweep = sweep(base.clone(), 0..seeds);
    let end = sweep.seeds.end;
    while !sweep.seeds.is_empty() {
        let failures = sweep.run(|_| true).unwrap().failures;
        if let Some(found) = failures.iter().find(|failure| failure.invariant == invariant) {
            return Some(found.clone());
        }
        sweep.seeds = failures.last().map_or(end, |failure| failure.seed + 1)..end;
    }
    None
}

const WRITES_PAGE: &str = "cargo xtask bench bugs writes docs/bugs.md";

/// The rows of docs/bugs.md, cell by cell.
fn page_of_bugs() -> Vec<Vec<&'static str>> {
    let page = include_str!("../../../docs/bugs.md");
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// The first seed that finds a bug, as docs/bugs.md has it.
fn first_on_the_page(protocol: &str, bug: &str) -> Option<u64> {
    let row = page_of_bugs().into_iter().find(|row| row[..2] == [protocol, bug])?;
    row.last()?.parse().ok()
}

#[test]
fn every_bug_is_caught_by_the_invariant_it_breaks_and_its_link_opens_there() {
    for about in catalogue::protocols() {
        for bug in about.bugs {
            let base = Scenario { bugs: vec![bug.name.to_owned()], ..base(about) };
            let Some(found) = first_find(&base, bug.breaks, bound(about.name)) else {
                panic!("{}: {} was not caught by {}", about.name, bug.name, bug.breaks);
            };
            let text = link(&base, found.seed, false).unwrap();
            let planned = generate(&base, found.seed).timeline.len();
            let opened = open_link(&decode(&text).unwrap()).unwrap();
            let left = opened.session.scenario().timeline.len();
            let (seed, length) = (found.seed, text.len());
            assert_eq!(first_on_the_page(about.name, bug.name), Some(seed), "{WRITES_PAGE}: {}", bug.name);
            println!("{}: {}: seed {seed}, link of {length}, {left} of {planned} faults", about.name, bug.name);
            assert_eq!(opened.verdict, Verdict::Verified, "{}: {}", about.name, bug.name);
            assert_eq!(opened.session.violations()[0].invariant, bug.breaks);
            assert!(left < planned / 2 || planned < 10, "{}: {} takes {left} of {planned}", about.name, bug.name);
        }
    }
}

#[test]
fn without_a_bug_nothing_is_found() {
    let (first, seeds) = (number("NETSPLIT_FIRST_SEED", 0), number("NETSPLIT_SEEDS", 400));
    for about in catalogue::protocols() {
        let report = sweep(base(about), first..first + seeds).run(|_| true).unwrap();
        println!("{}: {} seeds, {} events", about.name, report.done.seeds, report.events);
        assert_eq!(report.failures, [], "{}", about.name);
        assert_eq!(report.done.seeds, seeds);
    }
}

#[test]
fn a_seed_stands_for_one_run() {
    for about in catalogue::protocols() {
        let base = Scenario::new(about.name);
        for seed in 0..20 {
            assert_eq!(generate(&base, seed), generate(&base, seed));
            let play = |()| {
                let mut session = open(generate(&base, seed)).unwrap();
                session.advance(session.scenario().until, u32::MAX);
                session
            };
            let [a, b] = [(); 2].map(play);
            assert_eq!(a.cursor(), try_seed(&base, seed, false).unwrap().session.cursor(), "without the hash as well");
            assert_eq!((a.hash(), a.cursor()), (b.hash(), b.cursor()));
        }
    }
}

#[test]
fn what_is_generated_is_possible_and_fits_a_file() {
    for seed in 0..200 {
        let scenario = random_scenario(seed);
        check::check(&scenario).unwrap_or_else(|flaw| panic!("seed {seed}: {flaw}"));
        assert_eq!(file::parse(&file::print(&scenario)).as_ref(), Ok(&scenario), "seed {seed}");
        open(scenario).unwrap_or_else(|unplayable| panic!("seed {seed}: {unplayable}"));
    }
}

#[test]
fn every_storm_ends_whole_and_stays_quiet_for_as_long_as_promises_take() {
    for about in catalogue::protocols() {
        for seed in 0..20 {
            let scenario = generate(&base(about), seed);
            let asks = |planned: &&netsplit_sim::Planned<_>| matches!(planned.what, Intervention::Invoke(..));
            let faults = scenario.timeline.iter().filter(|planned| !asks(planned)).map(|planned| planned.when.at);
            let last = faults.chain(scenario.workload.iter().map(|workload| workload.until)).max().unwrap();
            assert!(scenario.until.since(last) >= about.settles, "{} seed {seed}", about.name);
            let Tried { session, failure } = try_seed(&base(about), seed, false).unwrap();
            assert_eq!(failure, None, "{} seed {seed}", about.name);
            assert!(session.nodes().iter().all(|node| node.condition == Condition::Up), "{} seed {seed}", about.name);
            let network = session.network();
            assert!(network.cut.is_empty() && network.sides.is_empty(), "{} seed {seed}", about.name);
        }
    }
}

#[test]
fn the_page_of_bugs_lists_those_of_the_catalogue() {
    let listed: Vec<Vec<&str>> = page_of_bugs().iter().map(|row| row[..3].to_vec()).collect();
    let bugs = catalogue::protocols().iter().flat_map(|about| about.bugs.iter().map(|bug| (about.name, bug)));
    let known: Vec<Vec<&str>> = bugs.map(|(protocol, bug)| vec![protocol, bug.name, bug.breaks]).collect();
    assert_eq!(listed, known, "{WRITES_PAGE}");
}

#[test]
fn every_generated_run_fits_a_link_and_opens() {
    for about in catalogue::protocols() {
        for seed in 0..number("NETSPLIT_SEEDS", 200) {
            let scenario = generate(&base(about), seed);
            let begin = netsplit_scenario::Cursor::default();
            let (interventions, view) = (Vec::new(), Default::default());
            let link = Link { scenario, interventions, cursor: begin, hash: 0, view, branches: Branches::default() };
            let back = decode(&encode(&link)).unwrap_or_else(|error| panic!("{} seed {seed}: {error}", about.name));
            check::check_link(&back).unwrap_or_else(|flaw| panic!("{} seed {seed}: {flaw}", about.name));
            assert_eq!(back, link, "{} seed {seed}", about.name);
        }
    }
}

#[test]
fn a_sweep_can_be_stopped() {
    let mut sweep = Sweep { stop_at_first: false, ..sweep(Scenario::new("ping"), 0..1_000_000) };
    for threads in [1, 4] {
        sweep.threads = threads;
        let report = sweep.run(|done| done.seeds < 10).unwrap();
        assert!((10..10 + 2 * threads as u64).contains(&report.done.seeds), "{}", report.done.seeds);
    }
}
