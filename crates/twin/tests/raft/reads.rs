//! Reads that are not entries of the log: ReadIndex (thesis, §6.4).

use crate::script::{Script, n, with_either_host};
use netsplit_protocols::raft::{Config, Reads};
use netsplit_twin::{Host, Plan};

fn reading(host: Host, servers: usize) -> Script {
    let plan = Plan::of(host, servers);
    let config = Config { reads: Reads::ReadIndex, ..plan.config };
    Script::of(Plan { config, ..plan })
}

#[test]
fn a_read_is_answered_once_a_majority_has_said_that_it_follows_still() {
    with_either_host(|host| {
        for servers in 1..=7_u16 {
            let mut twin = reading(host, usize::from(servers));
            twin.times_out(1).settle().beats(1).settle().reads(1);
            assert_eq!(twin.answered(n(1)), usize::from(servers == 1), "{servers} servers");
            let others = servers / 2;
            for follower in 2..2 + others {
                assert_eq!(twin.answered(n(1)), 0, "{servers} servers, asked {follower}");
                twin.arrives(1, follower).arrives(follower, 1);
            }
            assert_eq!(twin.answered(n(1)), 1, "{servers} servers");
        }
    });
}

#[test]
fn one_acknowledgement_serves_all_reads_that_came_before_its_round() {
    with_either_host(|host| {
        let mut twin = reading(host, 3);
        twin.times_out(1).settle().beats(1).settle();
        twin.reads(1).reads(1).reads(1).settle().beats(1).settle();
        assert_eq!(twin.answered(n(1)), 3);
    });
}

#[test]
fn a_leader_that_was_deposed_without_its_knowledge_answers_nothing() {
    with_either_host(|host| {
        let mut twin = reading(host, 5);
        twin.times_out(1).settle().beats(1).settle();
        twin.times_out(3).settle_among(&[3, 4, 5]).propose(3, "new").settle_among(&[3, 4, 5]);
        twin.reads(1).settle_among(&[1, 2]).beats(1).settle_among(&[1, 2]);
        assert_eq!((twin.leads(1), twin.answered(n(1))), (Some(1), 0));
        twin.beats(3).settle().beats(3).settle();
        assert_eq!((twin.leads(1), twin.answered(n(1))), (None, 0));
    });
}

#[test]
fn a_leader_that_has_committed_nothing_in_its_term_takes_no_read_there() {
    with_either_host(|host| {
        let mut twin = reading(host, 3);
        twin.times_out(1).settle_among(&[1]).times_out(1).arrives(1, 2).arrives(2, 1);
        assert_eq!((twin.leads(1), twin.server(1).commit), (Some(2), 0));
        assert_eq!(twin.read(n(1)), Ok(false));
    });
}
