//! Scripts drawn from seeds: messages that arrive in any order, twice or not at all, time that passes here and there,
//! proposals, crashes. With every rule in place the two never differ; with one broken, they soon do.

use netsplit_protocols::raft::{Bug, Reads};
use netsplit_sim::{Dice, NodeId, Seed};
use netsplit_twin::{Host, Plan, Role, Twin};

const STEPS: u32 = 400;

/// What a script has come to.
#[derive(Default, Debug)]
struct Tally {
    elections: u32,
    committed: u64,
    overwritten: u32,
    joint: u32,
    changed: u32,
    reads: usize,
}

/// What else happens in a script.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Theme {
    Plain,
    /// Leaders are asked to change the set of servers.
    Changes,
    /// Leaders are asked for reads.
    Reads,
    /// For both.
    ChangesAndReads,
}

impl Theme {
    fn changes(self) -> bool {
        matches!(self, Theme::Changes | Theme::ChangesAndReads)
    }
    fn reads(self) -> bool {
        matches!(self, Theme::Reads | Theme::ChangesAndReads)
    }
}

fn play(host: Host, seed: u64, theme: Theme, bug: Option<Bug>) -> Result<Tally, String> {
    let mut dice = Dice::new(Seed(seed));
    let servers = [3, 5, 4, 1][dice.below(10).min(3) as usize];
    let mut plan = Plan { bug, seed, ..Plan::of(host, servers) };
    if theme.changes() {
        plan = Plan { bug, seed, ..Plan::of(host, 3 + dice.below(4) as usize) };
        plan.config.members = 1 + dice.below(3) as u16;
    }
    if theme.reads() {
        plan.config.reads = Reads::ReadIndex;
    }
    plan.config.max_entries = [1, 64][dice.below(2) as usize];
    plan.config.snapshot_every = [0, 0, 3][dice.below(3) as usize];
    (plan.config.pre_vote, plan.config.check_quorum) =
        [(false, false), (false, true), (true, true)][dice.below(3) as usize];
    let lossy = dice.below(3);
    let mut twin = Twin::start(plan);
    let mut tally = Tally::default();
    for step in 0..STEPS {
        let node = NodeId(dice.below(twin.nodes().count() as u64) as u16);
        let before = twin.state(node);
        let what = match dice.below(if theme == Theme::Plain { 1 } else { 12 }) {
            10 if theme.reads() => asked(&mut twin, &mut dice, |twin, _, leader| twin.read(leader).map(|_| ())),
            11 if theme.changes() => asked(&mut twin, &mut dice, |twin, dice, leader| {
                let any: Vec<NodeId> = twin.nodes().filter(|_| dice.below(2) == 0).collect();
                twin.configure(leader, &any)
            }),
            _ => one_step(&mut twin, &mut dice, node, lossy, step),
        };
        what.map_err(|difference| format!("{host:?} is host, seed {seed}, step {step}: {difference}"))?;
        let after = twin.state(node);
        tally.elections += u32::from(before.role != Role::Leader && after.role == Role::Leader);
        tally.overwritten += u32::from(!after.log.starts_with(&before.log));
        tally.committed = tally.committed.max(after.commit);
        let (was_joint, is_joint) = (before.configuration.is_joint(), after.configuration.is_joint());
        tally.joint += u32::from(!was_joint && is_joint);
        tally.changed += u32::from(was_joint && !is_joint && after.log.len() > before.log.len());
    }
    tally.reads = twin.nodes().map(|node| twin.answered(node)).sum();
    Ok(tally)
}

/// Somebody who leads is asked for something.
fn asked(
    twin: &mut Twin,
    dice: &mut Dice,
    what: impl FnOnce(&mut Twin, &mut Dice, NodeId) -> Result<(), String>,
) -> Result<(), String> {
    let leaders: Vec<NodeId> = twin.nodes().filter(|node| twin.state(*node).role == Role::Leader).collect();
    match dice.pick(&leaders) {
        Some(leader) => what(twin, dice, *leader),
        None => Ok(()),
    }
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

/// What so many seeds come to with either host.
fn all(seeds: u64, theme: Theme) -> Tally {
    let mut all = Tally::default();
    for host in [Host::Ours, Host::Theirs] {
        for seed in 0..seeds {
            let tally = play(host, seed, theme, None).unwrap_or_else(|difference| panic!("{difference}"));
            all.elections += tally.elections;
            all.committed += tally.committed;
            all.overwritten += tally.overwritten;
            all.joint += tally.joint;
            all.changed += tally.changed;
            all.reads += tally.reads;
        }
    }
    all
}

#[test]
fn the_two_never_differ() {
    let all = all(300, Theme::Plain);
    // Scripts in which nothing happens would prove nothing.
    assert!(all.elections > 2_000 && all.committed > 10_000 && all.overwritten > 80, "{all:?}");
}

#[test]
fn the_two_never_differ_while_the_set_of_servers_changes() {
    let all = all(600, Theme::Changes);
    assert!(all.elections > 1_500 && all.committed > 8_000 && all.overwritten > 800, "{all:?}");
    assert!(all.joint > 1_000 && all.changed > 250, "{all:?}");
}

#[test]
fn the_two_answer_the_same_reads() {
    let all = all(400, Theme::Reads);
    assert!(all.elections > 2_000 && all.reads > 2_000, "{all:?}");
}

#[test]
fn ours_answers_no_read_before_theirs_while_the_set_of_servers_changes() {
    let all = all(400, Theme::ChangesAndReads);
    assert!(all.changed > 200 && all.reads > 2_000, "{all:?}");
}

fn noticed(bug: Bug, theme: Theme) {
    for host in [Host::Ours, Host::Theirs] {
        let noticed = (0..200).find_map(|seed| play(host, seed, theme, Some(bug)).err());
        assert!(noticed.is_some(), "{bug:?} goes unnoticed where {host:?} is host");
    }
}

#[test]
fn each_bug_is_noticed() {
    for bug in [Bug::VoteNotDurable, Bug::CommitOlderTerms, Bug::NoUpToDateCheck, Bug::NoConflictTruncation] {
        noticed(bug, Theme::Plain);
    }
    noticed(Bug::SingleStepChange, Theme::Changes);
    noticed(Bug::StaleRead, Theme::Reads);
}
