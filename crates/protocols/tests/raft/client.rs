//! Clients find the leader, follow it, and are answered.

use crate::cluster::{Cluster, Plan};
use crate::lone::n;
use netsplit_protocols::raft::{Line, Ret, View};
use netsplit_protocols::shared::kv::Op;
use netsplit_sim::{OpId, Span};

/// Three servers, of which n1 leads, and a client: node 4.
fn with_client(seed: u64) -> Cluster {
    let mut cluster = Plan::by_hand(3).clients(1).seed(seed).start();
    cluster.times_out(1);
    cluster
}

const CLIENT: u16 = 4;

#[test]
pub fn a_client_that_asks_the_wrong_server_is_sent_to_the_leader() {
    let mut redirected = 0;
    for seed in 0..20 {
        let mut cluster = with_client(seed);
        cluster.put(CLIENT, "1").settle();
        assert_eq!(cluster.notes.replies, [(OpId(0), Ret::Ok)]);
        let Some(View::Client(client)) = cluster.world.view(n(CLIENT)) else { panic!() };
        assert_eq!((client.leader(), client.open()), (n(1), 0));
        redirected += u32::from(cluster.notes.lines.contains(&Line::Redirect.into()));
    }
    assert!((5..20).contains(&redirected), "a client begins with any server: {redirected} of 20 were redirected");
}

#[test]
pub fn a_client_does_one_thing_after_another() {
    let mut cluster = with_client(1);
    let key = || "x".into();
    cluster.put(CLIENT, "1");
    cluster.invoke(CLIENT, Op::Cas { key: key(), expect: "1".into(), value: "2".into() });
    cluster.invoke(CLIENT, Op::Cas { key: key(), expect: "1".into(), value: "3".into() });
    cluster.invoke(CLIENT, Op::Get { key: key() });
    cluster.invoke(CLIENT, Op::Delete { key: key() });
    cluster.invoke(CLIENT, Op::Get { key: key() });
    cluster.settle();
    let rets: Vec<_> = cluster.notes.replies.iter().map(|(_, ret)| ret.clone()).collect();
    assert_eq!(rets, [Ret::Ok, Ret::Ok, Ret::CasFailed, Ret::Value("2".into()), Ret::Ok, Ret::Absent]);
}

#[test]
pub fn a_client_that_hears_nothing_asks_the_next_server() {
    let mut cluster = with_client(1);
    cluster.put(CLIENT, "1").settle();
    cluster.crash(1).put(CLIENT, "2").times_out(2);
    assert_eq!(cluster.leads(2), Some(2));
    cluster.run(Span::secs(2));
    assert!(cluster.notes.lines.contains(&Line::Retry.into()));
    assert_eq!(cluster.notes.replies, [(OpId(0), Ret::Ok), (OpId(1), Ret::Ok)]);
    assert_eq!(cluster.value(3).unwrap(), "2");
}

#[test]
fn a_client_that_crashes_forgets_what_it_asked() {
    let mut cluster = with_client(1);
    cluster.put(CLIENT, "1").crash(CLIENT).restart(CLIENT).put(CLIENT, "2").settle();
    assert_eq!(cluster.notes.replies, [(OpId(1), Ret::Ok)]);
}

#[test]
fn whoever_speaks_to_a_server_directly_is_answered_by_it() {
    let mut cluster = with_client(1);
    cluster.put(2, "1").put(1, "2").settle();
    let hint = Some(n(1));
    assert_eq!(cluster.notes.replies, [(OpId(0), Ret::NotLeader { hint }), (OpId(1), Ret::Ok)]);
}
