//! Figure 7: a new leader brings followers with all kinds of logs into line.

use crate::lone::{Lone, log, n, put};
use netsplit_protocols::Bugs;
use netsplit_protocols::raft::{Config, Disk, Msg, Role, Term};

const LEADER: [Term; 10] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];

const FOLLOWERS: [(&str, &[Term]); 6] = [
    ("a", &[1, 1, 1, 4, 4, 5, 5, 6, 6]),
    ("b", &[1, 1, 1, 4]),
    ("c", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]),
    ("d", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]),
    ("e", &[1, 1, 1, 4, 4, 4, 4]),
    ("f", &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]),
];

#[test]
fn logs_that_lack_entries_or_have_too_many_become_the_leaders() {
    for (name, terms) in FOLLOWERS {
        for max_entries in [1, 3, 64] {
            let (leader, follower, messages) = bring_into_line(terms, max_entries);
            assert_eq!(follower.server.log(), leader.server.log(), "follower {name}");
            assert!(messages <= 24, "follower {name} took {messages} messages");
        }
    }
}

/// The leader of term 8 gets a command, and its messages to n2 are answered until there are none.
fn bring_into_line(terms: &[Term], max_entries: u32) -> (Lone, Lone, u32) {
    let config = Config { max_entries, ..Config::default() };
    let disk = |terms: &[Term]| Disk { current_term: 7, log: log(terms), ..Disk::default() };
    let mut leader = Lone::with(n(1), disk(&LEADER), &config, Bugs::NONE);
    leader.times_out();
    let mut leader = leader.elected(8);
    let mut follower = Lone::with(n(2), disk(terms), &config, Bugs::NONE);
    leader.is_asked(0, put("y", "1"));
    let (mut outbox, mut messages) = (to_n2(&leader), 0);
    while let Some(msg) = outbox.pop() {
        follower.hears(n(1), msg);
        let answer = follower.answered();
        outbox.extend(to_n2(leader.hears(n(2), answer)));
        messages += 1;
        assert!(messages < 100, "it never ends");
    }
    let Role::Leader { peers } = leader.server.role() else { panic!("deposed") };
    assert_eq!((peers[0].match_index, peers[0].next_index), (11, 12));
    (leader, follower, messages)
}

fn to_n2(server: &Lone) -> Vec<Msg> {
    server.sent().into_iter().filter(|(to, _)| *to == n(2)).map(|(_, msg)| msg).collect()
}
