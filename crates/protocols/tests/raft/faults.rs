//! Generated faults: with all rules in place nothing is ever found, and every bug is found by the invariant that the
//! catalogue names. (The command line's sweeps do the same at length.)

use crate::cluster::{Cluster, Plan, complete};
use crate::lone::{end, n, put};
use netsplit_protocols::Entry;
use netsplit_protocols::raft::{Bug, Config, Op, Raft, Reads};
use netsplit_protocols::shared::kv;
use netsplit_sim::{Dice, Intervention, Latency, Link, Ratio, Seed, Span, Target};

/// A few seconds of a cluster under faults drawn from a seed.
fn faulty_with(config: Config, seed: u64, bug: Option<Bug>) -> Cluster {
    let mut dice = Dice::new(Seed(seed));
    let servers = [3, 5][dice.below(2) as usize];
    let link = Link {
        latency: Latency::Uniform(Span::millis(1), Span::millis(5 + dice.below(40))),
        loss: Ratio::new(dice.below(10) as u32, 100),
        duplicate: Ratio::new(dice.below(10) as u32, 100),
        reorder: Ratio::new(dice.below(10) as u32, 100),
        fifo: false,
    };
    let disk = Span::millis(dice.below(2) * dice.below(10));
    let mut cluster = Plan { link, disk, config, ..Plan::usual(servers).clients(2).bug(bug).seed(seed) }.start();
    for turn in 0..80 {
        // Often right after each other: most mistakes need two faults within one election.
        let pause = [5, 20, 400][dice.below(3) as usize];
        cluster.run(Span::millis(dice.below(pause)));
        fault(&mut cluster, servers as u16, &mut dice, turn);
        if cluster.violation.is_some() {
            break;
        }
    }
    cluster
}

fn fault(cluster: &mut Cluster, servers: u16, dice: &mut Dice, turn: u32) {
    let server = 1 + dice.below(u64::from(servers)) as u16;
    let leader = || Target::Role("leader".to_owned());
    let value = turn.to_string();
    let key = || "x".into();
    let op = match turn % 4 {
        0 => kv::Op::Get { key: key() },
        1 => kv::Op::Cas { key: key(), expect: (turn - 1).to_string().into(), value: value.as_str().into() },
        _ => put("x", &value),
    };
    let cluster = match dice.below(15) {
        0 | 1 => cluster.invoke(servers + 1 + dice.below(2) as u16, op),
        2 | 3 => cluster.apply(Intervention::Invoke(leader(), put("x", &value).into())),
        4 => cluster.crash(server),
        5 => cluster.apply(Intervention::Crash(leader())),
        6 | 7 => cluster.restart(server),
        8 => cluster.crash(server).restart(server),
        9 => {
            let side: Vec<u16> = (1..=servers).filter(|_| dice.below(2) == 0).collect();
            cluster.together(&side)
        }
        10 => cluster.heal(),
        // A leader alone with a command: done three times over, this is Figure 8.
        11 | 12 => cluster
            .apply(Intervention::Partition(vec![vec![leader()]]))
            .apply(Intervention::Invoke(leader(), put("x", &value).into())),
        13 => cluster.apply(Intervention::Invoke(leader(), Op::Transfer { to: n(server) })),
        _ => cluster.apply(Intervention::Fire(n(server).into(), Some("election".to_owned()))),
    };
    cluster.run(Span::ZERO);
}

#[test]
fn with_every_rule_in_place_nothing_is_found_and_the_cluster_recovers() {
    for (seed, config) in (0..300).flat_map(|seed| [(seed, Config::default()), (seed, complete())]) {
        let mut cluster = faulty_with(config, seed, None);
        assert_eq!(cluster.violation, None, "seed {seed}");
        let servers = cluster.world.ids().count() as u16 - 2;
        cluster.heal().apply(Intervention::Network(Link::default()));
        for node in 1..=servers + 2 {
            cluster.restart(node);
        }
        cluster.run(Span::secs(3)).put(servers + 1, "the last").run(Span::secs(3));
        assert_eq!(cluster.violation, None, "seed {seed}, healed");
        assert!(cluster.servers().all(|server| end(server.log()) == end(cluster.server(1).log())), "seed {seed}");
        assert_eq!(cluster.value(1).as_deref(), Some("the last"), "seed {seed}");
    }
}

#[test]
fn with_sessions_that_expire_nothing_is_found_either() {
    for seed in 0..300 {
        let cluster = faulty_with(Config { session_limit: 1, ..complete() }, seed, None);
        assert_eq!(cluster.violation, None, "seed {seed}");
    }
}

#[test]
fn every_bug_is_found_by_the_invariant_that_the_catalogue_names() {
    for bug in [Bug::VoteNotDurable, Bug::CommitOlderTerms, Bug::NoUpToDateCheck, Bug::NoConflictTruncation] {
        let about = &Raft::ABOUT.bugs[bug as usize];
        is_found(bug, &Config::default(), about.breaks);
    }
    is_found(Bug::DoubleApply, &complete(), "exactly-once");
    is_found(Bug::ExpiredRunsAgain, &Config { session_limit: 1, ..complete() }, "exactly-once");
    // CheckQuorum hides it mostly: a leader that is cut off soon leads no longer.
    let patient = Config { check_quorum: false, pre_vote: false, ..complete() };
    is_found(Bug::StaleRead, &patient, "fresh-reads");
}

fn is_found(bug: Bug, config: &Config, breaks: &str) {
    let violation = |seed| faulty_with(config.clone(), seed, Some(bug)).violation;
    let found = (0..2_000).find_map(|seed| violation(seed).map(|violation| (seed, violation)));
    let (seed, violation) = found.unwrap_or_else(|| panic!("{bug:?} is not found"));
    assert_eq!(violation.invariant, breaks, "{bug:?} at seed {seed}: {violation:?}");
}

#[test]
fn every_rule_runs_under_faults() {
    let mut never: Vec<&str> = Raft::ABOUT.lines.iter().map(|line| line.text.en).collect();
    let reading = |reads| Config { reads, ..complete() };
    let forgetful = Config { session_limit: 1, ..complete() };
    let configs = [Config::default(), complete(), reading(Reads::Lease), reading(Reads::Stale), forgetful];
    for seed in 0..2_000 {
        for config in &configs {
            for line in faulty_with(config.clone(), seed, None).notes.lines {
                never[usize::from(line)] = "";
            }
        }
        if never.iter().all(|rule| rule.is_empty()) {
            break;
        }
    }
    never.retain(|rule| !rule.is_empty());
    never.retain(|rule| {
        Raft::ABOUT.lines.iter().any(|line| line.text.en == *rule && !line.block.starts_with("Membership"))
    });
    assert_eq!(never, [""; 0]);
}
