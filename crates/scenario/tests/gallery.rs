//! The gallery: every scenario can be read and played, is told in both languages, and shows what it promises.

use netsplit_scenario::{Expectation, Progress, Scenario, Session, catalogue, file, gallery, open};
use netsplit_sim::{Condition, Intervention, NodeId, Span, Time};

fn played(name: &str) -> Box<dyn Session> {
    let mut session = open(gallery::find(name).expect(name)).expect(name);
    let until = session.scenario().until;
    while session.advance(until, u32::MAX) == Progress::Violated {}
    session
}

#[test]
fn every_scenario_shows_what_it_promises() {
    for entry in gallery::entries() {
        let name = entry.full_name();
        let session = played(&name);
        for outcome in session.expectations() {
            assert_eq!(outcome.met, Some(true), "{name}: {}", outcome.text);
        }
        let Scenario { bugs, timeline, expect, .. } = session.scenario();
        let lied_to = timeline.iter().any(|planned| matches!(planned.what, Intervention::Turn(..)));
        let promises = |name: &str| expect.contains(&Expectation::Violated(name.to_owned()));
        let promised = session.violations().iter().any(|violation| promises(violation.invariant));
        for violation in session.violations() {
            // Beyond what a protocol is built for (a bound on drift, a number of liars) a scenario says what breaks.
            let reason = !bugs.is_empty() || promises(violation.invariant) || lied_to && promised;
            assert!(reason, "{name} violates {} without a bug, and does not say so", violation.invariant);
        }
    }
}

#[test]
fn every_scenario_reads_well() {
    for entry in gallery::entries() {
        let name = entry.full_name();
        let scenario = entry.scenario().unwrap_or_else(|error| panic!("{name}: {error}"));
        let zh = scenario.prose_zh.as_ref().unwrap_or_else(|| panic!("{name} is not told in Chinese"));
        for text in [&scenario.prose.title, &scenario.prose.watch, &zh.title, &zh.watch] {
            assert!(!text.is_empty(), "{name} lacks a text");
        }
        assert_eq!(file::parse(&file::print(&scenario)), Ok(scenario), "{name}");
    }
}

#[test]
fn every_bug_is_shown_by_a_scenario_that_promises_its_violation() {
    for about in catalogue::protocols() {
        for bug in about.bugs {
            let shown = gallery::entries().filter_map(|entry| entry.scenario().ok()).any(|scenario| {
                scenario.protocol == about.name
                    && scenario.bugs == [bug.name]
                    && scenario.expect.contains(&Expectation::Violated(bug.breaks.to_owned()))
            });
            assert!(shown, "no scenario shows what {} breaks in {}", bug.name, about.name);
        }
    }
}

#[test]
fn the_page_opens_with_an_election_that_nobody_disputes() {
    let mut session = open(gallery::entries().next().unwrap().scenario().unwrap()).unwrap();
    let mut leaders = Vec::new();
    for at in (0..1_000).step_by(10) {
        session.advance(Time::ZERO + Span::millis(at), u32::MAX);
        let nodes = session.nodes();
        let faces = nodes.iter().filter_map(|node| Some((node.id, node.face.as_ref()?)));
        let leads = faces.filter(|(_, face)| face.role == "leader").map(|(id, face)| (id, face.headline));
        leads.for_each(|leader| {
            if !leaders.contains(&leader) {
                leaders.push(leader)
            }
        });
        if at == 200 {
            assert_eq!(leaders.len(), 1, "somebody leads after 200 ms: four seconds of watching");
        }
    }
    assert_eq!(leaders.len(), 1, "and goes on to lead");
}

#[test]
fn a_crashed_leader_is_replaced_and_returns_as_a_follower() {
    let mut session = played("raft/leader-crash");
    let role = |session: &dyn Session, node: NodeId| session.nodes()[node.index()].face.as_ref().map(|face| face.role);
    session.seek_time(Time::ZERO + Span::millis(699));
    let leads = session.nodes().into_iter().find(|node| node.face.as_ref().is_some_and(|face| face.role == "leader"));
    let old = leads.unwrap().id;
    session.seek_time(Time::ZERO + Span::millis(800));
    assert_eq!(session.nodes()[old.index()].condition, Condition::Down);
    session.seek_time(Time::ZERO + Span::secs(2));
    assert_eq!(role(&*session, old), Some("follower"));
}

#[test]
fn figure_8_differs_by_the_rule_alone() {
    let on = gallery::find("raft/figure-8-rule-on").unwrap();
    let off = gallery::find("raft/figure-8-rule-off").unwrap();
    assert_eq!((&on.timeline, &on.config, on.seed, &on.link), (&off.timeline, &off.config, off.seed, &off.link));
    assert!(on.bugs.is_empty() && played("raft/figure-8-rule-on").violations().is_empty());
    let violations: Vec<_> =
        played("raft/figure-8-rule-off").violations().iter().map(|violation| violation.invariant).collect();
    assert!(violations.contains(&"leader-completeness"), "{violations:?}");
}
