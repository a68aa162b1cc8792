//! One workload runs unchanged on every store of keys and values.

use netsplit_protocols::About;
use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{Link, decode, encode};
use netsplit_scenario::{Cursor, OpNow, Session, catalogue, file, gallery, open};
use netsplit_sim::{Intervention, NodeId, Span, Time};

const WORKLOAD: &str = r#"
[[workload]]
from = "1s"
until = "3s"
every = "80ms"
keys = 5
skew = 100
mix = { get = 5, put = 3, delete = 1, cas = 1 }
"#;

/// The protocols whose clients ask for keys and values.
fn stores() -> Vec<&'static About> {
    let asks = |about: &&&About, name: &str| about.ops.iter().any(|op| op.name == name);
    let all = catalogue::protocols().iter();
    all.filter(|about| ["get", "put", "delete", "cas"].iter().all(|name| asks(about, name))).copied().collect()
}

#[test]
fn one_workload_runs_unchanged_on_every_store() {
    let stores = stores();
    assert!(stores.len() >= 3, "{}", stores.len());
    for about in stores {
        let text = format!("protocol = \"{}\"\nuntil = \"5s\"\n{WORKLOAD}", about.name);
        let scenario = file::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", about.name));
        let clients = scenario.workload.len();
        assert!(clients > 0, "{}", about.name);
        let until = scenario.until;
        let mut session = open(scenario).unwrap_or_else(|unplayable| panic!("{}: {unplayable}", about.name));
        session.advance(until, u32::MAX);
        let history = session.history();
        let answered = history.iter().filter(|op| op.answer.is_some()).count();
        println!("{}: {answered} of {} operations of {clients} clients are answered", about.name, history.len());
        assert_eq!(history.len(), 25 * clients, "{}", about.name);
        assert!(answered * 10 >= history.len() * 9, "{}: {answered} of {}", about.name, history.len());
        assert_eq!(session.violations(), [], "{}", about.name);
    }
}

#[test]
fn a_workload_survives_file_and_link() {
    for about in stores() {
        let scenario = file::parse(&format!("protocol = \"{}\"\n{WORKLOAD}", about.name)).expect("a scenario");
        assert!(scenario.workload.iter().all(|workload| (workload.skew, workload.ops.len()) == (2, 10)));
        assert_eq!(file::parse(&file::print(&scenario)).as_ref(), Ok(&scenario), "{}", about.name);
        let (interventions, view) = (Vec::new(), Default::default());
        let link =
            Link { scenario, interventions, cursor: Cursor::default(), hash: 0, view, branches: Branches::default() };
        assert_eq!(decode(&encode(&link)).expect("a link"), link, "{}", about.name);
    }
}

/// The same clients, each waiting for its answer before it asks again.
fn in_a_closed_loop() -> String {
    WORKLOAD.replace("every = \"80ms\"", "think = \"40ms\"\npatience = \"300ms\"")
}

#[test]
fn in_a_closed_loop_a_client_has_one_question_at_a_time_unless_it_loses_patience() {
    for about in stores() {
        let text = format!("protocol = \"{}\"\nuntil = \"5s\"\n{}", about.name, in_a_closed_loop());
        let scenario = file::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", about.name));
        let (until, clients) = (scenario.until, scenario.workload.len());
        let mut session = open(scenario).unwrap_or_else(|unplayable| panic!("{}: {unplayable}", about.name));
        session.advance(until, u32::MAX);
        let history = session.history();
        println!("{}: {} operations of {clients} clients", about.name, history.len());
        assert!(history.len() >= 10 * clients && history.len() <= 50 * clients, "{}", about.name);
        let think = Span::millis(40);
        for pair in history.iter().flat_map(|op| history.iter().find(|next| follows(next, op)).map(|next| (op, next))) {
            let (asked, again) = (pair.0.invoked.1, pair.1.invoked.1);
            let gives_up = asked + Span::millis(300);
            let freed = pair.0.answer.as_ref().map_or(gives_up, |(_, at, _)| gives_up.min(*at));
            assert_eq!(again, freed + think, "{}: {:?}", about.name, pair);
        }
        assert_eq!(session.violations(), [], "{}", about.name);
    }
}

/// Whether an operation is the same client's next one.
fn follows(next: &OpNow, op: &OpNow) -> bool {
    next.node == op.node && next.invoked.0 > op.invoked.0
}

