//! What each protocol says about itself agrees with itself.

use netsplit_protocols::abd::Abd;
use netsplit_protocols::ben_or::BenOr;
use netsplit_protocols::bully::Bully;
use netsplit_protocols::causal_broadcast::CausalBroadcast;
use netsplit_protocols::causal_kv::CausalKv;
use netsplit_protocols::chandy_lamport::ChandyLamport;
use netsplit_protocols::clock_sync::ClockSync;
use netsplit_protocols::crdt::Crdt;
use netsplit_protocols::device_coordinator::DeviceCoordinator;
use netsplit_protocols::failure_detector::FailureDetection;
use netsplit_protocols::gossip::Gossip;
use netsplit_protocols::lamport_clock::LamportClock;
use netsplit_protocols::lock::Lock;
use netsplit_protocols::membership::Membership;
use netsplit_protocols::multi_paxos::MultiPaxos;
use netsplit_protocols::paxos::Paxos;
use netsplit_protocols::quorum_kv::QuorumKv;
use netsplit_protocols::raft::Raft;
use netsplit_protocols::raft_kv::RaftKv;
use netsplit_protocols::reliable_link::ReliableLink;
use netsplit_protocols::ring_election::RingElection;
use netsplit_protocols::sharded_kv::ShardedKv;
use netsplit_protocols::three_phase_commit::ThreePhaseCommit;
use netsplit_protocols::two_phase_commit::TwoPhaseCommit;
use netsplit_protocols::vector_clock::VectorClock;
use netsplit_protocols::{Bugs, Cast, Entry, Field, FieldKind, Listed, ping::Ping};
use std::collections::BTreeSet;

fn agrees_with_itself<L: Listed>() {
    let about = L::ABOUT;
    let page = format!("# {}", about.title.en);
    assert!(about.page.starts_with(&page), "docs/protocols/{}.md begins with {page:?}", about.name);
    let invariants: BTreeSet<_> = about.invariants.iter().map(|invariant| invariant.name).collect();
    for bug in about.bugs {
        assert!(invariants.contains(bug.breaks), "{} breaks {}, which is no invariant", bug.name, bug.breaks);
        assert!(about.page.contains(bug.name), "the page tells of {}", bug.name);
    }
    for invariant in about.invariants {
        assert!(about.page.contains(invariant.name), "the page tells of {}", invariant.name);
    }
    for line in about.lines {
        assert!(!line.text.en.is_empty() && !line.text.zh.is_empty());
        assert_eq!(line.say.en.is_empty(), line.say.zh.is_empty(), "{}", line.text.en);
        for place in ["{node}", "{from}", "{figure}", "{waited}"] {
            assert_eq!(line.say.en.contains(place), line.say.zh.contains(place), "{place} in {}", line.say.en);
        }
        assert!(about.page.contains(line.block), "the page has the block {:?}", line.block);
    }
    let cast = Cast { parts: vec![0; 3] };
    let usual = serde_json::from_str(L::USUAL).expect("settings");
    let nodes = L::processes(&usual, Bugs::NONE, &cast).expect("the usual settings work");
    assert_eq!(nodes.len(), 3);
}

#[test]
fn every_entry_of_the_catalogue_agrees_with_itself() {
    agrees_with_itself::<Raft>();
    agrees_with_itself::<RaftKv>();
    agrees_with_itself::<TwoPhaseCommit>();
    agrees_with_itself::<Bully>();
    agrees_with_itself::<RingElection>();
    agrees_with_itself::<Lock>();
    agrees_with_itself::<ThreePhaseCommit>();
    agrees_with_itself::<Ping>();
    agrees_with_itself::<Membership>();
    agrees_with_itself::<ReliableLink>();
    agrees_with_itself::<FailureDetection>();
    agrees_with_itself::<Gossip>();
    agrees_with_itself::<LamportClock>();
    agrees_with_itself::<VectorClock>();
    agrees_with_itself::<CausalBroadcast>();
    agrees_with_itself::<ChandyLamport>();
    agrees_with_itself::<ClockSync>();
    agrees_with_itself::<Paxos>();
    agrees_with_itself::<MultiPaxos>();
    agrees_with_itself::<BenOr>();
    agrees_with_itself::<Abd>();
    agrees_with_itself::<Crdt>();
    agrees_with_itself::<ShardedKv>();
    agrees_with_itself::<QuorumKv>();
    agrees_with_itself::<CausalKv>();
    agrees_with_itself::<DeviceCoordinator>();
}

