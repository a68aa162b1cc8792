//! Branches: what is done in the past begins one, the old future stays, and every run comes out as if it had been played alone.

use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{decode, encode};
use netsplit_scenario::{Link, Verdict, View, catalogue, open, open_link};
use netsplit_sim::causality::future;
use netsplit_sim::trace::{Fate, What};
use netsplit_sim::{EventId, Intervention, MsgName, NodeId, Time, Trace};
use std::collections::BTreeMap;

#[path = "branches/walk.rs"]
mod walk;

use walk::{run, walk};

#[test]
fn whatever_is_done_in_whatever_order_each_place_is_that_of_a_fresh_run() {
    for (nth, protocol) in ["raft", "gossip", "two-phase-commit", "quorum-kv"].into_iter().enumerate() {
        walk(protocol, nth as u64, 800);
    }
}

#[test]
fn the_old_future_stays_as_it_was() {
    let mut session = run("raft", 3);
    session.advance(Time(1_500_000_000), u32::MAX);
    let (end, hash) = (session.trace().len(), session.hash());
    session.seek(end / 2);
    let mut branches = Branches::default();
    assert!(branches.before_intervening(&*session));
    session.intervene(Intervention::Crash(NodeId(0).into())).expect("it is up");
    session.advance(Time(1_500_000_000), u32::MAX);
    assert_ne!(session.hash(), hash);
    let mut old = branches.switch(0, &*session).expect("it was played");
    old.seek(end);
    assert_eq!((old.trace().len(), old.hash()), (end, hash));
    assert!(!branches.before_intervening(&*old), "at the end of what is recorded nothing is lost");
}

#[test]
fn a_link_carries_all_branches() {
    let mut session = run("raft", 5);
    let mut branches = Branches::default();
    for nth in 0..3u16 {
        session.advance(Time(900_000_000), u32::MAX);
        session.seek(session.trace().len() / 2);
        assert!(branches.before_intervening(&*session));
        session.intervene(Intervention::Crash(NodeId(nth).into())).expect("it is up");
        branches.rename(u32::from(nth) + 1, &format!("without n{}", nth + 1));
    }
    let link = Link {
        scenario: session.scenario().clone(),
        interventions: session.interventions().to_vec(),
        cursor: session.cursor(),
        hash: session.hash(),
        view: View::default(),
        branches: branches.noted(&*session),
    };
    let text = encode(&link);
    assert!(text.starts_with('2'));
    let read = decode(&text).expect("it was just written");
    assert_eq!(read, link);
    let mut opened = open_link(&read).expect("it was played");
    assert_eq!(opened.verdict, Verdict::Verified);
    let mut theirs = read.branches;
    for number in [0, 2, 1, 3] {
        let (mine, other) = (branches.switch(number, &*session), theirs.switch(number, &*opened.session));
        (session, opened.session) = (mine.expect("it was played"), other.expect("it is in the link"));
        let end = session.trace().len();
        [&mut session, &mut opened.session].into_iter().for_each(|session| session.seek(end));
        assert_eq!(session.hash(), opened.session.hash(), "branch {number}");
    }
}

/// What an event is, whatever its number in its run.
#[derive(PartialEq, Debug)]
enum Same {
    Delivery(MsgName, &'static str),
    Timer(&'static str),
    Other(&'static str),
}

/// Each node's events in order: when, what, and its number in this run.
fn by_node(trace: &Trace) -> BTreeMap<NodeId, Vec<(Time, Same, EventId)>> {
    let mut all: BTreeMap<NodeId, Vec<_>> = BTreeMap::new();
    for (id, row) in trace.events_in(0..trace.len()) {
        let Some(node) = row.somewhere() else { continue };
        let same = match row.what {
            What::Deliver(message) => {
                let row = trace.message(message).expect("it was sent");
                Same::Delivery(row.name, row.tag.name)
            }
            What::Timer(name) => Same::Timer(name),
            What::Boot => Same::Other("boot"),
            What::Durable => Same::Other("durable"),
            What::Fault(index) => Same::Other(trace.faults()[index as usize].name),
        };
        all.entry(node).or_default().push((row.at, same, id));
    }
    all
}

#[test]
fn dropping_one_message_changes_only_what_could_know_of_it() {
    let mut changed = 0;
    for about in catalogue::protocols() {
        let mut session = run(about.name, 11);
        session.advance(Time(400_000_000), 1_500);
        // A message on its way halfway through the run, if there is one.
        let middle = session.trace().len() / 2;
        let on_its_way = |events: u32, trace: &Trace| {
            let sent = trace.messages_in(0..trace.sent_before(events)).rev();
            sent.filter(|(_, row)| matches!(row.fate, Fate::Delivered(event) if event.0 >= events))
                .map(|(_, row)| *row)
                .next()
        };
        let Some(lost) = on_its_way(middle, session.trace()) else { continue };
        let Fate::Delivered(delivery) = lost.fate else { unreachable!("only those were looked for") };
        let whole = by_node(session.trace());
        let touched = future(session.trace(), delivery);
        let until = session.recorded_until();
        let mut other = open(session.scenario().clone()).expect("it was played");
        other.advance(until, 1_500);
        other.seek(middle);
        if other.intervene(Intervention::Drop(lost.name)).is_err() {
            continue;
        }
        other.advance(until, u32::MAX);
        let branch = by_node(other.trace());
        // At the node that would have received it, all that comes later may differ, and what comes of that.
        let at = session.trace().event(delivery).expect("it happened").at;
        let (to, trace) = (lost.name.to, other.trace());
        let first = branch[&to].iter().find(|(when, _, id)| *when >= at && id.0 >= middle).map(|(_, _, id)| *id);
        let also = first.map(|first| future(trace, first)).unwrap_or_default();
        for (node, events) in &whole {
            let theirs = branch.get(node).map_or(&[][..], Vec::as_slice);
            for (mine, yours) in events.iter().zip(theirs) {
                if touched.contains(mine.2) || also.contains(yours.2) {
                    break;
                }
                assert_eq!((mine.0, &mine.1), (yours.0, &yours.1), "{} at {node:?}", about.name);
            }
        }
        changed += 1;
    }
    assert!(changed > 12, "{changed} protocols had a message on its way");
}
