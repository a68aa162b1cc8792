//! Membership changes (thesis, §4), rule by rule, and what they are for.

use crate::cluster::{Cluster, Plan, complete};
use crate::lone::{Lone, end, entry, n, put};
use netsplit_protocols::raft::{
    AppendEntries, AppendEntriesReply, Bug, Command, Config, Configuration, Entry, Index, Line, Msg, Op, RequestVote,
    RequestVoteReply, Ret, Role, Term, Timer,
};
use netsplit_sim::digest::Added;
use netsplit_sim::{Dice, Intervention, NodeId, OpId, Seed, Span};
use std::sync::Arc;

/// n1, n2 and n3 of five.
fn three() -> Config {
    Config { members: 3, ..Config::default() }
}

fn nodes(servers: &[u16]) -> Vec<NodeId> {
    servers.iter().map(|server| n(*server)).collect()
}

fn configure(servers: &[u16]) -> Op {
    Op::Configure { servers: nodes(servers) }
}

fn only(servers: &[u16]) -> Configuration {
    Configuration { servers: nodes(servers), next: None }
}

fn joint(old: &[u16], new: &[u16]) -> Configuration {
    Configuration { servers: nodes(old), next: Some(nodes(new)) }
}

fn configuring(term: Term, configuration: Configuration) -> Entry {
    Entry { term, command: Command::Configure(Arc::new(configuration)) }
}

fn append(term: Term, prev: (Index, Term), entries: Vec<Entry>, leader_commit: Index) -> AppendEntries {
    AppendEntries {
        term,
        leader_id: n(2),
        prev_log_index: prev.0,
        prev_log_term: prev.1,
        entries,
        leader_commit,
        round: Added(0),
    }
}

/// n1 leads term 2 of a cluster of n1, n2 and n3; its log begins with entries of these terms.
fn leader(terms: &[Term]) -> Lone {
    let mut server = Lone::set(&three(), 1, terms);
    server.times_out().hears(n(2), RequestVoteReply { term: 2, vote_granted: true });
    assert!(server.server.is_leader());
    server
}

fn store(server: &mut Lone, from: u16, last_index: Index) -> &mut Lone {
    server.hears(n(from), AppendEntriesReply { term: 2, success: true, last_index, round: Added(0) })
}

/// The same with C_old,new for n1, n4 and n5 in its log, at index 1.
fn leader_in_between() -> Lone {
    let mut server = leader(&[]);
    server.is_asked(7, configure(&[1, 4, 5]));
    assert_eq!(server.server.configuration(), &joint(&[1, 2, 3], &[1, 4, 5]));
    server
}

#[test]
pub fn new_servers_catch_up_before_they_have_a_vote() {
    let mut server = leader(&[1, 1]);
    server.is_asked(0, configure(&[1, 2, 4]));
    assert!(server.ran(Line::BeginCatchUp) && server.armed(Timer::CatchUp));
    assert_eq!(server.server.configuration(), &only(&[1, 2, 3]));
    assert_eq!(server.sent().len(), 1);
    assert!(matches!(&server.sent()[0], (to, Msg::AppendEntries(msg)) if *to == n(4) && msg.entries.len() == 2));
    server.is_asked(1, put("x", "1"));
    store(&mut server, 4, 1);
    assert_eq!(server.server.configuration(), &only(&[1, 2, 3]), "it lacks the second");
    store(&mut server, 4, 2);
    assert!(server.ran(Line::AppendJoint) && server.ran(Line::AdoptConfiguration) && server.disarmed(Timer::CatchUp));
    assert_eq!(server.server.configuration(), &joint(&[1, 2, 3], &[1, 2, 4]));
    assert_eq!(server.log(), [1, 1, 2, 2]);
}

#[test]
pub fn a_round_that_takes_longer_than_an_election_timeout_is_not_the_last() {
    let mut server = leader(&[1, 1]);
    server.is_asked(0, configure(&[1, 2, 4])).is_asked(1, put("x", "1")).runs_out(Timer::CatchUp);
    store(&mut server, 4, 2);
    assert!(server.ran(Line::NextRound) && server.armed(Timer::CatchUp));
    assert_eq!(server.server.configuration(), &only(&[1, 2, 3]));
    store(&mut server, 4, 3);
    assert!(server.ran(Line::AppendJoint));
}

