//! Which consistency stores really give: what they promise holds under every fault, and what they do not promise is found
//! broken.

use netsplit_check::verdict::{Level, Verdict};
use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::verdicts::judge;
use netsplit_scenario::{JUDGED_WITHIN, Scenario, catalogue, file, open};
use std::collections::BTreeMap;

/// How many seeds are played for what must never happen.
const SEEDS: u64 = 100;

/// How often a level held, and how often it did not, over runs with faults drawn for each seed.
#[derive(Default, Debug)]
struct Count {
    held: u64,
    failed: u64,
    unknown: u64,
}

fn sweep(base: &Scenario) -> BTreeMap<Level, Count> {
    let mut counts: BTreeMap<Level, Count> = BTreeMap::new();
    for seed in 0..SEEDS {
        let mut session = open(generate(base, seed)).unwrap();
        session.advance(session.scenario().until, u32::MAX);
        judge(session.about(), &session.history(), JUDGED_WITHIN, |judged| {
            let count = counts.entry(judged.level).or_default();
            match judged.verdict {
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

fn fails(counts: &BTreeMap<Level, Count>, level: Level) {
    assert!(counts[&level].failed > 0, "{level:?}: {counts:?}");
}

#[test]
fn causal_kv_keeps_causes_and_no_one_order() {
    let counts = sweep(&of("causal-kv"));
    never_fails(&counts, Level::Causal);
    fails(&counts, Level::Sequential);
}

#[test]
fn quorums_are_not_linearizable() {
    fails(&sweep(&with("quorum-kv", "read = \"quorum\"\nwrite = \"quorum\"")), Level::Linearizable);
}

#[test]
fn one_home_keeps_nothing() {
    let counts = sweep(&with("quorum-kv", "read = \"one\"\nwrite = \"one\""));
    fails(&counts, Level::Sequential);
    fails(&counts, Level::Causal);
    fails(&counts, Level::ReadYourWrites);
    fails(&counts, Level::MonotonicReads);
}

#[test]
fn raft_is_linearizable_and_its_stale_reads_are_not() {
    never_fails(&sweep(&of("raft-kv")), Level::Linearizable);
    fails(&sweep(&with("raft-kv", "reads = \"stale\"")), Level::Linearizable);
}

#[test]
fn registers_are_linearizable() {
    never_fails(&sweep(&of("abd")), Level::Linearizable);
}
