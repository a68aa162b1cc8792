//! Measures of runs whose numbers are known beforehand: every message takes 10 ms, and what fails is said.

use netsplit_scenario::performance::requests::Tally;
use netsplit_scenario::performance::uptime::Outage;
use netsplit_scenario::performance::{LIMIT, Performance, measure, report};
use netsplit_scenario::{Progress, Session, file, gallery, open};
use netsplit_sim::{Span, Time};

fn played(text: &str) -> Box<dyn Session> {
    let mut session = file::open(text).unwrap();
    let until = session.scenario().until;
    while session.advance(until, u32::MAX) == Progress::Violated {}
    session
}

fn millis(n: u64) -> Time {
    Time::ZERO + Span::millis(n)
}

fn outage(from: u64, to: u64, over: bool) -> Outage {
    Outage { from: millis(from), to: millis(to), over }
}

/// Three participants, a transaction every 100 ms from 100 ms on, 10 ms a message, and disks that take no time.
const COMMITS: &str = r#"
protocol = "two-phase-commit"
until = "1s"
network = { latency = "10ms" }
[[workload]]
at = "c1"
from = "100ms"
every = "100ms"
ops = [{ commit = { key = "{n}", value = "1" } }]
"#;

#[test]
fn a_commit_takes_a_round_trip_and_four_messages_a_participant() {
    let session = played(COMMITS);
    let Performance { all, kinds, series, service, traffic, .. } = measure(&*session, LIMIT);
    assert_eq!(all.tally, Tally { in_time: 9, ..Tally::default() });
    assert_eq!(kinds.keys().collect::<Vec<_>>(), ["commit"]);
    let latency = Span::millis(20).0;
    assert_eq!((all.latency.min(), all.latency.percentile(990)), (Some(latency), Some(latency)));
    let histogram = all.latency.histogram();
    assert_eq!((histogram.len(), histogram[0].count), (1, 9));
    assert!(histogram[0].from <= latency && latency < histogram[0].to);
    assert_eq!((all.messages.min(), all.messages.max()), (Some(12), Some(12)));
    assert_eq!((traffic.sent.messages, traffic.lost.messages), (9 * 12, 0), "nothing else is sent");
    assert_eq!(all.bytes.numbers().iter().sum::<u64>(), traffic.sent.bytes);
    // The first request is known of from 100 ms on, the last one until its answer at 920 ms.
    assert_eq!(service.map(|service| (service.up, service.down)), Some((Span::millis(820), Span::ZERO)));
    assert_eq!((series.every, series.columns.len()), (Span::millis(20), 50));
    let answered: Vec<_> = series.columns.iter().map(|column| column.answered).collect();
    let expected: Vec<_> =
        (0..50).map(|column| u32::from(column >= 6 && column <= 46 && (column - 6) % 5 == 0)).collect();
    assert_eq!(answered, expected, "an answer at 120 ms, and one each 100 ms");
}

#[test]
fn a_crash_counts_for_its_node_its_requests_and_the_leader() {
    let faults = "[[timeline]]\nat = \"350ms\"\ncrash = \"c1\"\n[[timeline]]\nat = \"650ms\"\nrestart = \"c1\"\n\
                  [[timeline]]\nat = \"950ms\"\npause = \"p2\"\n";
    let session = played(&format!("{COMMITS}{faults}"));
    let performance = measure(&*session, Span::millis(50));
    // Transactions at 400, 500 and 600 ms are asked of a coordinator that is down.
    assert_eq!(performance.all.tally, Tally { in_time: 6, unanswered: 3, ..Tally::default() });
    let named = |name: &str| {
        let at = session.names().iter().position(|known| known == name).unwrap();
        &performance.nodes[at]
    };
    let coordinator = &named("c1").uptime;
    assert_eq!(coordinator.outages, [outage(350, 650, true)]);
    assert_eq!((coordinator.mttf(), coordinator.mttr()), (Some(Span::millis(700)), Some(Span::millis(300))));
    assert_eq!(named("c1").tally, performance.all.tally);
    assert_eq!(named("p2").uptime.outages, [outage(950, 1_000, false)], "a paused node does nothing");
    assert_eq!(named("p1").uptime.up, Span::secs(1));
    let led = performance.led.as_ref().unwrap();
    assert_eq!((led.role, led.uptime.outages.as_slice()), ("coordinator", &[outage(350, 650, true)][..]));
    let service = performance.service.as_ref().unwrap();
    assert_eq!(
        service.outages,
        [outage(400, 700, true)],
        "from the first request that failed to the next that did not"
    );
    assert_eq!((service.up, service.mttr()), (Span::millis(520), Some(Span::millis(300))));
}

