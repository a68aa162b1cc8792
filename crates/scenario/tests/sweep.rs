//! Sweeps: every bug is caught by the invariant that it breaks, correct protocols survive, and what a seed stands for
//! never changes between two calls.
//!
//! `NETSPLIT_SEEDS=20000` runs that many seeds without a bug; `NETSPLIT_FIRST_SEED` moves all ranges.

use netsplit_scenario::link::{Link, decode, encode};
use netsplit_scenario::sweep::{Sweep, generate, link, random_scenario, try_seed};
use netsplit_scenario::{Scenario, Verdict, catalogue, check, file, gallery, open, open_link};

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// What sweeps start from: the protocol's calm run, or its defaults if it has none.
fn base(protocol: &str) -> Scenario {
    gallery::find(&format!("{protocol}/calm")).unwrap_or_else(|| Scenario::new(protocol))
}

fn sweep(base: Scenario, seeds: u64, stop_at_first: bool) -> Sweep {
    let first = number("NETSPLIT_FIRST_SEED", 0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Sweep { base, seeds: first..first + seeds, as_written: false, threads, stop_at_first }
}

#[test]
fn every_bug_is_caught_by_the_invariant_it_breaks_within_5000_seeds() {
    for about in catalogue::protocols() {
        for bug in about.bugs {
            let base = Scenario { bugs: vec![bug.name.to_owned()], ..base(about.name) };
            let found = |report: &netsplit_scenario::sweep::Report| {
                report.failures.iter().any(|failure| failure.invariant == bug.breaks)
            };
            let mut sweep = sweep(base, 5_000, true);
            let (mut tried, end) = (0, sweep.seeds.end);
            // The first failure need not be the one that the bug is known for: then on to the next.
            let caught = loop {
                let report = sweep.run(|_| true).unwrap();
                tried += report.done.seeds;
                if found(&report) {
                    break true;
                }
                match report.failures.last() {
                    Some(failure) if failure.seed + 1 < end => sweep.seeds.start = failure.seed + 1,
                    _ => break false,
                }
            };
            println!("{}: {} caught after {tried} seeds", about.name, bug.name);
            assert!(caught, "{}: {} was not caught by {}", about.name, bug.name, bug.breaks);
        }
    }
}

#[test]
fn without_a_bug_nothing_is_found() {
    let seeds = number("NETSPLIT_SEEDS", 1_000);
    for about in catalogue::protocols() {
        let report = sweep(base(about.name), seeds, true).run(|_| true).unwrap();
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
            let [a, b] = [(); 2].map(|()| try_seed(&base, seed, false).unwrap().session);
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
fn the_link_to_a_failure_opens_at_the_violation() {
    let about = catalogue::protocols()[0];
    let bug = about.bugs.last().unwrap();
    let base = Scenario { bugs: vec![bug.name.to_owned()], ..Scenario::new(about.name) };
    let report = sweep(base.clone(), 500, true).run(|_| true).unwrap();
    let failure = report.failures.first().unwrap();
    let link = netsplit_scenario::link::decode(&link(&base, failure.seed, false).unwrap()).unwrap();
    let opened = open_link(&link).unwrap();
    assert_eq!(opened.verdict, Verdict::Verified);
    let violation = &opened.session.violations()[0];
    assert_eq!((violation.invariant, violation.event.0), (failure.invariant, failure.event));
}

#[test]
fn every_generated_run_fits_a_link_and_opens() {
    for about in catalogue::protocols() {
        for seed in 0..number("NETSPLIT_SEEDS", 1_000) {
            let scenario = generate(&base(about.name), seed);
            let begin = netsplit_scenario::Cursor::default();
            let (interventions, view) = (Vec::new(), Default::default());
            let link = Link { scenario, interventions, cursor: begin, hash: 0, view };
            let back = decode(&encode(&link)).unwrap_or_else(|error| panic!("{} seed {seed}: {error}", about.name));
            check::check_link(&back).unwrap_or_else(|flaw| panic!("{} seed {seed}: {flaw}", about.name));
            assert_eq!(back, link, "{} seed {seed}", about.name);
        }
    }
}

#[test]
fn a_sweep_can_be_stopped() {
    let mut sweep = sweep(Scenario::new("ping"), 1_000_000, false);
    for threads in [1, 4] {
        sweep.threads = threads;
        let report = sweep.run(|done| done.seeds < 10).unwrap();
        assert!((10..10 + 2 * threads as u64).contains(&report.done.seeds), "{}", report.done.seeds);
    }
}
