//! Figure 8, step by step: why a leader may not commit an entry of an earlier term by counting its copies.

use crate::cluster::{Cluster, Plan};
use netsplit_protocols::raft::Bug;

/// Up to (c): n1, leader of term 4, has brought its entry of term 2 to a majority.
fn up_to_c(bug: Option<Bug>) -> Cluster {
    let mut cluster = Plan::by_hand(5).bug(bug).start();
    cluster.times_out(1).put(1, "first").settle(); // an entry of term 1, everywhere
    cluster.crash(1).restart(1).times_out(1);
    assert_eq!(cluster.leads(1), Some(2));
    // (a) n1 leads term 2, and its entry at index 2 gets no further than n2.
    cluster.together(&[1, 2]).put(1, "of term 2").settle();
    assert_eq!((cluster.log(1), cluster.log(2), cluster.log(3)), (vec![1, 2], vec![1, 2], vec![1]));
    // (b) n1 crashes; n5 leads term 3 with the votes of n3 and n4, and has another entry at index 2.
    cluster.crash(1).together(&[3, 4, 5]).times_out(5);
    cluster.together(&[5]).put(5, "of term 3").settle();
    assert_eq!((cluster.leads(5), cluster.log(5)), (Some(3), vec![1, 3]));
    // (c) n5 crashes; n1 returns, leads term 4, and goes on replicating.
    cluster.crash(5).restart(1).together(&[1, 2, 3]).times_out(1).times_out(1);
    assert_eq!((cluster.leads(1), cluster.log(1), cluster.log(3)), (Some(4), vec![1, 2], vec![1, 2]));
    cluster
}

/// (d) n1 crashes; n5 leads term 5 with the votes of n2, n3 and n4, and overwrites the entry.
fn d(cluster: &mut Cluster) {
    cluster.crash(1).restart(5).heal().times_out(5).times_out(5);
    assert_eq!(cluster.leads(5), Some(5));
    cluster.settle();
    for server in [2, 3, 4] {
        assert_eq!(cluster.log(server), [1, 3]);
    }
}

#[test]
fn with_the_rule_the_entry_is_not_committed_and_may_be_overwritten() {
    let mut cluster = up_to_c(None);
    assert_eq!(cluster.server(1).commit_index(), 0);
    d(&mut cluster);
    assert_eq!(cluster.violation, None);
}

#[test]
fn without_the_rule_it_is_committed_and_overwritten_all_the_same() {
    let mut cluster = up_to_c(Some(Bug::CommitOlderTerms));
    assert_eq!(cluster.server(1).commit_index(), 2);
    assert_eq!(cluster.value(1).unwrap(), "of term 2");
    d(&mut cluster);
    let (invariant, evidence) = cluster.verdict();
    assert_eq!(invariant, "leader-completeness");
    assert_eq!(
        evidence,
        [
            "n1 committed put x=of term 2 (term 2) at index 2 in term 4",
            "n5 became leader of term 5 with put x=of term 3 (term 3) at index 2 instead",
        ]
    );
    cluster.put(5, "of term 5").settle();
    assert_eq!(cluster.violated, ["leader-completeness", "state-machine-safety"]);
}

#[test]
fn with_an_entry_of_its_own_term_on_a_majority_n5_cannot_win() {
    for bug in [None, Some(Bug::CommitOlderTerms)] {
        let mut cluster = up_to_c(bug);
        // (e) n1 replicates an entry of term 4 before it crashes.
        cluster.put(1, "of term 4").settle();
        assert_eq!((cluster.log(3), cluster.server(1).commit_index()), (vec![1, 2, 4], 3));
        cluster.crash(1).restart(5).heal();
        for _ in 0..5 {
            cluster.times_out(5);
            assert_eq!(cluster.leads(5), None);
        }
        cluster.times_out(3).put(3, "of n3").settle();
        assert_eq!(cluster.log(5)[..3], [1, 2, 4]);
        assert_eq!(cluster.violation, None);
    }
}