#[test]
fn measures_are_those_of_the_cursor_and_do_not_move_it() {
    let mut session = played(COMMITS);
    let whole = measure(&*session, LIMIT);
    session.seek_time(millis(415));
    let cursor = session.cursor();
    let part = measure(&*session, LIMIT);
    assert_eq!((part.all.tally, part.until), (Tally { in_time: 3, open: 1, ..Tally::default() }, millis(415)));
    assert_eq!(part.traffic.sent.messages, 3 * 12 + 6, "three requests for votes, and three votes");
    assert_eq!(session.cursor(), cursor);
    session.seek_time(millis(1_000));
    assert_eq!(measure(&*session, LIMIT), whole);
}

#[test]
fn a_ledger_made_piece_by_piece_is_the_same() {
    let scenario = gallery::find("raft/leader-crash").unwrap();
    let run = || {
        let mut session = open(scenario.clone()).unwrap();
        session.advance(scenario.until, u32::MAX);
        session
    };
    let (at_once, piecewise) = (run(), run());
    let all = at_once.ledger(u32::MAX).clone();
    for _ in 0..all.events().div_ceil(7) {
        drop(piecewise.ledger(7));
    }
    assert_eq!(*piecewise.ledger(0), all);
    assert!(all.led(u32::MAX).count() >= 3, "a leader, none, and another one");
}

#[test]
fn a_deed_changes_what_is_measured() {
    let mut session = played(COMMITS);
    let calm = measure(&*session, LIMIT);
    session.seek_time(millis(500));
    let what = netsplit_sim::Intervention::Crash(netsplit_sim::NodeId(0).into());
    session.intervene(what).unwrap();
    session.advance(millis(1_000), u32::MAX);
    let crashed = measure(&*session, LIMIT);
    assert!(crashed.led != calm.led && crashed.nodes[0].uptime.down == Span::millis(500));
    session.undo();
    session.advance(millis(1_000), u32::MAX);
    assert_eq!(measure(&*session, LIMIT), calm);
}

#[test]
fn every_run_of_the_gallery_can_be_measured() {
    for entry in gallery::entries() {
        let session = played(entry.text);
        let performance = measure(&*session, LIMIT);
        let traffic = &performance.traffic;
        let name = entry.full_name();
        let sum: u64 = traffic.types.iter().map(|(_, volume)| volume.messages).sum();
        assert_eq!((sum, sum), (traffic.sent.messages, session.trace().sent().into()), "{name}");
        let weighed = session.trace().messages_in(0..u32::MAX).all(|(id, _)| session.ledger(0).bytes(id) > Some(0));
        assert!(weighed, "{name}: every message weighs something");
        assert_eq!(performance.all.tally.asked() as usize, session.history().len(), "{name}");
        let whole = |node: &netsplit_scenario::performance::NodeTime| node.uptime.whole() == Span(performance.until.0);
        assert!(performance.nodes.iter().all(whole), "{name}");
        let csv = report::csv(&performance, session.names());
        let wide = csv.lines().find(|line| line.split(',').count() != 5);
        assert_eq!(wide, None, "{name}");
        assert_eq!(report::rows(&performance, session.names()).len() + 1, csv.lines().count(), "{name}");
    }
}

#[test]
fn reports_say_the_numbers() {
    let session = played(COMMITS);
    let performance = measure(&*session, LIMIT);
    let csv = report::csv(&performance, session.names());
    for line in [
        "latency,commit,p95,0.02,s",
        "requests,,in-time,9,1",
        "run,,throughput,9,1",
        "messages-set-off,commit,mean,12,1",
        "node,c1,share-up,1,1",
        "answered-from,,0.12,1,1",
    ] {
        assert!(csv.lines().any(|known| known == line), "{line} is not in\n{csv}");
    }
    let json = report::json(&performance, session.names());
    assert_eq!(json["latency"]["commit"]["max"], 20_000_000);
    assert_eq!(json["requests"]["all"]["in-time"], 9);
    assert_eq!(json["node"]["p3"]["share-up"], 1_000_000);
    let text = report::text(&performance, session.names());
    assert!(text.contains("9 of 9 in time (100%); 9 answers a second"), "{text}");
    assert_eq!(report::field("a,\"b\""), "\"a,\"\"b\"\"\"");
}