/// What a form is filled in with, as it is when it reaches the protocol: a node by its number.
fn sample(field: &Field) -> serde_json::Value {
    match field.kind {
        FieldKind::Text => field.sample.into(),
        FieldKind::Number => field.sample.parse::<i64>().expect("a number").into(),
        FieldKind::Node => 1.into(),
        FieldKind::Nodes => vec![1, 2].into(),
    }
}

#[test]
fn operations_are_read_by_the_names_in_their_forms() {
    fn read<E: Entry>() {
        for form in E::ABOUT.ops {
            let fields: serde_json::Map<_, _> =
                form.fields.iter().map(|field| (field.name.to_owned(), sample(field))).collect();
            let op = serde_json::json!({ form.name: fields });
            let read = serde_json::from_value::<E::Op>(op.clone()).expect(form.name);
            assert_eq!(serde_json::to_value(read).expect("an operation can be written"), op);
            let misspelt = serde_json::json!({ form.name: { "kye": "x" } });
            assert!(serde_json::from_value::<E::Op>(misspelt).is_err());
        }
    }
    read::<Raft>();
    read::<TwoPhaseCommit>();
    read::<Bully>();
    read::<RingElection>();
    read::<Lock>();
    read::<ThreePhaseCommit>();
    read::<Ping>();
    read::<Membership>();
    read::<ReliableLink>();
    read::<FailureDetection>();
    read::<Gossip>();
    read::<LamportClock>();
    read::<VectorClock>();
    read::<CausalBroadcast>();
    read::<ChandyLamport>();
    read::<ClockSync>();
    read::<Paxos>();
    read::<MultiPaxos>();
    read::<BenOr>();
    read::<Abd>();
    read::<Crdt>();
    read::<ShardedKv>();
    read::<QuorumKv>();
    read::<CausalKv>();
    read::<DeviceCoordinator>();
}

#[test]
fn settings_are_read_with_units_and_refused_by_name() {
    let read = |text: &str| serde_json::from_str::<<Raft as Entry>::Config>(text);
    let config = read(r#"{"election-timeout": ["100ms", "200ms"], "noop-on-election": true}"#).expect("settings");
    assert!(config.noop_on_election && config.heartbeat == netsplit_sim::Span::millis(50));
    let unknown = read(r#"{"election-timeuot": ["100ms", "200ms"]}"#).expect_err("misspelt").to_string();
    assert!(unknown.contains("election-timeout"), "{unknown}");

    let impossible = [
        (r#"{"election-timeout": ["0s", "1ms"]}"#, "election-timeout"),
        (r#"{"election-timeout": ["200ms", "100ms"]}"#, "election-timeout"),
        (r#"{"heartbeat": "1us"}"#, "heartbeat"),
        (r#"{"client-timeout": "0s"}"#, "client-timeout"),
        (r#"{"max-entries": 0}"#, "max-entries"),
    ];
    for (text, setting) in impossible {
        let refused = <Raft as Entry>::processes(&read(text).expect(text), Bugs::NONE, &Cast { parts: vec![0] });
        assert_eq!(refused.err().map(|refusal| refusal.setting), Some(setting));
    }
    assert_eq!(
        <Raft as Entry>::processes(&config, Bugs::NONE, &Cast::default()).err().map(|why| why.setting),
        Some("server")
    );
    assert!(<Raft as Entry>::processes(&config, Bugs::NONE, &Cast { parts: vec![0, 7] }).is_err());
}