#[test]
fn a_closed_loop_survives_file_and_link() {
    for about in stores() {
        let scenario =
            file::parse(&format!("protocol = \"{}\"\n{}", about.name, in_a_closed_loop())).expect("a scenario");
        assert!(scenario.workload.iter().all(|workload| workload.patience == Some(Span::millis(300))));
        assert_eq!(file::parse(&file::print(&scenario)).as_ref(), Ok(&scenario), "{}", about.name);
        let (interventions, view) = (Vec::new(), Default::default());
        let link =
            Link { scenario, interventions, cursor: Cursor::default(), hash: 0, view, branches: Branches::default() };
        assert_eq!(decode(&encode(&link)).expect("a link"), link, "{}", about.name);
    }
}

/// Going back, changing something, and taking it back: the clients that wait for answers ask as in a fresh run.
#[test]
fn going_back_and_undoing_leave_a_closed_loop_as_it_was() {
    let about = stores()[0];
    let text = format!("protocol = \"{}\"\nuntil = \"5s\"\n{}", about.name, in_a_closed_loop());
    let play = |session: &mut dyn Session| {
        session.advance(Time::ZERO + Span::secs(4), u32::MAX);
        (session.cursor(), session.hash(), session.history())
    };
    let fresh = || open(file::parse(&text).expect("a scenario")).expect("a run");
    let undisturbed = play(&mut *fresh());
    let mut session = fresh();
    for at in [1_500, 1_013, 2_222] {
        play(&mut *session);
        session.seek_time(Time::ZERO + Span::millis(at));
        session.intervene(Intervention::Crash(NodeId(0).into())).expect("a crash");
        let disturbed = play(&mut *session);
        assert_ne!(disturbed.1, undisturbed.1);
        let mut again = fresh();
        again.plan(session.interventions()).expect("the same crash");
        assert!(play(&mut *again) == disturbed, "a run with the same crash at {at} ms is another");
        assert!(session.undo());
        assert!(play(&mut *session) == undisturbed, "the crash at {at} ms is taken back, and something is left of it");
    }
}

#[test]
fn an_overloaded_store_keeps_an_open_loop_waiting_longer_and_longer_and_a_closed_one_no_longer() {
    let scenario = gallery::find("raft-kv/saturation").expect("in the gallery");
    let until = scenario.until;
    let mut session = open(scenario).expect("a run");
    session.advance(until, u32::MAX);
    let waits = |client: &str| {
        let node = session.names().iter().position(|name| name == client).expect("a client");
        let of = session.history().into_iter().filter(|op| op.node.index() == node);
        of.filter_map(|op| op.answer.map(|(_, at, _)| at.since(op.invoked.1))).collect::<Vec<Span>>()
    };
    let of_ten = |waits: &[Span]| Span(waits.iter().map(|wait| wait.0).sum::<u64>() / 10);
    for (client, grows) in [("c1", true), ("c2", false)] {
        let waits = waits(client);
        let (first, last) = (of_ten(&waits[..10]), of_ten(&waits[waits.len() - 10..]));
        println!("{client}: {} answers, the first ten after {first}, the last ten after {last}", waits.len());
        assert_eq!(last > first.scale(2, 1), grows, "{client}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |from: &str, to: &str| {
        let text = format!("protocol = \"raft\"\n{}", WORKLOAD.replace(from, to));
        let reading = file::parse(&text).map_err(|error| error.to_string());
        reading.and_then(|scenario| open(scenario).map(|_| ()).map_err(|error| error.to_string())).unwrap_err()
    };
    let both = refused("every = \"80ms\"", "every = \"80ms\"\nthink = \"20ms\"");
    assert!(both.contains("think"), "{both}");
    let impatient = refused("keys = 5", "patience = \"1s\"");
    assert!(impatient.contains("`patience` belongs to `think`"), "{impatient}");
    let thoughtless = refused("every = \"80ms\"", "think = \"0s\"");
    assert!(thoughtless.contains("must be longer than 0s"), "{thoughtless}");
    assert!(refused("skew = 100", "skew = 70").contains("0, 50, 100, 150 and 200"));
    assert!(refused("cas = 1", "casp = 1").contains("did you mean cas?"));
    assert!(refused("{ get = 5, put = 3, delete = 1, cas = 1 }", "{}").contains("there must be an operation"));
}
