//! Any node of any protocol can be a liar: nothing falls over, whatever it says, and the run is the same in every replay.

use netsplit_protocols::About;
use netsplit_scenario::{Scenario, Session, catalogue, open, sweep};
use netsplit_sim::{Dice, Intervention, Manner, Moment, NodeId, Planned, Seed, Span, Time};

/// A stormy run with two liars who change their manner now and then.
fn storm(about: &About, seed: u64) -> Scenario {
    let mut scenario = sweep::generate(&Scenario::new(about.name), seed);
    let nodes: u64 = about.parts.iter().map(|part| u64::from(part.usual)).sum();
    let mut dice = Dice::new(Seed(seed));
    let liars = [dice.below(nodes), dice.below(nodes)];
    for nth in 0..12 {
        let at = Time::ZERO + Span::millis(nth * 300 + dice.below(300));
        let liar = NodeId(dice.pick(&liars).copied().unwrap_or_default() as u16);
        let manner = dice.pick(&Manner::LIES).copied().unwrap_or_default();
        let what = Intervention::Turn(liar.into(), manner);
        scenario.timeline.push(Planned { when: Moment { at, after: 0 }, what });
    }
    scenario
}

fn play(scenario: Scenario) -> Box<dyn Session> {
    let mut session = open(scenario).unwrap_or_else(|error| panic!("{error}"));
    let cursor = netsplit_scenario::Cursor { events: 4_000, time: Time::ZERO + Span::secs(4) };
    session.fast_forward(cursor);
    session
}

fn lies(session: &dyn Session) -> usize {
    let trace = session.trace();
    trace.messages_in(0..trace.sent()).filter(|(id, _)| trace.is_lie(*id)).count()
}

#[test]
fn no_protocol_falls_over_a_liar() {
    for about in catalogue::protocols() {
        let told: usize = (0..6).map(|seed| lies(&*play(storm(about, seed)))).sum();
        assert!(told > 6, "{}: {told} lies in all", about.name);
    }
}

#[test]
fn a_run_with_liars_is_the_same_in_every_replay() {
    for about in catalogue::protocols() {
        let mut session = play(storm(about, 100));
        let (events, hash) = (session.cursor().events, session.hash());
        session.seek(events / 2);
        session.step();
        session.seek(events);
        assert_eq!(session.hash(), hash, "{}", about.name);
        assert_eq!(play(storm(about, 100)).hash(), hash, "{}", about.name);
    }
}
