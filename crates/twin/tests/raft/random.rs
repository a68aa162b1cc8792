//! Scripts drawn from seeds: messages that arrive in any order, twice or not at all, time that passes here and there,
//! proposals, crashes. With every rule in place the two never differ; with one broken, they soon do.

use netsplit_protocols::raft::Bug;
use netsplit_sim::{Dice, NodeId, Seed};
use netsplit_twin::{Host, Plan, Role, Twin};

const STEPS: u32 = 400;

/// What a script has come to.
#[derive(Default, Debug)]
struct Tally {
    elections: u32,
    committed: u64,
    overwritten: u32,
}

fn play(host: Host, seed: u64, bug: Option<Bug>) -> Result<Tally, String> {
    let mut dice = Dice::new(Seed(seed));
    let servers = [3, 5, 4, 1][dice.below(10).min(3) as usize];
    let mut plan = Plan { bug, seed, ..Plan::of(host, servers) };
    plan.config.max_entries = [1, 64][dice.below(2) as usize];
    plan.config.snapshot_every = [0, 0, 3][dice.below(3) as usize];
    (plan.config.pre_vote, plan.config.check_quorum) =
        [(false, false), (false, true), (true, true)][dice.below(3) as usize];
    let lossy = dice.below(3);
    let mut twin = Twin::start(plan);
    let mut tally = Tally::default();
    for step in 0..STEPS {
        let node = NodeId(dice.below(servers as u64) as u16);
        let before = twin.state(node);
        let what = one_step(&mut twin, &mut dice, node, lossy, step);
        what.map_err(|difference| format!("{host:?} is host, seed {seed}, step {step}: {difference}"))?;
        let after = twin.state(node);
        tally.elections += u32::from(before.role != Role::Leader && after.role == Role::Leader);
        tally.overwritten += u32::from(!after.log.starts_with(&before.log));
        tally.committed = tally.committed.max(after.commit);
    }
    Ok(tally)
}

fn one_step(twin: &mut Twin, dice: &mut Dice, node: NodeId, lossy: u64, step: u32) -> Result<(), String> {
    match dice.below(100) {
        0..=59 => arrives(twin, dice, node, lossy),
        60..=79 => twin.tick(node),
        80..=83 => twin.times_out(node),
        84..=85 => twin.restart(node),
        86..=87 => twin.beats(node),
        _ => {
            let leads = |node: &NodeId| twin.state(*node).role == Role::Leader;
            let leaders: Vec<NodeId> = twin.nodes().filter(leads).collect();
            match dice.pick(&leaders) {
                Some(leader) => twin.propose(*leader, &step.to_string()),
                None => twin.propose(node, "nobody leads"),
            }
        }
    }
}

/// A message to a server arrives: mostly the oldest, but sometimes another, or one of them once more; or it is lost.
fn arrives(twin: &mut Twin, dice: &mut Dice, node: NodeId, lossy: u64) -> Result<(), String> {
    let to_it: Vec<usize> = (0..twin.mail.len()).filter(|at| twin.mail[*at].to == node).collect();
    let Some(&oldest) = to_it.first() else { return Ok(()) };
    let any = *dice.pick(&to_it).unwrap_or(&oldest);
    match dice.below(20 + 10 * lossy) {
        0..=14 => twin.deliver(oldest),
        15..=17 => twin.deliver(any),
        18..=19 => {
            let copy = twin.mail[any].clone();
            twin.mail.push(copy);
            twin.deliver(any)
        }
        _ => {
            twin.mail.remove(any);
            Ok(())
        }
    }
}

#[test]
fn the_two_never_differ() {
    let mut all = Tally::default();
    for host in [Host::Ours, Host::Theirs] {
        for seed in 0..300 {
            let tally = play(host, seed, None).unwrap_or_else(|difference| panic!("{difference}"));
            all.elections += tally.elections;
            all.committed += tally.committed;
            all.overwritten += tally.overwritten;
        }
    }
    // Scripts in which nothing happens would prove nothing.
    assert!(all.elections > 2_000 && all.committed > 10_000 && all.overwritten > 80, "{all:?}");
}

#[test]
fn each_bug_is_noticed() {
    for bug in [Bug::VoteNotDurable, Bug::CommitOlderTerms, Bug::NoUpToDateCheck, Bug::NoConflictTruncation] {
        for host in [Host::Ours, Host::Theirs] {
            let noticed = (0..200).find_map(|seed| play(host, seed, Some(bug)).err());
            assert!(noticed.is_some(), "{bug:?} goes unnoticed where {host:?} is host");
        }
    }
}