#[test]
pub fn a_leader_gives_up_on_a_server_that_does_not_catch_up() {
    let mut server = leader(&[1]);
    server.is_asked(0, configure(&[1, 2, 4]));
    for _ in 0..10 {
        assert!(server.replied().is_empty());
        server.runs_out(Timer::CatchUp);
    }
    assert!(server.ran(Line::AbortCatchUp));
    assert_eq!(server.replied(), [(OpId(0), Ret::refused("a new server does not catch up"))]);
    server.beats();
    assert_eq!(server.sent().len(), 2, "it is no longer sent anything");
    assert_eq!(server.log(), [1]);
}

#[test]
fn a_joint_configuration_takes_both_majorities_to_commit() {
    let mut server = leader_in_between();
    store(&mut server, 4, 1);
    store(&mut server, 5, 1);
    assert_eq!(server.server.commit_index(), 0, "n1, n4 and n5 are not two of the old");
    store(&mut server, 3, 1);
    assert_eq!(server.server.commit_index(), 1);
}

#[test]
fn a_joint_configuration_takes_both_majorities_to_elect() {
    let voted = |voters: &[u16]| {
        let mut server = Lone::set(&three(), 2, &[]);
        server.hears(n(2), append(2, (0, 0), vec![configuring(2, joint(&[1, 2, 3], &[1, 4, 5]))], 0)).times_out();
        assert_eq!(server.sent().len(), 4, "everybody is asked");
        for voter in voters {
            server.hears(n(*voter), RequestVoteReply { term: 3, vote_granted: true });
        }
        server.server.is_leader()
    };
    assert!(!voted(&[2, 3]) && !voted(&[4, 5]));
    assert!(voted(&[2, 4]) && voted(&[3, 5]));
}

#[test]
pub fn when_c_old_new_is_committed_the_leader_appends_c_new_and_then_it_is_over() {
    let mut server = leader_in_between();
    store(&mut server, 4, 1);
    store(&mut server, 2, 1);
    assert!(server.ran(Line::AppendNewConfiguration));
    assert_eq!((server.server.configuration(), server.replied()), (&only(&[1, 4, 5]), vec![]));
    store(&mut server, 2, 2);
    assert_eq!(server.server.commit_index(), 1, "n2 no longer counts");
    store(&mut server, 4, 2);
    assert_eq!((server.server.commit_index(), server.replied()), (2, vec![(OpId(7), Ret::Ok)]));
    server.beats();
    let receivers: Vec<_> = server.sent().into_iter().map(|(to, _)| to).collect();
    assert_eq!(receivers, nodes(&[4, 5]), "the others are no longer sent anything");
}

#[test]
pub fn a_leader_that_is_not_in_c_new_leads_until_that_is_committed_and_does_not_count_itself() {
    let mut server = leader(&[]);
    server.is_asked(0, configure(&[2, 3]));
    store(&mut server, 2, 1);
    assert_eq!(server.server.commit_index(), 0, "n1 and n2 are two of the old, and n2 one of the new");
    store(&mut server, 3, 1);
    assert_eq!((server.server.commit_index(), server.server.configuration()), (1, &only(&[2, 3])));
    store(&mut server, 2, 2);
    assert!(server.server.is_leader());
    store(&mut server, 3, 2);
    assert!(server.ran(Line::LeaveOffice));
    assert_eq!((server.server.role(), server.replied()), (&Role::Follower, vec![(OpId(0), Ret::Ok)]));
}

#[test]
pub fn a_server_goes_by_the_latest_configuration_in_its_log_committed_or_not() {
    let mut server = Lone::set(&three(), 2, &[2]);
    assert_eq!(server.server.configuration(), &only(&[1, 2, 3]));
    let change = joint(&[1, 2, 3], &[3, 4]);
    server.hears(n(2), append(2, (1, 2), vec![configuring(2, change.clone()), entry(3, 2)], 0));
    assert!(server.ran(Line::AdoptConfiguration));
    assert_eq!(server.server.configuration(), &change);
    server.restarts();
    assert_eq!(server.server.configuration(), &change);
    server.hears(n(2), append(3, (1, 2), vec![entry(2, 3)], 0)); // the entry was overwritten
    assert_eq!(server.server.configuration(), &only(&[1, 2, 3]));
}

