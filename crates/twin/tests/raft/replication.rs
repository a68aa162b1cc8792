//! Replication and commitment.

use crate::script::{Script, n, with_either_host};
use netsplit_protocols::raft::{Config, Msg, Term};
use netsplit_twin::{Host, Plan};

#[test]
fn what_is_proposed_is_replicated_and_committed() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 5));
        twin.times_out(1).settle();
        for value in ["a", "b", "c"] {
            twin.propose(1, value).settle().beats(1).settle();
        }
        assert_eq!(twin.commits(), [4; 5]);
        let values: Vec<_> = twin.server(5).log.into_iter().filter_map(|(_, value)| value).collect();
        assert_eq!(values, ["a", "b", "c"]);
    });
}

#[test]
fn a_minority_commits_nothing() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 5));
        twin.times_out(1).settle().beats(1).settle().propose(1, "a").settle_among(&[1, 2]);
        assert_eq!((twin.log(2), twin.commits()), (vec![1, 1], vec![1; 5]));
        twin.beats(1).settle_among(&[1, 2, 3]);
        twin.beats(1).settle_among(&[1, 2, 3]);
        assert_eq!(twin.commits(), [2, 2, 2, 1, 1]);
    });
}

#[test]
fn messages_may_come_late_twice_or_not_at_all() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 3));
        twin.times_out(1).settle();
        for value in ["a", "b", "c", "d"] {
            twin.propose(1, value);
        }
        let copies = twin.mail.clone();
        twin.settle();
        twin.mail.extend(copies.into_iter().rev());
        twin.settle().beats(1).settle();
        twin.propose(1, "e").mail.clear();
        // What theirs has sent on to a follower that has matched, it sends again only when that one refuses the next.
        twin.propose(1, "f").settle();
        for _ in 0..3 {
            twin.beats(1).settle();
        }
        assert_eq!(twin.commits(), [7; 3]);
    });
}

/// Figure 7: a new leader, and followers with all kinds of logs.
const FIGURE_7: [&[Term]; 7] = [
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6],
    &[1, 1, 1, 4],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    &[1, 1, 1, 4, 4, 4, 4],
    &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
];

#[test]
fn the_logs_of_figure_7_become_the_leaders() {
    with_either_host(|host| {
        for max_entries in [1, 64] {
            let plan = Plan::with_logs(host, 7, &FIGURE_7);
            let config = Config { max_entries, ..plan.config };
            let mut twin = Script::of(Plan { config, ..plan });
            twin.times_out(1).settle();
            assert_eq!(twin.leads(1), Some(8));
            twin.beats(1).settle();
            assert_eq!(twin.commits(), [11; 7]);
            assert!((1..=7).all(|server| twin.log(server) == [FIGURE_7[0], &[8]].concat()));
        }
    });
}

/// The leader is sent back entry by entry, or term by term, over conflicts that are longer than its own log.
#[test]
fn a_long_conflict_is_walked_back_over() {
    let long: Vec<Term> = [vec![1; 5], vec![2; 40]].concat();
    let interleaved: Vec<Term> = [vec![1; 5], (2..20).flat_map(|term| [2 * term; 2]).collect()].concat();
    let leader: Vec<Term> = [vec![1; 5], (2..20).flat_map(|term| [2 * term + 1; 3]).collect()].concat();
    with_either_host(|host| {
        let mut twin = Script::of(Plan::with_logs(host, 40, &[&leader, &long, &interleaved]));
        twin.times_out(1).settle().beats(1).settle();
        assert_eq!(twin.commits(), [leader.len() as u64 + 1; 3]);
        assert_eq!(twin.log(2), twin.log(1));
        assert_eq!(twin.log(3), twin.log(1));
    });
}

/// Figure 8, with the no-op of a term as its entry, and entries sent one by one.
#[test]
fn entries_of_earlier_terms_are_not_committed_by_counting() {
    with_either_host(|host| {
        let mut twin = figure_8_up_to_c(host);
        // (d) n1 crashes; n5 leads term 5 and overwrites the entry.
        twin.restart(1).times_out(5).settle_among(&[2, 3, 4, 5]).times_out(5).settle_among(&[2, 3, 4, 5]);
        assert_eq!(twin.leads(5), Some(5));
        twin.beats(5).settle();
        assert_eq!((twin.log(3), twin.commits()), (vec![1, 3, 5], vec![3; 5]));
    });
}

#[test]
fn entries_of_earlier_terms_are_committed_below_one_of_the_leaders_own() {
    with_either_host(|host| {
        let mut twin = figure_8_up_to_c(host);
        // (e) The entry of term 4 gets to n2 and n3 too.
        twin.beats(1).settle_among(&[1, 2, 3]).beats(1).settle_among(&[1, 2, 3]);
        assert_eq!((twin.log(3), twin.commits()), (vec![1, 2, 4], vec![3, 3, 3, 0, 0]));
        twin.restart(1);
        for _ in 0..3 {
            twin.times_out(5).settle_among(&[2, 3, 4, 5]);
            assert_eq!(twin.leads(5), None);
        }
    });
}

fn figure_8_up_to_c(host: Host) -> Script {
    let plan = Plan::with_logs(host, 1, &[[1].as_slice(); 5]);
    let config = Config { max_entries: 1, ..plan.config };
    let mut twin = Script::of(Plan { config, ..plan });
    // (a) n1 leads term 2, and its entry gets no further than n2.
    let entries = |msg: &Msg| matches!(msg, Msg::AppendEntries(_));
    twin.times_out(1).deliver_if(|_, letter| !entries(&letter.ours) || letter.to == n(2));
    assert_eq!((twin.log(1), twin.log(2), twin.log(3)), (vec![1, 2], vec![1, 2], vec![1]));
    // (b) n1 crashes; n5 leads term 3 with the votes of n3 and n4, and has another entry there.
    twin.restart(1)
        .times_out(5)
        .deliver_if(|_, letter| !entries(&letter.ours) && letter.to != n(1) && letter.to != n(2));
    assert_eq!((twin.leads(5), twin.log(5)), (Some(3), vec![1, 3]));
    // (c) n5 crashes; n1 leads term 4, and brings its entry of term 2 to a majority, but none of term 4.
    twin.restart(5).times_out(1).settle_among(&[1, 2, 3, 4]).times_out(1);
    twin.deliver_if(|twin, letter| match &letter.ours {
        Msg::AppendEntries(append) => {
            let log = twin.state(letter.to).log.len() as u64;
            letter.to != n(5) && !(append.prev_log_index == 2 && log >= 2)
        }
        _ => letter.to != n(5),
    });
    assert_eq!((twin.leads(1), twin.log(1)), (Some(4), vec![1, 2, 4]));
    assert_eq!([2, 3, 4].map(|server| twin.log(server)), [[1, 2]; 3]);
    assert_eq!(twin.server(1).commit, 0);
    twin
}
