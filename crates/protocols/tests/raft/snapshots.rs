//! Snapshots (thesis, §5), rule by rule, and what they are for.

use crate::cluster::{Plan, complete};
use crate::lone::{Lone, entry, n, put};
use netsplit_protocols::raft::{
    AppendEntries, AppendEntriesReply, Config, Entry, Index, InstallSnapshot, InstallSnapshotReply, Line, Msg, Role,
    Snapshot, Term,
};
use netsplit_sim::digest::Added;
use netsplit_sim::{Intervention, Span};
use std::sync::Arc;

fn settings() -> Config {
    Config { snapshot_every: 3, ..Config::default() }
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

/// n1 in term 2, with entries of these terms, the first so many committed.
fn with_committed(terms: &[Term], committed: Index) -> Lone {
    let mut server = Lone::set(&settings(), 2, terms);
    let last = terms.len();
    server.hears(n(2), append(2, (last as Index, terms[last - 1]), vec![], committed));
    server
}

/// The snapshot of a server that has applied four entries, of terms 1, 1, 1 and 2.
fn snapshot() -> Arc<Snapshot> {
    let server = with_committed(&[1, 1, 1, 2], 4);
    (*server.server.disk().snapshot).clone().expect("four are more than three")
}

fn install(term: Term) -> InstallSnapshot {
    InstallSnapshot { term, leader_id: n(2), snapshot: snapshot() }
}

fn answer(term: Term, last_index: Index) -> Msg {
    InstallSnapshotReply { term, last_index }.into()
}

fn value(server: &Lone) -> Option<&str> {
    server.server.state_machine().get("x").map(|value| &**value)
}

#[test]
pub fn a_server_writes_its_state_machine_down_and_drops_the_log_up_to_there() {
    let mut server = with_committed(&[1, 1, 1, 2], 2);
    assert!(!server.ran(Line::TakeSnapshot), "two entries are too few");
    let whole = server.server.log().clone();
    server.hears(n(2), append(2, (4, 2), vec![], 3));
    assert!(server.ran(Line::TakeSnapshot));
    let snapshot = (*server.server.disk().snapshot).clone().expect("a snapshot");
    assert_eq!((snapshot.last_index, snapshot.last_term), (3, 1));
    assert_eq!(snapshot.state_machine.get("x").map(|value| &**value), Some("3.1"));
    let log = server.server.log();
    assert_eq!((server.log(), log.base_index(), log.last_index(), log.last_term()), (vec![2], 3, 4, 2));
    assert_eq!((log.term_at(2), log.term_at(3), log.term_at(4)), (None, Some(1), Some(2)));
    assert_eq!((log.digest_up_to(2), log.digest_up_to(4)), (None, whole.digest_up_to(4)));
}

#[test]
pub fn a_server_that_restarts_begins_with_its_snapshot() {
    let mut server = with_committed(&[1, 1, 1, 2], 3);
    server.restarts();
    assert!(server.ran(Line::RestoreSnapshot));
    assert_eq!((server.server.commit_index(), server.server.last_applied(), value(&server)), (3, 3, Some("3.1")));
    assert_eq!(server.log(), [2]);
}

#[test]
pub fn a_leader_sends_its_snapshot_to_a_follower_that_lacks_what_is_dropped() {
    let mut server = with_committed(&[1, 1, 1, 2], 4);
    server.times_out();
    let mut server = server.elected(3);
    server.hears(n(4), AppendEntriesReply { term: 3, success: false, last_index: 2, round: Added(0) });
    assert!(server.ran(Line::SendSnapshot));
    let msg = InstallSnapshot { leader_id: n(1), ..install(3) };
    assert_eq!(server.sent(), [(n(4), msg.clone().into())]);
    server.is_asked(0, put("x", "5"));
    assert!(server.sent().iter().all(|(to, _)| *to != n(4)), "an answer is outstanding");
    server.beats();
    assert!(server.sent().contains(&(n(4), msg.into())), "it may have been lost");
    server.hears(n(4), InstallSnapshotReply { term: 3, last_index: 4 });
    let Role::Leader { peers } = server.server.role() else { panic!() };
    assert_eq!((peers[2].match_index, peers[2].next_index), (4, 5));
    assert!(matches!(&server.sent()[0].1, Msg::AppendEntries(msg) if msg.prev_log_index == 4));
}

#[test]
pub fn install_snapshot_1_an_earlier_term_is_refused() {
    let mut server = Lone::set(&settings(), 4, &[]);
    assert_eq!(server.hears(n(2), install(3)).answered(), answer(4, 0));
    assert!(server.ran(Line::SnapshotStaleTerm));
    assert_eq!(*server.server.disk().snapshot, None);
}

#[test]
pub fn install_snapshot_what_is_committed_already_changes_nothing() {
    let mut server = with_committed(&[1, 1, 1, 2, 2, 2, 2], 5);
    let disk = server.server.disk().clone();
    assert_eq!(server.hears(n(2), install(2)).answered(), answer(2, 4));
    assert!(server.ran(Line::SnapshotKnown));
    assert_eq!((server.server.disk(), value(&server)), (&disk, Some("5.2")));
}

#[test]
pub fn install_snapshot_6_what_follows_the_last_entry_is_kept() {
    let mut server = with_committed(&[1, 1, 1, 2, 2], 1);
    assert_eq!(server.hears(n(2), install(2)).answered(), answer(2, 4));
    assert!(server.ran(Line::RetainLog) && server.ran(Line::ResetStateMachine));
    assert_eq!((server.log(), server.server.log().base_index(), value(&server)), (vec![2], 4, Some("4.2")));
}

#[test]
pub fn install_snapshot_7_and_8_else_the_log_goes_and_the_state_machine_comes() {
    for terms in [&[1][..], &[1, 1, 1, 1, 1, 1]] {
        let mut server = Lone::set(&settings(), 2, terms);
        assert_eq!(server.hears(n(2), install(2)).answered(), answer(2, 4));
        assert!(server.ran(Line::DiscardLog) && server.ran(Line::ResetStateMachine));
        assert_eq!((server.log(), server.server.log().last_index(), server.server.log().last_term()), (vec![], 4, 2));
        assert_eq!((server.server.commit_index(), server.server.last_applied()), (4, 4));
        assert_eq!((value(&server), &server.server.disk().snapshot.0), (Some("4.2"), &Some(snapshot())));
        server.hears(n(2), append(2, (4, 2), vec![entry(5, 2)], 5));
        assert_eq!((server.log(), value(&server)), (vec![2], Some("5.2")));
    }
}

#[test]
fn entries_that_come_late_and_are_in_the_snapshot_already_are_passed_over() {
    let mut server = with_committed(&[1, 1, 1, 2], 4);
    let late = append(2, (1, 1), vec![entry(2, 1), entry(3, 1), entry(4, 2), entry(5, 2)], 5);
    server.hears(n(2), late);
    assert_eq!(server.answered(), AppendEntriesReply { term: 2, success: true, last_index: 5, round: Added(0) }.into());
    assert_eq!((server.log(), server.server.log().last_index(), value(&server)), (vec![2], 5, Some("5.2")));
}

#[test]
fn a_server_that_missed_everything_catches_up() {
    for (disk, max_entries) in [(0, 64), (10, 2)] {
        let config = Config { max_entries, ..complete() };
        let mut cluster = Plan { config, disk: Span::millis(disk), ..Plan::usual(5) }.start();
        cluster.crash(3).run(Span::secs(1));
        let leader = (1..=5).find(|server| *server != 3 && cluster.leads(*server).is_some()).expect("somebody leads");
        for value in 0..20 {
            cluster.put(leader, &value.to_string()).run(Span::millis(30));
        }
        cluster.restart(3).run(Span::secs(1));
        assert!(cluster.notes.lines.contains(&Line::DiscardLog.into()));
        assert_eq!(cluster.value(3).as_deref(), Some("19"));
        assert!(cluster.servers().all(|server| server.log().last_index() - server.log().base_index() <= 3));
        // And it is worth as much as the others: with two of them gone it takes part in the majority.
        cluster.crash(leader % 5 + 1).restart(3).crash((leader + 1) % 5 + 1).restart(3).run(Span::secs(2));
        cluster.apply(Intervention::Heal);
        assert_eq!(cluster.violation, None);
        assert!(cluster.servers().any(|server| server.is_leader()));
    }
}
