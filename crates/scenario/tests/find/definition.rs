//! The slow and obvious way to find things.

use netsplit_scenario::Session;
use netsplit_scenario::find::Query;
use netsplit_sim::trace::{Fate, Trace, What};
use netsplit_sim::{EventId, MsgId};
use std::ops::ControlFlow;

/// Every event that a condition matches: each moment is judged by itself, from all that there is.
pub fn by_definition(query: &Query, session: &dyn Session) -> Vec<EventId> {
    let mut judged: Vec<Vec<(bool, bool)>> = Vec::new();
    session.sights(0..session.trace().len() + 1, &mut |sight| {
        judged.push(query.judge(sight));
        ControlFlow::Continue(())
    });
    let comes_true = |((of_event, now), (_, before)): (&(bool, bool), &(bool, bool))| *now && (*of_event || !*before);
    let moments = judged.windows(2).zip((0..).map(EventId));
    moments.filter(|(two, _)| two[1].iter().zip(&two[0]).any(comes_true)).map(|(_, event)| event).collect()
}

/// Every message that arrived, and the first message back that was sent by an event that its arrival set off.
pub fn exchanges_by_definition(trace: &Trace) -> Vec<Vec<MsgId>> {
    let mut found = Vec::new();
    for (question, row) in trace.messages_in(0..trace.sent()) {
        let Fate::Delivered(arrival) = row.fate else { continue };
        if row.name.from == row.name.to {
            continue;
        }
        let answers = |(_, answer): &(MsgId, &netsplit_sim::trace::MessageRow)| {
            answer.name.from == row.name.to && answer.name.to == row.name.from && set_off(trace, arrival, answer.cause)
        };
        let answer = trace.messages_in(0..trace.sent()).find(answers);
        found.extend(answer.map(|(answer, _)| {
            let mut both = vec![question, answer];
            both.sort_unstable();
            both
        }));
    }
    found
}

/// Whether an event is another, or was set off by it.
fn set_off(trace: &Trace, by: EventId, event: EventId) -> bool {
    let mut here = Some(event);
    while let Some(event) = here.filter(|event| *event > by) {
        here = trace.event(event).and_then(|row| row.cause.some());
    }
    here == Some(by)
}

/// Every message that arrived, and of those sent after it on the same way and arrived before it, the first to arrive.
pub fn overtakings_by_definition(trace: &Trace) -> Vec<Vec<MsgId>> {
    let arrivals: Vec<_> =
        trace
            .events()
            .filter_map(|(event, row)| {
                if let What::Deliver(id) = row.what { Some((event, id, trace.message(id)?.name)) } else { None }
            })
            .collect();
    let mut found = Vec::new();
    for (event, id, name) in &arrivals {
        let overtook = arrivals.iter().find(|(other, _, later)| {
            other < event && (later.from, later.to) == (name.from, name.to) && later.nth > name.nth
        });
        found.extend(overtook.map(|(_, later, _)| {
            let mut both = vec![*id, *later];
            both.sort_unstable();
            both
        }));
    }
    found
}
