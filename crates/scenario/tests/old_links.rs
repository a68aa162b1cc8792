//! Links that people have sent each other open for ever: `links/v1.txt` holds some of every kind. New ones are
//! appended by `NETSPLIT_BLESS=1 cargo test -p netsplit-scenario --test old_links`; what stands there is never changed.

use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{decode, encode};
use netsplit_scenario::{
    Link, Scenario, Selection, Session, Tree, Verdict, View, file, gallery, open, open_link, sweep,
};
use netsplit_sim::{EventId, Intervention, NodeId, Span, Target, Time};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/links/v1.txt")
}

/// Name, then link, on lines of their own.
fn stored() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(path()).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let words = lines.map(|line| line.split_once(' ').unwrap_or_else(|| panic!("{line}")));
    words.map(|(name, link)| (name.to_owned(), link.to_owned())).collect()
}

/// What is to be found among the stored links.
fn kinds() -> BTreeMap<String, Link> {
    let mut kinds = BTreeMap::new();
    for entry in gallery::entries() {
        let scenario = entry.scenario().unwrap();
        kinds.insert(entry.full_name(), at(scenario, Time::ZERO + Span::millis(500), View::default()));
    }
    kinds.insert("clicks".to_owned(), clicks());
    kinds.insert("view".to_owned(), with_view());
    kinds.insert("generated".to_owned(), at(sweep::random_scenario(7), Time::ZERO + Span::secs(1), View::default()));
    let everything = file::parse(include_str!("files/everything.toml")).unwrap();
    kinds.insert("every-form".to_owned(), at(everything, Time::ZERO + Span::secs(1), View::default()));
    kinds
}

fn of(session: &dyn Session, view: View) -> Link {
    Link {
        scenario: session.scenario().clone(),
        interventions: session.interventions().to_vec(),
        cursor: session.cursor(),
        hash: session.hash(),
        view,
        branches: Branches::default(),
    }
}

fn at(scenario: Scenario, until: Time, view: View) -> Link {
    let mut session = open(scenario).unwrap();
    session.advance(until, u32::MAX);
    of(&*session, view)
}

fn clicks() -> Link {
    let mut session = open(gallery::find("raft/calm").unwrap()).unwrap();
    let leader = || Target::Role("leader".to_owned());
    let op = |value: &str| {
        let fields =
            [("key", "x"), ("value", value)].map(|(key, value)| (key.to_owned(), Tree::Text(value.to_owned())));
        Tree::Map([("put".to_owned(), Tree::Map(fields.into()))].into())
    };
    let clicks: Vec<Intervention<Tree>> = vec![
        Intervention::Crash(leader()),
        Intervention::Invoke(NodeId(5).into(), op("1")),
        Intervention::Partition(vec![vec![NodeId(1).into(), NodeId(2).into()]]),
        Intervention::Heal,
        Intervention::Restart(Target::Role("down".to_owned())),
        Intervention::Fire(NodeId(3).into(), None),
        Intervention::Clock(NodeId(4).into(), -5_000_000, 300),
        Intervention::Disk(leader(), Span::millis(3), false),
        Intervention::Cut(NodeId(0).into(), leader()),
        Intervention::Pause(NodeId(2).into()),
    ];
    for (nth, click) in (1..).zip(clicks) {
        session.advance(Time::ZERO + Span::millis(150 * nth), u32::MAX);
        session.intervene(click).unwrap();
    }
    if let Some(mail) = session.in_flight().first().copied() {
        session.intervene(Intervention::Drop(mail.name)).unwrap();
    }
    session.advance(Time::ZERO + Span::secs(2), u32::MAX);
    of(&*session, View::default())
}

fn with_view() -> Link {
    let view = View {
        selection: Some(Selection::Event(EventId(12))),
        folded: 5,
        places: vec![(NodeId(0), 500, 100), (NodeId(3), 250, 900)],
    };
    at(gallery::find("raft/split-vote").unwrap(), Time::ZERO + Span::millis(300), view)
}

#[test]
fn links_of_all_times_open() {
    let stored = stored();
    assert!(!stored.is_empty(), "{} is missing", path().display());
    for (name, text) in stored {
        let link = decode(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let opened = open_link(&link).unwrap_or_else(|error| panic!("{name}: {error}"));
        // Protocols may come to behave differently; the link must say so then, and open all the same.
        if opened.verdict != Verdict::Verified {
            println!("{name}: {:?}", opened.verdict);
        }
    }
}

#[test]
fn links_made_now_open_as_the_very_same_run() {
    for (name, link) in kinds() {
        let opened = open_link(&decode(&encode(&link)).unwrap()).unwrap();
        assert_eq!(opened.verdict, Verdict::Verified, "{name}");
        assert_eq!(opened.session.cursor(), link.cursor, "{name}");
        assert_eq!(opened.session.interventions(), link.interventions, "{name}");
    }
}

#[test]
fn what_people_did_can_become_part_of_the_scenario() {
    let link = clicks();
    let mut scenario = link.scenario.clone();
    scenario.timeline.extend(link.interventions.clone());
    let scenario = file::parse(&file::print(&scenario)).unwrap();
    let mut session = open(scenario).unwrap();
    session.fast_forward(link.cursor);
    assert_eq!((session.cursor(), session.hash()), (link.cursor, link.hash));
}

#[test]
fn a_link_of_every_kind_is_stored() {
    let stored: Vec<String> = stored().into_iter().map(|(name, _)| name).collect();
    let mut new = String::new();
    for (name, link) in kinds() {
        if !stored.contains(&name) {
            writeln!(new, "{name} {}", encode(&link)).unwrap();
        }
    }
    if new.is_empty() {
        return;
    }
    assert!(std::env::var_os("NETSPLIT_BLESS").is_some(), "NETSPLIT_BLESS=1 appends links for:\n{new}");
    let before = std::fs::read_to_string(path()).unwrap_or_else(|_| {
        "# Links of version 1, made when each line was added. Lines are added, never changed.\n".to_owned()
    });
    std::fs::write(path(), before + &new).unwrap();
}
