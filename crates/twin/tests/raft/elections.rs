//! Elections.

use crate::script::{Script, with_either_host};
use netsplit_protocols::raft::Term;
use netsplit_twin::{Host, Plan, Role};

#[test]
fn a_server_leads_with_the_votes_of_a_majority() {
    with_either_host(|host| {
        for servers in 1..=7 {
            let mut twin = Script::of(Plan::of(host, servers));
            twin.times_out(1).settle();
            assert_eq!(twin.leads(1), Some(1));
            twin.beats(1).settle();
            assert_eq!(twin.commits(), vec![1; servers]);
        }
    });
}

#[test]
fn half_of_the_servers_are_no_majority() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 4));
        twin.times_out(1).settle_among(&[1, 2]);
        assert_eq!(twin.server(1).role, Role::Candidate);
        twin.times_out(1).settle_among(&[1, 2, 3]);
        assert_eq!(twin.leads(1), Some(2));
    });
}

#[test]
fn a_split_vote_elects_nobody_and_the_next_election_somebody() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 5));
        twin.times_out(1).times_out(2).times_out(3);
        twin.arrives(1, 4).arrives(2, 5); // two votes each, and one for n3
        twin.settle();
        assert_eq!([1, 2, 3].map(|server| twin.leads(server)), [None; 3]);
        assert_eq!([1, 2, 3].map(|server| twin.server(server).term), [1; 3]);
        twin.times_out(3).settle();
        assert_eq!(twin.leads(3), Some(2));
        assert_eq!([1, 2].map(|server| twin.server(server).role), [Role::Follower; 2]);
    });
}

#[test]
fn a_candidate_gives_way_to_the_leader_of_its_term() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 3));
        twin.times_out(1).times_out(3).settle_among(&[1, 2]);
        assert_eq!((twin.leads(1), twin.server(3).role), (Some(1), Role::Candidate));
        twin.beats(1).settle();
        assert_eq!(twin.server(3).leader, Some(crate::script::n(1)));
    });
}

#[test]
fn a_leader_that_was_away_steps_down() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 5));
        twin.times_out(1).settle().propose(1, "lost").settle_among(&[1]);
        twin.times_out(2).settle_among(&[2, 3, 4, 5]);
        assert_eq!((twin.leads(1), twin.leads(2)), (Some(1), Some(2)));
        // In theirs the servers of the new term say nothing to the old leader: it learns from the new one.
        twin.beats(1).settle().beats(2).settle();
        assert_eq!((twin.leads(1), twin.leads(2)), (None, Some(2)));
        assert_eq!(twin.log(1), [1, 2]);
    });
}

#[test]
fn votes_survive_a_crash() {
    with_either_host(|host| {
        let mut twin = Script::of(Plan::of(host, 3));
        twin.times_out(1).times_out(2).settle_among(&[1, 3]);
        assert_eq!(twin.server(3).voted_for, Some(crate::script::n(1)));
        twin.restart(3);
        assert_eq!(twin.server(3).voted_for, Some(crate::script::n(1)));
    });
}

#[test]
fn a_vote_is_given_once_a_term_whoever_asks_however_often() {
    let mut twin = Script::of(Plan::of(Host::Ours, 3));
    twin.times_out(1).times_out(2);
    let twice = twin.mail.clone();
    twin.mail.extend(twice);
    twin.settle();
    assert_eq!((twin.leads(1), twin.leads(2)), (Some(1), None));
}

#[test]
fn an_older_log_wins_no_votes() {
    with_either_host(|host| {
        let new: &[Term] = &[1, 2, 2];
        let mut twin = Script::of(Plan::with_logs(host, 3, &[&[1, 1, 1, 1], &[1, 2], new, new, new]));
        for (server, term, wins) in [(1, 4, None), (2, 5, None), (1, 6, None), (3, 7, Some(7))] {
            twin.times_out(server).settle();
            assert_eq!((twin.server(server).term, twin.leads(server)), (term, wins), "n{server}");
        }
        twin.beats(3).settle();
        assert_eq!(twin.log(1), [1, 2, 2, 7]);
    });
}
