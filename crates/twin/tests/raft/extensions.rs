//! What the thesis adds to the paper: PreVote, CheckQuorum, leadership transfer, snapshots.

use crate::script::{Script, with_either_host};
use netsplit_protocols::raft::Config;
use netsplit_twin::{Host, Plan, Role};

fn careful(host: Host, servers: usize) -> Script {
    let plan = Plan::of(host, servers);
    let config = Config { pre_vote: true, check_quorum: true, ..plan.config };
    Script::of(Plan { config, ..plan })
}

#[test]
fn pre_vote_precedes_the_election() {
    with_either_host(|host| {
        for servers in 1..=5 {
            let mut twin = careful(host, servers);
            twin.times_out(1);
            let asks = if servers == 1 { Role::Leader } else { Role::PreCandidate };
            assert_eq!((twin.server(1).role, twin.server(1).term), (asks, u64::from(servers == 1)));
            twin.settle();
            assert_eq!(twin.leads(1), Some(1));
        }
    });
}

#[test]
fn a_server_that_was_cut_off_does_not_raise_its_term_nor_depose_the_leader() {
    with_either_host(|host| {
        let mut twin = careful(host, 3);
        twin.times_out(1).settle();
        for _ in 0..5 {
            twin.times_out(3).settle_among(&[1, 2]).beats(1).settle_among(&[1, 2]);
        }
        assert_eq!((twin.server(3).role, twin.server(3).term), (Role::PreCandidate, 1));
        twin.times_out(3).settle();
        assert_eq!(twin.leads(1), Some(1));
        twin.beats(1).settle();
        assert_eq!(twin.server(3).role, Role::Follower);
    });
}

#[test]
fn without_a_majority_of_yes_to_pre_vote_there_is_no_election() {
    with_either_host(|host| {
        let mut twin = careful(host, 5);
        twin.times_out(1).settle_among(&[1, 2]);
        assert_eq!((twin.server(1).role, twin.server(1).term), (Role::PreCandidate, 0));
        twin.times_out(1).settle_among(&[1, 2, 3]);
        assert_eq!(twin.leads(1), Some(1));
    });
}

#[test]
fn an_older_log_is_refused_in_the_pre_vote_already() {
    with_either_host(|host| {
        let plan = Plan::with_logs(host, 3, &[&[1, 1, 1], &[1, 2], &[1, 2]]);
        let config = Config { pre_vote: true, check_quorum: true, ..plan.config };
        let mut twin = Script::of(Plan { config, ..plan });
        twin.times_out(1).settle();
        assert_eq!((twin.leads(1), twin.server(1).term), (None, 3));
        twin.times_out(2).settle();
        assert_eq!(twin.leads(2), Some(4));
    });
}

#[test]
fn a_leader_that_hears_no_majority_steps_down() {
    with_either_host(|host| {
        let plan = Plan::of(host, 5);
        let config = Config { check_quorum: true, ..plan.config };
        let mut twin = Script::of(Plan { config, ..plan });
        twin.times_out(1).settle();
        // Two answers and its own are a majority...
        for _ in 0..20 {
            twin.ticks(1, 5).settle_among(&[1, 2, 3]);
        }
        assert_eq!(twin.leads(1), Some(1));
        // ...one and its own are not.
        let steps_down = (0..60).any(|_| twin.ticks(1, 1).settle_among(&[1, 2]).leads(1).is_none());
        assert!(steps_down);
        assert_eq!(twin.server(1).term, 1);
    });
}

#[test]
fn who_hears_a_leader_ignores_candidates_until_it_has_been_silent_for_the_shortest_timeout() {
    with_either_host(|host| {
        for (ticks, wins) in [(14, false), (15, true)] {
            let plan = Plan::of(host, 3);
            let config = Config { check_quorum: true, ..plan.config };
            let mut twin = Script::of(Plan { config, ..plan });
            twin.times_out(1).settle().beats(1).settle();
            twin.ticks(2, ticks).ticks(3, ticks);
            let candidate = if twin.server(3).role == Role::Follower { 3 } else { 2 };
            twin.mail.clear();
            twin.times_out(candidate).settle_among(&[2, 3]);
            assert_eq!(twin.leads(candidate).is_some(), wins, "after {ticks} ticks");
        }
    });
}

#[test]
fn a_leader_hands_over_to_a_server_of_ones_choice() {
    with_either_host(|host| {
        for (pre_vote, check_quorum) in [(false, false), (false, true), (true, true)] {
            let plan = Plan::of(host, 3);
            let config = Config { pre_vote, check_quorum, ..plan.config };
            let mut twin = Script::of(Plan { config, ..plan });
            twin.times_out(1).settle().propose(1, "a").settle().beats(1).settle();
            twin.hands_over(1, 3).settle();
            assert_eq!((twin.leads(1), twin.leads(3)), (None, Some(2)));
            twin.hands_over(3, 2).settle();
            assert_eq!((twin.leads(3), twin.leads(2)), (None, Some(3)));
        }
    });
}

#[test]
fn who_lacks_what_is_dropped_is_sent_a_snapshot() {
    with_either_host(|host| {
        let plan = Plan::of(host, 3);
        let config = Config { snapshot_every: 4, ..plan.config };
        let mut twin = Script::of(Plan { config, ..plan });
        twin.times_out(1).settle();
        for value in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
            twin.propose(1, value).settle_among(&[1, 2]);
        }
        twin.beats(1).settle_among(&[1, 2]);
        assert_eq!((&twin.commits()[..2], twin.server(1).log.len()), ([10, 10].as_slice(), 2));
        for _ in 0..4 {
            twin.beats(1).settle();
        }
        assert_eq!(twin.commits(), [10; 3]);
        assert_eq!(twin.server(3).log, twin.server(1).log);
        twin.restart(3);
        assert_eq!(twin.server(3).commit, 8, "its snapshot says so");
        twin.beats(1).settle().propose(1, "j").settle().beats(1).settle();
        assert_eq!(twin.commits(), [11; 3]);
    });
}
