//! Two runs compared: what is the same in both is told apart from what is not, and nothing differs that could not know of the
//! difference.

use netsplit_scenario::compare::{Comparison, Side};
use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::{Session, Tree, catalogue, open};
use netsplit_sim::trace::{EventRow, Fate, What};
use netsplit_sim::{EventId, Intervention, MsgId, MsgName, NodeId, Time, Trace};
use std::collections::BTreeMap;

fn start(protocol: &str, seed: u64) -> Box<dyn Session> {
    open(generate(&base(catalogue::about(protocol).expect("it is there")), seed)).expect("it can be played")
}

/// Plays on for so long, past violations.
fn play(session: &mut dyn Session, until: Time) {
    while session.recorded_until() < until && session.cursor().events < 6_000 {
        session.seek(session.trace().len());
        session.advance(until, 6_000);
    }
}

/// Runs of every protocol and each once more, in which something was done halfway; with the event at which that was.
fn branched(
    rounds: u64,
    until_ms: u64,
    what: impl Fn(&dyn Session) -> Option<Intervention<Tree>>,
) -> impl Iterator<Item = (Box<dyn Session>, Box<dyn Session>, EventId)> {
    let until = Time(until_ms * 1_000_000);
    let starts = (0..rounds).flat_map(|seed| catalogue::protocols().iter().map(move |about| (about.name, 11 + seed)));
    starts.filter_map(move |(name, seed)| {
        let (mut whole, mut branch) = (start(name, seed), start(name, seed));
        play(&mut *whole, until);
        let upto = whole.recorded_until();
        play(&mut *branch, upto);
        branch.seek(branch.trace().len() / 2);
        let deed = what(&*branch)?;
        let event = branch.intervene(deed).ok()?;
        play(&mut *branch, upto);
        Some((whole, branch, event))
    })
}

fn a_message(session: &dyn Session) -> Option<MsgName> {
    // What a paused node holds has arrived.
    let (mail, now) = (session.in_flight(), session.cursor().time);
    mail.iter().find(|mail| !mail.doomed && mail.due > now).map(|mail| mail.name)
}

#[test]
fn a_run_differs_from_itself_in_nothing() {
    for about in catalogue::protocols() {
        let [mut one, mut other] = [3, 3].map(|seed| start(about.name, seed));
        play(&mut *one, Time(500_000_000));
        play(&mut *other, Time(500_000_000));
        let comparison = Comparison::of(&*one, &*other);
        assert!(comparison.compared(Side::Here) > 3, "{}", about.name);
        for side in Side::BOTH {
            assert_eq!(comparison.differing(side), [], "{}", about.name);
            for event in (0..comparison.compared(side)).map(EventId) {
                assert_eq!(comparison.counterpart(side, event), Some(event), "{}", about.name);
            }
            let traces = [one.trace(), other.trace()];
            let differs = |id: &MsgId| comparison.message_differs(side, traces, *id);
            let messages = traces[0].messages_in(0..traces[0].sent()).map(|(id, _)| id);
            assert_eq!(messages.filter(differs).count(), 0, "{}", about.name);
        }
        assert_eq!(comparison.parting(), None);
    }
}

/// Since when each node could know that a message came in one run and did not in the other: its receiver since it came, and
/// whoever hears, in either run, of what somebody did who could know. Not to hear of it is to know as well.
fn known_since(runs: [&Trace; 2], receiver: NodeId, came: Time) -> BTreeMap<NodeId, Time> {
    let mut since = BTreeMap::from([(receiver, came)]);
    loop {
        let before = since.clone();
        for (trace, row) in runs.into_iter().flat_map(|trace| trace.events().map(move |(_, row)| (trace, row))) {
            let knows = |row: &EventRow| since.get(&row.node).is_some_and(|since| *since <= row.at);
            if row.cause.some().and_then(|cause| trace.event(cause)).is_some_and(knows) {
                let known = since.entry(row.node).or_insert(row.at);
                *known = row.at.min(*known);
            }
        }
        if since == before {
            return since;
        }
    }
}

