//! What a server shows.

use crate::cluster::{Cluster, Plan};
use crate::lone::{Lone, n, put};
use netsplit_protocols::Entry;
use netsplit_protocols::raft::{AppendEntries, AppendEntriesReply, Invariants, Raft, RequestVote};
use netsplit_sim::digest::Added;
use netsplit_sim::{Process, Prominence};
use serde_json::json;

fn note(server: &Lone) -> String {
    server.server.face().note.unwrap_or_default()
}

#[test]
fn a_face_shows_role_term_and_the_end_of_the_log() {
    let mut leader = Lone::leader(2, &[1; 14]);
    leader.is_asked(0, put("key", "a long value"));
    let stored = AppendEntriesReply { term: 2, success: true, last_index: 14, round: Added(0) };
    leader.hears(n(2), stored.clone()).hears(n(3), stored);
    let face = leader.server.face();
    assert_eq!((face.role, face.prominence, face.ring), ("leader", Prominence::Leading, Some("heartbeat")));
    assert_eq!((face.headline, face.strip_start, face.strip.len()), (Some(("term", 2)), 3, 12));
    let last = face.strip.last().expect("a cell");
    assert_eq!((last.tone, last.solid, last.text.as_str()), (2, false, "key=a l…"));
    assert_eq!(face.strip[0].tone, 1);
    assert_eq!(face.note.as_deref(), Some("waiting for 4 servers"));
}

#[test]
fn a_note_says_what_a_server_believes_or_waits_for() {
    let mut server = Lone::server(1, &[]);
    assert_eq!(note(&server), "");
    server.hears(
        n(3),
        RequestVote { term: 2, candidate_id: n(3), last_log_index: 0, last_log_term: 0, disrupt: Added(false) },
    );
    assert_eq!(note(&server), "voted for n3");
    let heartbeat = AppendEntries {
        term: 2,
        leader_id: n(3),
        prev_log_index: 0,
        prev_log_term: 0,
        entries: vec![],
        leader_commit: 0,
        round: Added(0),
    };
    assert_eq!(note(server.hears(n(3), heartbeat)), "follows n3");
    assert_eq!(note(server.times_out()), "votes 1 of 5");
    assert_eq!(note(&server.elected(3)), "");
}

#[test]
fn a_client_says_whom_it_waits_for() {
    let mut cluster = Plan::by_hand(1).clients(1).start();
    let note = |cluster: &crate::cluster::Cluster| cluster.world.face(n(2)).and_then(|face| face.note);
    assert_eq!(note(&cluster), None);
    cluster.put(2, "1").put(2, "2");
    assert_eq!(note(&cluster).as_deref(), Some("put x=1: waiting for n1, 1 more to do"));
}

#[test]
fn state_is_shown_under_the_papers_names_the_durable_part_apart() {
    let mut cluster = Plan::by_hand(2).start();
    cluster.times_out(1).put(1, "1").settle();
    let node = cluster.world.node(n(1));
    let disk = serde_json::to_value(node.disk()).expect("JSON");
    let entry = json!({ "term": 1, "command": { "put": { "key": "x", "value": "1" } } });
    assert_eq!(disk, json!({ "currentTerm": 1, "votedFor": 0, "log": [entry] }));
    let volatile = serde_json::to_value(node.volatile()).expect("JSON");
    let peer = json!({ "server": 1, "nextIndex": 2, "matchIndex": 1, "sentIndex": 1 });
    assert_eq!(
        volatile,
        json!({
            "role": { "leader": { "peers": [peer] } },
            "leaderId": 0,
            "commitIndex": 1,
            "lastApplied": 1,
            "stateMachine": { "store": { "x": "1" } },
            "waiting": [],
        })
    );
}

#[test]
fn measures_follow_the_term_and_what_is_committed() {
    let mut cluster = Plan::by_hand(3).start();
    let figures = |cluster: &Cluster| Raft::measure(&cluster.world, &Invariants::default());
    assert_eq!(figures(&cluster), [0, 0, 0]);
    cluster.times_out(1).put(1, "1").settle();
    assert_eq!(figures(&cluster), [1, 1, 0]);
    cluster.together(&[1]).put(1, "2").put(1, "3").settle();
    assert_eq!(figures(&cluster), [1, 1, 2], "two commands that no majority has");
    cluster.times_out(2);
    assert_eq!(figures(&cluster), [2, 1, 2]);
}
