//! Happens-before as the trace tells it, against its definition, in generated runs of every protocol.

use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::{Session, catalogue, open};
use netsplit_sim::causality::{Cut, Relation, future, past, path, relation, vector};
use netsplit_sim::trace::{Fate, What};
use netsplit_sim::{EventId, NodeId, Trace};

/// So many events of each run are looked at: all pairs of them.
const EVENTS: u32 = 160;

/// For each protocol the beginning of a generated run.
fn runs() -> impl Iterator<Item = Box<dyn Session>> {
    catalogue::protocols().iter().enumerate().map(|(nth, about)| {
        let mut session = open(generate(&base(about), nth as u64)).expect("it can be played");
        session.advance(session.scenario().until, EVENTS);
        session
    })
}

/// Which events happened before which, from the definition alone: a node's events follow one another, a message is received
/// after it was sent, and what follows from that.
fn reachable(trace: &Trace) -> Vec<Vec<bool>> {
    let len = trace.len() as usize;
    let mut before = vec![vec![false; len]; len];
    let mut latest: std::collections::BTreeMap<NodeId, usize> = Default::default();
    for (id, row) in trace.events_in(0..trace.len()) {
        let mut direct = Vec::new();
        if let Some(node) = row.somewhere() {
            direct.extend(latest.insert(node, id.index()));
        }
        direct.extend(row.cause.some().map(EventId::index));
        if let What::Deliver(message) = row.what {
            direct.push(trace.message(message).expect("it was sent").cause.index());
        }
        for cause in direct {
            for (earlier, after) in before.iter_mut().enumerate() {
                after[id.index()] |= earlier == cause || after[cause];
            }
        }
    }
    before
}

#[test]
fn pasts_and_futures_are_what_can_be_reached() {
    for session in runs() {
        let (trace, name) = (session.trace(), session.about().name);
        let before = reachable(trace);
        for one in (0..trace.len()).map(EventId) {
            let (past, future) = (past(trace, one), future(trace, one));
            assert!(past.iter().eq((0..trace.len()).map(EventId).filter(|id| past.contains(*id))));
            for other in (0..trace.len()).map(EventId) {
                let (to, from) = (before[one.index()][other.index()], before[other.index()][one.index()]);
                assert_eq!(past.contains(other), from || one == other, "{name}: {other} before {one}");
                assert_eq!(future.contains(other), to || one == other, "{name}: {one} before {other}");
            }
        }
    }
}

#[test]
fn vector_clocks_order_events_as_the_trace_does_and_every_order_has_a_path() {
    for session in runs() {
        let (trace, nodes, name) = (session.trace(), session.names().len(), session.about().name);
        let before = reachable(trace);
        let somewhere: Vec<(EventId, NodeId)> =
            trace.events_in(0..trace.len()).filter_map(|(id, row)| Some((id, row.somewhere()?))).collect();
        let vectors: Vec<Vec<u32>> = somewhere.iter().map(|(id, _)| vector(trace, *id, nodes)).collect();
        for ((one, at), vector) in somewhere.iter().zip(&vectors).step_by(3) {
            for ((other, there), later) in somewhere.iter().zip(&vectors) {
                let by_vector = one != other && vector[at.index()] <= later[at.index()];
                let found = relation(trace, *one, *other);
                assert_eq!(found == Relation::Before, by_vector, "{name}: {one} at {at:?} and {other} at {there:?}");
                assert_eq!(found == Relation::Before, before[one.index()][other.index()], "{name}: {one} and {other}");
                let path = path(trace, *one, *other);
                assert_eq!(path.is_some(), found == Relation::Before || one == other, "{name}: {one} to {other}");
                for step in path.iter().flat_map(|path| path.windows(2)) {
                    let row = trace.event(step[1]).expect("it happened");
                    assert!(
                        [row.before, row.cause].contains(&step[0]),
                        "{name}: {} is no direct cause of {}",
                        step[0],
                        step[1]
                    );
                }
            }
        }
    }
}

#[test]
fn a_cut_is_consistent_if_it_keeps_the_causes_of_all_that_it_keeps() {
    let mut inconsistent = 0;
    for session in runs() {
        let (trace, nodes, name) = (session.trace(), session.names().len(), session.about().name);
        let before = reachable(trace);
        // Cuts by a linear congruence: as good as any.
        let mut state = 7u32;
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % (trace.len() + 1)
        };
        for _ in 0..40 {
            let cut = Cut { events: (0..nodes).map(|_| draw()).collect() };
            let keeps =
                |id: EventId| trace.event(id).and_then(|row| row.somewhere()).is_some_and(|node| cut.keeps(node, id));
            let kept: Vec<EventId> = (0..trace.len()).map(EventId).filter(|id| keeps(*id)).collect();
            let somewhere = |id: &EventId| trace.event(*id).is_some_and(|row| row.somewhere().is_some());
            let closed = kept.iter().all(|id| {
                let causes = (0..trace.len()).map(EventId).filter(|cause| before[cause.index()][id.index()]);
                causes.filter(somewhere).all(keeps)
            });
            assert_eq!(cut.backwards(trace).is_empty(), closed, "{name}: {cut:?}");
            inconsistent += u32::from(!closed);
            for (id, row) in trace.messages_in(0..trace.sent()) {
                let received = matches!(row.fate, Fate::Delivered(event) if keeps(event));
                let expected = keeps(row.cause) && !received;
                let found = cut.channels(trace).contains(&id);
                let lost = matches!(row.fate, Fate::Lost | Fate::NobodyThere);
                assert!(found == expected || (lost && !found), "{name}: {cut:?} and {id:?}");
            }
        }
        assert!((0..=trace.len()).all(|events| Cut::straight(nodes, events).backwards(trace).is_empty()), "{name}");
    }
    assert!(inconsistent > 100, "{inconsistent} cuts of which messages went backwards");
}