#[test]
fn dropping_one_message_changes_only_what_could_know_of_it() {
    let (mut changed, mut spared) = (0, 0);
    for (whole, branch, deed) in branched(4, 500, |session| a_message(session).map(Intervention::Drop)) {
        let name = whole.about().name;
        let runs = [whole.trace(), branch.trace()];
        let dropped = runs[1].faults().iter().find(|fault| fault.event == deed).expect("it was done").aim.message;
        let dropped = dropped.expect("that was a message");
        let mut sent = runs[0].messages_in(0..runs[0].sent());
        let (message, row) = sent.find(|(_, row)| row.name == dropped).expect("it was sent");
        let Fate::Delivered(delivery) = row.fate else { continue };
        let comparison = Comparison::of(&*whole, &*branch);
        let since = known_since(runs, dropped.to, row.ends);
        let knows = |row: &EventRow| since.get(&row.node).is_some_and(|since| *since <= row.at);
        for (side, trace) in Side::BOTH.into_iter().zip(runs) {
            for event in comparison.differing(side).iter().filter(|event| (side, **event) != (Side::There, deed)) {
                let row = trace.event(*event).expect("it is there");
                assert!(knows(row), "{name}: {event} of {side:?} could not know of {dropped:?}");
            }
            spared += trace.events_in(deed.0 + 1..trace.len()).filter(|(_, row)| !knows(row)).count();
        }
        let parting = comparison.parting().expect("something was done");
        assert_eq!((parting.side, parting.event), (Side::There, deed), "{name}");
        assert_eq!(comparison.differs(Side::Here, delivery), row.ends < comparison.until(), "{name}");
        assert!(comparison.message_differs(Side::Here, runs, message), "{name}");
        changed += 1;
    }
    assert!(changed > 40, "{changed} runs had a message on its way");
    assert!(spared > 1_000, "{spared} events after a drop could not know of it");
}

/// What an event is, in words: the kind, the place, and how many like it came before.
fn happening(trace: &Trace, event: EventId) -> String {
    let row = trace.event(event).expect("it is there");
    let words = |event: EventId| {
        let row = trace.event(event).expect("it is there");
        match row.what {
            What::Fault(index) => format!("{:?} fault {}", row.node, trace.faults()[index as usize].name),
            other => format!("{:?} {other:?}", row.node),
        }
    };
    match row.what {
        What::Deliver(message) => {
            let message = trace.message(message).expect("it was sent");
            format!("{:?} {:?} {}", row.node, message.name, message.tag.name)
        }
        What::Fault(index) => {
            let number = (0..event.0).filter(|it| words(EventId(*it)) == words(event)).count();
            format!("{} {number} {:?}", words(event), trace.faults()[index as usize].aim)
        }
        _ => {
            let number = (0..event.0).filter(|it| words(EventId(*it)) == words(event)).count();
            format!("{} {number}", words(event))
        }
    }
}

/// The definition, word by word: the same happening, at the same time, of the same cause, with the same digest.
fn equals_some(mine: &dyn Session, event: EventId, theirs: &dyn Session, upto: u32) -> bool {
    let (trace, other) = (mine.trace(), theirs.trace());
    let said = happening(trace, event);
    (0..upto).map(EventId).any(|twin| {
        let (one, two) = (trace.event(event).expect("it is there"), other.event(twin).expect("it is there"));
        let causes = (one.cause.some(), two.cause.some());
        one.at == two.at
            && mine.digest(event) == theirs.digest(twin)
            && said == happening(other, twin)
            && match causes {
                (Some(cause), Some(theirs)) => happening(trace, cause) == happening(other, theirs),
                (cause, theirs) => cause == theirs,
            }
    })
}

#[test]
fn what_differs_is_what_the_definition_says() {
    let crash = |session: &dyn Session| Some(Intervention::Crash(NodeId((session.names().len() / 2) as u16).into()));
    let mut found = 0;
    for (whole, branch, _) in branched(1, 150, crash).filter(|(whole, ..)| whole.trace().len() < 700) {
        let comparison = Comparison::of(&*whole, &*branch);
        for (side, mine, theirs) in [(Side::Here, &whole, &branch), (Side::There, &branch, &whole)] {
            for event in (0..comparison.compared(side)).map(EventId) {
                let equal = equals_some(&**mine, event, &**theirs, comparison.compared(side.other()));
                let told = comparison.differs(side, event);
                assert_eq!(told, !equal, "{}: {event}: {}", whole.about().name, happening(mine.trace(), event));
                found += usize::from(told);
            }
            let nodes = (0..mine.names().len() as u16).map(NodeId).chain([EventRow::NOWHERE]);
            let sum: u32 = nodes.map(|node| comparison.differing_at(side, node)).sum();
            assert_eq!(sum as usize, comparison.differing(side).len());
        }
    }
    assert!(found > 100, "{found} events differ");
}