#[test]
pub fn a_server_without_a_vote_does_not_stand_for_election() {
    let mut spare = Lone::with(n(4), Default::default(), &three(), netsplit_protocols::Bugs::NONE);
    spare.times_out();
    assert!(spare.ran(Line::StayOutside) && spare.armed(Timer::Election));
    assert_eq!((spare.sent(), spare.server.current_term()), (vec![], 0));
    // One that is on its way out may still be needed: until it knows that C_new is committed, it stands.
    let mut leaving = Lone::set(&three(), 2, &[]);
    leaving.hears(n(2), append(2, (0, 0), vec![configuring(2, only(&[2, 3]))], 0)).times_out();
    assert_eq!(leaving.server.current_term(), 3);
    let mut left = Lone::set(&three(), 2, &[]);
    left.hears(n(2), append(2, (0, 0), vec![configuring(2, only(&[2, 3]))], 1)).times_out();
    assert_eq!(left.server.current_term(), 2);
}

/// §4.1: configurations are nobody's business who answers an RPC.
#[test]
fn a_server_follows_a_leader_that_is_not_in_its_configuration() {
    let mut server = Lone::set(&three(), 2, &[]);
    server.hears(n(5), AppendEntries { leader_id: n(5), ..append(3, (0, 0), vec![entry(1, 3)], 1) });
    assert_eq!((server.log(), server.server.commit_index(), server.server.leader_id()), (vec![3], 1, Some(n(5))));
}

#[test]
fn a_server_votes_for_a_candidate_that_is_not_in_its_configuration() {
    let mut server = Lone::set(&three(), 2, &[]);
    let ask = RequestVote { term: 3, candidate_id: n(5), last_log_index: 0, last_log_term: 0, disrupt: Added(false) };
    server.hears(n(5), ask);
    assert_eq!(server.answered(), RequestVoteReply { term: 3, vote_granted: true }.into());
}

/// §4.2.1: servers that catch up are sent the log, but have no vote.
#[test]
fn what_new_servers_store_while_they_catch_up_is_not_counted() {
    let mut server = leader(&[1, 1]);
    server.is_asked(7, configure(&[1, 2, 3, 4, 5])).is_asked(8, put("x", "1"));
    let last = server.server.log().last_index();
    store(&mut server, 4, last - 1);
    store(&mut server, 4, last);
    assert_eq!((server.server.commit_index(), server.server.configuration().is_joint()), (0, false));
    store(&mut server, 2, last);
    assert_eq!(server.server.commit_index(), last, "the leader and n2 of three");
}

/// §4.2.3: a server that was removed hears no heartbeats, and stands for election again and again.
#[test]
fn a_removed_server_deposes_nobody_who_hears_a_leader() {
    let careful = Config { check_quorum: true, ..three() };
    let ask = RequestVote { term: 9, candidate_id: n(3), last_log_index: 9, last_log_term: 9, disrupt: Added(false) };
    let mut follower = Lone::set(&careful, 2, &[]);
    follower.hears(n(2), append(2, (0, 0), vec![configuring(2, only(&[1, 2]))], 1)).hears(n(3), ask.clone());
    assert_eq!((follower.sent(), follower.server.current_term()), (vec![], 2));
    let mut leader = Lone::set(&careful, 1, &[]);
    leader.times_out().hears(n(2), RequestVoteReply { term: 2, vote_granted: true }).hears(n(3), ask);
    assert_eq!((leader.sent(), leader.server.is_leader(), leader.server.current_term()), (vec![], true, 2));
}

#[test]
fn a_new_leader_goes_on_with_the_change_that_it_finds() {
    for committed in [0, 1] {
        let mut server = Lone::set(&three(), 2, &[]);
        let change = configuring(2, joint(&[1, 2, 3], &[1, 4, 5]));
        server.hears(n(2), append(2, (0, 0), vec![change], committed)).times_out();
        for voter in [2, 4] {
            server.hears(n(voter), RequestVoteReply { term: 3, vote_granted: true });
        }
        let stored = |last_index| AppendEntriesReply { term: 3, success: true, last_index, round: Added(0) };
        if committed == 0 {
            assert!(server.ran(Line::AppendNoop), "else the change would wait for the next command");
            server.hears(n(2), stored(2)).hears(n(4), stored(2));
        }
        assert!(server.ran(Line::AppendNewConfiguration));
        assert_eq!(server.server.configuration(), &only(&[1, 4, 5]));
        assert_eq!(server.log().last(), Some(&3));
    }
}

