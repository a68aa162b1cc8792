//! Changes of the set of servers by joint consensus (thesis, §4).

use crate::script::{Script, with_either_host};
use netsplit_protocols::raft::{Bug, Config};
use netsplit_twin::{Host, Plan, Role};

/// So many servers, of which the first make up the cluster.
fn cluster(host: Host, servers: usize, members: u16) -> Script {
    let plan = Plan::of(host, servers);
    let config = Config { members, ..plan.config };
    Script::of(Plan { config, ..plan })
}

/// Heartbeats of a leader, each answered by all.
fn goes_on(twin: &mut Script, leader: u16, beats: u32) {
    for _ in 0..beats {
        twin.beats(leader).settle();
    }
}

#[test]
fn any_set_becomes_any_other() {
    let sets: [&[u16]; 9] =
        [&[1], &[1, 2], &[1, 2, 3], &[1, 2, 3, 4], &[1, 2, 3, 4, 5], &[1, 4, 5], &[2, 3], &[4], &[3, 4, 5, 6]];
    with_either_host(|host| {
        for members in 1..=4 {
            for set in sets {
                let mut twin = cluster(host, 6, members);
                twin.times_out(1).settle().propose(1, "a").settle().beats(1).settle();
                twin.configure(1, set);
                goes_on(&mut twin, 1, 6);
                let heir = set[0];
                if !set.contains(&1) {
                    assert_eq!(twin.server(1).role, Role::Follower, "it has left: {members} to {set:?}");
                    twin.times_out(heir).settle();
                    goes_on(&mut twin, heir, 3);
                }
                twin.propose(heir, "b").settle();
                goes_on(&mut twin, heir, 3);
                for server in set {
                    assert_eq!(twin.voters(*server), (set.to_vec(), None), "{members} to {set:?}");
                    assert_eq!(twin.commits()[usize::from(*server) - 1], twin.server(heir).log.len() as u64);
                }
            }
        }
    });
}

/// From n1 to n3 over to n3 to n5, in the middle of the change: the joint configuration is with n1 and n3 alone.
fn in_the_middle(host: Host) -> Script {
    let mut twin = cluster(host, 5, 3);
    twin.times_out(1).settle().beats(1).settle().configure(1, &[3, 4, 5]);
    for _ in 0..100 {
        if twin.voters(1).1.is_some() {
            break;
        }
        match twin.mail.is_empty() {
            true => twin.beats(1),
            false => twin.deliver_first(),
        };
    }
    assert_eq!(twin.voters(1), (vec![1, 2, 3], Some(vec![3, 4, 5])));
    twin.mail.clear();
    twin
}

#[test]
fn while_it_is_joint_both_majorities_must_store_an_entry() {
    with_either_host(|host| {
        for (reached, commits) in [(&[1, 2, 3][..], false), (&[1, 3, 4, 5][..], true), (&[1, 4, 5], false)] {
            let mut twin = in_the_middle(host);
            let before = twin.server(1).commit;
            for _ in 0..6 {
                twin.beats(1).settle_among(reached);
            }
            assert_eq!(twin.server(1).commit > before, commits, "n1 and {reached:?}");
        }
    });
}

#[test]
fn while_it_is_joint_both_majorities_must_vote() {
    with_either_host(|host| {
        // n3 has the joint configuration; n1, which had it too, is gone.
        let mut twin = in_the_middle(host);
        for _ in 0..3 {
            twin.beats(1).settle_among(&[1, 3]);
        }
        assert_eq!(twin.voters(3), (vec![1, 2, 3], Some(vec![3, 4, 5])));
        for (voters, wins) in [(&[3, 4, 5][..], false), (&[2, 3], false), (&[2, 3, 4], true)] {
            twin.times_out(3).settle_among(voters);
            assert_eq!(twin.leads(3).is_some(), wins, "{voters:?}");
        }
        goes_on(&mut twin, 3, 8);
        assert_eq!(twin.voters(3), (vec![3, 4, 5], None), "the new leader finishes the change");
        assert!([3, 4, 5].iter().all(|server| twin.server(*server).commit == twin.server(3).log.len() as u64));
    });
}

#[test]
fn a_configuration_that_is_overwritten_is_in_force_no_longer() {
    with_either_host(|host| {
        let mut twin = in_the_middle(host);
        twin.times_out(2).settle_among(&[2, 3]);
        assert_eq!(twin.leads(2), Some(2), "by the old majority: n3 has not heard of the change");
        for _ in 0..4 {
            twin.beats(2).settle();
        }
        assert_eq!(twin.voters(1), (vec![1, 2, 3], None));
    });
}

#[test]
fn a_leader_that_is_not_in_the_new_configuration_leads_on_until_that_is_committed() {
    with_either_host(|host| {
        let mut twin = in_the_middle(host);
        for _ in 0..100 {
            if twin.voters(1).1.is_none() {
                break;
            }
            match twin.mail.is_empty() {
                true => twin.beats(1),
                false => twin.deliver_first(),
            };
        }
        assert_eq!((twin.voters(1), twin.leads(1)), ((vec![3, 4, 5], None), Some(1)));
        goes_on(&mut twin, 1, 4);
        assert_eq!((twin.leads(1), twin.server(1).commit), (None, twin.server(1).log.len() as u64));
    });
}

#[test]
fn a_server_outside_stands_for_election_only_while_the_change_may_not_be_committed() {
    with_either_host(|host| {
        let mut twin = cluster(host, 4, 3);
        twin.times_out(4).settle();
        assert_eq!((twin.server(4).role, twin.server(4).term), (Role::Follower, 0), "it was never in");
        twin.times_out(1).settle().beats(1).settle().configure(1, &[2, 3]);
        goes_on(&mut twin, 1, 5);
        assert_eq!((twin.leads(1), twin.voters(1)), (None, (vec![2, 3], None)));
        let term = twin.server(1).term;
        twin.times_out(1).settle();
        assert_eq!((twin.server(1).role, twin.server(1).term), (Role::Follower, term), "it is out");
    });
}

#[test]
fn new_servers_are_sent_a_snapshot_if_the_log_is_dropped_and_take_its_configuration() {
    with_either_host(|host| {
        let plan = Plan::of(host, 4);
        let config = Config { members: 2, snapshot_every: 3, ..plan.config };
        let mut twin = Script::of(Plan { config, ..plan });
        twin.times_out(1).settle().configure(1, &[1, 2, 3]);
        goes_on(&mut twin, 1, 6);
        for value in ["a", "b", "c", "d", "e", "f"] {
            twin.propose(1, value).settle().beats(1).settle();
        }
        twin.configure(1, &[1, 3, 4]);
        goes_on(&mut twin, 1, 10);
        assert!([1, 3, 4].iter().all(|server| twin.voters(*server) == (vec![1, 3, 4], None)));
        twin.restart(4);
        assert_eq!(twin.voters(4), (vec![1, 3, 4], None));
    });
}

#[test]
fn a_change_in_one_step_is_noticed() {
    with_either_host(|host| {
        let plan = Plan::of(host, 4);
        let config = Config { members: 3, ..plan.config };
        let mut twin = Script::of(Plan { config, bug: Some(Bug::SingleStepChange), ..plan });
        twin.times_out(1).settle().beats(1).settle();
        let noticed = twin.configure_anyhow(1, &[1, 2]);
        assert!(noticed.is_err_and(|difference| difference.contains("the new servers alone")));
    });
}