#[test]
fn runs_that_grow_are_compared_as_they_come() {
    let crash = |session: &dyn Session| Some(Intervention::Crash(NodeId((session.names().len() / 2) as u16).into()));
    for (whole, branch, _) in branched(1, 400, crash) {
        let name = whole.about().name;
        let (mut one, mut other) = (open(whole.scenario().clone()), open(branch.scenario().clone()));
        let (one, other) = (one.as_mut().expect("it was played"), other.as_mut().expect("it was played"));
        other.plan(branch.interventions()).expect("it was done");
        let mut growing = Comparison::default();
        let end = whole.recorded_until().min(branch.recorded_until());
        for step in 1..=9 {
            // Now the one is ahead, now the other.
            let (near, far) = (Time(end.0 / 10 * step), Time(end.0 / 10 * (step + 1)));
            play(&mut **one, if step % 2 == 0 { near } else { far });
            play(&mut **other, if step % 2 == 0 { far } else { near });
            growing.follow(&**one, &**other);
            assert!(!growing.follow(&**one, &**other), "{name}: there is nothing new");
        }
        play(&mut **one, end);
        play(&mut **other, end);
        growing.follow(&**one, &**other);
        let whole = Comparison::of(&*whole, &*branch);
        for side in Side::BOTH {
            assert_eq!(growing.differing(side), whole.differing(side), "{name}");
            assert_eq!(growing.compared(side), whole.compared(side), "{name}");
        }
        assert_eq!(growing.parting(), whole.parting());
    }
}

#[test]
fn something_else_done_is_another_run() {
    let mut one = start("raft", 5);
    let mut other = start("raft", 5);
    play(&mut *one, Time(900_000_000));
    play(&mut *other, Time(900_000_000));
    let mut comparison = Comparison::of(&*one, &*other);
    assert_eq!(comparison.parting(), None);
    other.seek_time(Time(400_000_000));
    other.intervene(Intervention::Crash(NodeId(0).into())).expect("it is up");
    play(&mut *other, Time(900_000_000));
    assert!(comparison.follow(&*one, &*other));
    assert!(comparison.parting().is_some_and(|parting| parting.side == Side::There));
    other.undo();
    play(&mut *other, Time(900_000_000));
    assert!(comparison.follow(&*one, &*other));
    assert_eq!(comparison.parting(), None);
}

#[test]
fn the_other_run_is_brought_to_the_same_moment() {
    for about in catalogue::protocols() {
        let [mut one, mut other] = [7, 7].map(|seed| start(about.name, seed));
        play(&mut *one, Time(600_000_000));
        let mut comparison = Comparison::of(&*one, &*other);
        assert!(comparison.align(&*one, &mut *other, 10_000), "{}", about.name);
        play(&mut *other, Time(700_000_000));
        comparison.follow(&*one, &*other);
        for events in (0..comparison.compared(Side::Here)).step_by(7) {
            one.seek(events);
            assert!(comparison.align(&*one, &mut *other, 10_000));
            assert_eq!(one.hash(), other.hash(), "{}: after {events} events", about.name);
        }
        let last = one.recorded_until();
        for share in 0..10 {
            one.seek_time(Time(last.0 / 10 * share));
            assert!(comparison.align(&*one, &mut *other, 10_000));
            assert_eq!((one.hash(), one.cursor().time), (other.hash(), other.cursor().time), "{}", about.name);
        }
    }
}

#[test]
fn one_goes_from_difference_to_difference() {
    let crash = |_: &dyn Session| Some(Intervention::Crash(NodeId(0).into()));
    for (whole, branch, _) in branched(1, 400, crash) {
        let comparison = Comparison::of(&*whole, &*branch);
        let traces = [whole.trace(), branch.trace()];
        let (mut on, mut at) = (Vec::new(), Time::ZERO);
        while let Some(next) = comparison.next_after(traces, at, true) {
            assert!(next.at > at);
            at = next.at;
            on.push(at);
        }
        let mut times: Vec<Time> = Side::BOTH
            .into_iter()
            .flat_map(|side| {
                let trace = traces[side as usize];
                comparison.differing(side).iter().map(|event| trace.event(*event).expect("it is there").at)
            })
            .filter(|at| *at > Time::ZERO)
            .collect();
        times.sort_unstable();
        times.dedup();
        assert_eq!(on, times, "{}", whole.about().name);
        let mut back = Vec::new();
        at = Time::NEVER;
        while let Some(before) = comparison.next_after(traces, at, false).filter(|it| it.at > Time::ZERO) {
            at = before.at;
            back.push(at);
        }
        back.reverse();
        assert_eq!(back, times, "{}", whole.about().name);
    }
}