#[test]
fn a_snapshot_holds_the_configuration_of_its_last_entry_and_not_a_later_one() {
    let config = Config { snapshot_every: 3, ..three() };
    let mut server = Lone::set(&config, 2, &[2]);
    let (first, second) = (joint(&[1, 2, 3], &[1, 2]), only(&[1, 2]));
    let entries = vec![configuring(2, first.clone()), entry(3, 2), configuring(2, second.clone())];
    server.hears(n(2), append(2, (1, 2), entries, 3));
    let snapshot = (*server.server.disk().snapshot).clone().expect("a snapshot");
    assert_eq!((snapshot.last_index, &*snapshot.configuration), (3, &first));
    assert_eq!(server.server.configuration(), &second);
    server.hears(n(2), append(3, (3, 2), vec![entry(4, 3)], 0)); // the later one is overwritten
    assert_eq!(server.server.configuration(), &first);
    server.restarts();
    assert_eq!(server.server.configuration(), &first);
}

#[test]
fn one_change_at_a_time_of_servers_that_there_are() {
    let mut server = Lone::set(&three(), 2, &[]);
    assert_eq!(server.is_asked(0, configure(&[1, 2])).replied(), [(OpId(0), Ret::NotLeader { hint: None })]);
    let mut server = leader_in_between();
    let refused = |server: &Lone| matches!(server.replied()[..], [(_, Ret::Refused { .. })]);
    assert!(refused(server.is_asked(0, configure(&[1, 2, 3]))));
    let mut server = leader(&[]);
    assert!(refused(server.is_asked(0, configure(&[]))) && refused(server.is_asked(1, configure(&[1, 9]))));
    assert_eq!(server.is_asked(2, configure(&[3, 2, 1, 1])).replied(), [(OpId(2), Ret::Ok)], "it is so already");
}

/// Five servers, of which three make up the cluster, and a client; it has worked for a second.
fn grown_up(config: Config, bug: Option<Bug>) -> Cluster {
    let config = Config { members: 3, ..config };
    let mut cluster = Plan { config, ..Plan::usual(5).clients(1).bug(bug) }.start();
    for value in 0..5 {
        cluster.put(6, &value.to_string());
    }
    cluster.run(Span::secs(1));
    cluster
}

fn leader_of(cluster: &Cluster) -> Option<u16> {
    (1..=5).find(|server| cluster.leads(*server).is_some())
}

fn change(cluster: &mut Cluster, servers: &[u16]) {
    let leader = leader_of(cluster).expect("somebody leads");
    cluster.invoke(leader, configure(servers));
}

/// All of these have the same log, which ends with what was put last.
fn agree(cluster: &Cluster, servers: &[u16], value: &str) {
    for server in servers {
        assert_eq!(end(cluster.server(*server).log()), end(cluster.server(servers[0]).log()), "n{server}");
        assert_eq!(cluster.value(*server).as_deref(), Some(value), "n{server}");
    }
}

#[test]
fn a_cluster_grows_shrinks_and_is_replaced_while_it_works() {
    // Without PreVote, whoever is removed raises its term, and deposes the leader that wants it back.
    for config in [Config { pre_vote: true, check_quorum: true, ..Config::default() }, complete()] {
        let mut cluster = grown_up(config, None);
        for (step, servers) in [&[1, 2, 3, 4, 5][..], &[3, 4, 5], &[1, 2], &[5], &[1, 2, 3, 4]].into_iter().enumerate()
        {
            change(&mut cluster, servers);
            cluster.run(Span::secs(2));
            let last = step.to_string();
            cluster.put(6, &last).run(Span::secs(4));
            assert_eq!(cluster.violation, None);
            assert!(servers.contains(&leader_of(&cluster).expect("somebody leads")), "step {step}");
            agree(&cluster, servers, &last);
        }
    }
}

