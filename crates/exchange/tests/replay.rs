//! Logs as runs: they play and go back, and can be written again.

use netsplit_exchange::export::{Format, export};
use netsplit_exchange::shiviz::{Execution, read_file};
use netsplit_exchange::{Replay, export::Export};
use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::{Cursor, Progress, Session, catalogue, open};
use netsplit_sim::draw::Seed;
use netsplit_sim::trace::Fate;
use netsplit_sim::{EventId, Intervention, NodeId, Time};

/// Generated runs of all protocols, as logs.
fn logs() -> impl Iterator<Item = Execution> {
    catalogue::protocols().iter().enumerate().map(|(nth, about)| {
        let mut session = open(generate(&base(about), nth as u64)).expect("it can be played");
        session.advance(session.scenario().until, 300);
        let Export { text, .. } = export(&mut *session, Format::Shiviz, 0..u32::MAX);
        read_file(&text, None, None).expect("it is a log").remove(0)
    })
}

#[test]
fn going_there_by_any_way_is_being_there() {
    for (nth, execution) in logs().enumerate() {
        let (mut walked, mut fresh) = (Replay::new(execution.clone(), ""), Replay::new(execution, ""));
        let (mut dice, end) = (Seed(nth as u64), walked.trace().len());
        for turn in 0..200u64 {
            let drawn = u32::try_from(dice.0 >> 33).unwrap_or(0) % (end + 2);
            dice = Seed(dice.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(turn | 1));
            match drawn % 4 {
                0 => walked.seek(drawn),
                1 => walked.seek_time(Time(u64::from(drawn) * 500_000)),
                2 => drop(walked.step()),
                _ => drop(walked.advance(walked.cursor().time + netsplit_sim::Span::millis(7), drawn)),
            }
            let Cursor { events, time } = walked.cursor();
            fresh.seek(0);
            fresh.advance(time, u32::MAX);
            assert!(fresh.cursor().events >= events, "nothing later is over");
            fresh.seek(events);
            assert_eq!((fresh.nodes(), fresh.in_flight()), (walked.nodes(), walked.in_flight()));
            for node in (0..walked.names().len() as u16).map(NodeId) {
                assert_eq!(fresh.state(node), walked.state(node));
            }
        }
    }
}

#[test]
fn what_is_on_its_way_was_sent_and_has_not_arrived() {
    let mut seen = 0;
    for execution in logs() {
        let mut replay = Replay::new(execution, "");
        while replay.step() {
            let (events, trace) = (replay.cursor().events, replay.trace());
            let under_way = trace
                .messages_in(0..trace.sent())
                .filter(|(_, row)| matches!(row.fate, Fate::Delivered(at) if row.cause.0 < events && at.0 >= events));
            let mail: Vec<_> = replay.in_flight().iter().map(|mail| mail.id).collect();
            seen += mail.len();
            assert_eq!(mail, under_way.map(|(id, _)| id).collect::<Vec<_>>());
        }
        assert_eq!(replay.cursor().events, replay.trace().len());
        assert!(replay.in_flight().is_empty());
    }
    assert!(seen > 1_000, "{seen}");
}

#[test]
fn it_stands_still_at_its_end_and_refuses_what_people_do() {
    for execution in logs() {
        let mut replay = Replay::new(execution, "a.log");
        assert_eq!(replay.scenario().prose.title, "a.log");
        let end = replay.scenario().until;
        assert_eq!(replay.advance(end, 1), Progress::Paused);
        assert_eq!(replay.advance(end, u32::MAX), Progress::Reached);
        assert_eq!(replay.cursor(), Cursor { events: replay.trace().len(), time: end });
        assert_eq!(replay.advance(Time::NEVER, u32::MAX), Progress::Full);
        let refused = replay.intervene(Intervention::Heal).expect_err("it is over");
        assert!(refused.to_string().contains("log of a real system"), "{refused}");
        assert!(!replay.undo() && replay.interventions().is_empty());
    }
}

#[test]
fn a_log_is_written_as_it_was_read() {
    for execution in logs() {
        let said: Vec<_> = execution.events.iter().map(|event| (event.host, event.own, event.text.clone())).collect();
        let mut replay = Replay::new(execution.clone(), "");
        replay.seek(u32::MAX);
        let text = export(&mut replay, Format::Shiviz, 0..u32::MAX).text;
        let again = read_file(&text, None, None).expect("it is a log").remove(0);
        assert_eq!(again.hosts, execution.hosts);
        assert_eq!(again.edges(), execution.edges());
        for (id, event) in (0..).map(EventId).zip(&again.events) {
            assert_eq!((event.host, event.own), (said[id.index()].0, said[id.index()].1));
            assert!(event.text.contains(&said[id.index()].2), "{} in {}", said[id.index()].2, event.text);
        }
    }
}
