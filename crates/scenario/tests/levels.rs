//! Which consistency stores really give: what they promise holds under every fault, and what they do not promise is found
//! broken.

use netsplit_check::verdict::{Level, Verdict};
use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::verdicts::judge;
use netsplit_scenario::{JUDGED_WITHIN, Scenario, catalogue, file, gallery, open};
use std::collections::BTreeMap;

/// How many seeds are played for what must never happen.
const SEEDS: u64 = 100;
/// Within so many seeds a run is found that shows what is not promised.
const MOST_SEEDS: u64 = 1_000;

/// How often a level held, and how often it did not, over runs with faults drawn for each seed.
#[derive(Default, Debug)]
struct Count {
    held: u64,
    failed: u64,
    unknown: u64,
}

/// What the clients of a generated run saw, by each model.
fn play(base: &Scenario, seed: u64, mut say: impl FnMut(Level, Verdict)) {
    let mut session = open(generate(base, seed)).unwrap();
    session.advance(session.scenario().until, u32::MAX);
    judge(session.about(), &session.history(), JUDGED_WITHIN, |judged| say(judged.level, judged.verdict));
}

fn sweep(base: &Scenario) -> BTreeMap<Level, Count> {
    let mut counts: BTreeMap<Level, Count> = BTreeMap::new();
    for seed in 0..SEEDS {
        play(base, seed, |level, verdict| {
            let count = counts.entry(level).or_default();
            match verdict {
                Verdict::Holds { .. } => count.held += 1,
                Verdict::Fails(_) => count.failed += 1,
                Verdict::Unknown(_) => count.unknown += 1,
            }
        });
    }
    counts
}

fn of(name: &str) -> Scenario {
    base(catalogue::about(name).unwrap())
}

fn with(protocol: &str, config: &str) -> Scenario {
    file::parse(&format!("protocol = \"{protocol}\"\n[config]\n{config}")).unwrap()
}

/// This holds in every run of which anything is known, and that is most of them; so do all weaker levels.
fn never_fails(counts: &BTreeMap<Level, Count>, level: Level) {
    let Count { held, failed, unknown } = counts[&level];
    assert!(failed == 0 && held > SEEDS / 2, "{level:?}: {held} held, {failed} failed, of {unknown} nobody knows");
    level.implies().iter().filter(|weaker| counts[weaker].held > 0).for_each(|weaker| never_fails(counts, *weaker));
}

/// Of each of these levels a run is found that does not keep it.
fn fails(base: &Scenario, levels: &[Level]) {
    let mut left = levels.to_vec();
    let mut seeds = 0..MOST_SEEDS;
    while let (false, Some(seed)) = (left.is_empty(), seeds.next()) {
        play(base, seed, |level, verdict| {
            left.retain(|wanted| *wanted != level || !matches!(verdict, Verdict::Fails(_)))
        });
    }
    assert!(left.is_empty(), "never broken in {MOST_SEEDS} runs: {left:?}");
}

#[test]
fn causal_kv_keeps_causes_and_no_one_order() {
    never_fails(&sweep(&of("causal-kv")), Level::Causal);
    fails(&of("causal-kv"), &[Level::Linearizable, Level::Sequential]);
    // As in the scenario that is made for it.
    let crosswise = gallery::find("causal-kv/not-sequential").unwrap();
    let mut session = open(crosswise).unwrap();
    session.advance(session.scenario().until, u32::MAX);
    let mut broken = Vec::new();
    judge(session.about(), &session.history(), JUDGED_WITHIN, |judged| {
        broken.extend(matches!(judged.verdict, Verdict::Fails(_)).then_some(judged.level));
    });
    assert_eq!(broken, [Level::Linearizable, Level::Sequential]);
}

#[test]
fn quorums_are_not_linearizable() {
    fails(&with("quorum-kv", "read = \"quorum\"\nwrite = \"quorum\""), &[Level::Linearizable]);
}

#[test]
fn one_home_keeps_nothing() {
    let one = with("quorum-kv", "read = \"one\"\nwrite = \"one\"");
    fails(&one, &[Level::Sequential, Level::Causal, Level::ReadYourWrites, Level::MonotonicReads]);
}

#[test]
fn raft_is_linearizable_and_its_stale_reads_are_not() {
    never_fails(&sweep(&of("raft-kv")), Level::Linearizable);
    fails(&with("raft-kv", "reads = \"stale\""), &[Level::Linearizable]);
}

#[test]
fn registers_are_linearizable() {
    never_fails(&sweep(&of("abd")), Level::Linearizable);
}