#[test]
fn a_crash_of_anybody_at_any_event_of_a_change_leaves_it_done_or_undone() {
    let mut base = grown_up(Config { check_quorum: true, ..complete() }, None);
    let start = base.world.now();
    change(&mut base, &[1, 4, 5]);
    let (mut done, mut undone) = (0, 0);
    while base.world.now() < start + Span::millis(150) {
        base.step().expect("heartbeats never end");
        for server in 0..5 {
            let mut cluster = base.clone();
            cluster.apply(Intervention::Crash(NodeId(server).into())).run(Span::millis(30));
            cluster.apply(Intervention::Restart(NodeId(server).into())).run(Span::secs(2));
            cluster.put(6, "the last").run(Span::secs(2));
            assert_eq!(cluster.violation, None);
            let leader = leader_of(&cluster).expect("somebody leads");
            let configuration = cluster.server(leader).configuration().clone();
            let members: &[u16] = if configuration == only(&[1, 4, 5]) { &[1, 4, 5] } else { &[1, 2, 3] };
            assert_eq!(configuration, only(members));
            agree(&cluster, members, "the last");
            *if members[1] == 4 { &mut done } else { &mut undone } += 1;
        }
    }
    assert!(done > 100 && undone > 0, "{done} done, {undone} undone");
}

#[test]
fn leader_completeness_fails_when_the_servers_change_in_one_step() {
    for bug in [Some(Bug::SingleStepChange), None] {
        let mut cluster =
            Plan { config: Config { members: 3, ..Plan::by_hand(5).config }, ..Plan::by_hand(5) }.bug(bug).start();
        cluster.times_out(1).put(1, "old").settle();
        cluster.together(&[1, 4, 5]).invoke(1, configure(&[1, 4, 5])).settle().put(1, "new").settle();
        // The other two of the old three have not heard of the change, and are a majority.
        cluster.together(&[2, 3]).times_out(2);
        let elected = cluster.leads(2).is_some();
        assert!(elected);
        let violated = cluster.violation.as_ref().map(|violation| violation.invariant);
        assert_eq!(violated, bug.map(|_| "leader-completeness"));
    }
}

/// A few seconds of a cluster with faults and changes drawn from a seed; then all heals.
fn stormy(seed: u64, config: Config, bug: Option<Bug>) -> Cluster {
    let mut dice = Dice::new(Seed(seed));
    let config = Config { members: 3, ..config };
    let disk = Span::millis(dice.below(2) * dice.below(10));
    let mut cluster = Plan { config, disk, ..Plan::usual(5).clients(1).bug(bug).seed(seed) }.start();
    for turn in 0..60 {
        let pause = [5, 30, 400][dice.below(3) as usize];
        cluster.run(Span::millis(dice.below(pause)));
        let server = 1 + dice.below(5) as u16;
        match dice.below(9) {
            0..=2 => {
                let some: Vec<u16> = (1..=5).filter(|_| dice.below(2) == 0).collect();
                let leader = netsplit_sim::Target::Role("leader".to_owned());
                cluster.apply(Intervention::Invoke(leader, configure(&some)))
            }
            3 | 4 => cluster.put(6, &turn.to_string()),
            5 => cluster.crash(server),
            6 => cluster.restart(server),
            7 => cluster.together(&(1..=5).filter(|_| dice.below(2) == 0).collect::<Vec<_>>()),
            _ => cluster.heal(),
        };
        if cluster.violation.is_some() {
            return cluster;
        }
    }
    cluster.heal();
    (1..=5).for_each(|server| _ = cluster.restart(server));
    cluster.run(Span::secs(4)).put(6, "the last").run(Span::secs(4));
    cluster
}

#[test]
fn changes_under_faults_break_nothing_and_the_cluster_recovers() {
    for seed in 0..200 {
        let options = Config { check_quorum: true, noop_on_election: true, ..Config::default() };
        for config in [Config::default(), options, complete()] {
            let settled = config.check_quorum;
            let cluster = stormy(seed, config, None);
            assert_eq!(cluster.violation, None, "seed {seed}");
            if settled {
                let leader = leader_of(&cluster).unwrap_or_else(|| panic!("nobody leads with seed {seed}"));
                let members = &cluster.server(leader).configuration().servers;
                let members: Vec<u16> = members.iter().map(|server| server.0 + 1).collect();
                agree(&cluster, &members, "the last");
            }
        }
    }
}

#[test]
fn a_change_in_one_step_is_found() {
    let mut found = (0..500).filter_map(|seed| stormy(seed, Config::default(), Some(Bug::SingleStepChange)).violation);
    assert!(found.any(|violation| violation.invariant == "leader-completeness"));
}
